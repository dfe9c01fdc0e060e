"""What is counted from the wiring and the accounts: never over nothing, and a planted loss is found."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from cofactor import body
from cofactor.claims._bookkeeping import BOOKKEEPING, fluxes_of_vitamin_d, hours_after_the_load
from cofactor.errors import InputError, ModelError
from cofactor.model import Movement
from cofactor.run import stores_of
from cofactor.trials import Outcome, Size, arm_from, run_arm

DAYS = 91.0


@lru_cache
def outcome() -> Outcome:
    plan = {
        "population": {"like": "adults"},
        "diet": {"magnesium": "400 mg/day"},
        "diet_change": [{"magnesium": "150 mg/day"}],
        "supplement": [{"name": "vitamin_d3", "amount": "2000 IU"}],
        "simulate": {"days": DAYS},
    }
    names = [*stores_of(body.adult(), "magnesium"), "bone_calcium", "bone_resorption"]
    return run_arm(arm_from("cut", plan), Size(3, 4), names, days=[30.0], accounts=True)


def counted(name: str, of: Outcome | None = None, day: float | None = None) -> np.ndarray:
    return BOOKKEEPING[name].of(of or outcome(), day)


class Wiring:
    """The adult's places with another set of movements: as much of a System as counting reads."""

    def __init__(self, movements: dict[str, Movement]):
        self.inventory, self.movements = body.adult().inventory, movements


def rewired(name: str, *more: tuple[str, float]) -> Outcome:
    """The same run in a body in which one flux also moves something else."""
    movements = dict(body.adult().movements)
    movements[name] = replace(movements[name], moves=(*movements[name].moves, *more))
    return replace(outcome(), system=Wiring(movements))


def test_the_fluxes_asked_are_those_of_every_form_of_vitamin_d() -> None:
    asked = fluxes_of_vitamin_d(body.adult())
    assert {
        "vitamin_d_intake",
        "hydroxylation_25",
        "calcitriol_synthesis",
        "hydroxylation_24",
        "calcitriol_loss",
    } <= set(asked)
    assert "magnesium_absorption" not in asked


def test_calcitriol_was_made_and_took_no_magnesium() -> None:
    assert (outcome().total("calcitriol_synthesis") > 0).all()
    assert (counted("magnesium_leaving_through_activation") == 0).all()


def test_a_body_that_activates_nothing_is_refused() -> None:
    empty = replace(outcome(), system=body.magnesium_body())
    with pytest.raises(ModelError, match="no flux into calcitriol"):
        counted("magnesium_leaving_through_activation", empty)


def test_where_no_calcitriol_was_made_nothing_is_counted() -> None:
    accounts = {**outcome().accounts, "calcitriol_synthesis": np.zeros((len(outcome().days), 3, 4))}
    assert np.isnan(counted("magnesium_leaving_through_activation", replace(outcome(), accounts=accounts))).all()


def test_a_hydroxylation_that_used_magnesium_up_would_be_found() -> None:
    greedy = rewired("calcitriol_synthesis", ("ecf_magnesium", -0.5))
    expected = 0.5 * outcome().total("calcitriol_synthesis")
    assert np.allclose(counted("magnesium_leaving_through_activation", greedy), expected)
    assert (expected > 0).all()


def test_the_budget_of_magnesium_closes_to_rounding() -> None:
    for day in (30.0, None):
        assert (counted("magnesium_accounted_for", day=day) >= 1 - 1e-12).all()


def test_a_hidden_loss_opens_the_budget() -> None:
    values = dict(outcome().values)
    values["bone_surface_magnesium"] = (
        values["bone_surface_magnesium"] - np.linspace(0, 1, len(outcome().days))[:, None, None]
    )
    share = counted("magnesium_accounted_for", replace(outcome(), values=values))
    assert (share < 1 - 1e-4).all()


@pytest.mark.parametrize(("name", "element", "ratio"), [("calcium", "calcium", 1.0), ("phosphate", "phosphorus", 0.6)])
def test_minerals_freed_are_the_flux_of_resorption(name: str, element: str, ratio: float) -> None:
    freed = counted(f"{name}_freed_by_resorption")
    assert np.allclose(freed, ratio * outcome().total("bone_resorption_flux") / DAYS)
    assert (freed > 0.5).all()
    assert element in body.adult().inventory.pools["bone_calcium"].of


def test_freed_minerals_are_a_mean_over_the_time_asked() -> None:
    month = counted("calcium_freed_by_resorption", day=30.0)
    assert np.allclose(month * 30, outcome().total("bone_resorption_flux", 30.0))


def test_resorption_lays_nothing_down_and_formation_would_be_found() -> None:
    assert (counted("mineral_laid_down_by_resorption") == 0).all()
    building = rewired("magnesium_freed_by_resorption", ("bone_calcium", 0.1))
    assert (counted("mineral_laid_down_by_resorption", building) > 0).all()


def test_a_body_without_resorption_is_refused() -> None:
    kept = {name: movement for name, movement in body.adult().movements.items() if "resorption" not in name}
    for name in ("calcium_freed_by_resorption", "mineral_laid_down_by_resorption"):
        with pytest.raises(ModelError, match="a body with bone"):
            counted(name, replace(outcome(), system=Wiring(kept)))


# -- after a load of glucose --------------------------------------------------------------------------------------------


@lru_cache
def after_a_load(*conditions: str) -> Outcome:
    plan = {
        "population": {"like": "adults", "conditions": list(conditions)},
        "challenge": [{"name": "oral_glucose", "amount": "75 g", "at": "day 1"}],
        "simulate": {"days": 1.25},
    }
    arm = arm_from("load", plan)
    return run_arm(arm, Size(2, 4), ["plasma_glucose", "plasma_adrenaline"], days=hours_after_the_load(arm.plan))


def test_the_course_is_read_from_one_hour_to_five_after_the_load() -> None:
    moments = hours_after_the_load(after_a_load().plan)
    assert moments[0] == pytest.approx(1 + 1 / 24)
    assert moments[-1] == pytest.approx(1 + 5 / 24)
    assert len(moments) == 49


def test_the_nadir_and_the_peak_are_those_of_the_course() -> None:
    planted = {name: values.copy() for name, values in after_a_load().values.items()}
    index = after_a_load().days.index(hours_after_the_load(after_a_load().plan)[20])
    planted["plasma_glucose"][index] = 2.1
    planted["plasma_adrenaline"][index] = 3.5
    of = replace(after_a_load(), values=planted)
    assert (counted("lowest_plasma_glucose", of) == 2.1).all()
    assert (counted("highest_plasma_adrenaline", of) == 3.5).all()


def test_who_reacts_to_a_load_falls_lower_and_releases_more_adrenaline() -> None:
    usual, reactive = after_a_load(), after_a_load("reactive_hypoglycaemia")
    assert (counted("lowest_plasma_glucose", reactive) < counted("lowest_plasma_glucose", usual)).all()
    assert counted("highest_plasma_adrenaline", reactive).mean() > counted("highest_plasma_adrenaline", usual).mean()


@pytest.mark.parametrize(
    ("challenge", "message"),
    [([], "a plan with one"), ([{"name": "oral_glucose", "at": "day 1"}], "runs on for five hours")],
)
def test_a_course_after_no_load_or_cut_short_is_refused(challenge: list[dict[str, str]], message: str) -> None:
    plan = {"population": {"like": "adults"}, "challenge": challenge, "simulate": {"days": 1.1}}
    with pytest.raises(InputError, match=message):
        hours_after_the_load(arm_from("load", plan).plan)
