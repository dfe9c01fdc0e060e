"""Vitamin D and psoriasis: a second verdict with the speaker's hypothesis on, which trials count, how long an infection lasts."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from cofactor import body
from cofactor.claims import ClaimResult, gather, load_claim, paragraph, parse_claim, run_claims
from cofactor.claims._bookkeeping import BOOKKEEPING, days_of_the_infection
from cofactor.errors import InputError
from cofactor.trials import Outcome, Size, arm_from, run_arm

FEW = Size(draws=2, people=20)


# -- as claimed ---------------------------------------------------------------------------------------------------------


@lru_cache
def calms() -> ClaimResult:
    return run_claims([load_claim("d3-calms-inflammation")], FEW)[0]


def test_the_hypothesis_is_laid_over_every_arm_and_off_by_default() -> None:
    claim = load_claim("d3-calms-inflammation")
    for question in claim.questions():
        assert question.arms_as_claimed.keys() == question.arms.keys()
        for name, fragment in question.arms_as_claimed.items():
            assert fragment["model"]["switches"] == {"responder_subtype": True}
            assert {key: value for key, value in fragment.items() if key != "model"} == question.arms[name]
    assert not any(question.arms_as_claimed for question in load_claim("d3-arms-immunity").questions())


def test_as_claimed_is_a_second_run_beside_the_first() -> None:
    result = calms()
    by_mouth = next(clause for clause in result.clauses if clause.clause == "axis_by_mouth")
    assert by_mouth.model is not None
    assert by_mouth.as_claimed is not None
    assert by_mouth.as_claimed.model is not None
    assert by_mouth.model.people is not None
    assert by_mouth.as_claimed.model.people is not None
    assert by_mouth.as_claimed.model.people.p97_5 > by_mouth.model.people.p97_5, "somebody responds to far less"
    assert result.to_json()["as_claimed_with"].startswith("one person in ten")
    assert "As claimed, with one person in ten" in paragraph(result)


def test_the_hypothesis_does_not_move_the_verdict_as_evidenced() -> None:
    claim = load_claim("d3-calms-inflammation")
    without = run_claims([claim.model_copy(update={"as_claimed": None})], FEW)[0]
    assert without.as_claimed is None
    assert without.told_as_claimed() == ""
    assert without.ruling == calms().ruling
    assert [clause.model for clause in without.clauses] == [clause.model for clause in calms().clauses]


def test_a_hypothesis_changes_something() -> None:
    text = 'id = "x"\nsaid_by = "article"\nstatement = "x"\ntestable = false\nnot_testable_reason = "x"\n'
    with pytest.raises(InputError, match="change"):
        parse_claim(text + '[as_claimed]\nsays = "y"\nchange = {}\n', "x.toml")


# -- which trials count -------------------------------------------------------------------------------------------------


def test_the_trials_of_ordinary_doses_answer_ordinary_doses_alone() -> None:
    gathered = gather(load_claim("d3-improves-psoriasis"))
    assert {study.row for study in gathered["mean_pasi"].studies} == {"skin-E22", "skin-E90"}
    assert gathered["mean_pasi@high_dose"].pooled is None
    assert gathered["pasi75"].pooled is None
    calibrating = [study.row for study in gathered["mean_pasi"].studies if study.calibrates]
    assert calibrating == ["skin-E22"]


def test_ointment_does_not_speak_for_the_mouth() -> None:
    gathered = gather(load_claim("d3-calms-inflammation"))
    reasons = {study.row: study.reason for study in gathered["axis_by_mouth"].excluded}
    assert reasons["skin-E44"] == "ointment, not by mouth"


def test_the_largest_meta_analysis_of_infections_stands_beside_unpooled() -> None:
    found = gather(load_claim("d3-arms-immunity"))["infections"]
    assert found.pooled is None
    assert found.largest_meta is not None
    assert found.largest_meta.row == "skin-E47b"


def test_shares_of_people_are_taken_of_enough_people() -> None:
    for name in ("d3-improves-psoriasis", "d3-clears-in-3-6-months"):
        assert load_claim(name).least_people == 40
    doses = {
        question.arms["D3_4000_IU"]["supplement"][0]["amount"]
        for question in load_claim("d3-improves-psoriasis").questions()
    }
    assert doses == {"4000 IU", "35000 IU"}


# -- how long an infection lasts ------------------------------------------------------------------------------------------


@lru_cache
def infected() -> Outcome:
    plan = {
        "population": {"like": "deficient"},
        "event": [{"name": "streptococcal_throat", "at": "day 3"}],
        "simulate": {"days": 43},
    }
    arm = arm_from("ill", plan)
    return run_arm(arm, Size(2, 4), ["bacterial_load"], days=days_of_the_infection(arm.plan))


def lasting(load: np.ndarray) -> np.ndarray:
    """Clearance time of a load planted on the midnights after the onset, (days,)."""
    of = infected()
    values = of.values["bacterial_load"].copy()
    values[of.days.index(4.0) :] = load[:, None, None]
    return BOOKKEEPING["clearance_time"].of(replace(of, values={"bacterial_load": values}), None)


def test_an_episode_lasts_about_two_weeks() -> None:
    found = BOOKKEEPING["clearance_time"].of(infected(), None)
    assert found.shape == (2, 4)
    assert 9 < np.nanmedian(found[0]) < 20  # psoriasis.md 2c: sterile on day 13.5


def test_clearance_is_when_the_load_crosses_the_level_at_which_it_dies_out() -> None:
    level = body.psoriatic_skin().constants["extinction_level"].value
    load = np.full(40, level * 4)
    load[10:] = level / 4  # midnights 10 and 11 of the infection lie as far above as below, on a scale of logarithms
    assert lasting(load) == pytest.approx(np.full((2, 4), 10.5))
    assert np.isnan(lasting(np.full(40, level * 4))).all()
    assert np.isnan(lasting(np.zeros(40))).all()


@pytest.mark.parametrize(
    ("days", "event", "message"), [(43, [], "a plan with one"), (20, [{}], "runs on for forty days")]
)
def test_a_plan_without_an_infection_or_too_short_is_refused(
    days: int, event: list[dict[str, str]], message: str
) -> None:
    ill = [{"name": "streptococcal_throat", "at": "day 3"} for _ in event]
    plan = {"population": {"like": "adults"}, "event": ill, "simulate": {"days": days}}
    with pytest.raises(InputError, match=message):
        days_of_the_infection(arm_from("ill", plan).plan)
