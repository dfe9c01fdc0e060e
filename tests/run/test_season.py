"""People with a place through a run: they start in their year, on the day of the date, and the year comes round."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor import Scenario, body, simulate
from cofactor.body.daylight import Place
from cofactor.body.daylight_series import sun_parameters
from cofactor.engine import Timeline, fast_engine
from cofactor.scenario import year_of

pytest.importorskip("pvlib", reason="the extra sun is not installed")

SEEN = ["serum_25ohd", "serum_pth", "skin_d3_synthesis"]


def run(text: str, **more):
    return simulate(Scenario.from_text(text), observables=SEEN, **more)


def level(result, name: str = "serum_25ohd") -> np.ndarray:
    return result.observables[name]


YEAR = '[person]\nlatitude = 53\n[simulate]\nstart = "2026-10-01"\ndays = 731\n'


def test_an_untreated_year_comes_round():
    result = run(YEAR)
    assert result.failures == ()
    assert result.manifest["body"] == "adult + sun"
    for name in ("serum_25ohd", "serum_pth"):
        values = level(result, name)[0]
        assert abs(values[731] - values[0]) < 5e-3 * values[0]  # 731 days are half a day more than two years
        assert abs(np.interp(730.5, result.times, values) / values[0] - 1) < 1e-4
    assert 30 < np.argmin(level(result)[0][:365]) - 92 < 60  # early February


def test_the_start_date_picks_the_season():
    autumn = level(run(YEAR.replace("731", "1")))[0, 0]
    spring = level(run(YEAR.replace("2026-10-01", "2026-03-01").replace("731", "1")))[0, 0]
    assert autumn > 1.4 * spring


def test_the_reference_engine_agrees():
    text = YEAR.replace("731", "180")
    fast, slow = level(run(text, accuracy="tight")), level(run(text, engine="reference"))
    assert np.allclose(fast, slow, rtol=1e-5)


def test_a_person_of_a_population_is_as_if_alone():
    text = '[population]\nn = 12\nlatitude = { mean = 50, sd = 8 }\n[simulate]\nstart = "2026-04-01"\ndays = 90\n'
    together = run(text)
    assert together.failures == ()
    half = run(text.replace("n = 12", "n = 6"))
    assert np.array_equal(level(half), level(together)[:6])


def test_a_lamp_lifts_the_winter_of_somebody_with_and_without_a_place():
    lamp = '[[phototherapy]]\ndose = "0.42 J/cm2"\nsessions = 12\n'
    winter = '[simulate]\nstart = "2026-12-01"\ndays = 60\n'
    for place in ("", "[person]\nlatitude = 60\n"):
        dark, lit = level(run(place + winter))[0], level(run(place + lamp + winter))[0]
        assert lit[0] == dark[0]
        assert lit[-1] > dark[-1] + 15


def test_a_season_costs_less_than_a_fifth_of_the_steps_of_a_year_of_doses():
    """Steps stand for time, which a busy machine blurs; finding the periodic year comes on top, once a person."""
    steps = []
    for place in ({}, sun_parameters(Place(53.0))):
        system = body.assembled("adult + sun" if place else "adult")
        engine = fast_engine(system)
        settings, inputs = system.parameter_vector(place)[None], system.input_vector()[None]
        start = engine.settle(system.start[None], settings, inputs)[0]
        if place:
            start = year_of(engine, settings, inputs, 4.7).states
        edges = np.append(np.arange(0.0, 365.0, 7.0), 365.0)
        dose = np.zeros((1, system.size))
        dose[0, system.states["gut_vitamin_d"].offset] = 1300.0
        weeks = np.zeros(len(edges) - 1, dtype=int)
        plan = Timeline(edges, weeks, weeks, dose, np.zeros(0), np.zeros(0, dtype=int))
        steps.append(int(engine.run(start, settings, inputs[:, None], plan).steps[0]))
    assert steps[0] < steps[1] < 1.2 * steps[0]


def test_a_dose_taken_in_steady_state_and_a_season_go_together():
    text = (
        '[person]\nlatitude = 53\n[[supplement]]\nname = "vitamin_d3"\namount = "7000 IU"\nevery = "1 week"\n'
        'pulses = true\nsteady_state = true\n[simulate]\nstart = "2026-10-01"\ndays = 14\n'
    )
    result = run(text)
    assert result.failures == ()
    assert level(result)[0, 0] > 70
