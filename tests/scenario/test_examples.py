"""Each example of the repository asks a question, runs, and answers as its comments say."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from cofactor import simulate
from cofactor.run import Result
from cofactor.scenario import Scenario, features, features_supported, habitual_inputs, require_supported, to_regimen

EXAMPLES = {path.stem: path for path in sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))}


@lru_cache(maxsize=32)
def run(name: str) -> Result:
    return simulate(EXAMPLES[name])


def median(result: Result, name: str) -> np.ndarray:
    return result.summary(name)["median"]


def at(result: Result, name: str, day: float) -> float:
    return float(median(result, name)[int(np.abs(result.times - day).argmin())])


def changed(name: str, *edits: tuple[str, str]) -> Result:
    """The example with some of its text replaced, as its comments invite to."""
    text = EXAMPLES[name].read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return simulate(Scenario.from_text(text))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_a_plan_this_version_can_run(name):
    scenario = Scenario.from_toml(EXAMPLES[name])
    require_supported(scenario, features_supported())
    assert any(True for _ in features(scenario)), "an example asks for something"
    segments = list(to_regimen(scenario).segments(scenario.simulate.days, habitual_inputs(scenario)))
    assert segments[-1].t1 == scenario.simulate.days
    first = segments[0]
    assert len(segments) > 1 or first.pulses or first.inputs != habitual_inputs(scenario), "something changes from rest"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs(name):
    result = run(name)
    assert result.failures == ()
    for values in result.observables.values():
        assert np.isfinite(values).all()
    levels = [median(result, name) for name in ("serum_magnesium", "serum_calcium", "serum_25ohd")]
    assert max(np.ptp(level) / level.max() for level in levels) > 0.005, "something happens"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_says_what_it_is_about(name):
    lines = EXAMPLES[name].read_text(encoding="utf-8").splitlines()
    head = lines[: next(index for index, line in enumerate(lines) if not line.startswith("#"))]
    assert head, "it begins with what it asks"
    assert all(len(line) <= 120 for line in lines)


def test_the_load_test_gives_its_load():
    scenario = Scenario.from_toml(EXAMPLES["load_test"])
    segments = to_regimen(scenario).segments(scenario.simulate.days, habitual_inputs(scenario))
    assert sum((s.t1 - s.t0) * s.inputs["magnesium_infusion"] for s in segments) == pytest.approx(7.0)


# ---- the answers ----


def _winter(result: Result) -> None:
    level, pth = median(result, "serum_25ohd"), median(result, "serum_pth")
    assert level[0] == pytest.approx(30)
    assert level[90] > 75
    assert level[30] - level[0] > level[60] - level[30] > level[90] - level[60] > 0
    assert pth[90] < 0.8 * pth[0]
    assert at(result, "absorbed_calcium", 90) > at(result, "absorbed_calcium", 0)
    assert 30 < level[-1] < 45


def _loading(result: Result) -> None:
    single = median(result, "serum_25ohd")
    assert result.times[single.argmax()] < 14
    edits = ('amount = "300 000 IU"', 'amount = "3333 IU"'), ('every = "once"', 'every = "1 day"\nstop = "day 90"')
    spread = changed("loading_dose", *edits)
    assert result.times[median(spread, "serum_25ohd").argmax()] == pytest.approx(90, abs=5)
    assert median(spread, "serum_25ohd").max() < single.max()
    assert at(spread, "serum_25ohd", 90) > 1.3 * at(result, "serum_25ohd", 90)


def _hyperparathyroidism(result: Result) -> None:
    calcium, spine = median(result, "serum_calcium"), median(result, "bmd_spine")
    assert calcium[0] == pytest.approx(109 / 40.078)
    assert calcium[:31] == pytest.approx(np.full(31, calcium[0]), rel=1e-6), "nothing before the operation"
    assert calcium[31:80].min() < calcium[-1] - 0.05
    assert spine[0] == 1.0
    assert 1.03 < spine[-1] < 1.12


def _hypoparathyroidism(result: Result) -> None:
    calcium = median(result, "serum_calcium")
    assert calcium[0] == pytest.approx(1.8, abs=0.03)
    assert calcium[-1] == pytest.approx(calcium[0] + 0.2, abs=0.05)
    assert median(result, "urine_calcium")[-1] > 7.5


def _denosumab(result: Result) -> None:
    spine, ctx = median(result, "bmd_spine"), median(result, "ctx")
    assert len([p for p in to_regimen(Scenario.from_toml(EXAMPLES["denosumab"])).pulses if p.count == 6]) == 1
    top = spine.max()
    assert 1.08 < top < 1.16
    assert ctx.max() > 1.3, "rebound above the start"
    assert at(result, "bmd_spine", 1095 + 365) - 1 < 0.5 * (top - 1)


def _teriparatide(result: Result) -> None:
    infusion = '[[infusion]]\nname = "pth_1_34"\nrate = "2 pmol/kg/h"\nover = "90 days"\n'
    injections = '[[drug]]\nname = "teriparatide"\namount = "20 ug"\nevery = "1 day"\nstart = "day 0"\n'
    steady = changed("teriparatide", (injections, infusion))
    assert median(result, "bmd_spine")[-1] > 1.01
    assert median(steady, "bmd_spine")[-1] < 1.0
    assert at(result, "p1np", 90) > 2


def _intoxication(result: Result) -> None:
    calcium, level = median(result, "serum_calcium"), median(result, "serum_25ohd")
    high = np.flatnonzero(calcium > 2.55)
    assert 850 < level[high[0]] < 1100
    assert calcium.max() > 3.2
    assert high[-1] < 60 + 30
    assert level[high[-1]] > 500
    assert at(result, "gfr", 60) < 0.8 * at(result, "gfr", 0)


def _sarcoidosis(result: Result) -> None:
    healthy = changed("sarcoidosis", ('conditions = ["granulomatous_disease"]', ""))
    assert np.ptp(median(healthy, "serum_calcium")) < 0.05
    assert median(result, "serum_calcium")[0] > 2.45
    assert median(result, "serum_calcium").max() > 3.0


def _kidney(result: Result) -> None:
    for name, sign in (("serum_phosphate", -1), ("serum_fgf23", -1), ("serum_pth", -1), ("serum_calcitriol", +1)):
        values = median(result, name)
        assert sign * (values[-1] / values[0] - 1) > 0.03, name


def _deficient(result: Result) -> None:
    band = result.summary("serum_25ohd")
    assert band["median"][0] == pytest.approx(28, rel=1e-6)
    assert band["median"][-1] > 75
    assert band["p97_5"][-1] - band["p2_5"][-1] > 30
    assert result.observables["serum_25ohd"].shape == (200, 27)


def _clamp(result: Result) -> None:
    pth, hours = median(result, "serum_pth"), 24 * result.times
    calcium = median(result, "ionised_calcium")
    assert abs(hours[pth.argmax()] - hours[calcium.argmin()]) <= 0.25
    assert abs(hours[pth.argmin()] - hours[calcium.argmax()]) <= 0.25
    assert pth.max() > 2 * pth[0]
    assert pth[(hours > 6) & (hours < 8.5)].min() < 0.6 * pth[0]


def _ppi(result: Result) -> None:
    magnesium = median(result, "serum_magnesium")
    assert magnesium[179] < magnesium[0] < magnesium[-1]
    assert result.manifest["labs_met"][0]["found"] == pytest.approx(19 / 24.305)


def _ppi_by_diet() -> dict[str, float]:
    edit = ("[labs]  ", '[labs]\nbecause = "intake"\n#')
    return changed("ppi", edit).manifest["labs_met"][0]["moved"]


def _supplement(result: Result) -> None:
    assert at(result, "urine_magnesium", 84) - at(result, "urine_magnesium", 0) > 1.0
    assert 0 < at(result, "serum_magnesium", 84) - at(result, "serum_magnesium", 0) < 0.04


def _depletion(result: Result) -> None:
    assert at(result, "serum_magnesium", 21) == pytest.approx(0.641, abs=0.001)
    assert at(result, "serum_magnesium", 90) > 0.84


def _load(result: Result) -> None:
    assert at(result, "serum_magnesium", 21 + 4 / 24) > 1.2 * at(result, "serum_magnesium", 21)


ANSWERS: dict[str, Callable[[Result], None]] = {
    "winter_d3": _winter,
    "loading_dose": _loading,
    "hyperparathyroidism": _hyperparathyroidism,
    "hypoparathyroidism": _hypoparathyroidism,
    "denosumab": _denosumab,
    "teriparatide": _teriparatide,
    "intoxication": _intoxication,
    "sarcoidosis": _sarcoidosis,
    "kidney_disease": _kidney,
    "deficient_adults": _deficient,
    "calcium_clamp": _clamp,
    "ppi": _ppi,
    "supplement": _supplement,
    "depletion": _depletion,
    "load_test": _load,
}


def test_every_example_has_its_answer():
    assert set(ANSWERS) == set(EXAMPLES)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_example_answers_as_its_comments_say(name):
    ANSWERS[name](run(name))


def test_a_magnesium_by_diet_alone_would_need_a_ninth_of_it():
    assert 1 / _ppi_by_diet()["dietary_magnesium"] == pytest.approx(9, abs=1)
