"""Forms of comparison that follow each person: how many respond, when a level is undercut, how long a gain lasts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from cofactor.errors import InputError
from cofactor.qualify._arms import ArmRun
from cofactor.qualify._emulation import Compare
from cofactor.qualify._read import ONE, Modelled, Times, mean, share, unit, values
from cofactor.units import convert, parse_unit

Form = Callable[[Compare, Mapping[str, ArmRun], Times], Modelled]

LOST = 0.5
"""A relapse: half of what was gained is lost (psoriasis.md 2j)."""
_DAYS = parse_unit("d")


def responders(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    """Share of people at or below a share of what they had at `since`: PASI75 is 25 %."""
    run = runs[compare.arm]
    left = values(run, compare.of, times.at) / values(run, compare.of, times.since)
    return share(left <= convert(compare.threshold, ONE))


def mean_ratio(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    """Each person's own ratio to `since`."""
    run = runs[compare.arm]
    return mean(compare, values(run, compare.of, times.at) / values(run, compare.of, times.since), ONE, None)


def share_raised(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    """Share of people above a multiple of what they have in the other arm."""
    one, other = runs[compare.arm], runs[compare.versus]
    _, here, there = np.intersect1d(one.who, other.who, return_indices=True)
    ratio = values(one, compare.of, times.at)[here] / values(other, compare.of, times.at)[there]
    return share(ratio > convert(compare.threshold, ONE))


def share_gone(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    """What is counted in everybody together and has gone since, as a share; the sampling error is that between people."""
    run = runs[compare.arm]
    before, after = values(run, compare.of, times.since), values(run, compare.of, times.at)
    left = float(after.sum() / before.sum())
    rest = after - left * before
    return Modelled(1 - left, float(np.std(rest, ddof=1) / before.mean() / math.sqrt(len(rest))), ONE, None)


def incidence(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    """People below the threshold by `at`, over the time `per` in which that could come about."""
    run = runs[compare.arm]
    of, analyte = unit(run, compare.of)
    found = share(values(run, compare.of, times.at) < convert(compare.threshold, of, analyte=analyte))
    days = convert(compare.per, _DAYS)
    return Modelled(found.estimate / days, found.se / days, parse_unit("1/d"), None)


def first_below(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    """Time until a level is first undercut, in multiples of `per` where it is given."""
    run = runs[compare.arm]
    of, analyte = unit(run, compare.of)
    level = convert(compare.threshold, of, analyte=analyte)
    under = np.array([values(run, compare.of, day) < level for day in times.line])
    waited = _first(under, times) - times.since
    if not compare.per:
        return mean(compare, waited, _DAYS, None)
    return mean(compare, waited / convert(compare.per, _DAYS), ONE, None)


def remission(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
    """Time until half of the gain is lost."""
    return mean(compare, _remissions(compare, runs, times), _DAYS, None)


def share_in_remission(*, relapsed: bool) -> Form:
    """Share of people who have kept (or lost) more than half of their gain through all visits up to `at`."""

    def form(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> Modelled:
        lost = np.asarray(_lost(compare, runs, times).any(axis=0))
        return share(lost if relapsed else ~lost)

    return form


def _remissions(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> np.ndarray:
    return _first(_lost(compare, runs, times), times) - times.since


def _lost(compare: Compare, runs: Mapping[str, ArmRun], times: Times) -> np.ndarray:
    """Whether half of the gain from day 0 to `since` is lost, (visits, people who gained)."""
    run = runs[compare.arm]
    start, end = values(run, compare.of, 0.0), values(run, compare.of, times.since)
    gained = end < start
    if not gained.any():
        raise InputError("a remission begins with a gain", received="nobody who gained", where=f"arm {compare.arm}")
    course = np.array([values(run, compare.of, day)[gained] for day in times.line])
    return course >= (end + LOST * (start - end))[gained]


def _first(happened: np.ndarray, times: Times) -> np.ndarray:
    """The first visit at which it has happened, a day per person; the last visit where it never has."""
    days = np.array(times.line)
    return np.where(happened.any(axis=0), days[happened.argmax(axis=0)], days[-1])
