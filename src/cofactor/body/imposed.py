"""What organs that are not built yet would tell the magnesium organs, imposed from outside.

Each name here is the name the later organ will use, so that organ replaces this file without a change elsewhere.
"""

from __future__ import annotations

from cofactor.model import given, observable, parameter, signal

gut_vdr_drive = given(
    "1", 1.0, doc="drive of the vitamin D receptor in the gut; calcitriol relative to the reference adult"
)
pth_action = given("1", 1.0, doc="PTH relative to the reference adult")
calcium_ratio = given("1", 1.0, doc="ionised calcium relative to the reference adult")
bone_formation_flux = given("mmol/d", 6.0, doc="calcium laid down in new bone")
bone_resorption_flux = given("mmol/d", 6.0, doc="calcium freed from resorbed bone")
bone_calcium = given("mmol", 25000.0, doc="calcium in bone mineral")
kidney_health = given("1", 1.0, doc="filtration left, as a share of the person's own")

baseline_filtration_rate = parameter(
    173, "L/d", varies=0.15, source="coupled.md decision 15: 120 mL/min; CV 15 % magnesium.md 2.4", low=4, high=350,
    note="a published eGFR of 100 mL/min is a healthy adult: ratio = eGFR / 100 (design.md 2)",
)  # fmt: skip
minutes_to_days = parameter(1.44, "L*min/mL/d", source="definition: 1440 min/d, 1000 mL/L")


@signal("L/d")
def filtration_rate(baseline_filtration_rate):
    """Glomerular filtration."""
    return baseline_filtration_rate


@observable("mL/min")
def gfr(filtration_rate, minutes_to_days):
    """Glomerular filtration rate."""
    return filtration_rate / minutes_to_days
