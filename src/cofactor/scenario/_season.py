"""The season of a scenario: the phase of the year at a date, and the resting state of people with a place, a periodic year."""

from __future__ import annotations

import datetime
import math

import numpy as np

from cofactor.engine import RETURNED, Cycle, FastEngine, periodic
from cofactor.errors import InputError
from cofactor.scenario._scenario import Scenario

YEAR_DAYS = 365.25
_EPOCH = datetime.date(2000, 1, 1)  # of cofactor.body.daylight: days of its year are counted from here


def has_a_place(scenario: Scenario) -> bool:
    """Whether people of the scenario live at a latitude."""
    who = scenario.person or scenario.population
    return who is not None and who.latitude is not None


def phase_on(scenario: Scenario, day: float = 0.0) -> float | None:
    """Phase of the year (rad, 0 at the start of 1 January) on a day of the run; None for people without a latitude.

    Raises InputError when there is a latitude and simulate.start is no date.
    """
    if not has_a_place(scenario):
        return None
    start = scenario.simulate.start
    if start is None:
        table = "person" if scenario.person is not None else "population"
        raise InputError(
            "a latitude brings the season, so the run starts on a date",
            received='simulate.start = "day 0"',
            where=scenario.where(table, "latitude"),
            hint='for example [simulate] start = "2026-10-01"',
        )
    days = (start - _EPOCH).days + day
    return 2 * math.pi * (days % YEAR_DAYS) / YEAR_DAYS


def year_of(
    engine: FastEngine, parameters: np.ndarray, inputs: np.ndarray, phase: float, *, near: Cycle | None = None,
    within: float = RETURNED,
) -> Cycle:  # fmt: skip
    """The periodic year of everybody, entered at a phase (rad): the resting state of people with a place.

    parameters (people, parameters), inputs (people, inputs); near: their year under almost the same conditions;
    within: the gap (share of size) at which a year counts as returned.
    """
    clock = {"year_cosine": math.cos(phase), "year_sine": math.sin(phase)}
    return periodic(engine, parameters, inputs, YEAR_DAYS, clock, near=near, within=within)


def why_no_year(gap: float) -> str | None:
    """Why somebody has no periodic year, from the gap after one; None when the year returns."""
    if gap <= RETURNED:
        return None
    if math.isnan(gap):
        return "no resting state was found, and so no periodic year"
    return f"no periodic year was found: a state still differs by {gap:.2g} of its size after a year"
