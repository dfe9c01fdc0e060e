"""Glucose over weeks: how well insulin acts, and the fasting glucose and insulin that follow.

Insulin sensitivity follows free intracellular magnesium (mg-E68 Nadler 1993). Fasting levels are where the two halves of the
homeostasis model meet (Matthews 1985, PMID 3899825): glucose x insulin goes with 1 / sensitivity (HOMA-IR), and insulin
rises with glucose above 3.5 mmol/L in proportion to beta-cell function (HOMA-B). With both at 5.0 mmol/L and 8 mU/L in the
reference adult nothing is left to fit; at the quartiles of HOMA in NHANES III it gives the insulin measured there (tests).
Assumptions: sensitivity answers within the days that cell magnesium takes; beta cells do not compensate (a switch does:
`beta_cell_compensation`, 0 to 1, over 60 days, magnesium.md 2.8). Glucose within a day is `glucose_minutes`.
"""

from __future__ import annotations

from cofactor.model import adapts, given, observable, parameter, signal, sqrt

# -- parameters ---------------------------------------------------------------------------------------------------------

insulin_sensitivity_at_rest = parameter(
    1.0, "1", spread=0.05, varies=0.5, source="definition: the reference adult; spread NHANES III, see people/targets.toml",
    low=0.05, high=20,
)  # fmt: skip
magnesium_power_on_insulin = parameter(
    0.8, "1", spread=0.4, calibrated="mg-E68 Nadler 1993: 0.745 at 0.68 of free cell magnesium (theta 0.77); prior 0.3-2",
    low=0.3, high=2,
)  # fmt: skip
reference_fasting_glucose = parameter(5.0, "mmol/L", source="magnesium.md 2.8")
reference_fasting_insulin = parameter(8, "mU/L", source="magnesium.md 2.8")
glucose_without_secretion = parameter(
    3.5, "mmol/L", source="HOMA-B = 20 insulin / (glucose - 3.5), Matthews 1985, PMID 3899825"
)
homa_normalisation = parameter(
    22.5, "mmol*mU/L^2", source="HOMA-IR = glucose x insulin / 22.5, Matthews 1985, PMID 3899825"
)
beta_cell_function_at_rest = parameter(
    1.0, "1", spread=0.05, varies=0.3, low=0.1, high=10,
    source="definition; log-SD calibrated: quartiles of fasting insulin beside those of HOMA in NHANES III",
)  # fmt: skip
beta_cell_compensation = parameter(
    0,
    "1",
    low=0,
    high=1,
    source="magnesium.md 2.8 (delta), prior 0-1; off, as the only way magnesium could act on nadirs",
)
beta_cell_time = parameter(60, "d", spread=0.5, source="magnesium.md 2.8")

insulin_sensitivity_change = given("1", 1.0, doc="insulin sensitivity that a condition leaves (1: all of it)")
stomach_emptying_change = given("1", 1.0, doc="stomach emptying relative to usual: 2 in reactive hypoglycaemia")
insulin_secretion_change = given(
    "1", 1.0, doc="insulin release on a meal relative to usual: 2 in reactive hypoglycaemia"
)


# -- sensitivity and beta cells -----------------------------------------------------------------------------------------


@signal("1")
def magnesium_factor_insulin(free_cell_magnesium, magnesium_power_on_insulin):
    """Insulin action that magnesium inside cells allows, relative to normal."""
    return free_cell_magnesium**magnesium_power_on_insulin


@observable("1")
def insulin_sensitivity(insulin_sensitivity_at_rest, insulin_sensitivity_change, magnesium_factor_insulin):
    """Insulin sensitivity relative to the reference adult."""
    return insulin_sensitivity_at_rest * insulin_sensitivity_change * magnesium_factor_insulin


@adapts("beta_cell_gain", unit="1/d", start=1)
def beta_cell_gain_change(magnesium_factor_insulin, beta_cell_gain, beta_cell_compensation, beta_cell_time):
    """Beta cells' slow answer to the resistance that low magnesium brings; none unless the switch is on."""
    return (magnesium_factor_insulin ** (-beta_cell_compensation) - beta_cell_gain) / beta_cell_time


# -- fasting ------------------------------------------------------------------------------------------------------------


@observable("mmol/L")
def fasting_glucose(
    insulin_sensitivity, beta_cell_gain, beta_cell_function_at_rest, reference_fasting_glucose, glucose_without_secretion
):  # fmt: skip
    """Glucose after a night: the root of G (G - G0) = Gr (Gr - G0) / (sensitivity x beta-cell function)."""
    half = glucose_without_secretion / 2
    reference = reference_fasting_glucose * (reference_fasting_glucose - glucose_without_secretion)
    return half + sqrt(half * half + reference / (insulin_sensitivity * beta_cell_gain * beta_cell_function_at_rest))


@observable("mU/L")
def fasting_insulin(fasting_glucose, insulin_sensitivity, reference_fasting_glucose, reference_fasting_insulin):
    """Insulin after a night: glucose x insulin x sensitivity is the reference adult's."""
    return reference_fasting_insulin * reference_fasting_glucose / (insulin_sensitivity * fasting_glucose)


@observable("1")
def homa_ir(fasting_glucose, fasting_insulin, homa_normalisation):
    """Insulin resistance by the homeostasis model: fasting glucose x fasting insulin / 22.5."""
    return fasting_glucose * fasting_insulin / homa_normalisation


@observable("1")
def meal_insulin_release(beta_cell_gain, beta_cell_function_at_rest, insulin_secretion_change):
    """Insulin release on a rise of glucose, relative to usual (b of magnesium.md 2.8)."""
    return beta_cell_gain * beta_cell_function_at_rest * insulin_secretion_change


@observable("1")
def stomach_emptying_speed(stomach_emptying_change):
    """How fast the stomach empties, relative to usual."""
    return stomach_emptying_change
