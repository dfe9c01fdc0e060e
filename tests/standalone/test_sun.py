"""The golden numbers of vitamin_d.md 2.9 for sun and skin to 2 %: the body's own daylight, calendar and skin.

"Solar" and the half hour are the formula's geometry, as printed; "Annual cycle" is the kinetics of line 98 (c = .36, constant
clearance, doubles_vitamin_d) under a year of pvlib's sun, in the periodic year that the engine finds.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.standalone.doubles_vitamin_d import KINETICS, calcidiol_as_the_end, magnesium_replete
from tests.standalone.test_vitamin_d import is_met

from cofactor.body import calendar, skin, vitamin_d
from cofactor.body.daylight import Place, clear_sky_uv_index, formula_cosine, ozone_column, vitamin_d_ratio, year_of_sun
from cofactor.body.daylight_series import sun_parameters
from cofactor.engine import RETURNED, Timeline, fast_engine
from cofactor.model import System
from cofactor.scenario._season import YEAR_DAYS, year_of

pytest.importorskip("pvlib", reason="the extra sun is not installed")

GOLDEN = tomllib.loads((Path(__file__).parent / "golden_sun.toml").read_text(encoding="utf-8"))
PERSON = {"fat_mass": 22.0, "skin_age": 45.0}
FOOD = 6.0  # ug/d
DAYS = np.arange(365.0)
DAYS_APART = 5  # 2 % of the day of the year
JUNE, AUGUST, DECEMBER, FEBRUARY = 151, 212, 334, 31


# -- noon -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", GOLDEN["noon"], ids=lambda r: f"{r['latitude']} N, day {r['day']}")
def test_noon(row: dict[str, Any]):
    mu = float(formula_cosine(row["latitude"], row["day"], 12.0))
    ozone = ozone_column(row["latitude"], row["day"])
    assert is_met(mu, row["mu"])
    assert is_met(float(clear_sky_uv_index(mu, ozone, row["day"])), row["uv_index"])
    assert is_met(float(vitamin_d_ratio(mu, ozone)), row["ratio"])


@pytest.mark.parametrize("row", GOLDEN["half_hour"], ids=lambda r: r["month"])
def test_half_an_hour_of_noon_undressed(row: dict[str, Any]):
    hours = 12 + (np.arange(60) - 29.5) / 120
    mu, ozone = formula_cosine(42.0, row["day"], hours), ozone_column(42.0, row["day"])
    erythemal = 0.025 * clear_sky_uv_index(mu, ozone, row["day"]) * 30.0  # J/m2 in each half minute
    if "sed" in row:
        assert is_met(0.75 * erythemal.sum() / 100, row["sed"])
    dose = 0.75 * float(np.sum(erythemal * vitamin_d_ratio(mu, ozone)))
    # one day's dose, through the organ's own equations
    young = skin.youth_of_skin(30.0, skin.young_skin_age.value, skin.skin_ageing.value)
    made = skin.synthesis_by_sun(dose, 1.0, 1.0, 0.88, young, 1.0, 600.0, 750.0)
    assert is_met(made, row["ug"])


# -- the year -------------------------------------------------------------------------------------------------------


@lru_cache
def sunlit_kinetics() -> System:
    return System.from_organs([vitamin_d, calcidiol_as_the_end, magnesium_replete, calendar, skin])


def year(latitude: float, parameters: dict[str, float], supplement: float = 0.0, geometry: str = "pvlib") -> np.ndarray:
    """25(OH)D and synthesis by day of the year, shape (2, 365)."""
    system, engine = sunlit_kinetics(), fast_engine(sunlit_kinetics())
    place = sun_parameters(Place(latitude, geometry=geometry))
    constants = {**system.recalibrated({**KINETICS, "reference_25ohd": 60.0}), **PERSON, **place, **parameters}
    settings = system.parameter_vector(constants)[None]
    inputs = system.input_vector({"dietary_vitamin_d": FOOD, "supplement_vitamin_d3": supplement})[None]
    cycle = year_of(engine, settings, inputs, 0.0)
    assert cycle.gaps[0] <= RETURNED
    one, none = np.zeros(1, dtype=int), np.full(1, -1)
    plan = Timeline(
        np.array([0.0, YEAR_DAYS]), one, none, np.zeros((1, system.size)), DAYS, np.zeros(len(DAYS), dtype=int)
    )
    names = ["serum_25ohd", "skin_d3_synthesis"]
    swarm = engine.run(cycle.states, settings, inputs[:, None], plan, observables=names, accuracy="tight")
    assert swarm.failures == (None,)
    return swarm.observed[0].T


def half_years(level: np.ndarray) -> tuple[float, float]:
    warm = np.zeros(len(DAYS), dtype=bool)
    warm[JUNE:DECEMBER] = True
    return float(level[~warm].mean()), float(level[warm].mean())


@pytest.mark.parametrize("row", GOLDEN["year"], ids=lambda r: f"{r['latitude']} N")
def test_annual_cycle(row: dict[str, Any]):
    level, made = year(row["latitude"], {})
    assert is_met(level.max(), row["most"])
    assert is_met(level.min(), row["least"])
    if "most_day" in row:
        assert abs(level.argmax() + 1 - row["most_day"]) <= DAYS_APART
        assert abs(level.argmin() + 1 - row["least_day"]) <= DAYS_APART
    if "december_to_may" in row:
        cold, warm = half_years(level)
        assert is_met(cold, row["december_to_may"])
        assert is_met(warm, row["june_to_november"])
    if "summer_synthesis" in row:
        assert is_met(made[JUNE:AUGUST].mean(), row["summer_synthesis"])
        assert is_met(np.concatenate([made[DECEMBER:], made[:FEBRUARY]]).mean(), row["winter_synthesis"])


@pytest.mark.parametrize("row", GOLDEN["variant"], ids=lambda r: r["name"])
def test_variants_at_53_north(row: dict[str, Any]):
    level, _ = year(53.0, row.get("parameters", {}), row.get("supplement", 0.0))
    assert is_met(level.max(), row["most"])
    assert is_met(level.min(), row["least"])


def test_obesity_lowers_the_mean_of_the_year():
    lean, _ = year(53.0, {})
    obese, _ = year(53.0, {"body_weight": 100.0, "fat_mass": 42.0})
    assert is_met(float(obese.mean() - lean.mean()), GOLDEN["obesity"]["mean"])


def test_the_yearly_dose_on_skin():
    table = GOLDEN["dose"]
    sun, place = year_of_sun(Place(table["latitude"])), sun_parameters(Place(table["latitude"]))
    waves = [np.ones_like(sun.phases), np.cos(sun.phases), np.sin(sun.phases)]
    names = ("exposed_fraction_mean", "exposed_fraction_cosine", "exposed_fraction_sine")
    exposed = sum(place[name] * wave for name, wave in zip(names, waves, strict=True))
    weekly = 7 * np.mean(sun.erythemal / 100 * skin.upright_share.value * exposed)
    assert is_met(float(weekly), table["sed_per_week"])


def test_the_formula_in_place_of_pvlib_moves_25ohd_by_less_than_a_fifth_of_a_per_cent():
    """The error that daylight.py and the error without pvlib state."""
    worst = 0.0
    for latitude in (35.0, 53.0, 65.0):
        exact, formula = year(latitude, {})[0], year(latitude, {}, geometry="formula")[0]
        worst = max(worst, float(np.max(np.abs(formula / exact - 1))))
    assert worst < 0.002
    assert worst > 1e-5  # they are two geometries, not one
