"""Two trials of vitamin D3 by mouth in psoriasis, run at their size; what share of responders each leaves open.

Virtual patients get the trial's doses in the coupled body, with the noise of their days in common; raters, placebo response
and remission are added as a trial records them. A responder is somebody whose cells answer to a tenth of the usual 25(OH)D
(`responder_subtype`, psoriasis.md 2j, grade H). No printed number stands here: they come from the evidence rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, stdtr

from cofactor.people import GENERAL_SKIN, Person, Skin, skins, uniforms
from cofactor.qualify._load import emulations_of
from cofactor.qualify._observed import Z, row_named
from cofactor.qualify._patients import tilted_weights
from cofactor.run import run_people, system_of, task_of
from cofactor.scenario import Scenario, cast_of
from cofactor.trials import luck, observed_pasi
from cofactor.units import convert

REPLICATES = 1000
POOL = 1200
_BODIES = 400
"""Bodies beside the skins of the pool, each with several of them in turn: labs are met by all bodies together."""
SHARES = tuple(float(v) for v in np.linspace(0, 1, 501))
RESPONDER_HALVES = (100.0, 150.0, 300.0)
"""25(OH)D of half effect in responders, nmol/L: psoriasis.md 2j's 150, and one third less and twice as much."""
_SEEN, _OF_THE_CORE = ("pasi", "serum_25ohd"), ("serum_25ohd", "score_deviation")
_LEAST_PASI = 0.5
_VITAMIN = "vitamin_d3"
"""The arm of the emulations that takes it."""
_SEED = 1


@dataclass(frozen=True)
class Dose:
    """Vitamin D3 in IU: once on a day, or from that day on every so many days."""

    iu: float
    first: int
    every: int | None = None

    @classmethod
    def of(cls, entry: Mapping[str, str]) -> Dose:
        """From an entry of a scenario, in IU and whole days."""
        every = entry["every"]
        iu, first = entry["amount"].removesuffix(" IU"), entry.get("start", "day 0").removeprefix("day ")
        return cls(float(iu), int(first), None if every == "once" else int(every.removesuffix(" days")))

    def entry(self) -> dict[str, str]:
        """As a scenario has it."""
        every = "once" if self.every is None else f"{self.every} days"
        return {"name": "vitamin_d3", "amount": f"{self.iu:g} IU", "every": every, "start": f"day {self.first}"}


@dataclass(frozen=True)
class PasiTrial:
    """A trial: its row, people in each arm, days, PASI at its start (None: not printed), 25(OH)D it began from, doses.

    `serum_25ohd` is the level (nmol/L) that people rest at without the vitamin, `reached` the mean on it at the end, each None
    where none is printed; `lowest` the PASI of the mildest taken.
    """

    row: str
    treated: int
    control: int
    days: int
    pasi: tuple[float, float] | None
    serum_25ohd: float | None
    doses: tuple[Dose, ...]
    reached: float | None = None
    lowest: float = 0.0


@dataclass(frozen=True)
class Patients:
    """A pool of virtual patients: PASI at the start and at the end of each arm, 25(OH)D at both ends; weights of their lot."""

    start: np.ndarray
    placebo: np.ndarray
    vitamin: np.ndarray
    serum_placebo: np.ndarray
    serum_vitamin: np.ndarray
    weight: np.ndarray

    def effect(self) -> float:
        """Mean PASI on vitamin D less that on placebo, in the trial's people."""
        return float(self.weight @ (self.vitamin - self.placebo))

    def response(self, cut: float = 0.75) -> float:
        """Share on vitamin D whose PASI has fallen by `cut`, less that on placebo."""
        gone = [end <= (1 - cut) * self.start for end in (self.vitamin, self.placebo)]
        return float(self.weight @ (gone[0].astype(float) - gone[1]))


@dataclass(frozen=True)
class Seen:
    """The trial again and again: mean and SD of its adjusted difference, its mean standard error, share of runs with p < 0.05."""

    difference: float
    spread: float
    error: float
    power: float

    @property
    def interval(self) -> tuple[float, float]:
        """Where 95 % of such trials' differences lie."""
        return self.difference - Z * self.spread, self.difference + Z * self.spread


@lru_cache(maxsize=1)
def winter() -> PasiTrial:
    """Jenssen 2023 (skin-E22): four months of a northern winter; placebo's own 25(OH)D at its end is where people rest."""
    row = row_named("skin-E22", "psoriasis trials")
    start = next(m for m in row.results if m.name == "pasi")
    arms = {m.arm: m for m in row.results if m.name == "serum_25ohd" and m.arm}
    treated, control = arms["D3 100 000 IU, then 20 000 IU/wk"], arms["placebo"]
    assert start.value is not None
    assert start.spread is not None
    assert treated.n is not None
    assert control.n is not None
    return PasiTrial(
        row.id, treated.n, control.n, 120, (start.value, start.spread), _nmol(control), _doses(row.id), _nmol(treated)
    )  # fmt: skip


