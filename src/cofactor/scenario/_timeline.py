"""A scenario's plan as a timeline of model inputs, by the routing table."""

from __future__ import annotations

import math
from collections.abc import Iterator

from cofactor.errors import InputError
from cofactor.regimen import Hold, Pulses, Rate, Regimen
from cofactor.scenario._fields import BEFORE
from cofactor.scenario._names import INFUSIONS
from cofactor.scenario._plan import Infusion, Supplement
from cofactor.scenario._routes import (
    DIET_INPUTS,
    DRUG_ROUTES,
    INFUSION_ROUTES,
    REFERENCE_INPUTS,
    ROUTED,
    SUPPLEMENT_ROUTES,
)
from cofactor.scenario._scenario import Scenario
from cofactor.scenario._support import require_routed
from cofactor.units import parse_unit

_MEALS_OF_A_DAY = 1.0
"""Days over which one oral dose is swallowed. The gut of magnesium works by meals and holds no lumen pool, so a dose
taken once is that day's meals, and a train of doses is its daily rate."""


def habitual_inputs(scenario: Scenario) -> dict[str, float]:
    """Model inputs the resting state is solved on: the reference adult, this diet, and what was taken "before".

    Units: see _routes. Raises InputError for a plan no organ answers, as `require_supported` does.
    """
    require_routed(scenario, ROUTED)
    inputs = dict(REFERENCE_INPUTS)
    for nutrient, given in DIET_INPUTS.items():
        inputs[given] = getattr(scenario.diet, nutrient)
    for given, amount, _ in _supplements_before(scenario):
        inputs[given] += amount
    for given, value, _ in _drugs_before(scenario):
        inputs[given] = value
    return inputs


def to_regimen(scenario: Scenario) -> Regimen:
    """The timeline of a plan, to be laid over `habitual_inputs(scenario)`.

    What was taken "before" is in the habitual inputs; its stop is a Hold, listed first so that anything the plan holds
    later wins. Diet changes follow by their start: of two at once, the one that began last holds. Supplements and
    infusions are rates, a magnesium bolus a pulse into ecf_magnesium. Raises InputError as `habitual_inputs` does.
    """
    require_routed(scenario, ROUTED)
    planned = sorted([*_diet_changes(scenario), *_drugs(scenario)], key=lambda hold: hold.start)
    return Regimen(
        rates=(
            *(rate for supplement in scenario.supplement for rate in _supplement_rates(supplement)),
            *(_infusion_rate(infusion) for infusion in scenario.infusion if not _is_bolus(infusion)),
        ),
        holds=(*_ends_of_supplements(scenario), *_ends_of_drugs(scenario), *planned),
        pulses=tuple(
            _bolus(infusion, scenario.where("infusion", index))
            for index, infusion in enumerate(scenario.infusion)
            if _is_bolus(infusion)
        ),
    )


def _diet_changes(scenario: Scenario) -> Iterator[Hold]:
    for change in scenario.diet_change:
        for nutrient, given in DIET_INPUTS.items():
            value = getattr(change, nutrient)
            if value is not None:
                yield Hold(given, change.start, change.stop, value)


def _drugs(scenario: Scenario) -> Iterator[Hold]:
    for drug in scenario.drug:
        route = DRUG_ROUTES[drug.name]
        if drug.start != BEFORE:
            yield Hold(route.given, drug.start, drug.stop, route.value)


def _daily_amounts(supplement: Supplement) -> Iterator[tuple[str, float]]:
    """(input, amount per day) while the supplement is taken."""
    per_day = supplement.amount / (_MEALS_OF_A_DAY if supplement.every is None else supplement.every)
    for route in SUPPLEMENT_ROUTES[supplement.name]:
        yield route.given, per_day * (route.share_of_form[supplement.form or ""] if route.share_of_form else 1.0)


def _supplement_rates(supplement: Supplement) -> Iterator[Rate]:
    if supplement.start == BEFORE:
        return
    stop = supplement.start + _MEALS_OF_A_DAY if supplement.every is None else supplement.stop
    for given, amount in _daily_amounts(supplement):
        yield Rate(given, supplement.start, stop, amount)


def _supplements_before(scenario: Scenario) -> list[tuple[str, float, float]]:
    """(input, amount per day, day it stops) of what was already taken."""
    return [
        (given, amount, supplement.stop)
        for supplement in scenario.supplement
        if supplement.start == BEFORE
        for given, amount in _daily_amounts(supplement)
    ]


def _drugs_before(scenario: Scenario) -> list[tuple[str, float, float]]:
    """(input, value, day it stops) of drugs already taken."""
    routes = [(DRUG_ROUTES[drug.name], drug) for drug in scenario.drug if drug.start == BEFORE]
    return [(route.given, route.value, drug.stop) for route, drug in routes]


def _ends_of_supplements(scenario: Scenario) -> Iterator[Hold]:
    taken = _supplements_before(scenario)
    for given, stop in sorted({(given, stop) for given, _, stop in taken if math.isfinite(stop)}, key=lambda e: e[1]):
        still = sum(amount for name, amount, until in taken if name == given and until > stop)
        yield Hold(given, stop, math.inf, REFERENCE_INPUTS[given] + still)


def _ends_of_drugs(scenario: Scenario) -> Iterator[Hold]:
    taken = _drugs_before(scenario)
    for given, stop in sorted({(given, stop) for given, _, stop in taken if math.isfinite(stop)}, key=lambda e: e[1]):
        still = [value for name, value, until in taken if name == given and until > stop]
        yield Hold(given, stop, math.inf, still[-1] if still else REFERENCE_INPUTS[given])


def _is_bolus(infusion: Infusion) -> bool:
    return infusion.over is None


def _infusion_rate(infusion: Infusion) -> Rate:
    route, over = INFUSION_ROUTES[infusion.name], infusion.over or 0.0
    rate = infusion.rate if infusion.rate is not None else (infusion.amount or 0.0) / over * _per_day(infusion.name)
    return Rate(route.given, infusion.at, infusion.at + over, route.gain * rate)


def _per_day(name: str) -> float:
    """One unit of the amount a day, in the unit of the rate: ug/kg a day is 1/1440 ug/kg/min."""
    substance = INFUSIONS[name]
    amount, rate = parse_unit(substance.amount_unit or "1"), parse_unit(substance.rate_unit or "1/d")
    return (amount / parse_unit("d")).factor_to(rate)


def _bolus(infusion: Infusion, where: str) -> Pulses:
    pool = INFUSION_ROUTES[infusion.name].pool
    if pool is None:
        raise InputError(
            f"{infusion.name} is infused over a time, as the model knows its level and not its pool",
            received="an amount at once",
            where=where,
            hint='say how long, for example over = "2 hours"',
        )
    return Pulses(pool, infusion.at, 0.0, 1, infusion.amount or 0.0)
