"""Reading the shipped rows: package data in TOML, parsed once, each row checked for its shape."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cofactor.errors import InputError
from cofactor.evidence._row import Row


@cache
def load_rows() -> tuple[Row, ...]:
    """Every shipped row, in the order of the files and of the rows in them.

    Raises InputError naming file, row and field when a row does not have the shape of `Row`.
    """
    return tuple(row for name, text in _texts().items() for row in parse_rows(text, name))


@cache
def _texts() -> dict[str, str]:
    """The shipped files by name, in order."""
    folder = files("cofactor.evidence") / "rows"
    entries = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name)
    return {entry.name: entry.read_text("utf-8") for entry in entries}


@cache
def gaps() -> dict[str, str]:
    """Row numbers that a table never used, with the reason: {"mg-E02": "not in the table"}."""
    found: dict[str, str] = {}
    for name, text in _texts().items():
        document = _document(text, name)
        found |= {f"{document['field']}-{number}": why for number, why in document.get("gaps", {}).items()}
    return found


def read_rows(path: str | Path) -> tuple[Row, ...]:
    """The rows of a file of the same form as the shipped ones."""
    path = Path(path)
    return parse_rows(path.read_text("utf-8"), path.name)


def parse_rows(text: str, name: str) -> tuple[Row, ...]:
    """The rows in TOML `text`; `name` is the file named in errors."""
    return tuple(_row(entry, text, name) for entry in _document(text, name).get("row", []))


def rows(
    *,
    field: str | None = None,
    outcome: str | None = None,
    population: str | Iterable[str] | None = None,
    intervention: str | None = None,
    species: str | None = None,
    controlled: bool | None = None,
    study: str | None = None,
) -> tuple[Row, ...]:
    """The shipped rows that carry every tag asked for; a `population` of several tags must match them all."""
    people = frozenset([population] if isinstance(population, str) else population or ())
    return tuple(
        row
        for row in load_rows()
        if field in (None, row.field)
        and (outcome is None or outcome in row.outcomes)
        and people <= set(row.population_tags)
        and (intervention is None or intervention in row.interventions)
        and species in (None, row.species)
        and controlled in (None, row.controlled)
        and study in (None, row.study)
    )


@cache
def row(identifier: str) -> Row:
    """The shipped row of that id ("mg-E30"); raises InputError when there is none.

    Its own table alone is parsed: all rows together take a tenth of a second, which every start would pay.
    """
    for name, text in _texts().items():
        number = _line_of(identifier, text)
        if number > 1:
            lines = text.splitlines()[number - 2 :]
            end = next((k for k, line in enumerate(lines) if k and line.startswith("[[row]]")), len(lines))
            return parse_rows("\n".join(lines[:end]), name)[0]
    raise InputError("an evidence row must exist", received=identifier, hint="ids look like mg-E30, vitd-E03, bone-E60")


def _document(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"an evidence file must be TOML ({fault})", where=name) from None


def _row(entry: dict[str, Any], text: str, name: str) -> Row:
    try:
        return Row.model_validate(entry)
    except ValidationError as fault:
        first = fault.errors()[0]
        identifier = str(entry.get("id", "(no id)"))
        where = f"{name}:{_line_of(identifier, text)}"
        field = ".".join(str(part) for part in first["loc"])
        received = None if first["type"] == "missing" else first["input"]
        raise InputError(f"row {identifier}, field {field}: {first['msg']}", received=received, where=where) from None


def _line_of(identifier: str, text: str) -> int:
    """Line of the row's id in the file; 1 where the row has none."""
    quoted = f'"{identifier}"'
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("id") and quoted in line:
            return number
    return 1
