"""Numbers of an arm's people, and what a comparison asks of them: which days, which quantities, which of the people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cofactor.errors import InputError
from cofactor.qualify._arms import ArmRun, days_of
from cofactor.qualify._derived import DERIVED
from cofactor.qualify._emulation import Among, Compare
from cofactor.qualify._recorded import RECORDED
from cofactor.units import CANONICAL, Unit, convert, parse_unit

ONE = parse_unit("1")


@dataclass(frozen=True)
class Modelled:
    """One number of the model in `unit`: the estimate compared, the sampling error of it, and the people behind it.

    `each` holds a number per person where there is one; `se` is of the logarithm for a ratio.
    """

    estimate: float
    se: float
    unit: Unit
    analyte: str | None
    each: np.ndarray | None = None


@dataclass(frozen=True)
class Times:
    """The days a comparison looks at; `beside` are those that only others of its quantities need."""

    at: float
    since: float
    line: tuple[float, ...]
    retention: tuple[float, float, float] = (0.0, 0.0, 0.0)
    beside: tuple[float, ...] = ()

    @property
    def all(self) -> tuple[float, ...]:
        """Every day an arm has to be looked at."""
        return (self.at, self.since, *self.line, *self.retention, *self.beside)


def times_of(compare: Compare, day: float | None, where: str) -> Times:
    """The days of a comparison; `day` is the time of the printed number, used where `at` is not given."""
    line = tuple(days_of(text, where) for text in compare.times)
    if compare.at:
        at = days_of(compare.at, where)
    elif day is not None or line:
        at = day if day is not None else max(line, default=0.0)
    else:
        raise InputError("a comparison needs a time: the printed number has none", received=compare.of, where=where)
    since = days_of(compare.since, where)
    if compare.every:
        line = tuple(float(visit) for visit in np.arange(since, at + 1e-9, days_of(compare.every, where)))
    beside = [at - back for name in (compare.of, compare.against) if name in RECORDED for back in RECORDED[name].back]
    if compare.among is not None:
        beside.append(days_of(compare.among.at, where))
    if min(beside, default=0.0) < 0:
        raise InputError("what looks back begins within the run", received=f"day {min(beside):g}", where=where)
    retention = (at - 1, at, at + 1) if compare.form == "retention" else ()
    return Times(at, since, line, retention, tuple(beside))  # type: ignore[arg-type]


def quantities_of(compare: Compare) -> tuple[str, ...]:
    """What a comparison needs of the body."""
    if compare.form == "retention":
        return ()
    among = "" if compare.among is None else compare.among.of
    names = [name for name in (compare.of, compare.against, among) if name]
    return tuple(need for name in names for need in _needs(name))


def _needs(name: str) -> tuple[str, ...]:
    for known in (DERIVED, RECORDED):
        if name in known:
            return known[name].needs
    return (name,)


def values(run: ArmRun, name: str, day: float) -> np.ndarray:
    """A quantity, derived or recorded ones too, a number per person."""
    if name in RECORDED:
        return RECORDED[name].compute(run, day)
    if name not in DERIVED:
        return run.at(name, day)
    derived = DERIVED[name]
    looked = 0.0 if derived.at_rest else day
    return derived.compute({need: run.at(need, looked) for need in derived.needs}, day, run.weights)


def unit(run: ArmRun, name: str) -> tuple[Unit, str | None]:
    """Unit and analyte of a quantity."""
    for known in (DERIVED, RECORDED):
        if name in known:
            return parse_unit(known[name].unit), known[name].analyte
    return run.unit_of(name), CANONICAL[name].analyte if name in CANONICAL else _mineral_in(name)


def _mineral_in(name: str) -> str | None:
    """The mineral a quantity of the body is named after: filtered_magnesium is magnesium."""
    return next((mineral for mineral in ("magnesium", "calcium", "phosphate") if mineral in name), None)


def standard_error(each: np.ndarray) -> float:
    """Of a mean."""
    return float(np.std(each, ddof=1) / math.sqrt(len(each))) if len(each) > 1 else 0.0


def mean(compare: Compare, each: np.ndarray, of: Unit, analyte: str | None) -> Modelled:
    """Mean, or median where the comparison says so, of a number per person."""
    centre = float(np.median(each) if compare.statistic == "median" else np.mean(each))
    return Modelled(centre, standard_error(each), of, analyte, each)


def share(counted: np.ndarray) -> Modelled:
    """Share of people in whom something is so."""
    p = float(np.mean(counted))
    return Modelled(p, math.sqrt(p * (1 - p) / len(counted)), ONE, None)


# -- some of the people ----------------------------------------------------------------------------------------------------


def of_those(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Mapping[str, ArmRun]:
    """The arms with only the people who count. Raises InputError where nobody does."""
    among = compare.among
    if among is None:
        return runs
    day = times.beside[-1]
    names = {name for name in (compare.arm, compare.versus, *compare.arms) if name}
    return {name: run.only(_counted(among, run, day, name)) for name, run in runs.items() if name in names}


def _counted(among: Among, run: ArmRun, day: float, name: str) -> np.ndarray:
    level, (of, analyte) = values(run, among.of, day), unit(run, among.of)
    at_start = values(run, among.of, 0.0) if among.fallen_below or among.not_fallen_below else level
    if among.below:
        found = level < convert(among.below, of, analyte=analyte)
    elif among.above:
        found = level > convert(among.above, of, analyte=analyte)
    elif among.fallen_below:
        found = level < convert(among.fallen_below, ONE) * at_start
    else:
        found = level >= convert(among.not_fallen_below, ONE) * at_start
    if not found.any():
        raise InputError("a comparison is of somebody", received=f"nobody with such {among.of}", where=f"arm {name}")
    return found
