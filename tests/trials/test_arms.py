"""Arms share their people; imposed levels have the stated mean and spread and keep everybody's rank."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor.errors import InputError, ModelError
from cofactor.scenario import Scenario
from cofactor.trials import Arm, Imposed, Size, arm_from, run_arm

POPULATION = {"population": {"like": "adults"}, "simulate": {"days": 30}}
SUPPLEMENT = {"name": "magnesium", "form": "citrate", "amount": "300 mg", "every": "1 day"}
SMALL = Size(draws=3, people=4, seed=2)


def test_the_same_people_start_alike_in_every_arm():
    control = run_arm(arm_from("control", POPULATION), SMALL, ["serum_magnesium"])
    treated = run_arm(arm_from("treated", {**POPULATION, "supplement": [SUPPLEMENT]}), SMALL, ["serum_magnesium"])
    assert np.array_equal(control.start["serum_magnesium"], treated.start["serum_magnesium"])
    assert np.all(treated.end["serum_magnesium"] > control.end["serum_magnesium"])
    assert control.end["serum_magnesium"].shape == (3, 4)
    assert np.allclose(control.end["serum_magnesium"], control.start["serum_magnesium"], rtol=1e-7)


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
