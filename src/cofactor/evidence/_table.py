"""Rows as plain text, for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterable

from cofactor.evidence._row import Effect, Row

_HEAD = ("id", "use", "design", "n", "what was measured", "number", "conf.")
_WIDEST = 56


def table(rows: Iterable[Row]) -> str:
    """One line a row: id, use, design, n, quantity, the first effect or else the result as reported, confidence."""
    lines = [_HEAD, *(_line(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _line(row: Row) -> tuple[str, ...]:
    count = str(row.n) if row.n is not None else row.n_text or "-"
    number = describe(row.effects[0]) if row.effects else row.result
    return (row.id, row.use, row.design, count, _cut(row.quantity), _cut(number), row.confidence)


def describe(effect: Effect) -> str:
    """An effect as text: "serum_magnesium +0.04 (0.02 to 0.06) mmol/L"."""
    value = f"x{effect.value:g}" if effect.kind == "ratio" else f"{effect.value:+g}"
    unit = "" if effect.unit == "1" else f" {effect.unit}"
    if effect.ci_low is not None and effect.ci_high is not None:
        return f"{effect.outcome} {value} ({effect.ci_low:g} to {effect.ci_high:g}){unit}"
    if effect.se is not None:
        return f"{effect.outcome} {value} (SE {effect.se:g}){unit}"
    return f"{effect.outcome} {value}{unit}"


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 3] + "..."
