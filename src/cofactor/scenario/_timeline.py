"""A scenario's plan as a timeline of model inputs, by the routing table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cofactor import body
from cofactor.errors import InputError
from cofactor.regimen import TIME_RESOLUTION_DAYS, Hold, Infusions, Pulses, Rate, Regimen, Reset
from cofactor.scenario._fields import BEFORE
from cofactor.scenario._light import lamp_holds, lamp_rates
from cofactor.scenario._names import CHALLENGES, DRUGS, INFUSIONS, SUPPLEMENTS, Substance
from cofactor.scenario._plan import Challenge, Drug, Infusion, Supplement
from cofactor.scenario._problems import nearest
from cofactor.scenario._routes import (
    CHALLENGE_ROUTES,
    CONDITION_ROUTES,
    DIET_INPUTS,
    DRUG_HOLDS,
    DRUG_PULSES,
    INFUSION_ROUTES,
    ROUTED,
    STRESS_DAYS,
    STRESS_INPUT,
    STRESS_SD,
    SUPPLEMENT_PULSES,
    SUPPLEMENT_ROUTES,
    PulseRoute,
    reference_inputs,
)
from cofactor.scenario._scenario import Scenario
from cofactor.scenario._support import require_routed
from cofactor.scenario._tables import Person
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
    Supplements and single infusions are rates, repeated ones trains; doses followed one by one, and boluses, are pulses
    into their pools. Everything comes its lag after it is taken. Raises InputError as `habitual_inputs` does, and for a
    reset of states the body does not have.
    """
    require_routed(scenario, ROUTED)
    courses = [Hold(c.given, c.start, c.stop, c.value) for c in _courses(scenario) if c.start != BEFORE]
    planned = sorted([*_diet_changes(scenario), *courses], key=lambda hold: hold.start)
    return Regimen(
        rates=(
            *(rate for supplement in scenario.supplement for rate in _supplement_rates(supplement)),
            *(_infusion_rate(i) for i in scenario.infusion if not _is_bolus(i) and i.every is None),
            *lamp_rates(scenario),
            *_stresses(scenario),
            *_challenge_rates(scenario),
        ),
        holds=(*_ends_of_supplements(scenario), *_ends_of_courses(scenario), *planned, *lamp_holds(scenario)),
        pulses=(
            *_supplement_pulses(scenario),
            *_drug_pulses(scenario),
            *_boluses(scenario),
            *_challenge_pulses(scenario),
        ),
        infusions=tuple(_infusion_trains(scenario)),
        resets=tuple(_resets(scenario)),
    )


def _stresses(scenario: Scenario) -> Iterator[Rate]:
    for event in scenario.event:
        if event.name == "stress" and event.size:
            over = event.over if event.over is not None else STRESS_DAYS
            yield Rate(STRESS_INPUT, event.at, event.at + over, event.size * STRESS_SD)


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
            _require_no_doses(drug, scenario.where("drug", index, "steady_state"))
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


def _require_no_doses(drug: Drug, where: str) -> None:
    if drug.steady_state:
        raise InputError(
            f"{drug.name} is known to the model as an effect and not dose by dose, so its doses have no steady state",
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
        yield Rate(given, supplement.start + supplement.lag, stop + supplement.lag, amount)


def _supplements_before(scenario: Scenario) -> list[tuple[str, float, float]]:
    """(input, amount per day, day it stops) of what was already taken."""
    return [
        (given, amount, supplement.stop + supplement.lag)
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
    given, amount, over = _flow(infusion)
    return Rate(given, infusion.at + infusion.lag, infusion.at + infusion.lag + over, amount)


def _infusion_trains(scenario: Scenario) -> Iterator[Infusions]:
    for index, infusion in enumerate(scenario.infusion):
        if _is_bolus(infusion) or infusion.every is None:
            continue
        given, amount, over = _flow(infusion)
        first, count = _doses_in_the_run(infusion, infusion.at, infusion.every, scenario, ("infusion", index))
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
                route.bolus.pool, test.at, 0.0, 1, amount * _worth(route.bolus, CHALLENGES[test.name], scenario)
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
                hint="steady_state = true, with the day of the first dose of the run, is for what was taken for long",
            )
        route = DRUG_PULSES[drug.name]
        amount = (drug.amount or 0.0) * _worth(route, DRUGS[drug.name], scenario)
        yield from _train(drug, route.pool, amount, scenario, ("drug", index))


def _train(
    entry: Supplement | Drug, pool: str, amount: float, scenario: Scenario, path: tuple[str | int, ...]
) -> Iterator[Pulses]:
    """The doses of one entry that arrive within the run."""
    if entry.every is None:
        yield Pulses(pool, entry.start + entry.lag, 0.0, 1, amount)
        return
    first, count = _doses_in_the_run(entry, entry.start, entry.every, scenario, path)
    yield Pulses(pool, first, entry.every, count, amount, entry.steady_state)


def _doses_in_the_run(
    entry: Supplement | Drug | Infusion, taken: float, every: float, scenario: Scenario, path: tuple[str | int, ...]
) -> tuple[float, int]:
    """The day the first dose of the run arrives, and how many do; one on the last moment would never be followed.

    Of doses in steady state those count too that were taken before day 0 and arrive after it.
    """
    first = taken + entry.lag
    if entry.steady_state:
        first = math.fmod(first, every)
        first = 0.0 if every - first <= TIME_RESOLUTION_DAYS else first  # 0.1 + 0.2 of 0.3 is the next one
    last = min(entry.stop + entry.lag, scenario.simulate.days)
    count = max(math.ceil((last - first - TIME_RESOLUTION_DAYS) / every), 1)
    if count > _MOST_DOSES:
        raise InputError(
            f"at most {_MOST_DOSES} doses of one thing are followed one by one",
            received=f"{count}",
            where=scenario.where(*path, "every"),
            hint="take them less often, or leave pulses out: then they are a rate",
        )
    return first, count


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
        if infusion.every is None:
            yield Pulses(route.pool, infusion.at + infusion.lag, 0.0, 1, amount)
            continue
        first, count = _doses_in_the_run(infusion, infusion.at, infusion.every, scenario, ("infusion", index))
        yield Pulses(route.pool, first, infusion.every, count, amount, infusion.steady_state)


def _resets(scenario: Scenario) -> Iterator[Reset]:
    known = body.assembled(body.EVERYTHING).states
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


def _worth(route: PulseRoute, substance: Substance, scenario: Scenario) -> float:
    """What one unit of the amount is in the unit of the pool."""
    adult = body.assembled(body.EVERYTHING)
    if not route.worth:
        one = Quantity(1.0, parse_unit(substance.amount_unit or "1"))
        return convert(one, adult.states[route.pool].unit, analyte=substance.analyte)
    changed = scenario.model.parameters
    return math.prod(changed.get(name, adult.constants[name].value) for name in route.worth)
