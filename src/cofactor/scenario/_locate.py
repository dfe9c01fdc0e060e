"""Where a key stands in TOML text. `tomllib` reads the values and forgets the lines; this finds them again."""

from __future__ import annotations

import bisect
import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_VALUE_END = re.compile(r"[,\]}\n#]")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a scenario came from: the name of its file, if any, and the line of each key in it.

    All origins are equal, so that two scenarios are equal when they say the same, wherever it was written.
    """

    name: str | None = field(default=None, compare=False)
    lines: Mapping[Path, int] = field(default_factory=dict, compare=False)

    def line(self, path: Path) -> int | None:
        """The line of the key, or of the nearest table around it when the key itself is not written."""
        for length in range(len(path), 0, -1):
            found = self.lines.get(path[:length])
            if found is not None:
                return found
        return None

    def where(self, path: Path) -> str:
        """Such as "plan.toml:12 (supplement[0].amount)", with less when less is known."""
        key = dotted(path)
        if self.name is None:
            return key or "scenario"
        line = self.line(path)
        place = self.name if line is None else f"{self.name}:{line}"
        return f"{place} ({key})" if key else place


def dotted(path: Path) -> str:
    """A path as people write it; anything but plain key characters is quoted, so no file can paint a terminal."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        text += ("." if text else "") + quoted(part)
    return text


def quoted(key: str) -> str:
    """A key as TOML would write it, shortened when it is absurdly long."""
    short = key if len(key) <= 60 else key[:57] + "..."
    return short if _BARE.fullmatch(short) else json.dumps(short)


def locate(text: str) -> dict[Path, int]:
    """Path -> line (from 1) of every table and key in `text`, which `tomllib` has already accepted."""
    scanner = _Scanner(text)
    # a line number is a kindness: on a surprise what was found so far is kept, and no value depends on it
    with contextlib.suppress(IndexError, ValueError, RecursionError):
        scanner.run()
    return scanner.lines


class _Scanner:
    """A reader of TOML that keeps only keys and where they stand."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n") + "\n"
        self.position = 0
        self.lines: dict[Path, int] = {}
        self.table: Path = ()
        self._counts: dict[Path, int] = {}
        self._newlines = [match.start() for match in re.finditer("\n", self.text)]

    def run(self) -> None:
        while self._skip_blank():
            if self.text[self.position] == "[":
                self._header()
            else:
                self._pair(self.table)

    def _header(self) -> None:
        start, is_array = self.position, self.text.startswith("[[", self.position)
        self.position += 2 if is_array else 1
        keys = self._keys()
        self.position += 2 if is_array else 1
        path: Path = (*self._resolved(keys[:-1]), keys[-1])
        if is_array:
            index = self._counts.get(path, 0)
            self._counts[path] = index + 1
            self._note(path, start)
            path += (index,)
        self.table = path
        self._note(path, start)

    def _resolved(self, keys: list[str]) -> Path:
        """The path of `keys`, an array of tables standing for its latest element."""
        path: Path = ()
        for key in keys:
            path += (key,)
            if path in self._counts:
                path += (self._counts[path] - 1,)
        return path

    def _pair(self, table: Path) -> None:
        start = self.position
        path = table
        for key in self._keys():
            path += (key,)
            self._note(path, start)
        self.position += 1  # the sign =
        self._value(path)

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip_spaces()
            keys.append(self._key())
            self._skip_spaces()
            if self.text[self.position] != ".":
                return keys
            self.position += 1

    def _key(self) -> str:
        quote = self.text[self.position]
        if quote not in "\"'":
            match = _BARE.match(self.text, self.position)
            if match is None:
                raise ValueError("not a key")
            self.position = match.end()
            return match.group()
        start = self.position
        self._string(quote)
        written = self.text[start : self.position]
        return json.loads(written) if quote == '"' else written[1:-1]

    def _value(self, path: Path) -> None:
        self._skip_spaces()
        first = self.text[self.position]
        if first in "\"'":
            triple = first * 3
            self._string(triple if self.text.startswith(triple, self.position) else first)
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            match = _VALUE_END.search(self.text, self.position)
            self.position = match.start() if match else len(self.text)

    def _string(self, quote: str) -> None:
        self.position += len(quote)
        while not self.text.startswith(quote, self.position):
            escaped = quote[0] == '"' and self.text[self.position] == "\\"
            self.position += 2 if escaped else 1
        self.position += len(quote)
        while len(quote) == 3 and self.text[self.position] == quote[0]:
            self.position += 1  # a multi-line string may end in up to two more quotes of its own

    def _array(self, path: Path) -> None:
        self.position += 1
        index = 0
        while self._skip_blank() and self.text[self.position] != "]":
            if self.text[self.position] == ",":
                self.position += 1
                continue
            self._note((*path, index), self.position)
            self._value((*path, index))
            index += 1
        self.position += 1

    def _inline_table(self, path: Path) -> None:
        self.position += 1
        while self._skip_blank() and self.text[self.position] != "}":
            if self.text[self.position] == ",":
                self.position += 1
                continue
            self._pair(path)
        self.position += 1

    def _note(self, path: Path, position: int) -> None:
        self.lines.setdefault(path, bisect.bisect_left(self._newlines, position) + 1)

    def _skip_spaces(self) -> None:
        while self.text[self.position] in " \t":
            self.position += 1

    def _skip_blank(self) -> bool:
        """Past spaces, line ends and comments; False at the end of the text."""
        while self.position < len(self.text):
            if self.text[self.position] == "#":
                self.position = self.text.index("\n", self.position)
            elif self.text[self.position] not in " \t\n":
                return True
            self.position += 1
        return False
