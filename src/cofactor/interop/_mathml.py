"""Traced equations as MathML with a unit on every number, and the functions SBML has no name for.

Numbers are written so that they read back to the last bit, which libSBML's own writer (15 digits) does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from cofactor.errors import ModelError
from cofactor.model import Graph
from cofactor.units import Unit, parse_unit

MATHML = "http://www.w3.org/1998/Math/MathML"
TIME_SYMBOL = "http://www.sbml.org/sbml/symbols/time"
FUNCTIONS = ("smaller_of", "larger_of", "softplus")
"""Ids of the function definitions that formulas may call."""

_DIMENSIONLESS = parse_unit("1")
_PLAIN_FROM, _PLAIN_BELOW = 1e-6, 1e16
CALLED = {"min": "smaller_of", "max": "larger_of", "softplus": "softplus"}
"""Operations written as calls of the function definitions; few tools know L3V2's own names of min and max."""

_UNARY = {"exp": "exp", "log": "ln", "tanh": "tanh", "sqrt": "root", "neg": "minus"}
_BINARY = {
    "add": "plus", "sub": "minus", "mul": "times", "div": "divide", "pow": "power", "min": "min", "max": "max",
}  # fmt: skip
_CHAINED = ("add", "mul")
_SAME_UNIT = ("add", "sub", "min", "max", "neg", "where", "jump")

UnitId = Callable[[Unit], str]


def identifier(name: str) -> Element:
    """A reference to a quantity."""
    made = Element("ci")
    made.text = f" {name} "
    return made


def number(value: float, unit_id: str) -> Element:
    """A number with its unit."""
    made = Element("cn", {"sbml:units": unit_id})
    size = abs(value)
    if size == 0.0 or _PLAIN_FROM <= size < _PLAIN_BELOW:
        made.text = f" {np.format_float_positional(value, unique=True, trim='-')} "
        return made
    mantissa, _, exponent = repr(float(value)).partition("e")
    made.set("type", "e-notation")
    made.text = f" {mantissa} "
    SubElement(made, "sep").tail = f" {int(exponent or 0)} "
    return made


def clock() -> Element:
    """The time of the simulation."""
    made = Element("csymbol", {"encoding": "text", "definitionURL": TIME_SYMBOL})
    made.text = " time "
    return made


def apply(operator: str, *operands: Element) -> Element:
    """An operator of MathML on operands."""
    made = Element("apply")
    SubElement(made, operator)
    made.extend(operands)
    return made


def call(function: str, *operands: Element) -> Element:
    """A function definition on operands."""
    made = Element("apply")
    made.append(identifier(function))
    made.extend(operands)
    return made


def either(condition: Element, chosen: Element, other: Element) -> Element:
    """`chosen` where the condition holds, else `other`."""
    made = Element("piecewise")
    piece = SubElement(made, "piece")
    piece.extend((chosen, condition))
    SubElement(made, "otherwise").append(other)
    return made


def math(content: Element) -> Element:
    """The math element that holds one formula."""
    made = Element("math", {"xmlns": MATHML})
    made.append(content)
    return made


class Formulas:
    """Writes nodes of a graph; a node that has a name of its own is referred to, not written again."""

    def __init__(
        self,
        graph: Graph,
        names: Mapping[int, str],
        symbols: Mapping[str, str],
        unit_id: UnitId,
        called: Mapping[str, str],
    ):
        self.graph, self.names, self.symbols, self.unit_id, self.called = graph, names, symbols, unit_id, called

    def reference(self, index: int, unit: Unit | None = None) -> Element:
        """A node by its name, or written out where it has none; `unit` is what the place expects."""
        return identifier(self.names[index]) if index in self.names else self.definition(index, unit)

    def definition(self, index: int, unit: Unit | None = None) -> Element:
        """A node written out: what stands on the right of its name."""
        node = self.graph.nodes[index]
        if node.op == "const":
            return number(node.payload, self.unit_id(node.unit or unit or _DIMENSIONLESS))
        if node.op == "symbol":
            return self._symbol(node.payload)
        if node.op == "less":
            return either(self._condition(index), self._pure(1.0), self._pure(0.0))
        if node.op in ("where", "jump"):
            inside = node.unit or unit
            return either(
                self._condition(node.args[0]),
                self.reference(node.args[1], inside),
                self.reference(node.args[2], inside),
            )
        inside = (node.unit or unit) if node.op in _SAME_UNIT else None
        operands = [self.reference(a, inside) for a in self._operands(index)]
        return self._operation(node.op, operands)

    def _symbol(self, name: str) -> Element:
        return clock() if name == "time" else identifier(self.symbols[name])

    def _pure(self, value: float) -> Element:
        return number(value, "dimensionless")

    def _operands(self, index: int) -> list[int]:
        """Arguments of a node; the left-hand chain of a sum or product in one list, in the order it is computed."""
        node = self.graph.nodes[index]
        if node.op not in _CHAINED:
            return list(node.args)
        tail: list[int] = []
        while True:
            first, second = node.args
            tail.insert(0, second)
            before = self.graph.nodes[first]
            if before.op != node.op or first in self.names:
                return [first, *tail]
            node = before

    def _operation(self, op: str, operands: list[Element]) -> Element:
        if op in self.called:
            return call(self.called[op], *operands)
        if op == "logistic":
            grown = apply("exp", apply("minus", *operands))
            return apply("divide", self._pure(1.0), apply("plus", self._pure(1.0), grown))
        name = _UNARY.get(op) or _BINARY.get(op)
        if name is None:
            raise ModelError(
                "this operation cannot be written as SBML yet", received=op, hint="replicated sites cannot"
            )
        return apply(name, *operands)

    def _condition(self, index: int) -> Element:
        node = self.graph.nodes[index]
        if node.op != "less":
            return apply("neq", self.reference(index), self._pure(0.0))
        first, second = (self.graph.nodes[a] for a in node.args)
        unit = first.unit or second.unit
        return apply("lt", *(self.reference(a, unit) for a in node.args))


def function_definitions() -> Element:
    """Minimum, maximum, and softplus without overflow."""
    table = Element("listOfFunctionDefinitions")
    a, b, x = identifier("a"), identifier("b"), identifier("x")
    table.append(_definition("smaller_of", "ab", either(apply("lt", b, a), b, a)))
    table.append(_definition("larger_of", "ab", either(apply("lt", a, b), b, a)))
    one, zero = number(1.0, "dimensionless"), number(0.0, "dimensionless")
    rising = apply("plus", x, apply("ln", apply("plus", one, apply("exp", apply("minus", x)))))
    small = apply("ln", apply("plus", one, apply("exp", x)))
    table.append(_definition("softplus", "x", either(apply("lt", zero, x), rising, small)))
    return table


def _definition(name: str, arguments: str, body: Element) -> Element:
    made = Element("functionDefinition", id=name)
    function = Element("lambda")
    for argument in arguments:
        SubElement(function, "bvar").append(identifier(argument))
    function.append(body)
    made.append(math(function))
    return made
