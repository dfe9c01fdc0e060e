"""The three things a plan is made of. Each is immutable and refuses at birth what could not be integrated."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cofactor.errors import InputError


@dataclass(frozen=True, slots=True)
class Rate:
    """A steady intake added to the model input `given` on [start, stop).

    start, stop: days from the start of the run (stop may be infinite); amount: canonical unit of `given`, which is
    already per day. Raises InputError for a negative or non-finite amount and for a window that is empty.
    """

    given: str
    start: float
    stop: float
    amount: float

    def __post_init__(self) -> None:
        where = f"Rate of {self.given}"
        _check_window(self.start, self.stop, where)
        _check_level(self.amount, "amount", where)


@dataclass(frozen=True, slots=True)
class Hold:
    """The model input `given` replaced by `value` on [start, stop): a changed diet, a drug's block, an imposed level.

    start, stop: days (stop may be infinite); value: canonical unit of `given`. Raises InputError as Rate does.
    """

    given: str
    start: float
    stop: float
    value: float

    def __post_init__(self) -> None:
        where = f"Hold of {self.given}"
        _check_window(self.start, self.stop, where)
        _check_level(self.value, "value", where)


@dataclass(frozen=True, slots=True)
class Pulses:
    """`amount` put into the pool `pool` at once, `count` times, every `interval` days from day `first`.

    amount: unit of the pool. Raises InputError for a time before day 0, an interval that does not advance, a count
    below 1, and a negative or non-finite amount.
    """

    pool: str
    first: float
    interval: float
    count: int
    amount: float

    def __post_init__(self) -> None:
        where = f"Pulses into {self.pool}"
        _check_time(self.first, "first", where)
        _check_level(self.amount, "amount", where)
        if isinstance(self.count, bool) or not isinstance(self.count, int) or self.count < 1:
            raise InputError(
                "a train of pulses has a whole number of them, at least 1",
                received=f"count = {self.count!r}",
                where=where,
                hint="leave the train out if nothing is given",
            )
        if self.count > 1 and not (math.isfinite(self.interval) and self.interval > 0):
            raise InputError(
                "pulses are apart by a finite time above 0",
                received=f"interval = {self.interval!r} d",
                where=where,
                hint="for one pulse use count = 1",
            )

    def times(self) -> np.ndarray:
        """Days of the pulses, shape (count,): first + k * interval, so a year of them carries no summed rounding."""
        if self.count == 1:
            return np.array([self.first])
        return self.first + np.arange(self.count) * self.interval


def _check_window(start: float, stop: float, where: str) -> None:
    _check_time(start, "start", where)
    if math.isnan(stop) or stop <= start:
        raise InputError(
            "a window ends after it starts",
            received=f"start = {start!r} d, stop = {stop!r} d",
            where=where,
            hint="stop = inf keeps it to the end of the run",
        )


def _check_time(time: float, name: str, where: str) -> None:
    if math.isfinite(time) and time >= 0:
        return
    raise InputError(
        "a time is finite and not before day 0",
        received=f"{name} = {time!r} d",
        where=where,
        hint="what was taken before day 0 belongs to the habitual inputs",
    )


def _check_level(level: float, name: str, where: str) -> None:
    if math.isfinite(level) and level >= 0:
        return
    raise InputError(
        "what goes in is finite and not negative",
        received=f"{name} = {level!r}",
        where=where,
        hint="a smaller intake is a Hold at the lower value",
    )
