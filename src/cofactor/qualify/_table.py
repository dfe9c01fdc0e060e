"""The tables: model beside evidence in Markdown, the same bytes for the same numbers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from cofactor.qualify._population import PopulationLine, population_summary
from cofactor.qualify._qualify import Comparison, Qualification, Skipped, counts

COMMAND = "python -m cofactor.qualify --write docs/evidence"
_ALL = "all"
_DAY_HOURS, _HOUR_MINUTES = 24, 60

_READING = """\
Every row runs on virtual people like its study's, each at rest on their own habits before the plan begins. The model's
figure is the mean (a median where the study prints one), its brackets hold 95 % of the people; a study's brackets hold
95 % for its mean. A comparison **agrees** when the model's figure lies in the study's interval; where none can be formed,
within the smallest effect that matters for the quantity, else within 10 %; where only words are printed, when the model
moves that way by at least that effect. **Size** is the difference in standard errors (a tolerance counts as 1.96). The
rules were written before the first run; since then one was changed (calcium: 2 % of its level, where 10 % would have
let anything pass) and two added: a single case agrees when it would be one of 95 % of the model's people; a correlation
said to be none agrees when the study's people could not have told the model's from none.
Calibration rows took part in setting parameters and are no independent support. Nothing was fitted here; where the source
of a parameter names a validation row all the same, the row is listed below and is no independent test either. Numbers that
are only recalled are shown and not judged, nor are those whose dose the model chose to meet them. A trial that fills
several rows stands once for each."""


def write_tables(
    folder: str | Path, qualification: Qualification, population: Sequence[PopulationLine] | None = None
) -> list[Path]:
    """One table a field that has comparisons, and `all.md` where there are several; the paths written.

    `population` is the summary printed with the magnesium table; run here when not given.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lines = population_summary() if population is None else population
    written = []
    answered = [file for file in qualification.files if any(c.field == file.field for c in qualification.comparisons)]
    for file in answered:
        path = folder / f"{Path(file.name).stem}.md"
        path.write_text(table(qualification, file.field, lines if file.field == "mg" else ()), "utf-8")
        written.append(path)
    if len(answered) > 1:
        path = folder / f"{_ALL}.md"
        path.write_text(table(qualification, None, lines), "utf-8")
        written.append(path)
    return written


def table(qualification: Qualification, field: str | None = None, population: Sequence[PopulationLine] = ()) -> str:
    """One Markdown page: calibration, validation, misses by size with their likely cause, and what is not answered."""
    files = [file for file in qualification.files if field in (None, file.field)]
    mine = [c for c in qualification.comparisons if field in (None, c.field)]
    title = "Model beside evidence" if field is None else f"{files[0].title}: model beside evidence"
    parts = [f"# {title}", f"Made by `{COMMAND}`; do not edit. A research and teaching instrument, not medical advice."]
    parts += [_READING, _counts(mine)]
    if population:
        parts += ["## The virtual population", _population(population)]
    for use in ("calibration", "validation"):
        parts += [f"## {use.capitalize()} rows", _comparisons([c for c in mine if c.use == use])]
    parts += ["## Misses, the largest first", _misses(mine)]
    parts += ["## Validation rows that a parameter's source names", _named(mine)]
    parts += ["## How each study is emulated", _how(mine)]
    skipped = [s for s in qualification.skipped if field in (None, s.field)]
    parts += ["## Not answerable in this version", _not_answerable(files, skipped)]
    return "\n\n".join(part for part in parts if part) + "\n"


# -- sections ---------------------------------------------------------------------------------------------------------


def _counts(comparisons: Sequence[Comparison]) -> str:
    rows = [(use, *(str(n) for n in numbers.values())) for use, numbers in counts(comparisons).items()]
    return _grid(("use", "rows", "comparisons", "agree", "miss", "not judged"), rows)


def _population(lines: Sequence[PopulationLine]) -> str:
    rows = [(line.name, f"{number(line.model)} {line.unit}", line.asked, line.published) for line in lines]
    return _grid(("2000 adults", "model", "specified (magnesium.md 2.4)", "published"), rows)


def _comparisons(comparisons: Sequence[Comparison]) -> str:
    if not comparisons:
        return "None that this version's body can answer."
    rows = [
        (c.row, c.citation, what(c), _people(c), observed(c), model(c), _difference(c), number(c.size), c.verdict)
        for c in comparisons
    ]
    head = ("row", "study", "what", "n", "observed [95 %]", "model [95 % of people]", "difference", "size", "")
    return _grid(head, rows)


def _misses(comparisons: Sequence[Comparison]) -> str:
    missed = sorted((c for c in comparisons if c.verdict == "misses"), key=lambda c: -c.size)
    if not missed:
        return "None."
    rows = [
        (c.row, c.use, what(c), observed(c), model(c), _difference(c), number(c.size), c.cause or "not known")
        for c in missed
    ]
    return _grid(("row", "use", "what", "observed", "model", "difference", "size", "likely cause"), rows)


