"""A lane at a border: taking the next person, entering a stretch of the plan, writing samples, and ending a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cofactor.engine._flow import DOUBLE, I64, integer, number
from cofactor.engine._frame import AT_BORDER, EMPTY, IDLE, RUNNING, Frame, open_function
from cofactor.engine._kernels import POINTER, Kernels


def emit_prepare(kernels: Kernels) -> None:
    """prepare(ws, lanes, job, lane, next*, last) -> 1 where person constants must be computed anew."""
    f, (lane, following, last) = open_function(kernels, "prepare", [I64, POINTER, I64], I64)
    b, flow = f.b, f.flow
    changed = flow.variable(I64, integer(0))
    with flow.when(b.icmp_signed("==", f.lane("state", lane), integer(EMPTY))):
        person = b.load(following, typ=I64)
        with flow.either(b.icmp_signed("<", person, last)) as (then, otherwise):
            with then:
                b.store(b.add(person, integer(1)), following)
                _load_person(f, lane, person)
                changed.set(integer(1))
            with otherwise:
                f.set_lane("state", lane, integer(IDLE))
                for name, value in (("h", 1.0), ("t", 0.0), ("stop", 2.0)):
                    f.set_element(name, integer(0), lane, number(value))
    with flow.when(b.icmp_signed("==", f.lane("state", lane), integer(AT_BORDER))):
        changed.set(b.or_(changed.get(), _enter_segment(f, lane)))
    b.ret(changed.get())


def _load_person(f: Frame, lane: Any, person: Any) -> None:
    b = f.b
    f.set_lane("person", lane, person)
    for name, value in (("segment", 0), ("sample", 0), ("steps", 0), ("row", -1), ("rejected", 0)):
        f.set_lane(name, lane, integer(value))
    starts = f.array("starts")
    with f.flow.each(f.states) as i:
        f.set_element("y", i, lane, f.double(starts, b.add(b.mul(person, integer(f.states)), i)))
    if f.size > f.states:
        with f.flow.each(f.size - f.states) as i:
            f.set_element("y", b.add(i, integer(f.states)), lane, number(0.0))
    load_parameters(f, lane, person)
    first = f.double(f.array("edges"), integer(0))
    f.set_element("t", integer(0), lane, first)
    f.set_element("h", integer(0), lane, f.double(f.array("sizes"), integer(f.size + 1)))
    f.set_element("first_step", integer(0), lane, f.element("h", integer(0), lane))
    sample_up_to(f, lane, first, lambda _time, i: f.element("y", i, lane))
    f.set_lane("state", lane, integer(AT_BORDER))


def _enter_segment(f: Frame, lane: Any) -> Any:
    """Doses, inputs and the end of the stretch that begins now; returns 1 where the inputs changed."""
    b, flow = f.b, f.flow
    segment, person = f.lane("segment", lane), f.lane("person", lane)
    edges = f.array("edges")
    f.set_element("t", integer(0), lane, f.double(edges, segment))
    f.set_element("stop", integer(0), lane, f.double(edges, b.add(segment, integer(1))))
    changed = flow.variable(I64, integer(0))
    row = f.whole(f.array("rows"), segment)
    with flow.when(b.icmp_signed("!=", row, f.lane("row", lane))):
        f.set_lane("row", lane, row)
        load_inputs(f, lane, person, row)
        changed.set(integer(1))
    reset = f.whole(f.array("resets"), segment)
    with flow.when(b.icmp_signed(">=", reset, integer(0))):  # a reset comes before a dose of the same instant
        _reset(f, lane, person, reset)
    dose = f.whole(f.array("doses"), segment)
    with flow.when(b.icmp_signed(">=", dose, integer(0))):
        amounts = f.array("amounts")
        with flow.each(f.states) as i:
            amount = f.double(amounts, b.add(b.mul(dose, integer(f.states)), i))
            f.set_element("y", i, lane, b.fadd(f.element("y", i, lane), amount))
    due = b.icmp_signed(">=", b.and_(dose, reset), integer(0))  # -1 & -1 is -1: neither is due
    disturbed = b.or_(due, b.icmp_signed("!=", changed.get(), integer(0)))
    with flow.when(disturbed):  # the first step after a dose is the one accepted after the dose before
        f.set_element("h", integer(0), lane, f.element("first_step", integer(0), lane))
        f.set_lane("fresh", lane, integer(1))
    f.set_element("kept", integer(0), lane, number(0.0))
    f.set_lane("state", lane, integer(RUNNING))
    return changed.get()


def _reset(f: Frame, lane: Any, person: Any, reset: Any) -> None:
    """Each state becomes keeps x itself + returns x what it started the run with."""
    b = f.b
    starts, keeps, returns = f.array("starts"), f.array("keeps"), f.array("returns")
    row = b.mul(reset, integer(f.states))
    with f.flow.each(f.states) as i:
        kept = b.fmul(f.double(keeps, b.add(row, i)), f.element("y", i, lane))
        begun = f.double(starts, b.add(b.mul(person, integer(f.states)), i))
        f.set_element("y", i, lane, b.fadd(kept, b.fmul(f.double(returns, b.add(row, i)), begun)))


def load_inputs(f: Frame, lane: Any, person: Any, row: Any) -> None:
    """One row of a person's inputs into a lane."""
    b, count = f.b, len(f.kernels.equations.lowered.vectors.inputs)
    inputs = f.array("inputs")
    start = b.mul(b.add(b.mul(person, f.field("rows_count")), row), integer(count))
    with f.flow.each(count) as i:
        f.set_element("inputs", i, lane, f.double(inputs, b.add(start, i)))


