"""Steady states under a train of doses: the body that ends a period as it began it, found by shooting.

The period map is the engine's own; what a small change at its start becomes at its end is estimated from the exact Jacobians
along the orbit (implicit Euler, so that fast states vanish and slow ones keep their pace) and improved by Broyden's rank-one
updates (Broyden 1965, doi 10.1090/S0025-5718-1965-0198670-6). Every person is searched alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from cofactor.engine._plan import sizes_of
from cofactor.engine._rates import Rates
from cofactor.errors import InputError
from cofactor.model import System

PIECES = 8
"""Pieces of a period with one Jacobian each."""

STEADY = 1e-5
"""A steady state is found when no state is further from it than this share of its size, a slow store's way to go included."""

_AIM = 1e-8
_MOST_ROUNDS = 40
_MOST_HALVINGS = 8
_STALLED_ROUNDS = 2
_WORSE = 2.0
_LARGEST_SHRINK = 0.2
_NEAR_ZERO = 1e-3
_NO_NEWS = 1e-12


class Orbit(NamedTuple):
    """One period of some people: states and inputs in the middle of each piece (people, pieces, ...), states at the end."""

    middles: np.ndarray
    inputs: np.ndarray
    ends: np.ndarray


Follow = Callable[[np.ndarray, np.ndarray], Orbit]
"""follow(states (m, states), people (m,)): these people through one period; NaN where one fails."""


def middles(period: float) -> np.ndarray:
    """Days at which an Orbit shows its states, shape (PIECES,)."""
    if not (np.isfinite(period) and period > 0):
        raise InputError("a period is finite and above 0", received=f"{period!r} d")
    return (np.arange(PIECES) + 0.5) * (period / PIECES)


def steady_states(
    system: System,
    parameters: np.ndarray,
    starts: np.ndarray,
    period: float,
    follow: Follow,
    *,
    held: Sequence[str] = (),
) -> tuple[np.ndarray, list[str | None]]:
    """The steady state of everybody at the start of the period (people, states), from guesses `starts`, and who has none.

    parameters: (people, parameters); held: states that tell the time of year and stay as they are in `starts`. A person
    without a steady state gets a reason.
    """
    places = [i for name in held for i in _places(system, name)]
    searches = [_Search(system, p, start, period, places) for p, start in zip(parameters, starts, strict=True)]
    while busy := [k for k, search in enumerate(searches) if search.is_busy]:
        orbit = follow(np.array([searches[k].trial for k in busy]), np.array(busy))
        for row, k in enumerate(busy):
            searches[k].learn(Orbit(orbit.middles[row], orbit.inputs[row], orbit.ends[row]))
    return np.array([search.best for search in searches]).reshape(np.shape(starts)), [s.failure for s in searches]


class _Search:
    """One person: `trial` is to be followed next, `learn` takes what came of it. Works in states relative to their size."""

    def __init__(self, system: System, parameters: np.ndarray, start: np.ndarray, period: float, held: list[int]):
        self.system, self.parameters, self.period, self.held = system, parameters, period, held
        self.best = self.trial = np.asarray(start, dtype=float)
        self.failure: str | None = None
        self.is_busy = True
        self._size = sizes_of(start)
        self._inverse: np.ndarray | None = None
        self._residual = np.full(len(self.trial), np.inf)
        self._way = self._residual  # from the best state to the steady one, as far as is known
        self._rounds = self._halvings = self._stalled = 0

    def learn(self, orbit: Orbit) -> None:
        """Take one followed period of `trial`, and choose the next trial or end."""
        self._rounds += 1
        if not (np.all(np.isfinite(orbit.middles)) and np.all(np.isfinite(orbit.ends))):
            self._back_off()
            return
        if self._inverse is None:
            self._size = np.maximum(self._size, np.abs(orbit.middles).max(axis=0))  # a drug's pool rests at nothing
            self._inverse = self._first_inverse(orbit)
            residual = self._gap(orbit)
        else:
            residual = self._gap(orbit)
            self._inverse = _updated(self._inverse, (self.trial - self.best) / self._size, residual - self._residual)
        if _largest(residual) > _WORSE * _largest(self._residual):
            if _largest(self._way) <= STEADY:  # the engine's own error is reached
                self._end()
                return
            self._back_off()
            return
        self._accept(residual)

    def _gap(self, orbit: Orbit) -> np.ndarray:
        gap = (orbit.ends - self.trial) / self._size
        gap[self.held] = 0.0
        return gap

    def _accept(self, residual: np.ndarray) -> None:
        now, before = _largest(residual), _largest(self._residual)
        self._stalled = self._stalled + 1 if now > 0.5 * before else 0
        if now <= before:
            self.best, self._residual = self.trial, residual
        self._halvings = 0
        assert self._inverse is not None
        self._way = self._inverse @ self._residual
        far = _largest(self._way)
        stalled = self._stalled >= _STALLED_ROUNDS and far <= STEADY
        if stalled or far <= _AIM or self._rounds >= _MOST_ROUNDS or not np.isfinite(far):
            self._end()
            return
        floor = np.where(self.best > _NEAR_ZERO * self._size, _LARGEST_SHRINK * self.best, -np.inf)
        self.trial = np.maximum(self.best + self._way * self._size, floor)

    def _back_off(self) -> None:
        """The trial failed or made it worse: half way back to the best so far."""
        self._halvings += 1
        if self._inverse is None or self._halvings > _MOST_HALVINGS or self._rounds >= _MOST_ROUNDS:
            self._end()
            return
        self.trial = 0.5 * (self.trial + self.best)

    def _end(self) -> None:
        self.is_busy = False
        unrest = _largest(self._residual)
        if _largest(self._way) <= STEADY:
            return
        if not np.isfinite(unrest):
            self.failure = "no steady state of the doses: the first period could not be followed"
            return
        worst = int(np.argmax(np.abs(self._residual)))
        name = next(name for name in self.system.states if worst in _places(self.system, name))
        self.failure = (
            f"no steady state of the doses was found: {name} still changes by {unrest:.2g} of its size "
            f"in {self.period:g} d"
        )

    def _first_inverse(self, orbit: Orbit) -> np.ndarray:
        """(1 - M)^-1, M being what a small change at the start becomes at the end of the period."""
        one = np.eye(len(self.trial))
        change, days = one, self.period / PIECES
        for state, inputs, t in zip(orbit.middles, orbit.inputs, middles(self.period), strict=True):
            jacobian = Rates(self.system, self.parameters, inputs).jacobian(state, t)
            change = np.linalg.solve(one - days * jacobian, change)
        left = one - change * self._size[None, :] / self._size[:, None]
        left[self.held, :] = 0.0
        still = ~left.any(axis=1)  # a state that nothing moves stays where it is
        try:
            return np.linalg.inv(left + np.diag(still.astype(float)))
        except np.linalg.LinAlgError:
            return np.full_like(left, np.nan)


def _places(system: System, name: str) -> range:
    state = system.states[name]
    return range(state.offset, state.offset + state.width)


def _largest(residual: np.ndarray) -> float:
    return float(np.max(np.abs(residual), initial=0.0))


def _updated(inverse: np.ndarray, step: np.ndarray, change: np.ndarray) -> np.ndarray:
    """The inverse that also knows that `step` changed the residual by `change` (Broyden's good update)."""
    foreseen = inverse @ -change
    scale = float(step @ foreseen)
    if abs(scale) < _NO_NEWS * float(step @ step):
        return inverse
    return inverse + np.outer(step - foreseen, step @ inverse) / scale
