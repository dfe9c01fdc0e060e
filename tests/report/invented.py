"""Invented evidence and samples for pictures; the numbers stand for nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cofactor.claims import ClaimResult, EvidenceState, Study
from cofactor.claims._result import EvidenceResult

STUDIES = (
    Study("mg-E91", "doi:10.1000/a(1)", "Invented 2001 J Nutr 1:1", 6.0, 1.0, 11.0, "%", 40, "rose"),
    Study("mg-E92", "slug1980", "Invented & Sons 2011 <Journal>", 2.0, -4.0, 8.0, "%", None, "rose a little"),
    Study("mg-E93", "pmid:1", "Invented 2015", 9.0, 4.0, 14.0, "%", 80, "rose", calibrates=True),
)
POOLED = EvidenceResult(
    state=EvidenceState.FOR, unit="%", pooled=6.4, ci_low=1.9, ci_high=10.8, prediction_low=-3.0, prediction_high=16.0,
    k=3, tau2=1.0, i2=0.3, studies=STUDIES,
    excluded=(Study("mg-E94", "old", "Too Old 1950", result="up", reason="not controlled (single_arm)"),),
    largest_meta=Study("mg-E99", "doi:10.1000/m", "Invented meta 2020", 5.0, 2.0, 8.0, "%", 1200, "up"),
    animals=(Study("mg-E98", "pig", "Pig 1999", result="down", n=8, reason="species is pig"),),
)  # fmt: skip


def with_studies(result: ClaimResult) -> ClaimResult:
    """The result as if its first clause had these studies."""
    first, *others = result.clauses
    return replace(result, clauses=(replace(first, evidence=POOLED), *others))


def sample(p: float, draws: int = 40, people: int = 5) -> np.ndarray:
    """Effects around 5, with a share `p` of the draws above it."""
    above = round(p * draws)
    means = np.concatenate([5.5 + np.arange(above) / 10, 4.5 - np.arange(draws - above) / 10])
    return means[:, None] + np.linspace(-1, 1, people)[None, :]
