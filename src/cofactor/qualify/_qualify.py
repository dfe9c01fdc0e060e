"""Running emulations and setting each number of the model beside the printed one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from cofactor.body import psoriatic_skin
from cofactor.errors import UnitsError
from cofactor.evidence import load_rows
from cofactor.model import System
from cofactor.qualify._arms import ArmRun, Planned, planned, run_arm
from cofactor.qualify._emulation import Compare, Emulation, EmulationFile, Reference
from cofactor.qualify._forms import in_unit_of, modelled, people_compared
from cofactor.qualify._judge import SHARES, agrees, among_people, direction_of, size, tolerance, with_tolerance
from cofactor.qualify._load import load_emulations
from cofactor.qualify._observed import Observed, as_text, resolve, row_named
from cofactor.qualify._read import Modelled, Times, quantities_of, times_of
from cofactor.run import body_system
from cofactor.scenario import Population

Verdict = Literal["agrees", "misses", "not judged"]
Progress = Callable[[str, int], None]
_SHARES_OF_PEOPLE = (*SHARES, "odds_ratio", "relative_risk")
_BAND = (2.5, 97.5)
_OBSERVATION = {"skin-E54": ("REMISSION_SHARE",), "skin-E55": ("RATER_SPREAD",)}
"""Rows behind numbers of the observation layer (trials: psoriasis.md 2g), which are no parameters of a body."""
_ROW_ID = re.compile(r"\b(?:mg|vitd|bone|skin)-E\d{2,3}[a-z]?\b")


@dataclass(frozen=True)
class Comparison:
    """One number of the model beside one printed number, in the unit of the print.

    `model_mean` is what is compared (a median where the print is one); median and band are over people, None where there
    is no number per person. `detail` is the threshold, centile or second quantity, `among` whose answers count. `observed`
    is None where only words are printed. `size` is in standard errors (see _judge). A recalled number, and one whose dose
    was chosen to meet it, is not judged. `parameters` are those of the body whose source names the row: with any of them
    the row is no independent test, whatever its use says.
    """

    row: str
    study: str
    citation: str
    field: str
    use: str
    quantity: str
    form: str
    arm: str
    versus: str
    detail: str
    among: str
    time_days: float
    unit: str
    people: int
    failures: int
    model_mean: float
    model_median: float | None
    model_low: float | None
    model_high: float | None
    observed: float | None
    observed_low: float | None
    observed_high: float | None
    relation: str
    observed_words: str
    observed_how: str
    difference: float | None
    size: float
    verdict: Verdict
    cause: str
    note: str
    how: str
    parameters: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, null where there is none."""
        return asdict(self)


@dataclass(frozen=True)
class Skipped:
    """A comparison this version cannot make, and why."""

    row: str
    field: str
    quantity: str
    reason: str


@dataclass(frozen=True)
class Qualification:
    """Every comparison, every one left out with its reason, and the rows no emulation exists for."""

    files: tuple[EmulationFile, ...]
    comparisons: tuple[Comparison, ...]
    skipped: tuple[Skipped, ...]

    @property
    def misses(self) -> tuple[Comparison, ...]:
        """Those that miss, the largest first."""
        found = [c for c in self.comparisons if c.verdict == "misses"]
        return tuple(sorted(found, key=lambda c: -c.size))

    def to_json(self) -> dict[str, Any]:
        """Counts, comparisons, what was skipped and what cannot be answered, as plain values."""
        return {
            "counts": counts(self.comparisons),
            "comparisons": [c.to_json() for c in self.comparisons],
            "skipped": [asdict(s) for s in self.skipped],
            "not_answerable": [
                {"row": row, "reason": entry.reason}
                for file in self.files
                for entry in file.not_answerable
                for row in entry.rows
            ],
        }


def counts(comparisons: Sequence[Comparison]) -> dict[str, dict[str, int]]:
    """Rows, comparisons, agreements, misses and unjudged ones, by use; last, validation rows no parameter was set from."""
    validation = [c for c in comparisons if c.use == "validation"]
    groups = {
        "calibration": [c for c in comparisons if c.use == "calibration"],
        "validation": validation,
        "validation, named by no parameter": [c for c in validation if not c.parameters],
    }
    table = {}
    for name, here in groups.items():
        table[name] = {
            "rows": len({c.row for c in here}),
            "comparisons": len(here),
            "agrees": sum(c.verdict == "agrees" for c in here),
            "misses": sum(c.verdict == "misses" for c in here),
            "not judged": sum(c.verdict == "not judged" for c in here),
        }
    return table


