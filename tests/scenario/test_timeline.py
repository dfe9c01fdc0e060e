"""A plan becomes model inputs by the routing table."""

from __future__ import annotations

import math

import pytest

from cofactor.body import EVERYTHING, adult, assembled, psoriatic_skin
from cofactor.errors import InputError
from cofactor.regimen import Hold, Pulses, Rate, Regimen
from cofactor.scenario import ROUTED, SWITCHES, Scenario, habitual_inputs, reference_inputs, to_regimen
from cofactor.scenario._names import CONDITIONS, DRUGS, INFUSIONS, MAGNESIUM_FORMS, SUPPLEMENTS, Substance
from cofactor.scenario._routes import (
    CONDITION_ROUTES,
    CONDITIONS_BY_LAB,
    DIET_INPUTS,
    DRUG_HOLDS,
    DRUG_PULSES,
    DRUG_RATES,
    INFUSION_ROUTES,
    MAGNESIUM_SOLUBILITY,
    SUPPLEMENT_PULSES,
    SUPPLEMENT_ROUTES,
    PulseRoute,
)
from cofactor.scenario._tables import Diet
from cofactor.units import parse_unit

INF = math.inf


def _plan(text: str) -> tuple[Regimen, dict[str, float]]:
    scenario = Scenario.from_text(text)
    return to_regimen(scenario), habitual_inputs(scenario)


def _at(text: str, given: str, *days: float) -> list[float]:
    regimen, habitual = _plan(text)
    return [regimen.inputs_at(day, habitual)[given] for day in days]


def test_every_route_leads_to_an_input_of_the_body():
    used = {route.given for routes in SUPPLEMENT_ROUTES.values() for route in routes}
    used |= {route.given for route in INFUSION_ROUTES.values()} | {*DIET_INPUTS.values(), *DRUG_RATES.values()}
    used |= {given for route in (*DRUG_HOLDS.values(), *CONDITION_ROUTES.values()) for given in route.values}
    whole = assembled(EVERYTHING)
    assert used <= set(whole.inputs)
    assert {switch.parameter for switch in SWITCHES.values()} <= {*whole.constants, *psoriatic_skin().constants}
    for name, route in (*DRUG_HOLDS.items(), *CONDITION_ROUTES.items()):
        assert route.source, name
        if name == "oestrogen":
            continue  # it gives back what the reference adult has
        assert all(value != reference_inputs()[given] for given, value in route.values.items()), "it changes something"


def test_the_reference_diet_of_scenarios_is_that_of_the_organs():
    assert {given: getattr(Diet(), nutrient) for nutrient, given in DIET_INPUTS.items()} == {
        given: adult().inputs[given].value for given in DIET_INPUTS.values()
    }
    assert set(DIET_INPUTS) == set(Diet.model_fields)
    assert reference_inputs()["plasma_adrenaline_level"] == adult().constants["resting_adrenaline"].value


def _pulse_routes() -> list[tuple[str, Substance, PulseRoute]]:
    infusions = [(n, INFUSIONS[n], r.bolus) for n, r in INFUSION_ROUTES.items() if r.bolus is not None]
    drugs = [(n, DRUGS[n], r) for n, r in DRUG_PULSES.items()]
    return [*infusions, *drugs, *((n, SUPPLEMENTS[n], r) for n, r in SUPPLEMENT_PULSES.items())]


@pytest.mark.parametrize(("name", "substance", "route"), _pulse_routes(), ids=lambda value: str(value)[:20])
def test_a_pulse_is_worth_its_pool(name, substance, route):
    """The body's parameters that turn an amount into the pool's unit have just the units for it."""
    assert substance.amount_unit is not None
    unit = parse_unit(substance.amount_unit)
    for parameter in route.worth:
        unit = unit * adult().constants[parameter].unit
    if route.worth:
        assert unit == adult().states[route.pool].unit, name
    else:
        assert adult().states[route.pool].unit is not None


def test_routes_are_of_names_a_scenario_may_hold():
    assert SUPPLEMENT_ROUTES.keys() <= SUPPLEMENTS.keys()
    assert SUPPLEMENT_PULSES.keys() <= SUPPLEMENT_ROUTES.keys()
    drugs = [*DRUG_HOLDS, *DRUG_PULSES, *DRUG_RATES]
    assert set(drugs) <= DRUGS.keys()
    assert len(set(drugs)) == len(drugs), "one route each"
    assert INFUSION_ROUTES.keys() <= INFUSIONS.keys()
    assert CONDITION_ROUTES.keys() | CONDITIONS_BY_LAB.keys() <= set(CONDITIONS)
    assert MAGNESIUM_SOLUBILITY.keys() == set(MAGNESIUM_FORMS)
    assert {"diet:calcium", "supplement:vitamin_d3:pulses", "drug:denosumab", "infusion:edta"} <= ROUTED
    assert "supplement:magnesium:pulses" not in ROUTED


