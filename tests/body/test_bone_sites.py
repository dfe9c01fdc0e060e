"""Hip, radius, strength, fractures, ageing and people's bones: rest, calibration rows, and signs that physiology demands."""

from __future__ import annotations

import numpy as np
import pytest
from tests.body.bones import AGEING, CALCIUM, DENOSUMAB, TERIPARATIDE, YEAR, after, body, ratios, resting, system
from tests.body.coupled import Phase
from tests.body.coupled import resting as adult_at_rest

from cofactor.body import adult
from cofactor.body.fracture import fracture_rate_hip, fracture_rate_vertebral
from cofactor.engine import Rates

SITES = ("spine", "hip", "radius")
RELATIVE = [f"{what}_{site}" for what in ("bmd", "bone_strength", "areal_density", "failure_load") for site in SITES]
THREE_YEARS = 3 * YEAR
ON_DENOSUMAB = Phase(THREE_YEARS, AGEING, DENOSUMAB, YEAR / 2)
ON_PLACEBO = Phase(THREE_YEARS, AGEING)
WITHOUT_OESTROGEN = {"oestrogen_action": 0.575}  # people/populations.toml
OLDER = {**CALCIUM, **WITHOUT_OESTROGEN}  # the women of FREEDOM and of the fluoride trial


# -- rest ----------------------------------------------------------------------------------------------------------


def test_every_state_of_the_core_rests_where_it_did():
    for name, state in adult().states.items():
        place = system().states[name].offset
        assert resting()[place] == pytest.approx(adult_at_rest()[state.offset], rel=1e-9, abs=1e-12), name


def test_rest_is_exact_and_everything_relative_is_one():
    rates = Rates(system(), body().parameters, body().inputs())(resting())
    assert np.max(np.abs(rates) / np.maximum(np.abs(resting()), 1e-3)) < 1e-12
    assert body().look([*RELATIVE, "bone_toughness", "bone_damage"], resting()) == pytest.approx(1.0, rel=1e-12)


def test_slower_bone_is_older_and_holds_more_mineral():
    spine, hip, radius = body().look(["spine_mineralisation", "hip_mineralisation", "radius_mineralisation"], resting())
    assert 21.7 < spine < hip < radius < 25.5


def test_a_listener_changes_nothing_in_the_core():
    names = [name for name in adult().states if name != "gut_vitamin_d"]
    with_bones = body().follow(resting(), Phase(YEAR, CALCIUM, DENOSUMAB), [YEAR])[0]
    alone = Rates(adult(), adult().parameter_vector(), adult().input_vector(CALCIUM))
    here = Rates(system(), body().parameters, body().inputs(CALCIUM))
    core = np.array([with_bones[system().states[n].offset] for n in adult().states])
    moved = here(with_bones)
    expected = alone(core)
    for name in names:
        got = moved[system().states[name].offset]
        assert got == pytest.approx(expected[adult().states[name].offset], rel=1e-9, abs=1e-12), name


# -- denosumab and the hip (calibration rows bone-E60, E66) ------------------------------------------------------------


@pytest.mark.parametrize(("year", "points"), [(1, 3.3), (2, 5.1), (3, 6.4)])
def test_the_hip_gains_on_denosumab_as_in_freedom(year: int, points: float):
    days = [year * YEAR]
    treated = ratios(["bmd_hip"], ON_DENOSUMAB, days, habits=OLDER)[0, 0]
    placebo = ratios(["bmd_hip"], ON_PLACEBO, days, habits=OLDER)[0, 0]
    assert 100 * (treated / placebo - 1) == pytest.approx(points, abs=0.4)


def test_the_hip_of_the_placebo_arm_loses_as_in_freedom():
    lost = ratios(["bmd_hip"], ON_PLACEBO, [THREE_YEARS], habits=OLDER)[0, 0]
    assert 100 * (lost - 1) == pytest.approx(-1.4, abs=0.2)


