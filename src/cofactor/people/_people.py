"""Persons and virtual populations: who takes part, as changes to the reference adult's parameters and habitual inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cofactor.errors import InputError, ModelError
from cofactor.model import Constant, System
from cofactor.people._body_size import (
    FILTRATION,
    INPUTS_WITH_SIZE,
    REFERENCE_AGE_YEARS,
    REFERENCE_HEIGHT_M,
    REFERENCE_WEIGHT_KG,
    SCALES_WITH_SIZE,
    age_ratio,
    size_ratio,
)  # fmt: skip
from cofactor.people._random import normals, uniforms

POPULATIONS = ("adults",)
_YOUNGEST, _OLDEST = 20.0, 60.0
_WEIGHT_LOG_SD, _HEIGHT_SD_M = 0.18, 0.07  # recalled survey spreads; no test rests on them
_FILTRATION_RESIDUAL_LOG_SD = 0.10
"""What age and size leave of the 15 % between-people CV of filtration (magnesium.md 2.4): together they give 0.15."""
_DRAW_ATTEMPTS = 100
_INTAKE_LOG_SD = 0.35  # magnesium.md 2.4, virtual population


@dataclass(frozen=True)
class Person:
    """One body: demographics, parameter values that differ from the reference adult, and how habitual inputs scale.

    `input_factors` multiply the habitual inputs of a plan (someone who eats a third more magnesium than others do).
    """

    sex: str = "female"
    age_years: float = REFERENCE_AGE_YEARS
    weight_kg: float = REFERENCE_WEIGHT_KG
    height_m: float = REFERENCE_HEIGHT_M
    parameters: Mapping[str, float] = field(default_factory=dict)
    input_factors: Mapping[str, float] = field(default_factory=dict)

    def with_parameters(self, **changes: float) -> Person:
        """The same person with some parameters set."""
        return replace(self, parameters={**self.parameters, **changes})

    def scaling_input(self, name: str, factor: float) -> Person:
        """The same person with one habitual input multiplied."""
        return replace(self, input_factors={**self.input_factors, name: factor * self.input_factors.get(name, 1.0)})

    def inputs(self, habitual: Mapping[str, float]) -> dict[str, float]:
        """This person's habitual inputs, from those of the plan."""
        return {name: value * self.input_factors.get(name, 1.0) for name, value in habitual.items()}


def person(
    system: System, *, sex: str = "female", age_years: float = REFERENCE_AGE_YEARS, weight_kg: float = REFERENCE_WEIGHT_KG,
    height_m: float = REFERENCE_HEIGHT_M,
) -> Person:  # fmt: skip
    """A person of this age and size, otherwise the reference adult; every default gives the reference adult exactly."""
    size = size_ratio(weight_kg, height_m)
    changes = {name: system.constants[name].value * size for name in SCALES_WITH_SIZE if size != 1.0}
    filtration = size * float(age_ratio(age_years))
    if filtration != 1.0:
        changes[FILTRATION] = system.constants[FILTRATION].value * filtration
    sized = {name: size for name in INPUTS_WITH_SIZE if name in system.inputs and size != 1.0}
    return Person(sex, age_years, weight_kg, height_m, changes, sized)


def population(
    system: System, count: int, *, seed: int = 1, like: str = "adults", traits: Mapping[str, np.ndarray] | None = None
) -> list[Person]:
    """A virtual population: demographics, diet and every parameter that varies between people, drawn independently.

    `traits` fixes columns (female, age_years, weight_kg, height_m), one value a person. Person i is the same for every
    `count`. Raises InputError for an unknown population.
    """
    if like not in POPULATIONS:
        raise InputError("no such population in this version", received=like, hint=f"one of: {', '.join(POPULATIONS)}")
    if count < 1:
        raise InputError("a population has at least one person", received=count)
    columns = {**_demographics(seed, count), **(traits or {})}
    factors = {
        name: variation(c, normals(seed, f"person/{name}", count)) for name, c in system.constants.items() if c.varies
    }
    factors[FILTRATION] = _mean_one(_FILTRATION_RESIDUAL_LOG_SD, normals(seed, f"person/{FILTRATION}", count))
    return [_one(system, columns, factors, i) for i in range(count)]


def _mean_one(log_sd: float, standard: np.ndarray) -> np.ndarray:
    """Log-normal numbers whose mean, not median, is 1: the average person has the reference adult's value."""
    return np.exp(log_sd * standard - log_sd**2 / 2)


