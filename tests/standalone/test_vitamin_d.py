"""The golden numbers of vitamin_d.md 2.9 to 2 %, from the body's own organs, its constants and the stubs it names.

Also the numbers that 2.3 to 2.5 give for single equations. Sun and skin (2.1; "Solar" and "Annual cycle" of
2.9) are in test_sun.py, the artery (2.7) in test_artery.py.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from tests.body.coupled import Phase
from tests.standalone.doubles_tools import Body
from tests.standalone.doubles_vitamin_d import FREE_FGF23, KINETICS, LOOP, kinetics, loop_alone, with_loop

from cofactor.body import kidney_phosphate, magnesium_stores
from cofactor.engine import rest
from cofactor.model import System

GOLDEN = tomllib.loads((Path(__file__).parent / "golden_vitamin_d.toml").read_text(encoding="utf-8"))
FOOD = 4.0
"""ug/d of D3 in the reference diet, absorbed continuously: a dose of line 98 is more of it."""
NMOL_PER_UG = 2.6
YEAR = 365.25
D3, CALCIDIOL = "serum_d3", "serum_25ohd"
COLUMNS = {"d3": D3, "calcidiol": CALCIDIOL}


def is_met(value: float, digits: str) -> bool:
    """2 % or one step of the last printed digit, whichever is more."""
    step = 10.0 ** int(Decimal(digits).as_tuple().exponent)
    return abs(value - float(digits)) <= max(0.02 * abs(float(digits)), step)


def misses(found: Sequence[float] | np.ndarray, printed: Sequence[str]) -> list[tuple[float, str]]:
    return [(float(v), d) for v, d in zip(found, printed, strict=True) if not is_met(v, d)]


# -- kinetics ------------------------------------------------------------------------------------------------------


@lru_cache
def kinetic_system() -> System:
    return kinetics()


@lru_cache
def person(baseline: float, fat_mass: float = 20.0) -> tuple[Body, np.ndarray]:
    """Somebody who rests at this 25(OH)D, and the states at rest."""
    constants = kinetic_system().recalibrated({**KINETICS, "reference_25ohd": baseline})
    body = Body(kinetic_system(), {**constants, "fat_mass": fat_mass})
    return body, rest(kinetic_system(), body.parameters, body.inputs())


def taking(ug: float) -> dict[str, float]:
    return {"dietary_vitamin_d": FOOD + ug}


def seen(body: Body, name: str, states: np.ndarray) -> np.ndarray:
    return np.array([body.look([name], s)[0] for s in np.atleast_2d(states)])


def rises(name: str, body: Body, start: np.ndarray, phase: Phase, days: Sequence[float] | np.ndarray) -> np.ndarray:
    return seen(body, name, body.follow(start, phase, days)) - seen(body, name, start)


def test_the_tolerance_is_2_per_cent_or_the_last_digit():
    assert is_met(102, "100")
    assert not is_met(102.1, "100")
    assert is_met(1.29, "1.2")
    assert not is_met(1.31, "1.2")


def test_habitual_input():
    table, found = GOLDEN["habitual_input"], []
    for level in table["calcidiol"]:
        body, start = person(level)
        found.append(sum(body.look(["skin_synthesis", "dietary_vitamin_d_uptake"], start)))
    assert misses(found, table["nmol_per_day"]) == []
    at_50 = found[table["calcidiol"].index(50)]
    assert is_met(at_50 / NMOL_PER_UG, table["ug_per_day_at_50"])


def test_rest_at_50():
    body, start = person(50.0)
    assert misses(body.look(list(GOLDEN["rest"]), start), list(GOLDEN["rest"].values())) == []


@pytest.mark.parametrize("table", GOLDEN["dose"], ids=[f"{t['line']}: {t['ug']} ug/d" for t in GOLDEN["dose"]])
def test_a_daily_dose(table: dict[str, Any]):
    body, start = person(50.0)
    states = body.follow(start, Phase(365, taking(table["ug"])), [28, 84, 365])
    for column, name in COLUMNS.items():
        assert misses(seen(body, name, states), table[column]) == [], column
    steady = rest(kinetic_system(), body.parameters, body.inputs(taking(table["ug"])))
    assert misses(seen(body, CALCIDIOL, steady), [table["steady"]]) == []


@pytest.mark.parametrize("ug", [2500, 7500, 15000])
def test_a_bolus(ug: int):
    body, start = person(50.0)
    states = body.follow(start, Phase(120, {}, {"gut_vitamin_d": NMOL_PER_UG * ug}), GOLDEN["bolus"]["days"])
    assert misses(seen(body, CALCIDIOL, states), GOLDEN["bolus"][str(ug)]) == []


# -- trials (line 107) ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", GOLDEN["trial"], ids=[t["name"] for t in GOLDEN["trial"]])
def test_a_trial(table: dict[str, Any]):
    body, start = person(table["baseline"], table.get("fat_mass", 20.0))
    doses = [table.get("adherence", 1.0) * ug for ug in table["doses"]]
    for column, name in COLUMNS.items():
        if column in table:
            found = [rises(name, body, start, Phase(table["days"], taking(ug)), [table["days"]])[0] for ug in doses]
            assert misses(found, table[column]) == [], column


def test_oral_calcidiol():
    table = GOLDEN["oral_calcidiol"]
    body, start = person(table["baseline"])
    phases = [Phase(table["days"], {"supplement_calcidiol": ug}) for ug in table["doses"]]
    found = [rises(CALCIDIOL, body, start, phase, [phase.days])[0] for phase in phases]
    assert misses(found, table["calcidiol"]) == []


def test_100_kiu_peak():
    table = GOLDEN["ilahi"]
    body, start = person(table["baseline"])
    phase = Phase(120, {}, {"gut_vitamin_d": NMOL_PER_UG * table["ug"]})
    assert misses([rises(CALCIDIOL, body, start, phase, np.arange(0, 120, 0.5)).max()], [table["peak"]]) == []


def test_600_kiu():
    table = GOLDEN["cipriani"]
    body, start = person(table["baseline"])
    phase = Phase(60, {}, {"gut_vitamin_d": NMOL_PER_UG * table["ug"]})
    assert misses(rises(CALCIDIOL, body, start, phase, table["days"]), table["rise"]) == []


def test_washout_from_fat():
    table = GOLDEN["washout"]
    body, start = person(table["baseline"], table["fat_mass"])
    days = table["years"] * YEAR
    treated = body.follow(start, Phase(days, taking(table["ug_per_week"] / 7)), [days])[0]
    after = body.follow(treated, Phase(YEAR), [YEAR])[0]
    ((full,), (left,)) = (seen(body, "fat_vitamin_d3", s) for s in (treated, after))
    assert is_met(full / table["fat_mass"], table["fat_nmol_per_kg"])
    assert is_met(left / full, table["fat_ratio_12_months_off"])
    ((now,), (before,)) = (seen(body, CALCIDIOL, s) for s in (after, start))
    assert is_met(now - before, table["rise_12_months_off"])


# -- single equations ----------------------------------------------------------------------------------------------


@lru_cache
def loop_system() -> System:
    return with_loop()


@lru_cache
def looped(skin_synthesis: float) -> Body:
    constants = loop_system().recalibrated({**LOOP, **FREE_FGF23})
    return Body(loop_system(), {**constants, "habitual_skin_synthesis": skin_synthesis})


def with_levels(body: Body, calcidiol: float, calcitriol: float) -> np.ndarray:
    states = body.system.start.copy()
    states[body.system.states["calcidiol_pool"].offset] = 8 * calcidiol
    states[body.system.states["calcitriol_pool"].offset] = 34 * calcitriol
    return states


def test_free_metabolites_of_the_reference_adult():
    body, expected = looped(20.0), GOLDEN["reference"]
    assert misses(body.look(list(expected), with_levels(body, 60, 0.1)), list(expected.values())) == []


def test_drive_of_the_receptor():
    body, table = looped(20.0), GOLDEN["drive"]
    found = [body.look(["vdr_drive"], with_levels(body, h, 0.1))[0] for h in table["calcidiol"]]
    assert misses(found, table["printed"]) == []


def test_magnesium_on_1_alpha_hydroxylation():
    table, (half, power) = GOLDEN["magnesium_on_27b1"], (LOOP["hydroxylase_1a_half"], LOOP["hydroxylase_1a_power"])
    found = [magnesium_stores.magnesium_factor_1a_hydroxylase(x, half, power) for x in table["free_magnesium"]]
    assert misses(found, table["printed"]) == []


def test_urine_phosphate():
    found = kidney_phosphate.renal_phosphate_excretion(173, 1.10, 0.95, 0.05)
    assert is_met(found, GOLDEN["renal_phosphate"]["printed"])


# -- steady states of the loop (lines 70 and 106) ------------------------------------------------------------------


@lru_cache
def resting_at(level: float) -> tuple[Body, np.ndarray]:
    """The body that rests at this 25(OH)D by what comes in through skin."""

    def surplus(synthesis: float) -> float:
        body = looped(synthesis)
        return body.look([CALCIDIOL], rest(loop_system(), body.parameters, body.inputs()))[0] - level

    body = looped(brentq(surplus, -7.0, 400.0, xtol=1e-10))
    return body, rest(loop_system(), body.parameters, body.inputs())


def metabolite_ratio(body: Body, states: np.ndarray) -> float:
    return float(np.divide(*body.look(["serum_2425", CALCIDIOL], states)))


@pytest.mark.parametrize("k", range(9), ids=[f"{ug} ug/d" for ug in GOLDEN["steady"]["ug"]])
def test_a_steady_dose_with_the_loop(k: int):
    table = GOLDEN["steady"]
    body, start = resting_at(table["baseline"])
    states = rest(loop_system(), body.parameters, body.inputs(taking(table["ug"][k])), start)
    names = [CALCIDIOL, "serum_calcitriol", "fgf23", "vdr_drive"]
    assert misses(body.look(names, states), [table[name][k] for name in names]) == []
    printed = table["metabolite_ratio"][k : k + 1]  # six of nine are printed
    assert misses([metabolite_ratio(body, states)][: len(printed)], printed) == []


def test_metabolite_ratio_at_rest():
    table = GOLDEN["metabolite_ratio"]
    assert misses([metabolite_ratio(*resting_at(level)) for level in table["calcidiol"]], table["printed"]) == []
    body, start = resting_at(GOLDEN["steady"]["baseline"])
    flooded = rest(loop_system(), body.parameters, body.inputs(taking(1250)), start)
    assert is_met(metabolite_ratio(body, flooded), table["plateau"])


# -- calcitriol and FGF23 with 25(OH)D and PTH imposed (line 108) --------------------------------------------------


@lru_cache
def alone() -> Body:
    system = loop_alone()
    return Body(system, system.recalibrated(LOOP))


def line_to(table: dict[str, Any], before: dict[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Inputs of a phase on a straight line, and what 25(OH)D and PTH are at its end."""
    after = {name: table.get(name, before[name]) for name in before}
    begin = after if table.get("jump") else before
    slopes = {name: (after[name] - begin[name]) / table["days"] for name in before}
    levels = {"level_25ohd": begin["calcidiol"], "pth_level": begin["pth"]}
    return levels | {"slope_25ohd": slopes["calcidiol"], "pth_slope": slopes["pth"]}, after


