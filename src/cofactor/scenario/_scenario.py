"""The scenario: one person or population, and everything that is to happen to them."""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Collection, Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import Field, PlainValidator, PrivateAttr, TypeAdapter, ValidationError, model_validator

from cofactor.errors import InputError
from cofactor.scenario._fields import BEFORE
from cofactor.scenario._labs import Labs
from cofactor.scenario._locate import Origin, Path
from cofactor.scenario._manifest import to_manifest
from cofactor.scenario._plan import Challenge, Drug, Event, Infusion, Phototherapy, Reset, Supplement
from cofactor.scenario._problems import first_problem, problem, shown
from cofactor.scenario._read import parse, read_text
from cofactor.scenario._routes import CONDITION_ROUTES, CONDITIONS_BY_LAB
from cofactor.scenario._tables import Condition, Diet, DietChange, Model, Person, Population, Simulate, Sun, Table

_T = TypeVar("_T", bound=Table)


def _schema(value: Any) -> int:
    if value == 1 and not isinstance(value, bool):
        return 1
    hint = "this version reads schema = 1; a file of a later schema needs a later Cofactor"
    raise problem("the schema of a scenario is 1", received=shown(value), hint=hint)


class Scenario(Table):
    """A scenario, resolved: numbers in canonical units, times in days from simulate.start.

    Built by `from_toml`, `from_text` or `from_dict`, which raise InputError stating the rule, what was received, the
    file and line, and a hint. Exactly one of `person` and `population` is not None.
    """

    schema_version: Annotated[int, PlainValidator(_schema)] = Field(default=1, alias="schema")
    person: Person | None = None
    population: Population | None = None
    labs: Labs = Labs()
    diet: Diet = Diet()
    diet_change: tuple[DietChange, ...] = ()
    sun: Sun | None = None
    supplement: tuple[Supplement, ...] = ()
    phototherapy: tuple[Phototherapy, ...] = ()
    drug: tuple[Drug, ...] = ()
    infusion: tuple[Infusion, ...] = ()
    challenge: tuple[Challenge, ...] = ()
    event: tuple[Event, ...] = ()
    reset: tuple[Reset, ...] = ()
    # `model` is the contract's name of the table; pydantic only reserves the prefix model_
    model: Model = Model()
    simulate: Simulate = Simulate()

    _origin: Origin = PrivateAttr(default_factory=Origin)

    @model_validator(mode="before")
    @classmethod
    def _one_person_or_a_population(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        if "person" in raw and "population" in raw:
            hint = "keep [person] for one, or move its keys to [population]"
            raise problem("a scenario has a person or a population", received="both", hint=hint, key="population")
        return raw if "population" in raw else {"person": {}, **raw}

    @model_validator(mode="after")
    def _sun_needs_a_latitude(self) -> Scenario:
        who = self.person or self.population
        if self.sun is not None and who is not None and who.latitude is None:
            table = "person" if self.person else "population"
            hint = f"for example [{table}] latitude = 59.4"
            raise problem("[sun] needs a latitude", received="none", hint=hint, key="sun")
        return self

    @model_validator(mode="after")
    def _labs_are_of_the_resting_state(self) -> Scenario:
        rhythmic = any(entry.steady_state for entry in (*self.supplement, *self.drug, *self.infusion))
        measured = sorted(set(self.labs.values) - set(CONDITIONS_BY_LAB.values()))
        if rhythmic and measured:
            rule = "labs are met at rest, and doses in steady state are no rest"
            hint = "leave steady_state out: the labs were measured with whatever was taken then"
            raise problem(rule, received=f"steady_state and {', '.join(measured)}", hint=hint, key="labs")
        return self

    @model_validator(mode="after")
    def _conditions_agree(self) -> Scenario:
        who = self.person or self.population
        table = "person" if self.person else "population"
        for condition in who.conditions if who is not None else ():
            lab = CONDITIONS_BY_LAB.get(condition.name)
            if lab is not None:
                _severity_is_known(condition, lab, self.labs, table)
        _exclude_each_other(who.conditions if who is not None else (), table)
        return self

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str]) -> Scenario:
        """The scenario in a TOML file."""
        file = FilePath(path)
        return cls.from_text(read_text(file), str(path))

    @classmethod
    def from_text(cls, text: str, name: str = "scenario") -> Scenario:
        """The scenario in TOML text; `name` stands for the file in errors."""
        raw, origin = parse(text, name)
        return cls._build(raw, origin)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Scenario:
        """The scenario in a dict of the same shape as the file (quantities are text there too)."""
        if not isinstance(raw, Mapping):
            raise InputError("a scenario is a table of tables", received=shown(raw), where="scenario")
        return cls._build(dict(raw), Origin())

    @classmethod
    def _build(cls, raw: dict[str, Any], origin: Origin) -> Scenario:
        # dates need simulate.start and doses per kg a weight, so these two tables are read first
        simulate = _validated(Simulate, raw.get("simulate", {}), ("simulate",), origin, {})
        context: dict[str, Any] = {"start": simulate.start, "days": simulate.days}
        context["weight"] = _weight(raw, origin, context)
        scenario = _validated(cls, raw, (), origin, context)
        scenario._origin = origin
        return scenario

    def to_manifest(self) -> dict[str, Any]:
        """The scenario as plain JSON values: the shape of the file, defaults filled in, canonical units, `units`."""
        return to_manifest(self)

    def where(self, *path: str | int) -> str:
        """The place of a key for an error message: file:line and the key, as far as they are known."""
        return self._origin.where(path)

    def check_names(self, known: Mapping[str, Collection[str]]) -> None:
        """Checks the names in [model] against the body's: `known` maps "switches", "parameters", "cut" to names.

        Raises InputError with the nearest known name; a kind `known` leaves out is not checked.
        """
        for kind in ("switches", "parameters", "cut"):
            for name in getattr(self.model, kind):
                if kind in known and name not in known[kind]:
                    raise self._unknown_name(kind, name, known[kind])

    def _unknown_name(self, kind: str, name: str, known: Collection[str]) -> InputError:
        path = ("model", kind, self.model.cut.index(name)) if kind == "cut" else ("model", kind, name)
        close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.0)
        what = {"switches": "switch", "parameters": "parameter", "cut": "edge"}[kind]
        return InputError(
            f"the model has no {what} of that name",
            received=shown(name),
            where=self.where(*path),
            hint=f"nearest: {close[0]}" if close else f"the model has no {kind} to change",
        )


