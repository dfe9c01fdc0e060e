"""What an export holds: one person's System with numbers, the state it begins in, and what happens to the person."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cofactor.body import assembled
from cofactor.engine import Rates, fast_engine, rest
from cofactor.errors import InputError, NoRestError
from cofactor.model import System, held_name
from cofactor.people import Person
from cofactor.regimen import Regimen
from cofactor.run import Task, steady_fast, system_of, task_of
from cofactor.scenario import Scenario, features_supported, people_of, require_supported, why_no_year, year_of

ROUND_OFF = 1e-15
"""A state nearer to zero than this rests at zero: what the search for rest leaves of it (1e-24) makes the increments of a
finite-difference Jacobian so small that CVODE, in libRoadRunner, stops at the first step."""

WITHOUT_PLAN_DAYS = 365.0
"""Days a plan is laid out over where nothing says how many."""


@dataclass(frozen=True)
class Case:
    """One person: a System, its parameters and habitual inputs, the state at day 0, and the plan over `days`.

    `parameters` and `start` are vectors in the System's order; `habits` holds every input by name in its own unit.
    """

    system: System
    parameters: np.ndarray
    habits: Mapping[str, float]
    start: np.ndarray
    regimen: Regimen = field(default_factory=Regimen)
    days: float = WITHOUT_PLAN_DAYS
    title: str = "Cofactor"

    @classmethod
    def of_system(
        cls, system: System, *, parameters: Mapping[str, float] | None = None, inputs: Mapping[str, float] | None = None,
        start: np.ndarray | None = None, regimen: Regimen | None = None, days: float = WITHOUT_PLAN_DAYS,
    ) -> Case:  # fmt: skip
        """A System with some parameters and habitual inputs changed; it begins at rest unless `start` says otherwise.

        Raises ModelError for unknown names and NoRestError where the person has no resting state.
        """
        vector = system.parameter_vector(parameters)
        habits = system.input_vector(inputs)
        begin = resting(system, vector, habits) if start is None else np.asarray(start, dtype=float)
        named = dict(zip(system.inputs, habits.tolist(), strict=True))
        return cls(system, vector, named, begin, regimen or Regimen(), days)

    @classmethod
    def of_scenario(
        cls, scenario: Scenario | str | os.PathLike[str], *, observables: Sequence[str] | None = None
    ) -> Case:
        """The person and plan of a scenario, or of the file it is in, in the smallest body that has `observables` (default:
        the whole one).

        Raises InputError for bad input and for a population: an SBML file holds one person.
        """
        plan = scenario if isinstance(scenario, Scenario) else Scenario.from_toml(scenario)
        require_supported(plan, features_supported())
        if plan.population is not None:
            raise InputError(
                "an SBML file holds one person", received="a population", where=plan.where("population"),
                hint="describe one of them under [person]",
            )  # fmt: skip
        task = task_of(plan, observables=observables)
        system = system_of(task)
        (who,) = people_of(plan, system)
        parameters, habits = _settings(task, system, who), who.inputs(task.habitual)
        regimen = task.regimen.taken(who.taken)
        inputs = system.input_vector(habits)
        start = resting(system, parameters, inputs)
        if task.phase is not None:
            start = _in_the_year(system, parameters, inputs, task.phase)
        start = _under_habitual_doses(system, regimen, parameters, habits, start)
        return cls(system, parameters, habits, start, regimen, float(task.times[-1]))


def resting(system: System, parameters: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """The resting state, without the round-off of its search."""
    return without_round_off(rest(system, parameters, inputs))


def _in_the_year(system: System, parameters: np.ndarray, inputs: np.ndarray, phase: float) -> np.ndarray:
    """The periodic year of somebody with a place, entered at a phase (rad)."""
    year = year_of(fast_engine(system), parameters[None], inputs[None], phase)
    reason = why_no_year(float(year.gaps[0]))
    if reason is not None:
        raise NoRestError(reason)
    return without_round_off(year.states[0])


def _under_habitual_doses(
    system: System, regimen: Regimen, parameters: np.ndarray, habits: Mapping[str, float], start: np.ndarray
) -> np.ndarray:
    """Where doses that were going on before day 0 have brought the person; their rest where there are none."""
    if regimen.cycle() is None:
        return start
    states, (reason,) = steady_fast(fast_engine(system), regimen, parameters[None], [habits], start[None])
    if reason is not None:
        raise NoRestError(reason)
    return without_round_off(states[0])


def without_round_off(states: np.ndarray) -> np.ndarray:
    """States of any shape with what is no more than round-off set to zero."""
    return np.where(np.abs(states) < ROUND_OFF, 0.0, states)


def _settings(task: Task, system: System, who: Person) -> np.ndarray:
    """The person's parameters; a cut edge holds what its source is at their rest in the whole body."""
    if not task.cuts:
        return system.parameter_vector(who.parameters)
    whole = assembled(task.body)
    numbers, inputs = whole.parameter_vector(who.parameters), whole.input_vector(who.inputs(task.habitual))
    sources = [source for source, _ in task.cuts]
    levels = Rates(whole, numbers, inputs).values(sources, rest(whole, numbers, inputs))
    held = {held_name(*cut): float(level) for cut, level in zip(task.cuts, levels, strict=True)}
    return system.parameter_vector({**who.parameters, **held})
