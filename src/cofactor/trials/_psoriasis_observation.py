"""What a trial of psoriasis records when the body's PASI is known: placebo response, the rater, remission by itself.

Plain functions outside the body (psoriasis.md 2g); their numbers are counters' (seed, person, stream, day), so that a person
meets the same luck in every arm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cofactor.engine import daily_normals, daily_uniforms
from cofactor.errors import InputError

Values = np.ndarray[Any, np.dtype[np.float64]]

PLACEBO_RESPONSE = {"natural history": 0.0, "systemic": 0.10, "vehicle": 0.20}
"""Share of PASI that expectation and care take away in the end, by what is taken (psoriasis.md 2g; the vehicle's is weak)."""
PLACEBO_DAYS = 21.0
RATER_SPREAD = 0.15
"""SD of the logarithm of one rating (psoriasis.md 2g: 0.10-0.20)."""
REMISSION_SHARE, REMISSION_DAYS = 0.04, 84.0
"""Share of a trial's people who remit by themselves within twelve weeks (psoriasis.md 2g)."""
LEAST_REMISSION = 0.75
"""A remission is a fall of PASI by 75 % or more; how far beyond nobody has printed, so every depth is as likely."""


@dataclass(frozen=True)
class Luck:
    """What chance deals: ratings (visits, people), who remits (people,), when and how deep, each evenly spread in 0-1."""

    rating: Values
    remits: Values
    day: Values
    depth: Values


def luck(seed: int, people: Sequence[int] | Values, days: Sequence[int]) -> Luck:
    """The luck of numbered people at visits on whole days; the same for a person in every arm and company."""
    rating = daily_normals(seed, people, ["pasi_rating"], days)[:, 0, :].T
    remits, day, depth = daily_uniforms(seed, people, ["remission", "remission_day", "remission_depth"], [0])[:, :, 0].T
    return Luck(rating, remits, day, depth)


def placebo_factor(days: Values | float, response: float) -> Values:
    """PASI over what it would be without expectation and care, `days` after the start (psoriasis.md 2g, PL)."""
    return 1 - response * (1 - np.exp(-np.asarray(days, dtype=float) / PLACEBO_DAYS))


def observed_pasi(
    pasi: Values, days: Sequence[int], dealt: Luck, *, taken: str = "systemic", remission: bool = True
) -> Values:
    """The recorded PASI (visits, people) of the body's PASI of that shape, at visits on `days` of the trial.

    taken: "systemic" or "vehicle" in a trial (the active arm too), "natural history" where people only are watched;
    remission: whether people may remit by themselves within the first twelve weeks and stay so. Raises InputError for a kind
    that does not exist and for shapes that do not fit.
    """
    if taken not in PLACEBO_RESPONSE:
        raise InputError("what is taken is one of " + ", ".join(PLACEBO_RESPONSE), received=taken)
    if pasi.shape != dealt.rating.shape or len(days) != len(pasi):
        raise InputError(
            "PASI, visits and luck are of one trial",
            received=f"PASI {pasi.shape}, {len(days)} visits, luck {dealt.rating.shape}",
        )
    visits = np.asarray(days, dtype=float)[:, None]
    cleared = (dealt.remits < REMISSION_SHARE) & (visits >= dealt.day * REMISSION_DAYS) & (visits > 0)
    left = np.where(cleared & remission, (1 - LEAST_REMISSION) * (1 - dealt.depth), 1.0)
    recorded = pasi * left * placebo_factor(visits, PLACEBO_RESPONSE[taken]) * np.exp(RATER_SPREAD * dealt.rating)
    return np.minimum(recorded, 72.0)


def response_shares(recorded: Values, reductions: Sequence[float] = (0.75, 0.90, 1.0)) -> dict[float, float]:
    """Share of people (visits, people) whose last PASI is lower than their first by each reduction.

    A reduction of 1 counts PASI 1 or less as clear, as raters do not score traces (vocabulary: pasi100).
    """
    first, last = recorded[0], recorded[-1]
    clear = last <= 1.0
    return {cut: float(np.mean(clear if cut == 1.0 else last <= (1 - cut) * first)) for cut in reductions}
