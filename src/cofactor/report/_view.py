"""A judged claim as the words and pictures of its page; the templates only lay them out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from cofactor.claims import ClaimResult, ClauseResult, Rule, Word, paragraph, what_matters
from cofactor.errors import InputError
from cofactor.evidence import Row
from cofactor.report import _words as words
from cofactor.report._basis import BasisView, Bodies, Step, bases, chains
from cofactor.report._figures import distribution, forest, scales_of, size_of
from cofactor.report._headline import FEW_PARTS, Badge, Headline, badge, headline
from cofactor.report._studies import StudyGroup, StudyLine, study_groups

_UNCONDITIONAL = {
    Word.HOLDS: "Studies show it and the model agrees",
    Word.IN_PART: "No condition beside the size",
    Word.DOES_NOT_HOLD: "The studies decide",
    Word.HYPOTHESIS: "No condition",
    Word.NOT_TESTABLE: "No condition",
}
"""What stands beside a word that the rule gave without a condition."""


@dataclass(frozen=True)
class ClauseView:
    """One clause with its numbers in words and its two pictures; a picture that cannot be drawn says why."""

    label: str
    badge: Badge
    rule: str
    condition: str
    matters: str
    model: str
    people: str
    levels: str
    evidence: str
    remarks: tuple[str, ...]
    sensitivity: str
    chance: str
    as_claimed: str
    exact: bool
    main: bool
    forest: str
    forest_nothing: str
    seen: tuple[StudyLine, ...]
    seen_above: bool
    distribution: str
    distribution_nothing: str


@dataclass(frozen=True)
class ClaimView:
    """A page section."""

    headline: Headline
    speaker: str
    rule: str
    paragraphs: tuple[str, ...]
    further: tuple[str, ...]
    question: tuple[tuple[str, str], ...]
    clauses: tuple[ClauseView, ...]
    rest: tuple[ClauseView, ...]
    drawn: tuple[ClauseView, ...]
    folded: tuple[ClauseView, ...]
    chains: tuple[tuple[Step, ...], ...]
    imposed: bool
    bases: tuple[BasisView, ...]
    studies: tuple[StudyGroup, ...]
    reason: str
    sensitivity: str
    as_claimed: str
    safety: tuple[str, ...]
    limits: tuple[str, ...]


def claim_view(
    result: ClaimResult,
    bodies: Bodies,
    rows: Mapping[str, Row],
    limits: Sequence[str],
) -> ClaimView:
    """Everything the page says about one claim. Raises InputError for a sample of the wrong shape."""
    clauses, few = _clauses(result), len(result.clauses) <= FEW_PARTS
    ways, text = chains(result.edges, bodies), _paragraphs(result)
    return ClaimView(
        headline=headline(result),
        speaker=result.said_by,
        rule=str(result.rule),
        paragraphs=text if few else text[:2],
        further=() if few else text[2:],
        question=_question(result),
        clauses=tuple(clause for clause in clauses if few or clause.main),
        rest=tuple(clause for clause in clauses if not few and not clause.main),
        drawn=tuple(clause for clause in clauses if not clause.exact and (few or clause.main)),
        folded=tuple(clause for clause in clauses if not clause.exact and not few and not clause.main),
        chains=ways,
        imposed=any(not step.computed for way in ways for step in way),
        bases=bases(result.clauses, bodies, dict(rows)),
        studies=study_groups(result),
        reason=_reason(result),
        sensitivity=_sensitivity_of_claim(result),
        as_claimed=result.told_as_claimed(),
        safety=tuple(words.typeset(line) for line in result.safety),
        limits=tuple(_left_out(line) for line in limits),
    )


def _paragraphs(result: ClaimResult) -> tuple[str, ...]:
    """The plain paragraph, broken where it turns to another part, without what the page prints in places of its own."""
    whole = words.typeset(" ".join(paragraph(result).split()))
    _, _, rest = whole.partition(f"Verdict: {result.word} (rule {result.rule}).")
    text = (rest or whole).strip()
    if result.rule is Rule.R7:  # which part came to which word stands above, with its badge
        condition = words.typeset(words.capital(" ".join(result.ruling.condition.split())))
        text = text.removeprefix(f"{condition}.").strip()
    for turn in result.turns:
        for told in (turn.text(), words.capital(turn.text())):
            text = text.replace(f"{told}.", "")
    if claimed := result.told_as_claimed():
        text = text.replace(words.typeset(claimed), "")
    pieces = re.split(r"(?= On whether | Were half as much | The reason given )", f" {text}")
    elsewhere = ("Were half as much", "The reason given")
    return tuple(piece.strip() for piece in pieces if piece.strip() and not piece.strip().startswith(elsewhere))


def _question(result: ClaimResult) -> tuple[tuple[str, str], ...]:
    if result.question is None:
        return ()
    asked = result.question
    return (
        ("In whom", asked.population), ("What is done", asked.intervention), ("Against what", asked.comparator),
        ("What is looked at", asked.outcome), ("After", asked.time),
    )  # fmt: skip


def _clauses(result: ClaimResult) -> tuple[ClauseView, ...]:
    found: list[ClauseView] = []
    for index, clause in enumerate(result.clauses):
        key = f"{result.id}-{index}"
        view = _clause(clause, result, _sample(result.samples.get(clause.key), clause), key)
        above = any(view.seen and _same_studies(view.seen, other.seen) for other in found)
        found.append(_with_seen_above(view) if above else view)
    return tuple(found)


def _same_studies(some: Sequence[StudyLine], others: Sequence[StudyLine]) -> bool:
    return [(line.row, line.why) for line in some] == [(line.row, line.why) for line in others]


def _with_seen_above(view: ClauseView) -> ClauseView:
    return replace(view, seen_above=True)


def _sample(values: ArrayLike | None, clause: ClauseResult) -> np.ndarray | None:
    if values is None or clause.model is None or clause.model.draws is None:
        return None
    array = np.asarray(values, dtype=float)
    if array.ndim != 2 or not np.isfinite(array).any():
        raise InputError("a sample has the shape (draws, people)", received=array.shape, where=clause.key)
    return array


def _clause(clause: ClauseResult, result: ClaimResult, sample: np.ndarray | None, key: str) -> ClauseView:
    exact = clause.basis.kind == "exact"
    studies, model = (None, None) if exact else scales_of(clause, sample)
    picture = forest(clause, studies, f"{key}-forest") if studies else None
    answer = distribution(clause, model, sample, f"{key}-model") if model else None
    return ClauseView(
        label=words.capital(clause.label),
        badge=badge(clause.ruling.word),
        rule=str(clause.ruling.rule),
        condition=words.typeset(words.capital(clause.ruling.condition)) or _UNCONDITIONAL[clause.ruling.word],
        matters=_matters(clause),
        model=words.model_cell(clause),
        people=words.people_cell(clause),
        levels=words.levels_cell(clause),
        evidence=words.evidence_cell(clause, result.negative),
        remarks=words.remarks(clause, result.negative),
        sensitivity=_sensitivity(clause),
        chance=words.chance(clause),
        as_claimed=str(clause.as_claimed.ruling.word) if clause.as_claimed else "",
        exact=exact,
        main=clause.stratum is None,
        forest=picture or "",
        forest_nothing="" if picture else words.capital(words.evidence_cell(clause, result.negative)),
        seen=() if picture or clause.evidence is None else _seen(clause, result),
        seen_above=False,
        distribution=answer or "",
        distribution_nothing="" if answer else words.capital(words.model_cell(clause)),
    )


def _seen(clause: ClauseResult, result: ClaimResult) -> tuple[StudyLine, ...]:
    only = replace(result, clauses=(clause,))
    return tuple(line for group in study_groups(only) for line in group.lines)


def _matters(clause: ClauseResult) -> str:
    if clause.smallest_effect is None:
        return "a yes-or-no question; no size to reach"
    return f"{what_matters(clause)}: {clause.smallest_effect_reason or 'no reason given'}"


def _sensitivity(clause: ClauseResult) -> str:
    if clause.sensitivity is None or clause.smallest_effect is None:
        return "nothing to halve or double"
    size = size_of(clause.smallest_effect)
    half, double = (words.with_unit(words.number(size.value * factor), str(size.unit)) for factor in (0.5, 2.0))
    return f"if {half} mattered: {clause.sensitivity.half}; if {double}: {clause.sensitivity.double}"


def _sensitivity_of_claim(result: ClaimResult) -> str:
    line = result.sensitivity
    if line is None or not any(clause.smallest_effect for clause in result.clauses):
        return ""
    if line.steady and line.half is result.word:
        return f"Were half as much or twice as much taken for what matters, the word would stay: {line.half}."
    differ = any(word is Word.IN_PART and word is not result.word for word in (line.half, line.double))
    why = (
        " In part means here that its parts then come to different words." if differ and len(result.clauses) > 1 else ""
    )
    return f"Were half as much taken for what matters, the word would be: {line.half}; were twice as much: {line.double}.{why}"


def _reason(result: ClaimResult) -> str:
    if result.reason is None:
        return ""
    verb = "follows" if result.reason.follows else "does not follow"
    return f"The reason given, “{result.reason.text}”, {verb}. {' '.join(result.reason.note.split())}"


def _left_out(line: str) -> str:
    """ "[[supplement]] vitamin_d3" as "supplement: vitamin_d3"."""
    found = re.fullmatch(r"\[\[?(\w+)\]\]?\s*(.*)", line)
    return line if found is None else ": ".join(part for part in found.groups() if part).replace("_", " ")
