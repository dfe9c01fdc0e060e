"""A scenario's plan as a timeline of model inputs, by the routing table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cofactor import body
from cofactor.errors import InputError
from cofactor.regimen import TIME_RESOLUTION_DAYS, Hold, Pulses, Rate, Regimen
from cofactor.scenario._fields import BEFORE
from cofactor.scenario._names import DRUGS, INFUSIONS, SUPPLEMENTS, Substance
from cofactor.scenario._plan import Drug, Infusion, Supplement
from cofactor.scenario._routes import (
    CONDITION_ROUTES,
    DIET_INPUTS,
    DRUG_HOLDS,
    DRUG_PULSES,
    INFUSION_ROUTES,
    ROUTED,
    SUPPLEMENT_PULSES,
    SUPPLEMENT_ROUTES,
    PulseRoute,
    reference_inputs,
)
from cofactor.scenario._scenario import Scenario
from cofactor.scenario._support import require_routed
from cofactor.units import Quantity, convert, parse_unit

_MEALS_OF_A_DAY = 1.0
"""Days over which one oral dose of a mineral is swallowed. Their gut works by meals and holds no lumen pool, so a dose
taken once is that day's meals, and a train of doses is its daily rate."""
_MOST_DOSES = 20_000
"""Doses of one entry followed one by one: 50 years of daily ones. Each restarts the integration."""
_SAME_DOSE = 1e-9


@dataclass(frozen=True, slots=True)
class _Course:
    """An input held at a value from start to stop (days): what a drug or a condition does while it lasts."""

    given: str
    value: float
    start: float
    stop: float


def habitual_inputs(scenario: Scenario) -> dict[str, float]:
    """Model inputs the resting state is solved on: the reference adult, this diet, and what was there "before".

    Units: those of the body's inputs. Raises InputError for a plan no organ answers, as `require_supported` does.
    """
    require_routed(scenario, ROUTED)
    inputs = dict(reference_inputs())
    for nutrient, given in DIET_INPUTS.items():
        inputs[given] = getattr(scenario.diet, nutrient)
    for given, amount, _ in _supplements_before(scenario):
        inputs[given] += amount
    for course in _courses(scenario):
        if course.start == BEFORE:
            inputs[course.given] = course.value
    return inputs


def to_regimen(scenario: Scenario) -> Regimen:
    """The timeline of a plan, to be laid over `habitual_inputs(scenario)`.

    What was there "before" is in the habitual inputs; its stop is a Hold, listed first so that anything the plan holds
    later wins. Diet changes, drugs and conditions follow by their start: of two at once, the one that began last holds.
    Supplements and infusions are rates; doses followed one by one, and boluses, are pulses into their pools. Raises
    InputError as `habitual_inputs` does.
    """
    require_routed(scenario, ROUTED)
    courses = [Hold(c.given, c.start, c.stop, c.value) for c in _courses(scenario) if c.start != BEFORE]
    planned = sorted([*_diet_changes(scenario), *courses], key=lambda hold: hold.start)
    return Regimen(
        rates=(
            *(rate for supplement in scenario.supplement for rate in _supplement_rates(supplement)),
            *(_infusion_rate(infusion) for infusion in scenario.infusion if not _is_bolus(infusion)),
        ),
        holds=(*_ends_of_supplements(scenario), *_ends_of_courses(scenario), *planned),
        pulses=(*_supplement_pulses(scenario), *_drug_pulses(scenario), *_boluses(scenario)),
    )


def _diet_changes(scenario: Scenario) -> Iterator[Hold]:
    for change in scenario.diet_change:
        for nutrient, given in DIET_INPUTS.items():
            value = getattr(change, nutrient)
            if value is not None:
                yield Hold(given, change.start, change.stop, value)


# -- drugs and conditions that hold an input ----------------------------------------------------------------------------


def _courses(scenario: Scenario) -> list[_Course]:
    """What drugs and conditions hold; a drug of one known dose is refused at another."""
    found: list[_Course] = []
    for index, drug in enumerate(scenario.drug):
        if drug.name in DRUG_HOLDS:
            _require_usual_dose(drug, scenario.where("drug", index, "amount"))
            found += _held(DRUG_HOLDS[drug.name].values, drug.start, drug.stop)
    who = scenario.person or scenario.population
    for condition in who.conditions if who is not None else ():
        if condition.name in CONDITION_ROUTES:
            found += _held(CONDITION_ROUTES[condition.name].values, condition.start, condition.stop)
    return found


def _held(values: Mapping[str, float], start: float, stop: float) -> list[_Course]:
    return [_Course(given, value, start, stop) for given, value in values.items()]


def _require_usual_dose(drug: Drug, where: str) -> None:
    usual, unit = DRUG_HOLDS[drug.name].usual_per_day, DRUGS[drug.name].amount_unit
    if usual is None:
        return
    if drug.every is None or not math.isclose((drug.amount or 0.0) / drug.every, usual, rel_tol=_SAME_DOSE):
        given = f"{drug.amount:g} {unit}, {'once' if drug.every is None else f'every {drug.every:g} days'}"
        raise InputError(
            f"{drug.name} is known to the model at its usual dose, {usual:g} {unit} a day, and at no other",
            received=given,
            where=where,
            hint=f'write amount = "{usual:g} {unit}", or "{7 * usual:g} {unit}" with every = "1 week"',
        )


