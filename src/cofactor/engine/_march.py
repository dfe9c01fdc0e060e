"""A fixed-step engine for Systems of many replicated sites that follow a course given to them day by day.

For equations that are not stiff, are driven from outside (noise, doses, another System's course) and hold a block of many
sites: classical Runge-Kutta with a whole number of steps in each day, W people side by side, the sites in a loop. Within a day an
input is constant (`held`) or runs straight to its next value (`smooth`); at the start of a day chosen states may be scaled
and added to. Nothing is located within a step: a `jump` is seen as it stands at each stage.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from cofactor.engine._march_ir import POINTERS, emit_run
from cofactor.engine._native import lane_count, load
from cofactor.engine._sites import SiteKernels
from cofactor.engine._threads import in_shares
from cofactor.errors import ModelError
from cofactor.model import System

_RUN = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)


@dataclass(frozen=True)
class Course:
    """What a run is given, day by day; people along the last axis.

    `held` name -> (days, people): constant within the day. `smooth` name -> (days + 1, people): straight between midnights.
    `keep` and `add` state -> (days, people): at the start of the day the state becomes keep * state + add.
    """

    days: int
    held: Mapping[str, np.ndarray] = field(default_factory=dict)
    smooth: Mapping[str, np.ndarray] = field(default_factory=dict)
    keep: Mapping[str, np.ndarray] = field(default_factory=dict)
    add: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class March:
    """Observables (people, samples, observables) at day 0 and after every `every` days, final states (people, states), and
    for each person why it failed, or None."""

    observed: np.ndarray
    finals: np.ndarray
    failures: tuple[str | None, ...]


class MarchEngine:
    """A System as fixed-step machine code giving the named observables."""

    def __init__(self, system: System, observables: Sequence[str], width: int | None = None):
        self.system, self.observables = system, tuple(observables)
        self.width = width or lane_count()
        self.kernels = SiteKernels(system, self.observables, self.width)
        self._code = load(self._key(), self._ir)  # kept: the function lives as long as its code
        self._run = self._code.function("run", _RUN)

    def _key(self) -> str:
        k = self.kernels
        nodes = [(n.op, n.args, n.payload, n.sites) for n in k.lowered.graph.nodes]
        text = repr([nodes, [e.index for e in [*k.rates, *k.outputs]], self.width])
        return hashlib.sha256(text.encode()).hexdigest()

    def _ir(self) -> str:
        self.kernels.emit()
        emit_run(self.kernels, len(self.system.inputs))
        return str(self.kernels.module)

    def run(
        self, starts: np.ndarray, parameters: np.ndarray, inputs: np.ndarray, course: Course, *, every: int = 1,
        steps_per_day: int | np.ndarray = 2, threads: int | None = None,
    ) -> March:  # fmt: skip
        """March everybody: starts (people, states), parameters (people, parameters), inputs (people, inputs).

        steps_per_day: one number, or one for each day (days,).
        """
        job = _Job(self, starts, parameters, inputs, course, every, steps_per_day)
        blocks = job.padded // self.width
        in_shares(lambda first, last: self._share(job, first * self.width, last * self.width), blocks, blocks, threads)
        return job.march()

    def _share(self, job: _Job, first: int, last: int) -> None:
        memory = self.kernels.memory.allocate(self.width)
        self._run(memory.ctypes.data, job.block.ctypes.data, first, last)


class _Job:
    """The arrays of one run, people along the last axis and padded to whole vectors."""

    def __init__(
        self, engine: MarchEngine, starts, parameters, inputs, course: Course, every: int, steps: int | np.ndarray
    ):
        system, width = engine.system, engine.width
        self.people = len(starts)
        self.padded = -(-self.people // width) * width
        self.every = every
        places = {g.name: g.offset for g in system.inputs.values()}
        states = {s.name: s.offset for s in system.states.values() if not s.sites}
        touched = sorted({*course.keep, *course.add})
        days, samples = course.days, course.days // every + 1
        self.arrays: dict[str, np.ndarray] = {
            "starts": self._across(starts.T), "parameters": self._across(parameters.T), "inputs": self._across(inputs.T),
            "held": self._stack(course.held, course.held, days, 0.0),
            "held_places": _places(course.held, places, system),
            "smooth": self._stack(course.smooth, course.smooth, days + 1, 0.0),
            "smooth_places": _places(course.smooth, places, system),
            "keep": self._stack(course.keep, touched, days, 1.0), "add": self._stack(course.add, touched, days, 0.0),
            "touched": _places(touched, states, system),
            "steps": np.array(np.broadcast_to(steps, days), dtype=np.int64),
            "observed": np.full((samples, len(engine.observables), self.padded), np.nan),
            "finals": np.full((engine.kernels.states, self.padded), np.nan),
        }  # fmt: skip
        numbers = [self.padded, days, every, len(course.held), len(course.smooth), len(touched)]
        self.block = np.array([*(self.arrays[name].ctypes.data for name in POINTERS), *numbers], dtype=np.int64)

    def _across(self, rows: np.ndarray) -> np.ndarray:
        """Rows with people along them, the last person repeated up to a whole vector."""
        return np.ascontiguousarray(np.pad(rows, ((0, 0), (0, self.padded - self.people)), mode="edge"), dtype=float)

    def _stack(self, given: Mapping[str, np.ndarray], names, days: int, otherwise: float) -> np.ndarray:
        stack = np.full((days, len(names), self.padded), otherwise)
        for k, name in enumerate(names):
            if name in given:
                stack[:, k, : self.people] = given[name]
                stack[:, k, self.people :] = stack[:, k, self.people - 1 : self.people]
        return stack

    def march(self) -> March:
        observed = self.arrays["observed"].transpose(2, 0, 1)[: self.people]
        finals = self.arrays["finals"].T[: self.people]
        whole = np.asarray(np.isfinite(finals).all(axis=1))
        failures = tuple(None if fine else self._reason(seen) for fine, seen in zip(whole, observed, strict=True))
        return March(observed, finals, failures)

    def _reason(self, observed: np.ndarray) -> str:
        lost = ~np.isfinite(observed).all(axis=1)
        day = int(np.argmax(lost)) * self.every if lost.any() else len(observed) * self.every
        return f"integration stopped by day {day}: a rate is not finite, or the fixed step is too long for it"


def _places(names, places: Mapping[str, int], system: System) -> np.ndarray:
    for name in names:
        if name not in places:
            raise system.unknown(name)
    return np.array([places[name] for name in names], dtype=np.int64)


@lru_cache(maxsize=16)
def march_engine(system: System, observables: tuple[str, ...]) -> MarchEngine:
    """The compiled fixed-step engine of a System, made once; raises ModelError for an unknown observable."""
    for name in observables:
        if name not in system.quantities:
            raise system.unknown(name)
        if system.quantities[name].node.sites:
            raise ModelError(
                "an observable of a run is one value a person", received=name, hint="take its total or mean"
            )
    return MarchEngine(system, observables)
