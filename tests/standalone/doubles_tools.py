"""Making a test double of an organ, and running the body it stands in."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from tests.body.coupled import Phase

from cofactor.engine import Accuracy, Rates, Timeline, fast_engine
from cofactor.model import System
from cofactor.model._assemble import organ_name
from cofactor.model._declare import TAG, Declared

ACCURACY = Accuracy(1e-9)
"""A thousand times finer than the finest printed digit needs."""


def _declarations(organ: Any) -> Iterator[tuple[str, Any]]:
    """What an organ declares itself, not what its file imports from others."""
    for name, value in vars(organ).items():
        declared = value if isinstance(value, Declared) else getattr(value, TAG, None)
        if declared is not None and not (inspect.ismodule(organ) and declared.module != organ.__name__):
            yield name, value


def double_of(organ: Any, instead: Any = None, *, without: Sequence[str] = ()) -> SimpleNamespace:
    """The organ under its own name, less the declarations `without`, with those of `instead` in place of or beside its own.

    Every name left out must be one of the organ's, so that a double never outlives the equation it replaces.
    """
    own = dict(_declarations(organ))
    unknown = set(without) - own.keys()
    assert not unknown, f"{organ_name(organ)} declares no {', '.join(sorted(unknown))}"
    kept = {name: value for name, value in own.items() if name not in without}
    added = dict(_declarations(instead)) if instead is not None else {}
    return SimpleNamespace(__name__=organ_name(organ), **{**kept, **added})


def part_of(organ: Any, *names: str) -> SimpleNamespace:
    """The organ under its own name with these declarations only."""
    return double_of(organ, without=[name for name, _ in _declarations(organ) if name not in names])


class Body:
    """A System with one person's constants, and what he or she eats when nothing is said."""

    def __init__(
        self, system: System, parameters: Mapping[str, float] | None = None, habits: Mapping[str, float] | None = None
    ):
        self.system, self.habits = system, dict(habits or {})
        self.parameters = system.parameter_vector(parameters)

    def inputs(self, changes: Mapping[str, float] | None = None) -> np.ndarray:
        """Input vector."""
        return self.system.input_vector({**self.habits, **(changes or {})})

    def look(
        self, names: Sequence[str], states: np.ndarray, changes: Mapping[str, float] | None = None, day: float = 0.0
    ) -> np.ndarray:
        """Named quantities in given states."""
        values = Rates(self.system, self.parameters, self.inputs(changes)).values(names, states, day)
        return np.array(values, dtype=float)

    def follow(self, start: np.ndarray, phase: Phase, days: Sequence[float] | np.ndarray) -> np.ndarray:
        """States (days, states) in a phase of constant inputs; a day on which a dose is due shows the body before it."""
        pace = phase.every or phase.days
        edges = np.append(np.arange(phase.dose_count) * pace, phase.days)
        dose = np.zeros((1, self.system.size))
        for name, amount in phase.doses.items():
            dose[0, self.system.states[name].offset] = amount
        count = phase.dose_count
        timeline = Timeline(
            edges, np.zeros(count, int), np.full(count, 0 if phase.doses else -1), dose, np.asarray(days, dtype=float),
            np.zeros(len(days), int),
        )  # fmt: skip
        found = fast_engine(self.system).run(
            start[None], self.parameters[None], self.inputs(phase.inputs)[None, None], timeline, accuracy=ACCURACY
        )
        assert found.failures == (None,)
        return found.samples[0]
