"""Light in a scenario: the sun of people with a latitude as their parameters, and courses of lamps as rates of the plan."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cofactor.body.daylight import Outdoors, Place
from cofactor.body.daylight_series import sun_parameters
from cofactor.model import System
from cofactor.people import Person
from cofactor.regimen import Hold, Rate
from cofactor.scenario._names import LAMPS, MONTHS, WEEKDAYS
from cofactor.scenario._plan import Phototherapy
from cofactor.scenario._scenario import Scenario
from cofactor.scenario._tables import Sun

# J/m2: vitamin_d.md 2.1 (MED I-VI), the middle of Fitzpatrick's skin types
MINIMAL_ERYTHEMA_DOSE = {1: 200.0, 2: 250.0, 3: 325.0, 4: 450.0, 5: 600.0, 6: 1000.0}

_M_PER_KM = 1e3
_J_PER_M2 = 1e4  # in one J/cm2
_LAMP_DOSE, _LAMP_SKIN = "lamp_dose", "lamp_body_fraction"


# -- people -------------------------------------------------------------------------------------------------------------


def with_skin(who: Person, skin_type: int, system: System) -> Person:
    """The same person with the age and the type of their skin, where a system has one and theirs is another."""
    skin = {"skin_age": who.age_years, "minimal_erythema_dose": MINIMAL_ERYTHEMA_DOSE[skin_type]}
    other = {name: v for name, v in skin.items() if name in system.constants and v != system.constants[name].value}
    return who.with_parameters(**other) if other else who


def at_a_place(people: Sequence[Person], latitudes: Sequence[float], scenario: Scenario) -> list[Person]:
    """The people with the sun of where they live and of [sun]. Raises MissingExtraError without pvlib."""
    sun = scenario.sun or Sun()
    outdoors = Outdoors() if sun.minutes_per_day == "season" else Outdoors(float(sun.minutes_per_day))
    exposed = None if sun.exposed_fraction == "season" else float(sun.exposed_fraction)
    snow = tuple(MONTHS.index(month) + 1 for month in sun.snow)
    found: list[Person] = []
    for who, latitude in zip(people, latitudes, strict=True):
        place = Place(latitude, sun.altitude / _M_PER_KM, sun.climate, sun.geometry, snow)
        parameters = sun_parameters(place, outdoors, exposed_fraction=exposed, sunscreen=sun.sunscreen)
        found.append(replace(who, parameters={**who.parameters, **parameters}))
    return found


# -- lamps --------------------------------------------------------------------------------------------------------------


def lamp_rates(scenario: Scenario) -> Iterator[Rate]:
    """The erythemal light of every session (J/m2 a day), over the day it falls on."""
    for course, day, dose in sessions(scenario):
        yield Rate(_LAMP_DOSE, day, day + 1.0, dose * LAMPS[course.kind] * _J_PER_M2)


def lamp_holds(scenario: Scenario) -> Iterator[Hold]:
    """The skin that every session lights."""
    for course, day, _ in sessions(scenario):
        yield Hold(_LAMP_SKIN, day, day + 1.0, course.body_fraction)


def sessions(scenario: Scenario) -> Iterator[tuple[Phototherapy, float, float]]:
    """(course, day, dose J/cm2) of each session that begins within the run; the last dose is repeated."""
    for course in scenario.phototherapy:
        if course.kind not in LAMPS:
            continue
        days = _every(course) if course.every is not None else _on_weekdays(course, scenario)
        for number, day in zip(range(course.sessions), days, strict=False):
            if day >= scenario.simulate.days:
                break
            yield course, day, course.dose[min(number, len(course.dose) - 1)]


def _every(course: Phototherapy) -> Iterator[float]:
    number = 0
    while True:
        yield course.start + number * (course.every or math.inf)
        number += 1


def _on_weekdays(course: Phototherapy, scenario: Scenario) -> Iterator[float]:
    """Days from the start of the course on; day 0 of no calendar is a Monday."""
    first = 0 if scenario.simulate.start is None else scenario.simulate.start.weekday()
    day = course.start
    while True:
        if WEEKDAYS[(first + math.floor(day)) % len(WEEKDAYS)] in course.days:
            yield day
        day += 1.0
