"""Gut, calcium and phosphate: what is eaten, what of it is taken up, and what leaves with the stool.

Calcium crosses by an active, vitamin-D-dependent and saturable path and by a passive one, and waits in the gut wall for a
few hours; phosphate is mostly passive. Assumptions: intake is steady; what is not absorbed leaves the same day; calcium
and phosphate do not bind each other in the lumen.
"""

from __future__ import annotations

from cofactor.body.blood_minerals import ecf_calcium, ecf_phosphate
from cofactor.model import adapts, derived, flux, given, observable, parameter, pool, signal, world

# -- parameters: calcium ----------------------------------------------------------------------------------------------

passive_calcium_fraction = parameter(
    0.10,
    "1",
    spread=0.2,
    varies=0.15,
    source="core_bone.md 2B.5; bone-E33: absorption without vitamin D",
    low=0,
    high=0.3,
)
active_calcium_fraction = parameter(
    0.595, "1", spread=0.15, varies=0.15, calibrated="bone-E98: absorption 0.27 of 24 mmol/d", low=0.1, high=1.2
)
calcium_load_saturation = parameter(
    0.6, "1", spread=0.3, source="core_bone.md 2B.5", note="active uptake saturates with intake"
)
reference_calcium_intake = parameter(24, "mmol/d", source="coupled.md 1, reference adult: 962 mg/d")
calcium_transport_turnover = parameter(0.96, "1/d", spread=0.3, source="core_bone.md 2B.5: 0.04/h")
calcium_transport_power = parameter(
    1.5, "1", spread=0.2, calibrated="mg-E06 Wilz 1979: 10 + 0.17 a pmol/L of calcitriol"
)
calcium_transport_half = parameter(2.5, "1", spread=0.3, source="core_bone.md 2B.5")
gut_wall_passage = parameter(6, "1/d", spread=0.3, source="core_bone.md 2B.5: 0.25/h")
endogenous_calcium_at_rest = parameter(
    2.88, "mmol/d", spread=0.15, varies=0.15, source="bone-E98: endogenous loss 2.5-3 mmol/d"
)

# -- parameters: phosphate --------------------------------------------------------------------------------------------

passive_phosphate_fraction = parameter(
    0.55, "1", spread=0.1, varies=0.05, source="vitamin_d.md 2.5: 60-80 % of intake", high=0.8
)
active_phosphate_fraction = parameter(0.15, "1", spread=0.3, source="vitamin_d.md 2.5: vitamin D adds up to 30 points")

# -- places and inputs ------------------------------------------------------------------------------------------------

gut_wall_calcium = pool(
    "mmol", of="calcium", start="gut_wall_calcium_at_rest", doc="calcium taken up, still in the gut wall"
)
swallowed_calcium = world("mmol", of="calcium", doc="calcium swallowed with food and supplements")
calcium_in_stool = world("mmol", of="calcium", doc="calcium in stool")
swallowed_phosphate = world("mmol", of="phosphorus", doc="phosphate swallowed with food and supplements")
phosphate_in_stool = world("mmol", of="phosphorus", doc="phosphate in stool")

dietary_calcium = given("mmol/d", 24.0, doc="calcium in food and drink")
supplement_calcium = given("mmol/d", 0.0, doc="calcium in supplements, taken with meals")
dietary_phosphate = given("mmol/d", 38.0, doc="phosphate in food and drink, as phosphorus")
supplement_phosphate = given("mmol/d", 0.0, doc="phosphate in supplements, as phosphorus")
phosphate_bound_share = given("1", 0.0, doc="share of phosphate in the gut that a binder holds")


@derived("1", calibrated="rest of the reference adult (1/3.5)")
def calcium_transport_at_rest(calcium_transport_half):
    """Calcium transport capacity at normal vitamin D."""
    return 1 / (1 + calcium_transport_half)


@derived("mmol", calibrated="rest of the reference adult: where the search for rest begins")
def gut_wall_calcium_at_rest(
    dietary_calcium, passive_calcium_fraction, active_calcium_fraction, calcium_transport_at_rest, gut_wall_passage
):
    """Calcium in the gut wall of the reference adult."""
    absorbed = passive_calcium_fraction + active_calcium_fraction * calcium_transport_at_rest
    return dietary_calcium * absorbed / gut_wall_passage


@derived("mmol/d", calibrated="phosphate balance of the reference adult: absorption less urine (coupled.md J_eP0)")
def endogenous_phosphate_at_rest(
    dietary_phosphate, passive_phosphate_fraction, active_phosphate_fraction, reference_urine_phosphate
):
    """Phosphate that juices and shed cells of the reference adult carry into the stool."""
    return dietary_phosphate * (passive_phosphate_fraction + active_phosphate_fraction) - reference_urine_phosphate


# -- calcium ----------------------------------------------------------------------------------------------------------


@signal("mmol/d")
def calcium_intake(dietary_calcium, supplement_calcium):
    """All calcium swallowed in a day."""
    return dietary_calcium + supplement_calcium


