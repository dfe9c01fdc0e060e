"""The safety line: which upper limit a plan passes, how many people are affected, and what is known of benefit there.

The limits, their sources and the studies done above them are data (safety.toml).  A line is said, never weighed: it
changes no verdict.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from cofactor.claims._verdict import EvidenceState
from cofactor.evidence import row
from cofactor.run import Result
from cofactor.scenario import Scenario
from cofactor.units import Quantity, convert, parse_unit

if TYPE_CHECKING:
    from cofactor.evidence import Effect, Row
    from cofactor.trials import Outcome

_FORM = ConfigDict(frozen=True, extra="forbid")
_ONE_DAY = 1.0
_EARLY_DAYS = (1.0, 3.0, 7.0, 14.0, 30.0, 60.0)
_LATER_TIMES = 12


class _Benefit(BaseModel):
    """An outcome in which benefit above the limit has been looked for, and the rows that did."""

    model_config = _FORM

    says: str
    outcome: str
    better: Literal["rise", "fall"]
    rows: tuple[str, ...]


class _Intake(BaseModel):
    """An upper intake: written here, or a measurement of an evidence row; `counts` weighs the supplements that add up."""

    model_config = _FORM

    id: str
    says: str
    unit: str
    limit: str | None = None
    row: str | None = None
    measurement: str | None = None
    source: str
    counts: dict[str, str]
    benefit: tuple[_Benefit, ...] = ()

    def value(self) -> float:
        """The limit in `unit`."""
        if self.limit is not None:
            return convert(self.limit, self.unit)
        return self._measured(self.measurement or "")

    def weight(self, supplement: str) -> float:
        """How much one unit of a supplement counts; 0 for what does not count."""
        written = self.counts.get(supplement, "0")
        return float(written) if written.isdigit() else self._measured(written)

    def _measured(self, name: str) -> float:
        found = next(
            m for m in row(self.row or "").results if m.name == name and m.value is not None and not m.recalled
        )
        return float(found.value or 0.0)


class _Level(BaseModel):
    """An upper level of an observable."""

    model_config = _FORM

    observable: str
    says: str
    limit: str
    source: str

    @property
    def quantity(self) -> Quantity:
        """The limit with its unit."""
        value, _, unit = self.limit.partition(" ")
        return Quantity(float(value), parse_unit(unit))


class _Limits(BaseModel):
    model_config = _FORM

    share: str
    intake: tuple[_Intake, ...] = Field(min_length=1)
    level: tuple[_Level, ...] = Field(min_length=1)


@cache
def _limits() -> _Limits:
    text = (files("cofactor.claims") / "safety.toml").read_text("utf-8")
    return _Limits.model_validate(tomllib.loads(text))


BENEFITS = "safety_benefits.json"
"""Written by `python -m cofactor.claims._safety`; a test holds it to the rows."""

WATCHED = ("serum_calcium", "urine_calcium")
"""The observables whose levels are watched in every arm; safety.toml has their limits."""


def watched_days(end: float) -> tuple[float, ...]:
    """When an arm of that many days is looked at: early, for what is given at once, then evenly to its end."""
    evenly = (end * k / _LATER_TIMES for k in range(1, _LATER_TIMES + 1))
    return tuple(sorted({*(day for day in _EARLY_DAYS if day < end), *evenly}))


@dataclass(frozen=True)
class Watched:
    """A plan under watch: start and highest value of each watched observable, one a person (NaN: failed).

    An observable that was not asked for is missing.
    """

    label: str
    plan: Scenario
    start: Mapping[str, np.ndarray]
    highest: Mapping[str, np.ndarray]


def watched_arm(label: str, outcome: Outcome) -> Watched:
    """An arm of a trial under watch; every person in every draw counts as one."""
    levels = {name: outcome.values[name].reshape(len(outcome.days), -1) for name in WATCHED if name in outcome.values}
    return Watched(
        label, outcome.plan, {n: v[0] for n, v in levels.items()}, {n: _highest(v) for n, v in levels.items()}
    )


def safety_lines(plan: Scenario, result: Result) -> list[str]:
    """The safety lines of a plan and its prediction; none where no limit is passed.

    Raises nothing: an observable that the result lacks is said to be unchecked.
    """
    levels = {name: result.observables[name].T for name in WATCHED if name in result.observables}
    start, highest = ({n: f(v) for n, v in levels.items()} for f in (lambda v: v[0], _highest))
    return _lines([Watched("", plan, start, highest)])


def arms_safety(watched: Sequence[Watched]) -> list[str]:
    """The safety lines of the arms of a trial, one a limit, naming the arms that pass it."""
    return _lines(watched)


def _highest(values: np.ndarray) -> np.ndarray:
    """Highest over time, (times, people) -> (people,); NaN for who failed."""
    return values.max(axis=0)


def _lines(watched: Sequence[Watched]) -> list[str]:
    limits = _limits()
    lines = [line for limit in limits.intake for line in _intake_line(limit, watched)]
    for level in limits.level:
        lines += _level_line(level, watched, convert(limits.share, "1"))
    return lines


# -- intake ---------------------------------------------------------------------------------------------------------------


def _intake_line(limit: _Intake, watched: Sequence[Watched]) -> Iterator[str]:
    amounts = [(each, highest_intake(limit.id, each.plan)) for each in watched]
    above = [(each, amount) for each, amount in amounts if amount > limit.value() * (1 + 1e-9)]
    if not above:
        return
    arms = "; ".join(
        _named(each.label, f"up to {_number(amount)} {limit.unit}{_shares(each)}") for each, amount in above
    )
    upper = f"the {limit.source} ({_number(limit.value())} {limit.unit}{f', {limit.row}' if limit.row else ''})"
    yield f"{_capital(limit.says)} above {upper}: {arms}. {_benefits(limit.id)}"


def highest_intake(limit: str, plan: Scenario) -> float:
    """The highest intake a day from supplements that a limit of safety.toml counts, in the unit of the limit.

    What is taken once counts on its day, what is taken every so many days by its mean a day.
    """
    rule = next(each for each in _limits().intake if each.id == limit)
    courses = [_course(rule, entry) for entry in plan.supplement if rule.weight(entry.name)]
    starts = [start for start, _, _ in courses if start < plan.simulate.days]
    return max(
        (math.fsum(amount for start, stop, amount in courses if start <= day < stop) for day in starts), default=0.0
    )


def _course(rule: _Intake, entry) -> tuple[float, float, float]:
    """When a supplement is taken and how much of it a day counts."""
    canonical = "mmol" if entry.name == "magnesium" else "ug"
    amount = convert(
        Quantity(entry.amount, parse_unit(canonical)), rule.unit.partition("/")[0], analyte=entry.name
    ) * rule.weight(entry.name)  # fmt: skip
    if entry.every is None:
        return entry.start, entry.start + _ONE_DAY, amount
    return entry.start, entry.stop, amount / entry.every


def _shares(watched: Watched) -> str:
    """The share of people affected, whatever it is."""
    told = []
    for level in _limits().level:
        shares = _affected(level, watched)
        share = "not observed" if shares is None else f"in {_percent(shares[1])} of people"
        told.append(f"{level.says} above {level.limit} {share}")
    return f" ({', '.join(told)})"


@cache
def _benefits(limit: str) -> str:
    """What the studies above a limit say, as `benefits_of_rows` pooled it: pooling anew costs a second of start-up."""
    return json.loads((files("cofactor.claims") / BENEFITS).read_text("utf-8"))[limit]


def benefits_of_rows() -> dict[str, str]:
    """The state of the evidence for benefit above each limit, pooled from the rows; what the file BENEFITS holds."""
    return {
        limit.id: f"Controlled human studies of benefit above it: {'; '.join(_benefit(each) for each in limit.benefit)}."
        for limit in _limits().intake
    }


def _benefit(benefit: _Benefit) -> str:
    """The state of the evidence for one outcome: trials pooled, the others by what they report."""
    from cofactor.evidence import pool

    rows = [row(name) for name in benefit.rows]
    numbers = {each.id: _number_of(each, benefit.outcome) for each in rows}
    trials = [each for each in rows if each.level == "trial"]
    pooled = pool([effect for each in trials if (effect := numbers[each.id]) is not None])
    told = [f"{benefit.says}, evidence {EvidenceState.NONE}"]
    if pooled is not None:
        state = _state(pooled.ci_low, pooled.ci_high, 0.0 if pooled.kind == "difference" else 1.0, benefit.better)
        which = ", ".join(each.id for each in trials if numbers[each.id] is not None)
        told = [f"{benefit.says}, evidence {state} ({_effect(pooled)}, {which})"]
    told += [f"{each.id} without a number to pool: {each.result}" for each in trials if numbers[each.id] is None]
    metas = [(each, effect) for each in rows if each.level == "meta" and (effect := numbers[each.id]) is not None]
    told += [f"meta-analysis {each.id} {_effect(effect)}" for each, effect in metas]
    return ", ".join(told)


def _number_of(study: Row, outcome: str) -> Effect | None:
    """The effect of a row that carries an interval; the first is that of the highest dose."""
    return next((e for e in study.effects if e.outcome == outcome and e.has_interval and not e.recalled), None)


def _state(low: float, high: float, nothing: float, better: str) -> EvidenceState:
    """For or against a benefit of any size; "unclear" where the interval holds none."""
    if low <= nothing <= high:
        return EvidenceState.UNCLEAR
    return EvidenceState.FOR if (low > nothing) == (better == "rise") else EvidenceState.AGAINST


def _effect(effect) -> str:
    ends = f", 95 % {_number(effect.ci_low)} to {_number(effect.ci_high)}" if effect.ci_low is not None else ""
    value = effect.estimate if hasattr(effect, "estimate") else effect.value
    return f"{_number(value)} {effect.unit}{ends}"


# -- predicted levels -----------------------------------------------------------------------------------------------------


def _level_line(level: _Level, watched: Sequence[Watched], share: float) -> Iterator[str]:
    told, unchecked = [], []
    for each in watched:
        shares = _affected(level, each)
        if shares is None:
            unchecked.append(each.label)
        elif shares[1] > share:
            before, after = (_percent(value) for value in shares)
            told.append(_named(each.label, f"{after} ({before} at the start)"))
    limit = f"{level.limit} ({level.source})"
    if told:
        yield f"Predicted {level.says} above {limit} in more than {_percent(share)} of people: {'; '.join(told)}."
    if unchecked:
        yield f"{_capital(level.says)} was not among the observables asked for, so {level.limit} was not checked."


def _affected(level: _Level, watched: Watched) -> tuple[float, float] | None:
    """The share of people above the limit at the start, and at any time; None where it was not observed."""
    if level.observable not in watched.highest:
        return None
    limit = level.quantity.value
    pair = (watched.start[level.observable], watched.highest[level.observable])
    first, ever = (values[np.isfinite(values)] for values in pair)
    if not ever.size:
        return None
    return float(np.mean(first > limit)), float(np.mean(ever > limit))


# -- words ----------------------------------------------------------------------------------------------------------------


def _named(label: str, text: str) -> str:
    return f"{label}: {text}" if label else text


def _percent(share: float) -> str:
    percent = 100 * share
    if percent >= 10:
        return f"{percent:.0f} %"
    rounded = f"{percent:.2g}"
    # a share just above the limit must not read as the limit itself
    return f"{percent:.3g} %" if float(rounded) == 100 * convert(_limits().share, "1") else f"{rounded} %"


def _number(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}".replace(",", " ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    from pathlib import Path

    (Path(__file__).parent / BENEFITS).write_text(json.dumps(benefits_of_rows(), indent=1) + "\n", "utf-8")
