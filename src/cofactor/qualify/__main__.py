"""`python -m cofactor.qualify [--write DIR] [--json]`: run every emulation, show the misses, write the tables."""

from __future__ import annotations

import argparse
import json
import sys

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from cofactor.errors import CofactorError
from cofactor.qualify._load import load_emulations
from cofactor.qualify._qualify import Qualification, counts, people_needed, run_all
from cofactor.qualify._table import model, number, observed, what, write_tables


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; 0 when done, the error's exit code for bad input."""
    parser = argparse.ArgumentParser(prog="python -m cofactor.qualify", description=__doc__)
    parser.add_argument("--write", metavar="DIR", help="write the tables into this folder")
    parser.add_argument("--json", action="store_true", help="print every comparison as JSON")
    asked = parser.parse_args(arguments)
    try:
        result = _with_progress()
        written = write_tables(asked.write, result) if asked.write else []
    except CofactorError as error:
        typer.echo(f"cofactor: {error}", err=True)
        return error.exit_code
    if asked.json:
        typer.echo(json.dumps(result.to_json(), allow_nan=False))
        return 0
    _show(result)
    for path in written:
        typer.echo(f"written: {path}")
    return 0


def _with_progress() -> Qualification:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total} people"))
    with Progress(
        *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("emulating studies", total=people_needed(load_emulations()))
        return run_all(lambda row, people: bar.update(task, advance=people, description=row))


def _show(result: Qualification) -> None:
    for use, numbers in counts(result.comparisons).items():
        typer.echo(f"{use}: " + ", ".join(f"{name} {n}" for name, n in numbers.items()))
    typer.echo("misses, the largest first:")
    for c in result.misses:
        typer.echo(f"  {c.row}  {what(c)}: model {model(c)}, observed {observed(c)}, size {number(c.size)}; {c.cause}")


if __name__ == "__main__":
    sys.exit(main())
