"""What every entry of a plan is held to when it is made."""

from __future__ import annotations

import math

from cofactor.errors import InputError

TIME_RESOLUTION_DAYS = 1e-9
"""Changes nearer than this (86 microseconds) are one change: 0.1 * 3 and 0.3 must not make a step of 6e-17 d."""


def check_window(start: float, stop: float, where: str) -> None:
    """Raise InputError unless the window [start, stop) begins in the run and is not empty."""
    check_time(start, "start", where)
    if math.isnan(stop) or stop <= start:
        raise InputError(
            "a window ends after it starts",
            received=f"start = {start!r} d, stop = {stop!r} d",
            where=where,
            hint="stop = inf keeps it to the end of the run",
        )


def check_time(time: float, name: str, where: str) -> None:
    """Raise InputError unless the time is finite and not before day 0."""
    if math.isfinite(time) and time >= 0:
        return
    raise InputError(
        "a time is finite and not before day 0",
        received=f"{name} = {time!r} d",
        where=where,
        hint="what was taken before day 0 belongs to the habitual inputs, or is a train with habitual = True",
    )


def check_level(level: float, name: str, where: str) -> None:
    """Raise InputError unless what goes in is finite and not negative."""
    if math.isfinite(level) and level >= 0:
        return
    raise InputError(
        "what goes in is finite and not negative",
        received=f"{name} = {level!r}",
        where=where,
        hint="a smaller intake is a Hold at the lower value",
    )


def check_train(first: float, interval: float, count: int, habitual: bool, what: str, where: str) -> None:
    """Raise InputError unless `count` things every `interval` days from `first` can be; `what` names them."""
    check_time(first, "first", where)
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise InputError(
            f"a train of {what} has a whole number of them, at least 1",
            received=f"count = {count!r}",
            where=where,
            hint="leave the train out if nothing is given",
        )
    if (count > 1 or habitual) and not (math.isfinite(interval) and interval > TIME_RESOLUTION_DAYS):
        raise InputError(
            f"{what} are apart by a finite time above 0",
            received=f"interval = {interval!r} d",
            where=where,
            hint="for one alone use count = 1",
        )
    if habitual and first > interval - TIME_RESOLUTION_DAYS:
        raise InputError(
            f"of {what} already going on, the first of the run comes within one interval of day 0",
            received=f"first = {first!r} d, interval = {interval!r} d",
            where=where,
            hint=f"the one at day {math.fmod(first, interval):g} belongs to the train too",
        )
