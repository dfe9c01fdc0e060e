"""The report: one HTML file that holds everything it shows."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cofactor.claims import ClaimResult
from cofactor.errors import InputError, MissingExtraError
from cofactor.model import System
from cofactor.report._budget_view import budget_view
from cofactor.report._headline import speakers
from cofactor.report._pages import Progress, pages
from cofactor.report._words import BASIS, MEANING, RULES, SYMBOL, TERMS, capital, slug
from cofactor.run import Budget

TITLE = "Vitamin D and magnesium: what is claimed, and what holds"


def write_report(
    results: Sequence[ClaimResult],
    path: str | os.PathLike[str],
    *,
    budgets: Mapping[str, Budget] | None = None,
    limits: Mapping[str, Sequence[str]] | None = None,
    system: System | None = None,
    title: str = TITLE,
    progress: Progress | None = None,
    workers: int = 1,
) -> Path:
    """Write the report of judged claims to `path`, and return it. Raises as `render_report`; an OSError is an InputError."""
    text = render_report(
        results, budgets=budgets, limits=limits, system=system, title=title, progress=progress, workers=workers
    )
    file = Path(path)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            "the report is written to a file that can be opened", received=str(file), hint=str(error)
        ) from error
    return file


def render_report(
    results: Sequence[ClaimResult],
    *,
    budgets: Mapping[str, Budget] | None = None,
    limits: Mapping[str, Sequence[str]] | None = None,
    system: System | None = None,
    title: str = TITLE,
    progress: Progress | None = None,
    workers: int = 1,
) -> str:
    """The report as text: one HTML page that asks for nothing from outside.

    `budgets` by heading; `limits` by claim id, as `claims.limits` gives them. A result that carries its samples has every
    setting of the model as a dot, one without only the intervals. `system` is the body whose parameters are named (default:
    the one that runs). `workers` processes share the pages of many claims. Raises InputError for an empty report and limits of
    an unknown claim, MissingExtraError without the extra `report`.
    """
    _require_known(results, limits or {})
    return _template("page.html").render(
        title=title,
        speakers=speakers(results),
        claims=pages(results, limits or {}, system, progress, workers),
        budgets=[
            budget_view(name, each, f"budget-{index}") for index, (name, each) in enumerate((budgets or {}).items())
        ],
        meanings=[(str(word), SYMBOL[word], slug(word), text) for word, text in MEANING.items()],
        bases=BASIS,
        rules=RULES,
        terms=TERMS,
        runs=_runs(results),
        version=version("cofactor"),
    )


def _require_known(results: Sequence[ClaimResult], limits: Mapping[str, Any]) -> None:
    if not results:
        raise InputError("a report is of one claim at least", received="none")
    known = {result.id for result in results}
    unknown = sorted(set(limits) - known)
    if unknown:
        raise InputError("no result of that claim", received=unknown[0], hint=f"results of: {', '.join(sorted(known))}")


def _runs(results: Sequence[ClaimResult]) -> str:
    """How large the trials were, where all were of one size."""
    sizes = {
        (c.model.number_of_draws, c.model.number_of_people) for r in results for c in r.clauses if c.model is not None
    }
    if len(sizes) != 1:
        return "The size of each trial stands with its claim."
    (draws, people), = sizes  # fmt: skip
    return f"Every arm was run in {draws} plausible settings of the model with {people} virtual people each."


def _template(name: str) -> Any:
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtraError("jinja2", "report") from error
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cofactor.report"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["capital"] = capital
    return environment.get_template(name)
