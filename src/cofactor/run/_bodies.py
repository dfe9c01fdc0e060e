"""Which organs a run needs: the core, and of what listens to it only what the plan touches or somebody asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cofactor import body
from cofactor.model import System
from cofactor.people import population_like
from cofactor.regimen import Hold, Regimen
from cofactor.scenario import SWITCHES, Scenario, Supplement, has_a_place, past_menopause, reference_inputs


def body_system() -> System:
    """The whole body of this version: the core and all that listens to it."""
    return body.assembled(body.EVERYTHING)


def body_for(plan: Scenario, regimen: Regimen, habitual: Mapping[str, float], observables: Sequence[str] | None) -> str:
    """The name of the smallest body that answers; with no observables named, of the whole one."""
    if observables is None:
        return body.EVERYTHING
    return body.smallest_with([*observables, *_touched(plan, regimen, habitual)])


def _touched(plan: Scenario, regimen: Regimen, habitual: Mapping[str, float]) -> Iterator[str]:
    """Inputs and pools the plan changes, parameters and edges the model settings name, labs that are to be met."""
    for entry in (*regimen.rates, *regimen.holds, *regimen.infusions):
        yield entry.given
    for train in regimen.pulses:
        yield train.pool
    reference = reference_inputs()
    yield from (name for name, value in habitual.items() if value != reference[name])
    yield from plan.model.parameters
    yield from (SWITCHES[name].parameter for name, is_on in plan.model.switches.items() if is_on and name in SWITCHES)
    yield from _belonging(plan)
    yield from (name for edge in plan.model.cut for name in edge.split(" -> "))
    yield from plan.labs.values
    if has_a_place(plan):
        yield "sun_habit"
    if any(_per_day(each) > _SCARRING_DOSE for each in plan.supplement if each.name in _VITAMIN_D):
        yield "kidney_scar"


_VITAMIN_D = ("vitamin_d3", "vitamin_d2", "calcidiol")
_SCARRING_DOSE = 100.0
"""ug/d, the tolerable upper intake (vitd-E46): above it a run follows what lasting hypercalcaemia does to the kidney."""


def _per_day(supplement: Supplement) -> float:
    return supplement.amount / (1.0 if supplement.every is None else supplement.every)


def _belonging(plan: Scenario) -> Iterator[str]:
    """The levels that say who belongs to the plan's population."""
    if plan.population is not None:
        yield from (limit.name for limit in population_like(plan.population.like).limits if limit.kind == "definition")


_OF_WOMEN_PAST_MENOPAUSE = ("bone_ageing",)
_OF_EVERYBODY = ("artery_ageing",)


def ageing(plan: Scenario, regimen: Regimen, system: System) -> Regimen:
    """The plan with time passing for the organs of this body that drift and never rest; whatever the plan holds itself wins.

    Such an organ has an input that is nought where rest is sought and 1 from the first day of a plan on. Arteries age in
    everybody; bone ages in women past menopause, whom the plan says everybody to be. In a population of both sexes and all
    ages it holds still.
    """
    spans = [(given, 0.0, math.inf) for given in _OF_EVERYBODY]
    past = past_menopause(plan)
    if past is not None:
        spans += [(given, *past) for given in _OF_WOMEN_PAST_MENOPAUSE]
    passing = tuple(Hold(given, start, stop, 1.0) for given, start, stop in spans if given in system.inputs)
    return replace(regimen, holds=(*passing, *regimen.holds))
