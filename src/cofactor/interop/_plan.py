"""A regimen as SBML events: every change of an input and every dose at its exact time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np

from cofactor.interop._case import Case
from cofactor.interop._mathml import apply, clock, identifier, number
from cofactor.interop._write import event
from cofactor.regimen import Pulses
from cofactor.run import segments_of


@dataclass(frozen=True)
class Change:
    """Inputs, or states, that take new values on a day."""

    day: float
    values: dict[str, float]


def changes_of(case: Case) -> tuple[dict[str, float], list[Change]]:
    """The inputs in force from day 0, and every later change of them."""
    segments = list(case.regimen.segments(case.days, case.habits))
    first = segments[0].inputs
    changes, before = [], first
    for segment in segments[1:]:
        new = {name: value for name, value in segment.inputs.items() if value != before[name]}
        if new:
            changes.append(Change(segment.t0, new))
        before = segment.inputs
    return first, changes


def resets_of(case: Case) -> list[Change]:
    """States set to a level, by day: what happens before the doses of the same moment."""
    stretches = segments_of(case.regimen, case.habits, case.days, case.system, case.start)
    return [
        Change(s.start, {n: np.asarray(level).item() for n, level in s.resets.items()}) for s in stretches if s.resets
    ]


def change_events(
    kind: str,
    changes: list[Change],
    name_of: Callable[[str], str],
    fresh: Callable[[str], str],
    unit_of: Callable[[str], str],
    day: str,
    *,
    priority: float | None = None,
) -> Iterator[Element]:
    """One event a change; `name_of` and `unit_of` give id and unit id of what changes, `fresh` an id of its own."""
    for change in changes:
        values = {name_of(name): number(value, unit_of(name)) for name, value in change.values.items()}
        due = _from_day(number(change.day, day))
        yield event(fresh(f"{kind}_day_{change.day:g}"), due, values, priority=priority)


@dataclass(frozen=True)
class Train:
    """A train of doses with the ids of its event and of the count of doses given."""

    pulses: Pulses
    event: str
    count: str

    def write(self, pool: str, unit_id: str, day: str, *, priority: float | None = None) -> Element:
        """The event: due at first + count x interval, never at a running sum."""
        pulses = self.pulses
        given = identifier(self.count)
        one = number(1.0, "dimensionless")
        due: Element = number(pulses.first, day)
        if pulses.count > 1:
            due = apply("plus", due, apply("times", given, number(pulses.interval, day)))
        left = apply("lt", given, number(float(pulses.count), "dimensionless"))
        filled = apply("plus", identifier(pool), number(pulses.amount, unit_id))
        assignments = {self.count: apply("plus", given, one), pool: filled}
        return event(self.event, apply("and", left, _from_day(due)), assignments, priority=priority)


def _from_day(day: Element) -> Element:
    return apply("geq", clock(), day)
