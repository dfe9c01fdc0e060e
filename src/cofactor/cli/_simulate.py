"""`cofactor simulate`: run a scenario; a table of what changed, the budget of an element, the engine's error, or JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cofactor.claims import safety_lines
from cofactor.cli._app import DISCLAIMER, print_json
from cofactor.run import Check, Result, body_system, check_simulation, simulate, store, stores_of, task_of
from cofactor.run import budget as draw_up
from cofactor.scenario import Scenario

_SHOW_PROGRESS_ABOVE = 100
_NUMBER = ".4g"
_DONE, _CHECK_FAILED, _SOME_FAILED = 0, 1, 3


def run(
    scenario: Path, *, as_json: bool, observables: list[str] | None, accuracy: str | None, draws: int | None,
    budget: str | None, check: bool,
) -> int:  # fmt: skip
    """Simulate and print; returns the exit code."""
    plan = Scenario.from_toml(scenario)
    asked = observables or list(task_of(plan).outputs)
    stores = stores_of(body_system(), budget) if budget else []
    result = _with_progress(plan, [*asked, *(name for name in stores if name not in asked)], accuracy, draws)
    measured = check_simulation(plan, accuracy=accuracy, draws=draws) if check else None
    if as_json:
        print_json(_json(result, asked, plan, budget, measured))
    else:
        _show(scenario, plan, result, asked, budget, measured)
    if measured is not None and not measured.holds:
        return _CHECK_FAILED
    return _SOME_FAILED if result.failures else _DONE


def store_all(
    scenario: Path, folder: Path, *, observables: list[str] | None, accuracy: str | None, draws: int | None
) -> int:
    """Run a population into a folder of Parquet parts; returns the exit code."""
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("storing", total=None)
        stored = store(
            scenario, folder, observables=observables, accuracy=accuracy, draws=draws,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    text = f"{stored.people} people in {stored.parts} parts in {stored.folder}, {stored.written} of them written now"
    Console(highlight=False).print(f"{text}; {stored.failures} people failed", markup=False)
    return _SOME_FAILED if stored.failures else _DONE


def _with_progress(plan: Scenario, observables: list[str], accuracy: str | None, draws: int | None) -> Result:
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("running", total=None, visible=False)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=total > _SHOW_PROGRESS_ABOVE)

        return simulate(plan, accuracy=accuracy, draws=draws, observables=observables, progress=report)


def _json(result: Result, asked: list[str], plan: Scenario, budget: str | None, measured: Check | None) -> dict:
    shown = result.to_json()
    shown["observables"] = {name: shown["observables"][name] for name in asked}
    shown["units"] = {name: shown["units"][name] for name in asked}
    shown["safety"] = safety_lines(plan, result)
    if budget:
        shown["budget"] = draw_up(result, plan, element=budget).to_json()
    if measured is not None:
        shown["check"] = {"people": measured.people, "largest": measured.largest, "typical": measured.typical,
                          "observable": measured.observable, "holds": measured.holds}  # fmt: skip
    return shown


def _show(
    scenario: Path, plan: Scenario, result: Result, asked: list[str], budget: str | None, measured: Check | None
) -> None:
    console = Console(highlight=False)
    console.print(_changes(scenario, result, asked))
    if budget:
        console.print(_budget(result, plan, budget))
    for failure in result.failures[:5]:
        console.print(f"person {failure.person} failed: {failure.reason}", markup=False)
    if len(result.failures) > 5:
        console.print(f"... and {len(result.failures) - 5} more failed")
    for line in safety_lines(plan, result):
        console.print(line, markup=False)
    if measured is not None:
        console.print(_check(measured), markup=False)
    console.print(DISCLAIMER)


def _changes(scenario: Path, result: Result, asked: list[str]) -> Table:
    last = f"day {result.times[-1]:g}"
    table = Table(title=f"{scenario}: from rest to {last}")
    for name in ("observable", "unit", "at rest", last, "lowest", "highest"):
        table.add_column(name, justify="left" if name in ("observable", "unit") else "right", no_wrap=True)
    for name in asked:
        median = result.summary(name)["median"]
        seen = median[np.isfinite(median)]
        numbers = [median[0], median[-1], *((seen.min(), seen.max()) if seen.size else (np.nan, np.nan))]
        cells = ("missing" if np.isnan(v) else format(v, _NUMBER) for v in numbers)
        table.add_row(name, result.units[name], *cells)
    return table


def _budget(result: Result, plan: Scenario, element: str) -> Table:
    books = draw_up(result, plan, element=element)
    table = Table(title=f"where the {element} went in {books.days:g} days")
    for name in ("", "what", books.unit, f"{books.unit}/d"):
        table.add_column(name, justify="right" if name.startswith(books.unit) else "left")
    for line in books.lines:
        table.add_row(str(line.part.value), line.label, format(line.amount, _NUMBER), format(line.per_day, _NUMBER))
    return table


def _check(measured: Check) -> str:
    word = "holds" if measured.holds else "does not hold"
    return (
        f"check {word}: {measured.people} of the people again at a hundredth of the tolerance differ by at most "
        f"{measured.largest:.1e} of an observable's size ({measured.observable}), {measured.typical:.1e} in root mean square"
    )
