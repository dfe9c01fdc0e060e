"""The exported model in other simulators: libRoadRunner and COPASI beside this engine's tight setting."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cofactor import body
from cofactor.errors import InputError, MissingExtraError, SolverError
from cofactor.interop._case import Case
from cofactor.interop._export import export_sbml
from cofactor.run import simulate
from cofactor.scenario import Scenario

NEAR_ZERO = 0.01
"""Differences are relative to |value| + this share of the observable's size."""

_BESIDE_A_CHANGE_DAYS = 1e-6
_ROADRUNNER_RELATIVE, _ROADRUNNER_ABSOLUTE, _SMALLEST_SIZE = 1e-12, 1e-14, 1e-3
_COPASI_RELATIVE, _COPASI_ABSOLUTE = 1e-10, 1e-14
_ROADRUNNER_STEPS = 10_000_000
_COPASI_STEPS = 100_000  # then COPASI starts LSODA anew, which at times cannot leave a resting state that lies on kinks

Runner = Callable[[str, Case, np.ndarray, Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class Agreement:
    """One scenario in another simulator: |ours - theirs| / (|theirs| + 0.01 size), the largest over `samples` times, by
    observable."""

    tool: str
    differences: dict[str, float]
    samples: int

    @property
    def worst(self) -> str:
        """The observable that differs most."""
        return max(self.differences, key=self.differences.__getitem__)

    @property
    def largest(self) -> float:
        """Its difference."""
        return self.differences[self.worst]


def agreement(
    scenario: Scenario | str | os.PathLike[str], tool: str, *, observables: Sequence[str] | None = None
) -> Agreement:
    """Run a scenario of one person here (tight) and its SBML in `tool` ("libroadrunner" or "copasi"); compare observables.

    The body is the smallest that has `observables`; by default those of the coupled body, all of them. Times at which
    something changes are left out: ours is the value before the change, theirs the one after it. Raises InputError for bad
    input and an unknown tool, MissingExtraError where the tool is not installed.
    """
    if tool not in RUNNERS:
        raise InputError("the other simulator is one of " + ", ".join(RUNNERS), received=tool)
    plan = scenario if isinstance(scenario, Scenario) else Scenario.from_toml(scenario)
    names = list(body.adult().observables if observables is None else observables)
    case = Case.of_scenario(plan, observables=names)
    ours = simulate(plan, accuracy="tight", draws=1, observables=names)
    even = _evenly_spaced(ours.times)
    times = ours.times[:even]
    theirs = RUNNERS[tool](export_sbml(case), case, times, names)
    apart = _between_changes(case, times)
    found = {}
    for k, name in enumerate(names):
        here, there = ours.observables[name][0][:even][apart], theirs[apart, k]
        near_zero = NEAR_ZERO * _size(name, there, case)
        found[name] = float(np.max(np.abs(here - there) / (np.abs(there) + near_zero)))
    return Agreement(tool, found, int(apart.sum()))


def _evenly_spaced(times: np.ndarray) -> int:
    """How many times come at even intervals: a last one, at the end of the run, may not."""
    steps = np.diff(times)
    return len(times) if np.allclose(steps, steps[0]) else len(times) - 1


def _between_changes(case: Case, times: np.ndarray) -> np.ndarray:
    changes = np.array([*(s.t0 for s in case.regimen.segments(case.days, case.habits)), case.days])
    return np.abs(times[:, None] - changes).min(axis=1) > _BESIDE_A_CHANGE_DAYS


def _size(observable: str, values: np.ndarray, case: Case) -> float:
    """An observable's own largest value; a balance is the small rest of an intake, and is measured against that."""
    if observable.endswith("_balance"):
        return case.habits[f"dietary_{observable.removesuffix('_balance')}"] / NEAR_ZERO
    return float(np.abs(values).max()) or 1.0


def in_roadrunner(text: str, case: Case, times: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Quantities by name (times, names) from libRoadRunner's CVODE; times are evenly spaced from 0."""
    try:
        import roadrunner  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise MissingExtraError("libroadrunner", "bench") from None
    runner: Any = roadrunner.RoadRunner(text)
    runner.timeCourseSelections = list(names)
    runner.integrator.relative_tolerance = _ROADRUNNER_RELATIVE
    runner.integrator.maximum_num_steps = _ROADRUNNER_STEPS
    for name, state in case.system.states.items():
        size = max(abs(case.start[state.offset]), _SMALLEST_SIZE)
        runner.integrator.setIndividualTolerance(name, _ROADRUNNER_ABSOLUTE * size)
    try:
        return np.asarray(runner.simulate(float(times[0]), float(times[-1]), len(times)))
    except RuntimeError as error:
        raise SolverError("libRoadRunner did not finish", received=str(error)) from None


def in_copasi(text: str, case: Case, times: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Quantities by name (times, names) from COPASI's LSODA; times are evenly spaced from 0."""
    try:
        import COPASI  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise MissingExtraError("python-copasi", "bench") from None
    data: Any = COPASI.CRootContainer.addDatamodel()
    try:
        if not data.importSBMLFromString(text):
            raise SolverError("COPASI did not read the file", received=COPASI.CCopasiMessage.getAllMessageText())
        task = data.getTask("Time-Course")
        task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
        _ask_copasi(task, times)
        if not task.process(True):
            raise SolverError("COPASI did not finish", received=task.getProcessError())
        return _copasi_table(task.getTimeSeries(), len(times), names)
    finally:
        COPASI.CRootContainer.removeDatamodel(data)


def _ask_copasi(task: Any, times: np.ndarray) -> None:
    problem, method = task.getProblem(), task.getMethod()
    problem.setDuration(float(times[-1]))
    problem.setStepNumber(len(times) - 1)
    problem.setTimeSeriesRequested(True)
    problem.setOutputEvent(False)
    method.getParameter("Relative Tolerance").setDblValue(_COPASI_RELATIVE)
    method.getParameter("Absolute Tolerance").setDblValue(_COPASI_ABSOLUTE)
    method.getParameter("Max Internal Steps").setUIntValue(_COPASI_STEPS)


def _copasi_table(series: Any, count: int, names: Sequence[str]) -> np.ndarray:
    columns = {series.getTitle(k): k for k in range(series.getNumVariables())}
    chosen = [columns[f"Values[{name}]"] for name in names]  # COPASI's way to call a parameter
    if series.getRecordedSteps() != count:
        raise SolverError("COPASI did not finish", received=f"{series.getRecordedSteps()} of {count} samples")
    return np.array([[series.getConcentrationData(step, k) for k in chosen] for step in range(count)])


RUNNERS: dict[str, Runner] = {"libroadrunner": in_roadrunner, "copasi": in_copasi}
