"""The fast engine on every golden run of the coupled body: against coupled.md's digits and against the reference engine."""

from __future__ import annotations

import numpy as np
import pytest
from tests.body.coupled import Phase, resting
from tests.body.test_coupled_golden import COLUMNS, RUNS, is_met, phases_of, rest_at_25ohd

from cofactor.body import adult
from cofactor.engine import FAST_ACCURACIES, Accuracy, FastEngine, Swarm, Timeline, Trajectory, fast_engine, integrate

WITH_DOSES = "tptd"
"""The run of 365 injections: the spiky case."""


def swarm(phase: Phase, start: np.ndarray, parameters, accuracy: str | Accuracy, times=(), observables=()) -> Swarm:
    """One phase of one body."""
    system = adult()
    count, pace = phase.dose_count, phase.every or phase.days
    edges = np.append(np.arange(count) * pace, phase.days)
    dose = np.zeros((1, system.size))
    for name, amount in phase.doses.items():
        dose[0, system.states[name].offset] += amount
    given = np.full(count, 0 if phase.doses else -1)
    looks = np.asarray(times, dtype=float)
    line = Timeline(edges, np.zeros(count, int), given, dose, looks, np.zeros(len(looks), int))
    found = fast_engine(system).run(
        start[None], system.parameter_vector(parameters)[None], system.input_vector(phase.inputs)[None, None], line,
        accuracy=accuracy, observables=observables,
    )  # fmt: skip
    assert found.failures == (None,)
    return found


def fast(phase: Phase, start: np.ndarray, parameters, accuracy: str | Accuracy) -> np.ndarray:
    """States at the end of a phase."""
    return swarm(phase, start, parameters, accuracy).finals[0]


def parameters_of(name: str) -> dict[str, float]:
    run = RUNS[name]
    return rest_at_25ohd(run["start_25ohd"])[1] if "start_25ohd" in run else run.get("parameters", {})


@pytest.mark.parametrize("accuracy", list(FAST_ACCURACIES))
@pytest.mark.parametrize("name", [name for name, run in RUNS.items() if run["phase"][-1]["days"]])
def test_the_golden_row_comes_out_of_the_fast_engine_too(name: str, accuracy: str):
    system = adult()
    look = system.function(COLUMNS)
    parameters = parameters_of(name)
    states = phases_of(name)[0][1]
    for table, (phase, _, _) in zip(RUNS[name]["phase"], phases_of(name), strict=True):
        states = fast(phase, states, parameters, accuracy)
        inputs = system.input_vector(phase.inputs).tolist()
        values = look(phase.days, states.tolist(), system.parameter_vector(parameters).tolist(), inputs)
        found = dict(zip(COLUMNS, values, strict=True))
        found["bmd_change"] = 100 * (found["bmd_spine"] - 1)
        expected = dict(zip([*COLUMNS[:-1], "bmd_change"], table.get("expected", []), strict=False))
        assert {n: (found[n], e) for n, e in expected.items() if not is_met(found[n], e)} == {}, table.get("row")


def oracle(name: str, phase: Phase, start: np.ndarray, usual: Trajectory, parameters) -> np.ndarray:
    """The reference engine's last states; over three years of denosumab its default leaves 9e-5 of the drug, so tight there."""
    if name != "dmab":
        return usual.final
    system = adult()
    settings = system.parameter_vector(parameters)
    return integrate(
        system, settings, start, phase.segments(system), np.array([phase.days]), ["pth"], accuracy="tight"
    ).final


@pytest.mark.parametrize("name", [n for n, run in RUNS.items() if run["phase"][-1]["days"] and n != WITH_DOSES])
def test_both_engines_end_every_run_alike(name: str):
    parameters, sizes = parameters_of(name), np.maximum(np.abs(resting()), 1e-2)
    for phase, start, usual in phases_of(name):
        expected = oracle(name, phase, start, usual, parameters)
        tight = fast(phase, start, parameters, "tight")
        assert np.max(np.abs(tight - expected) / np.maximum(sizes, np.abs(expected))) < 1e-6


@pytest.mark.parametrize("name", [name for name, run in RUNS.items() if run["phase"][-1]["days"]])
def test_the_default_stays_near_the_tight_setting_all_along(name: str):
    """2e-4 of each observable's size; a balance is measured against the flows it is the difference of."""
    names = adult().observables
    parameters = parameters_of(name)
    for phase, start, _ in phases_of(name):
        times = np.linspace(0, phase.days, 41)
        usual, tight = (swarm(phase, start, parameters, a, times, names).observed[0] for a in FAST_ACCURACIES)
        sizes = np.maximum(np.abs(tight).max(axis=0), 1e-9)
        for k, observable in enumerate(names):
            element = observable.removesuffix("_balance")
            if element != observable:
                sizes[k] = max(sizes[names.index(f"absorbed_{element}")], sizes[names.index(f"urine_{element}")])
        gaps = dict(zip(names, np.abs(usual - tight).max(axis=0) / sizes, strict=True))
        assert {n: gap for n, gap in gaps.items() if gap > 2e-4} == {}


def test_nobody_depends_on_neighbours_threads_lanes_or_looks_while_kinks_are_crossed():
    system = adult()
    people, days = 7, 8
    parameters = np.repeat(system.parameter_vector()[None], people, axis=0)
    for name in ("calcium_set_point", "pth_clearance", "bone_turnover_at_rest"):
        parameters[:, system.constants[name].offset] *= np.exp(0.05 * np.random.default_rng(0).standard_normal(people))
    habits = np.repeat(system.input_vector()[None], people, axis=0)
    engine = fast_engine(system)
    starts = engine.settle(np.repeat(system.start[None], people, axis=0), parameters, habits)[0]
    dose = np.zeros((1, system.size))
    dose[0, system.states["teriparatide_depot"].offset] = 4857.0
    edges, nothing = np.arange(days + 1.0), np.zeros(days, int)

    def course(times, who=slice(None), width=None, threads=None) -> np.ndarray:
        line = Timeline(edges, nothing, nothing, dose, np.asarray(times, dtype=float), np.zeros(len(times), int))
        used = engine if width is None else FastEngine(system, width=width)
        return used.run(starts[who], parameters[who], habits[who][:, None], line, threads=threads).samples

    whole = course(edges)
    assert np.array_equal(course(edges, slice(3, 4)), whole[3:4])
    assert np.array_equal(course(edges, slice(None, None, -1), threads=2), whole[::-1])
    assert np.array_equal(course(edges, width=2), whole)
    assert np.array_equal(course(np.linspace(0, days, 8 * days + 1))[:, ::8], whole)
