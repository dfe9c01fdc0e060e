"""A plan becomes model inputs by the routing table."""

from __future__ import annotations

import math

import pytest

from cofactor.body import magnesium_body
from cofactor.errors import InputError
from cofactor.regimen import Hold, Pulses, Rate, Regimen
from cofactor.scenario import REFERENCE_INPUTS, ROUTED, Scenario, habitual_inputs, to_regimen
from cofactor.scenario._names import DRUGS, INFUSIONS, MAGNESIUM_FORMS, SUPPLEMENTS
from cofactor.scenario._routes import (
    DRUG_ROUTES,
    INFUSION_ROUTES,
    MAGNESIUM_SOLUBILITY,
    SUPPLEMENT_ROUTES,
)

INF = math.inf


def _plan(text: str) -> tuple[Regimen, dict[str, float]]:
    scenario = Scenario.from_text(text)
    return to_regimen(scenario), habitual_inputs(scenario)


def _at(text: str, given: str, *days: float) -> list[float]:
    regimen, habitual = _plan(text)
    return [regimen.inputs_at(day, habitual)[given] for day in days]


def test_every_route_leads_to_an_input_of_the_body_at_its_reference():
    body = magnesium_body()
    for given, value in REFERENCE_INPUTS.items():
        assert body.inputs[given].value == value
    used = {route.given for routes in SUPPLEMENT_ROUTES.values() for route in routes}
    used |= {route.given for route in (*DRUG_ROUTES.values(), *INFUSION_ROUTES.values())}
    assert used <= set(REFERENCE_INPUTS)
    for route in INFUSION_ROUTES.values():
        assert route.pool is None or route.pool in body.states
    resting = next(c.value for name, c in body.constants.items() if name == "resting_adrenaline")
    assert REFERENCE_INPUTS["plasma_adrenaline_level"] == resting


def test_routes_are_of_names_a_scenario_may_hold():
    assert SUPPLEMENT_ROUTES.keys() <= SUPPLEMENTS.keys()
    assert DRUG_ROUTES.keys() <= DRUGS.keys()
    assert INFUSION_ROUTES.keys() <= INFUSIONS.keys()
    assert MAGNESIUM_SOLUBILITY.keys() == set(MAGNESIUM_FORMS)
    assert {"diet:magnesium", "supplement:magnesium", "drug:egfr_antibody", "infusion:adrenaline"} <= ROUTED


def test_nothing_planned_is_the_reference_adult_at_rest():
    assert _plan("") == (Regimen(), dict(REFERENCE_INPUTS))


def test_the_diet_is_habit_and_its_change_a_hold():
    regimen, habitual = _plan(
        '[diet]\nmagnesium = "10 mmol/d"\n[[diet_change]]\nmagnesium = "0.5 mmol/d"\nstop = "day 21"'
    )
    assert habitual["dietary_magnesium"] == 10.0
    assert regimen == Regimen(holds=(Hold("dietary_magnesium", 0.0, 21.0, 0.5),))


def test_of_two_diet_changes_the_one_that_began_last_holds_whatever_their_order_in_the_file():
    late = '[[diet_change]]\nmagnesium = "1 mmol/d"\nstart = "day 5"\nstop = "day 8"\n'
    long = '[[diet_change]]\nmagnesium = "4 mmol/d"\nstop = "day 20"\n'
    for text in (late + long, long + late):
        assert _at(text, "dietary_magnesium", 1, 6, 9, 21) == [4.0, 1.0, 4.0, 12.5]


@pytest.mark.parametrize(
    ("form", "share"), [("citrate", 1.0), ("oxide", 0.4), ("sulfate", 0.7), ("enteric_coated", 0.3)]
)
def test_a_supplement_counts_whole_and_by_what_dissolves(form, share):
    regimen, habitual = _plan(
        f'[[supplement]]\nname = "magnesium"\namount = "20 mmol"\nform = "{form}"\nstart = "day 3"'
    )
    assert regimen.rates == (
        Rate("supplement_magnesium", 3.0, INF, 20.0),
        Rate("soluble_supplement_magnesium", 3.0, INF, 20.0 * share),
    )
    assert habitual == dict(REFERENCE_INPUTS)


def test_citrate_is_the_form_when_none_is_said():
    text = '[[supplement]]\nname = "magnesium"\namount = "10 mmol"'
    assert _at(text, "soluble_supplement_magnesium", 1.0) == [10.0]
    assert Scenario.from_text(text).supplement[0].form == "citrate"


def test_doses_are_averaged_over_their_interval():
    for every, rate in (("1 day", 10.0), ("12 hours", 20.0), ("1 week", 10 / 7)):
        text = f'[[supplement]]\nname = "magnesium"\namount = "10 mmol"\nevery = "{every}"'
        assert _at(text, "supplement_magnesium", 1.0) == pytest.approx([rate])


