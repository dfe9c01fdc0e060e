"""The adult with every bone organ and bone drug of issue 6, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from tests.body.coupled import Phase
from tests.standalone.doubles_tools import Body

from cofactor.body import (
    adult,
    bone_ageing,
    bone_sites,
    bone_size,
    bone_strength,
    fracture,
    high_dose_resorption,
)
from cofactor.body.drugs import alendronate, calcimimetic, diuretics, phosphate_binder
from cofactor.engine import rest
from cofactor.model import System

YEAR = 365.25
ORGANS = (bone_sites, bone_strength, bone_size, fracture, bone_ageing, high_dose_resorption)
DRUGS = (alendronate, diuretics, calcimimetic, phosphate_binder)
DENOSUMAB = {"denosumab_depot": 6e7}
TERIPARATIDE = {"teriparatide_depot": 20e6 / 4117.8}
CALCIUM = {"dietary_calcium": 38.4}
AGEING = {**CALCIUM, "bone_ageing": 1.0}


@lru_cache
def system() -> System:
    present = {organ.__name__ for organ in adult().organs}
    added = [organ for organ in (*ORGANS, *DRUGS) if organ.__name__ not in present]
    return System.from_organs([*adult().organs, *added])


@lru_cache
def _body(changes: tuple[tuple[str, float], ...]) -> Body:
    return Body(system(), system().recalibrated(dict(changes)))


def body(parameters: Mapping[str, float] | None = None) -> Body:
    """The adult with these parameters."""
    return _body(tuple(sorted((parameters or {}).items())))


@lru_cache
def _resting(parameters: tuple[tuple[str, float], ...], inputs: tuple[tuple[str, float], ...]) -> np.ndarray:
    who = _body(parameters)
    return rest(who.system, who.parameters, who.inputs(dict(inputs)))


def resting(inputs: Mapping[str, float] | None = None, parameters: Mapping[str, float] | None = None) -> np.ndarray:
    """The person at rest on these inputs."""
    return _resting(tuple(sorted((parameters or {}).items())), tuple(sorted((inputs or {}).items())))


def ratios(
    names: list[str], phase: Phase, days: list[float], *, habits: Mapping[str, float] | None = None,
    parameters: Mapping[str, float] | None = None,
) -> np.ndarray:  # fmt: skip
    """Quantities (days, names) relative to rest on the habits, in a phase laid over them."""
    who, start, usual = body(parameters), resting(habits, parameters), habits or {}
    over = Phase(phase.days, {**usual, **phase.inputs}, phase.doses, phase.every)
    states = who.follow(start, over, days)
    before = who.look(names, start, usual)
    return np.array([who.look(names, s, over.inputs) / before for s in states])


def after(
    names: list[str], phase: Phase, *, habits: Mapping[str, float] | None = None,
    parameters: Mapping[str, float] | None = None,
) -> dict[str, float]:  # fmt: skip
    """The same at the end of the phase, by name."""
    end = ratios(names, phase, [phase.days], habits=habits, parameters=parameters)[-1]
    return dict(zip(names, map(float, end), strict=True))
