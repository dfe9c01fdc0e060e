"""Kernels of a System with replicated sites in LLVM IR: the block of a site stays a loop down to machine code.

Values of the person and values of a site alternate: a total over sites can be read by the person, whose value the sites
can read again. A value's level is the number of totals under it; each level is straight-line code, then one loop. A site
value needed at two levels is computed twice, which costs less than keeping it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from llvmlite import ir

from cofactor.engine._flow import I64, Flow
from cofactor.engine._ir_math import VectorMath
from cofactor.engine._kernels import POINTER
from cofactor.engine._lower import CONSTANT, MOVING, Lowered, Vectors, in_use
from cofactor.engine._workspace import Workspace
from cofactor.model import Expr, System

_FUSED = ("contract",)
"""A product and a sum may become one operation: nothing here must come out the same in another kernel."""

_MOST_ABREAST = 4
"""Skin of twenty sites, a person-year on one core: 2.1 ms one by one, 1.4 two abreast, 1.1 with sums fused, 0.8 four abreast."""


class SiteKernels:
    """The kernels `person` (its constants), `rates` (at `arg`, into `rhs`) and `outputs` for W people side by side."""

    def __init__(self, system: System, observables: Sequence[str], width: int):
        self.width = width
        self.states = system.size
        self.lowered = Lowered(system.graph, _vectors(system, self.states))
        self.rates = self.lowered.lower(system.rates.values())
        self.outputs = self.lowered.lower(system.quantities[name] for name in observables)
        self._rate_places = [s.offset for s in system.states.values()]
        self.module = ir.Module(name="cofactor_sites")
        self.math = VectorMath(self.module, width)
        self.abreast = _abreast(system)
        self.site_math = self.math if self.abreast == 1 else VectorMath(self.module, width * self.abreast)
        self.memory = Workspace()
        self.table = self._table()
        self.memory.add("parameters", len(system.parameter_vector()))
        self.memory.add("table", sum(max(self._sites(i), 1) for i in self.table))
        self.memory.add("arg", self.states + len(system.inputs))
        for name in ("y", "gathered", "rhs"):
            self.memory.add(name, self.states)
        self.memory.add("slopes", len(system.inputs))
        self.memory.add("outputs", len(self.outputs))

    def _sites(self, index: int) -> int:
        return self.lowered.graph.nodes[index].sites

    def _table(self) -> dict[int, int]:
        """Constants of the person (or of each of its sites) that moving values read -> place in the table."""
        graph, rank = self.lowered.graph, self.lowered.rank
        roots = [*self.rates, *self.outputs]
        wanted = {root.index for root in roots if CONSTANT < rank(root) < MOVING}
        for index in in_use(graph, roots):
            if rank(Expr(graph, index)) == MOVING:
                wanted |= {a for a in graph.nodes[index].args if CONSTANT < rank(Expr(graph, a)) < MOVING}
        table, place = {}, 0
        for index in sorted(wanted):
            table[index] = place
            place += max(self._sites(index), 1)
        return table

    def emit(self) -> None:
        """Write the three kernels."""
        graph = self.lowered.graph
        self._kernel("person", {place: Expr(graph, index) for index, place in self.table.items()}, "table", {})
        self._kernel("rates", dict(zip(self._rate_places, self.rates, strict=True)), "rhs", self.table)
        self._kernel("outputs", dict(enumerate(self.outputs)), "outputs", self.table)

    def _kernel(self, name: str, roots: Mapping[int, Expr], target: str, table: Mapping[int, int]) -> None:
        made = ir.Function(self.module, ir.FunctionType(ir.VoidType(), [POINTER]), name=name)
        made.linkage = "internal"
        self.math.builder = self.site_math.builder = ir.IRBuilder(made.append_basic_block("entry"))
        _Levels(self, made.args[0], table).write(roots, self.memory[target])
        self.math.builder.ret_void()


class _Levels:
    """One kernel being written, level by level."""

    def __init__(self, kernels: SiteKernels, base: Any, table: Mapping[int, int]):
        self.kernels, self.base, self.table = kernels, base, table
        self.nodes = kernels.lowered.graph.nodes
        self.operations = {of_site: self._math(of_site).operations(_FUSED) for of_site in (False, True)}
        self.of_person: dict[int, Any] = {}

    def write(self, roots: Mapping[int, Expr], target: int) -> None:
        """Compute the roots and store each at target + its place (a site's at target + place + site)."""
        needed = self._needed(root.index for root in roots.values())
        level = self._levels(needed)
        for k in range(max(level.values(), default=0) + 1):
            for index in needed:
                if level[index] == k and not self.nodes[index].sites and index not in self.of_person:
                    self.of_person[index] = self._emit(index, self.of_person, None)
            stored = {p: r.index for p, r in roots.items() if level[r.index] == k and r.node.sites}
            totals = [i for i in needed if self.nodes[i].op == "total" and level[i] == k + 1]
            if stored or totals:
                self._loop(stored, totals, target)
        for place, root in roots.items():
            if not root.node.sites:
                self.kernels.math.store(self.base, target + place, self._number(root.index, self.of_person))

    def _needed(self, roots: Iterable[int]) -> list[int]:
        seen: set[int] = set()
        waiting = list(roots)
        while waiting:
            index = waiting.pop()
            if index not in seen:
                seen.add(index)
                waiting += () if index in self.table else self.nodes[index].args
        return sorted(seen)

    def _levels(self, needed: Iterable[int]) -> dict[int, int]:
        level: dict[int, int] = {}
        for index in needed:
            below = max((level[a] for a in self._args(index)), default=0)
            level[index] = below + (self.nodes[index].op == "total" and index not in self.table)
        return level

    def _args(self, index: int) -> Sequence[int]:
        return () if index in self.table else self.nodes[index].args

    def _loop(self, stored: Mapping[int, int], totals: Sequence[int], target: int) -> None:
        """One pass over the sites: store what is asked for, add up what is to be totalled."""
        kernels, b = self.kernels, self.kernels.math.builder
        inner = {i: self.nodes[i].args[0] for i in totals}
        count = {self.nodes[i].sites for i in [*stored.values(), *inner.values()]}
        flow = Flow(b)
        sums = {i: flow.variable(kernels.site_math.vector, kernels.site_math.constant(0.0)) for i in totals}
        for sites in sorted(count):
            with flow.each(sites // kernels.abreast) as turn:
                site = b.mul(turn, ir.Constant(I64, kernels.abreast))
                known: dict[int, Any] = {}
                for place, index in stored.items():
                    if self.nodes[index].sites == sites:
                        value = self._at_site(index, known, site)
                        place = b.add(ir.Constant(I64, target + place), site)
                        b.store(value, kernels.math.at(self.base, place), align=8 * kernels.width)
                for index, one in inner.items():
                    if self.nodes[one].sites == sites:
                        sums[index].set(b.fadd(sums[index].get(), self._at_site(one, known, site)))
        for index, value in sums.items():
            self.of_person[index] = self._folded(value.get())

    def _folded(self, value: Any) -> Any:
        """The sum of the sites that stood side by side."""
        width, b = self.kernels.width, self.kernels.math.builder
        parts = [_lanes(b, value, range(k * width, (k + 1) * width)) for k in range(self.kernels.abreast)]
        return functools.reduce(b.fadd, parts)

    def _at_site(self, root: int, known: dict[int, Any], site: Any) -> Any:
        for index in self._needed([root]):
            if self.nodes[index].sites and index not in known:
                known[index] = self._emit(index, known, site)
        return self._number(root, known, of_site=True)

    def _emit(self, index: int, known: Mapping[int, Any], site: Any) -> Any:
        node, of_site = self.nodes[index], bool(self.nodes[index].sites)
        math = self._math(of_site)
        if index in self.table:
            return self._read(self.kernels.memory["table"] + self.table[index], of_site, site)
        if node.op == "const":
            return math.constant(node.payload)
        if node.op == "symbol":
            return self._read(self._symbol(node.payload), of_site, site)
        if node.op in ("where", "jump"):
            chosen = [self._number(a, known, of_site) for a in node.args[1:]]
            return math.builder.select(self._truth(node.args[0], known, of_site), *chosen)
        return self.operations[of_site][node.op](*(self._number(a, known, of_site) for a in node.args))

    def _math(self, of_site: bool) -> VectorMath:
        return self.kernels.site_math if of_site else self.kernels.math

    def _read(self, place: int, of_site: bool, site: Any) -> Any:
        math, b = self.kernels.math, self.kernels.math.builder
        if not of_site:
            return math.load(self.base, place)
        address = math.at(self.base, b.add(ir.Constant(I64, place), site))
        return b.load(address, typ=self.kernels.site_math.vector, align=8 * self.kernels.width)

    def _symbol(self, name: str) -> int:
        vectors, memory = self.kernels.lowered.vectors, self.kernels.memory
        if name in vectors.states:
            return memory["arg"] + vectors.states[name]
        return memory["parameters"] + vectors.parameters[name]

    def _value(self, index: int, known: Mapping[int, Any], of_site: bool) -> Any:
        """A value as its reader holds it: a site reads the person's in every site that stands beside it."""
        if self.nodes[index].sites:
            return known[index]
        value, width = self.of_person[index], self.kernels.width
        return _lanes(self.kernels.math.builder, value, [*range(width)] * self.kernels.abreast) if of_site else value

    def _number(self, index: int, known: Mapping[int, Any], of_site: bool = False) -> Any:
        """A value as numbers: a comparison is 1 or 0."""
        math, value = self._math(of_site), self._value(index, known, of_site)
        if self.nodes[index].op != "less" or index in self.table:
            return value
        return math.builder.select(value, math.constant(1.0), math.constant(0.0))

    def _truth(self, index: int, known: Mapping[int, Any], of_site: bool) -> Any:
        """A value as a condition."""
        math, value = self._math(of_site), self._value(index, known, of_site)
        if self.nodes[index].op == "less" and index not in self.table:
            return value
        return math.builder.fcmp_unordered("!=", value, math.constant(0.0))


def _abreast(system: System) -> int:
    """How many sites stand side by side: while one waits for its logarithm the others go on."""
    counts = {s.sites for s in system.states.values() if s.sites}
    return max(k for k in range(1, _MOST_ABREAST + 1) if not any(count % k for count in counts))


def _lanes(builder: ir.IRBuilder, vector: Any, lanes: Iterable[int]) -> Any:
    """Some lanes of a vector, in this order."""
    chosen = list(lanes)
    mask = ir.Constant(ir.VectorType(ir.IntType(32), len(chosen)), chosen)
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), mask)


def _vectors(system: System, states: int) -> Vectors:
    """Inputs change within a run here, so they stand behind the states and move as these do."""
    moving = {s.name: s.offset for s in system.states.values()}
    moving |= {g.name: states + g.offset for g in system.inputs.values()}
    parameters = {c.name: c.offset for c in system.constants.values()}
    return Vectors(moving, {**parameters, **system.held_offsets}, {}, "time")
