"""Daylight: where the sun stands, the ultraviolet that reaches the ground, and a year of it at one place as a short series.

Data preparation in plain numpy, done once per place and habit; the organs read the result as a person's parameters
(`sun_parameters` in `daylight_series`). The sun's place comes from pvlib (NREL SPA); ultraviolet, ozone and cloud are
vitamin_d.md 2.1. Days are counted from 1 January 2000, 00:00, and a year is 365.25 of them.

`geometry = "formula"` needs no pvlib: the Fourier series for the declination of vitamin_d.md 2.1. Against pvlib, over a
year, its zenith angle is within 0.2 degrees, and 25(OH)D over the year at 35-65 degrees within 0.2 %
(tests/body/test_daylight.py and tests/body/test_year.py measure both).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from cofactor.errors import InputError, MissingExtraError

YEAR_DAYS = 365.25
GEOMETRIES = ("pvlib", "formula")
_SAMPLE_EVERY_DAYS = 4  # in four years these fall on 366 different phases of the year
_CALENDAR_DAYS = 1461
_FORMULA_YEAR = 365.0  # the year of the formulas in vitamin_d.md
_FIRST_DAY = 0.625  # calendar day of the year at phase 0, on average over four years: 1 January is day 1
# The formula's own: with the calendar's it stands 0.4 degrees off pvlib in March and September of 2000-2003, one way and
# the other, as the calendar has moved since it was made; a day later it does not (tests/body/test_daylight.py).
_FIRST_DAY_OF_FORMULA = 1.5
_MIDDAY = 12.0
_DEGREES_PER_HOUR = 15.0
_POINTS = 15  # of Gauss's rule over the minutes outdoors: exact to 1e-6 for a window with sunrise in it

Values = np.ndarray


@lru_cache(maxsize=1)
def numbers() -> Mapping[str, Any]:
    """The numbers of daylight.toml, each with its source there."""
    return tomllib.loads(files("cofactor.body").joinpath("daylight.toml").read_text(encoding="utf-8"))


# -- the sun's place ----------------------------------------------------------------------------------------------------


def formula_cosine(latitude: float, day_of_year: Any, solar_hour: Any) -> Values:
    """Cosine of the zenith angle (0 below the horizon) by the formula of vitamin_d.md 2.1; degrees north, days from 1, hours."""
    angle = 2 * np.pi * (np.asarray(day_of_year, dtype=float) - 1) / _FORMULA_YEAR
    declination = (
        0.006918 - 0.399912 * np.cos(angle) + 0.070257 * np.sin(angle) - 0.006758 * np.cos(2 * angle)
        + 0.000907 * np.sin(2 * angle) - 0.002697 * np.cos(3 * angle) + 0.00148 * np.sin(3 * angle)
    )  # fmt: skip
    turned = np.radians(_DEGREES_PER_HOUR * (np.asarray(solar_hour, dtype=float) - _MIDDAY))
    place = np.radians(latitude)
    cosine = np.sin(place) * np.sin(declination) + np.cos(place) * np.cos(declination) * np.cos(turned)
    return np.maximum(cosine, 0.0)


def pvlib_cosine(latitude: float, days: Any, solar_hour: Any) -> Values:
    """Cosine of the geometric zenith angle (0 below the horizon) by pvlib.

    latitude: degrees north; days: whole days since 1 January 2000; solar_hour: hours of solar time, same shape as days.
    Raises MissingExtraError where pvlib is not installed.
    """
    solarposition, pandas = _pvlib()
    shape = np.broadcast(days, solar_hour).shape
    day, hour = np.broadcast_to(days, shape).ravel(), np.broadcast_to(solar_hour, shape).ravel()
    start = pandas.Timestamp("2000-01-01", tz="UTC")
    # at longitude 0 solar time is universal time plus the equation of time, taken at midday of that day
    own, place = np.unique(day, return_inverse=True)
    middays = start + pandas.to_timedelta(own + _MIDDAY / 24, unit="D")
    equation = solarposition.get_solarposition(middays, latitude, 0.0)["equation_of_time"].to_numpy()[place]
    moments = start + pandas.to_timedelta(day * 24.0 + hour - equation / 60, unit="h")
    zenith = solarposition.get_solarposition(moments, latitude, 0.0)["zenith"].to_numpy()
    return np.maximum(np.cos(np.radians(zenith)), 0.0).reshape(shape)


def _pvlib() -> tuple[Any, Any]:
    try:
        import pandas
        from pvlib import solarposition
    except ImportError as error:
        missing = MissingExtraError("pvlib", "sun")
        formula = 'or [sun] geometry = "formula" (zenith within 0.2 degrees, 25(OH)D within 0.2 %)'
        missing.hint = f"{missing.hint}, {formula}"
        missing.args = (str(missing),)
        raise missing from error
    return solarposition, pandas


# -- what reaches the ground --------------------------------------------------------------------------------------------


def ozone_column(latitude: float, day_of_year: Any) -> Values:
    """Total ozone, Dobson units."""
    fit = numbers()["ozone"]
    season = fit["north"] if latitude >= 0 else fit["south"]
    turn = 2 * np.pi * (np.asarray(day_of_year, dtype=float) - season["day"]) / _FORMULA_YEAR
    return fit["base"] + np.sin(np.radians(latitude)) ** 2 * (fit["poles"] + season["swing"] * np.cos(turn))


def clear_sky_uv_index(cosine: Any, ozone: Any, day_of_year: Any, altitude_km: float = 0.0) -> Values:
    """UV index under a clear sky, without snow."""
    fit = numbers()["uv_index"]
    distance = 1 + fit["distance_swing"] * np.cos(2 * np.pi * np.asarray(day_of_year, dtype=float) / _FORMULA_YEAR)
    path = np.asarray(cosine) ** fit["mu_power"] * (np.asarray(ozone) / fit["reference_ozone"]) ** fit["ozone_power"]
    return fit["at_zenith"] * path * distance * (1 + fit["per_km"] * altitude_km) * fit["aerosol"]


def vitamin_d_ratio(cosine: Any, ozone: Any) -> Values:
    """Irradiance weighted for vitamin D over irradiance weighted for erythema."""
    fit = numbers()["vitamin_d"]
    risen = 1 - np.exp(-((np.asarray(cosine) / fit["mu_scale"]) ** fit["mu_power"]))
    return fit["most"] * risen * (np.asarray(ozone) / numbers()["uv_index"]["reference_ozone"]) ** fit["ozone_power"]


def cloud_factor(cover: float) -> float:
    """Share of the clear-sky dose that passes clouds covering this share of the sky."""
    fit = numbers()["cloud_cover"]
    return 1 - fit["depth"] * cover ** fit["power"]


def sunscreen_transmission(protection_factor: float) -> float:
    """Share of the dose that passes sunscreen put on as people put it on."""
    return 1 / (1 + (protection_factor - 1) * numbers()["sunscreen"]["applied"])


# -- a year at one place ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where somebody lives: degrees north, km above the sea, climate of daylight.toml, how the sun's place is found.

    snow: months (1-12) in which snow lies.
    """

    latitude: float
    altitude_km: float = 0.0
    climate: str = "average"
    geometry: str = "pvlib"
    snow: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not -90 <= self.latitude <= 90:
            raise InputError("a latitude lies between -90 and 90 degrees north", received=self.latitude)
        for what, value, known in (
            ("climate", self.climate, tuple(numbers()["climate"])),
            ("geometry", self.geometry, GEOMETRIES),
        ):
            if value not in known:
                raise InputError(f"{what} is one of a closed list", received=value, hint=f"known: {', '.join(known)}")
        if not set(self.snow) <= set(range(1, 13)):
            raise InputError("snow lies in months of the year, 1 to 12", received=list(self.snow))


