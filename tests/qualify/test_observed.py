"""From printed numbers to 95 % intervals: SE, SD with n, printed intervals, ranges, quartiles, counts, ratios."""

from __future__ import annotations

import math

import pytest

from cofactor.qualify import Observed, Reference, load_emulations, resolve

ANY = load_emulations()[0].emulation[0]


def of(row: str, share_of_people: bool = False, **reference: object) -> Observed:
    return resolve(Reference.model_validate({"row": row, **reference}), ANY, share_of_people=share_of_people)


def test_a_standard_error_becomes_an_interval_by_student_s_t():
    found = of("mg-E30", result="serum_magnesium", time="3 wk")  # 0.61, SE 0.02, 26 people: t of 25 df is 2.0595
    assert (found.value, found.se) == (0.61, 0.02)
    assert found.low == pytest.approx(0.61 - 2.0595 * 0.02, abs=1e-5)


def test_a_standard_deviation_is_divided_by_the_root_of_n_first():
    found = of("mg-E25", result="serum_magnesium", arm="PHPT")  # SD 0.21 of 64
    assert found.se == pytest.approx(0.21 / 8)
    assert found.high == pytest.approx(1.71 + 1.9983 * 0.21 / 8, abs=1e-4)


def test_an_arm_without_its_own_n_gets_its_share_of_the_row_s():
    found = of("mg-E38", result="magnesium_retention", arm="low 25(OH)D, low PTH")  # SD 12.5, 30 people in 3 arms
    assert found.n == 10
    assert found.se == pytest.approx(12.5 / math.sqrt(10))


def test_a_printed_interval_is_taken_as_printed():
    found = of("mg-E44", effect="serum_magnesium")
    assert (found.low, found.high) == (0.02, 0.06)
    assert found.se == pytest.approx(0.04 / (2 * 1.959964), rel=1e-6)


def test_a_number_printed_only_as_a_range_is_its_middle_with_the_range():
    found = of("mg-E82", result="serum_magnesium_below_0_75")
    assert (found.value, found.low, found.high, found.is_range) == (pytest.approx(13.05), 9.5, 16.6, True)


def test_quartiles_give_the_error_of_a_median():
    found = of("mg-E84b", result="urine_magnesium")  # 2.9 to 4.8, n 5511
    assert found.se == pytest.approx(1.2533 * 1.9 / 1.349 / math.sqrt(5511), rel=1e-3)


def test_the_end_of_an_interval_and_the_spread_can_be_compared_themselves():
    assert of("mg-E84b", result="urine_magnesium", part="low").value == 2.9
    spread = of("mg-E25", result="serum_magnesium", arm="PHPT", part="spread")
    assert (spread.value, spread.se) == (0.21, pytest.approx(0.21 / math.sqrt(126)))


def test_a_share_of_people_has_the_interval_of_its_count():
    found = of("mg-E26", share_of_people=True, result="hypomagnesaemia")  # 77 of 307; Wilson 0.2057 to 0.3022
    assert (found.low, found.high) == (pytest.approx(0.2056, abs=2e-4), pytest.approx(0.3022, abs=2e-4))


def test_a_share_of_something_else_has_none():
    assert of("mg-E04", result="stool_magnesium_share_of_intake", arm="chronic renal failure").se is None


def test_a_correlation_has_fisher_s_interval():
    found = of("mg-E25", result="correlation_serum_calcium_magnesium", arm="PHPT")
    assert (found.low, found.high) == (pytest.approx(-0.5245, abs=1e-3), pytest.approx(-0.0805, abs=1e-3))


def test_two_printed_means_divide_with_their_errors_on_the_log_scale():
    below = {"result": "red_cell_free_magnesium", "time": "baseline"}
    found = of("mg-E30", result="red_cell_free_magnesium", time="3 wk", over=below)
    assert found.value == pytest.approx(162 / 205)
    assert found.se == pytest.approx(math.hypot(7 / 162, 10 / 205))
    assert found.on_log
    assert found.unit == "1"


def test_two_printed_means_are_taken_away_with_their_errors():
    below = {"result": "serum_magnesium", "time": "baseline"}
    found = of("mg-E30", result="serum_magnesium", time="3 wk", minus=below)
    assert (found.value, found.se) == (pytest.approx(-0.19), pytest.approx(math.hypot(0.01, 0.02)))


def test_a_ratio_effect_keeps_its_error_on_the_log_scale():
    found = of("mg-E05", effect="fractional_magnesium_absorption")
    assert (found.on_log, found.se) == (True, 0.523)
    assert found.high == pytest.approx(3.25 * math.exp(2.4469 * 0.523), rel=1e-3)  # 7 people


def test_a_recalled_number_is_marked():
    assert of("mg-E48", result="intake_at_zero_magnesium_balance", note="").recalled
    assert not of("mg-E48", result="intake_at_zero_magnesium_balance", note="plain summary").recalled


def test_a_printed_number_may_say_where_the_quantity_is_nought():
    found = of("mg-E48", result="intake_at_zero_magnesium_balance", note="plain summary", as_zero=True)
    assert (found.value, found.unit, found.se) == (0.0, "mg/d", None)


def test_words_are_quoted_from_the_row():
    assert of("mg-E57", text="no recovery in 1 h").words == "no recovery in 1 h"
