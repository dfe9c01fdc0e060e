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
    lines = [
        f"    v{index} = {_source(graph, index, layout, people)}"
        for index in _needed(graph, [o.index for o in outputs])
    ]
    body = "\n".join(lines)
    returned = ", ".join(f"v{o.index}" for o in outputs)
    text = f"def evaluate(t, y, p, u):\n{body}\n    return [{returned}]\n"
    scope: dict[str, Any] = {**_SCALAR, **_ARRAY}
    exec(
        compile(text, "<traced equations>", "exec"), scope
    )  # the text was written by this file from node numbers alone
    evaluate = scope["evaluate"]
    if people:
        return _over_people(evaluate)
    return _quiet(evaluate) if any(node.sites for node in graph.nodes) else evaluate


def _quiet(evaluate: Compiled) -> Compiled:
    """NumPy without its warnings: a value that has none comes out as NaN or infinite, as with plain floats."""

    def quiet(t, y, p, u):
        with np.errstate(all="ignore"):
            return evaluate(t, y, p, u)

    return quiet


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


def _source(graph: Graph, index: int, layout: Layout, people: bool) -> str:
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
    if people or node.sites or node.op == "total":
        return _array_source(node.op, names)
    return _scalar_source(node.op, names)


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
