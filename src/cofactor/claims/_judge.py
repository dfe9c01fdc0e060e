"""From effects of virtual people and pooled studies to the judged claim."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cofactor.claims._claim import BasisStatement, Claim, Question
from cofactor.claims._effects import FloatArray, mean_over_people, target
from cofactor.claims._evidence import Gathered, in_claimed_direction
from cofactor.claims._parts import parts
from cofactor.claims._predicate import Within
from cofactor.claims._result import (
    AsClaimed,
    BasisResult,
    ClaimResult,
    ClauseResult,
    Levels,
    ModelEffect,
    QuestionText,
    Reason,
    Sensitivity,
    Spread,
)
from cofactor.claims._verdict import (
    Basis,
    EvidenceState,
    Rule,
    Ruling,
    SignedEffect,
    Word,
    combine,
    counted_from_margin,
    evidence_state,
    state_in_range,
    word,
)
from cofactor.errors import InputError
from cofactor.units import Quantity

Samples = Mapping[str, ArrayLike]

# The sensitivity line gives the word at these multiples of the smallest effect that matters.
HALF, AS_STATED, DOUBLE = 0.5, 1.0, 2.0
_Z = 1.959963984540054  # normal quantile at 0.975


def judge(
    claim: Claim,
    samples: Samples,
    evidence: Mapping[str, Gathered],
    *,
    samples_as_claimed: Samples | None = None,
    levels: Mapping[str, Levels] | None = None,
) -> ClaimResult:
    """The claim judged by R1-R7.

    `samples[key]`, for each `Question.key` of the claim, holds arm differences (draws, people) in the claimed
    direction and in the unit of the clause's d, as `effects` computes them; true or false a draw for a joined
    predicate; NaN for a failed run.  `evidence[key]` comes from `gather`; exact clauses need none.
    `samples_as_claimed` are the same with the speaker's hypothesis switched on, `levels` the plain levels to print.
    Raises InputError for what is missing or has another shape.
    """
    if not claim.testable:
        return _whole(claim, word(testable=False, reason=claim.not_testable_reason or ""), ())
    claimed, plain = samples_as_claimed or {}, levels or {}
    cases = [
        Case(question, _sample(question, samples), _gathered(question, evidence)) for question in claim.questions()
    ]
    clauses = tuple(_clause(case, claimed.get(case.question.key), plain.get(case.question.key)) for case in cases)
    ruling = combine([(clause.label, clause.ruling) for clause in clauses])
    result = _whole(claim, ruling, clauses)
    if claimed:
        rulings = [(each.label, each.as_claimed.ruling if each.as_claimed else each.ruling) for each in clauses]
        says = claim.as_claimed.says if claim.as_claimed else ""
        result = replace(result, as_claimed=combine(rulings), hypothesis=says)
    return replace(result, sensitivity=_sensitivity([(case.question.label, case) for case in cases]))


@dataclass(frozen=True)
class Case:
    """One question with its sample and its evidence: all that a ruling needs, at any smallest effect."""

    question: Question
    sample: Sample
    gathered: Gathered | None

    def smallest_effect(self, factor: float) -> Quantity | None:
        """d times `factor`."""
        stated = self.question.clause.smallest_effect
        return None if stated is None else Quantity(stated.value * factor, stated.unit)

    def ruling(self, factor: float = AS_STATED) -> Ruling:
        """R2 to R6 at d times `factor`, p and the evidence state both computed anew."""
        if self.question.clause.basis.kind is Basis.EXACT:
            return word(basis=Basis.EXACT, exact_holds=self.sample.all_pass(self.smallest_effect(factor)))
        return self.ruling_at(self.sample.p(self.smallest_effect(factor)), factor)

    def ruling_at(self, p: float, factor: float = AS_STATED) -> Ruling:
        """R3 to R6 were `p` the share of draws that pass."""
        basis, negative = self.question.clause.basis.kind, self.question.claim.negative
        return word(basis=basis, state=self.state(factor), p=p, negative=negative)

    def words_within_chance(self, model: ModelEffect) -> tuple[Word, ...]:
        """The words that p's interval spans, the one at p first; one word where more draws would change nothing."""
        if self.question.clause.basis.kind is Basis.EXACT or model.p_low is None or model.p_high is None:
            return (self.ruling().word,)
        words = (self.ruling_at(p).word for p in (model.p, model.p_low, model.p_high))
        return tuple(dict.fromkeys(words))

    def state(self, factor: float = AS_STATED) -> EvidenceState:
        """The state of the evidence at d times `factor`."""
        smallest = self.smallest_effect(factor)
        if self.gathered is None or smallest is None:
            return EvidenceState.NONE
        pooled, clause = self.pooled(), self.question.clause
        if isinstance(clause.parsed.root, Within):
            asked = target(clause.parsed, smallest, clause.unit)
            return state_in_range(pooled, asked.low, asked.high)
        if pooled is not None and self.question.claim.negative:
            pooled = counted_from_margin(pooled, smallest.value)
        return evidence_state(pooled, smallest.value)

    def pooled(self) -> SignedEffect | None:
        """The pooled effect in the claimed direction."""
        if self.gathered is None or self.gathered.pooled is None:
            return None
        found, sign = self.gathered.pooled, self.question.clause.sign
        low, high = sorted((sign * found.ci_low, sign * found.ci_high))
        return SignedEffect(sign * found.estimate, low, high)


