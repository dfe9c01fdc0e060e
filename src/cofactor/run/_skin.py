"""Psoriatic skin on the course of the core: it reads levels and light, and gives nothing back.

The core runs first and is read every midnight; then the skin is marched in whole days through a burn-in of the person's own
noise at their resting levels (with a place: at the levels of their year), and through the plan.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cofactor import body
from cofactor.engine import Course, march_engine
from cofactor.model import System, held_name
from cofactor.people import BURN_IN_DAYS, Person, burnt_in, population_like, skin_noise, skin_with_pasi
from cofactor.regimen import Regimen
from cofactor.run._remembered import Remembered
from cofactor.scenario import Scenario, SkinPlan, skin_plan

if TYPE_CHECKING:
    from cofactor.run._many import Run, Task

Cut = tuple[str, str]
RunCore = Callable[["Task", Sequence[Person]], "list[Run]"]

_YEAR = 365
_STEPS_PER_DAY = 2
_LONGEST_STEP = 0.25
"""Of the time in which the plan kills all but 1 in e of a load: there a fourth-order step leaves what an exact one does to
1e-5. Two steps a day, right for the skin, would leave 0.65 of a focus in each at 5 /d, where 0.08 are left."""
_burnt: Remembered[np.ndarray] = Remembered(256)
"""Blocks of people after their burn-in: arms of one trial begin with the same skins."""
_cores: Remembered[list[Run]] = Remembered(64)
_MOST_KEPT = 500_000
"""Numbers of a block's core worth keeping (4 MB): a trial reads a few levels, and who asks for everything asks once."""


@dataclass(frozen=True)
class SkinTask:
    """What is done to the skin, what is read of it, the edges cut in it, and the seed of everybody's noise."""

    plan: SkinPlan
    outputs: tuple[str, ...]
    cuts: tuple[Cut, ...] = ()
    seed: int = 1


def skin_task(plan: Scenario, cuts: Sequence[Cut], observables: Sequence[str] | None) -> SkinTask | None:
    """What a plan asks of the skin, or None: nothing but its observables, and with none named the skin of the ill."""
    skin = body.psoriatic_skin()
    if observables is None:
        asked = tuple(skin.observables) if _has_psoriasis(plan) else ()
    else:
        asked = tuple(name for name in observables if name in skin.observables)
    if not asked:
        return None
    own = tuple(cut for cut in cuts if cut[0] in skin.quantities and cut[1] in skin.quantities)
    seed = plan.population.seed if plan.population is not None else plan.simulate.seed
    return SkinTask(skin_plan(plan), asked, own, seed)


def needs_of(skin: SkinTask | None) -> tuple[str, ...]:
    """What the core must be able to say for this skin."""
    return () if skin is None else ("serum_25ohd", "serum_calcitriol", "score_deviation")


def skin_parameters() -> tuple[str, ...]:
    """Names of the parameters of the skin."""
    return tuple(body.psoriatic_skin().constants)


def _has_psoriasis(plan: Scenario) -> bool:
    who = plan.person or plan.population
    assert who is not None
    named = any(condition.name.startswith("psoriasis") for condition in who.conditions)
    return named or (plan.population is not None and population_like(plan.population.like).skin is not None)


def drivers_of(system: System) -> tuple[str, ...]:
    """What of a core the skin reads: inputs of the skin that this core makes."""
    return tuple(name for name in body.psoriatic_skin().inputs if name in system.quantities)


def with_skin(task: Task, people: Sequence[Person], system: System, run_core: RunCore) -> list[Run]:
    """Everybody's core, then their skin; values in the order of the task's outputs."""
    assert task.skin is not None
    core = _core_by_midnight(task, system)
    runs = _core_once(core, people, system, run_core)
    seen, failures = _followed(task, people, *_levels(task, core, runs, people, system, run_core))
    asked = np.searchsorted(core.times, task.times)
    values = np.array([run.values for run in runs])  # people, outputs, times
    columns = {name: values[:, k][:, asked] for k, name in enumerate(core.outputs)}
    columns |= dict(zip(task.skin.outputs, _between_midnights(seen, task.times), strict=True))
    ordered = np.array([columns[name] for name in task.outputs]).transpose(1, 0, 2)
    return [
        replace(
            run, values=ordered[i], failure=run.failure or failures[i],
            accounts=run.accounts[:, asked] if task.accounts else run.accounts[:, : len(asked)],
        )
        for i, run in enumerate(runs)
    ]  # fmt: skip


