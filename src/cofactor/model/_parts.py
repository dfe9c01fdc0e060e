"""What a System knows of its states, constants, inputs and fluxes: plain records with their place in the vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cofactor.units import Unit


@dataclass(frozen=True)
class State:
    """One state of a System: its unit, where the search for rest begins, its place and length in the state vector."""

    name: str
    unit: Unit
    start: float
    offset: int
    sites: int
    is_pool: bool
    doc: str

    @property
    def width(self) -> int:
        """Number of entries in the state vector."""
        return max(self.sites, 1)


@dataclass(frozen=True)
class Constant:
    """One parameter of a System with all that is known about it."""

    name: str
    value: float
    unit: Unit
    spread: float | None
    varies: float | None
    source: str
    note: str
    where: str
    low: float | None
    high: float | None
    follows: tuple[str, float] | None
    offset: int
    sites: int
    prior: str = "log-normal"


@dataclass(frozen=True)
class Input:
    """One input from outside with its value in the reference adult."""

    name: str
    value: float
    unit: Unit
    doc: str
    offset: int


@dataclass(frozen=True)
class Movement:
    """One flux with the places it touches and the element it brings into (+) or takes out of (-) the body."""

    name: str
    unit: Unit
    moves: tuple[tuple[str, float], ...]
    gains: Mapping[str, float]
    doc: str
