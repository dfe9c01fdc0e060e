"""Hypervitaminosis D with and without magnesium: the experiment of vitamin_d.md 4.2, which nobody has done in man.

The same people on toxic D3 alone and with magnesium, in draws of eta from its prior. What comes out hangs on eta, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cofactor import body
from cofactor.people import normals
from cofactor.qualify._artery_trials import SCORE_BEFORE, YEAR, infusion_for
from cofactor.trials import follow_all

DOSES_IU = (40000.0, 100000.0, 150000.0, 190000.0)
IU_PER_UG = 40.0
DAYS = 180.0
TABLETS = 15.0
"""mmol/d of magnesium that dissolves, as the claim `mg-protects-arteries` has it."""
FILED_LEVELS = (0.83, 1.05)
"""mmol/L of serum magnesium without and with, in vitamin_d.md 4.2."""
AGE = 60.0
_DRAWS = 100
_SEEN = ("serum_calcium", "serum_magnesium", "calciprotein_t50", "calcification_drive", "artery_calcium")


@dataclass(frozen=True)
class Protection:
    """One dose and one way of giving magnesium, on the last day (best estimate), and growth over draws of eta.

    `growth` is the score gained without magnesium in Agatston a year at eta 1; `share` the change of that gain by magnesium
    over the draws: median, 2.5th and 97.5th centile; `passes` the share of draws in which it is a fifth less or lower still.
    """

    dose_iu: float
    how: str
    serum_calcium: float
    magnesium: tuple[float, float]
    t50: tuple[float, float]
    drive: tuple[float, float]
    growth: float
    share: tuple[float, float, float]
    passes: float


def protections(*, smallest: float = 0.2, seed: int = 1) -> tuple[Protection, ...]:
    """Every dose with tablets, and with magnesium at the file's higher level."""
    system = body.assembled("adult + kidney_injury + artery")
    etas = _etas(seed)
    found = []
    for dose in DOSES_IU:
        d3 = {"supplement_vitamin_d3": dose / IU_PER_UG, "artery_ageing": 1.0}
        tablets = {"supplement_magnesium": TABLETS, "soluble_supplement_magnesium": TABLETS}
        alone = {"artery_calcium_before": SCORE_BEFORE, "vessel_age": AGE}
        infused = infusion_for(system, alone, {}, FILED_LEVELS[1] - FILED_LEVELS[0], DAYS, d3)
        for how, extra in (("tablets", tablets), ("infused", {"magnesium_infusion": infused})):
            found.append(_compared(system, dose, how, d3, extra, alone, etas, smallest))
    return tuple(found)


def _etas(seed: int) -> np.ndarray:
    """Draw 0 is the best estimate; the rest come from the prior of the parameter."""
    constant = body.assembled("adult + artery").constants["t50_power_on_growth"]
    assert constant.spread is not None
    drawn = constant.value + constant.spread * normals(seed, "eta of hypervitaminosis", 4 * _DRAWS)
    return np.array([constant.value, *drawn[drawn >= 0][: _DRAWS - 1]])


def _compared(system, dose: float, how: str, d3, extra, person, etas: np.ndarray, smallest: float) -> Protection:
    people = [{**person, "t50_power_on_growth": float(eta)} for eta in etas] * 2
    plans = [d3] * len(etas) + [{**d3, **extra}] * len(etas)
    course = follow_all(system, people, [{}] * len(people), [(DAYS, plans)], (0.0, DAYS), _SEEN)
    last = {name: values[:, -1].reshape(2, -1) for name, values in course.values.items()}
    gained = last["artery_calcium"] - SCORE_BEFORE
    change = gained[1] / gained[0] - 1
    low, middle, high = (float(v) for v in np.percentile(change[1:], [2.5, 50, 97.5]))
    return Protection(
        dose, how, float(last["serum_calcium"][0, 0]), _both(last["serum_magnesium"]), _both(last["calciprotein_t50"]),
        _both(last["calcification_drive"]), float(gained[0, 0] * YEAR / DAYS), (middle, low, high),
        float(np.mean(change[1:] <= -smallest)),
    )  # fmt: skip


def _both(values: np.ndarray) -> tuple[float, float]:
    return float(values[0, 0]), float(values[1, 0])