@lru_cache(maxsize=1)
def year() -> PasiTrial:
    """Ingram 2018 (skin-E23): a year; neither PASI nor 25(OH)D at its start is printed, so the population's own are taken."""
    row = row_named("skin-E23", "psoriasis trials")
    treated, control = (int(n) for n in re.findall(r"\d+", row.n_text or ""))
    return PasiTrial(row.id, treated, control, 365, None, None, _doses(row.id), lowest=2.0)


def _doses(row: str) -> tuple[Dose, ...]:
    """The trial's doses, as its emulation gives them."""
    (emulation,) = emulations_of(row)
    return tuple(Dose.of(entry) for entry in emulation.arm[_VITAMIN].fragment["supplement"])


def _nmol(measured) -> float:
    return convert(f"{measured.value} {measured.unit}", "nmol/L", analyte="25ohd")


def printed_difference() -> tuple[float, float]:
    """What skin-E22 prints: vitamin D less placebo, and the standard error of its interval."""
    effect = next(e for e in row_named("skin-E22", "psoriasis trials").effects if e.outcome == "pasi")
    assert effect.ci_low is not None
    assert effect.ci_high is not None
    return effect.value, (effect.ci_high - effect.ci_low) / (2 * Z)


def printed_f() -> float:
    """The F of group in skin-E23: the square of its difference over the standard error, whose sign is not printed."""
    found = re.search(r"F = (\.\d+)", row_named("skin-E23", "psoriasis trials").result)
    assert found is not None
    return float(found[1])


# -- the people -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def as_printed(trial: PasiTrial, *, count: int = POOL) -> PasiTrial:
    """The trial with its doses cut in one proportion, so that people reach no more than the 25(OH)D that is printed."""
    if trial.reached is None:
        return trial
    wanted, weight = trial.reached, patients(trial, count=count).weight

    def cut(share: float) -> tuple[Dose, ...]:
        return tuple(replace(dose, iu=dose.iu * share) for dose in trial.doses)

    def above(share: float) -> float:
        level = _run(trial, cut(share), _OF_THE_CORE, [GENERAL_SKIN] * len(weight))[0, 1]
        return float(weight @ level) - wanted

    if above(1.0) <= 0:
        return trial
    share: Any = brentq(above, 0.05, 1.0, xtol=0.005)
    return replace(trial, doses=cut(float(share)))


@lru_cache(maxsize=32)
def patients(trial: PasiTrial, responder_half: float | None = None, *, count: int = POOL) -> Patients:
    """The trial's people in both arms; with `responder_half` (nmol/L) all of them are responders."""
    drawn = skins(Skin(low=max(trial.lowest, _LEAST_PASI), source="the trial's people"), count, _SEED)
    changed = {} if responder_half is None else _all_responders(responder_half)
    ends = []
    for doses in ((), trial.doses):
        values = _run(trial, doses, _SEEN, [{**skin, **changed} for skin in drawn])
        ends.append(np.array([values[0, 0], values[0, 1], values[1, 1]]))
    kept = np.isfinite(ends[0]).all(axis=0) & np.isfinite(ends[1]).all(axis=0)
    (start, placebo, serum_placebo), (_, vitamin, serum_vitamin) = (end[:, kept] for end in ends)
    return Patients(start, placebo, vitamin, serum_placebo, serum_vitamin, _weights(start, trial.pasi))


def _all_responders(half: float) -> dict[str, float]:
    return {"responder_subtype": 1.0, "responder_rank": 0.0, "responder_25ohd_at_half": half}


def _run(
    trial: PasiTrial, doses: Sequence[Dose], names: tuple[str, ...], of_skin: Sequence[Mapping[str, Any]]
) -> np.ndarray:
    """Observables at the start and the end in people with these skins; (names, 2, people)."""
    bodies = min(len(of_skin), _BODIES)
    task = replace(task_of(_plan(trial, bodies, doses), observables=names), accounts=False)
    task = replace(task, times=np.array([0.0, float(trial.days)]))
    everybody = _bodies(replace(trial, doses=()), bodies)
    people = [replace(everybody[k % bodies], number=k, skin=skin) for k, skin in enumerate(of_skin)]
    return np.array([run.values for run in run_people(task, people)]).transpose(1, 2, 0)


def _plan(trial: PasiTrial, bodies: int, doses: Sequence[Dose]) -> Scenario:
    table = {"population": {"like": "psoriasis", "n": bodies, "seed": _SEED}, "simulate": {"days": trial.days}}
    labs = {} if trial.serum_25ohd is None else {"labs": {"serum_25ohd": f"{trial.serum_25ohd} nmol/L"}}
    return Scenario.from_dict({**table, **labs, "supplement": [dose.entry() for dose in doses]})