def test_one_dose_is_the_meals_of_one_day():
    text = '[[supplement]]\nname = "magnesium"\namount = "10 mmol"\nevery = "once"\nstart = "day 4"'
    assert _at(text, "supplement_magnesium", 3.9, 4.0, 4.9, 5.0) == [0.0, 10.0, 10.0, 0.0]


def test_supplements_add_up():
    text = '[[supplement]]\nname = "magnesium"\namount = "10 mmol"\n' * 2
    assert _at(text, "supplement_magnesium", 1.0) == [20.0]


def test_what_was_taken_before_is_habit_until_it_stops():
    taken = '[[supplement]]\nname = "magnesium"\namount = "{} mmol"\nform = "oxide"\nstart = "before"\n{}\n'
    text = taken.format(10, 'stop = "day 90"') + taken.format(5, 'stop = "day 30"') + taken.format(1, "")
    text += '[[supplement]]\nname = "magnesium"\namount = "7 mmol"\nstart = "day 60"\nstop = "day 100"'
    _, habitual = _plan(text)
    assert habitual["supplement_magnesium"] == 16.0
    assert habitual["soluble_supplement_magnesium"] == pytest.approx(6.4)
    assert _at(text, "supplement_magnesium", 0, 29, 30, 60, 90, 100) == [16, 16, 11, 18, 8, 1]
    soluble = _at(text, "soluble_supplement_magnesium", 0, 30, 60, 90, 100)
    assert soluble == pytest.approx([6.4, 4.4, 11.4, 7.4, 0.4])


def test_drugs_hold_an_input_while_they_are_taken():
    ppi = '[[drug]]\nname = "proton_pump_inhibitor"\nstart = "day 10"\nstop = "day 20"\n'
    assert _at(ppi, "magnesium_pump_health", 9, 10, 20) == [1.0, 0.75, 1.0]
    block = '[[drug]]\nname = "egfr_antibody"\n'
    assert _at(ppi + block, "egf_signal", 0, 15) == pytest.approx([0.45, 0.45])


def test_a_drug_taken_before_ends_without_ending_a_later_course():
    text = '[[drug]]\nname = "proton_pump_inhibitor"\nstart = "before"\nstop = "day 30"\n'
    assert _plan(text)[1]["magnesium_pump_health"] == 0.75
    assert _at(text, "magnesium_pump_health", 0, 30) == [0.75, 1.0]
    later = text + '[[drug]]\nname = "proton_pump_inhibitor"\nstart = "day 20"\nstop = "day 40"\n'
    assert _at(later, "magnesium_pump_health", 0, 25, 30, 40) == [0.75, 0.75, 0.75, 1.0]
    twice = text + '[[drug]]\nname = "proton_pump_inhibitor"\nstart = "before"\nstop = "day 50"\n'
    assert _at(twice, "magnesium_pump_health", 0, 30, 49, 50) == [0.75, 0.75, 0.75, 1.0]


def test_an_infusion_is_a_rate_over_its_time():
    for dose in ('amount = "7 mmol"', 'rate = "1.75 mmol/h"', 'rate = "42 mmol/d"'):
        text = f'[[infusion]]\nname = "magnesium"\n{dose}\nat = "day 1"\nover = "4 hours"'
        regimen, _ = _plan(text)
        (rate,) = regimen.rates
        assert (rate.given, rate.start) == ("magnesium_infusion", 1.0)
        assert (rate.stop, rate.amount) == pytest.approx((1 + 4 / 24, 42.0), rel=1e-12)
        assert regimen.holds == regimen.pulses == ()


def test_an_infusion_at_once_is_a_pulse_into_the_extracellular_fluid():
    regimen, _ = _plan('[[infusion]]\nname = "magnesium"\namount = "7 mmol"\nat = "day 2"')
    assert regimen == Regimen(pulses=(Pulses("ecf_magnesium", 2.0, 0.0, 1, 7.0),))


def test_adrenaline_is_its_plasma_level():
    """magnesium.md 2.4: 0.05 and 0.1 ug/kg/min give 2.95 and 5.7 nmol/L; two infusions at once add up."""
    for dose, level in (
        ('rate = "0.05 ug/kg/min"', 2.95),
        ('rate = "0.1 ug/kg/min"', 5.7),
        ('amount = "12 ug/kg"', 5.7),
    ):
        text = f'[[infusion]]\nname = "adrenaline"\n{dose}\nover = "2 h"\n'
        assert _at(text, "plasma_adrenaline_level", 0, 0.1) == pytest.approx([level, 0.2])
    both = '[[infusion]]\nname = "adrenaline"\nrate = "0.05 ug/kg/min"\nover = "2 h"\n' * 2
    assert _at(both, "plasma_adrenaline_level", 0) == pytest.approx([5.7])


def test_adrenaline_at_once_is_refused():
    scenario = Scenario.from_text('[[infusion]]\nname = "adrenaline"\namount = "1 ug/kg"', "p.toml")
    with pytest.raises(InputError, match=r"known|infused over a time") as caught:
        to_regimen(scenario)
    assert caught.value.where == "p.toml:1 (infusion[0])"
    assert caught.value.hint
