"""The benchmark's cases: the coupled body, and Peterson & Riggs 2010 as published in BioModels (BIOMD0000000613)."""

from __future__ import annotations

import os

import numpy as np

from cofactor import body
from cofactor.errors import InputError
from cofactor.interop._import import import_sbml
from cofactor.interop._work import Work, settled
from cofactor.model import System
from cofactor.people import population
from cofactor.regimen import Pulses, Rate, Regimen

DOSE_TIME = 1 / 3
"""Doses fall at eight in the morning, samples at midnight: no sample meets a dose, whose sides tools choose differently."""

_D3_NMOL = 260.0  # 100 ug (4 000 IU)
_CALCIUM_MMOL = 4.0  # what a gut takes up of a calcium meal
_TERIPARATIDE_PMOL = 20e6 / 4117.8  # 20 ug
_SEED = 1
_DECADE_DAYS, _WEEK = 3650.0, 7.0
_CV = 0.15
_PETERSON_VARIES = ("GFR", "OralCa", "OralPhos", "T57", "T64", "T69", "koutL", "kO", "crebKout", "k14a", "TERICL")


def coupled_body(people: int, days: float = 365.0) -> list[Work]:
    """The coupled body: a population on daily pulses, one person, daily teriparatide, a decade of a chronic rate."""
    system = body.adult()
    count = days_of(days)
    steady = (Pulses("gut_vitamin_d", DOSE_TIME, 1.0, count, _D3_NMOL),)
    meals = Regimen(pulses=(*steady, Pulses("gut_wall_calcium", DOSE_TIME, 1.0, count, _CALCIUM_MMOL)))
    spiky = Regimen(pulses=(*steady, Pulses("teriparatide_depot", DOSE_TIME, 1.0, count, _TERIPARATIDE_PMOL)))
    chronic = Regimen(
        rates=(Rate("supplement_vitamin_d3", 0.0, np.inf, 100.0), Rate("supplement_calcium", 0.0, np.inf, 12.5))
    )
    daily, weekly = np.arange(days + 1.0), np.arange(0.0, _DECADE_DAYS + 1.0, _WEEK)
    parameters, habits, starts = _adults(system, people)
    rest = (system, starts, parameters, habits)
    return [
        Work("population", "coupled body, daily D3 and calcium, daily samples", *rest, meals, days, daily),
        Work("spiky", "coupled body, daily D3 and teriparatide, daily samples", *rest, spiky, days, daily),
        Work("one_person", "one person, daily D3 and calcium, daily samples", *rest, meals, days, daily).of(0, 1),
        Work(
            "decade", "coupled body, chronic rates for ten years, weekly samples", *rest, chronic, _DECADE_DAYS, weekly
        ),
    ]


def peterson(file: str | os.PathLike[str], people: int, days: float = 365.0) -> list[Work]:
    """The same four for BIOMD0000000613: gut calcium pulses, teriparatide pulses, and intake and GFR halved for a decade.

    Eleven parameters vary between people, log-normal with a CV of 15 %.
    """
    imported = import_sbml(file, without_events=["Event"])
    system, count = imported.system, days_of(days)
    meals = Regimen(pulses=(Pulses("T", DOSE_TIME, 1.0, count, 8.0),))
    spiky = Regimen(pulses=(Pulses("TERISC", DOSE_TIME, 1.0, count, _TERIPARATIDE_PMOL),))
    daily, weekly = np.arange(days + 1.0), np.arange(0.0, _DECADE_DAYS + 1.0, _WEEK)
    base = system.parameter_vector()
    factors = np.exp(_CV * np.random.default_rng(_SEED).standard_normal((people, len(_PETERSON_VARIES))))
    factors[0] = 1.0
    parameters = np.repeat(base[None], people, axis=0)
    for k, name in enumerate(_PETERSON_VARIES):
        parameters[:, system.constants[name].offset] *= factors[:, k]
    habits = [dict(zip(system.inputs, system.input_vector().tolist(), strict=True))] * people
    rest = (system, np.repeat(system.start[None], people, axis=0), parameters, habits)
    halved = parameters.copy()
    halved[:, [system.constants[name].offset for name in ("GFR", "OralCa")]] /= 2.0
    return [
        Work("peterson_population", "BIOMD613, daily gut calcium, daily samples", *rest, meals, days, daily),
        Work("peterson_spiky", "BIOMD613, daily teriparatide, daily samples", *rest, spiky, days, daily),
        Work("peterson_one_person", "BIOMD613, one person, daily gut calcium", *rest, meals, days, daily).of(0, 1),
        Work(
            "peterson_decade", "BIOMD613, GFR and calcium intake halved for ten years, weekly samples", system, rest[1],
            halved, habits, Regimen(), _DECADE_DAYS, weekly,
        ),
    ]  # fmt: skip


def days_of(days: float) -> int:
    """Whole days; InputError below one."""
    if days < 1:
        raise InputError("a benchmark runs at least a day", received=f"{days:g} d")
    return int(days)


def _adults(system: System, people: int) -> tuple[np.ndarray, list[dict[str, float]], np.ndarray]:
    """Parameters, habits and resting states of people who have one; the draw is the same for every number of people."""
    usual = {name: given.value for name, given in system.inputs.items()}
    drawn = population(system, 2 * people + 8, seed=_SEED)
    parameters = system.parameter_table([who.parameters for who in drawn])
    habits = [who.inputs(usual) for who in drawn]
    starts, rests = settled(system, parameters, system.input_table(habits))
    kept = np.flatnonzero(rests)[:people]
    if len(kept) < people:
        raise InputError("too few of the people drawn have a resting state", received=f"{len(kept)} of {people}")
    return parameters[kept], [habits[k] for k in kept], starts[kept]
