"""Bone quality at one site (spine, cancellous): volume, mineralisation and microdamage; listens, and changes nothing.

Formation behind resorption opens the remodelling space; slower turnover lets bone grow older and mineralise further; what
is not resorbed keeps its microcracks. Assumptions: resorption takes bone of any age alike (exact closure of first-order
secondary mineralisation); density by X-ray sees volume x mineral, never damage.
"""

from __future__ import annotations

from cofactor.model import adapts, derived, given, minimum, observable, parameter

# -- parameters -------------------------------------------------------------------------------------------------------

spine_turnover = parameter(
    0.25 / 365.25,
    "1/d",
    spread=0.3,
    varies=0.2,
    source="core_bone.md 3.1: 0.25 a year",
    note="share of bone renewed a day",
)
full_mineralisation = parameter(25.5, "wt%", source="core_bone.md 3.1, recalled (Roschger)")
primary_mineralisation = parameter(17.5, "wt%", source="core_bone.md 3.1, recalled (Roschger)")
secondary_mineralisation_time = parameter(3.5 * 365.25, "d", spread=0.3, source="core_bone.md 3.1: 3.5 years")
fastest_mineralisation = parameter(1.3, "1", source="core_bone.md 3.1")
damage_rate = parameter(0.115 / 365.25, "1/d", spread=0.5, source="core_bone.md 3.1: 0.115 a year; dogs 1-3")

mechanical_load = given("1", 1.0, doc="daily loading that makes microcracks, relative to habit")


@derived("wt%", calibrated="mineralisation at normal turnover (w0 of coupled.md)")
def mineralisation_at_rest(full_mineralisation, primary_mineralisation, spine_turnover, secondary_mineralisation_time):
    """Mean mineralisation of the reference spine."""
    ageing = 1 / secondary_mineralisation_time
    return (full_mineralisation * ageing + spine_turnover * primary_mineralisation) / (ageing + spine_turnover)


@adapts("spine_bone_volume", unit="1/d", start=1)
def spine_bone_volume_change(spine_bone_volume, formation, resorption, spine_turnover):
    """Bone volume at the spine relative to normal (v of coupled.md)."""
    return spine_turnover * (formation - resorption * spine_bone_volume)


@adapts("spine_mineralisation", unit="wt%/d", start="mineralisation_at_rest")
def spine_mineralisation_change(
    spine_mineralisation, spine_bone_volume, formation, mineralisation, spine_turnover, full_mineralisation,
    primary_mineralisation, secondary_mineralisation_time, fastest_mineralisation,
):  # fmt: skip
    """Mean calcium content of the spine's bone (w of coupled.md): ageing raises it, new bone dilutes it."""
    speed = minimum(mineralisation, fastest_mineralisation) / secondary_mineralisation_time
    renewal = spine_turnover * formation / spine_bone_volume
    return (full_mineralisation - spine_mineralisation) * speed - renewal * (
        spine_mineralisation - primary_mineralisation
    )


@adapts("spine_damage", unit="1/d", start=1)
def spine_damage_change(spine_damage, resorption, mechanical_load, damage_rate):
    """Microdamage relative to normal (d of coupled.md): loading makes it, resorption removes it."""
    return damage_rate * (mechanical_load - resorption * spine_damage)


@observable("1", to_baseline=True)
def bmd_spine(spine_bone_volume, spine_mineralisation, mineralisation_at_rest):
    """Bone mineral density of the spine relative to the reference adult."""
    return spine_bone_volume * spine_mineralisation / mineralisation_at_rest
