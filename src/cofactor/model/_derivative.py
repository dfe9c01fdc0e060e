"""Exact derivatives: the traced graph differentiated symbolically, node by node, with its own sparsity.

Sums over replicated sites are kept as one quantity and join by the chain rule at evaluation, so a block of n sites costs
n diagonal entries and one outer product instead of n x n expressions.
"""

from __future__ import annotations

from collections.abc import Iterable

from cofactor.model._graph import Expr, Graph

Partials = dict[int, Expr]
"""Derivative of one node by seed node number."""


def differentiate(
    graph: Graph, roots: Iterable[Expr], seeds: Iterable[Expr]
) -> tuple[list[Partials], dict[int, Partials]]:
    """Partial derivatives of `roots` by `seeds` and by the site sums they contain.

    Returns, per root, {seed or sum: derivative}, and for each sum node met the same for the summed value. Derivatives
    that are zero are absent.
    """
    work = _Forward(graph, {seed.index for seed in seeds})
    partials = [work.of(root) for root in roots]
    inner: dict[int, Partials] = {}
    waiting = [i for p in partials for i in p if graph.nodes[i].op == "total"]
    while waiting:
        index = waiting.pop()
        if index in inner:
            continue
        inner[index] = work.of(Expr(graph, graph.nodes[index].args[0]))
        waiting += [i for i in inner[index] if graph.nodes[i].op == "total"]
    return partials, inner


class _Forward:
    def __init__(self, graph: Graph, seeds: set[int]):
        self.graph = graph
        self.seeds = seeds
        self.known: dict[int, Partials] = {}

    def of(self, value: Expr) -> Partials:
        """Derivatives of one node; the arguments come first, without recursion, for deep graphs."""
        waiting = [value.index]
        while waiting:
            index = waiting[-1]
            if index in self.known:
                waiting.pop()
                continue
            node = self.graph.nodes[index]
            missing = [] if self._is_seed(index) else [a for a in node.args if a not in self.known]
            if missing:
                waiting += missing
                continue
            self.known[index] = self._node(index)
            waiting.pop()
        return self.known[value.index]

    def _is_seed(self, index: int) -> bool:
        return index in self.seeds or self.graph.nodes[index].op == "total"

    def _node(self, index: int) -> Partials:
        if index in self.seeds:
            return {index: self.graph.constant(1.0)}
        node = self.graph.nodes[index]
        if node.op == "total":
            depends = self.of(Expr(self.graph, node.args[0]))
            return {index: self.graph.constant(1.0)} if depends else {}
        inner = [self.known[a] for a in node.args]
        if not any(inner):
            return {}
        slopes = self._slopes(index, [bool(p) for p in inner])
        result: Partials = {}
        for slope, partials in zip(slopes, inner, strict=True):
            if slope is None:
                continue
            for seed, partial in partials.items():
                term = self._mul(slope, partial)
                result[seed] = self._add(result[seed], term) if seed in result else term
        return {seed: partial for seed, partial in result.items() if not _is_zero(partial)}

    def _slopes(self, index: int, needed: list[bool]) -> list[Expr | None]:
        """d node / d argument, for the arguments that depend on a seed."""
        node = self.graph.nodes[index]
        args = [Expr(self.graph, a) for a in node.args]
        value = Expr(self.graph, index)
        rule = getattr(self, f"_d_{node.op}")
        return [
            slope() if need and slope is not None else None
            for slope, need in zip(rule(value, *args), needed, strict=True)
        ]

    def _op(self, op: str, *operands: Expr | float) -> Expr:
        return self.graph.bare(op, *operands)

    def _mul(self, a: Expr, b: Expr) -> Expr:
        return self._op("mul", a, b)

    def _add(self, a: Expr, b: Expr) -> Expr:
        return self._op("add", a, b)

    def _one(self) -> Expr:
        return self.graph.constant(1.0)

    def _d_add(self, value, a, b):
        return self._one, self._one

    def _d_sub(self, value, a, b):
        return self._one, lambda: self.graph.constant(-1.0)

    def _d_mul(self, value, a, b):
        return (lambda: b), (lambda: a)

    def _d_div(self, value, a, b):
        if a.node.op == "const" and a.node.payload == 1.0:
            return None, (lambda: self._op("neg", self._mul(value, value)))
        return (lambda: self._op("div", 1.0, b)), (lambda: self._op("neg", self._op("div", value, b)))

    def _d_positive(self, value, a):
        return (self._one,)

    def _d_neg(self, value, a):
        return (lambda: self.graph.constant(-1.0),)

    def _d_pow(self, value, a, g):
        def by_base() -> Expr:
            return self._mul(g, self._op("pow", a, self._op("sub", g, 1.0)))

        return by_base, (lambda: self._mul(value, self._op("log", a)))

    def _d_exp(self, value, a):
        return (lambda: value,)

    def _d_log(self, value, a):
        return (lambda: self._op("div", 1.0, a),)

    def _d_sqrt(self, value, a):
        return (lambda: self._op("div", 1.0, self._op("mul", 2.0, value)),)

    def _d_tanh(self, value, a):
        return (lambda: self._op("sub", 1.0, self._mul(value, value)),)

    def _d_softplus(self, value, a):
        return (lambda: self._op("logistic", a),)

    def _d_logistic(self, value, a):
        return (lambda: self._mul(value, self._op("sub", 1.0, value)),)

    def _d_min(self, value, a, b):
        def pick(x: float, y: float):
            return lambda: self._op("where", self._op("less", a, b), x, y)

        return pick(1.0, 0.0), pick(0.0, 1.0)

    def _d_max(self, value, a, b):
        def pick(x: float, y: float):
            return lambda: self._op("where", self._op("less", b, a), x, y)

        return pick(1.0, 0.0), pick(0.0, 1.0)

    def _d_less(self, value, a, b):
        return None, None

    def _d_where(self, value, condition, a, b):
        def pick(x: float, y: float):
            return lambda: self._op("where", condition, x, y)

        return None, pick(1.0, 0.0), pick(0.0, 1.0)

    def _d_jump(self, value, condition, a, b):
        def pick(x: float, y: float):
            return lambda: self._op("jump", condition, x, y)

        return None, pick(1.0, 0.0), pick(0.0, 1.0)


def _is_zero(value: Expr) -> bool:
    return value.node.op == "const" and value.node.payload == 0.0