def skin_meeting(
    pasi: float, task: Task, who: Person, system: System, run_core: RunCore, where: str | None = None
) -> tuple[Mapping[str, Any], float]:
    """The skin with which one person has this PASI on day 0 of the task, and the PASI it comes to.

    It is burnt in as the run burns it in: under their own noise, at the levels of their own core. What `who` has of a skin
    stays. Raises InputError, at `where` the PASI was asked for, if no skin comes to it. Who cannot be run has no such skin.
    """
    assert task.skin is not None
    core = _core_by_midnight(task, system)
    runs = _core_once(core, [who], system, run_core)
    if not np.isfinite(runs[0].values[:, 0]).all():
        return who.skin, math.nan
    levels, year = _levels(task, core, runs, [who], system, run_core)
    before = {name: _before(course, None if year is None else year[name]) for name, course in levels.items()}
    noise = skin_noise(task.skin.seed, (who.number,), BURN_IN_DAYS)
    return skin_with_pasi(pasi, noise, before, who.skin, where)


def _core_by_midnight(task: Task, system: System) -> Task:
    """The core of a task, read every midnight for what the skin reads of it."""
    skin = task.skin
    assert skin is not None
    times = np.union1d(np.arange(math.ceil(float(task.times[-1])) + 1.0), task.times)
    own = tuple(name for name in task.outputs if name not in skin.outputs)
    read = tuple(name for name in drivers_of(system) if name not in own)
    return replace(task, skin=None, times=times, outputs=(*own, *read))


def _levels(
    task: Task, core: Task, runs: Sequence[Run], people: Sequence[Person], system: System, run_core: RunCore
) -> tuple[dict[str, np.ndarray], Mapping[str, np.ndarray] | None]:
    """What the skin reads by midnight (days + 1, people), and in the year before, for people with a place."""
    values, read = np.array([run.values for run in runs]), drivers_of(system)
    midnights = np.searchsorted(core.times, np.arange(math.ceil(float(task.times[-1])) + 1.0))
    levels = {name: values[:, core.outputs.index(name)][:, midnights].T for name in read}
    return levels, _year_before(task, people, system, read, run_core)


