"""Two trials of magnesium against coronary calcium, run at their size through the noise of a rescan; what they say of eta.

eta is how far T50 decides growth (`t50_power_on_growth`); nobody has measured it. A trial is read by its difference in the
logarithm of the score; what it could have seen at its size is its power. No printed number stands here: they come from the
evidence rows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, stdtr

from cofactor import body
from cofactor.body.artery import RESCAN_LOG_SD, rescanned
from cofactor.model import System
from cofactor.people import normals, population, uniforms
from cofactor.qualify._observed import Z, row_named
from cofactor.scenario._routes import MAGNESIUM_SOLUBILITY
from cofactor.trials import follow_all

BODY = "adult + artery"
YEAR = 365.25
REPLICATES = 4000
_FINE = np.linspace(0, 12, 1201)
ETA_ALONE, ETA_GRID = 1.0, tuple(float(v) for v in np.linspace(0, 12, 25))
SCORE_BEFORE = 100.0
"""Agatston: no row prints the baseline scores; growth in percent does not hang on it (checked at ten times as much)."""
FILED_RISE = 0.12
"""mmol/L of serum magnesium that vitamin_d.md 4.2 takes both trials to have reached; the body's own rise stands beside it."""
_DOSE, _FORM = 30.0, "oxide"
"""mmol/d of vitd-E69; vitd-E70 prints none and is given the same. Hydroxide dissolves poorly and is taken as oxide."""


@dataclass(frozen=True)
class ScanTrial:
    """A trial of coronary scores: its row, years between scans, people scanned twice, its kidneys and fetuin."""

    row: str
    years: float
    people: int
    egfr: float
    age: tuple[float, float]
    fetuin: float


@dataclass(frozen=True)
class Predicted:
    """What the body gives in a trial's people: rises of magnesium and T50, control's growth, and the difference in log score.

    `each` is that difference by person at eta 1; `by_eta` its mean, and `control_by_eta` control's median growth, at each of
    ETA_GRID.
    """

    trial: ScanTrial
    magnesium_rise: float
    t50_rise: float
    control_growth: float
    each: np.ndarray
    by_eta: np.ndarray
    control_by_eta: np.ndarray

    def at_eta(self, eta: np.ndarray | float) -> np.ndarray:
        """The mean difference at any eta of the grid's range."""
        return np.asarray(np.interp(eta, ETA_GRID, self.by_eta))

    def control_at_eta(self, eta: float) -> float:
        """Control's median growth of the score at an eta."""
        return float(np.interp(eta, ETA_GRID, self.control_by_eta))

    @property
    def difference(self) -> float:
        """Mean difference in the logarithm of the score, magnesium less control, at eta 1."""
        return float(self.each.mean())

    @property
    def error(self) -> float:
        """Standard error of the trial's difference at its size: rescan noise and people's own growth."""
        noise = RESCAN_LOG_SD * math.sqrt(self.trial.years)
        return math.hypot(noise, float(self.each.std())) * math.sqrt(4 / self.trial.people)

    def power(self, difference: float | None = None) -> float:
        """Chance that the trial's two-sided test at 5 % tells a difference of that size from none."""
        shift = abs(self.difference if difference is None else difference) / self.error
        return float(ndtr(shift - Z) + ndtr(-shift - Z))


@lru_cache(maxsize=1)
def blinded() -> ScanTrial:
    """MAGiCAL-CKD (vitd-E69): blinded, a year, eGFR 25."""
    row = row_named("vitd-E69", "artery trials")
    egfr = next(m.value for m in row.results if m.name == "gfr")
    assert row.n is not None
    assert egfr is not None
    return ScanTrial(row.id, 1.0, row.n, egfr, (60.0, 8.0), 0.87)


