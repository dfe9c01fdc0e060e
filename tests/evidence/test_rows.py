"""The shipped rows: complete, read lazily, and every number we computed ourselves recomputed from the printed ones."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from scipy.stats import norm as normal
from scipy.stats import t as student

from cofactor.errors import InputError
from cofactor.evidence import (
    Effect,
    Measurement,
    Row,
    describe,
    gaps,
    load_rows,
    parse_rows,
    read_rows,
    row,
    rows,
    table,
)
from cofactor.units import convert

# design.md section 2, and vitamin_d.md; the letter rows of a table row follow it.
CALIBRATION = {
    "mg": {1, 22, 23, 27, 28, 30, 31, 44, 50, 51, 54, 55, 63, 68, 74, 77},
    "vitd": {3, 4, 5, 6, 15, 16, 17, 20, 21, 23, 24, 25, 27, 51, 53, 56, 64, 67, 72},
    "bone": {1, 2, 4, 6, 20, 30, 40, 45, 50, 61, 62, 70, 91},
    "skin": {1, 2, 3, 22, 30, 40, 48, 49, 50, 51, 64, 75, 91, 92},  # psoriasis.md section 4; 2c: fit to incidence
}
# The rows of physiology/magnesium.md section 3.
UNUSED_MAGNESIUM_NUMBERS = {2, 3, 18, 35, 41, 47, 53, 71, 72}


def number(of: Row) -> int:
    found = re.search(r"E(\d+)", of.id)
    assert found is not None
    return int(found[1])


def test_every_row_of_the_magnesium_table_is_there():
    numbers = {number(of) for of in rows(field="mg")}
    assert set(range(1, 84)) - numbers == UNUSED_MAGNESIUM_NUMBERS
    assert {f"mg-E{n:02d}" for n in UNUSED_MAGNESIUM_NUMBERS} <= set(gaps())


def test_every_row_of_the_psoriasis_table_is_there():
    numbers = {number(of) for of in rows(field="skin")}
    gone = {14, 17, 20, 24, 52, 58, 78, 82, 89}
    assert set(range(1, 93)) - numbers == gone
    assert {f"skin-E{n:02d}" for n in gone} <= set(gaps())


def test_reading_is_done_once():
    assert load_rows() is load_rows()


@pytest.mark.parametrize("field", sorted(CALIBRATION))
def test_use_follows_the_lists(field: str):
    """A study on any list calibrates, and then all its rows do; a row on no list, of no such study, validates."""
    listed = {of.study for of in load_rows() if number(of) in CALIBRATION.get(of.field, set())}
    for of in rows(field=field):
        assert of.use == ("calibration" if of.study in listed else "validation"), of.id


def test_rows_are_found_by_tag():
    found = rows(outcome="serum_magnesium", population=["adults", "healthy"], species="human", controlled=True)
    assert {"mg-E30", "mg-E55"} <= {of.id for of in found}
    assert all(of.controlled and "healthy" in of.population_tags for of in found)
    assert {of.id for of in rows(study="joris2016")} == {"mg-E45", "mg-E64", "mg-E65b", "mg-E80"}
    assert all(of.species == "rat" for of in rows(field="mg", species="rat"))
    assert {of.id for of in rows(field="mg", intervention="egfr_inhibitor")} == {"mg-E54", "mg-E54b"}
    assert row("mg-E30").field == "mg"


def test_an_unknown_row_is_an_error():
    with pytest.raises(InputError, match="mg-E999"):
        row("mg-E999")


def test_recalled_numbers_are_kept_apart():
    hunt = row("mg-E48")
    assert {measurement.value for measurement in hunt.results if measurement.recalled} == {165}
    assert all(measurement.value != 165 for measurement in hunt.numbers)


def test_numbers_are_those_of_the_table():
    """Spot checks against physiology/magnesium.md section 3, signs turned to those of the quantity."""
    by_outcome = {effect.outcome: effect for effect in row("mg-E58").effects}
    systolic = by_outcome["systolic_bp"]
    assert (systolic.value, systolic.ci_low, systolic.ci_high) == (-2.00, -3.58, -0.43)
    stiffness = row("mg-E64").effects[0]
    assert (stiffness.value, stiffness.ci_low, stiffness.ci_high, stiffness.unit) == (-1.0, -1.6, -0.4, "m/s")
    depletion = {(m.name, m.time): m.value for m in row("mg-E30").results}
    assert depletion["serum_magnesium", "3 wk"] == 0.61
    assert depletion["serum_calcitriol", "baseline"] == 55


def standard_error(measurement: Measurement) -> float:
    if measurement.spread_kind == "CI95":
        assert measurement.low is not None
        assert measurement.high is not None
        return (measurement.high - measurement.low) / (2 * 1.959964)
    assert measurement.spread is not None
    if measurement.spread_kind == "SE":
        return measurement.spread
    assert measurement.spread_kind == "SD"
    assert measurement.n is not None
    return measurement.spread / math.sqrt(measurement.n)


def pair(of: Row, effect: Effect, name: str) -> tuple[Measurement, Measurement]:
    """The two printed means an effect was computed from: the later and the earlier, or the two arms."""
    last = [m for m in of.results if m.name == name and m.arm == effect.arm and m.time != "baseline"][-1]
    earlier = [
        m
        for m in of.results
        if m.name == name
        and (m.arm == effect.versus if effect.versus != "before" else (m.arm == effect.arm and m.time == "baseline"))
    ][-1]
    return last, earlier


DERIVED = [(of, effect) for of in load_rows() for effect in of.effects if effect.derived]
OF_MEANS = [(of, effect) for of, effect in DERIVED if re.match(r"(difference|ratio) of means", effect.derived)]
OF_CHANGES = [(of, effect) for of, effect in DERIVED if effect.derived.startswith("difference of changes")]
BY_P = [(of, effect) for of, effect in DERIVED if effect.derived.startswith("difference of the two means at the end")]
OF_ROUNDED = [(of, effect) for of, effect in DERIVED if effect.derived.startswith("difference of rounded means")]
OF_COUNTS = [(of, effect) for of, effect in DERIVED if effect.derived.startswith("ratio of counts")]
OF_SHARES = [(of, effect) for of, effect in DERIVED if effect.derived.startswith("shares above")]


def test_every_derived_number_is_recomputed_below():
    kinds = (OF_MEANS, OF_CHANGES, BY_P, OF_ROUNDED, OF_COUNTS, OF_SHARES)
    assert sum(len(kind) for kind in kinds) == len(DERIVED)
    assert len(OF_MEANS) >= 12


@pytest.mark.parametrize(("of", "effect"), OF_MEANS, ids=[f"{of.id} {effect.outcome}" for of, effect in OF_MEANS])
def test_differences_and_ratios_of_means_follow_from_the_printed_ones(of: Row, effect: Effect):
    named = re.match(r"(?:difference|ratio) of means of (\w+)", effect.derived)
    after, before = pair(of, effect, named[1] if named else effect.outcome)
    assert after.value is not None
    assert before.value is not None
    errors = standard_error(after), standard_error(before)
    if effect.kind == "ratio":
        assert effect.value == pytest.approx(after.value / before.value, rel=2e-3)
        assert effect.se == pytest.approx(math.hypot(errors[0] / after.value, errors[1] / before.value), rel=5e-3)
        return
    assert effect.unit == after.unit == before.unit
    assert effect.value == pytest.approx(after.value - before.value, abs=1e-9)
    assert effect.se == pytest.approx(math.hypot(*errors), rel=5e-3)


@pytest.mark.parametrize(("of", "effect"), OF_CHANGES, ids=[f"{of.id} {effect.outcome}" for of, effect in OF_CHANGES])
def test_differences_of_changes_follow_from_the_printed_levels(of: Row, effect: Effect):
    def change(arm: str) -> float:
        levels = [m.value for m in of.results if m.name == effect.outcome and m.arm == arm]
        assert None not in levels
        return levels[-1] - levels[0]  # type: ignore[operator]

    assert effect.value == pytest.approx(change(effect.arm) - change(effect.versus), abs=1e-9)
    assert not effect.has_interval


@pytest.mark.parametrize(("of", "effect"), BY_P, ids=[f"{of.id} {effect.outcome}" for of, effect in BY_P])
def test_an_error_by_the_printed_p_gives_that_p_back(of: Row, effect: Effect):
    """Cochrane Handbook 6.5.2.3: the difference over Student's t of its P is its standard error."""
    levels = {m.arm: m.value or 0.0 for m in of.results if m.name == effect.outcome and m.day == effect.day}
    assert effect.value == pytest.approx(levels[effect.arm] - levels[effect.versus], abs=1e-9)
    assert effect.n is not None
    assert effect.se is not None
    assert effect.p == pytest.approx(2 * student.sf(abs(effect.value) / effect.se, effect.n - 2), rel=1e-3)