def _between_midnights(seen: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Observables of the skin (observables, people, times), known at midnights and straight between them."""
    before = np.minimum(times.astype(int), seen.shape[1] - 1)
    after, part = np.minimum(before + 1, seen.shape[1] - 1), times - before
    values = seen[:, before] + part[:, None] * (seen[:, after] - seen[:, before])
    return values.transpose(2, 0, 1)


def _core_once(core: Task, people: Sequence[Person], system: System, run_core: RunCore) -> list[Run]:
    """The core's runs; plans that differ in what reaches the skin alone have them in common."""
    if core.accounts or len(people) * len(core.outputs) * len(core.times) > _MOST_KEPT:
        return run_core(core, people)
    parameters = system.parameter_table([who.parameters for who in people])
    inputs = system.input_table([who.inputs(core.habitual) for who in people])
    taken = repr([tuple(who.taken.items()) for who in people])
    return _cores.of(lambda: run_core(core, people), parameters, inputs, taken, pickle.dumps(core))


def _year_before(
    task: Task, people: Sequence[Person], system: System, read: Sequence[str], run_core: RunCore
) -> Mapping[str, np.ndarray] | None:
    """A year of habits from the start date, by day (days, people): for people with a place their year repeats."""
    if task.phase is None:
        return None
    year = replace(
        task, skin=None, regimen=Regimen(), times=np.arange(_YEAR + 1.0), outputs=tuple(read), accounts=False
    )
    values = np.array([run.values for run in _core_once(year, people, system, run_core)])
    return {name: values[:, k].T for k, name in enumerate(read)}


def _followed(
    task: Task, people: Sequence[Person], levels: Mapping[str, np.ndarray], year: Mapping[str, np.ndarray] | None
) -> tuple[np.ndarray, tuple[str | None, ...]]:
    """Skin observables (people, days + 1, outputs) and failures."""
    skin = task.skin
    assert skin is not None
    whole = body.psoriatic_skin()
    days = len(next(iter(levels.values()))) - 1
    numbers = np.array([who.number for who in people])
    unique, place = np.unique(numbers, return_inverse=True)
    courses = skin_noise(skin.seed, tuple(unique.tolist()), BURN_IN_DAYS + days)
    noise = {name: course[:, place] for name, course in courses.items()}
    parameters = whole.parameter_table([who.skin for who in people])
    before = {name: _before(course, None if year is None else year[name]) for name, course in levels.items()}
    earlier = {name: course[:BURN_IN_DAYS] for name, course in noise.items()}
    starts = _on_day_0(whole, people, parameters, earlier, before, skin.seed)
    later = {name: course[BURN_IN_DAYS:] for name, course in noise.items()}
    held, added = _for_each(skin.plan.held(days), people), _for_each(skin.plan.added(days), people)
    inputs = np.tile(whole.input_vector(), (len(people), 1))
    system = whole.cutting(skin.cuts) if skin.cuts else whole
    if skin.cuts:
        parameters = _held_at_rest(whole, system, skin.cuts, starts, parameters, inputs, levels, later)
    march = march_engine(system, skin.outputs).run(
        starts,
        parameters,
        inputs,
        Course(days, held={**later, **held}, smooth=levels, add=added),
        steps_per_day=_steps(skin.plan.killing(days)),
    )
    return march.observed, march.failures


def _steps(killing: np.ndarray) -> np.ndarray:
    """Steps on each day: only days of fast killing have more, so that arms stay alike to the bit until it begins."""
    return np.maximum(np.ceil(killing / _LONGEST_STEP), _STEPS_PER_DAY).astype(int)


def _for_each(planned: Mapping[str, np.ndarray], people: Sequence[Person]) -> dict[str, np.ndarray]:
    """What a plan does by day, (days,), as the same for everybody, (days, people)."""
    return {name: np.tile(value[:, None], (1, len(people))) for name, value in planned.items()}


def _before(course: np.ndarray, year: np.ndarray | None) -> np.ndarray:
    """A level on the midnights of the burn-in, (days + 1, people): as it rests, or as it was a year earlier."""
    if year is None:
        return np.tile(course[:1], (BURN_IN_DAYS + 1, 1))
    return year[np.arange(-BURN_IN_DAYS, 1) % _YEAR]


def _on_day_0(
    skin: System, people: Sequence[Person], parameters: np.ndarray,
    noise: Mapping[str, np.ndarray], levels: Mapping[str, np.ndarray], seed: int,
) -> np.ndarray:  # fmt: skip
    """Everybody's skin on day 0 (people, states); who has no plaques begins healthy. `seed` and number tell whose noise it is."""
    healthy = np.tile(skin.start, (len(people), 1))
    ill = np.array([who.lesional for who in people])
    if not ill.any():
        return healthy

    def burn() -> np.ndarray:
        return np.where(ill[:, None], burnt_in(parameters, noise, levels).finals, healthy)

    numbers = np.array([who.number for who in people])
    return _burnt.of(burn, parameters, float(seed), numbers, *levels.values(), ill)


def _held_at_rest(whole: System, cut: System, cuts, starts, parameters, inputs, levels, noise) -> np.ndarray:
    """Parameters of the cut skin: the source of every cut edge as it is on day 0 in the whole skin."""
    inputs = inputs.copy()
    for name, course in {**levels, **noise}.items():
        inputs[:, whole.inputs[name].offset] = course[0]
    sources = [source for source, _ in cuts]
    values: Any = whole.function(sources, people=True)(np.zeros(len(starts)), starts.T, parameters.T, inputs.T)
    wider = np.tile(cut.parameter_vector(), (len(starts), 1))
    wider[:, : parameters.shape[1]] = parameters
    for edge, value in zip(cuts, values, strict=True):
        wider[:, cut.held_offsets[held_name(*edge)]] = value
    return wider
