"""The report of the docket: the judged claims with the magnesium budgets that belong to them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cofactor.claims import ClaimResult
from cofactor.report._pages import Progress
from cofactor.report._write import write_report
from cofactor.run import Budget, budget_of
from cofactor.scenario import Scenario

# The plans of claims.md for one reference adult: the cut of activation-spares-mg, the dose of mg-calms and mg-steadies-sugar.
_BUDGET_PLANS: Mapping[str, Mapping[str, Any]] = {
    "Magnesium budget: three months on 150 mg a day, after 400 mg a day": {
        "diet": {"magnesium": "400 mg/day"},
        "diet_change": [{"magnesium": "150 mg/day", "start": "day 0", "stop": "day 91"}],
        "simulate": {"days": 91, "output_every": "7 days"},
    },
    "Magnesium budget: eight weeks of 300 mg a day as citrate": {
        "supplement": [{"name": "magnesium", "form": "citrate", "amount": "300 mg", "every": "1 day"}],
        "simulate": {"days": 56, "output_every": "7 days"},
    },
}


def docket_budgets() -> dict[str, Budget]:
    """The magnesium budgets of two plans of the docket, lived through by the reference adult."""
    return {title: budget_of(Scenario.from_dict(plan)) for title, plan in _BUDGET_PLANS.items()}


def write_docket_report(
    path: str | os.PathLike[str],
    results: Sequence[ClaimResult],
    limits: Mapping[str, Sequence[str]] | None = None,
    progress: Progress | None = None,
    workers: int = 1,
) -> Path:
    """Write the report of the docket with its budgets, and return its path. Raises as `write_report` does."""
    return write_report(results, path, budgets=docket_budgets(), limits=limits, progress=progress, workers=workers)
