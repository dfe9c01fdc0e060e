"""How a person meets a lab: which parameter or habit is moved, how far it may go, and what was found.

A lever has one setting; 0 leaves people as they are. It multiplies parameters, or habitual inputs, of everybody alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cofactor.model import System
from cofactor.people import Person
from cofactor.scenario._labs import Labs

Factors = Mapping[str, float]

_FURTHEST_PARAMETER, _FURTHEST_INTAKE = 3.0, 10.0
"""Levers whose parameter has no range of its own move it by at most this factor either way."""
_MOST_SKIN_SYNTHESIS = 600 * 0.20
"""ug/d: vitamin_d.md 2.1, the plateau of a whole body, on the fifth of it that summer habits expose."""
_MOST_SUN_HABIT = 1 / 0.20
"""vitamin_d.md 2.1: summer habits expose a fifth of the skin, and there is no more than all of it."""
_FURTHEST_THRESHOLD = 1.25
"""Between a kidney that spills calcium at any level met in life and one that keeps it as hypocalciuric families do."""
_LOG_SDS_OF_CLEARANCE = 2.0  # design.md 3, "How a person meets a lab"


@dataclass(frozen=True, slots=True)
class Lever:
    """What is multiplied by how much at a setting between `low` and `high`."""

    low: float
    high: float
    factors: Callable[[float], Factors]


@dataclass(frozen=True, slots=True)
class Met:
    """One lab that was met: wanted and found (unit), and by what factor parameters and habitual inputs were moved."""

    lab: str
    wanted: float
    found: float
    unit: str
    moved: Factors

    def to_manifest(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "lab": self.lab,
            "wanted": self.wanted,
            "found": self.found,
            "unit": self.unit,
            "moved": dict(self.moved),
        }


SUN_WITHOUT_A_PLACE, SUN_AT_A_PLACE = "habitual_skin_synthesis", "sun_habit"

MATCHED_LABS = (
    "gfr",
    "serum_25ohd",
    "serum_phosphate",
    "serum_calcium",
    "ionised_calcium",
    "serum_pth",
    "serum_magnesium",
    "ionised_magnesium",
)


def lever_of(lab: str, labs: Labs, system: System, sun: str = SUN_WITHOUT_A_PLACE) -> Lever:
    """The lever a lab is met by (design.md 3); `sun` is the parameter that holds people's habitual sun.

    Set point and gland mass both act through PTH alone: at rest calcium follows from PTH by gut, kidney and bone. So where
    calcium and PTH are both given, PTH is met by the gland and calcium by the kidney's threshold.
    """
    if lab == "serum_25ohd":
        return _sun_then_clearance(system, sun)
    if lab in ("serum_magnesium", "ionised_magnesium"):
        return _magnesium(labs)
    if lab == "serum_phosphate":
        return _factor_lever(["phosphate_threshold_at_rest"], _FURTHEST_PARAMETER)
    if lab in ("serum_calcium", "ionised_calcium") and "serum_pth" in labs.values:
        return _factor_lever(["calcium_threshold_at_rest"], _FURTHEST_THRESHOLD)
    parameter = {"gfr": "baseline_filtration_rate", "serum_pth": "gland_size"}.get(lab, "calcium_set_point")
    return _within_its_range(system, parameter)


def pulled(who: Person, factors: Factors, system: System) -> Person:
    """The same person with parameters and habitual inputs multiplied."""
    parameters = dict(who.parameters)
    for name, factor in factors.items():
        if name in system.inputs:
            who = who.scaling_input(name, factor)
        else:
            parameters[name] = parameters.get(name, system.constants[name].value) * factor
    return replace(who, parameters=parameters)


def joined(all_factors: Sequence[Factors]) -> dict[str, float]:
    """Factors of several levers as one."""
    whole: dict[str, float] = {}
    for factors in all_factors:
        for name, factor in factors.items():
            whole[name] = whole.get(name, 1.0) * factor
    return whole


def _all_by(names: Sequence[str], setting: float) -> Factors:
    return dict.fromkeys(names, math.exp(setting))


def _factor_lever(names: Sequence[str], furthest: float) -> Lever:
    """Everything named multiplied by the exponential of the setting."""
    reach = math.log(furthest)
    return Lever(-reach, reach, partial(_all_by, tuple(names)))


def _within_its_range(system: System, name: str) -> Lever:
    """A parameter moved no further than the range its organ gives it."""
    constant = system.constants[name]
    low, high = constant.low, constant.high
    assert low is not None
    assert high is not None
    return Lever(math.log(low / constant.value), math.log(high / constant.value), partial(_all_by, (name,)))


def _magnesium(labs: Labs) -> Lever:
    if labs.because == "intake":
        return _factor_lever(["dietary_magnesium"], _FURTHEST_INTAKE)
    return _factor_lever(["thick_limb_capacity", "dct_capacity"], _FURTHEST_PARAMETER)


def _sun_then_clearance(system: System, sun: str) -> Lever:
    """Habitual sun from nothing to the most there is; beyond either end, clearance of 25(OH)D.

    The setting is what is added to the sun, relative to habit; beyond the ends it counts log-SDs of clearance.
    """
    habit = system.constants[sun].value
    of_all = {
        SUN_WITHOUT_A_PLACE: _MOST_SKIN_SYNTHESIS * system.constants["vitamin_d_nmol_per_ug"].value,
        SUN_AT_A_PLACE: _MOST_SUN_HABIT,
    }
    most = of_all[sun] / habit
    log_sd = system.constants["calcidiol_clearance"].varies or 0.0

    def factors(setting: float) -> Factors:
        wanted = 1.0 + setting
        skin = min(max(wanted, 0.0), most)
        if skin == wanted:
            return {sun: skin}
        beyond = math.exp((skin - wanted) * log_sd)
        return {sun: skin, "calcidiol_clearance": beyond}

    return Lever(-1.0 - _LOG_SDS_OF_CLEARANCE, most - 1.0 + _LOG_SDS_OF_CLEARANCE, factors)
