"""What studies of skin record, on made-up runs: ratings, months, a first plaque."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cofactor.people import BURN_IN_DAYS, skin_noise
from cofactor.qualify import Compare
from cofactor.qualify._arms import ArmRun
from cofactor.qualify._read import quantities_of, unit, values
from cofactor.run import body_system
from cofactor.scenario import Scenario

PEOPLE = 4000


def run(times: list[float], numbers: np.ndarray | None = None, **courses: np.ndarray) -> ArmRun:
    """People with courses by name, (people, times)."""
    count = len(next(iter(courses.values())))
    plan = Scenario.from_dict({"population": {"n": count, "seed": 3}, "simulate": {"days": max(times)}})
    return ArmRun(
        name="a", plan=plan, times=np.array(times), values=courses, accounts={}, weights=np.full(count, 70.0),
        who=np.arange(count), system=body_system(), failures=(),
        numbers=np.arange(count) if numbers is None else numbers,
    )  # fmt: skip


STEADY = run([0.0, 84.0, 2000.0], pasi=np.full((PEOPLE, 3), 8.0))


def test_a_rating_errs_by_15_percent_about_the_pasi():
    """psoriasis.md 2g: SD 0.10-0.20 of the logarithm."""
    rated = values(STEADY, "rated_pasi", 84.0)
    assert np.median(rated) == pytest.approx(8.0, rel=0.01)
    assert np.log(rated).std() == pytest.approx(0.15, rel=0.05)


def test_a_rating_is_the_same_for_the_same_person_and_day_in_every_arm():
    assert np.array_equal(values(STEADY, "rated_pasi", 84.0), values(STEADY, "rated_pasi", 84.0))
    assert not np.array_equal(values(STEADY, "rated_pasi", 84.0), values(STEADY, "rated_pasi", 0.0))
    again = run([0.0, 84.0], np.arange(PEOPLE)[::-1], pasi=np.full((PEOPLE, 2), 8.0))
    assert np.array_equal(values(again, "rated_pasi", 84.0), values(STEADY, "rated_pasi", 84.0)[::-1])


@pytest.mark.parametrize(("name", "left"), [("pasi_in_trial", 0.90), ("pasi_on_ointment", 0.80), ("rated_pasi", 1.0)])
def test_a_trial_takes_away_its_placebo_response(name: str, left: float):
    """psoriasis.md 2g: 0.10 systemic, 0.20 vehicle, none where people are watched, in the end."""
    assert np.median(values(STEADY, name, 2000.0)) / 8.0 == pytest.approx(left, abs=0.03)
    assert np.median(values(STEADY, name, 0.0)) == pytest.approx(8.0, rel=0.01)


def test_four_of_a_hundred_in_a_trial_remit_by_twelve_weeks():
    """psoriasis.md 2g; remission is a fall by three quarters."""
    fallen = values(STEADY, "pasi_in_trial", 84.0) <= 0.25 * values(STEADY, "pasi_in_trial", 0.0)
    assert fallen.mean() == pytest.approx(0.04, abs=0.01)
    assert not (values(STEADY, "rated_pasi", 84.0) <= 0.25 * values(STEADY, "rated_pasi", 0.0)).any()


def test_two_ratings_of_one_skin_are_apart_as_far_as_their_errors_say():
    """Mean absolute difference of two normals: 2 / sqrt(pi) of their SD."""
    apart = values(STEADY, "difference_of_ratings", 84.0)
    assert apart.mean() / 8.0 == pytest.approx(2 / np.sqrt(np.pi) * 0.15, rel=0.06)
    pair = np.corrcoef(values(STEADY, "rated_pasi", 84.0), values(STEADY, "second_rating", 84.0))[0, 1]
    assert abs(pair) < 0.05, "errors of two ratings are their own"


def test_a_month_of_stress_is_the_mean_of_its_days():
    people = run([0.0, 60.0, 90.0], np.array([4, 4, 7]), pasi=np.ones((3, 3)))
    course = skin_noise(3, (4, 7), BURN_IN_DAYS + 90)["stress_noise"]
    month = course[BURN_IN_DAYS + 60 : BURN_IN_DAYS + 90].mean(axis=0)
    before = course[BURN_IN_DAYS + 30 : BURN_IN_DAYS + 60].mean(axis=0)
    assert values(people, "stress_of_the_month", 90.0) == pytest.approx([month[0], month[0], month[1]])
    assert values(people, "stress_of_the_month_before", 90.0) == pytest.approx([before[0], before[0], before[1]])


def test_what_was_gained_since_the_start():
    rising = run([0.0, 30.0], serum_25ohd=np.array([[30.0, 75.0]]), pasi=np.array([[8.0, 2.0]]))
    assert values(rising, "gain_of_25ohd", 30.0) == pytest.approx([45.0])
    assert values(rising, "relative_pasi", 30.0) == pytest.approx([0.25])
    assert unit(rising, "gain_of_25ohd")[1] == "25ohd"


def test_psoriasis_is_a_plaque_that_stays_for_two_months():
    times = [0.0, *(5.0 * k for k in range(1, 31))]
    days = np.array(times)
    stays = np.where((days >= 20) & (days <= 80), 0.05, 0.0)  # sixty days
    passes = np.where((days >= 20) & (days <= 75), 0.05, 0.0)
    twice = np.where(((days >= 10) & (days <= 50)) | ((days >= 60) & (days <= 100)), 0.10, 0.0)
    slight = np.full(len(days), 0.03)  # less than one of twenty sites
    people = run(times, sites_with_plaque=np.array([stays, passes, twice, slight]))
    assert values(people, "without_psoriasis", 150.0).tolist() == [0, 1, 1, 1]
    assert values(people, "without_psoriasis", 75.0).tolist() == [1, 1, 1, 1], "not yet"


def test_a_comparison_asks_the_body_for_what_a_record_needs():
    base = {"arm": "a", "observed": {"result": "x"}}
    of = Compare.model_validate({**base, "of": "relative_pasi", "form": "correlation", "against": "gain_of_25ohd"})
    assert quantities_of(of) == ("pasi", "serum_25ohd")
    among = {"of": "rated_pasi", "at": "1 d", "below": "1 points"}
    assert quantities_of(Compare.model_validate({**base, "of": "serum_25ohd", "among": among})) == (
        "serum_25ohd",
        "pasi",
    )


def test_how_far_the_year_of_25ohd_trails_the_longest_day():
    """A course whose top is on day 231 of 2010: 21 June is day 171 from 1 January."""
    days = np.arange(0.0, 411.0, 3.0)
    course = 60 + 20 * np.cos(2 * np.pi * (days - 231) / 365)
    seen = run(days.tolist(), serum_25ohd=np.tile(course, (2, 1)))
    seen = replace(seen, plan=Scenario.from_dict({"population": {"n": 2}, "simulate": {"start": date(2010, 1, 1)}}))
    assert values(seen, "peak_of_25ohd_after_the_longest_day", 353.0) == pytest.approx([60.0, 60.0], abs=1.5)


def test_the_sun_on_all_skin_is_that_on_the_exposed_shared_out():
    sun, share = np.array([[1.0, 3.0, 9.0]]), np.array([[0.1, 0.2, 0.5]])
    seen = run([0.0, 15.0, 30.0], sun_erythemal_dose=sun, exposed_fraction=share)
    assert values(seen, "whole_body_equivalent_sun_dose", 15.0) == pytest.approx([0.35])


def test_a_gain_of_d3_is_what_has_come_since_the_start():
    seen = run([0.0, 2.0], serum_d3=np.array([[4.0, 10.0]]))
    assert values(seen, "gain_of_d3", 2.0) == pytest.approx([6.0])