def load_parameters(f: Frame, lane: Any, person: Any) -> None:
    """A person's parameters into a lane."""
    parameters, count = f.array("parameters"), len(f.kernels.equations.lowered.vectors.parameters)
    start = f.b.mul(person, integer(count))
    with f.flow.each(count) as i:
        f.set_element("parameters", i, lane, f.double(parameters, f.b.add(start, i)))


def sample_up_to(f: Frame, lane: Any, until: Any, value: Callable[[Any, Any], Any]) -> None:
    """Write every sample due at or before `until`; value(time, i) gives state i."""
    b, flow = f.b, f.flow
    times, samples = f.array("times"), f.array("samples")
    count = f.field("samples_count")
    person = f.lane("person", lane)

    def due() -> Any:
        sample = f.lane("sample", lane)
        inside = b.icmp_signed("<", sample, count)
        safe = b.select(inside, sample, integer(0))
        return b.and_(inside, b.fcmp_ordered("<=", f.double(times, safe), until))

    with flow.loop_while(due):
        sample = f.lane("sample", lane)
        time = f.double(times, sample)
        row = b.mul(b.add(b.mul(person, count), sample), integer(f.size))
        with flow.each(f.size) as i:
            b.store(value(time, i), b.gep(samples, [b.add(row, i)], source_etype=DOUBLE))
        f.set_lane("sample", lane, b.add(sample, integer(1)))


def emit_finish(kernels: Kernels) -> None:
    """finish(ws, lanes, job, lane, how): write the last state and how the run ended; the lane is then empty."""
    f, (lane, how) = open_function(kernels, "finish", [I64, I64])
    b = f.b
    person = f.lane("person", lane)
    finals = f.array("finals")
    with f.flow.each(f.size) as i:
        slot = b.gep(finals, [b.add(b.mul(person, integer(f.size)), i)], source_etype=DOUBLE)
        b.store(f.element("y", i, lane), slot)
    b.store(how, b.gep(f.array("ends"), [person], source_etype=I64))
    b.store(f.element("t", integer(0), lane), b.gep(f.array("end_times"), [person], source_etype=DOUBLE))
    b.store(f.lane("steps", lane), b.gep(f.array("counts"), [person], source_etype=I64))
    f.set_lane("state", lane, integer(EMPTY))
    b.ret_void()


def person_of(f: Frame, start: Any, lane: int, last: Any) -> Any:
    """The lane's person; beyond the end the last one again, whose result is not written twice."""
    person = f.b.add(start, integer(lane))
    return f.b.select(f.b.icmp_signed("<", person, last), person, f.b.sub(last, integer(1)))
