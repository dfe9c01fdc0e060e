"""A case through the fast engine: the course of its states and observables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cofactor.engine import fast_engine
from cofactor.errors import InputError
from cofactor.interop._case import Case
from cofactor.run import input_rows, timeline_of


def course(case: Case, times: np.ndarray, names: Sequence[str], *, accuracy: str = "tight") -> Mapping[str, np.ndarray]:
    """States and observables by name at `times` (days, rising, the last one the end of the run), each of shape (times,).

    A sample at the very time of a dose shows the moment before it. Raises ModelError for a name the System does not have or
    cannot show, InputError where the run does not get to its end.
    """
    system = case.system
    shown = [name for name in names if name in system.observables]
    unknown = [name for name in names if name not in system.observables and name not in system.states]
    if unknown:
        raise system.unknown(unknown[0])
    timeline, moments = timeline_of(case.regimen, times, system)
    inputs = input_rows(case.regimen, [case.habits], moments, system)
    swarm = fast_engine(system).run(
        case.start[None], case.parameters[None], inputs, timeline, observables=shown, accuracy=accuracy
    )
    (reason,) = swarm.failures
    if reason is not None:
        raise InputError(
            "this model cannot be run to the end", received=reason, hint="try fewer days, or look at its parameters"
        )
    observed = {name: swarm.observed[0, :, k] for k, name in enumerate(shown)}
    return {
        name: observed[name] if name in observed else swarm.samples[0, :, system.states[name].offset] for name in names
    }