def run_all(progress: Progress | None = None) -> Qualification:
    """Every shipped emulation that the body of this version can run. `progress(row, people)` after each arm's people."""
    return run_files(load_emulations(), progress)


def run_files(files: Sequence[EmulationFile], progress: Progress | None = None) -> Qualification:
    """The emulations of some files, with what had to be skipped."""
    comparisons: list[Comparison] = []
    skipped: list[Skipped] = []
    for emulation in (emulation for file in files for emulation in file.emulation):
        made, left = _emulated(emulation, progress)
        comparisons += made
        skipped += left
    return Qualification(tuple(files), tuple(comparisons), tuple(skipped))


def people_needed(files: Sequence[EmulationFile]) -> int:
    """People the arms of some files hold, for a progress bar: an upper bound, as what this version lacks is not run."""
    return sum(
        int({**emulation.people, **arm.people}.get("n", Population().n))
        for file in files
        for emulation in file.emulation
        for arm in emulation.arm.values()
    )


def qualify(emulations: Iterable[Emulation], progress: Progress | None = None) -> list[Comparison]:
    """The comparisons of some emulations, those this version cannot make left out (`run_files` names them).

    Raises InputError for a reference that does not resolve, an arm nobody can be run in, a unit that does not fit.
    """
    return [comparison for emulation in emulations for comparison in _emulated(emulation, progress)[0]]


# -- one emulation ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """A comparison with the printed number it is set beside, the days it looks at, and its own tolerance if any."""

    compare: Compare
    observed: Observed
    times: Times
    tolerance: str


def _emulated(emulation: Emulation, progress: Progress | None) -> tuple[list[Comparison], list[Skipped]]:
    field = emulation.row.partition("-")[0]
    if field not in _fields_with_rows():
        reason = "the evidence rows of this field are not transcribed yet"
        return [], [Skipped(emulation.row, field, c.of, reason) for c in emulation.compare]
    system = body_system()
    asked = [_ask(compare, emulation) for compare in emulation.compare]
    days = max([emulation.days or 0.0, *(day for one in asked for day in one.times.all)])
    arms = {name: planned(emulation, name, days, system) for name in emulation.arm}
    reasons = [_missing(one.compare, arms, system) for one in asked]
    open_ = [one for one, reason in zip(asked, reasons, strict=True) if not reason]
    skipped = [
        Skipped(emulation.row, field, one.compare.of, reason)
        for one, reason in zip(asked, reasons, strict=True)
        if reason
    ]
    runs = _run(emulation, open_, arms, progress)
    return [_compared(one, emulation, runs) for one in open_], skipped


@cache
def _fields_with_rows() -> frozenset[str]:
    return frozenset(row.field for row in load_rows())


def _ask(compare: Compare, emulation: Emulation) -> _Asked:
    observed = resolve(compare.observed, emulation, share_of_people=compare.form in _SHARES_OF_PEOPLE)
    where = f"{emulation.file}, emulation of {emulation.row}, {compare.of}"
    stated = compare.tolerance
    text = as_text(stated, emulation) if isinstance(stated, Reference) else stated
    return _Asked(compare, observed, times_of(compare, observed.day, where), text)


def _arms_of(compare: Compare) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (compare.arm, compare.versus, *compare.arms) if name))


def _missing(compare: Compare, arms: Mapping[str, Planned], system: System) -> str:
    """Why this version cannot make the comparison; nothing when it can."""
    for name in _arms_of(compare):
        if arms[name].plan is None:
            return arms[name].missing
    skin = psoriatic_skin().observables
    absent = [name for name in quantities_of(compare) if name not in system.quantities and name not in skin]
    return f"this body has no {', '.join(absent)}" if absent else ""


def _run(
    emulation: Emulation, asked: Sequence[_Asked], arms: Mapping[str, Planned], progress: Progress | None
) -> dict[str, ArmRun]:
    runs = {}
    for name, plan in arms.items():
        here = [one for one in asked if name in _arms_of(one.compare)]
        if not here:
            continue
        times = {day for one in here for day in one.times.all}
        quantities = [q for one in here for q in quantities_of(one.compare)] or ["body_magnesium"]
        tell = None if progress is None else _telling(progress, emulation.row)
        with_accounts = any(one.compare.form == "retention" for one in here)
        runs[name] = run_arm(plan, times, quantities, accounts=with_accounts, progress=tell)
    return runs


@cache
def _named_by_parameters(system: System) -> dict[str, tuple[str, ...]]:
    """Row id -> parameters whose source or calibration names it."""
    found: dict[str, list[str]] = {row: list(names) for row, names in _OBSERVATION.items()}
    for name, constant in {**system.constants, **psoriatic_skin().constants}.items():
        for row in dict.fromkeys(_ROW_ID.findall(constant.source)):
            found.setdefault(row, []).append(name)
    return {row: tuple(names) for row, names in found.items()}


