"""Vitamin B6 beside magnesium: the dose, and the little it may add to uptake of magnesium by cells.

No human study that shows B6 raising magnesium absorption was found (magnesium.md 2.9), so the gut does not read it; the
share it adds to uptake by soft tissue is an assumption, and at rest it moves nothing.
"""

from __future__ import annotations

from cofactor.body.blood import ecf_magnesium
from cofactor.body.magnesium_stores import soft_tissue_magnesium
from cofactor.model import flux, given, minimum, parameter, signal

vitamin_b6_full_dose = parameter(30, "mg/d", source="mg-E77 Pouteau 2018: the one dose tested", low=1, high=200)
vitamin_b6_on_cell_uptake = parameter(
    0.02, "1", spread=1.0, source="magnesium.md 2.9: optional, assumed, 0-0.1", low=0, high=0.1
)

supplement_vitamin_b6 = given("mg/d", 0.0, doc="vitamin B6 (pyridoxine) taken as a supplement")


@signal("1")
def vitamin_b6_dose_share(supplement_vitamin_b6, vitamin_b6_full_dose):
    """Vitamin B6 as a share of the dose that was tested, at most all of it."""
    return minimum(supplement_vitamin_b6 / vitamin_b6_full_dose, 1)


@flux(leaves=ecf_magnesium, enters=soft_tissue_magnesium, unit="mmol/d")
def vitamin_b6_magnesium_uptake(vitamin_b6_dose_share, vitamin_b6_on_cell_uptake, soft_tissue_magnesium_uptake):
    """What B6 adds to the net uptake of magnesium by soft tissue."""
    return vitamin_b6_on_cell_uptake * vitamin_b6_dose_share * soft_tissue_magnesium_uptake
