"""Maps: one person in every combination of two settings, all cells run as one population; and courses of many under one plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from cofactor.engine import FastEngine, Timeline, fast_engine, resting_states
from cofactor.errors import InputError
from cofactor.model import System

Setting = Literal["habit", "plan", "parameter"]

SMALLEST_MAP = 10
"""Values an axis has at least (claims.md, signs of a toy)."""


@dataclass(frozen=True)
class Axis:
    """One side of a map: what is set, to which values, and when.

    `name` is an input or a parameter of the body, in its unit; `setting`: "habit" inputs hold before and during the plan,
    "plan" inputs from its start on, "parameter"s always. `shown` are the values as a reader says them, in `unit`.
    """

    name: str
    values: tuple[float, ...]
    setting: Setting
    label: str = ""
    unit: str = ""
    shown: tuple[float, ...] = ()


@dataclass(frozen=True)
class Course:
    """Observables by name, (people, times), with the reason for each person who failed (their values are NaN)."""

    times: np.ndarray
    values: Mapping[str, np.ndarray]
    failures: tuple[str | None, ...]


@dataclass(frozen=True)
class CellMap:
    """Observables by name, (rows, columns, times); `failures` names each cell that could not be run."""

    rows: Axis
    columns: Axis
    times: np.ndarray
    values: Mapping[str, np.ndarray]
    failures: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def at(self, name: str, day: float) -> np.ndarray:
        """One observable on a day that was asked for, (rows, columns). Raises InputError for any other day."""
        if day not in self.times:
            raise InputError("a map is read on days it was asked for", received=f"day {day:g}")
        return self.values[name][:, :, int(np.flatnonzero(self.times == day)[0])]


def follow_all(
    system: System,
    parameters: Sequence[Mapping[str, float]],
    habits: Sequence[Mapping[str, float]],
    stretches: Sequence[tuple[float, Sequence[Mapping[str, float]]]],
    times: Sequence[float],
    observables: Sequence[str],
) -> Course:
    """Many bodies at once: each rests on its habits, then goes through the stretches (end day, inputs changed a body).

    Raises InputError for lists of unequal length and for a stretch that ends before it begins; a body without rest is
    NaN and named.
    """
    people = len(parameters)
    _check_lengths(people, habits, stretches)
    engine = fast_engine(system, ())
    settings = system.parameter_table(parameters)
    resting = system.input_table(habits)
    starts, reasons = resting_states(engine, settings, resting)
    still = np.array([reason is None for reason in reasons])
    rows = [resting]
    for _, changes in stretches:
        rows.append(system.input_table([{**h, **c} for h, c in zip(habits, changes, strict=True)]))
    return _run(
        engine, starts, settings, np.stack(rows, axis=1), [end for end, _ in stretches], times, observables, still
    )


def _run(engine: FastEngine, starts, settings, inputs, ends, times, observables, still) -> Course:
    edges, moments = np.array([0.0, *ends]), np.array(sorted(set(times)), dtype=float)
    before = np.searchsorted(edges, moments, side="left")  # 0: the habits; k: the kth stretch
    timeline = Timeline(
        edges, np.arange(1, len(edges)), np.full(len(ends), -1), np.zeros((1, engine.system.size)), moments, before
    )
    swarm = engine.run(starts, settings, inputs, timeline, observables=observables)
    reasons = tuple(swarm.failures[i] if still[i] else "no resting state" for i in range(len(starts)))
    values = np.where(still[:, None, None], swarm.observed, np.nan)
    return Course(moments, {name: values[:, :, k] for k, name in enumerate(observables)}, reasons)


def _check_lengths(people: int, habits: Sequence[Any], stretches: Sequence[tuple[float, Sequence[Any]]]) -> None:
    counts = {people, len(habits), *(len(changes) for _, changes in stretches)}
    if len(counts) > 1:
        raise InputError(
            "every body has its own habits and its own inputs in every stretch", received=str(sorted(counts))
        )
    ends = [0.0, *(end for end, _ in stretches)]
    if ends != sorted(set(ends)):
        raise InputError("stretches follow each other", received=f"ends on days {ends[1:]}")


def cell_map(
    system: System,
    rows: Axis,
    columns: Axis,
    days: Sequence[float],
    observables: Sequence[str],
    *,
    parameters: Mapping[str, float] | None = None,
    habits: Mapping[str, float] | None = None,
    plan: Mapping[str, float] | None = None,
) -> CellMap:
    """One person in every cell: rested, then `plan` with the cell's own settings until the last of `days`.

    Raises InputError for an axis of fewer than ten values or one whose shown values do not match.
    """
    for axis in (rows, columns):
        _check_axis(axis)
    grid = [(a, b) for a in rows.values for b in columns.values]
    course = follow_all(
        system,
        [{**(parameters or {}), **_set("parameter", rows, a, columns, b)} for a, b in grid],
        [{**(habits or {}), **_set("habit", rows, a, columns, b)} for a, b in grid],
        [(max(days), [{**(plan or {}), **_set("plan", rows, a, columns, b)} for a, b in grid])],
        (0.0, *days),
        observables,
    )
    shape = (len(rows.values), len(columns.values), len(course.times))
    failed = {(i // shape[1], i % shape[1]): reason for i, reason in enumerate(course.failures) if reason is not None}
    return CellMap(rows, columns, course.times, {n: v.reshape(shape) for n, v in course.values.items()}, failed)


def _set(setting: Setting, rows: Axis, a: float, columns: Axis, b: float) -> dict[str, float]:
    return {axis.name: value for axis, value in ((rows, a), (columns, b)) if axis.setting == setting}


def _check_axis(axis: Axis) -> None:
    if len(axis.values) < SMALLEST_MAP:
        raise InputError(
            f"an axis of a map has at least {SMALLEST_MAP} values", received=f"{len(axis.values)} of {axis.name}"
        )
    if axis.shown and len(axis.shown) != len(axis.values):
        raise InputError("an axis shows as many values as it has", received=f"{len(axis.shown)} for {axis.name}")
