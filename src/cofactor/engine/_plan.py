"""What an engine is asked to do: stretches of constant input, doses at their starts, times at which to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Segment:
    """A stretch [start, stop) in days with constant inputs; `doses` (state -> amount) are added at its start.

    A sample taken at the very time of a dose shows the body before the dose, under the inputs of the new stretch.
    """

    start: float
    stop: float
    inputs: np.ndarray
    doses: Mapping[str, float] = field(default_factory=dict)


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
