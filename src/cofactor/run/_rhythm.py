"""What was going on before day 0 with a rhythm: the steady state everybody begins the run in.

People with a season repeat their year: their steady state is that of a whole number of doses that comes nearest to one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cofactor.engine import Accuracy, FastEngine, Orbit, Timeline, middles, rest_under_doses, steady_states
from cofactor.errors import InputError
from cofactor.model import System
from cofactor.regimen import Regimen
from cofactor.run._layout import input_rows, segments_of, timeline_of

_FAST_ACCURACY, _REFERENCE_ACCURACY = Accuracy(1e-9), "tight"
"""A slow store moves little in a period, so that little has to be known well."""

_TIME_OF_YEAR = ("year_cosine", "year_sine")
_YEAR_DAYS = 365.25
_MOST_YEARS = 4
_SAME_SEASON_DAYS = 8.0
"""A number of doses that ends this near to a year ends in the season it began in: a fiftieth of a year."""

_KEPT = 0.2  # of a positive state, at least this share is left by the guess

Habits = Sequence[Mapping[str, float]]


def steady_fast(
    engine: FastEngine, regimen: Regimen, parameters: np.ndarray, habits: Habits, starts: np.ndarray
) -> tuple[np.ndarray, list[str | None]]:
    """Everybody's state at day 0 (people, states), from their rest or their year, and who has no steady state.

    parameters: (people, parameters). Raises InputError when the trains have no common period, or none with the year.
    """
    if regimen.cycle() is None:
        return starts, [None] * len(starts)
    system = engine.system
    period, once = _cycle(regimen, system, starts)
    seen = middles(period)
    timeline, moments = timeline_of(once, np.append(seen, period), system)
    inputs = input_rows(once, habits, moments, system)
    rows = timeline.sample_rows[: len(seen)]

    def follow(states: np.ndarray, who: np.ndarray) -> Orbit:
        swarm = engine.run(states, parameters[who], inputs[who], timeline, accuracy=_FAST_ACCURACY)
        return Orbit(swarm.samples[:, :-1, : system.size], inputs[who][:, rows], swarm.samples[:, -1, : system.size])

    guesses = [
        _guess(system, parameters[k], system.input_vector(habits[k]), inputs[k], timeline, starts[k])
        for k in range(len(starts))
    ]
    return steady_states(system, parameters, np.array(guesses), period, follow, held=_clock(system))


def steady_reference(
    system: System, regimen: Regimen, parameters: np.ndarray, habits: Mapping[str, float], start: np.ndarray
) -> tuple[np.ndarray, str | None]:
    """The same for one person by the reference engine."""
    from cofactor.engine import integrate  # SciPy is loaded only for this

    if regimen.cycle() is None:
        return start, None
    period, once = _cycle(regimen, system, start[None])
    seen = middles(period)
    segments = segments_of(once, habits, period, system, start)
    begins = np.array([segment.start for segment in segments])
    inputs = np.array([segments[k].inputs for k in np.searchsorted(begins, seen, side="left") - 1])
    states = list(system.states)
    timeline, moments = timeline_of(once, np.array([period]), system)
    rows = input_rows(once, [habits], moments, system)[0]
    guess = _guess(system, parameters, system.input_vector(habits), rows, timeline, start)

    def follow(trial: np.ndarray, _who: np.ndarray) -> Orbit:
        path = integrate(system, parameters, trial[0], segments, seen, states, accuracy=_REFERENCE_ACCURACY)
        return Orbit(_beside(path.values, states)[None], inputs[None], path.final[None])

    found, failures = steady_states(system, parameters[None], guess[None], period, follow, held=_clock(system))
    return found[0], failures[0]


def _cycle(regimen: Regimen, system: System, starts: np.ndarray) -> tuple[float, Regimen]:
    """The period to repeat, and one of it."""
    cycle = regimen.cycle()
    assert cycle is not None
    clock = [system.states[name].offset for name in _clock(system)]
    if not np.any(starts[:, clock]):  # at the centre of the calendar there is no season
        return cycle
    for years in range(1, _MOST_YEARS + 1):
        whole = max(round(years * _YEAR_DAYS / cycle[0]), 1) * cycle[0]
        if abs(whole - years * _YEAR_DAYS) <= _SAME_SEASON_DAYS:
            return whole, regimen.one_cycle(whole)
    raise InputError(
        "doses in steady state come round with the year, for people who have a season",
        received=f"a rhythm of {cycle[0]:g} d",
        where="Regimen",
        hint="give them at an interval that fits into a year, or leave out the latitude",
    )


def _guess(
    system: System, parameters: np.ndarray, habit: np.ndarray, rows: np.ndarray, timeline: Timeline, start: np.ndarray
) -> np.ndarray:
    """The start, moved by what the same doses would move the rest of a body without seasons if they ran in evenly."""
    per_day, shares = _evenly(timeline)
    centre = start.copy()
    centre[[system.states[name].offset for name in _clock(system)]] = 0.0
    without = rest_under_doses(system, parameters, habit, np.zeros(system.size), centre)
    moved = rest_under_doses(system, parameters, shares @ rows, per_day, without) - without
    return np.maximum(start + moved, np.where(start > 0, _KEPT * start, -np.inf))


def _evenly(timeline: Timeline) -> tuple[np.ndarray, np.ndarray]:
    """What the doses bring each state in a day, and the share of time each row of inputs is in force."""
    days = timeline.edges[-1] - timeline.edges[0]
    given = timeline.doses[timeline.doses >= 0]
    shares = np.bincount(timeline.rows, np.diff(timeline.edges) / days, minlength=int(timeline.rows.max()) + 1)
    return timeline.amounts[given].sum(axis=0) / days, shares


def _clock(system: System) -> list[str]:
    """The states that tell the time of year, which stay where the run begins."""
    return [name for name in _TIME_OF_YEAR if name in system.states]


def _beside(values: Mapping[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    """States (times, states) from their values by name; sites stand side by side."""
    return np.concatenate([values[name].reshape(len(values[name]), -1) for name in names], axis=1)
