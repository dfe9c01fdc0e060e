"""The adaptive Rodas5P stepper in LLVM IR: W people side by side, each lane with its own time, step, plan and person.

Lanes run free: a finished lane is refilled from the queue, and no arithmetic crosses lanes, so a person's numbers do not
depend on their neighbours. Samples are read off the dense output and never shorten a step. Every branch is frozen for the
step; where one changes within it, the step ends there (`_crossings.py`).
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from cofactor.engine._crossings import LOOKS, emit_crossings, emit_dense, emit_returns
from cofactor.engine._flow import I64, integer, number
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
from cofactor.engine._kernels import PROBE, Kernels
from cofactor.engine._lanes import emit_finish, emit_prepare, sample_up_to
from cofactor.engine._rodas import BY_TIME, GAMMA, STAGES, TIMES, A, C

_SAFETY, _SMALLEST_FACTOR, _LARGEST_FACTOR = 0.9, 0.2, 6.0
_AFTER_NAN = 0.1
_SMALLEST_ERROR = 1e-10
_TINY_STEP = 1e-14
_STRETCH = 0.6  # a step that would leave less than this of a stretch behind is halved, so that no sliver remains
_NOISE = 1e-3  # a branch whose two sides differ by less than this share of the tolerance does not end a step
_LAST = STAGES - 1


class Stepper:
    """Emits `prepare` (one lane at a border), `attempt` (one step of all lanes) and `run` (a share of the people)."""

    def __init__(self, kernels: Kernels):
        self.k = kernels
        self.module = kernels.module
        self.width = kernels.width

    def emit(self) -> None:
        """All functions of the stepper; `run` is the one to call."""
        emit_dense(self.k)
        if self.k.equations.guards:
            emit_crossings(self.k)
            emit_returns(self.k)
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
        b, m = f.b, self.k.math
        f.set_vector("shift", 0, b.fdiv(m.constant(1.0 / GAMMA), step))
        f.set_vector("clock", 0, t)
        f.set_vector("flagged", 0, m.constant(0.0))
        with f.flow.each(f.size) as i:
            f.set_vector("arg", i, f.vector("y", i))
        f.call("start")
        f.call("factor")
        inverse = b.fdiv(m.constant(1.0), step)
        for stage in range(STAGES):
            self._combine(f, stage, step, inverse)
            if stage:
                f.set_vector("clock", 0, m.fma(step, m.constant(TIMES[stage]), t))
                f.call("rates", integer(LOOKS.get(stage, PROBE)))
            if stage in LOOKS:
                seen = m.either(f.vector("flagged"), f.vector("changed"))
                f.set_vector("flagged", 0, seen)
            f.call("solve", integer(self.k.memory["stages"] + stage * f.size))

    def _combine(self, f: Frame, stage: int, step: Any, inverse: Any) -> None:
        """In one pass over the stages so far: where the rates are taken (arg), and what is added to them (sum).

        Row 7 of A is row 6 and a one, row 8 is row 7 and a one, so those two only add the stage before.
        """
        b, m = f.b, self.k.math
        clocked = self.k.equations.has_clock and BY_TIME[stage] != 0.0
        drift = b.fmul(step, m.constant(BY_TIME[stage]))
        with f.flow.each(f.size) as i:
            known = [f.stage_value(j, i) for j in range(stage)]
            if stage > STAGES - 3:
                f.set_vector("arg", i, b.fadd(f.vector("arg", i), known[-1]))
            elif stage:
                f.set_vector("arg", i, _weighted(m, known, A[stage], f.vector("y", i)))
            total = b.fmul(inverse, _weighted(m, known, C[stage])) if stage else m.constant(0.0)
            if clocked:
                total = m.fma(f.vector("by_time", i), drift, total)
            f.set_vector("sum", i, total)

    def _error(self, f: Frame) -> Any:
        """New states, and the largest error / tolerance of a state; NaN where one is (accounts steer nothing)."""
        b, m = f.b, self.k.math
        with f.flow.each(f.size) as i:
            f.set_vector("new", i, b.fadd(f.vector("arg", i), f.stage_value(_LAST, i)))
        sizes = f.array("sizes")
        relative = f.broadcast(f.double(sizes, integer(f.size)))
        f.set_vector("noise", 0, b.fmul(relative, m.constant(_NOISE)))

        def share(i: Any) -> Any:
            largest = m.larger(m.intrinsic("fabs", f.vector("y", i)), m.intrinsic("fabs", f.vector("new", i)))
            tolerance = m.fma(relative, largest, f.broadcast(f.double(sizes, i)))
            return b.fdiv(m.intrinsic("fabs", f.stage_value(_LAST, i)), tolerance)

        return f.largest(f.states, share)

    def _after(self, f: Frame, t: Any, h: Any, step: Any, ends: Any, error: Any) -> None:
        b, m = f.b, self.k.math
        running = b.icmp_signed("==", f.lanes_of("state"), m.whole(RUNNING))
        finite = b.fcmp_ordered("<", error, m.constant(1e300))
        accepted = b.and_(running, b.fcmp_ordered("<=", error, m.constant(1.0)))
        bounded = m.larger(b.select(finite, error, m.constant(1.0)), m.constant(_SMALLEST_ERROR))
        factor = b.fmul(m.constant(_SAFETY), m.exp(b.fmul(m.log(bounded), m.constant(-0.2))))
        factor = m.smaller(m.larger(factor, m.constant(_SMALLEST_FACTOR)), m.constant(_LARGEST_FACTOR))
        factor = b.select(finite, factor, m.constant(_AFTER_NAN))
        wanted = b.fmul(step, factor)
        kept = b.select(b.and_(accepted, b.fcmp_ordered("<", step, h)), m.larger(wanted, h), wanted)
        f.set_vector("accepted", 0, b.select(accepted, m.constant(-1.0), m.constant(0.0)))
        known = f.flow.variable(I64, integer(0))
        theta = self._theta(f, accepted, known)
        again = b.and_(accepted, b.not_(m.is_negative(f.vector("accepted"))))
        accepted = b.and_(accepted, b.not_(again))
        cut = m.less(theta, m.constant(1.0))
        arrival = b.select(ends, f.vector("stop"), b.fadd(t, step))
        reached = b.select(cut, m.fma(theta, step, t), arrival)
        self._samples(f, accepted, reached, t, step, known)
        self._move(f, accepted, cut)
        f.set_vector("t", 0, b.select(accepted, reached, t))
        rejected, fresh = f.lanes_of("rejected"), f.lanes_of("fresh")
        careful = b.and_(b.icmp_signed("!=", rejected, m.whole(0)), accepted)
        following = b.select(b.and_(careful, b.fcmp_ordered(">", kept, step)), step, kept)
        f.set_vector("h", 0, b.select(again, h, following))
        f.set_lanes_of("rejected", b.select(b.or_(accepted, again), m.whole(0), m.whole(1)))
        f.set_lanes_of("steps", b.add(f.lanes_of("steps"), b.zext(running, m.integers)))
        first = b.and_(accepted, b.icmp_signed("!=", fresh, m.whole(0)))
        f.set_vector("first_step", 0, b.select(first, step, f.vector("first_step")))
        f.set_lanes_of("fresh", b.select(accepted, m.whole(0), fresh))
        self._borders(f, running, accepted, b.and_(ends, b.not_(cut)), step, t)

    def _theta(self, f: Frame, accepted: Any, known: Any) -> Any:
        """The share of the step that counts: 1, or where its first branch changes."""
        b, m, equations = f.b, self.k.math, self.k.equations
        f.set_vector("theta", 0, m.constant(1.0))
        if not equations.guards:
            return m.constant(1.0)
        f.set_vector("kept", 0, b.select(accepted, m.constant(0.0), f.vector("kept")))
        f.call("returns")
        some = accepted if equations.jumps else b.and_(accepted, m.is_negative(f.vector("flagged")))
        with f.flow.when(m.anyone(some)):
            f.call("dense")
            known.set(integer(1))
            f.call("crossings")
        return f.vector("theta")

    def _move(self, f: Frame, accepted: Any, cut: Any) -> None:
        """y = the states the step has led to, in lanes where it is accepted (by way of arg: no masked writes)."""
        b, m = f.b, self.k.math
        with f.flow.either(m.anyone(cut)) as (then, otherwise):
            with then:
                f.call("at_theta")
                with f.flow.each(f.size) as i:
                    led = b.select(cut, f.vector("arg", i), f.vector("new", i))
                    f.set_vector("arg", i, b.select(accepted, led, f.vector("y", i)))
            with otherwise, f.flow.each(f.size) as i:
                f.set_vector("arg", i, b.select(accepted, f.vector("new", i), f.vector("y", i)))
        with f.flow.each(f.size) as i:
            f.set_vector("y", i, f.vector("arg", i))

    def _samples(self, f: Frame, accepted: Any, reached: Any, t: Any, step: Any, known: Any) -> None:
        """Write the samples that lie within the part of the step that counts."""
        b, flow = f.b, f.flow
        times, count = f.array("times"), f.field("samples_count")
        for number_of_lane in range(self.width):
            lane, place = integer(number_of_lane), ir.Constant(ir.IntType(32), number_of_lane)
            sample = f.lane("sample", lane)
            inside = b.icmp_signed("<", sample, count)
            time = f.double(times, b.select(inside, sample, integer(0)))
            due = b.and_(inside, b.fcmp_ordered("<=", time, b.extract_element(reached, place)))
            with flow.when(b.and_(due, b.extract_element(accepted, place))):
                with flow.when(b.icmp_signed("==", known.get(), integer(0))):
                    f.call("dense")
                    known.set(integer(1))
                start, length = b.extract_element(t, place), b.extract_element(step, place)

                def at(time: Any, i: Any, lane: Any = lane, start: Any = start, length: Any = length) -> Any:
                    return _dense(f, lane, i, b.fdiv(b.fsub(time, start), length))

                sample_up_to(f, lane, b.extract_element(reached, place), at)

    # -- what each lane does with the step ------------------------------------------------------------

    def _borders(self, f: Frame, running: Any, accepted: Any, ends: Any, step: Any, t: Any) -> None:
        """Lanes at the end of a stretch, and those that cannot go on."""
        b, m = f.b, self.k.math
        arrived = b.and_(accepted, ends)
        tiny = m.less(step, b.fmul(m.larger(t, m.constant(1.0)), m.constant(_TINY_STEP)))
        stuck = b.and_(b.and_(running, tiny), b.not_(accepted))
        most = f.broadcast(f.field("most_steps"), m.integers)
        over = b.and_(running, b.icmp_signed(">", f.lanes_of("steps"), most))
        with f.flow.when(m.anyone(b.or_(arrived, b.or_(stuck, over)))):
            for number_of_lane in range(self.width):
                lane, place = integer(number_of_lane), ir.Constant(ir.IntType(32), number_of_lane)
                with f.flow.when(b.extract_element(arrived, place)):
                    self._next_segment(f, lane)
                for flags, how in ((stuck, STEP_TOO_SMALL), (over, TOO_MANY_STEPS)):
                    still = b.icmp_signed("==", f.lane("state", lane), integer(RUNNING))
                    with f.flow.when(b.and_(still, b.extract_element(flags, place))):
                        b.call(self.module.get_global("finish"), [f.base, f.lanes, f.job, lane, integer(how)])

    def _next_segment(self, f: Frame, lane: Any) -> None:
        b = f.b
        segment = b.add(f.lane("segment", lane), integer(1))
        f.set_lane("segment", lane, segment)
        with f.flow.either(b.icmp_signed("<", segment, f.field("segments"))) as (then, otherwise):
            with then:
                f.set_lane("state", lane, integer(AT_BORDER))
            with otherwise:
                b.call(self.module.get_global("finish"), [f.base, f.lanes, f.job, lane, integer(FINISHED)])

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
            with flow.when(b.icmp_signed("!=", busy.get(), integer(0))):
                b.call(self.module.get_global("attempt"), [f.base, f.lanes, f.job])
        b.ret_void()


def _weighted(m: Any, values: list[Any], weights: Any, start: Any = None) -> Any:
    """start + the weighted sum of some values."""
    total = start
    for value, weight in zip(values, weights, strict=False):
        constant = m.constant(weight)
        total = m.builder.fmul(value, constant) if total is None else m.fma(value, constant, total)
    return total


def _dense(f: Frame, lane: Any, i: Any, theta: Any) -> Any:
    """One lane's state i at a share of the step."""
    b = f.b
    rest = b.fsub(number(1.0), theta)
    inner = b.fadd(b.fmul(theta, f.element("dense3", i, lane)), f.element("dense2", i, lane))
    inner = b.fadd(b.fmul(theta, inner), f.element("dense1", i, lane))
    inner = b.fadd(b.fmul(rest, inner), f.element("new", i, lane))
    return b.fadd(b.fmul(theta, inner), b.fmul(rest, f.element("y", i, lane)))
