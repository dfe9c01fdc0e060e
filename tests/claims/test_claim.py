"""The form of claim files: what is read, and how a fault is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cofactor.claims import load_claim, parse_claim
from cofactor.claims._load import line_of
from cofactor.claims._overlay import overlaid
from cofactor.errors import InputError
from cofactor.scenario import locate
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
    main, old = claim.questions()
    assert main.arms["tea"] == claim.arms["tea"]
    assert old.arms["water"] == {"diet": {"calcium": "900 mg/day"}, "population": {"age": 70}}
    assert (main.day, main.time) == (None, "3 months")


def test_a_stratum_takes_over_the_clauses_it_names() -> None:
    second = TEXT[TEXT.index("[[clauses]]") : TEXT.index("[evidence]")].replace('id = "rise"', 'id = "other"')
    text = TEXT.replace("\n[evidence]", f"\n{second}\n[evidence]") + STRATUM.replace("label", 'of = ["other"]\nlabel')
    claim = parse_claim(text, "tea.toml")
    assert [question.key for question in claim.questions()] == ["rise", "other", "other@old"]


def test_a_stratum_of_a_clause_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="a stratum takes over clauses"):
        parse_claim(TEXT + STRATUM.replace("label", 'of = ["fall"]\nlabel'), "tea.toml")


def test_a_stratum_lays_its_change_over_every_arm_or_one() -> None:
    text = (
        TEXT
        + """
[[strata]]
id = "low"
label = "on little calcium"
at = "2 weeks"
time = "a fortnight"
[strata.change.diet]
calcium = "400 mg/day"
magnesium = "200 mg/day"
[strata.change_of.tea.diet]
calcium = "300 mg/day"
"""
    )
    low = list(parse_claim(text, "tea.toml").questions())[1]
    assert low.arms == {
        "tea": {"diet": {"calcium": "300 mg/day", "magnesium": "200 mg/day"}},
        "water": {"diet": {"calcium": "400 mg/day", "magnesium": "200 mg/day"}},
    }
    assert (low.day, low.time) == (14, "a fortnight")
    with pytest.raises(InputError, match="an arm must be described; received milk"):
        parse_claim(text.replace("change_of.tea", "change_of.milk"), "tea.toml")
    with pytest.raises(InputError, match="a stratum changes something"):
        parse_claim(TEXT + '[[strata]]\nid = "same"\nlabel = "the same"\n', "tea.toml")


def test_lists_are_replaced_and_tables_merged() -> None:
    base = {"a": {"x": 1, "y": [1, 2]}, "b": 1}
    assert overlaid(base, {"a": {"y": []}, "c": 2}) == {"a": {"x": 1, "y": []}, "b": 1, "c": 2}
    assert base == {"a": {"x": 1, "y": [1, 2]}, "b": 1}


@pytest.mark.parametrize(("at", "words"), [("3 mmol", "as in '91 day'"), ("0 day", "after the run's start")])
def test_a_time_of_reading_is_a_time(at: str, words: str) -> None:
    text = TEXT.replace('treated = "tea"', f'at = "{at}"\ntreated = "tea"')
    with pytest.raises(InputError, match=re.escape(words)):
        parse_claim(text, "tea.toml")


TURN = """
[turn]
says = "it turns"
effect = "relative_rise(serum_calcium) > 0"
unit = "cups"
comparator = "water"
points = [{ dose = 1, arm = "water" }, { dose = 2, arm = "tea" }]
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("> 0", "> 5 %", "compared with 0"),
        ("relative_rise", "rise", "do not measure the same thing"),
        ("dose = 2", "dose = 1", "the doses of a series rise"),
        ('arm = "tea"', 'arm = "milk"', "received milk"),
        ('unit = "cups"', 'unit = "cups"\nstrata = ["old"]', "strata of the claim"),
        ("says", "sais", "did you mean says"),
    ],
)
def test_a_series_of_doses_is_checked(old: str, new: str, words: str) -> None:
    assert parse_claim(TEXT + TURN, "tea.toml").turn is not None
    with pytest.raises(InputError, match=re.escape(words)):
        parse_claim(TEXT + TURN.replace(old, new, 1), "tea.toml")


def test_an_exclusion_is_of_questions_that_exist() -> None:
    exclusion = '[[evidence.exclusions]]\nrow = "x"\nreason = "y"\nof = ["old"]\n'
    text = TEXT.replace("\n[arms.tea.diet]", f"{exclusion}\n[arms.tea.diet]")
    assert text != TEXT
    with pytest.raises(InputError, match="an exclusion is of clauses or strata"):
        parse_claim(text, "tea.toml")
    claim = parse_claim(text + STRATUM, "tea.toml")
    assert claim.evidence is not None
    assert [q.excludes(claim.evidence.exclusions[0]) for q in claim.questions()] == [False, True]


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
    lines = locate(text)
    assert lines["a",] == 1
    assert lines["b", "c"] == 2
    assert lines["t", "d"] == 5
    assert ("t", "e") not in lines
    assert lines["u", 0, "f"] == 9
    assert lines["u", 1, "v", "w"] == 13
    assert line_of(text, ("u", 0, "f", "g")) == 9
    assert line_of(text, ("nowhere",)) == 1
