"""A budget as a picture: ribbons from where an element came to where it went, as wide as the amount, losses on the right.

The layout is worked out here and drawn as areas; every amount comes from `Budget.net_flows` and the change of the stores.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cofactor.report._canvas import Canvas
from cofactor.report._svg import to_svg
from cofactor.report._words import number, signed, with_unit
from cofactor.run import Budget, Kind

COLOURS = {Kind.SOURCE: "#2a8f6f", Kind.PASSAGE: "#8a8f98", Kind.STORE: "#1f7fb8", Kind.LOSS: "#c9822f"}
_CURVE = [(i / 24, (i / 24) ** 2 * (3 - 2 * i / 24)) for i in range(25)]
"""Points of a smooth step from 0 to 1."""
_LINE, _NODE = 14, 9
_HAIRLINE = 0.8
"""No ribbon is thinner than this many pixels, or a store's change could not be seen at all."""
_THIN = 2.0
"""Ribbons below this many pixels are drawn in a full colour."""


@dataclass(frozen=True)
class Form:
    """Measures of a picture: its width, the room for words at the right, the height of the ribbons, letters a line."""

    width: int
    words: int
    height: int
    letters: int


WIDE = Form(width=900, words=260, height=300, letters=36)
NARROW = Form(width=350, words=132, height=260, letters=17)


@dataclass
class _Node:
    """One place in the picture."""

    name: str
    label: str
    kind: Kind
    column: int = 0
    inflow: float = 0.0
    outflow: float = 0.0
    y: float = 0.0
    lines: list[str] = field(default_factory=list)

    @property
    def amount(self) -> float:
        return max(self.inflow, self.outflow)


@dataclass(frozen=True)
class Ribbon:
    """One ribbon: what it stands for and the amount it is drawn for."""

    source: str
    target: str
    amount: float


def ribbons(budget: Budget) -> list[Ribbon]:
    """The ribbons of a budget; a store that things pass through keeps or gives its own change in a ribbon of its own.

    At every place but the outermost, what comes in is what goes out.
    """
    found = [Ribbon(flow.source, flow.target, flow.amount) for flow in budget.net_flows()]
    for place in budget.places.values():
        gives = any(ribbon.source == place.name for ribbon in found)
        gets = any(ribbon.target == place.name for ribbon in found)
        if place.kind is Kind.STORE and gives and gets and place.change > 0:
            found.append(Ribbon(place.name, f"{place.name}, kept", place.change))
        if place.kind is Kind.STORE and gives and gets and place.change < 0:
            found.append(Ribbon(f"{place.name}, given", place.name, -place.change))
    return found


def sankey(budget: Budget, key: str, form: Form = WIDE) -> str:
    """The picture of a budget as an `svg` element."""
    drawn = ribbons(budget)
    nodes = _nodes(budget, drawn)
    _columns(nodes, drawn)
    scale = _heights(nodes, form)
    head = max((_LINE * len(n.lines) - n.y for n in nodes.values() if n.kind is Kind.PASSAGE), default=0.0) + 4
    for node in nodes.values():
        node.y += head
    height = max(_bottom(node, scale) for node in nodes.values()) + 2 * _LINE
    canvas = Canvas()
    _draw_ribbons(canvas, nodes, drawn, scale, form)
    for node in nodes.values():
        _draw_node(canvas, node, _x(node.column, _count(nodes), form), scale, form)
    return to_svg(
        canvas.spec(form.width, height, 0, form.width), key=key,
        title=f"Where the {budget.element} went over {number(budget.days)} days",
        description="; ".join(_said(ribbon, nodes, budget.unit) for ribbon in drawn) + ".",
    )  # fmt: skip


def _said(ribbon: Ribbon, nodes: Mapping[str, _Node], unit: str) -> str:
    return f"{nodes[ribbon.source].label} to {nodes[ribbon.target].label}: {with_unit(number(ribbon.amount), unit)}"


# -- layout -----------------------------------------------------------------------------------------------------------


def _nodes(budget: Budget, drawn: Iterable[Ribbon]) -> dict[str, _Node]:
    nodes: dict[str, _Node] = {}
    for ribbon in drawn:
        for name in (ribbon.source, ribbon.target):
            nodes.setdefault(name, _node(budget, name))
        nodes[ribbon.source].outflow += ribbon.amount
        nodes[ribbon.target].inflow += ribbon.amount
    return nodes


def _node(budget: Budget, name: str) -> _Node:
    place = budget.places.get(name)
    if place is not None:
        return _Node(name, place.label, place.kind)
    store, _, what = name.rpartition(", ")
    return _Node(name, f"{what} by {budget.places[store].label}", Kind.STORE)


def _columns(nodes: Mapping[str, _Node], drawn: list[Ribbon]) -> None:
    """Each place one column after the last that feeds it; beginnings stand in the first column, ends in the last."""
    for _ in nodes:  # as many rounds as there are places: a circle of flows cannot push them further
        for ribbon in drawn:
            source, target = nodes[ribbon.source], nodes[ribbon.target]
            target.column = min(max(target.column, source.column + 1), len(nodes))
    last = max(node.column for node in nodes.values())
    for node in nodes.values():
        if not node.outflow:
            node.column = last


