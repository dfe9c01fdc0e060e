"""Running the sunlit adult: a place, a date, a level of 25(OH)D to begin from, and lamp sessions."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

from cofactor import body
from cofactor.body.daylight import Place
from cofactor.body.daylight_series import sun_parameters
from cofactor.engine import RETURNED, Accuracy, Cycle, Timeline, fast_engine
from cofactor.model import System
from cofactor.scenario._season import YEAR_DAYS, year_of

TIGHT = Accuracy(1e-8)


@lru_cache
def sunlit() -> System:
    return body.assembled("adult + sun")


def phase(date: datetime.date) -> float:
    return 2 * np.pi * ((date - datetime.date(2000, 1, 1)).days % YEAR_DAYS) / YEAR_DAYS


@dataclass(frozen=True)
class Begun:
    """Somebody in their periodic year on a date."""

    settings: np.ndarray
    inputs: np.ndarray
    cycle: Cycle

    def see(self, name: str) -> float:
        look = sunlit().function([name], people=True)
        return float(np.squeeze(look(0.0, self.cycle.states.T, self.settings[None].T, self.inputs[None].T)[0]))


def living_at(
    latitude: float, date: datetime.date, parameters: dict[str, float] | None = None, near: Cycle | None = None
) -> Begun:
    system = sunlit()
    settings = system.parameter_vector({**sun_parameters(Place(latitude)), **(parameters or {})})
    inputs = system.input_vector()
    cycle = year_of(fast_engine(system), settings[None], inputs[None], phase(date), near=near)
    assert cycle.gaps[0] <= RETURNED
    return Begun(settings, inputs, cycle)


def who_has(level: float, latitude: float, date: datetime.date, **parameters: float) -> Begun:
    """Somebody at a place whose habits outdoors give this 25(OH)D (nmol/L) on that date."""
    seen: list[Begun] = [living_at(latitude, date, parameters)]

    def miss(habit: float) -> float:
        seen.append(living_at(latitude, date, {**parameters, "sun_habit": habit}, seen[-1].cycle))
        return seen[-1].see("serum_25ohd") - level

    brentq(miss, 0.01, 9.0, xtol=1e-3)
    return seen[-1]


def course(
    who: Begun, days: int, sessions: Sequence[int] = (), sed: Sequence[float] = (), body_fraction: float = 0.0,
    names: Sequence[str] = ("serum_25ohd",),
) -> np.ndarray:  # fmt: skip
    """Observables by day, shape (names, days + 1), with a lamp session of `sed` on each of the days `sessions`."""
    system = sunlit()
    rows, edges, inputs = [], [0.0], [who.inputs]
    for day, dose in zip(sessions, sed, strict=True):
        if day > edges[-1]:
            rows.append(0)
            edges.append(day)
        lit = {"lamp_dose": 100.0 * dose, "lamp_body_fraction": body_fraction}
        inputs.append(who.inputs + system.input_vector(lit) - system.input_vector())
        rows.append(len(inputs) - 1)
        edges.append(day + 1)
    if edges[-1] < days:
        rows.append(0)
        edges.append(days)
    times = np.arange(days + 1.0)
    none, nobody = np.full(len(rows), -1), np.zeros((1, system.size))
    before = np.maximum(np.searchsorted(edges, times, side="left") - 1, 0)
    plan = Timeline(np.array(edges, dtype=float), np.array(rows), none, nobody, times, np.array(rows)[before])
    swarm = fast_engine(system).run(
        who.cycle.states, who.settings[None], np.array(inputs)[None], plan, observables=list(names), accuracy=TIGHT
    )
    assert swarm.failures == (None,)
    return swarm.observed[0].T
