"""The whole docket at a small size: every field there, arms shared, nothing that depends on company."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cofactor.claims import (
    ClaimResult,
    EvidenceState,
    Gathered,
    PooledNumber,
    Word,
    _outcomes,
    disagreement,
    judge,
    load_claim,
    load_claims,
    paragraph,
    parse_claim,
    run_claims,
    runs_needed,
)
from cofactor.claims._wanted import wants_of
from cofactor.errors import InputError
from cofactor.evidence import row
from cofactor.trials import Outcome, Size, arm_from, run_arm

from .invented import TEXT

SMALL = Size(draws=4, people=3)
CLAIMS = load_claims()


@lru_cache
def docket() -> dict[str, ClaimResult]:
    return {result.id: result for result in run_claims(CLAIMS, SMALL)}


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [each for inside in value.values() for each in _numbers(inside)]
    if isinstance(value, list):
        return [each for inside in value for each in _numbers(inside)]
    return [value] if isinstance(value, float) else []


@pytest.mark.parametrize("name", [claim.id for claim in CLAIMS])
def test_every_claim_runs_and_every_field_is_there(name: str) -> None:
    result = docket()[name]
    document = result.to_json()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert all(math.isfinite(number) for number in _numbers(document))
    assert len(document["clauses"]) == len(list(load_claim(name).questions()))
    for clause in document["clauses"]:
        assert 0 <= clause["model"]["p_low"] <= clause["model"]["p"] <= clause["model"]["p_high"] <= 1
        assert clause["model"]["number_of_draws"] == SMALL.draws
        assert clause["model"]["median"] is not None
        assert clause["basis"] == "exact" or clause["evidence"]["state"] in [*EvidenceState]
        assert clause["words_within_chance"][0] == clause["verdict"]
    assert "nan" not in paragraph(result).lower().split()
    assert len(result.row()) == 7
    assert result.samples.keys() == {clause.key for clause in result.clauses}


@pytest.mark.parametrize("name", [claim.id for claim in CLAIMS])
def test_no_model_goes_against_significant_studies_in_people_without_a_word(name: str) -> None:
    """The sign of every clause's model against the pooled controlled human effect, where that is significant."""
    result = docket()[name]
    told = paragraph(result)
    for clause in result.clauses:
        found, model = clause.evidence, clause.model
        if found is None or found.ci_low is None or found.ci_high is None or model is None or model.draws is None:
            continue
        if found.ci_low <= 0 <= found.ci_high or found.pooled is None or found.pooled * model.draws.median > 0:
            continue
        assert disagreement(clause, result.negative), clause.label
        assert "Model and studies disagree" in told


def test_an_arm_is_run_once_however_many_claims_read_it() -> None:
    alone = sum(runs_needed([claim], SMALL) for claim in CLAIMS)
    together = runs_needed(CLAIMS, SMALL)
    pair = [load_claim("d3-no-mg-loss"), load_claim("d3-depletes-mg")]
    assert together < alone
    assert runs_needed(pair, SMALL) == runs_needed(pair[:1], SMALL) == 16 * SMALL.runs
    absorption = [load_claim("d3-raises-mg-absorption"), load_claim("d3-raises-ca-more-than-mg")]
    assert runs_needed(absorption, SMALL) == 4 * SMALL.runs


def test_progress_counts_the_runs_that_were_foretold() -> None:
    told: list[int] = []
    chosen = [load_claim("resorption-precedes-building"), load_claim("mg-detoxifies")]
    run_claims(chosen, Size(2, 2), lambda _, count: told.append(count))
    assert sum(told) == runs_needed(chosen, Size(2, 2)) == 8


def test_workers_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, size = [load_claim("resorption-precedes-building"), load_claim("activation-spares-mg")], Size(2, 2)
    monkeypatch.setattr(_outcomes, "_WORTH_A_WORKER", 1)
    told: list[int] = []
    shared = run_claims(chosen, size, lambda _, count: told.append(count), workers=2)
    assert sum(told) == runs_needed(chosen, size)
    for mine, theirs in zip(run_claims(chosen, size), shared, strict=True):
        assert mine.to_json() == theirs.to_json()
        for key, values in mine.samples.items():
            np.testing.assert_array_equal(values, theirs.samples[key])


def test_a_worker_tells_what_is_wrong_with_an_arm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_outcomes, "_WORTH_A_WORKER", 1)
    with pytest.raises(InputError, match=r"an arm of a trial is a population; received a \[person\]; at arm"):
        run_claims([parse_claim(TEXT, "tea.toml")], Size(1, 1), workers=2)


@pytest.mark.parametrize("name", ["activation-needs-mg", "activation-spares-mg", "d3-raises-mg-absorption"])
def test_a_claim_comes_to_the_same_alone_and_in_company(name: str) -> None:
    """To 1e-6, a hundredth of the solver's own error: an arm whose fluxes another claim counts runs as other machine code,
    which rounds otherwise."""
    (alone,), company = run_claims([load_claim(name)], SMALL), docket()[name]
    assert [clause.ruling for clause in alone.clauses] == [clause.ruling for clause in company.clauses]
    for key, values in alone.samples.items():
        assert np.allclose(values, company.samples[key], rtol=1e-6, atol=1e-6, equal_nan=True)


def test_two_questions_of_one_arm_are_read_on_their_own_days() -> None:
    samples = docket()["d3-raises-bone-resorption"].samples
    assert not np.allclose(samples["d3_4000"], samples["d3_4000@three_years"])
    pth = docket()["pth-without-d"].samples
    assert not np.allclose(pth["acute"], pth["lasting"])


