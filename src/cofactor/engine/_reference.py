"""The reference engine: the traced equations with SciPy's stiff solvers. Slow, plain, and the oracle of the fast one."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.integrate import BDF, LSODA, Radau

from cofactor.engine._plan import ACCURACIES, Accuracy, Segment, Trajectory, require_plan, sizes_of
from cofactor.engine._rates import flat, named_function, parameter_argument, state_argument
from cofactor.engine._trigger import Trigger, Watch
from cofactor.errors import InputError
from cofactor.model import System, compile_outputs

METHODS = {"LSODA": LSODA, "Radau": Radau, "BDF": BDF}
_STUCK_STEPS = 100
"""Steps without progress in time after which a stretch is given up: at a blow-up LSODA would go on for ever."""


def integrate(
    system: System,
    parameters: np.ndarray,
    start: np.ndarray,
    segments: Sequence[Segment],
    times: np.ndarray,
    outputs: Sequence[str],
    *,
    before: np.ndarray | None = None,
    accuracy: str | Accuracy = "default",
    method: str = "LSODA",
    triggers: Sequence[Trigger] = (),
) -> Trajectory:
    """Follow one person through the segments; the named outputs at `times`, and the running account of every flux.

    `times` (days, rising) lie within the segments. Every flux is integrated beside the states with the same steps, so
    budgets close to rounding. A sample at the very time of a change (dose or input) shows the body just before it;
    `before` are the inputs in force before the first segment (default: that segment's own). A failed integration leaves
    NaN from there on and says why in `failure`. Values of replicated quantities have the shape (times, sites). `triggers`
    are looked at after every step and located on its dense output.

    Raises InputError for a solver or accuracy that does not exist, for segments with a gap or overlap and for sample times
    outside them; ModelError for unknown outputs and doses.
    """
    if method not in METHODS:
        raise InputError("the solver is one of " + ", ".join(METHODS), received=method)
    if isinstance(accuracy, str) and accuracy not in ACCURACIES:
        raise InputError("the accuracy is one of " + ", ".join(ACCURACIES), received=accuracy)
    tolerance = ACCURACIES[accuracy] if isinstance(accuracy, str) else accuracy
    days = np.asarray(times, dtype=float)
    require_plan(segments, days)
    run = _Run(
        system, parameters, tolerance, method, days, tuple(outputs), Watch(system, triggers) if triggers else None
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", UserWarning)  # LSODA warns of what `failure` reports
        return run.through(np.asarray(start, dtype=float), segments, before)


@lru_cache(maxsize=32)
def _augmented(system: System):
    """Rates of the states followed by the fluxes themselves, and the Jacobian of both."""
    names = list(system.movements)
    rows = list(system.rates.values()) + [system.quantities[name] for name in names]
    return compile_outputs(system.graph, rows, system.layout), system.jacobian_of(rows)


class _Run:
    def __init__(self, system, parameters, tolerance, method, times, outputs, watch):
        self.watch = watch
        self.system, self.tolerance, self.method = system, tolerance, method
        self.times, self.outputs = times, outputs
        self.parameters = np.asarray(parameters, dtype=float)
        self.settings = np.repeat(self.parameters[None], len(times), axis=0) if watch else None
        self.rows, self.jacobian = _augmented(system)
        self.look = named_function(system, outputs)
        self.size = system.size
        self.width = self.jacobian.height
        self._nothing = [_missing(system.quantities[name].node.sites) for name in outputs]

    def through(self, start: np.ndarray, segments: Sequence[Segment], earlier: np.ndarray | None) -> Trajectory:
        state = np.concatenate([start, np.zeros(self.width - self.size)])
        samples = np.full((len(self.times), self.width), np.nan)
        inputs = np.zeros((len(self.times), len(self.system.inputs)))
        failure = None
        if self.watch is not None:
            first = segments[0]
            self.watch.begin(first.start, start, self.parameters, first.inputs if earlier is None else earlier)
        for number, segment in enumerate(segments):
            last = number == len(segments) - 1
            here = self._inside(segment, last)
            inputs[here] = segment.inputs
            if self.settings is not None:
                self.settings[here] = self.parameters
            before = self.times[here] == segment.start
            if earlier is not None:
                inputs[np.flatnonzero(here)[before]] = earlier
            earlier = segment.inputs
            samples[np.flatnonzero(here)[before]] = state
            state = self._fired(segment.start, self._dosed(state, segment), segment)
            if segment.stop <= segment.start:
                continue
            later = np.flatnonzero(here)[~before]
            state, failure = self._stretch(state, segment, samples, later)
            if failure is not None:
                break
        return self._trajectory(samples, inputs, state, failure)

    def _stretch(self, state: np.ndarray, segment: Segment, samples: np.ndarray, later: np.ndarray):
        """Through one stretch, anew from every moment at which something is triggered."""
        begin = segment.start
        while True:
            state, found, failure, reached = self._solve(state, begin, segment, self.times[later])
            within = len(later) if reached is None else int(np.searchsorted(self.times[later], reached, side="right"))
            samples[later[:within]] = found[:within]
            if self.settings is not None:
                self.settings[later] = self.parameters
            if reached is None:
                return state, failure
            begin, later = reached, later[within:]
            state = self._fired(begin, state, segment)
            if begin >= segment.stop:
                return state, None

    def _fired(self, t: float, state: np.ndarray, segment: Segment) -> np.ndarray:
        if self.watch is None:
            return state
        inside, self.parameters = self.watch.fired(t, state[: self.size], self.parameters, segment.inputs)
        return np.concatenate([inside, state[self.size :]])

    def _inside(self, segment: Segment, last: bool) -> np.ndarray:
        upper = self.times <= segment.stop if last else self.times < segment.stop
        return (self.times >= segment.start) & upper

    def _dosed(self, state: np.ndarray, segment: Segment) -> np.ndarray:
        state = state.copy()
        for name, level in segment.resets.items():
            state[self._place(name)] = level
        for name, amount in segment.doses.items():
            state[self._place(name)] += amount
        return state

    def _place(self, name: str) -> slice:
        if name not in self.system.states:
            raise self.system.unknown(name)
        place = self.system.states[name]
        return slice(place.offset, place.offset + place.width)

    def _solve(self, state: np.ndarray, begin: float, segment: Segment, times: np.ndarray):
        """States at the end, samples, what went wrong, and the moment at which something is triggered, if anything is."""
        parameters, inputs = parameter_argument(self.system, self.parameters), segment.inputs.tolist()

        def rates(t, y):
            return flat(self.rows(t, state_argument(self.system, y[: self.size]), parameters, inputs))

        def jacobian(t, y):
            full = np.zeros((self.width, self.width))
            full[:, : self.size] = self.jacobian(t, state_argument(self.system, y[: self.size]), parameters, inputs)
            return full

        found = np.full((len(times), self.width), np.nan)
        nowhere = np.full(self.width, np.nan)
        if not np.all(np.isfinite(rates(begin, state))):
            return nowhere, found, f"integration stopped at day {begin:.6g}: a rate has no finite value there", None
        solver = METHODS[self.method](
            rates, begin, state, segment.stop,
            rtol=self.tolerance.relative, atol=self._absolute(state), jac=jacobian,
        )  # fmt: skip
        seen, stuck = 0, 0
        while solver.status == "running":
            trouble = _step(solver)
            stuck = stuck + 1 if solver.t == solver.t_old else 0
            if stuck > _STUCK_STEPS:
                trouble = "the step has shrunk to nothing"
            if trouble is not None:
                return nowhere, found, f"integration stopped at day {solver.t:.6g}: {trouble}", None
            moment = self._triggered(solver, segment)
            upto = int(np.searchsorted(times, solver.t, side="right"))
            if upto > seen:
                found[seen:upto] = solver.dense_output()(times[seen:upto]).T
                seen = upto
            if moment is not None:
                return solver.dense_output()(moment), found, None, moment
        return solver.y, found, None, None

    def _triggered(self, solver: Any, segment: Segment) -> float | None:
        if self.watch is None:
            return None
        whole = solver.dense_output()

        def at(t: float) -> np.ndarray:
            return solver.y[: self.size] if t == solver.t else whole(t)[: self.size]

        return self.watch.crossing(solver.t_old, solver.t, at, self.parameters, segment.inputs)

    def _absolute(self, state: np.ndarray) -> np.ndarray:
        sizes = sizes_of(state)
        sizes[self.size :] = 1.0  # accounts start at zero; they are measured in whole mmol
        return self.tolerance.absolute(sizes)

    def _settings(self) -> Any:
        """The parameters in force at each sample."""
        return [self.parameters] * len(self.times) if self.settings is None else self.settings

    def _trajectory(self, samples, inputs, state, failure) -> Trajectory:
        rows = [
            self.look(
                t,
                state_argument(self.system, s[: self.size]),
                parameter_argument(self.system, settings),
                u.tolist(),
            )
            if np.all(np.isfinite(s))
            else self._nothing
            for t, s, u, settings in zip(self.times, samples, inputs, self._settings(), strict=True)
        ]
        values = {name: np.array([row[k] for row in rows], dtype=float) for k, name in enumerate(self.outputs)}
        offset, accounts = self.size, {}
        for name in self.system.movements:
            width = max(self.system.quantities[name].node.sites, 1)
            accounts[name] = samples[:, offset : offset + width].sum(axis=1)
            offset += width
        return Trajectory(self.times, values, accounts, state[: self.size], failure)


def _missing(sites: int) -> float | np.ndarray:
    return np.full(sites, np.nan) if sites else np.nan


def _step(solver: Any) -> str | None:
    """One step of a SciPy solver; what went wrong, if anything. SciPy warns, raises or returns, as the solver likes."""
    try:
        message = solver.step()
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
        return str(error)
    if solver.status == "failed":
        return str(message)
    return None if np.all(np.isfinite(solver.y)) else "a state has no finite value any more"
