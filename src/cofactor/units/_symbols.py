"""The unit symbols a person may write, each as a scale and exponents over the base dimensions.

Base dimensions: mol, g, m, day, J, mmHg, IU (international unit), Eq (charge equivalent), U (insulin unit),
meal (a count).
"""

from __future__ import annotations

from typing import NamedTuple

BASE_DIMENSIONS = ("mol", "g", "m", "day", "J", "mmHg", "IU", "Eq", "U", "meal")

# Calendar lengths: the Julian year of 365.25 d, and a twelfth of it.
DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12


class Symbol(NamedTuple):
    """One named unit: scale relative to the base dimensions, and their exponents."""

    scale: float
    dimensions: tuple[tuple[str, int], ...]


def _prefixed(base: str, dimension: str, scales: dict[str, float]) -> dict[str, Symbol]:
    return {prefix + base: Symbol(scale, ((dimension, 1),)) for prefix, scale in scales.items()}


# The standard body surface (1.73 m2) reads as one body: "90 mL/min/1.73m2" is 90 mL/min of the standard body, so that
# a laboratory's eGFR fits the observable gfr (mL/min).  A GFR for this person's own surface is given in mL/min.
STANDARD_BODY = "1.73m2"

SYMBOLS: dict[str, Symbol] = {
    **_prefixed("mol", "mol", {"": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12}),
    **_prefixed("g", "g", {"k": 1e3, "": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12}),
    **_prefixed("m", "m", {"": 1.0, "c": 1e-2, "m": 1e-3, "u": 1e-6, "n": 1e-9}),
    **{name: Symbol(scale, (("m", 3),)) for name, scale in {"L": 1e-3, "dL": 1e-4, "mL": 1e-6, "uL": 1e-9}.items()},
    **_prefixed("J", "J", {"k": 1e3, "": 1.0, "m": 1e-3}),
    **_prefixed("IU", "IU", {"k": 1e3, "": 1.0, "m": 1e-3, "u": 1e-6}),
    **_prefixed("Eq", "Eq", {"": 1.0, "m": 1e-3, "u": 1e-6}),
    **_prefixed("U", "U", {"": 1.0, "m": 1e-3, "u": 1e-6}),
    "mmHg": Symbol(1.0, (("mmHg", 1),)),
    "meal": Symbol(1.0, (("meal", 1),)),
    "s": Symbol(1 / 86400, (("day", 1),)),
    "min": Symbol(1 / 1440, (("day", 1),)),
    "h": Symbol(1 / 24, (("day", 1),)),
    "d": Symbol(1.0, (("day", 1),)),
    "week": Symbol(7.0, (("day", 1),)),
    "month": Symbol(DAYS_PER_MONTH, (("day", 1),)),
    "y": Symbol(DAYS_PER_YEAR, (("day", 1),)),
    "SED": Symbol(100.0, (("J", 1), ("m", -2))),  # standard erythema dose, ISO/CIE 17166: 100 J/m2 erythema-weighted
    "%": Symbol(0.01, ()),
    "wt%": Symbol(0.01, ()),
    # Scores have no dimension; their names are kept so that an axis can show them.
    "points": Symbol(1.0, ()),
    "Agatston": Symbol(1.0, ()),
    STANDARD_BODY: Symbol(1.0, ()),
}

SPELLINGS: dict[str, str] = {
    "mcg": "ug", "gram": "g", "grams": "g",
    "l": "L", "dl": "dL", "ml": "mL", "ul": "uL",
    "sec": "s", "second": "s", "seconds": "s",
    "minute": "min", "minutes": "min", "mins": "min",
    "hour": "h", "hours": "h", "hr": "h", "hrs": "h",
    "day": "d", "days": "d", "weeks": "week", "wk": "week", "months": "month", "mo": "month",
    "year": "y", "years": "y", "yr": "y", "yrs": "y",
    "meals": "meal", "point": "points", "mEQ": "mEq", "meq": "mEq",
}  # fmt: skip
