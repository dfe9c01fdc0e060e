"""Cinacalcet: makes the parathyroid's calcium-sensing receptor see more calcium than there is, so PTH falls.

At the dose that trials titrate to (1 = taken). Assumptions: it acts on the gland alone (the receptor of the thick limb is left
out) and steadily, as doses twice a day do on calcium.
"""

from __future__ import annotations

from cofactor.model import given, parameter, signal

cinacalcet_on_set_point = parameter(
    0.90, "1", spread=0.03, low=0.7, high=1,
    calibrated="bone-E105, phase 3 in hyperparathyroidism, 28 weeks: PTH -23.8 % against -1.0 %; calcium was not fitted",
)  # fmt: skip

cinacalcet = given("1", 0.0, doc="1 while cinacalcet is taken at its titrated dose")


@signal("1")
def calcimimetic_shift(cinacalcet, cinacalcet_on_set_point):
    """Set point of the glands relative to none under the drug."""
    return 1 - (1 - cinacalcet_on_set_point) * cinacalcet
