"""Vessel tone: how far serum magnesium relaxes resistance vessels, blood pressure, and the slow stiffness of the aorta.

The concentration-effect curve is that of infused magnesium (mg-E63 Lu 2002), measured far above normal; near normal it is
used as a straight line through the person's own replete level, whose slope agrees with the meta-analysis it was not fitted
to (mg-E58). How strongly a person's pressure answers differs widely and includes nearly nothing, as the null trials ask.
Assumptions: pressure at the person's own replete magnesium is theirs; calcium, vitamin D and adrenaline do not move it
here; what a dilated forearm shows (mg-E66) is local. Angiotensin, aldosterone and dilation on demand are not modelled.
"""

from __future__ import annotations

from cofactor.model import adapts, given, maximum, minimum, observable, parameter, signal

# -- parameters ---------------------------------------------------------------------------------------------------------

systolic_at_rest = parameter(
    116, "mmHg", spread=0.02, varies=0.10, low=70, high=260,
    source="mean of normotensive adults, NHANES 2001-08, n 19921 (Wright 2011, PMID 21485611, abstract)",
    note="between people: an SD of 13-17 mmHg in men of 35-54 y (WHO MONICA survey tables 6.1.2), less what varies within",
)  # fmt: skip
diastolic_at_rest = parameter(
    69, "mmHg", spread=0.02, varies=0.11, low=35, high=160,
    source="mean of normotensive adults, NHANES 2001-08 (Wright 2011, PMID 21485611, abstract)",
    note="between people: an SD of 10 mmHg at 35-54 y (WHO MONICA survey tables 6.1.3), less what varies within",
)  # fmt: skip
systolic_emax = parameter(36.8, "mmHg", spread=0.2, calibrated="mg-E63 Lu 2002: largest fall")
diastolic_emax = parameter(27.8, "mmHg", spread=0.2, calibrated="mg-E63 Lu 2002: largest fall")
systolic_ec50 = parameter(0.75, "mmol/L", spread=0.3, calibrated="mg-E63 Lu 2002: above baseline")
diastolic_ec50 = parameter(0.88, "mmol/L", spread=0.3, calibrated="mg-E63 Lu 2002: above baseline")
systolic_effect_rate = parameter(0.76, "1/h", spread=0.3, calibrated="mg-E63 Lu 2002: keo")
diastolic_effect_rate = parameter(0.5, "1/h", spread=0.3, calibrated="mg-E63 Lu 2002: keo")
pressure_gain = parameter(
    0.6, "1", spread=0.5, varies=0.7, source="magnesium.md 2.7 (G_p): 0.6 normotensive, 1 hypertensive, log-normal SD 0.7",
    note="how much of the infusion's curve a person's pressure shows; mg-E61, mg-E62, mg-E64, mg-E64b: often little",
)  # fmt: skip
resistance_slope = parameter(
    0.33, "1", spread=0.5, source="magnesium.md 2.7, prior 0.1-0.5: the mechanistic form of the same effect; mg-E67",
    low=0.1, high=0.5,
)  # fmt: skip
pulse_wave_velocity_at_rest = parameter(
    8.4, "m/s", spread=0.05, varies=0.17, source="mg-E64b Schutten 2022: placebo arm before, 8.4 (SD 1.5) m/s"
)
stiffness_slope = parameter(
    5, "m*L/s/mmol", spread=1.0, source="magnesium.md 2.7, prior 0-25; mg-E64 against mg-E64b", low=0, high=25
)
stiffness_time = parameter(
    84, "d", spread=0.5, source="magnesium.md 2.7: onset later than 12 weeks", note="taken as a time constant"
)

systolic_load = given("mmHg", 0.0, doc="systolic pressure that hypertension adds")
diastolic_load = given("mmHg", 0.0, doc="diastolic pressure that hypertension adds")
pressure_gain_change = given(
    "1", 1.0, doc="how much more than usual pressure answers to magnesium: 1/0.6 in hypertension"
)


# -- what magnesium does ------------------------------------------------------------------------------------------------


def _following(serum, site, rate):
    """Magnesium at a site that follows serum at a rate."""
    return rate * (serum - site)


def _relaxation(excess, emax, ec50):
    """Fall of pressure at an excess of magnesium: saturating above the own level, straight below it."""
    return emax * maximum(excess, 0) / (ec50 + maximum(excess, 0)) + emax / ec50 * minimum(excess, 0)


@adapts("systolic_site_magnesium", unit="mmol/L/d", start="reference_serum_magnesium")
def systolic_site_magnesium_change(serum_magnesium, systolic_site_magnesium, systolic_effect_rate, hours_per_day):
    """Magnesium where it lowers systolic pressure, hours behind serum (Lu 2002)."""
    return hours_per_day * _following(serum_magnesium, systolic_site_magnesium, systolic_effect_rate)


@adapts("diastolic_site_magnesium", unit="mmol/L/d", start="reference_serum_magnesium")
def diastolic_site_magnesium_change(serum_magnesium, diastolic_site_magnesium, diastolic_effect_rate, hours_per_day):
    """Magnesium where it lowers diastolic pressure, hours behind serum (Lu 2002)."""
    return hours_per_day * _following(serum_magnesium, diastolic_site_magnesium, diastolic_effect_rate)


@adapts("aortic_magnesium", unit="mmol/L/d", start="reference_serum_magnesium")
def aortic_magnesium_change(serum_magnesium, aortic_magnesium, stiffness_time):
    """The serum magnesium of past months, which the aorta's wall answers to."""
    return (serum_magnesium - aortic_magnesium) / stiffness_time


@signal("mmHg")
def systolic_relaxation(
    systolic_site_magnesium, replete_serum_magnesium, systolic_emax, systolic_ec50, pressure_gain, pressure_gain_change
):  # fmt: skip
    """Systolic fall that magnesium above the person's own replete level brings."""
    excess = systolic_site_magnesium - replete_serum_magnesium
    return pressure_gain * pressure_gain_change * _relaxation(excess, systolic_emax, systolic_ec50)


@signal("mmHg")
def diastolic_relaxation(
    diastolic_site_magnesium, replete_serum_magnesium, diastolic_emax, diastolic_ec50, pressure_gain, pressure_gain_change
):  # fmt: skip
    """Diastolic fall, likewise."""
    excess = diastolic_site_magnesium - replete_serum_magnesium
    return pressure_gain * pressure_gain_change * _relaxation(excess, diastolic_emax, diastolic_ec50)


# -- observables --------------------------------------------------------------------------------------------------------


@observable("mmHg")
def systolic_bp(systolic_at_rest, systolic_load, systolic_relaxation):
    """Systolic blood pressure."""
    return systolic_at_rest + systolic_load - systolic_relaxation


@observable("mmHg")
def diastolic_bp(diastolic_at_rest, diastolic_load, diastolic_relaxation):
    """Diastolic blood pressure."""
    return diastolic_at_rest + diastolic_load - diastolic_relaxation


@observable("1")
def vascular_resistance(serum_magnesium, replete_serum_magnesium, resistance_slope):
    """Resistance of vessels relative to that at the person's own replete magnesium: vessel tone, for whoever reads it."""
    return 1 - resistance_slope * (serum_magnesium / replete_serum_magnesium - 1)


@observable("m/s")
def pulse_wave_velocity(pulse_wave_velocity_at_rest, aortic_magnesium, replete_serum_magnesium, stiffness_slope):
    """Speed of the pulse wave from carotid to femoral artery, which falls as the aorta softens over months."""
    return pulse_wave_velocity_at_rest - stiffness_slope * (aortic_magnesium - replete_serum_magnesium)
