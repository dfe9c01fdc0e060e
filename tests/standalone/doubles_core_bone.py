"""Core C2 (core_bone.md 2B) from the body's own organs: what coupled.md replaced in it stands here as it was.

Numbers of coupled.md's decisions are given where an equation differs. Rates that the file gives per hour stand as 24 x per
hour. Unchanged and used as they are: blood_minerals, parathyroid, bone_quality, denosumab, and of the other organs every
equation that is not named here. C2 knows no magnesium and no vitamin D store: 25(OH)D is an input.
"""

# pyright: reportOperatorIssue=false
# An organ is a namespace; its functions are plain, so their first argument is no self.

from __future__ import annotations

from math import exp, log

from tests.standalone.doubles_tools import double_of

from cofactor.body import (
    blood_minerals,
    bone_cells,
    bone_mineral,
    bone_quality,
    gut_minerals,
    kidney_calcium,
    kidney_phosphate,
    parathyroid,
)
from cofactor.body.blood_minerals import ecf_calcium, ecf_phosphate
from cofactor.body.bone_mineral import P_PER_CA, bone_calcium
from cofactor.body.drugs import denosumab, teriparatide
from cofactor.model import System, adapts, derived, flux, given, observable, parameter, signal, softplus

FILE = "core_bone.md 2B"


class magnesium_replete:
    """What the magnesium organs tell a body that has enough (decisions 10 to 12, 21)."""

    serum_magnesium = given("mmol/L", 0.85)
    reference_serum_magnesium = parameter(0.85, "mmol/L", source="coupled.md 1")
    ionised_magnesium_fraction = parameter(0.62, "1", source="coupled.md 2")
    magnesium_factor_pth_response = given("1", 1.0)
    uraemic_gut = given("1", 1.0)

    @observable("mmol/L")
    def ionised_magnesium(serum_magnesium, ionised_magnesium_fraction):
        return ionised_magnesium_fraction * serum_magnesium


class calcitriol:
    """2B.4: 1-alpha-hydroxylase A and calcitriol D, both relative to rest (decisions 1, 2, 6, 9, 15)."""

    serum_25ohd = given("nmol/L", 70.0)
    reference_25ohd = parameter(70, "nmol/L", source=FILE)
    half_25ohd = parameter(20, "nmol/L", source=FILE)
    enzyme_turnover = parameter(24 * 0.05, "1/d", source=FILE)
    pth_power = parameter(0.40, "1", source=FILE)
    calcium_power = parameter(2, "1", source=FILE)
    phosphate_power = parameter(0.8, "1", source=FILE)
    fgf23_power = parameter(0.30, "1", source=FILE)
    filtration_power = parameter(0.5, "1", source=FILE)
    calcitriol_turnover = parameter(24 * 0.1, "1/d", source=FILE)
    induced_clearance = parameter(0.35, "1", source=FILE)
    oral_calcitriol = given("ug/d", 0.0)
    pmol_per_ug = parameter(1e6 / 416.6, "pmol/ug", source=FILE)
    oral_fraction = parameter(0.7, "1", source=FILE)
    reference_calcitriol = parameter(90, "pmol/L", source=FILE)
    first_pass_gut_drive = parameter(0.35, "d/ug", source=f"{FILE}.5")

    @adapts("hydroxylase_1a", unit="1/d", start=1)
    def hydroxylase_1a_change(
        hydroxylase_1a, serum_25ohd, pth_action, calcium_ratio, phosphate_ratio, fgf23, filtration_ratio, reference_25ohd,
        half_25ohd, enzyme_turnover, pth_power, calcium_power, phosphate_power, fgf23_power, filtration_power,
    ):  # fmt: skip
        substrate = (1 + half_25ohd / reference_25ohd) * serum_25ohd / (serum_25ohd + half_25ohd)
        minerals = calcium_ratio**-calcium_power * phosphate_ratio**-phosphate_power
        kidney = fgf23**-fgf23_power * filtration_ratio**filtration_power
        return enzyme_turnover * (pth_action**pth_power * minerals * kidney * substrate - hydroxylase_1a)

    @adapts("calcitriol_ratio", unit="1/d", start=1)
    def calcitriol_change(
        calcitriol_ratio, hydroxylase_1a, oral_calcitriol, calcitriol_turnover, induced_clearance, pmol_per_ug,
        oral_fraction, ecf_mineral_volume, reference_calcitriol,
    ):  # fmt: skip
        induction = 1 - induced_clearance + induced_clearance * 2 * calcitriol_ratio / (calcitriol_ratio + 1)
        swallowed = oral_calcitriol * pmol_per_ug * oral_fraction / (ecf_mineral_volume * reference_calcitriol)
        return calcitriol_turnover * (hydroxylase_1a - calcitriol_ratio * induction) + swallowed

    @signal("1")
    def vdr_drive(calcitriol_ratio):
        return calcitriol_ratio

    @signal("1")
    def gut_vdr_drive(vdr_drive, oral_calcitriol, first_pass_gut_drive):
        return vdr_drive + first_pass_gut_drive * oral_calcitriol

    @observable("pmol/L")
    def serum_calcitriol(calcitriol_ratio, reference_calcitriol):
        return reference_calcitriol * calcitriol_ratio


