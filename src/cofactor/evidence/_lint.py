"""What may be wrong with evidence rows although each has the right shape."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from cofactor.errors import UnitsError
from cofactor.evidence._load import gaps
from cofactor.evidence._row import Effect, Measurement, Row
from cofactor.evidence._vocabulary import vocabulary
from cofactor.units import CANONICAL, Quantity, convert, parse_unit

UNKNOWN = "not recorded"
_ID = re.compile(r"(mg|vitd|bone|skin)-E(\d{2,3})[a-z]?")
_STUDY = re.compile(r"doi:10\.\S+/\S+|pmid:\d{5,9}|[a-z][a-z0-9-]*")
_TEXTS = ("first_author", "quantity", "population", "duration", "baseline", "result", "place")
_AGES = {"adults", "children", "newborn"}
_CONTROLLED = {"parallel_rct", "crossover_rct", "controlled_parallel", "within_person"}
_UNCONTROLLED = {"single_arm", "cohort", "case_control", "cross_sectional", "case_series", "case_report", "review"}
_NEEDS = {"SD": "spread", "SE": "spread", "CI95": "low and high", "range": "low and high", "IQR": "low and high"}


class Problem(NamedTuple):
    """A fault: the row's id (or the study, or the field), the rule it breaks, and what was found."""

    where: str
    rule: str
    found: str


def lint(rows: Iterable[Row]) -> list[Problem]:
    """Every fault of the rows, alone and among one another; an empty list when there is none."""
    rows = tuple(rows)
    problems = [Problem(row.id, rule, found) for row in rows for check in _ROW_CHECKS for rule, found in check(row)]
    return problems + [problem for among in _CHECKS_AMONG for problem in among(rows)]


Found = Iterator[tuple[str, str]]


def _identity(row: Row) -> Found:
    if not _ID.fullmatch(row.id):
        yield "an id is field and row, like mg-E30", row.id
    if not _STUDY.fullmatch(row.study) or (row.study.startswith("doi:") and row.study != row.study.lower()):
        yield "a study key is doi:10... in lower case, pmid:..., or a slug", row.study


def _texts(row: Row) -> Found:
    for name in _TEXTS:
        if not getattr(row, name).strip():
            yield "a field is missing", name
    if not row.citation.strip():
        yield "a row needs a citation", "nothing"
    if not row.outcomes:
        yield "a field is missing", "outcomes"
    if row.n is None and not row.n_text:
        yield "a field is missing", "n or n_text"
    if row.n is not None and row.n < 1:
        yield "n is at least 1", str(row.n)


def _tags(row: Row) -> Found:
    known = vocabulary()
    used = (
        ("outcome", row.outcomes, known.outcomes),
        ("outcome", [effect.outcome for effect in row.effects], known.outcomes),
        ("intervention", row.interventions, known.interventions),
        ("intervention", [tag for effect in row.effects for tag in effect.intervention], known.interventions),
        ("population", row.population_tags, known.populations),
        ("population", [tag for effect in row.effects for tag in effect.population_tags], known.populations),
        ("species", [row.species], known.species),
    )
    for group, tags, allowed in used:
        for tag in tags:
            if tag not in allowed:
                yield f"every {group} tag stands in the vocabulary", tag
    if row.species == "human" and not _AGES & set(row.population_tags):
        yield "people carry adults, children or newborn", ", ".join(row.population_tags)
    if (row.species not in ("human", "none")) != ("animal" in row.population_tags):
        yield "the tag animal goes with a species other than human", row.species


def _design(row: Row) -> Found:
    if row.design in _CONTROLLED and not row.controlled:
        yield "this design is controlled", row.design
    if row.design in _UNCONTROLLED and row.controlled:
        yield "this design is not controlled", row.design
    if row.level == "meta" and row.design != "meta_analysis":
        yield "a meta row has the design meta_analysis", row.design


def _recalled(row: Row) -> Found:
    for name in row.recalled_fields:
        if name not in Row.model_fields:
            yield "recalled_fields name fields of a row", name
    if row.confidence == "recalled" and "result" not in row.recalled_fields:
        yield "a recalled row lists result among its recalled fields", ", ".join(row.recalled_fields) or "none"
    if "result" not in row.recalled_fields:
        return
    for number in (*row.results, *row.effects):
        if not number.recalled:
            yield "numbers of a recalled result are marked recalled", _label(number)


def _arms(row: Row) -> Found:
    arms = {*row.arms, ""}
    for measurement in row.results:
        if measurement.arm not in arms:
            yield "an arm stands in the row's arms", measurement.arm
    for effect in row.effects:
        for arm in (effect.arm, effect.versus):
            if arm not in arms and arm != "before":
                yield "an arm stands in the row's arms", arm
        if effect.outcome not in row.outcomes:
            yield "the outcome of an effect stands in the row's outcomes", effect.outcome
        if not set(effect.intervention) <= set(row.interventions):
            yield "the intervention of an effect stands in the row's interventions", ", ".join(effect.intervention)


