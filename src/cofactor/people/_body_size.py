"""How size, fatness, sex and age move the reference adult's parameters to a person's.

Whatever is an amount or a flow grows with body surface: spaces, stores, bone and its turnover, filtration, gut uptake,
endogenous losses. Concentrations, fractions and rate constants stay. So a small and a large person who eat in proportion
rest at the same levels. Vitamin D keeps its own forms of weight and fat (vitamin_d.md 2.2-2.3), which the organs hold.
"""

from __future__ import annotations

from typing import Any

import numpy as np

REFERENCE_AGE_YEARS = 40.0
REFERENCE_WEIGHT_KG = 70.0
REFERENCE_HEIGHT_M = 1.726

FILTRATION = "baseline_filtration_rate"
REFERENCE_FILTRATION = "reference_filtration_rate"
"""What a healthy 40-year-old of this size filters: kidney health is the ratio to it, in a small body and a large one."""

SCALES_WITH_SIZE = (
    # spaces
    "ecf_magnesium_volume", "ecf_mineral_volume", "pth_volume", "calcitriol_volume", "volume_24_25",
    # stores; fat holds little magnesium, so they go with surface, not weight
    "soft_tissue_magnesium_at_rest", "muscle_magnesium_at_rest", "bone_surface_magnesium_at_rest",
    "deep_bone_magnesium_at_rest", "red_cell_magnesium_at_rest", "cell_phosphate_at_rest",
    # bone: how much there is, and how much is renewed and exchanged a day
    "bone_calcium_at_rest", "exchangeable_calcium_at_rest", "bone_turnover_at_rest", "surface_exchange",
    "cell_phosphate_exchange",
    # gut: absorbing surface (the load that saturates it grows with it), juices, sweat
    "magnesium_pump_maximum", "magnesium_pump_half_load", "reference_calcium_intake", "endogenous_magnesium_at_rest",
    "endogenous_calcium_at_rest", "endogenous_phosphate_at_rest", "sweat_magnesium_at_rest",
    # making and clearing
    "pth_clearance", "calcitriol_synthesis_at_rest", "calcitriol_clearance", "catabolic_24_clearance",
    "clearance_24_25", REFERENCE_FILTRATION,
    # drugs
    "teriparatide_volume", "teriparatide_clearance", "denosumab_central_volume", "denosumab_peripheral_volume",
    "denosumab_exchange", "denosumab_clearance", "denosumab_saturable_maximum",
)  # fmt: skip
"""Amounts and flows that are larger in a larger body."""

INPUTS_WITH_SIZE = ("bone_calcium", "bone_formation_flux", "bone_resorption_flux")
"""What the magnesium body has imposed that the whole body computes."""

_DU_BOIS_WEIGHT, _DU_BOIS_HEIGHT = 0.425, 0.725  # Du Bois & Du Bois 1916, Arch Intern Med 17:863
_FILTRATION_LEFT_PER_YEAR = 0.988  # Pottel 2016, doi 10.1093/ndt/gfv454: eGFR falls with 0.988^(age - 40) after 40
_SKIN_LOSS_PER_YEAR = 0.013  # vitamin_d.md 2.1, g_age: D3 made in skin falls by 13 % a decade (vitd-E33)

# Deurenberg 1991, Br J Nutr 65:105, doi 10.1079/bjn19910073 (abstract read): adults, R2 0.79, SEE 4.1 % of weight
_FAT_PER_BMI, _FAT_PER_YEAR, _FAT_LESS_IN_MEN, _FAT_OFFSET = 1.20, 0.23, 10.8, -5.4
_LEANEST_STUDIED, _HEAVIEST_STUDIED = 13.9, 40.9
"""BMI range of that study; outside, the share of fat is held, as the formula overestimates it in the obese."""
FAT_SHARE_RESIDUAL = 0.041

_MENS_FRACTURES = 2 / 3
"""Men's fracture rates over women's: spine at 55-65 y 5.2 to 7.8 (Rotterdam, doi 10.1359/jbmr.2002.17.6.1051), hip at 50-54 y
5.8 to 8.7 (Harstad, doi 10.1007/s00198-010-1485-x)."""


def size_ratio(weight_kg: Any, height_m: Any) -> Any:
    """Body surface relative to the reference adult (Du Bois 1916)."""
    return (weight_kg / REFERENCE_WEIGHT_KG) ** _DU_BOIS_WEIGHT * (height_m / REFERENCE_HEIGHT_M) ** _DU_BOIS_HEIGHT


def age_ratio(age_years: Any) -> Any:
    """Filtration rate relative to 40 years: constant before, falling after (Pottel 2016)."""
    return _FILTRATION_LEFT_PER_YEAR ** np.maximum(age_years - REFERENCE_AGE_YEARS, 0.0)


def fat_share(weight_kg: Any, height_m: Any, age_years: Any, female: Any) -> Any:
    """Share of weight that is fat (Deurenberg 1991)."""
    bmi = np.clip(weight_kg / height_m**2, _LEANEST_STUDIED, _HEAVIEST_STUDIED)
    return (_FAT_PER_BMI * bmi + _FAT_PER_YEAR * age_years - _FAT_LESS_IN_MEN * (1.0 - female) + _FAT_OFFSET) / 100.0


def size_ratios(weight_kg: Any, height_m: Any, age_years: Any, female: Any, fat_residual: Any = 0.0) -> dict[str, Any]:
    """Every parameter that size, fatness and age move, as a ratio to the reference adult's: numbers or arrays over people.

    `fat_residual`: how far the share of fat lies from the formula. The formula's own reference adult (22 kg of fat) stands
    for the model's (20 kg), so only ratios are used. Every ratio of the reference adult is exactly 1.
    """
    size = size_ratio(weight_kg, height_m)
    usual = fat_share(REFERENCE_WEIGHT_KG, REFERENCE_HEIGHT_M, REFERENCE_AGE_YEARS, 1.0)
    weight = weight_kg / REFERENCE_WEIGHT_KG
    return {name: size for name in SCALES_WITH_SIZE} | {
        FILTRATION: size * age_ratio(age_years),
        "body_weight": weight,
        "fat_mass": weight * (fat_share(weight_kg, height_m, age_years, female) + fat_residual) / usual,
        "habitual_skin_synthesis": np.exp(-_SKIN_LOSS_PER_YEAR * (age_years - REFERENCE_AGE_YEARS)),
        "age": age_years / REFERENCE_AGE_YEARS,
        "vessel_age": age_years / REFERENCE_AGE_YEARS,
        "vertebral_fractures_at_60": female + (1.0 - female) * _MENS_FRACTURES,
        "hip_fractures_at_52": female + (1.0 - female) * _MENS_FRACTURES,
    }
