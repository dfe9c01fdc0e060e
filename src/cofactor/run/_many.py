"""Many people, one plan: each rests on their own habits, then follows the plan.

The fast engine does it for all at once; the reference engine, one by one, is its oracle. A person's numbers depend on that
person alone, so they are the same for any number of threads and any order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cofactor import body
from cofactor.engine import AT_REST, Accuracy, FastEngine, Rates, Segment, Timeline, fast_engine, rest
from cofactor.errors import CofactorError, InputError
from cofactor.model import System, held_name
from cofactor.people import Person
from cofactor.regimen import TIME_RESOLUTION_DAYS, Regimen

ENGINES = ("fast", "reference")
_BLOCK = 512
"""People run at once: enough to keep every core busy, few enough that their samples fit in memory."""

Cuts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Task:
    """One plan for many people. With `accounts`, the running total of every flux comes too (at about twice the cost).

    `tolerance`, where given, stands in place of the named accuracy of the fast engine.
    """

    body: str
    cuts: Cuts
    regimen: Regimen
    habitual: Mapping[str, float]
    times: np.ndarray
    outputs: tuple[str, ...]
    accuracy: str
    engine: str = "fast"
    accounts: bool = True
    tolerance: Accuracy | None = None


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
    """Every person through the task, in order. A person without rest, or whose integration fails, fails alone.

    Raises InputError for an engine that does not exist.
    """
    if task.engine not in ENGINES:
        raise InputError("the engine is one of " + ", ".join(ENGINES), received=task.engine)
    runs: list[Run] = []
    size = _BLOCK if task.engine == "fast" else 1
    for first in range(0, len(people), size):
        share = people[first : first + size]
        runs += _fast(task, share) if task.engine == "fast" else [_reference(task, share[0])]
        if progress is not None:
            progress(len(share))
    return runs


# -- the fast engine --------------------------------------------------------------------------------------------------


def _fast(task: Task, people: Sequence[Person]) -> list[Run]:
    system = system_of(task)
    engine = fast_engine(system, tuple(system.movements) if task.accounts else ())
    parameters = np.array([_parameters(task, system, who) for who in people])
    habits = [who.inputs(task.habitual) for who in people]
    resting = np.array([system.input_vector(h) for h in habits])
    starts, failures = _at_rest(engine, parameters, resting)
    timeline, moments = _timeline(task, system)
    inputs = np.array([[system.input_vector(_inputs(task, h, moment)) for moment in moments] for h in habits])
    known = [name for name in task.outputs if name in system.observables]
    swarm = engine.run(
        starts, parameters, inputs, timeline, observables=known, accuracy=task.tolerance or task.accuracy
    )
    accounts = swarm.samples[:, :, system.size :].transpose(0, 2, 1)
    values = _ordered(task, system, known, swarm, parameters, inputs, timeline)
    return [
        _broken(task, system, failures[i])
        if failures[i] is not None
        else Run(values[i], _accounts(task, system, accounts[i]), swarm.failures[i])
        for i in range(len(people))
    ]


def _at_rest(engine: FastEngine, parameters: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, list[str | None]]:
    """Everybody's resting state; who has none by the fast way is tried by the slow one, which says why."""
    system, people = engine.system, len(parameters)
    starts, calm = engine.settle(np.repeat(system.start[None], people, axis=0), parameters, inputs)
    failures: list[str | None] = [None] * people
    for i in np.flatnonzero(~(calm <= AT_REST)):
        try:
            starts[i] = rest(system, parameters[i], inputs[i])
        except CofactorError as error:
            failures[i] = str(error)
            starts[i] = system.start
    return starts, failures


def _timeline(task: Task, system: System) -> tuple[Timeline, list[float]]:
    """The plan's stretches, and a moment for each row of inputs; row 0 are the habits (moment NaN)."""
    moments, row_of, rows, doses, amounts, edges = [np.nan], {}, [], [], [], [0.0]
    for stretch in task.regimen.outline(float(task.times[-1])):
        if stretch.in_force not in row_of:
            row_of[stretch.in_force] = len(moments)
            moments.append(stretch.moment)
        rows.append(row_of[stretch.in_force])
        doses.append(len(amounts) if stretch.pulses else -1)
        if stretch.pulses:
            amounts.append(_dose(system, stretch.pulses))
        edges.append(stretch.t1)
    table = np.array(amounts) if amounts else np.zeros((1, system.size))
    times = _snapped(task.times, np.array(edges))
    before = np.searchsorted(edges, times, side="left") - 1  # a sample at a change shows the stretch before it
    sample_rows = np.array([rows[k] if k >= 0 else 0 for k in before])
    return Timeline(np.array(edges), np.array(rows), np.array(doses), table, times, sample_rows), moments


