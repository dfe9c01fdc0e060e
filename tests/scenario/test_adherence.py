"""The share of a supplement's doses that people take."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor import simulate
from cofactor.body import adult
from cofactor.errors import InputError
from cofactor.interop import Case
from cofactor.regimen import Hold, Infusions, Pulses, Rate, Regimen
from cofactor.scenario import Scenario, habitual_inputs, people_of, to_regimen

TABLETS = '[[supplement]]\nname = "vitamin_d3"\namount = "4000 IU"\n'
LONG = TABLETS + 'start = "before"\nstop = "day 30"\n'
SHORT = "[simulate]\ndays = 60\n"
LEVEL = ["serum_25ohd"]


def level(text: str, **how) -> np.ndarray:
    return simulate(Scenario.from_text(text + SHORT), observables=LEVEL, **how).observables["serum_25ohd"]


def shares(population: str, n: int = 2000) -> np.ndarray:
    people = people_of(Scenario.from_text(f"[population]\nn = {n}\n{population}"), adult())
    return np.array([who.taken["supplement_vitamin_d3"] for who in people])


@pytest.mark.parametrize("engine", ["fast", "reference"])
@pytest.mark.parametrize("plan", [TABLETS, LONG], ids=["from day 0", "before, until day 30"])
def test_half_of_the_doses_are_half_the_dose(engine, plan):
    half = level("[person]\nadherence = 0.5\n" + plan, engine=engine)
    assert half == pytest.approx(level(plan.replace("4000", "2000"), engine=engine), rel=1e-6)
    assert abs(half[0, -1] - level(plan, engine=engine)[0, -1]) > 5


def test_whoever_takes_nothing_is_as_without_the_supplement():
    assert level("[person]\nadherence = 0\n" + TABLETS) == pytest.approx(level(""))


def test_every_dose_is_taken_unless_said_otherwise():
    assert Scenario.from_text("").person.adherence == 1.0
    assert people_of(Scenario.from_text("[population]\nn = 2"), adult())[0].taken == {}


def test_food_and_drugs_are_not_forgotten():
    """The diet, drugs and infusions of a plan stay as they are."""
    text = '[person]\nadherence = 0.5\n[[drug]]\nname = "alfacalcidol"\namount = "1 ug"\n' + TABLETS
    text += '[[diet_change]]\nmagnesium = "8 mmol/d"\n'
    scenario = Scenario.from_text(text)
    (who,) = people_of(scenario, adult())
    plan, habits = to_regimen(scenario).taken(who.taken), who.inputs(habitual_inputs(scenario))
    now = plan.inputs_at(1.0, habits)
    assert (now["oral_alfacalcidol"], now["dietary_magnesium"]) == (1.0, 8.0)
    assert now["supplement_vitamin_d3"] == pytest.approx(50.0)
    assert habits["dietary_calcium"] == 24.0


def test_a_plan_is_thinned_by_input_and_nothing_else_of_it_moves():
    pulses, infusions = Pulses("a", 0.0, 1.0, 3, 2.0), Infusions("b", 0.0, 1.0, 3, 0.1, 2.0)
    plan = Regimen(
        rates=(Rate("a", 0, 9, 4.0), Rate("b", 0, 9, 4.0)), holds=(Hold("a", 9, 12, 2.0), Hold("b", 9, 12, 2.0)),
        pulses=(pulses,), infusions=(infusions,),
    )  # fmt: skip
    found = plan.taken({"a": 0.25})
    assert [rate.amount for rate in found.rates] == [1.0, 4.0]
    assert [hold.value for hold in found.holds] == [0.5, 2.0]
    assert (found.pulses, found.infusions) == ((pulses,), (infusions,))
    assert plan.taken({}) is plan


def test_in_trials_it_is_as_the_file_says():
    """vitamin_d.md 2.8: Beta(9, 1.2), so a mean of 9 / 10.2 and an SD of 0.096."""
    found = shares('adherence = "trial"')
    assert 0 < found.min() < found.max() < 1
    assert found.mean() == pytest.approx(9 / 10.2, abs=0.007)
    assert found.std() == pytest.approx((9 * 1.2 / (10.2**2 * 11.2)) ** 0.5, abs=0.006)


def test_a_person_takes_the_same_share_in_a_larger_population():
    few, many = shares('adherence = "trial"', 5), shares('adherence = "trial"', 50)
    assert np.array_equal(few, many[:5])
    assert not np.array_equal(few, shares('adherence = "trial"\nseed = 2', 5))
    given = shares("adherence = { mean = 0.8, sd = 0.3 }", 300)
    assert given.max() == 1.0
    assert np.unique(shares("adherence = 0.7", 3)).tolist() == [0.7]


def test_a_population_that_forgets_gains_less():
    text = "[population]\nn = 40\n{}" + TABLETS
    forgets, takes = level(text.format('adherence = "trial"\n')), level(text.format(""))
    assert np.allclose(forgets[:, 0], takes[:, 0])
    gained = (forgets - forgets[:, :1])[:, -1] / (takes - takes[:, :1])[:, -1]
    assert np.all(gained < 1)
    assert 0.7 < gained.mean() < 0.97


def test_one_of_them_is_exported_as_they_take_it():
    scenario = Scenario.from_text("[person]\nadherence = 0.5\n" + TABLETS + SHORT)
    case = Case.of_scenario(scenario, observables=LEVEL)
    assert case.regimen.rates[0].amount == pytest.approx(50.0)


BAD = {
    "more than all": ("[person]\nadherence = 1.2", 2, "between 0 and 1", "1.2"),
    "less than nothing": ("[population]\nadherence = -0.1", 2, "between 0 and 1", "-0.1"),
    "a percentage": ('[population]\nadherence = "88 %"', 2, "closed list", "88 %"),
    "another distribution": ("[population]\nadherence = { alpha = 9, beta = 1 }", 2, "keys mean and sd", "alpha"),
    "drawn for one person": ('[person]\nadherence = "trial"', 2, "plain number", "trial"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_share_is_refused(name):
    text, line, rule, received = BAD[name]
    with pytest.raises(InputError) as caught:
        Scenario.from_text(text, "plan.toml")
    assert rule in caught.value.rule
    assert received in str(caught.value.received)
    assert str(caught.value.where).startswith(f"plan.toml:{line} (")


@pytest.mark.parametrize("make", [to_regimen, habitual_inputs])
@pytest.mark.parametrize(("key", "written"), [("pulses", "true"), ("every", '"once"')])
def test_which_of_the_single_doses_are_forgotten_is_not_known(make, key, written):
    text = f"[person]\nadherence = 0.9\n{TABLETS}{key} = {written}\n"
    with pytest.raises(InputError, match="comes again and again") as caught:
        make(Scenario.from_text(text, "plan.toml"))
    assert caught.value.where == f"plan.toml:6 (supplement[0].{key})"
    assert "adherence" in str(caught.value.hint)
    make(Scenario.from_text(text.replace("0.9", "1.0")))
