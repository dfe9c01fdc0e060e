"""The kinds of value a key may hold. Each reads what TOML gave and returns a number in its canonical unit."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import PlainValidator, ValidationInfo

from cofactor.errors import UnitsError
from cofactor.scenario._problems import nearest, problem, shown
from cofactor.units import convert

BEFORE = -math.inf
"""The day of "before": already taken for long when the run starts."""

_DAY = re.compile(r"day\s+(-?[0-9]+(?:\.[0-9]+)?)", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class CanonicalUnit:
    """Annotation of a field: the unit its number is in, for the manifest."""

    text: str


@dataclass(frozen=True, slots=True)
class NormalDraw:
    """A key drawn for each person from a normal distribution; canonical unit, to be kept within [low, high]."""

    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LogNormalDraw:
    """A key drawn for each person from a log-normal distribution; log_sd is of the natural logarithm."""

    median: float
    log_sd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BetaDraw:
    """A share, 0 to 1, drawn for each person from a beta distribution."""

    alpha: float
    beta: float


Draw = NormalDraw | LogNormalDraw
Reader = Callable[[Any, ValidationInfo], Any]


def in_unit(
    value: Any, unit: str, *, key: str, analyte: str | None = None, weight: float | None = None,
    low: float = 0.0, high: float = math.inf, example: str = "1",
) -> float:  # fmt: skip
    """Text with a unit as a number in `unit`; a problem for a bare number, a misfit, or a value out of [low, high]."""
    example = f'for example {key} = "{example} {unit}"'
    if not isinstance(value, str):
        raise problem(f"{key} is text with its unit", received=shown(value), hint=example, units=True)
    try:
        number = convert(value, unit, analyte=analyte, body_weight_kg=weight)
    except UnitsError as error:
        if error.rule == "a quantity needs its unit":
            raise problem(f"{key} needs its unit", received=shown(value), hint=example, units=True) from None
        rule = f"{key} (in {unit} or a unit that fits): {error.rule}"
        hint = f"{error.hint}; {example}" if error.hint else example
        raise problem(rule, received=shown(value), hint=hint, units=True) from None
    return within(number, key=key, low=low, high=high, unit=unit, written=value)


def within(number: float, *, key: str, low: float, high: float, unit: str = "", written: object = None) -> float:
    """The number itself when finite and in [low, high], else a problem that states the range."""
    if math.isfinite(number) and low <= number <= high:
        return number
    suffix = f" {unit}" if unit else ""
    received = shown(number if written is None else written)
    if isinstance(written, str) and math.isfinite(number) and written.split()[-1:] != [unit]:
        received += f" (= {number:.6g}{suffix})"
    if low == 0 and not math.isfinite(high):
        raise problem(f"{key} is finite and not negative", received=received, hint="0 is the least")
    rule = f"{key} lies between {low:g} and {high:g}{suffix}"
    raise problem(rule, received=received, hint="the range is a guard against slips of unit or point")


def quantity(unit: str, *, low: float = 0.0, high: float = math.inf, analyte: str | None = None) -> tuple[Any, ...]:
    """Annotations of a field that is text with a unit."""

    def read(value: Any, info: ValidationInfo) -> float:
        return in_unit(value, unit, key=_key(info), analyte=analyte, low=low, high=high)

    return PlainValidator(read), CanonicalUnit(unit)


def number(*, low: float = -math.inf, high: float = math.inf, unit: str = "") -> tuple[Any, ...]:
    """Annotations of a field that is a plain number: a count of years, degrees, days, a fraction."""

    def read(value: Any, info: ValidationInfo) -> float:
        return plain_number(value, _key(info), low, high, unit)

    return PlainValidator(read), CanonicalUnit(unit)


def plain_number(value: Any, key: str, low: float, high: float, unit: str = "") -> float:
    """A TOML integer or float, finite and within [low, high], as a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        rule = f"{key} is a plain number{f' ({unit})' if unit else ''}"
        raise problem(rule, received=shown(value), hint="write it without quotes and without a unit")
    return within(_as_float(value), key=key, low=low, high=high, unit=unit, written=value)


