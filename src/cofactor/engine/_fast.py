"""The fast engine: a System compiled to machine code for W people side by side, and run over a whole population."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cofactor.engine._frame import FINISHED, JOB_POINTERS, LANE_FIELDS, STEP_TOO_SMALL, TOO_MANY_STEPS
from cofactor.engine._kernels import Equations, Kernels
from cofactor.engine._lower import Lowered, Vectors, in_use
from cofactor.engine._native import RUN, Native, lane_count, load
from cofactor.engine._observe import emit_observe
from cofactor.engine._plan import ACCURACIES, Accuracy, sizes_of
from cofactor.engine._settle import emit_settle
from cofactor.engine._stepper import Stepper
from cofactor.errors import ModelError
from cofactor.model import Expr, System

_ALIGN = 64
_FIRST_STEP_DAYS = 1e-3
MOST_STEPS = 2_000_000
FAST_ACCURACIES = {"default": Accuracy(3e-5), "tight": Accuracy(1e-8)}
_REASONS = {
    TOO_MANY_STEPS: f"more than {MOST_STEPS} steps were needed",
    STEP_TOO_SMALL: "the step became too small to go on (a rate is not finite, or changes without bound)",
}


@dataclass(frozen=True)
class Timeline:
    """One plan for many people: edges of the stretches, the input row of each, the dose given at each start (-1: none).

    `sample_rows` are the input rows in force just before each of `times`.
    """

    edges: np.ndarray
    rows: np.ndarray
    doses: np.ndarray
    amounts: np.ndarray
    times: np.ndarray
    sample_rows: np.ndarray


@dataclass(frozen=True)
class Swarm:
    """States of every person at every time, (people, times, states + accounts), and the observables asked for, (people,
    times, observables); NaN after a failure."""

    samples: np.ndarray
    observed: np.ndarray
    finals: np.ndarray
    failures: tuple[str | None, ...]
    steps: np.ndarray


class FastEngine:
    """A System as machine code. `accounts` are fluxes integrated beside the states."""

    def __init__(self, system: System, accounts: Sequence[str] = (), width: int | None = None):
        self.system = system
        self.accounts = tuple(accounts)
        self.width = width or lane_count()
        self._names = _names(system)
        lowered = Lowered(system.graph, self._names)
        rates = lowered.lower(system.rates.values())
        extra = lowered.lower(system.quantities[name] for name in self.accounts)
        outputs = lowered.lower(system.quantities[name] for name in system.observables)
        equations = Equations(lowered, rates, extra, _guards(lowered, [*rates, *extra]), outputs)
        self.kernels = Kernels(equations, self.width)
        self.code: Native = load(self._key(lowered, [*rates, *extra, *outputs]), self._ir)
        self._run = self.code.function("run", RUN)
        self._observe = self.code.function("observe", RUN)
        self._settle = self.code.function("settle", RUN)
        self.size = equations.size

    def _key(self, lowered: Lowered, roots: Sequence[Expr]) -> str:
        text = repr([[(n.op, n.args, n.payload) for n in lowered.graph.nodes], [e.index for e in roots], self.width])
        return hashlib.sha256(text.encode()).hexdigest()

    def _ir(self) -> str:
        self.kernels.emit()
        Stepper(self.kernels).emit()
        emit_settle(self.kernels)
        emit_observe(self.kernels)
        return str(self.kernels.module)

    def run(
        self, starts: np.ndarray, parameters: np.ndarray, inputs: np.ndarray, timeline: Timeline, *,
        observables: Sequence[str] = (), accuracy: str | Accuracy = "default", threads: int | None = None,
    ) -> Swarm:  # fmt: skip
        """Integrate everybody: starts (people, states), parameters (people, parameters), inputs (people, rows, inputs).

        `observables` are read at every time; the System's own list holds what can be asked for.
        """
        people = len(starts)
        tolerance = FAST_ACCURACIES[accuracy] if isinstance(accuracy, str) else accuracy
        chosen = [self.system.observables.index(name) for name in observables]
        job = _Job(self, starts, parameters, inputs, timeline, tolerance, chosen)
        self._shared_out(self._run, job, people, threads)
        if chosen:
            self._shared_out(self._observe, job, people, threads)
        return job.swarm()

    def settle(
        self, starts: np.ndarray, parameters: np.ndarray, inputs: np.ndarray, *, threads: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Resting states (people, states) under constant inputs (people, inputs), and how still each is (1/d; NaN: failed)."""
        empty = Timeline(
            np.zeros(1),
            np.zeros(0, int),
            np.zeros(0, int),
            np.zeros((0, starts.shape[1])),
            np.zeros(0),
            np.zeros(0, int),
        )
        job = _Job(self, starts, parameters, inputs[:, None, :], empty, FAST_ACCURACIES["default"])
        self._shared_out(self._settle, job, len(starts), threads)
        return job.finals[:, : starts.shape[1]], job.end_times

    def _shared_out(self, work: Callable[..., None], job: _Job, people: int, threads: int | None) -> None:
        """Threads take shares of whole vectors of people; machine code runs without the GIL."""
        workers = min(threads or os.cpu_count() or 1, max(people // self.width, 1))
        borders = np.linspace(0, people, workers + 1).astype(int)
        if workers == 1:
            self._share(work, job, 0, people)
            return
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda k: self._share(work, job, int(borders[k]), int(borders[k + 1])), range(workers)))

    def _share(self, work: Callable[..., None], job: _Job, first: int, last: int) -> None:
        memory = _aligned(self.kernels.memory.length * self.width)
        lanes = np.zeros(len(LANE_FIELDS) * self.width, dtype=np.int64)
        work(memory.ctypes.data, lanes.ctypes.data, job.block.ctypes.data, first, last)


