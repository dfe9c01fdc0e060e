"""The two pictures of a clause, on one scale: what studies found, and what the model's settings and people give."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cofactor.claims import (
    ClauseResult,
    ModelEffect,
    Study,
    is_in_other_terms,
    is_of_people,
    model_unit,
    parse_predicate,
    target,
)  # fmt: skip
from cofactor.errors import InputError
from cofactor.report._canvas import FONT_SIZE, Canvas
from cofactor.report._svg import INK, to_svg
from cofactor.report._words import capital, count, estimate, interval, number, share_reached, signed, with_unit
from cofactor.units import Quantity, parse_quantity, parse_unit

if TYPE_CHECKING:
    from cofactor.claims._effects import Target
    from cofactor.claims._result import EvidenceResult, Spread

WIDTH = 372
"""Both pictures are this wide: side by side on a desk, below each other on a phone, readable on either."""
PASSING, OTHER, STUDY, MARGIN = "#1f7fb8", "#8a8f98", "#b5651d", 0.06
_HEADER, _ROW = 34, 36
_ROW_LETTERS = 58
"""Letters that fit into a row of the forest, label and numbers together."""
_AUTHOR_AND_YEAR = re.compile(r"^.*?\b(?:19|20)\d\d\b")


def size_of(text: str) -> Quantity:
    """The smallest effect a clause states, "2 mmHg"; a bare number ("0.5" of HOMA-IR) has the unit 1."""
    return parse_quantity(text if " " in text.strip() else f"{text} 1")


@dataclass(frozen=True)
class Scale:
    """The common scale of a clause's pictures: its ends, its unit, and what the predicate asks of the effect."""

    low: float
    high: float
    unit: str
    asked: Target | None

    def place(self, value: float) -> float:
        """The value as a place between 0 (left) and 1 (right)."""
        return (value - self.low) / (self.high - self.low)


def target_of(clause: ClauseResult) -> Target | None:
    """What the clause asks of its effect, in the unit of its model; None for joined predicates and exact clauses."""
    if clause.model is None or clause.model.draws is None:
        return None
    smallest = None if clause.smallest_effect is None else size_of(clause.smallest_effect)
    try:
        return target(parse_predicate(clause.predicate), smallest, parse_unit(clause.model.unit))
    except InputError:
        return None


def scales_of(clause: ClauseResult, sample: np.ndarray | None) -> tuple[Scale, Scale]:
    """The scale of the forest and that of the model: one, unless the two speak of different things."""
    if is_in_other_terms(clause):
        return scale_of(replace(clause, model=None), None), scale_of(replace(clause, evidence=None), sample)
    both = scale_of(clause, sample)
    return both, both


def scale_of(clause: ClauseResult, sample: np.ndarray | None) -> Scale:
    """A scale that holds zero, what matters, every study and the model."""
    asked = target_of(clause)
    held = [0.0, *_finite((asked.low, asked.high) if asked else ())]
    for item in _drawn(clause.evidence):
        held += _finite((item.estimate, item.low, item.high))
    if clause.model is not None:
        for spread in (clause.model.draws, clause.model.people):
            held += [] if spread is None else _finite((spread.p2_5, spread.p97_5))
    if sample is not None:
        held += _finite(_means(sample).tolist())
    low, high = min(held), max(held)
    room = MARGIN * (high - low) or 1.0
    unit = model_unit(clause) if clause.model is not None else clause.evidence.unit if clause.evidence else "1"
    return Scale(low - room, high + room, unit, asked)


# -- forest -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Item:
    """One row of the forest: a study, the pooled effect, the prediction interval or a meta-analysis beside."""

    label: str
    kind: str
    estimate: float
    low: float | None
    high: float | None


def forest(clause: ClauseResult, scale: Scale, key: str) -> str | None:
    """The forest plot: every pooled study, the pooled diamond with its prediction interval, the largest meta beside it.

    None where no study gives a number to draw.
    """
    items = _drawn(clause.evidence)
    if not items:
        return None
    height = float(_HEADER + _ROW * len(items))
    canvas = Canvas()
    _ground(canvas, scale, height)
    for row, item in enumerate(items):
        _row(canvas, item, _HEADER + _ROW * row + 25, scale)
    return to_svg(
        _chart(canvas, scale, height), key=key, title=f"Forest plot: {clause.label}",
        description="; ".join(_said(item, scale.unit) for item in items) + ".",
    )  # fmt: skip


def _drawn(evidence: EvidenceResult | None) -> list[_Item]:
    if evidence is None:
        return []
    items = [_of_study(study, "study") for study in evidence.studies]
    if evidence.pooled is not None:
        items.append(_Item(f"Pooled, {count(evidence.k, 'study', 'studies')}", "pooled", evidence.pooled,
                           evidence.ci_low, evidence.ci_high))  # fmt: skip
        if evidence.prediction_low is not None:
            items.append(_Item("Where a further study would fall", "prediction", evidence.pooled,
                               evidence.prediction_low, evidence.prediction_high))  # fmt: skip
    if evidence.largest_meta is not None:
        items.append(_of_study(evidence.largest_meta, "meta"))
    return [item for item in items if math.isfinite(item.estimate)]


