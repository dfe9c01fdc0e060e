"""What an engine is asked to do: stretches of constant input, doses at their starts, times at which to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from cofactor.errors import InputError


@dataclass(frozen=True)
class Segment:
    """A stretch [start, stop) in days with constant inputs; at its start `resets` (state -> level) set states, and then
    `doses` (state -> amount) are added.

    A sample taken at the very start shows the body just before it: before reset and dose, under the inputs of the stretch
    before.
    """

    start: float
    stop: float
    inputs: np.ndarray
    doses: Mapping[str, float] = field(default_factory=dict)
    resets: Mapping[str, float | np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Trajectory:
    """Values of the asked quantities at `times` (days), the cumulative account of every flux, and what went wrong, if anything.

    After a failure the remaining values are NaN and `failure` gives the reason.
    """

    times: np.ndarray
    values: Mapping[str, np.ndarray]
    accounts: Mapping[str, np.ndarray]
    final: np.ndarray
    failure: str | None = None


@dataclass(frozen=True)
class Accuracy:
    """Relative tolerance of the error of one step; the absolute one is a hundredth of it times each state's size."""

    relative: float

    def absolute(self, sizes: np.ndarray) -> np.ndarray:
        """Absolute tolerance per state."""
        return self.relative * sizes / 100


ACCURACIES = {"default": Accuracy(1e-7), "tight": Accuracy(1e-10)}
SMALLEST_SIZE = 1e-3
"""Below this a state is measured against this size, not its own (coupled.md section 1)."""


def sizes_of(states: np.ndarray | Sequence[float]) -> np.ndarray:
    """The size each state is measured against."""
    return np.maximum(np.abs(np.asarray(states, dtype=float)), SMALLEST_SIZE)


SEAM = 1e-9
"""Two stretches meet when the end of one and the start of the next are nearer than this (days)."""


def require_plan(segments: Sequence[Segment], times: np.ndarray) -> None:
    """Raise InputError unless the stretches follow each other without gap or overlap and hold all sample times."""
    if not segments:
        raise InputError("a plan has at least one segment", received="none")
    for number, segment in enumerate(segments):
        if not (np.isfinite(segment.start) and np.isfinite(segment.stop) and segment.start <= segment.stop):
            raise InputError(
                "a segment starts at a day and stops at the same or a later one",
                received=f"[{segment.start:g}, {segment.stop:g}) d",
                where=f"segments[{number}]",
            )
    for number, (one, other) in enumerate(pairwise(segments)):
        gap = other.start - one.stop
        if abs(gap) > SEAM:
            raise InputError(
                f"segments follow each other without {'a gap' if gap > 0 else 'overlap'}",
                received=f"one stops at day {one.stop:g}, the next starts at day {other.start:g}",
                where=f"segments[{number + 1}]",
                hint="sort them by start; a pause is a segment with the inputs of the pause",
            )
    _require_times(times, segments[0].start, segments[-1].stop)


def _require_times(times: np.ndarray, first: float, last: float) -> None:
    if times.ndim != 1 or not np.all(np.isfinite(times)) or np.any(np.diff(times) <= 0):
        raise InputError(
            "sample times are days in rising order", received=np.array2string(times, threshold=8), where="times"
        )
    if len(times) and (times[0] < first or times[-1] > last):
        raise InputError(
            "sample times lie within the segments",
            received=f"days {times[0]:g} to {times[-1]:g} for a plan from day {first:g} to {last:g}",
            where="times",
        )
