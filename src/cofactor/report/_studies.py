"""The studies of a claim in four groups: pooled, the largest meta-analysis beside, seen but not pooled, animals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote

from cofactor.claims import ClaimResult, ClauseResult, Study, study_unit
from cofactor.report._words import capital, estimate

POOLED = "Pooled"
META = "Largest published meta-analysis, shown beside, not pooled"
SEEN = "Seen and not pooled"
FAR = "Seen: another outcome or another treatment"
ANIMALS = "Animals, apart"
NOTHING = {
    POOLED: "no controlled human study could be pooled",
    META: "no meta-analysis among the rows gives a number for this",
    SEEN: "no study near the question was left out",
    FAR: "no other study near the question",
    ANIMALS: "no animal study among the rows on this",
}
"""What an empty group says."""


_FEW_LABELS = 2
_DOI = re.compile(r",?\s*(?:doi:?\s*)?10\.\d{4,}/\S+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_FAR = ("another outcome", "another intervention")
"""Reasons of studies that answer another question."""
_IN_WORDS = (
    (r"not controlled \(single[_ ]arm\)", "no control: people before and after"),
    (r"level is observational, not trial", "observational: nobody was given one treatment or the other"),
    (r"level is meta, not trial", "a meta-analysis: its trials are pooled one by one where the tables have them"),
    (r"level is review, not trial", "a review, without numbers of its own"),
    (r"level is case, not trial", "single cases, without a control"),
    (r"no arm difference is reported as a number", "it reports no difference between its groups as a number"),
    (
        r"the number is recalled, not read in a source",
        "the number was recalled and not read in the source, so it is not used",
    ),
    (r"population is not (.+)", r"its people are not those asked about: \1"),
    (r"species is (.+)", r"an animal: \1"),
)
"""Reasons as the evidence room has them, and as a reader is told."""
_NAMES = {
    "25ohd": "25(OH)D",
    "pasi75": "PASI75",
    "pasi100": "PASI100",
    "pasi": "PASI",
    "bmd": "density",
    "ctx": "CTX",
    "p1np": "P1NP",
    "il17": "IL-17",
    "bp": "blood pressure",
    "homa ir": "HOMA-IR",
    "vitamin d": "vitamin D",
}


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
    folded: bool = False


def study_groups(result: ClaimResult) -> tuple[StudyGroup, ...]:
    """All studies of a claim, each once however many clauses it bears on."""
    weighed = [clause for clause in result.clauses if clause.evidence is not None]
    if not weighed:
        return ()
    return (
        _group(POOLED, ((c, s, _pooled_why(s)) for c in weighed if c.evidence for s in c.evidence.studies)),
        _group(META, ((c, c.evidence.largest_meta, "shown beside the pooled number")
                      for c in weighed if c.evidence and c.evidence.largest_meta)),
        *_seen(weighed),
        _group(ANIMALS, ((c, s, s.reason) for c in weighed if c.evidence for s in c.evidence.animals)),
    )  # fmt: skip


def _seen(weighed: list[ClauseResult]) -> tuple[StudyGroup, ...]:
    """Studies near the question first; folded away what answers another one in every clause."""
    seen = [(c, s, s.reason) for c in weighed if c.evidence for s in c.evidence.excluded]
    near = {study.row for _, study, why in seen if not why.startswith(_FAR)}
    close = _group(SEEN, (each for each in seen if each[1].row in near))
    far = _group(FAR, (each for each in seen if each[1].row not in near))
    return (close, replace(far, folded=True)) if far.lines else (close,)


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
        citation=_cited(study),
        link=link_of(study.study),
        people=people,
        found=_by_clause([(clause, _found(clause, each)) for clause, each, _ in entries]),
        why=_by_clause([(clause, _in_words(why)) for clause, _, why in entries]),
    )


def _cited(study: Study) -> str:
    """The citation; a DOI that the link has already is left out where author and year remain."""
    short = _DOI.sub("", study.citation).strip(" ,;") if link_of(study.study) else study.citation
    return short if _YEAR.search(short) else study.citation


def _by_clause(said: list[tuple[ClauseResult, str]]) -> str:
    """Each text once, with the parts it is about where they differ; many parts are counted."""
    about: dict[str, list[str]] = {}
    for clause, text in said:
        about.setdefault(text, []).append(clause.label)
    if len(about) == 1:
        return said[0][1]
    return "; ".join(f"{_which(labels, len(said))}: {text}" for text, labels in about.items())


def _which(labels: list[str], parts: int) -> str:
    return " and ".join(labels) if len(labels) <= _FEW_LABELS else f"{len(labels)} of {parts} parts"


def _in_words(reason: str) -> str:
    text = reason.replace("_", " ")
    for found, said in _IN_WORDS:
        text = re.sub(rf"^{found}$", said, text)
    if text.startswith(_FAR):
        for short, name in _NAMES.items():
            text = re.sub(rf"\b{short}\b", name, text)
    return text or "no reason recorded"


def _found(clause: ClauseResult, study: Study) -> str:
    if study.estimate is not None:
        return estimate(study.estimate, study.ci_low, study.ci_high, study_unit(clause, study.unit or "1"))
    return capital(study.result.replace("+-", "±").replace("->", "→")) if study.result else "no number in the rows"


def link_of(study: str) -> str:
    """The address of a study known by its DOI; empty for others."""
    return f"https://doi.org/{quote(study.removeprefix('doi:'), safe='/')}" if study.startswith("doi:") else ""
