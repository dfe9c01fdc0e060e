"""From a scenario to the people who take part: one person or a population, matched to the labs given."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

import numpy as np
from scipy.optimize import root_scalar

from cofactor.engine import Rates, rest
from cofactor.errors import CofactorError, InputError
from cofactor.model import System
from cofactor.people import Person, normals, person, population
from cofactor.scenario._fields import LogNormalDraw, NormalDraw
from cofactor.scenario._routes import ROUTED
from cofactor.scenario._scenario import Scenario
from cofactor.scenario._timeline import habitual_inputs

MATCHED_LABS = ("gfr", "serum_magnesium", "ionised_magnesium")
_TUBULAR_CAPACITIES = ("thick_limb_capacity", "dct_capacity")
_FURTHEST_PARAMETER, _FURTHEST_INTAKE = 3.0, 10.0
"""A lever moves what it pulls by at most this factor either way; beyond, the lab is out of reach."""
_CLOSE_ENOUGH = 1e-7
_PANEL = 101
"""People whose median stands for a population's when labs are met."""


class Lever(Protocol):
    """Moves a person by a factor, in the way a lab is met."""

    def __call__(self, who: Person, factor: float) -> Person: ...


def features_supported() -> frozenset[str]:
    """What this version's body answers, by the names of `require_supported`."""
    return ROUTED | {f"labs:{name}" for name in MATCHED_LABS}


def people_of(scenario: Scenario, system: System) -> list[Person]:
    """The scenario's people, with [model] parameters set and [labs] met: by the person, or by the population's median.

    Raises InputError, with the nearest reachable value, for a lab that no lever reaches.
    """
    everybody = [_one_person(scenario, system)] if scenario.population is None else _drawn(scenario, system)
    people = [_with_model(who, scenario) for who in everybody]
    for pull in _levers(scenario, system, people[:_PANEL]):
        people = [pull(who) for who in people]
    return people


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


def _column(value: float | NormalDraw | LogNormalDraw, standard: np.ndarray) -> np.ndarray:
    if isinstance(value, NormalDraw):
        return np.clip(value.mean + value.sd * standard, value.low, value.high)
    if isinstance(value, LogNormalDraw):
        return np.clip(value.median * np.exp(value.log_sd * standard), value.low, value.high)
    return np.full(len(standard), float(value))


def _with_model(who: Person, scenario: Scenario) -> Person:
    switches = {name: float(on) for name, on in scenario.model.switches.items()}
    return who.with_parameters(**{**scenario.model.parameters, **switches})


# -- labs -----------------------------------------------------------------------------------------------------------------


def _levers(scenario: Scenario, system: System, panel: Sequence[Person]) -> Iterator[Callable[[Person], Person]]:
    """What each lab asks to be done to everybody, one lab after the other; `panel` follows along."""
    moved = list(panel)
    labs = scenario.labs.values
    for name, lever in _lab_levers(scenario, system):
        if name not in labs:
            continue
        furthest = _FURTHEST_INTAKE if lever is _intake else _FURTHEST_PARAMETER
        pull = partial(lever, factor=_factor(scenario, system, moved, name, lever, furthest))
        moved = [pull(who) for who in moved]
        yield pull


def _lab_levers(scenario: Scenario, system: System) -> list[tuple[str, Lever]]:
    magnesium = _intake if scenario.labs.because == "intake" else _scaling(system, _TUBULAR_CAPACITIES)
    filtration = _scaling(system, ("baseline_filtration_rate",))
    return [("gfr", filtration), ("serum_magnesium", magnesium), ("ionised_magnesium", magnesium)]


def _scaling(system: System, names: Sequence[str]) -> Lever:
    def pull(who: Person, factor: float) -> Person:
        values = {name: who.parameters.get(name, system.constants[name].value) for name in names}
        return who.with_parameters(**{name: value * factor for name, value in values.items()})

    return pull


def _intake(who: Person, factor: float) -> Person:
    return who.scaling_input("dietary_magnesium", factor)


def _factor(
    scenario: Scenario, system: System, panel: Sequence[Person], name: str, lever: Lever, furthest: float
) -> float:
    """How far the lever is pulled for the panel's median to meet the lab at rest."""
    wanted = scenario.labs.values[name]
    habitual = {given: value.value for given, value in system.inputs.items()} | habitual_inputs(scenario)

    def level(log_factor: float) -> float:
        factor = math.exp(log_factor)
        return float(np.median([_at_rest(system, lever(who, factor), habitual, name) for who in panel]))

    low, high = _reach(level, furthest)
    if not level(low) <= wanted <= level(high):
        near = level(low) if wanted < level(low) else level(high)
        raise InputError(
            f"no body of this kind rests at that {name}",
            received=f"{wanted:g} {system.unit_of(name)}",
            where=scenario.where("labs", name),
            hint=f"the nearest that can be reached is {near:.4g} {system.unit_of(name)}",
        )
    found = root_scalar(lambda x: level(x) - wanted, bracket=(low, high), method="brentq", xtol=_CLOSE_ENOUGH)
    return math.exp(float(found.root))


def _reach(level: Callable[[float], float], furthest: float) -> tuple[float, float]:
    """The widest range of the lever's logarithm in which the body still rests."""
    ends = []
    for sign in (-1.0, 1.0):
        reach = sign * math.log(furthest)
        while abs(reach) > 0.01 and not _rests(level, reach):
            reach *= 0.8
        ends.append(reach)
    return ends[0], ends[1]


def _rests(level: Callable[[float], float], log_factor: float) -> bool:
    try:
        return math.isfinite(level(log_factor))
    except CofactorError:
        return False


def _at_rest(system: System, who: Person, habitual: Mapping[str, float], name: str) -> float:
    parameters, inputs = system.parameter_vector(who.parameters), system.input_vector(who.inputs(habitual))
    return float(Rates(system, parameters, inputs).values([name], rest(system, parameters, inputs))[0])
