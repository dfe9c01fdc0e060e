"""The command `cofactor`: its verbs, their options, and the exit codes. Heavy rooms are imported when a verb needs them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from cofactor.errors import CofactorError

DISCLAIMER = "A research and teaching instrument, not medical advice."

app = typer.Typer(
    name="cofactor",
    help=f"Health claims about vitamin D, magnesium and calcium, put to the test. {DISCLAIMER}",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.callback()
def _verbs() -> None:
    """Every verb takes --help."""


@app.command()
def claims(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Claims of the docket; all of them when none is named.")
    ] = None,
    as_json: AsJson = False,
    report: Annotated[Path | None, typer.Option(help="Write the HTML report here.")] = None,
    draws: Annotated[int, typer.Option(min=2, help="Draws of the model's own uncertainty.")] = 50,
    people: Annotated[int, typer.Option(min=2, help="Virtual people in each draw.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of all random numbers.")] = 1,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes for a large docket; as many as cores when not given.")
    ] = None,
) -> None:
    """Put claims of the docket to trial and print their verdicts."""
    from cofactor.cli import _claims
    from cofactor.trials import Size

    _claims.run(ids or [], as_json=as_json, report=report, size=Size(draws, people, seed), workers=workers)


@app.command()
def simulate(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (TOML).")],
    as_json: AsJson = False,
    observable: Annotated[list[str] | None, typer.Option(help="Only these observables (repeat the option).")] = None,
    accuracy: Annotated[str | None, typer.Option(help="default or tight; overrides the file.")] = None,
    draws: Annotated[
        int | None, typer.Option(min=1, help="Draws of the model's uncertainty; overrides the file.")
    ] = None,
    budget: Annotated[
        str | None, typer.Option(help="Show where it all went of: magnesium, calcium, phosphorus.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Store every person's values here as Parquet, in parts.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Rerun some people 100 times tighter: the error.")] = False,
) -> None:
    """Run a scenario and print what changes, and where every mmol goes."""
    from cofactor.cli import _simulate

    if out is not None:
        raise typer.Exit(_simulate.store_all(scenario, out, observables=observable, accuracy=accuracy, draws=draws))
    code = _simulate.run(
        scenario, as_json=as_json, observables=observable, accuracy=accuracy, draws=draws, budget=budget, check=check
    )
    raise typer.Exit(code)


@app.command()
def explain(
    quantity: Annotated[str, typer.Argument(help="A quantity of the body: serum_magnesium, dct_capacity, ...")],
    as_json: AsJson = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print the equation as LaTeX.")] = False,
) -> None:
    """Print a quantity's equation, parameters, sources, and who reads it."""
    from cofactor.cli import _explain

    _explain.run(quantity, as_json=as_json, latex=latex)


@app.command()
def qualify(
    as_json: AsJson = False,
    write: Annotated[Path | None, typer.Option(help="Write the tables as markdown into this folder.")] = None,
) -> None:
    """Put the model beside every evidence row it can answer; misses by size."""
    from cofactor.qualify.__main__ import main as run

    raise typer.Exit(run([*(["--json"] if as_json else []), *(["--write", str(write)] if write else [])]))


@app.command()
def export(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (TOML) of one person.")],
    out: Annotated[Path, typer.Option(help="The SBML file to write.")],
    sbml: Annotated[
        bool, typer.Option("--sbml", help="SBML Level 3 Version 2 (the one format of this version).")
    ] = True,
) -> None:
    """Write a person and their plan as SBML: units on everything, time in days, observables under their own names."""
    from cofactor.cli import _export

    _export.run(scenario, out)


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="An SBML file: core Level 2 or 3, whose events fire at known times.")],
    days: Annotated[float | None, typer.Option(help="Run it for so many days; without, show what it holds.")] = None,
    every: Annotated[float | None, typer.Option(help="Days between samples; a tenth of the run if not given.")] = None,
    observable: Annotated[list[str] | None, typer.Option(help="Only these quantities (repeat the option).")] = None,
    change: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=NUMBER: a parameter or starting value, in the file's unit.")
    ] = None,
    without_event: Annotated[list[str] | None, typer.Option(help="Leave this event out (repeat the option).")] = None,
    time_unit: Annotated[str | None, typer.Option(help="The file's unit of time, where it does not say: h.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read somebody else's SBML model, show what it holds, and run it (extra `interop`)."""
    from cofactor.cli import _import

    _import.run(
        file, days=days, every=every, observables=observable or (), changes=change or (),
        without_events=without_event or (), time_unit=time_unit, as_json=as_json,
    )  # fmt: skip


@app.command()
def bench(
    as_json: AsJson = False,
    people: Annotated[int, typer.Option(min=1, help="Virtual people for this engine.")] = 1000,
    peer_people: Annotated[int, typer.Option(min=1, help="How many of them the other solvers run.")] = 3,
    days: Annotated[float, typer.Option(min=1, help="Days of the population cases.")] = 365,
    sbml: Annotated[
        Path | None, typer.Option(help="The file of BIOMD0000000613: its four cases besides the coupled body's.")
    ] = None,
    case: Annotated[list[str] | None, typer.Option(help="Only this case (repeat the option).")] = None,
) -> None:
    """Run libRoadRunner, numbalsoda and SciPy beside this engine on the same model (extra `bench`)."""
    from cofactor.cli import _export

    _export.run_benchmark(as_json=as_json, people=people, peer_people=peer_people, days=days, sbml=sbml, cases=case)


def main() -> None:
    """Entry point: one message and the error's exit code for bad input, never a traceback for it."""
    sys.exit(guarded(app))


def guarded(run: Callable[..., Any]) -> int:
    """Run the command line; returns the exit code (0 done, 1 a check failed, 2 bad input, 3 some people failed)."""
    try:
        code = run(standalone_mode=False)  # a typer.Exit comes back as its code
    except CofactorError as error:
        typer.echo(f"cofactor: {error}", err=True)
        return error.exit_code
    except Exception as error:
        return _usage_error(error)
    return code if isinstance(code, int) else 0


def _usage_error(error: Exception) -> int:
    """Click's own errors (unknown option, missing argument) as one message; anything else is a fault of ours."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(code, int):
        show()
        return code
    typer.echo("cofactor: a fault of Cofactor itself, please report it with the input that caused it.", err=True)
    raise error


def print_json(value: Any) -> None:
    """JSON on standard output; NaN is a fault, because the contract says null."""
    typer.echo(json.dumps(value, allow_nan=False))
