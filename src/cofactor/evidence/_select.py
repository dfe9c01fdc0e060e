"""Which studies answer a question: chosen by rule, with every exclusion and its reason (claims.md, "evidence")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from cofactor.evidence._row import Effect, EffectKind, Level, Row


class Exclusion(NamedTuple):
    """A row about the outcome that is not pooled, and why."""

    row: Row
    reason: str


@dataclass(frozen=True)
class Selection:
    """The rows that answer a question, one a study; `effects[i]` is the number of `included[i]` that is pooled."""

    included: tuple[Row, ...]
    effects: tuple[Effect, ...]
    excluded: tuple[Exclusion, ...]


@dataclass(frozen=True)
class _Question:
    outcome: str
    population: frozenset[str]
    interventions: frozenset[str] | None
    kind: EffectKind | None


def select(
    rows: Iterable[Row],
    *,
    outcome: str,
    population: str | Iterable[str] | None = None,
    intervention: str | Iterable[str] | None = None,
    kind: EffectKind | None = None,
    species: str = "human",
    controlled: bool = True,
    level: Level = "trial",
) -> Selection:
    """The rows about `outcome` whose numbers may be pooled, one a study; the others with the reason.

    `population`: every tag must be carried by the row; a subgroup answers only where the row as a whole does not, so
    that a striking subgroup never stands for its trial. `intervention`: alternatives, each what differs between the
    arms, a combination as "magnesium+vitamin_d3"; None takes any. `kind` keeps effects of one kind, which pooling
    needs where a study gives several. A recalled number is never included.
    """
    question = _Question(outcome, _tags(population), _alternatives(intervention), kind)
    eligible: list[Row] = []
    excluded: list[Exclusion] = []
    for row in rows:
        if not _is_about(row, question):
            continue
        reason = _misfit(row, question, species, controlled, level)
        if reason is None:
            eligible.append(row)
        else:
            excluded.append(Exclusion(row, reason))
    included, left_out = _one_a_study(eligible, question)
    effects = tuple(effect for row in included if (effect := _poolable(row, question)) is not None)
    return Selection(included, effects, (*excluded, *left_out))


def largest_meta(
    rows: Iterable[Row],
    *,
    outcome: str,
    population: str | Iterable[str] | None = None,
    intervention: str | Iterable[str] | None = None,
    kind: EffectKind | None = None,
) -> tuple[Row, Effect] | None:
    """The controlled human meta-analysis of most people with a number for `outcome`, to be shown beside the pool."""
    question = _Question(outcome, _tags(population), _alternatives(intervention), kind)
    found = select(
        rows, outcome=outcome, population=population, intervention=intervention, kind=kind, level="meta"
    ).included
    if not found:
        return None
    largest = max(found, key=lambda row: row.n or 0)
    effect = _poolable(largest, question)
    return None if effect is None else (largest, effect)


def _tags(population: str | Iterable[str] | None) -> frozenset[str]:
    return frozenset([population] if isinstance(population, str) else population or ())


def _alternatives(intervention: str | Iterable[str] | None) -> frozenset[str] | None:
    if intervention is None:
        return None
    named = [intervention] if isinstance(intervention, str) else intervention
    return frozenset("+".join(sorted(alternative.split("+"))) for alternative in named)


def _is_about(row: Row, question: _Question) -> bool:
    if question.outcome not in row.outcomes:
        return False
    if question.interventions is None:
        return True
    tested = set(row.interventions)
    return any(set(alternative.split("+")) <= tested for alternative in question.interventions)


def _misfit(row: Row, question: _Question, species: str, controlled: bool, level: Level) -> str | None:
    """Why a row does not belong, by the first rule it breaks."""
    if row.species != species:
        return f"species is {row.species}"
    if row.level != level:
        return f"level is {row.level}, not {level}"
    if controlled and not row.controlled:
        return f"not controlled ({row.design})"
    if missing := _missing_population(row, question):
        return f"population is not {' and '.join(sorted(missing))}"
    return None


def _missing_population(row: Row, question: _Question) -> frozenset[str]:
    """The tags asked for that neither the row nor a subgroup with a number for the outcome carries."""
    carried = [frozenset(row.population_tags)]
    carried += [frozenset(effect.population_tags) for effect in row.effects if effect.outcome == question.outcome]
    return min((question.population - tags for tags in carried), key=len)


def _answers(effect: Effect, row: Row, question: _Question) -> bool:
    if effect.outcome != question.outcome or question.kind not in (None, effect.kind):
        return False
    if question.interventions is not None and "+".join(sorted(effect.intervention)) not in question.interventions:
        return False
    whole_answers = question.population <= set(row.population_tags)
    if effect.population_tags:
        return not whole_answers and question.population <= set(effect.population_tags)
    return whole_answers


def _poolable(row: Row, question: _Question) -> Effect | None:
    """The effect of the row that counts: the first listed of those that answer with an interval."""
    usable = (e for e in row.effects if _answers(e, row, question) and e.has_interval and not e.recalled)
    return next(usable, None)


def _unusable(row: Row, question: _Question) -> str:
    """Why an eligible row has nothing to pool."""
    effects = [effect for effect in row.effects if _answers(effect, row, question)]
    if row.confidence == "recalled" or any(effect.recalled for effect in effects):
        return "the number is recalled, not read in a source"
    if effects:
        return "the effect is reported without an interval"
    if any(effect.outcome == question.outcome and effect.population_tags for effect in row.effects):
        return "a number is reported for subgroups only"
    return "no arm difference is reported as a number"


def _one_a_study(eligible: list[Row], question: _Question) -> tuple[tuple[Row, ...], list[Exclusion]]:
    """The row that speaks for each study: one with a number before one without, then that of most people."""
    included: list[Row] = []
    excluded: list[Exclusion] = []
    studies = dict.fromkeys(row.study for row in eligible)
    for study in studies:
        of_study = [row for row in eligible if row.study == study]
        usable = [row for row in of_study if row.confidence == "read" and _poolable(row, question) is not None]
        if not usable:
            excluded += [Exclusion(row, _unusable(row, question)) for row in of_study]
            continue
        speaker = max(usable, key=lambda row: row.n or 0)
        included.append(speaker)
        excluded += [Exclusion(row, f"same study as {speaker.id}") for row in of_study if row is not speaker]
    return tuple(included), excluded
