"""The claims' pages drawn, in this process or in several beside each other."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial

from cofactor.body import psoriatic_skin
from cofactor.claims import ClaimResult
from cofactor.evidence import Row, load_rows
from cofactor.model import System
from cofactor.report._view import ClaimView, claim_view
from cofactor.run import body_system

Progress = Callable[[int, int], None]
"""Told how many claims are drawn, and of how many."""

_WORTH_A_WORKER = 10
"""Claims: fewer are drawn before another process is ready to."""


def pages(
    results: Sequence[ClaimResult], limits: Mapping[str, Sequence[str]], system: System | None,
    progress: Progress | None, workers: int,
) -> list[ClaimView]:  # fmt: skip
    """What each claim's page says, in the order of the results; the same for any number of workers.

    A `system` of the caller's own does not travel to other processes. Raises as `claim_view` does.
    """
    of_each = [tuple(limits.get(result.id, ())) for result in results]
    if workers < 2 or len(results) < _WORTH_A_WORKER or system is not None:
        return _told(map(partial(_page, system), results, of_each), len(results), progress)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        return _told(pool.map(partial(_page, None), results, of_each), len(results), progress)


def _told(drawn, count: int, progress: Progress | None) -> list[ClaimView]:
    views: list[ClaimView] = []
    for view in drawn:
        views.append(view)
        if progress is not None:
            progress(len(views), count)
    return views


def _page(system: System | None, result: ClaimResult, limits: Sequence[str]) -> ClaimView:
    return claim_view(result, (system or body_system(), psoriatic_skin()), _rows(), limits)


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, Row]:
    return {row.id: row for row in load_rows()}
