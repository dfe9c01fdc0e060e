"""Work on many people shared out to threads: machine code runs without the GIL."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np

from cofactor.errors import InputError

THREADS = "COFACTOR_THREADS"
"""The environment variable that says how many threads to use; without it there are as many as cores."""


def in_shares(work: Callable[[int, int], None], count: int, most: int, threads: int | None) -> None:
    """work(first, last) on shares that tile `count` things: as many as there are threads, but at most `most`."""
    workers = min(threads or _usual(), max(most, 1))
    if workers == 1:
        work(0, count)
        return
    borders = np.linspace(0, count, workers + 1).astype(int).tolist()
    list(_pool(workers, os.getpid()).map(work, borders[:-1], borders[1:]))


def _usual() -> int:
    asked = os.environ.get(THREADS)
    if not asked:
        return os.cpu_count() or 1
    if not asked.isdecimal() or int(asked) == 0:
        raise InputError("threads are counted from 1", received=f"{THREADS}={asked}", hint=f"unset {THREADS}")
    return int(asked)


@lru_cache(maxsize=4)
def _pool(workers: int, _process: int) -> ThreadPoolExecutor:
    """Kept: a thread takes longer to start than a few people take to settle. A forked process has none of its parent's."""
    return ThreadPoolExecutor(workers)
