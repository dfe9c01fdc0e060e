"""Work on many people shared out to threads: machine code runs without the GIL."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np


def in_shares(work: Callable[[int, int], None], count: int, most: int, threads: int | None) -> None:
    """work(first, last) on shares that tile `count` things: as many as there are threads (None: cores), at most `most`."""
    workers = min(threads or os.cpu_count() or 1, max(most, 1))
    borders = np.linspace(0, count, workers + 1).astype(int).tolist()
    if workers == 1:
        work(0, count)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, borders[:-1], borders[1:]))
