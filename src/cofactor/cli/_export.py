"""`cofactor export` and `cofactor bench`: this model in other tools, and beside other solvers."""

from __future__ import annotations

from pathlib import Path

import typer

from cofactor.cli._app import print_json
from cofactor.errors import InputError
from cofactor.interop import bench_table, export_sbml, run_bench
from cofactor.scenario import Scenario


def run(scenario: Path, out: Path) -> None:
    """Write the scenario's person and plan as SBML."""
    text = export_sbml(Scenario.from_toml(scenario))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            "SBML is written to a file that can be opened", received=str(out), hint=str(error.strerror)
        ) from error
    typer.echo(f"written: {out}")


def run_benchmark(
    *,
    as_json: bool,
    people: int,
    peer_people: int,
    days: float,
    sbml: Path | None = None,
    cases: list[str] | None = None,
) -> None:
    """Run the benchmark and print its table or JSON."""
    result = run_bench(
        people, peer_people=peer_people, days=days, sbml=sbml, cases=cases,
        progress=lambda text: typer.echo(text, err=True),
    )  # fmt: skip
    if as_json:
        print_json(result)
        return
    typer.echo(bench_table(result))
