"""Other simulators on the exported file: libRoadRunner and COPASI give the observables of our tight setting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cofactor.errors import InputError, MissingExtraError
from cofactor.interop import agreement
from cofactor.scenario import Scenario

EXAMPLES = Path(__file__).parents[2] / "examples"
AGREE = 1e-6
MODULES = {"libroadrunner": "roadrunner", "copasi": "COPASI"}

SOMEBODY_ELSE = """
[person]
sex = "male"
weight = "86 kg"
[[infusion]]
name = "magnesium"
amount = "7 mmol"
at = "day 2"
over = "4 hours"
[[supplement]]
name = "vitamin_d3"
amount = "4000 IU"
every = "1 day"
pulses = true
[simulate]
days = 20
output_every = "8 hours"
"""
LONG_TAKEN = """
[[supplement]]
name = "vitamin_d3"
amount = "25000 IU"
every = "14 days"
start = "day 3"
pulses = true
steady_state = true
[[reset]]
at = "day 31"
states = ["gut_vitamin_d", "calcidiol_pool"]
[simulate]
days = 60
output_every = "11 hours"
"""
TERIPARATIDE = """
[[drug]]
name = "teriparatide"
amount = "20 ug"
every = "1 day"
[simulate]
days = 60
output_every = "5 hours"
"""
SCENARIOS = {
    "a diet without magnesium": Scenario.from_toml(EXAMPLES / "depletion.toml"),
    "a loading dose": Scenario.from_toml(EXAMPLES / "loading_dose.toml"),
    "blocked pumps and magnesium": Scenario.from_toml(EXAMPLES / "ppi.toml"),
    "magnesium into a vein, pills, somebody else": Scenario.from_text(SOMEBODY_ELSE),
    "vitamin D every fortnight for long, a reset": Scenario.from_text(LONG_TAKEN),
    "teriparatide every day": Scenario.from_text(TERIPARATIDE),
}


@pytest.mark.parametrize("tool", MODULES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_another_simulator_agrees_with_the_tight_setting(name: str, tool: str):
    pytest.importorskip(MODULES[tool])
    found = agreement(SCENARIOS[name], tool)
    assert found.samples > 20
    assert "serum_magnesium" in found.differences
    assert np.isfinite(found.largest)
    assert found.largest <= AGREE, f"{found.worst}: {found.largest:.1e}"


def test_the_comparison_sees_another_model(monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("COPASI")
    from cofactor.interop import _agreement

    honest = _agreement.export_sbml

    def changed(case):
        place = case.system.constants["dct_capacity"].offset
        case.parameters[place] *= 1 + 1e-3
        return honest(case)

    monkeypatch.setattr(_agreement, "export_sbml", changed)
    assert agreement(SCENARIOS["a diet without magnesium"], "copasi").largest > 1e-5


def test_an_unknown_simulator_is_refused():
    with pytest.raises(InputError, match="one of libroadrunner, copasi"):
        agreement(Scenario.from_text(""), "copassi")


@pytest.mark.parametrize("tool", MODULES)
def test_a_simulator_that_is_not_installed_is_named(tool: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, MODULES[tool], None)
    with pytest.raises(MissingExtraError, match="this needs the package"):
        agreement(Scenario.from_text("[simulate]\ndays = 2\n"), tool)
