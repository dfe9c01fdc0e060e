"""A scenario's plan as a timeline of model inputs, by the routing table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cofactor.errors import InputError
from cofactor.regimen import Hold, Infusions, Pulses, Rate, Regimen, Reset
from cofactor.scenario._fields import BEFORE
from cofactor.scenario._light import lamp_holds, lamp_rates
from cofactor.scenario._names import CHALLENGES, DRUGS, INFUSIONS
from cofactor.scenario._plan import Challenge, Drug, Infusion, Supplement
from cofactor.scenario._problems import nearest
from cofactor.scenario._pulses import constant, doses_in_the_run, is_bolus, is_pulsed, pulses_of, whole_body, worth
from cofactor.scenario._routes import (
    CHALLENGE_ROUTES,
    CONDITION_ROUTES,
    DIET_INPUTS,
    DRUG_HOLDS,
    DRUG_RATES,
    INFUSION_ROUTES,
    ROUTED,
    STRESS_DAYS,
    STRESS_INPUT,
    STRESS_UNIT,
    SUPPLEMENT_ROUTES,
    reference_inputs,
)
from cofactor.scenario._scenario import Scenario
from cofactor.scenario._support import require_routed
from cofactor.scenario._tables import Person
from cofactor.units import parse_unit

_MEALS_OF_A_DAY = 1.0
"""Days over which one oral dose of a mineral is swallowed. Their gut works by meals and holds no lumen pool, so a dose
taken once is that day's meals, and a train of doses is its daily rate."""
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
    for given, amount, _ in _taken_before(scenario):
        inputs[given] += amount
    for course in _courses(scenario):
        if course.start == BEFORE:
            inputs[course.given] = course.value
    return inputs


def to_regimen(scenario: Scenario) -> Regimen:
    """The timeline of a plan, to be laid over `habitual_inputs(scenario)`.

    What was there "before" is in the habitual inputs; its stop is a Hold, listed first so that anything the plan holds
    later wins. Diet changes, drugs and conditions follow by their start: of two at once, the one that began last holds.
    Supplements, drugs by mouth of any dose and single infusions are rates, repeated infusions trains; doses followed one
    by one, and boluses, are pulses into their pools. Everything comes its lag after it is taken. Raises InputError as
    `habitual_inputs` does, and for a reset of states the body does not have.
    """
    require_routed(scenario, ROUTED)
    courses = [Hold(c.given, c.start, c.stop, c.value) for c in _courses(scenario) if c.start != BEFORE]
    planned = sorted([*_diet_changes(scenario), *courses], key=lambda hold: hold.start)
    return Regimen(
        rates=(
            *(rate for entry in _taken_as_rates(scenario) for rate in _rates(entry)),
            *(_infusion_rate(i) for i in scenario.infusion if not is_bolus(i) and i.every is None),
            *lamp_rates(scenario),
            *_stresses(scenario),
            *_challenge_rates(scenario),
        ),
        holds=(*_ends_of_rates(scenario), *_ends_of_courses(scenario), *planned, *lamp_holds(scenario)),
        pulses=(*pulses_of(scenario), *_challenge_pulses(scenario)),
        infusions=tuple(_infusion_trains(scenario)),
        resets=tuple(_resets(scenario)),
    )


def _stresses(scenario: Scenario) -> Iterator[Rate]:
    for event in scenario.event:
        if event.name == "stress" and event.size:
            over = event.over if event.over is not None else STRESS_DAYS
            yield Rate(STRESS_INPUT, event.at, event.at + over, event.size * constant(STRESS_UNIT, scenario))


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
            _require_no_doses(drug, "as an effect", scenario.where("drug", index, "steady_state"))
            found += _held(DRUG_HOLDS[drug.name].values, drug.start + drug.lag, drug.stop + drug.lag)
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


def _require_no_doses(drug: Drug, known: str, where: str) -> None:
    if drug.steady_state:
        raise InputError(
            f"{drug.name} is known to the model {known} and not dose by dose, so its doses have no steady state",
            received="steady_state = true",
            where=where,
            hint='start = "before" says that it was taken for long',
        )


def _ends_of_courses(scenario: Scenario) -> Iterator[Hold]:
    taken = [course for course in _courses(scenario) if course.start == BEFORE]
    ends = {(course.given, course.stop) for course in taken if math.isfinite(course.stop)}
    for given, stop in sorted(ends, key=lambda end: (end[1], end[0])):
        still = [course.value for course in taken if course.given == given and course.stop > stop]
        yield Hold(given, stop, math.inf, still[-1] if still else reference_inputs()[given])


# -- what is taken as a rate --------------------------------------------------------------------------------------------


def _taken_as_rates(scenario: Scenario) -> list[Supplement | Drug]:
    """Supplements that are not followed dose by dose, and drugs by mouth of any dose."""
    for index, supplement in enumerate(scenario.supplement):
        _require_no_doses_to_forget(supplement, scenario, index)
    taken: list[Supplement | Drug] = [each for each in scenario.supplement if not is_pulsed(each)]
    for index, drug in enumerate(scenario.drug):
        if drug.name in DRUG_RATES:
            _require_no_doses(drug, "by its daily amount", scenario.where("drug", index, "steady_state"))
            taken.append(drug)
    return taken


