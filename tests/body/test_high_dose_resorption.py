"""H1, both sides of the conflict: with the switch a bolus raises resorption and a high dose costs the radius; calcitriol
never does, and off, neither does anything (bone-E30, E40, E50)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.optimize import brentq
from tests.body.bones import YEAR, after, body, resting, system
from tests.body.coupled import Phase

BOLUS = 600_000 * 0.025 * 2.6  # nmol
OFF: dict[str, float] = {}
ON = {"high_25ohd_resorbs": 1.0}


@lru_cache
def skin_for(level: float) -> float:
    """Skin synthesis at which the adult rests at this 25(OH)D; the switch does not touch it."""

    def surplus(synthesis: float) -> float:
        states = resting(parameters={"habitual_skin_synthesis": synthesis})
        return body({"habitual_skin_synthesis": synthesis}).look(["serum_25ohd"], states)[0] - level

    found = brentq(surplus, 1.0, 100.0, xtol=1e-6)
    return found if isinstance(found, float) else found[0]


def after_bolus(switch: dict[str, float] = OFF) -> np.ndarray:
    """Resorption relative to rest on days 3, 10, 30 and 90 after 600 000 IU at 54 nmol/L (21.7 ng/mL)."""
    who = {"habitual_skin_synthesis": skin_for(54.2), **switch}
    start = resting(parameters=who)
    dosed = start.copy()
    dosed[system().states["gut_vitamin_d"].offset] += BOLUS
    course = body(who).follow(dosed, Phase(91.0), [3.0, 10.0, 30.0, 90.0])
    (before,) = body(who).look(["ctx"], start)
    return np.array([body(who).look(["ctx"], s)[0] / before for s in course])


def radius_after_three_years(dose_ug: float, switch: dict[str, float] = OFF) -> float:
    who = {"habitual_skin_synthesis": skin_for(77.0), **switch}
    return after(["bmd_radius"], Phase(3 * YEAR, {"supplement_vitamin_d3": dose_ug}), parameters=who)["bmd_radius"]


def test_off_a_bolus_and_a_high_dose_lower_resorption_and_spare_bone():
    assert np.all(after_bolus() < 1.0)
    assert radius_after_three_years(240.0) > 1.0


def test_on_a_bolus_raises_resorption_by_half_and_it_is_over_in_three_months():
    course = after_bolus(ON)
    assert course[0] == pytest.approx(1.5, abs=0.05)
    assert course[2] > 1.1
    assert course[3] == pytest.approx(1.0, abs=0.1)


def test_on_ten_thousand_units_cost_the_radius_what_burt_measured():
    lost = 100 * (radius_after_three_years(240.0, ON) / radius_after_three_years(0.0, ON) - 1)
    assert lost == pytest.approx(-2.4, abs=0.3)
    less = 100 * (radius_after_three_years(90.0, ON) / radius_after_three_years(0.0, ON) - 1)
    assert lost < less < 0  # 4000 IU: -3.9 of -7.5 mg/cm3


@pytest.mark.parametrize("switch", [OFF, ON])
def test_calcitriol_does_not_raise_resorption_either_way(switch: dict[str, float]):
    """bone-E30: it leaves 25(OH)D alone, which is what separates the two sides."""
    assert after(["ctx"], Phase(7.0, {"oral_calcitriol": 2.0}), parameters=switch)["ctx"] < 1.0


def test_formation_does_not_follow_what_h1_resorbs():
    phase = Phase(YEAR, {"supplement_vitamin_d3": 250.0})
    off, on = after(["bone_formation", "ctx"], phase), after(["bone_formation", "ctx"], phase, parameters=ON)
    assert on["ctx"] > off["ctx"] * 1.1
    assert on["bone_formation"] <= off["bone_formation"] + 1e-9


def test_the_switch_is_off_and_rest_does_not_know_it():
    assert system().constants["high_25ohd_resorbs"].value == 0.0
    low, high = resting(), resting(parameters=ON)
    assert high == pytest.approx(low, rel=1e-9, abs=1e-12)
