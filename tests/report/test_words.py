"""Numbers as the report prints them."""

from __future__ import annotations

import math

import pytest

from cofactor.claims import EvidenceState, Word
from cofactor.report._studies import link_of
from cofactor.report._words import EVIDENCE_STATES, MEANING, SYMBOL, fixed, number, signed, with_unit


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (3.14159, "3.14"), (-2.5, "−2.5"), (0.0123456, "0.0123"), (1271.837, "1\u202f270"),
        (99.96, "100"), (12.0, "12"), (-7e-13, "−7×10⁻¹³"), (None, "no number"), (math.nan, "no number"),
        (math.inf, "no number"),
    ],
)  # fmt: skip
def test_three_digits_a_real_minus_and_words_for_nothing(value: float | None, text: str) -> None:
    assert number(value) == text


def test_signs_units_and_columns() -> None:
    assert (signed(2.0), signed(-2.0), signed(0.0)) == ("+2", "−2", "0")
    assert (with_unit("2", "mmol"), with_unit("2", "1"), with_unit("2", None)) == ("2 mmol", "2", "2")
    assert (fixed(1271.8371), fixed(-0.0001), fixed(-1.5)) == ("1\u202f271.837", "0.000", "−1.500")
    assert (fixed(1.5, plus=True), fixed(0.0, plus=True)) == ("+1.500", "0.000")


def test_every_word_and_every_state_has_its_meaning() -> None:
    assert set(MEANING) == set(SYMBOL) == set(Word)
    assert len(set(SYMBOL.values())) == len(Word)
    for negative in (True, False):
        assert set(EVIDENCE_STATES[negative]) == set(EvidenceState)


def test_only_a_doi_has_an_address() -> None:
    assert link_of("doi:10.1000/a<b>(1)") == "https://doi.org/10.1000/a%3Cb%3E%281%29"
    assert link_of("pmid:123") == link_of("javascript:alert(1)") == ""