def whole_number(*, low: int, high: int) -> tuple[Any, ...]:
    """Annotations of a field that counts."""

    def read(value: Any, info: ValidationInfo) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            hint = f"for example {_key(info)} = {max(low, 1)}"
            raise problem(f"{_key(info)} is a whole number", received=shown(value), hint=hint)
        if not low <= value <= high:
            hint = "leave it out for the default"
            raise problem(f"{_key(info)} lies between {low} and {high}", received=shown(value), hint=hint)
        return value

    return (PlainValidator(read),)


def choice(names: Iterable[str], what: str) -> tuple[Any, ...]:
    """Annotations of a field whose text is one of a closed list."""
    known = tuple(names)

    def read(value: Any, info: ValidationInfo) -> str:
        return chosen(value, known, what)

    return (PlainValidator(read),)


def choices(names: Iterable[str], what: str) -> tuple[Any, ...]:
    """Annotations of a field that lists names of a closed list, each once."""
    known = tuple(names)

    def read(value: Any, info: ValidationInfo) -> tuple[str, ...]:
        if not isinstance(value, list | tuple):
            raise problem(f"{_key(info)} is a list", received=shown(value), hint=f'write {_key(info)} = ["{known[0]}"]')
        return tuple(dict.fromkeys(chosen(item, known, what, index) for index, item in enumerate(value)))

    return (PlainValidator(read),)


def chosen(value: Any, known: tuple[str, ...], what: str, index: int | None = None) -> str:
    """`value` when it is one of the known names, else a problem (at item `index` of a list) with the nearest one."""
    if isinstance(value, str) and value in known:
        return value
    close = nearest(value, known) if isinstance(value, str) else None
    listed = ", ".join(known)
    hint = f"nearest: {close}; known: {listed}" if close and len(known) > 1 else f"known: {listed}"
    raise problem(f"{what} is one of a closed list", received=shown(value), hint=hint, key=index)


def duration(*, unit: str = "d", at_least: str | None = None) -> tuple[Any, ...]:
    """Annotations of a field that is a length of time above 0, or of `at_least` that long; in `unit`."""

    def read(value: Any, info: ValidationInfo) -> float:
        return time_span(value, _key(info), unit=unit, at_least=at_least)

    return PlainValidator(read), CanonicalUnit(unit)


def time_span(value: Any, key: str, *, unit: str = "d", at_least: str | None = None) -> float:
    """A length of time as a number of `unit`."""
    span = in_unit(value, unit, key=key, low=-math.inf)
    # the factor lets "300 s" pass for "5 minutes" whatever the rounding
    if at_least is not None and span < convert(at_least, unit) * (1 - 1e-12):
        raise problem(f"{key} is at least {at_least}", received=shown(value), hint=f'for example {key} = "1 day"')
    if not (math.isfinite(span) and span > 0):
        raise problem(f"{key} is longer than 0", received=shown(value), hint=f'for example {key} = "1 day"')
    return span


def moment(*, before: bool = False, past: bool = False, beyond: bool = False) -> tuple[Any, ...]:
    """Annotations of a field that is a point in time, as days from simulate.start.

    before: the word "before" is allowed (BEFORE); past: days before 0 are; beyond: days after the end of the run are,
    as for a stop, where it means "to the end" and not a plan that silently never happens.
    """

    def read(value: Any, info: ValidationInfo) -> float:
        key, context = _key(info), info.context or {}
        if value == "before":
            return _before(key, before)
        day = _day_of(value, key, context.get("start"))
        if day < 0 and not past:
            hint = 'start = "before" is for what is already taken for long' if before else "day 0 is simulate.start"
            raise problem(f"{key} is not before the run starts", received=shown(value), hint=hint)
        days = context.get("days", math.inf)
        if day > days and not beyond:
            rule = f"{key} lies within the run of {days:g} days"
            raise problem(rule, received=shown(value), hint="lengthen simulate.days")
        return day

    return PlainValidator(read), CanonicalUnit("d")


def _before(key: str, allowed: bool) -> float:
    if allowed:
        return BEFORE
    hint = "only the start of a supplement or a drug may be before it"
    raise problem(f"{key} is a day of the run", received="'before'", hint=hint)


def _day_of(value: Any, key: str, start: datetime.date | None) -> float:
    if isinstance(value, str):
        numbered = _DAY.fullmatch(value.strip())
        if numbered:
            return float(numbered.group(1))
    calendar = calendar_date(value, key, 'write "day 21" or a date such as "2026-10-01"')
    if start is None:
        raise problem(
            f"{key} is a date, so simulate.start has to be one",
            received=shown(value if isinstance(value, str) else str(value)),
            hint=f'write [simulate] start = "{calendar.isoformat()}", or {key} = "day 0"',
        )
    return float((calendar - start).days)


