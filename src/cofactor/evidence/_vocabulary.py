"""The closed vocabulary of tags, read from vocabulary.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Vocabulary:
    """Each tag with its meaning (an observable with its unit)."""

    outcomes: Mapping[str, str]
    interventions: Mapping[str, str]
    populations: Mapping[str, str]
    species: Mapping[str, str]


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary the linter holds every row to."""
    text = (files("cofactor.evidence") / "vocabulary.toml").read_text("utf-8")
    return Vocabulary(**tomllib.loads(text))
