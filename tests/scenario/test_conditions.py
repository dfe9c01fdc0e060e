"""Conditions, switches and doses in the body: each changes what it should, in the direction it should."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor import simulate
from cofactor.body import EVERYTHING, assembled
from cofactor.errors import InputError
from cofactor.run import Result
from cofactor.scenario import SWITCHES, Scenario, reference_inputs

DAY = "[simulate]\ndays = 1\n"

# condition -> signs against the reference adult at rest: + more, - less
SIGNS = {
    "primary_hyperparathyroidism": {
        "serum_calcium": +1, "serum_pth": +1, "serum_phosphate": -1, "serum_calcitriol": +1, "bone_resorption": +1,
    },
    "hypoparathyroidism": {
        "serum_calcium": -1, "serum_pth": -1, "serum_phosphate": +1, "serum_calcitriol": -1, "urine_calcium": -1,
        "bone_resorption": -1, "bone_formation": -1,
    },
    "malabsorption": {"serum_25ohd": -1, "serum_pth": +1, "urine_calcium": -1},
    "granulomatous_disease": {
        "serum_calcitriol": +1, "serum_calcium": +1, "urine_calcium": +1, "serum_pth": -1, "serum_25ohd": -1,
    },
    "cyp24a1_loss": {
        "serum_2425": -1, "serum_25ohd": +1, "serum_calcitriol": +1, "urine_calcium": +1, "serum_pth": -1,
    },
    "chronic_kidney_disease": {
        "gfr": -1, "serum_phosphate": +1, "serum_pth": +1, "serum_fgf23": +1, "serum_calcitriol": -1,
        "urine_calcium": -1, "serum_magnesium": +1,
    },
}  # fmt: skip
LABS = {"chronic_kidney_disease": '[labs]\ngfr = "25 mL/min/1.73m2"\n'}
OF_OWN_REST = {"bone_resorption": "resorption", "bone_formation": "formation"}
"""Observables that a run tells relative to the person's own rest, and the states that hold them against the reference."""


def resting(text: str, names: list[str]) -> dict[str, float]:
    result = simulate(Scenario.from_text(text + DAY), observables=[OF_OWN_REST.get(name, name) for name in names])
    return {name: float(result.observables[OF_OWN_REST.get(name, name)][0, 0]) for name in names}


@pytest.mark.parametrize("condition", SIGNS)
def test_a_condition_had_for_long_has_its_signs(condition):
    names = list(SIGNS[condition])
    healthy = resting("", names)
    ill = resting(f'[person]\nconditions = ["{condition}"]\n{LABS.get(condition, "")}', names)
    assert {name: np.sign(ill[name] / healthy[name] - 1) for name in names} == SIGNS[condition]
    assert all(abs(ill[name] / healthy[name] - 1) > 1e-3 for name in names)


def test_granuloma_drives_the_receptor_two_to_three_times():
    """vitamin_d.md 2.6; the one number of the route is calibrated to it."""
    drive = resting('[person]\nconditions = ["granulomatous_disease"]\n', ["vdr_drive"])["vdr_drive"]
    assert drive == pytest.approx(2.5, rel=0.01)


def test_a_loss_of_cyp24a1_shows_in_the_ratio_a_laboratory_reads():
    """vitd-E89: 24,25(OH)2D below 0.02 of 25(OH)D in loss of CYP24A1, 0.05 to 0.12 in health."""
    names = ["serum_2425", "serum_25ohd"]
    healthy = resting("", names)
    ill = resting('[person]\nconditions = ["cyp24a1_loss"]\n', names)
    assert 0.05 < healthy["serum_2425"] / healthy["serum_25ohd"] < 0.12
    assert ill["serum_2425"] / ill["serum_25ohd"] < 0.02


def test_the_condition_of_failing_kidneys_does_what_its_lab_does():
    lab = LABS["chronic_kidney_disease"]
    named = simulate(Scenario.from_text('[person]\nconditions = ["chronic_kidney_disease"]\n' + lab + DAY))
    bare = simulate(Scenario.from_text(lab + DAY))
    for name, values in bare.observables.items():
        assert np.array_equal(named.observables[name], values)


