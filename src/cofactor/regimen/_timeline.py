"""A plan laid out in time: where inputs change, and what they are between the changes."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cofactor.errors import InputError
from cofactor.regimen._entries import Hold, Pulses, Rate

TIME_RESOLUTION_DAYS = 1e-9
"""Changes nearer than this (86 microseconds) are one change: 0.1 * 3 and 0.3 must not make a step of 6e-17 d."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch [t0, t1) of constant inputs. `pulses` (pool -> amount) are due at t0, before the stretch begins."""

    t0: float
    t1: float
    inputs: dict[str, float]
    pulses: dict[str, float]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch [t0, t1): the numbers of the holds and rates in force, a moment to read them at, and the pulses at t0."""

    t0: float
    t1: float
    moment: float
    in_force: tuple[tuple[int, ...], tuple[int, ...]]
    pulses: dict[str, float]


@dataclass(frozen=True, slots=True)
class Regimen:
    """Everything a plan puts in. Of holds on one input the later in `holds` wins; rates add on top of what holds."""

    rates: tuple[Rate, ...] = ()
    holds: tuple[Hold, ...] = ()
    pulses: tuple[Pulses, ...] = ()

    def breakpoints(self, horizon: float) -> np.ndarray:
        """Sorted unique days in [0, horizon] where an input changes or a pulse is due, 0 and horizon among them."""
        return np.array([cluster[0] for cluster in self._clusters(horizon)])

    def inputs_at(self, t: float, habitual: Mapping[str, float]) -> dict[str, float]:
        """The inputs in force on day t, from the right: a change at t has happened. Units as in `habitual`.

        Raises InputError when the plan speaks of an input `habitual` does not have.
        """
        self._check_known(habitual)
        return self._inputs_at(t, habitual)

    def segments(self, horizon: float, habitual: Mapping[str, float]) -> Iterator[Segment]:
        """Stretches of constant input that tile [0, horizon]; neighbours with nothing between them are merged.

        A pulse due at the horizon itself belongs to the next stretch and is not given. Raises InputError for a horizon
        that is not finite and above 0, and as `inputs_at` does.
        """
        self._check_known(habitual)
        clusters = self._clusters(horizon)
        due = self._pulses_by_cluster([cluster[0] for cluster in clusters])
        open_segment: Segment | None = None
        for index, (begin, end) in enumerate(pairwise(clusters)):
            # cluster[-1]: every change of the cluster has happened, though the stretch starts at its first
            segment = Segment(begin[0], end[0], self._inputs_at(begin[-1], habitual), due.get(index, {}))
            if open_segment is None:
                open_segment = segment
            elif segment.pulses or segment.inputs != open_segment.inputs:
                yield open_segment
                open_segment = segment
            else:
                open_segment = Segment(open_segment.t0, segment.t1, open_segment.inputs, open_segment.pulses)
        if open_segment is not None:
            yield open_segment

    def outline(self, horizon: float) -> Iterator[Stretch]:
        """Stretches that tile [0, horizon], whoever the person: what is in force, by number, and the pulses due.

        Unlike `segments` it asks for no habits, so one outline serves a population. Raises InputError as `segments` does.
        """
        clusters = self._clusters(horizon)
        due = self._pulses_by_cluster([cluster[0] for cluster in clusters])
        for index, (begin, end) in enumerate(pairwise(clusters)):
            moment = begin[-1]
            holding = tuple(k for k, hold in enumerate(self.holds) if hold.start <= moment < hold.stop)
            running = tuple(k for k, rate in enumerate(self.rates) if rate.start <= moment < rate.stop)
            yield Stretch(begin[0], end[0], moment, (holding, running), due.get(index, {}))

    def _inputs_at(self, t: float, habitual: Mapping[str, float]) -> dict[str, float]:
        inputs = dict(habitual)
        for hold in self.holds:
            if hold.start <= t < hold.stop:
                inputs[hold.given] = hold.value
        for rate in self.rates:
            if rate.start <= t < rate.stop:
                inputs[rate.given] += rate.amount
        return inputs

    def _clusters(self, horizon: float) -> list[list[float]]:
        """Change times, those within the time resolution of each other together; the first is 0, the last horizon."""
        if not (math.isfinite(horizon) and horizon > 0):
            raise InputError("a run has a finite length above 0", received=f"horizon = {horizon!r} d", where="Regimen")
        clusters = [[0.0]]
        for t in self._change_times():
            if t >= horizon - TIME_RESOLUTION_DAYS:
                break
            if t - clusters[-1][0] > TIME_RESOLUTION_DAYS:
                clusters.append([t])
            else:
                clusters[-1].append(t)
        return [*clusters, [float(horizon)]]

    def _change_times(self) -> list[float]:
        windows = [*self.rates, *self.holds]
        times = {t for window in windows for t in (window.start, window.stop)}
        times.update(float(t) for train in self.pulses for t in train.times())
        return sorted(times)

    def _pulses_by_cluster(self, starts: list[float]) -> dict[int, dict[str, float]]:
        due: dict[int, dict[str, float]] = {}
        edges = np.array(starts)
        for train in self.pulses:
            times = train.times()
            # a pulse at the horizon (the last edge) starts a stretch nobody integrates
            for t in times[times < edges[-1] - TIME_RESOLUTION_DAYS]:
                index = int(np.searchsorted(edges, t, side="right")) - 1
                here = due.setdefault(index, {})
                here[train.pool] = here.get(train.pool, 0.0) + train.amount
        return due

    def _check_known(self, habitual: Mapping[str, float]) -> None:
        for entry in (*self.rates, *self.holds):
            if entry.given in habitual:
                continue
            nearest = difflib.get_close_matches(entry.given, habitual, n=1, cutoff=0.0)
            raise InputError(
                "a plan changes inputs the model has",
                received=entry.given,
                where="Regimen",
                hint=f"nearest input: {nearest[0]}" if nearest else "the habitual inputs are empty",
            )
