"""One lowering of a System and its machine code, for as many lanes side by side as its users need."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from cofactor.engine._frame import LANE_FIELDS
from cofactor.engine._kernels import Equations, Kernels
from cofactor.engine._lower import Lowered, Vectors, in_use
from cofactor.engine._native import RUN, Native, lane_count, load
from cofactor.engine._observe import emit_observe
from cofactor.engine._settle import emit_settle
from cofactor.engine._stepper import Stepper
from cofactor.errors import ModelError
from cofactor.model import Expr, System


class Codes:
    """The code of a System for any number of people.

    One code fills the processor, and another of half the lanes follows the few who fit into those: their data stay nearer
    and long functions share lanes (one person: 43 -> 35 ms a year). A person's numbers are the same in both.
    """

    def __init__(self, system: System, accounts: Sequence[str], width: int | None = None):
        self._width = width
        lowered = Lowered(system.graph, _names(system))
        rates = lowered.lower(system.rates.values())
        extra = lowered.lower(system.quantities[name] for name in accounts)
        outputs = lowered.lower(system.quantities[name] for name in system.observables)
        _require_plain_jumps(lowered, [*rates, *extra])
        roots = [e.index for e in (*rates, *extra, *outputs)]
        self._text = repr([[(n.op, n.args, n.payload) for n in lowered.graph.nodes], roots])
        self._equations = Equations(lowered, rates, extra, outputs)
        self.size = self._equations.size
        self._made: dict[int, Code] = {}

    def of(self, people: int) -> Code:
        """The code that suits so many people."""
        full = lane_count()
        few = full // 2 if 2 * people <= full else full
        width = self._width or max(few, 2)
        if width not in self._made:
            self._made[width] = Code(self._equations, width, self._text)
        return self._made[width]

    def at_hand(self, people: int) -> Code:
        """A code that is there already, for work that takes no longer than making the one that suits; else that one."""
        return next(iter(self._made.values()), None) or self.of(people)


class Code:
    """The machine code of some equations for `width` lanes side by side."""

    def __init__(self, equations: Equations, width: int, text: str):
        self.width = width
        self.kernels = Kernels(equations, width, lane_count())
        key = hashlib.sha256(f"{text} {width}".encode()).hexdigest()
        self._native: Native = load(key, self._ir)
        self._work = {name: self._native.function(name, RUN) for name in ("run", "observe", "settle")}

    def _ir(self) -> str:
        self.kernels.emit()
        Stepper(self.kernels).emit()
        emit_settle(self.kernels)
        emit_observe(self.kernels)
        return str(self.kernels.module)

    def share(self, work: str, block: np.ndarray, first: int, last: int) -> None:
        """run, observe or settle the people first ... last - 1 of a job; without the GIL."""
        memory = self.kernels.memory.allocate(self.width)
        lanes = np.zeros(len(LANE_FIELDS) * self.width, dtype=np.int64)
        self._work[work](memory.ctypes.data, lanes.ctypes.data, block.ctypes.data, first, last)


def _names(system: System) -> Vectors:
    if any(s.sites for s in system.states.values()):
        raise ModelError("the fast engine has no loops over replicated sites yet", hint="use the reference engine")
    parameters = {c.name: c.offset for c in system.constants.values()}
    return Vectors(
        {s.name: s.offset for s in system.states.values()},
        {**parameters, **system.held_offsets},
        {g.name: g.offset for g in system.inputs.values()},
        "time",
    )


def _require_plain_jumps(lowered: Lowered, roots: Sequence[Expr]) -> None:
    graph = lowered.graph
    for condition in {graph.nodes[i].args[0] for i in in_use(graph, roots) if graph.nodes[i].op == "jump"}:
        if graph.nodes[condition].op != "less":
            raise ModelError(
                "a jump needs a plain comparison a < b as its condition", received=graph.nodes[condition].op
            )
