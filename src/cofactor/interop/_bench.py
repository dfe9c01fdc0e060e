"""`cofactor bench`: this engine beside libRoadRunner, numbalsoda and SciPy on the same model, people, plan and samples.

Everything runs on one pinned core; times are CPU time of the process, medians of repeats in which the solvers take turns.
Compiling and loading are not timed. Errors are against a reference at 1e-10 over the same people for every solver.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from cofactor.engine import Accuracy
from cofactor.errors import InputError, MissingExtraError
from cofactor.interop._lsoda import RightHandSide, numbalsoda_run, scipy_run
from cofactor.interop._roadrunner import RoadRunner
from cofactor.interop._work import REFERENCE, Work, errors, sizes_of
from cofactor.interop._workloads import coupled_body, peterson

OURS = "cofactor"
OUR_SETTINGS = (1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 3e-5, 2e-5, 1e-5, 1e-6, 1e-7)
PEER_SETTINGS = (1e-4, 1e-6, 1e-8)
HEADLINE_CASE, HEADLINE_SETTING = "population", 1e-6
_SCIPY_SETTING, _SCIPY_DAYS = 1e-6, 30.0
_CHECK_SETTING, _CHECK_DAYS = 1e-12, 30.0

Solver = Callable[[], tuple[np.ndarray, float]]


@dataclass(frozen=True)
class Row:
    """One solver at one tolerance: CPU ms per person-year (median, least, most), errors, and what it was timed on."""

    engine: str
    tolerance: float
    ms_per_person_year: float
    least: float
    most: float
    error_max: float
    error_rms: float
    people: int
    days: float
    note: str = ""


def run_bench(
    people: int = 1000, *, peer_people: int = 3, repeats: int = 3, days: float = 365.0, cases: Sequence[str] | None = None,
    sbml: str | os.PathLike[str] | None = None, progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Run the benchmark and give its JSON: cases with their rows and ratios, and the headline ratios.

    `people` are run by this engine, the first `peer_people` of them by the others; `sbml` is the file of BIOMD0000000613 for
    the second set of cases; `cases` picks some by name. A ratio is a peer's time over ours, ours at the setting that is
    cheapest among those whose largest and rms errors are no larger than the peer's. Raises InputError for unknown cases.
    """
    if people < peer_people or peer_people < 1 or repeats < 1:
        raise InputError(
            "a benchmark has people, peers' people among them, and repeats", received=f"{people}, {peer_people}"
        )
    works = coupled_body(people, days) + ([] if sbml is None else peterson(sbml, people, days))
    names = [work.name for work in works]
    unknown = [name for name in cases or () if name not in names]
    if unknown:
        raise InputError("there is no such case", received=unknown[0], hint=f"one of: {', '.join(names)}")
    with _one_core() as core:
        found = [
            _case(work, peer_people, repeats, progress or _silent)
            for work in works
            if cases is None or work.name in cases
        ]
    headline = next((case for case in found if case["name"] == HEADLINE_CASE), found[0])
    return {
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "core": core,
        },
        "date": date.today().isoformat(),
        "load_average": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "repeats": repeats,
        "cases": found,
        "ratios": {peer: _headline(headline, peer) for peer in ("libroadrunner", "numbalsoda")},
        "ratios_hardest_setting": {peer: _hardest(headline, peer) for peer in ("libroadrunner", "numbalsoda")},
    }


def _silent(_: str) -> None:
    return None


def _headline(case: dict[str, Any], peer: str) -> float | None:
    return case["ratios"].get(peer, {}).get(f"{HEADLINE_SETTING:g}")


def _hardest(case: dict[str, Any], peer: str) -> float | None:
    known = [ratio for ratio in case["ratios"].get(peer, {}).values() if ratio is not None]
    return min(known) if known else None