@lru_cache(maxsize=4)
def _bodies(trial: PasiTrial, count: int) -> tuple[Person, ...]:
    """The trial's people without their skins, at its 25(OH)D."""
    plan = _plan(trial, count, ())
    return tuple(cast_of(plan, system_of(task_of(plan, observables=_SEEN))).people)


def _weights(start: np.ndarray, wanted: tuple[float, float] | None) -> np.ndarray:
    """Weights of the pool at which mean and SD of PASI are the trial's; even where they are not printed."""
    return np.full(len(start), 1 / len(start)) if wanted is None else tilted_weights(start, *wanted)


# -- the trial --------------------------------------------------------------------------------------------------------------


def run_again(trial: PasiTrial, pool: Patients, *, replicates: int = REPLICATES, seed: int = _SEED) -> Seen:
    """The trial again and again: people by lot, PASI as recorded, the difference adjusted for PASI at the start."""
    size = trial.treated + trial.control
    lots = uniforms(seed, f"{trial.row}/lots", replicates * size)
    who = np.minimum(np.searchsorted(np.cumsum(pool.weight), lots), len(pool.start) - 1)
    group = np.tile(np.arange(size) < trial.treated, replicates)
    end = np.where(group, pool.vitamin[who], pool.placebo[who])
    visits = [0, trial.days]
    recorded = observed_pasi(np.array([pool.start[who], end]), visits, luck(seed, range(replicates * size), visits))
    x, y = recorded.reshape(2, replicates, size)
    difference, error = adjusted(x, y, group.reshape(replicates, size))
    p = 2 * stdtr(size - 3, -np.abs(difference / error))
    return Seen(float(difference.mean()), float(difference.std()), float(error.mean()), float(np.mean(p < 0.05)))


def adjusted(x: np.ndarray, y: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Difference of y between groups adjusted for x, and its standard error, by row (analysis of covariance)."""
    x, y, g = (each - each.mean(axis=1, keepdims=True) for each in (x, y, group.astype(float)))
    beside_x = g - x * (np.sum(g * x, axis=1) / np.sum(x * x, axis=1))[:, None]
    difference = np.sum(beside_x * y, axis=1) / np.sum(beside_x**2, axis=1)
    rest = y - difference[:, None] * g
    slope = np.sum(x * rest, axis=1) / np.sum(x * x, axis=1)
    left = rest - slope[:, None] * x
    variance = np.sum(left**2, axis=1) / (x.shape[1] - 3)
    return difference, np.sqrt(variance / np.sum(beside_x**2, axis=1))


# -- responders ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LeftOpen:
    """The share of responders after a trial: its median, and the largest that 95 % of belief reaches; from an even prior."""

    median: float
    largest: float


def difference_by_share(usual: Patients, responders: Patients) -> np.ndarray:
    """Expected difference at each of SHARES."""
    shares = np.array(SHARES)
    return (1 - shares) * usual.effect() + shares * responders.effect()


def likelihood_of_winter(expected: np.ndarray, *, turned: bool = False) -> np.ndarray:
    """Of skin-E22's difference at each expected one; `turned` reads it as placebo less vitamin D."""
    seen, error = printed_difference()
    return np.exp(-0.5 * (((-seen if turned else seen) - expected) / error) ** 2)


def likelihood_of_year(expected: np.ndarray, error: float) -> np.ndarray:
    """Of skin-E23's F at each expected difference, either sign as likely."""
    t = np.sqrt(printed_f())
    below, above = (np.exp(-0.5 * (sign * t - expected / error) ** 2) for sign in (-1, 1))
    return below + above


def left_open(likelihood: np.ndarray) -> LeftOpen:
    """Median and 95 % of a belief over SHARES that was even before."""
    reached = np.cumsum(likelihood) / likelihood.sum()
    median, largest = np.interp([0.5, 0.95], reached, SHARES)
    return LeftOpen(float(median), float(largest))


def share_at_the_end_of_the_interval(expected: np.ndarray, *, turned: bool = False) -> float:
    """The share at which the difference is the end of skin-E22's interval that favours the vitamin.

    0 where people without any responder are there already, 1 where no share gets there.
    """
    seen, error = printed_difference()
    return float(np.interp(Z * error - (-seen if turned else seen), -expected, SHARES))


_Z_OF_FOUR_IN_FIVE = 0.8416212335729143  # normal quantile at 0.8


def people_to_tell(difference: float, error: float, size: int) -> float:
    """People in all that such a trial needs to tell the difference from none in four of five (5 %, two-sided)."""
    return size * ((Z + _Z_OF_FOUR_IN_FIVE) * error / difference) ** 2


def power_of(difference: float, error: float) -> float:
    """Chance that a two-sided test at 5 % tells the difference from none."""
    return float(ndtr(abs(difference) / error - Z) + ndtr(-abs(difference) / error - Z))
