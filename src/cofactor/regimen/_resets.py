"""Pools set anew at a time: emptied, or as they were when the run started."""

from __future__ import annotations

from dataclasses import dataclass

from cofactor.errors import InputError
from cofactor.regimen._checks import check_time

LEVELS = ("zero", "start")


@dataclass(frozen=True, slots=True)
class Reset:
    """On day `day` the states in `states` (none named: every pool for "zero", every state for "start") are set.

    to: "zero", or "start": as they were when the run started. Resets come before the doses of the same instant, in the
    order they are listed; a sample at that very time shows the body before both. Raises InputError for a time before day 0
    and for another level.
    """

    day: float
    states: tuple[str, ...] = ()
    to: str = "zero"

    def __post_init__(self) -> None:
        where = f"Reset of {', '.join(self.states) or 'everything'}"
        check_time(self.day, "day", where)
        if self.to not in LEVELS:
            raise InputError("a reset is to one of " + ", ".join(LEVELS), received=self.to, where=where)
