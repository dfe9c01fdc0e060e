"""How size and age move the reference adult's parameters to a person's."""

from __future__ import annotations

import numpy as np

REFERENCE_AGE_YEARS = 40.0
REFERENCE_WEIGHT_KG = 70.0
REFERENCE_HEIGHT_M = 1.726

FILTRATION = "baseline_filtration_rate"
SCALES_WITH_SIZE = (
    "ecf_magnesium_volume",
    "soft_tissue_magnesium_at_rest",
    "muscle_magnesium_at_rest",
    "bone_surface_magnesium_at_rest",
    "deep_bone_magnesium_at_rest",
    "red_cell_magnesium_at_rest",
)
"""Volumes and stores that are larger in a larger body. Fat holds little magnesium, so they go with surface, not weight."""

INPUTS_WITH_SIZE = ("bone_calcium",)

_DU_BOIS_WEIGHT, _DU_BOIS_HEIGHT = 0.425, 0.725  # Du Bois & Du Bois 1916, Arch Intern Med 17:863
_FILTRATION_LEFT_PER_YEAR = 0.988  # Pottel 2016, doi 10.1093/ndt/gfv454: eGFR falls with 0.988^(age - 40) after 40


def size_ratio(weight_kg, height_m):
    """Body surface relative to the reference adult (Du Bois 1916)."""
    return (weight_kg / REFERENCE_WEIGHT_KG) ** _DU_BOIS_WEIGHT * (height_m / REFERENCE_HEIGHT_M) ** _DU_BOIS_HEIGHT


def age_ratio(age_years):
    """Filtration rate relative to 40 years: constant before, falling after (Pottel 2016)."""
    return _FILTRATION_LEFT_PER_YEAR ** np.maximum(age_years - REFERENCE_AGE_YEARS, 0.0)
