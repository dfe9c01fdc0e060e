"""Vitamin D alone (vitamin_d.md 2) from the body's own organs, with that file's constants and what it imposes from outside.

Most of what coupled.md changed are numbers (decisions 7, 9, 13, 14, 20), so the equations are the body's own; the doubles
are the stubs that 2.9 names: PTH from 25(OH)D, minerals and filtration at normal, 25(OH)D itself where it is imposed.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.standalone.doubles_tools import part_of

from cofactor.body import binding, calcitriol, fgf23, magnesium_stores, vitamin_d
from cofactor.body.vitamin_d import calcidiol_pool
from cofactor.model import System, clip, flux, given, observable, parameter, signal

FILE = "vitamin_d.md 2.9"

KINETICS = {
    "linear_hydroxylation_25": 0.36,  # line 98; 0.39 where the loop is on (2.2)
    "calcidiol_clearance": 0.367,  # 2.3, constant
}
LOOP = {
    "calcidiol_potency": 1 / 1000,  # 2.3 (r); coupled.md decision 20 has 1/300
    "clearance_induction_weight": 2.0,  # 2.4; decision 9 has 0.5
    "hydroxylase_1a_half": 0.9,  # 2.4 (M_27B1); decision 7 has 0.95 and power 4
    "hydroxylase_1a_power": 3.5,
    "fgf23_drive_floor": 0.0,  # 2.5; decision 13 has 0.4 + 0.6 hill(E;5,4)
    "fgf23_drive_weight": 4.0,
    "fgf23_drive_power": 2.5,
    "nephron_power_on_fgf23": 0.6,  # 2.5; decision 13 has 0.9
}
FREE_FGF23 = {"pth_power_on_fgf23": 0.0}
"""The stub "phi = chi" of line 106: PTH leaves FGF23 alone."""


class magnesium_replete:
    """25-hydroxylation with all the magnesium it needs."""

    magnesium_factor_25_hydroxylase = given("1", 1.0)


class calcidiol_as_the_end:
    """Nothing leaves 25(OH)D but by its constant clearance: what the absent calcitriol organ would say."""

    reference_25ohd = parameter(50, "nmol/L", source=f"{FILE}: baseline of the kinetics")
    catabolic_24_clearance = parameter(0, "L/d", source=FILE)
    calcitriol_synthesis_at_rest = parameter(0, "nmol/d", source=FILE)


class magnesium_given:
    """Free cell magnesium from outside; PTH's action and 24-hydroxylation do not feel it in this file."""

    free_cell_magnesium = given("1", 1.0)
    magnesium_factor_pth_response = given("1", 1.0)
    magnesium_factor_24_hydroxylase = given("1", 1.0)


class minerals_given:
    """Phosphate, calcium and filtration at normal."""

    phosphate_ratio = given("1", 1.0)
    calcium_ratio = given("1", 1.0)
    filtration_ratio = given("1", 1.0)

    @observable("1")
    def drive_in_the_gut(gut_vdr_drive):
        """Read by nobody else here."""
        return gut_vdr_drive


class pth_from_25ohd:
    """The stub of 2.9: PTH = clip((60/h)^.35, .4, 1.6)."""

    pth_power_on_25ohd = parameter(0.35, "1", source=FILE)
    smallest_stub_pth = parameter(0.4, "1", source=FILE)
    largest_stub_pth = parameter(1.6, "1", source=FILE)

    @signal("1")
    def pth_action(serum_25ohd, reference_25ohd, pth_power_on_25ohd, smallest_stub_pth, largest_stub_pth):
        return clip((reference_25ohd / serum_25ohd) ** pth_power_on_25ohd, smallest_stub_pth, largest_stub_pth)


class imposed_pth_and_25ohd:
    """PTH and 25(OH)D on straight lines from the start of each phase; the pool behind 25(OH)D is kept at what it says."""

    calcidiol_pool = calcidiol_pool
    swallowed_vitamin_d = vitamin_d.swallowed_vitamin_d
    vitamin_d_breakdown = vitamin_d.vitamin_d_breakdown
    pth_level = given("1", 1.0)
    pth_slope = given("1/d", 0.0)
    level_25ohd = given("nmol/L", 60.0)
    slope_25ohd = given("nmol/L/d", 0.0)
    calcidiol_at_rest = parameter(480, "nmol", source="vitamin_d.md 2.3: 8 L")
    calcidiol_volume = parameter(8, "L", source="vitamin_d.md 2.3")
    pool_keeping = parameter(1, "1/d", source="any: nothing reads the pool")

    @signal("1")
    def pth_action(time, pth_level, pth_slope):
        return pth_level + pth_slope * time

    @observable("nmol/L")
    def serum_25ohd(time, level_25ohd, slope_25ohd):
        return level_25ohd + slope_25ohd * time

    @flux(leaves=vitamin_d.swallowed_vitamin_d, enters=calcidiol_pool, unit="nmol/d")
    def calcidiol_replaced(
        calcidiol_pool, serum_25ohd, calcidiol_volume, pool_keeping, calcitriol_synthesis, granuloma_synthesis,
        hydroxylation_24,
    ):  # fmt: skip
        used = calcitriol_synthesis + granuloma_synthesis + hydroxylation_24
        return used + pool_keeping * (serum_25ohd * calcidiol_volume - calcidiol_pool)


def _hydroxylase_1a() -> SimpleNamespace:
    """M_27B1 of 2.4, the only word of the magnesium organs here."""
    return part_of(magnesium_stores, "magnesium_factor_1a_hydroxylase", "hydroxylase_1a_half", "hydroxylase_1a_power")


def kinetics() -> System:
    """D3 in gut, plasma, slow tissue and fat, and 25(OH)D: five states."""
    return System.from_organs([vitamin_d, calcidiol_as_the_end, magnesium_replete])


def with_loop() -> System:
    """The same with calcitriol, 24,25(OH)2D and FGF23; PTH follows 25(OH)D."""
    organs: list[Any] = [vitamin_d, magnesium_replete, binding, calcitriol, fgf23, _hydroxylase_1a()]
    return System.from_organs([*organs, magnesium_given, minerals_given, pth_from_25ohd])


def loop_alone() -> System:
    """Calcitriol, 24,25(OH)2D and FGF23 under imposed 25(OH)D and PTH."""
    organs: list[Any] = [imposed_pth_and_25ohd, binding, calcitriol, fgf23, _hydroxylase_1a()]
    return System.from_organs([*organs, magnesium_given, minerals_given])
