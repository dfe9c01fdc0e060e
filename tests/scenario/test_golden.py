"""The plans of coupled.md section 4, written as a person would write them, give its numbers through `simulate`."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from cofactor import simulate
from cofactor.body import adult
from cofactor.run import Result
from cofactor.scenario import Scenario

# transcribed digit by digit from coupled.md by the organs' own tests; here the same rows are reached from scenarios
_TABLE = tomllib.loads((Path(__file__).parents[1] / "body" / "golden_coupled.toml").read_text(encoding="utf-8"))
COLUMNS = _TABLE["columns"]
EXPECTED = {phase["row"]: phase["expected"] for run in _TABLE["run"] for phase in run["phase"] if "row" in phase}

SPINE = ("spine_bone_volume", "spine_mineralisation")
"""What the last column is of, relative to the reference adult; `bmd_spine` is relative to the person's own rest."""

D3 = '[[supplement]]\nname = "vitamin_d3"\namount = "{}"\n'
RESTS_AT = '[diet]\nvitamin_d = "0 ug/day"\n[labs]\nserum_25ohd = "{} nmol/L"\n[simulate]\ndays = 1\n'
CHANGE = "[[diet_change]]\n{}\n"
LACK = CHANGE.format('magnesium = "0.35 mmol/day"')
PHPT = '[person]\nconditions = [{ name = "primary_hyperparathyroidism", start = "day 0", stop = "day 1096" }]\n'
SURGERY = '[person]\nconditions = [{ name = "primary_hyperparathyroidism", start = "day 0" }]\n'
DENOSUMAB = CHANGE.format('calcium = "38.4 mmol/day"') + '[[drug]]\nname = "denosumab"\namount = "60 mg"\n'
TERIPARATIDE = CHANGE.format('calcium = "36 mmol/day"') + '[[drug]]\nname = "teriparatide"\namount = "20 ug"\n'

# row of coupled.md -> (scenario, days of the run, day it is read)
PLANS = {
    "rest": ("", 1, 0),
    **{f"rest at 25D {level}": (RESTS_AT.format(level), None, 0) for level in (5, 10, 20, 45, 120)},
    **{f"D3 {dose} d365": (D3.format(f"{dose} ug"), 365, 365) for dose in (25, 100, 250, 1250)},
    "600 kIU d3": (D3.format("600 000 IU") + 'every = "once"\n', 3, 3),
    "600 kIU d30": (D3.format("15 mg") + 'every = "once"\n', 30, 30),
    "D3 4650 d28": (D3.format("186000 IU"), 28, 28),
    "D3 4650 d60": (D3.format("4650 ug"), 60, 60),
    "D3 4650 off 30": (D3.format("4650 ug") + 'stop = "day 60"\n', 90, 90),
    "calcitriol 2.0 d7": ('[[supplement]]\nname = "calcitriol"\namount = "0.5 ug"\nevery = "6 hours"\n', 7, 7),
    "PTH(1-34) d7": ('[[infusion]]\nname = "pth_1_34"\nrate = "2 pmol/kg/h"\nover = "7 days"\n', 7, 7),
    "PHPT d1096": (SURGERY, 1096, 1096),
    "PHPT cured d365": (PHPT, 1461, 1461),
    "hypoPT d730": ('[person]\nconditions = [{ name = "hypoparathyroidism", start = "day 0" }]\n', 730, 730),
    "Mg0.5 d21": (CHANGE.format('magnesium = "1 mEq/day"'), 21, 21),
    "Mg0.35 d90": (LACK, 90, 90),
    "Mg0.35 d90 iv10 d7": (
        LACK + '[[infusion]]\nname = "magnesium"\namount = "70 mmol"\nat = "day 90"\nover = "1 week"\n', 97, 97,
    ),
    "Mg+368 d84": ('[[supplement]]\nname = "magnesium"\namount = "368 mg"\n', 84, 84),
    "Ca x0.25 d90": (CHANGE.format('calcium = "6 mmol/day"'), 90, 90),
    "Ca x2 d90": (CHANGE.format('calcium = "48 mmol/day"'), 90, 90),
    "P x2 d90": (CHANGE.format('phosphorus = "76 mmol/day"'), 90, 90),
    "P x0.4 d90": (CHANGE.format('phosphorus = "15.2 mmol/day"'), 90, 90),
    "Ca inf 100, 6 h": ('[[infusion]]\nname = "calcium"\namount = "25 mmol"\nover = "6 hours"\n', 0.25, 0.25),
    "dmab 36 mo": (DENOSUMAB, 1095.75, 1095.75),
    "dmab off d365": (DENOSUMAB + 'stop = "day 1095"\n', 1460.75, 1460.75),
    "tptd d365": (TERIPARATIDE + 'stop = "day 365"\n', 365, 365),
}  # fmt: skip

NOT_PLANS = {"GFR60 d1096", "GFR25 d1096", "GFR12 d1096"}
"""Kidneys that fail overnight in a body at rest: a scenario has the resting state of such kidneys instead."""


def tolerance(digits: str) -> float:
    """1e-3 relative or one step of the last printed digit, whichever is more (coupled.md section 4)."""
    number = Decimal(digits)
    return max(1e-3 * abs(float(number)), 10.0 ** int(number.as_tuple().exponent))


def run(text: str, days: float | None) -> Result:
    simulated = "" if days is None else f'[simulate]\ndays = {days}\noutput_every = "6 hours"\n'
    without_scars = "[model.parameters]\nscarring_rate = 0\n"  # the rows of coupled.md know no nephrocalcinosis
    simulated += without_scars if "4650" in text else ""
    return simulate(Scenario.from_text(text + simulated), observables=[*COLUMNS[:-1], *SPINE])


def found_at(result: Result, day: float) -> dict[str, float]:
    (place,) = np.flatnonzero(np.abs(result.times - day) < 1e-9)
    values = {name: float(rows[0, place]) for name, rows in result.observables.items()}
    mineral = values[SPINE[0]] * values[SPINE[1]] / adult().constants["mineralisation_at_rest"].value
    return {**values, "bmd_change": 100 * (mineral - 1)}


def test_every_row_is_a_plan_or_said_not_to_be():
    assert set(PLANS) | NOT_PLANS == set(EXPECTED)
    assert len(PLANS) == 32


@pytest.mark.parametrize("row", PLANS)
def test_a_plan_gives_the_golden_row(row: str):
    text, days, day = PLANS[row]
    found = found_at(run(text, days), day)
    expected = dict(zip(COLUMNS, EXPECTED[row], strict=True))
    missed = {n: (found[n], e) for n, e in expected.items() if abs(found[n] - float(e)) > tolerance(e)}
    assert missed == {}
