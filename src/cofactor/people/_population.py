"""A virtual population: correlated people, each brought to rest and kept only if a person like that belongs and could live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from cofactor.errors import InputError
from cofactor.model import System
from cofactor.people._body_size import (
    FAT_SHARE_RESIDUAL,
    FILTRATION,
    INPUTS_WITH_SIZE,
    REFERENCE_FILTRATION,
    size_ratio,
    size_ratios,
)
from cofactor.people._copula import shipped_copula, stream
from cofactor.people._person import Person
from cofactor.people._populations import BySex, Limit, Population, population_like
from cofactor.people._random import normals, uniforms
from cofactor.people._spread import (
    from_quantiles,
    mean_one,
    standardised,
    to_quantiles,
    truncated_normal,
    variation,
    within,
)

TRAITS = ("female", "age_years", "weight_kg", "height_m")
_MOST_ATTEMPTS = 400
_AVERAGE_OF = 4096
"""People of a fixed draw over whom the population's average size is taken."""
HEALTHY_EGFR = 100.0
"""A published eGFR of 100 is a healthy 40-year-old (design.md 2); 173 L/d at the reference size."""
_REPLETE = "replete_serum_magnesium"
_REPLETE_ROUNDS = 3
_OESTROGEN = "oestrogen_action"

Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Drawn:
    """Everybody of a population as columns, and how the drawing went.

    `traits`, `parameters`, `inputs` (factors) and `levels` (at rest, on the reference adult's plan) hold one value a person;
    `refused` counts the candidates turned away by each limit, of `candidates` in all.
    """

    like: str
    seed: int
    traits: Columns
    parameters: Columns
    inputs: Columns
    levels: Columns
    candidates: int
    refused: Mapping[str, int] = field(default_factory=dict)

    def people(self) -> list[Person]:
        """The same as persons."""
        parameters, inputs = _rows(self.parameters), _rows(self.inputs)
        sexes = np.where(self.traits["female"], "female", "male").tolist()
        ages, weights, heights = (self.traits[name].tolist() for name in TRAITS[1:])
        return [Person(*row) for row in zip(sexes, ages, weights, heights, parameters, inputs, strict=True)]


def population(
    system: System, count: int, *, seed: int = 1, like: str = "adults", traits: Mapping[str, np.ndarray] | None = None
) -> list[Person]:
    """A virtual population: demographics, diet and every parameter that varies between people, with what goes together.

    `traits` fixes columns (female, age_years, weight_kg, height_m), one value a person; what goes with them follows. Person
    i is the same for every `count`. Raises InputError for an unknown population, and where nobody can be kept.
    """
    return draw(system, count, seed=seed, like=like, traits=traits).people()


def draw(
    system: System, count: int, *, seed: int = 1, like: str = "adults", traits: Mapping[str, np.ndarray] | None = None
) -> Drawn:
    """As `population`, in columns, with levels at rest and the count of those refused."""
    spec = population_like(like)
    if count < 1:
        raise InputError("a population has at least one person", received=count)
    fixed = _fixed(spec, traits or {})
    system = _whole(system)
    waiting, candidates = np.arange(count), 0
    refused: Counter[str] = Counter()
    kept: list[tuple[np.ndarray, tuple[Columns, ...]]] = []
    for attempt in range(_MOST_ATTEMPTS):
        batch = _candidates(system, spec, seed, attempt, waiting, fixed)
        faults = _faults(spec, batch[-1])
        ok = np.ones(len(waiting), dtype=bool)
        for name, bad in faults.items():
            refused[name] += int((bad & ok).sum())  # counted once, at the first limit broken
            ok &= ~bad
        candidates += len(waiting)
        kept.append((waiting[ok], tuple(_taken(columns, ok) for columns in batch)))
        waiting = waiting[~ok]
        if not len(waiting):
            traits, parameters, inputs, levels = _joined(kept)
            return Drawn(like, seed, traits, parameters, inputs, levels, candidates, dict(refused))
    raise InputError(
        f"nobody like this can be found among {like}", received=f"person {waiting[0]} refused {_MOST_ATTEMPTS} times",
        hint=f"the traits asked for contradict a limit: {', '.join(refused)}",
    )  # fmt: skip


