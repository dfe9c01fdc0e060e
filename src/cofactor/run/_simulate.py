"""`simulate`: a scenario becomes people, a plan and a body, and comes back as a Result."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from cofactor import body
from cofactor.errors import InputError
from cofactor.model import System
from cofactor.people import model_draws, skin_under
from cofactor.run._bodies import ageing, body_for, body_system
from cofactor.run._check import Check, check
from cofactor.run._many import Task, run_people, system_of, with_pasi
from cofactor.run._result import Failure, Result
from cofactor.run._skin import needs_of, skin_parameters, skin_task
from cofactor.scenario import (
    SKIN_LAB,
    SWITCHES,
    Cast,
    Met,
    Scenario,
    cast_of,
    features_supported,
    habitual_inputs,
    pasi_asked,
    phase_on,
    require_supported,
    to_regimen,
)
from cofactor.units import Unit


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
    cast = everybody(plan, task, draws)
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
        units={name: str(unit_of(task, name)) for name in task.outputs},
        accounts={name: np.array([r.accounts[k] for r in runs]) for k, name in enumerate(system.movements)},
        manifest=manifest_of(plan, task, cast),
        is_population=not alone,
        failures=tuple(Failure(i, r.failure) for i, r in enumerate(runs) if r.failure is not None),
    )


def task_of(plan: Scenario, *, accuracy: str | None = None, observables: Sequence[str] | None = None) -> Task:
    """The work of one scenario, without its people. Raises InputError for names in [model] the body does not have."""
    if plan.model.parameters or plan.model.switches:  # to know them all takes longer than to run a person
        plan.check_names({"parameters": [*body_system().constants, *skin_parameters()], "switches": SWITCHES})
    plan = _with_edges_in_full(plan)
    cuts = [(a, b) for a, _, b in (edge.partition(" -> ") for edge in plan.model.cut)]
    skin = skin_task(plan, cuts, observables)
    regimen, habits = to_regimen(plan), habitual_inputs(plan)
    name = body_for(plan, regimen, habits, None if observables is None else [*observables, *needs_of(skin)])
    core_cuts = tuple(cut for cut in cuts if skin is None or cut not in skin.cuts)
    draft = Task(name, core_cuts, regimen, habits, _times(plan), (), accuracy or plan.simulate.accuracy)
    system = system_of(draft)
    draft = replace(draft, regimen=ageing(plan, regimen, system))
    outputs = () if skin is None else skin.outputs
    chosen = tuple(observables) if observables is not None else (*system.observables, *outputs)
    for each in chosen:
        if each not in system.quantities and each not in outputs:
            raise body_system().unknown(each)
    habitual = {each: habits.get(each, given.value) for each, given in system.inputs.items()}
    return replace(draft, habitual=habitual, outputs=chosen, phase=phase_on(plan), skin=skin)


READABLE_CUTS: Mapping[str, tuple[str, ...]] = {
    "uvb -> plaque": ("uvb -> uvb_on_plaque",),
    "vitamin_d -> plaque": ("serum_25ohd -> vitamin_d_in_plaque", "serum_calcitriol -> vitamin_d_in_plaque"),
}
"""Edges by the name a reader would give them, and the edges of the model they stand for (design.md 3)."""


def _with_edges_in_full(plan: Scenario) -> Scenario:
    """The plan with readable edges written out; every other edge as it is."""
    full = tuple(dict.fromkeys(edge for name in plan.model.cut for edge in READABLE_CUTS.get(name, (name,))))
    if full == tuple(plan.model.cut):
        return plan
    return plan.model_copy(update={"model": plan.model.model_copy(update={"cut": full})})


def everybody(plan: Scenario, task: Task, draws: int | None = None) -> Cast:
    """Who takes part. Labs are measured in an uncut body, whatever edges the run then cuts."""
    system, count = body.assembled(task.body), draws if draws is not None else plan.simulate.draws
    drawn = draws_of(system, count, seed=plan.simulate.seed, skin=task.skin is not None)
    cast = cast_of(plan, system, drawn)
    return cast if task.skin is None else _with_their_pasi(plan, task, cast, drawn)


def _with_their_pasi(plan: Scenario, task: Task, cast: Cast, draws: Sequence[Mapping[str, float]]) -> Cast:
    """The cast with the skin of one patient, chosen at the best estimate of the model; draws of it move the skin's rest."""
    asked = pasi_asked(plan)
    if asked is None:
        return cast
    given, core = cast.people[0].skin, body.assembled(task.body).constants
    who, reached = with_pasi(replace(task, cuts=()), cast.people[0], asked, plan.where("labs", SKIN_LAB))
    skins = [skin_under(who.skin, {name: v for name, v in draw.items() if name not in core}) for draw in draws]
    people = [replace(each, skin={**skin, **given}) for each, skin in zip(cast.people, skins, strict=True)]
    met = [Met(SKIN_LAB, asked, reached, "points", {})] if SKIN_LAB in plan.labs.values else []
    return replace(cast, people=people, met=(*cast.met, *met))


def unit_of(task: Task, name: str) -> Unit:
    """The unit of an output, of the core's or of the skin's."""
    of_skin = task.skin is not None and name in task.skin.outputs
    return (body.psoriatic_skin() if of_skin else system_of(task)).unit_of(name)


def _times(plan: Scenario) -> np.ndarray:
    count = int(np.floor(plan.simulate.days / plan.simulate.output_every + 1e-9))
    times = np.arange(count + 1) * plan.simulate.output_every
    return times if times[-1] >= plan.simulate.days - 1e-9 else np.append(times, plan.simulate.days)


def draws_of(system: System, count: int, *, seed: int, skin: bool) -> list[dict[str, float]]:
    """Parameter sets of the model's own uncertainty; the best estimate alone for 1. Raises InputError below 1."""
    if count < 1:
        raise InputError("at least one draw", received=count)
    if count == 1:
        return [{}]
    draws = model_draws(system, count, seed=seed)
    if not skin:
        return draws
    return [core | own for core, own in zip(draws, model_draws(body.psoriatic_skin(), count, seed=seed), strict=True)]


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
    return check(task, everybody(plan, task, draws).people)
