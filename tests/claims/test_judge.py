"""Judging an invented claim: rule, spreads, sensitivity, evidence, JSON, paragraph."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats

from cofactor.claims import (
    EvidenceState,
    Gathered,
    Levels,
    PooledNumber,
    Rule,
    Study,
    Word,
    judge,
    load_claim,
    paragraph,
    parse_claim,
)
from cofactor.errors import InputError

from .invented import STRATUM, TEXT

CLAIM = parse_claim(TEXT, "tea.toml")
WITH_STRATUM = parse_claim(TEXT + STRATUM, "tea.toml")
NEGATIVE = parse_claim(
    TEXT.replace('said_by = "reader"', 'said_by = "reader"\nnegative = true').replace(
        "rise(serum_calcium) >= d", "rise(serum_calcium) > -d"
    ),
    "tea.toml",
)
FALLING = parse_claim(
    TEXT.replace('treated = "tea"', 'counts = "fall"\ntreated = "tea"').replace("rise(serum", "fall(serum"), "tea.toml"
)
NOTHING = {"rise": Gathered()}


def sample(*means: float, spread: float = 0.0) -> np.ndarray:
    """One draw for each mean, three people around it."""
    return np.array([[mean - spread, mean, mean + spread] for mean in means])


def found(low: float, estimate: float, high: float) -> dict[str, Gathered]:
    return {"rise": Gathered(PooledNumber(estimate, low, high))}


def test_p_is_the_share_of_draws_whose_mean_passes() -> None:
    result = judge(CLAIM, {"rise": sample(0.01, 0.02, 0.03, 0.05)}, NOTHING)
    model = result.clauses[0].model
    assert model is not None
    assert model.p == 0.75
    assert (result.word, result.rule) == (Word.HYPOTHESIS, Rule.R6)
    assert "tea against water in adults for 3 months, able to tell 0.02 mmol/L" in result.ruling.condition


def test_people_do_not_vote_draws_do() -> None:
    # One person of three rises by much in every draw; the mean passes, and so does every draw.
    result = judge(CLAIM, {"rise": np.array([[0.0, 0.0, 0.09]] * 4)}, NOTHING)
    model = result.clauses[0].model
    assert model is not None
    assert model.p == 1.0


@pytest.mark.parametrize(
    ("passing", "draws", "expected"),
    [
        (1, 20, (Word.DOES_NOT_HOLD, Word.HYPOTHESIS)),  # p = 0.05 exactly, and chance reaches over it
        (2, 20, (Word.HYPOTHESIS, Word.DOES_NOT_HOLD)),
        (50, 1000, (Word.DOES_NOT_HOLD, Word.HYPOTHESIS)),
        (100, 1000, (Word.HYPOTHESIS,)),
        (0, 1000, (Word.DOES_NOT_HOLD,)),
        (0, 20, (Word.DOES_NOT_HOLD, Word.HYPOTHESIS)),
    ],
)
def test_a_word_that_hangs_on_the_number_of_draws_says_so(passing: int, draws: int, expected: tuple) -> None:
    result = judge(CLAIM, {"rise": sample(*[0.03] * passing, *[0.0] * (draws - passing))}, NOTHING)
    assert result.clauses[0].words_within_chance == expected
    assert ("another set of them could give" in paragraph(result)) is (len(expected) > 1)
    model = result.clauses[0].model
    assert model is not None
    interval = stats.binomtest(passing, draws).proportion_ci(method="wilson")
    assert (model.p_low, model.p_high) == pytest.approx((interval.low, interval.high), abs=1e-12)


def test_the_two_kinds_of_spread_are_kept_apart() -> None:
    generator = np.random.default_rng(5)
    draws, people = generator.normal(0.1, 0.03, size=(400, 1)), generator.normal(0, 0.01, size=(1, 300))
    model = judge(CLAIM, {"rise": draws + people}, NOTHING).clauses[0].model
    assert model is not None
    assert model.draws is not None
    assert model.people is not None
    assert model.draws.p97_5 - model.draws.p2_5 == pytest.approx(2 * 1.96 * 0.03, rel=0.1)
    assert model.people.p97_5 - model.people.p2_5 == pytest.approx(2 * 1.96 * 0.01, rel=0.1)
    assert model.people.median == pytest.approx(model.draws.median, abs=0.005)


def test_failed_runs_are_counted_and_left_out() -> None:
    values = sample(0.03, 0.03, 0.0)
    values[0, 0] = math.nan
    values[2] = math.nan
    model = judge(CLAIM, {"rise": values}, NOTHING).clauses[0].model
    assert model is not None
    assert (model.p, model.number_of_draws, model.failed_runs) == (1.0, 2, 4)


@pytest.mark.parametrize(
    ("evidence", "state", "expected"),
    [
        (found(0.01, 0.03, 0.05), EvidenceState.FOR, Word.IN_PART),  # p = 0: model and trials disagree
        (found(0.001, 0.01, 0.03), EvidenceState.SMALL, Word.IN_PART),
        (found(-0.01, 0.0, 0.01), EvidenceState.NULL, Word.DOES_NOT_HOLD),
        (found(-0.03, -0.02, -0.01), EvidenceState.AGAINST, Word.DOES_NOT_HOLD),
        (found(-0.1, 0.0, 0.1), EvidenceState.UNCLEAR, Word.DOES_NOT_HOLD),
        (NOTHING, EvidenceState.NONE, Word.DOES_NOT_HOLD),
    ],
)
def test_evidence_decides_first(evidence: dict[str, Gathered], state: EvidenceState, expected: Word) -> None:
    result = judge(CLAIM, {"rise": sample(0.0)}, evidence)
    assert result.clauses[0].evidence is not None
    assert result.clauses[0].evidence.state is state
    assert result.word is expected
    if state is EvidenceState.SMALL:
        assert "0.01 mmol/L (95 % 0.001 to 0.03), where 0.02 mmol/L matters" in result.ruling.condition


def test_a_published_fall_counts_for_a_claimed_fall() -> None:
    evidence = {
        "rise": Gathered(PooledNumber(-0.03, -0.05, -0.01), studies=(Study("r", "s", "c", -0.03, -0.05, -0.01),))
    }
    result = judge(FALLING, {"rise": sample(0.03)}, evidence)
    seen = result.clauses[0].evidence
    assert seen is not None
    assert (seen.state, seen.pooled, seen.ci_low, seen.ci_high) == (EvidenceState.FOR, 0.03, 0.01, 0.05)
    assert (seen.studies[0].estimate, seen.studies[0].ci_low) == (0.03, 0.01)
    assert result.word is Word.HOLDS


@pytest.mark.parametrize(
    ("evidence", "mean", "expected"),
    [
        (found(-0.01, 0.0, 0.01), 0.0, Word.HOLDS),  # rules out a fall of d
        (found(-0.015, -0.01, -0.005), 0.0, Word.IN_PART),  # falls, by less than matters
        (found(-0.05, -0.01, -0.001), 0.0, Word.DOES_NOT_HOLD),
        (found(-0.05, -0.04, -0.03), 0.0, Word.DOES_NOT_HOLD),
        (found(-0.05, 0.0, 0.05), 0.0, Word.HOLDS),  # unclear: the model, fitted to none of it, decides
        (NOTHING, 0.0, Word.HOLDS),
        (NOTHING, -0.02, Word.DOES_NOT_HOLD),  # not above -d
    ],
)
def test_that_nothing_falls(evidence: dict[str, Gathered], mean: float, expected: Word) -> None:
    assert judge(NEGATIVE, {"rise": sample(mean)}, evidence).word is expected


def test_sensitivity_computes_p_and_the_evidence_state_anew() -> None:
    draws = {"rise": sample(*[0.015] * 10)}
    line = judge(CLAIM, draws, NOTHING).sensitivity
    assert line is not None
    assert (line.half, line.double) == (Word.HYPOTHESIS, Word.DOES_NOT_HOLD)
    line = judge(CLAIM, {"rise": sample(0.05)}, found(0.01, 0.03, 0.05)).sensitivity
    assert line is not None
    assert (line.half, line.double) == (Word.HOLDS, Word.IN_PART)
    assert not line.steady


def test_a_stratum_of_another_word_makes_the_whole_hold_in_part() -> None:
    evidence = {"rise": found(0.01, 0.03, 0.05)["rise"], "rise@old": Gathered()}
    result = judge(WITH_STRATUM, {"rise": sample(0.03), "rise@old": sample(0.0)}, evidence)
    assert [clause.ruling.word for clause in result.clauses] == [Word.HOLDS, Word.DOES_NOT_HOLD]
    assert (result.word, result.rule) == (Word.IN_PART, Rule.R7)
    assert result.ruling.condition == (
        "holds: serum calcium rises (main question); does not hold: serum calcium rises (over 65)"
    )
    assert 'On whether it differs in the part "over 65": serum calcium rises: does not hold (0 mmol/L' in paragraph(
        result
    )


def test_as_claimed_is_shown_where_it_differs() -> None:
    same = {"rise": sample(0.01, 0.03)}
    assert judge(CLAIM, same, NOTHING, samples_as_claimed=same).clauses[0].as_claimed is None
    result = judge(CLAIM, {"rise": sample(0.0)}, NOTHING, samples_as_claimed={"rise": sample(0.05)})
    assert result.word is Word.DOES_NOT_HOLD
    assert result.as_claimed is not None
    assert result.as_claimed.word is Word.HYPOTHESIS
    assert result.to_json()["as_claimed"] == "hypothesis"


@pytest.mark.parametrize(("lost", "expected"), [(0.0, Word.HOLDS), (1e-8, Word.DOES_NOT_HOLD)])
def test_exact_means_every_person_of_every_draw(lost: float, expected: Word) -> None:
    claim = load_claim("activation-spares-mg")
    samples = {question.key: np.full((2, 3), float(question.clause.id == "closed")) for question in claim.questions()}
    samples["no_loss"][1, 2] = samples["no_loss@severe"][1, 2] = samples["no_loss@kept"][1, 2] = lost
    samples = {key: values - lost if key.startswith("closed") else values for key, values in samples.items()}
    result = judge(claim, samples, {})
    assert (result.word, result.rule) == (expected, Rule.R2)
    assert result.ruling.condition == "by construction"
    assert "does not follow" in paragraph(result)


def test_nothing_measurable_needs_no_runs() -> None:
    result = judge(load_claim("mg-detoxifies"), {}, {})
    assert (result.word, result.rule) == (Word.NOT_TESTABLE, Rule.R1)
    assert result.to_json()["model"] == {"median": None, "p2_5": None, "p97_5": None, "p": None, "unit": None}
    assert "nothing measurable" in paragraph(result)


def test_a_joined_predicate_gives_draws_that_pass() -> None:
    joined = parse_claim(TEXT.replace(">= d", ">= d or rise(pasi) >= 2"), "x.toml")
    result = judge(joined, {"rise": np.array([True, False, True, True])}, NOTHING)
    model = result.clauses[0].model
    assert model is not None
    assert (model.p, model.draws, model.number_of_draws) == (0.75, None, 4)


@pytest.mark.parametrize(
    ("samples", "evidence", "words"),
    [
        ({}, NOTHING, "needs the sample"),
        ({"rise": sample(0.1)}, {}, "needs its evidence"),
        ({"rise": np.zeros(3)}, NOTHING, "shape"),
        ({"rise": np.zeros((0, 3))}, NOTHING, "shape"),
        ({"rise": np.full((2, 3), math.nan)}, NOTHING, "no run"),
        ({"rise": np.zeros((2, 2), dtype=bool)}, NOTHING, "given a draw"),
    ],
)
def test_what_is_missing_is_named(samples: dict, evidence: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        judge(CLAIM, samples, evidence)


CONTRACT = {
    (): {"id", "verdict", "condition", "basis", "model", "evidence", "clauses", "edges"},
    ("model",): {"median", "p2_5", "p97_5", "p", "unit"},
    ("evidence",): {"state", "pooled", "ci_low", "ci_high", "studies"},
}


@pytest.mark.parametrize("evidence", [NOTHING, found(0.01, 0.03, 0.05)])
def test_the_json_holds_the_contract_and_no_nan(evidence: dict[str, Gathered]) -> None:
    values = sample(0.03, 0.05)
    values[0, 0] = math.nan
    document = judge(CLAIM, {"rise": values}, evidence).to_json()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    for path, keys in CONTRACT.items():
        part = document if not path else document[path[0]]
        assert keys <= set(part)
    assert document["clauses"][0]["model"] == document["model"]
    assert document["basis"] == "predicted"
    assert document["edges"] == ["tea -> serum_calcium"]


def test_the_paragraph_says_whom_how_much_and_on_what() -> None:
    result = judge(
        CLAIM,
        {"rise": sample(0.01, 0.03, 0.03, 0.05, spread=0.005)},
        found(-0.01, 0.015, 0.04),
        levels={"rise": Levels(2.35, 2.38, "mmol/L")},
    )
    text = paragraph(result)
    for part in (
        "Asked of adults: tea, compared with water; serum calcium, after 3 months.",
        "3 of 4 equally plausible settings of the model pass (what matters: 0.02 mmol/L)",
        "the mean over 3 virtual people is 0.03 mmol/L",
        "In plain levels: 2.35 mmol/L without and 2.38 mmol/L with.",
        "Between people the effect ranges",
        "leave it open: 0.015 mmol/L (95 %: -0.01 to 0.04) over 1 study",
        'The reason given ("tea is brown") does not follow: colour moves no calcium',
    ):
        assert part in text
