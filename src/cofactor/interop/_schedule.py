"""Events of an SBML file whose times can be known before the run, as changes of inputs and doses into pools."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Any

from cofactor.errors import InputError
from cofactor.interop._model_of import Contents
from cofactor.interop._read_math import CLOCK, Reader, names_in, number_of
from cofactor.model import Graph
from cofactor.regimen import Hold, Pulses, Regimen

_MOST_EVENTS = 200_000


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
        if delay is not None and self._number(delay.getMath(), {}, where) != 0.0:
            raise InputError("events with a delay cannot be read", received=event.getId(), where=where)
        for name in self._reads(event.getTrigger().getMath()):
            if name not in self.inputs and (name in self.contents.states or self._depends_on_states(name)):
                raise InputError(
                    "an event fires at a time that is known before the run", received=f"{event.getId()} waits for {name}",
                    where=where, hint=f"leave it out: without_events=[{event.getId()!r}]",
                )  # fmt: skip

    def _reads(self, formula: Any) -> list[str]:
        return [name for name in names_in(formula) if name != CLOCK]

    def _depends_on_states(self, name: str) -> bool:
        formula = self.contents.rules.get(name, self.contents.reactions.get(name))
        reads = names_in(formula) if formula is not None else []
        return any(r == CLOCK or r in self.contents.states or self._depends_on_states(r) for r in reads)

    def _number(self, formula: Any, counters: dict[str, float], where: str, time: float = 0.0) -> float:
        values = {name: counters.get(name, math.nan) for name in self._reads(formula)}
        values = {name: self.contents.starts_at(name) if math.isnan(v) else v for name, v in values.items()}
        return number_of(formula, {**values, CLOCK: time}, where)

    # -- the plan -----------------------------------------------------------------------------------------------------------

    def regimen(self, days: float, days_per_unit: float, read: Collection[str]) -> Regimen:
        """Everything that happens before day `days`; `read` are the inputs that equations read.

        Raises InputError for an event that sets a pool rather than adding to it.
        """
        if not self.events:
            return Regimen()
        levels: dict[str, list[tuple[float, float]]] = {name: [] for name in self.inputs & set(read)}
        doses: dict[tuple[str, float], list[float]] = {}
        for time, event, counters in self._firings(days / days_per_unit):
            for assignment in event.getListOfEventAssignments():
                name, where = assignment.getVariable(), self.contents.where(assignment)
                if name in levels:
                    levels[name].append((time * days_per_unit, counters[name]))
                elif name in self.contents.states:
                    amount = self._dose(assignment, counters, where, time)
                    doses.setdefault((name, amount), []).append(time * days_per_unit)
        holds = [hold for name, steps in levels.items() for hold in _holds(name, steps)]
        trains = [train for (name, amount), days in doses.items() for train in _trains(name, amount, days)]
        return Regimen(holds=tuple(holds), pulses=tuple(trains))

    def _firings(self, horizon: float) -> Iterator[tuple[float, Any, dict[str, float]]]:
        counters = {name: self.contents.starts_at(name) for name in self.inputs}
        held = [event.getTrigger().getInitialValue() for event in self.events]
        time, fired = 0.0, 0
        while time < horizon:
            for moment in (time, math.nextafter(time, math.inf)):  # `time > t` becomes true just after t
                for event in self._due(held, counters, moment):
                    fired += 1
                    self._assign(event, counters, moment)
                    yield time, event, dict(counters)
            if fired > _MOST_EVENTS:
                raise InputError(f"a plan has at most {_MOST_EVENTS} events", where=self.contents.file)
            time = min((t for t in self._thresholds(counters) if t > time), default=math.inf)

    def _due(self, held: list[bool], counters: dict[str, float], moment: float) -> list[Any]:
        due = []
        for number, event in enumerate(self.events):
            now = self._holds(event.getTrigger().getMath(), counters, moment)
            if now and not held[number]:
                due.append(event)
            held[number] = now
        return due

    def _assign(self, event: Any, counters: dict[str, float], moment: float) -> None:
        before = dict(counters)
        for assignment in event.getListOfEventAssignments():
            name = assignment.getVariable()
            if name in self.inputs:
                counters[name] = self._number(assignment.getMath(), before, self.contents.where(assignment), moment)

    def _holds(self, condition: Any, counters: dict[str, float], moment: float) -> bool:
        return self._number(condition, counters, self.contents.file, moment) != 0.0

    def _thresholds(self, counters: dict[str, float]) -> Iterator[float]:
        """Times at which a comparison in a trigger may change: where it sets the clock beside a number."""
        for event in self.events:
            waiting = [event.getTrigger().getMath()]
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
                    raise InputError("a trigger compares time with a number", where=self.contents.where(event))
                yield self._number(parts[clocks.index(False)], counters, self.contents.where(event))

    def _dose(self, assignment: Any, counters: dict[str, float], where: str, time: float) -> float:
        """What an assignment adds to its pool: the formula is the pool plus a number."""
        name = assignment.getVariable()
        graph = Graph()

        def leaf(read: str) -> Any:
            if read == name:
                return graph.leaf(name)
            value = time if read == CLOCK else counters.get(read)
            if value is None and read in self.contents.states:
                raise InputError("an event adds a known amount", received=f"{name} from {read}", where=where)
            return graph.constant(self.contents.starts_at(read) if value is None else value)

        node = Reader(graph, leaf, where).value(assignment.getMath()).node
        parts = [graph.nodes[a] for a in node.args]
        kinds = [part.op for part in parts]
        if node.op == "add" and sorted(kinds) == ["const", "symbol"]:
            return parts[kinds.index("const")].payload
        raise InputError(
            "an event adds to a pool and does not set it", received=f"an event that sets {name}", where=where,
            hint="leave it out with without_events, and give the doses as a regimen",
        )  # fmt: skip


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
