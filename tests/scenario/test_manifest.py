"""The manifest: plain JSON of what was resolved, with units."""

from __future__ import annotations

import json
import re

from cofactor.scenario import Scenario

PLAN = """
[population]
weight = { mean = "80 kg", sd = "12000 g" }
[labs]
serum_magnesium = "1.9 mg/dL"
[[supplement]]
name = "magnesium"
amount = "10 mmol"
start = "before"
[[infusion]]
name = "adrenaline"
rate = "0.1 ug/kg/min"
over = "2 h"
[simulate]
start = "2026-10-01"
[model]
parameters = { dct_capacity = 0.06 }
"""


def _manifest(text: str) -> dict:
    """Through JSON and back, with NaN and Infinity forbidden."""
    return json.loads(json.dumps(Scenario.from_text(text).to_manifest(), allow_nan=False))


def test_the_manifest_is_json_in_canonical_units():
    manifest = _manifest(PLAN)
    assert manifest["schema"] == 1
    assert manifest["person"] is None
    assert manifest["population"]["weight"] == {"mean": 80.0, "sd": 12.0, "low": 30, "high": 250}
    assert manifest["population"]["n"] == 1000
    assert manifest["labs"].keys() == {"date", "because", "serum_magnesium"}
    assert manifest["supplement"][0] == {
        "name": "magnesium", "amount": 10.0, "form": "citrate", "every": 1.0,
        "start": "before", "stop": None, "lag": 0.0, "pulses": False, "steady_state": False,
    }  # fmt: skip
    assert manifest["simulate"]["start"] == "2026-10-01"
    assert manifest["model"]["parameters"] == {"dct_capacity": 0.06}
    units = manifest["units"]
    expected = {
        "population.weight": "kg",
        "labs.serum_magnesium": "mmol/L",
        "diet.magnesium": "mmol/d",
        "supplement[0].amount": "mmol",
        "infusion[0].rate": "ug/kg/min",
        "infusion[0].over": "d",
        "simulate.days": "d",
    }
    assert {key: units.get(key) for key in expected} == expected


def test_each_unit_belongs_to_a_number_of_the_manifest():
    manifest = _manifest(PLAN)
    for key in manifest["units"]:
        value = manifest
        for part in re.findall(r"\w+", key):
            value = value[int(part)] if part.isdigit() else value[part]
        assert value is None or value == "before" or isinstance(value, int | float | dict)


def test_the_same_scenario_has_the_same_manifest():
    assert _manifest(PLAN) == _manifest("# said twice\n" + PLAN.replace('"12000 g"', '"12 kg"'))
    assert _manifest(PLAN) != _manifest(PLAN.replace('"10 mmol"', '"11 mmol"'))
