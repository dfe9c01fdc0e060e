"""Draws of what is not known about the model, and a person in another draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cofactor.body import psoriatic_skin
from cofactor.errors import InputError, ModelError
from cofactor.model import System
from cofactor.people._person import Person
from cofactor.people._random import normals
from cofactor.people._spread import uncertainty, within

_DRAW_ATTEMPTS = 100


def model_draws(system: System, count: int, *, seed: int = 1) -> list[dict[str, float]]:
    """Parameter sets for what is not known about the model; derived parameters are recalibrated in each draw.

    Draw 0 is the best estimate itself. A derived parameter is not drawn: it follows, so that the reference adult rests in
    every draw. A parameter's numbers hang on its name alone, so that bodies with more or fewer organs share their draws.
    """
    drawn = [c for name, c in system.constants.items() if c.spread and name not in system.inventory.derived]
    draws: list[dict[str, float]] = [{} for _ in range(count)]
    waiting = list(range(1, count))
    for attempt in range(_DRAW_ATTEMPTS):
        columns = {c.name: c.value * uncertainty(c, normals(seed, _stream(c.name, attempt), count)) for c in drawn}
        refused = []
        for index in waiting:
            try:
                draws[index] = system.recalibrated({name: float(values[index]) for name, values in columns.items()})
            except ModelError:
                refused.append(index)
        if not refused:
            return draws
        waiting = refused
    raise InputError(
        "the priors leave no room for a calibrated reference adult", received=f"{_DRAW_ATTEMPTS} draws refused",
        hint="narrow the spread of the parameters that the derived ones read",
    )  # fmt: skip


def _stream(name: str, attempt: int) -> str:
    """The stream of one parameter; a draw in which nobody can be calibrated takes the next one."""
    return f"model/{name}" if attempt == 0 else f"model/{name}/{attempt}"


def under(system: System, people: Sequence[Person], draw: Mapping[str, float]) -> list[Person]:
    """The same people in another draw of the model: their ratios to the default are kept, the defaults move.

    A parameter whose default is 0 (a switch) has no ratio and stays as the person has it; nobody leaves the bounds.
    """
    core = {name: value for name, value in draw.items() if name in system.constants}
    skin = {name: value for name, value in draw.items() if name not in system.constants}
    return [
        replace(who, parameters=parameters, skin=skin_under(who.skin, skin) if skin else who.skin)
        for who, parameters in zip(people, _core_under(system, people, core), strict=True)
    ]


def _core_under(system: System, people: Sequence[Person], draw: Mapping[str, float]) -> list[dict[str, float]]:
    """Everybody's parameters of the core in a draw, a parameter at a time: there are many people."""
    everybody = [{**draw, **who.parameters} for who in people]
    for name in {name for who in people for name in who.parameters} & draw.keys():
        constant = system.constants[name]
        have = [k for k, who in enumerate(people) if name in who.parameters]
        own = np.array([people[k].parameters[name] for k in have])
        moved = own if constant.value == 0.0 else own * draw[name] / constant.value
        for k, value in zip(have, within(constant, moved).tolist(), strict=True):
            everybody[k][name] = value
    return everybody


def skin_under(skin: Mapping[str, Any], draw: Mapping[str, float]) -> dict[str, Any]:
    """The skin's parameters in a draw, what somebody has of their own (`skin`) moved in proportion."""
    constants = psoriatic_skin().constants
    own = {
        name: value * draw[name] / constants[name].value if name in draw and constants[name].value else value
        for name, value in skin.items()
    }
    return {**draw, **own}
