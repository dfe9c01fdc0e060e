"""A plan laid out in time: where inputs change, and what they are between the changes."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from cofactor.errors import InputError
from cofactor.regimen._checks import TIME_RESOLUTION_DAYS
from cofactor.regimen._entries import Hold, Rate
from cofactor.regimen._resets import Reset
from cofactor.regimen._trains import Infusions, Pulses, common_period


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch [t0, t1) of constant inputs. Before it begins, at t0, `resets` come first and `pulses` (pool -> amount) next."""

    t0: float
    t1: float
    inputs: dict[str, float]
    pulses: dict[str, float]
    resets: tuple[Reset, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch [t0, t1): which holds and rates are in force and how many of each train of infusions run, a moment to read
    them at, and the resets and pulses at t0, in that order."""

    t0: float
    t1: float
    moment: float
    in_force: tuple[tuple[int, ...], ...]
    pulses: dict[str, float]
    resets: tuple[Reset, ...] = ()


@dataclass(frozen=True, slots=True)
class Regimen:
    """Everything a plan puts in. Of holds on one input the later in `holds` wins; rates and infusions add on top of it."""

    rates: tuple[Rate, ...] = ()
    holds: tuple[Hold, ...] = ()
    pulses: tuple[Pulses, ...] = ()
    infusions: tuple[Infusions, ...] = ()
    resets: tuple[Reset, ...] = ()

    def taken(self, shares: Mapping[str, float]) -> Regimen:
        """The plan as somebody takes it who takes these shares of what it gives of an input, by rates and by holds."""
        if not shares:
            return self
        rates = tuple(replace(rate, amount=rate.amount * shares.get(rate.given, 1.0)) for rate in self.rates)
        holds = tuple(replace(hold, value=hold.value * shares.get(hold.given, 1.0)) for hold in self.holds)
        return replace(self, rates=rates, holds=holds)

    def breakpoints(self, horizon: float) -> np.ndarray:
        """Sorted unique days in [0, horizon] where an input changes or something is due, 0 and horizon among them."""
        return np.array([cluster[0] for cluster in self._clusters(horizon)])

    def inputs_at(self, t: float, habitual: Mapping[str, float]) -> dict[str, float]:
        """The inputs in force on day t, from the right: a change at t has happened. Units as in `habitual`.

        Raises InputError when the plan speaks of an input `habitual` does not have.
        """
        self._check_known(habitual)
        return self._inputs_at(t, habitual)

    def inputs_before(self, habitual: Mapping[str, float]) -> dict[str, float]:
        """The inputs just before day 0: the habits, and the infusions that were already going on. Raises as `inputs_at`."""
        self._check_known(habitual)
        inputs = dict(habitual)
        for train in self.infusions:
            inputs[train.given] = inputs[train.given] + train.running_before_the_run() * train.amount
        return inputs

    def cycle(self) -> tuple[float, Regimen] | None:
        """What was going on before day 0 and has a rhythm: its period (days) and one period of it; None without any.

        Day 0 of the period is day 0 of the run: the body is in steady state when it ends the period as it began it.
        Raises InputError when the trains have no common period.
        """
        intervals = [train.interval for train in (*self.pulses, *self.infusions) if train.habitual]
        if not intervals:
            return None
        period = common_period(intervals)
        return period, self.one_cycle(period)

    def one_cycle(self, period: float) -> Regimen:
        """What was going on before day 0, over a multiple of its period (days)."""
        return Regimen(
            pulses=tuple(train.one_cycle(period) for train in self.pulses if train.habitual),
            infusions=tuple(train.one_cycle(period) for train in self.infusions if train.habitual),
        )

    def segments(self, horizon: float, habitual: Mapping[str, float]) -> Iterator[Segment]:
        """Stretches of constant input that tile [0, horizon]; neighbours with nothing between them are merged.

        A pulse due at the horizon itself belongs to the next stretch and is not given. Raises InputError for a horizon
        that is not finite and above 0, and as `inputs_at` does.
        """
        self._check_known(habitual)
        open_segment: Segment | None = None
        for stretch in self.outline(horizon):
            inputs = self._inputs_at(stretch.moment, habitual)
            segment = Segment(stretch.t0, stretch.t1, inputs, stretch.pulses, stretch.resets)
            if open_segment is None:
                open_segment = segment
            elif segment.pulses or segment.resets or segment.inputs != open_segment.inputs:
                yield open_segment
                open_segment = segment
            else:
                open_segment = _joined(open_segment, segment)
        if open_segment is not None:
            yield open_segment

    def outline(self, horizon: float) -> Iterator[Stretch]:
        """Stretches that tile [0, horizon], whoever the person: what is in force, by number, and what is due.

        Unlike `segments` it asks for no habits, so one outline serves a population. Raises InputError as `segments` does.
        """
        clusters = self._clusters(horizon)
        edges = np.array([cluster[0] for cluster in clusters])
        due, resets = self._pulses_by_cluster(edges), self._resets_by_cluster(edges)
        for index, (begin, end) in enumerate(pairwise(clusters)):
            # begin[-1]: every change of the cluster has happened, though the stretch starts at its first
            moment = begin[-1]
            holding = tuple(k for k, hold in enumerate(self.holds) if hold.start <= moment < hold.stop)
            running = tuple(k for k, rate in enumerate(self.rates) if rate.start <= moment < rate.stop)
            flowing = tuple(train.running(moment) for train in self.infusions)
            in_force = (holding, running, flowing)
            yield Stretch(begin[0], end[0], moment, in_force, due.get(index, {}), tuple(resets.get(index, ())))

    def _inputs_at(self, t: float, habitual: Mapping[str, float]) -> dict[str, float]:
        inputs = dict(habitual)
        for hold in self.holds:
            if hold.start <= t < hold.stop:
                inputs[hold.given] = hold.value
        for rate in self.rates:
            if rate.start <= t < rate.stop:
                inputs[rate.given] = inputs[rate.given] + rate.amount
        for train in self.infusions:
            inputs[train.given] = inputs[train.given] + train.running(t) * train.amount
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
        times.update(float(t) for train in self.infusions for edge in train.windows() for t in edge if t >= 0)
        times.update(reset.day for reset in self.resets)
        return sorted(times)

    def _pulses_by_cluster(self, edges: np.ndarray) -> dict[int, dict[str, float]]:
        due: dict[int, dict[str, float]] = {}
        for train in self.pulses:
            for index in _clusters_of(train.times(), edges):
                here = due.setdefault(index, {})
                here[train.pool] = here.get(train.pool, 0.0) + train.amount
        return due

    def _resets_by_cluster(self, edges: np.ndarray) -> dict[int, list[Reset]]:
        due: dict[int, list[Reset]] = {}
        for reset in self.resets:
            for index in _clusters_of(np.array([reset.day]), edges):
                due.setdefault(index, []).append(reset)
        return due

    def _check_known(self, habitual: Mapping[str, float]) -> None:
        for entry in (*self.rates, *self.holds, *self.infusions):
            if entry.given in habitual:
                continue
            nearest = difflib.get_close_matches(entry.given, habitual, n=1, cutoff=0.0)
            raise InputError(
                "a plan changes inputs the model has",
                received=entry.given,
                where="Regimen",
                hint=f"nearest input: {nearest[0]}" if nearest else "the habitual inputs are empty",
            )


def _joined(one: Segment, other: Segment) -> Segment:
    return Segment(one.t0, other.t1, one.inputs, one.pulses, one.resets)


def _clusters_of(times: np.ndarray, edges: np.ndarray) -> Iterable[int]:
    """The stretch each time starts; one at the horizon (the last edge) starts a stretch nobody integrates."""
    within = times[times < edges[-1] - TIME_RESOLUTION_DAYS]
    return (np.searchsorted(edges, within, side="right") - 1).tolist()
