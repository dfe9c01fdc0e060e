"""The predicate language: what it reads, what it refuses, and where it points."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cofactor.claims import parse_predicate
from cofactor.claims._predicate import (
    MEASURES,
    Arithmetic,
    Comparison,
    Junction,
    Measure,
    Negation,
    Number,
    Observable,
    SmallestEffect,
    Within,
    arms_named,
    is_one_a_draw,
    mentions_smallest_effect,
    observables,
)
from cofactor.errors import CofactorError, InputError
from cofactor.units import Quantity, parse_unit


def test_a_rise_against_d() -> None:
    root = parse_predicate("relative_rise(fractional_magnesium_absorption) >= d").root
    measured = Observable("fractional_magnesium_absorption", None, 15)
    assert root == Comparison(">=", Measure("relative_rise", (measured,), False, 1), SmallestEffect(51), 48)


def test_relative_difference_against_a_negative_percentage() -> None:
    root = parse_predicate("difference(body_magnesium, relative) > -1 %").root
    assert isinstance(root, Comparison)
    assert isinstance(root.left, Measure)
    assert root.left.relative
    assert isinstance(root.right, Number)
    assert root.right.quantity == Quantity(-1.0, parse_unit("%"))


@pytest.mark.parametrize("text", ["-0.02 mmol/L", "- 0.02mmol/L", "-2e-2 mmol/L"])
def test_numbers_with_units(text: str) -> None:
    root = parse_predicate(f"difference(serum_magnesium) > {text}").root
    assert isinstance(root, Comparison)
    assert isinstance(root.right, Number)
    assert root.right.quantity.value == pytest.approx(-0.02)
    assert root.right.quantity.unit == parse_unit("mmol/L")


def test_a_range_is_not_read_as_decimals() -> None:
    root = parse_predicate("ratio(serum_calcium, serum_pth) in 0.8..1.25").root
    assert isinstance(root, Within)
    assert [end.quantity.value for end in (root.low, root.high) if isinstance(end, Number)] == [0.8, 1.25]


def test_and_binds_tighter_than_or_and_not_tighter_than_both() -> None:
    root = parse_predicate("pasi > 1 or pasi < 2 and not pasi > 3").root
    assert isinstance(root, Junction)
    assert root.word == "or"
    assert isinstance(root.parts[1], Junction)
    assert isinstance(root.parts[1].parts[1], Negation)


def test_products_bind_tighter_than_sums_and_group_from_the_left() -> None:
    root = parse_predicate("pasi - pasi.start - 2 * d > 0").root
    assert isinstance(root, Comparison)
    outer = root.left
    assert isinstance(outer, Arithmetic)
    assert isinstance(outer.left, Arithmetic)
    assert isinstance(outer.right, Arithmetic)
    assert (outer.operator, outer.left.operator, outer.right.operator) == ("-", "-", "*")


def test_a_word_of_the_grammar_after_a_number_is_no_unit() -> None:
    root = parse_predicate("r2(bmd_hip, bone_strength_hip) >= 0.5 and pasi <= 1 or pasi <= 2").root
    assert isinstance(root, Junction)


def test_brackets_hold_numbers_and_conditions_alike() -> None:
    assert isinstance(parse_predicate("(pasi + 1) * 2 > 3").root, Comparison)
    assert isinstance(parse_predicate("(pasi > 1) and (pasi < 2)").root, Junction)


def test_what_a_predicate_reads() -> None:
    predicate = parse_predicate("ratio(pasi.start - pasi@uvb_cut, ctx@full) >= 0.5")
    assert observables(predicate) == {"pasi", "ctx"}
    assert arms_named(predicate) == {"uvb_cut", "full"}
    assert not mentions_smallest_effect(predicate)
    assert is_one_a_draw(predicate.root)
    assert mentions_smallest_effect(parse_predicate("fall(pasi) >= 2 * d"))


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "ends too early"),
        ("rise(ctx >= d", 14, "')' is missing"),
        ("rise(ctx) >=", 13, "ends too early"),
        ("rise(ctx) > = d", 13, "no meaning"),
        ("rise(ctx) >= d d", 16, "does not belong"),
        ("rise(ctx)", 1, "compares something"),
        ("rise(ctx) >= 2 d", 14, "unclear"),
        ("rise(ctx) >= 3 bananas", 16, "not known"),
        ("rise(ctx) >= 1e400", 14, "finite"),
        ("rises(ctx) >= d", 1, "not known"),
        ("rise(ctx, pasi) >= d", 1, "takes 1"),
        ("share(pasi) >= d", 7, "condition must stand"),
        ("rise(pasi <= 1) >= d", 11, "number must stand"),
        ("(rise(ctx) >= d) + 1 > 2", 12, "number must stand"),
        ("pasi.end > 1", 1, "'.start'"),
        ("pasi@1 > 1", 6, "name of an arm"),
        ("pasi > 1 and pasi", 14, "condition must stand"),
        ("relative > 1", 1, "must stand here"),
        ("pasi in 1..", 12, "ends too early"),
        ("pasi in 1", 10, "'..' is missing"),
        ("1 < pasi < 2", 10, "does not belong"),
        ("__import__('os').system('id') > 1", 12, "no meaning"),
    ],
)
def test_faults_name_the_column(text: str, column: int, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        parse_predicate(text)
    assert caught.value.where == f"column {column}"


def test_an_unknown_measure_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean relative_rise"):
        parse_predicate("relative_rize(ctx) >= d")


def test_absurd_sizes_are_refused() -> None:
    with pytest.raises(InputError, match="characters"):
        parse_predicate("pasi > 1 and " * 100 + "pasi > 1")
    with pytest.raises(InputError, match="nests at most"):
        parse_predicate("(" * 200 + "pasi" + ")" * 200 + " > 1")
    assert isinstance(parse_predicate("not " * 120 + "pasi > 1").root, Negation)


_PIECES = [*MEASURES, "pasi", "ctx", "d", "(", ")", ",", ">=", "<", "in", "..", "and", "or", "not", "-", "+", "*", "/",
           "1", "5 %", "@a", ".start", "relative", "$", "0.02 mmol/L"]  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map(" ".join))
def test_any_text_is_parsed_or_refused_with_a_column(text: str) -> None:
    assert _parsed_or_column(text) in (text, "column")


def _parsed_or_column(text: str) -> str:
    try:
        return parse_predicate(text).text
    except CofactorError as fault:
        return str(fault.where).split()[0]
