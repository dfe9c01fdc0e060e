"""Arms of an in-silico trial: the same virtual people, in the same draws of the model, under different plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cofactor.errors import InputError
from cofactor.model import System
from cofactor.people import Person, model_draws, normals, under
from cofactor.run import Run, Task, run_people, system_of, task_of
from cofactor.scenario import Scenario, people_of

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Imposed:
    """A model input held at a measured level: mean and SD between people, the mean known to within `se`.

    People keep their rank in every arm. Arms share the error of the mean only where they share `mean_error_of`.
    """

    given: str
    mean: float
    sd: float
    se: float
    mean_error_of: str

    def levels(self, seed: int, draws: int, people: int) -> np.ndarray:
        """Positive levels, shape (draws, people): log-normal with the stated mean and SD; draw 0 has the stated mean."""
        error = normals(seed, f"imposed/{self.given}/{self.mean_error_of}", draws)
        error[0] = 0.0
        means = np.maximum(self.mean + self.se * error, self.sd * _SMALLEST_MEAN_IN_SD)
        log_variance = np.log1p((self.sd / means) ** 2)[:, None]
        rank = normals(seed, f"imposed/{self.given}", people)[None, :]
        return means[:, None] * np.exp(np.sqrt(log_variance) * rank - log_variance / 2)


_SMALLEST_MEAN_IN_SD = 0.1
"""Keeps a drawn mean positive; with the standard errors in use it is never reached."""


@dataclass(frozen=True)
class Arm:
    """One arm: a plan for a population, and what is imposed on it."""

    name: str
    plan: Scenario
    imposed: tuple[Imposed, ...] = ()


@dataclass(frozen=True)
class Size:
    """Draws of the model x people in each: 50 x 20 is the 1 000 runs an arm of the docket."""

    draws: int = 50
    people: int = 20
    seed: int = 1

    @property
    def runs(self) -> int:
        """Runs an arm."""
        return self.draws * self.people


@dataclass(frozen=True)
class Outcome:
    """What an arm ended with: observables at its start and end, flux accounts at its end, each (draws, people)."""

    arm: str
    start: Mapping[str, np.ndarray]
    end: Mapping[str, np.ndarray]
    accounts: Mapping[str, np.ndarray]
    system: System
    failures: tuple[str, ...] = field(default=())


def run_arm(
    arm: Arm, size: Size, observables: Sequence[str], progress: Progress | None = None, *, accounts: bool = False
) -> Outcome:
    """One arm in `size.draws` draws of the model by `size.people` people, the same people whatever the arm.

    With `accounts` the running total of every flux comes too; otherwise the accounts are NaN. Raises InputError when the arm is not a population, or imposes an input the body does not have.
    """
    if arm.plan.population is None:
        raise InputError("an arm of a trial is a population", received="a [person]", where=f"arm {arm.name}")
    plan = _resized(arm.plan, size)
    task = task_of(plan, observables=tuple(observables))
    task = replace(task, times=np.array([0.0, plan.simulate.days]), accounts=accounts)
    system = system_of(task)
    people = _everybody(arm, plan, size, system)
    runs = run_people(task, people, progress)
    return _outcome(arm, size, task, system, runs)


def _resized(plan: Scenario, size: Size) -> Scenario:
    assert plan.population is not None
    population = plan.population.model_copy(update={"n": size.people, "seed": size.seed})
    return plan.model_copy(update={"population": population})


def _everybody(arm: Arm, plan: Scenario, size: Size, system: System) -> list[Person]:
    panel = people_of(plan, system)
    draws = model_draws(system, size.draws, seed=size.seed)
    people = [[under(system, who, draw) for who in panel] for draw in draws]
    for imposed in arm.imposed:
        if imposed.given not in system.inputs:
            raise system.unknown(imposed.given)
        factors = imposed.levels(size.seed, size.draws, size.people) / system.inputs[imposed.given].value
        people = [
            [who.scaling_input(imposed.given, float(f)) for who, f in zip(row, rows, strict=True)]
            for row, rows in zip(people, factors, strict=True)
        ]
    return [who for row in people for who in row]


def _outcome(arm: Arm, size: Size, task: Task, system: System, runs: Sequence[Run]) -> Outcome:
    shape = (size.draws, size.people)
    values = np.array([run.values for run in runs])
    accounts = np.array([run.accounts[:, -1] for run in runs])
    return Outcome(
        arm=arm.name,
        start={name: values[:, k, 0].reshape(shape) for k, name in enumerate(task.outputs)},
        end={name: values[:, k, -1].reshape(shape) for k, name in enumerate(task.outputs)},
        accounts={name: accounts[:, k].reshape(shape) for k, name in enumerate(system.movements)},
        system=system,
        failures=tuple(run.failure for run in runs if run.failure is not None),
    )


def arm_from(name: str, table: Mapping[str, Any]) -> Arm:
    """An arm from a claim or trial file: a scenario fragment, with [imposed.INPUT] tables beside it."""
    fragment = {key: value for key, value in table.items() if key != "imposed"}
    imposed = tuple(_imposed(name, given, entry) for given, entry in table.get("imposed", {}).items())
    return Arm(name, Scenario.from_dict(fragment), imposed)


def _imposed(arm: str, given: str, entry: Mapping[str, Any]) -> Imposed:
    missing = [key for key in ("mean", "sd", "se") if key not in entry]
    if missing:
        raise InputError(
            "an imposed input states mean, sd and se", received=f"no {missing[0]}", where=f"arm {arm}, {given}"
        )
    return Imposed(given, float(entry["mean"]), float(entry["sd"]), float(entry["se"]), str(entry.get("same_as", arm)))