def test_blocked_renewal_is_denser_stronger_less_tough_and_more_damaged_with_fewer_and_with_more_fractures():
    """bone-E61, E66, E75, E79: two hazards that move apart (claim antiresorptive-brittle)."""
    names = [
        "bmd_spine", "bone_strength_spine", "bone_strength_hip", "bone_toughness", "bone_damage",
        "fracture_rate_vertebral", "fracture_rate_hip", "fracture_rate_atypical",
    ]  # fmt: skip
    for phase in (ON_DENOSUMAB, Phase(10 * YEAR, {**AGEING, "alendronate_intake": 10.0})):
        now = after(names, phase, habits=CALCIUM)
        assert now["bmd_spine"] > 1.08
        assert now["bone_strength_spine"] > 1.12
        assert now["bone_strength_hip"] > 1.05
        assert now["bone_toughness"] < 0.92
        assert now["bone_damage"] > 1.15
        assert now["fracture_rate_vertebral"] < 0.55
        assert now["fracture_rate_hip"] < 0.85
        assert now["fracture_rate_atypical"] > 10


def test_the_powers_of_strength_are_those_of_freedom():
    vertebral = fracture_rate_vertebral(1.0, 1.224, 5.6)
    assert vertebral == pytest.approx(0.32, abs=0.005)
    assert fracture_rate_hip(1.0, 1.143, 3.8, 1.0) == pytest.approx(0.60, abs=0.005)


# -- other courses --------------------------------------------------------------------------------------------------


def test_teriparatide_makes_more_and_younger_bone():
    now = after(
        ["bmd_spine", "bone_strength_spine", "bone_toughness", "bone_mineralisation", "fracture_rate_vertebral"],
        Phase(540.0, CALCIUM, TERIPARATIDE, 1.0), habits=CALCIUM,
    )  # fmt: skip
    assert now["bmd_spine"] > 1.08
    assert now["bone_strength_spine"] > now["bmd_spine"]
    assert now["bone_toughness"] > 1.03
    assert now["bone_mineralisation"] < 0.98
    assert now["fracture_rate_vertebral"] < 0.5


def test_fluoride_is_the_regime_with_more_density_and_less_resistance():
    """bone-E82 (claim denser-not-always-stronger): calibrated density, predicted fractures."""
    names = [*(f"bmd_{site}" for site in SITES), "bone_strength_hip", "fracture_rate_vertebral", "fracture_rate_hip"]
    treated = after(names, Phase(4 * YEAR, {**AGEING, "fluoride_intake": 75.0}), habits=OLDER)
    placebo = after(names, Phase(4 * YEAR, AGEING), habits=OLDER)
    gained = {name: 100 * (treated[name] / placebo[name] - 1) for name in names}
    assert gained["bmd_spine"] == pytest.approx(35, abs=2)
    assert gained["bmd_hip"] == pytest.approx(12, abs=1)
    assert gained["bmd_radius"] == pytest.approx(-4, abs=1)
    assert gained["bone_strength_hip"] < -20
    assert treated["fracture_rate_hip"] / placebo["fracture_rate_hip"] == pytest.approx(72 / 24, rel=0.15)
    assert 0.6 < treated["fracture_rate_vertebral"] / placebo["fracture_rate_vertebral"] < 1.3  # 163 and 136, ns


def test_menopause_loses_bone_first_fast_then_slowly_as_in_swan():
    """Greendale 2012, doi 10.1002/jbmr.534: spine -7.38 % in the 3 years around the last period, -10.6 % in ten."""
    names = ["bmd_spine", "bmd_hip", "bone_strength_spine", "fracture_rate_vertebral"]
    early, late = ratios(names, Phase(10 * YEAR, {**WITHOUT_OESTROGEN, "bone_ageing": 1.0}), [THREE_YEARS, 10 * YEAR])
    assert 100 * (early[0] - 1) == pytest.approx(-7.38, abs=2.0)
    assert 100 * (late[0] - 1) == pytest.approx(-10.6, abs=1.0)
    assert 100 * (late[1] - 1) == pytest.approx(-9.1, abs=1.0)
    assert late[2] < late[0]
    assert late[3] > 2


def test_oestrogen_brings_back_what_pepi_measured():
    """PEPI (doi 10.1155/2010/708931, table 1): spine +3.5 to +5.0, hip +1.7 % in 3 years."""
    now = after(
        ["bmd_spine", "bmd_hip", "ctx"], Phase(THREE_YEARS, {"oestrogen_action": 1.0}), habits=WITHOUT_OESTROGEN
    )
    assert 3.5 <= 100 * (now["bmd_spine"] - 1) <= 5.0
    assert 1.0 < 100 * (now["bmd_hip"] - 1) < 3.0
    assert now["ctx"] < 0.8


