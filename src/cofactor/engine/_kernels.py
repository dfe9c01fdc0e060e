"""The straight-line kernels of one System in LLVM IR: person constants, rates, Jacobian, elimination, solution, outputs.

`start` is what a step begins with (rates and Jacobian at one place share their exponentials and logarithms: 0.90 us instead
of 0.37 + 0.86 us for 4 people); `rates` is what its stages call, with every branch as the step began.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
from llvmlite import ir

from cofactor.engine._ir_math import VectorMath
from cofactor.engine._lower import CONSTANT, MOVING, PERSON, Lowered, in_use
from cofactor.engine._lu import Elimination, eliminate
from cofactor.engine._values import BEGINNING, FROZEN, LIVE, Values
from cofactor.engine._workspace import Workspace
from cofactor.model import Expr, differentiate

_INLINE = ("start", "rates", "guards")
"""Kernels of every step: written out, because a call would spill every register."""

_BRANCHES = {"start": BEGINNING, "rates": FROZEN, "guards": FROZEN}
"""Kernels of a step, in which a branch stays as the step began; all others see it as it is."""

FIRST_LOOK, SECOND_LOOK, LAST_LOOK, PROBE, AGAIN = 1, 2, 3, 4, 5
"""Where guards are kept: at the start of the step (0), at two stages within it, at its last stage, and twice anywhere else."""

_LOOKS = 6

_LATENCY = {"exp": 5, "log": 6, "softplus": 12, "logistic": 7, "tanh": 7, "div": 2, "sqrt": 2}
"""Rough length of an operation's own chain, in multiply-adds by four."""

_ONE_PER_LANE = (
    "shift", "clock", "t", "h", "step", "stop", "theta", "first_step", "kept", "changed", "flagged", "accepted", "noise",
    "probed",
)  # fmt: skip

POINTER = ir.PointerType()
"""Every kernel takes the workspace."""


@dataclass
class Equations:
    """A System lowered for the machine: rates, then accounts (integrated beside the states), and outputs.

    `guards` are the comparisons a < b that decide branches, those of jumps first; `jumps` says how many those are.
    """

    lowered: Lowered
    rates: list[Expr]
    accounts: list[Expr]
    outputs: list[Expr]
    guards: list[int] = field(default_factory=list)
    jumps: int = 0
    entries: list[tuple[int, int, Expr]] = field(default_factory=list)
    by_time: list[Expr] = field(default_factory=list)

    def __post_init__(self):
        graph, vectors = self.lowered.graph, self.lowered.vectors
        seeds = [graph.leaf(name) for name in vectors.states]
        place = {graph.leaf(name).index: k for name, k in vectors.states.items()}
        clock = graph.leaf(vectors.time)
        partials, _ = differentiate(graph, [*self.rates, *self.accounts], [*seeds, clock])
        for row, found in enumerate(partials):
            self.entries += [(row, place[seed], value) for seed, value in sorted(found.items()) if seed in place]
        zero = graph.constant(0.0)
        self.by_time = [found.get(clock.index, zero) for found in partials]
        self._find_guards()

    def _find_guards(self) -> None:
        nodes = self.lowered.graph.nodes
        used = in_use(self.lowered.graph, [*self.rates, *self.accounts])
        found = {nodes[i].args[0] for i in used if nodes[i].op == "jump"}
        plain = {c for c in found if nodes[c].op == "less"}
        moving = {c for c in plain if self.lowered.rank(Expr(self.lowered.graph, c)) == MOVING}
        exact = sorted(moving & self.lowered.exact)
        self.guards, self.jumps = exact + sorted(moving - self.lowered.exact), len(exact)

    @property
    def size(self) -> int:
        """States and accounts together."""
        return len(self.rates) + len(self.accounts)

    @property
    def has_clock(self) -> bool:
        """Whether anything depends on time itself."""
        return any(e.node.op != "const" for e in self.by_time)