def _ends_of_courses(scenario: Scenario) -> Iterator[Hold]:
    taken = [course for course in _courses(scenario) if course.start == BEFORE]
    ends = {(course.given, course.stop) for course in taken if math.isfinite(course.stop)}
    for given, stop in sorted(ends, key=lambda end: (end[1], end[0])):
        still = [course.value for course in taken if course.given == given and course.stop > stop]
        yield Hold(given, stop, math.inf, still[-1] if still else reference_inputs()[given])


# -- what is taken as a rate --------------------------------------------------------------------------------------------


def _is_pulsed(supplement: Supplement) -> bool:
    """Followed dose by dose: asked for, or a single dose of what the gut can hold."""
    return supplement.pulses or (supplement.every is None and supplement.name in SUPPLEMENT_PULSES)


def _daily_amounts(supplement: Supplement) -> Iterator[tuple[str, float]]:
    """(input, amount per day) while the supplement is taken."""
    per_day = supplement.amount / (_MEALS_OF_A_DAY if supplement.every is None else supplement.every)
    for route in SUPPLEMENT_ROUTES[supplement.name]:
        yield route.given, per_day * (route.share_of_form[supplement.form or ""] if route.share_of_form else 1.0)


def _supplement_rates(supplement: Supplement) -> Iterator[Rate]:
    if supplement.start == BEFORE or _is_pulsed(supplement):
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


def _ends_of_supplements(scenario: Scenario) -> Iterator[Hold]:
    taken = _supplements_before(scenario)
    for given, stop in sorted({(given, stop) for given, _, stop in taken if math.isfinite(stop)}, key=lambda e: e[1]):
        still = sum(amount for name, amount, until in taken if name == given and until > stop)
        yield Hold(given, stop, math.inf, reference_inputs()[given] + still)


def _infusion_rate(infusion: Infusion) -> Rate:
    route, over = INFUSION_ROUTES[infusion.name], infusion.over or 0.0
    rate = infusion.rate if infusion.rate is not None else (infusion.amount or 0.0) / over * _per_day(infusion.name)
    return Rate(route.given, infusion.at, infusion.at + over, route.gain * rate)


def _per_day(name: str) -> float:
    """One unit of the amount a day, in the unit of the rate: ug/kg a day is 1/1440 ug/kg/min."""
    substance = INFUSIONS[name]
    amount, rate = parse_unit(substance.amount_unit or "1"), parse_unit(substance.rate_unit or "1/d")
    return (amount / parse_unit("d")).factor_to(rate)


# -- what enters a pool at once -----------------------------------------------------------------------------------------


def _supplement_pulses(scenario: Scenario) -> Iterator[Pulses]:
    for index, supplement in enumerate(scenario.supplement):
        if _is_pulsed(supplement):
            route, substance = SUPPLEMENT_PULSES[supplement.name], SUPPLEMENTS[supplement.name]
            amount = supplement.amount * _worth(route, substance, scenario)
            yield from _train(supplement, route.pool, amount, scenario, ("supplement", index))


def _drug_pulses(scenario: Scenario) -> Iterator[Pulses]:
    for index, drug in enumerate(scenario.drug):
        if drug.name not in DRUG_PULSES:
            continue
        if drug.start == BEFORE:
            raise InputError(
                f"{drug.name} is followed dose by dose, so it starts on a day of the run",
                received="start = 'before'",
                where=scenario.where("drug", index, "start"),
                hint="begin earlier: simulate the doses of the past too",
            )
        route = DRUG_PULSES[drug.name]
        amount = (drug.amount or 0.0) * _worth(route, DRUGS[drug.name], scenario)
        yield from _train(drug, route.pool, amount, scenario, ("drug", index))


def _train(
    entry: Supplement | Drug, pool: str, amount: float, scenario: Scenario, path: tuple[str | int, ...]
) -> Iterator[Pulses]:
    """The doses of one entry that fall within the run; one on the last moment would be given and never followed."""
    if entry.every is None:
        yield Pulses(pool, entry.start, 0.0, 1, amount)
        return
    last = min(entry.stop, scenario.simulate.days)
    count = max(math.ceil((last - entry.start - TIME_RESOLUTION_DAYS) / entry.every), 1)
    if count > _MOST_DOSES:
        raise InputError(
            f"at most {_MOST_DOSES} doses of one thing are followed one by one",
            received=f"{count}",
            where=scenario.where(*path, "every"),
            hint="take them less often, or leave pulses out: then they are a rate",
        )
    yield Pulses(pool, entry.start, entry.every, count, amount)


def _is_bolus(infusion: Infusion) -> bool:
    return infusion.over is None


def _boluses(scenario: Scenario) -> Iterator[Pulses]:
    for index, infusion in enumerate(scenario.infusion):
        if not _is_bolus(infusion):
            continue
        route = INFUSION_ROUTES[infusion.name].bolus
        if route is None:
            raise InputError(
                f"{infusion.name} is infused over a time, as the model knows its level or its effect and not its pool",
                received="an amount at once",
                where=scenario.where("infusion", index),
                hint='say how long, for example over = "2 hours"',
            )
        amount = (infusion.amount or 0.0) * _worth(route, INFUSIONS[infusion.name], scenario)
        yield Pulses(route.pool, infusion.at, 0.0, 1, amount)


def _worth(route: PulseRoute, substance: Substance, scenario: Scenario) -> float:
    """What one unit of the amount is in the unit of the pool."""
    adult = body.adult()
    if not route.worth:
        one = Quantity(1.0, parse_unit(substance.amount_unit or "1"))
        return convert(one, adult.states[route.pool].unit, analyte=substance.analyte)
    changed = scenario.model.parameters
    return math.prod(changed.get(name, adult.constants[name].value) for name in route.worth)
