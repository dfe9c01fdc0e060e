"""Elimination of a sparse matrix decided beforehand: Markowitz order on the diagonal, fill-in, and the exact list of steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Elimination:
    """Pivots in order, the filled pattern's entries (row, column) -> slot, and per pivot the rows and columns it touches."""

    pivots: tuple[int, ...]
    slots: dict[tuple[int, int], int]
    below: tuple[tuple[int, ...], ...]
    beside: tuple[tuple[int, ...], ...]

    @property
    def operations(self) -> int:
        """Multiply-adds of one factorisation."""
        return sum(len(rows) * (1 + len(columns)) for rows, columns in zip(self.below, self.beside, strict=True))


def eliminate(pattern: np.ndarray) -> Elimination:
    """Order the pivots of a square pattern so that fill is small: at each step the smallest (rows - 1)(columns - 1).

    The diagonal is always taken as present and never zero: it carries 1/(gamma h) in a Rosenbrock step.
    """
    size = len(pattern)
    rows = [set(np.flatnonzero(pattern[i]).tolist()) | {i} for i in range(size)]
    columns = [set(np.flatnonzero(pattern[:, j]).tolist()) | {j} for j in range(size)]
    waiting = set(range(size))
    entries = {(i, j) for i in range(size) for j in rows[i]}
    pivots: list[int] = []
    below: list[tuple[int, ...]] = []
    beside: list[tuple[int, ...]] = []
    while waiting:
        pivot = min(waiting, key=lambda k: ((len(rows[k]) - 1) * (len(columns[k]) - 1), k))
        waiting.discard(pivot)
        pivots.append(pivot)
        down = tuple(sorted(columns[pivot] - {pivot}))
        right = tuple(sorted(rows[pivot] - {pivot}))
        below.append(down)
        beside.append(right)
        for i in down:
            rows[i].discard(pivot)
            rows[i].update(right)
            entries.update((i, j) for j in right)
        for j in right:
            columns[j].discard(pivot)
            columns[j].update(down)
    slots = {entry: k for k, entry in enumerate(sorted(entries))}
    return Elimination(tuple(pivots), slots, tuple(below), tuple(beside))
