"""Size, fatness, sex and age: the published formulas, and people of any size who rest as people do."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor.body import adult, magnesium_body
from cofactor.engine import AT_REST, fast_engine
from cofactor.people import Person, person, size_ratio
from cofactor.people._body_size import SCALES_WITH_SIZE, fat_share, size_ratios

DIET = ("dietary_calcium", "dietary_magnesium", "dietary_phosphate", "dietary_vitamin_d")
LEVELS = (
    "serum_calcium", "serum_magnesium", "serum_phosphate", "serum_pth", "serum_25ohd", "serum_calcitriol", "serum_fgf23",
    "ctx", "bmd_spine", "urine_calcium", "urine_magnesium", "urine_phosphate", "body_magnesium", "gfr",
)  # fmt: skip
WHO_GREW = ("urine_calcium", "urine_magnesium", "urine_phosphate", "body_magnesium", "gfr")
VITAMIN_D_FLOWS = (
    "hydroxylase_25_maximum", "linear_hydroxylation_25", "calcidiol_clearance", "d3_clearance", "habitual_skin_synthesis"
)  # fmt: skip


@pytest.fixture(scope="module")
def system():
    return adult()


def at_rest(system, who: Person, eats: float = 1.0, names: tuple[str, ...] = LEVELS) -> dict[str, float]:
    parameters = system.parameter_vector(who.parameters)[None]
    inputs = system.input_vector({name: system.inputs[name].value * eats for name in DIET})[None]
    states, restless = fast_engine(system, ()).settle(system.start[None], parameters, inputs)
    assert restless[0] <= AT_REST
    values = system.function(names, people=True)(np.zeros(1), states.T, parameters.T, inputs.T)
    return {name: float(np.broadcast_to(value, 1)[0]) for name, value in zip(names, values, strict=True)}


def test_size_follows_du_bois(system):
    # Du Bois & Du Bois 1916: 0.007184 W^0.425 H^0.725; 200 kg, 1.9 m against 70 kg, 1.726 m
    expected = (0.007184 * 200**0.425 * 190**0.725) / (0.007184 * 70**0.425 * 172.6**0.725)
    assert size_ratio(200, 1.9) == pytest.approx(expected, rel=1e-12)
    big = person(system, weight_kg=200, height_m=1.9)
    assert big.parameters["muscle_magnesium_at_rest"] == pytest.approx(360 * expected)
    assert big.parameters["body_weight"] == 200


def test_fat_follows_deurenberg():
    # Deurenberg 1991, abstract: 1.20 BMI + 0.23 age - 10.8 (men) - 5.4; BMI 30 at 50 years
    assert fat_share(30 * 1.7**2, 1.7, 50.0, 1.0) == pytest.approx(0.421)
    assert fat_share(30 * 1.7**2, 1.7, 50.0, 0.0) == pytest.approx(0.313)
    # 42.1 % of 86.7 kg against the formula's 32.0 % of the reference adult's 70 kg, who holds 20 kg
    usual = 1.20 * 70 / 1.726**2 + 0.23 * 40 - 5.4
    who = person(adult(), age_years=50, weight_kg=86.7, height_m=1.7)
    assert who.parameters["fat_mass"] == pytest.approx(20 * 86.7 * 42.1 / (70 * usual), rel=1e-9)


def test_fat_leaves_room_for_a_body_at_any_size(system):
    for weight, height in ((40, 1.45), (40, 1.9), (200, 1.5), (250, 2.1)):
        share = person(system, weight_kg=weight, height_m=height).parameters["fat_mass"] / weight
        assert 0.02 < share < 0.6


def test_filtration_falls_with_age_only_after_forty():
    young, old = person(magnesium_body(), age_years=25), person(magnesium_body(), age_years=80)
    assert "baseline_filtration_rate" not in young.parameters
    assert old.parameters["baseline_filtration_rate"] == pytest.approx(173 * 0.988**40)


def test_skin_makes_an_eighth_less_each_decade(system):
    # vitd-E33: -13 % a decade
    skin = [person(system, age_years=a).parameters["habitual_skin_synthesis"] for a in (50, 60)]
    assert skin[1] / skin[0] == pytest.approx(np.exp(-0.13))


def test_kidney_health_is_judged_by_size(system):
    ratios = size_ratios(120.0, 1.9, 40.0, 1.0)
    assert ratios["baseline_filtration_rate"] == ratios["reference_filtration_rate"] > 1.2


@pytest.mark.parametrize("size", [0.6, 1.7])
def test_amounts_and_flows_that_all_grow_leave_every_level_where_it_is(system, size):
    """Nothing is missing from what scales: a body whose every amount and flow grows, fed in proportion, is the same body."""
    grown = [*SCALES_WITH_SIZE, "baseline_filtration_rate", *VITAMIN_D_FLOWS]
    who = Person(parameters={name: system.constants[name].value * size for name in grown})
    now, before = at_rest(system, who, eats=size), at_rest(system, Person())
    for name in LEVELS:
        assert now[name] == pytest.approx(before[name] * (size if name in WHO_GREW else 1.0), rel=1e-7), name


EDGES = [
    {"weight_kg": 40.0, "height_m": 1.5},
    {"weight_kg": 40.0, "height_m": 1.8},
    {"weight_kg": 200.0, "height_m": 1.6},
    {"weight_kg": 200.0, "height_m": 1.95, "sex": "male"},
    {"age_years": 18.0},
    {"age_years": 95.0},
    {"age_years": 95.0, "weight_kg": 40.0, "height_m": 1.45},
    {"age_years": 18.0, "weight_kg": 200.0, "height_m": 1.9, "sex": "male"},
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_people_at_the_edges_rest_with_normal_minerals(system, edge):
    who = person(system, **edge)
    size = float(size_ratio(who.weight_kg, who.height_m))
    fed = at_rest(system, who, eats=size)
    assert 2.25 < fed["serum_calcium"] < 2.42
    assert 0.80 < fed["serum_magnesium"] < 0.93
    assert 1.0 < fed["serum_phosphate"] < 1.25
    assert 2.5 < fed["serum_pth"] < 7.0
    assert 20 < fed["serum_25ohd"] < 110
    same_diet = at_rest(system, who)
    assert 2.2 < same_diet["serum_calcium"] < 2.45
    assert 0.80 < same_diet["serum_magnesium"] < 0.93
    assert 0.9 < same_diet["serum_phosphate"] < 1.35


def test_weight_lowers_25ohd_and_age_lowers_calcitriol(system):
    reference = at_rest(system, Person())
    heavy = at_rest(system, person(system, weight_kg=110))
    old = at_rest(system, person(system, age_years=80))
    assert heavy["serum_25ohd"] < 0.8 * reference["serum_25ohd"]
    assert heavy["serum_pth"] > reference["serum_pth"]
    assert old["serum_calcitriol"] < 0.9 * reference["serum_calcitriol"]
    assert old["serum_magnesium"] > reference["serum_magnesium"]
