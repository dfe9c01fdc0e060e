"""A map as a picture: a cell a combination, its number in it, darker the higher, cells past a limit framed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cofactor.report._canvas import FONT_SIZE, Canvas
from cofactor.report._svg import INK, to_svg
from cofactor.trials import Axis, CellMap

_CELL_WIDTH, _CELL_HEIGHT, _LEFT, _TOP = 46, 26, 92, 46
_PALE, _DARK = (252, 246, 220), (150, 25, 35)
_LETTERS_TURN_WHITE = 0.5
_FRAME = 2.0


def map_svg(
    found: CellMap, name: str, day: float, *, key: str, title: str, description: str, limit: float,
    ends: tuple[float, float], places: int = 2,
) -> str:  # fmt: skip
    """One observable of a map on one day as an `svg` element.

    `ends` are the values of the palest and the darkest colour; a frame goes round what lies above `limit`. A cell that
    could not be run stays empty with a dash. Raises MissingExtraError without the extra "report".
    """
    values = found.at(name, day)
    canvas = Canvas()
    rows, columns = values.shape
    for i in range(rows):
        for k in range(columns):
            _cell(canvas, values[i, k], rows - 1 - i, k, ends, places)
    _frames(canvas, values > limit)
    _sides(canvas, found.rows, found.columns)
    width = _LEFT + columns * _CELL_WIDTH + 4
    height = _TOP + rows * _CELL_HEIGHT + 4
    return to_svg(canvas.spec(width, height, 0, width), key=key, title=title, description=description)


def _cell(canvas: Canvas, value: float, row: int, column: int, ends: tuple[float, float], places: int) -> None:
    x, y = _LEFT + column * _CELL_WIDTH, _TOP + row * _CELL_HEIGHT
    middle = (x + _CELL_WIDTH / 2, y + _CELL_HEIGHT / 2)
    if not np.isfinite(value):
        canvas.words(*middle, "–", align="center")
        return
    share = float(np.clip((value - ends[0]) / (ends[1] - ends[0]), 0, 1))
    canvas.rectangle(x, x + _CELL_WIDTH, y, y + _CELL_HEIGHT, _colour(share))
    ink = "#ffffff" if share > _LETTERS_TURN_WHITE else "#1d1d1f"
    canvas.words(*middle, f"{value:.{places}f}", align="center", colour=ink, size=FONT_SIZE - 1)


def _colour(share: float) -> str:
    return "#" + "".join(f"{round(a + share * (b - a)):02x}" for a, b in zip(_PALE, _DARK, strict=True))


def _frames(canvas: Canvas, above: np.ndarray) -> None:
    """A line wherever a cell above the limit meets one that is not, or the edge of the map."""
    rows, columns = above.shape
    for i, k in np.argwhere(above).tolist():
        x, y = _LEFT + k * _CELL_WIDTH, _TOP + (rows - 1 - i) * _CELL_HEIGHT
        x2, y2 = x + _CELL_WIDTH, y + _CELL_HEIGHT
        if k == 0 or not above[i, k - 1]:
            canvas.line(x, y, x, y2, INK, _FRAME)
        if i == 0 or not above[i - 1, k]:
            canvas.line(x, y2, x2, y2, INK, _FRAME)
        if k < columns - 1 and not above[i, k + 1]:
            canvas.line(x2, y, x2, y2, INK, _FRAME)
        if i < rows - 1 and not above[i + 1, k]:
            canvas.line(x, y, x2, y, INK, _FRAME)


def _sides(canvas: Canvas, rows: Axis, columns: Axis) -> None:
    canvas.words(4, 10, _side(rows), size=FONT_SIZE)
    canvas.words(_LEFT + len(columns.values) * _CELL_WIDTH, 10, _side(columns), align="right", size=FONT_SIZE)
    for i, text in enumerate(_texts(rows)):
        y = _TOP + (len(rows.values) - 1 - i + 0.5) * _CELL_HEIGHT
        canvas.words(_LEFT - 8, y, text, align="right")
    for k, text in enumerate(_texts(columns)):
        canvas.words(_LEFT + (k + 0.5) * _CELL_WIDTH, _TOP - 12, text, align="center")


def _side(axis: Axis) -> str:
    return f"{axis.label or axis.name}, {axis.unit}" if axis.unit else axis.label or axis.name


def _texts(axis: Axis) -> Sequence[str]:
    return [f"{value:,.0f}".replace(",", " ") for value in (axis.shown or axis.values)]
