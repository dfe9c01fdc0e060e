"""From graph to callable: the traced expressions written out as one Python function over NumPy or plain floats.

The generated text holds node numbers and vector positions only, never a name or anything read from a file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cofactor.model._graph import Expr, Graph

Compiled = Callable[[Any, Any, Any, Any], list]
"""f(time, states, parameters, inputs) -> list of values, one per output."""


@dataclass(frozen=True)
class Layout:
    """Where each symbol stands in the vectors: source text such as y[3], p[0], u[1], t."""

    place: Mapping[str, str]


def _power(base: float, exponent: float) -> float:
    # these follow IEEE 754 as NumPy does, so that one person alone gets what the same person gets among many
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0.0 and exponent % 2.0 == 1.0 else math.inf
    except ValueError:
        return math.inf if base == 0.0 else math.nan


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _log(x: float) -> float:
    if x > 0.0:
        return math.log(x)
    return -math.inf if x == 0.0 else math.nan


def _sqrt(x: float) -> float:
    return math.sqrt(x) if x >= 0.0 else math.nan


def _divide(a: float, b: float) -> float:
    if b != 0.0:
        return a / b
    return math.copysign(math.inf, a) * math.copysign(1.0, b) if a != 0.0 and a == a else math.nan


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + _exp(-x))


def _array_logistic(x: Any) -> Any:
    return np.exp(-np.logaddexp(0.0, -x))


_SCALAR: dict[str, Any] = {
    "exp": _exp, "log": _log, "sqrt": _sqrt, "tanh": math.tanh, "softplus": _softplus, "logistic": _logistic,
    "power": _power, "divide": _divide,
}  # fmt: skip
_QUICK: dict[str, Any] = {name: getattr(math, name) for name in ("exp", "log", "log1p", "sqrt", "tanh", "pow")}
_ARRAY: dict[str, Any] = {
    "Aexp": np.exp, "Alog": np.log, "Asqrt": np.sqrt, "Atanh": np.tanh,
    "Asoftplus": lambda x: np.logaddexp(0.0, x), "Alogistic": _array_logistic, "Apower": np.power, "Adivide": np.divide,
    "Amin": np.minimum, "Amax": np.maximum, "Awhere": np.where,
    "Aless": lambda a, b: np.less(a, b) * 1.0, "Atotal": lambda x: np.sum(x, axis=0),
}  # fmt: skip

_INFIX = {"add": "+", "sub": "-", "mul": "*"}


def compile_outputs(graph: Graph, outputs: Sequence[Expr], layout: Layout, *, people: bool = False) -> Compiled:
    """A function giving all outputs at once.

    With `people`, states, parameters and inputs are arrays (quantities x people) and every value is an array over people;
    without, scalars are plain floats (fast in Python) and only replicated values are arrays.
    """
    if people:
        return _over_people(_written(graph, outputs, layout, _array_source))
    quick = _written(graph, outputs, layout, _quick_source)
    return _careful_where_needed(quick, lambda: _written(graph, outputs, layout, _scalar_source))


def _written(
    graph: Graph, outputs: Sequence[Expr], layout: Layout, scalar: Callable[[str, Sequence[str]], str]
) -> Compiled:
    """The outputs as one Python function; `scalar` writes an operation on values that are not replicated."""
    lines = [f"    v{i} = {_source(graph, i, layout, scalar)}" for i in _needed(graph, [o.index for o in outputs])]
    returned = ", ".join(f"v{o.index}" for o in outputs)
    text = "\n".join(["def evaluate(t, y, p, u):", *lines, f"    return [{returned}]"])
    scope: dict[str, Any] = {**_ARRAY, **(_QUICK if scalar is _quick_source else _SCALAR)}
    exec(compile(text, "<traced equations>", "exec"), scope)  # written above from node numbers alone
    return scope["evaluate"]


def _careful_where_needed(quick: Compiled, write_careful: Callable[[], Compiled]) -> Compiled:
    """The quick text, and the careful one where an operation has no value (math raises; IEEE 754 gives NaN or infinity).

    The quick text calls nothing written in Python: beside being faster, it is safe from CPython 3.11 taking and giving back
    a page of stack at every such call when the function's own large frame happens to fill one (20 times slower).
    """
    careful: list[Compiled] = []

    def evaluate(t, y, p, u):
        with np.errstate(all="ignore"):
            try:
                return quick(t, y, p, u)
            except (ValueError, ArithmeticError):
                if not careful:
                    careful.append(write_careful())
                return careful[0](t, y, p, u)

    return evaluate


def _over_people(evaluate: Compiled) -> Compiled:
    """The same with one value per person also where the value is the same for all."""

    def over_people(t, y, p, u):
        count = max((np.shape(v)[-1] for v in (y, p, u) if np.ndim(v) > 1), default=1)
        with np.errstate(all="ignore"):
            return [v if np.ndim(v) else np.full(count, v) for v in evaluate(t, y, p, u)]

    return over_people


def _needed(graph: Graph, roots: Iterable[int]) -> list[int]:
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        index = waiting.pop()
        if index not in seen:
            seen.add(index)
            waiting += graph.nodes[index].args
    return sorted(seen)  # a node is always younger than its arguments


def _source(graph: Graph, index: int, layout: Layout, scalar: Callable[[str, Sequence[str]], str]) -> str:
    node = graph.nodes[index]
    if node.op == "const":
        return repr(node.payload)
    if node.op == "symbol":
        return layout.place[node.payload]
    names = [f"v{a}" for a in node.args]
    if node.op in _INFIX:
        return f"{names[0]} {_INFIX[node.op]} {names[1]}"
    if node.op == "neg":
        return f"-{names[0]}"
    if node.sites or node.op == "total":
        return _array_source(node.op, names)
    return scalar(node.op, names)


def _array_source(op: str, names: Sequence[str]) -> str:
    function = {"pow": "Apower", "div": "Adivide", "jump": "Awhere"}.get(op, f"A{op}")
    return f"{function}({', '.join(names)})"


def _scalar_source(op: str, names: Sequence[str]) -> str:
    if op in ("where", "jump"):
        return f"{names[1]} if {names[0]} else {names[2]}"
    if op == "less":
        return f"1.0 if {names[0]} < {names[1]} else 0.0"
    if op in ("min", "max"):
        sign = "<" if op == "min" else ">"
        # NaN in either argument must come out as NaN, which the builtin min and max do not promise
        return f"{names[0]} if {names[0]} {sign} {names[1]} or {names[0]} != {names[0]} else {names[1]}"
    function = {"pow": "power", "div": "divide"}.get(op, op)
    return f"{function}({', '.join(names)})"


def _quick_source(op: str, names: Sequence[str]) -> str:
    """The same with C functions and operators only."""
    x = names[0]
    if op == "div":
        return f"{x} / {names[1]}"
    if op == "softplus":
        return f"({x} if {x} > 0.0 else 0.0) + log1p(exp(-abs({x})))"
    if op == "logistic":
        return f"1.0 / (1.0 + exp(-{x}))"
    return _scalar_source(op, names) if op != "pow" else f"pow({x}, {names[1]})"
