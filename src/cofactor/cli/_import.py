"""`cofactor import`: what an SBML file of somebody else's holds, and its course by this engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from cofactor.cli._app import print_json
from cofactor.errors import InputError
from cofactor.interop import Case, Imported, course, import_sbml

_NUMBER = ".6g"
_SHOWN_NAMES = 12
_MOST_DAYS, _MOST_SAMPLES = 365_000.0, 100_000


def run(
    file: Path, *, days: float | None, every: float | None, observables: Sequence[str], changes: Sequence[str],
    without_events: Sequence[str], time_unit: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Read the file and show what it holds; with `days`, run it and show the quantities asked for (default: all states)."""
    model = import_sbml(file, without_events=without_events, time_unit=time_unit)
    case = _case(model, days or 0.0, changes)
    seen = None
    if days is not None:
        times = _times(days, every)
        seen = times, course(case, times, list(observables) or list(model.system.states))
    if as_json:
        print_json(_json(file, model, case, seen))
    else:
        _show(file, model, case, seen)


def _case(model: Imported, days: float, changes: Sequence[str]) -> Case:
    """The model with some parameters and starting values changed ("GFR=3.1")."""
    parameters: dict[str, float] = {}
    starts: dict[str, float] = {}
    for change in changes:
        name, _, value = change.partition("=")
        (starts if name in model.system.states else parameters)[name.strip()] = _number(change, value)
    return model.case(days, parameters=parameters, start=starts)


def _number(change: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise InputError("a change is NAME=NUMBER, in the file's own unit", received=change, where="--set")
    return value


def _times(days: float, every: float | None) -> np.ndarray:
    if not 0.0 < days <= _MOST_DAYS:
        raise InputError(f"days are above 0 and at most {_MOST_DAYS:g}", received=f"{days:g} d", where="--days")
    step = days / 10.0 if every is None else every
    if not (step > 0.0 and days / step <= _MOST_SAMPLES):
        rule = f"samples come at intervals above 0, and there are at most {_MOST_SAMPLES}"
        raise InputError(rule, received=f"{step:g} d", where="--every")
    times = np.arange(int(np.floor(days / step + 1e-9)) + 1) * step
    return times if times[-1] >= days * (1.0 - 1e-12) else np.append(times, days)


def _json(file: Path, model: Imported, case: Case, seen: Any) -> dict[str, Any]:
    system = model.system
    told: dict[str, Any] = {
        "file": str(file), "title": model.title, "days_per_time_unit": model.days_per_time_unit,
        "states": {name: float(case.start[state.offset]) for name, state in system.states.items()},
        "parameters": {c.name: float(case.parameters[c.offset]) for c in system.constants.values()},
        "inputs": dict(case.habits), "rules": list(model.rules), "reactions": list(model.reactions),
        "events": list(model.events), "units": {name: unit for name, unit in model.units.items() if unit},
    }  # fmt: skip
    if seen is not None:
        times, values = seen
        told["time_days"] = times.tolist()
        told["observables"] = {name: series.tolist() for name, series in values.items()}
    return told


def _show(file: Path, model: Imported, case: Case, seen: Any) -> None:
    console = Console(highlight=False)
    console.print(f"{file}: {model.title}", markup=False)
    console.print(f"its unit of time is {model.days_per_time_unit:.6g} days", markup=False)
    kinds: Mapping[str, Sequence[str]] = {
        "states": list(model.system.states), "parameters": list(model.system.constants), "rules": model.rules,
        "reactions": model.reactions, "events": model.events,
    }  # fmt: skip
    for kind, names in kinds.items():
        console.print(f"{len(names)} {kind}{': ' if names else ''}{_some(names)}", markup=False)
    if seen is None:
        console.print("run it with --days N; --observable NAME picks quantities, --set NAME=NUMBER changes one")
        return
    console.print(_course_table(model, *seen))


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _SHOWN_NAMES
    return ", ".join(names[:_SHOWN_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def _course_table(model: Imported, times: np.ndarray, values: Mapping[str, np.ndarray]) -> Table:
    table = Table(title=f"{times[-1]:g} days, in the file's own units")
    for name in ("quantity", "unit", "start", "lowest", "highest", "end"):
        table.add_column(name, justify="left" if name in ("quantity", "unit") else "right")
    for name, series in values.items():
        numbers = (series[0], series.min(), series.max(), series[-1])
        table.add_row(name, model.units.get(name, ""), *(format(v, _NUMBER) for v in numbers))
    return table
