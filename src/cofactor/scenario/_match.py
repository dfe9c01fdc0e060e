"""Labs met together: the settings of all levers at which the panel's medians are the labs, by Newton's method.

The panel is one person, or people enough for a median; everybody's rest is found at once by the fast engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cofactor.engine import RETURNED, Cycle, fast_engine, rest, resting_states
from cofactor.errors import InputError
from cofactor.model import System
from cofactor.people import Person
from cofactor.scenario._levers import (
    MATCHED_LABS,
    SUN_AT_A_PLACE,
    SUN_WITHOUT_A_PLACE,
    Factors,
    Lever,
    Met,
    joined,
    lever_of,
)
from cofactor.scenario._scenario import Scenario
from cofactor.scenario._season import has_a_place, phase_on, year_of

_MET_WITHIN = 1e-6
"""Of the logarithm of level over lab: what still counts as met."""
_ROUNDS, _HALVINGS = 60, 20
_FILTRATION_RATIO, _HEALTHY_EGFR = "filtration_ratio", 100.0
_LARGEST_STEP = 0.25
"""Of a lever's range, in one round."""
_LEAST_PROGRESS = 1e-4
_SENSED_BY_GLANDS = "replete_serum_magnesium"
"""A person whose tubules hold magnesium lower is replete there: the parathyroids' block starts from their own level."""


@dataclass(frozen=True, slots=True)
class _Search:
    """Where the search for settings stops (logarithm of level over lab), and the nudge that a lever's slope is seen by."""

    aim: float
    nudge: float


_AT_REST, _IN_A_YEAR = _Search(1e-10, 1e-5), _Search(3e-7, 1e-3)
_YEAR_WITHIN = 1e-7  # gap of a periodic year, far below what a nudge does to it


@dataclass(frozen=True, slots=True)
class Matched:
    """What everybody is multiplied by, and what it met; `missed` is the first lab out of reach, None if all were met."""

    moved: Factors
    met: tuple[Met, ...]
    settings: np.ndarray
    missed: InputError | None


