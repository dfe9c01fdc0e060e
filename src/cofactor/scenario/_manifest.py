"""A scenario as plain JSON values for the manifest of a run: what was resolved, and in which units."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Iterator, Mapping
from typing import Any

from cofactor.scenario import _names as names
from cofactor.scenario._fields import BEFORE, CanonicalUnit
from cofactor.scenario._labs import Labs
from cofactor.scenario._locate import Path, dotted
from cofactor.scenario._tables import Table

_SUBSTANCES: Mapping[str, Mapping[str, names.Substance]] = {
    "supplement": names.SUPPLEMENTS,
    "drug": names.DRUGS,
    "infusion": names.INFUSIONS,
    "challenge": names.CHALLENGES,
}


def to_manifest(scenario: Table) -> dict[str, Any]:
    """The scenario in the shape of its file, defaults filled in, numbers in canonical units, times in days.

    `units` maps each number that has one ("person.weight", "supplement[0].amount") to it. JSON has no infinity: a stop
    at the end of the run is null, and a start of what was already taken is "before".
    """
    plain = _plain(scenario)
    return {**plain, "units": {dotted(path): unit for path, unit in _units(scenario, ())}}


def _plain(value: Any) -> Any:
    if isinstance(value, Labs):
        return {"date": value.date, "because": value.because, **value.values}
    if isinstance(value, Table):
        fields = type(value).model_fields
        return {field.alias or name: _plain(getattr(value, name)) for name, field in fields.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return "before" if value == BEFORE else None
    return value


def _units(table: Table, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(table, Labs):
        yield from (((*path, lab), table.unit_of(lab)) for lab in table.values)
    yield from _units_of_doses(table, path)
    for name, field in type(table).model_fields.items():
        value = getattr(table, name)
        unit = next((item.text for item in field.metadata if isinstance(item, CanonicalUnit)), None)
        if unit and value is not None and not isinstance(value, str):
            yield (*path, name), unit
        if isinstance(value, Table):
            yield from _units(value, (*path, name))
        if isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, Table):
                    yield from _units(item, (*path, name, index))


def _units_of_doses(table: Table, path: Path) -> Iterator[tuple[Path, str]]:
    substances = _SUBSTANCES.get(str(path[0])) if path else None
    if substances is None:
        return
    substance = substances[getattr(table, "name")]  # noqa: B009 - only tables with a name are listed above
    for key, unit in (("amount", substance.amount_unit), ("rate", substance.rate_unit)):
        if unit is not None and getattr(table, key, None) is not None:
            yield (*path, key), unit
