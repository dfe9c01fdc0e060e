"""The virtual populations as data: who they are, how their middle differs from the reference adult, what they must meet."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cofactor.errors import InputError

POPULATIONS = (
    "adults", "postmenopausal", "ckd", "deficient", "psoriasis", "moderate_psoriasis", "psoriasis_prone",
    "hypertensive", "insulin_resistant", "stressed", "obese",
)  # fmt: skip
_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Ages(BaseModel):
    """Ages in years at shares of people, straight between them."""

    model_config = _FROZEN

    shares: tuple[float, ...]
    years: tuple[float, ...]
    source: str


class BySex(BaseModel):
    """A normally distributed trait of women and men: height in m, or the logarithm of the BMI in kg/m2."""

    model_config = _FROZEN

    female_mean: float
    female_sd: float
    male_mean: float
    male_sd: float
    source: str


class Habit(BaseModel):
    """How a habitual input differs between people: log-SD of a factor on the plan's value, which is the average."""

    model_config = _FROZEN

    name: str
    log_sd: float
    with_size: bool = False
    source: str


class Menopause(BaseModel):
    """Age at menopause in years, and the oestrogen action left after it (mean, log-SD) relative to before."""

    model_config = _FROZEN

    mean_years: float
    sd_years: float
    left: float
    log_sd: float
    source: str


class Shift(BaseModel):
    """A parameter whose middle, or spread (log-SD), in this population is not the reference adult's."""

    model_config = _FROZEN

    name: str
    ratio: float = 1.0
    log_sd: float | None = None
    source: str


class Limit(BaseModel):
    """A level at rest outside of which nobody is kept: who does not belong (definition), or could not live (physiology)."""

    model_config = _FROZEN

    name: str
    low: float | None = None
    high: float | None = None
    kind: Literal["definition", "physiology"] = "physiology"
    source: str


class Filtration(BaseModel):
    """eGFR in mL/min/1.73 m2 of a population with kidney disease: a normal distribution cut at both ends."""

    model_config = _FROZEN

    mean: float
    sd: float
    low: float
    high: float
    source: str


class Skin(BaseModel):
    """Psoriasis of a population: PASI that belongs to it after the burn-in, thresholds of all sites relative to those of
    patients, and whether plaques are there before a plan begins."""

    model_config = _FROZEN

    low: float = 0.0
    high: float = 72.0
    threshold_factor: float = 1.0
    lesional: bool = True
    source: str


class Population(BaseModel):
    """One virtual population."""

    model_config = _FROZEN

    name: str
    title: str
    women: float = Field(ge=0.0, le=1.0)
    ages: Ages
    height: BySex
    log_bmi: BySex
    habits: tuple[Habit, ...]
    menopause: Menopause
    shifts: tuple[Shift, ...] = ()
    limits: tuple[Limit, ...] = ()
    filtration: Filtration | None = None
    skin: Skin | None = None

    @property
    def moved(self) -> dict[str, Shift]:
        """Shifts by the name of their parameter."""
        return {shift.name: shift for shift in self.shifts}


@lru_cache(maxsize=8)
def population_like(name: str) -> Population:
    """The population of that name. Raises InputError for an unknown one."""
    if name not in POPULATIONS:
        raise InputError("no such population in this version", received=name, hint=f"one of: {', '.join(POPULATIONS)}")
    return Population(name=name, **_merged(_tables(), name))


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("cofactor.people") / "populations.toml").read_text(encoding="utf-8"))


def _merged(tables: dict[str, Any], name: str) -> dict[str, Any]:
    """A population's table laid over that of the one it is `like`; in lists, its rows replace those of the same name."""
    own = dict(tables[name])
    base = own.pop("like", None)
    if base is None:
        return own
    merged = _merged(tables, base)
    for key, value in own.items():
        merged[key] = _rows(merged.get(key, []), value) if isinstance(value, list) else value
    return merged


def _rows(base: list[dict[str, Any]], own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    replaced = {row["name"] for row in own}
    return [row for row in base if row["name"] not in replaced] + own
