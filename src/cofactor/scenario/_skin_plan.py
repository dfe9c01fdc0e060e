"""What a plan does to the skin, day by day: light, ointments, antibodies, germs and injuries. Stress comes by the core.

The skin is followed in whole days (psoriasis.md 2h), so whatever falls within a day acts over that day.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cofactor.scenario._light import sessions
from cofactor.scenario._plan import Drug, Event
from cofactor.scenario._routes import APPLICATIONS, DEPOTS, ONSET_DOSE, ONSETS
from cofactor.scenario._scenario import Scenario

_REMOVALS = ("tonsil_removal", "dental_removal", "bowel_removal", "yeast_removal")
_REMOVAL_RATE, _REMOVAL_DAYS = 5.0, 3.0  # 1/d and d: microbes.tonsil_removal, "5 /d for a few days removes the focus"
_INJURY_DAYS = 7.0  # psoriasis.md 2c, Koebner


@dataclass(frozen=True, slots=True)
class Window:
    """An input raised by `value` on the days from start to stop."""

    given: str
    start: float
    stop: float
    value: float


@dataclass(frozen=True, slots=True)
class Onset:
    """A state raised by `amount` at the start of a day."""

    state: str
    day: float
    amount: float


@dataclass(frozen=True, slots=True)
class SkinPlan:
    """Windows and onsets of a plan."""

    windows: tuple[Window, ...] = ()
    onsets: tuple[Onset, ...] = ()

    def held(self, days: int) -> dict[str, np.ndarray]:
        """Inputs by day, (days,): each day holds what its windows cover of it."""
        found: dict[str, np.ndarray] = {}
        first = np.arange(days)
        for window in self.windows:
            covered = np.clip(np.minimum(first + 1, window.stop) - np.maximum(first, window.start), 0, 1)
            found[window.given] = found.get(window.given, np.zeros(days)) + window.value * covered
        return found

    def killing(self, days: int) -> np.ndarray:
        """The fastest rate (1/d) at which the plan kills something, by day, (days,): what an engine's step has to follow."""
        held = self.held(days)
        return np.max([np.zeros(days), *(held[name] for name in _REMOVALS if name in held)], axis=0)

    def added(self, days: int) -> dict[str, np.ndarray]:
        """Amounts added to states at the start of each day, (days,)."""
        found: dict[str, np.ndarray] = {}
        for onset in self.onsets:
            if onset.day < days:
                found.setdefault(onset.state, np.zeros(days))[math.floor(onset.day)] += onset.amount
        return found


def skin_plan(scenario: Scenario) -> SkinPlan:
    """What a scenario does to the skin."""
    return SkinPlan(
        (*_light(scenario), *_ointments(scenario), *_lasting_events(scenario)),
        (*_injections(scenario), *_infections(scenario)),
    )


def _light(scenario: Scenario) -> Iterator[Window]:
    for course, day, dose in sessions(scenario):
        if course.kind == "nb_uvb":
            yield Window("nb_uvb_dose", math.floor(day), math.floor(day) + 1.0, dose)


def _ointments(scenario: Scenario) -> Iterator[Window]:
    for drug in scenario.drug:
        if drug.name in APPLICATIONS and drug.every is not None:
            yield Window(APPLICATIONS[drug.name], drug.start, drug.stop, 1.0 / drug.every)


def _injections(scenario: Scenario) -> Iterator[Onset]:
    for drug in scenario.drug:
        if drug.name in DEPOTS:
            for day in _days_of(drug, scenario.simulate.days):
                yield Onset(DEPOTS[drug.name], day, drug.amount or 0.0)


def _days_of(drug: Drug, end: float) -> Iterator[float]:
    if drug.every is None:
        yield drug.start
        return
    number = 0
    while (day := drug.start + number * drug.every) < min(end, drug.stop):
        yield day
        number += 1


def _infections(scenario: Scenario) -> Iterator[Onset]:
    for event in scenario.event:
        if event.name in ONSETS:
            yield Onset(ONSETS[event.name], event.at, ONSET_DOSE * event.size)


def _lasting_events(scenario: Scenario) -> Iterator[Window]:
    for event in scenario.event:
        if event.name == "focus_removed":
            for given in _REMOVALS:
                yield _window(event, given, _REMOVAL_DAYS, _REMOVAL_RATE)
        elif event.name == "skin_injury":
            yield _window(event, "skin_injury", _INJURY_DAYS, event.size)


def _window(event: Event, given: str, usual_days: float, value: float) -> Window:
    return Window(given, event.at, event.at + (event.over if event.over is not None else usual_days), value)
