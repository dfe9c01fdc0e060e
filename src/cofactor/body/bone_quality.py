"""Bone quality at one site (spine, cancellous): volume, mineralisation and microdamage; listens, and changes nothing.

Formation behind resorption opens the remodelling space; slower turnover lets bone grow older and mineralise further; what
is not resorbed keeps its microcracks. Assumptions: resorption takes bone of any age alike (exact closure of first-order
secondary mineralisation); density by X-ray sees volume x mineral, never damage; what age takes of the scaffold
(`bone_ageing`) cannot be refilled; fluoride adds formation that resorption has not called for, and its calcium is not
followed. Hip and radius: `bone_sites`; strength: `bone_strength`.
"""

from __future__ import annotations

from typing import Any

from cofactor.model import adapts, derived, given, minimum, observable, parameter, signal

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

fluoride_at_known_effect = parameter(75, "mg/d", source="bone-E82: sodium fluoride 75 mg/d, the one dose known")
fluoride_on_spine_formation = parameter(
    0.64, "1", spread=0.3, calibrated="bone-E82 Riggs 1990: spine BMD +35 % in 4 years",
    note="formation added at the known dose, relative to formation at rest",
)  # fmt: skip

# -- inputs -----------------------------------------------------------------------------------------------------------

mechanical_load = given("1", 1.0, doc="daily loading that makes microcracks, relative to habit")
spine_structure = given("1", 1.0, doc="share of the spine's scaffold that age has left (bone_ageing)")
fluoride_intake = given("mg/d", 0.0, doc="sodium fluoride taken as a drug")


# -- what every site shares -------------------------------------------------------------------------------------------


def volume_change(volume: Any, formation: Any, resorption: Any, turnover: Any) -> Any:
    """Bone volume against the skeleton's formation and resorption, at a site's own pace (core_bone.md 3.1, dv)."""
    return turnover * (formation - resorption * volume)


def mineral_change(mineral: Any, full: Any, primary: Any, ageing: Any, renewal: Any) -> Any:
    """Mean mineralisation: ageing raises it towards full, renewal brings new bone (core_bone.md 3.1, dm)."""
    return (full - mineral) * ageing - renewal * (mineral - primary)


def resting_mineral(full: float, primary: float, turnover: float, time: float) -> float:
    """Mineralisation at which ageing and renewal balance (m0 of core_bone.md 2B.1)."""
    ageing = 1 / time
    return (full * ageing + turnover * primary) / (ageing + turnover)


@signal("1")
def fluoride_effect(fluoride_intake, fluoride_at_known_effect):
    """Fluoride taken, relative to the one dose whose effect is known; taken as proportional."""
    return fluoride_intake / fluoride_at_known_effect


@signal("1")
def mineral_ageing_speed(mineralisation, fastest_mineralisation):
    """Speed of secondary mineralisation relative to normal: what blood offers, up to a limit."""
    return minimum(mineralisation, fastest_mineralisation)


# -- spine ------------------------------------------------------------------------------------------------------------


@derived("wt%", calibrated="mineralisation at normal turnover (w0 of coupled.md)")
def mineralisation_at_rest(full_mineralisation, primary_mineralisation, spine_turnover, secondary_mineralisation_time):
    """Mean mineralisation of the reference spine."""
    return resting_mineral(full_mineralisation, primary_mineralisation, spine_turnover, secondary_mineralisation_time)


@signal("1")
def spine_formation(formation, fluoride_effect, fluoride_on_spine_formation):
    """Formation at the spine: the skeleton's, and what fluoride adds."""
    return formation + fluoride_on_spine_formation * fluoride_effect


@adapts("spine_bone_volume", unit="1/d", start=1)
def spine_bone_volume_change(spine_bone_volume, spine_formation, resorption, spine_turnover):
    """Bone volume at the spine relative to normal (v of coupled.md)."""
    return volume_change(spine_bone_volume, spine_formation, resorption, spine_turnover)


@adapts("spine_mineralisation", unit="wt%/d", start="mineralisation_at_rest")
def spine_mineralisation_change(
    spine_mineralisation, spine_bone_volume, spine_formation, mineral_ageing_speed, spine_turnover, full_mineralisation,
    primary_mineralisation, secondary_mineralisation_time,
):  # fmt: skip
    """Mean calcium content of the spine's bone (w of coupled.md): ageing raises it, new bone dilutes it."""
    renewal = spine_turnover * spine_formation / spine_bone_volume
    ageing = mineral_ageing_speed / secondary_mineralisation_time
    return mineral_change(spine_mineralisation, full_mineralisation, primary_mineralisation, ageing, renewal)


@adapts("spine_damage", unit="1/d", start=1)
def spine_damage_change(spine_damage, resorption, mechanical_load, damage_rate):
    """Microdamage relative to normal (d of coupled.md): loading makes it, resorption removes it."""
    return damage_rate * (mechanical_load - resorption * spine_damage)


@observable("1", to_baseline=True)
def bmd_spine(spine_bone_volume, spine_mineralisation, mineralisation_at_rest, spine_structure):
    """Bone mineral density of the spine relative to the reference adult."""
    return spine_structure * spine_bone_volume * spine_mineralisation / mineralisation_at_rest
