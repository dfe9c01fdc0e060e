"""What the populations must look like, as data, and how far they do."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from cofactor.people._population import Drawn

_FROZEN = ConfigDict(frozen=True, extra="forbid")
_SIGMAS = 2.0
"""How many standard errors of the drawing are granted beside what the surveys leave open."""


class Target(BaseModel):
    """Middle and lasting spread of one level; on scale "log" they are the geometric mean and the log-SD."""

    model_config = _FROZEN

    population: str
    name: str
    unit: str
    scale: Literal["measured", "log"] = "measured"
    middle: float
    middle_error: float
    spread: float
    spread_error: float
    survey: str
    source: str
    confidence: Literal["read", "recalled"]


class Share(BaseModel):
    """Share of people, of some eGFR, whose sample lies at or above (or below) a level; `within_log_sd` blurs one sample."""

    model_config = _FROZEN

    population: str
    name: str
    above: float | None = None
    below: float | None = None
    within_log_sd: float = 0.0
    egfr: tuple[float, float] = (0.0, np.inf)
    share: float
    share_error: float
    survey: str
    source: str
    confidence: Literal["read", "recalled"]


@dataclass(frozen=True)
class Met:
    """One comparison: what was wanted and found, how much they may differ, and whether they do not."""

    wanted: float
    found: float
    allowed: float

    @property
    def holds(self) -> bool:
        return abs(self.found - self.wanted) <= self.allowed


@lru_cache(maxsize=1)
def _tables() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((files("cofactor.people") / "targets.toml").read_text(encoding="utf-8"))


def targets(population: str) -> tuple[Target, ...]:
    """The marginals a population is held to."""
    return tuple(Target(**row) for row in _tables()["target"] if row["population"] == population)


def shares(population: str) -> tuple[Share, ...]:
    """The shares of people a population is held to."""
    return tuple(Share(**row) for row in _tables()["share"] if row["population"] == population)


def middle_of(target: Target, drawn: Drawn) -> Met:
    """Mean (geometric on the log scale) against the target; the allowance holds two standard errors of the drawing."""
    values = _scaled(target, drawn)
    error = _SIGMAS * float(np.std(values)) / len(values) ** 0.5
    if target.scale == "measured":
        return Met(target.middle, float(np.mean(values)), target.middle_error + error)
    return Met(target.middle, float(np.exp(np.mean(values))), target.middle_error + error * target.middle)


def spread_of(target: Target, drawn: Drawn) -> Met:
    """SD (log-SD on the log scale) against the target, likewise."""
    values = _scaled(target, drawn)
    found = float(np.std(values))
    return Met(target.spread, found, target.spread_error + _SIGMAS * found / (2 * len(values)) ** 0.5)


def _scaled(target: Target, drawn: Drawn) -> np.ndarray:
    values = drawn.levels[target.name]
    return np.log(values) if target.scale == "log" else values


def share_of(share: Share, drawn: Drawn) -> Met:
    """Share of people against the target, likewise."""
    from scipy.special import ndtr

    egfr = drawn.levels["egfr"]
    values = drawn.levels[share.name][(egfr >= share.egfr[0]) & (egfr < share.egfr[1])]
    level = share.below if share.above is None else share.above
    assert level is not None
    above = values >= level if not share.within_log_sd else ndtr(np.log(values / level) / share.within_log_sd)
    found = float(np.mean(above if share.above is not None else 1.0 - above))
    error = _SIGMAS * (found * (1.0 - found) / len(values)) ** 0.5
    return Met(share.share, found, share.share_error + error)
