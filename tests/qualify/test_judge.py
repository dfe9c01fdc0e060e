"""The rules of agreement, on invented numbers."""

from __future__ import annotations

import math

import pytest

from cofactor.errors import InputError
from cofactor.qualify import Compare, Observed
from cofactor.qualify._judge import agrees, among_people, direction_of, size, tolerance, with_tolerance


def compare(of: str = "serum_magnesium", form: str = "level", **more: object) -> Compare:
    extra = {"versus": "b"} if form in ("difference", "relative_difference", "ratio_between") else {}
    extra |= {"threshold": "0.7 mmol/L"} if form == "share_below" else {}
    extra |= {"against": "serum_25ohd"} if form == "correlation" else {}
    base = {"of": of, "form": form, "arm": "a", "observed": {"result": "x"}}
    return Compare.model_validate({**base, **extra, **more})


def words(direction: str, of: str = "serum_magnesium", form: str = "change") -> Compare:
    return compare(of, form, direction=direction, observed={"text": "it moves"})


@pytest.mark.parametrize(("value", "right"), [(0.4, True), (0.6, True), (0.39, False), (0.61, False)])
def test_a_number_agrees_inside_the_observed_interval(value: float, right: bool):
    assert agrees(value, Observed(0.5, "1", 0.4, 0.6, 0.05)) is right


def test_a_bound_is_a_bound():
    assert agrees(0.1, Observed(0.2, "1", 0.19, 0.21, relation="<"))
    assert not agrees(0.3, Observed(0.2, "1", 0.19, 0.21, relation="<"))
    assert size(0.1, 0.0, Observed(0.2, "1", 0.19, 0.21, 0.005, relation="<")) == 0
    assert size(0.3, 0.0, Observed(0.2, "1", 0.19, 0.21, 0.005, relation="<")) == pytest.approx(20)
    assert agrees(3.6, Observed(3.75, "1", 2.75, 4.75, 0.5, relation=">", n=1))


def test_the_size_of_a_difference_is_in_standard_errors_of_both():
    assert size(0.8, 0.4, Observed(0.5, "1", 0.4, 0.6, 0.3)) == pytest.approx(0.3 / 0.5)


def test_ratios_are_compared_on_the_log_scale():
    found = size(2.0, 0.0, Observed(1.0, "1", 0.5, 2.0, 0.25, on_log=True))
    assert found == pytest.approx(math.log(2) / 0.25)


@pytest.mark.parametrize(
    ("asked", "observed", "half"),
    [
        (compare(), Observed(0.61, "mmol/L"), 0.02),
        (compare(), Observed(1.86, "mg/dL"), 0.02 * 2.4305),
        (compare("fractional_magnesium_absorption"), Observed(65, "%"), 65 * 0.05),
        (compare("urine_magnesium"), Observed(4.2, "mmol/d"), 0.42),
        (compare("serum_calcitriol", "ratio"), Observed(0.78, "1"), 0.05),
        (compare("serum_calcium", "relative_change"), Observed(2.5, "%"), 2),
        (compare("urine_calcium", "relative_change"), Observed(156, "%"), 10),
        (compare("serum_magnesium", "share_below"), Observed(19.4, "%"), 10),
    ],
)
def test_without_a_spread_the_smallest_effect_that_matters_is_the_tolerance(asked, observed, half):
    assert tolerance(asked, observed, "", "magnesium") == pytest.approx(half)


def test_a_stated_tolerance_comes_first():
    assert tolerance(compare("urine_magnesium"), Observed(4.2, "mmol/d"), "5 %", "magnesium") == pytest.approx(0.21)
    assert tolerance(compare("urine_magnesium"), Observed(4.2, "mmol/d"), "24.305 mg/d", "magnesium") == pytest.approx(
        1
    )


def test_a_tolerance_counts_as_a_95_percent_interval():
    observed = with_tolerance(Observed(10, "1"), 2)
    assert (observed.low, observed.high) == (8, 12)
    assert size(12, 0.0, observed) == pytest.approx(1.96, abs=1e-3)


@pytest.mark.parametrize(
    ("direction", "value", "right"),
    [
        ("up", 0.02, True), ("up", 0.019, False), ("up", -0.1, False),
        ("down", -0.03, True), ("down", 0.03, False),
        ("unchanged", 0.019, True), ("unchanged", -0.021, False),
    ],
)  # fmt: skip
def test_words_are_judged_by_the_smallest_effect(direction: str, value: float, right: bool):
    assert direction_of(words(direction), value, 0.001, "mmol/L", "magnesium")[0] is right


def test_the_sign_of_a_balance_has_to_show_beyond_sampling_error():
    assert direction_of(words("positive", "magnesium_balance", "level"), 0.1, 0.01, "mmol/d", "magnesium")[0]
    assert not direction_of(words("positive", "magnesium_balance", "level"), 0.01, 0.01, "mmol/d", "magnesium")[0]
    assert not direction_of(words("negative", "magnesium_balance", "level"), 0.1, 0.01, "mmol/d", "magnesium")[0]


def test_words_need_a_smallest_effect_or_a_relative_form():
    with pytest.raises(InputError, match="relative form"):
        direction_of(words("up", "urine_magnesium"), 1.0, 0.1, "mmol/d", "magnesium")
    assert direction_of(words("up", "urine_magnesium", "relative_change"), 0.2, 0.01, "1", None)[0]


def test_a_single_case_is_set_against_the_spread_of_people():
    case = among_people(Observed(3.75, "mmol/L", n=1), 0.5)
    assert (case.low, case.high) == (pytest.approx(3.75 - 0.98, abs=1e-3), pytest.approx(3.75 + 0.98, abs=1e-3))
    assert size(3.25, 0.0, case) == pytest.approx(1.0)


def test_a_correlation_said_to_be_none_agrees_when_the_study_could_not_have_told_it():
    none = words("unchanged", "relative_pasi", "correlation")
    right, off, rule = direction_of(none, -0.35, 0.1, "1", None, n=30)  # r of 30 people at p = 0.05: 0.361
    assert right
    assert off < 1.96
    assert "30 people tell 0.36" in rule
    assert not direction_of(none, 0.37, 0.1, "1", None, n=30)[0]
    assert not direction_of(none, 0.2, 0.1, "1", None, n=100)[0]


@pytest.mark.parametrize(("direction", "n"), [("unchanged", None), ("unchanged", 3), ("up", 30)])
def test_a_correlation_in_words_needs_its_people_and_a_sign(direction: str, n: int | None):
    asked = words(direction, "relative_pasi", "correlation")
    with pytest.raises(InputError, match="positive, negative, or none"):
        direction_of(asked, 0.1, 0.1, "1", None, n=n)


def test_shares_of_responders_have_the_tolerance_of_shares():
    asked = Compare.model_validate(
        {"of": "rated_pasi", "form": "responders", "threshold": "25 %", "arm": "a", "observed": {"result": "x"}}
    )
    assert tolerance(asked, Observed(62, "%"), "", None) == pytest.approx(10)
    assert tolerance(asked, Observed(62, "%"), "4 %", None) == pytest.approx(4)
