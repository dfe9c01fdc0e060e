"""The studies of a claim in four groups: pooled, the largest meta-analysis beside, seen but not pooled, animals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from cofactor.claims import ClaimResult, ClauseResult, Study
from cofactor.report._words import capital, estimate

POOLED = "Pooled"
META = "Largest published meta-analysis, shown beside, not pooled"
SEEN = "Seen and not pooled"
ANIMALS = "Animals, apart"
NOTHING = {
    POOLED: "no controlled human study could be pooled",
    META: "no meta-analysis among the rows gives a number for this",
    SEEN: "no study near the question was left out",
    ANIMALS: "no animal study among the rows on this",
}
"""What an empty group says."""


@dataclass(frozen=True)
class StudyLine:
    """One study as a row of the table: what it gave, and why it counts or does not."""

    row: str
    citation: str
    link: str
    people: str
    found: str
    why: str


@dataclass(frozen=True)
class StudyGroup:
    """Studies of one kind; `nothing` is printed where there are none."""

    name: str
    lines: tuple[StudyLine, ...]
    nothing: str


def study_groups(result: ClaimResult) -> tuple[StudyGroup, ...]:
    """All studies of a claim, each once however many clauses it bears on."""
    weighed = [clause for clause in result.clauses if clause.evidence is not None]
    if not weighed:
        return ()
    return (
        _group(POOLED, ((c, s, _pooled_why(s)) for c in weighed if c.evidence for s in c.evidence.studies)),
        _group(META, ((c, c.evidence.largest_meta, "shown beside the pooled number")
                      for c in weighed if c.evidence and c.evidence.largest_meta)),
        _group(SEEN, ((c, s, s.reason) for c in weighed if c.evidence for s in c.evidence.excluded)),
        _group(ANIMALS, ((c, s, s.reason) for c in weighed if c.evidence for s in c.evidence.animals)),
    )  # fmt: skip


def _pooled_why(study: Study) -> str:
    return (
        "counts; the model was fitted to it too, so it is no second support of the model"
        if study.calibrates
        else "counts"
    )


def _group(name: str, found: Iterable[tuple[ClauseResult, Study, str]]) -> StudyGroup:
    """One line a study; where clauses give it different reasons or numbers, each is said with its clause."""
    rows: dict[str, list[tuple[ClauseResult, Study, str]]] = {}
    for clause, study, why in found:
        rows.setdefault(study.row, []).append((clause, study, why))
    return StudyGroup(name, tuple(_line(entries) for entries in rows.values()), NOTHING[name])


def _line(entries: list[tuple[ClauseResult, Study, str]]) -> StudyLine:
    study = entries[0][1]
    people = "not stated" if study.n is None else str(study.n)
    return StudyLine(
        row=study.row,
        citation=study.citation,
        link=link_of(study.study),
        people=people,
        found=_by_clause([(clause, _found(each)) for clause, each, _ in entries]),
        why=_by_clause([(clause, why.replace("_", " ") or "no reason recorded") for clause, _, why in entries]),
    )


def _by_clause(said: list[tuple[ClauseResult, str]]) -> str:
    texts = list(dict.fromkeys(text for _, text in said))
    if len(texts) == 1:
        return texts[0]
    return "; ".join(f"{clause.label}: {text}" for clause, text in said)


def _found(study: Study) -> str:
    if study.estimate is not None:
        return estimate(study.estimate, study.ci_low, study.ci_high, study.unit)
    return capital(study.result.replace("+-", "±").replace("->", "→")) if study.result else "no number in the rows"


def link_of(study: str) -> str:
    """The address of a study known by its DOI; empty for others."""
    return f"https://doi.org/{quote(study.removeprefix('doi:'), safe='/')}" if study.startswith("doi:") else ""
