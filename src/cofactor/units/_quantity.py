"""Values with a unit, and the reading of them from text."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from cofactor.errors import UnitsError
from cofactor.units._unit import Unit, normalised, parse_unit


@dataclass(frozen=True)
class Quantity:
    """A value in a unit."""

    value: float
    unit: Unit

    def to(self, unit: Unit | str) -> Quantity:
        """The same quantity in another unit of the same dimension; UnitsError naming both units otherwise."""
        target = as_unit(unit)
        return Quantity(self.value * self.unit.factor_to(target), target)

    def __str__(self) -> str:
        return f"{float(self.value)!r} {self.unit}"


_NUMBER = re.compile(
    r"[-+]?(?:[0-9]{1,3}(?: [0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
)
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]")


def as_unit(unit: Unit | str) -> Unit:
    """The unit itself, or the one its text names."""
    return unit if isinstance(unit, Unit) else parse_unit(unit)


def parse_quantity(text: str, *, expect: Unit | str | None = None, where: str | None = None) -> Quantity:
    """A value and its unit from text such as "4000 IU", "0.25 ug", "2 pmol/kg/h", "1 000 mg".

    `expect` is a unit the quantity has to fit in dimension (the unit written is kept); `where` (file:line or field) is
    carried into errors.  Raises UnitsError for a bare number, a comma, NaN, infinity, an unknown unit, a misfit.
    """
    wanted = None if expect is None else as_unit(expect)
    example = f'write the unit, for example "{text} {wanted or "mg/d"}"'
    if not isinstance(text, str):
        raise UnitsError("a quantity is text with a unit", received=repr(text), where=where, hint=example)
    plain = normalised(text)
    if _COMMA.match(plain):
        raise UnitsError(
            "a number has no comma", received=repr(text), where=where, hint='write "1000 mg" or "1.5 mg", with a point'
        )
    number = _NUMBER.match(plain)
    if number is None:
        raise UnitsError(
            "a quantity starts with a number", received=repr(text), where=where, hint='for example "4000 IU"'
        )
    rest = plain[number.end() :].strip()
    if not rest:
        raise UnitsError("a quantity needs its unit", received=repr(text), where=where, hint=example)
    value = float(number.group().replace(" ", ""))
    if not math.isfinite(value):
        raise UnitsError("a quantity is a finite number", received=repr(text), where=where)
    unit = _unit_at(rest, where)
    if wanted is not None and not unit.same_dimension(wanted):
        raise UnitsError(
            f"{unit} does not fit where {wanted} is expected",
            received=repr(text),
            where=where,
            hint=f"give it in {wanted} or another unit of that kind",
        )
    return Quantity(value, unit)


def _unit_at(text: str, where: str | None) -> Unit:
    try:
        return parse_unit(text)
    except UnitsError as error:
        if where is None:
            raise
        raise UnitsError(error.rule, received=error.received, where=where, hint=error.hint) from None
