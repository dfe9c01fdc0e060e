"""What judging a claim gives: model, evidence, basis and word together, and the JSON of the public contract."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import ArrayLike

from cofactor.claims._turn import TurnResult
from cofactor.claims._verdict import EvidenceState, Rule, Ruling, Word


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 95 % interval."""

    median: float
    p2_5: float
    p97_5: float

    def to_json(self) -> dict[str, float | None]:
        """Plain numbers, null where there is none."""
        return {"median": _number(self.median), "p2_5": _number(self.p2_5), "p97_5": _number(self.p97_5)}


OF_PEOPLE = "of 100 people"


@dataclass(frozen=True, slots=True)
class Levels:
    """Plain levels of the outcome, so that a relative effect can be said in absolute numbers."""

    comparator: float
    treated: float
    unit: str

    @property
    def needed(self) -> float | None:
        """The number needed: how many are treated for one more who meets the condition; None where levels are no shares."""
        more = self.treated - self.comparator
        return 100 / more if self.unit == OF_PEOPLE and more > 0 else None


@dataclass(frozen=True, slots=True)
class ModelEffect:
    """The effect in the claimed direction, in `unit`.

    `draws` is the spread of the population mean over parameter draws (about the model); `people` the spread of
    persons around their draw's mean (between people).  The two are never mixed.  Both are None for a joined predicate,
    which has a `p` and no size.
    """

    unit: str
    p: float
    draws: Spread | None
    people: Spread | None
    number_of_draws: int
    number_of_people: int
    failed_runs: int
    levels: Levels | None = None
    p_low: float | None = None  # what so few draws leave open about p: Wilson's 95 % interval
    p_high: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The contract keys (spread over draws), and the two kinds of spread by name."""
        return {
            **(self.draws.to_json() if self.draws else _NO_SPREAD),
            "p": self.p,
            "unit": self.unit,
            "p_low": self.p_low,
            "p_high": self.p_high,
            "draws": self.draws.to_json() if self.draws else None,
            "people": self.people.to_json() if self.people else None,
            "number_of_draws": self.number_of_draws,
            "number_of_people": self.number_of_people,
            "failed_runs": self.failed_runs,
            "levels": _plain(self.levels),
        }


@dataclass(frozen=True, slots=True)
class Study:
    """One study beside a clause, its effect in the claimed direction; `reason` says why it is not pooled."""

    row: str
    study: str
    citation: str
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    unit: str | None = None
    n: int | None = None
    result: str = ""
    reason: str = ""
    calibrates: bool = False  # the model was fitted to it: no independent support of the model

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return _plain(self)


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    """The pooled controlled human effect in the claimed direction, every study, the largest meta, animals apart."""

    state: EvidenceState
    unit: str
    pooled: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    prediction_low: float | None = None
    prediction_high: float | None = None
    k: int = 0
    tau2: float | None = None
    i2: float | None = None
    studies: tuple[Study, ...] = ()
    excluded: tuple[Study, ...] = ()
    largest_meta: Study | None = None
    animals: tuple[Study, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The contract keys and the rest."""
        return {**_plain(self), "state": str(self.state)}


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The word at half and at twice the smallest effect that matters."""

    half: Word
    double: Word

    @property
    def steady(self) -> bool:
        """Whether the two words agree."""
        return self.half is self.double

    def to_json(self) -> dict[str, str]:
        """Keys as printed in the sensitivity line."""
        return {"d/2": str(self.half), "2d": str(self.double)}


@dataclass(frozen=True, slots=True)
class AsClaimed:
    """The same question with the speaker's hypothesis switched on."""

    ruling: Ruling
    model: ModelEffect | None

    def to_json(self) -> dict[str, Any]:
        """Word and model."""
        return {"verdict": str(self.ruling.word), "model": self.model.to_json() if self.model else None}


