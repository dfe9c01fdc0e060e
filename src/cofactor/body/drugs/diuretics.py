"""Diuretics and calcium: thiazides make the tubule take more calcium back, loop diuretics less; two on one threshold add.

Per class at its usual dose (1 = taken): the trials give one effect and no dose-response. Bone, PTH and calcitriol follow from
the kidney. Assumptions: the effect is there within the day and steady (one dose a day of a loop diuretic makes calcium rise
and rebound within it, PMID 11589718; the day's mean is followed). Their effect on magnesium is recalled only and is not here.
"""

from __future__ import annotations

from cofactor.model import given, parameter, signal

thiazide_on_calcium_threshold = parameter(
    0.155, "mmol/L", spread=0.3,
    calibrated="bone-E103 Rejnmark 2001: bendroflumethiazide, day 7: calcium reabsorbed +0.46 (SE 0.11) points",
)  # fmt: skip
loop_diuretic_on_calcium_threshold = parameter(
    -0.16, "mmol/L",
    calibrated="bone-E103 Rejnmark 2001: bumetanide, day 7: calcium reabsorbed -0.5 (SE 0.1) points",
)  # fmt: skip

thiazide = given("1", 0.0, doc="1 while a thiazide is taken at its usual dose")
loop_diuretic = given("1", 0.0, doc="1 while a loop diuretic is taken at its usual dose")


@signal("mmol/L")
def diuretic_calcium_shift(thiazide, loop_diuretic, thiazide_on_calcium_threshold, loop_diuretic_on_calcium_threshold):
    """What diuretics add to the calcium threshold of the tubule."""
    return thiazide_on_calcium_threshold * thiazide + loop_diuretic_on_calcium_threshold * loop_diuretic
