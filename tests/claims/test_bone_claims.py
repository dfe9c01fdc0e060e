"""The claims about bone: rods, resorption blockers, and density against strength."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor import body
from cofactor.body.beam import THINNEST_SAFE_WALL
from cofactor.claims import Arms, Word, gather, levels, load_claim, parse_predicate, run_claims, runs_needed
from cofactor.claims._bookkeeping import BOOKKEEPING, rods
from cofactor.trials import Outcome, Size, arm_from, run_arm

DRUGS = ("alendronate", "denosumab")
KINDS = ("density", "vertebral", "hip", "toughness", "atypical")


# -- rods -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run_arm(arm_from("any", load_claim("hollow-beats-solid").arms["any"]), Size(3, 4), ["serum_calcium"])


def test_every_run_has_a_rod_of_its_own_between_solid_and_buckling(outcome: Outcome) -> None:
    hollowness = rods(outcome)
    assert hollowness.shape == (3, 4)
    assert len(np.unique(hollowness)) == 12
    assert hollowness.min() > 0
    assert hollowness.max() < 1 - THINNEST_SAFE_WALL


def test_rods_are_counted_by_the_mechanics_of_a_ring(outcome: Outcome) -> None:
    """Against the areas and moments themselves: unit radius, then unit mass."""
    k = rods(outcome)
    radius = 1 / np.sqrt(1 - k**2)  # of a ring as heavy as a rod of radius 1
    modulus, moment = radius**3 * (1 - k**4), radius**4 * (1 - k**4)
    found = {name: BOOKKEEPING[name].of(outcome, None) for name in BOOKKEEPING if name.startswith("hollow_")}
    assert found["hollow_strength_at_equal_mass"] == pytest.approx(modulus)
    assert found["hollow_stiffness_at_equal_mass"] == pytest.approx(moment)
    assert found["hollow_strength_at_equal_diameter"] == pytest.approx(1 - k**4)
    assert found["hollow_stiffness_at_equal_diameter"] == pytest.approx(1 - k**4)


def test_a_hollow_rod_wins_by_mass_and_loses_by_diameter() -> None:
    result = run_claims([load_claim("hollow-beats-solid")], Size(2, 3))[0]
    words = {clause.key: clause.ruling.word for clause in result.clauses}
    assert words == {
        "stronger_at_equal_mass": Word.HOLDS, "stiffer_at_equal_mass": Word.HOLDS,
        "stronger_at_equal_diameter": Word.DOES_NOT_HOLD, "stiffer_at_equal_diameter": Word.DOES_NOT_HOLD,
    }  # fmt: skip
    assert result.word is Word.IN_PART


# -- resorption blockers --------------------------------------------------------------------------------------------------


def test_both_drugs_are_asked_the_same_at_three_and_ten_years() -> None:
    claim = load_claim("antiresorptive-brittle")
    assert [clause.id for clause in claim.clauses] == [f"{drug}_{kind}" for drug in DRUGS for kind in KINDS]
    assert {question.day for question in claim.questions()} == {1096.0, 3653.0}
    for clause in claim.clauses:
        drug = clause.id.split("_")[0]
        assert (clause.treated, clause.comparator) == (drug, "none")
        assert claim.arms[drug]["drug"][0]["name"] == drug


def test_the_trials_of_each_drug_answer_for_it_and_for_no_more_than_their_years() -> None:
    found = gather(load_claim("antiresorptive-brittle"))
    pooled = {key: [study.row for study in gathered.studies] for key, gathered in found.items() if gathered.studies}
    assert pooled == {
        "alendronate_density": ["bone-E109"],
        "alendronate_vertebral": ["bone-E109", "bone-E110", "bone-E111"],
        "alendronate_hip": ["bone-E109", "bone-E110"],
        "alendronate_atypical": ["bone-E113"],
        "denosumab_density": ["bone-E60"],
        "denosumab_vertebral": ["bone-E61"],
    }
    reasons = {study.row: study.reason for study in found["alendronate_atypical"].excluded}
    assert reasons["bone-E79"].startswith("level is observational")
    assert {study.row for study in found["alendronate_toughness"].animals} == {"bone-E75", "bone-E76"}


def test_what_is_printed_beside_a_ratio_of_rates_are_the_rates() -> None:
    predicate = parse_predicate("ratio(fracture_rate_hip@drug, fracture_rate_hip@none) - 1 > 0")
    values = {
        ("drug", "fracture_rate_hip"): np.array([[2.0, 4.0]]),
        ("none", "fracture_rate_hip"): np.array([[3.0, 9.0]]),
    }
    found = levels(predicate, Arms(values, "drug", "none"))
    assert found is not None
    assert (found.comparator, found.treated) == (6.0, 3.0)
    turned = Arms(values, "none", "drug")  # the ratio is not of this treatment over that control
    assert levels(predicate, turned) is None


# -- density and strength ---------------------------------------------------------------------------------------------------


def test_the_trial_of_fluoride_speaks_for_denser_and_weaker() -> None:
    claim = load_claim("denser-not-always-stronger")
    gathered = gather(claim)["exists"]
    assert [study.row for study in gathered.studies] == ["bone-E82"]
    assert gathered.largest_meta is not None
    assert gathered.largest_meta.row == "bone-E115"
    assert gathered.pooled is not None
    assert gathered.pooled.ci_low > 0


def test_the_sweep_blocks_what_it_says() -> None:
    """The usual dose on surfaces before buried drug returns, over itself and the amount that blocks half."""
    claim, constants = load_claim("denser-not-always-stronger"), body.assembled(body.EVERYTHING).constants
    on_surfaces = np.prod([constants[name].value for name in (
        "usual_alendronate", "alendronate_bioavailability", "alendronate_retained", "alendronate_surface_time",
    )])  # fmt: skip
    assert claim.turn is not None
    for point in claim.turn.points:
        changed = claim.arms[point.arm].get("model", {}).get("parameters", {})
        half = changed.get("alendronate_at_half_block", constants["alendronate_at_half_block"].value)
        assert 100 * on_surfaces / (on_surfaces + half) == pytest.approx(point.dose, rel=1e-3)


def test_a_correlation_over_people_has_enough_of_them_however_few_are_asked_for() -> None:
    claim, few = load_claim("dense-is-strong"), Size(2, 3)
    arms = len([None, *claim.strata])
    assert runs_needed([claim], few) == arms * few.draws * claim.least_people
    assert runs_needed([claim], Size(2, 150)) == arms * 2 * 150
    alike = load_claim("hollow-beats-solid")  # the same arm in as many people as are asked for: not one run for both
    assert alike.arms["any"] == claim.arms["people"]
    assert runs_needed([claim, alike], few) == runs_needed([claim], few) + few.runs


def test_donors_are_shown_and_not_pooled_as_they_were_never_compared_under_control() -> None:
    found = gather(load_claim("dense-is-strong"))
    for gathered in found.values():
        assert gathered.pooled is None
        assert {"bone-E117", "bone-E118", "bone-E119"} <= {study.row for study in gathered.excluded}


def test_what_density_explains_hangs_on_how_people_differ() -> None:
    """Assumed, as the claim says: where only the cortex differs, density explains bending strength less than where all does."""
    claim = load_claim("dense-is-strong")
    names = ["areal_density_hip", "failure_load_hip", "areal_density_radius", "failure_load_radius"]
    run = run_arm(arm_from("people", claim.arms["people"]), Size(2, 100), names)
    explained = {
        site: np.corrcoef(run.at(f"areal_density_{site}")[0], run.at(f"failure_load_{site}")[0])[0, 1] ** 2
        for site in ("hip", "radius")
    }
    assert explained["radius"] < explained["hip"] < 1
