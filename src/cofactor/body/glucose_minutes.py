"""Glucose over minutes: a drink of glucose, a meal or insulin, the insulin that answers, and adrenaline when glucose falls.

A Bergman minimal model with a stomach and a gut before it, insulin release by level, slope and delayed rise, and adrenaline
against hypoglycaemia (magnesium.md 2.8). A run with a challenge adds this organ in the place of `adrenaline`: it starts
from the person's fasting glucose and insulin of that day, rests there, and its adrenaline pulls magnesium into cells.
Assumptions: one plasma glucose space; the liver takes its share of absorbed glucose at once; insulin and adrenaline are
levels, not stocks; nothing of a challenge is excreted. Thresholds (mg-E74) are those of healthy people.
"""

from __future__ import annotations

from cofactor.model import (
    adapts,
    clip,
    flux,
    given,
    logistic,
    maximum,
    minimum,
    observable,
    parameter,
    pool,
    signal,
    world,
)

# -- parameters ---------------------------------------------------------------------------------------------------------

minutes_per_day = parameter(1440, "min/d", source="definition")
milliunits_per_unit = parameter(1000, "mU/U", source="definition")

stomach_emptying = parameter(
    0.018, "1/min", spread=0.2, varies=0.3, calibrated="75-g tolerance tests (magnesium.md 2.8)"
)
meal_emptying = parameter(
    0.01195, "1/min", spread=0.25, varies=0.3, source="half of a solid meal in 58 (SD 17) min: Brophy 1986, PMID 3731973",
)  # fmt: skip
glucose_absorption = parameter(0.045, "1/min", spread=0.2, calibrated="75-g tolerance tests (magnesium.md 2.8)")
glucose_past_liver = parameter(0.80, "1", spread=0.1, source="magnesium.md 2.8", low=0.5, high=1)
glucose_space = parameter(0.20, "L/kg", spread=0.15, varies=0.1, source="magnesium.md 2.8")
glucose_effectiveness = parameter(0.016, "1/min", spread=0.2, varies=0.2, source="magnesium.md 2.8: Bergman S_G")
insulin_action_rate = parameter(0.035, "1/min", spread=0.2, source="magnesium.md 2.8: Bergman p2")
insulin_sensitivity_index = parameter(
    6.0e-4, "L/mU/min", spread=0.25, source="magnesium.md 2.8: Bergman S_I of the reference adult; mg-E68 prints 3.7e-4"
)
insulin_clearance = parameter(0.16, "1/min", spread=0.2, varies=0.15, source="magnesium.md 2.8")
insulin_space = parameter(0.17142857142857143, "L/kg", spread=0.2, source="magnesium.md 2.8: 12 L at 70 kg")
secretion_stops_at = parameter(3.0, "mmol/L", spread=0.05, source="magnesium.md 2.8")
secretion_full_above = parameter(1.5, "mmol/L", spread=0.2, source="magnesium.md 2.8: full from 4.5 mmol/L")
secretion_margin = parameter(
    0.05,
    "mmol/L",
    source="numerical: who fasts below 4.55 mmol/L rests this far above where basal release begins to fall",
)
early_insulin_release = parameter(30, "mU/mmol", spread=0.3, varies=0.3, calibrated="75-g tests (magnesium.md 2.8)")
late_insulin_release = parameter(2.0, "mU/mmol/min", spread=0.3, varies=0.3, calibrated="75-g tests (magnesium.md 2.8)")
late_release_rate = parameter(0.05, "1/min", spread=0.2, source="magnesium.md 2.8")
adrenaline_block_of_insulin = parameter(0.8, "nmol/L", spread=0.3, source="magnesium.md 2.8: half of release left")
adrenaline_clearance = parameter(0.10, "1/min", spread=0.3, source="magnesium.md 2.8")
adrenaline_surge = parameter(
    1.6,
    "nmol/L",
    spread=0.3,
    varies=0.3,
    source="magnesium.md 2.8: rise in deep hypoglycaemia; mg-E75 prints 1.2, recalled",
)
adrenaline_half_glucose = parameter(
    3.0, "mmol/L", spread=0.03, varies=0.05, calibrated="mg-E74 Mitrakou 1991: 68 mg/dL"
)
adrenaline_glucose_width = parameter(0.24, "mmol/L", spread=0.2, calibrated="mg-E74 Mitrakou 1991")
liver_glucose_on_adrenaline = parameter(0.03, "mmol/nmol/min", spread=0.3, source="magnesium.md 2.8")
liver_release_stops_at = parameter(8.0, "mmol/L", source="magnesium.md 2.8: only below 8")
liver_release_fade = parameter(
    1.0, "mmol/L", source="numerical: the step at 8 mmol/L is made a slope, so that an infusion cannot flutter about it"
)
autonomic_threshold = parameter(3.2, "mmol/L", spread=0.04, calibrated="mg-E74 Mitrakou 1991: 58 (SE 2) mg/dL")
neuroglycopenic_threshold = parameter(2.8, "mmol/L", spread=0.06, calibrated="mg-E74 Mitrakou 1991: 51 (SE 3) mg/dL")