def _heights(nodes: Mapping[str, _Node], form: Form) -> float:
    """Stack the places of each column; returns pixels a unit. Words of the outer columns need their own room."""
    columns = _by_column(nodes)
    scale = form.height / max(sum(node.amount for node in column) for column in columns)
    for index, column in enumerate(columns):
        last = index == len(columns) - 1
        column.sort(key=lambda node: _order(node, last))
        y = 0.0
        for node in column:
            node.lines = _lines(node, form, last)
            needed = _LINE * len(node.lines) + 6 if last or not node.inflow else 0
            node.y = y + max((needed - node.amount * scale) / 2, 0)
            y += max(node.amount * scale, needed) + 10
    _lower_the_hubs(columns, scale)
    return scale


def _by_column(nodes: Mapping[str, _Node]) -> list[list[_Node]]:
    last = max(node.column for node in nodes.values())
    return [[node for node in nodes.values() if node.column == index] for index in range(last + 1)]


def _order(node: _Node, last: bool) -> tuple[int, float]:
    """Losses above stores; in the other columns what food passes through above what is given from within."""
    rank = {Kind.LOSS: 0, Kind.PASSAGE: 0, Kind.SOURCE: 1, Kind.STORE: 2}[node.kind]
    return rank, -node.amount


def _lower_the_hubs(columns: list[list[_Node]], scale: float) -> None:
    """A store between the gut and the losses stands below the ribbon that passes it by."""
    tall = max(sum(node.amount * scale for node in column) for column in columns[:-1])
    for column in columns[1:-1]:
        hubs = [node for node in column if node.kind is Kind.STORE and node.inflow and node.outflow]
        for node in hubs:
            node.y = max(node.y, tall - node.amount * scale + 2 * _LINE)


def _lines(node: _Node, form: Form, last: bool) -> list[str]:
    """The words of a place: its name and its amount, with a sign where a store gained or gave."""
    at_end = not (node.inflow and node.outflow)
    shown = signed(node.inflow - node.outflow) if node.kind is Kind.STORE and at_end else number(node.amount, 4)
    letters = form.letters if last else max(form.letters * 3 // 4, 12)
    return textwrap.wrap(f"{node.label} {shown}", letters, break_long_words=False)


def _bottom(node: _Node, scale: float) -> float:
    return node.y + max(node.amount * scale, _LINE * len(node.lines) / 2)


def _x(column: int, columns: int, form: Form) -> float:
    return column * (form.width - form.words - _NODE) / max(columns - 1, 1)


# -- drawing ----------------------------------------------------------------------------------------------------------


def _count(nodes: Mapping[str, _Node]) -> int:
    return max(node.column for node in nodes.values()) + 1


def _draw_ribbons(canvas: Canvas, nodes: Mapping[str, _Node], drawn: list[Ribbon], scale: float, form: Form) -> None:
    """Each ribbon from the right side of its source to the left side of its target, along a smooth step."""
    leaves = _stacked(drawn, by="source", beside="target", nodes=nodes)
    enters = _stacked(drawn, by="target", beside="source", nodes=nodes)
    for ribbon in drawn:
        source, target = nodes[ribbon.source], nodes[ribbon.target]
        thick = max(ribbon.amount * scale, _HAIRLINE)
        x0, x1 = _x(source.column, _count(nodes), form) + _NODE, _x(target.column, _count(nodes), form)
        y0, y1 = source.y + leaves[ribbon] * scale, target.y + enters[ribbon] * scale
        tops = [(x0 + (x1 - x0) * along, y0 + (y1 - y0) * down) for along, down in _CURVE]
        end = source if not source.inflow and target.outflow else target
        canvas.area([(x, top, top + thick) for x, top in tops], COLOURS[end.kind], 0.42 if thick > _THIN else 0.85)


def _stacked(drawn: list[Ribbon], *, by: str, beside: str, nodes: Mapping[str, _Node]) -> dict[Ribbon, float]:
    """How much lies above each ribbon at one of its ends, so that ribbons do not cross more than they must."""
    above: dict[str, float] = {}
    found = {}
    for ribbon in sorted(drawn, key=lambda each: nodes[getattr(each, beside)].y):
        end = getattr(ribbon, by)
        found[ribbon] = above.get(end, 0.0)
        above[end] = found[ribbon] + ribbon.amount
    return found


def _draw_node(canvas: Canvas, node: _Node, x: float, scale: float, form: Form) -> None:
    """The bar of a place and its words: beside it at the ends, above or below it on the way."""
    y, tall = node.y, node.amount * scale
    canvas.rectangle(x, x + _NODE, y, y + max(tall, 1.5), COLOURS[node.kind])
    between = node.inflow and node.outflow
    top = y + tall / 2 - _LINE * (len(node.lines) - 1) / 2
    if between:
        top = y - _LINE * len(node.lines) + 5 if node.kind is Kind.PASSAGE else y + tall + _LINE
    for index, line in enumerate(node.lines):
        place = x + _NODE / 2 if between else x + _NODE + 5
        canvas.words(place, top + _LINE * index, line, align="center" if between else "left")