def test_malabsorption_takes_most_of_a_supplement():
    """25(OH)D loses less than is lost in the gut, as 25-hydroxylation saturates."""
    supplement = '[[supplement]]\nname = "vitamin_d3"\namount = "4000 IU"\n[simulate]\ndays = 180\n'
    ill = '[person]\nconditions = ["malabsorption"]\n'
    healthy, sick = (simulate(Scenario.from_text(person + supplement)) for person in ("", ill))
    absorbed = [r.accounts["vitamin_d_absorption"][0, -1] for r in (healthy, sick)]
    rises = [r.observables["serum_25ohd"][0, -1] - r.observables["serum_25ohd"][0, 0] for r in (healthy, sick)]
    assert absorbed[1] / absorbed[0] == pytest.approx(0.3, rel=1e-6)
    assert 0.3 * rises[0] < rises[1] < 0.7 * rises[0]


def test_the_cure_of_an_adenoma_lets_calcium_fall_below_what_it_was():
    """core_bone.md 2B.8 and bone-E13: the suppressed rest of the body is hungry for calcium, then spine bone regains."""
    text = (
        '[person]\nconditions = [{ name = "primary_hyperparathyroidism", stop = "day 0" }]\n'
        '[simulate]\ndays = 365\noutput_every = "12 hours"\n'
    )
    result = simulate(Scenario.from_text(text))
    calcium, pth = result.observables["serum_calcium"][0], result.observables["serum_pth"][0]
    assert calcium[0] > 2.6
    assert calcium.min() < 2.35
    assert calcium[-1] == pytest.approx(2.35, abs=0.02)
    assert pth[1] < 0.8 * 3.85 < pth[0], "the glands' long rest shows within hours"
    assert result.observables["bmd_spine"][0, -1] > 1.02


# ---- nothing asked is the reference adult ----


def test_the_default_scenario_is_the_reference_adult():
    result = simulate(Scenario.from_text(""))
    at_rest = {
        "serum_25ohd": 60.0, "serum_calcium": 2.35, "ionised_calcium": 1.23, "serum_phosphate": 1.10,
        "serum_magnesium": 0.85, "serum_pth": 3.85, "serum_calcitriol": 100.0, "serum_fgf23": 42.0, "urine_calcium": 3.6,
        "urine_phosphate": 26.0, "urine_magnesium": 3.948721199, "body_magnesium": 1007.325, "gfr": 173 / 1.44,
        "bmd_spine": 1.0, "ctx": 1.0, "p1np": 1.0,
    }  # fmt: skip
    for name, value in at_rest.items():
        assert result.observables[name][0] == pytest.approx(np.full(181, value), rel=1e-9), name
    assert result.manifest["parameters_changed"] == {}
    assert result.manifest["labs_met"] == []
    assert dict(reference_inputs()) == {name: given.value for name, given in assembled(EVERYTHING).inputs.items()}


# ---- one dose after the other, and as a rate ----


def _year(keys: str) -> Result:
    text = f'[[supplement]]\nname = "vitamin_d3"\namount = "4000 IU"\n{keys}\n[simulate]\ndays = 365\noutput_every = "3 hours"'
    return simulate(Scenario.from_text(text))


def test_daily_pulses_and_the_rate_agree_in_the_average_within_a_hundredth():
    rate, pulses = _year(""), _year("pulses = true")
    weeks = rate.times >= 351  # the last two
    vitamin_d = ("serum_25ohd", "serum_d3", "serum_calcitriol", "serum_2425")
    for name in (*vitamin_d, "serum_calcium", "serum_pth", "urine_calcium"):
        level, mean = (np.trapezoid(r.observables[name][0, weeks], r.times[weeks]) for r in (rate, pulses))
        assert mean == pytest.approx(level, rel=0.01), name
    swings = [np.ptp(r.observables["serum_d3"][0, weeks]) for r in (pulses, rate)]
    assert swings[0] > 5 * swings[1], "the pulses are there"


def test_a_year_of_doses_brings_the_body_the_amount_taken():
    """4000 IU a day for 365 days: 100 ug x 2.6 nmol/ug x 365."""
    rate, pulses = _year(""), _year("pulses = true")
    absorbed = [r.accounts["vitamin_d_absorption"][0, -1] for r in (rate, pulses)]
    assert absorbed[0] == pytest.approx(0.75 * 2.6 * 100 * (365 - 1 / 1.2), rel=1e-3)
    assert absorbed[1] == pytest.approx(absorbed[0], rel=5e-3)


def test_d2_and_calcidiol_raise_25ohd_by_their_own_worth():
    rises = {}
    for name in ("vitamin_d3", "vitamin_d2", "calcidiol"):
        for every in ("1 day", "once"):
            amount = "25 ug" if every == "1 day" else "1500 ug"
            text = f'[[supplement]]\nname = "{name}"\namount = "{amount}"\nevery = "{every}"\n[simulate]\ndays = 60\n'
            level = simulate(Scenario.from_text(text)).observables["serum_25ohd"][0]
            rises[name, every] = level.max() - level[0]
    for every in ("1 day", "once"):
        assert 0 < rises["vitamin_d2", every] < rises["vitamin_d3", every] < rises["calcidiol", every]


