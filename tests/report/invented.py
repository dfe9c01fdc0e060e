"""Invented judged claims, evidence and samples: the pictures and words are real, the numbers stand for nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cofactor.claims import ClaimResult, ClauseResult, EvidenceState, ModelEffect, Rule, Ruling, Study, TurnResult, Word
from cofactor.claims._result import (
    BasisResult,
    EvidenceResult,
    Levels,
    QuestionText,
    Reason,
    Sensitivity,
    Spread,
)

STUDIES = (
    Study("mg-E91", "doi:10.1000/a(1)", "Invented 2001 J Nutr 1:1", 6.0, 1.0, 11.0, "%", 40, "rose"),
    Study("mg-E92", "slug1980", "Invented & Sons 2011 <Journal>", 2.0, -4.0, 8.0, "%", None, "rose a little"),
    Study("mg-E93", "pmid:1", "Invented 2015", 9.0, 4.0, 14.0, "%", 80, "rose", calibrates=True),
)
EXCLUDED = (
    Study("mg-E94", "doi:10.1000/old", "Too Old 1950", result="up 3+-1 -> 4+-1", reason="not controlled (single_arm)"),
    Study("mg-E95", "other", "Other Outcome 1960", n=9, reason="another outcome: net_absorbed_magnesium"),
)
PIG = Study("mg-E98", "pig", "Pig 1999", result="down", n=8, reason="species is pig")
POOLED = EvidenceResult(
    state=EvidenceState.FOR, unit="%", pooled=6.4, ci_low=1.9, ci_high=10.8, prediction_low=-3.0, prediction_high=16.0,
    k=3, tau2=1.0, i2=0.3, studies=STUDIES, excluded=EXCLUDED,
    largest_meta=Study("mg-E99", "doi:10.1000/m", "Invented meta 2020", 5.0, 2.0, 8.0, "%", 1200, "up"), animals=(PIG,),
)  # fmt: skip
NOTHING = EvidenceResult(state=EvidenceState.NONE, unit="%", excluded=EXCLUDED, animals=(PIG,))
ASSUMED = BasisResult(
    "assumed", ("vitamin_d_share_of_magnesium_pump", "no_such_parameter"), ("mg-E05", "zz-E01"), "Nobody knows."
)
EXACT = BasisResult("exact", (), (), "bookkeeping")
ASKED = QuestionText("adults", "a pill", "no pill", "absorption", "6 months")


def sample(share: float, draws: int = 40, people: int = 5) -> np.ndarray:
    """Effects around 5, with a share of the draws above it; the last person of the first draw failed."""
    above = round(share * draws)
    means = np.concatenate([5.5 + np.arange(above) / 10, 4.5 - np.arange(draws - above) / 10])
    effects = means[:, None] + np.linspace(-0.1, 0.1, people)[None, :]
    effects[0, -1] = np.nan
    return effects


def clause(
    key: str = "absorption", word: Word = Word.HYPOTHESIS, share: float = 0.3, **changes: object
) -> ClauseResult:
    """A clause that rises by 5 % or does not, judged on `sample(share)`."""
    name, _, stratum = key.partition("@")
    label = f"{name} rises" + (f" (in {stratum})" if stratum else "")
    values = sample(share)
    low, middle, high = np.quantile(np.nanmean(values, axis=1), (0.025, 0.5, 0.975))
    model = ModelEffect(
        "%", share, Spread(middle, low, high), Spread(middle, low - 1, high + 1), 40, 5, 1, Levels(0.3, 0.4, "1")
    )
    made = ClauseResult(
        key=key, clause=name, stratum=stratum or None, label=label, predicate=f"relative_rise({name}) >= d",
        ruling=Ruling(word, Rule.R6, f"{share:.0%} of draws"), basis=ASSUMED, smallest_effect="5 %",
        smallest_effect_reason="less is lost", model=model, evidence=NOTHING,
        sensitivity=Sensitivity(Word.HOLDS, Word.DOES_NOT_HOLD), says=f"{name} rises", stratum_label=stratum,
    )  # fmt: skip
    return replace(made, **changes)


def claim(name: str, clauses: tuple[ClauseResult, ...], said_by: str = "article", **changes: object) -> ClaimResult:
    """A claim of these clauses; R7 where their words differ."""
    words = list(dict.fromkeys(each.ruling.word for each in clauses))
    ruling = clauses[0].ruling
    if len(words) > 1:
        parts = "; ".join(f"{w}: {', '.join(c.label for c in clauses if c.ruling.word is w)}" for w in words)
        ruling = Ruling(Word.IN_PART, Rule.R7, parts)
    made = ClaimResult(
        id=name, statement=f"It is so that {name}.", said_by=said_by, negative=False, question=ASKED, ruling=ruling,
        clauses=clauses, edges=("gut_vdr_drive -> vitamin_d_on_magnesium_pump", "pasi -> serum_magnesium"), reason=None,
        sensitivity=Sensitivity(Word.IN_PART, Word.DOES_NOT_HOLD),
        samples={each.key: sample(each.model.p) for each in clauses if each.model and each.model.draws},
    )  # fmt: skip
    return replace(made, **changes)


ABSORPTION = claim("raises-absorption", (clause(), clause("absorption@winter", Word.DOES_NOT_HOLD, 0.0)))
MEASURED = claim("with-studies", (clause(evidence=POOLED),), "opponents")
MANY = claim(
    "of-many-parts",
    tuple(clause(f"{name}@{where}".rstrip("@"), word, 0.5) for name, word in (("up", Word.HOLDS), ("down", Word.HYPOTHESIS))
          for where in ("", "winter", "summer")),
    "reader", turns=(TurnResult("it turns", "adults", "IU a day", (1.0, 9.0), (-1.0, 1.0), 4, 3, 1, 0, 3.0, 2.0, 4.0),),
    safety=("Vitamin D3 above 100 ug a day in one arm.",),
)  # fmt: skip
BY_CONSTRUCTION = claim(
    "is-bookkeeping",
    (clause(word=Word.HOLDS, ruling=Ruling(Word.HOLDS, Rule.R2, "by construction"), basis=EXACT, evidence=None,
            smallest_effect=None, smallest_effect_reason=None, predicate="absorption == 0 %"),),
    reason=Reason("it is essential", False, "A non sequitur."), sensitivity=Sensitivity(Word.HOLDS, Word.HOLDS),
)  # fmt: skip
JOINED = claim(
    "a-or-b", (clause(model=ModelEffect("1", 0.4, None, None, 40, 0, 0), smallest_effect=None),), "quoted study"
)
NOT_TESTABLE = ClaimResult(
    "detoxifies", "It detoxifies.", "article", False, None, Ruling(Word.NOT_TESTABLE, Rule.R1, "nothing is named"),
    (), (), None, None,
)  # fmt: skip
ALL = (ABSORPTION, MEASURED, MANY, BY_CONSTRUCTION, JOINED, NOT_TESTABLE)
