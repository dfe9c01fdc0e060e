"""Vessel tone: the published curve, its slope beside the meta-analysis it was not fitted to, the lag, and who answers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.body.listeners import at_rest, body, follow

from cofactor.body import vessel_tone

PRESSURES = ("systolic_bp", "diastolic_bp")
GAIN_OF_ONE = {"pressure_gain": 1.0}
SUPPLEMENT = 368 / 24.305  # mmol/d, soluble: the mean dose of mg-E58
TAKEN = {"supplement_magnesium": SUPPLEMENT, "soluble_supplement_magnesium": SUPPLEMENT}


def supplemented(parameters=GAIN_OF_ONE, days=91.0, inputs=TAKEN, names=(*PRESSURES, "serum_magnesium")):
    system = body()
    start = at_rest(system, parameters)
    return follow(system, start, [(days, inputs, {})], [0.0, days], names, parameters).values


def test_the_curve_is_that_of_infused_magnesium():
    # mg-E63 Lu 2002: half of 36.8 mmHg at 0.75 mmol/L above baseline; straight with the same slope below it
    assert vessel_tone._relaxation(0.75, 36.8, 0.75) == pytest.approx(18.4)
    assert vessel_tone._relaxation(-0.1, 36.8, 0.75) == pytest.approx(-0.1 * 36.8 / 0.75)
    assert vessel_tone._relaxation(0.0, 36.8, 0.75) == 0


def test_the_slopes_near_normal():
    # magnesium.md 2.7: 49 and 32 mmHg per mmol/L, beside 2.0/0.05 = 40 and 1.78/0.05 = 36 of Zhang 2016 (mg-E58)
    tiny = 1e-6
    assert vessel_tone._relaxation(tiny, 36.8, 0.75) / tiny == pytest.approx(49, abs=0.5)
    assert vessel_tone._relaxation(tiny, 27.8, 0.88) / tiny == pytest.approx(32, abs=0.5)


def test_a_supplement_lowers_pressure_as_the_physiology_computes():
    # magnesium.md 2.7: about -0.95/-0.6 mmHg at gain 1 for +0.020 mmol/L
    values = supplemented()
    assert values["serum_magnesium"][1] - values["serum_magnesium"][0] == pytest.approx(0.020, abs=0.001)
    assert values["systolic_bp"][1] - values["systolic_bp"][0] == pytest.approx(-0.95, abs=0.03)
    assert values["diastolic_bp"][1] - values["diastolic_bp"][0] == pytest.approx(-0.6, abs=0.05)


def test_usual_gain_stays_below_two_mmhg():
    fall = np.diff(supplemented(parameters=None)["systolic_bp"])[0]
    assert fall == pytest.approx(0.6 * np.diff(supplemented()["systolic_bp"])[0], rel=1e-6)
    assert -2.0 < fall < 0


def test_no_gain_no_effect():
    values = supplemented(parameters={"pressure_gain": 0.0})
    assert values["systolic_bp"][1] == pytest.approx(values["systolic_bp"][0], abs=1e-9)


def test_a_low_magnesium_diet_raises_pressure_and_resistance():
    values = supplemented(days=21.0, inputs={"dietary_magnesium": 0.5}, names=(*PRESSURES, "vascular_resistance"))
    assert values["systolic_bp"][1] > values["systolic_bp"][0] + 2
    assert values["vascular_resistance"][0] == pytest.approx(1.0)
    assert values["vascular_resistance"][1] > 1.05


def test_pressure_lags_an_infusion_by_hours():
    system, parameters = body(), GAIN_OF_ONE
    start = at_rest(system, parameters)
    # mg-E63: 16.2 mmol in half an hour, then 4.06 mmol/h; the effect compartment follows at 0.76 and 0.5 per hour
    phases = [(0.5 / 24, {"magnesium_infusion": 16.2 * 48}, {}), (11.5 / 24, {"magnesium_infusion": 4.06 * 24}, {})]
    hours = np.array([0.5, 1, 3, 12])
    found = follow(system, start, phases, hours / 24, (*PRESSURES, "serum_magnesium"), parameters).values
    above = found["serum_magnesium"] - 0.85
    due = 36.8 * above / (0.75 + above)
    shown = 116 - found["systolic_bp"]
    assert shown[0] < 0.4 * due[0]
    assert shown[-1] == pytest.approx(due[-1], rel=0.03)
    assert 116 - found["systolic_bp"][-1] > 69 - found["diastolic_bp"][-1] > 10


def test_the_aorta_softens_only_over_months():
    early = supplemented(days=28.0, names=("pulse_wave_velocity",))["pulse_wave_velocity"]
    late = supplemented(days=365.0, names=("pulse_wave_velocity",))["pulse_wave_velocity"]
    assert early[0] - early[1] < 0.5 * (late[0] - late[1])
    assert 0 < late[0] - late[1] < 0.2  # Joris 2016 printed 1.0 m/s (mg-E64), Schutten 2022 none (mg-E64b)


def test_hypertension_adds_pressure_and_answers_more():
    # magnesium.md 2.7: gain 1 in hypertension, 0.6 else
    ill = {"systolic_load": 23.7, "diastolic_load": 19.0, "pressure_gain_change": 1 / 0.6}
    system = body()
    start = at_rest(system, None, ill)
    found = follow(system, start, [(91.0, ill | TAKEN, {})], [0.0, 91.0], PRESSURES).values
    assert found["systolic_bp"][0] == pytest.approx(139.7)
    assert np.diff(found["systolic_bp"])[0] == pytest.approx(np.diff(supplemented()["systolic_bp"])[0], rel=1e-6)


def test_the_reference_is_the_persons_own_replete_level():
    own = {"replete_serum_magnesium": 0.75}
    system = body()
    low = system.function(["systolic_relaxation"])
    args = (0.0, system.start, system.parameter_vector(own), system.input_vector())
    assert float(low(*args)[0]) > 0  # serum 0.85 is above this person's own 0.75
