"""Units as a scale and dimension exponents, and the reading of their text."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from typing import ClassVar

from cofactor.errors import UnitsError
from cofactor.units._symbols import SPELLINGS, STANDARD_BODY, SYMBOLS, Symbol

Exponents = tuple[tuple[str, Fraction], ...]

_SAME_SCALE = 1e-12
_LARGEST_EXPONENT = 24
_LONGEST_TEXT = 120


@dataclass(frozen=True, eq=False)
class Unit:
    """A unit: `scale` base units (mol, g, m, day, J, mmHg, IU, Eq, U, meal) with the exponents `dimensions`.

    `factors` are the symbols it was written with; they decide `str(unit)` and nothing else, so "mmol/L" == "mol/m3".
    """

    scale: float
    dimensions: Exponents
    factors: Exponents

    one: ClassVar[Unit]

    @property
    def text(self) -> str:
        """The unit as readable text, such as "mmol/L" or "1/d"; `parse_unit` reads it back."""
        return _text_of(self.factors)

    @property
    def is_dimensionless(self) -> bool:
        """True when no base dimension is left; the scale may still differ from 1 ("%")."""
        return not self.dimensions

    def same_dimension(self, other: Unit) -> bool:
        """True when the two units measure the same kind of quantity."""
        return self.dimensions == other.dimensions

    def factor_to(self, other: Unit) -> float:
        """What a value in this unit is multiplied by to be in `other`; UnitsError when the dimensions differ."""
        if not self.same_dimension(other):
            raise UnitsError(f"{self} and {other} do not measure the same thing", received=f"{self} for {other}")
        return self.scale / other.scale

    def __mul__(self, other: Unit) -> Unit:
        if not isinstance(other, Unit):
            return NotImplemented
        return _unit_of(_added(self.factors, other.factors))

    def __truediv__(self, other: Unit) -> Unit:
        if not isinstance(other, Unit):
            return NotImplemented
        return self * other**-1

    def __pow__(self, power: Fraction | int | float) -> Unit:
        exact = _exact_power(power)
        return _unit_of(tuple((name, exponent * exact) for name, exponent in self.factors))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Unit):
            return NotImplemented
        return self.same_dimension(other) and math.isclose(self.scale, other.scale, rel_tol=_SAME_SCALE)

    def __hash__(self) -> int:
        # Scales are compared with a tolerance, so only the dimensions may enter the hash.
        return hash(self.dimensions)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f'Unit("{self.text}")'


def _exact_power(power: Fraction | int | float) -> Fraction:
    """The power as a small fraction; 1/3 written as a float is still a third."""
    if isinstance(power, float) and not math.isfinite(power):
        raise UnitsError("the power of a unit is a finite number", received=power)
    exact = Fraction(power).limit_denominator(1000)
    if abs(float(exact) - float(power)) > 1e-12:
        raise UnitsError("the power of a unit is a simple fraction", received=power)
    return exact


def _added(*parts: Iterable[tuple[str, Fraction]]) -> Exponents:
    """Exponents summed by name in the order of first appearance, zeros left out."""
    total: dict[str, Fraction] = {}
    for part in parts:
        for name, exponent in part:
            total[name] = total.get(name, Fraction(0)) + exponent
    return tuple((name, exponent) for name, exponent in total.items() if exponent)


def _symbol(name: str) -> Symbol:
    known = SYMBOLS.get(name)
    return known if known is not None else Symbol(float(name), ())  # a number factor, as in "1/1000/y"


def _power_of(scale: float, exponent: float) -> float:
    try:
        return scale**exponent
    except OverflowError:
        return math.inf  # refused by the caller, with the text of the whole unit


def _unit_of(factors: Exponents) -> Unit:
    """The unit these symbols make; their scales multiply, their dimensions add."""
    # A power of the standard body has no spelling and, being 1, no effect.
    factors = tuple((name, e) for name, e in factors if name != STANDARD_BODY or abs(e) == 1)
    scale = 1.0
    dimensions: tuple[tuple[str, Fraction], ...] = ()
    for name, exponent in factors:
        if abs(exponent) > _LARGEST_EXPONENT:
            raise UnitsError(f"exponents of units stay within {_LARGEST_EXPONENT}", received=f"{name}^{exponent}")
        known = _symbol(name)
        scale *= _power_of(known.scale, float(exponent))
        dimensions = _added(dimensions, ((base, power * exponent) for base, power in known.dimensions))
    if not 0 < scale < math.inf:
        raise UnitsError("the scale of a unit is finite and above zero", received=_text_of(factors))
    return Unit(scale, tuple(sorted(dimensions)), factors)


def _text_of(factors: Exponents) -> str:
    # A number never leads: "4000 IU" is a quantity, not a unit; 1000 on top is written "/1000^-1".
    above = [(name, e) for name, e in factors if e > 0 and name in SYMBOLS]
    below = [(name, -e) for name, e in factors if (name, e) not in above]
    top = "*".join(_power_text(name, exponent) for name, exponent in above) or "1"
    return top + "".join("/" + _power_text(name, exponent) for name, exponent in below)


def _power_text(name: str, exponent: Fraction) -> str:
    if exponent == 1:
        return name
    if exponent.denominator != 1:
        return f"{name}^({exponent})"
    return f"{name}{exponent}" if name in SYMBOLS else f"{name}^{exponent}"


Unit.one = Unit(1.0, (), ())

_FACTOR = re.compile(
    r"""(?P<number>[0-9]+(?:\.[0-9]+)?)?\s*
        (?P<name>[A-Za-z%]+)?
        (?:\s*(?:\^|\*\*)\s*(?:(?P<raised>[-+]?[0-9]+)|\(\s*(?P<fraction>[-+]?[0-9]+(?:/0*[1-9][0-9]*)?)\s*\))
           |(?P<digits>-?[0-9]+))?""",
    re.VERBOSE,
)
_OPERATOR = re.compile(r"\s*(/|\*|\.|\s)\s*")
# Greek mu, minus sign, middle dot, dot operator, multiplication sign: what NFKC leaves of typeset units.
_REPLACED = str.maketrans({"\u03bc": "u", "\u2212": "-", "\u00b7": "*", "\u22c5": "*", "\u00d7": "*"})


def normalised(text: str) -> str:
    """Text with compatibility characters (thin spaces, superscripts, micro signs) in their plain form."""
    return unicodedata.normalize("NFKC", text).translate(_REPLACED).strip()


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> Unit:
    """The unit a text names, such as "mmol/L", "pmol/kg/h", "J/cm2", "L-1", "mg/100mL".

    Factors are joined by "/", "*", "." or a space; a slash divides by the one factor after it.  "1.73m2" reads as the
    standard body, so "mL/min/1.73m2" is mL/min.  Raises UnitsError, with the nearest known unit for an unknown one.
    """
    if not isinstance(text, str):
        raise UnitsError("a unit is text", received=repr(text), hint='for example "mmol/L"')
    plain = normalised(text).replace("mm Hg", "mmHg")
    if not plain or len(plain) > _LONGEST_TEXT:
        raise UnitsError("a unit is a short text that is not empty", received=repr(text[:_LONGEST_TEXT]), hint='"1"')
    factors: Exponents = ()
    position, sign = 0, 1
    while True:
        match = _FACTOR.match(plain, position)
        if match is None or match.end() == position or not (match["number"] or match["name"]):
            raise _unreadable(text, plain, position)
        if position == 0 and match["number"] and match.group().strip() != "1" and not _is_standard_body(match):
            raise UnitsError("a unit starts with a symbol or 1", received=repr(text), hint="a value is a quantity")
        factors = _added(factors, _factors_of(match, sign, text))
        position = match.end()
        if position == len(plain):
            return _unit_of(factors)
        operator = _OPERATOR.match(plain, position)
        if operator is None or operator.end() == len(plain):
            raise _unreadable(text, plain, position)
        sign = -1 if operator[1] == "/" else 1
        position = operator.end()


def _is_standard_body(match: re.Match[str]) -> bool:
    return match["number"] == "1.73" and match["name"] == "m" and "2" in (match["digits"], match["raised"])


def _factors_of(match: re.Match[str], sign: int, text: str) -> list[tuple[str, Fraction]]:
    """One factor as symbols with exponents; a number before a symbol ("100mL") goes with it."""
    if _is_standard_body(match):
        return [(STANDARD_BODY, Fraction(sign))]
    exponent = sign * Fraction(match["raised"] or match["fraction"] or match["digits"] or 1)
    number, name = match["number"] or "1", match["name"]
    if float(number) == 0:
        raise UnitsError("a unit has no factor 0", received=repr(text))
    counted = Fraction(sign) if name else exponent
    numbers = [] if float(number) == 1 else [(number, counted)]
    return [*numbers, (_known_symbol(name, text), exponent)] if name else numbers


def _known_symbol(name: str, text: str) -> str:
    symbol = SPELLINGS.get(name, name)
    if symbol in SYMBOLS:
        return symbol
    whole = "" if name == text else f" in {text!r}"
    raise UnitsError("this unit is not known", received=f"{name!r}{whole}", hint=nearest(name, [*SYMBOLS, *SPELLINGS]))


def _unreadable(text: str, plain: str, position: int) -> UnitsError:
    rest = plain[position:]
    hint = "write mg/kg/d, without brackets" if "(" in rest else 'write factors joined by "/" or "*", as in "pmol/kg/h"'
    return UnitsError("this is not a unit", received=f"{text!r}, unreadable from {rest!r}", hint=hint)


def nearest(name: str, known: Iterable[str] | Mapping[str, object]) -> str | None:
    """A hint naming the known name closest to `name`, letter case aside; None when nothing is close."""
    by_lower: dict[str, str] = {}
    for candidate in known:
        by_lower.setdefault(candidate.lower(), candidate)
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.5)
    return f"did you mean {by_lower[close[0]]}?" if close else None
