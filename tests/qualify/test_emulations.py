"""The shipped emulations: every row has its place, every reference resolves, no observed number is typed."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from cofactor.errors import InputError
from cofactor.evidence import load_rows
from cofactor.qualify import Emulation, EmulationFile, Reference, load_emulations, parse_emulations, resolve

FILES = {file.name: file for file in load_emulations()}
EMULATIONS = [(f"{emulation.row}", emulation) for file in FILES.values() for emulation in file.emulation]


def references(value: Any) -> Iterator[Reference]:
    """Every reference in an emulation, those inside scenario fragments too."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, dict):
        keys = set(value)
        if keys <= set(Reference.model_fields) and {"result", "effect", "text"} & keys:
            yield Reference.model_validate(value)
        else:
            for entry in value.values():
                yield from references(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from references(entry)
    elif hasattr(value, "model_fields_set"):
        for name in type(value).model_fields:
            yield from references(getattr(value, name))
        yield from references(getattr(value, "model_extra", None) or {})


@pytest.mark.parametrize(("row", "emulation"), EMULATIONS, ids=[row for row, _ in EMULATIONS])
def test_every_reference_resolves(row: str, emulation: Emulation):
    found = [resolve(reference, emulation) for reference in references(emulation)]
    assert len(found) >= len(emulation.compare)
    for observed in found:
        assert observed.words or observed.value == observed.value  # a number or words, never NaN without words


@pytest.mark.parametrize("name", FILES)
def test_every_row_of_the_field_is_emulated_or_said_to_be_left_out(name: str):
    file: EmulationFile = FILES[name]
    placed = Counter([e.row for e in file.emulation] + [row for entry in file.not_answerable for row in entry.rows])
    assert set(placed) == {row.id for row in load_rows() if row.field == file.field}
    assert [row for row, times in placed.items() if times > 1] == []


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from leaves(entry, (*path, key))
    elif isinstance(value, list):
        for entry in value:
            yield from leaves(entry, path)
    else:
        yield path, value


@pytest.mark.parametrize("name", FILES)
def test_no_observed_number_is_typed(name: str):
    raw = tomllib.loads((files("cofactor.qualify") / "emulations" / name).read_text("utf-8"))
    compares = [compare for emulation in raw["emulation"] for compare in emulation["compare"]]
    numbers = [(path, x) for c in compares for path, x in leaves(c) if isinstance(x, int | float) and x is not True]
    assert [entry for entry in numbers if entry[0] != ("quantile",)] == []
    assert all("observed" in compare for compare in compares)


@pytest.mark.parametrize(("row", "emulation"), EMULATIONS, ids=[row for row, _ in EMULATIONS])
def test_the_arms_of_an_emulation_are_its_study_s_people_and_not_the_default_adult(row: str, emulation: Emulation):
    assert emulation.people["n"] >= 20
    assert emulation.how
    assert all("person" not in {**emulation.shared, **arm.fragment} for arm in emulation.arm.values())


def one(compare: str, row: str = "mg-E30") -> str:
    head = f'field = "mg"\ntitle = "t"\n[[emulation]]\nrow = "{row}"\n'
    return head + f"people = {{ n = 20 }}\narm.all = {{}}\ncompare = [{compare}]\n"


@pytest.mark.parametrize(
    ("compare", "said"),
    [
        ('{ of = "serum_magnesium", arm = "all", observed = { value = 0.61 } }', "observed"),
        ('{ of = "serum_magnesium", arm = "other", observed = { result = "x" } }', "other"),
        ('{ of = "serum_magnesium", form = "difference", arm = "all", observed = { result = "x" } }', "versus"),
        ('{ of = "serum_magnesium", arm = "all", observed = { text = "sMg" } }', "direction"),
        ('{ of = "serum_magnesium", arm = "all", tolerance = "10 %", observed = { result = "x" } }', "reason"),
    ],
)
def test_a_comparison_of_the_wrong_shape_is_refused_naming_the_emulation(compare: str, said: str):
    with pytest.raises(InputError, match="mg-E30") as caught:
        parse_emulations(one(compare), "mine.toml")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ({"result": "serum_magnesium"}, "more than one fits"),
        ({"result": "serum_sodium"}, "none fits"),
        ({"result": "serum_magnesium", "time": "9 wk"}, "none fits"),
        ({"effect": "serum_calcitriol"}, "more than one fits"),
        ({"text": "words that were never printed"}, "quoted"),
        ({"row": "mg-E999", "result": "serum_magnesium"}, "evidence row"),
        ({"result": "red_cell_free_magnesium", "time": "3 wk", "part": "low"}, "has no low"),
    ],
)
def test_a_reference_that_does_not_resolve_says_why(reference: dict[str, Any], said: str):
    emulation = FILES["magnesium.toml"].emulation[0].model_copy(update={"row": "mg-E30"})
    with pytest.raises(InputError, match=r"mg-E30|mg-E999") as caught:
        resolve(Reference.model_validate(reference), emulation)
    assert said in str(caught.value)