def test_nothing_planned_is_the_reference_adult_at_rest():
    assert _plan("") == (Regimen(), dict(reference_inputs()))


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
    assert habitual == dict(reference_inputs())


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


# ---- vitamin D, minerals, calcitriol ----


@pytest.mark.parametrize(
    ("name", "amount", "given", "per_day"),
    [
        ("vitamin_d3", "4000 IU", "supplement_vitamin_d3", 100.0),
        ("vitamin_d2", "50000 IU", "supplement_vitamin_d2", 1250.0),
        ("calcidiol", "20 ug", "supplement_calcidiol", 20.0),
        ("calcitriol", "0.5 ug", "oral_calcitriol", 0.5),
        ("calcium", "1 g", "supplement_calcium", 1000 / 40.078),
        ("phosphate", "500 mg", "supplement_phosphate", 500 / 30.974),
    ],
)
def test_what_is_taken_daily_is_a_rate(name, amount, given, per_day):
    text = f'[[supplement]]\nname = "{name}"\namount = "{amount}"\nstart = "day 2"\nstop = "day 9"'
    assert _at(text, given, 1, 2, 8.9, 9) == pytest.approx([0, per_day, per_day, 0])
    assert _plan(text)[0].pulses == ()


@pytest.mark.parametrize(
    ("name", "pool", "worth"),
    [
        ("vitamin_d3", "gut_vitamin_d", 2.6),  # coupled.md: 1 nmol D3 = 1/2.6 ug
        ("vitamin_d2", "gut_vitamin_d", 2.6 * 0.45),  # vitd-E51
        ("calcidiol", "calcidiol_pool", 2.496 * 0.8),  # 0.8 absorbed, coupled.md 2
    ],
)
def test_a_single_dose_of_vitamin_d_is_a_bolus(name, pool, worth):
    regimen, habitual = _plan(f'[[supplement]]\nname = "{name}"\namount = "100 ug"\nevery = "once"\nstart = "day 3"')
    (pulse,) = regimen.pulses
    assert (pulse.pool, pulse.first, pulse.count) == (pool, 3.0, 1)
    assert pulse.amount == pytest.approx(100 * worth)
    assert regimen.rates == ()
    assert habitual == dict(reference_inputs())


def test_a_parameter_of_the_model_changes_what_a_dose_is_worth():
    text = (
        '[[supplement]]\nname = "vitamin_d2"\namount = "100 ug"\nevery = "once"\n[model.parameters]\neffect_of_d2 = 1'
    )
    assert _plan(text)[0].pulses[0].amount == pytest.approx(260.0)


def test_stress_of_size_one_is_an_sd_of_the_score():
    text = '[[event]]\nname = "stress"\nat = "day 2"\nsize = {}\n'
    spread = assembled(EVERYTHING).constants["stress_score_spread"].value
    assert _plan(text.format(2.0))[0].rates == (Rate("added_stress", 2.0, 2.0 + 91.0, 2 * spread),)
    changed = text.format(1.0) + "[model.parameters]\nstress_score_spread = 6\n"
    assert _plan(changed)[0].rates[0].amount == 6.0


@pytest.mark.parametrize(
    ("keys", "count"),
    [
        ("", 10),
        ('stop = "day 6"', 6),
        ('stop = "day 5.5"', 6),
        ('start = "day 4"', 6),
        ('every = "1 week"', 2),
        ('every = "8 hours"\nstop = "day 1"', 3),
        ('every = "1 month"', 1),
    ],
)
def test_pulses_are_the_doses_that_fall_within_the_run(keys, count):
    text = f'[[supplement]]\nname = "vitamin_d3"\namount = "25 ug"\npulses = true\n{keys}\n[simulate]\ndays = 10'
    regimen, _ = _plan(text)
    (train,) = regimen.pulses
    assert (train.count, train.amount) == (count, pytest.approx(65.0))
    assert regimen.rates == ()


