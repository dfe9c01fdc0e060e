"""Calcipotriol and its kind: an ointment that drives the vitamin D receptor where it is rubbed in.

Assumptions: what the skin holds follows the applications of the day; nothing reaches the blood; vehicle and emollient act
through the observation layer, not here (psoriasis.md 2d, 2g).
"""

from __future__ import annotations

from cofactor.body.immunity import SKIN_SITES
from cofactor.model import given, parameter, signal

topical_maximum = parameter(
    10.05, "1", spread=0.3, calibrated="skin-E40: action 0.805 twice a day (psoriasis.md 2d)",
    note="seam: 12 in psoriasis.md (drive 6 twice a day, 4 once), for its own half-effect levels of 25(OH)D and calcitriol",
)  # fmt: skip
topical_half_rate = parameter(
    2, "1/d", spread=0.3, calibrated="psoriasis.md 2d: receptor drive 6 twice a day, 4 once a day"
)
treated_site = parameter(
    1, "1", low=0, high=1, each=SKIN_SITES, source="1 at sites that are treated, 0 at others; by default all are"
)

calcipotriol_applications = given("1/d", 0.0, doc="applications of calcipotriol a day, 50 ug/g")


@signal("1")
def topical_vdr_drive(calcipotriol_applications, treated_site, topical_maximum, topical_half_rate):
    """Receptor drive of the ointment at a site (top of psoriasis.md 2d)."""
    drive = topical_maximum * calcipotriol_applications / (topical_half_rate + calcipotriol_applications)
    return treated_site * drive
