"""From a reference to what was observed: the printed number, its 95 % interval and how that came about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scipy.special import stdtrit

from cofactor.errors import InputError
from cofactor.evidence import Effect, Measurement, Row, load_rows
from cofactor.qualify._emulation import Emulation, Reference
from cofactor.units import Quantity, convert, parse_unit

Z = 1.959963984540054  # normal quantile at 0.975
_NORMAL_QUARTILES = 1.3489795003921634  # distance of the quartiles of a normal distribution, in SD
_SE_OF_MEDIAN = 1.2533141373155003  # sqrt(pi / 2): SE of a median in SE of the mean, for a normal distribution
_SE_OF_QUARTILE = 1.3626  # sqrt(p (1 - p)) / density, at p = 0.25 of a normal distribution


@dataclass(frozen=True)
class Observed:
    """What a study printed: value with its 95 % interval, its standard error, and how the interval came about.

    `on_log` marks ratios, whose `se` is of the logarithm. `value` is the middle where only a range is printed
    (`is_range`); `low` and `high` are None where nothing but the number is printed. `words` is for results in words.
    """

    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    se: float | None = None
    on_log: bool = False
    is_range: bool = False
    how: str = "no spread printed"
    n: int | None = None
    day: float | None = None
    time: str = ""
    name: str = ""
    relation: str = "="
    recalled: bool = False
    words: str = ""


def row_named(identifier: str, where: str) -> Row:
    """The evidence row of that id. Raises InputError naming the emulation when there is none."""
    for row in load_rows():
        if row.id == identifier:
            return row
    raise InputError("an emulation stands on an evidence row", received=identifier, where=where)


def resolve(reference: Reference, emulation: Emulation, *, share_of_people: bool = False) -> Observed:
    """The printed number a reference points at.

    `share_of_people`: a share is a count of people, so its interval follows from n. Raises InputError when the row, the
    entry or the words are not there, or when more than one entry fits.
    """
    where = f"{emulation.file}, emulation of {emulation.row}"
    row = row_named(reference.row or emulation.row, where)
    if reference.text:
        return _words(reference, row, where)
    entry = _entry(reference, row, where)
    first = (
        _of_effect(entry, reference, row, where)
        if isinstance(entry, Effect)
        else _of_measurement(entry, reference, row, share_of_people, where)
    )
    if reference.as_zero:
        how = f"nought by definition at the printed {first.value:g} {first.unit}"
        return Observed(0.0, first.unit, how=how, day=first.day, recalled=first.recalled, name=first.name)
    second = reference.over or reference.minus
    if second is None:
        return first
    of_the_same_row = second.model_copy(update={"row": second.row or reference.row})
    return _combined(first, resolve(of_the_same_row, emulation), is_ratio=reference.over is not None)


def as_text(reference: Reference, emulation: Emulation) -> str:
    """A printed number as a scenario takes it: "0.8 mmol/L"."""
    found = resolve(reference, emulation)
    return f"{found.value!r} {found.unit}"


def _words(reference: Reference, row: Row, where: str) -> Observed:
    if reference.text not in row.result:
        raise InputError(
            "words are quoted as the row prints them", received=repr(reference.text), where=where, hint=row.result
        )
    recalled = "result" in row.recalled_fields
    n = None if row.n is None else max(row.n // max(len(row.arms), 1), 1)
    return Observed(math.nan, "1", words=reference.text, how="printed in words", n=n, recalled=recalled)


# -- finding the entry --------------------------------------------------------------------------------------------------


def _entry(reference: Reference, row: Row, where: str) -> Measurement | Effect:
    entries: Sequence[Any] = row.results if reference.result else row.effects
    names = [getattr(entry, "name" if reference.result else "outcome") for entry in entries]
    asked = reference.result or reference.effect
    keys = {key: getattr(reference, key) for key in ("arm", "versus", "time", "kind", "unit", "note")}
    given = {key: value for key, value in keys.items() if value is not None}
    fits = [
        entry
        for entry, name in zip(entries, names, strict=True)
        if name == asked and all(getattr(entry, key, None) == value for key, value in given.items())
    ]
    if len(fits) == 1:
        return fits[0]
    kind = "results" if reference.result else "effects"
    said = asked + "".join(f", {key} = {value!r}" for key, value in given.items())
    problem = "more than one fits" if fits else "none fits"
    raise InputError(
        f"a reference names one of the {kind} of {row.id}; {problem}", received=said, where=where,
        hint=f"{kind}: " + "; ".join(_said(entry, name) for entry, name in zip(entries, names, strict=True)),
    )  # fmt: skip


def _said(entry: Measurement | Effect, name: str) -> str:
    parts = [name, entry.arm or "-", entry.time or "-"]
    return " | ".join([*parts, entry.versus] if isinstance(entry, Effect) else parts)


# -- intervals -----------------------------------------------------------------------------------------------------------


def student(n: int | None) -> float:
    """The quantile that turns a standard error from n people into a 95 % interval; normal where n is not known."""
    return float(stdtrit(n - 1, 0.975)) if n is not None and n > 1 else Z


def people_behind(entry: Measurement | Effect, row: Row) -> int | None:
    """People a number rests on: its own n, else the row's, shared out evenly over its arms."""
    if entry.n is not None:
        return entry.n
    if row.n is None:
        return None
    return max(row.n // max(len(row.arms), 1), 1) if isinstance(entry, Measurement) else row.n


def _of_measurement(m: Measurement, reference: Reference, row: Row, share_of_people: bool, where: str) -> Observed:
    n = people_behind(m, row)
    base = Observed(
        math.nan if m.value is None else m.value, m.unit, n=n, day=m.day, time=m.time, name=m.name, relation=m.relation,
        recalled=m.recalled,
    )  # fmt: skip
    if reference.part != "value":
        return _part(base, m, reference.part, n, where)
    if m.kind == "correlation" and n is not None and n > 3:
        return _of_correlation(base, n)
    if m.spread is not None:
        se = m.spread if m.spread_kind == "SE" else m.spread / math.sqrt(n) if n else None
        return base if se is None else _with_se(base, se, f"{m.spread_kind} of {n or 'unstated'} people")
    if m.low is not None and m.high is not None:
        return _from_ends(base, m, n)
    if share_of_people and n is not None:
        return _of_count(base, n)
    return base


def _from_ends(base: Observed, m: Measurement, n: int | None) -> Observed:
    assert m.low is not None
    assert m.high is not None
    width = m.high - m.low
    if m.spread_kind == "CI95":
        return replace(base, low=m.low, high=m.high, se=width / (2 * Z), how="printed 95 % interval")
    if m.spread_kind == "IQR" and n:
        se = _SE_OF_MEDIAN * width / _NORMAL_QUARTILES / math.sqrt(n)
        return _with_se(base, se, f"quartiles of {n} people, median")
    if m.spread_kind == "range" and m.value is None:
        middle = (m.low + m.high) / 2
        return replace(
            base, value=middle, low=m.low, high=m.high, se=width / (2 * Z), is_range=True, how="printed as a range"
        )
    return base


def _part(base: Observed, m: Measurement, part: str, n: int | None, where: str) -> Observed:
    value = getattr(m, part)
    if value is None:
        raise InputError(f"the number has no {part}", received=f"{m.name} ({m.spread_kind})", where=where)
    base = replace(base, value=value)
    if part == "spread":
        sd = value if m.spread_kind == "SD" else value * math.sqrt(n) if n else math.nan
        base = replace(base, value=sd)
        return _with_se(base, sd / math.sqrt(2 * (n - 1)), f"SD of {n} people") if n and n > 1 else base
    if m.spread_kind == "IQR" and n and m.low is not None and m.high is not None:
        sd = (m.high - m.low) / _NORMAL_QUARTILES
        return _with_se(base, _SE_OF_QUARTILE * sd / math.sqrt(n), f"quartile of {n} people")
    return replace(base, how=f"{part} end of the printed {m.spread_kind}")


def _of_correlation(base: Observed, n: int) -> Observed:
    """Fisher's transformation."""
    place, reach = math.atanh(base.value), Z / math.sqrt(n - 3)
    low, high = math.tanh(place - reach), math.tanh(place + reach)
    return replace(base, low=low, high=high, se=(high - low) / (2 * Z), how=f"{n} people, Fisher's z")


def _of_count(base: Observed, n: int) -> Observed:
    """Wilson's interval of a share of n people."""
    whole = _hundred(base.unit)
    p = base.value / whole
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    low = whole * (centre - half) if p > 0 else 0.0  # of nobody and of everybody the ends are exact
    high = whole * (centre + half) if p < 1 else whole
    return replace(base, low=low, high=high, se=(high - low) / (2 * Z), how=f"count of {n} people")


def _hundred(unit: str) -> float:
    """What the whole is in a unit of shares: 100 for %, 1 for plain fractions."""
    return convert(Quantity(1.0, parse_unit("1")), unit)


def _of_effect(effect: Effect, reference: Reference, row: Row, where: str) -> Observed:
    if reference.part in ("low", "high", "spread"):
        raise InputError("an effect is compared whole", received=reference.part, where=where)
    on_log = effect.kind == "ratio"
    base = Observed(
        effect.value, effect.unit, on_log=on_log, n=effect.n or row.n, day=effect.day, time=effect.time,
        name=effect.outcome, recalled=effect.recalled,
    )  # fmt: skip
    if effect.ci_low is not None and effect.ci_high is not None:
        width = math.log(effect.ci_high / effect.ci_low) if on_log else effect.ci_high - effect.ci_low
        return replace(base, low=effect.ci_low, high=effect.ci_high, se=width / (2 * Z), how="printed 95 % interval")
    if effect.se is None:
        return base
    return _with_se(base, effect.se, "SE, pairing ignored" if effect.derived else "printed SE")


def _with_se(base: Observed, se: float, how: str) -> Observed:
    reach = student(base.n) * se
    if base.on_log:
        low, high = base.value * math.exp(-reach), base.value * math.exp(reach)
    else:
        low, high = base.value - reach, base.value + reach
    return replace(base, low=low, high=high, se=se, how=how)


def _combined(first: Observed, second: Observed, *, is_ratio: bool) -> Observed:
    """Two printed numbers divided or taken away, errors added as if independent."""
    other = convert(Quantity(second.value, parse_unit(second.unit)), first.unit)
    scale = other / second.value if second.value else 1.0
    known = first.se is not None and second.se is not None
    n = min((k for k in (first.n, second.n) if k is not None), default=None)
    if is_ratio:
        se = math.hypot(first.se / first.value, second.se / second.value) if known else None  # type: ignore[operator]
        base = replace(first, value=first.value / other, unit="1", on_log=True)
        name = "ratio of two printed means"
    else:
        se = math.hypot(first.se, second.se * scale) if known else None  # type: ignore[operator]
        base = replace(first, value=first.value - other)
        name = "difference of two printed means"
    recalled = first.recalled or second.recalled
    base = replace(base, low=None, high=None, se=None, is_range=False, n=n, recalled=recalled, how=f"{name}, no spread")
    return base if se is None else _with_se(base, se, f"{name}, pairing ignored")
