"""The fast engine: a System compiled to machine code for W people side by side, and run over a whole population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cofactor.engine._code import Code, Codes
from cofactor.engine._frame import FINISHED, JOB_POINTERS, STEP_TOO_SMALL, TOO_MANY_STEPS
from cofactor.engine._plan import ACCURACIES, Accuracy, sizes_of
from cofactor.engine._threads import in_shares
from cofactor.model import System

_FIRST_STEP_DAYS = 1e-3
MOST_STEPS = 2_000_000
FAST_ACCURACIES = {"default": Accuracy(5e-5), "tight": Accuracy(1e-8)}
_REASONS = {
    TOO_MANY_STEPS: f"more than {MOST_STEPS} steps were needed",
    STEP_TOO_SMALL: "the step became too small to go on (a rate is not finite, or changes without bound)",
}


@dataclass(frozen=True)
class Timeline:
    """One plan for many people: edges of the stretches, the input row of each, the dose given at each start (-1: none).

    `sample_rows` are the input rows in force just before each of `times`: a sample at the very time of a dose or a reset
    shows the body before both. `resets` (-1: none) come before the dose of the same start: each state becomes a row of
    `keeps` times itself plus a row of `returns` times what it began the run with (both resets x states).
    """

    edges: np.ndarray
    rows: np.ndarray
    doses: np.ndarray
    amounts: np.ndarray
    times: np.ndarray
    sample_rows: np.ndarray
    resets: np.ndarray | None = None
    keeps: np.ndarray | None = None
    returns: np.ndarray | None = None


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
    """A System as machine code. `accounts` are fluxes integrated beside the states; `width` fixes the lanes side by side."""

    def __init__(self, system: System, accounts: Sequence[str] = (), width: int | None = None):
        self.system = system
        self.accounts = tuple(accounts)
        self._codes = Codes(system, self.accounts, width)
        self.size = self._codes.size

    def run(
        self, starts: np.ndarray, parameters: np.ndarray, inputs: np.ndarray, timeline: Timeline, *,
        observables: Sequence[str] = (), accuracy: str | Accuracy = "default", threads: int | None = None,
    ) -> Swarm:  # fmt: skip
        """Integrate everybody: starts (people, states), parameters (people, parameters), inputs (people, rows, inputs).

        `observables` are read at every time; the System's own list holds what can be asked for.
        """
        tolerance = FAST_ACCURACIES[accuracy] if isinstance(accuracy, str) else accuracy
        chosen = [self.system.observables.index(name) for name in observables]
        job = _Job(self, starts, parameters, inputs, timeline, tolerance, chosen)
        code = self._codes.of(len(starts))
        _shared_out(code, "run", job, len(starts), threads)
        if chosen:
            _shared_out(code, "observe", job, len(starts), threads)
        return job.swarm()

    def settle(
        self, starts: np.ndarray, parameters: np.ndarray, inputs: np.ndarray, *, threads: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Resting states (people, states) under constant inputs (people, inputs), and how still each is (1/d; NaN: failed)."""
        nothing, nobody = np.zeros(0, int), np.zeros((0, starts.shape[1]))
        empty = Timeline(np.zeros(1), nothing, nothing, nobody, np.zeros(0), nothing)
        job = _Job(self, starts, parameters, inputs[:, None, :], empty, FAST_ACCURACIES["default"])
        _shared_out(self._codes.at_hand(len(starts)), "settle", job, len(starts), threads)
        return job.finals[:, : starts.shape[1]], job.end_times


def _shared_out(code: Code, work: str, job: _Job, people: int, threads: int | None) -> None:
    """Threads take shares of people, no more shares than whole vectors of them."""
    in_shares(lambda first, last: code.share(work, job.block, first, last), people, people // code.width, threads)


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
            "keeps": _given(timeline.keeps, np.zeros(0)), "returns": _given(timeline.returns, np.zeros(0)),
        }  # fmt: skip
        whole = {
            "rows": timeline.rows, "doses": timeline.doses, "sample_rows": timeline.sample_rows, "chosen": chosen,
            "resets": _given(timeline.resets, np.full(len(timeline.rows), -1)),
        }  # fmt: skip
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


def _given(array: np.ndarray | None, otherwise: np.ndarray) -> np.ndarray:
    return otherwise if array is None else array


@lru_cache(maxsize=16)
def fast_engine(system: System, accounts: tuple[str, ...] = ()) -> FastEngine:
    """The compiled engine of a System, made once."""
    return FastEngine(system, accounts)


__all__ = ["ACCURACIES", "FastEngine", "Swarm", "Timeline", "fast_engine"]
