"""Stress: ACTH and cortisol, sympathetic tone, heart rate variability, the DASS-42 stress score and low mood.

Magnesium lowers ACTH a little and turns cortisol into cortisone (mg-E80, mg-E81); it eases symptoms of people who are short
of it by a share that nobody has measured against placebo; vitamin B6 adds points in severe stress only (mg-E77). What people
report in a trial beyond their symptoms is `trial_response`.
Assumptions: symptoms ease by what magnesium inside cells gains over the person's own habit; heart rate variability falls
as sympathetic tone rises and low mood follows symptoms, both one to one. Those two are assumed: no trial row measures them.
"""

from __future__ import annotations

from cofactor.model import adapts, clip, given, log, observable, parameter, signal

# -- parameters ---------------------------------------------------------------------------------------------------------

acth_turnover = parameter(72, "1/d", spread=0.3, source="magnesium.md 2.9")
cortisol_turnover = parameter(15, "1/d", spread=0.3, source="magnesium.md 2.9")
cortisol_feedback = parameter(
    2, "1", spread=0.3, source="magnesium.md 2.9: ACTH release goes with 3 / (1 + 2 cortisol)"
)
cortisol_power_of_acth = parameter(0.6, "1", spread=0.2, source="magnesium.md 2.9")
magnesium_power_on_acth = parameter(
    1, "1", spread=0.7, source="magnesium.md 2.9 (b_P), half-normal 1; mg-E81 Murck 1998: ACTH down, cortisol unchanged",
    low=0, high=3,
)  # fmt: skip
cortisol_inactivation = parameter(
    0.15, "1", spread=0.5, source="magnesium.md 2.9 (h_Mg), 0-0.3: free cortisol in urine less, secretion not (mg-E80)",
    low=0, high=0.3,
)  # fmt: skip
adrenaline_on_tone = parameter(
    0.15, "1", spread=0.5, source="magnesium.md 2.9: 0.3 / 2 per resting level of adrenaline"
)
symptoms_on_tone = parameter(0.2, "1", spread=0.5, source="magnesium.md 2.9")
magnesium_on_tone = parameter(0.3, "1", spread=0.7, source="magnesium.md 2.9, prior 0-1", low=0, high=1)
tone_power_on_variability = parameter(
    1,
    "1",
    spread=0.7,
    source="assumed: mg-E96 to E100 find it better on magnesium, none says by how much of a fall in tone",
    low=0,
    high=2,
)
symptoms_power_on_mood = parameter(
    1, "1", spread=0.7, source="assumed: low mood moves as stress does; mg-E79 was open, against no treatment",
    low=0, high=2,
)  # fmt: skip

stress_score_at_rest = parameter(
    10.11, "points", varies=0.70, source="recalled: DASS manual (Lovibond 1995), norms of 2914 adults, 10.11 (SD 7.91)",
    low=0.1, high=42,
)  # fmt: skip
symptom_time = parameter(14, "d", spread=0.3, source="magnesium.md 2.9")
magnesium_relief = parameter(
    0.08, "1", spread=0.8, low=0, high=0.18,
    source="magnesium.md 2.9 (e_Mg), 0-0.18 if serum is below 0.85 mmol/L; mg-E77 cannot tell it from placebo response",
)  # fmt: skip
relief_gain = parameter(
    0.0192, "1", spread=0.5, source="gain of cell magnesium on 300 mg/d: (1 + 0.0172/0.85)^0.95 - 1, magnesium.md 2.4",
    note="the relief is stated for 300 mg a day; a larger gain relieves no more", low=0.001,
)  # fmt: skip
relief_margin = parameter(
    0.01,
    "1",
    source="numerical: the step at 0.85 mmol/L is made a slope over a hundredth of the level",
    low=0.001,
    high=0.2,
)
habit_time = parameter(
    3650,
    "d",
    spread=0.5,
    source="assumed: people get used to a new level over ten years, so a trial sees the whole gain",
)
vitamin_b6_relief = parameter(
    3.2,
    "points",
    spread=0.43,
    calibrated="mg-E77 Pouteau 2018: 3.16 (0.50-5.82) points in severe stress; SE 1.36",
    low=0,
)
severe_stress = parameter(25, "points", source="mg-E77 Pouteau 2018: the subgroup of DASS-42 stress 25 and more")
score_step = parameter(1, "points", source="DASS-42 scores are whole numbers: from 24 to 25 the effect sets in")

stress_drive = given("1", 1.0, doc="drive on the hypothalamus relative to usual: above 1 under acute stress")
added_stress = given("points", 0.0, doc="points of the stress score that life adds")


