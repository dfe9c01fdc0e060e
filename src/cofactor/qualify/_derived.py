"""Quantities studies report that no organ has as one: each computed from quantities of the body, person by person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from cofactor.qualify import _tracer

Values = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Derived:
    """How to compute a quantity: what it needs of the body, its unit and analyte, and the function.

    The function takes the values needed at one time, a number per person, the time in days and body weights in kg.
    `at_rest` marks what is computed from the state at the start, whatever the time asked for.
    """

    doc: str
    needs: tuple[str, ...]
    unit: str
    compute: Callable[[Values, float, np.ndarray], np.ndarray]
    analyte: str | None = None
    at_rest: bool = False


def _share(part: str, whole: str) -> Callable[[Values, float, np.ndarray], np.ndarray]:
    return lambda v, day, weight: v[part] / v[whole]


def _half_life(component: int) -> Callable[[Values, float, np.ndarray], np.ndarray]:
    return lambda v, day, weight: _tracer.half_lives(v)[:, component]


DERIVED: dict[str, Derived] = {
    "magnesium_to_creatinine_clearance": Derived(
        "urine magnesium over serum magnesium, over filtration (creatinine clearance)",
        ("urine_magnesium", "serum_magnesium", "filtration_rate"), "1",
        lambda v, day, weight: v["urine_magnesium"] / (v["serum_magnesium"] * v["filtration_rate"]),
    ),
    "stool_magnesium_share_of_intake": Derived(
        "stool magnesium over intake", ("stool_magnesium", "magnesium_intake"), "1",
        _share("stool_magnesium", "magnesium_intake"),
    ),
    "net_fractional_magnesium_absorption": Derived(
        "net absorption over intake", ("net_absorbed_magnesium", "magnesium_intake"), "1",
        _share("net_absorbed_magnesium", "magnesium_intake"),
    ),
    "balance_without_sweat": Derived(
        "magnesium balance of a ward that does not collect sweat", ("magnesium_balance", "sweat_magnesium_loss"), "mmol/d",
        lambda v, day, weight: v["magnesium_balance"] + v["sweat_magnesium_loss"], "magnesium",
    ),
    "proximal_share_of_filtered_magnesium": Derived(
        "share of the filtered load taken back by the proximal tubule", ("thick_limb_delivery", "filtered_magnesium"), "1",
        lambda v, day, weight: 1 - v["thick_limb_delivery"] / v["filtered_magnesium"],
    ),
    "thick_limb_share_of_filtered_magnesium": Derived(
        "share taken back by the thick limb", ("thick_limb_magnesium_reabsorption", "filtered_magnesium"), "1",
        _share("thick_limb_magnesium_reabsorption", "filtered_magnesium"),
    ),
    "distal_share_of_filtered_magnesium": Derived(
        "share taken back by the distal tubule", ("distal_magnesium_reabsorption", "filtered_magnesium"), "1",
        _share("distal_magnesium_reabsorption", "filtered_magnesium"),
    ),
    "filtered_magnesium_a_day": Derived(
        "filtered load", ("filtered_magnesium", "filtration_rate"), "mmol/d",
        lambda v, day, weight: v["filtered_magnesium"] * v["filtration_rate"], "magnesium",
    ),
    "reabsorbed_share_of_filtered_magnesium": Derived(
        "share of the filtered load that does not reach the urine", ("fractional_magnesium_excretion",), "1",
        lambda v, day, weight: 1 - v["fractional_magnesium_excretion"],
    ),
    "magnesium_excretion_per_filtrate": Derived(
        "urine magnesium per litre of filtrate", ("renal_magnesium_excretion", "filtration_rate"), "mmol/L",
        _share("renal_magnesium_excretion", "filtration_rate"), "magnesium",
    ),
    "exchangeable_magnesium_per_weight": Derived(
        "exchangeable magnesium of a labelled dose, per kg of body", _tracer.NEEDS, "mmol/kg",
        lambda v, day, weight: _tracer.exchangeable(v, day) / weight, "magnesium", at_rest=True,
    ),
    "exchangeable_share_of_body_magnesium": Derived(
        "exchangeable magnesium of a labelled dose over all magnesium", (*_tracer.NEEDS, "body_magnesium"), "1",
        lambda v, day, weight: _tracer.exchangeable(v, day) / v["body_magnesium"], at_rest=True,
    ),
    "tracer_half_life_fast": Derived(
        "fastest component of labelled magnesium in plasma", _tracer.NEEDS, "d", _half_life(0), at_rest=True
    ),
    "tracer_half_life_second": Derived(
        "second component of labelled magnesium in plasma", _tracer.NEEDS, "d", _half_life(1), at_rest=True
    ),
    "net_fractional_calcium_absorption": Derived(
        "net calcium absorption over intake", ("net_absorbed_calcium", "calcium_intake"), "1",
        _share("net_absorbed_calcium", "calcium_intake"),
    ),
    "calcidiol_half_life": Derived(
        "ln 2 times the 25(OH)D of the body over all that leaves it a day",
        ("calcidiol_pool", "calcidiol_loss", "hydroxylation_24", "calcitriol_synthesis"), "d",
        lambda v, day, weight: np.log(2) * v["calcidiol_pool"]
        / (v["calcidiol_loss"] + v["hydroxylation_24"] + v["calcitriol_synthesis"]),
    ),
    "half_life_of_2425": Derived(
        "ln 2 times the 24,25(OH)2D of the body over its loss", ("pool_24_25", "loss_24_25"), "d",
        lambda v, day, weight: np.log(2) * v["pool_24_25"] / v["loss_24_25"],
    ),
    "production_of_2425_per_weight": Derived(
        "24-hydroxylation per kg of body", ("hydroxylation_24",), "nmol/kg/d",
        lambda v, day, weight: v["hydroxylation_24"] / weight,
    ),
    "calcitriol_clearance": Derived(
        "calcitriol lost over its level", ("calcitriol_loss", "calcitriol_level"), "L/d",
        _share("calcitriol_loss", "calcitriol_level"),
    ),
    "all_source_vitamin_d_input": Derived(
        "what skin and food bring, as the oral dose that would bring as much",
        ("skin_synthesis", "dietary_vitamin_d_uptake", "vitamin_d_absorbed_fraction", "vitamin_d_nmol_per_ug"), "ug/d",
        lambda v, day, weight: (v["skin_synthesis"] + v["dietary_vitamin_d_uptake"])
        / (v["vitamin_d_absorbed_fraction"] * v["vitamin_d_nmol_per_ug"]), "vitamin_d3",
    ),
    "vitamin_d3_in_fat": Derived(
        "D3 in fat", ("fat_vitamin_d3",), "nmol", lambda v, day, weight: v["fat_vitamin_d3"], "vitamin_d3"
    ),
    "pth_set_point": Derived(
        "ionised calcium at half suppression", ("calcium_set_point", "reference_ionised_calcium"), "mmol/L",
        lambda v, day, weight: v["calcium_set_point"] * v["reference_ionised_calcium"], "calcium",
    ),
    "mean_arterial_pressure": Derived(
        "diastolic pressure and a third of the pulse", ("systolic_bp", "diastolic_bp"), "mmHg",
        lambda v, day, weight: (v["systolic_bp"] + 2 * v["diastolic_bp"]) / 3,
    ),
    "pulse_pressure": Derived(
        "systolic less diastolic pressure", ("systolic_bp", "diastolic_bp"), "mmHg",
        lambda v, day, weight: v["systolic_bp"] - v["diastolic_bp"],
    ),
    "adrenaline_threshold": Derived(
        "glucose, held for long, at which adrenaline is a quarter above rest",
        ("adrenaline_half_glucose", "adrenaline_glucose_width", "adrenaline_surge", "resting_adrenaline"), "mmol/L",
        lambda v, day, weight: v["adrenaline_half_glucose"] + v["adrenaline_glucose_width"]
        * np.log(v["adrenaline_surge"] / (0.25 * v["resting_adrenaline"]) - 1), "glucose", at_rest=True,
    ),
    "autonomic_symptom_threshold": Derived(
        "glucose at which anxiety and tremor begin", ("autonomic_threshold",), "mmol/L",
        lambda v, day, weight: v["autonomic_threshold"], "glucose", at_rest=True,
    ),
    "neuroglycopenic_symptom_threshold": Derived(
        "glucose at which weakness and slow thought begin", ("neuroglycopenic_threshold",), "mmol/L",
        lambda v, day, weight: v["neuroglycopenic_threshold"], "glucose", at_rest=True,
    ),
    "muscle_exchange_half_life": Derived(
        "half-life of magnesium in muscle", ("muscle_exchange",), "d",
        lambda v, day, weight: np.log(2) / v["muscle_exchange"], at_rest=True,
    ),
}  # fmt: skip