def _of_study(study: Study, kind: str) -> _Item:
    people = "" if study.n is None else f", n {study.n}"
    label = f"{study.citation}{people}" if kind == "study" else f"Not pooled: {study.citation}{people}"
    value = math.nan if study.estimate is None else study.estimate
    return _Item(label, kind, value, study.ci_low, study.ci_high)


def _said(item: _Item, unit: str) -> str:
    if item.kind == "prediction":
        return f"{item.label}: {interval(item.low, item.high)}"
    return f"{item.label}: {estimate(item.estimate, item.low, item.high, unit)}"


def _row(canvas: Canvas, item: _Item, y: float, scale: Scale) -> None:
    """Words above, the interval below them; a diamond for a pooled number, hollow where it is only shown beside."""
    numbers = interval(item.low, item.high)
    if item.kind != "prediction":
        numbers = f"{signed(item.estimate)} ({numbers})"
    label = _short(item.label, _ROW_LETTERS - len(numbers))
    canvas.words(scale.low, y - 11, label, weight="bold" if item.kind == "pooled" else "normal")
    canvas.words(scale.high, y - 11, numbers, align="right")
    if item.low is None or item.high is None:
        canvas.point(item.estimate, y, STUDY, 50, "square")
    elif item.kind in ("pooled", "meta"):
        _diamond(canvas, item.low, item.estimate, item.high, y, hollow=item.kind == "meta")
    else:
        canvas.line(item.low, y, item.high, y, STUDY, 1.5, dash=(4, 3) if item.kind == "prediction" else ())
        if item.kind == "study":
            canvas.point(item.estimate, y, STUDY, 50, "square")


def _diamond(canvas: Canvas, low: float, middle: float, high: float, y: float, *, hollow: bool) -> None:
    if not hollow:
        canvas.area([(low, y, y), (middle, y - 7, y + 7), (high, y, y)], STUDY)
    for end in (low, high):
        for tip in (y - 7, y + 7):
            canvas.line(end, y, middle, tip, STUDY, 1.3)


# -- distribution -----------------------------------------------------------------------------------------------------

_DOTS, _PEOPLE, _DOT_BINS, _PEOPLE_BINS, _HIGHEST, _FEW_BINS = 96.0, 56.0, 44, 40, 24, 3


def distribution(clause: ClauseResult, scale: Scale, sample: np.ndarray | None, key: str) -> str | None:
    """The model's answer: one dot a plausible setting (mean over people), and below, how people differ around it.

    Without the sample (draws, people) only the two 95 % intervals can be drawn. None for a predicate without a size.
    """
    model = clause.model
    if model is None or model.draws is None or clause.basis.kind == "exact":
        return None
    canvas = Canvas()
    y = _HEADER + 6.0
    if sample is not None:
        y += _dots(canvas, _means(sample), y, scale) + 8
    _spread_bar(canvas, model.draws, y, PASSING, 5)
    canvas.words(scale.low, y + 17, f"settings: {_said_spread(model.draws, scale.unit)}")
    y += 34
    if is_of_people(clause):
        canvas.words(scale.low, y, "between people: each meets it or does not, no spread")
    elif model.people is None:
        canvas.words(scale.low, y, "between people: one person a setting, no spread")
    else:
        y += 0 if sample is None else _heap(canvas, _around(sample), y, scale) + 6
        _spread_bar(canvas, model.people, y, OTHER, 3)
        canvas.words(scale.low, y + 16, f"people: {_said_spread(model.people, scale.unit)}")
    height = y + 30
    _ground(canvas, scale, height)
    return to_svg(
        _chart(canvas, scale, height), key=key, title=f"The model's answer: {clause.label}",
        description=_described(clause, model, scale.unit),
    )  # fmt: skip


def _spread_bar(canvas: Canvas, spread: Spread, y: float, colour: str, width: float) -> None:
    canvas.line(spread.p2_5, y, spread.p97_5, y, colour, width)
    canvas.line(spread.median, y - 7, spread.median, y + 7, INK, 2)


def _described(clause: ClauseResult, model: ModelEffect, unit: str) -> str:
    text = f"{capital(share_reached(model))}."
    if model.draws is not None:
        text += f" Across settings {_said_spread(model.draws, unit)}."
    if model.people is not None and not is_of_people(clause):
        text += f" Between people {_said_spread(model.people, unit)}."
    return text