def test_too_many_doses_are_refused_rather_than_followed_for_hours():
    text = '[[supplement]]\nname = "vitamin_d3"\namount = "1 ug"\npulses = true\nevery = "1 minute"'
    with pytest.raises(InputError, match=r"at most 20000 doses.*259200.*p\.toml:5") as caught:
        to_regimen(Scenario.from_text(text, "p.toml"))
    assert "rate" in str(caught.value.hint)


def test_vitamin_d_taken_for_long_is_habit():
    text = '[[supplement]]\nname = "vitamin_d3"\namount = "1000 IU"\nstart = "before"\nstop = "day 30"\n'
    assert _plan(text)[1]["supplement_vitamin_d3"] == pytest.approx(25.0)
    assert _at(text, "supplement_vitamin_d3", 0, 29.9, 30) == pytest.approx([25, 25, 0])


# ---- drugs ----


def test_an_injection_is_a_pulse_into_its_depot():
    regimen, _ = _plan('[[drug]]\nname = "teriparatide"\namount = "20 ug"\n[simulate]\ndays = 90')
    (train,) = regimen.pulses
    assert (train.pool, train.first, train.interval, train.count) == ("teriparatide_depot", 0.0, 1.0, 90)
    available = adult().constants["teriparatide_bioavailability"].value
    assert train.amount * available == pytest.approx(4614.11, abs=0.005)  # coupled.md 2, Drugs


def test_denosumab_is_given_every_six_months_unless_said_otherwise():
    text = '[[drug]]\nname = "denosumab"\namount = "60 mg"\n{}\n[simulate]\ndays = 1000'
    (train,) = _plan(text.format(""))[0].pulses
    assert (train.pool, train.interval, train.count) == ("denosumab_depot", 182.625, 6)
    available = adult().constants["denosumab_bioavailability"].value
    assert train.amount * available == pytest.approx(4.374e7)  # coupled.md 2, Drugs
    assert _plan(text.format('every = "3 months"'))[0].pulses[0].count == 11
    assert _plan(text.format('every = "once"'))[0].pulses[0].count == 1


def test_a_drug_followed_dose_by_dose_has_no_past():
    scenario = Scenario.from_text('[[drug]]\nname = "denosumab"\namount = "60 mg"\nstart = "before"', "p.toml")
    with pytest.raises(InputError, match=r"dose by dose.*p\.toml:4"):
        to_regimen(scenario)


@pytest.mark.parametrize("dose", ['amount = "10 mg"', 'amount = "70 mg"\nevery = "1 week"'])
def test_alendronate_is_a_rate_at_its_usual_dose(dose):
    text = f'[[drug]]\nname = "alendronate"\n{dose}\nstart = "day 5"\nstop = "day 9"'
    assert _at(text, "alendronate_intake", 4, 5, 9) == [0.0, 10.0, 0.0]


ALFACALCIDOL = '[[drug]]\nname = "alfacalcidol"\namount = "1 ug"\n'


def test_alfacalcidol_is_a_rate_at_any_dose():
    taken = ALFACALCIDOL + 'start = "day 5"\nstop = "day 9"\n'
    assert _at(taken, "oral_alfacalcidol", 4, 5, 9) == [0.0, 1.0, 0.0]
    assert _at(taken + 'every = "2 days"\nlag = "1 day"', "oral_alfacalcidol", 5, 6, 9, 10) == [0.0, 0.5, 0.5, 0.0]
    assert _at(ALFACALCIDOL + 'every = "once"\nstart = "day 5"', "oral_alfacalcidol", 4, 5, 6) == [0.0, 1.0, 0.0]
    assert _at(ALFACALCIDOL * 2, "oral_alfacalcidol", 0) == [2.0]


def test_alfacalcidol_taken_for_long_is_habit_until_it_stops():
    text = ALFACALCIDOL + 'start = "before"\nstop = "day 30"\n'
    assert _plan(text)[1]["oral_alfacalcidol"] == 1.0
    assert _at(text + ALFACALCIDOL + 'start = "day 20"\n', "oral_alfacalcidol", 0, 25, 30) == [1.0, 2.0, 1.0]


@pytest.mark.parametrize("make", [to_regimen, habitual_inputs])
def test_alfacalcidol_is_no_train_of_doses(make):
    text = ALFACALCIDOL + 'every = "1 day"\nsteady_state = true'
    with pytest.raises(InputError, match="by its daily amount and not dose by dose") as caught:
        make(Scenario.from_text(text, "p.toml"))
    assert caught.value.where == "p.toml:5 (drug[0].steady_state)"


