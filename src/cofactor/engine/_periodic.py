"""The periodic state of a whole population at once: where a body that tells the time itself returns after every period.

Newton's method on the map of one period, everybody together and with one Jacobian each, taken at rest: what a small
difference becomes over the period when the body goes through the mean of it. Near enough for a factor of ten a round, in
stores of decades too, which plain repetition would wait for. (`_steady` looks along the orbit instead: dearer, and for
plans of doses, which are far from any rest.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cofactor.engine._fast import FAST_ACCURACIES, FastEngine, Timeline
from cofactor.engine._plan import Accuracy, sizes_of
from cofactor.engine._rates import Rates
from cofactor.engine._resting import resting_states

RETURNED = 1e-6
"""A body has returned when no state differs by more than this share of its size from one period to the next."""
_ROUNDS = 25
_ROUGH_ROUNDS = 3  # from rest, at the common accuracy: they are far from returning
_FINE = Accuracy(1e-7)  # states of the year found with it are as those found at 1e-9, to 1e-6
_KEPT = 0.2  # a positive state keeps at least this share of itself in one step
_DOUBLINGS = (
    6  # the growth over a period is that of 2^6 implicit Euler steps: fast states vanish, slow ones keep their pace
)


@dataclass(frozen=True)
class Cycle:
    """States at the start of a period (people, states), the gap after one (share of size; NaN: failed), periods followed.

    `solve`: what Newton's steps were made with (people, free states, free states).
    """

    states: np.ndarray
    gaps: np.ndarray
    rounds: int
    solve: np.ndarray


def periodic(
    engine: FastEngine, parameters: np.ndarray, inputs: np.ndarray, period: float, clock: Mapping[str, float], *,
    near: Cycle | None = None, within: float = RETURNED,
) -> Cycle:  # fmt: skip
    """The periodic state under constant inputs of a body that holds its own clock.

    parameters (people, parameters), inputs (people, inputs); period: days; clock: the states that tell the phase, and what
    they are at the start of the period; near: the cycle of the same people under almost the same conditions, to begin
    from instead of rest with the clock stopped; within: the gap at which a body counts as returned. Who has no rest, or
    does not return, has a gap that is NaN or above it. Nobody's numbers depend on who else is there.
    """
    system = engine.system
    held = [system.states[name].offset for name in clock]
    free = np.array([i for i in range(system.size) if i not in held])
    states, gaps, solve = _first_guess(engine, parameters, inputs, period, free) if near is None else _copy(near)
    states[:, held] = list(clock.values())
    rounds, rough_rounds = 0, _ROUGH_ROUNDS if near is None else 0
    while rounds < _ROUNDS and (busy := np.flatnonzero(gaps > within)).size:
        rough = rounds < rough_rounds
        accuracy = FAST_ACCURACIES["default"] if rough else _FINE
        change = _one_period(engine, states[busy], parameters[busy], inputs[busy], period, accuracy)[:, free]
        now = np.max(np.abs(change) / sizes_of(states[np.ix_(busy, free)]), axis=1)
        done = (now <= within) & (not rough)  # a gap seen at the common accuracy says nothing below that accuracy
        gaps[busy] = np.where(done | np.isnan(now), now, np.maximum(now, 2 * within))
        left = gaps[busy] > within
        going = busy[left]
        _move(states, going, free, np.einsum("pij,pj->pi", solve[going], change[left]))
        rounds += 1
    return Cycle(states, gaps, rounds, solve)


def _first_guess(
    engine: FastEngine, parameters: np.ndarray, inputs: np.ndarray, period: float, free: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rest with the clock stopped where the System starts, gaps (NaN without rest), and (1 - growth over a period)^-1."""
    people = len(parameters)
    states, reasons = resting_states(engine, parameters, inputs)
    gaps = np.where([reason is None for reason in reasons], np.inf, np.nan)
    slopes = np.zeros((people, len(free), len(free)))
    for i in np.flatnonzero(gaps > 0):
        slopes[i] = Rates(engine.system, parameters[i], inputs[i]).jacobian(states[i])[np.ix_(free, free)]
    one = np.eye(len(free))
    growth = np.linalg.inv(one - slopes * (period / 2**_DOUBLINGS))
    for _ in range(_DOUBLINGS):
        growth = growth @ growth
    growth[~slopes.any(axis=2)] = 0.0  # a state that nothing moves stays where it is
    return states, gaps, np.linalg.inv(one - growth)


def _copy(near: Cycle) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return near.states.copy(), np.where(np.isfinite(near.gaps), np.inf, np.nan), near.solve


def _one_period(
    engine: FastEngine,
    starts: np.ndarray,
    parameters: np.ndarray,
    inputs: np.ndarray,
    period: float,
    accuracy: Accuracy,
) -> np.ndarray:
    """What changes over one period."""
    nobody = np.zeros((1, engine.system.size))
    edges, row, none = np.array([0.0, period]), np.zeros(1, dtype=int), np.full(1, -1)
    plan = Timeline(edges, row, none, nobody, np.zeros(0), np.zeros(0, dtype=int))
    swarm = engine.run(starts, parameters, inputs[:, None, :], plan, accuracy=accuracy)
    return swarm.finals[:, : engine.system.size] - starts


def _move(states: np.ndarray, who: np.ndarray, free: np.ndarray, step: np.ndarray) -> None:
    """The step, each positive state kept from losing more than four fifths of itself at once."""
    seats = np.ix_(who, free)
    old = states[seats]
    states[seats] = np.maximum(old + step, np.where(old > 0, _KEPT * old, -np.inf))
