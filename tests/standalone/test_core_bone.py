"""The golden numbers of core C2 (core_bone.md 2B.8) to their digits, from the body's organs and the doubles of what changed.

All rows are here. Five of some 125 numbers are not where the words of the text put them but where its numbers were read: the
mean of day 7 for its end, the nadir of lasting PHPT for three years of it, month 17 for 18, 3 months off drug for the peak, a
percentage of a rounded number. They are tested where they were read; the words stand as strict expected failures beside
tests of what the equations give there.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.body.coupled import Phase
from tests.standalone.doubles_core_bone import CONSTANTS, HABITS, core_bone
from tests.standalone.doubles_tools import Body

from cofactor.engine import Rates
from cofactor.model import System

GOLDEN = tomllib.loads((Path(__file__).parent / "golden_core_bone.toml").read_text(encoding="utf-8"))
TERIPARATIDE, DENOSUMAB, EFFECT = GOLDEN["teriparatide"], GOLDEN["denosumab"], GOLDEN["calcaemic_effect"]
HOUR = 1 / 24
HOURS = np.arange(25) * HOUR
MONTH, YEAR = 30.4375, 365.25
CALCIUM = "serum_calcium"


def rounds_to(value: float, digits: str) -> bool:
    """Within half a unit of the last printed digit."""
    unit = 10.0 ** int(Decimal(digits).as_tuple().exponent)
    return abs(value - float(digits)) <= 0.5 * unit * (1 + 1e-9)


# -- the body ------------------------------------------------------------------------------------------------------


@lru_cache
def system() -> System:
    return core_bone()


def person(**changes: float) -> Body:
    return Body(system(), system().recalibrated({**CONSTANTS, **changes}), HABITS)


@lru_cache
def reference() -> Body:
    return person()


@lru_cache
def resting() -> np.ndarray:
    """The steady values of 2B.1."""
    states = np.full(system().size, np.nan)
    for name, value in GOLDEN["rest"].items():
        states[system().states[name].offset] = value
    return states


def end(start: np.ndarray, phase: Phase, body: Body | None = None) -> np.ndarray:
    return (body or reference()).follow(start, phase, [phase.days])[0]


def course(name: str, start: np.ndarray, phase: Phase, days: np.ndarray) -> np.ndarray:
    """A quantity on these days of a phase."""
    states = reference().follow(start, phase, days)
    return np.array([reference().look([name], s, phase.inputs)[0] for s in states])


# -- rest ----------------------------------------------------------------------------------------------------------


def test_c2_has_the_states_of_the_text():
    assert set(system().states) == set(GOLDEN["rest"])
    assert system().size == 29


def test_rest_is_exact():
    rates = Rates(system(), reference().parameters, reference().inputs())(resting())
    per_hour = np.max(np.abs(rates)) / 24
    assert per_hour < 1e-15  # line 94: 6e-17, which is rounding; 2B.9 asks for 1e-12


@pytest.mark.parametrize("name", GOLDEN["constants"])
def test_derived_constants(name: str):
    assert rounds_to(system().recalibrated(CONSTANTS)[name], GOLDEN["constants"][name])


# -- runs ----------------------------------------------------------------------------------------------------------


def misses(found: dict[str, float], expected: dict[str, str], what: str) -> dict[str, tuple[float, str]]:
    return {f"{n}, {what}": (found[n], d) for n, d in expected.items() if not rounds_to(found[n], d)}


def quantities(names: list[str], table: dict[str, Any], phase: Phase, start: np.ndarray) -> dict[str, float]:
    """What the phase is read for: at its end, or as the mean of hours over the days asked for."""
    last = table.get("mean_of_last")
    days = np.array([phase.days]) if last is None else np.linspace(phase.days - last, phase.days, round(24 * last) + 1)
    readings = [reference().look(names, s, phase.inputs) for s in reference().follow(start, phase, days)]
    means = np.trapezoid(readings, days, axis=0) / last if last else readings[0]
    return dict(zip(names, map(float, means), strict=True))


def read(table: dict[str, Any], phase: Phase, start: np.ndarray) -> dict[str, tuple[float, str]]:
    """The numbers of a phase that are not met."""
    value, percent, own = (table.get(kind, {}) for kind in ("value", "percent", "percent_of_start"))
    names = list({**value, **percent, **own})
    if not names:
        return {}
    now = quantities(names, table, phase, start)
    rest, begin = (dict(zip(names, reference().look(names, s), strict=True)) for s in (resting(), start))
    since_rest = {n: 100 * (now[n] / rest[n] - 1) for n in percent}
    since_start = {n: 100 * (now[n] / begin[n] - 1) for n in own}
    found = misses(now, value, "value") | misses(since_rest, percent, "%")
    return found | misses(since_start, own, "% of the start")


def through(tables: list[dict[str, Any]]) -> dict[str, tuple[float, str]]:
    """The numbers of all phases that are not met."""
    states, missed = resting(), {}
    for table in tables:
        phase = Phase(table["days"], table.get("inputs", {}), table.get("doses", {}), table.get("every"))
        missed |= read(table, phase, states)
        states = end(states, phase)
    return missed


def of_line(run: dict[str, Any]) -> str:
    return f"{run['line']}: {run['name']}"


AS_PRINTED = [run for run in GOLDEN["run"] if "departs" not in run]
DEPARTING = [run for run in GOLDEN["run"] if "departs" in run]


@pytest.mark.parametrize("run", AS_PRINTED, ids=of_line)
def test_a_run(run: dict[str, Any]):
    assert through(run["phase"]) == {}


@pytest.mark.parametrize(
    "run",
    [pytest.param(run, marks=pytest.mark.xfail(reason=run["departs"], raises=AssertionError)) for run in DEPARTING],
    ids=of_line,
)
def test_a_run_the_words_of_which_are_not_met(run: dict[str, Any]):
    assert through(run["phase"]) == {}


@pytest.mark.parametrize("run", DEPARTING, ids=of_line)
def test_what_the_equations_give_there(run: dict[str, Any]):
    assert through([{**table, **table.get("found", {})} for table in run["phase"]]) == {}


def levels() -> list[Any]:
    return [
        pytest.param(series, k, id=f"{series['line']}: {series['name']}: {level:g}")
        for series in GOLDEN["series"]
        for k, level in enumerate(series["levels"])
    ]


@pytest.mark.parametrize(("series", "k"), levels())
def test_a_level_of_a_series(series: dict[str, Any], k: int):
    level = series["levels"][k]
    body = person(**{series["parameter"]: level}) if "parameter" in series else reference()
    phase = Phase(series["days"], {series["input"]: level} if "input" in series else {})
    expected = {name: digits[k] for name, digits in series["value"].items()}
    states = end(resting(), phase, body)
    found = dict(zip(expected, body.look(list(expected), states, phase.inputs), strict=True))
    assert misses(found, expected, "value") == {}


# -- teriparatide (line 97) ----------------------------------------------------------------------------------------

INJECTIONS = Phase(
    18 * MONTH, {"dietary_calcium": TERIPARATIDE["dietary_calcium"]}, {"teriparatide_depot": TERIPARATIDE["dose"]}, 1.0
)


@lru_cache
def injected() -> dict[float, np.ndarray]:
    """States after 6, 17 and 18 months of daily injections."""
    months = (6.0, 17.0, 18.0)
    return dict(zip(months, reference().follow(resting(), INJECTIONS, [m * MONTH for m in months]), strict=True))


def after(month: float, expected: dict[str, str], *, percent: bool) -> dict[str, tuple[float, str]]:
    names = list(expected)
    now, rest = (reference().look(names, s, INJECTIONS.inputs) for s in (injected()[month], resting()))
    found = 100 * (now / rest - 1) if percent else now
    return misses(dict(zip(names, found, strict=True)), expected, f"month {month:g}")


def test_calcium_after_an_injection():
    first = Phase(1.0, INJECTIONS.inputs, INJECTIONS.doses)
    calcium = course(CALCIUM, resting(), first, HOURS)
    assert rounds_to(calcium.max() - calcium[0], TERIPARATIDE["calcium_peak"])
    assert calcium.argmax() == TERIPARATIDE["peak_hour"]


@pytest.mark.parametrize("month", [6, 17, 18])
def test_bone_after_months_of_injections(month: int):
    values, percent = TERIPARATIDE[f"month_{month}"], TERIPARATIDE[f"month_{month}_percent"]
    assert after(month, values, percent=False) | after(month, percent, percent=True) == {}


@pytest.mark.xfail(reason="+13 % is month 17, where line 132 is met too; month 18 has +14 %", raises=AssertionError)
def test_bone_density_after_18_months_of_injections():
    assert after(18, {"bmd_spine": TERIPARATIDE["month_17_percent"]["bmd_spine"]}, percent=True) == {}


# -- denosumab (line 104) ------------------------------------------------------------------------------------------


def test_calcium_and_pth_after_a_first_dose_without_supplement():
    first = Phase(6 * MONTH, {}, {"denosumab_depot": DENOSUMAB["dose"]})
    days = np.arange(0, 60, 0.25)
    calcium = course(CALCIUM, resting(), first, days)
    assert rounds_to(calcium.min(), DENOSUMAB["calcium_nadir"])
    assert abs(days[calcium.argmin()] - DENOSUMAB["nadir_day"]) <= 0.5
    assert rounds_to(course("pth", resting(), first, days).max(), DENOSUMAB["pth_peak"])


@lru_cache
def highest_resorption_off_drug() -> float:
    """In the year after ten years of denosumab."""
    supplement = {"dietary_calcium": DENOSUMAB["dietary_calcium"]}
    treated = end(resting(), Phase(10 * YEAR, supplement, {"denosumab_depot": DENOSUMAB["dose"]}, 6 * MONTH))
    return float(course("resorption", treated, Phase(YEAR, supplement), np.arange(0, YEAR, 1.0)).max())


@pytest.mark.xfail(reason="1.46 is what is left 3 months off drug; the highest is in month 1", raises=AssertionError)
def test_the_highest_resorption_off_drug():
    assert rounds_to(highest_resorption_off_drug(), DENOSUMAB["resorption_peak"])


def test_the_highest_resorption_off_drug_that_the_equations_give():
    assert rounds_to(highest_resorption_off_drug(), DENOSUMAB["resorption_peak_found"])


# -- PTH and vitamin D (line 107) ----------------------------------------------------------------------------------


@pytest.mark.parametrize("k", range(len(EFFECT["serum_25ohd"])), ids=[f"25(OH)D {d}" for d in EFFECT["serum_25ohd"]])
def test_the_calcaemic_effect_of_pth_needs_vitamin_d(k: int):
    diet = {"serum_25ohd": EFFECT["serum_25ohd"][k]}
    start = end(resting(), Phase(2 * YEAR, diet))
    (before,) = reference().look([CALCIUM], start, diet)
    infused = course(CALCIUM, start, Phase(7, {**diet, "pth_1_34_infusion": 140}), np.array([7.0]))
    pulsed = course(CALCIUM, start, Phase(1, diet, {"teriparatide_depot": TERIPARATIDE["dose"]}), HOURS)
    assert rounds_to(infused[0] - before, EFFECT["infusion"][k]), infused[0] - before
    assert rounds_to(pulsed.max() - before, EFFECT["pulse"][k]), pulsed.max() - before
