"""Where a key stands in a TOML file, so that an error can name the line."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_LONG_QUOTES = ('"""', "'''")


def line_of(text: str, path: Path) -> int:
    """Line (from 1) of the key at `path` in TOML `text`, else of the nearest table or key that holds it."""
    lines = key_lines(text)
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


def key_lines(text: str) -> dict[Path, int]:
    """Line of every table and key; elements of arrays of tables are counted from 0, as pydantic names them."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    quote: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if quote is not None:
            quote = None if quote in line else quote
            continue
        quote = next((mark for mark in _LONG_QUOTES if line.count(mark) % 2), None)
        header = _HEADER.match(line)
        if header:
            table = _table(header[2], header[1] == "[[", counts)
            found.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            _note(found, table, _parts(key[1]), number)
    return found


def _note(found: dict[Path, int], table: Path, parts: Path, number: int) -> None:
    for length in range(1, len(parts) + 1):
        found.setdefault(table + parts[:length], number)


def _table(name: str, is_array: bool, counts: dict[Path, int]) -> Path:
    """The path of a table header; inside an array of tables it belongs to the element opened last."""
    path: Path = ()
    parts = _parts(name)
    for index, part in enumerate(parts):
        path += (part,)
        if is_array and index == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path


def _parts(name: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(name))
