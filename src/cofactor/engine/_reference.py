"""The reference engine: the traced equations with SciPy's stiff solvers. Slow, plain, and the oracle of the fast one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.integrate import solve_ivp

from cofactor.engine._plan import ACCURACIES, Accuracy, Segment, Trajectory, sizes_of
from cofactor.engine._rates import flat, named_function, parameter_argument, state_argument
from cofactor.errors import InputError
from cofactor.model import System, compile_outputs

METHODS = ("LSODA", "Radau", "BDF")


def integrate(
    system: System,
    parameters: np.ndarray,
    start: np.ndarray,
    segments: Sequence[Segment],
    times: np.ndarray,
    outputs: Sequence[str],
    *,
    accuracy: str | Accuracy = "default",
    method: str = "LSODA",
) -> Trajectory:
    """Follow one person through the segments; the named outputs at `times`, and the running account of every flux.

    `times` (days, rising) lie within the segments. Every flux is integrated beside the states with the same steps, so
    budgets close to rounding. A failed integration leaves NaN from there on and says why in `failure`.
    """
    if method not in METHODS:
        raise InputError("the solver is one of " + ", ".join(METHODS), received=method)
    tolerance = ACCURACIES[accuracy] if isinstance(accuracy, str) else accuracy
    run = _Run(system, parameters, tolerance, method, np.asarray(times, dtype=float), tuple(outputs))
    return run.through(np.asarray(start, dtype=float), segments)


@lru_cache(maxsize=32)
def _augmented(system: System):
    """Rates of the states followed by the fluxes themselves, and the Jacobian of both."""
    names = list(system.movements)
    rows = list(system.rates.values()) + [system.quantities[name] for name in names]
    return compile_outputs(system.graph, rows, system.layout), system.jacobian_of(rows)


class _Run:
    def __init__(self, system, parameters, tolerance, method, times, outputs):
        self.system, self.tolerance, self.method = system, tolerance, method
        self.times, self.outputs = times, outputs
        self.parameters = parameters
        self.rows, self.jacobian = _augmented(system)
        self.look = named_function(system, outputs)
        self.size = system.size
        self.width = self.jacobian.height

    def through(self, start: np.ndarray, segments: Sequence[Segment]) -> Trajectory:
        state = np.concatenate([start, np.zeros(self.width - self.size)])
        samples = np.full((len(self.times), self.width), np.nan)
        inputs = np.zeros((len(self.times), len(self.system.inputs)))
        failure = None
        for number, segment in enumerate(segments):
            last = number == len(segments) - 1
            here = self._inside(segment, last)
            inputs[here] = segment.inputs
            before = self.times[here] == segment.start
            samples[np.flatnonzero(here)[before]] = state  # the sample comes before the dose
            state = self._dosed(state, segment)
            if segment.stop <= segment.start:
                continue
            later = np.flatnonzero(here)[~before]
            state, found, failure = self._solve(state, segment, self.times[later])
            samples[later] = found
            if failure is not None:
                break
        return self._trajectory(samples, inputs, state, failure)

    def _inside(self, segment: Segment, last: bool) -> np.ndarray:
        upper = self.times <= segment.stop if last else self.times < segment.stop
        return (self.times >= segment.start) & upper

    def _dosed(self, state: np.ndarray, segment: Segment) -> np.ndarray:
        state = state.copy()
        for name, amount in segment.doses.items():
            place = self.system.states[name]
            state[place.offset : place.offset + place.width] += amount
        return state

    def _solve(self, state: np.ndarray, segment: Segment, times: np.ndarray):
        parameters, inputs = parameter_argument(self.system, self.parameters), segment.inputs.tolist()

        def rates(t, y):
            return flat(self.rows(t, state_argument(self.system, y[: self.size]), parameters, inputs))

        def jacobian(t, y):
            full = np.zeros((self.width, self.width))
            full[:, : self.size] = self.jacobian(t, state_argument(self.system, y[: self.size]), parameters, inputs)
            return full

        result = solve_ivp(
            rates, (segment.start, segment.stop), state, method=self.method, t_eval=_with_end(times, segment.stop),
            rtol=self.tolerance.relative, atol=self._absolute(state), jac=jacobian,
        )  # fmt: skip
        found = np.full((len(times), self.width), np.nan)
        reached = min(len(times), result.y.shape[1]) if result.y.size else 0
        found[:reached] = result.y.T[:reached] if result.y.size else found[:0]
        if not result.success or not np.all(np.isfinite(result.y[:, -1] if result.y.size else np.nan)):
            reason = (
                f"integration stopped at day {result.t[-1] if len(result.t) else segment.start:.6g}: {result.message}"
            )
            return state, found, reason
        return result.y[:, -1], found, None

    def _absolute(self, state: np.ndarray) -> np.ndarray:
        sizes = sizes_of(state)
        sizes[self.size :] = 1.0  # accounts start at zero; they are measured in whole mmol
        return self.tolerance.absolute(sizes)

    def _trajectory(self, samples, inputs, state, failure) -> Trajectory:
        rows = [
            self.look(
                t,
                state_argument(self.system, s[: self.size]),
                parameter_argument(self.system, self.parameters),
                u.tolist(),
            )
            if np.all(np.isfinite(s))
            else [np.nan] * len(self.outputs)
            for t, s, u in zip(self.times, samples, inputs, strict=True)
        ]
        values = {name: np.array([row[k] for row in rows], dtype=float) for k, name in enumerate(self.outputs)}
        offset, accounts = self.size, {}
        for name in self.system.movements:
            width = max(self.system.quantities[name].node.sites, 1)
            accounts[name] = samples[:, offset : offset + width].sum(axis=1)
            offset += width
        return Trajectory(self.times, values, accounts, state[: self.size], failure)


def _with_end(times: np.ndarray, stop: float) -> np.ndarray:
    return times if len(times) and times[-1] == stop else np.append(times, stop)
