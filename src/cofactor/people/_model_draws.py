"""Draws of what is not known about the model, and a person in another draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cofactor.errors import InputError, ModelError
from cofactor.model import System
from cofactor.people._person import Person, held
from cofactor.people._random import normals
from cofactor.people._spread import uncertainty

_DRAW_ATTEMPTS = 100


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
    """The same person in another draw of the model: their ratios to the default are kept, the defaults move.

    A parameter whose default is 0 (a switch) has no ratio and stays as the person has it; nobody leaves the bounds.
    """
    changes = dict(draw)
    for name, value in who.parameters.items():
        constant = system.constants[name]
        moved = value if constant.value == 0.0 else value * draw.get(name, constant.value) / constant.value
        changes[name] = held(constant, moved) if name in draw else value
    return replace(who, parameters=changes)
