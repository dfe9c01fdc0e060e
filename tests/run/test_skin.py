"""Psoriatic skin on the course of the core: the same numbers as one coupled System, the same people whatever is asked."""

from __future__ import annotations

import re

import numpy as np
import pytest

from cofactor import simulate
from cofactor.body import assembled, psoriatic_skin
from cofactor.engine import Rates, Segment, integrate, rest
from cofactor.errors import InputError
from cofactor.model import System
from cofactor.people import BURN_IN_DAYS, GENERAL_SKIN, burnt_in, skin_noise, skin_with_pasi, skins
from cofactor.people import population_like as like
from cofactor.run._simulate import everybody, task_of
from cofactor.scenario import Scenario
from cofactor.scenario._routes import ONSET_DOSE

PLAN = """
[person]
conditions = ["psoriasis"]
[[supplement]]
name = "vitamin_d3"
amount = "10000 IU"
every = "1 day"
[simulate]
days = 60
output_every = "10 days"
[model.parameters]
trigger_noise_spread = 0
stress_effect = 0
"""


def test_the_skin_after_the_core_is_the_skin_beside_it():
    """The listener computed afterwards agrees with the one coupled System (design.md 1), noise left out."""
    result = simulate(Scenario.from_text(PLAN), accuracy="tight", observables=["pasi", "il17_axis", "serum_25ohd"])
    core, skin = assembled("adult + stress"), psoriatic_skin()
    whole = System.from_organs([*core.organs, *skin.organs])
    drawn = {"trigger_noise_spread": 0.0, "stress_effect": 0.0, **_median_skin()}
    parameters = whole.parameter_vector(drawn)
    inputs = whole.input_vector({"supplement_vitamin_d3": 250.0})
    start = _plaques_at_day_0(whole, core, skin, drawn)
    times = np.array([10.0, 30.0, 60.0])
    names = ["pasi", "il17_axis", "serum_25ohd"]
    path = integrate(whole, parameters, start, [Segment(0.0, 60.0, inputs, {})], times, names, accuracy="tight")
    for name in names:
        found = result.observables[name][0, [1, 3, 6]]
        assert found == pytest.approx(path.values[name], rel=2e-5), name


def _median_skin() -> dict:
    """The skin `simulate` gives one patient of whom no PASI is known."""
    plan = Scenario.from_text(PLAN)
    return dict(everybody(plan, task_of(plan, observables=["pasi", "serum_25ohd"])).people[0].skin)


def _plaques_at_day_0(whole: System, core: System, skin: System, drawn: dict) -> np.ndarray:
    """States of the coupled System: the core at rest, the skin after the burn-in at the core's resting levels."""
    resting = rest(core, core.parameter_vector(), core.input_vector())
    read = [name for name in skin.inputs if name in core.quantities]
    levels = Rates(core, core.parameter_vector(), core.input_vector()).values(read, resting)
    plan = [Segment(0.0, BURN_IN_DAYS, skin.input_vector(dict(zip(read, levels, strict=True))), {})]
    from cofactor.people import lesional

    start = lesional(skin.start[None])[0]
    end = integrate(skin, skin.parameter_vector(drawn), start, plan, np.zeros(0), [], accuracy="tight").final
    states = np.zeros(whole.size)
    for part, values in ((core, resting), (skin, end)):
        for name, place in part.states.items():
            there = whole.states[name]
            states[there.offset : there.offset + there.width] = values[place.offset : place.offset + place.width]
    return states


FOCUS = """
[[event]]
name = "tonsil_focus"
at = "day 0"
[[event]]
name = "focus_removed"
at = "day 100"
[simulate]
days = 200
[model.parameters]
trigger_noise_spread = 0
stress_effect = 0
"""


def test_a_focus_that_is_removed_is_gone_and_by_the_exact_course():
    """5 /d for three days leave exp(-15) of it, which is extinct; at two steps a day a fifth was left and grew again."""
    result = simulate(Scenario.from_text(FOCUS), observables=["bacterial_load", "serum_25ohd", "serum_calcitriol"])
    load = result.observables["bacterial_load"][0]
    assert load[100] > 0.25
    assert load[103:].max() < 1e-6
    skin = psoriatic_skin()
    levels = {name: result.observables[name][0, 0] for name in ("serum_25ohd", "serum_calcitriol")}
    still, removing = (skin.input_vector({**levels, "tonsil_removal": rate}) for rate in (0.0, 5.0))
    plan = [
        Segment(0.0, 100.0, still, {"tonsil_load": ONSET_DOSE}),
        Segment(100.0, 103.0, removing, {}),
        Segment(103.0, 110.0, still, {}),
    ]
    quiet = skin.parameter_vector({**GENERAL_SKIN, "trigger_noise_spread": 0.0, "stress_effect": 0.0})
    days = np.array([50, 100, 101, 102, 103, 110])
    path = integrate(skin, quiet, skin.start, plan, days.astype(float), ["bacterial_load"], accuracy="tight")
    assert load[days] == pytest.approx(path.values["bacterial_load"], rel=0.002)


