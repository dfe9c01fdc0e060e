"""Summer, winter, infection and stress: what their arms share, how flares are counted, which studies count."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from cofactor.claims import gather, load_claim, parse_claim
from cofactor.claims._bookkeeping import flares, most_sites_with_plaque, weekly_visits
from cofactor.claims._result import Levels
from cofactor.errors import InputError
from cofactor.trials import Arm, Outcome, Size, arm_from, run_arm

SIZE = Size(draws=2, people=3)


def arm(claim: str, name: str) -> Arm:
    return arm_from(name, load_claim(claim).arms[name])


# -- summer -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def summers() -> dict[str, Outcome]:
    names = load_claim("summer-sun-is-the-vitamin").arms
    read = ["pasi", "serum_25ohd"]
    return {name: run_arm(arm("summer-sun-is-the-vitamin", name), SIZE, read) for name in names}


def test_arms_of_the_summer_differ_in_what_is_cut_and_in_nothing_else(summers: dict[str, Outcome]):
    claim = load_claim("summer-sun-is-the-vitamin")
    cuts = {name: set(fragment.get("model", {}).get("cut", ())) for name, fragment in claim.arms.items()}
    assert cuts == {
        "summer": set(), "vitamin_d_alone": {"uvb -> plaque"}, "no_summer": {"uvb -> plaque", "vitamin_d -> plaque"},
    }  # fmt: skip
    rest = [{key: table for key, table in fragment.items() if key != "model"} for fragment in claim.arms.values()]
    assert rest[0] == rest[1] == rest[2]
    whole = summers["summer"]
    for outcome in summers.values():
        assert np.array_equal(outcome.start("pasi"), whole.start("pasi"))
        assert np.array_equal(outcome.at("serum_25ohd"), whole.at("serum_25ohd"))


def test_both_ways_of_summer_lower_pasi(summers: dict[str, Outcome]):
    mean = {name: outcome.at("pasi").mean() for name, outcome in summers.items()}
    assert mean["summer"] < mean["vitamin_d_alone"] < mean["no_summer"]


@pytest.mark.parametrize("stratum", [None, "south", "north"])
def test_people_of_the_summer_are_those_of_the_survey(stratum: str | None):
    """vitd-E29: medians of 42 nmol/L from winter to spring and 66 from summer to autumn."""
    claim = load_claim("summer-sun-is-the-vitamin")
    fragment = claim.fragment("summer", next((each for each in claim.strata if each.id == stratum), None))
    outcome = run_arm(arm_from("summer", fragment), Size(draws=1, people=100), ["serum_25ohd"])
    assert np.median(outcome.at("serum_25ohd")) == pytest.approx(66, rel=0.02)
    assert np.median(outcome.start("serum_25ohd")) == pytest.approx(42, rel=0.1)


def test_people_of_the_winter_are_those_of_the_survey():
    outcome = run_arm(arm("supplement-in-winter", "none"), Size(draws=1, people=100), ["serum_25ohd"])
    assert np.median(outcome.at("serum_25ohd")) == pytest.approx(42, rel=0.1)


def test_sun_against_water_does_not_say_by_which_way_light_works():
    gathered = gather(load_claim("summer-sun-is-the-vitamin"))
    assert {key: (found.pooled, found.studies) for key, found in gathered.items()} == dict.fromkeys(
        gathered, (None, ())
    )
    reasons = {study.row: study.reason for study in gathered["half"].excluded}
    assert "by which way" in reasons["skin-E19"]
    assert "against the claim" in reasons["skin-E07"]
    assert {"skin-E02", "skin-E12", "skin-E22"} <= set(reasons)


# -- winter -------------------------------------------------------------------------------------------------------------


def test_the_trial_of_a_winter_answers_for_vitamin_d_alone():
    gathered = gather(load_claim("supplement-in-winter"))
    studies = {key: {study.row for study in found.studies} for key, found in gathered.items()}
    assert "skin-E22" in studies["pasi_d3"]
    assert studies["level_d3"] == {"skin-E22"}
    assert {key for key, rows in studies.items() if rows} == {"pasi_d3", "level_d3"}


def test_a_share_of_people_has_a_number_needed():
    assert Levels(25, 75, "of 100 people").needed == 2
    assert Levels(75, 75, "of 100 people").needed is None
    assert Levels(9, 10, "points").needed is None


# -- infection and stress ---------------------------------------------------------------------------------------------------


def test_each_germ_is_a_clause_of_flares_and_one_of_onset():
    claim = load_claim("psoriasis-from-infection")
    events = {name: {event["name"] for event in fragment.get("event", ())} for name, fragment in claim.arms.items()}
    assert set().union(*events.values()) == {
        "streptococcal_throat", "tonsil_focus", "dental_focus", "bowel_overgrowth", "viral_reactivation", "skin_yeast",
    }  # fmt: skip
    treated = {clause.treated for clause in claim.clauses}
    assert treated == {name for name, given in events.items() if given}
    for name, given in events.items():
        assert events[name.removeprefix("prone_")] == given
    assert claim.as_claimed is not None
    assert len(claim.as_claimed.change["model"]["switches"]) == 4


def _seen(values: list[list[float]], name: str) -> Outcome:
    """One draw of people whose level every week is given, the start first."""
    weeks = np.array(values).T[:, None, :]
    plan = SimpleNamespace(simulate=SimpleNamespace(days=7 * (len(weeks) - 1)))
    days = (0.0, *weekly_visits(cast(Any, plan)))
    return Outcome("x", days, {name: weeks}, {}, cast(Any, None), cast(Any, plan))


def test_a_flare_begins_a_quarter_above_the_start_and_ends_where_it_began():
    courses = [
        [10, 12, 12.4, 12, 10],  # never a quarter above
        [10, 12.5, 15, 12.5, 9],  # one
        [10, 13, 11, 13, 11],  # not back between: one
        [10, 13, 10, 13, 10],  # back between: two
    ]
    outcome = _seen(courses, "pasi")
    assert flares(outcome, None).tolist() == [[0, 1, 1, 2]]
    assert flares(outcome, 14.0).tolist() == [[0, 1, 1, 1]]


def test_a_first_plaque_counts_though_it_goes_again():
    assert most_sites_with_plaque(_seen([[0, 0.1, 0], [0, 0, 0]], "sites_with_plaque"), None).tolist() == [[0.1, 0]]


def test_who_could_not_be_followed_has_no_count_of_flares():
    assert np.isnan(flares(_seen([[10, np.nan, 20]], "pasi"), None)).all()


def test_stress_is_one_standard_deviation_for_as_long_as_the_arm_is_followed():
    claim = load_claim("stress-worsens-psoriasis")
    added = [event for fragment in claim.arms.values() for event in fragment.get("event", ())]
    assert added == [{"name": "stress", "size": 1}] * 2
    assert {fragment["simulate"]["days"] for fragment in claim.arms.values()} == {91}


# -- where a hypothesis has nothing to act on ---------------------------------------------------------------------------


def test_an_arm_left_out_of_the_hypothesis_comes_to_the_same_with_it() -> None:
    claim = load_claim("psoriasis-from-infection")
    assert claim.as_claimed is not None
    everywhere = claim.as_claimed.model_copy(update={"arms": ()})
    left_out = claim.arms.keys() - set(claim.as_claimed.arms)
    assert left_out == {"none", "throat", "tonsil", "prone_none", "prone_throat", "prone_tonsil"}
    for arm in sorted(left_out):
        plain, changed = (
            run_arm(arm_from(arm, fragment), Size(3, 4), ["pasi", "sites_with_plaque"])
            for fragment in (claim.arms[arm], everywhere.over(arm, claim.arms[arm]))
        )
        for name, values in plain.values.items():
            np.testing.assert_array_equal(values, changed.values[name])


def test_a_hypothesis_acts_on_arms_that_are_described() -> None:
    text = 'id = "x"\nsaid_by = "article"\nstatement = "x"\ntestable = false\nnot_testable_reason = "x"\n'
    with pytest.raises(InputError, match=r"an arm must be described.*tooth"):
        parse_claim(text + '[as_claimed]\nsays = "y"\nchange = {a = 1}\narms = ["tooth"]\n', "x.toml")
