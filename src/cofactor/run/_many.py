"""Many people, one plan: each rests on their own habits, then follows the plan.

The fast engine does it for all at once; the reference engine, one by one, is its oracle. A person's numbers depend on that
person alone, so they are the same for any number of threads and any order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from cofactor import body
from cofactor.engine import Accuracy, Cycle, FastEngine, Rates, Trigger, fast_engine, rest, resting_states
from cofactor.errors import CofactorError, InputError
from cofactor.model import System, held_name
from cofactor.people import Person
from cofactor.regimen import Regimen
from cofactor.run._layout import input_rows, segments_of, snapped, timeline_of
from cofactor.run._remembered import Remembered
from cofactor.run._rhythm import steady_fast, steady_reference
from cofactor.run._skin import SkinTask, skin_meeting, with_skin
from cofactor.scenario import why_no_year, year_of

ENGINES = ("fast", "reference")
_BLOCK, _FEWEST = 512, 64
_SAMPLES = 2_000_000
"""People run at once: enough to keep every core busy, few enough that their samples (numbers) stay in memory that is there."""

Cuts = tuple[tuple[str, str], ...]

_rests: Remembered[tuple[np.ndarray, list[str | None]]] = Remembered(256)
"""Blocks of people whose rest is known: arms of one trial share it."""
_years: Remembered[Cycle] = Remembered(256)
"""Blocks of people whose periodic year is known; it takes longer to find than a year to live."""


@dataclass(frozen=True)
class Task:
    """One plan for many people. With `accounts`, the running total of every flux comes too (at about twice the cost).

    `tolerance`, where given, stands in place of the named accuracy of the fast engine. `phase` is that of the year (rad)
    at the start, for people with a place, whose resting state is the periodic year; None without a season. `skin` is what
    is to be read of psoriatic skin, which follows the core. `triggers` are followed by the reference engine alone.
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
    phase: float | None = None
    skin: SkinTask | None = None
    triggers: tuple[Trigger, ...] = ()


@dataclass(frozen=True)
class Run:
    """One person's values (outputs x times), flux accounts (fluxes x times), and the reason if they failed."""

    values: np.ndarray
    accounts: np.ndarray
    failure: str | None


@lru_cache(maxsize=8)
def _cut_body(name: str, cuts: Cuts) -> System:
    return body.assembled(name).cutting(cuts)


def system_of(task: Task) -> System:
    """The System a task runs, with its edges cut."""
    return _cut_body(task.body, task.cuts) if task.cuts else body.assembled(task.body)


def run_people(task: Task, people: Sequence[Person], progress: Callable[[int], None] | None = None) -> list[Run]:
    """Every person through the task, in order. A person without rest, or whose integration fails, fails alone.

    Raises InputError for an engine that does not exist, and for triggers with the fast one.
    """
    if task.engine not in ENGINES:
        raise InputError("the engine is one of " + ", ".join(ENGINES), received=task.engine)
    if task.triggers and task.engine == "fast":
        raise InputError(
            "what a state triggers is followed by the reference engine alone",
            received=f"{len(task.triggers)} triggers with the fast engine",
            hint='engine = "reference"',
        )
    runs: list[Run] = []
    size = _block(task)
    for first in range(0, len(people), size):
        share = people[first : first + size]
        runs += with_skin(task, share, system_of(task), _core) if task.skin is not None else _core(task, share)
        if progress is not None:
            progress(len(share))
    return runs


def with_pasi(task: Task, who: Person, pasi: float, where: str | None = None) -> tuple[Person, float]:
    """One person with a skin that has this PASI on day 0 of the task, and the PASI it comes to (see `skin_meeting`)."""
    skin, reached = skin_meeting(pasi, task, who, system_of(task), _core, where)
    return replace(who, skin=skin), reached


