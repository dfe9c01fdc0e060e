"""Gut: what is eaten, what of it is taken up meal by meal, and what leaves with the stool.

Assumptions: a day's intake comes in equal meals; the lumen holds nothing from one day to the next, so what is swallowed is
either absorbed or excreted the same day; calcium in the lumen does not compete with magnesium (mg-E16 Brannan 1976).
"""

from __future__ import annotations

from cofactor.body.blood import ecf_magnesium
from cofactor.model import flux, given, maximum, observable, parameter, signal, world

# -- parameters ---------------------------------------------------------------------------------------------------------

meals_per_day = parameter(3, "meal/d", source="magnesium.md 2.2")
magnesium_pump_maximum = parameter(
    1.655, "mmol/meal", spread=0.25, varies=0.20, calibrated="mg-E01 Fine 1991: 65 % of the lowest, 11 % of the highest meal",
    note="doses 36 and 973 mg recalled; prior CV 25 % covers a +80 mEq meal of 83 mEq in all",
)  # fmt: skip
magnesium_pump_half_load = parameter(
    1.374, "mmol/meal", spread=0.30, varies=0.10, calibrated="mg-E01 Fine 1991, with magnesium_pump_maximum"
)
passive_magnesium_fraction = parameter(
    0.07, "1", spread=0.30, varies=0.10, source="mg-E01 Fine 1991: 7 % linear", low=0.0, high=0.3
)
magnesium_absorption_ceiling = parameter(
    0.80, "1", spread=0.06, source="magnesium.md 2.2, prior 0.7-0.9", low=0.6, high=0.95
)
ceiling_sharpness = parameter(12, "1", source="magnesium.md 2.2: joins the two regimes smoothly; a numerical choice")
vitamin_d_share_of_magnesium_pump = parameter(
    0.5, "1", spread=0.5, varies=0.2, source="magnesium.md 2.2; mg-E05 to mg-E09 conflict, prior 0.1-0.9", low=0.1, high=0.9,
    note="nobody has measured it in adults across the normal range; mg-E06 found no correlation",
)  # fmt: skip
vitamin_d_half_drive_of_magnesium_pump = parameter(
    0.3, "1", spread=0.6, varies=0.1, source="magnesium.md 2.2 (kappa), prior 0.1-1", low=0.05, high=2
)
uraemic_gut_power = parameter(
    0.17, "1", spread=0.5, calibrated="serum Ca and Mg across GFR strata (coupled.md decision 21)",
    note="set to 0 for the stand-alone magnesium file",
)  # fmt: skip
reference_filtration_rate = parameter(173, "L/d", source="coupled.md decision 15: 120 mL/min")
endogenous_magnesium_at_rest = parameter(
    0.50,
    "mmol/d",
    spread=0.4,
    varies=0.2,
    source="magnesium.md 2.10 (E_f), recalled 0.2-1.0",
    note="bile, juices, shed cells",
)
endogenous_magnesium_power = parameter(0.2, "1", spread=0.5, source="magnesium.md 2.1")
smallest_intake = parameter(1e-6, "mmol/d", source="numerical floor: fractional absorption of an empty diet")

# -- places and inputs --------------------------------------------------------------------------------------------------

swallowed_magnesium = world("mmol", of="magnesium", doc="magnesium swallowed with food and supplements")
magnesium_in_stool = world("mmol", of="magnesium", doc="magnesium in stool")

dietary_magnesium = given("mmol/d", 12.5, doc="magnesium in food and drink")
supplement_magnesium = given("mmol/d", 0.0, doc="magnesium in supplements, taken with meals")
soluble_supplement_magnesium = given("mmol/d", 0.0, doc="the part of it that the gut can dissolve (form and amount)")
magnesium_pump_health = given(
    "1", 1.0, doc="active magnesium uptake left by drugs: 0.75 with a usual proton-pump inhibitor"
)

# -- uptake -------------------------------------------------------------------------------------------------------------


@signal("mmol/d")
def magnesium_intake(dietary_magnesium, supplement_magnesium):
    """All magnesium swallowed in a day."""
    return dietary_magnesium + supplement_magnesium


