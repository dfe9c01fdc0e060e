"""A year of sun as a person's parameters: the daily doses as squares of short Fourier sums over the year.

The square of a trigonometric sum is never negative and, as the dose rises from polar night with a high power of the sun's
height, its root is smooth: with four harmonics the largest error over the year is 0.1 % of the year's largest dose
(measured in tests/body/test_daylight.py; where snow comes and goes with the month, its edges are rounded). A truncated
sum of the dose itself falls below 0 from 60 degrees on.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import floor

import numpy as np

from cofactor.body.daylight import (
    BY_HABIT,
    YEAR_DAYS,
    Outdoors,
    Place,
    Values,
    numbers,
    sunscreen_transmission,
    year_of_sun,
)
from cofactor.errors import InputError

HARMONICS = 4
STANDARD_DOSE = 100.0  # J/m2: one SED, or one SDD when weighted for vitamin D
_ROUNDS = 30
_SETTLED = 1e-13


def basis(phases: Values) -> Values:
    """1, cos, sin, cos 2, sin 2, ...: shape (phases, 1 + 2 HARMONICS)."""
    turns = [wave(k * phases) for k in range(1, HARMONICS + 1) for wave in (np.cos, np.sin)]
    return np.column_stack([np.ones_like(phases), *turns])


def fold(phases: Values, dose: Values) -> Values:
    """Coefficients of the sum whose square is nearest to the dose (least squares, Gauss-Newton from the root of the dose)."""
    waves = basis(phases)
    found = np.linalg.lstsq(waves, np.sqrt(dose), rcond=None)[0]
    for _ in range(_ROUNDS):
        root = waves @ found
        step = np.linalg.lstsq(2 * root[:, None] * waves, dose - root**2, rcond=None)[0]
        found = found + step
        if np.abs(step).max() <= _SETTLED * max(float(np.abs(found).max()), 1.0):
            break
    return found


def unfold(coefficients: Values, phases: Values) -> Values:
    """The dose that coefficients stand for."""
    return (basis(phases) @ coefficients) ** 2


def coefficient_names(of: str) -> tuple[str, ...]:
    """Names of the parameters that hold a folded dose, in order: `of` is "vitamin_d" or "erythemal"."""
    waves = [f"sun_{of}_{wave}_{k}" for k in range(1, HARMONICS + 1) for wave in ("cosine", "sine")]
    return (f"sun_{of}_mean", *waves)


def _between(place: Place, outdoors: Outdoors) -> Values:
    """The coefficients of both doses: on a whole degree folded there, else in line between the two next to it.

    Off by 2e-4 of the largest dose at most, and a population asks for a year once a degree. Habits change their course at
    the tropics, so these count as whole degrees too.
    """
    tropic = numbers()["habits"]["tropic"]
    degrees = np.unique([floor(place.latitude), floor(place.latitude) + 1, -tropic, tropic])
    south = float(degrees[degrees <= place.latitude].max())
    one = _folded(replace(place, latitude=south), outdoors)
    if south == place.latitude:
        return one
    north = float(degrees[degrees > place.latitude].min())
    share = (place.latitude - south) / (north - south)
    return (1 - share) * one + share * _folded(replace(place, latitude=north), outdoors)


@lru_cache(maxsize=4096)
def _folded(place: Place, outdoors: Outdoors) -> Values:
    year = year_of_sun(place, outdoors)
    return np.concatenate([fold(year.phases, dose / STANDARD_DOSE) for dose in (year.vitamin_d, year.erythemal)])


def sun_parameters(
    place: Place,
    outdoors: Outdoors = BY_HABIT,
    *,
    exposed_fraction: float | None = None,
    sunscreen: float | None = None,
) -> dict[str, float]:
    """The parameters of `skin` and `calendar` of somebody who lives at a place, by name.

    exposed_fraction: share of the skin, None for the usual one of the season; sunscreen: protection factor, None for none.
    Habitual skin synthesis, which stands for the sun of people without a place, is 0. Raises InputError for a protection
    factor below 1 or a fraction outside 0-1, and MissingExtraError without pvlib.
    """
    if sunscreen is not None and not sunscreen >= 1:
        raise InputError("a sun protection factor is 1 or more", received=sunscreen)
    if exposed_fraction is not None and not 0 <= exposed_fraction <= 1:
        raise InputError("an exposed fraction lies between 0 and 1", received=exposed_fraction)
    skin = _usual_exposure(place.latitude) if exposed_fraction is None else (exposed_fraction, 0.0, 0.0)
    doses = (*coefficient_names("vitamin_d"), *coefficient_names("erythemal"))
    names = ("exposed_fraction_mean", "exposed_fraction_cosine", "exposed_fraction_sine")
    return {
        **dict(zip(doses, _between(place, outdoors).tolist(), strict=True)),
        **dict(zip(names, skin, strict=True)),
        "sunscreen_transmission": 1.0 if sunscreen is None else sunscreen_transmission(sunscreen),
        "habitual_skin_synthesis": 0.0,
    }


def _usual_exposure(latitude: float) -> tuple[float, float, float]:
    """Mean, cosine and sine of the exposed share of the skin by habit (season of `daylight.season`, written out)."""
    habits = numbers()["habits"]
    least, most = habits["exposed"]["least"], habits["exposed"]["most"]
    swing = float(np.clip(latitude / habits["tropic"], -1, 1)) * (most - least) / 2
    start = 2 * np.pi * (habits["least_day"] - 1) / YEAR_DAYS
    return (least + most) / 2, -swing * float(np.cos(start)), -swing * float(np.sin(start))