def _require_no_doses_to_forget(supplement: Supplement, scenario: Scenario, index: int) -> None:
    """A share of a daily amount is known; which doses are forgotten, and whether a single one is, nobody knows."""
    who = scenario.person or scenario.population
    one_by_one = supplement.pulses or supplement.every is None
    if who is not None and who.adherence != 1.0 and one_by_one:
        raise InputError(
            "adherence is the share that is taken of a dose that comes again and again, as a rate",
            received="pulses = true" if supplement.pulses else 'every = "once"',
            where=scenario.where("supplement", index, "pulses" if supplement.pulses else "every"),
            hint="without adherence every dose is taken",
        )


def _daily_amounts(entry: Supplement | Drug) -> Iterator[tuple[str, float]]:
    """(input, amount per day) while it is taken."""
    per_day = (entry.amount or 0.0) / (_MEALS_OF_A_DAY if entry.every is None else entry.every)
    if isinstance(entry, Drug):
        yield DRUG_RATES[entry.name], per_day
        return
    for route in SUPPLEMENT_ROUTES[entry.name]:
        yield route.given, per_day * (route.share_of_form[entry.form or ""] if route.share_of_form else 1.0)


def _rates(entry: Supplement | Drug) -> Iterator[Rate]:
    if entry.start == BEFORE:
        return
    stop = entry.start + _MEALS_OF_A_DAY if entry.every is None else entry.stop
    for given, amount in _daily_amounts(entry):
        yield Rate(given, entry.start + entry.lag, stop + entry.lag, amount)


def _taken_before(scenario: Scenario) -> list[tuple[str, float, float]]:
    """(input, amount per day, day it stops) of what was already taken."""
    return [
        (given, amount, entry.stop + entry.lag)
        for entry in _taken_as_rates(scenario)
        if entry.start == BEFORE
        for given, amount in _daily_amounts(entry)
    ]


def _ends_of_rates(scenario: Scenario) -> Iterator[Hold]:
    taken = _taken_before(scenario)
    for given, stop in sorted({(given, stop) for given, _, stop in taken if math.isfinite(stop)}, key=lambda e: e[1]):
        still = sum(amount for name, amount, until in taken if name == given and until > stop)
        yield Hold(given, stop, math.inf, reference_inputs()[given] + still)


def _infusion_rate(infusion: Infusion) -> Rate:
    given, amount, over = _flow(infusion)
    return Rate(given, infusion.at + infusion.lag, infusion.at + infusion.lag + over, amount)


def _infusion_trains(scenario: Scenario) -> Iterator[Infusions]:
    for index, infusion in enumerate(scenario.infusion):
        if is_bolus(infusion) or infusion.every is None:
            continue
        given, amount, over = _flow(infusion)
        first, count = doses_in_the_run(infusion, infusion.at, infusion.every, scenario, ("infusion", index))
        yield Infusions(given, first, infusion.every, count, over, amount, infusion.steady_state)


def _flow(infusion: Infusion) -> tuple[str, float, float]:
    """(input, what is added to it, days it lasts) of one infusion."""
    route, over = INFUSION_ROUTES[infusion.name], infusion.over or 0.0
    rate = infusion.rate if infusion.rate is not None else (infusion.amount or 0.0) / over * _per_day(infusion.name)
    return route.given, route.gain * rate, over


def _per_day(name: str) -> float:
    """One unit of the amount a day, in the unit of the rate: ug/kg a day is 1/1440 ug/kg/min."""
    substance = INFUSIONS[name]
    amount, rate = parse_unit(substance.amount_unit or "1"), parse_unit(substance.rate_unit or "1/d")
    return (amount / parse_unit("d")).factor_to(rate)


# -- challenges ---------------------------------------------------------------------------------------------------------


def _challenge_pulses(scenario: Scenario) -> Iterator[Pulses]:
    """Tests whose dose enters a pool at once: the person is then followed as they are on that day."""
    for test in scenario.challenge:
        route = CHALLENGE_ROUTES[test.name]
        if route.bolus is not None:
            amount = _amount_of(test, scenario)
            yield Pulses(
                route.bolus.pool, test.at, 0.0, 1, amount * worth(route.bolus, CHALLENGES[test.name], scenario)
            )


def _amount_of(test: Challenge, scenario: Scenario) -> float:
    """What is given, or what usually is."""
    route, who = CHALLENGE_ROUTES[test.name], scenario.person or scenario.population
    if test.amount is not None:
        return test.amount
    weight = getattr(who, "weight", None)
    return route.usual * ((weight if isinstance(weight, float) else Person().weight) if route.per_kg else 1.0)


def _challenge_rates(scenario: Scenario) -> Iterator[Rate]:
    """Tests whose dose runs in over minutes."""
    for test in scenario.challenge:
        route = CHALLENGE_ROUTES[test.name]
        if route.given:
            amount = _amount_of(test, scenario)
            yield Rate(route.given, test.at, test.at + route.over, amount / route.over)


# -- resets -------------------------------------------------------------------------------------------------------------


def _resets(scenario: Scenario) -> Iterator[Reset]:
    known = whole_body().states
    for index, reset in enumerate(scenario.reset):
        for place, name in enumerate(reset.states):
            if name not in known:
                raise InputError(
                    "a reset is of states of the body",
                    received=repr(name),
                    where=scenario.where("reset", index, "states", place),
                    hint=f"nearest: {nearest(name, known)}",
                )
        yield Reset(reset.at, reset.states, reset.to)