def _dots(canvas: Canvas, means: np.ndarray, top: float, scale: Scale) -> float:
    """Every setting a dot, stacked where they fall together, blue where the predicate passes; returns the heap's height."""
    passing = scale.asked.reached(means) if scale.asked is not None else np.zeros(len(means), dtype=bool)
    bins = np.clip(np.floor(_DOT_BINS * (means - scale.low) / (scale.high - scale.low)), 0, _DOT_BINS - 1).astype(int)
    # settings that nearly all agree would be one hairline of dots: they are set in a block around the value they share
    tallest = int(np.bincount(bins).max())
    abreast = math.ceil(tallest / _HIGHEST) if len(np.unique(bins)) <= _FEW_BINS else 1
    highest = math.ceil(tallest / abreast)
    step = min(WIDTH / _DOT_BINS, _DOTS / highest)
    level: Counter[int] = Counter()
    for index in np.argsort(means, kind="stable"):
        here = int(bins[index])
        up, aside = divmod(level[here], abreast)
        level[here] += 1
        x = float(means[index]) + (aside - (abreast - 1) / 2) * step / WIDTH * (scale.high - scale.low)
        y = top + step * (highest - up - 0.5)
        canvas.point(x, y, PASSING if passing[index] else OTHER, (0.9 * step) ** 2 * math.pi / 4)
    return step * highest


def _heap(canvas: Canvas, values: np.ndarray, top: float, scale: Scale) -> float:
    """How people are spread, as a heap of their share in narrow bins; returns its height."""
    edges = np.linspace(scale.low, scale.high, _PEOPLE_BINS + 1)
    heights, _ = np.histogram(values, edges)
    tall = _PEOPLE * heights / max(heights.max(), 1)
    for low, high, height in zip(edges[:-1], edges[1:], tall, strict=True):
        if height > 0:
            canvas.rectangle(float(low), float(high), top + _PEOPLE - float(height), top + _PEOPLE, OTHER, 0.45)
    return _PEOPLE


def _said_spread(spread: Spread, unit: str) -> str:
    return f"{with_unit(signed(spread.median), unit)}, 95 % {interval(spread.p2_5, spread.p97_5)}"


def _means(sample: np.ndarray) -> np.ndarray:
    """Mean over people of each setting; settings in which nobody's run succeeded are left out."""
    some = np.isfinite(sample).any(axis=1)
    return np.nanmean(sample[some], axis=1)


def _around(sample: np.ndarray) -> np.ndarray:
    """People around their setting's mean, moved to the mean of all, so that settings do not widen the spread."""
    some = sample[np.isfinite(sample).any(axis=1)]
    around = some - np.nanmean(some, axis=1, keepdims=True) + _means(sample).mean()
    return around[np.isfinite(around)]


# -- what both are drawn with -----------------------------------------------------------------------------------------


def _ground(canvas: Canvas, scale: Scale, height: float) -> None:
    """The range that passes, the line of no difference, and the line of what matters, named at the top."""
    asked = scale.asked
    if asked is not None:
        canvas.rectangle(max(asked.low, scale.low), min(asked.high, scale.high), 0, height, PASSING, 0.09)
        ends = _finite((asked.low, asked.high))
        for end in ends:
            canvas.line(end, 0, end, height, PASSING, dash=(4, 3))
        _line_name(canvas, _asked_in_words(asked, scale.unit), ends[0], 8, scale)
    canvas.line(0.0, 16, 0.0, height, INK, opacity=0.55)
    _line_name(canvas, "no difference", 0.0, 22, scale)


def _asked_in_words(asked: Target, unit: str) -> str:
    if math.isfinite(asked.low) and math.isfinite(asked.high):
        return f"passes from {number(asked.low)} to {with_unit(number(asked.high), unit)}"
    if asked.low > 0:
        return f"matters from {with_unit(number(asked.low), unit)}"
    return f"passes above {with_unit(number(asked.low), unit)}"


def _line_name(canvas: Canvas, text: str, value: float, y: float, scale: Scale) -> None:
    left = scale.place(value) < 0.55
    gap = 4 / WIDTH * (scale.high - scale.low)
    canvas.words(value + (gap if left else -gap), y, text, align="left" if left else "right", size=FONT_SIZE - 1)


def _short(label: str, letters: int) -> str:
    """A label that fits: author and year, and how many people, of a citation that is too long."""
    if len(label) <= letters:
        return label
    said, _, people = label.rpartition(", n ")
    if found := _AUTHOR_AND_YEAR.match(said or label):
        label = f"{found[0]}, n {people}" if said else found[0]
    return label if len(label) <= letters else f"{label[: letters - 1].rstrip()}…"


def _chart(canvas: Canvas, scale: Scale, height: float) -> Any:
    title = with_unit("for the claim to the right, against it to the left,", scale.unit).rstrip(",")
    return canvas.spec(WIDTH, height, scale.low, scale.high, title)


def _finite(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None and math.isfinite(value)]
