"""Assignments that a state triggers: when a condition becomes true for the first time, pools and parameters are set anew."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cofactor.engine._rates import named_function, parameter_argument, state_argument
from cofactor.errors import InputError, ModelError
from cofactor.model import System

_BISECTIONS = 60


@dataclass(frozen=True)
class Trigger:
    """The first time `quantity` comes to be `side` ("above" or "below") `threshold`, states and parameters change at once.

    sets: name -> new value; adds: name -> what is added; names are of states or parameters of one site, in their units. A
    parameter keeps its new value to the end of the run; what is derived from it does not follow. Fires once; a condition
    that holds from the start has to cease before it can come true. A sample at the very time shows the body before. Raises
    InputError for a side that does not exist, for a threshold that is not finite, and where nothing is changed.
    """

    quantity: str
    side: str
    threshold: float
    sets: Mapping[str, float] = field(default_factory=dict)
    adds: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"Trigger on {self.quantity}"
        if self.side not in ("above", "below"):
            raise InputError(
                "a trigger is for a quantity above or below its threshold", received=self.side, where=where
            )
        numbers = (self.threshold, *self.sets.values(), *self.adds.values())
        if not all(math.isfinite(number) for number in numbers):
            raise InputError("the numbers of a trigger are finite", received=str(numbers), where=where)
        if not self.sets and not self.adds:
            raise InputError("a trigger sets or adds something", received="neither", where=where)

    def excess(self, value: float) -> float:
        """How far the condition holds: above 0 where it does."""
        return value - self.threshold if self.side == "above" else self.threshold - value


Level = Callable[[float], np.ndarray]


class Watch:
    """The triggers of one person's run: which are still armed, and whether each condition held when last looked at."""

    def __init__(self, system: System, triggers: Sequence[Trigger]):
        self.system, self.triggers = system, tuple(triggers)
        for trigger in self.triggers:
            _check_names(system, trigger)
        self._look = named_function(system, tuple(trigger.quantity for trigger in self.triggers))
        self._armed = np.ones(len(self.triggers), dtype=bool)
        self._held = np.ones(len(self.triggers), dtype=bool)

    def begin(self, t: float, state: np.ndarray, parameters: np.ndarray, inputs: np.ndarray) -> None:
        """Take the conditions as they stand at the start of the run."""
        self._held = self._holds(t, state, parameters, inputs)

    def crossing(
        self, before: float, after: float, at: Level, parameters: np.ndarray, inputs: np.ndarray
    ) -> float | None:
        """The first moment in (before, after] at which an armed condition has become true, by bisection of `at`.

        None without one. A condition that comes and goes between the two is not seen: the solver's step is the mesh.
        """
        now = self._holds(after, at(after), parameters, inputs)
        crossed = self._armed & now & ~self._held
        if not np.any(crossed):
            self._held = now
            return None
        low, high = before, after
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            if np.any(crossed & self._holds(middle, at(middle), parameters, inputs)):
                high = middle
            else:
                low = middle
        return high

    def fired(
        self, t: float, state: np.ndarray, parameters: np.ndarray, inputs: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """States and parameters after everything that has just become true, and what that makes true in turn."""
        for _ in self.triggers:
            now = self._holds(t, state, parameters, inputs)
            due = np.flatnonzero(self._armed & now & ~self._held)
            self._held = now
            if not len(due):
                break
            for k in due:
                state, parameters = self._assigned(self.triggers[k], state, parameters)
                self._armed[k] = False
        return state, parameters

    def _holds(self, t: float, state: np.ndarray, parameters: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        arguments = state_argument(self.system, state), parameter_argument(self.system, parameters), inputs.tolist()
        values = self._look(t, *arguments)
        return np.array([trigger.excess(v) > 0 for trigger, v in zip(self.triggers, values, strict=True)], dtype=bool)

    def _assigned(self, trigger: Trigger, state: np.ndarray, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        state, parameters = state.copy(), parameters.copy()
        for changes, kept in ((trigger.sets, 0.0), (trigger.adds, 1.0)):
            for name, amount in changes.items():
                vector, offset = self._place(name, state, parameters)
                vector[offset] = kept * vector[offset] + amount
        return state, parameters

    def _place(self, name: str, state: np.ndarray, parameters: np.ndarray) -> tuple[np.ndarray, int]:
        if name in self.system.states:
            return state, self.system.states[name].offset
        return parameters, self.system.constants[name].offset


def _check_names(system: System, trigger: Trigger) -> None:
    if trigger.quantity not in system.quantities:
        raise system.unknown(trigger.quantity)
    if system.quantities[trigger.quantity].node.sites:
        raise _of_sites(trigger.quantity)
    for name in (*trigger.sets, *trigger.adds):
        place = system.states.get(name) or system.constants.get(name)
        if place is None:
            raise system.unknown(name)
        if place.sites:
            raise _of_sites(name)


def _of_sites(name: str) -> ModelError:
    return ModelError("a trigger reads and changes quantities of the whole body, not of sites", received=name)