@lru_cache(maxsize=1)
def open_label() -> ScanTrial:
    """Sakaguchi 2019 (vitd-E70): open label, two years, CKD 3-4 (a third of normal, as vitd-E67 is given); who completed it."""
    row = row_named("vitd-E70", "artery trials")
    completed = re.search(r"\((\d+)\)", row.n_text or "")
    assert completed is not None
    return ScanTrial(row.id, 2.0, int(completed[1]), 33.0, (60.0, 8.0), 0.87)


def open_label_difference() -> float:
    """The printed difference of vitd-E70, in the logarithm of the score."""
    growth = {m.arm: m.value for m in row_named("vitd-E70", "artery trials").results}
    magnesium, control = growth["MgO, open label"], growth["control"]
    assert magnesium is not None
    assert control is not None
    return math.log((1 + magnesium / 100) / (1 + control / 100))


def predicted(
    trial: ScanTrial, *, rise: float | None = None, score: float = SCORE_BEFORE, seed: int = 1,
    etas: Sequence[float] = ETA_GRID,
) -> Predicted:  # fmt: skip
    """The trial's people in both arms; with `rise`, magnesium is infused until serum magnesium is that much higher (mmol/L)."""
    system = body.assembled(BODY)
    settings, habits = _people(trial, system, score, seed)
    plan = _tablets() if rise is None else _infused(trial, system, settings, habits, rise)
    courses = [
        _arms(trial, system, [{**p, "t50_power_on_growth": eta} for p in settings], habits, plan)
        for eta in (ETA_ALONE, *etas)
    ]
    growth = [np.log(c["artery_calcium"][:, :, -1] / c["artery_calcium"][:, :, 0]) for c in courses]
    now = courses[0]
    return Predicted(
        trial,
        float(np.mean(now["serum_magnesium"][1, :, -1] - now["serum_magnesium"][0, :, -1])),
        float(np.mean(now["calciprotein_t50"][1, :, -1] - now["calciprotein_t50"][0, :, -1])),
        float(np.expm1(np.median(growth[0][0]))),
        growth[0][1] - growth[0][0],
        np.array([np.mean(g[1] - g[0]) for g in growth[1:]]),
        np.array([np.expm1(np.median(g[0])) for g in growth[1:]]),
    )


