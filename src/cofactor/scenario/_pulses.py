"""What of a plan enters a pool at once: doses followed one by one, injections, boluses, and when they arrive."""

from __future__ import annotations

import math
from collections.abc import Iterator

from cofactor import body
from cofactor.errors import InputError
from cofactor.model import System
from cofactor.regimen import TIME_RESOLUTION_DAYS, Pulses
from cofactor.scenario._fields import BEFORE
from cofactor.scenario._names import DRUGS, INFUSIONS, SUPPLEMENTS, Substance
from cofactor.scenario._plan import Drug, Infusion, Supplement
from cofactor.scenario._routes import DRUG_PULSES, INFUSION_ROUTES, SUPPLEMENT_PULSES, PulseRoute
from cofactor.scenario._scenario import Scenario
from cofactor.units import Quantity, convert, parse_unit

_MOST_DOSES = 20_000
"""Doses of one entry followed one by one: 50 years of daily ones. Each restarts the integration."""


def pulses_of(scenario: Scenario) -> Iterator[Pulses]:
    """Every dose, injection and bolus of a plan. Raises InputError for what cannot be followed so."""
    yield from _supplement_pulses(scenario)
    yield from _drug_pulses(scenario)
    yield from _boluses(scenario)


def is_pulsed(supplement: Supplement) -> bool:
    """Followed dose by dose: asked for, or a single dose of what the gut can hold."""
    return supplement.pulses or (supplement.every is None and supplement.name in SUPPLEMENT_PULSES)


def _supplement_pulses(scenario: Scenario) -> Iterator[Pulses]:
    for index, supplement in enumerate(scenario.supplement):
        if is_pulsed(supplement):
            route, substance = SUPPLEMENT_PULSES[supplement.name], SUPPLEMENTS[supplement.name]
            amount = supplement.amount * worth(route, substance, scenario)
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
        amount = (drug.amount or 0.0) * worth(route, DRUGS[drug.name], scenario)
        yield from _train(drug, route.pool, amount, scenario, ("drug", index))


def _train(
    entry: Supplement | Drug, pool: str, amount: float, scenario: Scenario, path: tuple[str | int, ...]
) -> Iterator[Pulses]:
    """The doses of one entry that arrive within the run."""
    if entry.every is None:
        yield Pulses(pool, entry.start + entry.lag, 0.0, 1, amount)
        return
    first, count = doses_in_the_run(entry, entry.start, entry.every, scenario, path)
    yield Pulses(pool, first, entry.every, count, amount, entry.steady_state)


def doses_in_the_run(
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


def is_bolus(infusion: Infusion) -> bool:
    """Given all at once."""
    return infusion.over is None


def _boluses(scenario: Scenario) -> Iterator[Pulses]:
    for index, infusion in enumerate(scenario.infusion):
        if not is_bolus(infusion):
            continue
        route = INFUSION_ROUTES[infusion.name].bolus
        if route is None:
            raise InputError(
                f"{infusion.name} is infused over a time, as the model knows its level or its effect and not its pool",
                received="an amount at once",
                where=scenario.where("infusion", index),
                hint='say how long, for example over = "2 hours"',
            )
        amount = (infusion.amount or 0.0) * worth(route, INFUSIONS[infusion.name], scenario)
        if infusion.every is None:
            yield Pulses(route.pool, infusion.at + infusion.lag, 0.0, 1, amount)
            continue
        first, count = doses_in_the_run(infusion, infusion.at, infusion.every, scenario, ("infusion", index))
        yield Pulses(route.pool, first, infusion.every, count, amount, infusion.steady_state)


def worth(route: PulseRoute, substance: Substance, scenario: Scenario) -> float:
    """What one unit of the amount is in the unit of the pool."""
    if not route.worth:
        one, pool = Quantity(1.0, parse_unit(substance.amount_unit or "1")), whole_body().states[route.pool]
        return convert(one, pool.unit, analyte=substance.analyte)
    return math.prod(constant(name, scenario) for name in route.worth)


def constant(name: str, scenario: Scenario) -> float:
    """A parameter of the body, as the plan sets it or as it is."""
    own = scenario.model.parameters
    return own[name] if name in own else whole_body().constants[name].value


def whole_body() -> System:
    """The body with every addition, whose names a plan may use."""
    return body.assembled(body.EVERYTHING)