def _fixed(spec: Population, traits: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
    for name in traits:
        if name not in TRAITS:
            raise InputError("no such trait", received=name, hint=f"one of: {', '.join(TRAITS)}")
    if spec.women == 1.0 and "female" in traits and not np.all(traits["female"]):
        raise InputError("this population is women only", received="men", hint="leave the sex out")
    return traits


@lru_cache(maxsize=8)
def _uncut(organs: tuple[Any, ...]) -> System:
    return System.from_organs(organs)


def _whole(system: System) -> System:
    """The body without its cuts: who takes part does not depend on which edge a plan cuts."""
    return _uncut(system.organs) if system.cuts else system


# -- candidates -------------------------------------------------------------------------------------------------------


def _candidates(
    system: System, spec: Population, seed: int, attempt: int, who: np.ndarray, fixed: Mapping[str, np.ndarray]
) -> tuple[Columns, Columns, Columns, Columns]:
    """Traits, parameters, input factors and levels at rest of one candidate for each of `who`."""
    standard = _Standard(seed, attempt, who)
    traits = _traits(spec, standard, {name: np.asarray(values)[who] for name, values in fixed.items()})
    parameters = _parameters(system, spec, standard, traits)
    inputs = _inputs(system, spec, standard, traits)
    levels = _at_rest(system, parameters, inputs)
    return traits, parameters, inputs, levels | {"bmi": traits["weight_kg"] / traits["height_m"] ** 2}


class _Standard:
    """Standard normal numbers by name for some people of one attempt; correlated ones follow the traits once those stand."""

    def __init__(self, seed: int, attempt: int, who: np.ndarray):
        self.seed, self.attempt, self.who = seed, attempt, who
        self.count = int(who.max()) + 1
        self.together: Columns = {}

    def correlate(self, fixed: Columns) -> None:
        whole = {name: self._spread_out(values) for name, values in fixed.items()}
        drawn = shipped_copula().draw(self.seed, self.attempt, self.count, whole)
        self.together = {name: values[self.who] for name, values in drawn.items()}

    def _spread_out(self, values: np.ndarray) -> np.ndarray:
        whole = np.zeros(self.count)
        whole[self.who] = values
        return whole

    def __getitem__(self, name: str) -> np.ndarray:
        known = self.together.get(name)
        return normals(self.seed, stream(name, self.attempt), self.count)[self.who] if known is None else known

    def uniform(self, name: str) -> np.ndarray:
        return uniforms(self.seed, stream(name, self.attempt), self.count)[self.who]


def _traits(spec: Population, standard: _Standard, fixed: Columns) -> Columns:
    """Sex, age, weight and height; a fixed trait stands, and the others are drawn given it."""
    female = np.asarray(fixed.get("female", standard.uniform("sex") < spec.women), dtype=bool)
    known: Columns = {}
    if "age_years" in fixed:
        known["age_years"] = to_quantiles(fixed["age_years"], spec.ages.shares, spec.ages.years)
    if "height_m" in fixed:
        known["height_m"] = standardised(fixed["height_m"], *_by_sex(spec.height, female))
    standard.correlate(known)
    age = fixed.get("age_years", from_quantiles(standard["age_years"], spec.ages.shares, spec.ages.years))
    mean, sd = _by_sex(spec.height, female)
    height = fixed.get("height_m", mean + sd * standard["height_m"])
    mean, sd = _by_sex(spec.log_bmi, female)
    weight = fixed.get("weight_kg", np.exp(mean + sd * standard["bmi"]) * height**2)
    if "weight_kg" in fixed:
        known |= {"age_years": standard["age_years"], "height_m": standard["height_m"]}
        standard.correlate(known | {"bmi": standardised(np.log(weight / height**2), mean, sd)})
    return {"female": female, "age_years": age, "weight_kg": weight, "height_m": height}


def _by_sex(trait: BySex, female: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.where(female, trait.female_mean, trait.male_mean), np.where(female, trait.female_sd, trait.male_sd)


def _parameters(system: System, spec: Population, standard: _Standard, traits: Columns) -> Columns:
    ratios = size_ratios(
        traits["weight_kg"], traits["height_m"], traits["age_years"], traits["female"].astype(float),
        FAT_SHARE_RESIDUAL * standard["fat_mass"],
    )  # fmt: skip
    ratios = {name: ratio for name, ratio in ratios.items() if name in system.constants}
    differ = {name: variation(c, standard[name]) for name, c in system.constants.items() if c.varies}
    for name, shift in spec.moved.items():
        if name in system.constants:
            own = differ.get(name, 1.0) if shift.log_sd is None else mean_one(shift.log_sd, standard[name])
            differ[name] = np.asarray(own * shift.ratio)
    for name, c in system.constants.items():
        if c.follows is not None:
            leader, power = c.follows
            differ[name] = differ[leader] ** power
    values = {name: ratios.get(name, 1.0) * differ.get(name, 1.0) for name in dict.fromkeys([*ratios, *differ])}
    values = {name: within(system.constants[name], system.constants[name].value * v) for name, v in values.items()}
    return values | _filtration(spec, standard, values)


def _filtration(spec: Population, standard: _Standard, values: Columns) -> Columns:
    """Filtration of a population whose eGFR is given, which kidney disease sets instead of age."""
    if spec.filtration is None:
        return {}
    given = spec.filtration
    egfr = truncated_normal(standard[FILTRATION], given.mean, given.sd, given.low, given.high)
    return {FILTRATION: values[REFERENCE_FILTRATION] * egfr / HEALTHY_EGFR}


def _inputs(system: System, spec: Population, standard: _Standard, traits: Columns) -> Columns:
    """Factors on the habitual inputs of a plan; what is eaten grows with size, about the population's average size."""
    size = size_ratio(traits["weight_kg"], traits["height_m"])
    inputs = {name: size for name in INPUTS_WITH_SIZE if name in system.inputs}
    for habit in spec.habits:
        if habit.name in system.inputs:
            own = mean_one(habit.log_sd, standard[habit.name])
            inputs[habit.name] = own * size / _average_size(spec.name) if habit.with_size else own
    if _OESTROGEN in system.inputs:
        inputs[_OESTROGEN] = _oestrogen(spec, standard, traits)
    return inputs


def _oestrogen(spec: Population, standard: _Standard, traits: Columns) -> np.ndarray:
    """Oestrogen action: the plan's, but for women past their menopause."""
    change = spec.menopause
    past = traits["female"] & (traits["age_years"] > change.mean_years + change.sd_years * standard["menopause"])
    return np.where(past, change.left * mean_one(change.log_sd, standard[_OESTROGEN]), 1.0)


@lru_cache(maxsize=8)
def _average_size(like: str) -> float:
    """Mean body surface of the population, relative to the reference adult, over one fixed draw."""
    traits = _traits(population_like(like), _Standard(0, 0, np.arange(_AVERAGE_OF)), {})
    return float(np.mean(size_ratio(traits["weight_kg"], traits["height_m"])))


# -- rest and limits --------------------------------------------------------------------------------------------------


def _at_rest(system: System, parameters: Columns, inputs: Columns) -> Columns:
    """Observables at rest, NaN for who has no rest. Sets the person's own replete serum magnesium on the way."""
    people = len(next(iter(parameters.values())))
    settings, habits = np.tile(system.parameter_vector(), (people, 1)), np.tile(system.input_vector(), (people, 1))
    for name, values in parameters.items():
        settings[:, system.constants[name].offset] = values
    for name, factors in inputs.items():
        habits[:, system.inputs[name].offset] *= factors
    if _REPLETE in system.constants:
        parameters[_REPLETE] = _replete_magnesium(system, settings, habits)
        settings[:, system.constants[_REPLETE].offset] = parameters[_REPLETE]
    levels = _levels(system, settings, habits)
    healthy = settings[:, system.constants[REFERENCE_FILTRATION].offset]
    return levels | {"egfr": HEALTHY_EGFR * levels["filtration_rate"] / healthy}


def _replete_magnesium(system: System, settings: np.ndarray, habits: np.ndarray) -> np.ndarray:
    """Serum magnesium of the same people on a diet that lacks none: at least the plan's.

    PTH release looks at it, and through PTH it looks at itself, faintly: a few rounds settle that.
    """
    place, constant = system.inputs["dietary_magnesium"].offset, system.constants[_REPLETE]
    settings, ample = settings.copy(), habits.copy()
    ample[:, place] = np.maximum(habits[:, place], system.inputs["dietary_magnesium"].value)
    for _ in range(_REPLETE_ROUNDS):
        found = _levels(system, settings, ample)["serum_magnesium"]
        settings[:, constant.offset] = within(constant, np.where(np.isfinite(found), found, constant.value))
    return settings[:, constant.offset]


def _levels(system: System, settings: np.ndarray, habits: np.ndarray) -> Columns:
    from cofactor.engine import fast_engine, resting_states  # here, so that one person's run does not load the compiler

    people = len(settings)
    states, reasons = resting_states(fast_engine(system, ()), settings, habits)
    names = [*system.observables, "filtration_rate"]
    values = system.function(names, people=True)(np.zeros(people), states.T, settings.T, habits.T)
    resting = np.array([reason is None for reason in reasons])
    return {n: np.where(resting, np.broadcast_to(v, people), np.nan) for n, v in zip(names, values, strict=True)}


def _faults(spec: Population, levels: Columns) -> dict[str, np.ndarray]:
    """Who breaks which limit; definitions first, so that a rejection is somebody who would have belonged."""
    faults = {"no rest": ~np.isfinite(levels["serum_magnesium"])}
    for limit in sorted(spec.limits, key=lambda limit: limit.kind != "definition"):
        if limit.name in levels:
            faults[f"{limit.kind}: {limit.name}"] = _outside(limit, levels[limit.name])
        elif limit.kind == "definition":
            raise InputError(
                "this body cannot tell who belongs to the population", received=f"{spec.title}, without {limit.name}",
                hint="use the whole body, or another population",
            )  # fmt: skip
    return faults


def _outside(limit: Limit, values: np.ndarray) -> np.ndarray:
    low = -np.inf if limit.low is None else limit.low
    high = np.inf if limit.high is None else limit.high
    return (values < low) | (values > high)


# -- columns ----------------------------------------------------------------------------------------------------------


def _taken(columns: Columns, chosen: np.ndarray) -> Columns:
    return {name: values[chosen] for name, values in columns.items()}


def _joined(kept: list[tuple[np.ndarray, tuple[Columns, ...]]]) -> list[Columns]:
    """The accepted of all attempts, in the order of the people."""
    order = np.argsort(np.concatenate([who for who, _ in kept]))
    groups = range(len(kept[0][1]))
    return [
        {name: np.concatenate([parts[k][name] for _, parts in kept])[order] for name in kept[0][1][k]} for k in groups
    ]


def _rows(columns: Columns) -> list[dict[str, float]]:
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in np.array([columns[n] for n in names]).T.tolist()]
