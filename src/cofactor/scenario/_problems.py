"""What can be wrong with a value, and the one error a person sees for it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from cofactor.errors import InputError, UnitsError
from cofactor.scenario._locate import Origin, Path, dotted, quoted
from cofactor.scenario._names import ALSO_CALLED

_LONGEST_SHOWN = 80


def problem(
    rule: str, *, received: object, hint: str | None, key: str | int | None = None, units: bool = False
) -> PydanticCustomError:
    """An exception for validators: pydantic adds the place, `first_problem` makes the house's error of it.

    key: a key or index further down, where the validator reads a table or list as a whole.
    """
    context = {"rule": rule, "received": received, "hint": hint, "key": key}
    return PydanticCustomError("cofactor_units" if units else "cofactor", "{rule}", context)


def shown(value: object) -> str:
    """A value as an error prints it: as written in Python, control characters escaped, not longer than a line."""
    text = f"a table of {len(value)} keys" if isinstance(value, dict) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to `name`, by meaning where people call it otherwise, else by spelling."""
    candidates = list(known)
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    if ALSO_CALLED.get(plain) in candidates:
        return ALSO_CALLED[plain]
    close = difflib.get_close_matches(plain, candidates, n=1, cutoff=0.0)
    return close[0] if close else None


def first_problem(
    error: ValidationError, prefix: Path, origin: Origin, keys_at: Callable[[Path], tuple[str, ...]]
) -> InputError:
    """The house's error for the problem that stands first in the file.

    `keys_at(path)` names the keys a table may hold, for the hint on an unknown one.
    """
    found = [(_path_of(detail, prefix), detail) for detail in error.errors(include_url=False)]
    path, detail = min(found, key=lambda item: origin.line(item[0]) or 0)
    return _translated(path, detail, origin, keys_at)


def _path_of(detail: ErrorDetails, prefix: Path) -> Path:
    path = (*prefix, *detail["loc"])
    key = detail.get("ctx", {}).get("key")
    return path if key is None else (*path, key)


def _translated(
    path: Path, detail: ErrorDetails, origin: Origin, keys_at: Callable[[Path], tuple[str, ...]]
) -> InputError:
    where = origin.where(path)
    context: dict[str, Any] = detail.get("ctx", {})
    kind = detail["type"]
    if kind in ("cofactor", "cofactor_units"):
        error_class = UnitsError if kind == "cofactor_units" else InputError
        return error_class(context["rule"], received=context["received"], where=where, hint=context["hint"])
    if kind == "extra_forbidden":
        return _unknown_key(path, where, keys_at)
    if kind == "missing":
        hint = f"each {_named(path[:-1])} has its own {path[-1]}"
        return InputError(f"{_named(path[:-1])} needs the key {path[-1]}", received="none", where=where, hint=hint)
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        hint = _entry_hint(path) if isinstance(path[-1], int) else f"write [{dotted(path)}]"
        return InputError(f"{dotted(path)} is a table", received=shown(detail["input"]), where=where, hint=hint)
    if kind == "tuple_type":
        return InputError(
            f"{dotted(path)} is a list", received=shown(detail["input"]), where=where, hint=_list_hint(path)
        )
    return InputError(detail["msg"], received=shown(detail["input"]), where=where)


def _entry_hint(path: Path) -> str:
    return f"write [[{path[0]}]]" if len(path) == 2 else 'write a name in quotes, or { name = "..." }'


def _list_hint(path: Path) -> str:
    return f"write [[{path[0]}]], in double brackets" if len(path) == 1 else f"write {path[-1]} = [...]"


def _named(table: Path) -> str:
    """A table as it is written in the file: [person], or [[supplement]] for one of several."""
    if not table:
        return "a scenario"
    return f"[[{dotted(table[:-1])}]]" if isinstance(table[-1], int) else f"[{dotted(table)}]"


def _unknown_key(path: Path, where: str, keys_at: Callable[[Path], tuple[str, ...]]) -> InputError:
    key, table = str(path[-1]), path[:-1]
    known = keys_at(table)
    elsewhere = next((top for top in keys_at(()) if key in keys_at((top,)) and (top,) != table[:1]), None)
    if elsewhere is not None and key not in known:
        hint = f"{key} belongs in [{elsewhere}]; nearest key here: {nearest(key, known)}"
    else:
        hint = f"nearest key: {nearest(key, known)}"
    return InputError(f"{_named(table)} has no key {quoted(key)}", received=quoted(key), where=where, hint=hint)