def _demographics(seed: int, count: int) -> dict[str, np.ndarray]:
    tall = normals(seed, "person/height", count)
    return {
        "female": uniforms(seed, "person/sex", count) < 0.5,
        "age_years": _YOUNGEST + (_OLDEST - _YOUNGEST) * uniforms(seed, "person/age", count),
        "weight_kg": REFERENCE_WEIGHT_KG * np.exp(_WEIGHT_LOG_SD * normals(seed, "person/weight", count)),
        "height_m": REFERENCE_HEIGHT_M + _HEIGHT_SD_M * tall,
        "dietary_magnesium": _mean_one(_INTAKE_LOG_SD, normals(seed, "person/dietary_magnesium", count)),
    }


def _one(system: System, columns: Mapping[str, Any], factors: Mapping[str, np.ndarray], index: int) -> Person:
    row = {name: values[index] for name, values in columns.items()}
    base = person(
        system, sex="female" if row["female"] else "male", age_years=float(row["age_years"]),
        weight_kg=float(row["weight_kg"]), height_m=float(row["height_m"]),
    )  # fmt: skip
    changes = dict(base.parameters)
    for name, factor in factors.items():
        changes[name] = changes.get(name, system.constants[name].value) * float(factor[index])
    for name, constant in system.constants.items():
        if constant.follows is not None:
            changes[name] = _followed(constant, factors, index)
    return replace(base, parameters=changes).scaling_input("dietary_magnesium", float(row["dietary_magnesium"]))


def _followed(constant: Constant, factors: Mapping[str, np.ndarray], index: int) -> float:
    leader, power = constant.follows or ("", 0.0)
    value = constant.value * float(factors[leader][index]) ** power
    return float(np.clip(value, constant.low if constant.low is not None else -np.inf,
                         constant.high if constant.high is not None else np.inf))  # fmt: skip


def variation(constant: Constant, standard: np.ndarray) -> np.ndarray:
    """Ratio to the default between people, with mean 1 where it is log-normal; logit-normal where it has both bounds."""
    log_sd = constant.varies or 0.0
    return _ratio(constant, log_sd, standard) if _bounded(constant) else _mean_one(log_sd, standard)


def uncertainty(constant: Constant, standard: np.ndarray) -> np.ndarray:
    """As `variation`, for what is not known about the model."""
    return _ratio(constant, constant.spread or 0.0, standard)


def _ratio(constant: Constant, log_sd: float, standard: np.ndarray) -> np.ndarray:
    value, low, high = constant.value, constant.low, constant.high
    if low is None or high is None or not _bounded(constant):
        return np.exp(log_sd * standard)
    # On the logit scale between the bounds, with the slope that gives the stated log-SD near the default.
    step = log_sd * value * (high - low) / ((value - low) * (high - value))
    place = np.log((value - low) / (high - value)) + step * standard
    return (low + (high - low) / (1.0 + np.exp(-place))) / value


def _bounded(constant: Constant) -> bool:
    return constant.low is not None and constant.high is not None and constant.low < constant.value < constant.high


def model_draws(system: System, count: int, *, seed: int = 1) -> list[dict[str, float]]:
    """Parameter sets for what is not known about the model; derived parameters are recalibrated in each draw.

    Draw 0 is the best estimate itself. A derived parameter is not drawn: it follows, so that the reference adult rests in
    every draw.
    """
    return [{}, *(_draw(system, i, seed) for i in range(1, count))]


def _draw(system: System, index: int, seed: int) -> dict[str, float]:
    """Draw number `index`; one in which the reference adult cannot be calibrated is impossible and is drawn again."""
    drawn = [c for name, c in system.constants.items() if c.spread and name not in system.inventory.derived]
    for attempt in range(_DRAW_ATTEMPTS):
        stream = f"model/{index}/{attempt}"
        standard = normals(seed, stream, len(drawn))
        changes = {c.name: c.value * float(uncertainty(c, z)) for c, z in zip(drawn, standard, strict=True)}
        try:
            return system.recalibrated(changes)
        except ModelError:
            continue
    raise InputError(
        "the priors leave no room for a calibrated reference adult", received=f"{_DRAW_ATTEMPTS} draws refused",
        hint="narrow the spread of the parameters that the derived ones read",
    )  # fmt: skip


def under(system: System, who: Person, draw: Mapping[str, float]) -> Person:
    """The same person in another draw of the model: their ratios to the default are kept, the defaults move."""
    changes = dict(draw)
    for name, value in who.parameters.items():
        changes[name] = value * draw.get(name, system.constants[name].value) / system.constants[name].value
    return replace(who, parameters=changes)
