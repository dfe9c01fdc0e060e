"""`python -m cofactor.qualify._psoriasis_page DIR`: two trials of vitamin D3 in psoriasis at their size, as one page."""

from __future__ import annotations

import sys
from pathlib import Path

from cofactor.errors import InputError
from cofactor.qualify._observed import Z, row_named
from cofactor.qualify._psoriasis_trials import (
    POOL,
    REPLICATES,
    RESPONDER_HALVES,
    LeftOpen,
    PasiTrial,
    Patients,
    Seen,
    as_printed,
    difference_by_share,
    left_open,
    likelihood_of_winter,
    likelihood_of_year,
    patients,
    people_to_tell,
    power_of,
    printed_difference,
    printed_f,
    run_again,
    share_at_the_end_of_the_interval,
    winter,
    year,
)

_PAGE = "psoriasis_trials.md"


def write_psoriasis_page(folder: str | Path, *, count: int = POOL, replicates: int = REPLICATES) -> Path:
    """The page, into a folder that exists; the path written. Raises InputError for one that does not."""
    home = Path(folder)
    if not home.is_dir():
        raise InputError("the page is written into a folder that exists", received=str(home))
    path = home / _PAGE
    lines = [_HEAD, *_trials(count, replicates), *_responders(count, replicates)]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


_HEAD = """\
# Vitamin D3 by mouth in psoriasis: two trials at their size

Made by `python -m cofactor.qualify._psoriasis_page docs/evidence`; do not edit. A research and teaching instrument, not
medical advice.

The model's effect of 25(OH)D on plaques was fitted to skin-E22, so that its agreement with that trial is no support.
What the page adds is how much such trials could have seen, and how large a share of strong responders they leave open.
"""


def _trials(count: int, replicates: int) -> list[str]:
    given, level, ours = winter(), as_printed(winter(), count=count), year()
    pools = {trial: patients(trial, count=count) for trial in (given, level, ours)}
    seen = {trial: run_again(trial, pool, replicates=replicates) for trial, pool in pools.items()}
    row = row_named(ours.row, "psoriasis page")
    named = {given: f"{given.row}, doses as given", level: f"{level.row}, 25(OH)D as printed", ours: f"{ours.row}"}
    return [
        "## The trials",
        "",
        f"{count} virtual patients in both arms, with the noise of their days in common; differences are vitamin D less placebo.",
        f"Then {replicates} trials by lot at their size: PASI recorded by a rater, with placebo response and remissions, and the",
        "difference adjusted for PASI at the start. Power: two-sided test at 5 %.",
        "",
        *_header(
            "trial", "people", "days", "PASI at start", "25(OH)D, placebo / D3, nmol/L", "difference",
            "where 95 % of such trials lie", "standard error", "power", "PASI75, points of 100",
        ),
        *(_trial_line(named[trial], trial, pools[trial], seen[trial]) for trial in pools),
        "",
        *_notes(pools[given], pools[level], seen[level].error),
        f"- {ours.row} prints {row.result.split(';')[0]} and no difference; its people's PASI and 25(OH)D are not in the",
        "  abstract, and 25(OH)D rose in its placebo arm too, which the virtual trial does not have: its contrast was smaller.",
        "",
    ]  # fmt: skip


def _notes(given: Patients, level: Patients, virtual_error: float) -> list[str]:
    """What skin-E22 prints beside what the virtual trial gives."""
    trial, (printed, error), effect = winter(), printed_difference(), level.effect()
    told, people = power_of(effect, error), people_to_tell(effect, error, trial.treated + trial.control)
    return [
        f"- {trial.row} prints {printed:g} ({printed - Z * error:.2f} to {printed + Z * error:.2f}), a standard error of",
        f"  {error:.2f}. Its abstract does not say which arm that favours; it is read here as vitamin D less placebo. With that",
        f"  error a difference of {effect:.2f} would be told from none in {_percent(told)} of trials, and in four of five by",
        f"  {people:.0f} people.",
        f"- The virtual trial is {virtual_error / error:.1f} times noisier than the printed one: mild psoriasis wanders more in",
        "  the model than it did in these people. Limits below rest on the printed error where there is one.",
        f"- The doses lift the virtual people to {_mean(given, 'serum_vitamin'):.0f} nmol/L where {trial.reached:.0f} is",
        "  printed; the second line cuts the doses to that, and what is said of responders rests on it.",
    ]


def _trial_line(name: str, trial: PasiTrial, pool: Patients, seen: Seen) -> str:
    low, high = seen.interval
    return _line(
        name, f"{trial.treated} / {trial.control}", f"{trial.days}", f"{_mean(pool, 'start'):.1f}",
        f"{_mean(pool, 'serum_placebo'):.0f} / {_mean(pool, 'serum_vitamin'):.0f}", f"{pool.effect():.2f}",
        f"{low:.2f} to {high:.2f}", f"{seen.error:.2f}", _percent(seen.power), f"{100 * pool.response():.1f}",
    )  # fmt: skip


def _mean(pool: Patients, name: str) -> float:
    return float(pool.weight @ getattr(pool, name))


def _responders(count: int, replicates: int) -> list[str]:
    level, ours = as_printed(winter(), count=count), year()
    error = run_again(ours, patients(ours, count=count), replicates=replicates).error
    return [
        "## The largest share of responders",
        "",
        "Some people's cells may answer to far less 25(OH)D than others' (grade H: skin-E23 post hoc only, no trial shows it).",
        "Their share is believed even from 0 to 1 before; after each trial, and both: the median, and the largest share that",
        '95 % of belief reaches. "turned": skin-E22 read as placebo less vitamin D. "end": the share at which the difference is',
        "the end of skin-E22's interval that favours the vitamin; 0 % where the model is beyond it without any responder.",
        "",
        *_header(
            "half effect in responders, nmol/L",
            "their PASI falls by",
            "their PASI75, points",
            "after skin-E22",
            "turned",
            "end",
            "end, turned",
            "after skin-E23",
            "after both",
        ),
        *(_responder_line(half, level, ours, error, count) for half in RESPONDER_HALVES),
        "",
        f"The usual half effect is far above what anybody reaches. From skin-E23 comes its F of {printed_f():g}, of either sign,",
        "with the virtual trial's own standard error, which is likely too large: it limits little. A share as large as in the",
        "right-hand column is not excluded, and none is shown. Responders do not clear at these levels: their PASI75 is beside.",
    ]


def _responder_line(half: float, level: PasiTrial, ours: PasiTrial, error: float, count: int) -> str:
    responders = patients(level, half, count=count)
    expected = difference_by_share(patients(level, count=count), responders)
    over_a_year = difference_by_share(patients(ours, count=count), patients(ours, half, count=count))
    first, turned = (likelihood_of_winter(expected, turned=turn) for turn in (False, True))
    second = likelihood_of_year(over_a_year, error)
    ends = (share_at_the_end_of_the_interval(expected, turned=turn) for turn in (False, True))
    return _line(
        f"{half:g}", f"{-responders.effect():.2f}", f"{100 * responders.response():.1f}", _said(left_open(first)),
        _said(left_open(turned)), *(_percent(end) for end in ends), _said(left_open(second)), _said(left_open(first * second)),
    )  # fmt: skip


def _said(found: LeftOpen) -> str:
    return f"{100 * found.median:.0f} %, up to {100 * found.largest:.0f} %"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _header(*names: str) -> list[str]:
    return [_line(*names), _line(*("---" for _ in names))]


if __name__ == "__main__":
    sys.stdout.write(f"written: {write_psoriasis_page(sys.argv[1] if len(sys.argv) > 1 else 'docs/evidence')}\n")