@pytest.mark.parametrize("make", [to_regimen, habitual_inputs])
@pytest.mark.parametrize("dose", ['amount = "5 mg"', 'amount = "70 mg"', 'amount = "10 mg"\nevery = "once"'])
def test_another_dose_of_alendronate_is_refused(make, dose):
    with pytest.raises(InputError, match=r"usual dose, 10 mg a day.*p\.toml:3") as caught:
        make(Scenario.from_text(f'[[drug]]\nname = "alendronate"\n{dose}', "p.toml"))
    assert "1 week" in str(caught.value.hint)


# ---- infusions ----


def test_pth_is_infused_by_weight():
    text = '[person]\nweight = "60 kg"\n[[infusion]]\nname = "pth_1_34"\nrate = "2 pmol/kg/h"\nover = "7 days"'
    assert _at(text, "pth_1_34_infusion", 0, 6.9, 7) == [120, 120, 0]
    amount = '[[infusion]]\nname = "pth_1_34"\namount = "3360 pmol"\nover = "1 day"'
    assert _at(amount, "pth_1_34_infusion", 0) == pytest.approx([140])


@pytest.mark.parametrize(
    ("name", "dose", "given", "rate"),
    [
        ("calcium", 'rate = "100 mmol/d"', "calcium_infusion", 100.0),
        ("calcium", 'amount = "1 g"', "calcium_infusion", 1000 / 40.078 * 6),
        ("edta", 'rate = "1 mmol/h"', "edta_infusion", 24.0),
        ("edta", 'amount = "292.24 mg"', "edta_infusion", 6.0),
        ("calcitriol", 'amount = "1 ug"', "calcitriol_infusion", 6.0),
    ],
)
def test_what_is_infused_over_four_hours(name, dose, given, rate):
    text = f'[[infusion]]\nname = "{name}"\n{dose}\nat = "day 1"\nover = "4 hours"'
    assert _at(text, given, 0, 1, 1.2) == pytest.approx([0, rate, 0])


@pytest.mark.parametrize(
    ("name", "amount", "pool", "worth"),
    [
        ("calcium", "5 mmol", "ecf_calcium", 5.0),
        ("calcitriol", "2 ug", "calcitriol_pool", 2000 / 416.6),
        ("pth_1_34", "100 pmol", "plasma_teriparatide", 100.0),
    ],
)
def test_a_bolus_enters_its_pool(name, amount, pool, worth):
    regimen, _ = _plan(f'[[infusion]]\nname = "{name}"\namount = "{amount}"')
    (pulse,) = regimen.pulses
    assert (pulse.pool, pulse.first, pulse.count) == (pool, 0.0, 1)
    assert pulse.amount == pytest.approx(worth)
    assert regimen.rates == regimen.holds == ()


def test_edta_at_once_is_refused():
    with pytest.raises(InputError, match=r"infused over a time.*p\.toml:1"):
        to_regimen(Scenario.from_text('[[infusion]]\nname = "edta"\namount = "1 mmol"', "p.toml"))


# ---- conditions ----


def test_a_condition_had_for_long_is_part_of_the_resting_state():
    _, habitual = _plan('[person]\nconditions = ["primary_hyperparathyroidism", "malabsorption"]')
    changed = {given: value for given, value in habitual.items() if value != reference_inputs()[given]}
    assert changed == {
        "set_point_shift": 1.15, "parathyroid_tissue": 2.5, "gland_regulation": 0.0, "fat_absorption": 0.3,
    }  # fmt: skip


def test_a_condition_begins_and_is_cured():
    plan = '[{}]\nconditions = [{{ name = "primary_hyperparathyroidism", start = "{}", stop = "day 40" }}]\n'
    for table in ("person", "population"):
        assert _at(plan.format(table, "day 10"), "parathyroid_tissue", 9, 10, 39, 40) == [1, 2.5, 2.5, 1]
        assert _at(plan.format(table, "before"), "parathyroid_tissue", 0, 39, 40) == [2.5, 2.5, 1]
    dated = '[simulate]\nstart = "2026-10-01"\n' + plan.format("person", "2026-10-11")
    assert _at(dated, "gland_regulation", 9, 10) == [1, 0]


def test_surgery_may_cost_the_glands():
    text = (
        '[person]\nconditions = [\n{ name = "primary_hyperparathyroidism", stop = "day 5" },\n'
        '{ name = "hypoparathyroidism", start = "day 5" },\n]'
    )
    assert _at(text, "parathyroid_tissue", 0, 4, 5, 100) == [2.5, 2.5, 0.002, 0.002]
    assert _at(text, "set_point_shift", 0, 5) == [1.15, 1.0]
