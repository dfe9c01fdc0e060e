"""The forms of comparison, on made-up people whose answers are plain arithmetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cofactor.errors import InputError
from cofactor.qualify import Compare
from cofactor.qualify._arms import ArmRun
from cofactor.qualify._forms import modelled
from cofactor.qualify._read import Modelled, Times, times_of
from cofactor.run import body_system
from cofactor.scenario import Scenario

SYSTEM = body_system()
LOAD = [{"name": "magnesium", "amount": "10 mmol", "at": "day 1", "over": "4 hours"}]


def arm(
    serum: list[list[float]], name: str = "a", who: list[int] | None = None, **accounts: list[list[float]]
) -> ArmRun:
    """People (rows) at days 0, 1, 2 (columns)."""
    values = np.array(serum)
    plan = Scenario.from_dict({"population": {"n": 2}, "infusion": LOAD, "simulate": {"days": 2}})
    return ArmRun(
        name=name, plan=plan, times=np.arange(values.shape[1]), values={"serum_magnesium": values, "urine_magnesium": 2 * values},
        accounts={key: np.array(rows) for key, rows in accounts.items()}, weights=np.full(len(values), 70.0),
        who=np.array(who if who is not None else range(len(values))), system=SYSTEM, failures=(),
    )  # fmt: skip


def ask(form: str, runs: dict[str, ArmRun], at: float = 2.0, since: float = 0.0, **more: object) -> Modelled:
    base = {"of": "serum_magnesium", "form": form, "arm": "a", "observed": {"result": "x"}}
    compare = Compare.model_validate({**base, **more})
    line = tuple(float(text.split()[0]) for text in more.get("times", ()))
    retention = (at - 1, at, at + 1) if form == "retention" else (0.0, 0.0, 0.0)
    return modelled(compare, runs, Times(at, since, line, retention))


A = arm([[1.0, 2.0, 4.0], [3.0, 3.0, 5.0]])
B = arm([[1.0, 1.0, 1.0], [3.0, 2.0, 2.0]], "b")


@pytest.mark.parametrize(
    ("form", "more", "estimate"),
    [
        ("level", {}, 4.5),
        ("change", {}, 2.5),
        ("relative_change", {}, 4.5 / 2 - 1),
        ("ratio", {}, 4.5 / 2),
        ("difference", {"versus": "b"}, 3.0),
        ("ratio_between", {"versus": "b"}, 3.0),
        ("relative_difference", {"versus": "b"}, 2.0),
        ("share_below", {"threshold": "4.5 mmol/L"}, 0.5),
        ("sd", {}, np.std([4, 5], ddof=1)),
        ("quantile", {"quantile": 0.5}, 4.5),
        ("peak", {"times": ("0 d", "1 d", "2 d")}, 4.5),
        ("trough", {"times": ("0 d", "1 d", "2 d")}, 2.0),
        ("correlation", {"against": "urine_magnesium"}, 1.0),
        ("slope", {"against": "urine_magnesium", "times": ("0 d", "1 d", "2 d")}, 0.5),
        ("slope", {"against": "urine_magnesium", "times": ("0 d", "2 d"), "per": "4 mmol/d"}, 2.0),
        ("slope", {"against": "urine_magnesium", "arms": ("a", "b")}, 0.5),
    ],
)
def test_form(form: str, more: dict[str, object], estimate: float):
    assert ask(form, {"a": A, "b": B}, **more).estimate == pytest.approx(estimate)


def test_a_line_meets_zero_where_it_crosses():
    values = {"serum_magnesium": np.array([[1.0, 3.0]]), "urine_magnesium": np.array([[5.0, 6.0]])}
    shifted = replace(arm([[1.0, 3.0]]), values=values)
    found = ask("crossing", {"a": shifted}, against="urine_magnesium", times=("0 d", "1 d"))
    assert found.estimate == pytest.approx(4.5)


def test_odds_of_a_share_with_nobody_in_it_stay_finite():
    found = ask("odds_ratio", {"a": A, "b": B}, versus="b", threshold="3 mmol/L")
    assert found.estimate == pytest.approx((0.5 / 2.5) / (2.5 / 0.5))


def test_retention_is_one_less_the_extra_urine_over_the_dose():
    # 4 mmol the day before, 7 mmol the day of the load of 10 mmol: 3 extra, 70 % retained
    loaded = arm([[1.0] * 3], renal_magnesium_excretion=[[0.0, 4.0, 11.0]])
    assert ask("retention", {"a": loaded}, at=1.0).estimate == pytest.approx(0.7)


def test_arms_are_compared_person_by_person_even_when_somebody_failed():
    without_the_first = arm([[3.0, 2.0, 2.0]], "b", who=[1])
    assert ask("difference", {"a": A, "b": without_the_first}, versus="b").estimate == pytest.approx(3.0)


def test_arms_without_a_person_in_common_cannot_be_compared():
    with pytest.raises(InputError, match="share people"):
        ask("difference", {"a": A, "b": arm([[1.0, 1.0, 1.0]], "b", who=[7])}, versus="b")


def test_the_printed_time_holds_where_none_is_given():
    compare = Compare.model_validate({"of": "serum_magnesium", "arm": "a", "observed": {"result": "x"}})
    assert times_of(compare, 21.0, "here").at == 21.0
    with pytest.raises(InputError, match="needs a time"):
        times_of(compare, None, "here")
    with pytest.raises(InputError, match="duration"):
        times_of(compare.model_copy(update={"at": "noon"}), 21.0, "here")
