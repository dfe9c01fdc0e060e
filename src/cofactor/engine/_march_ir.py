"""The program of the fixed-step engine in LLVM IR: days, steps, Runge-Kutta stages."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from cofactor.engine._flow import DOUBLE, I64, Flow, integer
from cofactor.engine._kernels import POINTER
from cofactor.engine._sites import SiteKernels

POINTERS = (
    "starts", "parameters", "inputs", "held", "held_places", "smooth", "smooth_places", "keep", "add", "touched",
    "steps", "observed", "finals",
)  # fmt: skip
NUMBERS = ("people", "days", "every", "held_count", "smooth_count", "touched_count")
"""Fields of the job, in order: addresses of arrays, then whole numbers; see `_march.py` for what they hold."""


class _Writer:
    """The function run(ws, job, first, last) being written."""

    def __init__(self, kernels: SiteKernels, inputs: int):
        kind = ir.FunctionType(ir.VoidType(), [POINTER, POINTER, I64, I64])
        made = ir.Function(kernels.module, kind, name="run")
        self.kernels, self.inputs = kernels, inputs
        self.base, self.job, self.first, self.last = made.args
        self.b = kernels.math.builder = ir.IRBuilder(made.append_basic_block("entry"))
        self.flow = Flow(self.b)
        self.person: Any = None

    def number(self, name: str) -> Any:
        """A whole number of the job."""
        place = (POINTERS + NUMBERS).index(name)
        return self.b.load(self.b.gep(self.job, [integer(place)], source_etype=I64), typ=I64)

    def _row(self, name: str, row: Any) -> Any:
        """Address of this block's people in a row of an array of the job."""
        array = self.b.inttoptr(self.number(name), POINTER)
        return self.b.gep(array, [self.b.add(self.b.mul(row, self.number("people")), self.person)], source_etype=DOUBLE)

    def read(self, name: str, row: Any) -> Any:
        """This block's vector in a row of an array of the job."""
        return self.b.load(self._row(name, row), typ=self.kernels.math.vector, align=8)

    def write(self, name: str, row: Any, value: Any) -> None:
        """Store this block's vector in a row."""
        self.b.store(value, self._row(name, row), align=8)

    def place(self, name: str, k: Any) -> Any:
        """A whole number of a list: a place, or the steps of a day."""
        array = self.b.inttoptr(self.number(name), POINTER)
        return self.b.load(self.b.gep(array, [k], source_etype=I64), typ=I64)

    def at(self, name: str, k: Any) -> Any:
        """Place of a vector of the workspace."""
        return self.b.add(integer(self.kernels.memory[name]), k)

    def get(self, name: str, k: Any) -> Any:
        """A vector of the workspace."""
        return self.kernels.math.load(self.base, self.at(name, k))

    def set(self, name: str, k: Any, value: Any) -> None:
        """Write a vector of the workspace."""
        self.kernels.math.store(self.base, self.at(name, k), value)

    def call(self, name: str) -> None:
        """Call a kernel."""
        self.b.call(self.kernels.module.get_global(name), [self.base])

    def fill(self, target: str, source: str, count: int, offset: int = 0) -> None:
        """Copy a whole array of the job into the workspace."""
        with self.flow.each(count) as k:
            self.set(target, self.b.add(k, integer(offset)), self.read(source, k))


def emit_run(kernels: SiteKernels, inputs: int) -> None:
    """run(ws, job, first, last): march the people first to last, a multiple of W."""
    w = _Writer(kernels, inputs)
    b = w.b
    with w.flow.each(b.sdiv(b.sub(w.last, w.first), integer(kernels.width))) as block:
        w.person = b.add(w.first, b.mul(block, integer(kernels.width)))
        w.fill("parameters", "parameters", kernels.memory.sizes["parameters"])
        w.fill("y", "starts", kernels.states)
        w.fill("arg", "inputs", inputs, kernels.states)
        with w.flow.each(inputs) as k:
            w.set("slopes", k, kernels.math.constant(0.0))
        w.call("person")
        with w.flow.each(w.number("days")) as day:
            _open_day(w, day)
            _observe(w, day)
            steps = w.place("steps", day)
            h = _step_length(w, steps)
            with w.flow.each(steps) as step:
                _step(w, h, step)
        _observe(w, w.number("days"))
        with w.flow.each(kernels.states) as k:
            w.write("finals", k, w.get("y", k))
    b.ret_void()


def _open_day(w: _Writer, day: Any) -> None:
    """Touched states and the inputs of the day; a smooth input also gets its slope."""
    b, math = w.b, w.kernels.math
    count = w.number("touched_count")
    with w.flow.each(count) as k:
        row, place = b.add(b.mul(day, count), k), w.place("touched", k)
        w.set("y", place, math.fma(w.read("keep", row), w.get("y", place), w.read("add", row)))
    count = w.number("held_count")
    with w.flow.each(count) as k:
        place = b.add(integer(w.kernels.states), w.place("held_places", k))
        w.set("arg", place, w.read("held", b.add(b.mul(day, count), k)))
    count = w.number("smooth_count")
    with w.flow.each(count) as k:
        place, row = w.place("smooth_places", k), b.add(b.mul(day, count), k)
        now, then = w.read("smooth", row), w.read("smooth", b.add(row, count))
        w.set("arg", b.add(integer(w.kernels.states), place), now)
        w.set("slopes", place, b.fsub(then, now))


def _observe(w: _Writer, day: Any) -> None:
    """Store the observables if the day is one of those asked for; the last day reads the inputs that led to it."""
    b, every = w.b, w.number("every")
    with w.flow.when(b.icmp_signed("==", b.srem(day, every), integer(0))):
        with w.flow.each(w.kernels.states) as k:
            w.set("arg", k, w.get("y", k))
        w.call("outputs")
        count = len(w.kernels.outputs)
        with w.flow.each(count) as k:
            row = b.add(b.mul(b.sdiv(day, every), integer(count)), k)
            w.write("observed", row, w.get("outputs", k))


def _step_length(w: _Writer, steps: Any) -> Any:
    """1 / steps in every lane."""
    b, math = w.b, w.kernels.math
    return math.broadcast(b.fdiv(ir.Constant(DOUBLE, 1.0), b.sitofp(steps, DOUBLE)))


def _step(w: _Writer, h: Any, step: Any) -> None:
    """y advanced by h: classical fourth order, weights 1 2 2 1 over 6, inputs moved to the middle and to the end."""
    b, math = w.b, w.kernels.math
    half = b.fmul(h, math.constant(0.5))
    with w.flow.each(w.kernels.states) as k:
        y = w.get("y", k)
        w.set("arg", k, y)
        w.set("gathered", k, y)
    for weight, reach, moved in ((6.0, half, half), (3.0, half, None), (3.0, h, half), (6.0, None, None)):
        w.call("rates")
        part = b.fmul(h, math.constant(1.0 / weight))
        with w.flow.each(w.kernels.states) as k:
            rate = w.get("rhs", k)
            w.set("gathered", k, math.fma(part, rate, w.get("gathered", k)))
            if reach is not None:
                w.set("arg", k, math.fma(reach, rate, w.get("y", k)))
        if moved is not None:
            with w.flow.each(w.inputs) as k:
                place = b.add(k, integer(w.kernels.states))
                w.set("arg", place, math.fma(moved, w.get("slopes", k), w.get("arg", place)))
    with w.flow.each(w.kernels.states) as k:
        w.set("y", k, w.get("gathered", k))
