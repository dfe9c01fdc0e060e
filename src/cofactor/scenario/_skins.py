"""The skin of a scenario's people: psoriatic, prone, or that of anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cofactor.errors import InputError
from cofactor.people import GENERAL, GENERAL_SKIN, Person, population_like, skins
from cofactor.scenario._scenario import Scenario

SKIN_LAB = "pasi"
"""The lab that is met by the ensemble of skin sites (design.md 3) and by no lever of the core."""
_CONDITIONS = {"psoriasis": "psoriasis", "psoriasis_prone": "psoriasis_prone"}
_USUAL_PASI = 7.7  # psoriasis.md 1.2: median of the Newcastle cohort at its start


def with_skins(people: Sequence[Person], scenario: Scenario) -> list[Person]:
    """The people, numbered, each with a skin: drawn in a population, the median one's for one person without psoriasis.

    One psoriatic person gets none yet: `pasi_asked` says the PASI their ensemble of sites is to come to, which hangs on the
    levels and the noise of their own days, and those are known in a run. Raises InputError for a PASI without psoriasis,
    and for one of a population, which draws its own.
    """
    who = scenario.person or scenario.population
    assert who is not None
    kind = _kind(scenario)
    pasi = scenario.labs.values.get(SKIN_LAB)
    if pasi is not None and (kind is None or scenario.population is not None):
        raise InputError(
            "PASI is the lab of one person who has psoriasis", received=f"{pasi:g}",
            where=scenario.where("labs", SKIN_LAB), hint='[person] conditions = ["psoriasis"]; a population draws its own',
        )  # fmt: skip
    if kind is None and scenario.population is None:
        return [replace(each, skin=GENERAL_SKIN) for each in people]
    spec = GENERAL if kind is None else population_like(kind).skin
    assert spec is not None
    drawn: Sequence[Mapping[str, Any]]
    if scenario.population is not None:
        drawn = skins(spec, len(people), scenario.population.seed)
    else:
        drawn = [{}] if spec.lesional else skins(spec, 1, 0)
    return [
        replace(each, number=k, skin=skin, lesional=spec.lesional)
        for k, (each, skin) in enumerate(zip(people, drawn, strict=True))
    ]


def pasi_asked(scenario: Scenario) -> float | None:
    """PASI on day 0 of one person with psoriasis: that of [labs], or the median patient's. None for everybody else."""
    kind = _kind(scenario)
    if scenario.population is not None or kind is None:
        return None
    skin = population_like(kind).skin
    return scenario.labs.values.get(SKIN_LAB, _USUAL_PASI) if skin is not None and skin.lesional else None


def _kind(scenario: Scenario) -> str | None:
    """The population whose skin these people have; None: the skin of anybody."""
    who = scenario.person or scenario.population
    assert who is not None
    named = [_CONDITIONS[each.name] for each in who.conditions if each.name in _CONDITIONS]
    if named:
        return named[0]
    if scenario.population is None or population_like(scenario.population.like).skin is None:
        return None
    return scenario.population.like
