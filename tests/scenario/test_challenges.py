"""Challenges in a plan: where their dose goes, and what a run shows of a person on the chosen day."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor import simulate
from cofactor.body import EVERYTHING, assembled
from cofactor.errors import InputError
from cofactor.regimen import Pulses, Rate
from cofactor.scenario import Scenario, habitual_inputs, to_regimen
from cofactor.scenario._names import CHALLENGES
from cofactor.scenario._routes import CHALLENGE_ROUTES

WATCHED = ("plasma_glucose", "plasma_adrenaline", "serum_magnesium", "insulin_sensitivity")
END = '[simulate]\ndays = {days}\noutput_every = "{every}"\n'


def plan(text: str, days: float = 1.0, every: str = "5 minutes") -> Scenario:
    return Scenario.from_text(text + END.format(days=days, every=every), "p.toml")


def test_every_challenge_has_a_way_in():
    whole = assembled(EVERYTHING)
    assert CHALLENGE_ROUTES.keys() == CHALLENGES.keys()
    for route in CHALLENGE_ROUTES.values():
        assert route.source
        assert (route.bolus is None) != (route.given == "")
        assert route.bolus is None or route.bolus.pool in whole.states
        assert not route.given or route.given in whole.inputs


def test_glucose_enters_the_stomach_in_mmol():
    (pulse,) = to_regimen(plan('[[challenge]]\nname = "oral_glucose"\namount = "75 g"\nat = "day 0.5"\n')).pulses
    assert isinstance(pulse, Pulses)
    assert (pulse.pool, pulse.first, pulse.count) == ("stomach_glucose", 0.5, 1)
    assert pulse.amount == pytest.approx(75 / 180.156 * 1000)


def test_the_usual_amounts():
    usual = to_regimen(plan('[[challenge]]\nname = "oral_glucose"\n[[challenge]]\nname = "mixed_meal"\n')).pulses
    assert [pulse.pool for pulse in usual] == ["stomach_glucose", "stomach_meal_glucose"]
    assert all(pulse.amount == pytest.approx(416.3, abs=0.1) for pulse in usual)


def test_insulin_runs_in_over_a_minute():
    (rate,) = to_regimen(plan('[[challenge]]\nname = "insulin"\namount = "0.1 U/kg"\n')).rates
    assert isinstance(rate, Rate)
    assert (rate.given, rate.start, rate.stop) == ("insulin_infusion", 0.0, 1 / 1440)
    assert rate.amount == pytest.approx(7.0 * 1440)


@pytest.mark.parametrize(
    ("who", "units"), [('[person]\nweight = "90 kg"\n', 9.0), ("", 7.0), ("[population]\nn = 3\n", 7.0)]
)
def test_the_usual_insulin_test_goes_with_weight(who, units):
    (rate,) = to_regimen(plan(who + '[[challenge]]\nname = "insulin"\n')).rates
    assert rate.amount == pytest.approx(units * 1440)


def test_an_insulin_infusion_and_b6_have_their_inputs():
    text = '[[infusion]]\nname = "insulin"\nrate = "1 U/h"\nover = "1 h"\n[[supplement]]\nname = "vitamin_b6"\n'
    rates = to_regimen(plan(text + 'amount = "30 mg"\n')).rates
    assert {rate.given: rate.amount for rate in rates} == {
        "insulin_infusion": pytest.approx(24.0), "supplement_vitamin_b6": pytest.approx(30.0),
    }  # fmt: skip
    before = 'amount = "30 mg"\nstart = "before"\n'
    habits = habitual_inputs(plan('[[supplement]]\nname = "vitamin_b6"\n' + before))
    assert habits["supplement_vitamin_b6"] == 30.0


def test_insulin_needs_a_time():
    with pytest.raises(InputError, match="infused over a time"):
        to_regimen(plan('[[infusion]]\nname = "insulin"\namount = "5 U"\n'))


def test_a_person_is_challenged_as_they_are_on_that_day():
    diet = '[[diet_change]]\nmagnesium = "0.5 mmol/day"\n'
    test = '[[challenge]]\nname = "oral_glucose"\nat = "day {day}"\n'
    short = simulate(plan(test.format(day=0.1)), observables=WATCHED)
    late = simulate(plan(diet + test.format(day=21.1), days=22), observables=WATCHED)
    peaks = [float(result.observables["plasma_glucose"].max()) for result in (short, late)]
    assert peaks[0] == pytest.approx(9.32, abs=0.01)  # magnesium.md 2.8: 9.3
    assert peaks[1] > peaks[0] + 0.2
    before = late.times < 21.1
    assert np.ptp(late.observables["plasma_glucose"][0, before]) < 0.5


def test_low_glucose_pulls_magnesium_into_cells():
    result = simulate(plan('[[challenge]]\nname = "insulin"\nat = "day 0.1"\n'), observables=WATCHED)
    seen = {name: values[0] for name, values in result.observables.items()}
    assert seen["plasma_glucose"].min() == pytest.approx(2.34, abs=0.02)  # magnesium.md 2.8
    assert seen["plasma_adrenaline"].max() == pytest.approx(1.56, abs=0.02)
    assert seen["serum_magnesium"].min() < seen["serum_magnesium"][0] - 0.005


def test_reactive_hypoglycaemia_falls_lower():
    test = '[[challenge]]\nname = "oral_glucose"\nat = "day 0.1"\n'
    usual = simulate(plan(test), observables=WATCHED).observables["plasma_glucose"].min()
    reactive = simulate(plan('[person]\nconditions = ["reactive_hypoglycaemia"]\n' + test), observables=WATCHED)
    assert reactive.observables["plasma_glucose"].min() < min(3.5, usual - 1)


@pytest.mark.parametrize(
    ("condition", "levels"),
    [
        ("hypertension", {"systolic_bp": 139.7, "diastolic_bp": 88.0}),  # mg-E67 at baseline
        ("insulin_resistance", {"homa_ir": 3.4}),  # mg-E73: 3.2 and 3.6
    ],
)
def test_a_condition_brings_its_levels(condition, levels):
    text = f'[person]\nconditions = ["{condition}"]\n'
    result = simulate(plan(text, every="1 day"), observables=tuple(levels))
    assert {name: float(values[0, 0]) for name, values in result.observables.items()} == pytest.approx(levels, rel=2e-3)


def test_the_contrary_switches():
    magnesium = '[[supplement]]\nname = "magnesium"\namount = "368 mg"\n'
    off = "[model]\nswitches = { pressure_ignores_magnesium = true, magnesium_eases_nobody = true }\n"
    for switches, moved in (("", True), (off, False)):
        result = simulate(plan(magnesium + switches, 84, "84 days"), observables=("systolic_bp", "stress_score"))
        fall = result.observables["systolic_bp"][0, 0] - result.observables["systolic_bp"][0, 1]
        assert bool(fall > 0.3) is moved
        assert moved or fall == pytest.approx(0.0, abs=1e-6)
