"""What a scenario asks of the body, by name, and the refusal of what no organ answers yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cofactor.errors import InputError
from cofactor.scenario._locate import Path
from cofactor.scenario._scenario import Scenario
from cofactor.scenario._tables import Diet, Person, Population

_REFERENCE_DIET = Diet()
_REFERENCE_PERSON = Person()


class Feature(NamedTuple):
    """One thing a scenario asks for: the name `require_supported` knows, how a person says it, where it stands."""

    name: str
    said: str
    path: Path


def features(scenario: Scenario) -> Iterator[Feature]:
    """Everything the scenario asks for beyond the reference adult, in the order of the file's tables."""
    yield from _of_the_person(scenario)
    for lab in scenario.labs.values:
        yield Feature(f"labs:{lab}", f"[labs] {lab}", ("labs", lab))
    yield from plan_features(scenario)


def plan_features(scenario: Scenario) -> Iterator[Feature]:
    """What a person has, takes and goes through; each nutrient counts when it differs from the reference diet."""
    for nutrient in Diet.model_fields:
        if getattr(scenario.diet, nutrient) != getattr(_REFERENCE_DIET, nutrient):
            yield Feature(f"diet:{nutrient}", f"[diet] {nutrient}", ("diet", nutrient))
        for index, change in enumerate(scenario.diet_change):
            if getattr(change, nutrient) is not None:
                said = f"[[diet_change]] {nutrient}"
                yield Feature(f"diet:{nutrient}", said, ("diet_change", index, nutrient))
    table, who = _people_table(scenario)
    for index, condition in enumerate(who.conditions):
        yield Feature(f"condition:{condition.name}", f"the condition {condition.name}", (table, "conditions", index))
    if scenario.sun is not None:
        yield Feature("sun", "[sun]", ("sun",))
    for index, course in enumerate(scenario.phototherapy):
        yield Feature(f"phototherapy:{course.kind}", f"[[phototherapy]] {course.kind}", ("phototherapy", index))
    for table in ("supplement", "drug", "infusion", "challenge", "event"):
        for index, entry in enumerate(getattr(scenario, table)):
            yield Feature(f"{table}:{entry.name}", f"[[{table}]] {entry.name}", (table, index, "name"))
    for index, supplement in enumerate(scenario.supplement):
        if supplement.pulses:
            name = f"supplement:{supplement.name}:pulses"
            yield Feature(name, f"pulses of {supplement.name}", ("supplement", index, "pulses"))


def _people_table(scenario: Scenario) -> tuple[str, Person | Population]:
    if scenario.person is not None:
        return "person", scenario.person
    assert scenario.population is not None
    return "population", scenario.population


def _of_the_person(scenario: Scenario) -> Iterator[Feature]:
    table, who = _people_table(scenario)
    if scenario.population is not None and scenario.population.like != "adults":
        like = scenario.population.like
        yield Feature(f"population:{like}", f'like = "{like}"', ("population", "like"))
    for trait in ("latitude", "skin_type"):
        if getattr(who, trait) != getattr(_REFERENCE_PERSON, trait):
            yield Feature(trait, f"[{table}] {trait}", (table, trait))
    if who.latitude is not None and scenario.labs.date < 0:
        yield Feature("labs:date", "[labs] date in a season before the start", ("labs", "date"))


def require_supported(scenario: Scenario, supported: frozenset[str]) -> None:
    """Refuses, by name, everything the scenario asks for that is not in `supported`.

    Names: "sun", "latitude", "skin_type", and "KIND:NAME" with KIND one of diet, supplement, drug, infusion, challenge,
    event, phototherapy, labs, condition, population (and "supplement:NAME:pulses"). Raises InputError at the
    first of them, naming all and what this version has.
    """
    _refuse([feature for feature in features(scenario) if feature.name not in supported], scenario, supported)


def require_routed(scenario: Scenario, routed: frozenset[str]) -> None:
    """As `require_supported`, for the plan alone: a timeline may not silently leave out what it cannot carry."""
    _refuse([feature for feature in plan_features(scenario) if feature.name not in routed], scenario, routed)


def _refuse(missing: list[Feature], scenario: Scenario, supported: frozenset[str]) -> None:
    if not missing:
        return
    said = list(dict.fromkeys(feature.said for feature in missing))
    raise InputError(
        f"no organ yet answers {', '.join(said)}",
        received=missing[0].name,
        where=scenario.where(*missing[0].path),
        hint=f"this version has: {', '.join(sorted(supported)) or 'nothing beyond the reference adult'}",
    )
