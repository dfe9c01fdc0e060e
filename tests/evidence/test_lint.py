"""The linter finds nothing on the shipped rows and every fault that is planted in an invented one."""

from __future__ import annotations

import pytest
from tests.evidence.invented import EFFECT, MEASURED, SOUND

from cofactor.evidence import Problem, Row, lint, load_rows


def a_row(**changes: object) -> Row:
    return Row.model_validate(SOUND | changes)


def with_result(**changes: object) -> Row:
    return a_row(results=[{key: value for key, value in (MEASURED | changes).items() if value is not None}])


def with_effect(**changes: object) -> Row:
    return a_row(effects=[{key: value for key, value in (EFFECT | changes).items() if value is not None}])


def found(*rows: Row) -> list[str]:
    return [problem.rule for problem in lint(rows)]


def test_the_shipped_rows_have_no_fault():
    assert lint(load_rows()) == []


def test_sound_rows_have_no_fault():
    assert found(a_row(), a_row(id="mg-E01b")) == []
    assert found(with_result()) == []
    assert found(with_effect()) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"id": "E01"}, "an id is field and row"),
        ({"study": "10.1000/sound"}, "a study key"),
        ({"study": "doi:10.1000/SOUND"}, "a study key"),
        ({"citation": " "}, "a row needs a citation"),
        ({"place": ""}, "a field is missing"),
        ({"quantity": ""}, "a field is missing"),
        ({"outcomes": []}, "a field is missing"),
        ({"n": None}, "a field is missing"),
        ({"n": 0}, "n is at least 1"),
        ({"outcomes": ["serum_mangesium"]}, "every outcome tag"),
        ({"interventions": ["vitamin_dee"]}, "every intervention tag"),
        ({"population_tags": ["adults", "martians"]}, "every population tag"),
        ({"species": "unicorn", "population_tags": ["animal"]}, "every species tag"),
        ({"population_tags": ["healthy"]}, "people carry adults"),
        ({"species": "rat"}, "the tag animal"),
        ({"controlled": False}, "this design is controlled"),
        ({"design": "single_arm"}, "this design is not controlled"),
        ({"level": "meta"}, "a meta row"),
        ({"recalled_fields": ["numbers"]}, "recalled_fields name fields"),
        ({"confidence": "recalled"}, "a recalled row lists result"),
        ({"recalled_fields": ["result"], "results": [MEASURED]}, "numbers of a recalled result"),
    ],
)
def test_a_fault_of_the_row_is_found(changes: dict[str, object], rule: str):
    (only,) = found(a_row(**changes))
    assert only.startswith(rule)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"unit": "mmol per L"}, "a unit can be read"),
        ({"unit": "mmHg"}, "a unit fits the observable"),
        ({"arm": "magnesum"}, "an arm stands in the row's arms"),
        ({"spread_kind": None}, "a spread needs its kind"),
        ({"spread": None}, "a spread of kind SD needs spread"),
        ({"spread_kind": "CI95"}, "a spread of kind CI95 needs low and high"),
        ({"spread": None, "spread_kind": "CI95", "low": 0.9, "high": 1.0}, "an interval holds its estimate"),
        ({"spread": None, "spread_kind": "range", "low": 1.0, "high": 0.6}, "an interval runs from low to high"),
        ({"spread": -0.1}, "a spread is not negative"),
        ({"value": None}, "a measurement has a value or a range"),
        ({"value": float("inf")}, "a number is finite"),
    ],
)
def test_a_fault_of_a_measurement_is_found(changes: dict[str, object], rule: str):
    (only,) = found(with_result(**changes))
    assert only.startswith(rule)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"unit": "furlong"}, "a unit can be read"),
        ({"unit": "kg"}, "a unit fits the observable"),
        ({"value": 0.07}, "an interval holds its estimate"),
        ({"ci_high": None}, "an interval has two ends"),
        ({"se": 0.0}, "a standard error is above zero"),
        ({"p": 1.2}, "a p value"),
        ({"arm": "calcium"}, "an arm stands in the row's arms"),
        ({"outcome": "serum_calcium"}, "the outcome of an effect"),
        ({"intervention": ["calcium"]}, "the intervention of an effect"),
        ({"intervention": []}, "an effect names what differs"),
        ({"population_tags": ["martians"]}, "every population tag"),
        ({"kind": "ratio", "unit": "1", "value": 1.0, "ci_low": -1.0, "ci_high": 2.0}, "a ratio is above zero"),
    ],
)
def test_a_fault_of_an_effect_is_found(changes: dict[str, object], rule: str):
    (only,) = found(with_effect(**changes))
    assert only.startswith(rule)


def test_the_same_people_before_need_no_arm():
    assert found(with_effect(versus="before")) == []


def test_duplicate_ids_are_found():
    assert lint([a_row(), a_row()]) == [Problem("mg-E01", "an id stands once", "mg-E01")]


def test_a_study_with_two_uses_is_found():
    (problem,) = lint([a_row(), a_row(id="mg-E01b", use="calibration")])
    assert problem == Problem("doi:10.1000/sound", "a study has one use", "mg-E01, mg-E01b")


def test_a_recalled_calibration_row_is_found_unless_the_study_was_read():
    recalled = a_row(use="calibration", confidence="recalled", recalled_fields=["result"])
    assert found(recalled) == ["a recalled number calibrates nothing"]
    assert found(recalled, a_row(id="mg-E01b", use="calibration")) == []


def test_one_study_under_two_keys_is_found_unless_declared_distinct():
    other = {"id": "mg-E01b", "study": "sound2001"}
    assert found(a_row(), a_row(**other)) == ["one study has one key, or distinct_from"]
    assert found(a_row(), a_row(**other, distinct_from=["doi:10.1000/sound"])) == []


def test_a_hidden_gap_in_the_numbering_is_found():
    """mg-E02 and mg-E03 are documented gaps of the shipped file; a missing mg-E04 is not."""
    problems = lint([a_row(), a_row(id="mg-E05")])
    assert [problem.where for problem in problems] == ["mg-E04"]
    assert problems[0].rule == "a gap in the numbering is documented"
