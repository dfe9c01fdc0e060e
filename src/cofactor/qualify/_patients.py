"""Who enters a trial of psoriasis: virtual people whose PASI, as a rater saw it, is like that of the trial's people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.optimize import root

from cofactor import body
from cofactor.errors import InputError
from cofactor.people import BURN_IN_DAYS, GENERAL, Person, Skin, burnt_in, population_like, skin_noise, skins
from cofactor.qualify._emulation import Emulation, Patients, Reference
from cofactor.qualify._observed import resolve
from cofactor.trials import luck, observed_pasi

_POOL, _PER_PERSON = 2000, 5
"""Skins drawn at least, from whom all trials take their people, and for each person who enters a large one."""
_LARGEST_PASI = 72.0


@dataclass(frozen=True)
class Entry:
    """Who enters: bounds, mean and SD of PASI as rated (points; None: whoever lies within), thresholds, plaques or none."""

    least: float = 0.0
    most: float = _LARGEST_PASI
    mean: float | None = None
    sd: float | None = None
    threshold_factor: float = 1.0
    lesional: bool = True


def entry_of(patients: Patients, emulation: Emulation) -> Entry:
    """The people asked for, printed numbers looked up."""
    if patients.skin == "general":
        return Entry(threshold_factor=GENERAL.threshold_factor, lesional=False)
    if patients.skin == "prone":
        prone = population_like("psoriasis_prone").skin
        assert prone is not None
        return Entry(threshold_factor=prone.threshold_factor, lesional=False)
    mean, sd = (_number(value, emulation) for value in (patients.mean, patients.sd))
    return Entry(patients.least, patients.most, mean, sd)


def _number(value: float | Reference | None, emulation: Emulation) -> float | None:
    return resolve(value, emulation).value if isinstance(value, Reference) else value


def with_skins_of(
    people: Sequence[Person], entry: Entry, seed: int, set_by_model: Mapping[str, Any] | None = None
) -> list[Person]:
    """The people, each with the skin of somebody who enters; what [model] sets in a skin stays set."""
    if any(who.lesional for who in people):
        raise InputError("patients are adults who get a skin", received="a population with psoriasis of its own")
    return [
        replace(who, number=number, skin={**skin, **(set_by_model or {})}, lesional=entry.lesional)
        for who, (number, skin) in zip(people, entering(entry, len(people), seed), strict=True)
    ]


@lru_cache(maxsize=32)
def entering(entry: Entry, count: int, seed: int) -> tuple[tuple[int, Mapping[str, Any]], ...]:
    """Numbers and skins of `count` people who enter, the same in every arm; somebody rare may stand for two.

    Raises InputError where too few can be found.
    """
    if not entry.lesional:
        return tuple(enumerate(skins(_without_plaques(entry.threshold_factor), count, seed)))
    pool, rated = _pool(max(_POOL, _PER_PERSON * count), seed)
    fits = np.flatnonzero((rated >= entry.least) & (rated <= entry.most))
    if entry.mean is None:
        chosen = fits[:count]
    else:
        weights = tilted_weights(rated[fits], entry.mean, entry.sd)
        chosen = fits[evenly_drawn(rated[fits], weights, count)]
    if len(chosen) < count:
        raise InputError("a pool of patients holds those of the trial", received=f"{len(chosen)} of {count} people")
    return tuple((int(k), pool[k]) for k in chosen)


def _without_plaques(threshold_factor: float) -> Skin:
    return Skin(threshold_factor=threshold_factor, lesional=False, source="whoever is drawn")


@lru_cache(maxsize=4)
def _pool(size: int, seed: int) -> tuple[Sequence[Mapping[str, Any]], np.ndarray]:
    """Skins of people with psoriasis, however mild, and their PASI as rated."""
    pool = skins(_without_plaques(1.0), size, seed)
    return pool, rated_at_entry(pool, seed)


def rated_at_entry(pool: Sequence[Mapping[str, Any]], seed: int) -> np.ndarray:
    """PASI of numbered skins (0, 1, ...) after the burn-in at usual levels of the core, as a rater records it."""
    numbers = range(len(pool))
    noise = skin_noise(seed, tuple(numbers), BURN_IN_DAYS)
    pasi = burnt_in(body.psoriatic_skin().parameter_table(pool), noise, levels={}).observed[:, -1, 0]
    return observed_pasi(pasi[None], [0], luck(seed, numbers, [0]), taken="natural history", remission=False)[0]


def tilted_weights(values: np.ndarray, mean: float, sd: float | None) -> np.ndarray:
    """Weights, as even as may be, at which the values have this mean and (None: any) SD. InputError where they cannot."""
    scale = float(np.std(values)) if sd is None else sd
    z = (values - mean) / scale
    powers = z[None] if sd is None else np.stack([z, z**2])
    wanted = np.array([0.0, 1.0])[: len(powers)]

    def tilted(tilt: np.ndarray) -> np.ndarray:
        power = tilt @ powers
        raw = np.exp(power - power.max())
        return raw / raw.sum()

    found = root(lambda tilt: powers @ tilted(tilt) - wanted, np.array([-0.5, -0.1])[: len(powers)])
    if not found.success:
        spread = "" if sd is None else f" ({sd:g})"
        raise InputError("a pool of patients holds those of the trial", received=f"PASI {mean:g}{spread}")
    return tilted(found.x)


def evenly_drawn(values: np.ndarray, weights: np.ndarray, count: int) -> np.ndarray:
    """Places of `count` values at even steps through their weighted distribution."""
    order = np.argsort(values)
    steps = (np.arange(count) + 0.5) / count
    return order[np.minimum(np.searchsorted(np.cumsum(weights[order]), steps), len(order) - 1)]
