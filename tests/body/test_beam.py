"""Hollow against solid rods: the table of core_bone.md 3.3 to its digits, and the formulas against the sections themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cofactor.body.beam import (
    area,
    at_equal_diameter,
    at_equal_mass,
    buckles_first,
    modulus_ratio,
    second_moment,
    section_modulus,
    strength_per_mass_at_equal_diameter,
)
from cofactor.errors import InputError

# core_bone.md 3.3 (its 0.909 at k = 0.55 is 1 - k^4 = 0.90849): k; mass, Z, Z per mass at equal outer diameter; then Z, I and
# outer diameter at equal mass
TABLE = [
    (0.5, "0.750", "0.938", "1.25", "1.44", "1.67", "1.155"),
    (0.55, "0.698", "0.908", "1.30", "1.56", "1.87", "1.197"),
    (0.7, "0.510", "0.760", "1.49", "2.09", "2.92", "1.40"),
    (0.8, "0.360", "0.590", "1.64", "2.73", "4.56", "1.67"),
    (0.9, "0.190", "0.344", "1.81", "4.15", "9.53", "2.29"),
]


def rounds_to(value: float, digits: str) -> bool:
    return abs(value - float(digits)) <= 0.5 * 10.0 ** int(Decimal(digits).as_tuple().exponent) * (1 + 1e-9)


@pytest.mark.parametrize(("k", "mass", "z", "z_per_mass", "z_mass", "i_mass", "wider"), TABLE)
def test_the_table(k: float, mass: str, z: str, z_per_mass: str, z_mass: str, i_mass: str, wider: str):
    diameter, same = at_equal_diameter(k), at_equal_mass(k)
    assert rounds_to(diameter.mass, mass)
    assert rounds_to(diameter.bending_strength, z)
    assert rounds_to(strength_per_mass_at_equal_diameter(k), z_per_mass)
    assert rounds_to(same.bending_strength, z_mass)
    assert rounds_to(same.stiffness, i_mass)
    assert rounds_to(same.outer_diameter, wider)


@pytest.mark.xfail(reason="1 - 0.55^4 is 0.90849: the last printed digit is one too high", raises=AssertionError)
def test_the_one_number_that_is_misprinted():
    assert rounds_to(at_equal_diameter(0.55).bending_strength, "0.909")


@pytest.mark.parametrize("k", [0.0, 0.3, 0.5, 0.9])
def test_the_formulas_are_those_of_the_sections(k: float):
    solid, tube = (1.0, 0.0), (1.0, k)
    for section, (outer, inner) in ((at_equal_diameter(k), tube), (at_equal_mass(k), _of_equal_mass(k))):
        assert section.mass == pytest.approx(area(outer, inner) / area(*solid), rel=1e-12)
        assert section.axial_strength == pytest.approx(area(outer, inner) / area(*solid), rel=1e-12)
        assert section.stiffness == pytest.approx(second_moment(outer, inner) / second_moment(*solid), rel=1e-12)
        assert section.bending_strength == pytest.approx(
            section_modulus(outer, inner) / section_modulus(*solid), rel=1e-12
        )
        assert section.outer_diameter == pytest.approx(outer, rel=1e-12)


def _of_equal_mass(k: float) -> tuple[float, float]:
    outer = 1 / (1 - k**2) ** 0.5
    return outer, k * outer


def test_hollow_beats_solid_at_equal_mass_and_loses_at_equal_diameter():
    same, wide = at_equal_mass(0.5), at_equal_diameter(0.5)
    assert same.bending_strength > 1.4
    assert same.stiffness > 1.6
    assert same.axial_strength == 1.0  # hollowing helps bending only
    assert 0.93 < wide.bending_strength == wide.stiffness < 0.94


def test_an_ageing_cortex_has_less_bone_and_bends_later():
    # core_bone.md 3.3: 13/6.5 -> 14/9 mm
    young, old = (13.0, 6.5), (14.0, 9.0)
    assert round(area(*young)) == 398
    assert round(area(*old)) == 361
    assert round(section_modulus(*young)) == 1618
    assert round(section_modulus(*old)) == 1787
    assert round(second_moment(*young) / 1e3) == 21
    assert round(second_moment(*old) / 1e3) == 25
    changed = modulus_ratio(area(*old) / area(*young), 14 / 13, 0.5)
    assert changed == pytest.approx(section_modulus(*old) / section_modulus(*young), rel=1e-12)
    assert changed > 1.1


def test_a_tube_that_has_not_changed_is_as_strong_as_it_was():
    assert modulus_ratio(1.0, 1.0, 0.525) == 1.0


def test_thin_walls_buckle_before_the_formulas_hold():
    assert buckles_first(0.94)
    assert not buckles_first(0.9)


@pytest.mark.parametrize("k", [-0.1, 1.0, float("nan")])
def test_a_rod_cannot_be_hollower_than_a_tube(k: float):
    with pytest.raises(InputError, match="inner over its outer radius"):
        at_equal_mass(k)
