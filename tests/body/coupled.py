"""Running the coupled adult in a test: phases of constant inputs one after the other, and the books of every element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from cofactor.body import adult
from cofactor.engine import Segment, Trajectory, integrate, rest

ELEMENTS = ("calcium", "phosphorus", "magnesium", "vitamin_d", "teriparatide", "denosumab")


@dataclass(frozen=True)
class Phase:
    """`days` of changed inputs; doses (pool -> amount) at its start and, with `every`, again each so many days."""

    days: float
    inputs: Mapping[str, float] = field(default_factory=dict)
    doses: Mapping[str, float] = field(default_factory=dict)
    every: float | None = None


@lru_cache(maxsize=1)
def resting() -> np.ndarray:
    """States of the reference adult."""
    return rest(adult(), adult().parameter_vector(), adult().input_vector())


def follow(
    phase: Phase,
    start: np.ndarray,
    outputs: Sequence[str],
    *,
    parameters: Mapping[str, float] | None = None,
    times: Sequence[float] = (),
    accuracy: str = "default",
) -> Trajectory:
    """The body through one phase; outputs at `times` (days from its start) and at its end."""
    inputs = adult().input_vector(phase.inputs)
    pace = phase.every or phase.days or 1.0
    starts = [k * pace for k in range(max(round(phase.days / pace), 1))]
    segments = [
        Segment(t, min(t + pace, phase.days), inputs, phase.doses if k == 0 or phase.every else {})
        for k, t in enumerate(starts)
    ]
    looks = np.unique([*times, phase.days])
    return integrate(adult(), adult().parameter_vector(parameters), start, segments, looks, outputs, accuracy=accuracy)


def content(states: np.ndarray, element: str) -> float:
    """How much of an element the body holds."""
    system = adult()
    pools = system.inventory.pools
    return float(sum(p.of.get(element, 0.0) * states[system.states[n].offset] for n, p in pools.items()))


def imbalance(phase: Phase, start: np.ndarray, trajectory: Trajectory, element: str) -> float:
    """Change of the stores less what crossed the border, relative to the larger of the two ways across it (or the dose)."""
    crossed = [
        trajectory.accounts[m.name][-1] * m.gains.get(element, 0.0) for m in adult().movements.values()
    ]
    doses = sum(adult().inventory.pools[n].of.get(element, 0.0) * amount for n, amount in phase.doses.items())
    times = round(phase.days / phase.every) if phase.every else 1
    gain = sum(v for v in crossed if v > 0) + times * doses
    loss = -sum(v for v in crossed if v < 0)
    change = content(trajectory.final, element) - content(start, element)
    return abs(change - (gain - loss)) / max(gain, loss, 1e-9)
