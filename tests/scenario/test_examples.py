"""Each example of the repository reads, and asks for nothing this version has no organ for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cofactor.scenario import Scenario, features, features_supported, habitual_inputs, require_supported, to_regimen

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


def test_there_are_examples():
    assert {path.stem for path in EXAMPLES} >= {"supplement", "depletion", "ppi", "load_test"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_a_plan_this_version_can_run(path):
    scenario = Scenario.from_toml(path)
    require_supported(scenario, features_supported())
    assert any(True for _ in features(scenario)), "an example asks for something"
    segments = list(to_regimen(scenario).segments(scenario.simulate.days, habitual_inputs(scenario)))
    assert segments[-1].t1 == scenario.simulate.days
    assert len(segments) > 1, "something changes during the run"


def test_the_load_test_gives_its_load():
    scenario = Scenario.from_toml(next(path for path in EXAMPLES if path.stem == "load_test"))
    segments = to_regimen(scenario).segments(scenario.simulate.days, habitual_inputs(scenario))
    assert sum((s.t1 - s.t0) * s.inputs["magnesium_infusion"] for s in segments) == pytest.approx(7.0)
