"""Calendar and skin: nothing changes without a place; a year of sun, sessions of light, and the rows of evidence beside them."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest
from tests.body.sunlit import course, living_at, sunlit, who_has

from cofactor import body
from cofactor.body import calendar, skin
from cofactor.body.daylight import Place
from cofactor.body.daylight_series import sun_parameters
from cofactor.engine import Timeline, fast_engine, periodic, rest
from cofactor.evidence import load_rows

pytest.importorskip("pvlib", reason="the extra sun is not installed")

NEW_YEAR = datetime.date(2000, 1, 1)
YEAR = 365.25


def season_at(latitude: float, **parameters: float) -> np.ndarray:
    """25(OH)D by day from 1 January."""
    return course(living_at(latitude, NEW_YEAR, parameters), 365)[0]


# -- nobody without a place sees a difference -------------------------------------------------------------------------


def test_without_a_place_the_rest_is_that_of_the_adult_to_the_last_bit():
    adult, lit = body.adult(), sunlit()
    settled = [
        fast_engine(s).settle(s.start[None], s.parameter_vector()[None], s.input_vector()[None])[0][0]
        for s in (adult, lit)
    ]
    for name, state in adult.states.items():
        assert settled[1][lit.states[name].offset] == settled[0][state.offset], name
    for name in ("year_cosine", "year_sine", "skin_d3"):
        assert settled[1][lit.states[name].offset] == 0.0
    assert set(lit.states) - set(adult.states) == {"year_cosine", "year_sine", "skin_d3"}


def test_a_place_replaces_the_habitual_synthesis():
    assert sun_parameters(Place(53.0))["habitual_skin_synthesis"] == 0.0
    assert body.adult().constants["habitual_skin_synthesis"].value > 0


# -- the calendar -----------------------------------------------------------------------------------------------------


def turned(start: tuple[float, float], years: float, accuracy: str = "default") -> np.ndarray:
    system = sunlit()
    begun = living_at(53.0, NEW_YEAR)
    states = begun.cycle.states.copy()
    places = [system.states[name].offset for name in ("year_cosine", "year_sine")]
    states[:, places] = start
    one, none = np.zeros(1, dtype=int), np.full(1, -1)
    plan = Timeline(
        np.array([0.0, years * YEAR]), one, none, np.zeros((1, system.size)), np.zeros(0), np.zeros(0, dtype=int)
    )
    swarm = fast_engine(system).run(states, begun.settings[None], begun.inputs[None, None], plan, accuracy=accuracy)
    return swarm.finals[0, places]


def test_the_year_goes_round_and_does_not_drift():
    after = turned((1.0, 0.0), 20)
    assert math.hypot(*after) == pytest.approx(1.0, abs=1e-4)
    assert abs(math.atan2(after[1], after[0])) < 2 * math.pi / YEAR  # less than a day in 20 years
    quarter = turned((1.0, 0.0), 0.25, "tight")
    assert quarter == pytest.approx([0.0, 1.0], abs=1e-7)


def test_a_radius_that_is_off_comes_back():
    assert math.hypot(*turned((0.9, 0.0), 0.5)) == pytest.approx(1.0, abs=1e-4)


def test_the_waves_are_those_of_the_angle():
    angle = 0.7
    one = (math.cos(angle), math.sin(angle))
    two = calendar.half_year_cosine(*one), calendar.half_year_sine(*one)
    assert two == pytest.approx((math.cos(2 * angle), math.sin(2 * angle)))
    three = calendar.third_year_cosine(*one, *two), calendar.third_year_sine(*one, *two)
    assert three == pytest.approx((math.cos(3 * angle), math.sin(3 * angle)))
    four = calendar.quarter_year_cosine(*two), calendar.quarter_year_sine(*two)
    assert four == pytest.approx((math.cos(4 * angle), math.sin(4 * angle)))


# -- the periodic year ------------------------------------------------------------------------------------------------


def test_the_year_repeats_in_25ohd_and_pth_to_a_millionth():
    seen = course(living_at(60.0, datetime.date(2026, 10, 1)), 1461, names=("serum_25ohd", "serum_pth"))
    for values in seen:
        assert np.abs(values[1461] / values[0] - 1) < 2e-6 * 4  # four years later, each returning to 1e-6
        assert np.ptp(values[:365]) > 0.02 * values.mean()


def test_wherever_the_year_is_entered_it_is_the_same_year():
    whole = season_at(53.0)
    for date in (datetime.date(2000, 4, 10), datetime.date(2000, 11, 1)):
        day = (date - NEW_YEAR).days
        assert living_at(53.0, date).see("serum_25ohd") == pytest.approx(whole[day], rel=1e-5)


def test_a_population_is_found_at_once_and_each_as_if_alone():
    system, engine = sunlit(), fast_engine(sunlit())
    people = np.array([system.parameter_vector(sun_parameters(Place(lat))) for lat in (-60.0, -35.0, 0.0, 35.0, 65.0)])
    inputs = np.repeat(system.input_vector()[None], len(people), axis=0)
    clock = {"year_cosine": 1.0, "year_sine": 0.0}
    together = periodic(engine, people, inputs, YEAR, clock)
    assert np.all(together.gaps <= 1e-6)
    size = np.maximum(np.abs(together.states), 1e-3)
    for k in range(len(people)):
        alone = periodic(engine, people[k : k + 1], inputs[:1], YEAR, clock)
        assert np.max(np.abs(alone.states[0] - together.states[k]) / size[k]) < 1e-5
    later = periodic(engine, people, inputs, YEAR, clock, near=together)
    assert later.rounds <= 2
    assert np.max(np.abs(later.states - together.states) / size) < 1e-5


def test_who_has_no_rest_has_no_year():
    system = sunlit()
    starved = system.parameter_vector(sun_parameters(Place(53.0)))[None]
    nothing = system.input_vector({"dietary_calcium": 0.0})[None]
    cycle = periodic(fast_engine(system), starved, nothing, YEAR, {"year_cosine": 1.0, "year_sine": 0.0})
    assert not cycle.gaps[0] <= 1e-6


def test_without_a_season_the_year_is_the_rest():
    system = sunlit()
    settings, inputs = system.parameter_vector()[None], system.input_vector()[None]
    cycle = periodic(fast_engine(system), settings, inputs, YEAR, {"year_cosine": 1.0, "year_sine": 0.0})
    still = rest(system, settings[0], inputs[0])
    kept = [s.offset for name, s in system.states.items() if not name.startswith("year_")]
    assert np.allclose(cycle.states[0, kept], still[kept], rtol=1e-6, atol=1e-9)


# -- one day's light --------------------------------------------------------------------------------------------------


def made(dose: float, **changes: float) -> float:
    settings = {
        "upright_share": 1.0, "sunscreen_transmission": 1.0, "exposed_fraction": 1.0, "youth_of_skin": 1.0,
        "sensitivity_of_skin": 1.0, "whole_body_synthesis": 600.0, "saturating_dose": 750.0,
    }  # fmt: skip
    return skin.synthesis_by_sun(dose, *{**settings, **changes}.values())


def test_a_little_light_is_160_ug_a_whole_body_sed_of_high_sun_and_much_is_bounded():
    sdd_of_one_sed = 200.0  # J/m2: high sun weighs twice for vitamin D
    assert made(sdd_of_one_sed / 100) * 100 == pytest.approx(160, rel=0.01)
    assert made(1e6) == pytest.approx(600)
    assert made(0.0) == 0.0


def test_age_and_pigment():
    by_age = skin.youth_of_skin(np.array([20.0, 30.0, 80.0]), 20.0, skin.skin_ageing.value)
    assert by_age[0] == 1.0
    assert by_age[1] == pytest.approx(math.exp(-0.13))  # vitd-E33: -13 % a decade
    assert by_age[2] < 0.5  # vitd-E93: more than twofold from 20 to 80 y
    medium = skin.sensitivity_of_skin(np.array([250.0, 1000.0]), 250.0, 0.75)
    assert medium[0] == 1.0
    assert 1 / medium[1] == pytest.approx(4**0.75)


def test_a_lamp_session_leaves_the_skin_within_days():
    who = living_at(60.0, datetime.date(2001, 1, 10))
    seen = course(who, 21, [3], [2.0], 0.9, names=("skin_d3_synthesis", "serum_d3", "serum_25ohd"))
    assert seen[0].max() > 100
    peak = int(seen[1].argmax())
    assert 3 < peak <= 6  # vitd-E91: D3 peaks at 24-48 h (recalled, so the gate is wide)
    assert seen[1][-1] < 0.3 * seen[1][peak]
    assert seen[2].argmax() > peak


def test_each_further_sed_gives_less():
    who = living_at(60.0, datetime.date(2001, 1, 10))
    rises = [np.diff(course(who, 15, [0], [dose], 1.0)[0][[0, 14]])[0] for dose in (1.0, 2.0, 4.0, 8.0)]
    assert rises == sorted(rises)
    gains = np.divide(rises, (1, 2, 4, 8))
    assert np.all(np.diff(gains) < 0)


# -- beside the evidence ------------------------------------------------------------------------------------------------


def row(name: str):
    return next(r for r in load_rows() if r.id == name)


def change(
    baseline: float, latitude: float, date: datetime.date, days: int, every: int, sed: float, share: float
) -> float:
    who = who_has(baseline, latitude, date)
    sessions = list(range(0, days, every)) if every else []
    level = course(who, days, sessions, [sed] * len(sessions), share)[0]
    return float(level[-1] - level[0])


def test_bogh_1_sed_a_week_against_none():
    """vitd-E27, calibration: the contrasts (+37.3, +16.1) within 15 %. Without light the model falls further: see below."""
    start, days = datetime.date(2010, 10, 15), 112
    none = change(64.8, 55.7, start, days, 0, 0.0, 0.0)
    weekly = change(71.9, 55.7, start, days, 7, 1.0, 0.88) - none
    monthly = change(56.4, 55.7, start, days, 28, 1.0, 0.88) - none
    published = {e.arm: e.value for e in row("vitd-E27").effects}
    assert weekly == pytest.approx(published["1 SED once a week"], rel=0.15)
    assert monthly == pytest.approx(published["1 SED every 4 wk"], rel=0.15)
    assert none < 40.1 - 64.8  # a miss of size: people keep something that sun and 4 ug/d of food do not give


def test_karppinen_2_sed_of_narrow_band_every_fortnight():
    """vitd-E28, validation: the contrast, +22.8 nmol/L."""
    start, days = datetime.date(2013, 10, 15), 183
    lit = change(78.3, 61.5, start, days, 14, 2.0, 1.0)
    none = change(76.8, 61.5, start, days, 0, 0.0, 0.0)
    assert lit - none == pytest.approx(11.7 + 11.1, rel=0.2)


def test_milliken_a_course_of_narrow_band_is_overshot():
    """skin-E11, validation: 39.1 SED in 4 wk, 34 to 58 (2 wk) and 78 (4 wk) nmol/L. A miss: the model rises further.

    Skin that is treated three times a week tans and thickens, which the organ does not know.
    """
    who = who_has(34.0, 56.5, datetime.date(2011, 1, 15))
    sessions = [7 * week + day for week in range(4) for day in (0, 2, 4)]
    ladder = np.linspace(1.5, 5.0, len(sessions))
    level = course(who, 29, sessions, list(ladder / ladder.sum() * 39.1), 0.9)[0]
    assert level[28] > level[14] > 50
    assert 1.2 < (level[28] - level[0]) / (78 - 34) < 2.0


SURVEY = {"winter": 42.0, "summer": 66.0}  # medians: vitamin_d.md 2.8, derived from the shares of vitd-E29


def test_the_british_year_beside_the_survey():
    """vitd-E29, people of 45 y: December-May and June-November, within 20 % of the survey's medians on 6 ug/d of food."""
    who = living_at(53.0, NEW_YEAR, {"skin_age": 45.0})
    level = course(who, 365)[0]
    warm = np.zeros(366, dtype=bool)
    warm[151:334] = True
    assert level[warm].mean() == pytest.approx(SURVEY["summer"], rel=0.2)
    assert level[~warm].mean() < SURVEY["winter"]


@pytest.mark.parametrize("latitude", [35.0, 45.0, 55.0, 65.0, -35.0, -45.0, -55.0, -65.0])
def test_peak_and_trough_come_with_late_summer_and_late_winter(latitude: float):
    """vitd-E30: peak in August, trough in February (north); the southern year is turned by half."""
    level = season_at(latitude)[:365]
    peak, trough = int(level.argmax()) + 1, int(level.argmin()) + 1
    shift = 0 if latitude > 0 else 182
    assert 205 <= (peak + shift - 1) % 365 + 1 <= 245  # 24 July - 2 September
    assert 15 <= (trough + shift - 1) % 365 + 1 <= 60  # 15 January - 1 March
    assert level.max() > 1.5 * level.min()


def test_winter_is_deeper_the_further_from_the_equator():
    troughs = [season_at(latitude).min() for latitude in (25.0, 35.0, 45.0, 55.0, 65.0)]
    assert troughs == sorted(troughs, reverse=True)
