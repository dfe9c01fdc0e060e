"""Alendronate: little is absorbed, half of that binds to bone, and there it stays; this is why its effect outlasts it.

What reaches resorbing surfaces blocks osteoclasts; it is washed off or buried under new bone within months, and freed again
as that bone is resorbed, years later. A dose is a rate, `alendronate_intake`. Assumptions: the block saturates with the drug
on surfaces; buried drug lies in bone renewed at the spine's pace, which agrees with the label (after ten years bone frees a
quarter of what the gut absorbs); freed drug mostly binds again nearby.
"""

from __future__ import annotations

from cofactor.model import derived, flux, given, parameter, pool, signal, world

LABEL = "alendronate label"

alendronate_bioavailability = parameter(0.0064, "1", source=f"{LABEL}: 0.64 % in women, fasting", low=0, high=0.05)
alendronate_retained = parameter(
    0.5, "1", spread=0.1, varies=0.1, source="Porras 1999, doi 10.2165/00003088-199936050-00002: 40-60 % is retained",
    low=0.1, high=0.9,
)  # fmt: skip
alendronate_surface_time = parameter(
    60,
    "d",
    spread=0.4,
    source="Khan 1997, doi 10.1359/jbmr.1997.12.10.1700: the second phase of urine ends by 6 months",
)
alendronate_washed_off = parameter(
    0.34,
    "1",
    spread=0.2,
    source="Khan 1997: 17 % of a dose in the 6 months after the 50 % of the first days",
    low=0,
    high=1,
)
alendronate_rebinding = parameter(
    0.92, "1", low=0, high=1,
    calibrated="terminal half-life above 10 years (Khan 1997; label), with bone renewed at 0.25 a year",
)  # fmt: skip
usual_alendronate = parameter(10, "mg/d", source="core_bone.md 2B.7: the dose of the trials")
usual_block = parameter(0.65, "1", spread=0.1, source="core_bone.md 2B.7: alendronate 10 mg", low=0.3, high=0.95)

alendronate_intake = given("mg/d", 0.0, doc="alendronate swallowed fasting")

alendronate_on_surfaces = pool("mg", of="alendronate", start=0, doc="alendronate on surfaces where bone is resorbed")
buried_alendronate = pool("mg", of="alendronate", start=0, doc="alendronate buried in bone")
swallowed_alendronate = world("mg", of="alendronate", doc="alendronate swallowed")
excreted_alendronate = world("mg", of="alendronate", doc="alendronate in stool and urine")


@derived("mg", calibrated="block of 65 % at 10 mg a day, before buried drug returns")
def alendronate_at_half_block(
    usual_alendronate, alendronate_bioavailability, alendronate_retained, alendronate_surface_time, usual_block
):
    """Alendronate on surfaces at which half of resorption is blocked."""
    usual = usual_alendronate * alendronate_bioavailability * alendronate_retained * alendronate_surface_time
    return usual * (1 - usual_block) / usual_block


@signal("mg/d")
def alendronate_bound(alendronate_intake, alendronate_bioavailability, alendronate_retained):
    """Alendronate that the gut absorbs and bone binds."""
    return alendronate_intake * alendronate_bioavailability * alendronate_retained


@flux(leaves=swallowed_alendronate, enters=alendronate_on_surfaces, unit="mg/d")
def alendronate_uptake(alendronate_bound):
    """Alendronate that reaches bone."""
    return alendronate_bound


@flux(leaves=swallowed_alendronate, enters=excreted_alendronate, unit="mg/d")
def alendronate_not_bound(alendronate_intake, alendronate_bound):
    """Alendronate that passes the gut, or is absorbed and excreted at once."""
    return alendronate_intake - alendronate_bound


@flux(leaves=alendronate_on_surfaces, enters=buried_alendronate, unit="mg/d")
def alendronate_burial(alendronate_on_surfaces, alendronate_surface_time, alendronate_washed_off):
    """Alendronate that new bone covers."""
    return (1 - alendronate_washed_off) * alendronate_on_surfaces / alendronate_surface_time


@flux(leaves=alendronate_on_surfaces, enters=excreted_alendronate, unit="mg/d")
def alendronate_washout(alendronate_on_surfaces, alendronate_surface_time, alendronate_washed_off):
    """Alendronate that leaves surfaces for urine."""
    return alendronate_washed_off * alendronate_on_surfaces / alendronate_surface_time


@signal("mg/d")
def alendronate_freed(buried_alendronate, resorption, spine_turnover):
    """Alendronate freed as the bone that holds it is resorbed."""
    return spine_turnover * resorption * buried_alendronate


@flux(leaves=buried_alendronate, enters=alendronate_on_surfaces, unit="mg/d")
def alendronate_return(alendronate_freed, alendronate_rebinding):
    """Freed alendronate that binds again."""
    return alendronate_rebinding * alendronate_freed


@flux(leaves=buried_alendronate, enters=excreted_alendronate, unit="mg/d")
def alendronate_loss(alendronate_freed, alendronate_rebinding):
    """Freed alendronate that leaves in urine."""
    return (1 - alendronate_rebinding) * alendronate_freed


@signal("1")
def bisphosphonate_block(alendronate_on_surfaces, alendronate_at_half_block):
    """Share of resorption that alendronate blocks."""
    return alendronate_on_surfaces / (alendronate_on_surfaces + alendronate_at_half_block)