def calendar_date(value: Any, key: str, hint: str) -> datetime.date:
    """A calendar date from ISO text or a TOML date."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    if not (isinstance(value, str) and _DATE.fullmatch(value.strip())):
        received = str(value) if isinstance(value, datetime.datetime | datetime.time) else shown(value)
        raise problem(f"{key} is a day or a date", received=received, hint=hint)
    try:
        return datetime.date.fromisoformat(value.strip())
    except ValueError as error:
        raise problem(f"{key} is a date of the calendar", received=f"{value!r} ({error})", hint=hint) from None


@dataclass(frozen=True, slots=True)
class Trait:
    """A number that describes a person: its unit, its plausible range, and whether it is written with the unit."""

    unit: str
    low: float
    high: float
    example: str
    with_unit: bool = True

    def read(self, value: Any, key: str, *, low: float | None = None) -> float:
        """The trait as a number; `low` replaces the lower end of the range, for a spread."""
        lowest = self.low if low is None else low
        if self.with_unit:
            return in_unit(value, self.unit, key=key, low=lowest, high=self.high, example=self.example)
        return plain_number(value, key, lowest, self.high, self.unit)


def one_value(trait: Trait) -> tuple[Any, ...]:
    """Annotations of a trait of one person."""

    def read(value: Any, info: ValidationInfo) -> float:
        if isinstance(value, dict):
            hint = "a distribution { mean, sd } or { median, log_sd } stands in [population]"
            raise problem(f"{_key(info)} of one person is one value", received=shown(value), hint=hint)
        return trait.read(value, _key(info))

    return PlainValidator(read), CanonicalUnit(trait.unit)


def value_or_draw(trait: Trait) -> tuple[Any, ...]:
    """Annotations of a trait in a population: one value for all, or a distribution it is drawn from."""

    def read(value: Any, info: ValidationInfo) -> float | Draw:
        return _read_draw(value, _key(info), trait) if isinstance(value, dict) else trait.read(value, _key(info))

    return PlainValidator(read), CanonicalUnit(trait.unit)


def named_value_or_draw(trait: Trait, known: Mapping[str, BetaDraw]) -> tuple[Any, ...]:
    """As `value_or_draw`, or the name of a known distribution."""

    def read(value: Any, info: ValidationInfo) -> float | Draw | BetaDraw:
        if isinstance(value, str):
            return known[chosen(value, tuple(known), f"{_key(info)} by name")]
        return _read_draw(value, _key(info), trait) if isinstance(value, dict) else trait.read(value, _key(info))

    return PlainValidator(read), CanonicalUnit(trait.unit)


_LARGEST_LOG_SD = 3.0  # 95 % of people within a factor of 360: beyond it somebody meant a percentage


def _read_draw(value: dict[str, Any], key: str, trait: Trait) -> Draw:
    if set(value) == {"mean", "sd"}:
        mean, sd = trait.read(value["mean"], f"{key}.mean"), trait.read(value["sd"], f"{key}.sd", low=0.0)
        return NormalDraw(mean, sd, trait.low, trait.high)
    if set(value) == {"median", "log_sd"}:
        median = trait.read(value["median"], f"{key}.median")
        if trait.low < 0:
            rule, hint = f"{key} may be negative, so it has no log-normal distribution", "give mean and sd"
            raise problem(rule, received="median and log_sd", hint=hint)
        log_sd = plain_number(value["log_sd"], f"{key}.log_sd", 0.0, _LARGEST_LOG_SD)
        return LogNormalDraw(median, log_sd, trait.low, trait.high)
    close = {name: nearest(name, ("mean", "sd", "median", "log_sd")) for name in sorted(value)}
    unknown = [f"{name[:40]!r} (nearest: {known})" for name, known in close.items() if name != known]
    raise problem(
        f"a distribution of {key} has the keys mean and sd, or median and log_sd",
        received=", ".join(unknown or sorted(value)) or "no keys",
        hint=f"write {key} = {{ mean = ..., sd = ... }}",
    )


def _key(info: ValidationInfo) -> str:
    return info.field_name or "value"


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf
