"""What every part of the stepper's IR needs: the memory of the lanes and the job, and ways to read and write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from cofactor.engine._flow import DOUBLE, I64, Flow, integer
from cofactor.engine._kernels import POINTER, Kernels

RUNNING, EMPTY, AT_BORDER, IDLE = 0, 1, 2, 3
"""What a lane is doing."""

FINISHED, TOO_MANY_STEPS, STEP_TOO_SMALL = 0, 1, 2
"""How a person's run ended."""

LANE_FIELDS = ("state", "person", "segment", "sample", "steps", "row", "fresh", "rejected")
"""Whole numbers kept per lane."""

JOB_POINTERS = (
    "starts", "parameters", "inputs", "edges", "rows", "doses", "amounts", "times", "samples", "finals", "ends", "end_times",
    "sizes", "counts", "sample_rows", "chosen", "observed", "resets", "keeps", "returns",
)  # fmt: skip
JOB_NUMBERS = ("people", "segments", "samples_count", "rows_count", "most_steps", "chosen_count")
"""Fields of the job, in order: addresses of arrays, then whole numbers; see `_fast.py` for what they hold."""


def open_function(
    kernels: Kernels, name: str, extra: list[ir.Type], returns: ir.Type | None = None
) -> tuple[Frame, list[Any]]:
    """Begin name(workspace, lanes, job, ...extra); returns its frame and the extra arguments."""
    kind = ir.FunctionType(returns or ir.VoidType(), [POINTER, POINTER, POINTER, *extra])
    made = ir.Function(kernels.module, kind, name=name)
    builder = ir.IRBuilder(made.append_basic_block("entry"))
    kernels.math.builder = builder
    base, lanes, job, *rest = made.args
    return Frame(kernels, Flow(builder), base, lanes, job), rest


@dataclass
class Frame:
    """One function being emitted: its workspace, lane and job pointers."""

    kernels: Kernels
    flow: Flow
    base: Any
    lanes: Any
    job: Any

    @property
    def b(self) -> ir.IRBuilder:
        """The builder."""
        return self.flow.builder

    @property
    def width(self) -> int:
        """Lanes side by side."""
        return self.kernels.width

    @property
    def size(self) -> int:
        """States and accounts."""
        return self.kernels.equations.size

    @property
    def states(self) -> int:
        """States alone."""
        return len(self.kernels.equations.rates)

    def call(self, name: str, *args: Any) -> Any:
        """Call a kernel of the workspace."""
        return self.b.call(self.kernels.module.get_global(name), [self.base, *args])

    def field(self, name: str) -> Any:
        """One field of the job."""
        place = (JOB_POINTERS + JOB_NUMBERS).index(name)
        return self.b.load(self.b.gep(self.job, [integer(place)], source_etype=I64), typ=I64)

    def array(self, name: str) -> Any:
        """The array a field of the job points to."""
        return self.b.inttoptr(self.field(name), POINTER)

    def double(self, array: Any, index: Any) -> Any:
        """array[index], a double."""
        return self.b.load(self.b.gep(array, [index], source_etype=DOUBLE), typ=DOUBLE)

    def whole(self, array: Any, index: Any) -> Any:
        """array[index], a whole number."""
        return self.b.load(self.b.gep(array, [index], source_etype=I64), typ=I64)

    def lane_slot(self, name: str, lane: Any) -> Any:
        """Where a lane keeps a whole number."""
        start = LANE_FIELDS.index(name) * self.width
        return self.b.gep(self.lanes, [self.b.add(integer(start), lane)], source_etype=I64)

    def lane(self, name: str, lane: Any) -> Any:
        """A whole number of a lane."""
        return self.b.load(self.lane_slot(name, lane), typ=I64)

    def set_lane(self, name: str, lane: Any, value: Any) -> None:
        """Write a whole number of a lane."""
        self.b.store(value, self.lane_slot(name, lane))

    def element_slot(self, array: str, index: Any, lane: Any) -> Any:
        """Where one lane's element of a workspace array stands."""
        first = self.b.mul(self.b.add(integer(self.kernels.memory[array]), index), integer(self.width))
        return self.b.gep(self.base, [self.b.add(first, lane)], source_etype=DOUBLE)

    def element(self, array: str, index: Any, lane: Any) -> Any:
        """One lane's element of a workspace array."""
        return self.b.load(self.element_slot(array, index, lane), typ=DOUBLE)

    def set_element(self, array: str, index: Any, lane: Any, value: Any) -> None:
        """Write one lane's element."""
        self.b.store(value, self.element_slot(array, index, lane))

    def _place(self, array: str, index: Any) -> Any:
        first = self.kernels.memory[array]
        return first + index if isinstance(index, int) else self.b.add(integer(first), index)

    def vector(self, array: str, index: Any = 0) -> Any:
        """A whole vector of a workspace array."""
        place = self._place(array, index)
        return self.kernels.math.load(self.base, place)

    def set_vector(self, array: str, index: Any, value: Any) -> None:
        """Write a whole vector."""
        place = self._place(array, index)
        self.kernels.math.store(self.base, place, value)

    def largest(self, count: int, share: Callable[[Any], Any]) -> Any:
        """The largest of share(0) ... share(count - 1), none of them negative; NaN where one is."""
        b, m = self.b, self.kernels.math
        worst, total = (self.flow.variable(m.vector, m.constant(0.0)) for _ in range(2))
        with self.flow.each(count) as i:
            value = share(i)
            worst.set(m.larger(worst.get(), value))
            total.set(b.fadd(total.get(), value))  # a comparison would lose NaN, a sum keeps it
        return b.select(b.fcmp_unordered("uno", total.get(), total.get()), total.get(), worst.get())

    def stage_value(self, stage: int, i: Any) -> Any:
        """U of a stage."""
        return self.kernels.math.load(
            self.base, self.b.add(integer(self.kernels.memory["stages"] + stage * self.size), i)
        )

    def lanes_of(self, name: str) -> Any:
        """A whole number of every lane, as one vector."""
        return self.b.load(self.lane_slot(name, integer(0)), typ=self.kernels.math.integers, align=8)

    def set_lanes_of(self, name: str, value: Any) -> None:
        """Write a whole number of every lane."""
        self.b.store(value, self.lane_slot(name, integer(0)), align=8)

    def broadcast(self, value: Any, kind: ir.Type | None = None) -> Any:
        """One number in every lane of a vector (of doubles, unless another kind is named)."""
        return self.kernels.math.broadcast(value, kind)
