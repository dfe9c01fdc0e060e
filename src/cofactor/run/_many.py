"""Many people, one plan: each rests on their own habits, then follows the plan; shared out over the machine's cores.

A person's numbers depend on that person alone, so they are the same for any number of workers and any order.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cofactor import body
from cofactor.engine import Rates, Segment, integrate, rest
from cofactor.errors import CofactorError
from cofactor.model import System, held_name
from cofactor.people import Person
from cofactor.regimen import Regimen

_SMALLEST_SHARE = 40
"""Below this many people a worker, starting one costs more than it saves."""

Cuts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Task:
    """One plan for many people: all a worker needs."""

    body: str
    cuts: Cuts
    regimen: Regimen
    habitual: Mapping[str, float]
    times: np.ndarray
    outputs: tuple[str, ...]
    accuracy: str


@dataclass(frozen=True)
class Run:
    """One person's values (outputs x times), flux accounts (fluxes x times), and the reason if they failed."""

    values: np.ndarray
    accounts: np.ndarray
    failure: str | None


@lru_cache(maxsize=8)
def _cut_body(name: str, cuts: Cuts) -> System:
    return getattr(body, name)().cutting(cuts)


def system_of(task: Task) -> System:
    """The System a task runs, with its edges cut."""
    return _cut_body(task.body, task.cuts) if task.cuts else getattr(body, task.body)()


def run_people(task: Task, people: Sequence[Person], progress: Callable[[int], None] | None = None) -> list[Run]:
    """Every person through the task, in order. A person without rest, or whose integration fails, fails alone."""
    workers = min(os.cpu_count() or 1, len(people) // _SMALLEST_SHARE)
    # Only fork leaves a user's script alone: the other ways of starting a worker import it again.
    if workers < 2 or not sys.platform.startswith("linux"):
        return _share(task, people, progress)
    system_of(task)  # assembled once, before the workers are forked from this process
    size = max(1, min(_SMALLEST_SHARE, len(people) // (2 * workers)))
    shares = [people[k : k + size] for k in range(0, len(people), size)]
    runs: list[Run] = []
    with warnings.catch_warnings():
        # Python 3.12 warns of fork beside threads; the only ones here are NumPy's, which no worker shares
        warnings.simplefilter("ignore", DeprecationWarning)
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
            for done in pool.map(_share, [task] * len(shares), shares):
                runs += done
                if progress is not None:
                    progress(len(done))
    return runs


def _share(task: Task, people: Sequence[Person], progress: Callable[[int], None] | None = None) -> list[Run]:
    system = system_of(task)
    runs = []
    for who in people:
        runs.append(_one(system, task, who))
        if progress is not None:
            progress(1)
    return runs


def _one(system: System, task: Task, who: Person) -> Run:
    try:
        return _followed(system, task, who)
    except CofactorError as error:
        missing = np.full((len(task.outputs), len(task.times)), np.nan)
        return Run(missing, np.full((len(system.movements), len(task.times)), np.nan), str(error))


def _followed(system: System, task: Task, who: Person) -> Run:
    habits = who.inputs(task.habitual)
    inputs = system.input_vector(habits)
    parameters = system.parameter_vector(who.parameters)
    if task.cuts:
        parameters = _held(task, who, parameters, system)
    start = rest(system, parameters, inputs)
    segments = [
        Segment(s.t0, s.t1, system.input_vector(s.inputs), s.pulses)
        for s in task.regimen.segments(float(task.times[-1]), habits)
    ]
    path = integrate(
        system, parameters, start, segments, task.times, task.outputs, before=inputs, accuracy=task.accuracy
    )
    values = np.array([path.values[name] for name in task.outputs])
    accounts = np.array([path.accounts[name] for name in system.movements])
    return Run(values, accounts, path.failure)


def _held(task: Task, who: Person, parameters: np.ndarray, system: System) -> np.ndarray:
    """Cut edges carry what the source is at this person's rest in the whole body."""
    whole: System = getattr(body, task.body)()
    settings = whole.parameter_vector(who.parameters)
    inputs = whole.input_vector(who.inputs(task.habitual))
    at_rest = rest(whole, settings, inputs)
    sources = [source for source, _ in task.cuts]
    levels = Rates(whole, settings, inputs).values(sources, at_rest)
    changes = {held_name(*cut): float(level) for cut, level in zip(task.cuts, levels, strict=True)}
    return system.parameter_vector({**who.parameters, **changes})
