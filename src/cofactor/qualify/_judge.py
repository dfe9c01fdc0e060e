"""Whether a number of the model agrees with what was observed, and by how much it misses: rules fixed before any run.

1. With a printed interval (or a standard error, an SD and n, a count of n people) the model's mean agrees when it lies in
   the observed 95 % interval of the mean; a range of groups or studies is taken as such an interval.
2. Without one, it agrees within the smallest effect that matters for that quantity (claims.md), else within 10 %.
3. Where only words are printed, the model's change agrees when it has the sign and at least that smallest effect ("up",
   "down"), or stays below it ("unchanged"); "positive" and "negative" ask for the sign beyond sampling error. A correlation
   said to be none agrees when the study's people could not have told the model's from none (5 %, two-sided).
4. A single case agrees when it would be one of 95 % of the model's people.

The size of a difference is in standard errors: |model - observed| / sqrt(SE of the observation^2 + sampling error of the
model's mean^2), on the log scale for ratios; under rules 2 and 3 the tolerance stands for 1.96 standard errors.
"""

from __future__ import annotations

import math
from dataclasses import replace

from cofactor.errors import InputError
from cofactor.qualify._emulation import Compare
from cofactor.qualify._observed import Observed, Z
from cofactor.units import Quantity, convert, parse_unit

SMALLEST_ABSOLUTE: dict[str, tuple[float, str]] = {
    "serum_magnesium": (0.02, "mmol/L"),
    **dict.fromkeys(("serum_25ohd", "gain_of_25ohd"), (5, "nmol/L")),
    "calciprotein_t50": (20, "min"),
    "systolic_bp": (2, "mmHg"),
    "homa_ir": (0.5, "1"),
    "fasting_glucose": (0.3, "mmol/L"),
    "plasma_glucose": (0.3, "mmol/L"),
    "stress_score": (3, "points"),
    **dict.fromkeys(("pasi", "rated_pasi", "pasi_in_trial", "pasi_on_ointment"), (0.5, "points")),
    "serum_calcium": (0.05, "mmol/L"),
    "ionised_calcium": (0.025, "mmol/L"),
}
"""Smallest effects that matter, of claims.md, in a unit. Calcium is not in it: 2 %, the SD between people (parathyroid.py)."""

SMALLEST_RELATIVE: dict[str, float] = {
    "fractional_magnesium_absorption": 0.05, "net_fractional_magnesium_absorption": 0.05, "absorbed_magnesium": 0.05,
    "net_absorbed_magnesium": 0.05, "fractional_calcium_absorption": 0.05, "absorbed_calcium": 0.05,
    "net_absorbed_calcium": 0.05, "serum_calcitriol": 0.05, "body_magnesium": 0.01, "ctx": 0.10, "p1np": 0.10,
    "bmd_spine": 0.01, "bmd_hip": 0.01, "bmd_radius": 0.01, "bone_strength_spine": 0.03, "bone_strength_hip": 0.03,
    "bone_strength_radius": 0.03, "bone_toughness": 0.03, "artery_calcium": 0.20, "plasma_adrenaline": 0.10,
    "il17_axis": 0.05, "cathelicidin": 0.10, "serum_calcium": 0.02, "ionised_calcium": 0.02,
}  # fmt: skip
"""The same, as a share of the level."""

ELSE_RELATIVE = 0.10
ELSE_SHARE_OF_PEOPLE = 0.10
"""Tolerances where claims.md names no smallest effect: 10 %, for shares of people 10 points."""

_RELATIVE_FORMS = {"ratio", "ratio_between", "relative_change", "relative_difference"}
SHARES = (
    "share_below", "share_above", "responders", "share_raised", "share_gone", "share_in_remission", "share_relapsed",
)  # fmt: skip
"""Forms that count people, or what they have."""
_IN_UNITS = {"level", "change", "difference", "quantile", "sd", "peak", "trough"}


def tolerance(compare: Compare, observed: Observed, stated: str, analyte: str | None) -> float:
    """How far the model may be from a number printed without a spread, in the unit of the observation.

    `stated`: the tolerance of the emulation as text, empty without one.
    """
    if stated:
        return _stated(stated, compare, observed, analyte)
    absolute = SMALLEST_ABSOLUTE.get(compare.of)
    if absolute and compare.form in _IN_UNITS:
        return abs(convert(Quantity(absolute[0], parse_unit(absolute[1])), observed.unit, analyte=analyte))
    if compare.form in SHARES:
        return ELSE_SHARE_OF_PEOPLE * _whole(observed.unit)
    share = SMALLEST_RELATIVE.get(compare.of, ELSE_RELATIVE)
    if compare.form in _RELATIVE_FORMS:
        return share * _whole(observed.unit)
    return share * abs(observed.value)