@contextmanager
def _one_core() -> Iterator[int | None]:
    """The process on one core, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield None
        return
    before = os.sched_getaffinity(0)
    core = max(before)
    os.sched_setaffinity(0, {core})
    try:
        yield core
    finally:
        os.sched_setaffinity(0, before)


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


# -- one case -----------------------------------------------------------------------------------------------------------------


@dataclass
class _Entry:
    """A solver in the turn: what to call, and over how many person-years its time counts."""

    engine: str
    tolerance: float
    work: Work
    run: Solver
    note: str = ""


def _case(work: Work, peer_people: int, repeats: int, progress: Callable[[str], None]) -> dict[str, Any]:
    few = work.of(0, min(peer_people, work.people))
    reference = few.run(REFERENCE).samples
    sizes = sizes_of(few, reference)
    entries, missing, check = _entries(work, few, sizes, reference)
    times: list[list[float]] = [[] for _ in entries]
    samples: list[np.ndarray] = [np.zeros(0)] * len(entries)
    for turn in range(repeats):
        for k, entry in enumerate(entries):
            progress(f"{work.name}: {entry.engine} at {entry.tolerance:g}, repeat {turn + 1} of {repeats}")
            found, seconds = entry.run()
            samples[k] = found[: len(reference)].copy()  # the rest of a thousand people need not be kept
            times[k].append(1e3 * seconds / entry.work.years)
    rows = [_row(e, t, s, reference, sizes) for e, t, s in zip(entries, times, samples, strict=True)]
    return {
        "name": work.name, "title": work.title, "states": work.system.size, "people": work.people, "days": work.days,
        "samples": len(work.times), "rows": [asdict(row) for row in rows], "ratios": _ratios(rows),
        "reference_agrees_within": check, "missing": missing,
    }  # fmt: skip


def _entries(
    work: Work, few: Work, sizes: np.ndarray, reference: np.ndarray
) -> tuple[list[_Entry], dict[str, str], float | None]:
    """The solvers that are installed, warmed up; why others are missing; how well the reference is confirmed."""
    entries = [_Entry(OURS, tolerance, work, partial(_ours, work, tolerance)) for tolerance in OUR_SETTINGS]
    missing: dict[str, str] = {}
    check = None
    try:
        runner = RoadRunner(few, sizes)
        entries += [_Entry("libroadrunner", t, few, partial(runner.run, few, t)) for t in PEER_SETTINGS]
    except MissingExtraError as error:
        missing["libroadrunner"] = str(error)
    try:
        side = RightHandSide(work.system, sizes)
        check = _confirmed(side, few, reference, sizes)
        entries += [_Entry("numbalsoda", t, few, partial(numbalsoda_run, side, few, t)) for t in PEER_SETTINGS]
        one = few.of(0, 1).shortened(min(_SCIPY_DAYS, few.days))
        if few.days <= 2 * 365.0:
            run = partial(scipy_run, side, one, _SCIPY_SETTING)
            entries.append(_Entry("scipy LSODA", _SCIPY_SETTING, one, run, "a month of one person, extrapolated"))
    except (MissingExtraError, ImportError) as error:
        missing["numbalsoda"] = str(error)
    for entry in entries:
        entry.work.prepared()
    return entries, missing, check


def _ours(work: Work, tolerance: float) -> tuple[np.ndarray, float]:
    begin = time.process_time()
    swarm = work.run(Accuracy(tolerance))
    return swarm.samples, time.process_time() - begin


def _confirmed(side: RightHandSide, few: Work, reference: np.ndarray, sizes: np.ndarray) -> float:
    """Largest difference between the reference and LSODA at 1e-12 over the first month of one person; compiles both too."""
    one = few.of(0, 1).shortened(min(_CHECK_DAYS, few.days))
    found, _ = numbalsoda_run(side, one, _CHECK_SETTING)
    return errors(found, reference[:1, : len(one.times)], sizes)[0]


def _row(entry: _Entry, times: list[float], samples: np.ndarray, reference: np.ndarray, sizes: np.ndarray) -> Row:
    people, moments = min(len(samples), len(reference)), samples.shape[1]
    largest, rms = errors(samples[:people], reference[:people, :moments], sizes)
    return Row(
        entry.engine, entry.tolerance, statistics.median(times), min(times), max(times), largest, rms, entry.work.people,
        entry.work.days, entry.note,
    )  # fmt: skip


def _ratios(rows: Sequence[Row]) -> dict[str, dict[str, float | None]]:
    """By peer and its tolerance: its time over that of our cheapest setting that is at least as accurate."""
    ours = [row for row in rows if row.engine == OURS]
    found: dict[str, dict[str, float | None]] = {}
    for row in rows:
        if row.engine == OURS:
            continue
        good = [o for o in ours if o.error_max <= row.error_max and o.error_rms <= row.error_rms]
        best = min((o.ms_per_person_year for o in good), default=None)
        ratio = None if best is None else row.ms_per_person_year / best
        found.setdefault(row.engine, {})[f"{row.tolerance:g}"] = ratio
    return found


# -- the table ----------------------------------------------------------------------------------------------------------------


def bench_table(result: dict[str, Any]) -> str:
    """The result as Markdown: one table a case, then the headline."""
    machine, load = result["machine"], result["load_average"]
    busy = "unknown" if load is None else " ".join(f"{value:.1f}" for value in load)
    lines = [
        f"{machine['processor']}, one pinned core of {machine['cores']}, Python {machine['python']}, {result['date']}; "
        f"medians of {result['repeats']} interleaved repeats (least-most); load average at the end {busy}."
    ]
    for case in result["cases"]:
        lines += ["", *_case_lines(case)]
    for title, key in (("at 1e-6", "ratios"), ("at the peer's best setting against us", "ratios_hardest_setting")):
        told = ", ".join(f"{peer} {_times(ratio)}" for peer, ratio in result[key].items())
        lines += [
            "",
            f"Peer time / ours per core at equal or smaller error, {result['cases'][0]['name']}, {title}: {told}.",
        ]
    return "\n".join(lines) + "\n"


def _case_lines(case: dict[str, Any]) -> list[str]:
    check = case["reference_agrees_within"]
    confirmed = "not confirmed" if check is None else f"confirmed by LSODA at 1e-12 to {check:.1e}"
    lines = [
        f"### {case['name']}: {case['title']}",
        "",
        f"{case['people']} people, {case['states']} states, {case['samples']} samples each; reference {confirmed}.",
        "",
        "| solver | rtol | CPU ms / person-year | error max | error rms | peer / ours |",
        "|---|---|---|---|---|---|",
    ]
    for row in case["rows"]:
        ratio = case["ratios"].get(row["engine"], {}).get(f"{row['tolerance']:g}")
        shown = "" if row["engine"] == OURS else _times(ratio)
        spread = f"{row['ms_per_person_year']:.4g} ({row['least']:.4g}-{row['most']:.4g})"
        name = row["engine"] + (f" ({row['note']})" if row["note"] else "")
        lines.append(
            f"| {name} | {row['tolerance']:g} | {spread} | {row['error_max']:.1e} | {row['error_rms']:.1e} | {shown} |"
        )
    return lines + [f"Missing: {name} ({why})." for name, why in case["missing"].items()]


def _times(ratio: float | None) -> str:
    return "not matched" if ratio is None else f"{ratio:.1f}x"