class Kernels:
    """Emits all kernels of `equations` for W lanes into one module and lays out their workspace."""

    def __init__(self, equations: Equations, width: int, native: int = 0):
        """`native` lanes of the processor, where `width` is narrower than that."""
        self.equations = equations
        self.width = width
        self.module = ir.Module(name="cofactor")
        self.math = VectorMath(self.module, width)
        self.wide = VectorMath(self.module, native) if native > width else None
        self.memory = Workspace()
        self.coefficients = self._coefficients()
        self.elimination = self._eliminate()
        self._reserve()

    def _roots(self) -> list[Expr]:
        e = self.equations
        return [*e.rates, *e.accounts, *e.outputs, *e.by_time, *(value for _, _, value in e.entries)]

    def _coefficients(self) -> dict[int, int]:
        """Person-ranked nodes that moving ones read (or that are results themselves) -> place in the table."""
        lowered = self.equations.lowered
        graph = lowered.graph
        wanted: set[int] = set()
        for root in self._roots():
            if lowered.rank(root) == PERSON:
                wanted.add(root.index)
        for index in in_use(graph, self._roots()):
            if lowered.rank(Expr(graph, index)) == MOVING:
                wanted.update(self._numbers_of(graph.nodes[index].args))
        return {index: k for k, index in enumerate(sorted(wanted))}

    def _numbers_of(self, args: Iterable[int]) -> Iterator[int]:
        """The person-ranked among some arguments; of a comparison its two sides, for the table holds numbers only."""
        lowered = self.equations.lowered
        for a in args:
            node = lowered.graph.nodes[a]
            if lowered.rank(Expr(lowered.graph, a)) == PERSON:
                yield from self._numbers_of(node.args) if node.op == "less" else (a,)

    def _eliminate(self) -> Elimination:
        pattern = np.zeros((self.equations.size, self.equations.size), dtype=bool)
        for row, column, _ in self.equations.entries:
            pattern[row, column] = True
        return eliminate(pattern)

    def _reserve(self) -> None:
        e, vectors, add = self.equations, self.equations.lowered.vectors, self.memory.add
        add("parameters", sum(1 for _ in vectors.parameters))
        add("inputs", len(vectors.inputs))
        add("coefficients", len(self.coefficients))
        for name in ("y", "arg", "new", "rhs", "sum", "dense1", "dense2", "dense3"):
            add(name, e.size)
        add("stages", 8 * e.size)
        add("jacobian", len(e.entries))
        add("lu", len(self.elimination.slots))
        add("outputs", max(len(e.outputs), 1))
        for name, size in (("guards", _LOOKS), ("scale", 1), ("mask", 1), ("roots", 1)):
            add(name, max(size * len(e.guards), 1))
        add("by_time", e.size)
        for name in _ONE_PER_LANE:
            add(name, 1)

    # -- emission ---------------------------------------------------------------------------------------------------------

    def function(self, name: str, extra: Sequence[ir.Type] = ()) -> tuple[ir.Function, Any]:
        """Open a kernel void name(workspace, ...); returns it and the workspace pointer."""
        made = ir.Function(self.module, ir.FunctionType(ir.VoidType(), [POINTER, *extra]), name=name)
        made.linkage = "internal"
        made.attributes.alignstack = 8 * self.width  # or spilled vectors straddle cache lines: rates 408 -> 388 ns
        self.math.builder = ir.IRBuilder(made.append_basic_block("entry"))
        if self.wide is not None:
            self.wide.builder = self.math.builder
        return made, made.args[0]

    def emit(self) -> None:
        """All straight-line kernels."""
        e, memory = self.equations, self.memory
        self._person()
        moving = [(k, value) for k, (_, _, value) in enumerate(e.entries) if e.lowered.rank(value) == MOVING]
        rates = list(zip(count(memory["rhs"]), [*e.rates, *e.accounts], strict=False))
        slopes = [(memory["jacobian"] + k, value) for k, value in moving]
        clocked = list(zip(count(memory["by_time"]), e.by_time, strict=False)) if e.has_clock else []
        self._straight("start", [*rates, *slopes, *clocked])
        self._straight("rates", rates)
        self._straight("guards", [])
        self._straight("outputs", list(zip(count(memory["outputs"]), e.outputs, strict=False)))
        self._factor()
        self._solve()

    def _person(self) -> None:
        _, base = self.function("person")
        values = Values(self, base, fixed=False, inline=False, branches=LIVE)
        for index, place in self.coefficients.items():
            self.math.store(base, self.memory["coefficients"] + place, values.of(index))
        self.math.builder.ret_void()

    def _straight(self, name: str, results: Sequence[tuple[int, Expr]]) -> None:
        """name(ws): every result at its place; name(ws, look) where branches are frozen: the guards too, at that look."""
        branches = _BRANCHES.get(name, LIVE)
        made, base = self.function(name, [ir.IntType(64)] if branches == FROZEN else [])
        values = Values(self, base, fixed=True, inline=name in _INLINE, branches=branches)
        sides = self.equations.guards if branches != LIVE else []
        if name in _INLINE:
            roots = [*sides, *(root.index for _, root in results)]
            values.fuse(roots)
            values.all_of(self._by_depth(roots))
        for place, root in results:
            self.math.store(base, place, values.of(root.index))
        if branches == FROZEN:
            values.store_guards(made.args[1])
        self.math.builder.ret_void()

    def _by_depth(self, roots: Sequence[int]) -> list[int]:
        """Nodes in the order in which their inputs can be ready, so that long chains (exp, log) run side by side.

        Measured on the coupled body, rates of 4 people: 517 ns against 682 ns in depth-first order.
        """
        nodes = self.equations.lowered.graph.nodes
        needed: set[int] = set()
        waiting = list(roots)
        while waiting:
            index = waiting.pop()
            if index not in needed:
                needed.add(index)
                waiting += () if index in self.coefficients else nodes[index].args
        depth: dict[int, int] = {}
        for index in sorted(needed):
            above = () if index in self.coefficients else nodes[index].args
            depth[index] = _LATENCY.get(nodes[index].op, 1) + max((depth[a] for a in above), default=0)
        return sorted(needed, key=lambda k: (depth[k], k))

    def _factor(self) -> None:
        """LU of shift I - J, in the order decided beforehand; pivots are stored inverted."""
        _, base = self.function("factor")
        m, b, plan = self.math, self.math.builder, self.elimination
        shift = self.math.load(base, self.memory["shift"])
        value: dict[tuple[int, int], Any] = {}
        for k, (row, column, entry) in enumerate(self.equations.entries):
            value[row, column] = b.fneg(self._entry(base, k, entry))
        for i in range(self.equations.size):
            value[i, i] = b.fadd(shift, value[i, i]) if (i, i) in value else shift
        for pivot, rows, columns in zip(plan.pivots, plan.below, plan.beside, strict=True):
            inverse = value[pivot, pivot] = b.fdiv(m.constant(1.0), value[pivot, pivot])
            for i in rows:
                factor = value[i, pivot] = b.fmul(value[i, pivot], inverse)
                for j in columns:
                    taken = m.fma(b.fneg(factor), value[pivot, j], value[i, j]) if (i, j) in value else None
                    value[i, j] = b.fneg(b.fmul(factor, value[pivot, j])) if taken is None else taken
        for entry, slot in plan.slots.items():
            self.math.store(base, self.memory["lu"] + slot, value[entry])
        b.ret_void()

    def _entry(self, base: Any, place: int, entry: Expr) -> Any:
        rank = self.equations.lowered.rank(entry)
        if rank == CONSTANT:
            return self.math.constant(entry.node.payload)
        if rank == PERSON:
            return self.math.load(base, self.memory["coefficients"] + self.coefficients[entry.index])
        return self.math.load(base, self.memory["jacobian"] + place)

    def _solve(self) -> None:
        """stages[where ...] = (shift I - J)^-1 (rhs + sum)."""
        made, base = self.function("solve", [ir.IntType(64)])
        m, b, plan, size = self.math, self.math.builder, self.elimination, self.equations.size
        rhs, rest = self.memory["rhs"], self.memory["sum"]
        x = [b.fadd(self.math.load(base, rhs + i), self.math.load(base, rest + i)) for i in range(size)]

        def lu(i: int, j: int) -> Any:
            return self.math.load(base, self.memory["lu"] + plan.slots[i, j])

        for pivot, rows in zip(plan.pivots, plan.below, strict=True):
            for i in rows:
                x[i] = m.fma(b.fneg(lu(i, pivot)), x[pivot], x[i])
        for pivot, columns in zip(reversed(plan.pivots), reversed(plan.beside), strict=True):
            for j in columns:
                x[pivot] = m.fma(b.fneg(lu(pivot, j)), x[j], x[pivot])
            x[pivot] = b.fmul(x[pivot], lu(pivot, pivot))
        target = self.math.at(base, made.args[1])
        for i in range(size):
            self.math.store(target, i, x[i])
        b.ret_void()
