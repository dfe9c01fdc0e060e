"""Reading the emulation files: package data in TOML, checked for shape, each error naming file and emulation."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import ValidationError

from cofactor.errors import InputError
from cofactor.qualify._emulation import Emulation, EmulationFile


@cache
def load_emulations() -> tuple[EmulationFile, ...]:
    """Every shipped emulation file, by name. Raises InputError naming file, emulation and field for a wrong shape."""
    folder = files("cofactor.qualify") / "emulations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(parse_emulations((folder / name).read_text("utf-8"), name) for name in names)


def parse_emulations(text: str, name: str) -> EmulationFile:
    """The emulations in TOML `text`; `name` is the file named in errors."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"an emulation file must be TOML ({fault})", where=name) from None
    raw["name"] = name
    for entry in raw.get("emulation", []):
        entry["file"] = name
        _spell_out(entry, raw.get("fragment", {}))
    try:
        return EmulationFile.model_validate(raw)
    except ValidationError as fault:
        raise _shown(fault, raw, name) from None


def emulations_of(row: str) -> tuple[Emulation, ...]:
    """The shipped emulations of one evidence row."""
    return tuple(emulation for file in load_emulations() for emulation in file.emulation if emulation.row == row)


def _spell_out(entry: dict[str, Any], fragments: dict[str, Any]) -> None:
    """Puts the file's fragments in the place of `uses`; what an arm says itself wins."""
    for table in (entry.get("shared"), *entry.get("arm", {}).values()):
        if not isinstance(table, dict):
            continue
        for name in table.pop("uses", ()):
            if name not in fragments:
                where = f"{entry['file']}, emulation of {entry.get('row', '(no row)')}"
                raise InputError(
                    "uses names fragments of the file", received=repr(name), where=where, hint=", ".join(fragments)
                )
            for key, value in fragments[name].items():
                table.setdefault(key, value)


def _shown(fault: ValidationError, raw: dict[str, Any], name: str) -> InputError:
    first = fault.errors()[0]
    path = list(first["loc"])
    where = name
    if len(path) > 1 and path[0] == "emulation" and isinstance(path[1], int):
        where = f"{name}, emulation of {raw['emulation'][path[1]].get('row', '(no row)')}"
        path = path[2:]
    field = ".".join(str(part) for part in path) or "(whole)"
    received = None if first["type"] == "missing" else repr(first["input"])[:80]
    return InputError(f"{field}: {first['msg']}", received=received, where=where)
