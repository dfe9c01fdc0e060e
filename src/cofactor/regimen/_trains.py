"""What a plan gives again and again: pulses into a pool, and infusions. Times are multiples, never running sums."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cofactor.errors import InputError
from cofactor.regimen._checks import check_level, check_train

_SECONDS_PER_DAY = 86_400
_SAME_SECOND = 1e-4
_LONGEST_CYCLE_DAYS = 400.0
"""Trains that come round together less often than about once a year have no cycle worth searching for."""


@dataclass(frozen=True, slots=True)
class Pulses:
    """`amount` put into the pool `pool` at once, `count` times, every `interval` days from day `first`.

    amount: unit of the pool. A lag between the dose and its arrival is part of `first`. With `habitual` the train has gone
    on for long when the run starts, so that the run starts in its steady state, and `first` is the first of the run. A
    sample at the very time of a pulse shows the body before it. Raises InputError for a time before day 0, an interval
    that does not advance, a count below 1, a negative or non-finite amount, and a habitual train whose `first` is not
    within one interval.
    """

    pool: str
    first: float
    interval: float
    count: int
    amount: float
    habitual: bool = False

    def __post_init__(self) -> None:
        where = f"Pulses into {self.pool}"
        check_train(self.first, self.interval, self.count, self.habitual, "pulses", where)
        check_level(self.amount, "amount", where)

    def times(self) -> np.ndarray:
        """Days of the pulses, shape (count,): first + k * interval, so a year of them carries no summed rounding."""
        return _multiples(self.first, self.interval, 0, self.count)

    def one_cycle(self, period: float) -> Pulses:
        """The pulses of one `period`, which is a multiple of the interval."""
        return Pulses(self.pool, self.first, self.interval, round(period / self.interval), self.amount, habitual=True)


@dataclass(frozen=True, slots=True)
class Infusions:
    """`amount` added to the model input `given` for `duration` days, `count` times, every `interval` days from day `first`.

    amount: canonical unit of `given`, per day. Infusions that overlap add. With `habitual` they have gone on for long when
    the run starts, and one begun before day 0 still runs. Raises InputError as Pulses does, and for a duration not above 0.
    """

    given: str
    first: float
    interval: float
    count: int
    duration: float
    amount: float
    habitual: bool = False

    def __post_init__(self) -> None:
        where = f"Infusions of {self.given}"
        check_train(self.first, self.interval, self.count, self.habitual, "infusions", where)
        check_level(self.amount, "amount", where)
        if not (math.isfinite(self.duration) and self.duration > 0):
            raise InputError(
                "an infusion lasts a finite time above 0",
                received=f"duration = {self.duration!r} d",
                where=where,
                hint="what is given at once is Pulses; what goes on for ever is a Rate",
            )

    def windows(self) -> tuple[np.ndarray, np.ndarray]:
        """Days each infusion starts and stops; of a habitual train those too that began before day 0 and still run."""
        earlier = math.ceil((self.first + self.duration) / self.interval) if self.habitual else 0
        starts = _multiples(self.first, self.interval, -earlier, self.count)
        stops = starts + self.duration
        still = stops > 0
        return starts[still], stops[still]

    def running(self, day: float) -> int:
        """How many run on `day`, from the right: one that starts then has started, one that stops then has stopped."""
        starts, stops = self.windows()
        return int(np.searchsorted(starts, day, side="right") - np.searchsorted(stops, day, side="right"))

    def running_before_the_run(self) -> int:
        """How many ran just before day 0."""
        earlier = math.ceil((self.first + self.duration) / self.interval) if self.habitual else 0
        starts = _multiples(self.first, self.interval, -earlier, 0)
        return int(np.count_nonzero(starts + self.duration >= 0))

    def one_cycle(self, period: float) -> Infusions:
        """The infusions of one `period`, which is a multiple of the interval."""
        count = round(period / self.interval)
        return Infusions(self.given, self.first, self.interval, count, self.duration, self.amount, habitual=True)


def common_period(intervals: Iterable[float]) -> float:
    """The shortest time (days) after which trains of these intervals come round together.

    Raises InputError when there is none within a year of whole seconds.
    """
    distinct = sorted(set(intervals))
    if len(distinct) == 1:
        return distinct[0]
    seconds = [round(interval * _SECONDS_PER_DAY) for interval in distinct]
    exact = [abs(s - i * _SECONDS_PER_DAY) <= _SAME_SECOND for s, i in zip(seconds, distinct, strict=True)]
    period = math.lcm(*seconds) / _SECONDS_PER_DAY if all(exact) else math.inf
    if period <= _LONGEST_CYCLE_DAYS:
        return period
    raise InputError(
        "doses going on for long come round together within a year",
        received="every " + ", ".join(f"{interval:g} d" for interval in distinct),
        where="Regimen",
        hint="give their intervals as whole multiples of one another",
    )


def _multiples(first: float, interval: float, begin: int, end: int) -> np.ndarray:
    if end - begin == 1 and begin == 0:
        return np.array([first])  # the interval of one alone may be anything
    return first + np.arange(begin, end) * interval
