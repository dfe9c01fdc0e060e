"""What a study of skin or sun records and no organ shows: PASI as rated in a trial, what a month has brought, a first plaque,
how far the year of 25(OH)D trails that of the sun.

Each is computed from an arm's whole run: it may look at several days and at the luck of its people (psoriasis.md 2g).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cofactor.people import BURN_IN_DAYS, skin_noise
from cofactor.qualify._arms import ArmRun
from cofactor.trials import Luck, luck, observed_pasi

MONTH_DAYS = 30.0
LASTING_DAYS = 60.0
"""A plaque is psoriasis when it has stayed so long; passing inflammation is none."""
_HALF_A_YEAR = 182.6
_LESS_THAN_A_SITE = 0.04
"""Share of skin sites: one of twenty is 0.05."""

Compute = Callable[[ArmRun, float], np.ndarray]


@dataclass(frozen=True)
class Recorded:
    """How to compute a quantity of a run on a day: what it needs of the body, its unit, how far back it looks (days)."""

    doc: str
    needs: tuple[str, ...]
    unit: str
    compute: Compute
    analyte: str | None = None
    back: tuple[float, ...] = ()


# -- PASI as recorded ------------------------------------------------------------------------------------------------------


def _luck(run: ArmRun, days: list[int]) -> Luck:
    return luck(run.seed, run.numbers, days)


def _rated(taken: str, *, remission: bool) -> Compute:
    def compute(run: ArmRun, day: float) -> np.ndarray:
        visits = [0, round(day)]
        pasi = np.array([run.at("pasi", visit) for visit in visits])
        return observed_pasi(pasi, visits, _luck(run, visits), taken=taken, remission=remission)[1]

    return compute


def _second_rating(run: ArmRun, day: float) -> np.ndarray:
    """Another rating of the same skin: the rater's luck of the next day."""
    dealt = _luck(run, [round(day) + 1])
    return observed_pasi(run.at("pasi", day)[None], [0], dealt, taken="natural history", remission=False)[0]


def _between_ratings(run: ArmRun, day: float) -> np.ndarray:
    return np.abs(_rated("natural history", remission=False)(run, day) - _second_rating(run, day))


# -- months ----------------------------------------------------------------------------------------------------------------


def _month_of_pasi(run: ArmRun, day: float) -> np.ndarray:
    rated = _rated("natural history", remission=False)
    return np.log(rated(run, day) / rated(run, day - MONTH_DAYS))


def _month_of_stress(months_ago: int) -> Compute:
    def compute(run: ArmRun, day: float) -> np.ndarray:
        last = BURN_IN_DAYS + math.floor(day - months_ago * MONTH_DAYS)
        unique, place = np.unique(run.numbers, return_inverse=True)
        course = skin_noise(run.seed, tuple(unique.tolist()), BURN_IN_DAYS + math.floor(day))["stress_noise"]
        return course[last - int(MONTH_DAYS) : last, place].mean(axis=0)

    return compute


# -- since the start -------------------------------------------------------------------------------------------------------


def _gain(name: str) -> Compute:
    return lambda run, day: run.at(name, day) - run.at(name, 0.0)


def _relative(name: str) -> Compute:
    return lambda run, day: run.at(name, day) / run.at(name, 0.0)


# -- the year of sun -------------------------------------------------------------------------------------------------------


def _after_the_longest_day(name: str) -> Compute:
    """Days from the longest day of the north to the visit at which somebody has most of `name`, within half a year of it."""

    def compute(run: ArmRun, day: float) -> np.ndarray:
        assert run.plan.simulate.start is not None
        solstice = (run.plan.simulate.start.replace(month=6, day=21) - run.plan.simulate.start).days
        summer = (run.times <= day) & (np.abs(run.times - solstice) < _HALF_A_YEAR)
        return run.times[summer][np.argmax(run.values[name][:, summer], axis=1)] - solstice

    return compute


def _sun_dose(run: ArmRun, day: float) -> np.ndarray:
    """Mean over the visits up to that day: the dose on skin in the sun, as if all skin shared it."""
    seen = run.times <= day
    return (run.values["sun_erythemal_dose"] * run.values["exposed_fraction"])[:, seen].mean(axis=1)


def _without_psoriasis(run: ArmRun, day: float) -> np.ndarray:
    """0 for those in whom a plaque has stayed for LASTING_DAYS by that day, else 1."""
    times = run.times[run.times <= day]
    held = run.values["sites_with_plaque"][:, : len(times)] > _LESS_THAN_A_SITE
    stayed, longest = np.zeros(len(held)), np.zeros(len(held))
    for k in range(1, len(times)):
        stayed = np.where(held[:, k] & held[:, k - 1], stayed + times[k] - times[k - 1], 0.0)
        longest = np.maximum(longest, stayed)
    return np.where(longest >= LASTING_DAYS, 0.0, 1.0)


RECORDED: dict[str, Recorded] = {
    "rated_pasi": Recorded(
        "PASI as a rater records it, of people who are watched", ("pasi",), "points", _rated("natural history", remission=False)
    ),
    "pasi_in_trial": Recorded(
        "PASI as rated in a trial of something taken: placebo response and remissions in every arm", ("pasi",), "points",
        _rated("systemic", remission=True),
    ),
    "pasi_on_ointment": Recorded(
        "PASI as rated in a trial of an ointment: response to the vehicle and remissions in every arm", ("pasi",), "points",
        _rated("vehicle", remission=True),
    ),
    "second_rating": Recorded("PASI as rated once more", ("pasi",), "points", _second_rating),
    "difference_of_ratings": Recorded(
        "two ratings of one skin, apart", ("pasi",), "points", _between_ratings
    ),
    "pasi_of_the_month": Recorded(
        "logarithm of rated PASI over that a month before", ("pasi",), "1", _month_of_pasi, back=(MONTH_DAYS,)
    ),
    "stress_of_the_month": Recorded(
        "stress of the last thirty days, in SD", ("pasi",), "1", _month_of_stress(0)
    ),
    "stress_of_the_month_before": Recorded(
        "stress of the thirty days before the last thirty, in SD", ("pasi",), "1", _month_of_stress(1)
    ),
    "gain_of_25ohd": Recorded(
        "25(OH)D less that at the start", ("serum_25ohd",), "nmol/L", _gain("serum_25ohd"), "25ohd"
    ),
    "gain_of_d3": Recorded("D3 less that at the start", ("serum_d3",), "nmol/L", _gain("serum_d3"), "vitamin_d3"),
    "peak_of_25ohd_after_the_longest_day": Recorded(
        "days from 21 June to the visit with the highest 25(OH)D", ("serum_25ohd",), "d", _after_the_longest_day("serum_25ohd")
    ),
    "whole_body_equivalent_sun_dose": Recorded(
        "sun on the skin that is exposed, shared by all skin; the mean of all visits", ("sun_erythemal_dose", "exposed_fraction"),
        "SED/d", _sun_dose,
    ),
    "relative_pasi": Recorded("PASI over that at the start, before any rater", ("pasi",), "1", _relative("pasi")),
    "without_psoriasis": Recorded(
        "0 for people in whom a plaque has stayed for 60 days, else 1", ("sites_with_plaque",), "1", _without_psoriasis
    ),
}  # fmt: skip
