"""Units as SBML unit definitions, made from the exact scale and dimensions of `cofactor.units`."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement

from cofactor.units import Unit, parse_unit

_BASE = {
    "mol": ("mole", 1.0),
    "g": ("gram", 1.0),
    "m": ("metre", 1.0),
    "day": ("second", 86400.0),
    "J": ("joule", 1.0),
    "mmHg": ("pascal", 133.322387415),  # conventional millimetre of mercury: 13595.1 kg/m3 x 9.80665 m/s2 x 1 mm
    "IU": ("item", 1.0),
    "Eq": ("mole", 1.0),
    "U": ("item", 1.0),
    "meal": ("item", 1.0),
}
"""SBML base unit of each base dimension, and how many of it make one; what is only counted becomes items."""

_CUBIC_METRES_PER_LITRE = 1e-3


class UnitTable:
    """The unit definitions an SBML file needs: asked for by Unit, each defined once."""

    def __init__(self):
        self._ids: dict[Unit, str] = {}

    def id_of(self, unit: Unit) -> str:
        """The id to write for a unit; a pure number is SBML's own `dimensionless`."""
        if unit == Unit.one:
            return "dimensionless"
        if unit not in self._ids:
            self._ids[unit] = self._free(_identifier(unit))
        return self._ids[unit]

    def _free(self, wanted: str) -> str:
        taken, name, number = set(self._ids.values()), wanted, 2
        while name in taken:
            name, number = f"{wanted}_{number}", number + 1
        return name

    def definitions(self) -> Element:
        """listOfUnitDefinitions with every unit asked for so far."""
        table = Element("listOfUnitDefinitions")
        for unit, name in sorted(self._ids.items(), key=lambda entry: entry[1]):
            definition = SubElement(table, "unitDefinition", id=name, name=str(unit))
            parts = SubElement(definition, "listOfUnits")
            for symbol, power in unit.factors:
                parts.extend(_parts(symbol, power))
        return table


def is_substance(unit: Unit) -> bool:
    """Whether an SBML species may be counted in this unit: moles, mass or a plain number."""
    return unit.dimensions in ((), (("mol", Fraction(1)),), (("g", Fraction(1)),))


def _identifier(unit: Unit) -> str:
    text = str(unit).replace("%", "_percent").replace("*", "_").replace("^", "_")
    above, *below = text.split("/")
    words = ([] if above == "1" else [above]) + [f"per_{part}" for part in below]
    name = re.sub(r"\W", "_", "_".join(words))
    return name if name[:1].isalpha() else f"unit_{name}"


def _parts(symbol: str, power: Fraction) -> list[Element]:
    """One factor of a unit ("mmol", -1) as SBML units; their product is the factor exactly."""
    unit = parse_unit(f"1/{symbol}") ** -1 if symbol[0].isdigit() else parse_unit(symbol)
    if unit.dimensions == (("m", Fraction(3)),):
        return [_part("litre", power, unit.scale / _CUBIC_METRES_PER_LITRE)]
    if len(unit.dimensions) == 1 and unit.dimensions[0][1] == 1:
        kind, size = _BASE[unit.dimensions[0][0]]
        return [_part(kind, power, unit.scale * size)]
    scale = [_part("dimensionless", power, unit.scale)]
    return scale + [_part(_BASE[name][0], e * power, _BASE[name][1]) for name, e in unit.dimensions]


def _part(kind: str, power: Fraction, size: float) -> Element:
    decimal = round(math.log10(size))
    is_decimal = math.isclose(size, 10.0**decimal, rel_tol=1e-12)
    scale, multiplier = (decimal, 1.0) if is_decimal else (0, size)
    exponent = str(power.numerator) if power.denominator == 1 else repr(float(power))
    return Element("unit", kind=kind, exponent=exponent, scale=str(scale), multiplier=repr(multiplier))
