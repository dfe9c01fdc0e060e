"""Psoriatic skin on the course of the core: the same numbers as one coupled System, the same people whatever is asked."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor import simulate
from cofactor.body import assembled, psoriatic_skin
from cofactor.engine import Rates, Segment, integrate, rest
from cofactor.errors import InputError
from cofactor.model import System
from cofactor.people import BURN_IN_DAYS, burnt_in, skin_noise, skin_with_pasi, skins
from cofactor.people import population_like as like
from cofactor.scenario import Scenario

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
    from cofactor.scenario import cast_of

    scenario = Scenario.from_text(PLAN)
    return dict(cast_of(scenario, assembled("adult + stress")).people[0].skin)


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


def test_a_lab_of_pasi_is_met_nearly_by_the_ensemble_of_sites():
    """Ensembles are chosen at 50 nmol/L and 110 pmol/L; the person's own vitamin D moves them a little."""
    plan = '[person]\nconditions = ["psoriasis"]\n[labs]\npasi = {}\n[simulate]\ndays = 1'
    for wanted in (4.0, 12.0):
        result = simulate(Scenario.from_text(plan.format(wanted)), observables=["pasi"])
        assert result.observables["pasi"][0, 0] == pytest.approx(wanted, rel=0.15)
    with pytest.raises(InputError, match="PASI is the lab of one person who has psoriasis"):
        simulate(Scenario.from_text("[labs]\npasi = 8\n[simulate]\ndays = 1"), observables=["pasi"])


@pytest.mark.parametrize("pasi", [0.0, 33.9, 60.0])
def test_a_pasi_that_no_ensemble_comes_to_is_refused(pasi):
    with pytest.raises(InputError, match="no ensemble of psoriatic sites comes to that PASI") as caught:
        skin_with_pasi(pasi, "labs.pasi")
    assert (caught.value.received, caught.value.where) == (f"PASI {pasi:g}", "labs.pasi")
    assert caught.value.hint == "those of the model come to PASI 0.1 to 33.8"


def test_the_ends_of_the_range_are_a_mild_and_a_severe_patient():
    """Whatever their noise: what is met in one course of it holds in the mean of many."""
    skin, noise = psoriatic_skin(), skin_noise(0, tuple(range(20)), BURN_IN_DAYS)

    def usual(pasi: float) -> float:
        parameters = np.tile(skin.parameter_vector(skin_with_pasi(pasi)), (20, 1))
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