def test_arms_are_alike_to_the_bit_until_the_focus_is_removed():
    removed, left = (
        simulate(Scenario.from_text(text), observables=["pasi", "bacterial_load"])
        for text in (FOCUS, FOCUS.replace("day 100", "day 150"))
    )
    for name in ("pasi", "bacterial_load"):
        one, other = removed.observables[name][0], left.observables[name][0]
        assert np.array_equal(one[:101], other[:101])
    assert removed.observables["bacterial_load"][0, 110] < 1e-6 < left.observables["bacterial_load"][0, 110]


def test_somebody_without_psoriasis_begins_with_healthy_skin():
    result = simulate(Scenario.from_text("[simulate]\ndays = 3"), observables=["pasi", "cathelicidin"])
    assert result.observables["pasi"][0, 0] < 1e-3
    assert result.observables["cathelicidin"][0, 0] == pytest.approx(
        1.0, abs=0.02
    )  # 60 nmol/L and 100 pmol/L, about usual


def test_patients_are_the_same_however_many_and_in_every_arm():
    few, many = skins(like("psoriasis").skin, 3, 5), skins(like("psoriasis").skin, 9, 5)
    for one, same in zip(few, many, strict=False):
        assert one.keys() == same.keys()
        assert all(np.array_equal(one[name], same[name]) for name in one)
    plan = '[population]\nlike = "psoriasis"\nn = 6\nseed = 5\n[simulate]\ndays = 20\noutput_every = "20 days"\n'
    lamp = '[[phototherapy]]\nkind = "nb_uvb"\ndose = "1 J/cm2"\n'
    untreated, treated = (simulate(Scenario.from_text(text), observables=["pasi"]) for text in (plan, plan + lamp))
    assert np.array_equal(untreated.observables["pasi"][:, 0], treated.observables["pasi"][:, 0])
    assert np.all(treated.observables["pasi"][:, -1] < 0.8 * untreated.observables["pasi"][:, -1])
    fewer = simulate(Scenario.from_text(plan.replace("n = 6", "n = 2")), observables=["pasi"])
    assert np.array_equal(fewer.observables["pasi"], untreated.observables["pasi"][:2])


def test_a_population_of_patients_keeps_its_range_of_pasi():
    spec = like("moderate_psoriasis").skin
    assert spec is not None
    plan = '[population]\nlike = "moderate_psoriasis"\nn = 20\n[simulate]\ndays = 1'
    start = simulate(Scenario.from_text(plan), observables=["pasi"]).observables["pasi"][:, 0]
    # they were chosen at the levels of psoriasis.md; their own vitamin D moves them a little
    assert np.all((start > 0.8 * spec.low) & (start < 1.2 * spec.high))


PATIENT = (
    '[person]\nconditions = ["psoriasis"]\n{person}\n[labs]\npasi = {pasi}\n{labs}\n[simulate]\ndays = 1\n{simulate}'
)


def pasi_on_day_0(pasi: float, *, person: str = "", labs: str = "", simulate_: str = "", draws: int | None = None):
    plan = PATIENT.format(person=person, pasi=pasi, labs=labs, simulate=simulate_)
    return simulate(Scenario.from_text(plan, "p.toml"), observables=["pasi"], draws=draws)


@pytest.mark.parametrize("pasi", [0.6, 2.0, 7.7, 12.0, 28.0])
def test_a_lab_of_pasi_is_met_in_the_person_s_own_days(pasi):
    """Under another course of noise 2 was 8.4, 28 was 19.5: plaques are switches, and noise decides which are on."""
    for seed in (1, 5):
        result = pasi_on_day_0(pasi, simulate_=f"seed = {seed}")
        assert result.observables["pasi"][0, 0] == pytest.approx(pasi, rel=1e-6)
        (met,) = result.manifest["labs_met"]
        assert (met["lab"], met["wanted"], met["unit"]) == ("pasi", pasi, "points")
        assert met["found"] == pytest.approx(pasi, rel=1e-6)


@pytest.mark.parametrize("level", ["20 nmol/L", "150 nmol/L"])
def test_it_is_met_beside_a_lab_of_25ohd_which_moves_plaques(level):
    found = pasi_on_day_0(6.0, labs=f'serum_25ohd = "{level}"')
    assert found.observables["pasi"][0, 0] == pytest.approx(6.0, rel=1e-6)
    assert [met["lab"] for met in found.manifest["labs_met"]] == ["serum_25ohd", "pasi"]


