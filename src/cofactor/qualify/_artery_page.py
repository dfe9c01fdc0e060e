"""`python -m cofactor.qualify._artery_page DIR`: magnesium and arteries, two trials and two animals, as one page."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

from cofactor.errors import InputError
from cofactor.qualify._animals import PACES, RISE, habitual_vitamin_d, pigs_on_d3, rats_on_calcitriol
from cofactor.qualify._artery_trials import (
    ETA_GRID,
    FILED_RISE,
    SCORE_BEFORE,
    Belief,
    Predicted,
    belief,
    blinded,
    difference_likelihood,
    eta_that_gives,
    null_likelihood,
    open_label,
    open_label_difference,
    predicted,
    prior_of_eta,
    simulated_power,
)
from cofactor.qualify._hypervitaminosis import AGE, DAYS, FILED_LEVELS, TABLETS, protections
from cofactor.qualify._observed import row_named

_PAGE = "artery_trials.md"
_USUAL_POWER = 0.8


def write_artery_page(folder: str | Path) -> Path:
    """The page, into a folder that exists; the path written. Raises InputError for one that does not."""
    home = Path(folder)
    if not home.is_dir():
        raise InputError("the page is written into a folder that exists", received=str(home))
    path = home / _PAGE
    path.write_text("\n".join([*_head(), *_trials(), *_hypervitaminosis(), *_rats(), *_pigs()]), encoding="utf-8")
    return path


def _head() -> list[str]:
    return [
        "# Magnesium and arteries: the trials, and the animals",
        "",
        "Made by `python -m cofactor.qualify._artery_page docs/evidence`; do not edit. A research and teaching instrument, not",
        "medical advice.",
        "",
        "eta is how far T50, the crystallisation time of serum, decides the growth of coronary calcium. Nobody has measured",
        "it in man; its prior is normal 1.0 +- 0.8, none below 0. A rescan after a year differs by a log-SD of 0.35 for no",
        "reason the model knows (vitamin_d.md 2.7); over two years that noise is taken to grow as a walk does.",
        "",
    ]


def _trials() -> list[str]:
    cases = {
        (trial, rise): predicted(trial, rise=rise) for trial in (blinded(), open_label()) for rise in (None, FILED_RISE)
    }
    lines = [
        "## The two trials, at their size",
        "",
        'Each trial\'s people (kidneys, age) in both arms. "tablets": 30 mmol of magnesium a day in a form of which two fifths',
        f'dissolve; "+{FILED_RISE:g}": serum magnesium lifted by {FILED_RISE:g} mmol/L, as vitamin_d.md 4.2 has it in both.',
        "Difference and its standard error are in the logarithm of the score; power is that of a two-sided test at 5 %,",
        "from the error and, behind it, from 4000 trials drawn by lot.",
        "",
        *_header(
            "trial",
            "magnesium",
            "people",
            "Mg, mmol/L",
            "T50, min",
            "control grows",
            "difference at eta 1",
            "SE",
            "power",
            "drawn",
        ),
        *(_trial_line(found, rise) for (_, rise), found in cases.items()),
        "",
        *_eta_lines(cases),
    ]
    return lines


def _trial_line(found: Predicted, rise: float | None) -> str:
    power, _ = simulated_power(found)
    cells = [
        found.trial.row, "tablets" if rise is None else f"+{rise:g}", f"{found.trial.people}", f"+{found.magnesium_rise:.3f}",
        f"+{found.t50_rise:.0f}", f"+{100 * found.control_growth:.0f} % in {found.trial.years:g} y",
        f"{100 * found.difference:.1f} %", f"{100 * found.error:.1f} %", f"{100 * found.power():.0f} %", f"{100 * power:.0f} %",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _eta_lines(cases: dict[tuple, Predicted]) -> list[str]:
    seen, prior = open_label_difference(), prior_of_eta()
    printed = {m.arm: m.value for m in row_named("vitd-E70", "artery page").results}
    lines = [
        "## What each says of eta",
        "",
        f"vitd-E69 prints only that magnesium did not slow the score; vitd-E70 prints +{printed['MgO, open label']:g} % against"
        f" +{printed['control']:g} %, a difference",
        f"of {100 * seen:.0f} % in the logarithm.",
        "",
        *_header(
            "magnesium",
            "prior",
            "after vitd-E69",
            "after vitd-E70",
            "after both",
            "eta that gives vitd-E70",
            "control there",
            "vitd-E69's power there",
        ),
    ]
    for rise in (None, FILED_RISE):
        blind, open_ = cases[(blinded(), rise)], cases[(open_label(), rise)]
        null, positive = null_likelihood(blind), difference_likelihood(open_, seen)
        wanted = eta_that_gives(open_, seen)
        there = float(blind.at_eta(wanted)) if math.isfinite(wanted) else math.nan
        cells = [
            "tablets" if rise is None else f"+{rise:g}", *(_said(belief(d)) for d in (prior, prior * null, prior * positive)),
            _said(belief(prior * null * positive)), f"{wanted:.1f}", f"+{100 * open_.control_at_eta(wanted):.0f} % in 2 y",
            f"{100 * blind.power(there):.0f} %",
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return [
        *lines,
        "",
        *_reading(cases, seen, printed["control"]),
        "",
    ]


def _reading(cases: dict[tuple, Predicted], seen: float, control: float | None) -> list[str]:
    """What the numbers come to, for the file's rise of magnesium; every word hangs on a number beside it."""
    blind, open_ = cases[(blinded(), FILED_RISE)], cases[(open_label(), FILED_RISE)]
    kept = belief(prior_of_eta() * null_likelihood(blind)).mean / belief(prior_of_eta()).mean - 1
    most = next(
        (eta for eta in np.arange(0, ETA_GRID[-1], 0.1) if blind.power(float(blind.at_eta(eta))) >= _USUAL_POWER), None
    )
    wanted = eta_that_gives(open_, seen)
    there = 100 * open_.control_at_eta(wanted)
    far = predicted(blinded(), rise=FILED_RISE, score=10 * SCORE_BEFORE, etas=())
    sees = (
        f"reaches a power of {100 * _USUAL_POWER:.0f} % at eta {most:.1f}"
        if most is not None
        else "reaches no usual power"
    )
    return [
        f"- vitd-E69 with eta 1 comes out null in {100 * (1 - blind.power()):.0f} % of trials; its null moves the mean of eta by"
        f" {100 * kept:+.0f} %. It {sees}.",
        f"- vitd-E70 lies {abs(seen - open_.difference) / open_.error:.1f} SE from what eta 1 gives.",
        f"  Eta {wanted:.1f} would give its size; its controls would then grow by {there:.0f} % (printed {control:g} %;"
        f" {100 * open_.control_growth:.0f} % at eta 1), and vitd-E69 would",
        f"  find a difference in {100 * blind.power(float(blind.at_eta(wanted))):.0f} % of trials.",
        "- Nobody in either trial had hypervitaminosis D.",
        f"- From scores of {10 * SCORE_BEFORE:g} instead of {SCORE_BEFORE:g} Agatston, vitd-E69's difference is"
        f" {100 * far.difference:.1f} % instead of {100 * blind.difference:.1f} %.",
    ]