def _named(comparisons: Sequence[Comparison]) -> str:
    rows = {c.row: ", ".join(c.parameters) for c in comparisons if c.use == "validation" and c.parameters}
    return _grid(("row", "parameters"), list(rows.items())) if rows else "None."


def _how(comparisons: Sequence[Comparison]) -> str:
    said = {c.row: (c.how, c.note) for c in comparisons}
    notes: dict[str, list[str]] = defaultdict(list)
    for c in comparisons:
        said_so = f"{c.quantity}: {c.note}"
        if c.note and said_so not in notes[c.row]:
            notes[c.row].append(said_so)
    return _grid(("row", "emulation", "notes"), [(row, how, "; ".join(notes[row])) for row, (how, _) in said.items()])


def _not_answerable(files: Iterable, skipped: Sequence[Skipped]) -> str:
    rows = [(", ".join(entry.rows), "whole row", entry.reason) for file in files for entry in file.not_answerable]
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in skipped:
        if entry.quantity not in grouped[entry.row, entry.reason]:
            grouped[entry.row, entry.reason].append(entry.quantity)
    rows += [(row, ", ".join(names), f"emulation written; {reason}") for (row, reason), names in grouped.items()]
    return _grid(("row", "what", "reason"), rows)


# -- cells -----------------------------------------------------------------------------------------------------------

_SAID = {
    "level": "{of}",
    "change": "change of {of}",
    "relative_change": "relative change of {of}",
    "ratio": "{of}, ratio to before",
    "difference": "{of}, difference from {versus}",
    "relative_difference": "{of}, relative difference from {versus}",
    "ratio_between": "{of}, ratio to {versus}",
    "peak": "highest {of}",
    "trough": "lowest {of}",
    "retention": "retention of a magnesium load",
    "share_below": "share of people with {of} {detail}",
    "share_above": "share of people with {of} {detail}",
    "odds_ratio": "odds of {of} {detail}, against {versus}",
    "relative_risk": "risk of {of} {detail}, against {versus}",
    "sd": "{of}, SD between people",
    "quantile": "{of}, {detail} of people",
    "correlation": "correlation of {of} with {detail}",
    "slope": "slope of {of} through {detail}",
    "crossing": "{detail} at which the line of {of} meets zero",
    "mean_ratio": "{of}, mean of people's ratios to before",
    "responders": "share of people with {of} at {detail} of before or less",
    "share_raised": "share of people with {of} above {detail} of theirs in {versus}",
    "share_gone": "share of {of} gone",
    "incidence": "incidence of {of} {detail}",
    "first_below": "time until {of} is below {detail}",
    "remission": "time until half of the gain in {of} is lost",
    "share_in_remission": "share of people who have kept half of their gain in {of}",
    "share_relapsed": "share of people who have lost half of their gain in {of}",
}


def what(c: Comparison) -> str:
    """The comparison in words: "change of serum_magnesium (adrenaline, 2.25 h)"."""
    text = _SAID[c.form].format(of=c.quantity, versus=c.versus, detail=c.detail)
    text += f", among those with {c.among}" if c.among else ""
    return f"{text} ({c.arm}, {moment(c.time_days)})" if c.time_days > 0 else f"{text} ({c.arm})"


def moment(days: float) -> str:
    """A time in the unit it is read in."""
    if days >= 1:
        return f"{days:.4g} d"
    hours = days * _DAY_HOURS
    return f"{hours:.3g} h" if hours >= 1 else f"{hours * _HOUR_MINUTES:.3g} min"


def observed(c: Comparison) -> str:
    """The printed number with its interval, or the words."""
    if c.observed is None:
        return f"\u201c{c.observed_words}\u201d ({c.observed_how})"
    unit = "" if c.unit == "1" else f" {c.unit}"
    bound = "" if c.relation == "=" else f"{c.relation} "
    if c.observed_low is None or c.observed_high is None:
        return f"{bound}{number(c.observed)}{unit}"
    return f"{bound}{number(c.observed)} [{number(c.observed_low)}, {number(c.observed_high)}]{unit}; {c.observed_how}"


def model(c: Comparison) -> str:
    """The model's figure with the band of its people."""
    unit = "" if c.unit == "1" else f" {c.unit}"
    if c.model_low is None or c.model_high is None:
        return f"{number(c.model_mean)}{unit}"
    return f"{number(c.model_mean)} [{number(c.model_low)}, {number(c.model_high)}]{unit}"


def number(value: float) -> str:
    """Three significant digits, without an exponent."""
    if not math.isfinite(value):
        return "inf"
    if value == 0:
        return "0"
    places = max(2 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:.{places}f}"
    return "0" if float(text) == 0 else text


def _difference(c: Comparison) -> str:
    if c.difference is None:
        return ""
    sign = "+" if c.difference > 0 else ""
    return f"{sign}{number(c.difference)}" + ("" if c.unit == "1" else f" {c.unit}")


def _people(c: Comparison) -> str:
    return f"{c.people}" + (f" ({c.failures} failed)" if c.failures else "")


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