def test_edta_lowers_calcium_and_raises_pth_and_calcium_does_the_reverse():
    """bone-E01: the clamp by which the glands' curve was measured."""
    found = {}
    for name in ("edta", "calcium"):
        infusion = f'[[infusion]]\nname = "{name}"\nrate = "2 mmol/h"\nover = "2 hours"\n'
        text = infusion + '[simulate]\ndays = 0.1\noutput_every = "1 hour"'
        result = simulate(Scenario.from_text(text))
        change = [result.observables[n][0, 2] - result.observables[n][0, 0] for n in ("ionised_calcium", "serum_pth")]
        found[name] = np.sign(change).tolist()
        assert abs(change[0]) > 0.02
    assert found == {"edta": [-1, 1], "calcium": [1, -1]}


def test_alendronate_slows_turnover_and_builds_density():
    text = '[[drug]]\nname = "alendronate"\namount = "70 mg"\nevery = "1 week"\n[simulate]\ndays = 1095\noutput_every = "1 month"'
    result = simulate(Scenario.from_text(text))
    assert result.observables["ctx"][0, -1] < 0.6
    assert result.observables["p1np"][0, -1] < 0.6
    assert result.observables["bmd_spine"][0, -1] > 1.03


def test_alfacalcidol_raises_calcitriol_and_calcium_by_dose_and_less_than_calcitriol_does():
    names = ["serum_calcitriol", "serum_calcium", "urine_calcium", "serum_pth"]

    def change(text: str) -> np.ndarray:
        seen = simulate(Scenario.from_text(text + "[simulate]\ndays = 84\n"), observables=names).observables
        return np.array([seen[name][0, -1] / seen[name][0, 0] - 1 for name in names])

    low, usual, high = (change(f'[[drug]]\nname = "alfacalcidol"\namount = "{ug} ug"\n') for ug in (0.5, 1, 2))
    assert np.sign(usual).tolist() == [1, 1, 1, -1]
    assert np.all(np.abs(low) < np.abs(usual))
    assert np.all(np.abs(usual) < np.abs(high))
    calcitriol = change('[[supplement]]\nname = "calcitriol"\namount = "1 ug"\n')
    assert 0 < usual[0] < calcitriol[0]
    assert 0 < usual[1] < calcitriol[1]


# ---- switches ----


def test_the_switch_of_uncoupled_resorption_costs_bone_in_intoxication():
    """coupled.md decision 5: u_E = 1 costs some 10 % of the spine a year at 25(OH)D 1000, and nothing in health."""
    toxic = '[[supplement]]\nname = "vitamin_d3"\namount = "100000 IU"\n[simulate]\ndays = 365\n'
    switch = "[model]\nswitches = {{ uncoupled_share = {} }}\n"
    spine = {}
    for on in ("true", "false"):
        result = simulate(Scenario.from_text(switch.format(on) + toxic), observables=["bmd_spine"])
        spine[on] = float(result.observables["bmd_spine"][0, -1])
        changed = result.manifest["parameters_changed"]
        assert changed == ({"uncoupled_share": 1.0} if on == "true" else {})
    assert spine["true"] < spine["false"] - 0.03
    healthy = simulate(Scenario.from_text(switch.format("true")))
    assert healthy.observables["bmd_spine"][0, -1] == pytest.approx(1.0, abs=1e-9)


def test_a_number_for_the_switch_s_parameter_is_as_good():
    for model in ("switches = { uncoupled_share = true }", "parameters = { uncoupled_share = 1 }"):
        result = simulate(Scenario.from_text(f"[model]\n{model}\n{DAY}"))
        assert result.manifest["parameters_changed"] == {"uncoupled_share": 1.0}


def test_unknown_switches_are_refused_with_the_known_ones():
    with pytest.raises(InputError, match=r"no switch of that name.*p\.toml:2.*responder_subtype"):
        simulate(Scenario.from_text("[model]\nswitches = { responder_subtyp = true }", "p.toml"))
    assert all(switch.source for switch in SWITCHES.values())


def test_a_switch_holds_in_every_draw():
    text = f"[model]\nswitches = {{ uncoupled_share = true }}\n{DAY}"
    result = simulate(Scenario.from_text(text), draws=3, observables=["uncoupled_share"])
    assert result.observables["uncoupled_share"][:, 0].tolist() == [1.0, 1.0, 1.0]
