"""Resting states: Newton on the rates with the traced Jacobian; where that fails, pseudo-time from the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from cofactor.engine._plan import sizes_of
from cofactor.engine._rates import Rates
from cofactor.errors import NoRestError
from cofactor.model import System

AT_REST = 1e-10
"""A body rests when no state moves by more than this share of its size a day."""

_AIM = 1e-13
_NEWTON_STEPS = 30
_PSEUDO_STEPS = 400
_FIRST_PSEUDO_DAY = 1.0
_LARGEST_PSEUDO_DAY = 1e12
_LARGEST_SHRINK = 0.2
_LARGEST_GROWTH = 1e3


class Body(Protocol):
    """Rates of change of the states per day, and their Jacobian."""

    jacobian: Callable[[np.ndarray], np.ndarray]

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """The rates."""
        ...


class _Dosed:
    """The rates of a body into which the doses run evenly."""

    def __init__(self, body: Rates, per_day: np.ndarray):
        self.jacobian = body.jacobian
        self._body, self._per_day = body, per_day

    def __call__(self, states: np.ndarray) -> np.ndarray:
        return self._body(states) + self._per_day


def restlessness(rates: np.ndarray, states: np.ndarray) -> float:
    """Largest relative rate of change, per day."""
    return float(np.max(np.abs(rates) / sizes_of(states))) if len(states) else 0.0


def rest(system: System, parameters: np.ndarray, inputs: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
    """State vector at which nothing changes under constant inputs.

    Raises NoRestError, naming the pool and the loss that exceeds the gain, when there is none within reach.
    """
    body = Rates(system, parameters, inputs)
    first = system.start if start is None else np.asarray(start, dtype=float)
    found = _newton(body, first)
    if found is None or not _settled(body(found), found, first):
        slow = _pseudo_time(body, first)
        found = _newton(body, slow)
        found = slow if found is None else found
    rates = body(found)
    if not _settled(rates, found, first):
        raise _no_rest(system, body, found, rates)
    return found


def rest_under_doses(
    system: System, parameters: np.ndarray, inputs: np.ndarray, per_day: np.ndarray, start: np.ndarray
) -> np.ndarray:
    """Where the body would rest if what the doses put into each state in a day (per_day) ran in evenly: a guess of its
    steady state. inputs: their mean over the period; start: where to look from, and the answer where there is no such rest.
    """
    body = _Dosed(Rates(system, parameters, inputs), per_day)
    found = _newton(body, start)
    if found is None:
        found = _newton(body, _pseudo_time(body, start))
    return start if found is None or not _settled(body(found), found, start) else found


def _settled(rates: np.ndarray, states: np.ndarray, first: np.ndarray) -> bool:
    """Rest, and not a body that grows without end: a stock a thousand times what it began with counts as no larger.

    False when a rate has no value.
    """
    sizes = np.minimum(sizes_of(states), _LARGEST_GROWTH * np.maximum(sizes_of(first), 1.0))
    return bool(np.all(np.abs(rates) <= AT_REST * sizes))


def _newton(body: Body, start: np.ndarray) -> np.ndarray | None:
    states = start.copy()
    best, calm = states, restlessness(body(states), states)
    for _ in range(_NEWTON_STEPS):
        if calm < _AIM:
            return best
        step = _solve(body.jacobian(states), -body(states))
        if step is None:
            return None
        states = _inside(states, step)
        now = restlessness(body(states), states)
        if not np.isfinite(now):
            return None
        if now < calm:
            best, calm = states, now
        elif calm < AT_REST:
            return best  # round-off is reached
    return best if calm < AT_REST else None


def _pseudo_time(body: Body, start: np.ndarray) -> np.ndarray:
    """Implicit Euler with a growing step: follows the body to rest when Newton alone jumps too far."""
    states, day = start.copy(), _FIRST_PSEUDO_DAY
    calm = restlessness(body(states), states)
    for _ in range(_PSEUDO_STEPS):
        if calm < _AIM or not np.isfinite(calm):
            break
        step = _solve(np.eye(len(states)) / day - body.jacobian(states), body(states))
        if step is None:
            day /= 4
            continue
        trial = _inside(states, step)
        now = restlessness(body(trial), trial)
        if not np.isfinite(now) or now > 10 * calm:
            day /= 4
            continue
        states = trial
        day = min(day * float(np.clip(calm / max(now, 1e-300), 0.5, 10)), _LARGEST_PSEUDO_DAY)
        calm = now
    return states


def _solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray | None:
    if not (np.all(np.isfinite(matrix)) and np.all(np.isfinite(right))):
        return None
    switched_off = ~matrix.any(axis=1) & (right == 0.0)
    matrix = matrix + np.diag(switched_off.astype(float))  # a state that nothing moves stays where it is
    scale = np.maximum(np.abs(matrix).max(axis=1), 1e-300)
    try:
        step = np.linalg.solve(matrix / scale[:, None], right / scale)
    except np.linalg.LinAlgError:  # a singular matrix has no step
        return None
    return step if np.all(np.isfinite(step)) else None


def _inside(states: np.ndarray, step: np.ndarray) -> np.ndarray:
    """The step, each positive state kept from losing more than four fifths of itself at once."""
    trial = states + step
    floor = np.where(states > 0.0, _LARGEST_SHRINK * states, -np.inf)
    return np.maximum(trial, floor)


def _no_rest(system: System, body: Rates, states: np.ndarray, rates: np.ndarray) -> NoRestError:
    names = list(system.movements)
    flows = {name: float(np.sum(v)) for name, v in zip(names, body.values(names, states), strict=True)}
    unbalanced = _unbalanced(system, flows)
    if unbalanced is not None:
        return unbalanced
    return NoRestError(
        "no resting state was found: a quantity keeps changing",
        received=_moving_text(system, states, rates),
        hint="look at what drives it with `cofactor explain`, or start nearer to rest",
    )


def _unbalanced(system: System, flows: dict[str, float]) -> NoRestError | None:
    """The error for the element whose books are furthest from closing, naming the largest flux of the greater side."""
    worst, error = 0.0, None
    for element in sorted({e for m in system.movements.values() for e in m.gains}):
        effects = {m.name: m.gains.get(element, 0.0) * flows[m.name] for m in system.movements.values()}
        gain = sum(v for v in effects.values() if v > 0)
        loss = -sum(v for v in effects.values() if v < 0)
        gap = abs(gain - loss) / max(gain, loss, 1e-300)
        if gap <= max(worst, AT_REST):
            continue
        wastes = loss > gain
        largest = (min if wastes else max)(effects, key=lambda name: effects[name])
        worst = gap
        error = NoRestError(
            f"no resting state: the body {'loses' if wastes else 'gains'} more than it "
            f"{'gains' if wastes else 'loses'} at every level",
            received=f"{element}: gains {gain:.4g}/d, loses {loss:.4g}/d, most of it as {largest}",
            hint="raise the intake, or lower the loss named here" if wastes else "lower the gain named here",
        )
    return error


def _moving_text(system: System, states: np.ndarray, rates: np.ndarray) -> str:
    moving = np.abs(rates) / sizes_of(states)
    worst = int(np.nanargmax(np.where(np.isfinite(moving), moving, np.inf)))
    state = next(s for s in system.states.values() if s.offset <= worst < s.offset + s.width)
    return f"{state.name} still changing at {states[worst]:.4g} {state.unit}"