@dataclass(frozen=True)
class Outdoors:
    """Minutes a day outdoors and when: None for the usual ones, which follow the season (daylight.toml)."""

    minutes_per_day: float | None = None
    solar_hour: float | None = None


BY_HABIT = Outdoors()


@dataclass(frozen=True)
class YearOfSun:
    """Doses a day on level ground during the minutes outdoors, by phase of the year: phases rad, doses J/m2 (weighted).

    phases: rising in [0, 2 pi), 0 at the start of 1 January; erythemal and vitamin_d: same shape.
    """

    phases: Values
    erythemal: Values
    vitamin_d: Values


def phase_of(day: float) -> float:
    """Phase of the year (rad) of a day counted from 1 January 2000."""
    return float(2 * np.pi * ((day % YEAR_DAYS) / YEAR_DAYS))


def _calendar_day(phases: Values) -> Values:
    """Day of the year for the formulas, whose year closes on itself."""
    return _FIRST_DAY + phases / (2 * np.pi) * _FORMULA_YEAR


def season(phases: Values, latitude: float) -> Values:
    """Where habits stand between winter (0) and summer (1); constant on the equator, turned round south of it."""
    habits = numbers()["habits"]
    least = 2 * np.pi * (habits["least_day"] - 1) / YEAR_DAYS
    swing = np.clip(latitude / habits["tropic"], -1, 1)
    return 0.5 * (1 - swing * np.cos(phases - least))