def _people(
    trial: ScanTrial, system: System, score: float, seed: int
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    ages = trial.age[0] + trial.age[1] * normals(seed, f"{trial.row}/age", trial.people)
    people = population(system, trial.people, seed=seed, traits={"age_years": ages})
    usual = {name: given.value for name, given in system.inputs.items()}
    reference = system.constants["baseline_filtration_rate"].value
    settings, habits = [], []
    for who, age in zip(people, ages, strict=True):
        own = (
            who.parameters.get("baseline_filtration_rate", reference) * trial.egfr / 100
        )  # design.md 2: eGFR 100 is healthy
        extra = {"baseline_filtration_rate": own, "fetuin_ratio": trial.fetuin}
        settings.append({**who.parameters, **extra, "artery_calcium_before": score, "vessel_age": float(age)})
        habits.append(who.inputs(usual))
    return settings, habits


_SEEN = ("serum_magnesium", "calciprotein_t50", "artery_calcium")


def _tablets() -> dict[str, float]:
    return {"supplement_magnesium": _DOSE, "soluble_supplement_magnesium": _DOSE * MAGNESIUM_SOLUBILITY[_FORM]}


def _infused(trial: ScanTrial, system: System, settings, habits, rise: float) -> dict[str, float]:
    """An infusion that lifts the mean person's magnesium by `rise`: found on one body, then scaled by what everybody gains."""
    first = infusion_for(system, settings[0], habits[0], rise, trial.years * YEAR)
    level = _arms(trial, system, settings, habits, {"magnesium_infusion": first})["serum_magnesium"][:, :, -1]
    return {"magnesium_infusion": first * rise / float(np.mean(level[1] - level[0]))}


def _arms(trial: ScanTrial, system: System, settings, habits, plan: dict[str, float]) -> dict[str, np.ndarray]:
    """Observables (arm, person, time): control first, then the same people on magnesium."""
    arms = [{"artery_ageing": 1.0}] * len(settings) + [{"artery_ageing": 1.0, **plan}] * len(settings)
    end = trial.years * YEAR
    course = follow_all(system, [*settings, *settings], [*habits, *habits], [(end, arms)], (0.0, end), _SEEN)
    return {name: v.reshape(2, -1, v.shape[-1]) for name, v in course.values.items()}


def infusion_for(system: System, settings, habits, rise: float, days: float, plan=None) -> float:
    """Magnesium infused (mmol/d) that lifts one body's serum magnesium by `rise` (mmol/L) at the end of `days`."""
    tried = np.linspace(0, 40, 41)
    changes = [{**(plan or {}), "magnesium_infusion": float(x)} for x in tried]
    course = follow_all(
        system, [settings] * len(tried), [habits] * len(tried), [(days, changes)], (0.0, days), ["serum_magnesium"]
    )
    level = course.values["serum_magnesium"][:, -1]
    return float(np.interp(level[0] + rise, level, tried))


def simulated_power(found: Predicted, *, replicates: int = REPLICATES, seed: int = 1) -> tuple[float, float]:
    """The trial run again and again: people shared out by lot, rescans with noise, a t test on the log score.

    Returns the share of runs that tell the arms apart (two-sided, 5 %), and the SD of their differences.
    """
    people, half = len(found.each), len(found.each) // 2
    lots = uniforms(seed, f"{found.trial.row}/lots", replicates * people).reshape(replicates, people)
    treated = np.argsort(np.argsort(lots, axis=1), axis=1) < half
    noise = normals(seed, f"{found.trial.row}/rescan", replicates * people).reshape(replicates, people)
    seen = np.log(rescanned(np.exp(np.where(treated, found.each, 0.0)), found.trial.years, noise))
    a = np.where(treated, seen, np.nan)
    b = np.where(treated, np.nan, seen)
    gap = np.nanmean(a, axis=1) - np.nanmean(b, axis=1)
    variance = np.nanvar(a, axis=1, ddof=1) / half + np.nanvar(b, axis=1, ddof=1) / (people - half)
    t = gap / np.sqrt(variance)
    return float(np.mean(2 * stdtr(people - 2, -np.abs(t)) < 0.05)), float(gap.std())


# -- what a trial says of eta -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Belief:
    """eta after some evidence: mean and 95 % interval."""

    mean: float
    low: float
    high: float


def prior_of_eta() -> np.ndarray:
    """Density of eta under the prior of the parameter: normal, none below nought; on a fine grid, as are the likelihoods."""
    constant = body.assembled(BODY).constants["t50_power_on_growth"]
    assert constant.spread is not None
    return np.exp(-0.5 * ((_FINE - constant.value) / constant.spread) ** 2)


def null_likelihood(found: Predicted) -> np.ndarray:
    """Chance of "not slowed" (no significant difference) at each eta, for a trial of which nothing else is printed."""
    return np.array([1 - found.power(float(d)) for d in found.at_eta(_FINE)])


def difference_likelihood(found: Predicted, seen: float) -> np.ndarray:
    """Likelihood of a printed difference at each eta."""
    return np.exp(-0.5 * ((seen - found.at_eta(_FINE)) / found.error) ** 2)


def belief(density: np.ndarray) -> Belief:
    """Mean and 95 % interval of a density over eta."""
    share = density / density.sum()
    low, high = np.interp([0.025, 0.975], np.cumsum(share), _FINE)
    return Belief(float(_FINE @ share), float(low), float(high))


def eta_that_gives(found: Predicted, seen: float) -> float:
    """The eta at which the body gives that difference; infinite when none of the grid does."""
    falling = found.by_eta
    return float(np.interp(-seen, -falling, ETA_GRID)) if falling.min() <= seen <= falling.max() else math.inf
