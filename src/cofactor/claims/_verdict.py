"""The verdict rule R1-R7 of the docket: pure functions from p, basis and pooled evidence to a word.

The rule was fixed before any result was seen.  It lives here and nowhere else; no claim file states a word.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cofactor.errors import InputError

# Shares of draws at which R3 and R6 turn.
MOST_DRAWS = 0.5
HARDLY_ANY_DRAW = 0.05
NEARLY_ALL_DRAWS = 0.95


class Word(StrEnum):
    """What a claim comes to."""

    HOLDS = "holds"
    IN_PART = "holds in part"
    DOES_NOT_HOLD = "does not hold"
    HYPOTHESIS = "hypothesis"
    NOT_TESTABLE = "not testable"


class Basis(StrEnum):
    """What the model's answer rests on."""

    EXACT = "exact"
    ASSUMED = "assumed"
    CALIBRATED = "calibrated"
    PREDICTED = "predicted"


class EvidenceState(StrEnum):
    """What the pooled controlled human studies say about an effect of size d."""

    FOR = "for"
    SMALL = "small"
    NULL = "null"
    UNCLEAR = "unclear"
    AGAINST = "against"
    NONE = "none"


class Rule(StrEnum):
    """The rule that decided."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"
    R6 = "R6"
    R7 = "R7"


class PooledEffect(Protocol):
    """A pooled effect with its 95 % interval, signed in the claimed direction and in the unit of d."""

    @property
    def estimate(self) -> float: ...

    @property
    def ci_low(self) -> float: ...

    @property
    def ci_high(self) -> float: ...


@dataclass(frozen=True, slots=True)
class SignedEffect:
    """A pooled effect turned into the claimed direction."""

    estimate: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class Ruling:
    """A word, the rule that decided it, and what it is conditional on (empty when nothing)."""

    word: Word
    rule: Rule
    condition: str


def counted_from_margin(effect: PooledEffect, margin: float) -> SignedEffect:
    """The effect of a statement that something does NOT happen, counted from the loss that would refute it.

    "Serum Mg falls by less than d" claims a change above -d, so the claimed direction starts at -d: a change of -d
    counts 0 and no change counts d.  Without this a precise null result would speak against "nothing happens".
    """
    return SignedEffect(effect.estimate + margin, effect.ci_low + margin, effect.ci_high + margin)


def evidence_state(pooled: PooledEffect | None, smallest_effect: float) -> EvidenceState:
    """The state of the pooled evidence against the smallest effect that matters, both in the claimed direction.

    `pooled` None: no controlled human study.  Raises InputError when d is not above 0 or the interval is not one.
    """
    if not (math.isfinite(smallest_effect) and smallest_effect > 0):
        raise InputError("the smallest effect that matters is above 0", received=smallest_effect)
    if pooled is None:
        return EvidenceState.NONE
    if not pooled.ci_low <= pooled.estimate <= pooled.ci_high:
        raise InputError(
            "a pooled estimate lies in its interval",
            received=f"{pooled.estimate} in {pooled.ci_low} to {pooled.ci_high}",
        )
    if pooled.ci_low > 0:
        return EvidenceState.FOR if pooled.estimate >= smallest_effect else EvidenceState.SMALL
    if pooled.ci_high < 0:
        return EvidenceState.AGAINST
    return EvidenceState.NULL if pooled.ci_high < smallest_effect else EvidenceState.UNCLEAR


def state_in_range(pooled: PooledEffect | None, low: float, high: float) -> EvidenceState:
    """The state of the evidence for a statement that a quantity lies in a range, pooled and range in one unit.

    "for" where the whole interval lies in it, "against" where none of it does, "unclear" between.
    """
    if pooled is None:
        return EvidenceState.NONE
    if low <= pooled.ci_low and pooled.ci_high <= high:
        return EvidenceState.FOR
    apart = pooled.ci_high < low or pooled.ci_low > high
    return EvidenceState.AGAINST if apart else EvidenceState.UNCLEAR


def rule_not_testable(reason: str) -> Ruling:
    """R1: nothing measurable is named."""
    return Ruling(Word.NOT_TESTABLE, Rule.R1, reason)


def rule_exact(holds: bool) -> Ruling:
    """R2: true or false by definition, bookkeeping or mechanics."""
    return Ruling(Word.HOLDS if holds else Word.DOES_NOT_HOLD, Rule.R2, "by construction")


def rule_measured(state: EvidenceState, basis: Basis, p: float | None, *, negative: bool = False) -> Ruling:
    """R3 to R6 for one testable clause that is not exact.

    `p` is the share of draws whose population-mean difference passes; None where the model has not run, which only
    evidence that decides alone (R4, R5) allows.  `negative`: the statement is that something does not happen.
    """
    if basis is Basis.EXACT:
        raise InputError("an exact clause is computed (R2), not weighed against studies", received=basis)
    if state is EvidenceState.SMALL:
        return Ruling(Word.IN_PART, Rule.R4, "the effect in people is smaller than what matters")
    if state in (EvidenceState.NULL, EvidenceState.AGAINST):
        return Ruling(Word.DOES_NOT_HOLD, Rule.R5, "")
    share = _share(p)
    if state is EvidenceState.FOR:
        return _for(share)
    return _undecided(state, basis, share, negative)


def word(
    *,
    testable: bool = True,
    reason: str = "",
    basis: Basis = Basis.PREDICTED,
    exact_holds: bool | None = None,
    state: EvidenceState = EvidenceState.NONE,
    p: float | None = None,
    negative: bool = False,
) -> Ruling:
    """R1 to R6 for one clause: the ruling from everything that may decide it."""
    if not testable:
        return rule_not_testable(reason)
    if basis is not Basis.EXACT:
        return rule_measured(state, basis, p, negative=negative)
    if exact_holds is None:
        raise InputError("an exact clause needs its computed result", hint="pass exact_holds")
    return rule_exact(exact_holds)


def combine(rulings: Sequence[tuple[str, Ruling]]) -> Ruling:
    """R7: the ruling of the whole from its labelled clauses and strata.

    Where all words agree the first ruling stands.  Where one differs the whole holds in part, and the condition says
    which part comes to which word.
    """
    if not rulings:
        raise InputError("a claim is judged by one clause at least")
    first = rulings[0][1]
    if all(ruling.word is first.word for _, ruling in rulings):
        return first
    parts = "; ".join(f"{word}: {', '.join(labels)}" for word, labels in _by_word(rulings).items())
    return Ruling(Word.IN_PART, Rule.R7, parts)


def _by_word(rulings: Sequence[tuple[str, Ruling]]) -> dict[Word, list[str]]:
    """The labels that come to each word, in the order of their first."""
    found: dict[Word, list[str]] = {}
    for label, ruling in rulings:
        found.setdefault(ruling.word, []).append(label)
    return found


def _share(p: float | None) -> float:
    if p is None or not 0 <= p <= 1:
        raise InputError("p is a share of draws, 0 to 1", received=p, hint="run the arms of this clause")
    return p


def _for(p: float) -> Ruling:
    if p < MOST_DRAWS:
        return Ruling(
            Word.IN_PART, Rule.R3, f"model and trials disagree: trials show it, the model reaches it in {_settings(p)}"
        )
    return Ruling(Word.HOLDS, Rule.R3, "")


def _undecided(state: EvidenceState, basis: Basis, p: float, negative: bool) -> Ruling:
    """R6, where no study decides."""
    studies = "no controlled human study to pool" if state is EvidenceState.NONE else "the studies leave it open"
    if p <= HARDLY_ANY_DRAW:
        return Ruling(Word.DOES_NOT_HOLD, Rule.R6, f"{studies}; the model reaches it in {_settings(p)}")
    if negative and p >= NEARLY_ALL_DRAWS and basis is not Basis.ASSUMED:
        return Ruling(Word.HOLDS, Rule.R6, f"{studies}; the model stays within it in {_settings(p)}")
    return Ruling(Word.HYPOTHESIS, Rule.R6, f"{studies}; the model reaches it in {_settings(p)} (basis: {basis})")


def _settings(p: float) -> str:
    return f"{100 * p:.0f} % of its plausible settings"
