"""Time passes from the first day of a plan for organs that drift: arteries in everybody, bone in women past menopause."""

from __future__ import annotations

import math

import pytest

from cofactor.body import assembled
from cofactor.regimen import Hold
from cofactor.run import system_of, task_of
from cofactor.scenario import Scenario, past_menopause, people_of

DAYS = {"simulate": {"days": 365}}
POSTMENOPAUSAL = {"population": {"n": 1, "like": "postmenopausal"}, **DAYS}
NOT_SAID = {"population": {"n": 1}, **DAYS}


def held(plan: Scenario, observables: list[str]) -> list[Hold]:
    return [hold for hold in task_of(plan, observables=observables).regimen.holds if hold.given.endswith("_ageing")]


@pytest.mark.parametrize(
    ("who", "span"),
    [
        ({"population": {"like": "postmenopausal"}}, (0.0, math.inf)),
        ({"population": {"sex": "female", "age": {"mean": 72, "sd": 5}}}, (0.0, math.inf)),
        ({"population": {"sex": "female", "age": {"mean": 55, "sd": 5}}}, None),
        ({"population": {"sex": "male", "age": 72}}, None),
        ({"population": {"like": "adults"}}, None),
        ({"person": {"age": 52}}, (0.0, math.inf)),
        ({"person": {"age": 50}}, None),
        ({"person": {"sex": "male", "age": 80}}, None),
        ({"person": {"conditions": ["postmenopausal"]}}, (0.0, math.inf)),
        ({"person": {"conditions": [{"name": "postmenopausal", "start": "day 100"}]}}, (100.0, math.inf)),
    ],
)
def test_bone_ages_in_women_past_menopause(who, span):
    assert past_menopause(Scenario.from_dict({**who, **DAYS})) == span


def test_bone_is_held_to_age_where_the_body_has_it_and_the_people_are_past_menopause():
    assert held(Scenario.from_dict(POSTMENOPAUSAL), ["bmd_hip"]) == [Hold("bone_ageing", 0.0, math.inf, 1.0)]
    assert held(Scenario.from_dict(NOT_SAID), ["bmd_hip"]) == []


def test_arteries_are_held_to_age_in_everybody():
    assert held(Scenario.from_dict(NOT_SAID), ["artery_calcium"]) == [Hold("artery_ageing", 0.0, math.inf, 1.0)]


def test_ageing_brings_no_organ_that_nobody_asked_for():
    task = task_of(Scenario.from_dict(POSTMENOPAUSAL), observables=["ctx"])
    assert task.body == "adult"
    assert held(Scenario.from_dict(POSTMENOPAUSAL), ["ctx"]) == []


def test_what_a_plan_holds_itself_comes_later_and_wins():
    """Emulations impose ageing over the task's own regimen: of two holds at once the later in the list holds."""
    from dataclasses import replace

    task = task_of(Scenario.from_dict(POSTMENOPAUSAL), observables=["bmd_hip"])
    young = replace(task.regimen, holds=(*task.regimen.holds, Hold("bone_ageing", 0.0, math.inf, 0.0)))
    habits = {name: given.value for name, given in system_of(task).inputs.items()}
    assert task.regimen.inputs_at(1.0, habits)["bone_ageing"] == 1.0
    assert young.inputs_at(1.0, habits)["bone_ageing"] == 0.0
    assert task.regimen.inputs_before(habits)["bone_ageing"] == 0.0


def test_vessels_are_as_old_as_the_person():
    system = assembled("adult + artery")
    plan = Scenario.from_dict({"person": {"age": 70}, **DAYS})
    assert people_of(plan, system)[0].parameters["vessel_age"] == pytest.approx(70)
    many = people_of(Scenario.from_dict({"population": {"n": 5}, **DAYS}), system)
    assert [who.parameters["vessel_age"] for who in many] == pytest.approx([who.age_years for who in many])
