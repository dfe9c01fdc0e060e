"""The first table of the report: each claim in one row, by who said it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cofactor.claims import ClaimResult, ClauseResult, Rule, Word
from cofactor.report import _words as words

FEW_PARTS = 4
"""Up to so many parts of a claim are drawn one below the other; of more, those of strata are folded away."""


@dataclass(frozen=True)
class Badge:
    """A verdict word with its sign."""

    word: str
    symbol: str
    style: str


@dataclass(frozen=True)
class Headline:
    """One row of the first table."""

    id: str
    statement: str
    badge: Badge
    mind: str
    parts: tuple[tuple[str, Badge], ...]
    condition: str
    turns: tuple[str, ...]
    chance: str
    whose_numbers: str
    basis: str
    basis_meaning: str
    model: str
    evidence: str


@dataclass(frozen=True)
class Speaker:
    """A speaker's claims in the first table."""

    heading: str
    tally: str
    rows: tuple[Headline, ...]


def speakers(results: Sequence[ClaimResult]) -> tuple[Speaker, ...]:
    """The first table, by who said it, with how many of the claims came to which word."""
    names = [name for name in words.SPEAKERS if any(result.said_by == name for result in results)]
    names += sorted({result.said_by for result in results} - set(words.SPEAKERS))
    found = []
    for name in names:
        rows = tuple(headline(result) for result in results if result.said_by == name)
        tally = Counter(row.badge.word for row in rows)
        none = sum(bool(row.mind) for row in rows)
        said = "; ".join(f"{tally[word]} {word}{_of_which(word, none)}" for word in Word if tally[word])
        found.append(Speaker(words.SPEAKERS.get(name, f"Said by {name}"), said, rows))
    return tuple(found)


def headline(result: ClaimResult) -> Headline:
    """The claim's row in the first table; the first clause speaks for it, the parts are named where words differ."""
    first = result.clauses[0] if result.clauses else None
    parts = _parts(result)
    return Headline(
        id=result.id,
        statement=result.statement,
        badge=badge(result.word),
        mind=_mind(result),
        parts=parts,
        condition="" if parts else _condition(result),
        turns=tuple(words.capital(turn.text()) for turn in result.turns),
        chance=words.capital(_chance(result)),
        whose_numbers=f"{len(result.clauses)} parts; the numbers are those of the first"
        if len(result.clauses) > 1
        else "",
        basis=first.basis.kind if first else "none",
        basis_meaning=words.BASIS[first.basis.kind] if first else "nothing measurable to compute",
        model=words.model_cell(first) if first else "not run: nothing measurable is named",
        evidence=_evidence(first, result.negative) if first else "no study could weigh on it",
    )


def badge(word: Word) -> Badge:
    """The word with its sign and its style."""
    return Badge(str(word), words.SYMBOL[word], words.slug(word))


def _of_which(word: Word, none: int) -> str:
    return f", {none} of these without a part that holds" if word is Word.IN_PART and none else ""


def _evidence(clause: ClauseResult, negative: bool) -> str:
    said = (words.evidence_cell(clause, negative), *words.remarks(clause, negative))
    return ". ".join([said[0], *(words.capital(text) for text in said[1:])])


def _mind(result: ClaimResult) -> str:
    """What the word of R7 hides from who reads it alone: that no part holds."""
    if result.rule is not Rule.R7:
        return ""
    tally = Counter(clause.ruling.word for clause in result.clauses)
    if tally[Word.HOLDS] or tally[Word.IN_PART]:
        return ""
    told = "; ".join(f"{word}: {tally[word]}" for word in Word if tally[word])
    return f"no part of it holds ({told})"


def _condition(result: ClaimResult) -> str:
    """The condition of the word, without the turns, which stand apart."""
    said = result.ruling.condition
    for turn in result.turns:
        said = said.replace(turn.text(), "")
    return words.typeset(words.capital(said.strip("; "))) or "Studies show it and the model agrees"


def _parts(result: ClaimResult) -> tuple[tuple[str, Badge], ...]:
    """Which parts came to which word, where their words differ: the condition of R7, "word: parts; word: parts"."""
    if result.rule is not Rule.R7:
        return ()
    words_of = "|".join(Word)
    said = result.ruling.condition
    for turn in result.turns:  # at what dose a sign turns stands apart, in `turns`
        said = said.replace(f"; {turn.text()}", "")
    found = re.split(rf"(?:^|; )({words_of}): ", said)
    return tuple((text, badge(Word(word))) for word, text in zip(found[1::2], found[2::2], strict=True))


def _chance(result: ClaimResult) -> str:
    """Whether a word hangs on how few settings were drawn."""
    found = [text for text in map(words.chance, result.clauses) if text]
    if len(result.clauses) < 2 or not found:
        return "".join(found)
    return (
        f"so few settings were drawn that another set of them could change the word of {len(found)} of "
        f"{len(result.clauses)} parts"
    )
