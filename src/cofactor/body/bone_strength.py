"""Bone strength and toughness: what density shows, and what it does not; listens, and changes nothing.

Strength is what a bone bears once: it grows with bone volume and with mineral, and microcracks take a little of it.
Toughness is the energy its tissue takes up before it breaks: mineral and microcracks both lower it. So bone whose renewal
is blocked is denser and stronger in one blow and less tough per tissue. Fluoride makes more, worse bone. Assumptions: spine
and hip follow a porous solid (Hernandez 2001, mineral power halved from ash fraction to weight); the radius is a tube whose
inside is filled or hollowed (`beam`); one state of microdamage stands for all sites.
"""

from __future__ import annotations

from cofactor.body.beam import modulus_ratio
from cofactor.model import observable, parameter, signal

# -- parameters -------------------------------------------------------------------------------------------------------

volume_power_on_strength = parameter(
    1.92, "1", spread=0.1, source="core_bone.md 3.1: Hernandez 2001 Bone 29:74, recalled"
)
mineral_power_on_strength = parameter(
    1.5, "1", spread=0.3, source="core_bone.md 3.1: 2.79 on ash fraction, which moves half as much as wt% calcium"
)
mineral_power_on_toughness = parameter(
    -1.5, "1", source="core_bone.md 3.1: Currey, recalled: impact energy falls above 66-67 % ash", low=-4, high=0
)
damage_weight = parameter(
    0.09, "1", spread=0.5, source="core_bone.md 3.1: bone-E75, bone-E76, crack density about x4 beside toughness -21 %",
    species="dog", low=0, high=1,
)  # fmt: skip
fluorotic_tissue_quality = parameter(
    0.6, "1", spread=0.1, source="core_bone.md 3.2: toughness x0.5-0.7 at sodium fluoride 75 mg/d, the middle", low=0.3, high=1,
    note="assumed there, not measured; taken for strength too, as vertebral fractures did not fall with +35 % density",
)  # fmt: skip


# -- tissue -----------------------------------------------------------------------------------------------------------


@signal("1")
def cracked_tissue(spine_damage, damage_weight):
    """What microcracks leave of strength and of toughness."""
    return 1 / (1 + damage_weight * (spine_damage - 1))


@signal("1")
def fluorotic_tissue(fluoride_effect, fluorotic_tissue_quality):
    """What fluoride leaves of strength and of toughness, for the same bone and mineral."""
    return 1 - (1 - fluorotic_tissue_quality) * fluoride_effect


@signal("1")
def tissue_soundness(cracked_tissue, fluorotic_tissue):
    """Soundness of the tissue apart from volume and mineral."""
    return cracked_tissue * fluorotic_tissue


@observable("wt%")
def bone_mineralisation(spine_mineralisation):
    """Mean calcium content of cancellous bone (spine, iliac crest), as a biopsy shows it."""
    return spine_mineralisation


@observable("1", to_baseline=True)
def bone_damage(spine_damage):
    """Microdamage relative to the reference adult."""
    return spine_damage


@observable("1", to_baseline=True)
def bone_toughness(spine_mineralisation, mineralisation_at_rest, tissue_soundness, mineral_power_on_toughness):
    """Energy to break per tissue, relative to the reference adult."""
    return (spine_mineralisation / mineralisation_at_rest) ** mineral_power_on_toughness * tissue_soundness


# -- sites ------------------------------------------------------------------------------------------------------------


@observable("1", to_baseline=True)
def bone_strength_spine(
    spine_bone_volume, spine_structure, spine_mineralisation, mineralisation_at_rest, tissue_soundness,
    volume_power_on_strength, mineral_power_on_strength,
):  # fmt: skip
    """Load that a vertebra bears, relative to the reference adult of the same bone size."""
    bone = (spine_bone_volume * spine_structure) ** volume_power_on_strength
    return bone * (spine_mineralisation / mineralisation_at_rest) ** mineral_power_on_strength * tissue_soundness


@observable("1", to_baseline=True)
def bone_strength_hip(
    hip_bone, hip_mineralisation, hip_mineralisation_at_rest, bone_width, tissue_soundness, volume_power_on_strength,
    mineral_power_on_strength,
):  # fmt: skip
    """Load that the hip bears, relative to the reference adult of the same bone size; a wider neck bears more."""
    mineral = (hip_mineralisation / hip_mineralisation_at_rest) ** mineral_power_on_strength
    return bone_width * hip_bone**volume_power_on_strength * mineral * tissue_soundness


@observable("1", to_baseline=True)
def bone_strength_radius(
    radius_bone, radius_mineralisation, radius_mineralisation_at_rest, bone_width, radius_hollowness, tissue_soundness,
    mineral_power_on_strength,
):  # fmt: skip
    """Bending load that the radius bears, relative to the reference adult of the same bone size: a tube."""
    mineral = (radius_mineralisation / radius_mineralisation_at_rest) ** mineral_power_on_strength
    return modulus_ratio(radius_bone, bone_width, radius_hollowness) * mineral * tissue_soundness
