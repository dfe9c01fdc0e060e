"""The coupled adult with vessel tone, glucose, stress and vitamin B6, with or without the minutes of a glucose test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from cofactor.body import adult, glucose, glucose_minutes, stress, trial_response, vessel_tone, vitamin_b6
from cofactor.engine import Segment, Trajectory, integrate, rest
from cofactor.model import System

LISTENERS = (glucose, vessel_tone, vitamin_b6, stress, trial_response)
MINUTE = 1 / 1440
DRINK = {"stomach_glucose": 75 / 180.156 * 1e3}


@lru_cache(maxsize=2)
def body(minutes: bool = False) -> System:
    """Adult and listeners; with `minutes` the organ of a challenge takes the place of `adrenaline`."""
    core = [glucose_minutes if minutes and o.__name__.endswith(".adrenaline") else o for o in adult().organs]
    return System.from_organs([*core, *LISTENERS])


def at_rest(
    system: System, parameters: Mapping[str, float] | None = None, inputs: Mapping[str, float] | None = None
) -> np.ndarray:
    """Everything at rest."""
    return rest(system, system.parameter_vector(parameters), system.input_vector(inputs))


def follow(
    system: System,
    start: np.ndarray,
    phases: Sequence[tuple[float, Mapping[str, float], Mapping[str, float]]],
    times: Sequence[float] | np.ndarray,
    names: Sequence[str],
    parameters: Mapping[str, float] | None = None,
) -> Trajectory:
    """Phases (days, changed inputs, doses) one after the other, from `start`."""
    segments, day = [], 0.0
    for length, inputs, doses in phases:
        segments.append(Segment(day, day + length, system.input_vector(inputs), doses))
        day += length
    found = integrate(
        system, system.parameter_vector(parameters), start, segments, np.asarray(times), names, accuracy="tight"
    )
    assert found.failure is None, found.failure
    return found


def books(
    system: System, start: np.ndarray, found: Trajectory, element: str, dosed: float = 0.0
) -> tuple[float, float]:
    """(change of what the pools hold less the doses, what the world gave) of an element: equal when mass closes."""
    change = sum(
        system.inventory.pools[state.name].of.get(element, 0.0) * (found.final[state.offset] - start[state.offset])
        for state in system.states.values()
        if state.is_pool
    )
    gained = sum(
        float(found.accounts[name][-1]) * movement.gains.get(element, 0.0)
        for name, movement in system.movements.items()
    )
    return float(change) - dosed, gained