def _block(task: Task) -> int:
    if task.engine != "fast":
        return 1
    system = system_of(task)
    times = len(task.times) if task.skin is None else max(len(task.times), math.ceil(task.times[-1]) + 1)
    a_person = times * (system.size + (len(system.movements) if task.accounts else 0))
    return min(_BLOCK, max(_FEWEST, _SAMPLES // a_person))


def _core(task: Task, people: Sequence[Person]) -> list[Run]:
    """The body without its skin."""
    return _fast(task, people) if task.engine == "fast" else [_reference(task, who) for who in people]


# -- the fast engine --------------------------------------------------------------------------------------------------


def _fast(task: Task, people: Sequence[Person]) -> list[Run]:
    system = system_of(task)
    engine = fast_engine(system, tuple(system.movements) if task.accounts else ())
    parameters = _parameters(task, system, people)
    habits = [who.inputs(task.habitual) for who in people]
    resting = system.input_table(habits)
    starts, failures = _at_rest(engine, parameters, resting, task.phase)
    starts, failures = _in_steady_state(task, engine, parameters, habits, starts, failures)
    timeline, moments = timeline_of(task.regimen, task.times, system)
    inputs = _inputs(task, people, habits, moments)
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


def _inputs(
    task: Task, people: Sequence[Person], habits: Sequence[Mapping[str, float]], moments: Sequence[float]
) -> np.ndarray:
    """Inputs (people, rows, inputs) of the plan as everybody takes it."""
    system = system_of(task)
    inputs = np.empty((len(people), len(moments), len(system.inputs)))
    alike: dict[tuple[tuple[str, float], ...], list[int]] = {}
    for k, one in enumerate(people):
        alike.setdefault(tuple(one.taken.items()), []).append(k)
    for shares, who in alike.items():
        inputs[who] = input_rows(task.regimen.taken(dict(shares)), [habits[k] for k in who], moments, system)
    return inputs


def _at_rest(
    engine: FastEngine, parameters: np.ndarray, inputs: np.ndarray, phase: float | None
) -> tuple[np.ndarray, list[str | None]]:
    """Everybody's resting state, and why somebody has none."""
    system = engine.system
    if phase is not None:
        return _in_their_year(system, parameters, inputs, phase)
    return _rests.of(lambda: resting_states(engine, parameters, inputs), parameters, inputs, _named(engine))


def _named(engine: FastEngine) -> str:
    """What tells one machine code from another."""
    return repr((engine.system.organs, engine.system.cuts, engine.accounts))


def _in_their_year(
    system: System, parameters: np.ndarray, inputs: np.ndarray, phase: float
) -> tuple[np.ndarray, list[str | None]]:
    """Everybody's periodic year, entered at the phase; arms of one trial share it."""
    engine = fast_engine(system)
    year = _years.of(lambda: year_of(engine, parameters, inputs, phase), parameters, inputs, phase, _named(engine))
    failures = [why_no_year(gap) for gap in year.gaps]
    starts = np.where(np.isfinite(year.gaps)[:, None], year.states, system.start)
    for i in np.flatnonzero(np.isnan(year.gaps)):
        try:
            rest(system, parameters[i], inputs[i])
        except CofactorError as error:
            failures[i] = str(error)
    return starts, failures


def _in_steady_state(task, engine, parameters, habits, starts, failures) -> tuple[np.ndarray, list[str | None]]:
    """Everybody where the doses that were going on have brought them; who has no rest has no steady state either."""
    who = [k for k, failure in enumerate(failures) if failure is None]
    if task.regimen.cycle() is None or not who:
        return starts, failures
    starts, failures = starts.copy(), list(failures)
    starts[who], reasons = steady_fast(engine, task.regimen, parameters[who], [habits[k] for k in who], starts[who])
    for k, reason in zip(who, reasons, strict=True):
        failures[k] = reason
    return starts, failures


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
    return accounts if task.accounts else _unknown(len(system.movements), len(task.times))


def _unknown(*shape: int) -> np.ndarray:
    """NaN in a shape, at the cost of one number."""
    return np.broadcast_to(np.nan, shape)


# -- the reference engine ---------------------------------------------------------------------------------------------


def _reference(task: Task, who: Person) -> Run:
    system = system_of(task)
    try:
        return _followed(system, task, who)
    except CofactorError as error:
        return _broken(task, system, str(error))


def _broken(task: Task, system: System, reason: str | None) -> Run:
    times = len(task.times)
    return Run(np.full((len(task.outputs), times), np.nan), _unknown(len(system.movements), times), reason)


def _followed(system: System, task: Task, who: Person) -> Run:
    from cofactor.engine import integrate  # SciPy is loaded only for this

    habits, regimen = who.inputs(task.habitual), task.regimen.taken(who.taken)
    inputs = system.input_vector(habits)
    parameters = _parameters(task, system, [who])[0]
    start, reason = rest(system, parameters, inputs), None
    if task.phase is not None:
        starts, reasons = _in_their_year(system, parameters[None], inputs[None], task.phase)
        start, reason = starts[0], reasons[0]
    if reason is None:
        start, reason = steady_reference(system, regimen, parameters, habits, start)
    if reason is not None:
        return _broken(task, system, reason)
    segments = segments_of(regimen, habits, float(task.times[-1]), system, start)
    times = snapped(task.times, np.array([0.0, *(s.stop for s in segments)]))
    before = system.input_vector(regimen.inputs_before(habits))
    path = integrate(
        system, parameters, start, segments, times, task.outputs, before=before, accuracy=task.accuracy,
        triggers=task.triggers,
    )  # fmt: skip
    values = _to_baseline(task, system, np.array([path.values[name] for name in task.outputs]))
    accounts = np.array([path.accounts[name] for name in system.movements])
    return Run(values, accounts, path.failure)


def _parameters(task: Task, system: System, people: Sequence[Person]) -> np.ndarray:
    """Everybody's parameters; cut edges carry what the source is at their rest in the whole body."""
    if not task.cuts:
        return system.parameter_table([who.parameters for who in people])
    whole: System = body.assembled(task.body)
    return system.parameter_table([{**who.parameters, **_held(task, whole, who)} for who in people])


def _held(task: Task, whole: System, who: Person) -> dict[str, float]:
    settings = whole.parameter_vector(who.parameters)
    inputs = whole.input_vector(who.inputs(task.habitual))
    sources = [source for source, _ in task.cuts]
    levels = Rates(whole, settings, inputs).values(sources, rest(whole, settings, inputs))
    return {held_name(*cut): float(level) for cut, level in zip(task.cuts, levels, strict=True)}