@dataclass(frozen=True)
class Sample:
    """The effects of one question: `people` (draws, people), or only `passing` (draws,) for a joined predicate."""

    question: Question
    people: FloatArray | None
    passing: NDArray[np.bool_] | None

    def p(self, smallest_effect: Quantity | None) -> float:
        """Share of the draws with a mean whose population-mean difference passes the predicate."""
        if self.people is None:
            return float(np.mean(self.passing if self.passing is not None else ()))
        asked = target(self.question.clause.parsed, smallest_effect, self.question.clause.unit)
        return float(np.mean(asked.reached(self.means)))

    def all_pass(self, smallest_effect: Quantity | None) -> bool:
        """Whether every person of every draw passes: what an exact clause asks."""
        if self.people is None:
            return bool(np.all(self.passing))
        asked = target(self.question.clause.parsed, smallest_effect, self.question.clause.unit)
        return bool(np.all(asked.reached(self.people[np.isfinite(self.people)])))

    @property
    def means(self) -> FloatArray:
        """Mean of each draw, draws in which every run failed left out; (draws,)."""
        if self.people is None:
            return np.empty(0)
        means = mean_over_people(self.people)[:, 0]
        return means[np.isfinite(means)]

    def summary(self, p: float, levels: Levels | None) -> ModelEffect:
        """Both kinds of spread; between people is taken around each draw's mean, so that draws do not widen it."""
        unit = str(self.question.clause.unit)
        if self.people is None:
            draws = 0 if self.passing is None else self.passing.size
            return ModelEffect(unit, p, None, None, draws, 0, 0, levels, *_share_interval(p, draws))
        around = self.people - mean_over_people(self.people) + self.means.mean()
        found = np.isfinite(self.people)
        between = _spread(around[found]) if self.people.shape[1] > 1 else None
        draws, people = self.means.size, self.people.shape[1]
        failed = int((~found).sum())
        chance = _share_interval(p, draws)
        return ModelEffect(unit, p, _spread(self.means), between, draws, people, failed, levels, *chance)


