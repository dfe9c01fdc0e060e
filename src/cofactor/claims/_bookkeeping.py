"""Quantities of a claim that are counted from the wiring, the accounts or the course of a run, or by mechanics alone.

Each is counted over the whole time up to a day, or over the hours after a test, in every person of every draw, shape
(draws, people).  A body in which there is nothing to count is refused: a sum over no flux is 0 and would prove anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from cofactor.body import psoriatic_skin
from cofactor.body.beam import THINNEST_SAFE_WALL, Section, at_equal_diameter, at_equal_mass
from cofactor.errors import InputError, ModelError
from cofactor.model import Movement, System
from cofactor.run import body_system, stores_of
from cofactor.scenario import Scenario
from cofactor.trials import Outcome

Counted = Callable[[Outcome, float | None], np.ndarray]

_ACTIVATED, _ACTIVE_FORM = "vitamin_d", "calcitriol_pool"
_COFACTOR = "magnesium"
_BONE_MINERAL = ("bone_calcium", "deep_bone_magnesium")
_BLOOD = ("ecf_calcium", "ecf_phosphate", "ecf_magnesium")


def _no_days(plan: Scenario) -> tuple[float, ...]:
    return ()


@dataclass(frozen=True)
class Count:
    """How a quantity is counted: from which levels, from the accounts or not, and on which further days of the plan."""

    of: Counted
    reads: Callable[[], tuple[str, ...]] = tuple
    accounts: bool = True
    days: Callable[[Scenario], tuple[float, ...]] = _no_days


# -- activation and magnesium -------------------------------------------------------------------------------------------


def fluxes_of_vitamin_d(system: System) -> tuple[str, ...]:
    """Every flux that moves vitamin D in any form: intake, hydroxylations, storage, loss.

    Raises ModelError for a body in which none of them makes calcitriol.
    """
    content = _content(system)
    found = [m for m in system.movements.values() if any(_ACTIVATED in content[place] for place, _ in m.moves)]
    if not any(place == _ACTIVE_FORM and count > 0 for m in found for place, count in m.moves):
        raise ModelError(
            "what activation costs is counted in a body that activates vitamin D",
            received="no flux into calcitriol",
            hint="run the whole adult",
        )
    return tuple(movement.name for movement in found)


def _activation_happens(outcome: Outcome, day: float | None) -> np.ndarray:
    """Where calcitriol was made at all; elsewhere nothing has been counted."""
    made = [m.name for m in outcome.system.movements.values() if any(p == _ACTIVE_FORM and c > 0 for p, c in m.moves)]
    total = sum(outcome.total(name, day) for name in made)
    return np.asarray(total) > 0


def magnesium_leaving_through_activation(outcome: Outcome, day: float | None) -> np.ndarray:
    """Magnesium that left any pool with a flux of vitamin D, mmol; NaN where no calcitriol was made."""
    system, content = outcome.system, _content(outcome.system)
    asked = fluxes_of_vitamin_d(system)
    left = np.where(_activation_happens(outcome, day), 0.0, np.nan)
    for name in asked:
        taken = sum(
            max(-count, 0.0) * content[place].get(_COFACTOR, 0.0) for place, count in system.movements[name].moves
        )
        if taken:
            left = left + taken * np.abs(outcome.total(name, day))
    return left


def magnesium_accounted_for(outcome: Outcome, day: float | None) -> np.ndarray:
    """Of all magnesium that moved in or out, the share that is found again outside the body or in a store."""
    system = outcome.system
    carried = [(m.gains.get(_COFACTOR, 0.0), outcome.total(name, day)) for name, m in system.movements.items()]
    came = sum(gain * total for gain, total in carried if gain > 0)
    went = sum(-gain * total for gain, total in carried if gain < 0)
    stores = {name: system.inventory.pools[name].of[_COFACTOR] for name in stores_of(system, _COFACTOR)}
    gained = sum(content * (outcome.at(name, day) - outcome.start(name)) for name, content in stores.items())
    return 1 - np.abs(came - went - gained) / (came + went)


# -- bone and blood -------------------------------------------------------------------------------------------------------


def _resorption(system: System, element: str) -> Iterator[tuple[Movement, float]]:
    """The fluxes that carry an element out of bone mineral into blood, with how much of it each event carries."""
    content = _content(system)
    for movement in system.movements.values():
        out = sum(-n * content[p].get(element, 0.0) for p, n in movement.moves if p in _BONE_MINERAL and n < 0)
        into = sum(n * content[p].get(element, 0.0) for p, n in movement.moves if p in _BLOOD and n > 0)
        if out > 0 and into > 0:
            yield movement, min(out, into)


def _freed(element: str) -> Counted:
    def count(outcome: Outcome, day: float | None) -> np.ndarray:
        found = list(_resorption(outcome.system, element))
        if not found:
            raise ModelError(
                "what resorption frees is counted in a body with bone", received=f"no {element} out of bone"
            )
        moved = sum(each * outcome.total(movement.name, day) for movement, each in found)
        return np.asarray(moved) / (day if day is not None else outcome.days[-1])

    return count


def mineral_laid_down_by_resorption(outcome: Outcome, day: float | None) -> np.ndarray:
    """What the same fluxes put into bone mineral, mmol."""
    elements = {element for place in _BONE_MINERAL for element in _content(outcome.system).get(place, {})}
    content = _content(outcome.system)
    found = {movement.name: movement for element in elements for movement, _ in _resorption(outcome.system, element)}
    if not found:
        raise ModelError("what resorption builds is counted in a body with bone", received="no resorption")
    laid = np.zeros(np.shape(outcome.total(next(iter(found)), day)))
    for name, movement in found.items():
        put = sum(n * sum(content[p].values()) for p, n in movement.moves if p in _BONE_MINERAL and n > 0)
        laid = laid + put * outcome.total(name, day)
    return laid


# -- after a load of glucose --------------------------------------------------------------------------------------------

_MINUTE = 1 / 1440
_LOOKED_FROM, _LOOKED_TO, _LOOKED_EVERY = 60, 300, 5
"""Minutes after the load: past its peak, to the end of a long tolerance test."""


def hours_after_the_load(plan: Scenario) -> tuple[float, ...]:
    """Days on which an arm is read after its last test: from one hour to five hours, every five minutes.

    Raises InputError for a plan without a test, or one that ends sooner.
    """
    if not plan.challenge:
        raise InputError(
            "what happens after a load is read in a plan with one",
            hint='for example [[challenge]] name = "oral_glucose"',
        )
    at = max(challenge.at for challenge in plan.challenge)
    moments = tuple(at + minutes * _MINUTE for minutes in range(_LOOKED_FROM, _LOOKED_TO + 1, _LOOKED_EVERY))
    if moments[-1] > plan.simulate.days:
        received = f"a load on day {at:g} of {plan.simulate.days:g}"
        raise InputError(
            "a plan with a load runs on for five hours", received=received, hint=f"days = {moments[-1]:.2f}"
        )
    return moments


def _course_after_the_load(outcome: Outcome, name: str) -> np.ndarray:
    return np.array([outcome.at(name, day) for day in hours_after_the_load(outcome.plan)])


def lowest_plasma_glucose(outcome: Outcome, day: float | None) -> np.ndarray:
    """The nadir of plasma glucose after the load, mmol/L; the fasting level where glucose never falls below it."""
    return _course_after_the_load(outcome, "plasma_glucose").min(axis=0)


def highest_plasma_adrenaline(outcome: Outcome, day: float | None) -> np.ndarray:
    """The peak of plasma adrenaline after the load, nmol/L."""
    return _course_after_the_load(outcome, "plasma_adrenaline").max(axis=0)


# -- an infection -------------------------------------------------------------------------------------------------------

_THROAT, _FOLLOWED_DAYS = "streptococcal_throat", 40
"""An episode of two weeks (psoriasis.md 2c) is followed for forty days."""
_NOTHING_LEFT = 1e-6
"""Of the level at which a load dies out: a logarithm has no nought."""


def days_of_the_infection(plan: Scenario) -> tuple[float, ...]:
    """Midnights on which an arm is read from the onset of its last throat infection on.

    Raises InputError for a plan without one, or one that ends sooner than forty days after it.
    """
    onsets = [event.at for event in plan.event if event.name == _THROAT]
    if not onsets:
        raise InputError("how long an infection lasts is read in a plan with one", hint=f'[[event]] name = "{_THROAT}"')
    first = float(max(onsets))
    if first + _FOLLOWED_DAYS > plan.simulate.days:
        received = f"an onset on day {first:g} of {plan.simulate.days:g}"
        raise InputError("a plan with an infection runs on for forty days", received=received)
    return tuple(first + day for day in range(1, _FOLLOWED_DAYS + 1))


def clearance_time(outcome: Outcome, day: float | None) -> np.ndarray:
    """Days from the onset of a throat infection until its load falls below the level at which it dies out.

    Between midnights the logarithm of the load is taken as straight. NaN where nothing grew, or is gone by the end.
    """
    days = days_of_the_infection(outcome.plan)
    load = np.array([outcome.at("bacterial_load", each) for each in days])
    level = psoriatic_skin().constants["extinction_level"].value
    above = np.log(np.maximum(load / level, _NOTHING_LEFT))
    below = (above[1:] <= 0) & (above[:-1] > 0)
    k = below.argmax(axis=0)[None]
    before, after = (np.take_along_axis(part, k, axis=0)[0] for part in (above[:-1], above[1:]))
    crossed = below.any(axis=0)
    share = before / np.where(crossed, before - after, 1.0)
    return np.where(crossed, k[0] + 1 + share, np.nan)


# -- flares and onset -----------------------------------------------------------------------------------------------------

_A_VISIT = 7
_FLARE, _OVER = 1.25, 1.0
"""Of PASI at the start: a flare begins a quarter above it, and is over where PASI is back."""


def weekly_visits(plan: Scenario) -> tuple[float, ...]:
    """Every seventh day of a plan."""
    return tuple(float(day) for day in range(_A_VISIT, int(plan.simulate.days) + 1, _A_VISIT))


def _weekly(outcome: Outcome, name: str, day: float | None) -> np.ndarray:
    """(visits, draws, people), up to the day."""
    return np.array([outcome.at(name, each) for each in weekly_visits(outcome.plan) if day is None or each <= day])


def flares(outcome: Outcome, day: float | None) -> np.ndarray:
    """How often PASI, seen every week, came to a quarter above the person's own at the start, having been back between."""
    shares = _weekly(outcome, "pasi", day) / outcome.start("pasi")
    flaring, count = np.zeros(shares.shape[1:], dtype=bool), np.zeros(shares.shape[1:])
    for share in shares:
        count += ~flaring & (share >= _FLARE)
        flaring = np.where(flaring, share > _OVER, share >= _FLARE)
    return np.where(np.isfinite(shares).all(axis=0), count, np.nan)


