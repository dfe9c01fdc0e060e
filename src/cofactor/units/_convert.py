"""Conversion between units that only a substance, or a person's weight, can connect."""

from __future__ import annotations

import math
from fractions import Fraction

from cofactor.errors import UnitsError
from cofactor.units._analytes import Analyte, find_analyte
from cofactor.units._quantity import Quantity, as_unit, parse_quantity
from cofactor.units._unit import Unit

# The ways of counting a substance; an analyte turns each into moles.
_COUNTED = ("mol", "g", "IU", "Eq", "U")
_KILOGRAM = Unit(1e3, (("g", Fraction(1)),), (("kg", Fraction(1)),))


def convert(
    quantity: Quantity | str, to: Unit | str, *, analyte: str | None = None, body_weight_kg: float | None = None
) -> float:
    """The value of `quantity` in the unit `to`.

    Same dimension: a factor.  Between mass, amount, IU, Eq and U (in any numerator or denominator) it needs the
    `analyte`; between a quantity "per kg" of body and one for the whole body it needs `body_weight_kg`.
    Raises UnitsError naming both units and what is missing.
    """
    given = parse_quantity(quantity) if isinstance(quantity, str) else quantity
    source, target = given.unit, as_unit(to)
    if source.same_dimension(target):
        return given.value * source.factor_to(target)
    bodies = _bodies_between(source, target)
    if bodies and body_weight_kg is None:
        raise _misfit(source, target, "an amount per kilogram of body needs the body weight")
    if bodies and not (body_weight_kg and 0 < body_weight_kg < math.inf):
        raise UnitsError("a body weight is a finite number above 0 kg", received=f"{body_weight_kg} kg")
    value = given.value * (body_weight_kg or 1.0) ** bodies
    whole = source * _KILOGRAM**bodies
    if whole.same_dimension(target):
        return value * whole.factor_to(target)
    if not _only_counting_differs(whole, target):
        raise _misfit(source, target, None)
    if analyte is None:
        raise _misfit(source, target, f"{_crossing(whole, target)} needs the analyte")
    substance = find_analyte(analyte)
    return value * _scale_in_moles(whole, substance) / _scale_in_moles(target, substance)


def _counted(unit: Unit) -> Fraction:
    return sum((power for name, power in unit.dimensions if name in _COUNTED), Fraction(0))


def _bodies_between(source: Unit, target: Unit) -> int:
    """1 when `source` is per kilogram of body and `target` is not, -1 the other way round, else 0.

    Read from the unit as written ("ug/kg/d"), because kg of body and ug of substance cancel in the dimensions.
    """
    missing = _counted(target) - _counted(source)
    if missing == 1 and _is_per_kg(source):
        return 1
    if missing == -1 and _is_per_kg(target):
        return -1
    return 0


def _is_per_kg(unit: Unit) -> bool:
    return ("kg", Fraction(-1)) in unit.factors


def _only_counting_differs(source: Unit, target: Unit) -> bool:
    """True when moles could stand for every way of counting and the two units would then be of one kind."""
    rest = [tuple((n, p) for n, p in unit.dimensions if n not in _COUNTED) for unit in (source, target)]
    return rest[0] == rest[1] and _counted(source) == _counted(target)


def _scale_in_moles(unit: Unit, analyte: Analyte) -> float:
    scale = unit.scale
    for name, power in unit.dimensions:
        if name not in _COUNTED:
            continue
        moles = analyte.mol_per(name)
        if moles is None:
            raise UnitsError(f"{name} is not defined for {analyte.name}", received=str(unit), hint="use mass or moles")
        scale *= moles ** float(power)
    return scale


_WORDS = {"mol": "amount", "g": "mass", "IU": "IU", "Eq": "equivalents", "U": "insulin units"}


def _crossing(source: Unit, target: Unit) -> str:
    """Such as "mass to amount": the way of counting that changes."""
    left, right = dict(source.dimensions), dict(target.dimensions)
    lost = [_WORDS[name] for name in _COUNTED if left.get(name) != right.get(name) and name in left]
    gained = [_WORDS[name] for name in _COUNTED if left.get(name) != right.get(name) and name in right]
    return f"{' and '.join(lost) or 'a ratio'} to {' and '.join(gained) or 'a ratio'}"


def _misfit(source: Unit, target: Unit, hint: str | None) -> UnitsError:
    rule = f"{source} does not convert to {target}"
    return UnitsError(f"{rule}: {hint}" if hint else f"{rule}: they do not measure the same thing", received=source)