@dataclass(frozen=True, slots=True)
class BasisResult:
    """What the model's answer rests on, by name."""

    kind: str
    parameters: tuple[str, ...]
    rows: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """One clause in one stratum (None: the claim's own population), judged."""

    key: str
    clause: str
    stratum: str | None
    label: str
    predicate: str
    ruling: Ruling
    basis: BasisResult
    smallest_effect: str | None
    smallest_effect_reason: str | None
    model: ModelEffect | None
    evidence: EvidenceResult | None
    sensitivity: Sensitivity | None
    as_claimed: AsClaimed | None = None
    words_within_chance: tuple[Word, ...] = ()  # the words another set of as many draws could give, this one first
    says: str = ""  # the label without its stratum
    stratum_label: str = ""

    def to_json(self) -> dict[str, Any]:
        """Everything about the clause; absent parts are null."""
        return {
            "id": self.key,
            "clause": self.clause,
            "stratum": self.stratum,
            "label": self.label,
            "predicate": self.predicate,
            **_ruling(self.ruling),
            "basis": self.basis.kind,
            "basis_detail": _plain(self.basis),
            "d": self.smallest_effect,
            "d_reason": self.smallest_effect_reason,
            "model": self.model.to_json() if self.model else None,
            "evidence": self.evidence.to_json() if self.evidence else None,
            "sensitivity": self.sensitivity.to_json() if self.sensitivity else None,
            "as_claimed": self.as_claimed.to_json() if self.as_claimed else None,
            "words_within_chance": [str(word) for word in self.words_within_chance],
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason the speaker gave, judged apart: a right conclusion may stand on a wrong reason."""

    text: str
    follows: bool
    note: str


@dataclass(frozen=True, slots=True)
class QuestionText:
    """The question in words (PICO-T)."""

    population: str
    intervention: str
    comparator: str
    outcome: str
    time: str


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """One claim judged: the word of the whole (R7) and everything it stands on.

    The first clause speaks for the claim in `model`, `evidence` and `basis`; all stand in `clauses`. `turns` say at what
    dose a sign turns, `safety` what limits the arms pass; `as_claimed` is the word with the speaker's `hypothesis` on.
    `samples` are the effects (draws, people) by clause key.
    """

    id: str
    statement: str
    said_by: str
    negative: bool
    question: QuestionText | None
    ruling: Ruling
    clauses: tuple[ClauseResult, ...]
    edges: tuple[str, ...]
    reason: Reason | None
    sensitivity: Sensitivity | None
    as_claimed: Ruling | None = None
    hypothesis: str = ""
    turns: tuple[TurnResult, ...] = ()
    safety: tuple[str, ...] = ()
    samples: Mapping[str, ArrayLike] = field(default_factory=dict, compare=False, repr=False)

    @property
    def word(self) -> Word:
        """The verdict word."""
        return self.ruling.word

    @property
    def rule(self) -> Rule:
        """The rule that decided."""
        return self.ruling.rule

    def told_as_claimed(self) -> str:
        """The word with the speaker's hypothesis on, in a sentence; empty where none was tried or it changes no clause."""
        if self.as_claimed is None or not any(clause.as_claimed for clause in self.clauses):
            return ""
        hypothesis = self.hypothesis or "the speaker's own hypothesis switched on in the model"
        verb = "stay" if self.as_claimed.word is self.word else "be"
        return f"As claimed, with {hypothesis}, the word would {verb}: {self.as_claimed.word}."

    def to_json(self) -> dict[str, Any]:
        """The contract of `claims --json` (design.md section 3) and more; numbers that do not exist are null."""
        first = self.clauses[0] if self.clauses else None
        return {
            "id": self.id,
            "verdict": str(self.word),
            "condition": self.ruling.condition,
            "basis": first.basis.kind if first else None,
            "model": first.model.to_json() if first and first.model else dict(_NO_MODEL),
            "evidence": first.evidence.to_json() if first and first.evidence else dict(_NO_EVIDENCE),
            "clauses": [clause.to_json() for clause in self.clauses],
            "edges": list(self.edges),
            "rule": str(self.rule),
            "statement": self.statement,
            "said_by": self.said_by,
            "negative": self.negative,
            "question": _plain(self.question),
            "reason": _plain(self.reason),
            "sensitivity": self.sensitivity.to_json() if self.sensitivity else None,
            "as_claimed": str(self.as_claimed.word) if self.as_claimed else None,
            "as_claimed_with": self.hypothesis,
            "turns": [turn.to_json() for turn in self.turns],
            "safety": list(self.safety),
        }

    def row(self) -> tuple[str, str, str, str, str, str, str]:
        """The claim as one line: id, speaker, word and rule, condition, basis, model, evidence."""
        first = self.clauses[0] if self.clauses else None
        return (
            self.id,
            self.said_by,
            f"{self.word} ({self.rule})",
            self.ruling.condition or "-",
            first.basis.kind if first else "-",
            _model_cell(first.model) if first and first.model else "-",
            _evidence_cell(first.evidence) if first and first.evidence else "-",
        )


def _model_cell(model: ModelEffect) -> str:
    if model.draws is None:
        return f"p {model.p:.2f}"
    size = f"{model.draws.median:.3g} [{model.draws.p2_5:.3g} to {model.draws.p97_5:.3g}]{_after(model.unit)}"
    return f"{size}; p {model.p:.2f}"


def _evidence_cell(evidence: EvidenceResult) -> str:
    if evidence.pooled is None:
        return str(evidence.state)
    size = f"{evidence.pooled:.3g} [{evidence.ci_low:.3g} to {evidence.ci_high:.3g}]{_after(evidence.unit)}"
    return f"{evidence.state}: {size}, k = {evidence.k}"


def _after(unit: str) -> str:
    """A unit after its number; a bare number has none."""
    return "" if unit == "1" else f" {unit}"


_NO_SPREAD: dict[str, None] = {"median": None, "p2_5": None, "p97_5": None}
_NO_MODEL: dict[str, Any] = {**_NO_SPREAD, "p": None, "unit": None}
_NO_EVIDENCE: dict[str, Any] = {"state": None, "pooled": None, "ci_low": None, "ci_high": None, "studies": []}


def _ruling(ruling: Ruling) -> dict[str, str]:
    return {"verdict": str(ruling.word), "rule": str(ruling.rule), "condition": ruling.condition}


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    """Dataclasses, tuples and numbers as JSON values; a number that is not finite is null."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return _number(value)
    return value