def _snapped(times: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Times nearer to a change than the plan's resolution are at the change: 7 x 4 h and 1 d + 4 h are one moment."""
    nearest = edges[np.abs(edges[None, :] - times[:, None]).argmin(axis=1)]
    return np.where(np.abs(nearest - times) <= TIME_RESOLUTION_DAYS, nearest, times)


def _dose(system: System, pulses: Mapping[str, float]) -> np.ndarray:
    amounts = np.zeros(system.size)
    for name, amount in pulses.items():
        amounts[system.states[name].offset] += amount
    return amounts


def _inputs(task: Task, habits: Mapping[str, float], moment: float) -> Mapping[str, float]:
    return habits if np.isnan(moment) else task.regimen.inputs_at(moment, habits)


def _ordered(task, system, known, swarm, parameters, inputs, timeline) -> np.ndarray:
    """Values (people, outputs, times) in the order asked; quantities that are no observables are computed here."""
    columns = {name: swarm.observed[:, :, k] for k, name in enumerate(known)}
    others = [name for name in task.outputs if name not in columns]
    if others:
        columns |= _computed(system, others, swarm.samples[:, :, : system.size], parameters, inputs, timeline)
    if not task.outputs:
        return np.zeros((len(parameters), 0, len(timeline.times)))
    return _to_baseline(task, system, np.array([columns[name] for name in task.outputs]).transpose(1, 0, 2))


def _to_baseline(task: Task, system: System, values: np.ndarray) -> np.ndarray:
    """Relative observables as ratios to each person's rest, which is what the first sample (day 0) shows."""
    relative = system.told_to_baseline
    for k, name in enumerate(task.outputs):
        if name in relative:
            values[..., k, :] = values[..., k, :] / values[..., k, :1]
    return values


def _computed(system, names, samples, parameters, inputs, timeline) -> dict[str, np.ndarray]:
    people, times, _ = samples.shape
    look = system.function(names, people=True)
    states = samples.reshape(people * times, -1).T
    who = np.repeat(np.arange(people), times)
    rows = np.tile(timeline.sample_rows, people)
    values = look(np.tile(timeline.times, people), states, parameters[who].T, inputs[who, rows].T)
    return {
        name: np.broadcast_to(v, people * times).reshape(people, times) for name, v in zip(names, values, strict=True)
    }


def _accounts(task: Task, system: System, accounts: np.ndarray) -> np.ndarray:
    return accounts if task.accounts else np.full((len(system.movements), len(task.times)), np.nan)


# -- the reference engine ---------------------------------------------------------------------------------------------


def _reference(task: Task, who: Person) -> Run:
    system = system_of(task)
    try:
        return _followed(system, task, who)
    except CofactorError as error:
        return _broken(task, system, str(error))


def _broken(task: Task, system: System, reason: str | None) -> Run:
    missing = np.full((len(task.outputs), len(task.times)), np.nan)
    return Run(missing, np.full((len(system.movements), len(task.times)), np.nan), reason)


def _followed(system: System, task: Task, who: Person) -> Run:
    from cofactor.engine import integrate  # SciPy is loaded only for this

    habits = who.inputs(task.habitual)
    inputs = system.input_vector(habits)
    parameters = _parameters(task, system, who)
    start = rest(system, parameters, inputs)
    plan = list(task.regimen.segments(float(task.times[-1]), habits))
    times = _snapped(task.times, np.array([0.0, *(s.t1 for s in plan)]))
    segments = [Segment(s.t0, s.t1, system.input_vector(s.inputs), s.pulses) for s in plan]
    path = integrate(system, parameters, start, segments, times, task.outputs, before=inputs, accuracy=task.accuracy)
    values = _to_baseline(task, system, np.array([path.values[name] for name in task.outputs]))
    accounts = np.array([path.accounts[name] for name in system.movements])
    return Run(values, accounts, path.failure)


def _parameters(task: Task, system: System, who: Person) -> np.ndarray:
    """The person's parameters; cut edges carry what the source is at their rest in the whole body."""
    if not task.cuts:
        return system.parameter_vector(who.parameters)
    whole: System = getattr(body, task.body)()
    settings = whole.parameter_vector(who.parameters)
    inputs = whole.input_vector(who.inputs(task.habitual))
    sources = [source for source, _ in task.cuts]
    levels = Rates(whole, settings, inputs).values(sources, rest(whole, settings, inputs))
    changes = {held_name(*cut): float(level) for cut, level in zip(task.cuts, levels, strict=True)}
    return system.parameter_vector({**who.parameters, **changes})
