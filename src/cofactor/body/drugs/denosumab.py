"""Denosumab: a depot under the skin, two compartments, linear clearance beside one that saturates; it binds RANKL.

A dose is a pulse into `denosumab_depot` in ng (60 mg = 6e7 ng). Published population kinetics (core_bone.md 2B.7).
"""

from __future__ import annotations

from cofactor.model import flux, observable, parameter, pool, signal, world

denosumab_absorption = parameter(24 * 0.00592, "1/d", source="published population kinetics: 0.00592/h")
denosumab_bioavailability = parameter(0.729, "1", source="published population kinetics", low=0.3, high=1)
denosumab_central_volume = parameter(2340, "mL", source="published population kinetics")
denosumab_peripheral_volume = parameter(1324, "mL", source="published population kinetics")
denosumab_exchange = parameter(24 * 18.67, "mL/d", source="published population kinetics: 18.67 mL/h")
denosumab_clearance = parameter(24 * 2.75, "mL/d", varies=0.3, source="published population kinetics: 2.75 mL/h")
denosumab_saturable_maximum = parameter(24 * 3110, "ng/d", source="published population kinetics: 3110 ng/h")
denosumab_saturable_half = parameter(188, "ng/mL", source="published population kinetics")
rankl_unblockable = parameter(0.1, "1", spread=0.3, calibrated="bone-E62: CTX -86 % at 1 month", low=0, high=1)
denosumab_at_half_block = parameter(20, "ng/mL", spread=0.5, calibrated="bone-E61 to E64", low=1, high=1000)

denosumab_depot = pool("ng", of="denosumab", start=0, doc="denosumab injected, still under the skin")
plasma_denosumab = pool("ng", of="denosumab", start=0, doc="denosumab in plasma")
tissue_denosumab = pool("ng", of="denosumab", start=0, doc="denosumab in tissue")
denosumab_breakdown = world("ng", of="denosumab", doc="denosumab broken down")


@observable("ng/mL")
def serum_denosumab(plasma_denosumab, denosumab_central_volume):
    """Denosumab in serum."""
    return plasma_denosumab / denosumab_central_volume


@flux(leaves=denosumab_depot, enters=plasma_denosumab, unit="ng/d")
def denosumab_uptake(denosumab_depot, denosumab_absorption, denosumab_bioavailability):
    """Denosumab that reaches plasma from the depot."""
    return denosumab_bioavailability * denosumab_absorption * denosumab_depot


@flux(leaves=denosumab_depot, enters=denosumab_breakdown, unit="ng/d")
def denosumab_lost_at_depot(denosumab_depot, denosumab_absorption, denosumab_bioavailability):
    """Denosumab broken down where it was injected."""
    return (1 - denosumab_bioavailability) * denosumab_absorption * denosumab_depot


@flux(leaves=plasma_denosumab, enters=tissue_denosumab, unit="ng/d")
def denosumab_tissue_uptake(serum_denosumab, tissue_denosumab, denosumab_exchange, denosumab_peripheral_volume):
    """Net uptake of denosumab by tissue."""
    return denosumab_exchange * (serum_denosumab - tissue_denosumab / denosumab_peripheral_volume)


@flux(leaves=plasma_denosumab, enters=denosumab_breakdown, unit="ng/d")
def denosumab_loss(serum_denosumab, denosumab_clearance, denosumab_saturable_maximum, denosumab_saturable_half):
    """Denosumab cleared: linearly, and by binding its target, which saturates."""
    saturable = denosumab_saturable_maximum / (denosumab_saturable_half + serum_denosumab)
    return (denosumab_clearance + saturable) * serum_denosumab


@signal("1")
def rankl_left(serum_denosumab, rankl_unblockable, denosumab_at_half_block):
    """RANKL signal that denosumab leaves (K_d of coupled.md)."""
    return rankl_unblockable + (1 - rankl_unblockable) / (1 + serum_denosumab / denosumab_at_half_block)