def _among(compare: Compare) -> str:
    """Whose answers count, in words; nothing where everybody's do."""
    among = compare.among
    if among is None:
        return ""
    bounds = {
        "below": among.below, "above": among.above, "fallen below": among.fallen_below,
        "not fallen below": among.not_fallen_below,
    }  # fmt: skip
    ((said, bound),) = [(said, bound) for said, bound in bounds.items() if bound]
    return f"{among.of} {said} {bound} at {among.at}"


def _note(compare: Compare) -> str:
    return "; ".join(filter(None, (compare.note, compare.unjudged and f"not judged: {compare.unjudged}")))


def _detail(compare: Compare) -> str:
    """What the form leaves open: the threshold of a share, the centile, the other quantity of a line or correlation."""
    if compare.quantile is not None:
        return f"{100 * compare.quantile:g}th centile"
    if compare.form in ("responders", "share_raised", "first_below"):
        return compare.threshold
    if compare.threshold:
        return f"{'above' if compare.form == 'share_above' else 'below'} {compare.threshold}"
    return compare.against


def _telling(progress: Progress, row: str) -> Callable[[int], None]:
    return lambda count: progress(row, count)


def _compared(asked: _Asked, emulation: Emulation, runs: Mapping[str, ArmRun]) -> Comparison:
    compare = asked.compare
    found = modelled(compare, runs, asked.times)
    row = row_named(emulation.row, emulation.file)
    try:
        judged = _in_words(asked, found) if compare.direction else _in_numbers(asked, found)
    except UnitsError as fault:
        raise UnitsError(
            f"{compare.of} cannot be set beside the printed number: {fault.rule}", received=asked.observed.unit,
            where=f"{emulation.file}, emulation of {emulation.row}",
        ) from None  # fmt: skip
    if asked.observed.recalled or compare.unjudged:
        judged["verdict"] = "not judged"
    return Comparison(
        row=row.id, study=row.study, citation=row.citation, field=row.field, use=row.use, quantity=compare.of,
        form=compare.form, arm=compare.arm, versus=compare.versus, detail=_detail(compare), among=_among(compare),
        time_days=asked.times.at, people=people_compared(compare, runs),
        failures=sum(len(runs[name].failures) for name in _arms_of(compare)), observed_words=asked.observed.words,
        cause=compare.cause, note=_note(compare), how=emulation.how,
        parameters=_named_by_parameters(body_system()).get(row.id, ()), **judged,
    )  # fmt: skip


def _in_numbers(asked: _Asked, found: Modelled) -> dict[str, Any]:
    observed = asked.observed

    def shown(value: float) -> float:
        return in_unit_of(value, found.unit, observed.unit, found.analyte)

    if observed.n == 1 and found.each is not None:
        observed = among_people(observed, abs(shown(float(np.std(found.each, ddof=1)))))
    elif observed.se is None:
        half = tolerance(asked.compare, observed, asked.tolerance, found.analyte)
        observed = with_tolerance(observed, half)
    mean, se = shown(found.estimate), abs(shown(found.se))
    return {
        "unit": observed.unit,
        "model_mean": mean,
        **_band(found, shown),
        "observed": observed.value,
        "observed_low": observed.low,
        "observed_high": observed.high,
        "observed_how": observed.how,
        "relation": observed.relation,
        "difference": mean - observed.value,
        "size": size(mean, se, observed),
        "verdict": "agrees" if agrees(mean, observed) else "misses",
    }


def _in_words(asked: _Asked, found: Modelled) -> dict[str, Any]:
    compare, unit = asked.compare, str(found.unit)
    right, off, rule = direction_of(compare, found.estimate, found.se, unit, found.analyte, asked.observed.n)
    return {
        "unit": unit,
        "model_mean": found.estimate,
        **_band(found, float),
        "observed": None,
        "observed_low": None,
        "observed_high": None,
        "observed_how": f"{compare.direction}: {rule}",
        "relation": "=",
        "difference": None,
        "size": off,
        "verdict": "agrees" if right else "misses",
    }


def _band(found: Modelled, shown: Callable[[float], float]) -> dict[str, float | None]:
    if found.each is None:
        return {"model_median": None, "model_low": None, "model_high": None}
    low, middle, high = (shown(float(value)) for value in np.percentile(found.each, [_BAND[0], 50.0, _BAND[1]]))
    return {"model_median": middle, "model_low": low, "model_high": high}