def test_it_is_met_at_a_place_whose_summer_is_over():
    pytest.importorskip("pvlib", reason="the extra sun is not installed")
    found = pasi_on_day_0(6.0, person="latitude = 53", simulate_='start = "2026-09-20"')
    assert found.observables["pasi"][0, 0] == pytest.approx(6.0, rel=1e-6)


def test_it_is_met_with_what_the_plan_sets_in_the_skin_and_by_the_best_estimate_alone():
    text = PATIENT.format(
        person="", pasi=6, labs="", simulate="[model.parameters]\nthreshold_factor = 1.3\nworst_severity = 8"
    )
    found = simulate(Scenario.from_text(text), observables=["pasi"]).observables["pasi"][0, 0]
    assert found == pytest.approx(6.0, rel=0.1)  # severity is the plan's, so the ensemble alone comes near
    drawn = pasi_on_day_0(6.0, draws=4).observables["pasi"][:, 0]
    assert drawn[0] == pytest.approx(6.0, rel=1e-6)
    assert np.ptp(drawn) > 0.1


def test_an_arm_that_is_treated_begins_with_the_same_skin():
    text = PATIENT.format(person="", pasi=9, labs="", simulate="")
    lamp = text.replace(
        "[simulate]", '[[phototherapy]]\nkind = "nb_uvb"\ndose = "1 J/cm2"\nevery = "1 day"\n[simulate]'
    )
    untreated, treated = (simulate(Scenario.from_text(plan), observables=["pasi"]) for plan in (text, lamp))
    assert untreated.observables["pasi"][0, 0] == treated.observables["pasi"][0, 0]
    assert treated.observables["pasi"][0, 1] < untreated.observables["pasi"][0, 1]


def test_pasi_is_no_lab_of_somebody_without_psoriasis():
    with pytest.raises(InputError, match="PASI is the lab of one person who has psoriasis"):
        simulate(Scenario.from_text("[labs]\npasi = 8\n[simulate]\ndays = 1"), observables=["pasi"])


@pytest.mark.parametrize("pasi", [0.0, 45.0, 60.0])
def test_a_pasi_that_no_ensemble_comes_to_is_refused_with_those_that_can_be_reached(pasi):
    with pytest.raises(InputError, match="no ensemble of psoriatic sites comes to that PASI") as caught:
        pasi_on_day_0(pasi)
    assert caught.value.received == f"PASI {pasi:g}"
    assert "labs.pasi" in str(caught.value.where)
    assert caught.value.hint is not None
    low, high = (float(number) for number in re.findall(r"PASI (\S+) to (\S+)", caught.value.hint)[0])
    for reached in (low, high):
        assert pasi_on_day_0(reached).observables["pasi"][0, 0] == pytest.approx(reached, rel=1e-6)
    with pytest.raises(InputError):
        pasi_on_day_0(high + 0.2)


def test_the_ends_of_the_range_are_a_mild_and_a_severe_patient():
    """Whatever their noise: what is met in one course of it holds in the mean of many."""
    skin, noise = psoriatic_skin(), skin_noise(0, tuple(range(20)), BURN_IN_DAYS)
    own = {name: course[:, :1] for name, course in noise.items()}

    def usual(pasi: float) -> float:
        parameters = np.tile(skin.parameter_vector(skin_with_pasi(pasi, own, {})[0]), (20, 1))
        return float(burnt_in(parameters, noise, {}).observed[:, -1, 0].mean())

    assert usual(0.1) < usual(7.7) < usual(33.8)


def test_the_burn_in_that_chose_patients_brings_them_back_to_their_pasi():
    spec, skin = like("moderate_psoriasis").skin, psoriatic_skin()
    assert spec is not None
    parameters = np.array([skin.parameter_vector(traits) for traits in skins(spec, 5, 3)])
    pasi = burnt_in(parameters, skin_noise(3, (0, 1, 2, 3, 4), BURN_IN_DAYS), {}).observed[:, -1, 0]
    assert np.all((pasi >= spec.low) & (pasi <= spec.high))


def test_noise_is_a_standard_course_with_its_memory():
    noise = skin_noise(7, tuple(range(300)), 400)
    assert noise.keys() == {"trigger_noise", "stress_noise"}
    for name, memory in (("trigger_noise", 20.0), ("stress_noise", 21.0)):
        course = noise[name]
        assert course.shape == (400, 300)
        assert abs(course.mean()) < 0.05
        assert course.std() == pytest.approx(1.0, abs=0.03)
        assert (course[:-20] * course[20:]).mean() == pytest.approx(np.exp(-20 / memory), abs=0.05)
    alone = skin_noise(7, (17,), 100)["trigger_noise"][:, 0]
    assert np.array_equal(alone, noise["trigger_noise"][:100, 17])
