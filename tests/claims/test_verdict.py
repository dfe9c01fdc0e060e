"""R1 to R7, every branch and border, on invented numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cofactor.claims import Basis, EvidenceState, Rule, Ruling, Word, combine, evidence_state, word
from cofactor.claims._verdict import SignedEffect, counted_from_margin, state_in_range
from cofactor.errors import InputError

OPEN = (EvidenceState.NONE, EvidenceState.UNCLEAR)
MEASURED = (Basis.ASSUMED, Basis.CALIBRATED, Basis.PREDICTED)


def effect(low: float, estimate: float, high: float) -> SignedEffect:
    return SignedEffect(estimate, low, high)


# -- the evidence states, d = 2 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pooled", "state"),
    [
        (effect(1, 3, 5), EvidenceState.FOR),
        (effect(1, 2, 3), EvidenceState.FOR),  # estimate == d
        (effect(1, 1.999, 3), EvidenceState.SMALL),
        (effect(1e-9, 1, 5), EvidenceState.SMALL),
        (effect(0, 3, 6), EvidenceState.UNCLEAR),  # CI touching 0 holds 0
        (effect(0, 1, 1.5), EvidenceState.NULL),
        (effect(-1, 0.1, 1.999), EvidenceState.NULL),
        (effect(-1, 0.5, 2), EvidenceState.UNCLEAR),  # CI high == d
        (effect(-9, 1, 9), EvidenceState.UNCLEAR),
        (effect(-3, -1, 0), EvidenceState.NULL),  # CI touching 0 from below holds 0
        (effect(-3, -2, -1e-9), EvidenceState.AGAINST),
        (effect(0, 0, 0), EvidenceState.NULL),
        (None, EvidenceState.NONE),
    ],
)
def test_states_and_their_borders(pooled: SignedEffect | None, state: EvidenceState) -> None:
    assert evidence_state(pooled, 2.0) is state


@pytest.mark.parametrize("d", [0.0, -1.0, math.nan, math.inf])
def test_the_smallest_effect_is_above_zero(d: float) -> None:
    with pytest.raises(InputError, match="above 0"):
        evidence_state(None, d)


@pytest.mark.parametrize("pooled", [effect(1, 0, 2), effect(-1, 3, 2), effect(0, math.nan, 1), effect(math.nan, 0, 1)])
def test_an_estimate_outside_its_interval_is_refused(pooled: SignedEffect) -> None:
    with pytest.raises(InputError, match="lies in its interval"):
        evidence_state(pooled, 2.0)


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (effect(-0.5, 0.1, 0.5), EvidenceState.FOR),  # a precise "no change" speaks for "does not fall by 1"
        (effect(-0.9, 0.0, 0.9), EvidenceState.FOR),
        (effect(-0.9, -0.4, 0.1), EvidenceState.SMALL),  # falls, by less than matters
        (effect(-1.0, -0.4, -0.1), EvidenceState.NULL),  # a real fall, perhaps by what matters
        (effect(-2.0, 0.0, 2.0), EvidenceState.UNCLEAR),
        (effect(-3.0, -2.0, -1.1), EvidenceState.AGAINST),
    ],
)
def test_that_nothing_happens_is_counted_from_the_loss_that_refutes_it(
    change: SignedEffect, state: EvidenceState
) -> None:
    assert evidence_state(counted_from_margin(change, 1.0), 1.0) is state


@pytest.mark.parametrize(
    ("pooled", "state"),
    [
        (effect(0.9, 1.0, 1.1), EvidenceState.FOR),
        (effect(0.8, 1.0, 1.25), EvidenceState.FOR),  # both ends belong
        (effect(0.7, 1.0, 1.1), EvidenceState.UNCLEAR),
        (effect(0.2, 0.7, 3.0), EvidenceState.UNCLEAR),
        (effect(0.3, 0.5, 0.79), EvidenceState.AGAINST),
        (effect(1.26, 2.0, 3.0), EvidenceState.AGAINST),
        (None, EvidenceState.NONE),
    ],
)
def test_a_range_is_shown_by_an_interval_within_it(pooled: SignedEffect | None, state: EvidenceState) -> None:
    assert state_in_range(pooled, 0.8, 1.25) is state


# -- R1, R2 ------------------------------------------------------------------------------------------------------------


def test_r1_nothing_measurable() -> None:
    ruling = word(testable=False, reason="nothing is named", basis=Basis.EXACT, exact_holds=True, p=1.0)
    assert ruling == Ruling(Word.NOT_TESTABLE, Rule.R1, "nothing is named")


@pytest.mark.parametrize(("holds", "expected"), [(True, Word.HOLDS), (False, Word.DOES_NOT_HOLD)])
@pytest.mark.parametrize("state", list(EvidenceState))
def test_r2_exact_is_computed_whatever_the_studies_say(holds: bool, expected: Word, state: EvidenceState) -> None:
    ruling = word(basis=Basis.EXACT, exact_holds=holds, state=state, p=0.5)
    assert ruling == Ruling(expected, Rule.R2, "by construction")


def test_r2_needs_its_result() -> None:
    with pytest.raises(InputError, match="computed result"):
        word(basis=Basis.EXACT)


# -- R3 to R6 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("basis", MEASURED)
@pytest.mark.parametrize(
    ("p", "expected"), [(1.0, Word.HOLDS), (0.5, Word.HOLDS), (0.499, Word.IN_PART), (0.0, Word.IN_PART)]
)
def test_r3_the_trials_stand_and_a_disagreeing_model_is_printed(basis: Basis, p: float, expected: Word) -> None:
    ruling = word(state=EvidenceState.FOR, basis=basis, p=p)
    assert (ruling.word, ruling.rule) == (expected, Rule.R3)
    assert ("disagree" in ruling.condition) is (expected is Word.IN_PART)


@pytest.mark.parametrize("negative", [True, False])
@pytest.mark.parametrize("p", [None, 0.0, 0.5, 1.0])
@pytest.mark.parametrize(
    ("state", "expected", "rule"),
    [
        (EvidenceState.SMALL, Word.IN_PART, Rule.R4),
        (EvidenceState.NULL, Word.DOES_NOT_HOLD, Rule.R5),
        (EvidenceState.AGAINST, Word.DOES_NOT_HOLD, Rule.R5),
    ],
)
def test_r4_and_r5_whatever_the_model_says(
    state: EvidenceState, expected: Word, rule: Rule, p: float | None, negative: bool
) -> None:
    ruling = word(state=state, p=p, negative=negative)
    assert (ruling.word, ruling.rule) == (expected, rule)


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("basis", MEASURED)
@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.0, Word.DOES_NOT_HOLD),
        (0.05, Word.DOES_NOT_HOLD),
        (0.0501, Word.HYPOTHESIS),
        (0.5, Word.HYPOTHESIS),
        (0.95, Word.HYPOTHESIS),
        (1.0, Word.HYPOTHESIS),
    ],
)
def test_r6_without_a_deciding_study(state: EvidenceState, basis: Basis, p: float, expected: Word) -> None:
    ruling = word(state=state, basis=basis, p=p)
    assert (ruling.word, ruling.rule) == (expected, Rule.R6)
    if expected is Word.HYPOTHESIS:
        assert str(basis) in ruling.condition


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize(
    ("p", "basis", "expected"),
    [
        (0.95, Basis.PREDICTED, Word.HOLDS),
        (1.0, Basis.CALIBRATED, Word.HOLDS),
        (0.9499, Basis.PREDICTED, Word.HYPOTHESIS),
        (1.0, Basis.ASSUMED, Word.HYPOTHESIS),  # what nobody has measured cannot show that nothing happens
        (0.05, Basis.PREDICTED, Word.DOES_NOT_HOLD),
        (0.05, Basis.ASSUMED, Word.DOES_NOT_HOLD),
    ],
)
def test_r6_for_a_statement_that_something_does_not_happen(
    state: EvidenceState, p: float, basis: Basis, expected: Word
) -> None:
    ruling = word(state=state, basis=basis, p=p, negative=True)
    assert (ruling.word, ruling.rule) == (expected, Rule.R6)


@pytest.mark.parametrize("state", [EvidenceState.NONE, EvidenceState.UNCLEAR, EvidenceState.FOR])
@pytest.mark.parametrize("p", [None, -0.1, 1.1, math.nan])
def test_where_the_model_matters_p_is_a_share(state: EvidenceState, p: float | None) -> None:
    with pytest.raises(InputError, match="p is a share"):
        word(state=state, p=p)


# -- R7 ----------------------------------------------------------------------------------------------------------------

HOLDS = Ruling(Word.HOLDS, Rule.R3, "")
ALSO_HOLDS = Ruling(Word.HOLDS, Rule.R6, "no controlled human study")
FAILS = Ruling(Word.DOES_NOT_HOLD, Rule.R5, "")


def test_r7_agreement_leaves_the_first_ruling() -> None:
    assert combine([("main", HOLDS), ("old people", ALSO_HOLDS)]) is HOLDS
    assert combine([("main", FAILS)]) is FAILS


@pytest.mark.parametrize("order", [(HOLDS, FAILS), (FAILS, HOLDS)])
def test_r7_a_differing_stratum_makes_the_whole_hold_in_part(order: tuple[Ruling, Ruling]) -> None:
    ruling = combine([("main", order[0]), ("25(OH)D above 75", order[1])])
    assert (ruling.word, ruling.rule) == (Word.IN_PART, Rule.R7)
    assert ruling.condition == f"{order[0].word}: main; {order[1].word}: 25(OH)D above 75"


def test_r7_needs_something_to_join() -> None:
    with pytest.raises(InputError, match="one clause at least"):
        combine([])


# -- properties --------------------------------------------------------------------------------------------------------

shares = st.floats(0, 1)
bases = st.sampled_from(MEASURED)
sizes = st.floats(0.001, 100)
numbers = st.floats(-100, 100)
rulings = st.builds(
    lambda p, basis, state, negative: word(p=p, basis=basis, state=state, negative=negative),
    shares,
    bases,
    st.sampled_from(EvidenceState),
    st.booleans(),
)


@st.composite
def pooled_effects(draw: st.DrawFn) -> SignedEffect:
    low, estimate, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return SignedEffect(estimate, low, high)


@given(pooled_effects(), sizes, shares, bases, st.booleans())
def test_the_model_never_outvotes_a_significant_human_result(
    pooled: SignedEffect, d: float, p: float, basis: Basis, negative: bool
) -> None:
    found = word(state=evidence_state(pooled, d), p=p, basis=basis, negative=negative).word
    if pooled.ci_high < 0:
        assert found is Word.DOES_NOT_HOLD
    if pooled.ci_low > 0:
        assert found in (Word.HOLDS, Word.IN_PART)


ORDER_AS_D_GROWS = {
    EvidenceState.FOR: {EvidenceState.FOR, EvidenceState.SMALL},
    EvidenceState.SMALL: {EvidenceState.SMALL},
    EvidenceState.UNCLEAR: {EvidenceState.UNCLEAR, EvidenceState.NULL},
    EvidenceState.NULL: {EvidenceState.NULL},
    EvidenceState.AGAINST: {EvidenceState.AGAINST},
}


@given(pooled_effects(), sizes, sizes)
def test_asking_for_more_never_makes_the_evidence_better(pooled: SignedEffect, one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert evidence_state(pooled, large) in ORDER_AS_D_GROWS[evidence_state(pooled, small)]


@given(pooled_effects(), sizes)
def test_every_interval_has_one_state_and_only_studies_have_one(pooled: SignedEffect, d: float) -> None:
    assert evidence_state(pooled, d) is not EvidenceState.NONE
    assert evidence_state(None, d) is EvidenceState.NONE


RANK = {Word.DOES_NOT_HOLD: 0, Word.HYPOTHESIS: 1, Word.IN_PART: 1, Word.HOLDS: 2}


@given(shares, shares, bases, st.sampled_from(EvidenceState), st.booleans())
def test_a_larger_share_of_draws_never_weakens_the_word(
    one: float, other: float, basis: Basis, state: EvidenceState, negative: bool
) -> None:
    fewer, more = (word(p=p, basis=basis, state=state, negative=negative).word for p in sorted((one, other)))
    assert RANK[fewer] <= RANK[more]


@given(shares, bases, st.sampled_from(OPEN))
def test_the_model_alone_never_makes_a_positive_claim_hold(p: float, basis: Basis, state: EvidenceState) -> None:
    assert word(p=p, basis=basis, state=state).word in (Word.HYPOTHESIS, Word.DOES_NOT_HOLD)


@given(shares, st.sampled_from(OPEN))
def test_an_assumption_alone_never_makes_any_claim_hold(p: float, state: EvidenceState) -> None:
    assert word(p=p, basis=Basis.ASSUMED, state=state, negative=True).word is not Word.HOLDS


@given(st.lists(rulings, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_whole_does_not_depend_on_the_order_of_its_parts(parts: list[Ruling], random) -> None:
    shuffled = list(parts)
    random.shuffle(shuffled)
    whole, other = (combine([(str(i), part) for i, part in enumerate(each)]).word for each in (parts, shuffled))
    assert whole is other
    assume(len({part.word for part in parts}) > 1)
    assert whole is Word.IN_PART
