"""A core SBML model as a System: the file's equations built straight into a graph, no code made or run.

The System works in plain numbers (most published models have no units that agree), with time in days as everywhere; the
file's own units are kept beside it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cofactor.errors import InputError, UnitsError
from cofactor.interop._case import Case
from cofactor.interop._model_of import Contents, contents_of
from cofactor.interop._names import Ids
from cofactor.interop._read_file import read_document, sbml_library
from cofactor.interop._read_math import CLOCK, Reader, names_in
from cofactor.interop._schedule import Schedule
from cofactor.model import Expr, Graph, System, adapts, given, observable, parameter
from cofactor.units import parse_unit

_SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True)
class Imported:
    """A model read from SBML.

    `system` has the file's ids as names, in plain numbers; `days_per_time_unit` is the length of the file's unit of time;
    `units` are the unit ids the file declares, by quantity; `rules`, `reactions` and `events` are ids of the file.
    """

    title: str
    system: System
    days_per_time_unit: float
    units: Mapping[str, str]
    rules: tuple[str, ...]
    reactions: tuple[str, ...]
    events: tuple[str, ...]
    _schedule: Schedule

    def case(
        self, days: float, *, parameters: Mapping[str, float] | None = None, start: Mapping[str, float] | None = None
    ) -> Case:
        """The model from its own initial values over `days`, with its events as the plan; some numbers changed by name.

        Raises ModelError for names it does not have, InputError for an event no plan can hold.
        """
        plan = self._schedule.regimen(days, self.days_per_time_unit, self.system.inputs)
        begin = self.system.start.copy()
        for name, value in (start or {}).items():
            if name not in self.system.states:
                raise self.system.unknown(name)
            begin[self.system.states[name].offset] = value
        return Case.of_system(self.system, parameters=parameters, start=begin, regimen=plan, days=days)


def import_sbml(
    path: str | os.PathLike[str], *, without_events: Collection[str] = (), time_unit: str | None = None
) -> Imported:
    """Read species, compartments, parameters, rules, initial assignments, functions, reactions and events of a file.

    `time_unit` ("h") says how long the file's unit of time is where it does not say so itself. Events must fire at times
    known beforehand; `without_events` leaves some out. Raises InputError, with file and line, for what cannot be read.
    """
    document = read_document(path)
    file = str(Path(path))
    contents = contents_of(document, file)
    events = {event.getId() for event in contents.model.getListOfEvents()}
    for name in without_events:
        if name not in events:
            raise InputError("the file has no such event", received=name, where=file, hint=f"it has {sorted(events)}")
    schedule = Schedule(contents, without_events)
    day_length = _days_per_unit(contents, time_unit)
    organ = _Organ(contents, schedule, 1.0 / day_length)
    system = System.from_organs([organ.built()])
    title = contents.model.getName() or contents.model.getId() or Path(file).stem
    followed = tuple(event.getId() for event in schedule.events)
    rules, reactions = tuple(contents.rules), tuple(contents.reactions)
    return Imported(title, system, day_length, _units(contents), rules, reactions, followed, schedule)


def _days_per_unit(contents: Contents, stated: str | None) -> float:
    if stated is not None:
        unit = parse_unit(stated)
        if not unit.same_dimension(parse_unit("d")):
            raise UnitsError("the unit of time is a time", received=stated, hint='for example "h"')
        return unit.factor_to(parse_unit("d"))
    model, sbml = contents.model, sbml_library()
    definition = model.getUnitDefinition(model.getTimeUnits() or "time")  # a definition called time is Level 2's way
    if definition is None and model.getTimeUnits() == "second":
        return 1.0 / _SECONDS_PER_DAY
    seconds = None if definition is None else sbml.UnitDefinition.convertToSI(definition)
    parts = [] if seconds is None else [seconds.getUnit(k) for k in range(seconds.getNumUnits())]
    timed = [part for part in parts if part.getKind() == sbml.UNIT_KIND_SECOND and part.getExponent() == 1]
    if len(parts) != 1 or not timed:
        raise InputError(
            "the file does not say how long its unit of time is",
            where=contents.file,
            hint="say it: --time-unit h, in Python time_unit",
        )
    return timed[0].getMultiplier() * 10.0 ** timed[0].getScale() / _SECONDS_PER_DAY


def _units(contents: Contents) -> dict[str, str]:
    model = contents.model
    units = {p.getId(): p.getUnits() for p in model.getListOfParameters()}
    return units | {s.getId(): s.getSubstanceUnits() for s in model.getListOfSpecies()}


class _Organ:
    """One organ with everything in the file: states adapt, rules and reactions are observables, the rest are parameters."""

    def __init__(self, contents: Contents, schedule: Schedule, units_per_day: float):
        self.contents, self.schedule = contents, schedule
        self.units_per_day = units_per_day
        self.ids = Ids(("time", *contents.written, *contents.rules, *contents.rates, *contents.reactions))
        self.pace = self.ids.fresh("time_units_per_day")
        self.formulas = {**contents.rules, **contents.reactions}

    def built(self) -> SimpleNamespace:
        """The organ, ready for `System.from_organs`."""
        organ = SimpleNamespace(**{name: self._signal(name, ast) for name, ast in self.formulas.items()})
        organ.__dict__.update((self.ids.fresh(f"rate_of_{name}"), self._state(name)) for name in self.contents.states)
        for name in sorted(self._read()):
            if name in self.schedule.inputs:
                setattr(organ, name, given("1", self.contents.starts_at(name)))
            elif name == self.pace:
                setattr(
                    organ, name, parameter(self.units_per_day, "1/d", source=f"{self.contents.file}: its unit of time")
                )
            elif name not in self.formulas and name not in self.contents.states:
                setattr(organ, name, parameter(self.contents.starts_at(name), "1", source=self.contents.file))
        organ.__name__ = Path(self.contents.file).stem
        return organ

    def _read(self) -> set[str]:
        """Every id an equation reads; what no equation reads does nothing and is left away."""
        formulas = [*self.formulas.values(), *self.contents.rates.values()]
        found = {name for ast in formulas for name in names_in(ast)}
        found |= {self.contents.per_volume[n] for n in self.contents.changes if n in self.contents.per_volume}
        found |= {self.pace} if self.contents.states or CLOCK in found else set()
        return found - {CLOCK}

    def _signal(self, name: str, ast: Any) -> Callable[..., Any]:
        return observable("1")(self._formula(name, ast, lambda value, _: value))

    def _state(self, name: str) -> Callable[..., Any]:
        rate = self.contents.rates.get(name)
        formula = self._balance(name) if rate is None else self._formula(name, rate, _per_day, self.pace)
        return adapts(name, unit="1/d", start=self.contents.starts_at(name))(formula)

    def _balance(self, name: str) -> Formula:
        """Rate of a species from its reactions, per volume where it counts as a concentration."""
        moves, volume = self.contents.changes[name], self.contents.per_volume.get(name)
        reads: list[str] = [*(reaction for reaction, _ in moves), self.pace]
        reads = list(dict.fromkeys(reads if volume is None else [*reads, volume]))

        def rate(*values: Any) -> Any:
            known = dict(zip(reads, values, strict=True))
            total: Any = 0.0
            for reaction, count in moves:
                total = total + count * known[reaction]
            return known[self.pace] * (total / known[volume] if volume else total)

        return Formula(rate, reads, self._place(name), f"rate of {name}")

    def _formula(self, name: str, ast: Any, finish: Callable[[Any, Any], Any], *more: str) -> Formula:
        """A formula of the file; time in the file's units is days times the pace."""
        names = names_in(ast)
        clocked = ["time", self.pace] if CLOCK in names else []
        reads = list(dict.fromkeys([*(n for n in names if n != CLOCK), *clocked, *more]))
        where = ":".join(map(str, self._place(name)))

        def value(*values: Any) -> Any:
            known = dict(zip(reads, values, strict=True))
            graph = values[0].graph if values else Graph()

            def leaf(read: str) -> Expr:
                return known["time"] * known[self.pace] if read == CLOCK else known[read]

            made = Reader(graph, leaf, where).value(ast)
            return finish(made, known.get(self.pace)) if values else made.node.payload

        return Formula(value, reads, self._place(name), name)

    def _place(self, name: str) -> tuple[str, int]:
        element = self.contents.model.getElementBySId(name)
        return self.contents.file, element.getLine() if element is not None else 0


class Formula:
    """An equation of a file in the form the model's language takes: callable, with the names it reads and its place."""

    __defaults__ = None

    def __init__(self, function: Callable[..., Any], reads: Sequence[str], place: tuple[str, int], doc: str):
        self._function = function
        self.__name__ = self.__doc__ = doc
        self.__code__ = SimpleNamespace(
            co_varnames=tuple(reads), co_argcount=len(reads), co_kwonlyargcount=0, co_flags=0,
            co_filename=place[0], co_firstlineno=place[1],
        )  # fmt: skip

    def __call__(self, *values: Any) -> Any:
        return self._function(*values)


def _per_day(rate: Any, pace: Any) -> Any:
    return pace * rate
