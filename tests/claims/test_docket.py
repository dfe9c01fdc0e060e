"""The shipped claim files: the fixed wording of the docket, its sources, and no result typed in."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cofactor.claims
from cofactor.claims import Basis, Claim, Rule, Word, gather, load_claim, load_claims
from cofactor.evidence import load_rows, vocabulary
from cofactor.units import to_canonical

CODE = Path(cofactor.claims.__file__).parent
FILES = sorted((CODE / "docket").glob("*.toml"))
CLAIMS = load_claims()
REFERENCE_CALCITRIOL = 100.0  # pmol/L, design.md section 2 and coupled.md decision 15


def test_the_claims_of_this_version_are_shipped() -> None:
    assert {"d3-raises-mg-absorption", "activation-spares-mg", "mg-detoxifies"} <= {claim.id for claim in CLAIMS}
    assert [file.stem for file in FILES] == [claim.id for claim in CLAIMS]


def test_absorption_is_judged_as_registered() -> None:
    claim = load_claim("d3-raises-mg-absorption")
    clause = claim.clauses[0]
    assert (clause.predicate, clause.d, claim.negative) == (
        "relative_rise(fractional_magnesium_absorption) >= d", "5 %", False,
    )  # fmt: skip
    assert clause.basis.kind is Basis.ASSUMED
    assert [question.key for question in claim.questions()] == ["absorption", "absorption@replete"]


def test_activation_is_bookkeeping_and_its_reason_does_not_follow() -> None:
    claim = load_claim("activation-spares-mg")
    assert claim.clauses[0].basis.kind is Basis.EXACT
    assert claim.reason_follows is False
    assert claim.arms["cut_to_12"]["diet_change"][0]["magnesium"] == "12 mg/day"


def test_detoxifying_is_not_testable() -> None:
    claim = load_claim("mg-detoxifies")
    assert not claim.testable
    assert claim.not_testable_reason


# -- no result is typed in ----------------------------------------------------------------------------------------------

WORDS = re.compile(r"\b(holds?( in part)?|does not hold|hypothes[ie]s|not testable)\b", re.IGNORECASE)
RESULT_KEYS = re.compile(
    r"^(verdict|word|result|rule|expected|effect_size|estimate|pooled|median|p|p_value|p2_5|p97_5|ci|ci_low|ci_high|"
    r"interval|state|i2|tau2|prediction_low|prediction_high)$"
)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key
            yield from _keys(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from _keys(inside)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from _texts(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from _texts(inside)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_no_claim_file_states_a_word_an_effect_or_an_interval(claim: Claim) -> None:
    document = claim.model_dump()
    assert [key for key in _keys(document) if RESULT_KEYS.match(key)] == []
    registered = {claim.statement, claim.reason, *(arm for arm in claim.arms)}
    stated = [text for text in _texts(document) if text not in registered and str(text) not in [*Basis]]
    assert [text for text in stated if WORDS.search(text.replace("which hold magnesium", ""))] == []
    assert [text for text in stated if re.search(r"95 ?%|\bCI\b|\bp ?[<=]", text)] == []


@pytest.mark.parametrize("file", sorted(CODE.glob("*.py")), ids=lambda file: file.name)
def test_verdict_words_stand_in_the_rule_and_nowhere_else(file: Path) -> None:
    strings = re.findall(r"""(["'])((?:(?!\1).)*)\1""", file.read_text("utf-8"))
    typed = [text for _, text in strings if text in [*Word]]
    assert len(typed) == (len(Word) if file.name == "_verdict.py" else 0)


@pytest.mark.parametrize("file", sorted(CODE.glob("*.py")), ids=lambda file: file.name)
def test_no_code_knows_a_claim_by_its_id(file: Path) -> None:
    assert [claim.id for claim in CLAIMS if claim.id in file.read_text("utf-8")] == []


def test_the_rules_are_seven() -> None:
    assert [*Rule] == [f"R{number}" for number in range(1, 8)]


# -- sources ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_tags_belong_to_the_vocabulary_of_evidence(claim: Claim) -> None:
    known = vocabulary()
    for question in claim.questions():
        if question.clause.outcome is not None:
            assert question.clause.outcome in known.outcomes
            assert set(question.population) <= set(known.populations)
    if claim.evidence is not None:
        assert set(claim.evidence.intervention) <= set(known.interventions)
        beside = claim.evidence.beside
        assert beside is None or set(beside.outcomes) <= set(known.outcomes)
        assert beside is None or set(beside.interventions) <= set(known.interventions)


def _imposed(claim: Claim) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{name}.{quantity}", given)
        for name, arm in claim.arms.items()
        for quantity, given in arm.get("imposed", {}).items()
    ]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_an_imposed_ratio_is_the_published_number_converted(claim: Claim) -> None:
    for name, given in _imposed(claim):
        assert given["rows"], name
        if "published" not in given:
            continue
        published = given["published"]
        ratios = [to_canonical("serum_calcitriol", published[key]) / REFERENCE_CALCITRIOL for key in ("mean", "sd")]
        assert (given["mean"], given["sd"]) == pytest.approx(ratios, abs=0.001), name
        assert given["se"] == pytest.approx(ratios[1] / math.sqrt(published["n"]), abs=0.001), name


def test_rows_named_in_a_claim_are_rows_of_the_tables() -> None:
    shipped = {row.id for row in load_rows()}
    fields = {identifier.partition("-")[0] for identifier in shipped}
    for claim in CLAIMS:
        named = [row for clause in claim.clauses for row in clause.basis.rows]
        named += [row for _, given in _imposed(claim) for row in given["rows"]]
        assert [row for row in named if row.partition("-")[0] in fields and row not in shipped] == []


def test_assumed_parameters_are_parameters_of_the_body() -> None:
    from cofactor.body import gut

    for claim in CLAIMS:
        for clause in claim.clauses:
            assert [name for name in clause.basis.parameters if not hasattr(gut, name)] == []


def test_the_basis_is_assumed_because_its_rows_calibrate_nothing() -> None:
    clause = load_claim("d3-raises-mg-absorption").clauses[0]
    uses = {row.id: row.use for row in load_rows() if row.id in clause.basis.rows}
    assert set(uses.values()) == {"validation"}
    assert set(uses) == set(clause.basis.rows)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_shipped_rows_answer_or_are_accounted_for(claim: Claim) -> None:
    for gathered in gather(claim).values():
        assert all(study.reason for study in (*gathered.excluded, *gathered.animals))
        pooled = {study.study for study in gathered.studies}
        assert len(pooled) == len(gathered.studies)  # one study counts once
