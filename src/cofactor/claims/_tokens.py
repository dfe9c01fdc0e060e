"""The words, signs and quantities a predicate is made of, each with its column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cofactor.errors import InputError, UnitsError
from cofactor.units import Quantity, parse_quantity


@dataclass(frozen=True, slots=True)
class Token:
    """A word, sign, name or number; a number carries its quantity."""

    kind: str
    text: str
    column: int
    quantity: Quantity | None = None


_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?:\ ?(?P<unit>%|[A-Za-zµμ][A-Za-zµμ0-9]*(?:[/*][A-Za-zµμ0-9]+)*))?
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>>=|<=|==|\.\.|[-<>+*/(),.@])""",
    re.VERBOSE,
)
_WORDS = frozenset({"and", "or", "not", "in", "d", "relative"})


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a predicate; InputError at a character or unit that has no meaning."""
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise fault(text, position + 1, f"the character {text[position]!r} has no meaning in a predicate")
        if match["number"]:
            token, position = _number_token(text, match)
            yield token
            continue
        if not match["space"]:
            kind = "sign" if match["sign"] else "word" if match["name"] in _WORDS else "name"
            yield Token(kind, match.group(), position + 1)
        position = match.end()


def _number_token(text: str, match: re.Match[str]) -> tuple[Token, int]:
    """A number with its unit; a word of the grammar after a number ("0.5 and") is no unit."""
    unit, end, column = match["unit"], match.end(), match.start() + 1
    if unit == "d":
        hint = "write '2 * d' for twice the effect, '2 day' for time"
        raise fault(text, column, "'d' after a number is unclear", hint)
    if unit in _WORDS:
        unit, end = None, match.end("number")
    try:
        quantity = parse_quantity(f"{match['number']} {unit or '1'}")
    except UnitsError as error:
        raise fault(text, match.start("unit") + 1 if unit else column, error.rule, error.hint) from error
    return Token("number", text[match.start() : end], column, quantity), end


def fault(text: str, column: int, rule: str, hint: str | None = None) -> InputError:
    """The error for a fault at a column (from 1) of a predicate."""
    return InputError(rule, received=repr(text), where=f"column {column}", hint=hint)
