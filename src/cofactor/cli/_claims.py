"""`cofactor claims`: trials with progress, the verdict table, JSON, and the report."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from cofactor.claims import Claim, ClaimResult, limits, load_claims, run_claims, runs_needed
from cofactor.cli._app import DISCLAIMER, print_json
from cofactor.errors import InputError
from cofactor.trials import Size


def run(ids: list[str], *, as_json: bool, report: Path | None, draws: int, people: int, seed: int) -> None:
    """Judge the claims named (all when none is) and show them."""
    chosen = _chosen(ids)
    size = Size(draws, people, seed)
    results = _with_progress(chosen, size)
    if report is not None:
        _write(report, chosen, results)
    if as_json:
        print_json({"claims": [result.to_json() for result in results]})
        return
    _show(chosen, results, size, report)


def _chosen(ids: list[str]) -> list[Claim]:
    docket = {claim.id: claim for claim in load_claims()}
    for name in ids:
        if name not in docket:
            raise InputError("the docket has no such claim", received=name, hint=f"claims: {', '.join(docket)}")
    return [docket[name] for name in ids] if ids else list(docket.values())


def _with_progress(chosen: list[Claim], size: Size) -> list[ClaimResult]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}/{task.total} runs"))
    with Progress(
        *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("putting claims to trial", total=runs_needed(chosen, size))
        return run_claims(chosen, size, lambda claim, count: bar.update(task, advance=count, description=claim))


def _write(path: Path, chosen: list[Claim], results: list[ClaimResult]) -> None:
    from cofactor.report import write_docket_report

    write_docket_report(path, results, {claim.id: limits(claim) for claim in chosen})


def _show(chosen: list[Claim], results: list[ClaimResult], size: Size, report: Path | None) -> None:
    console = Console()
    table = Table(
        title=f"{size.runs} runs an arm: {size.draws} draws of the model x {size.people} people", show_lines=True
    )
    for name in (
        "claim",
        "said by",
        "verdict",
        "condition",
        "basis",
        "model, median [95 %]",
        "controlled human evidence",
    ):
        table.add_column(name, overflow="fold")
    for result in results:
        table.add_row(*(str(cell) for cell in result.row()))
    console.print(table)
    for claim in chosen:
        for line in limits(claim):
            console.print(
                f"{claim.id}: this version has no organ for {line}; its measured consequence is imposed.", markup=False
            )
    if report is not None:
        console.print(f"Report: {report}", markup=False)
    console.print(DISCLAIMER)
