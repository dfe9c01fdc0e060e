"""The expression graph: every equation of a System as hash-consed nodes, each with its unit and number of sites.

Tracing calls a plain function with `Expr` arguments; operators and the functions of `_functions` add nodes here. Equal
sub-expressions become one node, so shared work is shared by construction. Units are inferred as nodes are made, which
lets a unit error point at the organ's own line.
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from numbers import Real
from pathlib import Path
from typing import Any

from cofactor.errors import ModelError
from cofactor.units import Unit

_HOME = str(Path(__file__).parent)


def organ_line() -> str:
    """File and line of the nearest caller outside the model room: the organ being traced or declared."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_HOME):
        frame = frame.f_back
    if frame is None:
        return "an unknown place"
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


@dataclass(frozen=True, slots=True)
class Node:
    """One operation: its arguments as node numbers, a payload (constant or symbol name), unit and sites (0: one value)."""

    op: str
    args: tuple[int, ...]
    payload: Any
    unit: Unit | None
    sites: int


class Expr:
    """A traced value: what an equation sees in place of a number."""

    __slots__ = ("graph", "index")
    __array_priority__ = 1000

    def __init__(self, graph: Graph, index: int):
        self.graph = graph
        self.index = index

    @property
    def node(self) -> Node:
        return self.graph.nodes[self.index]

    @property
    def unit(self) -> Unit | None:
        return self.node.unit

    def __add__(self, other):
        return self.graph.apply("add", self, other)

    def __radd__(self, other):
        return self.graph.apply("add", other, self)

    def __sub__(self, other):
        return self.graph.apply("sub", self, other)

    def __rsub__(self, other):
        return self.graph.apply("sub", other, self)

    def __mul__(self, other):
        return self.graph.apply("mul", self, other)

    def __rmul__(self, other):
        return self.graph.apply("mul", other, self)

    def __truediv__(self, other):
        return self.graph.apply("div", self, other)

    def __rtruediv__(self, other):
        return self.graph.apply("div", other, self)

    def __pow__(self, other):
        return self.graph.apply("pow", self, other)

    def __rpow__(self, other):
        return self.graph.apply("pow", other, self)

    def __neg__(self):
        return self.graph.apply("neg", self)

    def __pos__(self):
        return self

    def __lt__(self, other):
        return self.graph.apply("less", self, other)

    def __gt__(self, other):
        return self.graph.apply("less", other, self)

    def __le__(self, other):
        return 1.0 - self.graph.apply("less", other, self)

    def __ge__(self, other):
        return 1.0 - self.graph.apply("less", self, other)

    __hash__ = object.__hash__

    def __eq__(self, other):
        raise ModelError(
            "a traced value cannot be tested for equality", where=organ_line(), hint="use where(a < b, ...) or a switch"
        )

    def __bool__(self):
        raise ModelError(
            "Python `if`, `and`, `or`, `min` and `max` cannot branch on a traced value",
            where=organ_line(),
            hint="use where(condition, a, b), clip, maximum or minimum; jump(...) for a discontinuity",
        )

    def __float__(self):
        raise ModelError(
            "a traced value has no number yet; math.* and numpy.* functions cannot read it",
            where=organ_line(),
            hint="use the functions of cofactor.model (exp, log, tanh, sqrt, softplus, ...)",
        )

    def __array_ufunc__(self, ufunc, method, *operands, **_):
        # NumPy scalars in an equation arrive here; every other NumPy function would hide the operation from the trace
        if method == "__call__" and ufunc.__name__ in _ARITHMETIC:
            return _ARITHMETIC[ufunc.__name__](*(self.graph._lift(_plain(operand)) for operand in operands))
        raise ModelError(
            "math.* and numpy.* functions cannot read a traced value",
            received=f"numpy.{ufunc.__name__}",
            where=organ_line(),
            hint="use the functions of cofactor.model (exp, log, tanh, sqrt, softplus, ...)",
        )

    def __abs__(self):
        return self.graph.apply("max", self, -self)

    def __repr__(self):
        return f"Expr({self.node.op}, unit={self.unit})"


def _plain(operand: Any) -> Any:
    """A NumPy array of no dimension, which is how NumPy hands over its scalars, as a plain number."""
    return operand.item() if getattr(operand, "ndim", None) == 0 else operand