def test_a_phase_of_imposed_levels_is_a_straight_line():
    inputs, after = line_to({"days": 10, "calcidiol": 80}, {"calcidiol": 60, "pth": 1.0})
    assert after == {"calcidiol": 80, "pth": 1.0}
    states = alone().system.start
    levels = [alone().look([CALCIDIOL, "pth_action"], states, inputs, day) for day in (0.0, 5.0, 10.0)]
    assert np.allclose(levels, [[60, 1], [70, 1], [80, 1]])


@pytest.mark.parametrize("table", GOLDEN["loop"], ids=[t["name"] for t in GOLDEN["loop"]])
def test_the_loop(table: dict[str, Any]):
    body, names = alone(), {"calcitriol": "serum_calcitriol", "fgf23": "fgf23"}
    states = rest(body.system, body.parameters, body.inputs({"level_25ohd": table["start"]}))
    start, levels = body.look(list(names.values()), states), {"calcidiol": table["start"], "pth": 1.0}
    for phase in table["phases"]:
        inputs, levels = line_to(phase, levels)
        inputs |= table.get("inputs", {})
        states = body.follow(states, Phase(phase["days"], inputs), [phase["days"]])[0]
        ratios = dict(zip(names, body.look(list(names.values()), states) / start, strict=True))
        printed = {name: phase[name] for name in names if name in phase}
        assert misses([ratios[n] for n in printed], list(printed.values())) == []


def test_calcitriol_falls_in_intoxication():
    table, body = GOLDEN["toxic"], alone()
    states = rest(body.system, body.parameters, body.inputs())
    (before,) = body.look(["serum_calcitriol"], states)
    found = []
    for level in table["calcidiol"]:
        inputs = {"level_25ohd": level, "pth_level": table["pth"]}
        toxic = body.follow(states, Phase(table["days"], inputs), [table["days"]])[0]
        found.append(body.look(["serum_calcitriol"], toxic)[0] / before)
    low, high = (float(d) for d in reversed(table["calcitriol"]))
    assert [low <= ratio <= high for ratio in found] == [True] * 2, found
    assert found[0] > found[1]
