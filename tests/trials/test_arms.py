"""Arms share their people; imposed levels have the stated mean and spread and keep everybody's rank."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor.errors import InputError, ModelError
from cofactor.people import population_like
from cofactor.scenario import Scenario
from cofactor.trials import FULL, Arm, Imposed, Size, _arms, arm_from, run_arm

POPULATION = {"population": {"like": "adults"}, "simulate": {"days": 30}}
SUPPLEMENT = {"name": "magnesium", "form": "citrate", "amount": "300 mg", "every": "1 day"}
SMALL = Size(draws=3, people=4, seed=2)


def test_the_same_people_start_alike_in_every_arm():
    control = run_arm(arm_from("control", POPULATION), SMALL, ["serum_magnesium"])
    treated = run_arm(arm_from("treated", {**POPULATION, "supplement": [SUPPLEMENT]}), SMALL, ["serum_magnesium"])
    name = "serum_magnesium"
    kept = np.isfinite(control.start(name))
    assert np.array_equal(control.start(name), treated.start(name), equal_nan=True)
    assert np.all(treated.at(name)[kept] > control.at(name)[kept])
    assert control.at(name).shape == (3, 4)
    assert np.allclose(control.at(name)[kept], control.start(name)[kept], rtol=1e-7)


def test_an_arm_is_read_on_the_days_asked_and_at_its_end():
    arm = arm_from("treated", {**POPULATION, "supplement": [SUPPLEMENT]})
    run = run_arm(arm, SMALL, ["serum_magnesium"], days=[7.0, 3.5])
    assert run.days == (0.0, 3.5, 7.0, 30.0)
    assert np.array_equal(run.at("serum_magnesium"), run.at("serum_magnesium", 30.0), equal_nan=True)
    assert np.nanmean(run.at("serum_magnesium", 3.5)) < np.nanmean(run.at("serum_magnesium", 7.0))
    with pytest.raises(InputError, match="on days it was asked for"):
        run.at("serum_magnesium", 8.0)
    with pytest.raises(InputError, match="read while it runs"):
        run_arm(arm, SMALL, ["serum_magnesium"], days=[31.0])


def test_more_days_change_nothing_on_the_others():
    arm = arm_from("treated", {**POPULATION, "supplement": [SUPPLEMENT]})
    few, many = (run_arm(arm, SMALL, ["serum_magnesium"], days=days) for days in ([7.0], [1.0, 7.0, 8.0, 20.0]))
    assert np.array_equal(few.at("serum_magnesium", 7.0), many.at("serum_magnesium", 7.0), equal_nan=True)


def test_accounts_run_from_the_start_and_come_only_when_asked():
    arm = arm_from("control", POPULATION)
    run = run_arm(arm, SMALL, ["magnesium_absorption"], days=[10.0], accounts=True)
    daily = run.start("magnesium_absorption")
    assert np.allclose(run.total("magnesium_absorption", 10.0), 10 * daily, rtol=1e-6, equal_nan=True)
    assert np.allclose(run.total("magnesium_absorption"), 30 * daily, rtol=1e-6, equal_nan=True)
    assert run_arm(arm, SMALL, ["serum_magnesium"]).accounts == {}


def test_who_is_nobody_of_the_population_is_left_out_of_every_arm_alike(monkeypatch):
    """A limit that half the people break, in the place of the population's own."""
    everybody = run_arm(arm_from("control", POPULATION), SMALL, ["serum_25ohd"]).start("serum_25ohd")
    middle = float(np.median(everybody))
    limit = population_like("adults").limits[0].model_copy(update={"name": "serum_25ohd", "low": middle, "high": None})
    narrow = population_like("adults").model_copy(update={"limits": (limit,)})
    monkeypatch.setattr(_arms, "population_like", lambda like: narrow)
    _arms._belonging.cache_clear()
    changes = (
        {},
        {"supplement": [SUPPLEMENT]},
        {"labs": {"serum_25ohd": "20 nmol/L"}},
        {"diet": {"vitamin_d": "1 ug/day"}},
    )
    try:
        runs = [run_arm(arm_from("arm", {**POPULATION, **change}), SMALL, ["serum_25ohd"]) for change in changes]
    finally:
        _arms._belonging.cache_clear()
    for run in runs:
        assert np.array_equal(np.isnan(run.start("serum_25ohd")), everybody < middle)
        assert run.left_out == (everybody < middle).sum() > 0


def test_labs_are_met_in_every_draw():
    arm = arm_from("low", {**POPULATION, "labs": {"serum_25ohd": "20 nmol/L"}})
    medians = np.median(run_arm(arm, Size(4, 6), ["serum_25ohd"]).start("serum_25ohd"), axis=1)
    assert np.allclose(medians, 20, rtol=1e-3)


def test_what_no_organ_answers_is_refused():
    with pytest.raises(InputError, match="no organ yet answers"):
        run_arm(arm_from("ill", {"population": {"conditions": ["osteoporosis"]}}), SMALL, ["serum_magnesium"])


def test_the_full_size_is_40_000_runs_an_arm():
    assert (FULL.draws, FULL.people, FULL.runs) == (200, 200, 40_000)
    assert Size().runs == 1000


def test_imposed_levels_have_their_mean_and_spread():
    levels = Imposed("gut_vdr_drive", mean=1.2, sd=0.4, se=0.0, mean_error_of="a").levels(1, 1, 20_000)
    assert levels.mean() == pytest.approx(1.2, rel=0.01)
    assert levels.std() == pytest.approx(0.4, rel=0.03)
    assert levels.min() > 0


def test_people_keep_their_rank_between_arms_and_arms_their_own_error():
    low = Imposed("gut_vdr_drive", 1.0, 0.4, 0.05, "a").levels(1, 6, 50)
    high = Imposed("gut_vdr_drive", 1.3, 0.4, 0.05, "b").levels(1, 6, 50)
    same = Imposed("gut_vdr_drive", 1.0, 0.4, 0.05, "a").levels(1, 6, 50)
    assert np.array_equal(low, same)
    assert np.array_equal(np.argsort(low[0]), np.argsort(high[0]))
    assert not np.allclose(low[1] / low[0], high[1] / high[0])


def test_an_arm_needs_a_population_and_inputs_the_body_has():
    with pytest.raises(InputError, match="an arm of a trial is a population"):
        run_arm(Arm("alone", Scenario.from_dict({})), SMALL, ["serum_magnesium"])
    wrong = Arm("wrong", Scenario.from_dict(POPULATION), (Imposed("gut_vdr_drives", 1, 0.1, 0.1, "a"),))
    with pytest.raises(ModelError, match="gut_vdr_drive"):
        run_arm(wrong, SMALL, ["serum_magnesium"])
    with pytest.raises(InputError, match="mean, sd and se"):
        arm_from("a", {**POPULATION, "imposed": {"gut_vdr_drive": {"mean": 1.0}}})
