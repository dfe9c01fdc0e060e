"""Emulations run end to end: facts of the body beside the rows, what is skipped and why, and the tables."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from cofactor.errors import UnitsError
from cofactor.evidence import load_rows
from cofactor.model import System
from cofactor.qualify import (
    Comparison,
    Emulation,
    Qualification,
    emulations_of,
    load_emulations,
    parse_emulations,
    population_summary,
    qualify,
    run_files,
    table,
    write_tables,
)
from cofactor.qualify._arms import planned
from cofactor.qualify._qualify import _missing
from cofactor.qualify._table import number
from cofactor.run import body_system


def found(row: str) -> list[Comparison]:
    return qualify(emulations_of(row))


@pytest.fixture(scope="module")
def depletion() -> list[Comparison]:
    return found("mg-E30")


def test_three_weeks_without_magnesium_end_inside_the_observed_intervals(depletion):
    of = {(c.quantity, c.form, c.arm): c for c in depletion}
    for key in (
        ("serum_magnesium", "level", "depleted"),
        ("renal_magnesium_excretion", "retention", "replete"),
        ("renal_magnesium_excretion", "retention", "depleted"),
        ("free_cell_magnesium", "ratio", "depleted"),
    ):
        c = of[key]
        assert c.observed_low <= c.model_mean <= c.observed_high
        assert c.verdict == "agrees"
        assert c.size < 1.96
        assert c.use == "calibration"


def test_the_model_speaks_in_the_unit_of_the_print(depletion):
    assert {c.unit for c in depletion if c.form == "retention"} == {"%"}
    assert all(c.model_low <= c.model_median <= c.model_high for c in depletion)


def test_the_urine_of_a_supplement_agrees_with_the_trials():
    urine = next(c for c in found("mg-E44") if c.quantity == "urine_magnesium")
    assert urine.verdict == "agrees"
    assert urine.observed == 1.52


def test_hyperparathyroidism_lowers_serum_magnesium_as_far_as_in_patients():
    serum = next(c for c in found("mg-E25") if c.quantity == "serum_magnesium" and c.form == "level")
    assert serum.verdict == "agrees"
    assert serum.unit == "mEq/L"


def test_a_low_dose_is_absorbed_better_than_a_high_one_as_measured():
    low, high, linear = found("mg-E01")
    assert (high.verdict, linear.verdict) == ("agrees", "agrees")
    assert low.model_mean > 5 * high.model_mean


def test_the_core_answers_at_least_sixty_validation_rows():
    """Counted without a run: rows with a comparison whose arms and quantities this body has."""
    system = body_system()
    answered = {
        emulation.row for file in load_emulations() for emulation in file.emulation if _answers(emulation, system)
    }
    uses = Counter(row.use for row in load_rows() if row.id in answered)
    assert uses["validation"] >= 60
    assert uses["calibration"] >= 40


def _answers(emulation: Emulation, system: System) -> bool:
    arms = {name: planned(emulation, name, 4000.0, system) for name in emulation.arm}
    return any(not _missing(compare, arms, system) for compare in emulation.compare)


def test_the_same_emulation_gives_the_same_numbers():
    assert found("mg-E57") == found("mg-E57")


def test_words_are_judged_by_their_direction():
    falls, recovery = found("mg-E57")
    assert (falls.verdict, recovery.verdict) == ("agrees", "agrees")
    assert falls.observed is None
    assert falls.observed_words == "Mg falls"


MINE = """
field = "mg"
title = "Mine"
[[emulation]]
row = "mg-E30"
how = "two arms"
people = { n = 20 }
arm.low.diet_change = [{ magnesium = "0.5 mmol/day" }]
arm.wine.imposed = { alcohol_intake = { mean = 2.0, source = "invented" } }
compare = [
  { of = "serum_magnesium", arm = "low", observed = { result = "serum_magnesium", time = "3 wk" } },
  { of = "serum_sodium", arm = "low", observed = { result = "serum_magnesium", time = "3 wk" } },
  { of = "serum_magnesium", arm = "wine", observed = { result = "serum_magnesium", time = "3 wk" } },
]
"""


def test_what_this_body_lacks_is_skipped_with_the_reason():
    result = run_files([parse_emulations(MINE, "mine.toml")])
    assert [c.arm for c in result.comparisons] == ["low"]
    reasons = [s.reason for s in result.skipped]
    assert len(reasons) == 2
    assert "serum_sodium" in reasons[0]
    assert "alcohol_intake" in reasons[1]


def test_a_field_without_rows_is_skipped_whole():
    text = MINE.replace("mg-E30", "skin-E30") if not _has_rows("skin") else MINE.replace("mg-E30", "hair-E30")
    result = run_files([parse_emulations(text, "mine.toml")])
    assert not result.comparisons
    assert {s.reason for s in result.skipped} == {"the evidence rows of this field are not transcribed yet"}


def _has_rows(field: str) -> bool:
    return any(row.field == field for row in load_rows())


def test_a_unit_that_does_not_fit_names_the_emulation():
    text = MINE.replace('"serum_sodium"', '"gfr"')
    with pytest.raises(UnitsError, match="mg-E30"):
        run_files([parse_emulations(text, "mine.toml")])


# -- the tables --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(depletion) -> Qualification:
    file = parse_emulations(MINE, "mine.toml")
    misses = found("mg-E70") + found("mg-E46")
    return Qualification((file,), (*depletion, *misses), run_files([file]).skipped)


@pytest.fixture(scope="module")
def population():
    return population_summary()


def test_the_population_is_what_was_specified(population):
    lines = {line.name: line for line in population}
    assert lines["serum magnesium, mean"].model == pytest.approx(0.845, abs=0.01)
    assert lines["serum magnesium, SD"].model == pytest.approx(0.071, abs=0.01)


def test_the_population_stands_beside_the_published_surveys(small, population):
    page = table(small, "mg", population)
    for name, published in (
        ("share below 0.75 mmol/L", "9.5 to 16.6"),
        ("urine magnesium, mean", "4.24 men, 3.54 women"),
    ):
        line = next(line for line in page.splitlines() if line.startswith(f"| {name}"))
        assert published in line


def test_the_table_lists_misses_by_size_with_their_cause(small):
    page = table(small, "mg")
    section = page.split("## Misses, the largest first")[1].split("##")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| mg-")]
    sizes = [float(cells[6]) for cells in rows]
    assert rows
    assert sizes == sorted(sizes, reverse=True)
    assert all(len(cells[7]) > 10 for cells in rows)


def test_calibration_and_validation_stand_apart(small):
    page = table(small, "mg")
    calibration = page.split("## Calibration rows")[1].split("##")[0]
    assert "mg-E30" in calibration
    assert "mg-E70" not in calibration


def test_a_validation_row_that_a_parameter_names_is_listed_as_no_independent_test(small):
    (hyperparathyroid, *_) = found("mg-E25")
    assert "calcium_power_on_thick_limb" in hyperparathyroid.parameters
    page = table(replace(small, comparisons=(*small.comparisons, hyperparathyroid)), "mg")
    section = page.split("## Validation rows that a parameter's source names")[1].split("##")[0]
    assert "| mg-E25 | calcium_power_on_thick_limb" in section
    assert "mg-E70" not in section


def test_the_table_names_its_command_and_no_date(small, tmp_path, population):
    (path,) = write_tables(tmp_path, small, population)
    page = path.read_text("utf-8")
    assert path.name == "mine.md"
    assert "python -m cofactor.qualify" in page
    assert page == table(small, "mg", population)
    assert "imposes alcohol_intake" in page


def test_json_has_no_nan(small):
    document = json.loads(json.dumps(small.to_json(), allow_nan=False))
    assert document["counts"]["calibration"]["comparisons"] == len(
        [c for c in small.comparisons if c.use == "calibration"]
    )
    assert document["comparisons"][0]["row"] == "mg-E30"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.61049, "0.610"), (12.34, "12.3"), (-0.00285, "-0.00285"), (2343.4, "2343")]
)
def test_numbers_have_three_significant_digits(value: float, text: str):
    assert number(value) == text