@pytest.mark.parametrize(("of", "effect"), OF_ROUNDED, ids=[f"{of.id} {effect.outcome}" for of, effect in OF_ROUNDED])
def test_a_small_difference_has_the_widest_error_that_rounding_allows(of: Row, effect: Effect):
    """Cochrane Handbook 6.5.2.3, where two means printed to a tenth differ by little more than that."""
    after, before = pair(of, effect, effect.outcome)
    assert after.value is not None
    assert before.value is not None
    assert effect.value == pytest.approx(after.value - before.value, abs=1e-9)
    assert effect.p is not None
    widest = (abs(effect.value) + 0.1) / normal.isf((effect.p + 0.0005) / 2)
    assert effect.se == pytest.approx(widest, rel=1e-3)


@pytest.mark.parametrize(("of", "effect"), OF_COUNTS, ids=[f"{of.id} {effect.outcome}" for of, effect in OF_COUNTS])
def test_a_ratio_of_counts_has_the_error_of_its_printed_p(of: Row, effect: Effect):
    """Cochrane Handbook 6.5.2: the logarithm over the normal deviate of P, here the least that P allows."""
    named = re.match(r"ratio of counts of (\w+)", effect.derived)
    assert named is not None
    counts = {m.arm: m.value for m in of.results if m.name == named[1]}
    assert effect.value == pytest.approx(counts[effect.arm] / counts[effect.versus])
    assert effect.p is not None
    assert effect.se == pytest.approx(math.log(effect.value) / normal.isf(effect.p / 2), rel=1e-3)


