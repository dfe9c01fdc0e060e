"""Running the coupled adult in a test: phases of constant inputs one after the other, and the books of every element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

from cofactor.body import adult
from cofactor.engine import Rates, Segment, Trajectory, integrate, rest
from cofactor.model import System

MINERALS = ("calcium", "phosphorus", "magnesium")
ELEMENTS = (*MINERALS, "vitamin_d", "teriparatide", "denosumab")
CLOSED = 1e-9
"""How far intake - losses - change of stores may be from zero, relative to what crossed the border (issue 3)."""


@dataclass(frozen=True)
class Phase:
    """`days` of changed inputs; doses (pool -> amount) at its start and, with `every`, again each so many days."""

    days: float
    inputs: Mapping[str, float] = field(default_factory=dict)
    doses: Mapping[str, float] = field(default_factory=dict)
    every: float | None = None

    @property
    def dose_count(self) -> int:
        """How often the doses are given."""
        return round(self.days / self.every) if self.every else 1

    def segments(self, system: System) -> list[Segment]:
        """Stretches of constant input, one a dose."""
        inputs = system.input_vector(self.inputs)
        pace = self.every or self.days
        return [
            Segment(k * pace, self.days if k == self.dose_count - 1 else (k + 1) * pace, inputs, self.doses)
            for k in range(self.dose_count)
        ]


@lru_cache(maxsize=1)
def resting() -> np.ndarray:
    """States of the reference adult."""
    return rest(adult(), adult().parameter_vector(), adult().input_vector())


def place(state: str) -> int:
    """Where a state stands in the state vector."""
    return adult().states[state].offset


def look(
    names: Sequence[str],
    states: np.ndarray,
    *,
    inputs: Mapping[str, float] | None = None,
    parameters: Mapping[str, float] | None = None,
    system: System | None = None,
) -> dict[str, float]:
    """Named quantities of the body in given states."""
    body = system or adult()
    values = Rates(body, body.parameter_vector(parameters), body.input_vector(inputs)).values(names, states)
    return dict(zip(names, values, strict=True))


def follow(
    phase: Phase,
    start: np.ndarray,
    outputs: Sequence[str],
    *,
    parameters: Mapping[str, float] | None = None,
    times: Sequence[float] | np.ndarray = (),
    system: System | None = None,
) -> Trajectory:
    """The body through one phase at the default accuracy; outputs at `times` (days from its start) and at its end."""
    body = system or adult()
    looks = np.unique([*times, phase.days])
    return integrate(body, body.parameter_vector(parameters), start, phase.segments(body), looks, outputs)


def held_at_rest(cuts: Sequence[tuple[str, str]]) -> tuple[System, dict[str, float]]:
    """The adult with causal edges cut, and the parameters that hold the cut quantities at rest."""
    from cofactor.model import held_name

    values = look([source for source, _ in cuts], resting())
    return adult().cutting(cuts), {held_name(source, target): values[source] for source, target in cuts}


def rest_at_25ohd(level: float) -> tuple[np.ndarray, dict[str, float], dict[str, float]]:
    """States, parameters and inputs of the adult who rests at this 25(OH)D, by the vitamin D that comes in."""
    inputs = {"dietary_vitamin_d": 0.0}  # all of it as skin synthesis: below 5 nmol/L food alone gives more
    nearby = [resting()]

    def surplus(synthesis: float) -> float:
        parameters = adult().parameter_vector({"habitual_skin_synthesis": synthesis})
        nearby[0] = rest(adult(), parameters, adult().input_vector(inputs), nearby[0])
        return look(["serum_25ohd"], nearby[0])["serum_25ohd"] - level

    synthesis = brentq(surplus, 0.1, 200.0, xtol=1e-12)
    return nearby[0], {"habitual_skin_synthesis": synthesis}, inputs


def content(states: np.ndarray, element: str) -> float:
    """How much of an element the body holds."""
    pools = adult().inventory.pools
    return float(sum(p.of.get(element, 0.0) * states[place(name)] for name, p in pools.items()))


def imbalance(phase: Phase, start: np.ndarray, trajectory: Trajectory, element: str) -> float:
    """Gain less loss less change of stores, relative to what crossed the border."""
    crossed = [trajectory.accounts[m.name][-1] * m.gains.get(element, 0.0) for m in adult().movements.values()]
    dosed = sum(adult().inventory.pools[name].of.get(element, 0.0) * dose for name, dose in phase.doses.items())
    gain = sum(v for v in crossed if v > 0) + phase.dose_count * dosed
    loss = -sum(v for v in crossed if v < 0)
    change = content(trajectory.final, element) - content(start, element)
    return abs(gain - loss - change) / max(gain, loss, 1e-9)