def usual_minutes(phases: Values, latitude: float) -> Values:
    """Minutes a day outdoors by habit."""
    minutes = numbers()["habits"]["minutes"]
    return minutes["least"] + (minutes["most"] - minutes["least"]) * season(phases, latitude)


@lru_cache(maxsize=4096)
def year_of_sun(place: Place, outdoors: Outdoors = BY_HABIT) -> YearOfSun:
    """The year at a place, computed once. Raises MissingExtraError without pvlib, InputError for an unknown climate."""
    days = np.arange(0, _CALENDAR_DAYS, _SAMPLE_EVERY_DAYS)
    days = days[np.argsort(days % YEAR_DAYS)]
    phases = 2 * np.pi * (days % YEAR_DAYS) / YEAR_DAYS
    day_of_year = _calendar_day(phases)
    minutes = usual_minutes(phases, place.latitude)
    if outdoors.minutes_per_day is not None:
        minutes = np.full_like(phases, outdoors.minutes_per_day)
    middle = numbers()["habits"]["hour"] if outdoors.solar_hour is None else outdoors.solar_hour
    nodes, weights = np.polynomial.legendre.leggauss(_POINTS)
    hours = middle + nodes[None, :] * minutes[:, None] / 120
    cosine = _cosine(place, days, day_of_year, hours)
    ozone = ozone_column(place.latitude, day_of_year)[:, None]
    cloud = numbers()["climate"][place.climate]["cloud"]
    index = clear_sky_uv_index(cosine, ozone, day_of_year[:, None], place.altitude_km) * cloud
    power = numbers()["uv_index"]["watt_per_index"] * index * _snow(place, phases)[:, None]
    seconds = 60 * minutes[:, None] * weights[None, :] / 2
    erythemal = np.sum(power * seconds, axis=1)
    return YearOfSun(phases, erythemal, np.sum(power * seconds * vitamin_d_ratio(cosine, ozone), axis=1))


def _snow(place: Place, phases: Values) -> Values:
    """Factor of snow on the ground, by month."""
    month = np.minimum((phases / (2 * np.pi) * 12).astype(int), 11) + 1
    return np.where(np.isin(month, place.snow), numbers()["snow"]["factor"], 1.0)


def _cosine(place: Place, days: Values, day_of_year: Values, hours: Values) -> Values:
    if place.geometry == "formula":
        return formula_cosine(place.latitude, day_of_year[:, None] + _FIRST_DAY_OF_FORMULA - _FIRST_DAY, hours)
    return pvlib_cosine(place.latitude, days[:, None], hours)


def noon_uv_index(place: Place, day: float, *, clear: bool = True) -> float:
    """UV index at true noon on a day counted from 1 January 2000; under the climate's cloud unless `clear`."""
    phase = phase_of(day)
    day_of_year = _calendar_day(np.array([phase]))
    cosine = _cosine(place, np.array([np.floor(day)]), day_of_year, np.array([[_MIDDAY]]))[:, 0]
    index = clear_sky_uv_index(cosine, ozone_column(place.latitude, day_of_year), day_of_year, place.altitude_km)
    cloud = 1.0 if clear else numbers()["climate"][place.climate]["cloud"]
    return float(index[0] * cloud * _snow(place, np.array([phase]))[0])
