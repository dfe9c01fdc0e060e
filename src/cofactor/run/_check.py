"""The engine's own error, measured on the run just made: some of its people again at a hundredth of the tolerance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cofactor.engine import FAST_ACCURACIES, Accuracy
from cofactor.people import Person
from cofactor.run._many import Task, run_people

CHECKED_PEOPLE = 8
_TIGHTER = 100
LARGEST_ERROR = 1e-3
"""A run whose worst observable is further than this from the tighter one does not pass its check."""


@dataclass(frozen=True)
class Check:
    """Largest and root-mean-square relative difference from the tighter run, and the observable that was worst."""

    people: int
    largest: float
    typical: float
    observable: str

    @property
    def holds(self) -> bool:
        """Whether the worst difference is small enough."""
        return self.largest <= LARGEST_ERROR


def check(task: Task, people: Sequence[Person]) -> Check:
    """Some of the people, evenly spread over the list, as the task runs them and at a hundredth of the tolerance.

    Differences are relative to the largest size of each observable in that person's run.
    """
    chosen = np.unique(np.linspace(0, len(people) - 1, min(CHECKED_PEOPLE, len(people))).astype(int))
    relative = FAST_ACCURACIES[task.accuracy].relative
    tight = replace(task, tolerance=Accuracy(relative / _TIGHTER), accounts=False)
    few = [people[i] for i in chosen]
    runs = zip(run_people(replace(task, accounts=False), few), run_people(tight, few), strict=True)
    errors = np.array([_differences(usual.values, truth.values) for usual, truth in runs])
    worst = int(np.nanargmax(np.nanmax(errors, axis=(0, 2)))) if np.isfinite(errors).any() else 0
    return Check(len(chosen), float(np.nanmax(errors)), float(np.sqrt(np.nanmean(errors**2))), task.outputs[worst])


def _differences(values: np.ndarray, truth: np.ndarray) -> np.ndarray:
    size = np.maximum(np.nanmax(np.abs(truth), axis=1, keepdims=True), 1e-12)
    return np.abs(values - truth) / size
