"""Teriparatide, PTH(1-34): a depot under the skin, plasma, clearance with a half-life of an hour.

A dose is a pulse into `teriparatide_depot` in pmol (20 ug = 20e6/4117.8 pmol). Assumption: it acts through `pth_action`.
"""

from __future__ import annotations

from cofactor.model import flux, given, observable, parameter, pool, world

teriparatide_absorption = parameter(
    15.813552, "1/d", spread=0.2, calibrated="bone-E06 Satterwhite 2010: peak within 30 min"
)
teriparatide_bioavailability = parameter(0.95, "1", source="core_bone.md 2B.7; product label", low=0.5, high=1)
teriparatide_volume = parameter(14, "L", spread=0.2, source="core_bone.md 2B.7")
teriparatide_clearance = parameter(1492.8, "L/d", spread=0.2, varies=0.2, source="core_bone.md 2B.7: 62.2 L/h")

teriparatide_depot = pool("pmol", of="teriparatide", start=0, doc="teriparatide injected, still under the skin")
plasma_teriparatide = pool("pmol", of="teriparatide", start=0, doc="teriparatide in plasma")
infused_teriparatide = world("pmol", of="teriparatide", doc="PTH(1-34) given into a vein")
teriparatide_breakdown = world("pmol", of="teriparatide", doc="teriparatide broken down")

pth_1_34_infusion = given("pmol/h", 0.0, doc="PTH(1-34) infused")


@observable("pmol/L")
def serum_teriparatide(plasma_teriparatide, teriparatide_volume):
    """PTH(1-34) in serum."""
    return plasma_teriparatide / teriparatide_volume


@flux(leaves=teriparatide_depot, enters=plasma_teriparatide, unit="pmol/d")
def teriparatide_uptake(teriparatide_depot, teriparatide_absorption, teriparatide_bioavailability):
    """Teriparatide that reaches plasma from the depot."""
    return teriparatide_bioavailability * teriparatide_absorption * teriparatide_depot


@flux(leaves=teriparatide_depot, enters=teriparatide_breakdown, unit="pmol/d")
def teriparatide_lost_at_depot(teriparatide_depot, teriparatide_absorption, teriparatide_bioavailability):
    """Teriparatide broken down where it was injected."""
    return (1 - teriparatide_bioavailability) * teriparatide_absorption * teriparatide_depot


@flux(leaves=infused_teriparatide, enters=plasma_teriparatide, unit="pmol/d")
def intravenous_pth_1_34(pth_1_34_infusion, hours_per_day):
    """PTH(1-34) given into a vein."""
    return hours_per_day * pth_1_34_infusion


@flux(leaves=plasma_teriparatide, enters=teriparatide_breakdown, unit="pmol/d")
def teriparatide_loss(serum_teriparatide, teriparatide_clearance):
    """Teriparatide cleared from plasma."""
    return teriparatide_clearance * serum_teriparatide
