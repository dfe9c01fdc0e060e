"""A few shapes gathered and drawn by Altair in one layer a kind: a chart of a hundred layers takes seconds to check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cofactor.report._svg import FONT, INK, altair

FONT_SIZE = 12


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
        alt = altair()
        axis = None if title is None else alt.Axis(title=title, tickCount=6, grid=False)
        x = alt.X("x:Q", axis=axis, scale=alt.Scale(domain=[low, high], nice=False, zero=False))
        y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, height], reverse=True, nice=False))
        data: dict[str, list[dict[str, Any]]] = {}
        layers = [layer.encode(x=x, y=y) for layer in self._layers(alt, data)]
        chart = (
            alt.layer(*layers)
            .properties(width=width, height=height, background="transparent", padding=5)
            .configure(font=FONT)
            .configure_view(stroke=None)
            .configure_axis(
                labelColor=INK, titleColor=INK, domainColor=INK, tickColor=INK, labelFontSize=11, titleFontSize=FONT_SIZE,
                titleFontWeight="normal", domainOpacity=0.5, tickOpacity=0.5,
            )
        )  # fmt: skip
        # the numbers join last: Altair would copy them at every step
        return {**chart.to_dict(validate=False), "datasets": data}

    def _layers(self, alt: Any, data: dict[str, list[dict[str, Any]]]) -> list[Any]:
        colour = {"color": alt.Color("colour:N", scale=None)}
        pale = {**colour, "opacity": alt.Opacity("opacity:Q", scale=None)}
        found = []

        def of(rows: list[dict[str, Any]]) -> Any:
            name = f"shapes-{len(data)}"
            data[name] = rows
            return alt.Chart(alt.NamedData(name=name))

        if self._areas:
            found.append(of(self._areas).mark_area().encode(y2="y2:Q", detail="outline:N", **pale))
        if self._rectangles:
            found.append(of(self._rectangles).mark_rect().encode(x2="x2:Q", y2="y2:Q", **pale))
        for dash, rows in self._lines.items():
            thick = alt.StrokeWidth("width:Q", scale=None)
            lines = of(rows).mark_rule(strokeDash=list(dash))
            found.append(lines.encode(x2="x2:Q", y2="y2:Q", strokeWidth=thick, **pale))
        if self._points:
            look = {"size": alt.Size("size:Q", scale=None), "shape": alt.Shape("shape:N", scale=None)}
            found.append(of(self._points).mark_point(filled=True, opacity=1).encode(**look, **colour))
        for (align, size, weight), rows in self._words.items():
            text = of(rows).mark_text(align=align, baseline="middle", fontSize=size, fontWeight=weight)
            found.append(text.encode(text="text:N", **colour))
        return found
