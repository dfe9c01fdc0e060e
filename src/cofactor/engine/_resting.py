"""Resting states of many people: machine code for all; who is left restless is led there step by step, or told why not."""

from __future__ import annotations

import numpy as np

from cofactor.engine._fast import FastEngine
from cofactor.engine._rest import AT_REST, rest
from cofactor.errors import CofactorError

_SHARES = (0.25, 0.5, 0.75, 1.0)
"""On the way from the reference person to the one sought."""


def resting_states(
    engine: FastEngine, parameters: np.ndarray, inputs: np.ndarray
) -> tuple[np.ndarray, list[str | None]]:
    """States (people, states) at rest under constant inputs (people, inputs), and why somebody has none (else None).

    A person's result hangs on that person alone, whoever else is asked for.
    """
    system, people = engine.system, len(parameters)
    states, calm = engine.settle(np.repeat(system.start[None], people, axis=0), parameters, inputs)
    lost = np.flatnonzero(~(calm <= AT_REST))
    if len(lost):
        states[lost], calm[lost] = _led(engine, parameters[lost], inputs[lost])
    reasons: list[str | None] = [None] * people
    for k in np.flatnonzero(~(calm <= AT_REST)):
        try:
            states[k] = rest(system, parameters[k], inputs[k])
        except CofactorError as error:
            reasons[k] = str(error)
            states[k] = system.start
    return states, reasons


def _led(engine: FastEngine, parameters: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rest found from the reference person's by moving parameters and inputs in four steps."""
    system = engine.system
    states = np.repeat(system.start[None], len(parameters), axis=0)
    usual, habits = system.parameter_vector(), system.input_vector()
    calm = np.full(len(parameters), np.nan)
    for share in _SHARES:
        some, plan = usual + share * (parameters - usual), habits + share * (inputs - habits)
        held = np.where(np.isfinite(some), some, parameters)  # a held edge has no reference value
        found, calm = engine.settle(states, held, plan)
        states = np.where(np.isfinite(found), found, system.start)
    return states, calm
