"""The forms a comparison may have: from an arm's people to one number of the model, its error, and its spread."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from cofactor.errors import InputError
from cofactor.qualify import _response
from cofactor.qualify._arms import ArmRun
from cofactor.qualify._emulation import Compare
from cofactor.qualify._read import ONE, Modelled, Times, of_those, share, standard_error
from cofactor.qualify._read import mean as _mean
from cofactor.qualify._read import unit as _unit
from cofactor.qualify._read import values as _values
from cofactor.units import Quantity, Unit, convert

RETAINED_FLUX = "renal_magnesium_excretion"
"""The account a load test reads: what the kidney has excreted."""


def modelled(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    """The number of the model that a comparison asks for."""
    return _FORMS[compare.form](compare, of_those(compare, runs, times), times)


def people_compared(compare: Compare, runs: Mapping[str, ArmRun]) -> int:
    """People in the smallest arm a comparison uses, before it leaves any out."""
    arms = compare.arms or tuple(name for name in (compare.arm, compare.versus) if name)
    return min(len(runs[name].weights) for name in arms)


def _mean_ratio(compare: Compare, top: np.ndarray, below: np.ndarray, *, less_one: bool) -> Modelled:
    """Ratio of means, as trials print it; the spread is of each person's own ratio."""
    each = top / below
    middle = np.median if compare.statistic == "median" else np.mean
    ratio = float(middle(top) / middle(below))
    se = standard_error(np.log(each)) if np.all(each > 0) else standard_error(each)
    if less_one:
        return Modelled(ratio - 1, se * ratio, ONE, None, each - 1)
    return Modelled(ratio, se, ONE, None, each)


# -- forms ---------------------------------------------------------------------------------------------------------------


