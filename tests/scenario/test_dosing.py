"""Lag, steady states, trains of infusions and resets, as a person writes them."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from cofactor import simulate
from cofactor.body import adult
from cofactor.errors import InputError
from cofactor.regimen import Hold, Infusions, Pulses, Rate, Reset
from cofactor.run import system_of, task_of
from cofactor.scenario import Scenario, habitual_inputs, reference_inputs, to_regimen

INF = math.inf
HOUR = 1 / 24
D3 = '[[supplement]]\nname = "vitamin_d3"\namount = "100 ug"\n'
SINGLE = D3 + 'every = "once"\n'
MAGNESIUM = '[[supplement]]\nname = "magnesium"\namount = "10 mmol"\n'
TERIPARATIDE = '[[drug]]\nname = "teriparatide"\namount = "20 ug"\n'
PPI = '[[drug]]\nname = "proton_pump_inhibitor"\n'
INFUSION = '[[infusion]]\nname = "magnesium"\namount = "20 mmol"\n'
IN_10_DAYS = "\n[simulate]\ndays = 10\n"
PER_UG = adult().constants["vitamin_d_nmol_per_ug"].value


def _regimen(text: str):
    return to_regimen(Scenario.from_text(text))


# -- lag --------------------------------------------------------------------------------------------------------------


def test_doses_arrive_their_lag_later():
    text = D3 + 'pulses = true\nstart = "day 2"\nstop = "day 5"\nlag = "6 hours"' + IN_10_DAYS
    (train,) = _regimen(text).pulses
    assert train == Pulses("gut_vitamin_d", 2.25, 1.0, 3, 100 * PER_UG)
    assert _regimen(SINGLE + 'lag = "6 hours"').pulses[0].first == 0.25
    late = _regimen(D3 + 'pulses = true\nlag = "6 hours"\nstart = "day 8"' + IN_10_DAYS).pulses[0]
    assert late.times().tolist() == [8.25, 9.25]


def test_what_is_a_rate_or_an_effect_comes_its_lag_later_too():
    lag = 'lag = "12 hours"\n'
    assert _regimen(MAGNESIUM + lag + 'start = "day 1"\nstop = "day 3"').rates[0] == Rate(
        "supplement_magnesium", 1.5, 3.5, 10.0
    )
    assert _regimen(MAGNESIUM + lag + 'start = "before"\nstop = "day 3"').holds[0].start == 3.5
    held = _regimen(PPI + lag + 'start = "day 1"\nstop = "day 3"').holds[0]
    assert (held.start, held.stop) == (1.5, 3.5)
    assert _regimen(INFUSION + lag + 'at = "day 1"\nover = "6 hours"').rates[0] == Rate(
        "magnesium_infusion", 1.5, 1.75, 80.0
    )
    assert _regimen(INFUSION + lag + 'at = "day 1"').pulses[0].first == 1.5


# -- trains of infusions ----------------------------------------------------------------------------------------------


def test_an_infusion_may_come_again():
    text = INFUSION + 'over = "4 hours"\nevery = "12 hours"\nat = "day 1"\nstop = "day 3"' + IN_10_DAYS
    assert _regimen(text).infusions == (Infusions("magnesium_infusion", 1.0, 0.5, 4, 4 * HOUR, 120.0),)
    assert not _regimen(text).rates
    bolus = _regimen(INFUSION + 'every = "12 hours"' + IN_10_DAYS)
    assert bolus.pulses == (Pulses("ecf_magnesium", 0.0, 0.5, 20, 20.0),)
    once = _regimen(INFUSION + 'over = "4 hours"')
    assert once.rates == (Rate("magnesium_infusion", 0.0, 4 * HOUR, 120.0),)
    assert not once.infusions


# -- steady states ----------------------------------------------------------------------------------------------------


def test_steady_state_is_a_habitual_train():
    steady = "pulses = true\nsteady_state = true\n"
    (train,) = _regimen(D3 + steady + IN_10_DAYS).pulses
    assert train == Pulses("gut_vitamin_d", 0.0, 1.0, 10, 100 * PER_UG, habitual=True)
    assert habitual_inputs(Scenario.from_text(D3 + steady)) == dict(reference_inputs())
    (drug,) = _regimen(TERIPARATIDE + "steady_state = true\n" + IN_10_DAYS).pulses
    assert (drug.pool, drug.habitual, drug.count) == ("teriparatide_depot", True, 10)
    (infusion,) = _regimen(INFUSION + 'over = "1 hour"\nevery = "1 day"\nsteady_state = true' + IN_10_DAYS).infusions
    assert (infusion.habitual, infusion.count) == (True, 10)


@pytest.mark.parametrize(
    ("lag", "first", "count"),
    [("6 hours", 0.25, 10), ("30 hours", 0.25, 10), ("1 day", 0.0, 10), ("60 hours", 0.5, 10)],
)
def test_doses_in_steady_state_that_were_taken_before_day_0_arrive_in_the_run(lag, first, count):
    (train,) = _regimen(D3 + f'pulses = true\nsteady_state = true\nlag = "{lag}"' + IN_10_DAYS).pulses
    assert (train.first, train.count) == (first, count)


def test_doses_in_steady_state_stop_and_the_last_ones_still_arrive():
    text = D3 + 'pulses = true\nsteady_state = true\nlag = "30 hours"\nstop = "day 3"' + IN_10_DAYS
    assert _regimen(text).pulses[0].times().tolist() == [0.25, 1.25, 2.25, 3.25]


def test_a_lag_of_nearly_the_interval_is_none():
    """0.1 + 0.2 days of every 0.3 is the next dose, not one 6e-17 days before it."""
    text = D3 + 'pulses = true\nsteady_state = true\nevery = "25920 s"\nlag = "25919.99999999 s"' + IN_10_DAYS
    assert _regimen(text).pulses[0].first == 0.0


# -- resets -----------------------------------------------------------------------------------------------------------


def test_resets_are_of_states_of_the_body():
    text = '[[reset]]\nat = "day 3"\nstates = ["gut_vitamin_d", "ecf_magnesium"]\n[[reset]]\nto = "start"\nat = "day 9"'
    assert _regimen(text).resets == (Reset(3.0, ("gut_vitamin_d", "ecf_magnesium")), Reset(9.0, (), "start"))
    with pytest.raises(InputError) as caught:
        to_regimen(Scenario.from_text('[[reset]]\nstates = [\n"ecf_calcium",\n"gut_vitamn_d"]', "plan.toml"))
    assert caught.value.hint == "nearest: gut_vitamin_d"
    assert str(caught.value.where).startswith("plan.toml:4 (reset[0].states[1])")


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_a_run_starts_in_the_steady_state_and_a_reset_empties_before_the_dose(engine):
    text = TERIPARATIDE + "steady_state = true\n"
    text += '[[reset]]\nat = "day 2"\nstates = ["teriparatide_depot", "plasma_teriparatide"]\n'
    text += '[simulate]\ndays = 3\noutput_every = "6 hours"\naccuracy = "tight"\n'
    names = ["teriparatide_depot", "plasma_teriparatide", "serum_calcium"]
    found = simulate(Scenario.from_text(text), observables=names, engine=engine).observables
    depot, plasma, calcium = (np.ravel(found[name]) for name in names)
    dose = to_regimen(Scenario.from_text(text)).pulses[0].amount
    leaving = math.log(dose / depot[12]) if depot[12] > 0 else INF  # in a day, after the reset on day 2
    assert depot[1] == pytest.approx(depot[5], rel=1e-4)
    assert calcium[:8] == pytest.approx(np.concatenate([calcium[4:8], calcium[4:8]]), rel=1e-5)
    assert depot[9] == pytest.approx(dose * math.exp(-leaving / 4), rel=1e-3)
    assert plasma[8] > 0, "the sample at the reset shows the body before it"


def test_both_engines_begin_in_the_same_steady_state():
    """A dose a day that doubles 25(OH)D from what was there at rest, with a lag."""
    text = D3 + 'pulses = true\nsteady_state = true\nlag = "3 hours"\n[simulate]\ndays = 2\naccuracy = "tight"\n'
    plan, names = Scenario.from_text(text), ["serum_25ohd", "serum_calcitriol", "serum_pth"]
    fast, slow = (simulate(plan, engine=engine, observables=names).observables for engine in ("fast", "reference"))
    for name in names:
        one, other = np.ravel(fast[name]), np.ravel(slow[name])
        assert one == pytest.approx(other, rel=2e-6), name
        assert one[2] == pytest.approx(one[0], rel=2e-6), name
    assert np.ravel(fast["serum_25ohd"])[0] > 100


@pytest.mark.parametrize(("dose", "every", "within"), [("100 ug", "1 day", 2e-5), ("700 ug", "1 week", 5e-3)])
def test_a_rate_and_pulses_agree_in_the_average_of_the_coupled_body(dose, every, within):
    """At rest under the rate, and over a week of the same doses in steady state; the body bends the wider swing of a week."""
    text = D3.replace("100 ug", dose) + f'every = "{every}"\n{{}}[simulate]\ndays = 7\noutput_every = "3 hours"\n'
    names = ["serum_25ohd", "serum_pth", "serum_calcium"]
    rate, doses = (
        simulate(Scenario.from_text(text.format(how)), observables=names).observables
        for how in ('start = "before"\n', "pulses = true\nsteady_state = true\n")
    )
    for name in names:
        assert np.mean(np.ravel(doses[name])[:-1]) == pytest.approx(np.ravel(rate[name])[0], rel=within), name


@pytest.mark.parametrize("accuracy", ["default", "tight"])
def test_no_pool_of_the_body_falls_below_nothing(accuracy):
    """Sharp pulses, a huge dose, pools emptied and drugs washed out: nothing is less than nothing but for rounding."""
    text = TERIPARATIDE + 'steady_state = true\nstop = "day 20"\n' + SINGLE.replace("100 ug", "15 mg")
    text += '[[drug]]\nname = "denosumab"\namount = "60 mg"\nevery = "once"\n'
    text += '[[reset]]\nat = "day 10"\nstates = ["teriparatide_depot", "plasma_teriparatide", "gut_vitamin_d"]\n'
    plan = Scenario.from_text(text + f'[simulate]\ndays = 400\naccuracy = "{accuracy}"\n')
    pools = [state.name for state in system_of(task_of(plan)).states.values() if state.is_pool]
    for name, values in simulate(plan, observables=pools).observables.items():
        assert values.min() >= -1e-12 * max(np.abs(values).max(), 1.0), name


def test_with_a_season_the_steady_state_is_that_of_a_year_of_doses():
    """From October to October the body returns; at the start it is where years of the same doses lead, nearly."""
    person = '[person]\nlatitude = 59.4\n[simulate]\nstart = "2026-10-01"\noutput_every = "7 days"\ndays = {}\n'
    weekly = D3.replace("100", "500") + 'every = "1 week"\npulses = true\n'

    def level(text: str, days: int) -> np.ndarray:
        plan = Scenario.from_text(person.format(days) + text)
        return np.ravel(simulate(plan, observables=["serum_25ohd"]).observables["serum_25ohd"])

    steady = level(weekly + "steady_state = true\n", 364)
    led = level(weekly, 364 * 8)
    assert steady[52] == pytest.approx(steady[0], rel=1e-3)
    assert steady.max() > 1.05 * steady.min(), "there is a season"
    assert led[0] < 0.6 * steady[0]
    assert led[-53:] == pytest.approx(steady, rel=0.03)  # eight years of 364 days, and the slow stores


def test_a_rhythm_that_does_not_fit_the_year_is_refused_for_people_with_a_season():
    text = '[person]\nlatitude = 59.4\n[simulate]\nstart = "2026-10-01"\n'
    text += SINGLE.replace('"once"', '"250 days"') + "pulses = true\nsteady_state = true\n"
    with pytest.raises(InputError, match="come round with the year"):
        simulate(Scenario.from_text(text), observables=["serum_25ohd"])


def test_a_population_begins_in_its_own_steady_states():
    text = "[population]\nn = 6\nseed = 2\n" + D3 + "pulses = true\nsteady_state = true\n[simulate]\ndays = 3\n"
    result = simulate(Scenario.from_text(text), observables=["serum_25ohd"])
    assert not result.failures
    found = result.observables["serum_25ohd"]
    assert np.allclose(found[:, 3], found[:, 0], rtol=1e-5)
    assert np.ptp(found[:, 0]) > 10


def test_the_example_of_the_guide_reads():
    guide = (Path(__file__).parents[2] / "docs" / "dosing.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    regimen = _regimen(example)
    assert (regimen.pulses[0].first, regimen.pulses[0].habitual) == (2.125, True)
    assert regimen.resets == (Reset(30.0, ("gut_vitamin_d",)),)


# -- bad input --------------------------------------------------------------------------------------------------------

PULSES = D3 + "pulses = true\n"
BAD = {
    "unknown key": (PULSES + 'lagg = "1 hour"', 5, "has no key lagg", "lagg", "lag"),
    "steady": (PULSES + "steady = true", 5, "has no key steady", "steady", "steady_state"),
    "unknown key of a reset": ('[[reset]]\npools = ["ecf_calcium"]', 2, "[[reset]] has no key pools", "pools", "to"),
    "no lag": (PULSES + 'lag = "0 h"', 5, "lag is longer than 0", "'0 h'", "lag"),
    "negative lag": (PULSES + 'lag = "-1 h"', 5, "lag is longer than 0", "'-1 h'", "lag"),
    "lag without unit": (PULSES + "lag = 2", 5, "lag is text with its unit", "2", "lag"),
    "lag of a length": (PULSES + 'lag = "2 cm"', 5, "cm does not convert to d", "2 cm", "lag"),
    "lag beyond the run": (
        PULSES + 'start = "day 9"\nlag = "2 days"' + IN_10_DAYS,
        6, "arrives within the run of 10 days", "day 9 and a lag of 2 d", "simulate.days",
    ),
    "steady state as text": (PULSES + 'steady_state = "yes"', 5, "steady_state is true or false", "'yes'", "quotes"),
    "steady state of a rate": (MAGNESIUM + "steady_state = true", 4, "followed one by one", "without pulses", "before"),
    "steady state of one dose": (
        SINGLE + "pulses = true\nsteady_state = true", 6, "doses that come again", "a single dose", "every",
    ),
    "steady state from before": (
        PULSES + 'start = "before"\nsteady_state = true', 5, "is on a day of it", "'before'", 'start = "day 0"',
    ),
    "steady state of a later start": (
        PULSES + 'start = "day 2.25"\nsteady_state = true',
        5, "within one interval of day 0", "day 2.25, every 1 d", "the dose on day 0.25",
    ),
    "steady state of an infusion once": (
        INFUSION + 'over = "1 hour"\nsteady_state = true', 5, "doses that come again", "a single dose", "every",
    ),
    "steady state of a late infusion": (
        INFUSION + 'over = "1 hour"\nevery = "1 day"\nat = "day 2"\nsteady_state = true',
        6, "within one interval of day 0", "at = day 2", "day 0",
    ),
    "stop of an infusion once": (INFUSION + 'stop = "day 3"', 4, "infused once has no stop", "day 3", "every"),
    "infusion that stops first": (
        INFUSION + 'every = "1 day"\nat = "day 4"\nstop = "day 3"', 6, "stop comes after start", "day 3", "leave stop",
    ),
    "steady state and a lab": (
        '[labs]\nserum_25ohd = "60 nmol/L"\n' + PULSES + "steady_state = true",
        1, "labs are met at rest", "serum_25ohd", "leave steady_state out",
    ),
    "reset to one": ('[[reset]]\nto = "one"', 2, "one of a closed list", "'one'", "zero, start"),
    "reset of a name": ('[[reset]]\nstates = "ecf_calcium"', 2, "a list of names", "ecf_calcium", "states = ["),
    "reset of nothing": ("[[reset]]\nstates = []", 2, "a list of names", "[]", "leave it out"),
    "reset after the run": ('[[reset]]\nat = "day 11"' + IN_10_DAYS, 2, "lies within the run", "day 11", "simulate.days"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_dosing_is_one_clear_error(name):
    text, line, rule, received, hint = BAD[name]
    with pytest.raises(InputError) as caught:
        Scenario.from_text(text, "plan.toml")
    error = caught.value
    assert rule in error.rule
    assert received in str(error.received)
    assert hint in str(error.hint)
    assert str(error.where).startswith(f"plan.toml:{line} ("), error.where


def test_an_effect_has_no_steady_state_of_doses():
    with pytest.raises(InputError, match="known to the model as an effect") as caught:
        _regimen(PPI + "steady_state = true")
    assert 'start = "before"' in str(caught.value.hint)


def test_what_was_dosed_before_points_to_the_steady_state():
    with pytest.raises(InputError, match="followed dose by dose") as caught:
        _regimen(TERIPARATIDE + 'start = "before"')
    assert "steady_state = true" in str(caught.value.hint)


def test_a_condition_s_lab_does_not_stand_in_the_way_of_a_steady_state():
    text = '[person]\nconditions = ["chronic_kidney_disease"]\n[labs]\ngfr = "45 mL/min/1.73m2"\n'
    assert Scenario.from_text(text + PULSES + "steady_state = true").supplement[0].steady_state


def test_holds_that_end_with_a_lag_end_after_it():
    text = PPI + 'start = "before"\nstop = "day 4"\nlag = "1 day"'
    (end,) = _regimen(text).holds
    assert end == Hold("magnesium_pump_health", 5.0, INF, reference_inputs()["magnesium_pump_health"])
