"""Events of an SBML file whose times can be known before the run, as changes of inputs and doses into pools."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cofactor.errors import InputError
from cofactor.interop._model_of import Contents
from cofactor.interop._read_math import CLOCK, Plain, Reader, names_in
from cofactor.model import Expr, Graph
from cofactor.regimen import Hold, Pulses, Regimen, Reset

_MOST_EVENTS = 100_000
Counters = Mapping[str, float]
"""Values of what events set and no equation moves."""


class Schedule:
    """Events fire by time and by counters that only events change; anything else is refused with its reason."""

    def __init__(self, contents: Contents, left_out: Collection[str]):
        self.contents = contents
        self.events = [e for e in contents.model.getListOfEvents() if e.getId() not in left_out]
        self.assigned = {a.getVariable() for e in self.events for a in e.getListOfEventAssignments()}
        for event in self.events:
            self._check(event)

    @property
    def inputs(self) -> set[str]:
        """Ids that events set and that are no states: the inputs and counters of the plan."""
        return self.assigned - set(self.contents.states)

    def _check(self, event: Any) -> None:
        where = self.contents.where(event)
        if event.isSetPriority():
            raise InputError("events with a priority cannot be read", received=event.getId(), where=where)
        delay = event.getDelay()
        if delay is not None and Plain.of(delay.getMath(), where)(self._at_start) != 0.0:
            raise InputError("events with a delay cannot be read", received=event.getId(), where=where)
        for name in self._reads(event.getTrigger().getMath()):
            if name not in self.inputs and self._moves(name):
                raise InputError(
                    "an event fires at a time that is known before the run", received=f"{event.getId()} waits for {name}",
                    where=where, hint=f"leave it out: --without-event {event.getId()}, in Python without_events",
                )  # fmt: skip

    def _reads(self, formula: Any) -> list[str]:
        return [name for name in names_in(formula) if name != CLOCK]

    def _moves(self, name: str) -> bool:
        """Whether a value is not known beforehand: a state, or what follows from one, from the clock or from events."""
        formula = self.contents.rules.get(name, self.contents.reactions.get(name))
        reads = names_in(formula) if formula is not None else []
        return name in self.contents.states or any(r == CLOCK or r in self.inputs or self._moves(r) for r in reads)

    # -- the plan -----------------------------------------------------------------------------------------------------------

    def regimen(self, days: float, days_per_unit: float, read: Collection[str]) -> Regimen:
        """Everything that happens before day `days`; `read` are the inputs that equations read.

        An event that sets a pool empties it and gives the new amount. Raises InputError for one whose amount depends on states.
        """
        if not self.events:
            return Regimen()
        levels: dict[str, list[tuple[float, float]]] = {name: [] for name in self.inputs & set(read)}
        given = _Given()
        for time, event, before, after in self._firings(days / days_per_unit):
            day = time * days_per_unit
            for name in event.counters:
                if name in levels:
                    levels[name].append((day, after[name]))
            for dose in event.doses:
                given.note(dose, day, dose.amount(self._reader(before, time)))
        holds = [hold for name, steps in levels.items() for hold in _holds(name, steps)]
        return Regimen(holds=tuple(holds), pulses=tuple(given.pulses()), resets=tuple(given.resets))

    def _firings(self, horizon: float) -> Iterator[tuple[float, _Event, Counters, Counters]]:
        """Time, event, and the counters before and after it."""
        events = [self._prepared(event) for event in self.events]
        counters = {name: self.contents.starts_at(name) for name in self.inputs}
        held = [event.is_true_before for event in events]
        time, fired = 0.0, 0
        while time < horizon:
            for moment in (time, math.nextafter(time, math.inf)):  # `time > t` becomes true just after t
                true = [event.trigger(self._reader(counters, moment)) != 0.0 for event in events]
                for event in [e for e, now, before in zip(events, true, held, strict=True) if now and not before]:
                    fired += 1
                    look, earlier = self._reader(counters, moment), counters
                    counters = counters | {name: formula(look) for name, formula in event.counters.items()}
                    yield time, event, earlier, counters
                held = true
            if fired > _MOST_EVENTS:
                raise InputError(f"a plan has at most {_MOST_EVENTS} events", where=self.contents.file)
            look = self._reader(counters, time)
            borders = (border(look) for event in events for border in event.borders)
            time = min((border for border in borders if border > time), default=math.inf)

    def _at_start(self, name: str) -> float:
        return self.contents.starts_at(name)

    def _reader(self, counters: Counters, time: float) -> Callable[[str], float]:
        """The value of a name at a moment of the plan."""

        def look(name: str) -> float:
            if name == CLOCK:
                return time
            return counters[name] if name in counters else self.contents.starts_at(name)

        return look

    # -- one event ----------------------------------------------------------------------------------------------------------

    def _prepared(self, event: Any) -> _Event:
        where, trigger = self.contents.where(event), event.getTrigger()
        counters: dict[str, Plain] = {}
        doses = []
        for assignment in event.getListOfEventAssignments():
            name, place = assignment.getVariable(), self.contents.where(assignment)
            if name in self.contents.states:
                doses.append(self._dose(assignment, place))
            else:
                counters[name] = Plain.of(assignment.getMath(), place)
        borders = [Plain.of(border, where) for border in self._borders(trigger.getMath(), where)]
        return _Event(trigger.getInitialValue(), Plain.of(trigger.getMath(), where), borders, counters, doses)

    def _borders(self, trigger: Any, where: str) -> Iterator[Any]:
        """What a trigger compares the clock with: there it may change."""
        waiting = [trigger]
        while waiting:
            node = waiting.pop()
            parts = [node.getChild(k) for k in range(node.getNumChildren())]
            if not node.isRelational():
                waiting += parts
                continue
            clocks = [CLOCK in names_in(part) for part in parts]
            if not any(clocks):
                continue
            if len(parts) != 2 or all(clocks) or parts[clocks.index(True)].getNumChildren():
                raise InputError("a trigger compares time with a number", where=where)
            yield parts[clocks.index(False)]

    def _dose(self, assignment: Any, where: str) -> _Dose:
        """An assignment to a pool: the pool plus what is known, or what is known alone."""
        name = assignment.getVariable()
        graph = Graph()
        root = Reader(graph, graph.leaf, where).value(assignment.getMath())
        amount = Plain(root, where)
        adds = name in amount.reads
        if adds:
            parts = [Expr(graph, a) for a in root.node.args] if root.node.op == "add" else []
            rest = [part for part in parts if part.node.payload != name]
            if len(rest) != 1 or name in Plain(rest[0], where).reads:
                raise InputError(
                    "an event adds a number to a pool, or sets it to one",
                    received=f"an event that changes {name}", where=where,
                    hint="leave the event out (--without-event, without_events), and give doses as a regimen",
                )  # fmt: skip
            amount = Plain(rest[0], where)
        for read in amount.reads:
            if read != CLOCK and read not in self.inputs and self._moves(read):
                raise InputError("an event adds a known amount", received=f"{name} from {read}", where=where)
        return _Dose(name, adds, amount, where)


@dataclass(frozen=True)
class _Dose:
    """What an event does to a pool: adds an amount, or sets it to one."""

    pool: str
    adds: bool
    amount: Plain
    where: str


@dataclass(frozen=True)
class _Event:
    """An event prepared: its trigger, the times at which that may change, what becomes of counters and of pools."""

    is_true_before: bool
    trigger: Plain
    borders: list[Plain]
    counters: dict[str, Plain]
    doses: list[_Dose]


class _Given:
    """Doses as they fall due; what sets a pool empties it first."""

    def __init__(self):
        self.resets: list[Reset] = []
        self._doses: dict[tuple[str, float], list[float]] = {}
        self._sets: dict[tuple[str, float], bool] = {}

    def note(self, dose: _Dose, day: float, amount: float) -> None:
        """One dose. Raises InputError where the order of two at one moment would matter."""
        pool, adds = dose.pool, dose.adds
        if (pool, day) in self._sets and (self._sets[pool, day] or not adds):
            raise InputError(
                "a pool that an event sets is changed by no other event at that moment", received=pool, where=dose.where
            )
        self._sets[pool, day] = not adds
        if not adds:
            self.resets.append(Reset(day, (pool,)))
        if amount != 0.0:
            self._doses.setdefault((pool, amount), []).append(day)

    def pulses(self) -> Iterator[Pulses]:
        """All doses, equal ones at even times as one train."""
        for (pool, amount), days in self._doses.items():
            yield from _trains(pool, amount, days)


def _trains(pool: str, amount: float, days: list[float]) -> Iterator[Pulses]:
    """Equal doses as one train where first + k x interval gives every time to the last bit, else one by one."""
    if len(days) > 1:
        train = Pulses(pool, days[0], days[1] - days[0], len(days), amount)
        if train.times().tolist() == days:
            yield train
            return
    for day in days:
        yield Pulses(pool, day, 0.0, 1, amount)


def _holds(name: str, steps: list[tuple[float, float]]) -> Iterator[Hold]:
    ends = [day for day, _ in steps[1:]] + [math.inf]
    for (day, value), end in zip(steps, ends, strict=True):
        if end > day:
            yield Hold(name, day, end, value)
