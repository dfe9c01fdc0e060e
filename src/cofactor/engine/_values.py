"""The values of lowered nodes inside one straight-line kernel, and the branches they take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from llvmlite import ir

if TYPE_CHECKING:
    from cofactor.engine._kernels import Kernels

LIVE, BEGINNING, FROZEN = "live", "beginning", "frozen"
"""How a kernel takes branches: as they are; as they are, and kept for the step; as they were kept."""


_PACKED = ("exp", "log", "softplus", "tanh", "logistic")
"""Functions long enough that packing several into one pays."""


class Values:
    """Values of lowered nodes, each emitted once.

    With `fixed`, person constants come from the table; with `inline`, exp and log are written out in place. A guard a < b is
    true where the sign bit of a - b is set; `mask` holds the one each branch follows. At the beginning of a step it is taken
    anew, but for lanes that `kept` it: they stopped at the root of a guard and stand a rounding before or behind it.
    """

    def __init__(self, kernels: Kernels, base: Any, *, fixed: bool, inline: bool, branches: str):
        self.kernels, self.base, self.fixed, self.branches = kernels, base, fixed, branches
        self.graph = kernels.equations.lowered.graph
        self.known: dict[int, Any] = {}
        self.operations = kernels.math.operations() if inline else kernels.math.short_operations()
        guards = kernels.equations.guards if branches != LIVE else []
        self.guards = {condition: k for k, condition in enumerate(guards)}
        self._differences: dict[int, Any] = {}
        self.once: set[int] = set()

    def fuse(self, roots: Iterable[int]) -> None:
        """From here on, products below `roots` that one sum alone reads are fused with it."""
        readers = dict.fromkeys(roots, 2)
        waiting, seen = list(readers), set(readers)
        while waiting:
            index = waiting.pop()
            for a in () if self._from_table(index) else self.graph.nodes[index].args:
                readers[a] = readers.get(a, 0) + 1
                if a not in seen:
                    seen.add(a)
                    waiting.append(a)
        nodes = self.graph.nodes
        self.once = {k for k, n in readers.items() if n == 1 and nodes[k].op == "mul" and not self._from_table(k)}

    def all_of(self, order: Iterable[int]) -> None:
        """Nodes in an order in which arguments come first.

        Where lanes are narrower than the processor, long functions wait until another node reads one of them; then as
        many of its kind as fill the processor are made together.
        """
        waiting: dict[str, list[int]] = {op: [] for op in _PACKED} if self.kernels.wide else {}
        for index in order:
            op = self.graph.nodes[index].op
            if index in self.once:
                continue
            self._make_ready(self._needs(index), waiting)
            if op in waiting and not self._from_table(index):
                waiting[op].append(index)
            else:
                self.of(index)
        for late in waiting.values():
            self._make_ready(list(late), waiting)

    def _make_ready(self, wanted: Sequence[int], waiting: dict[str, list[int]]) -> None:
        for index in wanted:
            same = waiting.get(self.graph.nodes[index].op, [])
            if index not in same:
                continue
            wide = self.kernels.wide
            count = wide.width // self.kernels.width if wide else 1
            pack = [index, *(k for k in same if k != index)][:count]
            same[:] = [k for k in same if k not in pack]
            if len(pack) == count:
                self._together(pack)

    def _together(self, pack: Sequence[int]) -> None:
        """One wide function in place of several narrow ones: rates of two lanes 410 -> 329 ns."""
        b, wide, width = self.kernels.math.builder, self.kernels.wide, self.kernels.width
        assert wide is not None
        parts = [self.of(self.graph.nodes[index].args[0]) for index in pack]
        while len(parts) > 1:
            parts = [_joined(b, *pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
        whole = wide.operations()[self.graph.nodes[pack[0]].op](parts[0])
        for place, index in enumerate(pack):
            self.known[index] = b.shuffle_vector(whole, whole, _lanes(range(place * width, (place + 1) * width)))

    def of(self, root: int) -> Any:
        """A value as numbers: a comparison is 1 or 0."""
        waiting = [root]
        while waiting:
            index = waiting[-1]
            if index in self.known:
                waiting.pop()
                continue
            args = self._needs(index)
            missing = [a for a in args if a not in self.known]
            if missing:
                waiting += reversed(missing)
                continue
            self.known[index] = self._emit(index)
            waiting.pop()
        return self._number(root)

    def store_guards(self, look: Any) -> None:
        """Every guard's a - b at a look, and in `changed` a sign bit where one differs from its mask."""
        kernels, memory, m = self.kernels, self.kernels.memory, self.kernels.math
        count = len(self.guards)
        first = m.builder.mul(look, ir.Constant(ir.IntType(64), count))
        target = kernels.math.at(self.base, m.builder.add(first, ir.Constant(ir.IntType(64), memory["guards"])))
        changed = m.whole(0)
        for condition, k in self.guards.items():
            value = self._difference(condition)
            kernels.math.store(target, k, value)
            changed = m.builder.or_(changed, m.differing(value, kernels.math.load(self.base, memory["mask"] + k)))
        kernels.math.store(self.base, memory["changed"], m.builder.bitcast(changed, m.vector))

    def _needs(self, index: int) -> Sequence[int]:
        if self._from_table(index):
            return ()
        args = self.graph.nodes[index].args
        product = self._product_of(index)
        if product is None:
            return args
        return [*self.graph.nodes[args[product]].args, args[1 - product]]

    def _product_of(self, index: int) -> int | None:
        """Which argument of a sum or difference is a product to be fused with it."""
        node = self.graph.nodes[index]
        if node.op not in ("add", "sub"):
            return None
        return next((k for k, a in enumerate(node.args) if a in self.once and a not in self.known), None)

    def _fused(self, index: int, product: int) -> Any:
        """a b + c, c - a b or a b - c with one rounding: shorter chains, rates of 4 people 408 -> 377 ns."""
        math, node = self.kernels.math, self.graph.nodes[index]
        a, b = (self._number(k) for k in self.graph.nodes[node.args[product]].args)
        c = self._number(node.args[1 - product])
        if node.op == "sub":
            a, c = (math.builder.fneg(a), c) if product else (a, math.builder.fneg(c))
        return math.fma(a, b, c)

    def _number(self, index: int) -> Any:
        math, value = self.kernels.math, self.known[index]
        if self.graph.nodes[index].op != "less" or self._from_table(index):
            return value
        return math.builder.select(value, math.constant(1.0), math.constant(0.0))

    def _truth(self, index: int) -> Any:
        """A value as a condition: a comparison as it is, of numbers whether they differ from 0."""
        math, value = self.kernels.math, self.known[index]
        if self.graph.nodes[index].op == "less" and not self._from_table(index):
            return value
        return math.builder.fcmp_unordered("!=", value, math.constant(0.0))

    def _from_table(self, index: int) -> bool:
        return self.fixed and index in self.kernels.coefficients

    def _emit(self, index: int) -> Any:
        node, kernels = self.graph.nodes[index], self.kernels
        if self._from_table(index):
            return kernels.math.load(self.base, kernels.memory["coefficients"] + kernels.coefficients[index])
        if node.op == "const":
            return kernels.math.constant(node.payload)
        if node.op == "symbol":
            return kernels.math.load(self.base, self._symbol(node.payload))
        if index in self.guards:
            return self._guard(index)
        product = self._product_of(index)
        if product is not None:
            return self._fused(index, product)
        if node.op in ("where", "jump"):
            return kernels.math.builder.select(self._truth(node.args[0]), *(self._number(a) for a in node.args[1:]))
        return self.operations[node.op](*(self._number(a) for a in node.args))

    def _symbol(self, name: str) -> int:
        vectors, memory = self.kernels.equations.lowered.vectors, self.kernels.memory
        if name == vectors.time:
            return memory["clock"]
        if name in vectors.states:
            return memory["arg"] + vectors.states[name]
        if name in vectors.parameters:
            return memory["parameters"] + vectors.parameters[name]
        return memory["inputs"] + vectors.inputs[name]

    def _difference(self, condition: int) -> Any:
        if condition not in self._differences:
            a, b = (self._number(k) for k in self.graph.nodes[condition].args)
            self._differences[condition] = self.kernels.math.builder.fsub(a, b)
        return self._differences[condition]

    def _guard(self, condition: int) -> Any:
        """The branch of this step."""
        kernels, memory, m = self.kernels, self.kernels.memory, self.kernels.math
        place = memory["mask"] + self.guards[condition]
        mask = kernels.math.load(self.base, place)
        if self.branches == FROZEN:
            return m.is_negative(mask)
        now = self._difference(condition)
        kernels.math.store(self.base, memory["guards"] + self.guards[condition], now)
        sides = (m.intrinsic("fabs", self._number(k)) for k in self.graph.nodes[condition].args)
        kernels.math.store(self.base, memory["scale"] + self.guards[condition], m.builder.fadd(*sides))
        chosen = m.builder.select(m.is_negative(kernels.math.load(self.base, memory["kept"])), mask, now)
        kernels.math.store(self.base, place, chosen)
        return m.is_negative(chosen)


def _joined(builder: ir.IRBuilder, a: Any, b: Any) -> Any:
    """Two vectors side by side."""
    return builder.shuffle_vector(a, b, _lanes(range(2 * a.type.count)))


def _lanes(places: range) -> ir.Constant:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(places)), list(places))
