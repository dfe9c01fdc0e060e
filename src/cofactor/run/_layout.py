"""A regimen laid out as the engines take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cofactor.engine import Segment, Timeline
from cofactor.model import System
from cofactor.regimen import TIME_RESOLUTION_DAYS, Regimen, Reset, Stretch

BEFORE_THE_RUN = np.nan
"""The moment of the row of inputs that were in force before day 0."""


def timeline_of(regimen: Regimen, times: np.ndarray, system: System) -> tuple[Timeline, list[float]]:
    """The plan up to the last of `times` (days), and a moment for each row of inputs; row 0 is what was before day 0.

    Raises ModelError for pools the System does not have.
    """
    stretches = list(regimen.outline(float(times[-1])))
    edges = np.array([0.0, *(stretch.t1 for stretch in stretches)])
    moments, rows = _rows(stretches)
    doses, amounts = _numbered([_dose(system, s.pulses) if s.pulses else None for s in stretches], system.size)
    levels = [_levels(system, s.resets) if s.resets else None for s in stretches]
    resets, keeps = _numbered([None if level is None else level[0] for level in levels], system.size)
    _, returns = _numbered([None if level is None else level[1] for level in levels], system.size)
    seen = snapped(times, edges)
    before = np.searchsorted(edges, seen, side="left") - 1  # a sample at a change shows the stretch before it
    sample_rows = np.array([rows[k] if k >= 0 else 0 for k in before])
    return Timeline(edges, np.array(rows), doses, amounts, seen, sample_rows, resets, keeps, returns), moments


def input_rows(
    regimen: Regimen, habits: Sequence[Mapping[str, float]], moments: Sequence[float], system: System
) -> np.ndarray:
    """Inputs (people, rows, inputs) of a timeline; everybody has the same habits by name."""
    columns: dict[str, Any] = {name: np.array([habit[name] for habit in habits]) for name in habits[0]}
    inputs = np.empty((len(habits), len(moments), len(system.inputs)))
    for row, moment in enumerate(moments):
        known = regimen.inputs_before(columns) if np.isnan(moment) else regimen.inputs_at(moment, columns)
        inputs[:, row] = system.input_vector()
        for name, values in known.items():
            if name not in system.inputs:
                raise system.unknown(name)
            inputs[:, row, system.inputs[name].offset] = values
    return inputs


def segments_of(
    regimen: Regimen, habits: Mapping[str, float], horizon: float, system: System, start: np.ndarray
) -> list[Segment]:
    """The plan of one person who begins the run at `start`. Raises ModelError for pools the System does not have."""
    return [
        Segment(s.t0, s.t1, system.input_vector(s.inputs), s.pulses, _levels_by_name(system, s.resets, start))
        for s in regimen.segments(horizon, habits)
    ]


def snapped(times: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Times nearer to a change than the plan's resolution are at the change: 7 x 4 h and 1 d + 4 h are one moment."""
    nearest = edges[np.abs(edges[None, :] - times[:, None]).argmin(axis=1)]
    return np.where(np.abs(nearest - times) <= TIME_RESOLUTION_DAYS, nearest, times)


def _rows(stretches: Sequence[Stretch]) -> tuple[list[float], list[int]]:
    """A moment for each combination of what is in force, and the combination of each stretch."""
    moments, row_of, rows = [BEFORE_THE_RUN], {}, []
    for stretch in stretches:
        if stretch.in_force not in row_of:
            row_of[stretch.in_force] = len(moments)
            moments.append(stretch.moment)
        rows.append(row_of[stretch.in_force])
    return moments, rows


def _numbered(vectors: Sequence[np.ndarray | None], size: int) -> tuple[np.ndarray, np.ndarray]:
    """The number of each vector in the table of those that are there (-1: none), and the table."""
    there = [vector for vector in vectors if vector is not None]
    numbers = np.cumsum([vector is not None for vector in vectors]) - 1
    return np.where([vector is not None for vector in vectors], numbers, -1), np.array(there or [np.zeros(size)])


def _dose(system: System, pulses: Mapping[str, float]) -> np.ndarray:
    amounts = np.zeros(system.size)
    for name, amount in pulses.items():
        amounts[_place(system, name)] += amount
    return amounts


def _levels(system: System, resets: Sequence[Reset]) -> tuple[np.ndarray, np.ndarray]:
    """What each state keeps of itself and takes of what it began with; a later reset has the last word."""
    keeps, returns = np.ones(system.size), np.zeros(system.size)
    for reset in resets:
        for name in reset.states or _all_of(system, reset.to):
            keeps[_place(system, name)] = 0.0
            returns[_place(system, name)] = 1.0 if reset.to == "start" else 0.0
    return keeps, returns


def _levels_by_name(system: System, resets: Sequence[Reset], start: np.ndarray) -> dict[str, np.ndarray]:
    keeps, returns = _levels(system, resets)
    places = {name: _place(system, name) for name in system.states}
    return {name: (returns * start)[place] for name, place in places.items() if not keeps[place].any()}


def _all_of(system: System, to: str) -> list[str]:
    """A gland or a memory at 0 is no body: without names only pools are emptied."""
    return [state.name for state in system.states.values() if state.is_pool or to == "start"]


def _place(system: System, name: str) -> slice:
    if name not in system.states:
        raise system.unknown(name)
    state = system.states[name]
    return slice(state.offset, state.offset + state.width)