glucose_corner = parameter(0.001, "mmol/L", source="numerical: what is zero below fasting begins with a rounded corner")
slope_corner = parameter(0.02, "mmol/L/d", source="numerical: likewise, 0.00001 mmol/L a minute")
alarm_corner = parameter(1e-6, "1", source="numerical: likewise, of the share of the largest release")

# -- places and inputs --------------------------------------------------------------------------------------------------

stomach_glucose = pool("mmol", of="glucose", start=0, doc="glucose drunk, still in the stomach")
stomach_meal_glucose = pool("mmol", of="glucose", start=0, doc="carbohydrate of a mixed meal, still in the stomach")
gut_glucose = pool("mmol", of="glucose", start=0, doc="glucose in the gut")
plasma_glucose_store = pool("mmol", of="glucose", start="glucose_store_at_rest", doc="glucose in its plasma space")
liver_glucose = world("mmol", of="glucose", doc="glucose that the liver stores and makes")
burned_glucose = world("mmol", of="glucose", doc="glucose taken up by tissues")

glucose_store_at_rest = parameter(70, "mmol", source="5.0 mmol/L in 14 L: where the search for rest begins")
insulin_infusion = given("U/d", 0.0, doc="insulin given into a vein")


def _above_zero(x, corner):
    """max(x, 0) with a rounded corner, nought and flat at nought: a person at rest sits on it."""
    positive = maximum(x, 0)
    return positive * positive / (positive + corner)


# -- the way in ---------------------------------------------------------------------------------------------------------


@flux(leaves=stomach_glucose, enters=gut_glucose, unit="mmol/d")
def glucose_emptied(stomach_glucose, stomach_emptying, stomach_emptying_speed, minutes_per_day):
    """Glucose of a drink that leaves the stomach."""
    return minutes_per_day * stomach_emptying * stomach_emptying_speed * stomach_glucose


@flux(leaves=stomach_meal_glucose, enters=gut_glucose, unit="mmol/d")
def meal_glucose_emptied(stomach_meal_glucose, meal_emptying, stomach_emptying_speed, minutes_per_day):
    """Carbohydrate of a mixed meal that leaves the stomach, slower than a drink."""
    return minutes_per_day * meal_emptying * stomach_emptying_speed * stomach_meal_glucose


@signal("mmol/d")
def glucose_leaving_gut(gut_glucose, glucose_absorption, minutes_per_day):
    """Glucose the gut gives to portal blood."""
    return minutes_per_day * glucose_absorption * gut_glucose


@flux(leaves=gut_glucose, enters=plasma_glucose_store, unit="mmol/d")
def glucose_appearance(glucose_leaving_gut, glucose_past_liver):
    """Absorbed glucose that passes the liver into the circulation."""
    return glucose_past_liver * glucose_leaving_gut