def most_sites_with_plaque(outcome: Outcome, day: float | None) -> np.ndarray:
    """The largest share of skin sites that held a plaque at any weekly visit."""
    return _weekly(outcome, "sites_with_plaque", day).max(axis=0)


# -- beams ----------------------------------------------------------------------------------------------------------------


def rods(outcome: Outcome) -> np.ndarray:
    """One rod for every run: hollowness in even steps, from next to solid to where the wall would buckle first.

    People have no part in it, so none of them is left out.
    """
    shape = np.shape(next(iter(outcome.values.values())))[1:]
    steps = np.arange(1, prod(shape) + 1) / (prod(shape) + 1)
    return ((1 - THINNEST_SAFE_WALL) * steps).reshape(shape)


def _hollow(compared: Callable[[float], Section], quality: str) -> Counted:
    """What a hollow rod bears, or how stiff it is, in bending, over a solid one of the same material."""

    def count(outcome: Outcome, day: float | None) -> np.ndarray:
        return np.vectorize(lambda hollowness: getattr(compared(hollowness), quality))(rods(outcome))

    return count


def _content(system: System) -> Mapping[str, Mapping[str, float]]:
    """What each place holds, per unit of it."""
    return {name: place.of for name, place in {**system.inventory.pools, **system.inventory.worlds}.items()}


