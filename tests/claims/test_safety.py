"""The safety lines: which limit a plan passes, whom it affects, and what is known of benefit there."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from cofactor import simulate
from cofactor.claims import _safety, safety_lines
from cofactor.claims._safety import WATCHED, Watched, arms_safety, highest_intake, watched_days
from cofactor.run import Result
from cofactor.scenario import Scenario


def plan(*supplements: dict[str, Any], days: float = 90) -> Scenario:
    return Scenario.from_dict({"supplement": list(supplements), "simulate": {"days": days}})


def d3(amount: str, **more: Any) -> dict[str, Any]:
    return {"name": "vitamin_d3", "amount": amount, **more}


def magnesium(amount: str, **more: Any) -> dict[str, Any]:
    return {"name": "magnesium", "amount": amount, **more}


def result(calcium: list[float] | None, urine: list[float] | None = None, start: float = 2.35) -> Result:
    """One column a person: level at the start, then the level given."""
    columns = {"serum_calcium": calcium, "urine_calcium": urine}
    levels = {
        name: np.array([[start if name == "serum_calcium" else 3.0, value] for value in values])
        for name, values in columns.items()
        if values is not None
    }
    return Result(np.array([0.0, 90.0]), levels, {}, {}, {}, is_population=True)


CALM = result([2.4] * 100, [4.0] * 100)


@pytest.mark.parametrize(
    "what",
    [
        plan(),
        plan(d3("100 ug")),
        plan(d3("4000 IU")),
        plan(magnesium("250 mg")),
        plan(d3("50 ug"), d3("50 ug")),
        plan(d3("28000 IU", every="7 days")),
        plan(d3("100 ug", stop="day 30"), d3("100 ug", start="day 30")),
        plan({"name": "calcium", "amount": "2000 mg"}),
    ],
)
def test_a_plan_at_the_limit_says_nothing(what: Scenario) -> None:
    assert safety_lines(what, CALM) == []


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (plan(d3("4100 IU")), "up to 102.5 ug/d"),
        (plan(d3("60 ug"), d3("60 ug", start="day 20")), "up to 120 ug/d"),
        (plan(d3("150 ug", start="before", stop="day 10")), "up to 150 ug/d"),
        (plan(d3("50000 IU", every="7 days")), "up to 178.6 ug/d"),
        (plan(d3("600000 IU", every="once")), "up to 15 000 ug/d"),
        (plan({"name": "vitamin_d2", "amount": "5000 IU"}), "up to 125 ug/d"),
        (plan({"name": "calcidiol", "amount": "50 ug"}), "up to 125 ug/d"),  # counts 2.5 times
    ],
)
def test_vitamin_d_above_the_limit(what: Scenario, says: str) -> None:
    (line,) = safety_lines(what, CALM)
    assert line.startswith("Vitamin D from supplements above the tolerable upper intake of adults, EFSA 2023 (100 ug/d")
    assert "vitd-E46" in line
    assert says in line
    assert "serum calcium above 2.60 mmol/L in 0 % of people" in line
    assert "bone density, evidence against (-7.5 mg/cm3, 95 % -10.1 to -5, bone-E50)" in line


def test_magnesium_above_the_limit() -> None:
    (line,) = safety_lines(plan(magnesium("300 mg", form="oxide")), CALM)
    assert "Scientific Committee on Food 2001" in line
    assert "(250 mg/d): up to 300 mg/d" in line
    assert "arterial stiffness, evidence for (-1 m/s, 95 % -1.6 to -0.4, mg-E64)" in line
    assert "meta-analysis mg-E58 -2 mmHg" in line


def test_a_predicted_level_is_said_above_its_share_of_people() -> None:
    few = result([2.7] * 2 + [2.4] * 98, [8.0] * 2 + [4.0] * 98)
    assert safety_lines(plan(d3("20 ug")), few) == []
    many = result([2.7] * 3 + [2.4] * 97, [8.0] * 4 + [4.0] * 96)
    calcium, urine = safety_lines(plan(d3("20 ug")), many)
    assert "Predicted serum calcium above 2.60 mmol/L" in calcium
    assert "more than 2.5 % of people: 3 % (0 % at the start)" in calcium
    assert "Predicted calcium in urine above 7.5 mmol/d" in urine
    assert "4 % (0 % at the start)" in urine


def test_the_highest_level_counts_and_the_start_stands_beside_it() -> None:
    rising = Result(
        np.array([0.0, 3.0, 90.0]), {"serum_calcium": np.array([[2.3, 2.8, 2.3]]), "urine_calcium": np.array([[9.0, 3.0, 3.0]])},
        {}, {}, {}, is_population=False,
    )  # fmt: skip
    calcium, urine = safety_lines(plan(), rising)
    assert "100 % (0 % at the start)" in calcium
    assert "100 % (100 % at the start)" in urine


def test_who_failed_is_left_out_of_the_share() -> None:
    failed = result([2.4] * 97 + [np.nan] * 3, [4.0] * 100)
    assert safety_lines(plan(), failed) == []
    nobody = result([np.nan] * 3, [4.0] * 3)
    (line,) = safety_lines(plan(), nobody)
    assert "was not checked" in line


def test_what_was_not_observed_is_said() -> None:
    lines = safety_lines(plan(d3("200 ug")), result([2.4]))
    assert len(lines) == 2
    assert "calcium in urine above 7.5 mmol/d not observed" in lines[0]
    assert lines[1] == "Calcium in urine was not among the observables asked for, so 7.5 mmol/d was not checked."


def test_arms_share_a_line_and_are_named() -> None:
    levels = {name: np.zeros(4) for name in WATCHED}
    arms = [Watched(label, what, levels, levels) for label, what in (
        ("none", plan()), ("high", plan(d3("250 ug"))), ("highest", plan(d3("1250 ug"))),
    )]  # fmt: skip
    (line,) = arms_safety(arms)
    assert "high: up to 250 ug/d" in line
    assert "highest: up to 1 250 ug/d" in line
    assert "none" not in line.partition("Controlled")[0].replace("EFSA", "")


def test_an_arm_is_watched_early_and_to_its_end() -> None:
    days = watched_days(1096)
    assert {1.0, 3.0, 30.0, 1096.0} <= set(days)
    assert watched_days(1.0)[-1] == 1.0
    assert max(np.diff((0.0, *days))) <= 1096 / 12 + 1e-9


def test_a_supplement_that_begins_after_the_run_does_not_count() -> None:
    assert highest_intake("vitamin_d", plan(d3("500 ug"), days=30)) == 500
    late = plan(d3("500 ug", start="day 29"), days=30)
    assert highest_intake("vitamin_d", late) == 500
    assert highest_intake("magnesium", late) == 0


def test_a_poisoning_is_said_to_be_one() -> None:
    what = Scenario.from_dict({"supplement": [d3("186000 IU")], "simulate": {"days": 60, "output_every": "5 days"}})
    lines = safety_lines(what, simulate(what, observables=list(WATCHED)))
    assert len(lines) == 3
    assert "up to 4 650 ug/d" in lines[0]
    assert "100 % (0 % at the start)" in lines[1]
    assert "100 % (0 % at the start)" in lines[2]


def test_the_shipped_evidence_of_benefit_is_that_of_the_rows():
    """After a change of rows or limits: python -m cofactor.claims._safety."""
    shipped = json.loads((files("cofactor.claims") / _safety.BENEFITS).read_text("utf-8"))
    assert shipped == _safety.benefits_of_rows()