def _severity_is_known(condition: Condition, lab: str, labs: Labs, table: str) -> None:
    if lab not in labs.values:
        hint = f'for example [labs] {lab} = "45 mL/min/1.73m2"'
        raise problem(f"{condition.name} says how severe it is by {lab}", received=f"no {lab}", hint=hint, key=table)
    if condition.start != BEFORE or math.isfinite(condition.stop):
        rule = f"{condition.name} is part of the resting state: how fast it comes or goes is not known to the model"
        raise problem(rule, received="a start or a stop", hint="leave start and stop out", key=table)


def _exclude_each_other(conditions: tuple[Condition, ...], table: str) -> None:
    """Two conditions that hold the same input at the same time cannot both be."""
    held: dict[str, Condition] = {}
    for condition in conditions:
        for given in CONDITION_ROUTES[condition.name].values if condition.name in CONDITION_ROUTES else ():
            other = held.setdefault(given, condition)
            if other.name != condition.name and condition.start < other.stop and other.start < condition.stop:
                rule = f"{other.name} and {condition.name} exclude each other"
                raise problem(rule, received="both", hint="keep one, or end it before the other begins", key=table)


def _weight(raw: Mapping[str, Any], origin: Origin, context: dict[str, Any]) -> float | None:
    """The weight doses per kg are multiplied by, kg; None where people of a population differ in it."""
    if "population" in raw:
        population = _validated(Population, raw["population"], ("population",), origin, context)
        return population.weight if isinstance(population.weight, float) else None
    return _validated(Person, raw.get("person", {}), ("person",), origin, context).weight


def _validated(kind: type[_T], raw: Any, prefix: Path, origin: Origin, context: dict[str, Any]) -> _T:
    try:
        return TypeAdapter(kind).validate_python(raw, context=context)
    except ValidationError as error:
        raise first_problem(error, prefix, origin, keys_at) from None


def keys_at(path: Path) -> tuple[str, ...]:
    """The keys the table at `path` may hold; () where there is none or its keys are free."""
    table: Any = Scenario
    for part in path:
        if isinstance(part, int):
            continue
        fields = table.model_fields if _is_table(table) else {}
        table = _table_in(fields[part].annotation) if part in fields else None
    if not _is_table(table):
        return ()
    return tuple(field.alias or name for name, field in table.model_fields.items())


def _table_in(annotation: Any) -> Any:
    """The Table inside Person | None, tuple[Supplement, ...] or a plain annotation; None without one."""
    if get_origin(annotation) is None:
        return annotation if _is_table(annotation) else None
    return next((found for found in map(_table_in, get_args(annotation)) if found is not None), None)


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Table)
