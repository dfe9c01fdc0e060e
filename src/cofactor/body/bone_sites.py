"""Hip and radius: the same bone as the spine's, renewed more slowly, and wider with age; listens, and changes nothing.

Slower renewal means bone that is older and mineralised further at rest, and that gains and loses more slowly. Areal
density is bone over projected width, so a bone that grows wider reads less dense. Assumptions: the skeleton's formation and
resorption reach every site alike (PTH, which builds cancellous and hollows cortical bone, is not told apart); hip stands
for cancellous and cortical bone together, radius for cortical bone.
"""

from __future__ import annotations

from cofactor.body.bone_quality import mineral_change, resting_mineral, volume_change
from cofactor.model import adapts, derived, given, observable, parameter, signal

# -- parameters -------------------------------------------------------------------------------------------------------

hip_turnover = parameter(
    0.0925 / 365.25, "1/d", spread=0.3, varies=0.2,
    calibrated="bone-E60 FREEDOM: total hip +3.3, 5.1, 6.4 % more than placebo at 12, 24, 36 months",
    note="between radius and spine",
)  # fmt: skip
radius_turnover = parameter(
    0.08 / 365.25, "1/d", spread=0.4, varies=0.2, source="core_bone.md 3.1: radius about 0.08 a year, shafts 0.03-0.05"
)
fluoride_on_hip_formation = parameter(
    0.455, "1", spread=0.3, calibrated="bone-E82 Riggs 1990: femoral neck +12 % in 4 years"
)
fluoride_on_radius_formation = parameter(
    -0.18, "1", calibrated="bone-E82 Riggs 1990: radius -4 % in 4 years", note="cortical bone loses on fluoride"
)

# -- inputs -----------------------------------------------------------------------------------------------------------

hip_structure = given("1", 1.0, doc="share of the hip's bone that age has left (bone_ageing)")
radius_structure = given("1", 1.0, doc="share of the radius's bone that age has left (bone_ageing)")
bone_width = given("1", 1.0, doc="outer width of long bones relative to what it was (bone_ageing)")


# -- hip --------------------------------------------------------------------------------------------------------------


@derived("wt%", calibrated="mineralisation at normal turnover of the hip")
def hip_mineralisation_at_rest(
    full_mineralisation, primary_mineralisation, hip_turnover, secondary_mineralisation_time
):
    """Mean mineralisation of the reference hip."""
    return resting_mineral(full_mineralisation, primary_mineralisation, hip_turnover, secondary_mineralisation_time)


@signal("1")
def hip_formation(formation, fluoride_effect, fluoride_on_hip_formation):
    """Formation at the hip: the skeleton's, and what fluoride adds."""
    return formation + fluoride_on_hip_formation * fluoride_effect


@adapts("hip_bone_volume", unit="1/d", start=1)
def hip_bone_volume_change(hip_bone_volume, hip_formation, resorption, hip_turnover):
    """Bone volume at the hip relative to normal."""
    return volume_change(hip_bone_volume, hip_formation, resorption, hip_turnover)


@adapts("hip_mineralisation", unit="wt%/d", start="hip_mineralisation_at_rest")
def hip_mineralisation_change(
    hip_mineralisation, hip_bone_volume, hip_formation, mineral_ageing_speed, hip_turnover, full_mineralisation,
    primary_mineralisation, secondary_mineralisation_time,
):  # fmt: skip
    """Mean calcium content of the hip's bone."""
    renewal = hip_turnover * hip_formation / hip_bone_volume
    ageing = mineral_ageing_speed / secondary_mineralisation_time
    return mineral_change(hip_mineralisation, full_mineralisation, primary_mineralisation, ageing, renewal)


@signal("1")
def hip_bone(hip_bone_volume, hip_structure):
    """Bone at the hip: how full it is, of the scaffold that age has left."""
    return hip_bone_volume * hip_structure


@observable("1", to_baseline=True)
def bmd_hip(hip_bone, hip_mineralisation, hip_mineralisation_at_rest, bone_width):
    """Areal bone mineral density of the hip relative to the reference adult."""
    return hip_bone * hip_mineralisation / hip_mineralisation_at_rest / bone_width


# -- radius -----------------------------------------------------------------------------------------------------------


@derived("wt%", calibrated="mineralisation at normal turnover of the radius")
def radius_mineralisation_at_rest(
    full_mineralisation, primary_mineralisation, radius_turnover, secondary_mineralisation_time
):
    """Mean mineralisation of the reference radius."""
    return resting_mineral(full_mineralisation, primary_mineralisation, radius_turnover, secondary_mineralisation_time)


@signal("1")
def radius_formation(formation, fluoride_effect, fluoride_on_radius_formation):
    """Formation at the radius: the skeleton's, and what fluoride takes."""
    return formation + fluoride_on_radius_formation * fluoride_effect


@adapts("radius_bone_volume", unit="1/d", start=1)
def radius_bone_volume_change(radius_bone_volume, radius_formation, resorption, radius_turnover):
    """Bone volume at the radius relative to normal."""
    return volume_change(radius_bone_volume, radius_formation, resorption, radius_turnover)


@adapts("radius_mineralisation", unit="wt%/d", start="radius_mineralisation_at_rest")
def radius_mineralisation_change(
    radius_mineralisation, radius_bone_volume, radius_formation, mineral_ageing_speed, radius_turnover,
    full_mineralisation, primary_mineralisation, secondary_mineralisation_time,
):  # fmt: skip
    """Mean calcium content of the radius's bone."""
    renewal = radius_turnover * radius_formation / radius_bone_volume
    ageing = mineral_ageing_speed / secondary_mineralisation_time
    return mineral_change(radius_mineralisation, full_mineralisation, primary_mineralisation, ageing, renewal)


@signal("1")
def radius_bone(radius_bone_volume, radius_structure):
    """Bone at the radius: how full it is, of the cortex that age has left."""
    return radius_bone_volume * radius_structure


@observable("1", to_baseline=True)
def bmd_radius(radius_bone, radius_mineralisation, radius_mineralisation_at_rest, bone_width):
    """Areal bone mineral density of the radius relative to the reference adult."""
    return radius_bone * radius_mineralisation / radius_mineralisation_at_rest / bone_width
