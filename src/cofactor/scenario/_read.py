"""A scenario file as a dict and the lines of its keys. Nothing in it is ever evaluated."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path as FilePath
from typing import Any

from cofactor.errors import InputError
from cofactor.scenario._locate import Origin, locate

_LARGEST_FILE_BYTES = 1_000_000
_ERROR_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def read_text(path: FilePath) -> str:
    """The text of a scenario file. Raises InputError when there is none, or it is not UTF-8 text of sane length."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE_BYTES + 1)
    except FileNotFoundError:
        raise InputError(
            "the scenario file exists", received="no such file", where=str(path), hint="check the path"
        ) from None
    except IsADirectoryError:
        raise InputError(
            "a scenario is a file", received="a directory", where=str(path), hint="name the .toml file inside it"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            "the scenario file can be read", received=reason, where=repr(str(path)), hint="check its path and rights"
        ) from None
    if len(content) > _LARGEST_FILE_BYTES:
        raise InputError(
            "a scenario file has at most 1 MB", received="a larger one", where=str(path), hint="is this the right file?"
        )
    return _decoded(content, str(path))


def _decoded(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "a scenario is UTF-8 text",
            received=f"byte 0x{content[error.start]:02x} at offset {error.start}",
            where=name,
            hint="save the file as UTF-8; spreadsheets and binary files are not scenarios",
        ) from None
    if "\0" in text:
        raise InputError("a scenario is text", received="a binary file", where=name, hint="name a .toml file")
    return text


def parse(text: str, name: str) -> tuple[dict[str, Any], Origin]:
    """TOML text as a dict, with the line of each key. Raises InputError naming and showing the line of a fault."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), text, name) from None
    except RecursionError:
        hint = "is this the right file?"
        raise InputError("values nest a few levels deep", received="deeper nesting", where=name, hint=hint) from None
    except ValueError:  # tomllib lets through what int() says of ten thousand digits
        hint = "is this the right file?"
        raise InputError("each number is readable", received="an absurdly long one", where=name, hint=hint) from None
    return raw, Origin(name, locate(text))


def _syntax_error(message: str, text: str, name: str) -> InputError:
    found = _ERROR_LINE.search(message)
    lines = text.splitlines() or [""]
    number = min(int(found.group(1)), len(lines)) if found else len(lines)
    reason = _ERROR_LINE.sub("", message).replace("(at end of document)", "").strip()
    return InputError(
        f"a scenario is TOML: {reason[:1].lower()}{reason[1:]}",
        received=repr(lines[number - 1].strip()[:80]),
        where=f"{name}:{number}",
        hint=_syntax_hint(reason),
    )


def _syntax_hint(reason: str) -> str:
    if "overwrite" in reason or "twice" in reason:
        return "a key stands once in a table; a second supplement is a second [[supplement]]"
    if "table" in reason or "]" in reason:
        return "a table starts with [name], one of several with [[name]]"
    return 'text stands in quotes, as in weight = "68 kg"'