def _header(*names: str) -> list[str]:
    return ["| " + " | ".join(names) + " |", "| " + " | ".join("---" for _ in names) + " |"]


def _said(found: Belief) -> str:
    return f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}]"


def _hypervitaminosis() -> list[str]:
    first, last = FILED_LEVELS
    lines = [
        "## Hypervitaminosis D, with and without magnesium",
        "",
        f"What nobody has tried in man: {DAYS:g} days of D3, the person of {AGE:g} years and a score of {SCORE_BEFORE:g} before.",
        f'"tablets": {TABLETS:g} mmol of magnesium a day, all dissolved; "infused": as much as lifts serum magnesium by',
        f"{last - first:.2f} mmol/L ({first:g} to {last:g} in vitamin_d.md 4.2). Growth over draws of eta from its prior:",
        "median and 95 %, and the share of draws in which magnesium takes a fifth of it or more.",
        "",
        *_header(
            "D3, IU/d",
            "magnesium",
            "Ca, mmol/L",
            "Mg, mmol/L",
            "T50, min",
            "growth drive",
            "grows, AU/y",
            "magnesium changes growth by",
            "a fifth or more",
        ),
    ]
    for p in protections():
        middle, low, high = (100 * share for share in p.share)
        cells = [
            f"{p.dose_iu:g}", p.how, f"{p.serum_calcium:.2f}", _pair(p.magnesium, 2), _pair(p.t50, 0), _pair(p.drive, 2),
            f"{p.growth:.0f}", f"{middle:.0f} [{low:.0f}, {high:.0f}] %", f"{100 * p.passes:.0f} %",
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def _pair(values: tuple[float, float], places: int) -> str:
    return f"{values[0]:.{places}f} to {values[1]:.{places}f}"


def _rats() -> list[str]:
    printed = [f"{e.value:g} % ({e.note})" for e in row_named("vitd-E78", "artery page").effects]
    lines = [
        "## Rats on calcitriol",
        "",
        "vitd-E78: failing kidneys, calcitriol 80 ng/kg a day, with and without a magnesium diet that lifts serum magnesium by",
        f"{RISE:g} mmol/L, four weeks, arteries {PACES[0]:g} and {PACES[1]:g} times faster than man's. Printed, on magnesium:",
        ", ".join(printed) + ".",
        "",
        *_header(
            "pyrophosphate arm",
            "arm",
            "Ca, mmol/L",
            "Mg, mmol/L",
            "T50, min",
            "growth drive",
            *(f"score grown, pace {pace:g}" for pace in PACES),
        ),
    ]
    sums = []
    for on in (True, False):
        arms = rats_on_calcitriol(pyrophosphate_arm=on)
        for a in arms:
            cells = [
                "on" if on else "off", a.name, f"{a.serum_calcium:.2f}", f"{a.serum_magnesium:.2f}", f"{a.t50:.0f}",
                f"{a.drive:.2f}", *(f"{score:.0f}" for score in a.grown),
            ]  # fmt: skip
            lines.append("| " + " | ".join(cells) + " |")
        _, without, with_it = arms
        scores = ", ".join(f"{100 * (b / c - 1):.0f} %" for b, c in zip(with_it.grown, without.grown, strict=True))
        drive = 100 * (with_it.drive / without.drive - 1)
        sums.append(
            f"- arm {'on' if on else 'off'}: magnesium changes the drive by {drive:.0f} %, the score by {scores}"
        )
    return [*lines, "", *sums, ""]


def _pigs() -> list[str]:
    row = row_named("bone-E47", "artery page")
    lines = [
        "## Pigs on vitamin D3",
        "",
        f"bone-E47, 8 weeks: {row.result}.",
        "",
        f"Multiples of what skin and food bring the reference adult ({habitual_vitamin_d():.1f} ug/d by mouth), in a human",
        "body; a weanling's growing skeleton and its 1.2 % calcium diet are not in it.",
        "",
        "| multiple | extra D3, ug/d | 25(OH)D, nmol/L | Ca, mmol/L | Ca above 2.60 on day | spine density |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for pig in pigs_on_d3():
        day = "-" if pig.day_above is None else f"{pig.day_above:g}"
        lines.append(
            f"| x{pig.multiple} | {pig.dose_ug:.0f} | {pig.serum_25ohd:.0f} | {pig.serum_calcium:.2f} | {day} |"
            f" {100 * round(pig.density - 1, 6):+.1f} % |"
        )
    return [*lines, ""]


if __name__ == "__main__":
    sys.stdout.write(f"written: {write_artery_page(sys.argv[1] if len(sys.argv) > 1 else 'docs/evidence')}\n")