def test_ageing_is_off_at_rest_and_antiresorptives_slow_it():
    names = ["spine_scaffold", "hip_scaffold", "radius_scaffold", "grown_width"]
    assert body().look(names, resting()) == pytest.approx(1.0)
    still = after(names, Phase(YEAR, {}))
    assert list(still.values()) == pytest.approx([1.0] * 4, abs=1e-12)
    ageing = after(names, Phase(THREE_YEARS, AGEING))
    blocked = after(names, Phase(THREE_YEARS, {**AGEING, "alendronate_intake": 10.0}))
    assert ageing["spine_scaffold"] < blocked["spine_scaffold"] < 1
    assert ageing["grown_width"] > 1


def test_a_bone_that_grows_wider_reads_less_dense_and_bears_more():
    narrow, wide = body(), body({"widening_rate": system().constants["widening_rate"].value * 10})
    phase = Phase(10 * YEAR, AGEING)
    a, b = (who.follow(resting(), phase, [phase.days])[0] for who in (narrow, wide))
    names = ["bmd_radius", "bone_strength_radius", "bmd_hip", "bone_strength_hip"]
    before, after_ = narrow.look(names, a, AGEING), wide.look(names, b, AGEING)
    assert after_[0] < before[0]
    assert after_[1] > before[1]
    assert after_[2] < before[2]
    assert after_[3] > before[3]


# -- people ----------------------------------------------------------------------------------------------------------


def explained(site: str, count: int = 400) -> float:
    """r2 of density and strength over people who differ in size, geometry and turnover, and in nothing else."""
    draws = np.random.default_rng(7)
    named = [
        "skeletal_size", "spine_peak_density", "hip_peak_density", "femur_hollowness", "radius_hollowness", "spine_turnover",
        "hip_turnover", "radius_turnover",
    ]  # fmt: skip
    constants = system().constants
    drawn = {n: constants[n].value * np.exp((constants[n].varies or 0.0) * draws.standard_normal(count)) for n in named}
    density, load = np.empty(count), np.empty(count)
    for i in range(count):
        who = {n: float(v[i]) for n, v in drawn.items()}
        states = resting().copy()
        for part in SITES:
            k, tau = who[f"{part}_turnover"], constants["secondary_mineralisation_time"].value
            full, fresh = constants["full_mineralisation"].value, constants["primary_mineralisation"].value
            states[system().states[f"{part}_mineralisation"].offset] = (full / tau + k * fresh) / (1 / tau + k)
        values = Rates(system(), system().parameter_vector(who), body().inputs())
        density[i], load[i] = values.values([f"areal_density_{site}", f"failure_load_{site}"], states)
    return float(np.corrcoef(np.log(density), np.log(load))[0, 1] ** 2)


def test_dense_bones_are_strong_bones_among_people_whose_density_varies():
    assert explained("spine") > 0.5
    assert explained("hip") > 0.5


def test_where_only_the_cortex_and_size_vary_density_tells_little_of_bending_strength():
    assert explained("radius") < 0.7


def test_older_people_break_more_bones_and_falls_break_hips():
    young, old = body(), body({"age": 80.0})
    names = ["fracture_rate_vertebral", "fracture_rate_hip", "fracture_rate_atypical"]
    a, b = young.look(names, resting()), old.look(names, resting())
    assert b[0] == pytest.approx(19.6, rel=0.02)  # Rotterdam, women above 75 y
    assert b[1] / a[1] > 30
    assert a[2] == b[2]
    fallen = old.look(names, resting(), {"falls": 2.0})
    assert fallen[1] == pytest.approx(2 * b[1])
    assert fallen[0] == b[0]


def test_a_larger_skeleton_is_denser_to_the_scanner_and_stronger_still():
    names = ["areal_density_hip", "failure_load_hip", "areal_density_spine", "failure_load_spine"]
    big = body({"skeletal_size": 1.1}).look(names, resting())
    assert big == pytest.approx([1.1, 1.1**3, 1.1, 1.1**2])
