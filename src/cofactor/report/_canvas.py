"""A few shapes gathered as one Vega-Lite chart of a layer a kind.

The specification is written as it stands: two hundred pictures of a report took Altair 20 s to copy and check, and Vega-Lite
checks what it draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cofactor.report._svg import FONT, INK

FONT_SIZE = 12
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_CONFIG = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK, "labelFontSize": 11,
        "titleFontSize": FONT_SIZE, "titleFontWeight": "normal", "domainOpacity": 0.5, "tickOpacity": 0.5,
    },
}  # fmt: skip


class Canvas:
    """Shapes in the order areas, rectangles, lines, points, words. Heights are pixels from the top; x is in the chart's scale."""

    def __init__(self) -> None:
        self._areas: list[dict[str, Any]] = []
        self._rectangles: list[dict[str, Any]] = []
        self._lines: dict[tuple[int, ...], list[dict[str, Any]]] = {}
        self._points: list[dict[str, Any]] = []
        self._words: dict[tuple[str, int, str], list[dict[str, Any]]] = {}
        self._outlines = 0

    def area(self, outline: Iterable[tuple[float, float, float]], colour: str, opacity: float = 1.0) -> None:
        """A band given by (x, top, bottom) from left to right."""
        self._outlines += 1
        self._areas += [
            {"x": x, "y": top, "y2": bottom, "colour": colour, "opacity": opacity, "outline": self._outlines}
            for x, top, bottom in outline
        ]

    def rectangle(self, x: float, x2: float, top: float, bottom: float, colour: str, opacity: float = 1.0) -> None:
        """A filled rectangle."""
        self._rectangles.append({"x": x, "x2": x2, "y": top, "y2": bottom, "colour": colour, "opacity": opacity})

    def line(
        self, x: float, y: float, x2: float, y2: float, colour: str, width: float = 1.0, *, dash: Sequence[int] = (),
        opacity: float = 1.0,
    ) -> None:  # fmt: skip
        """A straight line."""
        row = {"x": x, "y": y, "x2": x2, "y2": y2, "colour": colour, "width": width, "opacity": opacity}
        self._lines.setdefault(tuple(dash), []).append(row)

    def point(self, x: float, y: float, colour: str, size: float, shape: str = "circle") -> None:
        """A filled symbol of an area of `size` square pixels."""
        self._points.append({"x": x, "y": y, "colour": colour, "size": size, "shape": shape})

    def words(
        self, x: float, y: float, text: str, *, align: str = "left", colour: str = INK, size: int = FONT_SIZE,
        weight: str = "normal",
    ) -> None:  # fmt: skip
        """One line of text, its middle at the height y."""
        self._words.setdefault((align, size, weight), []).append({"x": x, "y": y, "text": text, "colour": colour})

    def spec(self, width: float, height: float, low: float, high: float, title: str | None = None) -> dict[str, Any]:
        """The chart as a Vega-Lite specification, with x from `low` to `high` and an axis where it has a title."""
        axis = None if title is None else {"title": title, "tickCount": 6, "grid": False}
        x = {**_number("x"), "axis": axis, "scale": {"domain": [low, high], "nice": False, "zero": False}}
        y = {**_number("y"), "axis": None, "scale": {"domain": [0, height], "reverse": True, "nice": False}}
        layers = [
            {"data": {"values": rows}, "mark": mark, "encoding": {"x": x, "y": y, **encoding}}
            for rows, mark, encoding in self._layers()
        ]
        return {
            "$schema": _SCHEMA, "width": width, "height": height, "background": "transparent", "padding": 5,
            "layer": layers, "config": _CONFIG,
        }  # fmt: skip

    def _layers(self) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]]:
        """Shapes of a kind, their mark, and what of it they set."""
        pale = {"color": _as_given("colour"), "opacity": _as_given("opacity")}
        if self._areas:
            yield self._areas, {"type": "area"}, {"y2": {"field": "y2"}, "detail": {"field": "outline"}, **pale}
        if self._rectangles:
            yield self._rectangles, {"type": "rect"}, {"x2": {"field": "x2"}, "y2": {"field": "y2"}, **pale}
        for dash, rows in self._lines.items():
            ends = {"x2": {"field": "x2"}, "y2": {"field": "y2"}, "strokeWidth": _as_given("width")}
            yield rows, {"type": "rule", "strokeDash": list(dash)}, {**ends, **pale}
        if self._points:
            look = {"size": _as_given("size"), "shape": _as_given("shape"), "color": _as_given("colour")}
            yield self._points, {"type": "point", "filled": True, "opacity": 1}, look
        for (align, size, weight), rows in self._words.items():
            mark = {"type": "text", "align": align, "baseline": "middle", "fontSize": size, "fontWeight": weight}
            yield rows, mark, {"text": {"field": "text", "type": "nominal"}, "color": _as_given("colour")}


def _number(field: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative"}


def _as_given(field: str) -> dict[str, Any]:
    """A look that stands in the data itself."""
    kind = "nominal" if field in ("colour", "shape") else "quantitative"
    return {"field": field, "type": kind, "scale": None}
