"""Large populations to disk: parts of people written one after the other, so that memory stays small and nothing is lost.

A part is written whole or not at all, and a part that is there is not run again: a killed run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cofactor.errors import InputError, MissingExtraError
from cofactor.people import Person
from cofactor.run._many import Run, Task, run_people
from cofactor.run._simulate import everybody, manifest_of, task_of
from cofactor.scenario import Scenario, features_supported, require_supported

PEOPLE_A_PART = 1000
_MANIFEST = "_manifest.json"


@dataclass(frozen=True)
class Stored:
    """Where a population's run lies: Parquet parts in `folder`, one row a person and time; who failed is null with a reason."""

    folder: Path
    people: int
    parts: int
    written: int
    failures: int


def store(
    scenario: Scenario | str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    observables: Sequence[str] | None = None,
    accuracy: str | None = None,
    draws: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Stored:
    """Run a scenario into a folder of Parquet parts (extra `cluster`), going on where an earlier, killed run stopped.

    Columns: person, time_days, the observables in canonical units, failure. Raises InputError when the folder holds another
    run, and as `simulate` does.
    """
    _parquet()
    plan = scenario if isinstance(scenario, Scenario) else Scenario.from_toml(scenario)
    require_supported(plan, features_supported())
    task = replace(task_of(plan, accuracy=accuracy, observables=observables), accounts=False)
    cast = everybody(plan, task, draws)
    place = Path(folder)
    _claim(place, {**manifest_of(plan, task, cast), "observables": list(task.outputs)})
    total = len(cast.people)
    written = failures = 0
    for first in range(0, total, PEOPLE_A_PART):
        share = cast.people[first : first + PEOPLE_A_PART]
        part = place / f"part-{first:09d}.parquet"
        if not part.exists():
            failures += _write(part, task, first, share)
            written += 1
        if progress is not None:
            progress(first + len(share), total)
    return Stored(place, total, -(-total // PEOPLE_A_PART), written, failures)


def _parquet() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("pyarrow", "cluster") from error
    return pyarrow


def _claim(place: Path, manifest: dict[str, Any]) -> None:
    """The folder belongs to this run from now on; one that belongs to another is refused."""
    text = json.dumps(manifest, sort_keys=True, default=str, indent=1)
    file = place / _MANIFEST
    try:
        place.mkdir(parents=True, exist_ok=True)
        known = file.read_text(encoding="utf-8") if file.exists() else None
    except OSError as error:
        raise InputError("results are stored in a folder", received=str(place), hint=str(error.strerror)) from error
    if known is not None and known != text:
        raise InputError(
            "the folder holds another run", received=hashlib.sha256(known.encode()).hexdigest()[:12], where=str(file),
            hint="store into an empty folder, or run the scenario this one was begun with",
        )  # fmt: skip
    if known is None:
        _replace(file, lambda path: path.write_text(text, encoding="utf-8"))


def _write(part: Path, task: Task, first: int, people: Sequence[Person]) -> int:
    """Run some people and write their part; returns how many failed."""
    runs = run_people(task, people)
    table = _table(task, first, runs)
    arrow = _parquet()
    _replace(part, lambda path: arrow.parquet.write_table(table, path))
    return sum(run.failure is not None for run in runs)


def _table(task: Task, first: int, runs: Sequence[Run]) -> Any:
    arrow = _parquet()
    people, times = len(runs), len(task.times)
    values = np.array([run.values for run in runs])
    columns: dict[str, Any] = {
        "person": np.repeat(np.arange(first, first + people), times),
        "time_days": np.tile(task.times, people),
    }
    for k, name in enumerate(task.outputs):
        flat = values[:, k, :].ravel()
        columns[name] = arrow.array(flat, mask=~np.isfinite(flat))
    reasons = np.repeat(np.array([run.failure for run in runs], dtype=object), times)
    columns["failure"] = arrow.array(reasons, type=arrow.string()).dictionary_encode()
    return arrow.table(columns)


def _replace(target: Path, write: Callable[[Path], Any]) -> None:
    """Write beside the target and move into place, so that no reader ever meets half a file."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        write(temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
