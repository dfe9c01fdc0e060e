"""The virtual population of adults at rest, beside what surveys have published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cofactor.evidence import Measurement
from cofactor.qualify._arms import Planned, run_arm
from cofactor.qualify._observed import row_named
from cofactor.scenario import Scenario

PEOPLE = 2000
ASKED = {"serum magnesium, mean": (0.845, 0.01), "serum magnesium, SD": (0.071, 0.01)}
"""What the population was specified to be (magnesium.md 2.4): value and how far it may be off, mmol/L."""

_LOW_SERUM = 0.75  # mmol/L, the limit of mg-E82


@dataclass(frozen=True)
class PopulationLine:
    """A statistic of the virtual population, what it was specified to be, and what surveys printed (with the row)."""

    name: str
    model: float
    unit: str
    asked: str
    published: str


def population_summary(people: int = PEOPLE) -> tuple[PopulationLine, ...]:
    """Serum and urine magnesium of `people` virtual adults on their own diets, beside the survey rows."""
    plan = Scenario.from_dict({"population": {"n": people}, "simulate": {"days": 1}})
    run = run_arm(Planned("population", plan), (), ("serum_magnesium", "urine_magnesium"), accounts=False)
    serum, urine = run.at("serum_magnesium", 0.0), run.at("urine_magnesium", 0.0)
    interval = _printed("mg-E82", "serum_magnesium_reference_interval_nhanes_1")
    men, women = (_printed("mg-E84", "urine_magnesium", arm) for arm in ("men", "women"))
    quartiles = _printed("mg-E84b", "urine_magnesium")
    lines: list[tuple[str, Any, str, str]] = [
        ("serum magnesium, mean", serum.mean(), "mmol/L", ""),
        ("serum magnesium, SD", serum.std(ddof=1), "mmol/L", ""),
        ("serum magnesium, 2.5th centile", np.quantile(serum, 0.025), "mmol/L", f"{interval.low:g} (mg-E82, NHANES I)"),
        (
            "serum magnesium, 97.5th centile",
            np.quantile(serum, 0.975),
            "mmol/L",
            f"{interval.high:g} (mg-E82, NHANES I)",
        ),
        (f"share below {_LOW_SERUM:g} mmol/L", 100 * np.mean(serum < _LOW_SERUM), "%", _share()),
        ("urine magnesium, mean", urine.mean(), "mmol/d", f"{men.value:g} men, {women.value:g} women (mg-E84)"),
        ("urine magnesium, SD", urine.std(ddof=1), "mmol/d", f"{men.spread:g} men, {women.spread:g} women (mg-E84)"),
        ("urine magnesium, median", np.median(urine), "mmol/d", f"{quartiles.value:g} (mg-E84b)"),
        ("urine magnesium, lower quartile", np.quantile(urine, 0.25), "mmol/d", f"{quartiles.low:g} (mg-E84b)"),
        ("urine magnesium, upper quartile", np.quantile(urine, 0.75), "mmol/d", f"{quartiles.high:g} (mg-E84b)"),
    ]
    return tuple(PopulationLine(name, float(value), unit, _asked(name), said) for name, value, unit, said in lines)


def _asked(name: str) -> str:
    return f"{ASKED[name][0]:g} +- {ASKED[name][1]:g}" if name in ASKED else ""


def _share() -> str:
    printed = _printed("mg-E82", "serum_magnesium_below_0_75")
    return f"{printed.low:g} to {printed.high:g} in adult sex-age groups (mg-E82)"


def _printed(row: str, name: str, arm: str | None = None) -> Measurement:
    return next(
        m for m in row_named(row, "population summary").results if m.name == name and (arm is None or m.arm == arm)
    )