def _level(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    run = runs[compare.arm]
    return _mean(compare, _values(run, compare.of, times.at), *_unit(run, compare.of))


def _change(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    run = runs[compare.arm]
    each = _values(run, compare.of, times.at) - _values(run, compare.of, times.since)
    return _mean(compare, each, *_unit(run, compare.of))


def _extreme(largest: bool) -> Callable[[Compare, Mapping[str, ArmRun], Times], Modelled]:
    def form(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
        run = runs[compare.arm]
        course = np.stack([_values(run, compare.of, day) for day in times.line])
        each = course.max(axis=0) if largest else course.min(axis=0)
        return _mean(compare, each, *_unit(run, compare.of))

    return form


def _over_time(less_one: bool) -> Callable[[Compare, Mapping[str, ArmRun], Times], Modelled]:
    def form(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
        run = runs[compare.arm]
        top, below = _values(run, compare.of, times.at), _values(run, compare.of, times.since)
        return _mean_ratio(compare, top, below, less_one=less_one)

    return form


def _pair(compare: Compare, runs: Mapping[str, ArmRun], day: float) -> tuple[np.ndarray, np.ndarray]:
    """The two arms' values, person beside person: arms of one population hold the same people."""
    one, other = runs[compare.arm], runs[compare.versus]
    both, here, there = np.intersect1d(one.who, other.who, return_indices=True)
    if not len(both):
        raise InputError("two arms compared share people", received="none who finished in both", where=compare.of)
    return _values(one, compare.of, day)[here], _values(other, compare.of, day)[there]


def _difference(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    top, below = _pair(compare, runs, times.at)
    return _mean(compare, top - below, *_unit(runs[compare.arm], compare.of))


def _between(less_one: bool) -> Callable[[Compare, Mapping[str, ArmRun], Times], Modelled]:
    def form(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
        return _mean_ratio(compare, *_pair(compare, runs, times.at), less_one=less_one)

    return form


def _retention(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    """1 - (urine of the day from the infusion - urine of the day before it) / dose, as the load test is done."""
    run = runs[compare.arm]
    before, start, after = (run.account(RETAINED_FLUX, day) for day in times.retention)
    dose = sum(infusion.amount or 0.0 for infusion in run.plan.infusion)
    if dose <= 0:
        raise InputError("a load test infuses an amount", received=f"{dose:g}", where=f"arm {compare.arm}")
    return _mean(compare, 1 - ((after - start) - (start - before)) / dose, ONE, None)


def _share_of(compare: Compare, run: ArmRun, day: float) -> np.ndarray:
    unit, analyte = _unit(run, compare.of)
    return _values(run, compare.of, day) < convert(compare.threshold, unit, analyte=analyte)


def _share(above: bool) -> Callable[[Compare, Mapping[str, ArmRun], Times], Modelled]:
    def form(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
        below = _share_of(compare, runs[compare.arm], times.at)
        return share(~below if above else below)

    return form


def _risk(odds: bool) -> Callable[[Compare, Mapping[str, ArmRun], Times], Modelled]:
    def form(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
        # half a person added to each cell: a share of nought still has odds (Haldane 1940)
        one, other = (_share_of(compare, runs[name], times.at) for name in (compare.arm, compare.versus))
        a, b = np.sum(one) + 0.5, np.sum(~one) + 0.5
        c, d = np.sum(other) + 0.5, np.sum(~other) + 0.5
        if odds:
            return Modelled(float(a * d / (b * c)), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d), ONE, None)
        risk = (a / (a + b)) / (c / (c + d))
        return Modelled(float(risk), math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)), ONE, None)

    return form


def _sd(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    run = runs[compare.arm]
    each = _values(run, compare.of, times.at)
    sd = float(np.std(each, ddof=1))
    return Modelled(sd, sd / math.sqrt(2 * (len(each) - 1)), *_unit(run, compare.of))


def _quantile(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    run = runs[compare.arm]
    each = _values(run, compare.of, times.at)
    p = compare.quantile or 0.0
    low, high = (max(0.0, min(1.0, p + side * math.sqrt(p * (1 - p) / len(each)))) for side in (-1, 1))
    se = float(np.quantile(each, high) - np.quantile(each, low)) / 2
    return Modelled(float(np.quantile(each, p)), se, *_unit(run, compare.of))


def _correlation(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    run = runs[compare.arm]
    r = float(np.corrcoef(_values(run, compare.of, times.at), _values(run, compare.against, times.at))[0, 1])
    return Modelled(r, (1 - r**2) / math.sqrt(len(run.weights)), ONE, None)


def _line(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> tuple[np.ndarray, np.ndarray, ArmRun]:
    """Slope and intercept of `of` through `against`: each person's over times, or one line through the arms' means."""
    if compare.arms:
        chosen = [runs[name] for name in compare.arms]
        x = np.array([[np.mean(_values(run, compare.against, times.at)) for run in chosen]])
        y = np.array([[np.mean(_values(run, compare.of, times.at)) for run in chosen]])
    else:
        chosen = [runs[compare.arm]]
        x = np.stack([_values(chosen[0], compare.against, day) for day in times.line], axis=1)
        y = np.stack([_values(chosen[0], compare.of, day) for day in times.line], axis=1)
    x_off = x - x.mean(axis=1, keepdims=True)
    slope = np.sum(x_off * (y - y.mean(axis=1, keepdims=True)), axis=1) / np.sum(x_off**2, axis=1)
    return slope, y.mean(axis=1) - slope * x.mean(axis=1), chosen[0]


def _slope(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    slope, _, run = _line(compare, runs, times)
    top, analyte = _unit(run, compare.of)
    below, other = _unit(run, compare.against)
    if not compare.per:
        return _mean(compare, slope, top / below, analyte)
    return _mean(compare, slope * convert(compare.per, below, analyte=other), top, analyte)


def _crossing(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    slope, intercept, run = _line(compare, runs, times)
    return _mean(compare, -intercept / slope, *_unit(run, compare.against))


_FORMS: dict[str, Callable[[Compare, Mapping[str, ArmRun], Times], Modelled]] = {
    "level": _level,
    "peak": _extreme(largest=True),
    "trough": _extreme(largest=False),
    "change": _change,
    "relative_change": _over_time(less_one=True),
    "ratio": _over_time(less_one=False),
    "difference": _difference,
    "relative_difference": _between(less_one=True),
    "ratio_between": _between(less_one=False),
    "retention": _retention,
    "share_below": _share(above=False),
    "share_above": _share(above=True),
    "odds_ratio": _risk(odds=True),
    "relative_risk": _risk(odds=False),
    "sd": _sd,
    "quantile": _quantile,
    "correlation": _correlation,
    "slope": _slope,
    "crossing": _crossing,
    "mean_ratio": _response.mean_ratio,
    "responders": _response.responders,
    "share_raised": _response.share_raised,
    "share_gone": _response.share_gone,
    "incidence": _response.incidence,
    "first_below": _response.first_below,
    "remission": _response.remission,
    "share_in_remission": _response.share_in_remission(relapsed=False),
    "share_relapsed": _response.share_in_remission(relapsed=True),
}


def in_unit_of(value: float, unit: Unit, to: str, analyte: str | None) -> float:
    """A number of the model in the unit of the observation."""
    return convert(Quantity(value, unit), to, analyte=analyte)
