"""`simulate`: a scenario becomes people, a plan and a body, and comes back as a Result."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from cofactor import body
from cofactor.errors import InputError
from cofactor.model import System
from cofactor.people import model_draws
from cofactor.run._check import Check, check
from cofactor.run._many import Task, run_people, system_of
from cofactor.run._result import Failure, Result
from cofactor.scenario import (
    SWITCHES,
    Cast,
    Scenario,
    cast_of,
    features_supported,
    habitual_inputs,
    require_supported,
    to_regimen,
)

BODY = "adult"
"""The body this version runs."""


def simulate(
    scenario: Scenario | str | os.PathLike[str],
    *,
    accuracy: str | None = None,
    draws: int | None = None,
    observables: Sequence[str] | None = None,
    engine: str = "fast",
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Run a scenario (or the file it is in).

    `accuracy` and `draws` override the file; `observables` picks columns (default: all the body has). With draws above 1
    every person is run in each draw of the model's own uncertainty. The engine "reference" is SciPy: slow, the oracle.
    Raises InputError for bad input and for what no organ of this version answers; a person who fails is NaN and listed
    in `Result.failures`.
    """
    plan = scenario if isinstance(scenario, Scenario) else Scenario.from_toml(scenario)
    require_supported(plan, features_supported())
    task = replace(task_of(plan, accuracy=accuracy, observables=observables), engine=engine)
    system = system_of(task)
    # labs are measured in a whole body, whatever edges the run then cuts
    cast = cast_of(plan, body_system(), draws_of(plan, draws if draws is not None else plan.simulate.draws))
    done = 0

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, len(cast.people))

    runs = run_people(task, cast.people, report)
    alone = plan.population is None and len(cast.people) == 1
    if alone and runs[0].failure is not None and not np.isfinite(runs[0].values).any():
        raise InputError("this person cannot be run", received=runs[0].failure)
    return Result(
        times=task.times,
        observables={name: np.array([r.values[k] for r in runs]) for k, name in enumerate(task.outputs)},
        units={name: str(system.unit_of(name)) for name in task.outputs},
        accounts={name: np.array([r.accounts[k] for r in runs]) for k, name in enumerate(system.movements)},
        manifest=manifest_of(plan, task, cast),
        is_population=not alone,
        failures=tuple(Failure(i, r.failure) for i, r in enumerate(runs) if r.failure is not None),
    )


def task_of(plan: Scenario, *, accuracy: str | None = None, observables: Sequence[str] | None = None) -> Task:
    """The work of one scenario, without its people. Raises InputError for names in [model] the body does not have."""
    cuts = tuple((a, b) for a, _, b in (edge.partition(" -> ") for edge in plan.model.cut))
    draft = Task(
        BODY, cuts, to_regimen(plan), habitual_inputs(plan), _times(plan), (), accuracy or plan.simulate.accuracy
    )
    system = system_of(draft)
    plan.check_names({"parameters": system.constants, "switches": SWITCHES})
    habitual = {name: given.value for name, given in system.inputs.items()} | dict(draft.habitual)
    chosen = tuple(observables) if observables is not None else tuple(system.observables)
    for name in chosen:
        if name not in system.quantities:
            raise system.unknown(name)
    return Task(BODY, cuts, draft.regimen, habitual, draft.times, chosen, draft.accuracy)


def body_system() -> System:
    """The System this version runs, whole."""
    return getattr(body, BODY)()


def _times(plan: Scenario) -> np.ndarray:
    count = int(np.floor(plan.simulate.days / plan.simulate.output_every + 1e-9))
    times = np.arange(count + 1) * plan.simulate.output_every
    return times if times[-1] >= plan.simulate.days - 1e-9 else np.append(times, plan.simulate.days)


def draws_of(plan: Scenario, count: int) -> list[dict[str, float]]:
    """Parameter sets of the model's own uncertainty; the best estimate alone for 1. Raises InputError below 1."""
    if count < 1:
        raise InputError("at least one draw", received=count)
    return model_draws(body_system(), count, seed=plan.simulate.seed) if count > 1 else [{}]


def manifest_of(plan: Scenario, task: Task, cast: Cast) -> dict[str, Any]:
    """What was run, with every default filled in."""
    people = plan.population.n if plan.population is not None else 1
    return {
        "cofactor": version("cofactor"), "body": task.body, "accuracy": task.accuracy, "people": people,
        "runs": len(cast.people), "scenario": plan.to_manifest(), "labs_met": [met.to_manifest() for met in cast.met],
        "draws_that_miss_a_lab": cast.missed, "parameters_changed": dict(cast.people[0].parameters) if people == 1 else {},
    }  # fmt: skip


def check_simulation(plan: Scenario, *, accuracy: str | None = None, draws: int | None = None) -> Check:
    """The engine's error on a scenario: some of its people at a hundredth of the tolerance. Raises as `simulate` does."""
    require_supported(plan, features_supported())
    task = replace(task_of(plan, accuracy=accuracy), accounts=False)
    cast = cast_of(plan, body_system(), draws_of(plan, draws if draws is not None else plan.simulate.draws))
    return check(task, cast.people)
