"""Glucose over minutes alone: the outputs of magnesium.md 2.8 to their printed digits, with fasting levels held there.

The equations of 2.8 stand on fasting glucose 5.0 and insulin 8 whatever the sensitivity; `Held` holds them, in the place of
`glucose`, which lets them follow. The expected numbers were also found by a plain SciPy script written from the text.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from cofactor.body import glucose_minutes
from cofactor.engine import Segment, Trajectory, integrate, rest
from cofactor.model import System, given, parameter, signal

GOLDEN = tomllib.loads((Path(__file__).parent / "golden_glucose.toml").read_text(encoding="utf-8"))
MINUTE = 1 / 1440
DRINK = {"stomach_glucose": 75 / 180.156 * 1e3}
SEEN = ("plasma_glucose", "plasma_insulin", "plasma_adrenaline")


class Held:
    """Stands in for `glucose` and for what the rest of the body gives this organ."""

    fasting_glucose = given("mmol/L", 5.0)
    fasting_insulin = given("mU/L", 8.0)
    cell_magnesium = given("1", 1.0)
    sensitivity = given("1", 1.0)
    meal_insulin_release = given("1", 1.0)
    stomach_emptying_speed = given("1", 1.0)
    plasma_adrenaline_level = given("nmol/L", 0.2)
    resting_adrenaline = parameter(0.2, "nmol/L", source="magnesium.md 2.8")
    body_weight = parameter(70, "kg", source="magnesium.md 2.8")
    power = parameter(0.8, "1", source="magnesium.md 2.8")

    @staticmethod
    @signal("1")
    def insulin_sensitivity(sensitivity, cell_magnesium, power):
        """S_I relative to usual."""
        return sensitivity * cell_magnesium**power


@lru_cache(maxsize=1)
def alone() -> System:
    organ = type("Held", (), {name: getattr(Held, name) for name in vars(Held) if not name.startswith("__")})
    return System.from_organs([glucose_minutes, organ])


def follow(minutes: float, doses: dict[str, float] | None = None, insulin: float = 0.0, **inputs: float) -> Trajectory:
    """From rest: a dose at once, or U of insulin over the first minute; seen every tenth of a minute."""
    system = alone()
    parameters, usual = system.parameter_vector(), system.input_vector(inputs)
    start = rest(system, parameters, usual)
    first = system.input_vector({**inputs, "insulin_infusion": insulin * 1440})
    times = np.arange(int(minutes * 10) + 1) * MINUTE / 10
    segments = [Segment(0.0, MINUTE, first, doses or {}), Segment(MINUTE, times[-1], usual, {})]
    found = integrate(system, parameters, start, segments, times, SEEN, accuracy="tight")
    assert found.failure is None
    return found


def rounds_to(value: float, digits: str) -> bool:
    step = Decimal(1).scaleb(int(Decimal(digits).as_tuple().exponent))
    return Decimal(repr(float(value))).quantize(step) == Decimal(digits)


def load(case: dict, m: float) -> dict[str, float]:
    change = {"meal_insulin_release": case["b"], "sensitivity": case["s"], "stomach_emptying_speed": case["k_g"]}
    found = follow(360, DRINK, cell_magnesium=m, **change)
    glucose = found.values["plasma_glucose"]
    top = int(glucose.argmax())
    return {
        "peak": glucose[top], "peak_minute": found.times[top] / MINUTE, "two_hours": glucose[1200],
        "nadir": glucose[top:].min(), "insulin_peak": found.values["plasma_insulin"].max(),
        "adrenaline": found.values["plasma_adrenaline"].max(),
    }  # fmt: skip


CASES = [(case, k) for case in GOLDEN["load"] for k in range(2)]


@pytest.mark.parametrize(("case", "k"), CASES, ids=[f"b{c['b']}-m{c['m'][k]}" for c, k in CASES])
def test_a_glucose_load_to_the_printed_digits(case, k):
    found = load(case, case["m"][k])
    printed = {name: digits[k] for name, digits in case.items() if isinstance(digits, list) and name != "m"}
    missed = {name: (found[name], digits) for name, digits in printed.items() if not rounds_to(found[name], digits)}
    assert not missed
    if case["b"] == 1:
        assert found["peak_minute"] == pytest.approx(50, abs=2)


def test_the_insulin_test_to_the_printed_digits():
    test = GOLDEN["insulin_test"]
    found = follow(180, insulin=70 * test["units_per_kg"])
    assert rounds_to(found.values["plasma_glucose"].min(), test["nadir"])
    assert rounds_to(found.values["plasma_adrenaline"].max(), test["adrenaline"])


def test_rest_is_exact():
    system = alone()
    states = rest(system, system.parameter_vector(), system.input_vector())
    values = system.function(SEEN)(0, states, system.parameter_vector(), system.input_vector())
    assert values == pytest.approx([5.0, 8.0, 0.2], rel=1e-12)


@pytest.mark.parametrize(("level", "rise"), [(3.8, 0.25), (3.2, 1.5), (2.8, 4.0)])
def test_adrenaline_rises_below_its_threshold(level, rise):
    # mg-E74: hormones at 68 mg/dL (3.8), autonomic symptoms at 58 (3.2), neuroglycopenic at 51 (2.8 mmol/L)
    clamped = 0.2 + 1.6 * float(glucose_minutes._alarm(level, 3.0, 0.24))
    assert clamped / 0.2 - 1 >= rise
    above = 0.2 + 1.6 * float(glucose_minutes._alarm(4.3, 3.0, 0.24))
    assert above / 0.2 - 1 < 0.05


def test_the_threshold_of_a_quarter_more_adrenaline_is_that_of_the_clamp():
    # steady adrenaline is a quarter above rest at 3.0 + 0.24 ln(1.6 / 0.05 - 1) mmol/L
    threshold = 3.0 + 0.24 * np.log(1.6 / 0.05 - 1)
    assert 1.6 * float(glucose_minutes._alarm(threshold, 3.0, 0.24)) == pytest.approx(0.05)
    assert threshold * 18.0156 == pytest.approx(68, abs=2)  # mg-E74: 68 +- 1 mg/dL


def test_symptoms_begin_at_their_thresholds():
    assert float(glucose_minutes.autonomic_hypoglycaemia(3.25, 3.2)) == 0
    assert float(glucose_minutes.autonomic_hypoglycaemia(3.0, 3.2)) == pytest.approx(0.2)
    assert float(glucose_minutes.neuroglycopenic_hypoglycaemia(3.0, 2.8)) == 0


def test_low_magnesium_does_not_deepen_reactive_hypoglycaemia():
    case = GOLDEN["load"][1]
    assert load(case, 0.8)["nadir"] >= load(case, 1.0)["nadir"]


def test_a_mixed_meal_is_flatter_than_a_drink():
    drink, meal = follow(480, DRINK), follow(480, {"stomach_meal_glucose": DRINK["stomach_glucose"]})
    assert meal.values["plasma_glucose"].max() < drink.values["plasma_glucose"].max() - 0.3
    assert meal.times[meal.values["plasma_glucose"].argmax()] > drink.times[drink.values["plasma_glucose"].argmax()]


def test_glucose_is_neither_made_nor_lost():
    system = alone()
    found = follow(600, DRINK)
    gained = sum(
        found.accounts[name][-1] * movement.gains.get("glucose", 0.0) for name, movement in system.movements.items()
    )
    pools = [state for state in system.states.values() if state.is_pool]
    start = rest(system, system.parameter_vector(), system.input_vector())
    held = sum(found.final[p.offset] - start[p.offset] for p in pools) - DRINK["stomach_glucose"]
    assert held == pytest.approx(gained, abs=1e-6)