# -- hypothalamus, pituitary, adrenal ------------------------------------------------------------------------------------


@adapts("acth", unit="1/d", start=1)
def acth_change(
    acth, cortisol_level, stress_drive, free_cell_magnesium, magnesium_power_on_acth, cortisol_feedback, acth_turnover
):  # fmt: skip
    """ACTH relative to normal: driven by stress, held back by cortisol and by magnesium."""
    held = (1 + cortisol_feedback) / (1 + cortisol_feedback * cortisol_level)
    return acth_turnover * (stress_drive * free_cell_magnesium ** (-magnesium_power_on_acth) * held - acth)


@adapts("cortisol_level", unit="1/d", start=1)
def cortisol_change(acth, cortisol_level, cortisol_power_of_acth, cortisol_turnover):
    """Cortisol relative to normal, which follows ACTH."""
    return cortisol_turnover * (acth**cortisol_power_of_acth - cortisol_level)


@observable("1", to_baseline=True)
def cortisol(cortisol_level):
    """Cortisol in plasma."""
    return cortisol_level


@observable("1", to_baseline=True)
def urinary_free_cortisol(cortisol_level, cortisol_inactivation, magnesium_gain_share):
    """Free cortisol in urine: less where magnesium lets the kidney turn more of it into cortisone."""
    return cortisol_level * (1 - cortisol_inactivation * magnesium_gain_share)


# -- symptoms -----------------------------------------------------------------------------------------------------------


@adapts("habitual_cell_magnesium", unit="1/d", start=1)
def habit_change(free_cell_magnesium, habitual_cell_magnesium, habit_time):
    """The level of free cell magnesium a person is used to."""
    return (free_cell_magnesium - habitual_cell_magnesium) / habit_time


@observable("1")
def magnesium_gain_share(free_cell_magnesium, habitual_cell_magnesium, relief_gain):
    """Gain of cell magnesium over habit, as a share of what 300 mg a day brings; at most all of it, at least none."""
    return clip((free_cell_magnesium - habitual_cell_magnesium) / relief_gain, 0, 1)


@signal("1")
def short_of_magnesium(habitual_cell_magnesium, relief_margin):
    """1 in people whose habitual level is below normal, else 0."""
    return clip((1 - habitual_cell_magnesium) / relief_margin, 0, 1)


@signal("points")
def vitamin_b6_relief_due(stress_score_at_rest, severe_stress, score_step, vitamin_b6_relief, vitamin_b6_dose_share):
    """Points that vitamin B6 takes away, in severe stress only."""
    severe = clip((stress_score_at_rest - severe_stress) / score_step + 1, 0, 1)
    return severe * vitamin_b6_relief * vitamin_b6_dose_share


@adapts("stress_symptoms", unit="points/d", start="stress_score_at_rest")
def stress_symptoms_change(
    stress_symptoms, stress_score_at_rest, added_stress, magnesium_relief, magnesium_gain_share, short_of_magnesium,
    vitamin_b6_relief_due, symptom_time,
):  # fmt: skip
    """Symptoms follow within weeks what life, magnesium and B6 make of them."""
    eased = 1 - magnesium_relief * magnesium_gain_share * short_of_magnesium
    return (stress_score_at_rest * eased + added_stress - vitamin_b6_relief_due - stress_symptoms) / symptom_time


@observable("points")
def stress_score(stress_symptoms):
    """The DASS-42 stress score that symptoms alone would give."""
    return stress_symptoms


@observable("1", to_baseline=True)
def low_mood(stress_symptoms, stress_score_at_rest, symptoms_power_on_mood):
    """Low mood relative to the person's own."""
    return (stress_symptoms / stress_score_at_rest) ** symptoms_power_on_mood


# -- autonomic nerves ---------------------------------------------------------------------------------------------------


@signal("1")
def sympathetic_tone(
    plasma_adrenaline, resting_adrenaline, stress_symptoms, stress_score_at_rest, free_cell_magnesium, adrenaline_on_tone,
    symptoms_on_tone, magnesium_on_tone,
):  # fmt: skip
    """Sympathetic tone: raised by adrenaline and symptoms, lowered by magnesium."""
    adrenaline = adrenaline_on_tone * (plasma_adrenaline / resting_adrenaline - 1)
    symptoms = symptoms_on_tone * (stress_symptoms / stress_score_at_rest - 1)
    return 1 + adrenaline + symptoms - magnesium_on_tone * log(free_cell_magnesium)


@observable("1", to_baseline=True)
def heart_rate_variability(sympathetic_tone, tone_power_on_variability):
    """Heart rate variability relative to normal."""
    return sympathetic_tone ** (-tone_power_on_variability)
