"""Where a step must end because a branch changes: the earliest root of its guards on the dense output.

Within a step every branch stays as it began, so all stages and the error estimate see one smooth system, and a step in which
a guard changes its sign ends at its root. Guards are looked at where they cost nothing: at the last stage and at two stages
within the step (for what turns and returns). A kink needs its root only nearly - stopping d too early or late leaves an
error of d^2 - so one further look on the dense output and a parabola do; a jump's root is found by bisection.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from cofactor.engine._flow import Flow, integer
from cofactor.engine._frame import Frame
from cofactor.engine._kernels import AGAIN, FIRST_LOOK, LAST_LOOK, PROBE, SECOND_LOOK, Kernels
from cofactor.engine._rodas import DENSE, TIMES

LOOKS = {1: FIRST_LOOK, 2: SECOND_LOOK, 7: LAST_LOOK}
"""Stages at which guards are looked at, and where they are kept."""

_STAGE = {look: stage for stage, look in LOOKS.items()}

WHOLE = 0.999
"""A step that would end behind this share of itself ends whole."""

_NOWHERE = 9.0
_EARLIEST_PROBE, _EARLIEST_ROOT = 0.01, 1e-3
_BEHIND = 0.05  # where to look whether a kink that turned at the start of the step really did
_TOGETHER = 1e-3  # kinks nearer to each other than this share of a step turn together
_NEARLY = 1.1  # stages are less exact than the step: what nearly turns beyond zero is looked at as well
_NEAR = 0.1
_BISECTIONS = 45


def emit_dense(kernels: Kernels) -> None:
    """dense(ws): the coefficients of the dense output; at_theta(ws): arg = the dense output at share theta of the step."""
    f, m = _open(kernels, "dense"), kernels.math
    with f.flow.each(f.size) as i:
        stages = [f.stage_value(j, i) for j in range(len(DENSE[0]))]
        for row, name in zip(DENSE, ("dense1", "dense2", "dense3"), strict=True):
            value = f.b.fmul(stages[0], m.constant(row[0]))
            for stage, weight in zip(stages[1:], row[1:], strict=True):
                value = m.fma(stage, m.constant(weight), value)
            f.set_vector(name, i, value)
    f.b.ret_void()
    f = _open(kernels, "at_theta")
    theta = f.vector("theta")
    rest = f.b.fsub(m.constant(1.0), theta)
    with f.flow.each(f.size) as i:
        inner = m.fma(theta, f.vector("dense3", i), f.vector("dense2", i))
        inner = m.fma(theta, inner, f.vector("dense1", i))
        inner = m.fma(rest, inner, f.vector("new", i))
        f.set_vector("arg", i, m.fma(theta, inner, f.b.fmul(rest, f.vector("y", i))))
    f.b.ret_void()


def _open(kernels: Kernels, name: str) -> Frame:
    _, base = kernels.function(name)
    return Frame(kernels, Flow(kernels.math.builder), base, None, None)


def emit_crossings(kernels: Kernels) -> None:
    """crossings(ws): theta = the share of the step at which its first branch changes (1: none does), branches there turned.

    Reads the guards of all looks; the dense output is known and lanes whose step is not `accepted` keep theta 1. A step
    that began just short of a root, behind which its branch belongs, and never got there is not accepted.
    """
    f = _open(kernels, "crossings")
    b, m, equations = f.b, kernels.math, kernels.equations
    root = f.flow.variable(m.vector, m.constant(_NOWHERE))
    kinks = range(equations.jumps, len(equations.guards))
    if kinks:
        _find_kinks(f, kinks, root)
    accepted = m.is_negative(f.vector("accepted"))
    stops = b.and_(accepted, m.less(root.get(), m.constant(WHOLE)))
    theta = b.select(stops, root.get(), m.constant(1.0))
    if equations.jumps:
        jumps, theta = _jumps(f, theta, accepted)
        stops = b.and_(stops, b.not_(jumps))
    f.set_vector("theta", 0, theta)
    f.set_vector("kept", 0, b.select(stops, m.constant(-1.0), b.select(accepted, m.constant(0.0), f.vector("kept"))))
    if kinks:
        _turn_kinks(f, kinks, b.select(stops, b.fadd(theta, m.constant(_TOGETHER)), m.constant(0.0)))
    b.ret_void()


def emit_returns(kernels: Kernels) -> None:
    """returns(ws): a sign bit in `flagged` where a kink may have turned and returned between two looks."""
    f = _open(kernels, "returns")
    b, m, equations = f.b, kernels.math, kernels.equations
    seen = f.flow.variable(m.vector, f.vector("flagged"))
    with f.flow.each(len(equations.guards) - equations.jumps) as k:
        turned = b.select(_Guard(f, b.add(k, integer(equations.jumps))).returns(), m.constant(-1.0), m.constant(0.0))
        seen.set(m.either(seen.get(), turned))
    f.set_vector("flagged", 0, seen.get())
    b.ret_void()


# -- kinks --------------------------------------------------------------------------------------------------------------------


def _find_kinks(f: Frame, kinks: range, root: Any) -> None:
    """Two passes over the kinks: where to look once more, and the roots, of which `root` becomes the earliest."""
    b, m = f.b, f.kernels.math
    probe = f.flow.variable(m.vector, m.constant(_NOWHERE))
    with f.flow.each(len(kinks)) as k:
        guard = _Guard(f, b.add(k, integer(kinks.start)))
        with f.flow.when(m.anyone(guard.differs_somewhere())):
            probe.set(m.smaller(probe.get(), guard.first_guess()))
    at = m.smaller(m.larger(probe.get(), m.constant(_EARLIEST_PROBE)), m.constant(1.0 - _EARLIEST_PROBE))
    f.set_vector("probed", 0, at)
    _look_at(f, at)
    with f.flow.each(len(kinks)) as k:
        place = b.add(k, integer(kinks.start))
        f.set_vector("roots", place, m.constant(_NOWHERE))
        guard = _Guard(f, place)
        with f.flow.when(m.anyone(guard.differs_somewhere())):
            # a lane looks at a guard because of itself, never because a neighbour does
            found = b.select(guard.differs_somewhere(), guard.root(at), m.constant(_NOWHERE))
            f.set_vector("roots", place, found)
            root.set(m.smaller(root.get(), found))
            f.set_vector("accepted", 0, b.select(guard.stayed(), m.constant(0.0), f.vector("accepted")))
    _sharpen(f, kinks, root)


def _sharpen(f: Frame, kinks: range, root: Any) -> None:
    """One step of Newton's method for the earliest root, with the parabola's slope."""
    b, m = f.b, f.kernels.math
    at = m.smaller(root.get(), m.constant(1.0))
    _look_at(f, at, AGAIN)
    with f.flow.each(len(kinks)) as k:
        place = b.add(k, integer(kinks.start))
        found = f.vector("roots", place)
        earliest = b.fcmp_ordered("==", found, at)
        with f.flow.when(m.anyone(earliest)):
            better = m.smaller(m.larger(_Guard(f, place).nearer(at), m.constant(_EARLIEST_ROOT)), m.constant(1.0))
            f.set_vector("roots", place, b.select(earliest, better, found))
            root.set(b.select(earliest, better, root.get()))


def _turn_kinks(f: Frame, kinks: range, limit: Any) -> None:
    """Kinks with a root up to `limit` take their other branch from now on."""
    b = f.b
    with f.flow.each(len(kinks)) as k:
        place = b.add(k, integer(kinks.start))
        turns = b.fcmp_ordered("<=", f.vector("roots", place), limit)
        mask = f.vector("mask", place)
        f.set_vector("mask", place, b.select(turns, b.fneg(mask), mask))


def _look_at(f: Frame, theta: Any, look: int = PROBE) -> None:
    """Guards at a share of the step, with the branches of the step."""
    f.set_vector("theta", 0, theta)
    f.call("at_theta")
    if f.kernels.equations.has_clock:
        f.set_vector("clock", 0, f.kernels.math.fma(theta, f.vector("step"), f.vector("t")))
    f.call("guards", integer(look))


class _Guard:
    """One guard at all looks. A sign that differs from the mask's is a change, unless it differed at the start already or is
    noise: both sides equal but for far less than the tolerance, as at rest."""

    def __init__(self, f: Frame, k: Any):
        self.f, self.k = f, k
        count = len(f.kernels.equations.guards)
        self.values = [f.vector("guards", f.b.add(integer(look * count), k)) for look in range(AGAIN + 1)]
        self.mask = f.vector("mask", k)
        self._noise = f.b.fmul(f.vector("scale", k), f.vector("noise"))
        self._begins = self._differs(self.values[0])

    def _differs(self, value: Any) -> Any:
        m = self.f.kernels.math
        return m.builder.icmp_signed("<", m.differing(value, self.mask), m.whole(0))

    def bent(self) -> tuple[Any, Any]:
        """Slope and curvature / 2, at the start, of the parabola through start, second look and end."""
        b, m = self.f.b, self.f.kernels.math
        begin, middle, end = self.values[0], self.values[SECOND_LOOK], self.values[LAST_LOOK]
        at = TIMES[_STAGE[SECOND_LOOK]]
        slope = b.fmul(b.fsub(middle, begin), m.constant(1.0 / at))
        bend = b.fsub(b.fmul(b.fsub(end, middle), m.constant(1.0 / (1.0 - at))), slope)
        return m.fma(m.constant(-at), bend, slope), bend

    def returns(self) -> Any:
        """Whether that parabola turns within the step, beyond zero or nearly so: between looks it may have been there."""
        b, m = self.f.b, self.f.kernels.math
        tilt, bend = self.bent()
        reach = b.fmul(m.constant(4.0), b.fmul(self.values[0], bend))  # beyond zero where tilt^2 > reach >= 0
        towards = b.fcmp_ordered(">=", reach, m.constant(0.0))
        beyond = m.less(reach, b.fmul(m.constant(_NEARLY), b.fmul(tilt, tilt)))
        turns = m.less(b.fmul(tilt, bend), m.constant(0.0))
        inside = m.less(m.intrinsic("fabs", tilt), b.fmul(m.constant(2.0), m.intrinsic("fabs", bend)))
        return b.and_(b.and_(towards, beyond), b.and_(turns, inside))

    def differs_somewhere(self) -> Any:
        """Whether there is anything to find: most guards of most steps are done with here."""
        m = self.f.kernels.math
        seen = (m.differing(self.values[look], self.mask) for look in (0, FIRST_LOOK, SECOND_LOOK, LAST_LOOK))
        return m.builder.or_(m.builder.icmp_signed("<", reduce(m.builder.or_, seen), m.whole(0)), self.returns())

    def _away(self, look: int) -> Any:
        m = self.f.kernels.math
        heard = m.less(self._noise, m.intrinsic("fabs", self.values[look]))
        return self.f.b.and_(heard, self._differs(self.values[look]))

    def _changed(self, look: int) -> Any:
        return self.f.b.and_(self._away(look), self.f.b.not_(self._begins))

    def stayed(self) -> Any:
        """Whether it began and ended on the side that its branch is not for, and was never seen on the other."""
        return self.f.b.and_(self.f.b.and_(self._begins, self._away(LAST_LOOK)), self._differs(self.values[PROBE]))

    def _leaves(self) -> Any:
        """Whether it ends on the side that its branch is not for, having been on the right one, as far as is known."""
        b = self.f.b
        seen = b.or_(b.not_(self._begins), b.not_(self._differs(self.values[PROBE])))
        return b.and_(self._away(LAST_LOOK), seen)

    def first_guess(self) -> Any:
        """A share of the step near the root or behind it, from the straight line or the stage that saw the change."""
        b, m = self.f.b, self.f.kernels.math
        begin, end = self.values[0], self.values[LAST_LOOK]
        behind = b.and_(self._begins, self._away(LAST_LOOK))
        guess = b.select(behind, m.constant(_BEHIND), m.constant(_NOWHERE))
        tilt, bend = self.bent()
        guess = b.select(self.returns(), b.fdiv(b.fmul(m.constant(-0.5), tilt), bend), guess)
        for stage, look in sorted(LOOKS.items(), key=lambda item: -TIMES[item[0]])[1:]:
            guess = b.select(self._changed(look), m.constant(TIMES[stage]), guess)
        return b.select(self._changed(LAST_LOOK), b.fdiv(begin, b.fsub(begin, end)), guess)

    def _parabola(self, at: Any) -> tuple[Any, Any]:
        """Slope and curvature / 2, at the start, of the parabola through start, probe and end."""
        b = self.f.b
        begin, end, middle = self.values[0], self.values[LAST_LOOK], self.values[PROBE]
        slope = b.fdiv(b.fsub(middle, begin), at)
        bend = b.fsub(b.fdiv(b.fsub(end, middle), b.fsub(self.f.kernels.math.constant(1.0), at)), slope)
        return b.fsub(slope, b.fmul(at, bend)), bend

    def nearer(self, at: Any) -> Any:
        b, m = self.f.b, self.f.kernels.math
        tilt, bend = self._parabola(self.f.vector("probed"))
        slope = m.fma(b.fmul(m.constant(2.0), bend), at, tilt)
        better = b.fsub(at, b.fdiv(self.values[AGAIN], slope))
        near = m.less(m.intrinsic("fabs", b.fsub(better, at)), m.constant(_NEAR))
        return b.select(near, better, at)

    def root(self, at: Any) -> Any:
        """Root of the parabola through start, probe and end, on the side where the sign changes."""
        b, m = self.f.b, self.f.kernels.math
        begin, end, middle = self.values[0], self.values[LAST_LOOK], self.values[PROBE]
        before, after = self._changed(PROBE), self._leaves()
        low, high = b.select(before, m.constant(0.0), at), b.select(before, at, m.constant(1.0))
        tilt, bend = self._parabola(at)
        inside = b.fsub(b.fmul(tilt, tilt), b.fmul(m.constant(4.0), b.fmul(bend, begin)))
        width = m.intrinsic("copysign", m.intrinsic("sqrt", m.larger(inside, m.constant(0.0))), tilt)
        half = b.fmul(m.constant(-0.5), b.fadd(tilt, width))
        one, other = b.fdiv(half, bend), b.fdiv(begin, half)
        left, right = b.select(before, begin, middle), b.select(before, middle, end)
        line = m.fma(b.fsub(high, low), b.fdiv(left, b.fsub(left, right)), low)
        chosen = b.select(_within(f=self.f, x=other, low=low, high=high), other, line)
        chosen = b.select(_within(f=self.f, x=one, low=low, high=high), one, chosen)
        chosen = m.larger(chosen, m.constant(_EARLIEST_ROOT))
        return b.select(b.or_(before, after), chosen, m.constant(_NOWHERE))


def _within(f: Frame, x: Any, low: Any, high: Any) -> Any:
    return f.b.and_(f.b.fcmp_ordered(">=", x, low), f.b.fcmp_ordered("<=", x, high))


# -- jumps --------------------------------------------------------------------------------------------------------------------


def _jumps(f: Frame, theta: Any, accepted: Any) -> tuple[Any, Any]:
    """Where a jump comes first, and the share just behind it; the next step then takes its branches anew."""
    b, m = f.b, f.kernels.math
    low = f.flow.variable(m.vector, m.constant(0.0))
    high = f.flow.variable(m.vector, theta)
    crossed = b.and_(_jumped(f, theta), accepted)
    with f.flow.when(m.anyone(crossed)), f.flow.each(_BISECTIONS):
        middle = b.fmul(b.fadd(low.get(), high.get()), m.constant(0.5))
        behind = _jumped(f, middle)
        low.set(b.select(behind, low.get(), middle))
        high.set(b.select(behind, middle, high.get()))
    return crossed, b.select(crossed, high.get(), theta)


def _jumped(f: Frame, theta: Any) -> Any:
    b, m = f.b, f.kernels.math
    _look_at(f, theta)
    count = len(f.kernels.equations.guards)
    changed = m.whole(0)
    for k in range(f.kernels.equations.jumps):
        changed = b.or_(changed, m.differing(f.vector("guards", PROBE * count + k), f.vector("mask", k)))
    return b.icmp_signed("<", changed, m.whole(0))
