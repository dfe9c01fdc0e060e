"""What a plan puts in steadily: rates and holds. Each is immutable and refuses at birth what could not be integrated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cofactor.errors import InputError
from cofactor.regimen._checks import check_level, check_window


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
        check_window(self.start, self.stop, where)
        check_level(self.amount, "amount", where)


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
        check_window(self.start, self.stop, where)
        check_level(self.value, "value", where)


def piecewise(
    given: str, days: Sequence[float], amounts: Sequence[float], *, stop: float = math.inf
) -> tuple[Rate, ...]:
    """Rates that step: amounts[k] is added to `given` from days[k] to the next day, the last one until `stop`.

    amounts: canonical unit of `given`, per day. Raises InputError for days that do not rise, for lists of different
    length, and as Rate does.
    """
    where = f"piecewise rate of {given}"
    if len(days) != len(amounts) or not days:
        raise InputError(
            "a piecewise rate has one amount for each of its days",
            received=f"{len(days)} days, {len(amounts)} amounts",
            where=where,
        )
    edges = [*(float(day) for day in days), float(stop)]
    if any(not one < other for one, other in pairwise(edges)):
        raise InputError(
            "the days of a piecewise rate rise, and stop comes after the last",
            received=", ".join(f"{edge:g}" for edge in edges),
            where=where,
            hint="two rates at the same time are two piecewise rates: they add",
        )
    return tuple(Rate(given, *window, amount) for window, amount in zip(pairwise(edges), amounts, strict=True))