@flux(leaves=gut_glucose, enters=liver_glucose, unit="mmol/d")
def glucose_kept_by_liver(glucose_leaving_gut, glucose_past_liver):
    """Absorbed glucose that the liver takes on its first pass."""
    return (1 - glucose_past_liver) * glucose_leaving_gut


# -- plasma glucose -----------------------------------------------------------------------------------------------------


@signal("L")
def glucose_volume(glucose_space, body_weight):
    """The space in which plasma glucose mixes."""
    return glucose_space * body_weight


@observable("mmol/L")
def plasma_glucose(plasma_glucose_store, glucose_volume):
    """Glucose in plasma."""
    return plasma_glucose_store / glucose_volume


@signal("nmol/L")
def adrenaline_above_rest(plasma_adrenaline, resting_adrenaline):
    """Adrenaline above its resting level."""
    return maximum(plasma_adrenaline - resting_adrenaline, 0)


@flux(leaves=plasma_glucose_store, enters=burned_glucose, unit="mmol/d")
def glucose_uptake(plasma_glucose_store, glucose_effectiveness, insulin_action, minutes_per_day):
    """Glucose taken up by tissues: by its own level, and by insulin."""
    return (minutes_per_day * glucose_effectiveness + insulin_action) * plasma_glucose_store


@flux(leaves=liver_glucose, enters=plasma_glucose_store, unit="mmol/d")
def glucose_production(fasting_glucose, glucose_volume, glucose_effectiveness, minutes_per_day):
    """Glucose the liver makes: what holds the fasting level."""
    return minutes_per_day * glucose_effectiveness * fasting_glucose * glucose_volume


@flux(leaves=liver_glucose, enters=plasma_glucose_store, unit="mmol/d")
def glucose_counter_release(
    adrenaline_above_rest, plasma_glucose, glucose_volume, liver_glucose_on_adrenaline, liver_release_stops_at,
    liver_release_fade, minutes_per_day,
):  # fmt: skip
    """Glucose that adrenaline makes the liver release, unless glucose is high."""
    wanted = clip((liver_release_stops_at - plasma_glucose) / liver_release_fade, 0, 1)
    return minutes_per_day * liver_glucose_on_adrenaline * adrenaline_above_rest * wanted * glucose_volume


@signal("mmol/L/d")
def plasma_glucose_slope(
    glucose_appearance, glucose_uptake, glucose_production, glucose_counter_release, glucose_volume
):  # fmt: skip
    """How fast plasma glucose rises."""
    return (glucose_appearance + glucose_production + glucose_counter_release - glucose_uptake) / glucose_volume


# -- insulin ------------------------------------------------------------------------------------------------------------


@adapts("remote_insulin", unit="mU/L/d", start="insulin_at_rest")
def remote_insulin_change(remote_insulin, insulin_level, insulin_action_rate, minutes_per_day):
    """Insulin where it acts on tissues, with a delay behind plasma (Bergman's remote compartment)."""
    return minutes_per_day * insulin_action_rate * (insulin_level - remote_insulin)


@signal("1/d")
def insulin_action(
    remote_insulin, fasting_insulin, insulin_sensitivity, insulin_sensitivity_index, minutes_per_day
):  # fmt: skip
    """Insulin's effect on glucose uptake: none at the fasting level, whose effect is in glucose effectiveness."""
    return minutes_per_day * insulin_sensitivity_index * insulin_sensitivity * (remote_insulin - fasting_insulin)


@signal("mmol/L")
def glucose_above_fasting(plasma_glucose, fasting_glucose, glucose_corner):
    """Plasma glucose above the fasting level."""
    return _above_zero(plasma_glucose - fasting_glucose, glucose_corner)


@adapts("late_insulin_secretion", unit="mU/L/d^2", start=0)
def late_insulin_secretion_change(
    late_insulin_secretion, glucose_above_fasting, meal_insulin_release, late_insulin_release, late_release_rate,
    minutes_per_day,
):  # fmt: skip
    """The second phase of insulin release, which builds up while glucose is high."""
    due = minutes_per_day * late_insulin_release * meal_insulin_release * glucose_above_fasting
    return minutes_per_day * late_release_rate * (due - late_insulin_secretion)