@pytest.mark.parametrize(("of", "effect"), OF_SHARES, ids=[f"{of.id} {effect.outcome}" for of, effect in OF_SHARES])
def test_shares_above_a_level_follow_from_the_printed_means_and_spreads(of: Row, effect: Effect):
    named = re.match(r"shares above ([\d.]+ nmol/L) of normal distributions", effect.derived)
    assert named is not None
    level = convert(named[1], "ng/mL", analyte="calcidiol")
    shares, variances = [], []
    for arm in (effect.arm, effect.versus):
        found = next(m for m in of.results if m.name == "serum_25ohd" and m.arm == arm)
        assert found.spread_kind == "SD"
        assert found.unit == "ng/mL"
        assert found.n is not None
        share = float(normal.sf(level, found.value, found.spread))
        shares.append(share)
        variances.append(share * (1 - share) / found.n)
    assert effect.value == pytest.approx(100 * (shares[0] - shares[1]), abs=0.1)
    assert effect.se == pytest.approx(100 * math.sqrt(sum(variances)), abs=0.06)


def test_a_row_of_the_wrong_shape_names_file_line_and_field():
    with pytest.raises(InputError, match=r"row mg-E01, field study: Field required; at x\.toml:3"):
        parse_rows('field = "mg"\n[[row]]\nid = "mg-E01"\n', "x.toml")
    with pytest.raises(InputError, match=r"must be TOML.*x\.toml"):
        parse_rows("[[row]\n", "x.toml")


def test_a_file_of_ones_own_is_read(tmp_path: Path):
    shipped = Path(__file__).parents[2] / "src/cofactor/evidence/rows/magnesium.toml"
    copy = tmp_path / "mine.toml"
    copy.write_text(shipped.read_text("utf-8"), "utf-8")
    assert read_rows(copy) == rows(field="mg")


def test_a_table_has_a_line_a_row():
    lines = table(rows(field="mg")).splitlines()
    assert len(lines) == 1 + len(rows(field="mg"))
    assert lines[0].startswith("id")
    joris = next(line for line in lines if line.startswith("mg-E64 "))
    assert "parallel_rct" in joris
    assert "arterial_stiffness -1 (-1.6 to -0.4) m/s" in joris


def test_an_effect_is_described_with_its_kind():
    ratio = next(effect for effect in row("mg-E54b").effects)
    assert describe(ratio) == "hypomagnesaemia x8.6 (5.08 to 14.54)"
    derived = next(effect for effect in row("mg-E05").effects if effect.kind == "difference")
    assert describe(derived) == "jejunal_magnesium_absorption +0.09 (SE 0.0283) mmol/h"
    bare = next(effect for effect in row("mg-E60").effects if not effect.has_interval)
    assert describe(bare) == "systolic_bp -6.4 mmHg"
