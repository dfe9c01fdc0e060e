"""Numbers from the symbolic derivatives: the sparse Jacobian, with replicated blocks kept as diagonals and outer products."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from cofactor.model._compile import Layout, compile_outputs
from cofactor.model._derivative import Partials, differentiate
from cofactor.model._graph import Expr, Graph

Column = tuple[Expr, int, int]
"""A state symbol, its offset and its width."""


class Jacobian:
    """d rows / d states. Call with (time, states, parameters, inputs) for a dense array; `pattern` is its sparsity."""

    def __init__(self, graph: Graph, rows: Sequence[Expr], columns: Sequence[Column], size: int, layout: Layout):
        self.graph = graph
        self.size = size
        self._seats = {symbol.index: (offset, width) for symbol, offset, width in columns}
        partials, inner = differentiate(graph, rows, [symbol for symbol, _, _ in columns])
        self._sums = sorted(inner)
        self._row_seats = _seats(rows)
        self.height = sum(width for _, width in self._row_seats)
        outputs: list[Expr] = []
        self._direct = self._plan(partials, outputs)
        self._inner = self._plan([inner[index] for index in self._sums], outputs)
        self._evaluate = compile_outputs(graph, outputs, layout)

    @staticmethod
    def _plan(partials: Sequence[Partials], outputs: list[Expr]) -> list[list[tuple[int, int]]]:
        """For each row: (seed node, position of its derivative among the outputs)."""
        plan: list[list[tuple[int, int]]] = []
        for row in partials:
            plan.append([(seed, len(outputs) + k) for k, seed in enumerate(row)])
            outputs.extend(row.values())
        return plan

    def __call__(self, time: float, states: Any, parameters: Any, inputs: Any) -> np.ndarray:
        values = self._evaluate(time, states, parameters, inputs)
        sums = self._sum_gradients(values)
        dense = np.zeros((self.height, self.size))
        for (offset, width), plan in zip(self._row_seats, self._direct, strict=True):
            block = dense[offset : offset + width]
            for seed, position in plan:
                self._add(block, width, seed, values[position], sums)
        return dense

    def _sum_gradients(self, values: Sequence[Any]) -> dict[int, np.ndarray]:
        """Gradient of every sum over sites by all states; sums nest, and an inner one is always the older node."""
        gradients: dict[int, np.ndarray] = {}
        for index, plan in zip(self._sums, self._inner, strict=True):
            sites = self.graph.nodes[self.graph.nodes[index].args[0]].sites
            block = np.zeros((sites, self.size))
            for seed, position in plan:
                self._add(block, sites, seed, values[position], gradients)
            gradients[index] = block.sum(axis=0)
        return gradients

    def _add(self, block: np.ndarray, height: int, seed: int, value: Any, sums: dict[int, np.ndarray]) -> None:
        if seed in sums:
            block += np.multiply.outer(np.broadcast_to(value, height), sums[seed])
            return
        offset, width = self._seats[seed]
        if width == 1:
            block[:, offset] += value
        else:
            np.einsum("ii->i", block[:, offset : offset + width])[:] += value

    @cached_property
    def pattern(self) -> np.ndarray:
        """Boolean array of the entries that can differ from zero."""
        sums: dict[int, np.ndarray] = {}
        for index, plan in zip(self._sums, self._inner, strict=True):
            sites = self.graph.nodes[self.graph.nodes[index].args[0]].sites
            block = np.zeros((sites, self.size))
            for seed, _ in plan:
                self._add(block, sites, seed, 1.0, sums)
            sums[index] = block.sum(axis=0)
        found = np.zeros((self.height, self.size))
        for (offset, width), plan in zip(self._row_seats, self._direct, strict=True):
            for seed, _ in plan:
                self._add(found[offset : offset + width], width, seed, 1.0, sums)
        return found != 0.0


def _seats(rows: Sequence[Expr]) -> list[tuple[int, int]]:
    seats, offset = [], 0
    for row in rows:
        width = max(row.node.sites, 1)
        seats.append((offset, width))
        offset += width
    return seats