@signal("mU/L/d")
def insulin_secretion(
    plasma_glucose, plasma_glucose_slope, late_insulin_secretion, fasting_glucose, fasting_insulin, meal_insulin_release,
    insulin_clearance, secretion_stops_at, secretion_full_above, secretion_margin, early_insulin_release,
    slope_corner, adrenaline_above_rest, adrenaline_block_of_insulin, minutes_per_day,
):  # fmt: skip
    """Insulin release: basal while glucose is not low, on its rise, and late; adrenaline blocks all of it."""
    # whoever fasts below 4.5 mmol/L releases their basal insulin there too
    full = minimum(secretion_full_above, fasting_glucose - secretion_stops_at - secretion_margin)
    share = clip((plasma_glucose - secretion_stops_at) / full, 0, 1)
    basal = minutes_per_day * insulin_clearance * fasting_insulin * share
    early = early_insulin_release * meal_insulin_release * _above_zero(plasma_glucose_slope, slope_corner)
    return (basal + early + late_insulin_secretion) / (1 + adrenaline_above_rest / adrenaline_block_of_insulin)


@adapts("insulin_level", unit="mU/L/d", start="insulin_at_rest")
def insulin_level_change(
    insulin_level, insulin_secretion, insulin_infusion, insulin_space, body_weight, insulin_clearance, minutes_per_day,
    milliunits_per_unit,
):  # fmt: skip
    """Insulin in plasma: released, given, cleared."""
    given_now = milliunits_per_unit * insulin_infusion / (insulin_space * body_weight)
    return insulin_secretion + given_now - minutes_per_day * insulin_clearance * insulin_level


insulin_at_rest = parameter(8, "mU/L", source="magnesium.md 2.8: where the search for rest begins")


@observable("mU/L")
def plasma_insulin(insulin_level):
    """Insulin in plasma."""
    return insulin_level


# -- adrenaline ---------------------------------------------------------------------------------------------------------


def _alarm(glucose, half, width):
    """Share of the largest release that a glucose level calls for."""
    return logistic((half - glucose) / width)


@adapts("adrenaline_released", unit="nmol/L/d", start=0)
def adrenaline_released_change(
    adrenaline_released, plasma_glucose, fasting_glucose, adrenaline_surge, adrenaline_half_glucose,
    adrenaline_glucose_width, alarm_corner, adrenaline_clearance, minutes_per_day,
):  # fmt: skip
    """Adrenaline that low glucose adds to plasma: release above that at the fasting level, and clearance."""
    alarm = _alarm(plasma_glucose, adrenaline_half_glucose, adrenaline_glucose_width)
    usual = _alarm(fasting_glucose, adrenaline_half_glucose, adrenaline_glucose_width)
    called = adrenaline_surge * _above_zero(alarm - usual, alarm_corner)
    return minutes_per_day * adrenaline_clearance * (called - adrenaline_released)


@observable("nmol/L")
def plasma_adrenaline(plasma_adrenaline_level, adrenaline_released):
    """Plasma adrenaline: the level imposed, and what low glucose releases."""
    return plasma_adrenaline_level + adrenaline_released


# -- symptoms -----------------------------------------------------------------------------------------------------------


@observable("mmol/L")
def autonomic_hypoglycaemia(plasma_glucose, autonomic_threshold):
    """How far glucose lies below the threshold of anxiety, tremor and palpitation."""
    return maximum(autonomic_threshold - plasma_glucose, 0)


@observable("mmol/L")
def neuroglycopenic_hypoglycaemia(plasma_glucose, neuroglycopenic_threshold):
    """How far glucose lies below the threshold of weakness, blurred vision and slow thought."""
    return maximum(neuroglycopenic_threshold - plasma_glucose, 0)
