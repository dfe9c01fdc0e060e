"""Equations as a person reads them: plain text and LaTeX, printed from a trace and from nothing else.

A sub-expression used more than once is printed once, on a line of its own ("where x1 = ..."); a negated name is not worth
such a line. Quantities of replicated sites carry the index i.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from cofactor.model._graph import Expr, Graph, Node

_CASES, _SUM, _SIGNED, _PRODUCT, _POWER, _ATOM = range(6)
"""How tightly a printed expression holds together; cases hold least, and a leading minus less than a product."""


class Printed(NamedTuple):
    """A piece of an equation with how tightly it holds together."""

    text: str
    level: int


class Style(Protocol):
    """How one notation writes names, numbers and operations."""

    def name(self, name: str, over_sites: bool) -> Printed: ...
    def shared(self, letter: str, number: int) -> Printed: ...
    def number(self, value: float) -> Printed: ...
    def quantity(self, value: float, unit: str) -> Printed: ...
    def enclosed(self, piece: Printed) -> str: ...
    def product(self, a: Printed, b: Printed) -> Printed: ...
    def quotient(self, a: Printed, b: Printed) -> Printed: ...
    def power(self, base: Printed, exponent: Printed) -> Printed: ...
    def root(self, a: Printed) -> Printed: ...
    def call(self, function: str, *args: Printed) -> Printed: ...
    def e_to(self, exponent: Printed) -> Printed: ...
    def less(self, a: Printed, b: Printed) -> str: ...
    def not_zero(self, a: Printed) -> str: ...
    def truth(self, condition: str) -> Printed: ...
    def cases(self, branches: Sequence[tuple[str, Printed]], otherwise: Printed) -> Printed: ...
    def over_sites(self, a: Printed) -> Printed: ...
    def rate(self, state: Printed) -> Printed: ...
    def equation(self, left: Printed, right: Printed, shared: Sequence[tuple[Printed, Printed]]) -> str: ...


def equation(style: Style, left: Printed, value: Expr, labels: dict[str, str] | None = None) -> str:
    """`left` = the traced value in this style, with one line per shared sub-expression; `labels` rename symbols."""
    return _Printer(style, value, labels or {}).equation(left)


class _Printer:
    """Prints one traced value; shared sub-expressions get a name before anything is written."""

    def __init__(self, style: Style, value: Expr, labels: dict[str, str]):
        self.style, self.graph, self.root, self.labels = style, value.graph, value.index, labels
        shared = _shared(self.graph, self.root)
        letter = _free_letter(self.graph)
        self.named = {index: style.shared(letter, k + 1) for k, index in enumerate(shared)}

    def equation(self, left: Printed) -> str:
        lines = [(name, self.written(index)) for index, name in self.named.items()]
        return self.style.equation(left, self.of(self.root), lines)

    def of(self, index: int) -> Printed:
        return self.named[index] if index in self.named else self.written(index)

    def written(self, index: int) -> Printed:
        node = self.graph.nodes[index]
        if node.op == "symbol":
            name = str(node.payload)
            return self.style.name(self.labels.get(name, name), node.sites > 0)
        if node.op == "const":
            return self.style.number(node.payload)
        if node.op in ("where", "jump"):
            return self.cases(node)
        if node.op == "less":
            return self.style.truth(self.comparison(node))
        if node.op == "mul" and node.args[0] == node.args[1]:
            return self.style.power(self.of(node.args[0]), self.style.number(2.0))
        return _RULES[node.op](self.style, *(self.of(a) for a in node.args))

    def cases(self, node: Node) -> Printed:
        branches = []
        while True:
            condition, chosen, other = node.args
            branches.append((self.condition(condition), self.of(chosen)))
            node = self.graph.nodes[other]
            if other in self.named or node.op not in ("where", "jump"):
                return self.style.cases(branches, self.of(other))

    def condition(self, index: int) -> str:
        node = self.graph.nodes[index]
        if node.op != "less":
            return self.style.not_zero(self.of(index))
        return self.named[index].text if index in self.named else self.comparison(node)

    def comparison(self, node: Node) -> str:
        return self.style.less(self.of(node.args[0]), self.of(node.args[1]))


def _shared(graph: Graph, root: int) -> list[int]:
    """Nodes met more than once below `root`, each before its users; names, numbers and negated names are not counted."""
    uses: Counter[int] = Counter()
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        args = graph.nodes[index].args
        uses.update(set(args) if graph.nodes[index].op == "mul" else args)  # a square shows its base once
        waiting += args
    return sorted(index for index, count in uses.items() if count > 1 and not _is_short(graph, index))


def _is_short(graph: Graph, index: int) -> bool:
    node = graph.nodes[index]
    return not node.args or (node.op == "neg" and not graph.nodes[node.args[0]].args)


def _free_letter(graph: Graph) -> str:
    """x, unless a quantity is already called x1, x2, ..."""
    names = {node.payload for node in graph.nodes if node.op == "symbol"}
    return next(letter for letter in "xzwuvkabc" if not any(re.fullmatch(letter + r"\d+", name) for name in names))


# -- precedence, the same in both notations ------------------------------------------------------------------------


def held(style: Style, piece: Printed, level: int) -> str:
    """The piece, in brackets when it holds together less tightly than `level`."""
    return piece.text if piece.level >= level else style.enclosed(piece)


def added(style: Style, a: Printed, b: Printed) -> Printed:
    """a + b; a leading minus of b takes the place of the plus."""
    left = held(style, a, _SUM)
    if b.text.startswith("-") and b.level in (_SUM, _SIGNED):
        return Printed(f"{left} - {b.text[1:]}", _SUM)
    return Printed(f"{left} + {held(style, b, _SUM)}", _SUM)


def subtracted(style: Style, a: Printed, b: Printed) -> Printed:
    """a - b."""
    return Printed(f"{held(style, a, _SUM)} - {held(style, b, _PRODUCT)}", _SUM)


def negated(style: Style, a: Printed) -> Printed:
    """-a."""
    return Printed(f"-{held(style, a, _PRODUCT)}", _SIGNED)


def multiplied(style: Style, a: Printed, b: Printed) -> Printed:
    """a times b; minus one is a sign."""
    if a.text == "-1":
        return negated(style, b)
    return negated(style, a) if b.text == "-1" else style.product(a, b)


def signed(product: str) -> Printed:
    """A product or quotient, which a minus of its first factor makes hold less tightly."""
    return Printed(product, _SIGNED if product.startswith("-") else _PRODUCT)


def _softplus(style: Style, a: Printed) -> Printed:
    return style.call("ln", added(style, style.number(1.0), style.e_to(a)))


def _logistic(style: Style, a: Printed) -> Printed:
    return style.quotient(style.number(1.0), added(style, style.number(1.0), style.e_to(negated(style, a))))


_RULES: dict[str, Callable[..., Printed]] = {
    "add": added,
    "sub": subtracted,
    "neg": negated,
    "mul": multiplied,
    "div": lambda style, a, b: style.quotient(a, b),
    "pow": lambda style, a, b: style.power(a, b),
    "sqrt": lambda style, a: style.root(a),
    "exp": lambda style, a: style.e_to(a),
    "log": lambda style, a: style.call("ln", a),
    "tanh": lambda style, a: style.call("tanh", a),
    "min": lambda style, a, b: style.call("min", a, b),
    "max": lambda style, a, b: style.call("max", a, b),
    "softplus": _softplus,
    "logistic": _logistic,
    "total": lambda style, a: style.over_sites(a),
}


# -- the two notations ---------------------------------------------------------------------------------------------


class PlainText:
    """For a terminal: a * b / c, x^2, ln(1 + e^x), { a if x < y; b otherwise }, sum_i(x[i])."""

    def name(self, name: str, over_sites: bool) -> Printed:
        return Printed(f"{name}[i]" if over_sites else name, _ATOM)

    def shared(self, letter: str, number: int) -> Printed:
        return Printed(f"{letter}{number}", _ATOM)

    def number(self, value: float) -> Printed:
        return Printed(shortest(value), _SIGNED if value < 0 else _ATOM)

    def quantity(self, value: float, unit: str) -> Printed:
        return Printed(f"{shortest(value)} {unit}" if unit != "1" else shortest(value), _PRODUCT)

    def enclosed(self, piece: Printed) -> str:
        return f"({piece.text})"

    def product(self, a: Printed, b: Printed) -> Printed:
        # a * (b / c) keeps its brackets, so that the line reads in the order in which it is computed
        right = f"({b.text})" if b.level == _PRODUCT and " / " in b.text else held(self, b, _PRODUCT)
        return signed(f"{held(self, a, _SIGNED)} * {right}")

    def quotient(self, a: Printed, b: Printed) -> Printed:
        return signed(f"{held(self, a, _SIGNED)} / {held(self, b, _POWER)}")

    def power(self, base: Printed, exponent: Printed) -> Printed:
        return Printed(f"{held(self, base, _ATOM)}^{held(self, exponent, _ATOM)}", _POWER)

    def root(self, a: Printed) -> Printed:
        return self.call("sqrt", a)

    def call(self, function: str, *args: Printed) -> Printed:
        return Printed(f"{function}({', '.join(a.text for a in args)})", _ATOM)

    def e_to(self, exponent: Printed) -> Printed:
        return self.power(Printed("e", _ATOM), exponent)

    def less(self, a: Printed, b: Printed) -> str:
        return f"{held(self, a, _SUM)} < {held(self, b, _SUM)}"

    def not_zero(self, a: Printed) -> str:
        return f"{held(self, a, _SUM)} != 0"

    def truth(self, condition: str) -> Printed:
        return Printed(f"({condition})", _ATOM)

    def cases(self, branches: Sequence[tuple[str, Printed]], otherwise: Printed) -> Printed:
        rows = [f"{value.text} if {condition}" for condition, value in branches]
        return Printed("{ " + "; ".join([*rows, f"{otherwise.text} otherwise"]) + " }", _ATOM)

    def over_sites(self, a: Printed) -> Printed:
        return self.call("sum_i", a)

    def rate(self, state: Printed) -> Printed:
        return Printed(f"d({state.text})/dt", _ATOM)

    def equation(self, left: Printed, right: Printed, shared: Sequence[tuple[Printed, Printed]]) -> str:
        lines = [f"{left.text} = {right.text}", *(f"where {name.text} = {value.text}" for name, value in shared)]
        return "\n".join(lines)


_LATEX_FUNCTIONS = {"ln", "tanh", "min", "max"}


class Latex:
    """For the page and the report, in the commands that KaTeX and MathJax know."""

    def name(self, name: str, over_sites: bool) -> Printed:
        upright = r"\mathrm{" + name.replace("_", r"\_").replace(" ", r"\ ") + "}"
        return Printed(upright + "_{i}" if over_sites else upright, _ATOM)

    def shared(self, letter: str, number: int) -> Printed:
        return Printed(f"{letter}_{{{number}}}", _ATOM)

    def number(self, value: float) -> Printed:
        mantissa, _, exponent = shortest(value).partition("e")
        text = f"{mantissa} \\times 10^{{{int(exponent)}}}" if exponent else mantissa
        return Printed(text, _SIGNED if value < 0 else _PRODUCT if exponent else _ATOM)

    def quantity(self, value: float, unit: str) -> Printed:
        number = self.number(value).text
        return Printed(rf"{number}\ \mathrm{{{unit.replace('%', chr(92) + '%')}}}" if unit != "1" else number, _PRODUCT)

    def enclosed(self, piece: Printed) -> str:
        return rf"\left({piece.text}\right)"

    def product(self, a: Printed, b: Printed) -> Printed:
        return signed(rf"{held(self, a, _SIGNED)} \cdot {held(self, b, _PRODUCT)}")

    def quotient(self, a: Printed, b: Printed) -> Printed:
        return Printed(rf"\frac{{{a.text}}}{{{b.text}}}", _PRODUCT)

    def power(self, base: Printed, exponent: Printed) -> Printed:
        return Printed(f"{held(self, base, _ATOM)}^{{{exponent.text}}}", _POWER)

    def root(self, a: Printed) -> Printed:
        return Printed(rf"\sqrt{{{a.text}}}", _ATOM)

    def call(self, function: str, *args: Printed) -> Printed:
        command = rf"\{function}" if function in _LATEX_FUNCTIONS else rf"\mathrm{{{function}}}"
        return Printed(rf"{command}\left({', '.join(a.text for a in args)}\right)", _ATOM)

    def e_to(self, exponent: Printed) -> Printed:
        return self.power(Printed("e", _ATOM), exponent)

    def less(self, a: Printed, b: Printed) -> str:
        return f"{held(self, a, _SUM)} < {held(self, b, _SUM)}"

    def not_zero(self, a: Printed) -> str:
        return rf"{held(self, a, _SUM)} \neq 0"

    def truth(self, condition: str) -> Printed:
        return Printed(rf"\left[{condition}\right]", _ATOM)

    def cases(self, branches: Sequence[tuple[str, Printed]], otherwise: Printed) -> Printed:
        rows = [rf"{value.text} & \text{{if }} {condition}" for condition, value in branches]
        rows.append(rf"{otherwise.text} & \text{{otherwise}}")
        return Printed(r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}", _CASES)

    def over_sites(self, a: Printed) -> Printed:
        # held like a sum: a factor to its right would be read as part of what is summed
        return Printed(rf"\sum_{{i}} {held(self, a, _POWER)}", _SUM)

    def rate(self, state: Printed) -> Printed:
        return Printed(rf"\frac{{d\,{state.text}}}{{dt}}", _ATOM)

    def equation(self, left: Printed, right: Printed, shared: Sequence[tuple[Printed, Printed]]) -> str:
        if not shared:
            return f"{left.text} = {right.text}"
        lines = [f"{left.text} &= {right.text}"]
        lines += [rf"\text{{where }} {name.text} &= {value.text}" for name, value in shared]
        return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"


def shortest(value: float) -> str:
    """The shortest decimal text that reads back as this number."""
    text = repr(float(value))
    return text[:-2] if text.endswith(".0") else text
