"""Running claims: each arm once for all that read it, the effects of every clause, the evidence, the verdict."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cofactor.claims._bookkeeping import BOOKKEEPING
from cofactor.claims._claim import Claim, Question, Stratum, Turn
from cofactor.claims._effects import Arms, effects, levels, mean_over_people, passes
from cofactor.claims._evidence import gather
from cofactor.claims._judge import judge
from cofactor.claims._predicate import Comparison, Observable, Predicate, Within, parse_predicate, walk
from cofactor.claims._result import ClaimResult, Levels
from cofactor.claims._safety import WATCHED, Watched, arms_safety, watched_arm, watched_days
from cofactor.claims._turn import TurnResult, turn_of
from cofactor.scenario import Scenario, features, features_supported
from cofactor.trials import Arm, Outcome, Size, arm_from, run_arm
from cofactor.units import Unit, parse_unit

Progress = Callable[[str, int], None]
"""Told the claim and how many runs were just finished."""


def run_claims(
    claims: Iterable[Claim], size: Size | None = None, progress: Progress | None = None
) -> list[ClaimResult]:
    """Every claim with its verdict, its safety lines and the effects it was judged on. An arm is run once for all claims.

    Raises InputError for arms no organ answers, predicates that read what was not run, and times after an arm's end.
    """
    chosen, docket = size or Size(), tuple(claims)
    known = {key: _ran(want, chosen, progress) for key, want in _wants(docket).items()}
    return [_judged(claim, known) for claim in docket]


def runs_needed(claims: Iterable[Claim], size: Size) -> int:
    """How many runs the claims will take, for a progress bar."""
    return sum(want.sized(size).runs for want in _wants(claims).values())


def limits(claim: Claim) -> list[str]:
    """What the claim's arms ask for that this version's body has no organ for, in words."""
    asked = {_key(claim, reading.fragment): reading.fragment for reading in _readings(claim)}
    missing = {
        feature.said
        for fragment in asked.values()
        for feature in features(Scenario.from_dict(fragment))
        if feature.name not in features_supported()
    }
    return sorted(missing)


# -- what has to be run -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """One arm as one question reads it."""

    arm: str
    label: str
    fragment: Mapping[str, Any]
    names: frozenset[str]
    day: float | None
    as_claimed: bool = False


@dataclass
class Want:
    """One arm with everything that any claim reads of it."""

    claim: str
    arm: Arm
    names: set[str] = field(default_factory=lambda: set(WATCHED))
    days: set[float] = field(default_factory=set)
    accounts: bool = False
    least_people: int = 0

    def sized(self, size: Size) -> Size:
        """The size asked for, with the people the claim needs at least."""
        return replace(size, people=max(size.people, self.least_people))


def _readings(claim: Claim) -> Iterator[Reading]:
    for question in claim.questions():
        names = _read(question.clause.parsed)
        for arm, fragment in question.arms.items():
            yield Reading(arm, _arm_label(arm, question.stratum), fragment, names, question.day)
        for arm, fragment in question.arms_as_claimed.items():
            label = f"{_arm_label(arm, question.stratum)}, as claimed"
            yield Reading(arm, label, fragment, names, question.day, as_claimed=True)
    if claim.turn is None:
        return
    names = _read(parse_predicate(claim.turn.effect))
    for stratum in _strata_of(claim, claim.turn):
        for arm in (claim.turn.comparator, *(point.arm for point in claim.turn.points)):
            fragment = claim.fragment(arm, stratum)
            yield Reading(arm, _arm_label(arm, stratum), fragment, names, claim.turn.day)


def _wants(claims: Iterable[Claim]) -> dict[str, Want]:
    """The arms to run, by what is done in them: the same fragment is the same arm, whatever claims call it."""
    wants: dict[str, Want] = {}
    for claim in claims:
        for reading in _readings(claim):
            key = _key(claim, reading.fragment)
            if key not in wants:
                arm = arm_from(reading.arm, reading.fragment)
                days = set(watched_days(arm.plan.simulate.days))
                wants[key] = Want(claim.id, arm, days=days, least_people=claim.least_people)
            _widen(wants[key], reading)
    return wants


def _widen(want: Want, reading: Reading) -> None:
    counted = reading.names & BOOKKEEPING.keys()
    want.names |= reading.names - counted
    want.names |= {name for count in counted for name in BOOKKEEPING[count].reads()}
    want.accounts |= any(BOOKKEEPING[count].accounts for count in counted)
    want.days |= {day for count in counted for day in BOOKKEEPING[count].days(want.arm.plan)}
    want.days |= set() if reading.day is None else {reading.day}


def _ran(want: Want, size: Size, progress: Progress | None) -> Outcome:
    report = None if progress is None else lambda count: progress(want.claim, count)
    return run_arm(
        want.arm, want.sized(size), sorted(want.names), report, days=sorted(want.days), accounts=want.accounts
    )


def _key(claim: Claim, fragment: Mapping[str, Any]) -> str:
    """What is done in an arm, and in how many at least: a claim comes to the same alone and in company."""
    return json.dumps([fragment, claim.least_people], sort_keys=True, default=str)


def _read(predicate: Predicate) -> frozenset[str]:
    """Every name a predicate reads."""
    return frozenset(n.name.removesuffix(".start") for n in walk(predicate.root) if isinstance(n, Observable))


def _strata_of(claim: Claim, turn: Turn) -> list[Stratum | None]:
    return [None, *(stratum for stratum in claim.strata if stratum.id in turn.strata)]


def _arm_label(arm: str, stratum: Stratum | None) -> str:
    words = arm.replace("_", " ")
    return words if stratum is None else f"{words}, {stratum.label}"


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
    outcomes = {arm: known[_key(question.claim, fragment)] for arm, fragment in fragments.items()}
    values = _values(outcomes, _read(clause.parsed), question.day)
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
    for stratum in _strata_of(claim, turn):
        means = [_mean_effect(claim, turn, predicate, stratum, point.arm, known) for point in turn.points]
        people = stratum.label if stratum is not None else turn.people
        yield turn_of(turn.says, people, turn.unit, [point.dose for point in turn.points], np.array(means))


def _mean_effect(
    claim: Claim, turn: Turn, predicate: Predicate, stratum: Stratum | None, arm: str, known: Mapping[str, Outcome]
) -> np.ndarray:
    """The population mean of the effect in every draw, (draws,)."""
    pair = {name: known[_key(claim, claim.fragment(name, stratum))] for name in (arm, turn.comparator)}
    values = _values(pair, _read(predicate), turn.day)
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
    for reading in _readings(claim):
        if reading.as_claimed:  # the same plan in the same people: what it does to calcium is said once
            continue
        key = _key(claim, reading.fragment)
        watched.setdefault(key, watched_arm(reading.label, known[key]))
    return tuple(arms_safety(list(watched.values())))