def test_an_arm_read_after_its_end_is_refused() -> None:
    text = TEXT.replace('treated = "tea"', 'at = "400 day"\ntreated = "tea"')
    text = text.replace("[arms.tea.diet]", "[arms.tea.population]\n[arms.tea.diet]")
    with pytest.raises(InputError, match="an arm is read while it runs"):
        run_claims([parse_claim(text, "tea.toml")], Size(1, 1))


# -- loss and depletion ---------------------------------------------------------------------------------------------------


def test_the_shares_of_draws_for_and_against_a_loss_add_up_to_one() -> None:
    kept, lost = docket()["d3-no-mg-loss"], docket()["d3-depletes-mg"]
    for one, other in zip(kept.clauses, lost.clauses, strict=True):
        assert one.key == other.key
        assert one.model is not None
        assert other.model is not None
        assert one.model.p + other.model.p == pytest.approx(1)
        assert np.array_equal(kept.samples[one.key], -np.asarray(lost.samples[other.key]), equal_nan=True)


intervals = st.tuples(*[st.floats(-0.1, 0.1)] * 3).map(sorted)


PAIR = (load_claim("d3-no-mg-loss"), load_claim("d3-depletes-mg"))


@settings(deadline=None)
@given(
    means=st.lists(st.floats(-0.06, 0.06), min_size=1, max_size=20),
    evidence=st.one_of(st.none(), intervals),
)
def test_no_loss_and_depletion_never_both_hold(means: list[float], evidence: list[float] | None) -> None:
    """Whatever the runs show and whatever the trials find, on the same samples and the same studies."""
    change = np.array(means)[:, None]
    pooled = None if evidence is None else PooledNumber(evidence[1], evidence[0], evidence[2])
    words = []
    for claim, sign in zip(PAIR, (1.0, -1.0), strict=True):
        samples = {question.key: sign * change for question in claim.questions()}
        found = {question.key: Gathered(pooled) for question in claim.questions()}
        words.append({clause.key: clause.ruling.word for clause in judge(claim, samples, found).clauses})
    assert not [key for key in words[0] if words[0][key] is Word.HOLDS and words[1][key] is Word.HOLDS]


# -- do the signs make sense ------------------------------------------------------------------------------------------------


def outcome(arm: dict[str, Any], names: list[str], days: list[float]) -> Outcome:
    """One arm in the best estimate, in forty people."""
    return run_arm(arm_from("arm", arm), Size(draws=1, people=40), names, days=days)


def test_calcitriol_rises_on_repletion_as_it_was_measured() -> None:
    """vitd-E51: 25(OH)D of 20 ng/mL or less, ergocalciferol 50 000 IU a week; the interval is of unpaired means."""
    pill = {"name": "vitamin_d2", "amount": "50000 IU", "every": "7 days"}
    arm = {"population": {"like": "deficient"}, "supplement": [pill], "simulate": {"days": 28}}
    measured = [m for m in row("vitd-E51").results if m.name == "serum_calcitriol"]
    before, after = ((m.value or 0.0, m.spread or 0.0) for m in measured)
    ratio = after[0] / before[0]
    n = (row("vitd-E51").n or 0) / 2  # 90 people in two arms; the size of each is not in the abstract
    error = math.sqrt(sum((sd / mean) ** 2 for mean, sd in (before, after)) / n)
    run = outcome(arm, ["serum_calcitriol", "serum_25ohd"], [])
    assert np.nanmean(run.at("serum_25ohd")) > np.nanmean(run.start("serum_25ohd")) + 20
    found = np.nanmean(run.at("serum_calcitriol")) / np.nanmean(run.start("serum_calcitriol"))
    assert ratio * math.exp(-1.96 * error) < found < ratio * math.exp(1.96 * error)


def test_resorption_falls_with_vitamin_d_before_it_rises() -> None:
    ctx = {}
    for dose in (800, 10_000, 200_000):
        pill = {"name": "vitamin_d3", "amount": f"{dose} IU"}
        arm = {"population": {"like": "adults"}, "supplement": [pill], "simulate": {"days": 91}}
        ctx[dose] = float(np.nanmean(outcome(arm, ["ctx"], []).at("ctx")))
    assert 1 > ctx[800] > ctx[10_000]
    assert ctx[200_000] > 1


def test_people_of_the_hypercalciuric_stratum_are_hypercalciuric() -> None:
    claim = load_claim("d3-no-mg-loss")
    question = next(q for q in claim.questions() if q.stratum is not None and q.stratum.id == "hypercalciuric")
    run = outcome(question.arms["none"], ["urine_calcium"], [])
    assert np.nanmedian(run.start("urine_calcium")) > 7.5


def test_lack_of_vitamin_d_is_what_the_arms_say() -> None:
    claim = load_claim("pth-without-d")
    levels = {}
    for question in claim.questions():
        stratum = question.stratum.id if question.stratum else ""
        for arm, fragment in question.arms.items():
            start = outcome(fragment, ["serum_25ohd"], []).start("serum_25ohd")
            levels[f"{arm}@{stratum}"] = float(np.nanmedian(start))
    assert levels["low@"] == levels["low_pth@"] == pytest.approx(15, rel=0.05)
    assert levels["normal@"] == levels["normal@severe"] == pytest.approx(75, rel=0.05)
    assert levels["low_pth@severe"] < 5


def test_every_arm_starts_from_the_same_people() -> None:
    """In a stratum as in the main question: only what the plan does differs."""
    wants = wants_of([load_claim("activation-needs-mg")])
    names = ["serum_magnesium", "serum_25ohd"]
    starts = [run_arm(want.arm, SMALL, names) for want in wants.values()]
    for name in names:
        assert all(np.array_equal(starts[0].start(name), other.start(name)) for other in starts[1:])