def _stated(text: str, compare: Compare, observed: Observed, analyte: str | None) -> float:
    if text.endswith("%") and compare.form not in {*_RELATIVE_FORMS, *SHARES}:
        return abs(observed.value) * convert(text, "1")
    return convert(text, observed.unit, analyte=analyte)


def _whole(unit: str) -> float:
    return convert(Quantity(1.0, parse_unit("1")), unit)


def with_tolerance(observed: Observed, half: float) -> Observed:
    """The observation with the tolerance in place of an interval."""
    how = f"{observed.how}; within {half:.3g}" + ("" if observed.unit == "1" else f" {observed.unit}")
    if observed.on_log and observed.value > half:
        se = math.log((observed.value + half) / observed.value) / Z
        return replace(observed, low=observed.value - half, high=observed.value + half, se=se, how=how)
    return replace(observed, low=observed.value - half, high=observed.value + half, se=half / Z, on_log=False, how=how)


def among_people(observed: Observed, sd: float) -> Observed:
    """A single case, allowed to be as far from the model's mean as 95 % of its people are (`sd` of them)."""
    half = Z * sd
    how = "one person, against the spread of the model's people"
    return replace(observed, low=observed.value - half, high=observed.value + half, se=sd, how=how)


def agrees(value: float, observed: Observed) -> bool:
    """Whether a number lies where the observation allows."""
    assert observed.low is not None
    assert observed.high is not None
    alone = observed.n == 1  # a single case bounds the people around it, not their mean
    if observed.relation == "<":
        return value < (observed.high if alone else observed.value)
    if observed.relation == ">":
        return value > (observed.low if alone else observed.value)
    return observed.low <= value <= observed.high


def size(value: float, se: float, observed: Observed) -> float:
    """The difference in standard errors."""
    assert observed.se is not None
    if (observed.relation, value < observed.value) in (("<", True), (">", False)):
        return 0.0
    if observed.on_log and value > 0 and observed.value > 0:
        gap, error = abs(math.log(value / observed.value)), math.hypot(observed.se, se / value)
    else:
        gap, error = abs(value - observed.value), math.hypot(observed.se, se)
    return gap / error if error > 0 else (0.0 if gap == 0 else math.inf)


def direction_of(
    compare: Compare, value: float, se: float, unit: str, analyte: str | None, n: int | None = None
) -> tuple[bool, float, str]:
    """Whether the model moves as the words say, how far off it is in the size of rule 3, and the rule in words.

    n: people of the study, where a correlation was said to be none.
    """
    if compare.direction in ("positive", "negative"):
        signed = value if compare.direction == "positive" else -value
        beyond = Z * se
        off = max(0.0, Z * (1 - signed / beyond)) if beyond > 0 else 0.0
        return signed > beyond, off, "sign, beyond sampling error"
    if compare.form == "correlation":
        return _no_correlation(compare, value, n)
    smallest = _smallest_for_words(compare, unit, analyte)
    said = f"smallest effect {smallest:.3g}" + ("" if unit == "1" else f" {unit}")
    if compare.direction == "unchanged":
        return abs(value) < smallest, Z * abs(value) / smallest, said
    signed = value if compare.direction == "up" else -value
    return signed >= smallest, max(0.0, Z * (1 + (smallest - signed) / smallest)), said


def _no_correlation(compare: Compare, value: float, n: int | None) -> tuple[bool, float, str]:
    if compare.direction != "unchanged" or n is None or n <= _LEAST_FOR_R:
        raise InputError(
            "a correlation in words is positive, negative, or none among people whose number is known",
            received=f"{compare.direction}, n {n}", where=compare.observed.text,
        )  # fmt: skip
    least = math.tanh(Z / math.sqrt(n - _LEAST_FOR_R))
    return abs(value) < least, Z * abs(value) / least, f"{n} people tell {least:.2g} from none"


_LEAST_FOR_R = 3  # people Fisher's z takes away


def _smallest_for_words(compare: Compare, unit: str, analyte: str | None) -> float:
    absolute = SMALLEST_ABSOLUTE.get(compare.of)
    if absolute and compare.form in _IN_UNITS:
        return convert(Quantity(absolute[0], parse_unit(absolute[1])), unit, analyte=analyte)
    if compare.form in _RELATIVE_FORMS:
        return SMALLEST_RELATIVE.get(compare.of, ELSE_RELATIVE)
    raise InputError(
        "words about a quantity without a smallest effect in a unit are compared in a relative form",
        received=f"{compare.of}, form {compare.form}", where=compare.observed.text,
        hint="relative_change or relative_difference; positive or negative for a balance",
    )  # fmt: skip
