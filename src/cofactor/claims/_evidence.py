"""What has been measured on a question of a claim, brought into the unit and direction in which it is judged."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from cofactor.claims._claim import Claim, Clause, EvidenceRule, Question
from cofactor.claims._result import EvidenceResult, Study
from cofactor.claims._verdict import Basis, EvidenceState
from cofactor.evidence import (
    Effect,
    Exclusion,
    Pooled,
    Row,
    Selection,
    largest_meta,
    load_rows,
    pool,
    select,
    standard_error,
)
from cofactor.units import CANONICAL, Quantity, Unit, convert, parse_unit


@dataclass(frozen=True)
class PooledNumber:
    """The pooled controlled human effect in the unit of d, in the sign of the quantity itself."""

    estimate: float
    ci_low: float
    ci_high: float
    k: int = 1
    prediction_low: float | None = None
    prediction_high: float | None = None
    tau2: float | None = None
    i2: float | None = None


@dataclass(frozen=True)
class Gathered:
    """The evidence of one question in the unit of the clause's d, in the sign of the quantity itself.

    `pooled` is None where no controlled human study gives a number (state "none").
    """

    pooled: PooledNumber | None = None
    studies: tuple[Study, ...] = ()
    excluded: tuple[Study, ...] = ()
    largest_meta: Study | None = None
    animals: tuple[Study, ...] = ()


def gather(claim: Claim, rows: Iterable[Row] | None = None) -> dict[str, Gathered]:
    """The evidence of every question of a claim that has an outcome tag, chosen by the claim's own rule.

    `rows` defaults to the shipped ones.  Every row about the outcome ends up pooled, beside (animals, largest
    meta-analysis) or excluded with a reason.  Raises what `cofactor.evidence.pool` raises.
    """
    known = tuple(_with_ratios(row) for row in (load_rows() if rows is None else rows))
    rule = claim.evidence
    if rule is None:
        return {}
    return {question.key: _gathered(question, rule, known) for question in claim.questions() if question.clause.outcome}


def _gathered(question: Question, rule: EvidenceRule, rows: tuple[Row, ...]) -> Gathered:
    clause, outcome = question.clause, question.clause.outcome or ""
    reasons = {each.row: each.reason for each in rule.exclusions if question.excludes(each)}
    kind = "difference" if clause.effect == "difference" else "ratio"
    population, intervention = question.population, rule.intervention
    eligible = [row for row in rows if row.id not in reasons]

    def selected(tag: str) -> Selection:
        return select(
            eligible,
            outcome=tag,
            population=population,
            intervention=intervention,
            kind=kind,
            species=rule.species,
            controlled=rule.controlled,
        )

    selection = selected(outcome)
    if clause.against is not None:
        selection = _contrasts(selection, selected(clause.against), clause)
    meta = None
    if clause.against is None:
        meta = largest_meta(eligible, outcome=outcome, population=population, intervention=intervention, kind=kind)
    named = (row for row in rows if row.id in reasons and outcome in row.outcomes)
    left_out = [*selection.excluded, *(Exclusion(row, reasons[row.id]) for row in named)]
    seen = {row.id for row in selection.included} | {row.id for row, _ in left_out}
    left_out += [exclusion for exclusion in _beside(rows, rule, outcome) if exclusion.row.id not in seen]
    pooled = pool(selection.effects, unit=None if kind == "ratio" or clause.against else str(clause.unit))
    return Gathered(
        pooled=None if pooled is None else _number(pooled, clause),
        studies=tuple(
            _study(row, clause, effect) for row, effect in zip(selection.included, selection.effects, strict=True)
        ),
        excluded=tuple(_study(row, clause, reason=why) for row, why in left_out if row.species == rule.species),
        largest_meta=None if meta is None else _study(meta[0], clause, meta[1]),
        animals=tuple(_study(row, clause, reason=why) for row, why in left_out if row.species != rule.species),
    )


def _contrasts(first: Selection, second: Selection, clause: Clause) -> Selection:
    """The studies that give both outcomes, each with the difference of its two effects; the others with the reason.

    Relative effects are taken from one another as the changes they are (a rise of 20 % less one of 5 % is 15 points).
    The two are treated as independent: what a person's two absorptions share would make the interval narrower.
    """
    others = {row.study: effect for row, effect in zip(second.included, second.effects, strict=True)}
    included, effects, excluded = [], [], list(first.excluded)
    for row, effect in zip(first.included, first.effects, strict=True):
        if row.study not in others:
            excluded.append(Exclusion(row, f"gives {clause.outcome} but not {clause.against}"))
            continue
        included.append(row)
        effects.append(_contrast(effect, others[row.study]))
    known = {row.id for row in included} | {row.id for row, _ in excluded}
    excluded += [Exclusion(row, f"gives {clause.against} but not {clause.outcome}")
                 for row in second.included if row.id not in known]  # fmt: skip
    return Selection(tuple(included), tuple(effects), tuple(excluded))


def _contrast(first: Effect, second: Effect) -> Effect:
    """The first effect less the second, as a difference; a ratio counts as its level (SE by the delta method)."""
    pair = (first, second)
    errors = [standard_error(each) * (each.value if each.kind == "ratio" else 1.0) for each in pair]
    update = {"kind": "difference", "value": first.value - second.value, "se": math.hypot(*errors)}
    return first.model_copy(update={**update, "ci_low": None, "ci_high": None})


def _with_ratios(row: Row) -> Row:
    """The row with every relative difference as the ratio it is (5 % as 1.05), so that both kinds pool as logarithms."""
    if not any(effect.kind == "relative_difference" for effect in row.effects):
        return row
    return row.model_copy(update={"effects": tuple(_as_ratio(effect) for effect in row.effects)})


def _as_ratio(effect: Effect) -> Effect:
    """A relative difference of -100 % or less has no logarithm and stays as it is, which no rule selects."""
    factor = parse_unit(effect.unit).factor_to(Unit.one)
    ends = (effect.value, effect.ci_low, effect.ci_high)
    ratio, low, high = (None if end is None else 1 + end * factor for end in ends)
    if (
        effect.kind != "relative_difference"
        or ratio is None
        or min(end for end in (ratio, low, high) if end is not None) <= 0
    ):
        return effect
    se = None if effect.se is None else effect.se * factor / ratio
    update = {"kind": "ratio", "unit": "1", "value": ratio, "ci_low": low, "ci_high": high, "se": se}
    return effect.model_copy(update=update)


def _beside(rows: Iterable[Row], rule: EvidenceRule, outcome: str) -> list[Exclusion]:
    """Rows near the question: its own outcome under another intervention, or another outcome."""
    if rule.beside is None:
        return []
    outcomes, interventions = {outcome, *rule.beside.outcomes}, {*rule.intervention, *rule.beside.interventions}
    found = []
    for row in rows:
        near, done = outcomes.intersection(row.outcomes), interventions.intersection(row.interventions)
        if near and done:
            other = (
                f"intervention: {', '.join(sorted(done))}" if outcome in near else f"outcome: {', '.join(sorted(near))}"
            )
            found.append(Exclusion(row, f"another {other}"))
    return found


def _study(row: Row, clause: Clause, effect: Effect | None = None, reason: str = "") -> Study:
    study = Study(
        row=row.id,
        study=row.study,
        citation=row.citation,
        n=row.n,
        result=row.result,
        reason=reason,
        calibrates=clause.basis.kind is Basis.CALIBRATED and row.id in clause.basis.rows,
    )
    if effect is None:
        return study
    pooled = pool((effect,)) if effect.has_interval else None
    if pooled is None:
        return study
    number = _number(pooled, clause)
    return replace(
        study,
        estimate=number.estimate,
        ci_low=number.ci_low,
        ci_high=number.ci_high,
        unit=str(clause.unit),
        n=effect.n or row.n,
    )


def _number(pooled: Pooled, clause: Clause) -> PooledNumber:
    """The pooled effect in the unit of d; a ratio counts as the relative change it is (1.05 as 5 %).

    Where the clause asks for a range of ratios it stays a ratio.
    """
    entry = CANONICAL.get(clause.outcome or "")
    from_one = 1.0 if pooled.kind == "ratio" and clause.effect == "relative" else 0.0

    def number(value: float) -> float:
        given = Quantity(value - from_one, parse_unit(pooled.unit))
        return convert(given, clause.unit, analyte=entry.analyte if entry else None)

    ends = (pooled.prediction_low, pooled.prediction_high)
    prediction_low, prediction_high = (None if end is None else number(end) for end in ends)
    return PooledNumber(
        number(pooled.estimate),
        number(pooled.ci_low),
        number(pooled.ci_high),
        pooled.k,
        prediction_low,
        prediction_high,
        pooled.tau2,
        pooled.i2,
    )


def in_claimed_direction(gathered: Gathered, clause: Clause, state: EvidenceState) -> EvidenceResult:
    """The same evidence with every effect signed so that a positive one speaks for the claim."""
    turned = EvidenceResult(
        state=state,
        unit=str(clause.unit),
        studies=_turned(gathered.studies, clause),
        excluded=_turned(gathered.excluded, clause),
        largest_meta=next(iter(_turned((gathered.largest_meta,) if gathered.largest_meta else (), clause)), None),
        animals=_turned(gathered.animals, clause),
    )
    pooled = gathered.pooled
    if pooled is None:
        return turned
    ci_low, ci_high = _interval(pooled.ci_low, pooled.ci_high, clause.sign)
    prediction_low, prediction_high = _interval(pooled.prediction_low, pooled.prediction_high, clause.sign)
    return replace(
        turned,
        pooled=clause.sign * pooled.estimate,
        ci_low=ci_low,
        ci_high=ci_high,
        prediction_low=prediction_low,
        prediction_high=prediction_high,
        k=pooled.k,
        tau2=pooled.tau2,
        i2=pooled.i2,
    )


def _turned(studies: tuple[Study, ...], clause: Clause) -> tuple[Study, ...]:
    if clause.sign == 1:
        return studies
    return tuple(_negated(study) for study in studies)


def _negated(study: Study) -> Study:
    low, high = _interval(study.ci_low, study.ci_high, -1)
    return replace(study, estimate=None if study.estimate is None else -study.estimate, ci_low=low, ci_high=high)


def _interval(low: float | None, high: float | None, sign: int) -> tuple[float | None, float | None]:
    if low is None or high is None:
        return None, None
    return (low, high) if sign == 1 else (-high, -low)
