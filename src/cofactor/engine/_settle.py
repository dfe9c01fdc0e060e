"""Resting states of a whole population in LLVM IR: implicit Euler with a growing step, which ends as Newton's method.

Lanes do not interact: each has its own step, grown while its restlessness falls and cut when a step makes it worse.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from cofactor.engine._flow import DOUBLE, I64, integer, number
from cofactor.engine._frame import Frame, open_function
from cofactor.engine._kernels import Kernels
from cofactor.engine._lanes import load_inputs, load_parameters, person_of
from cofactor.engine._plan import SMALLEST_SIZE

_FIRST_DAY, _LARGEST_DAY = 10.0, 1e14
_MOST_STEPS = 400
_CALM = 1e-14
_LARGEST_GROWTH, _SHRINK, _WORSE = 30.0, 0.25, 10.0
_KEPT = 0.2  # a positive state keeps at least this share of itself in one step


def emit_settle(kernels: Kernels) -> None:
    """settle(ws, lanes, job, first, last): finals = resting states, end_times = their restlessness."""
    f, (first, last) = open_function(kernels, "settle", [I64, I64])
    b, m = f.b, kernels.math
    count = b.sdiv(b.add(b.sub(last, first), integer(f.width - 1)), integer(f.width))
    calm = f.flow.variable(m.vector, m.constant(0.0))
    steps = f.flow.variable(I64, integer(0))
    busy = f.flow.variable(I64, integer(1))
    with f.flow.each(count) as block:
        start = b.add(first, b.mul(block, integer(f.width)))
        for lane in range(f.width):
            _load(f, integer(lane), person_of(f, start, lane, last))
        f.call("person")
        f.set_vector("h", 0, m.constant(_FIRST_DAY))
        f.set_vector("clock", 0, m.constant(0.0))
        calm.set(_rates_at(f, "y"))
        steps.set(integer(0))
        busy.set(integer(1))
        with f.flow.loop_while(lambda: b.icmp_signed("!=", busy.get(), integer(0))):
            calm.set(_step(f, calm.get()))
            steps.set(b.add(steps.get(), integer(1)))
            waiting = _any(f, b.fcmp_unordered(">", calm.get(), m.constant(_CALM)))
            more = b.icmp_signed("<", steps.get(), integer(_MOST_STEPS))
            busy.set(b.and_(waiting, b.zext(more, I64)))
        for lane in range(f.width):
            _store(f, integer(lane), b.add(start, integer(lane)), last, calm.get(), lane)
    b.ret_void()


def _load(f: Frame, lane: Any, person: Any) -> None:
    starts = f.array("starts")
    with f.flow.each(f.states) as i:
        f.set_element("y", i, lane, f.double(starts, f.b.add(f.b.mul(person, integer(f.states)), i)))
    for i in range(f.states, f.size):
        f.set_element("y", integer(i), lane, number(0.0))
    load_parameters(f, lane, person)
    load_inputs(f, lane, person, integer(0))


def _rates_at(f: Frame, where: str) -> Any:
    """Rates and Jacobian at the states `where`, and the largest relative rate, per lane; NaN where one is not a number."""
    b, m = f.b, f.kernels.math
    with f.flow.each(f.size) as i:
        f.set_vector("arg", i, f.vector(where, i))
    f.set_vector("kept", 0, m.constant(0.0))
    f.call("start")

    def share(i: Any) -> Any:
        size = m.larger(m.intrinsic("fabs", f.vector("arg", i)), m.constant(SMALLEST_SIZE))
        return b.fdiv(m.intrinsic("fabs", f.vector("rhs", i)), size)

    return f.largest(f.states, share)


def _step(f: Frame, calm: Any) -> Any:
    """One trial step of every lane; returns the restlessness after it. Lanes at rest, or made worse, stay where they are."""
    b, m = f.b, f.kernels.math
    day = f.vector("h")
    _rates_at(f, "y")
    f.set_vector("shift", 0, b.fdiv(m.constant(1.0), day))
    f.call("factor")
    with f.flow.each(f.size) as i:
        f.set_vector("sum", i, m.constant(0.0))
    f.call("solve", integer(f.kernels.memory["stages"]))
    with f.flow.each(f.states) as i:
        state = f.vector("y", i)
        trial = b.fadd(state, f.stage_value(0, i))
        floor = b.fmul(state, m.constant(_KEPT))
        low = b.and_(b.fcmp_ordered(">", state, m.constant(0.0)), b.fcmp_ordered("<", trial, floor))
        f.set_vector("new", i, b.select(low, floor, trial))
    with f.flow.each(f.size - f.states) as i:
        f.set_vector("new", b.add(i, integer(f.states)), m.constant(0.0))
    now = _rates_at(f, "new")
    worse = b.fcmp_unordered(">", now, b.fmul(calm, m.constant(_WORSE)))
    at_rest = b.fcmp_ordered("<=", calm, m.constant(_CALM))
    finer = b.and_(b.fcmp_ordered("<", calm, m.constant(1e-11)), b.fcmp_unordered(">=", now, calm))
    stays = b.or_(b.or_(worse, at_rest), finer)
    with f.flow.each(f.states) as i:
        f.set_vector("y", i, b.select(stays, f.vector("y", i), f.vector("new", i)))
    growth = b.fdiv(calm, m.larger(now, m.constant(1e-300)))
    growth = m.smaller(m.larger(growth, m.constant(0.5)), m.constant(_LARGEST_GROWTH))
    grown = m.smaller(b.fmul(day, b.fmul(growth, m.constant(2.0))), m.constant(_LARGEST_DAY))
    f.set_vector("h", 0, b.select(worse, b.fmul(day, m.constant(_SHRINK)), grown))
    settled = b.select(finer, m.constant(0.0), now)  # round-off is reached: as still as it will be
    return b.select(b.or_(worse, at_rest), calm, settled)


def _any(f: Frame, flags: Any) -> Any:
    total: Any = integer(0)
    for lane in range(f.width):
        total = f.b.or_(total, f.b.zext(f.b.extract_element(flags, ir.Constant(ir.IntType(32), lane)), I64))
    return total


def _store(f: Frame, lane: Any, person: Any, last: Any, calm: Any, lane_number: int) -> None:
    b = f.b
    with f.flow.when(b.icmp_signed("<", person, last)):
        finals = f.array("finals")
        with f.flow.each(f.states) as i:
            slot = b.gep(finals, [b.add(b.mul(person, integer(f.size)), i)], source_etype=DOUBLE)
            b.store(f.element("y", i, lane), slot)
        value = b.extract_element(calm, ir.Constant(ir.IntType(32), lane_number))
        b.store(value, b.gep(f.array("end_times"), [person], source_etype=DOUBLE))
