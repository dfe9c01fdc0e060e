"""What a benchmark runs: the same people, plan, samples and measure of error for every solver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from cofactor.engine import AT_REST, Accuracy, FastEngine, Swarm, Timeline, fast_engine
from cofactor.errors import InputError
from cofactor.interop._case import Case, without_round_off
from cofactor.model import System
from cofactor.regimen import Regimen, Stretch
from cofactor.run import input_rows

REFERENCE = Accuracy(1e-10)
"""What errors are measured against; confirmed by another solver in every benchmark."""

SMALLEST_SIZE = 1e-3
"""Below this a state is measured against this, as in coupled.md section 1."""

NEAR_ZERO = 0.01
"""Errors are relative to |value| + this share of the state's size: |x - reference| / (|reference| + 0.01 size)."""


@dataclass(frozen=True)
class Work:
    """Many people on one plan: starts (people, states), parameters (people, parameters), habits by name for each.

    `regimen` is laid over each person's habits for `days`; all states are wanted at `times` (days).
    """

    name: str
    title: str
    system: System
    starts: np.ndarray
    parameters: np.ndarray
    habits: Sequence[Mapping[str, float]]
    regimen: Regimen
    days: float
    times: np.ndarray

    @property
    def people(self) -> int:
        """How many."""
        return len(self.starts)

    @property
    def years(self) -> float:
        """Person-years."""
        return self.people * self.days / 365.0

    def of(self, first: int, count: int) -> Work:
        """The same work for some of the people."""
        chosen = slice(first, first + count)
        return replace(self, starts=self.starts[chosen], parameters=self.parameters[chosen], habits=self.habits[chosen])

    def shortened(self, days: float) -> Work:
        """The same work for its first days alone."""
        return replace(self, days=days, times=self.times[self.times <= days])

    def case(self, person: int) -> Case:
        """One person as a case that can be exported."""
        return Case(
            self.system, self.parameters[person], self.habits[person], self.starts[person], self.regimen, self.days
        )

    @cached_property
    def stretches(self) -> list[Stretch]:
        """The plan, stretch by stretch."""
        return list(self.regimen.outline(self.days))

    @cached_property
    def timeline(self) -> Timeline:
        """The plan as the fast engine takes it; rows of inputs are numbered as in `inputs`."""
        numbers = {in_force: k for k, in_force in enumerate(self._moments)}
        rows = np.array([numbers[s.in_force] for s in self.stretches])
        doses, amounts = np.full(len(rows), -1), []
        for k, stretch in enumerate(self.stretches):
            if stretch.pulses:
                doses[k] = len(amounts)
                amounts.append(self._dose(stretch.pulses))
        edges = np.array([0.0, *(s.t1 for s in self.stretches)])
        sample_rows = rows[np.maximum(np.searchsorted(edges, self.times, side="left") - 1, 0)]
        return Timeline(edges, rows, doses, np.array(amounts or [np.zeros(self.system.size)]), self.times, sample_rows)

    @cached_property
    def inputs(self) -> np.ndarray:
        """Inputs (people, rows, inputs), one row for each combination of what is in force."""
        return input_rows(self.regimen, self.habits, list(self._moments.values()), self.system)

    @cached_property
    def _moments(self) -> dict[tuple, float]:
        """A moment to read the inputs at, for each combination of what is in force, in order of appearance."""
        found: dict[tuple, float] = {}
        for stretch in self.stretches:
            found.setdefault(stretch.in_force, stretch.moment)
        return found

    def _dose(self, pulses: Mapping[str, float]) -> np.ndarray:
        amounts = np.zeros(self.system.size)
        for name, amount in pulses.items():
            amounts[self.system.states[name].offset] += amount
        return amounts

    def prepared(self) -> Work:
        """The same, its plan and inputs laid out, so that nobody's first run pays for that."""
        _ = self.timeline, self.inputs
        return self

    def run(self, accuracy: Accuracy) -> Swarm:
        """Everybody through the fast engine, one thread. Raises InputError where somebody fails: errors would not compare."""
        swarm = engine_of(self.system).run(
            self.starts, self.parameters, self.inputs, self.timeline, accuracy=accuracy, threads=1
        )
        failed = [reason for reason in swarm.failures if reason is not None]
        if failed:
            raise InputError("everybody in a benchmark finishes", received=failed[0], where=self.name)
        return swarm


def engine_of(system: System) -> FastEngine:
    """The compiled engine without accounts."""
    return fast_engine(system, ())


def sizes_of(work: Work, reference: np.ndarray) -> np.ndarray:
    """Size of each state: where it rests, or its largest value where it rests at nothing (a drug); 0.001 at least."""
    resting, largest = np.abs(work.starts).max(axis=0), np.abs(reference).max(axis=(0, 1))
    return np.maximum(np.where(resting > NEAR_ZERO * largest, resting, largest), SMALLEST_SIZE)


def errors(found: np.ndarray, reference: np.ndarray, sizes: np.ndarray) -> tuple[float, float]:
    """Largest and root-mean-square error over people x times x states."""
    share = np.abs(found - reference) / (np.abs(reference) + NEAR_ZERO * sizes)
    return float(share.max()), float(np.sqrt(np.mean(share**2)))


def settled(system: System, parameters: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Resting states of a population, and who has one."""
    begin = np.repeat(system.start[None], len(parameters), axis=0)
    starts, calm = engine_of(system).settle(begin, parameters, inputs)
    return without_round_off(starts), calm <= AT_REST
