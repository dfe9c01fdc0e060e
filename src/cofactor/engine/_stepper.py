"""The adaptive Rodas5P stepper in LLVM IR: W people side by side, each lane with its own time, step, plan and person.

Lanes run free: a finished lane is refilled from the queue, and no arithmetic crosses lanes, so a person's numbers do not
depend on their neighbours. Samples are read off the dense output and never shorten a step. A jump's branch is frozen for the
step; when its condition has changed at the end, the crossing is located on the dense output and the step ends there.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from cofactor.engine._flow import I64, Flow, integer, number
from cofactor.engine._frame import (
    AT_BORDER,
    EMPTY,
    FINISHED,
    IDLE,
    RUNNING,
    STEP_TOO_SMALL,
    TOO_MANY_STEPS,
    Frame,
    open_function,
)
from cofactor.engine._kernels import Kernels
from cofactor.engine._lanes import emit_finish, emit_prepare, sample_up_to
from cofactor.engine._rodas import BY_TIME, DENSE, GAMMA, STAGES, TIMES, A, C

_SAFETY, _SMALLEST_FACTOR, _LARGEST_FACTOR = 0.9, 0.2, 6.0
_AFTER_NAN = 0.1
_SMALLEST_ERROR = 1e-10
_TINY_STEP = 1e-14
_BISECTIONS = 45
_STRETCH = 0.6  # a step that would leave less than this of a stretch behind is halved, so that no sliver remains


class Stepper:
    """Emits `prepare` (one lane at a border), `attempt` (one step of all lanes) and `run` (a share of the people)."""

    def __init__(self, kernels: Kernels):
        self.k = kernels
        self.module = kernels.module
        self.width = kernels.width

    def emit(self) -> None:
        """All functions of the stepper; `run` is the one to call."""
        self._dense_function()
        emit_prepare(self.k)
        emit_finish(self.k)
        self._attempt()
        self._run()

    # -- one step of all lanes ------------------------------------------------------------

    def _attempt(self) -> None:
        f, _ = open_function(self.k, "attempt", [])
        b, m = f.b, self.k.math
        t, h, stop = f.vector("t"), f.vector("h"), f.vector("stop")
        left = b.fsub(stop, t)
        ends = b.fcmp_ordered(">=", h, left)
        halved = b.select(m.less(b.fmul(left, m.constant(_STRETCH)), h), b.fmul(left, m.constant(0.5)), h)
        step = b.select(ends, left, halved)
        f.set_vector("step", 0, step)
        self._stages(f, t, step)
        error = self._error(f)
        self._after(f, t, h, step, ends, error)
        b.ret_void()

    def _stages(self, f: Frame, t: Any, step: Any) -> None:
        b, m, n = f.b, self.k.math, f.size
        f.set_vector("shift", 0, b.fdiv(m.constant(1.0 / GAMMA), step))
        f.set_vector("clock", 0, t)
        with f.flow.each(n) as i:
            f.set_vector("arg", i, f.vector("y", i))
        f.call("jacobian")
        f.call("factor")
        if self.k.equations.has_clock:
            f.call("by_time")
        inverse = b.fdiv(m.constant(1.0), step)
        for stage in range(STAGES):
            self._stage(f, stage, t, step, inverse)

    def _stage(self, f: Frame, stage: int, t: Any, step: Any, inverse: Any) -> None:
        b, m, n = f.b, self.k.math, f.size
        if stage:
            with f.flow.each(n) as i:
                value = f.vector("y", i)
                for j, a in enumerate(A[stage]):
                    value = m.fma(f.stage_value(j, i), m.constant(a), value)
                f.set_vector("arg", i, value)
            f.set_vector("clock", 0, m.fma(step, m.constant(TIMES[stage]), t))
        f.call("rates")
        clocked = self.k.equations.has_clock and BY_TIME[stage] != 0.0
        if stage or clocked:
            weights = [b.fmul(inverse, m.constant(c)) for c in C[stage]]
            drift = b.fmul(step, m.constant(BY_TIME[stage]))
            with f.flow.each(n) as i:
                value = f.vector("rhs", i)
                for j, weight in enumerate(weights):
                    value = m.fma(f.stage_value(j, i), weight, value)
                if clocked:
                    value = m.fma(f.vector("by_time", i), drift, value)
                f.set_vector("rhs", i, value)
        f.call("solve", integer(self.k.memory["stages"] + stage * n))

    def _error(self, f: Frame) -> Any:
        """New states, and the root mean square of error / tolerance over the states (accounts steer nothing)."""
        b, m = f.b, self.k.math
        last = STAGES - 1
        with f.flow.each(f.size) as i:
            f.set_vector("new", i, b.fadd(f.vector("arg", i), f.stage_value(last, i)))
        sizes = f.array("sizes")
        relative = f.broadcast(f.double(sizes, integer(f.size)))
        total = f.flow.variable(m.vector, m.constant(0.0))
        with f.flow.each(f.states) as i:
            largest = m.larger(m.intrinsic("fabs", f.vector("y", i)), m.intrinsic("fabs", f.vector("new", i)))
            tolerance = m.fma(relative, largest, f.broadcast(f.double(sizes, i)))
            share = b.fdiv(f.stage_value(last, i), tolerance)
            total.set(m.fma(share, share, total.get()))
        return m.intrinsic("sqrt", b.fmul(total.get(), m.constant(1.0 / max(f.states, 1))))

    def _after(self, f: Frame, t: Any, h: Any, step: Any, ends: Any, error: Any) -> None:
        b, m = f.b, self.k.math
        finite = b.fcmp_ordered("<", error, m.constant(1e300))
        accepted = b.and_(finite, b.fcmp_ordered("<=", error, m.constant(1.0)))
        bounded = m.larger(b.select(finite, error, m.constant(1.0)), m.constant(_SMALLEST_ERROR))
        factor = b.fmul(m.constant(_SAFETY), m.exp(b.fmul(m.log(bounded), m.constant(-0.2))))
        factor = m.smaller(m.larger(factor, m.constant(_SMALLEST_FACTOR)), m.constant(_LARGEST_FACTOR))
        factor = b.select(finite, factor, m.constant(_AFTER_NAN))
        wanted = b.fmul(step, factor)
        kept = b.select(b.and_(accepted, b.fcmp_ordered("<", step, h)), m.larger(wanted, h), wanted)
        arrival = b.select(ends, f.vector("stop"), b.fadd(t, step))
        flags = {"accepted": b.zext(accepted, m.integers), "ends": b.zext(ends, m.integers)}
        self._dense_where_needed(f, accepted, arrival)
        theta = self._crossings(f, t, step) if self.k.equations.guards else None
        self._lanes_after(f, flags, t, step, kept, arrival, theta)

    def _dense_where_needed(self, f: Frame, accepted: Any, arrival: Any) -> None:
        """k1 to k3 of the dense output, when some accepted lane has a sample within the step or a branch may change."""
        b = f.b
        needed = f.flow.variable(I64, integer(1 if self.k.equations.guards else 0))
        times, count = f.array("times"), f.field("samples_count")
        for lane in range(self.width):
            place = ir.Constant(ir.IntType(32), lane)
            sample = f.lane("sample", integer(lane))
            inside = b.icmp_signed("<", sample, count)
            time = f.double(times, b.select(inside, sample, integer(0)))
            due = b.and_(inside, b.fcmp_ordered("<=", time, b.extract_element(arrival, place)))
            due = b.and_(due, b.extract_element(accepted, place))
            needed.set(b.or_(needed.get(), b.zext(due, I64)))
        with f.flow.when(b.icmp_signed("!=", needed.get(), integer(0))), f.flow.each(f.size) as i:
            for row, name in enumerate(("dense1", "dense2", "dense3")):
                value = self.k.math.constant(0.0)
                for j, weight in enumerate(DENSE[row]):
                    value = self.k.math.fma(f.stage_value(j, i), self.k.math.constant(weight), value)
                f.set_vector(name, i, value)

    def _dense_function(self) -> None:
        """dense_at_theta(ws): arg = the dense output at share theta of the step, all lanes, all states."""
        _, base = self.k.function("dense_at_theta")
        m, b = self.k.math, self.k.math.builder
        f = Frame(self.k, Flow(b), base, None, None)
        theta = f.vector("theta")
        rest = b.fsub(m.constant(1.0), theta)
        with f.flow.each(f.size) as i:
            inner = m.fma(theta, f.vector("dense3", i), f.vector("dense2", i))
            inner = m.fma(theta, inner, f.vector("dense1", i))
            inner = m.fma(rest, inner, f.vector("new", i))
            f.set_vector("arg", i, m.fma(theta, inner, b.fmul(rest, f.vector("y", i))))
        b.ret_void()

    def _crossings(self, f: Frame, t: Any, step: Any) -> Any:
        """Share of the step at which the first frozen branch stops being true (1 where none does), by bisection."""
        b, m = f.b, self.k.math
        low = f.flow.variable(m.vector, m.constant(0.0))
        high = f.flow.variable(m.vector, m.constant(1.0))
        f.set_vector("theta", 0, m.constant(1.0))
        crossed = self._some_branch_changed(f, t, step)
        anyone = f.flow.variable(I64, integer(0))
        for lane in range(self.width):
            one = b.zext(b.extract_element(crossed, ir.Constant(ir.IntType(32), lane)), I64)
            anyone.set(b.or_(anyone.get(), one))
        with f.flow.when(b.icmp_signed("!=", anyone.get(), integer(0))), f.flow.each(_BISECTIONS):
            middle = b.fmul(b.fadd(low.get(), high.get()), m.constant(0.5))
            f.set_vector("theta", 0, middle)
            changed = self._some_branch_changed(f, t, step)
            low.set(b.select(changed, low.get(), middle))
            high.set(b.select(changed, middle, high.get()))
        return b.select(crossed, high.get(), m.constant(1.0))

    def _some_branch_changed(self, f: Frame, t: Any, step: Any) -> Any:
        b, m = f.b, self.k.math
        theta = f.vector("theta")
        f.call("dense_at_theta")
        f.set_vector("clock", 0, m.fma(theta, step, t))
        f.call("guards")
        changed: Any = None
        for k in range(len(self.k.equations.guards)):
            now = m.less(m.constant(0.0), f.vector("guards", k))
            then = m.less(m.constant(0.0), f.vector("mask", k))
            differs = b.xor(now, then)
            changed = differs if changed is None else b.or_(changed, differs)
        return changed

    # -- what each lane does with the step ------------------------------------------------------------

    def _lanes_after(
        self, f: Frame, flags: dict[str, Any], t: Any, step: Any, kept: Any, arrival: Any, theta: Any
    ) -> None:
        b = f.b
        for number_of_lane in range(self.width):
            place = ir.Constant(ir.IntType(32), number_of_lane)
            lane = integer(number_of_lane)

            def at(vector: Any, place: Any = place) -> Any:
                return b.extract_element(vector, place)

            running = b.icmp_signed("==", f.lane("state", lane), integer(RUNNING))
            with f.flow.when(running):
                f.set_lane("steps", lane, b.add(f.lane("steps", lane), integer(1)))
                with f.flow.either(b.icmp_signed("!=", at(flags["accepted"]), integer(0))) as (then, otherwise):
                    with then:
                        share = None if theta is None else at(theta)
                        ends = b.icmp_signed("!=", at(flags["ends"]), integer(0))
                        self._accept(f, lane, at(t), at(step), at(kept), at(arrival), ends, share)
                    with otherwise:
                        self._reject(f, lane, at(t), at(step), at(kept))
                self._watch(f, lane)

    def _accept(self, f: Frame, lane: Any, t: Any, step: Any, kept: Any, arrival: Any, ends: Any, share: Any) -> None:
        b, flow = f.b, f.flow
        cut = None if share is None else b.fcmp_ordered("<", share, number(1.0))
        reached = arrival if cut is None else b.select(cut, b.fadd(t, b.fmul(share, step)), arrival)
        sample_up_to(f, lane, reached, lambda time, i: self._dense(f, lane, i, b.fdiv(b.fsub(time, t), step)))
        if cut is not None:
            self._take_partial(f, lane, cut, share)
        whole = b.not_(cut) if cut is not None else ir.Constant(ir.IntType(1), 1)
        with flow.when(whole), flow.each(f.size) as i:
            f.set_element("y", i, lane, f.element("new", i, lane))
        f.set_element("t", integer(0), lane, reached)
        careful = b.icmp_signed("!=", f.lane("rejected", lane), integer(0))
        next_step = b.select(b.and_(careful, b.fcmp_ordered(">", kept, step)), step, kept)
        f.set_element("h", integer(0), lane, next_step)
        f.set_lane("rejected", lane, integer(0))
        with flow.when(b.icmp_signed("!=", f.lane("fresh", lane), integer(0))):
            f.set_element("first_step", integer(0), lane, step)
            f.set_lane("fresh", lane, integer(0))
        done = ends if cut is None else b.and_(ends, whole)
        with flow.when(done):
            self._next_segment(f, lane)

    def _take_partial(self, f: Frame, lane: Any, cut: Any, share: Any) -> None:
        """The step ends just behind a crossing; the next one reads the branches anew."""
        with f.flow.when(cut):
            with f.flow.each(f.size) as i:
                f.set_element("arg", i, lane, self._dense(f, lane, i, share))
            with f.flow.each(f.size) as i:
                f.set_element("y", i, lane, f.element("arg", i, lane))

    def _dense(self, f: Frame, lane: Any, i: Any, theta: Any) -> Any:
        b = f.b
        rest = b.fsub(number(1.0), theta)
        inner = b.fadd(b.fmul(theta, f.element("dense3", i, lane)), f.element("dense2", i, lane))
        inner = b.fadd(b.fmul(theta, inner), f.element("dense1", i, lane))
        inner = b.fadd(b.fmul(rest, inner), f.element("new", i, lane))
        return b.fadd(b.fmul(theta, inner), b.fmul(rest, f.element("y", i, lane)))

    def _next_segment(self, f: Frame, lane: Any) -> None:
        b = f.b
        segment = b.add(f.lane("segment", lane), integer(1))
        f.set_lane("segment", lane, segment)
        with f.flow.either(b.icmp_signed("<", segment, f.field("segments"))) as (then, otherwise):
            with then:
                f.set_lane("state", lane, integer(AT_BORDER))
            with otherwise:
                b.call(self.module.get_global("finish"), [f.base, f.lanes, f.job, lane, integer(FINISHED)])

    def _reject(self, f: Frame, lane: Any, t: Any, step: Any, kept: Any) -> None:
        b = f.b
        f.set_element("h", integer(0), lane, kept)
        f.set_lane("rejected", lane, integer(1))
        scale = b.select(b.fcmp_ordered(">", t, number(1.0)), t, number(1.0))
        with f.flow.when(b.fcmp_ordered("<", step, b.fmul(scale, number(_TINY_STEP)))):
            b.call(self.module.get_global("finish"), [f.base, f.lanes, f.job, lane, integer(STEP_TOO_SMALL)])

    def _watch(self, f: Frame, lane: Any) -> None:
        b = f.b
        running = b.icmp_signed("==", f.lane("state", lane), integer(RUNNING))
        over = b.icmp_signed(">", f.lane("steps", lane), f.field("most_steps"))
        with f.flow.when(b.and_(running, over)):
            b.call(self.module.get_global("finish"), [f.base, f.lanes, f.job, lane, integer(TOO_MANY_STEPS)])

    # -- a share of the people ------------------------------------------------------------

    def _run(self) -> None:
        """run(ws, lanes, job, first, last): integrate persons first ... last-1."""
        f, (first, last) = open_function(self.k, "run", [I64, I64])
        b, flow = f.b, f.flow
        following = b.alloca(I64)
        b.store(first, following)
        changed = flow.variable(I64, integer(0))
        busy = flow.variable(I64, integer(1))
        with flow.each(self.width) as lane:
            f.set_lane("state", lane, integer(EMPTY))
        with flow.loop_while(lambda: b.icmp_signed("!=", busy.get(), integer(0))):
            changed.set(integer(0))
            busy.set(integer(0))
            with flow.each(self.width) as lane:
                state = f.lane("state", lane)
                waiting = b.or_(
                    b.icmp_signed("==", state, integer(EMPTY)), b.icmp_signed("==", state, integer(AT_BORDER))
                )
                with flow.when(waiting):
                    again = b.call(self.module.get_global("prepare"), [f.base, f.lanes, f.job, lane, following, last])
                    changed.set(b.or_(changed.get(), again))
                active = b.icmp_signed("!=", f.lane("state", lane), integer(IDLE))
                busy.set(b.or_(busy.get(), b.zext(active, I64)))
            with flow.when(b.icmp_signed("!=", changed.get(), integer(0))):
                f.call("person")
            if self.k.equations.guards:
                self._read_branches(f)
            with flow.when(b.icmp_signed("!=", busy.get(), integer(0))):
                b.call(self.module.get_global("attempt"), [f.base, f.lanes, f.job])
        b.ret_void()

    def _read_branches(self, f: Frame) -> None:
        """Freeze every branch as it stands at the start of the step."""
        with f.flow.each(f.size) as i:
            f.set_vector("arg", i, f.vector("y", i))
        f.set_vector("clock", 0, f.vector("t"))
        f.read_branches()