BOOKKEEPING: Mapping[str, Count] = {
    "magnesium_leaving_through_activation": Count(magnesium_leaving_through_activation),
    "magnesium_accounted_for": Count(magnesium_accounted_for, lambda: tuple(stores_of(body_system(), _COFACTOR))),
    "calcium_freed_by_resorption": Count(_freed("calcium")),
    "phosphate_freed_by_resorption": Count(_freed("phosphorus")),
    "magnesium_freed_by_resorption": Count(_freed("magnesium")),
    "mineral_laid_down_by_resorption": Count(mineral_laid_down_by_resorption),
    "hollow_strength_at_equal_mass": Count(_hollow(at_equal_mass, "bending_strength"), accounts=False),
    "hollow_stiffness_at_equal_mass": Count(_hollow(at_equal_mass, "stiffness"), accounts=False),
    "hollow_strength_at_equal_diameter": Count(_hollow(at_equal_diameter, "bending_strength"), accounts=False),
    "hollow_stiffness_at_equal_diameter": Count(_hollow(at_equal_diameter, "stiffness"), accounts=False),
    "lowest_plasma_glucose": Count(
        lowest_plasma_glucose, lambda: ("plasma_glucose",), accounts=False, days=hours_after_the_load
    ),
    "highest_plasma_adrenaline": Count(
        highest_plasma_adrenaline, lambda: ("plasma_adrenaline",), accounts=False, days=hours_after_the_load
    ),
    "clearance_time": Count(clearance_time, lambda: ("bacterial_load",), accounts=False, days=days_of_the_infection),
    "flares": Count(flares, lambda: ("pasi",), accounts=False, days=weekly_visits),
    "most_sites_with_plaque": Count(
        most_sites_with_plaque, lambda: ("sites_with_plaque",), accounts=False, days=weekly_visits
    ),
}
"""Mineral freed is a mean over the time up to the day, mmol/d."""