class fgf23:
    """2B.4: FGF23 follows phosphate, calcitriol and PTH without a memory (decision 13)."""

    reference_fgf23 = parameter(45, "pg/mL", source=FILE)
    fgf23_turnover = parameter(24 * 0.08, "1/d", source=FILE)
    phosphate_power_on_fgf23 = parameter(2, "1", source=FILE)
    calcitriol_power_on_fgf23 = parameter(0.6, "1", source=FILE)
    pth_power_on_fgf23 = parameter(0.2, "1", source=FILE)
    filtration_power_on_fgf23 = parameter(1.2, "1", source=FILE)

    @adapts("fgf23", unit="1/d", start=1)
    def fgf23_change(
        fgf23, phosphate_ratio, vdr_drive, pth_action, filtration_ratio, fgf23_turnover, phosphate_power_on_fgf23,
        calcitriol_power_on_fgf23, pth_power_on_fgf23, filtration_power_on_fgf23,
    ):  # fmt: skip
        made = phosphate_ratio**phosphate_power_on_fgf23 * vdr_drive**calcitriol_power_on_fgf23
        return fgf23_turnover * (
            made * pth_action**pth_power_on_fgf23 * filtration_ratio**-filtration_power_on_fgf23 - fgf23
        )

    @observable("pg/mL")
    def serum_fgf23(fgf23, reference_fgf23):
        return reference_fgf23 * fgf23


class kidney_calcium_of_c2:
    """2B.5: filtration that hypercalcaemia leaves alone, and a vitamin D effect on the threshold that saturates (18, 19)."""

    baseline_filtration_rate = parameter(144, "L/d", source="core_bone.md: 6.0 L/h, 100 mL/min")
    reference_filtration_rate = parameter(144, "L/d", source="core_bone.md: 6.0 L/h, 100 mL/min")
    vdr_on_calcium_threshold = parameter(0.35, "mmol/L", source=f"{FILE}.5")

    @signal("L/d")
    def filtration_rate(baseline_filtration_rate):
        return baseline_filtration_rate

    @signal("mmol/L")
    def calcium_threshold(
        pth_action, vdr_drive, calcium_threshold_at_rest, pth_on_calcium_threshold, vdr_on_calcium_threshold
    ):
        pth = pth_on_calcium_threshold * (2 * pth_action / (pth_action + 1) - 1)
        return calcium_threshold_at_rest + pth + vdr_on_calcium_threshold * (2 * vdr_drive / (vdr_drive + 1) - 1)


class kidney_phosphate_of_c2:
    """2B.6: only 0.88 of phosphate is filtered, and TmP/GFR has powers of its own (decisions 14, 15)."""

    filtered_phosphate_fraction = parameter(0.88, "1", source=f"{FILE}.6")
    pth_power_on_phosphate_threshold = parameter(0.75, "1", source=f"{FILE}.6")
    pth_weight_on_phosphate_threshold = parameter(0.5, "1", source=f"{FILE}.6")

    @derived("mmol/L", calibrated="Tm0 of core_bone.md 2B.1: phosphate balance at rest closes")
    def phosphate_threshold_at_rest(
        reference_serum_phosphate, reference_urine_phosphate, reference_filtration_rate, phosphate_threshold_splay,
        filtered_phosphate_fraction,
    ):  # fmt: skip
        per_step = filtered_phosphate_fraction * reference_filtration_rate * phosphate_threshold_splay
        steps = log(exp(reference_urine_phosphate / per_step) - 1)
        return reference_serum_phosphate - phosphate_threshold_splay * steps

    @signal("mmol/L")
    def phosphate_threshold(
        fgf23, pth_action, phosphate_threshold_at_rest, fgf23_power_on_phosphate_threshold,
        pth_power_on_phosphate_threshold, pth_weight_on_phosphate_threshold,
    ):  # fmt: skip
        weight = pth_weight_on_phosphate_threshold
        pth = ((1 + weight) / (1 + weight * pth_action)) ** pth_power_on_phosphate_threshold
        return phosphate_threshold_at_rest * pth * fgf23**-fgf23_power_on_phosphate_threshold

    @flux(leaves=ecf_phosphate, enters=kidney_phosphate.phosphate_in_urine, unit="mmol/d")
    def renal_phosphate_excretion(
        filtration_rate, serum_phosphate, phosphate_threshold, phosphate_threshold_splay, filtered_phosphate_fraction
    ):
        steps = softplus((serum_phosphate - phosphate_threshold) / phosphate_threshold_splay)
        return filtered_phosphate_fraction * filtration_rate * phosphate_threshold_splay * steps


