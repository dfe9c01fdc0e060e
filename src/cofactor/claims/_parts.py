"""Which part of a claim comes to which word, said once for every clause however many strata it has."""

from __future__ import annotations

from collections.abc import Sequence

from cofactor.claims._result import ClauseResult
from cofactor.claims._verdict import Word

MAIN = "main question"
"""What a clause in the claim's own population is called beside its strata."""


def parts(clauses: Sequence[ClauseResult]) -> str:
    """ "word: clause, clause (stratum, stratum); word: ..." over all clauses, in the order of the words' first."""
    words = list(dict.fromkeys(clause.ruling.word for clause in clauses))
    return "; ".join(f"{word}: {', '.join(_with(word, clauses))}" for word in words)


def _with(word: Word, clauses: Sequence[ClauseResult]) -> list[str]:
    """The clauses that come to a word, each with the strata it does so in; none are named where it is all of them."""
    found = []
    for name in dict.fromkeys(clause.clause for clause in clauses):
        same = [clause for clause in clauses if clause.clause == name]
        here = [clause for clause in same if clause.ruling.word is word]
        if not here:
            continue
        where = "" if len(here) == len(same) else f" ({', '.join(clause.stratum_label or MAIN for clause in here)})"
        found.append(f"{same[0].says}{where}")
    return found
