"""`cofactor simulate`: run a scenario; a table of what changed, the budget, or JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cofactor.cli._app import DISCLAIMER, print_json
from cofactor.run import Result, simulate

_SHOW_PROGRESS_ABOVE = 100
_NUMBER = ".4g"


def run(
    scenario: Path, *, as_json: bool, observables: list[str] | None, accuracy: str | None, draws: int | None
) -> bool:
    """Simulate and print; True when some people failed."""
    result = _with_progress(scenario, observables, accuracy, draws)
    if as_json:
        print_json(result.to_json())
    else:
        _show(scenario, result)
    return bool(result.failures)


def _with_progress(scenario: Path, observables: list[str] | None, accuracy: str | None, draws: int | None) -> Result:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("running", total=None, visible=False)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=total > _SHOW_PROGRESS_ABOVE)

        return simulate(scenario, accuracy=accuracy, draws=draws, observables=observables, progress=report)


def _show(scenario: Path, result: Result) -> None:
    console = Console(highlight=False)
    console.print(_changes(scenario, result))
    for failure in result.failures[:5]:
        console.print(f"person {failure.person} failed: {failure.reason}", markup=False)
    if len(result.failures) > 5:
        console.print(f"... and {len(result.failures) - 5} more failed")
    console.print(DISCLAIMER)


def _changes(scenario: Path, result: Result) -> Table:
    last = f"day {result.times[-1]:g}"
    table = Table(title=f"{scenario}: from rest to {last}")
    for name in ("observable", "unit", "at rest", last, "lowest", "highest"):
        table.add_column(name, justify="left" if name in ("observable", "unit") else "right", no_wrap=True)
    for name in result.observables:
        median = result.summary(name)["median"]
        seen = median[np.isfinite(median)]
        numbers = [median[0], median[-1], *((seen.min(), seen.max()) if seen.size else (np.nan, np.nan))]
        table.add_row(name, result.units[name], *("missing" if np.isnan(v) else format(v, _NUMBER) for v in numbers))
    return table