def _measurements(row: Row) -> Found:
    for m in row.results:
        label = _label(m)
        yield from _unit(m.name, m.unit, m.kind in ("level", "change"), label)
        yield from _bounds(m.value, m.low, m.high, label)
        if m.value is None and (m.low is None or m.high is None):
            yield "a measurement has a value or a range", label
        if m.spread_kind == "none" and not (m.spread is None and m.low is None and m.high is None):
            yield "a spread needs its kind", label
        given = "spread" if m.spread is not None else "low and high" if None not in (m.low, m.high) else "none"
        if m.spread_kind != "none" and _NEEDS[m.spread_kind] != given:
            yield f"a spread of kind {m.spread_kind} needs {_NEEDS[m.spread_kind]}", label
        if m.spread is not None and m.spread < 0:
            yield "a spread is not negative", f"{label}: {m.spread:g}"


def _effects(row: Row) -> Found:
    for effect in row.effects:
        label = _label(effect)
        yield from _unit(effect.outcome, effect.unit, effect.kind == "difference", label)
        yield from _bounds(effect.value, effect.ci_low, effect.ci_high, label)
        if (effect.ci_low is None) != (effect.ci_high is None):
            yield "an interval has two ends", label
        if effect.se is not None and effect.se <= 0:
            yield "a standard error is above zero", f"{label}: {effect.se:g}"
        ends = (effect.value, effect.ci_low, effect.ci_high)
        if effect.kind == "ratio" and any(end is not None and end <= 0 for end in ends):
            yield "a ratio is above zero", label
        if effect.p is not None and not 0 <= effect.p <= 1:
            yield "a p value lies between 0 and 1", f"{label}: {effect.p:g}"
        if not effect.intervention:
            yield "an effect names what differs between its arms", label


def _unit(name: str, unit: str, comparable: bool, label: str) -> Found:
    """The unit can be read, and measures what the observable of that name measures."""
    try:
        parsed = parse_unit(unit)
    except UnitsError as fault:
        yield "a unit can be read", f"{label}: {fault}"
        return
    entry = CANONICAL.get(name)
    if not comparable or entry is None or entry.unit == "1":
        return
    try:
        convert(Quantity(1.0, parsed), entry.unit, analyte=entry.analyte)
    except UnitsError as fault:
        yield "a unit fits the observable", f"{label}: {fault}"


def _bounds(value: float | None, low: float | None, high: float | None, label: str) -> Found:
    if not all(math.isfinite(number) for number in (value, low, high) if number is not None):
        yield "a number is finite", label
    if low is not None and high is not None and low > high:
        yield "an interval runs from low to high", f"{label}: {low:g} to {high:g}"
    elif value is not None and ((low is not None and value < low) or (high is not None and value > high)):
        yield "an interval holds its estimate", f"{label}: {value:g} outside {low:g} to {high:g}"


def _label(number: Measurement | Effect) -> str:
    if isinstance(number, Effect):
        return f"effect {number.outcome}, {number.arm} against {number.versus}"
    return f"result {number.name}, {number.arm or 'all'}, {number.time or 'no time'}"


def _duplicate_ids(rows: tuple[Row, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            yield Problem(row.id, "an id stands once", row.id)
        seen.add(row.id)


def _studies(rows: tuple[Row, ...]) -> Iterator[Problem]:
    of_study: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_study[row.study].append(row)
    for study, members in of_study.items():
        uses = {row.use for row in members}
        where = ", ".join(row.id for row in members)
        if len(uses) > 1:
            yield Problem(study, "a study has one use", where)
        # A recalled row of a calibration study may stand beside a read one; its numbers are marked and stay unused.
        if uses == {"calibration"} and all(row.confidence == "recalled" for row in members):
            yield Problem(study, "a recalled number calibrates nothing", where)


def _namesakes(rows: tuple[Row, ...]) -> Iterator[Problem]:
    """One study under two keys would count twice: same author and year, not declared distinct."""
    of_name: dict[tuple[str, int], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        if row.first_author != UNKNOWN and row.year is not None:
            of_name[row.first_author.lower(), row.year][row.study] |= set(row.distinct_from)
    for (author, year), studies in of_name.items():
        for one in studies:
            for other in studies:
                if one < other and other not in studies[one] and one not in studies[other]:
                    yield Problem(f"{one}, {other}", "one study has one key, or distinct_from", f"{author} {year}")


def _numbering(rows: tuple[Row, ...]) -> Iterator[Problem]:
    """Every number below the last is used or documented as a gap."""
    used: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if found := _ID.fullmatch(row.id):
            used[found[1]].add(int(found[2]))
    documented = gaps()
    for field, numbers in used.items():
        for number in range(1, max(numbers) + 1):
            name = f"{field}-E{number:02d}"
            if number not in numbers and name not in documented:
                yield Problem(name, "a gap in the numbering is documented", "no row and no entry in [gaps]")


_ROW_CHECKS: tuple[Callable[[Row], Found], ...] = (
    _identity,
    _texts,
    _tags,
    _design,
    _recalled,
    _arms,
    _measurements,
    _effects,
)
_CHECKS_AMONG: tuple[Callable[[tuple[Row, ...]], Iterator[Problem]], ...] = (
    _duplicate_ids,
    _studies,
    _namesakes,
    _numbering,
)