_ARITHMETIC: dict[str, Callable[..., Expr]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "power": operator.pow, "less": operator.lt, "greater": operator.gt, "less_equal": operator.le,
    "greater_equal": operator.ge,
}  # fmt: skip


def _softplus(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def _logistic(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z)) if z >= 0.0 else math.exp(z) / (1.0 + math.exp(z))


SMALLEST = 1e-300
"""A logarithm sees no less than this, so that a stock a hair below zero gives a tiny flux and not NaN."""

FOLD: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "neg": lambda a: -a,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "softplus": _softplus,
    "logistic": _logistic,
    "positive": lambda a: max(a, SMALLEST),
    "min": min,
    "max": max,
    "less": lambda a, b: float(a < b),
    "where": lambda c, a, b: a if c else b,
    "jump": lambda c, a, b: a if c else b,
}
"""Every scalar operation of the language with its value on plain numbers."""

_SAME_UNIT = {"add": "addition", "sub": "subtraction", "min": "minimum", "max": "maximum", "less": "comparison"}
_DIMENSIONLESS = {"exp", "log", "tanh", "softplus", "logistic"}


class Graph:
    """All nodes of one traced System; equal nodes are stored once."""

    def __init__(self):
        self.nodes: list[Node] = []
        self._known: dict[tuple, int] = {}

    def symbol(self, name: str, unit: Unit, sites: int = 0) -> Expr:
        """A named leaf: a state, parameter, input or the time."""
        return self._node("symbol", (), name, unit, sites)

    def leaf(self, name: str, sites: int = 0) -> Expr:
        """A symbol without a unit, for graphs made from one whose units were already checked."""
        return self._node("symbol", (), name, None, sites)

    def constant(self, value: float, unit: Unit | None = None) -> Expr:
        """A literal. Zero fits every unit; any other literal is a pure number."""
        number = float(value)
        if not math.isfinite(number):
            raise ModelError("a number in an equation is finite", received=number, where=organ_line())
        return self._node("const", (), number, unit if unit is not None else (None if number == 0.0 else Unit.one), 0)

    def apply(self, op: str, *operands: Expr | float) -> Expr:
        """The node for `op` on operands, folded and simplified where that is exact."""
        args = [self._lift(operand) for operand in operands]
        if op in ("where", "jump"):
            args = self._upright(args)
        unit = self._unit(op, args)
        simple = self._simplify(op, args, unit)
        if simple is not None:
            return simple
        sites = self._sites(op, args)
        return self._node(op, tuple(a.index for a in args), None, unit, sites)

    def bare(self, op: str, *operands: Expr | float) -> Expr:
        """`apply` without units, for derivatives of equations whose units were already checked."""
        args = [self._lift(operand) for operand in operands]
        simple = self._simplify(op, args, Unit.one)
        if simple is not None:
            return simple
        return self._node(op, tuple(a.index for a in args), None, None, self._sites(op, args))

    def total(self, value: Expr) -> Expr:
        """Sum of a replicated value over its sites."""
        if value.node.sites == 0:
            raise ModelError("only a replicated value can be summed over sites", where=organ_line())
        return self._node("total", (value.index,), None, value.unit, 0)

    def _upright(self, args: list[Expr]) -> list[Expr]:
        """Branches on `not a < b` (how <= and >= are written) as branches on a < b, the two results exchanged."""
        node = args[0].node
        if node.op != "sub" or self.nodes[node.args[0]].payload != 1.0 or self.nodes[node.args[1]].op != "less":
            return args
        return [Expr(self, node.args[1]), args[2], args[1]]

    def _lift(self, operand: Expr | float) -> Expr:
        if isinstance(operand, Expr):
            if operand.graph is not self:
                raise ModelError("values of two different traces were mixed", where=organ_line())
            return operand
        if isinstance(operand, bool) or not isinstance(operand, Real):
            raise ModelError(
                "an equation combines traced values and plain numbers", received=operand, where=organ_line()
            )
        return self.constant(float(operand))

    def _node(self, op: str, args: tuple[int, ...], payload: Any, unit: Unit | None, sites: int) -> Expr:
        key = (op, args, payload, unit) if op == "const" else (op, args, payload)
        index = self._known.get(key)
        if index is None:
            index = len(self.nodes)
            self.nodes.append(Node(op, args, payload, unit, sites))
            self._known[key] = index
        return Expr(self, index)

    def _sites(self, op: str, args: Sequence[Expr]) -> int:
        counts = {a.node.sites for a in args} - {0}
        if len(counts) > 1:
            raise ModelError(
                "values of two different replicates meet in one equation", received=counts, where=organ_line()
            )
        return counts.pop() if counts else 0

    def _simplify(self, op: str, args: Sequence[Expr], unit: Unit | None) -> Expr | None:
        values = [a.node.payload if a.node.op == "const" else None for a in args]
        numbers = [v for v in values if v is not None]
        if numbers and len(numbers) == len(values):
            return self._fold(op, numbers, unit)
        first, second = values[0], values[1] if len(values) > 1 else None
        if op == "add":
            return args[1] if first == 0.0 else args[0] if second == 0.0 else None
        if op == "sub":
            return args[0] if second == 0.0 else None
        if op == "mul":
            if 0.0 in (first, second):
                return self.constant(0.0)
            return args[1] if first == 1.0 else args[0] if second == 1.0 else None
        if op == "div":
            return self.constant(0.0) if first == 0.0 else args[0] if second == 1.0 else None
        if op == "pow" and second is not None:
            return self._power(args[0], second)
        if op in ("where", "jump") and first is not None:
            return args[1] if first else args[2]
        return None

    def _fold(self, op: str, values: Sequence[float], unit: Unit | None) -> Expr | None:
        try:
            return self.constant(FOLD[op](*values), unit)
        except (ValueError, TypeError, ZeroDivisionError, OverflowError) as error:
            raise ModelError(
                f"an equation holds a constant part without a value ({error})", where=organ_line()
            ) from error

    def _power(self, base: Expr, exponent: float) -> Expr | None:
        if exponent == 0.0:
            return self.constant(1.0)
        if exponent == 1.0:
            return base
        if exponent != 2.0:
            return None
        unit = base.node.unit
        return self._node("mul", (base.index, base.index), None, None if unit is None else unit * unit, base.node.sites)

    def _unit(self, op: str, args: Sequence[Expr]) -> Unit | None:
        units = [a.node.unit for a in args]
        if op in _SAME_UNIT:
            same = _common(units, _SAME_UNIT[op])
            return Unit.one if op == "less" else same
        if op in ("where", "jump"):
            return _common(units[1:], op)
        if op in _DIMENSIONLESS:
            _require_number(units[0], op)
            return Unit.one
        if op == "neg":
            return units[0]
        known = [u if u is not None else Unit.one for u in units]
        if op == "mul":
            return None if None in units else _product(known[0], known[1])
        if op == "div":
            return None if units[0] is None else _quotient(known[0], known[1])
        if op == "sqrt":
            return known[0] ** Fraction(1, 2)
        return self._power_unit(known, args[1])

    def _power_unit(self, units: Sequence[Unit], exponent: Expr) -> Unit:
        _require_number(units[1], "an exponent")
        if units[0].is_dimensionless and units[0] == Unit.one:
            return Unit.one
        if exponent.node.op != "const":
            raise ModelError(
                "only a pure number can be raised to a power that is not a literal",
                received=str(units[0]),
                where=organ_line(),
                hint="divide by a reference value first",
            )
        return units[0] ** Fraction(exponent.node.payload).limit_denominator(1000)


@lru_cache(maxsize=4096)
def _product(a: Unit, b: Unit) -> Unit:
    return a * b


@lru_cache(maxsize=4096)
def _quotient(a: Unit, b: Unit) -> Unit:
    return a / b


def _common(units: Sequence[Unit | None], what: str) -> Unit | None:
    known = [u for u in units if u is not None]
    for other in known[1:]:
        if other != known[0]:
            raise ModelError(
                f"{what} needs equal units",
                received=f"{known[0]} and {other}",
                where=organ_line(),
                hint="convert one of them",
            )
    return known[0] if known else None


def _require_number(unit: Unit | None, what: str) -> None:
    if unit is not None and unit != Unit.one:
        raise ModelError(
            f"{what} takes a pure number",
            received=str(unit),
            where=organ_line(),
            hint="divide by a reference value first",
        )