@adapts("calcium_transport", unit="1/d", start="calcium_transport_at_rest")
def calcium_transport_change(
    calcium_transport, gut_vdr_drive, calcium_transport_turnover, calcium_transport_power, calcium_transport_half
):
    """Capacity of active calcium transport (R of coupled.md), renewed with the gut's cells."""
    raised = gut_vdr_drive**calcium_transport_power
    return calcium_transport_turnover * (raised / (raised + calcium_transport_half) - calcium_transport)


@observable("1")
def fractional_calcium_absorption(
    calcium_transport, uraemic_gut, calcium_intake, passive_calcium_fraction, active_calcium_fraction,
    calcium_load_saturation, reference_calcium_intake,
):  # fmt: skip
    """Share of the calcium swallowed that is absorbed (gross)."""
    load = (1 + calcium_load_saturation) / (1 + calcium_load_saturation * calcium_intake / reference_calcium_intake)
    return passive_calcium_fraction + active_calcium_fraction * calcium_transport * uraemic_gut * load


@flux(leaves=swallowed_calcium, enters=gut_wall_calcium, unit="mmol/d")
def calcium_absorption(calcium_intake, fractional_calcium_absorption):
    """Calcium taken up into the gut wall (gross)."""
    return calcium_intake * fractional_calcium_absorption


@flux(leaves=swallowed_calcium, enters=calcium_in_stool, unit="mmol/d")
def unabsorbed_calcium(calcium_intake, calcium_absorption):
    """Calcium that passes through the gut."""
    return calcium_intake - calcium_absorption


@flux(leaves=gut_wall_calcium, enters=ecf_calcium, unit="mmol/d")
def calcium_from_gut_wall(gut_wall_calcium, gut_wall_passage):
    """Calcium that leaves the gut wall for blood."""
    return gut_wall_passage * gut_wall_calcium


@flux(leaves=ecf_calcium, enters=calcium_in_stool, unit="mmol/d")
def endogenous_calcium_loss(calcium_ratio, endogenous_calcium_at_rest):
    """Calcium that bile, juices and shed cells carry into the stool."""
    return endogenous_calcium_at_rest * calcium_ratio


# -- phosphate --------------------------------------------------------------------------------------------------------


@signal("mmol/d")
def phosphate_intake(dietary_phosphate, supplement_phosphate):
    """All phosphate swallowed in a day."""
    return dietary_phosphate + supplement_phosphate


@flux(leaves=swallowed_phosphate, enters=ecf_phosphate, unit="mmol/d")
def phosphate_absorption(
    phosphate_intake, vdr_drive, phosphate_bound_share, passive_phosphate_fraction, active_phosphate_fraction
):
    """Phosphate absorbed (gross): about 60 to 80 % of intake as vitamin D rises, less what a binder holds."""
    absorbable = passive_phosphate_fraction + active_phosphate_fraction * 2 * vdr_drive / (1 + vdr_drive)
    return phosphate_intake * (1 - phosphate_bound_share) * absorbable


@flux(leaves=swallowed_phosphate, enters=phosphate_in_stool, unit="mmol/d")
def unabsorbed_phosphate(phosphate_intake, phosphate_absorption):
    """Phosphate that passes through the gut."""
    return phosphate_intake - phosphate_absorption


@flux(leaves=ecf_phosphate, enters=phosphate_in_stool, unit="mmol/d")
def endogenous_phosphate_loss(phosphate_ratio, endogenous_phosphate_at_rest):
    """Phosphate that juices and shed cells carry into the stool."""
    return endogenous_phosphate_at_rest * phosphate_ratio


# -- observables ------------------------------------------------------------------------------------------------------


@observable("mmol/d")
def absorbed_calcium(calcium_absorption):
    """Calcium absorbed (gross)."""
    return calcium_absorption


@observable("mmol/d")
def net_absorbed_calcium(calcium_absorption, endogenous_calcium_loss):
    """Calcium absorbed less what the gut itself loses: what a balance study measures."""
    return calcium_absorption - endogenous_calcium_loss


@observable("mmol/d")
def absorbed_phosphate(phosphate_absorption):
    """Phosphate absorbed (gross)."""
    return phosphate_absorption


@observable("mmol/d")
def net_absorbed_phosphate(phosphate_absorption, endogenous_phosphate_loss):
    """Phosphate absorbed less what the gut itself loses."""
    return phosphate_absorption - endogenous_phosphate_loss


@observable("mmol/d")
def calcium_balance(
    calcium_intake,
    intravenous_calcium,
    unabsorbed_calcium,
    endogenous_calcium_loss,
    urine_calcium,
    calcium_taken_by_edta,
):
    """Calcium gained less calcium lost by the whole body."""
    lost = unabsorbed_calcium + endogenous_calcium_loss + urine_calcium + calcium_taken_by_edta
    return calcium_intake + intravenous_calcium - lost


@observable("mmol/d")
def phosphate_balance(phosphate_intake, unabsorbed_phosphate, endogenous_phosphate_loss, urine_phosphate):
    """Phosphate gained less phosphate lost by the whole body."""
    return phosphate_intake - unabsorbed_phosphate - endogenous_phosphate_loss - urine_phosphate
