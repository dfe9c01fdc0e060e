"""The traced right-hand side bound to one person: rates, Jacobian and named values as plain functions of the states."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from cofactor.model import System


class Rates:
    """d states / d time of one person under constant inputs."""

    def __init__(self, system: System, parameters: np.ndarray, inputs: np.ndarray):
        self.system = system
        self._function = _rate_function(system)
        self._parameters = parameter_argument(system, parameters)
        self._inputs = inputs.tolist()

    def __call__(self, states: np.ndarray, time: float = 0.0) -> np.ndarray:
        return flat(self._function(time, state_argument(self.system, states), self._parameters, self._inputs))

    def jacobian(self, states: np.ndarray, time: float = 0.0) -> np.ndarray:
        """Exact Jacobian, dense."""
        return self.system.jacobian(time, state_argument(self.system, states), self._parameters, self._inputs)

    def values(self, names: Sequence[str], states: np.ndarray, time: float = 0.0) -> list[Any]:
        """Any quantities by name."""
        function = named_function(self.system, tuple(names))
        return function(time, state_argument(self.system, states), self._parameters, self._inputs)


@lru_cache(maxsize=64)
def _rate_function(system: System):
    return system.rate_function()


@lru_cache(maxsize=256)
def named_function(system: System, names: tuple[str, ...]):
    """Compiled function of named quantities, kept for the next call."""
    return system.function(names)


def flat(values: Sequence[Any]) -> np.ndarray:
    """One vector of numbers and arrays in order."""
    if any(isinstance(v, np.ndarray) for v in values):
        return np.concatenate([np.atleast_1d(v) for v in values])
    return np.array(values, dtype=float)


@lru_cache(maxsize=64)
def is_replicated(system: System) -> bool:
    """Whether any state or parameter holds a value per site."""
    return any(s.sites for s in system.states.values()) or any(c.sites for c in system.constants.values())


def state_argument(system: System, states: np.ndarray) -> Any:
    """States as the compiled functions want them."""
    # plain floats make the generated Python several times faster; replicated blocks need array slices
    return states if is_replicated(system) else states.tolist()


def parameter_argument(system: System, parameters: np.ndarray) -> Any:
    """Parameters as the compiled functions want them."""
    return parameters if is_replicated(system) else parameters.tolist()
