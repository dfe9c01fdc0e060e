"""Running the arms that claims want, in this process or in several beside each other."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing.queues import SimpleQueue
from threading import Thread
from typing import cast

from cofactor.claims._wanted import Want
from cofactor.engine import THREADS
from cofactor.model import System
from cofactor.trials import Outcome, Size, body_of, run_arm

Progress = Callable[[str, int], None]
"""Told the claim and how many runs were just finished."""

Shelf = dict[str, Want]

_WORTH_A_WORKER = 20_000
"""Runs: fewer are done before another process has loaded the model."""


def outcomes(wants: Mapping[str, Want], size: Size, progress: Progress | None, workers: int) -> dict[str, Outcome]:
    """The outcome of every arm wanted, by its key; the same for any number of workers. Raises as `run_arm` does."""
    runs = sum(want.sized(size).runs for want in wants.values())
    if workers < 2 or runs < _WORTH_A_WORKER:
        return {key: _ran(want, size, progress) for key, want in wants.items()}
    known: dict[str, Outcome] = {}
    shelves = _shelves(wants, size)
    spawned = multiprocessing.get_context("spawn")  # the parent has threads, which a fork does not carry over
    told = spawned.SimpleQueue()
    pool = ProcessPoolExecutor(min(workers, len(shelves)), spawned, _alone, (told,))
    listener = Thread(target=_pass_on, args=(told, progress), daemon=True)
    listener.start()
    try:
        for done in as_completed([pool.submit(_all_of, shelf, size) for shelf in shelves]):
            found = done.result()
            known |= {key: replace(outcome, system=_body(wants[key])) for key, outcome in found.items()}
    finally:
        pool.shutdown(cancel_futures=True)  # after an error nobody waits for arms that have not begun
        told.put(None)
        listener.join()
    return known


def _pass_on(told: SimpleQueue[tuple[str, int] | None], progress: Progress | None) -> None:
    """What workers tell, until there are none."""
    while (news := told.get()) is not None:
        if progress is not None:
            progress(*news)


def _shelves(wants: Mapping[str, Want], size: Size) -> list[Shelf]:
    """Arms of the same people together, for they share their rest, burn-in and seasons; the longest work first, so that no
    worker is left with much at the end (runs tell it better than days: a decade of bone is soon lived, a year of skin not).
    """
    shelves: dict[str, Shelf] = {}
    for key, want in wants.items():
        people = want.arm.plan.population
        shelves.setdefault("" if people is None else people.model_dump_json(), {})[key] = want
    return sorted(shelves.values(), key=lambda shelf: -sum(want.sized(size).runs for want in shelf.values()))


_to_parent: list[Progress] = []
"""In a worker: where it tells what it has done."""


def _alone(told: SimpleQueue[tuple[str, int] | None]) -> None:
    """A worker has one core, for its neighbours have the others, and ends at once when it is interrupted."""
    os.environ[THREADS] = "1"
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _to_parent.append(lambda claim, count: told.put((claim, count)))


def _all_of(shelf: Shelf, size: Size) -> dict[str, Outcome]:
    """The outcomes without their bodies, which do not travel between processes."""
    (tell,) = _to_parent
    return {key: replace(_ran(want, size, tell), system=cast(System, None)) for key, want in shelf.items()}


def _body(want: Want) -> System:
    return body_of(want.arm, sorted(want.names))


def _ran(want: Want, size: Size, progress: Progress | None) -> Outcome:
    report = None if progress is None else lambda count: progress(want.claim, count)
    return run_arm(
        want.arm, want.sized(size), sorted(want.names), report, days=sorted(want.days), accounts=want.accounts
    )
