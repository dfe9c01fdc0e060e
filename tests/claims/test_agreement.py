"""Model and studies side by side: where they disagree the report says so, whatever the claim.  The effects are invented."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cofactor.claims import EvidenceState, Question, Word, disagreement, gather, judge, load_claims, paragraph
from cofactor.claims._evidence import Gathered
from cofactor.claims._result import BasisResult, ClauseResult, EvidenceResult, Levels, ModelEffect, Spread, Study
from cofactor.claims._verdict import Rule, Ruling

PREDICTED = BasisResult("predicted", (), (), "computed")
DISAGREE = "Model and studies disagree"
DECIDES = ("for", "small", "null", "against")


def evidence(state: EvidenceState, **changes: object) -> EvidenceResult:
    return replace(EvidenceResult(state=state, unit="%", pooled=6.0, ci_low=2.0, ci_high=10.0, k=1), **changes)


def clause(state: EvidenceState, median: float | None, p: float, **changes: object) -> ClauseResult:
    """A clause with an effect of `median` % and a share `p` of settings that pass 5 %; None: a yes-or-no predicate."""
    draws = None if median is None else Spread(median, median - 1, median + 1)
    model = ModelEffect("%", p, draws, draws, 50, 20, 0, Levels(1.0, 1.1, "mmol/L"))
    made = ClauseResult(
        key="rise", clause="rise", stratum=None, label="calcium rises by at least 5 %",
        predicate="relative_rise(serum_calcium) >= d",
        ruling=Ruling(Word.HOLDS, Rule.R3, ""), basis=PREDICTED, smallest_effect="5 %", smallest_effect_reason="less is lost",
        model=model, evidence=evidence(state), sensitivity=None, says="calcium rises by at least 5 %",
    )  # fmt: skip
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("state", "median", "p", "negative", "how"),
    [
        (EvidenceState.FOR, 6.0, 0.9, False, ""),
        (EvidenceState.FOR, 2.0, 0.1, False, "the model's effect is smaller"),
        (EvidenceState.FOR, -2.0, 0.0, False, "the model goes the other way"),
        (EvidenceState.SMALL, 2.0, 0.1, False, ""),
        (EvidenceState.SMALL, -0.5, 0.0, False, "the model goes the other way"),
        (EvidenceState.AGAINST, -6.0, 0.0, False, ""),
        (EvidenceState.AGAINST, 1.0, 0.0, False, "the model goes the other way"),
        (EvidenceState.AGAINST, None, 0.9, False, "an effect that the studies rule out"),
        (EvidenceState.NULL, 1.0, 0.1, False, ""),
        (EvidenceState.NULL, 7.0, 0.8, False, "an effect that the studies rule out"),
        (EvidenceState.UNCLEAR, -7.0, 0.0, False, ""),
        (EvidenceState.NONE, -7.0, 0.0, False, ""),
        (EvidenceState.FOR, 0.0, 1.0, True, ""),
        (EvidenceState.FOR, -9.0, 0.2, True, "the other answer"),
        (EvidenceState.AGAINST, 0.0, 1.0, True, "the other answer"),
        (EvidenceState.AGAINST, -9.0, 0.2, True, ""),
    ],
)
def test_a_model_against_the_studies_is_said_to_be(
    state: EvidenceState, median: float | None, p: float, negative: bool, how: str
) -> None:
    said = disagreement(clause(state, median, p), negative)
    assert (DISAGREE in said) == bool(how)
    assert how in said


def _questions() -> list[tuple[Question, Gathered]]:
    """The questions of the docket whose controlled human studies decide: significant, or a null."""
    found = []
    for claim in load_claims():
        if claim.testable:
            known = gather(claim)
            found += [
                (q, known[q.key]) for q in claim.questions() if q.key in known and known[q.key].pooled is not None
            ]
    return found


QUESTIONS = _questions()


def _judged(question: Question, size: float):
    """The question's claim, every clause with an invented effect of `size` times what matters."""
    samples = {}
    for each in question.claim.questions():
        d = each.clause.smallest_effect
        value = size * (d.value if d is not None else 1.0)
        samples[each.key] = np.full((40, 3), value)
    return judge(question.claim, samples, gather(question.claim))


def test_the_docket_has_claims_that_studies_decide() -> None:
    assert len(QUESTIONS) >= 10


@pytest.mark.parametrize(("question", "found"), QUESTIONS, ids=[f"{q.claim.id}/{q.key}" for q, _ in QUESTIONS])
@pytest.mark.parametrize("size", [-3.0, 3.0])
def test_each_claim_agrees_in_sign_with_significant_studies_or_says_why_not(
    question: Question, found: Gathered, size: float
) -> None:
    """Whatever the model came to: a sign against significant pooled human evidence never stands without a word."""
    result = _judged(question, size)
    one = next(each for each in result.clauses if each.key == question.key)
    assert one.evidence is not None
    assert one.model is not None
    significant = str(one.evidence.state) in ("for", "small", "against")
    studies = 1 if str(one.evidence.state) in ("for", "small") else -1
    middle = one.model.draws.median if one.model.draws is not None else 0.0
    if significant and middle * studies < 0 and not result.negative:
        assert "the model goes the other way" in disagreement(one, result.negative)
        assert DISAGREE in paragraph(result)
    if one.ruling.rule in (Rule.R3, Rule.R4) and middle > 0 and one.model.p >= 0.5:
        assert disagreement(one, result.negative) == ""


def test_a_wide_interval_of_few_studies_and_a_meta_beside_are_explained() -> None:
    studies = tuple(Study(f"r{k}", f"s{k}", f"Study {k} 2001", 6.0, 4.0, 8.0, "%", 40) for k in (1, 2))
    meta = Study("m", "m", "Meta 2020", 7.0, 3.0, 11.0, "%", 4000)
    wide = evidence(EvidenceState.UNCLEAR, ci_low=-400.0, ci_high=4000.0, k=2, studies=studies, largest_meta=meta)
    text = paragraph(
        replace(_judged(QUESTIONS[0][0], 3.0), clauses=(clause(EvidenceState.UNCLEAR, 6.0, 0.9, evidence=wide),))
    )
    assert "(95 %: -400 to 4 000) over 2 studies" in text
    assert "wider than that of each study by itself, as 2 studies cannot tell how much studies differ" in text
    assert "The largest published meta-analysis, Meta 2020, gives 7 % (95 %: 3 to 11)" in text
    assert "by its own method it speaks for an effect" in text
    narrow = replace(wide, ci_low=5.0, ci_high=7.0, state=EvidenceState.FOR)
    quiet = paragraph(
        replace(_judged(QUESTIONS[0][0], 3.0), clauses=(clause(EvidenceState.FOR, 6.0, 0.9, evidence=narrow),))
    )
    assert "wider than" not in quiet
    assert "by its own method" not in quiet
