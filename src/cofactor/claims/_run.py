"""Running claims: each arm once for all that read it, the effects of every clause, the evidence, the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from cofactor.claims._bookkeeping import BOOKKEEPING
from cofactor.claims._claim import Claim, Question, Stratum, Turn
from cofactor.claims._effects import Arms, effects, levels, mean_over_people, passes
from cofactor.claims._evidence import gather
from cofactor.claims._judge import judge
from cofactor.claims._outcomes import Progress, outcomes
from cofactor.claims._predicate import Comparison, Predicate, Within, parse_predicate
from cofactor.claims._result import ClaimResult, Levels
from cofactor.claims._safety import Watched, arms_safety, watched_arm
from cofactor.claims._turn import TurnResult, turn_of
from cofactor.claims._wanted import key_of, names_in, readings_of, strata_of, wants_of
from cofactor.scenario import Scenario, features, features_supported
from cofactor.trials import Outcome, Size
from cofactor.units import Unit, parse_unit


def run_claims(
    claims: Iterable[Claim], size: Size | None = None, progress: Progress | None = None, *, workers: int = 1
) -> list[ClaimResult]:
    """Every claim with its verdict, its safety lines and the effects it was judged on. An arm is run once for all claims.

    `workers` processes share the arms of a large docket (they import the caller's script anew, so that it needs
    `if __name__ == "__main__"`). Raises InputError for arms no organ answers, predicates that read what was not run, and
    times after an arm's end.
    """
    chosen, docket = size or Size(), tuple(claims)
    known = outcomes(wants_of(docket), chosen, progress, workers)
    return [_judged(claim, known) for claim in docket]


def runs_needed(claims: Iterable[Claim], size: Size) -> int:
    """How many runs the claims will take, for a progress bar."""
    return sum(want.sized(size).runs for want in wants_of(claims).values())


def limits(claim: Claim) -> list[str]:
    """What the claim's arms ask for that this version's body has no organ for, in words."""
    asked = {key_of(claim, reading.fragment): reading.fragment for reading in readings_of(claim)}
    missing = {
        feature.said
        for fragment in asked.values()
        for feature in features(Scenario.from_dict(fragment))
        if feature.name not in features_supported()
    }
    return sorted(missing)


# -- from runs to the verdict -----------------------------------------------------------------------------------------


def _judged(claim: Claim, known: Mapping[str, Outcome]) -> ClaimResult:
    if not claim.testable:
        return judge(claim, {}, {})
    samples: dict[str, np.ndarray] = {}
    claimed: dict[str, np.ndarray] = {}
    plain: dict[str, Levels] = {}
    for question in claim.questions():
        arms = _arms(question, question.arms, known)
        if claim.as_claimed is not None:
            claimed[question.key] = _sample(question, _arms(question, question.arms_as_claimed, known))
        samples[question.key] = _sample(question, arms)
        found = levels(question.clause.parsed, arms) if question.clause.comparator is not None else None
        if found is not None:
            plain[question.key] = found
    turns = tuple(_turns(claim, known))
    result = judge(claim, samples, gather(claim), samples_as_claimed=claimed, levels=plain)
    return replace(_with_turns(result, turns), safety=_safety(claim, known), samples=samples)


def _sample(question: Question, arms: Arms) -> np.ndarray:
    predicate, clause = question.clause.parsed, question.clause
    if isinstance(predicate.root, Comparison | Within):
        return effects(predicate, arms, clause.unit)
    return passes(predicate, arms, clause.smallest_effect)


def _arms(question: Question, fragments: Mapping[str, Mapping[str, Any]], known: Mapping[str, Outcome]) -> Arms:
    """The values on a question's day of its arms, which these fragments are."""
    clause = question.clause
    outcomes = {arm: known[key_of(question.claim, fragment)] for arm, fragment in fragments.items()}
    values = _values(outcomes, names_in(clause.parsed), question.day)
    return Arms(values, clause.treated, clause.comparator, _units(question.claim))


def _units(claim: Claim) -> dict[str, Unit]:
    return {name: parse_unit(unit) for name, unit in claim.units.items()}


def _values(
    outcomes: Mapping[str, Outcome], names: Iterable[str], day: float | None
) -> dict[tuple[str, str], np.ndarray]:
    values: dict[tuple[str, str], np.ndarray] = {}
    for arm, outcome in outcomes.items():
        for name in names:
            if name in BOOKKEEPING:
                values[arm, name] = BOOKKEEPING[name].of(outcome, day)
                continue
            values[arm, name] = outcome.at(name, day)
            values[arm, f"{name}.start"] = outcome.start(name)
    return values


def _turns(claim: Claim, known: Mapping[str, Outcome]) -> Iterator[TurnResult]:
    """Where the sign turns, in the claim's own population and in the strata named."""
    turn = claim.turn
    if turn is None:
        return
    predicate = parse_predicate(turn.effect)
    for stratum in strata_of(claim, turn):
        means = [_mean_effect(claim, turn, predicate, stratum, point.arm, known) for point in turn.points]
        people = stratum.label if stratum is not None else turn.people
        yield turn_of(turn.says, people, turn.unit, [point.dose for point in turn.points], np.array(means))


def _mean_effect(
    claim: Claim, turn: Turn, predicate: Predicate, stratum: Stratum | None, arm: str, known: Mapping[str, Outcome]
) -> np.ndarray:
    """The population mean of the effect in every draw, (draws,)."""
    pair = {name: known[key_of(claim, claim.fragment(name, stratum))] for name in (arm, turn.comparator)}
    values = _values(pair, names_in(predicate), turn.day)
    effect = effects(predicate, Arms(values, arm, turn.comparator, _units(claim)), Unit.one)
    return mean_over_people(effect)[:, 0]


def _with_turns(result: ClaimResult, turns: tuple[TurnResult, ...]) -> ClaimResult:
    """The turns stand in the condition too, for a claim whose word hangs on the dose."""
    if not turns:
        return result
    told = [turn.text() for turn in turns]
    condition = "; ".join([*([result.ruling.condition] if result.ruling.condition else []), *told])
    return replace(result, turns=turns, ruling=replace(result.ruling, condition=condition))


def _safety(claim: Claim, known: Mapping[str, Outcome]) -> tuple[str, ...]:
    """The safety lines of the arms of a claim, each arm once."""
    watched: dict[str, Watched] = {}
    for reading in readings_of(claim):
        if reading.as_claimed:  # the same plan in the same people: what it does to calcium is said once
            continue
        key = key_of(claim, reading.fragment)
        watched.setdefault(key, watched_arm(reading.label, known[key]))
    return tuple(arms_safety(list(watched.values())))
