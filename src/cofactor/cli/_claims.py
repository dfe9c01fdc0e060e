"""`cofactor claims`: trials with progress, the verdict table, JSON, and the report."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from cofactor.claims import Claim, ClaimResult, limits, load_claims, run_claims, runs_needed
from cofactor.cli._app import DISCLAIMER, print_json
from cofactor.errors import InputError
from cofactor.trials import Size

_COLOURS = {
    "holds": "bold green",
    "holds in part": "bold yellow",
    "does not hold": "bold red",
    "hypothesis": "bold blue",
}


def run(ids: list[str], *, as_json: bool, report: Path | None, size: Size, workers: int | None) -> None:
    """Judge the claims named (all when none is) and show them."""
    chosen = _chosen(ids)
    if report is not None:
        _require_folder(report)
    cores = workers or os.cpu_count() or 1
    results = _with_progress(chosen, size, cores)
    if report is not None:
        _write(report, chosen, results, cores)
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


def _require_folder(report: Path) -> None:
    """The report's folder is made before the trials, so that nobody waits for a report that cannot be written."""
    try:
        report.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            "the report is written into a folder that can be made", received=str(report), hint=str(error.strerror)
        ) from error


def _with_progress(chosen: list[Claim], size: Size, workers: int) -> list[ClaimResult]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}/{task.total} runs"))
    screen = Console(stderr=True)
    shown = (*columns, TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*shown, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("putting claims to trial", total=runs_needed(chosen, size))

        def tell(claim: str, count: int) -> None:
            bar.update(task, advance=count, description=claim)

        return run_claims(chosen, size, tell, workers=workers)


def _write(path: Path, chosen: list[Claim], results: list[ClaimResult], workers: int) -> None:
    from cofactor.report import write_docket_report

    write_docket_report(path, results, {claim.id: limits(claim) for claim in chosen}, workers=workers)


def _show(chosen: list[Claim], results: list[ClaimResult], size: Size, report: Path | None) -> None:
    console = Console(highlight=False)
    console.print(f"{size.runs} runs an arm: {size.draws} draws of the model x {size.people} people\n")
    for claim, result in zip(chosen, results, strict=True):
        _show_one(console, claim, result)
    if report is not None:
        console.print(f"The whole, with pictures and studies: {report}", markup=False)
    console.print(DISCLAIMER)


def _show_one(console: Console, claim: Claim, result: ClaimResult) -> None:
    """A claim as a heading with its verdict, then what stands behind it, a line each."""
    name, speaker, word, condition, basis, model, evidence = result.row()
    heading = Text.assemble((word.upper(), _COLOURS.get(str(result.word), "")), f"  {claim.statement}")
    console.print(heading)
    lines = [f"{name}, said by: {speaker}", condition, f"model: {model} (basis: {basis})", f"evidence: {evidence}"]
    lines += [told] if (told := result.told_as_claimed()) else []
    lines += [f"this version has no organ for {line}: left out" for line in limits(claim)]
    for line in lines:
        if not line.endswith((": -", ": - (basis: -)")) and line != "-":
            console.print(Padding(Text(line), (0, 0, 0, 4)))
    console.print()
