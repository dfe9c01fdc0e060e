"""From a scenario to the people who take part: one person or a population, matched to the labs given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cofactor.body import psoriatic_skin
from cofactor.model import System
from cofactor.people import POPULATIONS, Person, normals, person, population, under
from cofactor.scenario._fields import BetaDraw, Draw, LogNormalDraw, NormalDraw
from cofactor.scenario._levers import MATCHED_LABS, Met, pulled
from cofactor.scenario._light import at_a_place, with_skin
from cofactor.scenario._match import Matched, match
from cofactor.scenario._routes import ROUTED, SUPPLEMENT_INPUTS, SWITCHES
from cofactor.scenario._scenario import Scenario
from cofactor.scenario._season import has_a_place
from cofactor.scenario._skins import SKIN_LAB, with_skins
from cofactor.scenario._timeline import habitual_inputs

_PANEL = 1001
"""People at most whose median stands for a population's when labs are met."""
_PANEL_AT_A_PLACE = 201  # a year of everybody is dearer than a rest
_BEST_ESTIMATE: tuple[Mapping[str, float], ...] = ({},)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who takes part, draw after draw of the model, and how the labs were met in the first draw.

    `missed` counts later draws in which a lab is out of reach: there people are as near to it as they can be.
    """

    people: list[Person]
    met: tuple[Met, ...] = field(default=())
    missed: int = 0


def features_supported() -> frozenset[str]:
    """What this version's body answers, by the names of `require_supported`."""
    labs = {f"labs:{name}" for name in (*MATCHED_LABS, SKIN_LAB)}
    return ROUTED | labs | {"latitude", "skin_type", "labs:date"} | {f"population:{name}" for name in POPULATIONS}


def people_of(scenario: Scenario, system: System) -> list[Person]:
    """The scenario's people, with [model] parameters set and [labs] met: by the person, or by the population's median.

    Raises InputError, with the nearest reachable value, for labs that no levers reach.
    """
    return cast_of(scenario, system).people


def cast_of(scenario: Scenario, system: System, draws: Sequence[Mapping[str, float]] = _BEST_ESTIMATE) -> Cast:
    """The scenario's people in each draw of the model, the labs met anew in every one; `draws` begin with the best
    estimate. Raises as `people_of` does when the first draw cannot meet them.
    """
    everybody = [_one_person(scenario, system)] if scenario.population is None else _drawn(scenario, system)
    everybody = with_skins(_in_the_light(_taking(everybody, scenario), scenario, system), scenario)
    habits = {name: value for name, value in habitual_inputs(scenario).items() if name in system.inputs}
    cast: list[Person] = []
    first: Matched | None = None
    missed = 0
    for draw in draws:
        people = [_with_model(who, scenario) for who in (under(system, everybody, draw) if draw else everybody)]
        if scenario.labs.values.keys() - {SKIN_LAB}:
            guess = None if first is None else first.settings
            panel = _PANEL_AT_A_PLACE if has_a_place(scenario) else _PANEL
            matched = match(scenario, system, people[:panel], habits, guess)
            first = first or _required(matched)
            missed += matched.missed is not None
            people = [pulled(who, matched.moved, system) for who in people]
        cast += people
    return Cast(cast, first.met if first else (), missed)


def _required(matched: Matched) -> Matched:
    if matched.missed is not None:
        raise matched.missed
    return matched


def _one_person(scenario: Scenario, system: System) -> Person:
    who = scenario.person
    assert who is not None
    return person(system, sex=who.sex, age_years=who.age, weight_kg=who.weight, height_m=who.height)


def _drawn(scenario: Scenario, system: System) -> list[Person]:
    asked = scenario.population
    assert asked is not None
    traits: dict[str, np.ndarray] = {}
    if asked.sex is not None:
        traits["female"] = np.full(asked.n, asked.sex == "female")
    for key, column in (("age", "age_years"), ("weight", "weight_kg"), ("height", "height_m")):
        value = getattr(asked, key)
        if value is not None:
            traits[column] = _column(value, normals(asked.seed, f"trait/{key}", asked.n))
    return population(system, asked.n, seed=asked.seed, like=asked.like, traits=traits)


def _taking(people: list[Person], scenario: Scenario) -> list[Person]:
    """The people with the share of a supplement's doses that each of them takes."""
    asked = scenario.person or scenario.population
    assert asked is not None
    if asked.adherence == 1.0:
        return people
    seed = 0 if scenario.population is None else scenario.population.seed
    shares = _column(asked.adherence, normals(seed, "trait/adherence", len(people))).tolist()
    return [
        replace(who, taken=dict.fromkeys(SUPPLEMENT_INPUTS, share)) for who, share in zip(people, shares, strict=True)
    ]


def _in_the_light(people: list[Person], scenario: Scenario, system: System) -> list[Person]:
    """The people with skins of their age and type, and with the sun of where they live."""
    asked = scenario.person or scenario.population
    assert asked is not None
    people = [with_skin(who, asked.skin_type, system) for who in people]
    if asked.latitude is None:
        return people
    seed = 0 if scenario.population is None else scenario.population.seed
    latitudes = _column(asked.latitude, normals(seed, "trait/latitude", len(people)))
    return at_a_place(people, latitudes.tolist(), scenario)


def _column(value: float | Draw | BetaDraw, standard: np.ndarray) -> np.ndarray:
    if isinstance(value, NormalDraw):
        return np.clip(value.mean + value.sd * standard, value.low, value.high)
    if isinstance(value, LogNormalDraw):
        return np.clip(value.median * np.exp(value.log_sd * standard), value.low, value.high)
    if isinstance(value, BetaDraw):
        from scipy.special import betaincinv, ndtr  # here, so that one person's run does not load it

        return betaincinv(value.alpha, value.beta, ndtr(standard))
    return np.full(len(standard), float(value))


def _with_model(who: Person, scenario: Scenario) -> Person:
    """The person with the switches that are on, and the parameters of [model], which win; those of the skin on the skin."""
    skin = skin_of_model(scenario)
    core = {name: value for name, value in _chosen(scenario).items() if name not in skin}
    return replace(who.with_parameters(**core), skin={**who.skin, **skin})


def skin_of_model(scenario: Scenario) -> dict[str, float]:
    """Parameters of the skin that [model] sets, switches that are on among them."""
    return {name: value for name, value in _chosen(scenario).items() if name in psoriatic_skin().constants}


def _chosen(scenario: Scenario) -> dict[str, float]:
    on = {SWITCHES[name].parameter: SWITCHES[name].on for name, is_on in scenario.model.switches.items() if is_on}
    return {**on, **scenario.model.parameters}
