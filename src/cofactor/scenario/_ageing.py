"""Whether everybody in a plan is a woman past menopause, whose bone ages while the plan runs."""

from __future__ import annotations

import math

from cofactor.people import population_like
from cofactor.scenario._fields import LogNormalDraw, NormalDraw
from cofactor.scenario._scenario import Scenario

_MENOPAUSE = "postmenopausal"
_MOST_OF_A_DRAW_SDS = 2.0
"""A drawn age counts by its lower end: 98 of 100 are older."""


def past_menopause(scenario: Scenario) -> tuple[float, float] | None:
    """From which day to which (d) everybody of the plan is past menopause; None where some are not, or it is not said.

    By the condition while it lasts, by the population, or by women's age: past the usual age at menopause (people/
    populations.toml), of which a drawn age keeps nearly everybody.
    """
    who = scenario.person or scenario.population
    if who is None:
        return None
    if _by_age(scenario) or _by_population(scenario):
        return 0.0, math.inf
    spans = [(max(c.start, 0.0), c.stop) for c in who.conditions if c.name == _MENOPAUSE]
    return spans[0] if spans else None


def _by_population(scenario: Scenario) -> bool:
    """A population whose women have all had their menopause, and which is of women alone."""
    if scenario.population is None:
        return False
    like = population_like(scenario.population.like)
    return like.women == 1.0 and like.menopause.mean_years < like.ages.years[0] and not like.menopause.sd_years


def _by_age(scenario: Scenario) -> bool:
    who = scenario.person or scenario.population
    if who is None or who.sex != "female" or who.age is None:
        return False
    return _youngest(who.age) > population_like("adults").menopause.mean_years


def _youngest(age: float | NormalDraw | LogNormalDraw) -> float:
    if isinstance(age, NormalDraw):
        return max(age.mean - _MOST_OF_A_DRAW_SDS * age.sd, age.low)
    if isinstance(age, LogNormalDraw):
        return max(age.median * math.exp(-_MOST_OF_A_DRAW_SDS * age.log_sd), age.low)
    return age
