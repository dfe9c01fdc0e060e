"""Density, strength and toughness of core C2 (core_bone.md 3.2) to their digits.

Mineralisation is printed as a percentage of the rounded wt%: tested so. One toughness (hypoPT) was computed from it too.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from tests.body.coupled import Phase
from tests.standalone.doubles_core_bone import CONSTANTS, HABITS, core_bone
from tests.standalone.doubles_tools import Body

from cofactor.body import bone_sites, bone_size, bone_strength
from cofactor.engine import rest
from cofactor.model import System

MONTH, YEAR = 30.4375, 365.25
DENOSUMAB = Phase(10 * YEAR, {"dietary_calcium": 38.4}, {"denosumab_depot": 6e7}, 6 * MONTH)
BISPHOSPHONATE = Phase(10 * YEAR, {"bisphosphonate_block": 0.65})
TERIPARATIDE = Phase(18 * MONTH, {"dietary_calcium": 36.0}, {"teriparatide_depot": 4856.962455680218}, 1.0)
ADENOMA = Phase(3 * YEAR, {"set_point_shift": 1.17, "parathyroid_tissue": 2.5, "gland_regulation": 0.0})
NO_GLAND = Phase(2 * YEAR, {"parathyroid_tissue": 0.002})

# regimen, day, v, m %, d, aBMD %, strength %, toughness % (month 17 for 18: test_core_bone)
TABLE = [
    pytest.param(DENOSUMAB, 3 * YEAR, 1.050, 6.6, 1.25, 11.9, 18, -11, id="denosumab 3 y"),
    pytest.param(DENOSUMAB, 10 * YEAR, 1.083, 9.3, 1.73, 18.6, 25, -18, id="denosumab 10 y"),
    pytest.param(BISPHOSPHONATE, 3 * YEAR, 1.046, 5.2, 1.21, 10, 15.5, -9, id="bisphosphonate 3 y"),
    pytest.param(BISPHOSPHONATE, 10 * YEAR, 1.076, 8.0, 1.61, 16, 22.5, -16, id="bisphosphonate 10 y"),
    pytest.param(TERIPARATIDE, 17 * MONTH, 1.173, -3.5, 0.955, 13, 29, 6, id="teriparatide"),
    pytest.param(ADENOMA, 3 * YEAR, 0.930, -5.8, 0.76, -12, -19, 12, id="PHPT 3 y"),
    pytest.param(NO_GLAND, 2 * YEAR, 1.050, 5.6, 1.20, 11, 17, -9, id="hypoPT 2 y"),
]


@lru_cache
def body() -> Body:
    system = System.from_organs([*core_bone().organs, bone_sites, bone_strength, bone_size])
    return Body(system, system.recalibrated(CONSTANTS), HABITS)


@lru_cache
def resting() -> np.ndarray:
    return rest(body().system, body().parameters, body().inputs())


def percent(value: float) -> float:
    return 100 * (value - 1)


@pytest.mark.parametrize(("phase", "day", "volume", "mineral", "damage", "density", "strength", "toughness"), TABLE)
def test_a_row_of_the_table(
    phase: Phase,
    day: float,
    volume: float,
    mineral: float,
    damage: float,
    density: float,
    strength: float,
    toughness: float,
):
    names = [
        "spine_bone_volume", "bone_mineralisation", "bone_damage", "bmd_spine", "bone_strength_spine", "bone_toughness",
        "mineralisation_at_rest",
    ]  # fmt: skip
    states = body().follow(resting(), phase, [day])[0]
    v, w, d, bmd, load, tough, w0 = body().look(names, states, phase.inputs)
    assert v == pytest.approx(volume, abs=5.1e-4)
    assert d == pytest.approx(damage, abs=5.1e-3 if round(damage, 2) == damage else 5.1e-4)
    assert percent(round(w, 1) / w0) == pytest.approx(mineral, abs=0.055) or percent(w / w0) == pytest.approx(
        mineral, abs=0.05
    )
    assert percent(bmd) == pytest.approx(density, abs=0.51)
    assert percent(load) == pytest.approx(strength, abs=0.51 if strength == round(strength) else 0.051)
    assert percent(tough) == pytest.approx(toughness, abs=0.51)


@pytest.mark.xfail(
    reason="the printed -10 % is of the rounded 23.0 wt%; the equations give -9.4 %", raises=AssertionError
)
def test_toughness_without_pth_as_printed():
    states = body().follow(resting(), NO_GLAND, [NO_GLAND.days])[0]
    assert percent(body().look(["bone_toughness"], states)[0]) == pytest.approx(-10, abs=0.5)


def test_the_spine_s_finite_element_strength_on_denosumab():
    """bone-E66: +18.2 % in 36 months; the sentence below the table."""
    states = body().follow(resting(), DENOSUMAB, [3 * YEAR])[0]
    assert percent(body().look(["bone_strength_spine"], states, DENOSUMAB.inputs)[0]) == pytest.approx(18.2, abs=0.2)
