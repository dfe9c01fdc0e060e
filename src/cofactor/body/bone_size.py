"""Bone size and cortical geometry: how people differ in density and in strength before any of their habits matter.

Areal density sees bone over projected area, so a larger skeleton reads denser; strength grows with the square (vertebra,
in compression) or the cube (femur and radius, in bending) of size. A thinner cortex is less dense and, at equal width, hardly
weaker. Assumptions: one size for the whole skeleton, which varies as stature does; what density varies beyond it, volume
fraction and hollowness share equally at the hip (assumed: no split was read).
"""

from __future__ import annotations

from cofactor.model import derived, observable, parameter

# -- parameters -------------------------------------------------------------------------------------------------------

skeletal_size = parameter(
    1, "1", varies=0.042, source="stature of women 20-79 y: SD 0.068 of 1.613 m (NHANES 2017-18, people/populations.toml)",
    low=0.7, high=1.4, note="linear size of bones; taken to vary as stature does",
)  # fmt: skip
spine_peak_density = parameter(
    1, "1", varies=0.094, calibrated="lumbar BMD of US women 31-40 y: SD 0.110 of 1.065 g/cm2, less size",
    low=0.5, high=2, note="NHANES as quoted in doi 10.3389/fendo.2026.1748490, table 3",
)  # fmt: skip
hip_peak_density = parameter(
    1, "1", varies=0.077, calibrated="total hip BMD of US women 21-30 y: SD 0.114 of 0.971 g/cm2, half of what size leaves",
    low=0.5, high=2, note="the even split with hollowness is assumed",
)  # fmt: skip
femur_hollowness = parameter(
    0.525, "1", varies=0.10, source="core_bone.md 3.3: human femur about 0.5-0.55", low=0.2, high=0.85,
    note="spread calibrated as that of hip_peak_density, of which it takes the other half",
)  # fmt: skip
radius_hollowness = parameter(
    0.525,
    "1",
    varies=0.10,
    source="core_bone.md 3.3, the femur's; no distribution of the radius was read",
    low=0.2,
    high=0.85,
)


@derived("1", calibrated="hollowness of the reference femur, from which people differ")
def reference_hollowness(femur_hollowness):
    """Inner over outer radius of the reference adult's femur."""
    return femur_hollowness


# -- people side by side ----------------------------------------------------------------------------------------------


@observable("1")
def areal_density_spine(bmd_spine, spine_peak_density, skeletal_size):
    """What a scanner reads at the spine, relative to the reference adult: for setting people side by side."""
    return bmd_spine * spine_peak_density * skeletal_size


@observable("1")
def areal_density_hip(bmd_hip, hip_peak_density, skeletal_size, femur_hollowness, reference_hollowness):
    """What a scanner reads at the hip, relative to the reference adult."""
    cortex = (1 - femur_hollowness**2) / (1 - reference_hollowness**2)
    return bmd_hip * hip_peak_density * skeletal_size * cortex


@observable("1")
def areal_density_radius(bmd_radius, skeletal_size, radius_hollowness, reference_hollowness):
    """What a scanner reads at the radius, relative to the reference adult."""
    return bmd_radius * skeletal_size * (1 - radius_hollowness**2) / (1 - reference_hollowness**2)


@observable("1")
def failure_load_spine(bone_strength_spine, spine_peak_density, skeletal_size, volume_power_on_strength):
    """Load at which a vertebra breaks, relative to the reference adult: density at its power, times area."""
    return bone_strength_spine * spine_peak_density**volume_power_on_strength * skeletal_size**2


@observable("1")
def failure_load_hip(
    bone_strength_hip, hip_peak_density, skeletal_size, femur_hollowness, reference_hollowness, volume_power_on_strength
):
    """Load at which the hip breaks, relative to the reference adult: a tube in bending, of porous material."""
    section = skeletal_size**2 * skeletal_size * (1 - femur_hollowness**2 * femur_hollowness**2)
    whole = section / (1 - reference_hollowness**2 * reference_hollowness**2)
    return bone_strength_hip * hip_peak_density**volume_power_on_strength * whole


@observable("1")
def failure_load_radius(bone_strength_radius, skeletal_size, radius_hollowness, reference_hollowness):
    """Bending load at which the radius breaks, relative to the reference adult."""
    section = skeletal_size**2 * skeletal_size * (1 - radius_hollowness**2 * radius_hollowness**2)
    return bone_strength_radius * section / (1 - reference_hollowness**2 * reference_hollowness**2)
