"""Arms of an in-silico trial: the same virtual people, in the same draws of the model, under different plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from cofactor.errors import InputError
from cofactor.model import System
from cofactor.people import Person, normals, population_like
from cofactor.run import Run, Task, body_system, draws_of, run_people, system_of, task_of
from cofactor.scenario import Scenario, cast_of, features_supported, require_supported

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


FULL = Size(draws=200, people=200)
"""The size of `--full`: 40 000 runs an arm, for shares of draws that lie near a border of the rule."""


@dataclass(frozen=True)
class Outcome:
    """What an arm came to: quantities and flux accounts (running totals since day 0) by name, (times, draws, people).

    `days[0]` is the start; a failed run is NaN from its failure on. Who in some draw of the model is nobody of the population
    (`left_out` runs) is NaN throughout, in every arm alike.
    """

    arm: str
    days: tuple[float, ...]
    values: Mapping[str, np.ndarray]
    accounts: Mapping[str, np.ndarray]
    system: System
    plan: Scenario
    left_out: int = 0
    failures: tuple[str, ...] = field(default=())

    def start(self, name: str) -> np.ndarray:
        """A quantity at rest, before the plan begins; shape (draws, people)."""
        return self.values[name][0]

    def at(self, name: str, day: float | None = None) -> np.ndarray:
        """A quantity on a day that was asked for (None: the last); shape (draws, people)."""
        return self.values[name][self._index(day)]

    def total(self, flux: str, day: float | None = None) -> np.ndarray:
        """What a flux has carried from day 0 to a day that was asked for (None: the last); shape (draws, people)."""
        return self.accounts[flux][self._index(day)]

    def _index(self, day: float | None) -> int:
        if day is None:
            return -1
        if day not in self.days:
            raise InputError(
                "an arm is read on days it was asked for", received=f"day {day:g}", where=f"arm {self.arm}"
            )
        return self.days.index(day)


def run_arm(
    arm: Arm,
    size: Size,
    quantities: Sequence[str],
    progress: Progress | None = None,
    *,
    days: Sequence[float] = (),
    accounts: bool = False,
) -> Outcome:
    """One arm in `size.draws` draws of the model by `size.people` people, the same people whatever the arm.

    It is read at its start, on each of `days` and at its end. With `accounts` the running total of every flux comes too;
    otherwise there is none. Raises InputError when the arm is not a population, asks for what no organ answers,
    imposes an input the body does not have, or is to be read after its end.
    """
    if arm.plan.population is None:
        raise InputError("an arm of a trial is a population", received="a [person]", where=f"arm {arm.name}")
    require_supported(arm.plan, features_supported())
    plan = _resized(arm.plan, size)
    task = task_of(plan, observables=tuple(quantities))
    task = replace(task, times=np.array(_times(arm, days)), accounts=accounts)
    runs = run_people(task, _everybody(arm, plan, size, task), progress)
    return _outcome(arm, size, task, runs, belonging(plan, size))


def body_of(arm: Arm, quantities: Sequence[str]) -> System:
    """The body that an arm is run in when these quantities are asked for."""
    return system_of(task_of(arm.plan, observables=tuple(quantities)))


def _times(arm: Arm, days: Sequence[float]) -> list[float]:
    end = float(arm.plan.simulate.days)
    late = [day for day in days if not 0 <= day <= end]
    if late:
        raise InputError(
            "an arm is read while it runs", received=f"day {late[0]:g}", where=f"arm {arm.name} of {end:g} days"
        )
    return sorted({0.0, *(float(day) for day in days), end})


def _resized(plan: Scenario, size: Size) -> Scenario:
    assert plan.population is not None
    population = plan.population.model_copy(update={"n": size.people, "seed": size.seed})
    return plan.model_copy(update={"population": population})


def _everybody(arm: Arm, plan: Scenario, size: Size, task: Task) -> list[Person]:
    system = system_of(task)
    everybody = _people(_Who(_before(plan), plan, system, task.skin is not None), size)
    for imposed in arm.imposed:
        if imposed.given not in system.inputs:
            raise system.unknown(imposed.given)
        factors = imposed.levels(size.seed, size.draws, size.people) / system.inputs[imposed.given].value
        everybody = [
            who.scaling_input(imposed.given, float(factor))
            for who, factor in zip(everybody, factors.ravel(), strict=True)
        ]
    return list(everybody)


@dataclass(frozen=True)
class _Who:
    """A plan as far as it says who takes part: two plans that differ only in what is done to people are one."""

    before: str
    plan: Scenario = field(compare=False)
    system: System
    skin: bool = False


_DONE_TO_PEOPLE = ("diet_change", "infusion", "challenge", "event", "phototherapy")


def _before(plan: Scenario) -> str:
    """The part of a plan that people are drawn from and matched to their labs with."""
    already = {
        table: tuple(entry for entry in getattr(plan, table) if entry.start < 0) for table in ("supplement", "drug")
    }
    simulate = plan.simulate.model_copy(update={"days": 1.0, "output_every": 1.0})
    whole = plan.model.model_copy(update={"cut": ()})  # an edge is cut in the run, not in who takes part
    left_out = dict.fromkeys(_DONE_TO_PEOPLE, ())
    kept = plan.model_copy(update={**already, **left_out, "simulate": simulate, "model": whole})
    return kept.model_dump_json()


@lru_cache(maxsize=64)
def _people(who: _Who, size: Size) -> tuple[Person, ...]:
    """Everybody in every draw, draw after draw; arms of one population share them."""
    draws = draws_of(who.system, size.draws, seed=size.seed, skin=who.skin)
    return tuple(cast_of(who.plan, who.system, draws).people)


def belonging(plan: Scenario, size: Size) -> np.ndarray:
    """Who is one of the plan's population in each draw of the model; true or false, shape (draws, people).

    A population keeps nobody who breaks one of its limits at rest (people/populations.toml), but people are drawn in the best
    estimate; in another draw the same person may be beyond them, as with a serum calcium nobody lives with, or at a rest
    that the least push ends. It is asked before labs, conditions and diet, so that all arms leave out the same.
    """
    assert plan.population is not None
    bare = Scenario.from_dict({"population": {}, "simulate": {"days": _A_MOMENT}})
    population = plan.population.model_copy(update={"conditions": (), "latitude": None})
    bare = _resized(bare.model_copy(update={"population": population}), size)
    names = [limit.name for limit in population_like(population.like).limits if limit.name in body_system().observables]
    task = replace(task_of(bare, observables=names), accounts=False)
    return _belonging(_Who(_before(bare), bare, system_of(task)), population.like, task.outputs, size)


@lru_cache(maxsize=16)
def _belonging(who: _Who, like: str, names: tuple[str, ...], size: Size) -> np.ndarray:
    limits = [limit for limit in population_like(like).limits if limit.name in names]
    task = replace(task_of(who.plan, observables=[limit.name for limit in limits]), accounts=False)
    levels = np.array([run.values[:, 0] for run in run_people(task, _people(who, size))])
    kept = np.isfinite(levels).all(axis=1)
    for limit, level in zip(limits, levels.T, strict=True):
        low = -np.inf if limit.low is None else limit.low
        high = np.inf if limit.high is None else limit.high
        kept &= (level >= low) & (level <= high)
    return kept.reshape(size.draws, size.people)


_A_MOMENT = 0.01
"""Days, the shortest run: only its start is read."""


def _outcome(arm: Arm, size: Size, task: Task, runs: Sequence[Run], kept: np.ndarray) -> Outcome:
    system = system_of(task)
    shape = (len(task.times), size.draws, size.people)
    values = np.array([run.values for run in runs])
    accounts = np.array([run.accounts for run in runs]) if task.accounts else np.empty((len(runs), 0, 0))
    carried = list(system.movements) if task.accounts else []
    return Outcome(
        arm=arm.name,
        days=tuple(float(t) for t in task.times),
        values={name: np.where(kept, values[:, k].T.reshape(shape), np.nan) for k, name in enumerate(task.outputs)},
        accounts={name: np.where(kept, accounts[:, k].T.reshape(shape), np.nan) for k, name in enumerate(carried)},
        system=system,
        plan=arm.plan,
        left_out=int((~kept).sum()),
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
