"""One person: changes to the reference adult's parameters and habitual inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cofactor.model import Constant, System
from cofactor.people._body_size import (
    INPUTS_WITH_SIZE,
    REFERENCE_AGE_YEARS,
    REFERENCE_HEIGHT_M,
    REFERENCE_WEIGHT_KG,
    size_ratio,
    size_ratios,
)


@dataclass(frozen=True)
class Person:
    """One body: demographics, parameter values that differ from the reference adult, and how habitual inputs scale.

    `input_factors` multiply the habitual inputs of a plan (someone who eats a third more magnesium than others do);
    `taken` is the share this person takes of whatever a plan gives of an input, habitually or not (forgotten tablets).
    `skin` holds parameters of `psoriatic_skin()`, for a site-wise one an array; `number` is the person's place in the
    population, which keys the noise of their days; `lesional` tells whether they have plaques before a plan begins.
    """

    sex: str = "female"
    age_years: float = REFERENCE_AGE_YEARS
    weight_kg: float = REFERENCE_WEIGHT_KG
    height_m: float = REFERENCE_HEIGHT_M
    parameters: Mapping[str, float] = field(default_factory=dict)
    input_factors: Mapping[str, float] = field(default_factory=dict)
    skin: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0
    lesional: bool = False
    taken: Mapping[str, float] = field(default_factory=dict)

    def with_parameters(self, **changes: float) -> Person:
        """The same person with some parameters set."""
        return replace(self, parameters={**self.parameters, **changes})

    def scaling_input(self, name: str, factor: float) -> Person:
        """The same person with one habitual input multiplied."""
        return replace(self, input_factors={**self.input_factors, name: factor * self.input_factors.get(name, 1.0)})

    def inputs(self, habitual: Mapping[str, float]) -> dict[str, float]:
        """This person's habitual inputs, from those of the plan."""
        inputs = dict(habitual)
        for factors in (self.input_factors, self.taken):
            inputs |= {name: inputs[name] * factor for name, factor in factors.items() if name in inputs}
        return inputs


def person(
    system: System, *, sex: str = "female", age_years: float = REFERENCE_AGE_YEARS, weight_kg: float = REFERENCE_WEIGHT_KG,
    height_m: float = REFERENCE_HEIGHT_M,
) -> Person:  # fmt: skip
    """A person of this age and size, otherwise the reference adult; every default gives the reference adult exactly.

    Habitual inputs stay as the plan gives them, but for those that the magnesium body has imposed.
    """
    ratios = size_ratios(weight_kg, height_m, age_years, float(sex == "female"))
    changes = {
        name: held(system.constants[name], system.constants[name].value * float(ratio))
        for name, ratio in ratios.items()
        if ratio != 1.0 and name in system.constants
    }
    size = float(size_ratio(weight_kg, height_m))
    sized = {name: size for name in INPUTS_WITH_SIZE if name in system.inputs and size != 1.0}
    return Person(sex, age_years, weight_kg, height_m, changes, sized)


def held(constant: Constant, value: float) -> float:
    """A value held inside the parameter's bounds."""
    if constant.low is not None:
        value = max(value, constant.low)
    return value if constant.high is None else min(value, constant.high)