class Panel:
    """People whose median labs are watched as levers move all of them."""

    def __init__(
        self, system: System, people: Sequence[Person], habitual: Mapping[str, float], labs: Sequence[str], *,
        gfr_is_an_estimate: bool, phase: float | None = None,
    ):  # fmt: skip
        self.system = system
        self.parameters = system.parameter_table([who.parameters for who in people])
        self.inputs = system.input_table([who.inputs(habitual) for who in people])
        self._engine = fast_engine(system)
        self.phase = phase
        self._year: Cycle | None = None
        # an estimated GFR is per body surface: a healthy adult of any size has 100 (design.md 2)
        estimated = {"gfr": _FILTRATION_RATIO} if gfr_is_an_estimate else {}
        self._look = system.function([estimated.get(lab, lab) for lab in labs], people=True)
        self._per_unit = np.array([_HEALTHY_EGFR if lab in estimated else 1.0 for lab in labs])

    def levels(self, factors: Factors) -> np.ndarray:
        """The labs' medians at rest, with everybody multiplied; NaN where most people have no rest."""
        parameters, inputs = self._multiplied(factors)
        states, resting = self._settled(parameters, inputs)
        if 2 * resting.sum() <= len(resting):
            return np.full(len(self._per_unit), np.nan)
        values = np.array(self._look(0.0, states[resting].T, parameters[resting].T, inputs[resting].T))
        return self._per_unit * np.median(values, axis=1)

    def _settled(self, parameters: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Everybody's resting state, and who has one; with a phase it is their year on the day of the labs."""
        if self.phase is None:
            states, reasons = resting_states(self._engine, parameters, inputs)
            return states, np.array([reason is None for reason in reasons])
        year = year_of(self._engine, parameters, inputs, self.phase, near=self._year, within=_YEAR_WITHIN)
        if self._year is not None and not (year.gaps <= RETURNED).all():  # too far from the last setting of the levers
            year = year_of(self._engine, parameters, inputs, self.phase, within=_YEAR_WITHIN)
        self._year = year if (year.gaps <= RETURNED).all() else None
        return year.states, year.gaps <= RETURNED

    def require_rest(self) -> None:
        """Raises NoRestError naming the loss that exceeds the gain, when the first person has no rest."""
        rest(self.system, self.parameters[0], self.inputs[0])

    def _multiplied(self, factors: Factors) -> tuple[np.ndarray, np.ndarray]:
        parameters, inputs = self.parameters.copy(), self.inputs.copy()
        for name, factor in factors.items():
            if name in self.system.inputs:
                inputs[:, self.system.inputs[name].offset] *= factor
            else:
                parameters[:, self.system.constants[name].offset] *= factor
        return parameters, inputs


def match(
    scenario: Scenario,
    system: System,
    people: Sequence[Person],
    habitual: Mapping[str, float],
    guess: np.ndarray | None,
) -> Matched:
    """The multiples at which the people's medians are the scenario's labs; `guess` is a setting of levers to begin at.

    Raises NoRestError when the people have no rest to begin with. Labs out of reach are `missed`, with the nearest value.
    """
    wanted = {lab: value for lab, value in scenario.labs.values.items() if lab in MATCHED_LABS}
    labs = tuple(wanted)
    panel = Panel(
        system, people, habitual, labs, gfr_is_an_estimate=scenario.labs.gfr_is_an_estimate,
        phase=phase_on(scenario, scenario.labs.date),
    )  # fmt: skip
    before = panel.levels({})
    if not np.isfinite(before).all():
        panel.require_rest()
        raise InputError(
            "labs are met by people at rest, and most of these have no rest",
            received=f"{len(people)} people",
            where=scenario.where("labs"),
            hint="look at [diet] and [model]: without labs, `simulate` says what each of them lacks",
        )
    own = _own_magnesium(scenario, dict(zip(labs, before, strict=True)))
    sun = SUN_AT_A_PLACE if has_a_place(scenario) else SUN_WITHOUT_A_PLACE
    levers = [lever_of(lab, scenario.labs, system, sun) for lab in labs]
    aim = np.array([wanted[lab] for lab in labs])

    def miss(settings: np.ndarray) -> np.ndarray:
        levels = panel.levels(joined([own, *_each(levers, settings)]))
        return np.log(np.where(levels > 0, levels, np.nan) / aim)

    search = _AT_REST if panel.phase is None else _IN_A_YEAR
    settings, left = _newton(miss, np.array([(x.low, x.high) for x in levers]), guess, search)
    found = aim * np.exp(left)
    met = tuple(
        Met(lab, wanted[lab], float(value), scenario.labs.unit_of(lab), _that_move(factors | _of_glands(lab, own)))
        for lab, value, factors in zip(labs, found, _each(levers, settings), strict=True)
    )
    return Matched(joined([own, *_each(levers, settings)]), met, settings, _missed(scenario, labs, found, left))


def _each(levers: Sequence[Lever], settings: np.ndarray) -> list[dict[str, float]]:
    return [dict(lever.factors(float(setting))) for lever, setting in zip(levers, settings, strict=True)]


def _own_magnesium(scenario: Scenario, before: Mapping[str, float]) -> dict[str, float]:
    """A magnesium that is the person's own, and not for want of intake, is what their glands know."""
    if scenario.labs.because == "intake":
        return {}
    for lab in ("serum_magnesium", "ionised_magnesium"):
        if lab in scenario.labs.values:
            return {_SENSED_BY_GLANDS: float(scenario.labs.values[lab] / before[lab])}
    return {}


def _of_glands(lab: str, own: dict[str, float]) -> dict[str, float]:
    return own if lab.endswith("_magnesium") else {}


def _that_move(factors: Factors) -> dict[str, float]:
    return {name: factor for name, factor in factors.items() if factor != 1.0}


def _missed(scenario: Scenario, labs: Sequence[str], found: np.ndarray, left: np.ndarray) -> InputError | None:
    """The error for the lab that is furthest from being met; None when all are."""
    worst = int(np.nanargmax(np.abs(left)))
    if abs(left[worst]) <= _MET_WITHIN:
        return None
    lab, unit = labs[worst], scenario.labs.unit_of(labs[worst])
    others = [name for name in labs if name != lab]
    beside = f" beside {', '.join(others)}" if others else ""
    return InputError(
        f"no body of this kind rests at that {lab}{beside}",
        received=f"{scenario.labs.values[lab]:g} {unit}",
        where=scenario.where("labs", lab),
        hint=f"the nearest that can be reached is {found[worst]:.4g} {unit}{_way_out(scenario, lab, left[worst])}",
    )


def _way_out(scenario: Scenario, lab: str, left: float) -> str:
    who = scenario.person or scenario.population
    if lab == "serum_25ohd" and left < 0:
        return '; if it comes from a supplement, give that with start = "before"'
    if lab == "serum_25ohd":
        return "; a lower [diet] vitamin_d, or the condition malabsorption, reaches further"
    if lab in ("serum_calcium", "ionised_calcium", "serum_pth") and who is not None and not who.conditions:
        return "; a condition such as primary_hyperparathyroidism or hypoparathyroidism reaches further"
    return ""


# -- Newton's method within the levers' ranges --------------------------------------------------------------------------


def _newton(
    miss: Callable[[np.ndarray], np.ndarray], ranges: np.ndarray, guess: np.ndarray | None, search: _Search
) -> tuple[np.ndarray, np.ndarray]:
    """Settings within their ranges at which `miss` is nearest to 0, and what is left of it."""
    settings = np.zeros(len(ranges)) if guess is None else guess
    left = miss(settings)
    if guess is not None and not np.isfinite(left).all():
        settings, left = np.zeros(len(ranges)), miss(np.zeros(len(ranges)))
    for _ in range(_ROUNDS):
        if np.abs(left).max() <= search.aim:
            break
        step = _inside_step(_slopes(miss, settings, left, ranges, search.nudge), settings, left, ranges)
        trial = _downhill(miss, settings, left, step, ranges)
        if trial is None:
            break
        settings, left = trial
    return settings, left


def _slopes(
    miss: Callable[[np.ndarray], np.ndarray],
    settings: np.ndarray,
    left: np.ndarray,
    ranges: np.ndarray,
    small: float,
) -> np.ndarray:
    """Change of what is missed with each setting, by small differences; 0 where neither side has a rest."""
    slopes = np.zeros((len(left), len(settings)))
    for k, (low, high) in enumerate(ranges):
        for nudge in (small, -small) if settings[k] + small <= high else (-small,):
            if settings[k] + nudge < low:
                continue
            moved = settings.copy()
            moved[k] += nudge
            column = (miss(moved) - left) / nudge
            if np.isfinite(column).all():
                slopes[:, k] = column
                break
    return slopes


def _inside_step(slopes: np.ndarray, settings: np.ndarray, left: np.ndarray, ranges: np.ndarray) -> np.ndarray:
    """Newton's step; levers at an end that it would push beyond stay, and the others make the best of it."""
    free = np.ones(len(settings), dtype=bool)
    widest = _LARGEST_STEP * (ranges[:, 1] - ranges[:, 0])
    while True:
        step = np.zeros(len(settings))
        if free.any():
            step[free] = np.linalg.lstsq(slopes[:, free], -left, rcond=None)[0]
        outwards = ((settings <= ranges[:, 0]) & (step < 0)) | ((settings >= ranges[:, 1]) & (step > 0))
        if not (outwards & free).any():
            return step / max(1.0, float(np.max(np.abs(step) / widest)))
        free &= ~outwards


def _downhill(
    miss: Callable[[np.ndarray], np.ndarray],
    settings: np.ndarray,
    left: np.ndarray,
    step: np.ndarray,
    ranges: np.ndarray,
) -> tuple[np.ndarray, np.ndarray] | None:
    """The longest part of the step, by halves, that leaves less; None when none does."""
    size = float(np.linalg.norm(left))
    share = 1.0
    for _ in range(_HALVINGS):
        trial = np.clip(settings + share * step, ranges[:, 0], ranges[:, 1])
        now = miss(trial)
        if np.isfinite(now).all() and np.linalg.norm(now) < size * (1.0 - _LEAST_PROGRESS * share):
            return trial, now
        share /= 2.0
    return None
