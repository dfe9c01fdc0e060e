"""The populations: their marginals, who is in them, what goes together, and that a person is always the same."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest

import cofactor.evidence
from cofactor.body import adult, assembled, magnesium_body
from cofactor.errors import InputError
from cofactor.people import POPULATIONS, draw, population
from cofactor.people._populations import population_like
from cofactor.people._report import COMMAND, PEOPLE, SEED, column, rank_correlation, rejection_rate, report
from cofactor.people._targets import middle_of, share_of, shares, spread_of, targets

N = 2000
BODY = assembled("adult + vessel_tone + glucose + stress")
"""The core with what says who belongs to a population."""
DOCS = Path(__file__).parents[2] / "docs"
ROOM = Path(__file__).parents[2] / "src" / "cofactor" / "people"


@pytest.fixture(scope="module")
def everybody():
    return {name: draw(BODY, N, seed=2, like=name) for name in POPULATIONS}


@pytest.fixture(scope="module")
def adults(everybody):
    return everybody["adults"]


# -- marginals --------------------------------------------------------------------------------------------------------

READ = [t for name in POPULATIONS for t in targets(name) if t.confidence == "read"]
READ_SHARES = [s for name in POPULATIONS for s in shares(name) if s.confidence == "read"]


@pytest.mark.parametrize("target", READ, ids=lambda t: f"{t.population}-{t.name}")
def test_a_marginal_is_met(everybody, target):
    middle, spread = middle_of(target, everybody[target.population]), spread_of(target, everybody[target.population])
    assert abs(middle.found - middle.wanted) <= middle.allowed
    assert abs(spread.found - spread.wanted) <= spread.allowed


@pytest.mark.parametrize("share", READ_SHARES, ids=lambda s: f"{s.population}-{s.name}-{s.egfr}")
def test_a_share_is_met(everybody, share):
    met = share_of(share, everybody[share.population])
    assert abs(met.found - met.wanted) <= met.allowed


@pytest.mark.parametrize("body", [adult, magnesium_body])
def test_serum_magnesium_of_adults(body):
    # issue 2: 0.845 +- 0.01, SD 0.071 +- 0.01
    level = draw(body(), N, seed=2).levels["serum_magnesium"]
    assert level.mean() == pytest.approx(0.845, abs=0.01)
    assert level.std() == pytest.approx(0.071, abs=0.01)


def test_adults_are_held_to_all_these_levels():
    wanted = {"serum_25ohd", "serum_pth", "serum_calcium", "serum_magnesium", "serum_phosphate", "egfr", "bmi"}
    wanted |= {"systolic_bp", "diastolic_bp", "homa_ir"}
    assert {t.name for t in targets("adults") if t.confidence == "read"} == wanted


def test_evidence_rows_that_are_cited_exist():
    rows = Path(cofactor.evidence.__file__).parent / "rows"
    known = {row["id"] for path in rows.glob("*.toml") for row in tomllib.loads(path.read_text())["row"]}
    cited = {
        i for path in ROOM.glob("*.toml") for i in re.findall(r"\b(?:mg|vitd|bone|skin)-E\d+[a-z]?", path.read_text())
    }
    assert cited
    assert cited <= known


# -- who is in them ---------------------------------------------------------------------------------------------------


def test_at_least_thirty_parameters_differ_apart_from_size(adults):
    size = column(adults, "reference_filtration_rate") / 173
    own = [name for name, c in BODY.constants.items() if c.varies and np.std(adults.parameters[name] / size) > 1e-6]
    assert len(own) >= 30
    assert len(adults.parameters) > len(own)


def test_postmenopausal_are_women_past_fifty_with_little_oestrogen(everybody):
    women = everybody["postmenopausal"]
    assert women.traits["female"].all()
    assert women.traits["age_years"].min() >= 50
    assert women.traits["age_years"].max() <= 80
    assert np.median(women.inputs["oestrogen_action"]) < 0.6
    assert women.inputs["oestrogen_action"].max() < 2.0


def test_resorption_rises_after_menopause(everybody, adults):
    # Cho 2020: CTX reference intervals 0.124-1.020 after, 0.101-0.632 before: middles on the log scale 1.41 apart
    before = adults.traits["female"] & (adults.inputs["oestrogen_action"] == 1.0)
    ratio = np.median(everybody["postmenopausal"].levels["ctx"]) / np.median(adults.levels["ctx"][before])
    assert ratio == pytest.approx(1.41, abs=0.06)


def test_oestrogen_changes_in_women_at_menopause_and_in_nobody_else(adults):
    action, age, female = adults.inputs["oestrogen_action"], adults.traits["age_years"], adults.traits["female"]
    assert (action[~female] == 1.0).all()
    assert (action[female & (age < 35)] == 1.0).all()
    assert (action[female & (age > 67)] < 1.0).mean() > 0.9


def test_kidney_disease_shows_in_its_hormones(everybody, adults):
    sick = everybody["ckd"]
    assert sick.levels["egfr"].min() >= 15
    assert sick.levels["egfr"].max() <= 60
    for name, least in (
        ("serum_pth", 1.25),
        ("serum_fgf23", 1.5),
        ("serum_phosphate", 1.04),
        ("serum_magnesium", 1.03),
    ):
        assert np.median(sick.levels[name]) > least * np.median(adults.levels[name]), name
    assert np.median(sick.levels["serum_calcitriol"]) < 0.75 * np.median(adults.levels["serum_calcitriol"])


def test_the_deficient_are_below_fifty_with_more_pth(everybody, adults):
    low = everybody["deficient"]
    assert low.levels["serum_25ohd"].max() <= 50
    assert np.median(low.levels["serum_pth"]) > 1.1 * np.median(adults.levels["serum_pth"])


def test_the_obese_hold_less_vitamin_d(everybody, adults):
    """Ekwaru 2014 (vitd-E01): 19.8 nmol/L less than people of normal weight, within the 5 of its emulation."""
    obese, bmi, level = everybody["obese"], adults.levels["bmi"], adults.levels["serum_25ohd"]
    assert obese.levels["bmi"].min() >= 30
    normal = level[(bmi >= 18.5) & (bmi < 25)].mean()
    assert obese.levels["serum_25ohd"].mean() - normal == pytest.approx(-19.8, abs=5.0)
    assert np.median(obese.parameters["fat_mass"]) > 1.4 * np.median(adults.parameters["fat_mass"][bmi < 25])


@pytest.mark.parametrize("like", POPULATIONS)
def test_everybody_stays_within_bounds_and_limits(everybody, like):
    drawn = everybody[like]
    for name, values in drawn.parameters.items():
        constant = BODY.constants[name]
        assert constant.low is None or values.min() >= constant.low, name
        assert constant.high is None or values.max() <= constant.high, name
    for limit in population_like(like).limits:
        values = drawn.levels[limit.name]
        assert limit.low is None or values.min() >= limit.low
        assert limit.high is None or values.max() <= limit.high


@pytest.mark.parametrize("like", POPULATIONS)
def test_few_are_turned_away(everybody, like):
    assert rejection_rate(everybody[like]) < 0.04


def test_names_in_the_tables_exist():
    system = BODY
    levels = {*system.observables, "egfr", "bmi"}
    for like in POPULATIONS:
        spec = population_like(like)
        assert {limit.name for limit in spec.limits} <= levels
        assert {shift.name for shift in spec.shifts} <= set(system.constants)
        assert {habit.name for habit in spec.habits} <= set(system.inputs)
        assert {t.name for t in targets(like)} | {s.name for s in shares(like)} <= levels


# -- what goes together -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "least"),
    [
        ("serum_pth", "serum_25ohd", -0.2),
        ("serum_25ohd", "bmi", -0.1),
        ("serum_pth", "bmi", 0.1),
        ("serum_pth", "egfr", -0.1),
        ("serum_fgf23", "egfr", -0.1),
        ("serum_calcitriol", "egfr", 0.2),
        ("egfr", "age_years", -0.5),
        ("dietary_calcium", "dietary_phosphate", 0.5),
        ("dietary_phosphate", "dietary_magnesium", 0.4),
        ("dietary_calcium", "weight_kg", 0.2),
        ("urine_calcium", "dietary_calcium", 0.4),
        ("urine_magnesium", "dietary_magnesium", 0.4),
        ("fat_mass", "weight_kg", 0.7),
        ("gland_size", "bmi", 0.1),
        ("albumin", "age_years", -0.1),
    ],
)
def test_signs_of_what_goes_together(adults, a, b, least):
    found = rank_correlation(column(adults, a), column(adults, b))
    assert found * np.sign(least) > abs(least)


def test_a_person_s_replete_magnesium_is_their_own(adults):
    own, level = adults.parameters["replete_serum_magnesium"], adults.levels["serum_magnesium"]
    eats_enough = adults.inputs["dietary_magnesium"] >= 1.0
    assert np.allclose(own[eats_enough], level[eats_enough], rtol=2e-3)
    assert (level[~eats_enough] < own[~eats_enough]).mean() > 0.95


def test_heavier_people_by_plan_eat_more_and_hold_less_vitamin_d():
    lean, heavy = (draw(adult(), 400, traits={"weight_kg": np.full(400, kg)}) for kg in (60.0, 110.0))
    assert (heavy.inputs["dietary_calcium"] > lean.inputs["dietary_calcium"]).mean() > 0.95
    assert (heavy.levels["serum_25ohd"] < lean.levels["serum_25ohd"]).mean() > 0.95
    assert np.array_equal(heavy.traits["weight_kg"], np.full(400, 110.0))


# -- always the same person -------------------------------------------------------------------------------------------


def _with_listeners():
    return BODY


@pytest.mark.parametrize(
    ("body", "like"), [*((_with_listeners, like) for like in POPULATIONS), (magnesium_body, "adults")]
)
def test_a_person_is_the_same_in_a_larger_population(body, like):
    few, many = population(body(), 7, seed=5, like=like), population(body(), 300, seed=5, like=like)
    assert few == many[:7]
    assert population(body(), 7, seed=5, like=like) == few
    assert population(body(), 7, seed=6, like=like) != few


def test_the_same_people_take_part_whichever_edge_is_cut():
    cut = adult().cutting([("serum_25ohd", "calcitriol_synthesis")])
    assert population(cut, 20, seed=4) == population(adult(), 20, seed=4)


def test_magnesium_parameters_are_the_same_in_both_bodies():
    whole, part = draw(adult(), 50, seed=8), draw(magnesium_body(), 50, seed=8)
    shared = set(part.parameters) & set(whole.parameters)
    assert len(shared) > 20
    same = [name for name in shared if np.allclose(part.parameters[name], whole.parameters[name])]
    assert set(same) == shared


def test_unknown_populations_traits_and_empty_ones_are_refused():
    system = magnesium_body()
    with pytest.raises(InputError, match="no such population"):
        population(system, 5, like="martians")
    with pytest.raises(InputError, match="at least one person"):
        population(system, 0)
    with pytest.raises(InputError, match="no such trait"):
        population(system, 5, traits={"shoe_size": np.full(5, 42.0)})
    with pytest.raises(InputError, match="women only"):
        population(system, 5, like="postmenopausal", traits={"female": np.zeros(5, dtype=bool)})
    with pytest.raises(InputError, match="cannot tell who belongs"):
        population(system, 5, like="deficient")  # the magnesium body holds no vitamin D
    with pytest.raises(InputError, match="nobody like this"):
        population(system, 2, traits={"weight_kg": np.full(2, 250.0), "height_m": np.full(2, 1.5)})


def test_ten_thousand_adults_are_drawn_in_seconds():
    draw(adult(), 8)  # machine code, made once
    start = time.perf_counter()
    assert len(population(adult(), 10_000, seed=3)) == 10_000
    assert time.perf_counter() - start < 10.0


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_how_it_was_made_and_holds_every_population():
    page = (DOCS / "populations.md").read_text(encoding="utf-8")
    assert f"`{COMMAND}` with n = {PEOPLE} people in each population, seed {SEED}" in page
    fresh = report(BODY, people=60, seed=SEED)
    for like in POPULATIONS:
        assert f"\n| {like} | " in fresh
        for target in targets(like):
            assert f"| {like} | {target.name}" in page
    assert "**no**" not in page
