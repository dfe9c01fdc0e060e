"""How often healthy skin falls ill: of adults, and of people prone to psoriasis at the best estimate and over draws."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from cofactor import body, simulate
from cofactor.engine import Course, march_engine
from cofactor.people import BURN_IN_DAYS, GENERAL, Person, skin_noise, skins
from cofactor.scenario import Scenario, cast_of

PLAN = """
[population]
like = "psoriasis_prone"
n = {people}
[simulate]
days = 420
output_every = "7 days"
"""
YEAR, LASTING = 52, 9
"""Weekly visits in a year, and those in a row at which a plaque that lasts for two months is seen."""
LEAST, MOST = 0.004, 0.02
"""About 1.2 in 100 a year: skin-E91's 1.4 in 1000, 8.9 times as many (skin-E92); the margins of tests/body."""
ONE_SITE = 0.04


ADULTS, DAYS, VISIT = 6000, 425, 5


@lru_cache
def adults() -> list[Person]:
    plan = Scenario.from_dict({"population": {"like": "adults", "n": ADULTS}})
    return cast_of(plan, body.assembled("adult")).people


def test_adults_differ_in_their_thresholds_as_patients_do():
    """psoriasis.md 2h: standard numbers, scaled by sB and sW; the skins that skin-E91 is emulated with."""
    skin = [who.skin for who in adults()]
    person = np.array([each["threshold_of_person"] for each in skin])
    site = np.array([each["threshold_of_site"] for each in skin])
    assert (person.mean(), person.std()) == (pytest.approx(0, abs=0.05), pytest.approx(1, abs=0.05))
    assert (site.mean(), site.std()) == (pytest.approx(0, abs=0.02), pytest.approx(1, abs=0.02))
    assert {each["threshold_factor"] for each in skin} == {GENERAL.threshold_factor}
    assert not any(who.lesional for who in adults())
    emulated = skins(GENERAL, 3, 1)
    assert [each["threshold_of_person"] for each in emulated] == person[:3].tolist()


def test_adults_fall_ill_as_rarely_as_people_do():
    """skin-E91: 1.4 in 1000 a year, which threshold_factor was fitted to; here at usual levels of the core, 5 of 6000."""
    skin = body.psoriatic_skin()
    noise = skin_noise(1, tuple(range(ADULTS)), BURN_IN_DAYS + DAYS)
    held = {name: course[BURN_IN_DAYS:] for name, course in noise.items()}
    starts, inputs = (np.tile(row, (ADULTS, 1)) for row in (skin.start, skin.input_vector()))
    parameters = skin.parameter_table([who.skin for who in adults()])
    engine = march_engine(skin, ("sites_with_plaque",))
    seen = engine.run(starts, parameters, inputs, Course(DAYS, held=held), every=VISIT).observed[:, :, 0] > ONE_SITE
    lasting = np.array([seen[:, first : first + 12].all(axis=1) for first in range(73)]).any(axis=0)
    assert 0.0005 <= lasting.mean() <= 0.003


@lru_cache
def sites(people: int, draws: int | None) -> np.ndarray:
    """Share of the sites that hold a plaque (runs, visits)."""
    result = simulate(Scenario.from_text(PLAN.format(people=people)), observables=["sites_with_plaque"], draws=draws)
    return result.observables["sites_with_plaque"]


def lasting(seen: np.ndarray) -> float:
    """Share of people in whom a plaque that begins within the year lasts."""
    there = seen > ONE_SITE
    return float(np.array([there[:, k : k + LASTING].all(axis=1) for k in range(YEAR)]).any(axis=0).mean())


def test_plaques_that_last_begin_as_rarely_as_they_do():
    assert LEAST <= lasting(sites(1000, None)) <= MOST


def test_over_the_models_draws_they_stay_within_the_same_margins():
    assert LEAST <= lasting(sites(60, 100)) <= MOST


@pytest.mark.xfail(
    reason="6.2 in 100 a year (2.6 at the best estimate): most plaques that a weekly visit sees pass by themselves",
    raises=AssertionError,
)
def test_over_the_models_draws_any_plaque_at_a_weekly_visit_is_as_rare():
    """What the docket counts as onset (most_sites_with_plaque above 0)."""
    assert (sites(60, 100)[:, : YEAR + 1] > 0).any(axis=1).mean() <= MOST
