"""Ageing bone: scaffold that is resorbed and has no surface left to be rebuilt on, and long bones that grow wider.

Ageing is a drift and not a balance, so nobody who ages is at rest: rest is found with `bone_ageing` 0, and a run that is to
age holds it at 1 from its first day. Loss goes with resorption, so that menopause hastens it and antiresorptives slow it.
Menopause itself is less `oestrogen_action` (bone_cells). Assumptions: rates are of women past fifty and do not change with
age; widening goes on at the rate measured around menopause.
"""

from __future__ import annotations

from cofactor.model import adapts, given, parameter, signal

# -- parameters -------------------------------------------------------------------------------------------------------

spine_loss_rate = parameter(
    0.004 / 365.25, "1/d", spread=0.4, varies=0.3, source="bone-E55 Aloia 2005: 0.26-0.55 % a year, the middle"
)
hip_loss_rate = parameter(
    0.0023 / 365.25, "1/d", spread=0.4, varies=0.3,
    calibrated="bone-E60 FREEDOM placebo: total hip -1.4 % in 3 years, of which widening takes 0.2 % a year",
)  # fmt: skip
radius_loss_rate = parameter(
    0.004 / 365.25, "1/d", spread=0.4, varies=0.3, source="bone-E55 Aloia 2005: 0.26-0.55 % a year, the middle"
)
widening_rate = parameter(
    0.00193 / 365.25, "1/d", spread=0.5, source="SWAN, hip structural analysis: outer diameter +1.95 % in 10 years",
    note="femoral neck, 5 years before to 5 after the final menstrual period; abstract read",
)  # fmt: skip

bone_ageing = given("1", 0.0, doc="1 while bone ages as in a woman past fifty; 0 holds the scaffold as it is")


# -- scaffold ---------------------------------------------------------------------------------------------------------


@adapts("spine_scaffold", unit="1/d", start=1)
def spine_scaffold_change(spine_scaffold, bone_ageing, resorption, spine_loss_rate):
    """Scaffold of the spine that is left."""
    return -spine_loss_rate * bone_ageing * resorption * spine_scaffold


@adapts("hip_scaffold", unit="1/d", start=1)
def hip_scaffold_change(hip_scaffold, bone_ageing, resorption, hip_loss_rate):
    """Scaffold of the hip that is left."""
    return -hip_loss_rate * bone_ageing * resorption * hip_scaffold


@adapts("radius_scaffold", unit="1/d", start=1)
def radius_scaffold_change(radius_scaffold, bone_ageing, resorption, radius_loss_rate):
    """Cortex of the radius that is left."""
    return -radius_loss_rate * bone_ageing * resorption * radius_scaffold


@adapts("grown_width", unit="1/d", start=1)
def grown_width_change(grown_width, bone_ageing, widening_rate):
    """Outer width of long bones relative to what it was."""
    return widening_rate * bone_ageing * grown_width


# -- what the sites read ----------------------------------------------------------------------------------------------


@signal("1")
def spine_structure(spine_scaffold):
    """Share of the spine's scaffold that age has left."""
    return spine_scaffold


@signal("1")
def hip_structure(hip_scaffold):
    """Share of the hip's bone that age has left."""
    return hip_scaffold


@signal("1")
def radius_structure(radius_scaffold):
    """Share of the radius's bone that age has left."""
    return radius_scaffold


@signal("1")
def bone_width(grown_width):
    """Outer width of long bones relative to what it was."""
    return grown_width