class _Job:
    """The arrays of one run, kept alive while machine code works on them."""

    def __init__(
        self, engine: FastEngine, starts, parameters, inputs, timeline: Timeline, tolerance: Accuracy, chosen=()
    ):
        people, size = len(starts), engine.size
        self.samples = np.full((people, len(timeline.times), size), np.nan)
        self.observed = np.full((people, len(timeline.times), len(chosen)), np.nan)
        self.finals = np.full((people, size), np.nan)
        self.ends = np.zeros(people, dtype=np.int64)
        self.end_times = np.zeros(people)
        self.counts = np.zeros(people, dtype=np.int64)
        absolute = tolerance.absolute(sizes_of(engine.system.start))
        sizes = np.concatenate([absolute, np.ones(size - len(absolute)), [tolerance.relative, _FIRST_STEP_DAYS]])
        doubles = {
            "starts": starts, "parameters": parameters, "inputs": inputs, "edges": timeline.edges,
            "amounts": timeline.amounts, "times": timeline.times, "sizes": sizes,
        }  # fmt: skip
        whole = {"rows": timeline.rows, "doses": timeline.doses, "sample_rows": timeline.sample_rows, "chosen": chosen}
        self.arrays = {name: np.ascontiguousarray(a, dtype=np.float64) for name, a in doubles.items()}
        self.arrays |= {name: np.ascontiguousarray(a, dtype=np.int64) for name, a in whole.items()}
        self.arrays |= {
            "samples": self.samples,
            "finals": self.finals,
            "ends": self.ends,
            "end_times": self.end_times,
            "counts": self.counts,
            "observed": self.observed,
        }
        self.block = self._block(people, timeline, inputs)

    def _block(self, people: int, timeline: Timeline, inputs: np.ndarray) -> np.ndarray:
        numbers = [people, len(timeline.rows), len(timeline.times), inputs.shape[1], MOST_STEPS, self.observed.shape[2]]
        return np.array([*(self.arrays[name].ctypes.data for name in JOB_POINTERS), *numbers], dtype=np.int64)

    def swarm(self) -> Swarm:
        reasons = tuple(
            None if how == FINISHED else f"integration stopped at day {t:.6g}: {_REASONS[int(how)]}"
            for how, t in zip(self.ends, self.end_times, strict=True)
        )
        return Swarm(self.samples, self.observed, self.finals, reasons, self.counts)


def _aligned(count: int) -> np.ndarray:
    raw = np.zeros(count + _ALIGN // 8)
    skip = (-raw.ctypes.data % _ALIGN) // 8
    return raw[skip : skip + count]


def _names(system: System) -> Vectors:
    if any(s.sites for s in system.states.values()):
        raise ModelError("the fast engine has no loops over replicated sites yet", hint="use the reference engine")
    parameters = {c.name: c.offset for c in system.constants.values()}
    return Vectors(
        {s.name: s.offset for s in system.states.values()},
        {**parameters, **system.held_offsets},
        {g.name: g.offset for g in system.inputs.values()},
        "time",
    )


def _guards(lowered: Lowered, roots: Sequence[Expr]) -> list[Expr]:
    """One guard per distinct jump condition a < b: the value b - a, whose sign is the branch."""
    graph = lowered.graph
    conditions = {graph.nodes[i].args[0] for i in in_use(graph, roots) if graph.nodes[i].op == "jump"}
    guards = []
    for condition in sorted(conditions):
        node = graph.nodes[condition]
        if node.op != "less":
            raise ModelError("a jump needs a plain comparison a < b as its condition", received=node.op)
        guards.append(graph.bare("sub", Expr(graph, node.args[1]), Expr(graph, node.args[0])))
    return list(dict.fromkeys(guards))


@lru_cache(maxsize=16)
def fast_engine(system: System, accounts: tuple[str, ...] = ()) -> FastEngine:
    """The compiled engine of a System, made once."""
    return FastEngine(system, accounts)


__all__ = ["ACCURACIES", "FastEngine", "Swarm", "Timeline", "fast_engine"]
