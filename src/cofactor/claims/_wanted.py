"""What has to be run for some claims: each arm once, with everything that any claim reads of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cofactor.claims._bookkeeping import BOOKKEEPING
from cofactor.claims._claim import Claim, Stratum, Turn
from cofactor.claims._predicate import Observable, Predicate, parse_predicate, walk
from cofactor.claims._safety import WATCHED, watched_days
from cofactor.trials import Arm, Size, arm_from


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


def readings_of(claim: Claim) -> Iterator[Reading]:
    """Every arm of a claim as each of its questions reads it."""
    for question in claim.questions():
        names = names_in(question.clause.parsed)
        for arm, fragment in question.arms.items():
            yield Reading(arm, _arm_label(arm, question.stratum), fragment, names, question.day)
        for arm, fragment in question.arms_as_claimed.items():
            label = f"{_arm_label(arm, question.stratum)}, as claimed"
            yield Reading(arm, label, fragment, names, question.day, as_claimed=True)
    if claim.turn is None:
        return
    names = names_in(parse_predicate(claim.turn.effect))
    for stratum in strata_of(claim, claim.turn):
        for arm in (claim.turn.comparator, *(point.arm for point in claim.turn.points)):
            fragment = claim.fragment(arm, stratum)
            yield Reading(arm, _arm_label(arm, stratum), fragment, names, claim.turn.day)


def wants_of(claims: Iterable[Claim]) -> dict[str, Want]:
    """The arms to run, by what is done in them: the same fragment is the same arm, whatever claims call it."""
    wants: dict[str, Want] = {}
    for claim in claims:
        for reading in readings_of(claim):
            key = key_of(claim, reading.fragment)
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


def key_of(claim: Claim, fragment: Mapping[str, Any]) -> str:
    """What is done in an arm, and in how many at least: a claim comes to the same alone and in company."""
    return json.dumps([fragment, claim.least_people], sort_keys=True, default=str)


def names_in(predicate: Predicate) -> frozenset[str]:
    """Every name a predicate reads."""
    return frozenset(n.name.removesuffix(".start") for n in walk(predicate.root) if isinstance(n, Observable))


def strata_of(claim: Claim, turn: Turn) -> list[Stratum | None]:
    """The claim's own population and the strata a turn is looked for in."""
    return [None, *(stratum for stratum in claim.strata if stratum.id in turn.strata)]


def _arm_label(arm: str, stratum: Stratum | None) -> str:
    words = arm.replace("_", " ")
    return words if stratum is None else f"{stratum.label} (arm {words})"
