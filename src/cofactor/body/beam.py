"""Beams: how strong and how stiff a rod is in bending, hollow against solid, at equal mass and at equal outer diameter.

Closed form for circular sections, exact (core_bone.md 3.3). `hollowness` is the inner over the outer radius (human femur
about 0.5 to 0.55). Strength in bending goes with the section modulus Z, stiffness with the second moment of area I, axial
strength with the area. Assumptions: one material throughout; a wall thick enough not to buckle locally (Brazier), which
sets in above a radius of 10 to 14 wall thicknesses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

from cofactor.errors import InputError

THINNEST_SAFE_WALL = 1 / 14
"""Wall over outer radius below which a tube buckles locally before it breaks (core_bone.md 3.3: R/t above 10 to 14)."""


@dataclass(frozen=True)
class Section:
    """A round section, hollow or not, relative to a solid rod: its mass, Z, I, axial strength and outer diameter."""

    mass: float
    bending_strength: float
    stiffness: float
    axial_strength: float
    outer_diameter: float


def at_equal_diameter(hollowness: float) -> Section:
    """The tube against a solid rod of its own outer diameter. Raises InputError for a hollowness outside 0 to 1."""
    k = _checked(hollowness)
    return Section(1 - k**2, 1 - k**4, 1 - k**4, 1 - k**2, 1.0)


def at_equal_mass(hollowness: float) -> Section:
    """The tube against a solid rod of its own mass and length. Raises InputError for a hollowness outside 0 to 1."""
    k = _checked(hollowness)
    wider = 1 / sqrt(1 - k**2)
    return Section(1.0, (1 + k**2) * wider, (1 + k**2) / (1 - k**2), 1.0, wider)


def strength_per_mass_at_equal_diameter(hollowness: float) -> float:
    """Section modulus over mass, relative to the solid rod of the same outer diameter: 1 + k^2."""
    return 1 + _checked(hollowness) ** 2


def buckles_first(hollowness: float) -> bool:
    """Whether the wall is so thin that it gives way locally before the formulas above hold."""
    return 1 - _checked(hollowness) < THINNEST_SAFE_WALL


def area(outer_radius: float, inner_radius: float) -> float:
    """Area of the section, in the square of the unit of the radii."""
    return pi * (outer_radius**2 - inner_radius**2)


def second_moment(outer_radius: float, inner_radius: float) -> float:
    """Second moment of area I about a diameter, in the fourth power of the unit of the radii."""
    return pi / 4 * (outer_radius**4 - inner_radius**4)


def section_modulus(outer_radius: float, inner_radius: float) -> float:
    """Section modulus Z, in the third power of the unit of the radii."""
    return second_moment(outer_radius, inner_radius) / outer_radius


def modulus_ratio(area_ratio: Any, width_ratio: Any, hollowness: Any) -> Any:
    """Section modulus of a tube whose bone area and outer width have changed by these ratios, relative to what it was.

    Plain arithmetic, for numbers, arrays and traced quantities: with t = area_ratio (1 - k^2) / width_ratio^2 the share of
    the new disc that is bone, Z / Z0 = width^3 t (2 - t) / (1 - k^4).
    """
    was_bone = 1 - hollowness**2
    is_bone = area_ratio * was_bone / width_ratio**2
    return width_ratio**3 * is_bone * (2 - is_bone) / (was_bone * (1 + hollowness**2))


COMPARISONS: dict[str, Callable[[float], Section]] = {"mass": at_equal_mass, "outer diameter": at_equal_diameter}
"""What may be held equal when a hollow rod is set against a solid one."""


def _checked(hollowness: float) -> float:
    if 0.0 <= hollowness < 1.0:
        return float(hollowness)
    raise InputError(
        "the hollowness of a rod is its inner over its outer radius, from 0 (solid) to below 1",
        received=repr(hollowness),
        hint="a human femur has about 0.5",
    )
