"""The form of claim files: what is read, and how a fault is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cofactor.claims import load_claim, parse_claim
from cofactor.claims._where import key_lines, line_of
from cofactor.errors import InputError
from cofactor.units import parse_unit

from .invented import STRATUM, TEXT


def _line(text: str, fragment: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if fragment in line)


def test_a_claim_is_read() -> None:
    claim = parse_claim(TEXT + STRATUM, "tea.toml")
    clause = claim.clauses[0]
    assert clause.unit == parse_unit("mmol/L")
    assert clause.smallest_effect is not None
    assert clause.smallest_effect.value == 0.02
    assert [question.key for question in claim.questions()] == ["rise", "rise@old"]
    assert [question.population for question in claim.questions()] == [("adults",), ("older",)]
    assert [question.label for question in claim.questions()] == [
        "serum calcium rises",
        "serum calcium rises (over 65)",
    ]
    assert claim.arms["tea"] == {"diet": {"calcium": "900 mg/day"}}


def test_a_claim_file_is_loaded_by_path(tmp_path: Path) -> None:
    path = tmp_path / "tea.toml"
    path.write_text(TEXT, "utf-8")
    assert load_claim(path) == parse_claim(TEXT, "tea.toml")
    with pytest.raises(InputError, match="must be readable"):
        load_claim(tmp_path / "coffee.toml")


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean mg-detoxifies"):
        load_claim("mg-detoxify")
    with pytest.raises(InputError, match="not in the docket"):
        load_claim("../docket/mg-detoxifies")


@pytest.mark.parametrize(
    ("old", "new", "words", "fragment"),
    [
        ("said_by", "sayd_by", "did you mean said_by", "sayd_by"),
        ("intervention = \"tea\"", "interventoin = \"tea\"", "did you mean intervention", "interventoin"),
        ("d_reason", "d_raeson", "did you mean d_reason", "d_raeson"),
        ("why =", "whi =", "did you mean why", "whi ="),
        ("population = [", "populations = [", "did you mean population", "populations"),
        ("said_by = \"reader\"", "said_by = \"nobody\"", "author's reply", "nobody"),
        ("kind = \"predicted\"", "kind = \"certain\"", "'predicted'", "certain"),
        ("treated = \"tea\"", "treated = \"te\"", "did you mean tea", 'id = "rise"'),
        ("tea -> serum", "tea => serum", "quantity -> quantity", "tea => serum"),
        ("rise(serum_calcium)", "rise(serum_calcum)", "did you mean serum_calcium", "serum_calcum"),
        ("rise(serum_calcium)", "rise(serum_calcium", "')' is missing", "predicate ="),
        ("rise(serum_calcium) >=", "rise(serum_calcium@milk) >=", "received milk", "@milk"),
        ("d = \"0.02 mmol/L\"", "d = \"2 mmHg\"", "do not measure the same thing", "predicate ="),
        ("d = \"0.02 mmol/L\"\n", "", "states d and the outcome tag", "[[clauses]]"),
        ("d_reason = \"less is assay noise\"\n", "", "one line of reason", "[[clauses]]"),
        ("outcome = \"serum_calcium\"\n", "", "states d and the outcome tag", "[[clauses]]"),
        ("kind = \"predicted\"", "kind = \"assumed\"", "names the parameters", "[clauses.basis]"),
        ("kind = \"predicted\"", "kind = \"calibrated\"", "names the evidence rows", "[clauses.basis]"),
        ("id = \"tea-raises-calcium\"", "id = \"Tea!\"", "pattern", "Tea!"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_remedy(old: str, new: str, words: str, fragment: str) -> None:
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        parse_claim(text, "tea.toml")
    assert str(caught.value.where).startswith(f"tea.toml:{_line(text, fragment)}")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[pico]", "testable = false\n[pico]", "gives not_testable_reason"),
        ('reason_note = "colour moves no calcium"\n', "", "is marked"),
        ("[pico]", "[ pico", "must be TOML"),
        ("\n[evidence]", STRATUM + STRATUM + "\n[evidence]", "two strata have one id"),
        ('statement = "Tea raises serum calcium."', "", "states statement"),
    ],
)
def test_a_claim_is_whole(old: str, new: str, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        parse_claim(TEXT.replace(old, new, 1), "tea.toml")
    assert str(caught.value.where).startswith("tea.toml")


def test_a_testable_claim_needs_a_question_and_a_rule_of_evidence() -> None:
    with pytest.raises(InputError, match="states its question"):
        parse_claim('id = "x"\nsaid_by = "reader"\nstatement = "X."', "x.toml")
    without = TEXT.replace('[evidence]\nintervention = ["diet"]\npopulation = ["adults"]\n', "")
    with pytest.raises(InputError, match="need the rule of evidence"):
        parse_claim(without, "x.toml")


def test_a_joined_predicate_is_checked_too() -> None:
    joined = TEXT.replace("rise(serum_calcium) >= d", "rise(serum_calcium) >= d or rise(pasi) >= 2")
    assert parse_claim(joined, "x.toml").clauses[0].predicate.endswith(">= 2")
    with pytest.raises(InputError, match=r"clause rise: .* do not measure the same thing"):
        parse_claim(joined.replace(">= 2", ">= 2 mmHg"), "x.toml")


def test_lines_of_keys() -> None:
    text = 'a = 1\n"b".c = 2\n\n[t] # note\nd = """\ne = 3\n"""\n[[u]]\nf = { g = 4 }\n[[u]]\nf = 5\n[u.v]\nw = 6\n'
    lines = key_lines(text)
    assert lines["a",] == 1
    assert lines["b", "c"] == 2
    assert lines["t", "d"] == 5
    assert ("t", "e") not in lines
    assert lines["u", 0, "f"] == 9
    assert lines["u", 1, "v", "w"] == 13
    assert line_of(text, ("u", 0, "f", "g")) == 9
    assert line_of(text, ("nowhere",)) == 1