@signal("mmol/meal")
def luminal_magnesium(dietary_magnesium, soluble_supplement_magnesium, meals_per_day):
    """Dissolved magnesium in the gut after one meal."""
    return (dietary_magnesium + soluble_supplement_magnesium) / meals_per_day


@signal("1")
def vitamin_d_on_magnesium_pump(
    gut_vdr_drive, vitamin_d_share_of_magnesium_pump, vitamin_d_half_drive_of_magnesium_pump
):
    """Active uptake relative to normal calcitriol: falls steeply in lack, nearly flat above normal (1 at drive 1)."""
    saturating = (
        (1 + vitamin_d_half_drive_of_magnesium_pump)
        * gut_vdr_drive
        / (gut_vdr_drive + vitamin_d_half_drive_of_magnesium_pump)
    )
    return 1 - vitamin_d_share_of_magnesium_pump + vitamin_d_share_of_magnesium_pump * saturating


@signal("1")
def uraemic_gut(baseline_filtration_rate, kidney_health, reference_filtration_rate, uraemic_gut_power):
    """Active mineral uptake left by kidney disease (1 with healthy kidneys)."""
    return (baseline_filtration_rate * kidney_health / reference_filtration_rate) ** uraemic_gut_power


@signal("1")
def unlimited_magnesium_absorption(
    luminal_magnesium, magnesium_pump_maximum, magnesium_pump_half_load, passive_magnesium_fraction,
    vitamin_d_on_magnesium_pump, uraemic_gut, magnesium_pump_health,
):  # fmt: skip
    """Fraction of a meal's magnesium that saturable and passive uptake would take, before the ceiling (Fine 1991)."""
    pump = magnesium_pump_maximum * vitamin_d_on_magnesium_pump * uraemic_gut * magnesium_pump_health
    return pump / (magnesium_pump_half_load + luminal_magnesium) + passive_magnesium_fraction


@signal("1")
def meal_magnesium_absorption(unlimited_magnesium_absorption, magnesium_absorption_ceiling, ceiling_sharpness):
    """Fraction of a meal's dissolved magnesium absorbed: the smaller of uptake and ceiling, the corner rounded."""
    return (
        magnesium_absorption_ceiling ** (-ceiling_sharpness) + unlimited_magnesium_absorption ** (-ceiling_sharpness)
    ) ** (-1 / ceiling_sharpness)


@flux(leaves=swallowed_magnesium, enters=ecf_magnesium, unit="mmol/d")
def magnesium_absorption(luminal_magnesium, meal_magnesium_absorption, meals_per_day):
    """Magnesium taken up from all meals of a day (gross)."""
    return meals_per_day * meal_magnesium_absorption * luminal_magnesium


@flux(leaves=swallowed_magnesium, enters=magnesium_in_stool, unit="mmol/d")
def unabsorbed_magnesium(magnesium_intake, magnesium_absorption):
    """Magnesium that passes through the gut."""
    return magnesium_intake - magnesium_absorption


@flux(leaves=ecf_magnesium, enters=magnesium_in_stool, unit="mmol/d")
def endogenous_magnesium_loss(serum_magnesium_ratio, endogenous_magnesium_at_rest, endogenous_magnesium_power):
    """Magnesium that bile, juices and shed cells carry into the stool."""
    return endogenous_magnesium_at_rest * serum_magnesium_ratio**endogenous_magnesium_power


# -- observables --------------------------------------------------------------------------------------------------------


@observable("mmol/d")
def absorbed_magnesium(magnesium_absorption):
    """Magnesium absorbed (gross)."""
    return magnesium_absorption


@observable("mmol/d")
def net_absorbed_magnesium(magnesium_absorption, endogenous_magnesium_loss):
    """Magnesium absorbed less what the gut itself loses: what a balance study measures."""
    return magnesium_absorption - endogenous_magnesium_loss


@observable("mmol/d")
def stool_magnesium(unabsorbed_magnesium, endogenous_magnesium_loss):
    """Magnesium in stool, from food and from the body."""
    return unabsorbed_magnesium + endogenous_magnesium_loss


@observable("1")
def fractional_magnesium_absorption(magnesium_absorption, magnesium_intake, smallest_intake):
    """Share of the magnesium swallowed that is absorbed (gross)."""
    return magnesium_absorption / maximum(magnesium_intake, smallest_intake)