class bone_mineral_of_c2:
    """2B.6: resorption frees mineral by volume and mineralisation of the site (decision 17)."""

    @flux(moves={bone_calcium: -1, ecf_calcium: +1, ecf_phosphate: +P_PER_CA}, unit="mmol/d")
    def bone_resorption_flux(
        resorption, spine_bone_volume, spine_mineralisation, mineralisation_at_rest, bone_turnover_at_rest
    ):
        return bone_turnover_at_rest * resorption * spine_bone_volume * spine_mineralisation / mineralisation_at_rest


class bone_cells_of_c2:
    """2B.7: vitamin D multiplies what PTH drives, by D^.25, and drives nothing by itself (decisions 4, 5)."""

    drive_power_on_resorption = parameter(0.25, "1", source=f"{FILE}.7")

    @signal("1")
    def resorption_target(
        pth_resorption, vdr_drive, rankl_left, osteoclast_precursors, oestrogen_action, bisphosphonate_block,
        extra_resorption, oestrogen_power_on_resorption, drive_power_on_resorption,
    ):  # fmt: skip
        driven = pth_resorption * vdr_drive**drive_power_on_resorption
        drugs = rankl_left * (1 - bisphosphonate_block)
        wanted = driven * oestrogen_action**-oestrogen_power_on_resorption * drugs
        return wanted * (1 + extra_resorption) * osteoclast_precursors

    @adapts("reversal_memory", unit="1/d", start=1)
    def reversal_memory_change(reversal_memory, resorption, reversal_time):
        return (resorption - reversal_memory) / reversal_time


FILTRATION_OF_THE_COUPLED_BODY = (
    "contraction_onset", "contraction_time", "contraction_tolerated", "contraction_half", "smallest_filtration_share",
    "contraction_on_calcium_threshold", "volume_contraction_change", "diuretic_calcium_shift",
)  # fmt: skip
RESORPTION_BY_VITAMIN_D = (
    "vdr_resorption", "largest_vdr_resorption", "drive_excess_at_half", "drive_excess_power", "uncoupled_share",
    "precursors_wait", "precursors_acting",
)  # fmt: skip

CONSTANTS = {
    "reference_serum_phosphate": 1.2,  # 2B.1; decision 15
    "phosphate_threshold_splay": 0.03,  # 2B.6
    "reference_urine_phosphate": 24 * 1.1375,  # 2B.1
    "passive_phosphate_fraction": 0.50,  # 2B.6
    "endogenous_phosphate_at_rest": 0.0,  # 2B.6 has none
    "teriparatide_bioavailability": 1.0,  # 2B.7 has none
}
HABITS = {"dietary_phosphate": 42.0}  # 2B.6; calcium 24 mmol/d as in the coupled body


def core_bone() -> System:
    """C2: 29 states."""
    return System.from_organs(
        [
            gut_minerals, blood_minerals, magnesium_replete, calcitriol,
            double_of(kidney_calcium, kidney_calcium_of_c2, without=FILTRATION_OF_THE_COUPLED_BODY),
            double_of(kidney_phosphate, kidney_phosphate_of_c2),
            parathyroid, fgf23,
            double_of(bone_mineral, bone_mineral_of_c2),
            double_of(bone_cells, bone_cells_of_c2, without=RESORPTION_BY_VITAMIN_D),
            bone_quality, teriparatide, denosumab,
        ]
    )  # fmt: skip