def _share_interval(share: float, draws: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of that many draws (Wilson 1927, J Am Stat Assoc 22:209)."""
    z2 = _Z**2
    middle = (share + z2 / (2 * draws)) / (1 + z2 / draws)
    half = _Z * math.sqrt(share * (1 - share) / draws + z2 / (4 * draws**2)) / (1 + z2 / draws)
    return max(0.0, middle - half), min(1.0, middle + half)


def _spread(values: FloatArray) -> Spread:
    low, middle, high = np.quantile(values, (0.025, 0.5, 0.975))
    return Spread(float(middle), float(low), float(high))


def _sample(question: Question, samples: Samples) -> Sample:
    if question.key not in samples:
        known = ", ".join(sorted(samples)) or "none"
        raise InputError("every clause needs the sample of its arms", received=question.key, hint=f"given: {known}")
    return _as_sample(question, samples[question.key])


def _as_sample(question: Question, values: ArrayLike) -> Sample:
    array = np.asarray(values)
    if array.dtype == np.bool_:
        if array.ndim != 1 or not array.size:
            raise InputError("passed or not is given a draw, (draws,)", received=array.shape, where=question.key)
        return Sample(question, None, array)
    array = array.astype(np.float64)
    if array.ndim != 2 or not array.size:
        raise InputError("a sample has the shape (draws, people)", received=array.shape, where=question.key)
    if not np.isfinite(array).any():
        raise InputError("no run of this clause succeeded", received=array.shape, where=question.key)
    return Sample(question, array, None)


def _gathered(question: Question, evidence: Mapping[str, Gathered]) -> Gathered | None:
    """The evidence of a question; "not looked for" must never pass as "none", so a missing key is a fault."""
    if question.clause.outcome is None:
        return None
    if question.key not in evidence:
        raise InputError("every clause needs its evidence", received=question.key, hint="gather(claim, rows) finds it")
    return evidence[question.key]


def _clause(case: Case, claimed: ArrayLike | None, levels: Levels | None) -> ClauseResult:
    question, clause = case.question, case.question.clause
    ruling = case.ruling()
    model = case.sample.summary(case.sample.p(clause.smallest_effect), levels)
    return ClauseResult(
        key=question.key,
        clause=clause.id,
        stratum=question.stratum.id if question.stratum else None,
        label=question.label,
        predicate=clause.predicate,
        ruling=replace(ruling, condition=_condition(ruling, case)),
        basis=_basis(clause.basis),
        smallest_effect=clause.matters,
        smallest_effect_reason=clause.d_reason,
        model=model,
        evidence=in_claimed_direction(case.gathered, clause, case.state()) if case.gathered is not None else None,
        sensitivity=_sensitivity([(question.label, case)]),
        as_claimed=_as_claimed(case, claimed),
        words_within_chance=case.words_within_chance(model),
        says=clause.asks,
        stratum_label=question.stratum.label if question.stratum else "",
    )


def _as_claimed(case: Case, values: ArrayLike | None) -> AsClaimed | None:
    """The question with the hypothesis on; None where nothing was run or nothing differs."""
    if values is None:
        return None
    other = replace(case, sample=_as_sample(case.question, values))
    smallest = case.question.clause.smallest_effect
    model = other.sample.summary(other.sample.p(smallest), None)
    if model == case.sample.summary(case.sample.p(smallest), None):
        return None
    return AsClaimed(other.ruling(), model)


def _sensitivity(cases: list[tuple[str, Case]]) -> Sensitivity:
    half, double = (combine([(label, case.ruling(factor)) for label, case in cases]).word for factor in (HALF, DOUBLE))
    return Sensitivity(half, double)


def _condition(ruling: Ruling, case: Case) -> str:
    """The condition of the rule, with the size (R4) or the study that would settle it (R6)."""
    pooled, clause = case.pooled(), case.question.clause
    if ruling.rule is Rule.R4 and pooled is not None:
        size = f"{pooled.estimate:.3g} {clause.unit} (95 % {pooled.ci_low:.3g} to {pooled.ci_high:.3g})"
        return f"{ruling.condition}: {size}, where {clause.matters} matters"
    if ruling.word is Word.HYPOTHESIS:
        return f"{ruling.condition}; what would settle it: {_settling_study(case)}"
    return ruling.condition


def _settling_study(case: Case) -> str:
    """The trial that would decide: the question itself, in the people and against the effect it is about."""
    pico, clause, stratum = case.question.claim.pico, case.question.clause, case.question.stratum
    if pico is None:
        return "a controlled study"
    arms = f"{pico.intervention} against {pico.comparator}"
    part = "" if stratum is None else f", of the part “{stratum.label}”"
    return f"a controlled study of {arms} in {pico.population} for {case.question.time}{part}, able to tell {clause.matters}"


def _basis(basis: BasisStatement) -> BasisResult:
    return BasisResult(str(basis.kind), basis.parameters, basis.rows, basis.why)


def _whole(claim: Claim, ruling: Ruling, clauses: tuple[ClauseResult, ...]) -> ClaimResult:
    if clauses:  # the first clause's own condition, with its numbers; where words differ, which part comes to which
        ruling = replace(ruling, condition=parts(clauses)) if ruling.rule is Rule.R7 else clauses[0].ruling
    return ClaimResult(
        id=claim.id,
        statement=claim.statement,
        said_by=claim.said_by,
        negative=claim.negative,
        question=QuestionText(**claim.pico.model_dump()) if claim.pico else None,
        ruling=ruling,
        clauses=clauses,
        edges=claim.edges,
        reason=_reason(claim),
        sensitivity=None,
    )


def _reason(claim: Claim) -> Reason | None:
    if claim.reason is None:
        return None
    return Reason(claim.reason, bool(claim.reason_follows), claim.reason_note or "")
