"""From the traced graph to arithmetic a processor likes: no powers, few divisions, per-person work pulled out of the loop.

Lowered values live in a graph of their own, without units. Each has a rank: constant, per person (parameters and inputs
alone) or moving (states or time). A power becomes exp(g log x), so equal bases share one logarithm and the Jacobian needs no
further one; a quotient becomes a product with a shared reciprocal; person-only factors gather and are computed once a person.
Every moving branch (min, max, where, jump) becomes `jump` on a comparison a < b, so that the stepper sees all of them alike;
`exact` keeps the comparisons of the discontinuous ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cofactor.model import Expr, Graph

CONSTANT, PERSON, MOVING = 0, 1, 2

WHOLE_POWERS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Powers made of a few products: cheaper than a logarithm and an exponential."""


@dataclass(frozen=True)
class Vectors:
    """Which symbols are states, parameters and inputs, and their places."""

    states: dict[str, int]
    parameters: dict[str, int]
    inputs: dict[str, int]
    time: str

    def rank(self, name: str) -> int:
        """Whether a symbol moves or belongs to the person."""
        return MOVING if name in self.states or name == self.time else PERSON


class Lowered:
    """The lowered copy of expressions of a traced graph."""

    def __init__(self, source: Graph, vectors: Vectors):
        self.graph = Graph()
        self.vectors = vectors
        self.exact: set[int] = set()
        self._source = source
        self._ranks: list[int] = []
        self._image: dict[int, Expr] = {}

    def lower(self, expressions: Iterable[Expr]) -> list[Expr]:
        """The images of traced expressions."""
        return [self._lowered(e.index) for e in expressions]

    def rank(self, value: Expr) -> int:
        """CONSTANT, PERSON or MOVING."""
        nodes = self.graph.nodes
        for index in range(len(self._ranks), value.index + 1):
            node = nodes[index]
            if node.op == "const":
                self._ranks.append(CONSTANT)
            elif node.op == "symbol":
                self._ranks.append(self.vectors.rank(node.payload))
            else:
                self._ranks.append(max(self._ranks[a] for a in node.args))
        return self._ranks[value.index]

    def _lowered(self, root: int) -> Expr:
        waiting = [root]
        while waiting:
            index = waiting[-1]
            if index in self._image:
                waiting.pop()
                continue
            missing = [a for a in self._source.nodes[index].args if a not in self._image]
            if missing:
                waiting += missing
                continue
            self._image[index] = self._one(index)
            waiting.pop()
        return self._image[root]

    def _one(self, index: int) -> Expr:
        node = self._source.nodes[index]
        args = [self._image[a] for a in node.args]
        if node.op == "const":
            return self.graph.constant(node.payload)
        if node.op == "symbol":
            return self.graph.leaf(node.payload, node.sites)
        if node.op == "total":
            return self.graph.total(args[0])
        if node.op == "mul":
            return self.times(*args)
        if node.op == "div":
            return self.over(*args)
        if node.op == "pow":
            return self.power(*args)
        if node.op in ("min", "max", "where", "jump") and any(self.rank(a) == MOVING for a in args):
            return self._branch(node.op, args)
        return self.graph.bare(node.op, *args)

    def _branch(self, op: str, args: list[Expr]) -> Expr:
        """A choice between two values that move; kinks that turn at the same place share one comparison."""
        bare = self.graph.bare
        if op == "max":
            return self._kink(args[0], args[1], args[1], args[0])
        if op == "min":
            return self._kink(args[0], args[1], args[0], args[1])
        if args[0].node.op != "less" or self.rank(args[0]) < MOVING:
            return bare(op, *args)
        if op == "where":
            first, second = (Expr(self.graph, k) for k in args[0].node.args)
            return self._kink(first, second, args[1], args[2])
        self.exact.add(args[0].index)
        return bare("jump", *args)

    def _kink(self, a: Expr, b: Expr, below: Expr, above: Expr) -> Expr:
        """`below` where a < b, else `above`, which are equal where a = b; x - y < 0 is written x < y, and b < a as a < b."""
        if b.node.payload == 0.0 and a.node.op == "sub":
            a, b = (Expr(self.graph, k) for k in a.node.args)
        elif a.node.payload == 0.0 and b.node.op == "sub":
            b, a = (Expr(self.graph, k) for k in b.node.args)
        if b.index < a.index:
            a, b, below, above = b, a, above, below
        return self.graph.bare("jump", self.graph.bare("less", a, b), below, above)

    def times(self, a: Expr, b: Expr) -> Expr:
        """a b with the factors that do not move in front: (k x)(l y) = (k l)(x y)."""
        fixed, moving = self._split(a)
        other_fixed, other_moving = self._split(b)
        bare = self.graph.bare
        front = _joined(bare, "mul", fixed, other_fixed)
        back = self._product(moving, other_moving)
        if front is None or back is None:
            whole = front if back is None else back
            return whole if whole is not None else self.graph.constant(1.0)
        return bare("mul", front, back)

    def _product(self, a: Expr | None, b: Expr | None) -> Expr | None:
        """Two moving factors; powers join into one exponential: x^p r y^q = r exp(p log x + q log y)."""
        if a is None or b is None:
            return b if a is None else a
        bare = self.graph.bare
        rest, power = self._power_apart(a)
        other_rest, other_power = self._power_apart(b)
        plain = _joined(bare, "mul", rest, other_rest)
        exponent = _joined(bare, "add", power, other_power)
        return _joined(bare, "mul", plain, None if exponent is None else bare("exp", exponent))

    def _power_apart(self, moving: Expr) -> tuple[Expr | None, Expr | None]:
        """The factor beside an exponential, and its exponent."""
        node = moving.node
        if node.op == "exp":
            return None, Expr(self.graph, node.args[0])
        if node.op == "mul":
            last = self.graph.nodes[node.args[1]]
            if last.op == "exp":
                return Expr(self.graph, node.args[0]), Expr(self.graph, last.args[0])
        return moving, None

    def _split(self, value: Expr) -> tuple[Expr | None, Expr | None]:
        if self.rank(value) < MOVING:
            return value, None
        node = value.node
        if node.op == "mul":
            first = Expr(self.graph, node.args[0])
            if self.rank(first) < MOVING:
                return first, Expr(self.graph, node.args[1])
        return None, value

    def over(self, a: Expr, b: Expr) -> Expr:
        """a / b as a product with the reciprocal, which all quotients by b share."""
        return self.times(a, self.reciprocal(b))

    def reciprocal(self, b: Expr) -> Expr:
        """1 / b; of a product the fixed part is inverted once a person."""
        fixed, moving = self._split(b)
        bare = self.graph.bare
        parts = [None if fixed is None else bare("div", 1.0, fixed), None if moving is None else self._inverse(moving)]
        whole = [part for part in parts if part is not None]
        return self.times(whole[0], whole[1]) if len(whole) == 2 else whole[0]

    def _inverse(self, moving: Expr) -> Expr:
        if moving.node.op == "exp":
            return self.graph.bare("exp", self.graph.bare("neg", Expr(self.graph, moving.node.args[0])))
        return self.graph.bare("div", 1.0, moving)

    def power(self, base: Expr, exponent: Expr) -> Expr:
        """base ^ exponent as exp(exponent log base); small whole and half powers as products."""
        number = exponent.node.payload if exponent.node.op == "const" else None
        if number is not None and -number in WHOLE_POWERS:
            return self.reciprocal(self._product_power(base, -number))
        if number in WHOLE_POWERS:
            return self._product_power(base, number)
        return self.graph.bare("exp", self.times(exponent, self.logarithm(base)))

    def _product_power(self, base: Expr, number: float) -> Expr:
        """A power by squaring; a half is a root of what is kept positive."""
        if number % 1.0:
            root = self.graph.bare("sqrt", self.graph.bare("positive", base))
            return root if number < 1.0 else self.times(self._product_power(base, number - 0.5), root)
        if number == 1.0:
            return base
        half = self._product_power(base, number // 2.0)
        square = self.times(half, half)
        return self.times(square, base) if number % 2.0 else square

    def logarithm(self, base: Expr) -> Expr:
        """log of a base kept positive; products are taken apart, so that x/a, x y and 1/x share the log of x."""
        fixed, moving = self._split(base)
        front = None if fixed is None else self._positive_log(fixed)
        back = None if moving is None else self._moving_log(moving)
        whole = _joined(self.graph.bare, "add", front, back)
        return whole if whole is not None else self.graph.constant(0.0)

    def _moving_log(self, moving: Expr) -> Expr:
        node, bare = moving.node, self.graph.bare
        args = [Expr(self.graph, a) for a in node.args]
        if node.op == "exp":
            return args[0]
        if node.op == "mul":
            return bare("add", self._moving_log(args[0]), self._moving_log(args[1]))
        if node.op == "div" and args[0].node.payload == 1.0:
            return bare("neg", self.logarithm(args[1]))
        return self._positive_log(moving)

    def _positive_log(self, value: Expr) -> Expr:
        return self.graph.bare("log", self.graph.bare("positive", value))


def _joined(bare, op: str, a: Expr | None, b: Expr | None) -> Expr | None:
    if a is None or b is None:
        return b if a is None else a
    return bare(op, a, b)


def in_use(graph: Graph, roots: Sequence[Expr]) -> list[int]:
    """Numbers of all nodes the roots need, arguments first."""
    seen: set[int] = set()
    waiting = [root.index for root in roots]
    while waiting:
        index = waiting.pop()
        if index not in seen:
            seen.add(index)
            waiting += graph.nodes[index].args
    return sorted(seen)
