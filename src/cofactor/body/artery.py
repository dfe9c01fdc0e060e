"""Arteries: how readily serum crystallises (T50), the calciprotein particles that carry the mineral, and coronary calcium.

T50 is the time in which a serum's primary calciprotein particles turn to crystal: calcium and phosphate shorten it,
magnesium, fetuin-A, albumin, bicarbonate and pyrophosphate lengthen it. The artery listens: it changes nothing in blood.
Magnesium has an arm against it too: tissue phosphatase needs it to destroy pyrophosphate (vitd-E82). How far T50 decides
growth in man (`t50_power_on_growth`, eta) nobody has measured; its prior reaches nought. Assumptions: the expected growth,
not the chance of a first lesion, is followed; the score takes no part in the search for rest, which ageing does not have.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cofactor.model import adapts, clip, derived, exp, given, log, maximum, observable, parameter, signal, switch

DAYS_A_YEAR = 365.25

# -- parameters: T50 --------------------------------------------------------------------------------------------------

t50_at_normal_serum = parameter(
    330, "min", spread=0.03, varies=0.12, source="vitamin_d.md 2.7; vitd-E64: 329 min", low=50, high=900,
    note="varies: what calcium, phosphate, magnesium and albumin leave of the SD of 58 min in vitd-E64",
)  # fmt: skip
phosphate_power_on_t50 = parameter(0.65, "1", spread=0.3, source="vitamin_d.md 2.7", note="shortens")
calcium_power_on_t50 = parameter(2.0, "1", spread=0.3, source="vitamin_d.md 2.7", note="shortens")
magnesium_on_t50 = parameter(1.2, "L/mmol", spread=0.3, calibrated="vitd-E67 (vitamin_d.md 2.7)", note="lengthens")
fetuin_power_on_t50 = parameter(0.8, "1", spread=0.3, source="vitamin_d.md 2.7", note="lengthens")
albumin_on_t50 = parameter(0.010, "L/g", spread=0.3, source="vitamin_d.md 2.7", note="lengthens")
bicarbonate_on_t50 = parameter(0.02, "L/mmol", spread=0.3, source="vitamin_d.md 2.7", note="lengthens")
pyrophosphate_power_on_t50 = parameter(0.3, "1", spread=0.3, source="vitamin_d.md 2.7", note="lengthens")
normal_magnesium_of_t50 = parameter(0.83, "mmol/L", source="vitamin_d.md 2.7", note="that of the cohorts T50 is from")
normal_albumin = parameter(42, "g/L", source="vitamin_d.md 2.7")
normal_albumin_amount = parameter(
    650000,
    "nmol/L",
    source="vitamin_d.md 2.3: 650 umol/L",
    note="42 g/L of T50 and 650 umol/L of binding are one normal",
)
fetuin_ratio = parameter(
    1, "1", low=0.2, high=2, source="vitamin_d.md 2.7: normal", note="0.87 in CKD 3-4, 0.75 on haemodialysis"
)

# -- parameters: pyrophosphate ----------------------------------------------------------------------------------------

pyrophosphate_supply = parameter(1, "1", source="vitamin_d.md 2.7: normal", low=0.05, high=10)
phosphatase_half_magnesium = parameter(1.1, "mmol/L", spread=0.3, source="vitd-E82, rat aorta", species="rat")
magnesium_destroys_pyrophosphate = switch(
    True, prior=0.5, source="vitamin_d.md 2.7: keep the arm; vitd-E82 for, vitd-E96 against; nobody has weighed them",
    doc="tissue phosphatase destroys more pyrophosphate the more magnesium there is",
)  # fmt: skip

# -- parameters: particles --------------------------------------------------------------------------------------------

primary_particle_clearance = parameter(50, "1/d", spread=0.7, source="vitamin_d.md 2.7 (k_1)")
secondary_particle_clearance = parameter(10, "1/d", spread=0.7, source="vitamin_d.md 2.7 (k_2)")
minutes_a_day = parameter(1440, "min/d", source="definition")

# -- parameters: coronary calcium -------------------------------------------------------------------------------------

t50_power_on_growth = parameter(
    1.0, "1", spread=0.8, prior="normal", low=0, source="vitamin_d.md 2.7: prior normal 1.0 +- 0.8, none below 0",
    note="eta: nobody has measured it in man",
)  # fmt: skip
magnesium_on_growth = parameter(
    0.3, "L/mmol", spread=0.7, source="vitamin_d.md 2.7", note="slows growth otherwise than through T50"
)
drive_on_growth = parameter(0.3, "1", spread=0.7, source="vitamin_d.md 2.7", note="vitamin D receptor, above normal")
artery_calcium_ceiling = parameter(
    20000, "Agatston", source="assumed: far above any score read; a coronary tree has room for no more",
    note="without it the score of a few intoxicated people grew without end",
)  # fmt: skip
ceiling_steepness = parameter(8, "1", source="numerical: the ceiling is not felt at scores that were read")
relative_growth = parameter(
    0.17 / DAYS_A_YEAR,
    "1/d",
    spread=0.3,
    varies=0.5,
    source="vitamin_d.md 2.7 (g0), 2.8; vitd-E73: median 18.3 % a year",
)
first_lesion = parameter(10, "Agatston", spread=0.5, source="vitamin_d.md 2.7")
incidence_when_young = parameter(
    0.05 / DAYS_A_YEAR, "1/d", spread=0.2, source="vitamin_d.md 2.7: 5 % a year below 50 y"
)
incidence_when_old = parameter(0.12 / DAYS_A_YEAR, "1/d", spread=0.2, source="vitamin_d.md 2.7: 12 % a year above 80 y")
young_vessel_age = parameter(50, "y", source="vitamin_d.md 2.7")
old_vessel_age = parameter(80, "y", source="vitamin_d.md 2.7")
precipitation_product = parameter(4.4, "mmol^2/L^2", spread=0.05, source="vitamin_d.md 2.7", note="calcium x phosphate")
precipitation_growth = parameter(
    200 / DAYS_A_YEAR,
    "Agatston*L^2/mmol^2/d",
    spread=0.7,
    source="vitamin_d.md 2.7 (kappa_x), weak by a factor 2 to 10",
)
artery_risk = parameter(
    1, "1", low=0.5, high=5, source="vitamin_d.md 2.7: nobody's risk", note="diabetes 1.5, smoking 1.2, multiplied"
)
vessel_age = parameter(40, "y", source="design.md 2, reference adult", low=0, high=110)
artery_calcium_before = parameter(
    0, "Agatston", source="a score of 0 is usual at 40 y", low=0, high=10000, note="the score a plan begins with"
)
calcification_pace = parameter(
    1, "1", source="man", low=0.1, high=300, note="rats and mice 100 to 200 (vitamin_d.md 2.7, animal mode)"
)
settling_time = parameter(
    1, "d", source="none needed: a device of the search for rest", note="without effect in a plan"
)

artery_ageing = given("1", 0.0, doc="1 from the start of a plan on: arteries calcify; 0 where rest is sought")


# -- T50 --------------------------------------------------------------------------------------------------------------


def _phosphatase(magnesium: Any, half: Any) -> Any:
    return magnesium / (half + magnesium)


@signal("1")
def pyrophosphate_ratio(
    serum_magnesium, pyrophosphate_supply, phosphatase_half_magnesium, normal_magnesium_of_t50,
    magnesium_destroys_pyrophosphate,
):  # fmt: skip
    """Pyrophosphate relative to normal: what is made over the phosphatase that destroys it, which needs magnesium."""
    activity = _phosphatase(serum_magnesium, phosphatase_half_magnesium) / _phosphatase(
        normal_magnesium_of_t50, phosphatase_half_magnesium
    )
    return pyrophosphate_supply / (1 + magnesium_destroys_pyrophosphate * (activity - 1))


@signal("g/L")
def albumin_mass(albumin, normal_albumin, normal_albumin_amount):
    """Albumin in the unit of the laboratory."""
    return normal_albumin * albumin / normal_albumin_amount


@observable("min")
def calciprotein_t50(
    phosphate_ratio, ionised_calcium, serum_magnesium, fetuin_ratio, albumin_mass, plasma_bicarbonate,
    pyrophosphate_ratio, reference_ionised_calcium, normal_magnesium_of_t50, normal_albumin, normal_bicarbonate,
    t50_at_normal_serum, phosphate_power_on_t50, calcium_power_on_t50, magnesium_on_t50, fetuin_power_on_t50,
    albumin_on_t50, bicarbonate_on_t50, pyrophosphate_power_on_t50,
):  # fmt: skip
    """Time in which half of a serum's primary calciprotein particles turn to crystal (T50)."""
    mineral = phosphate_power_on_t50 * log(phosphate_ratio) + calcium_power_on_t50 * log(
        ionised_calcium / reference_ionised_calcium
    )
    proteins = fetuin_power_on_t50 * log(fetuin_ratio) + albumin_on_t50 * (albumin_mass - normal_albumin)
    ions = magnesium_on_t50 * (serum_magnesium - normal_magnesium_of_t50) + bicarbonate_on_t50 * (
        plasma_bicarbonate - normal_bicarbonate
    )
    inhibitors = proteins + ions + pyrophosphate_power_on_t50 * log(pyrophosphate_ratio)
    return t50_at_normal_serum * exp(inhibitors - mineral)


# -- calciprotein particles -------------------------------------------------------------------------------------------


@signal("1/d")
def particle_ripening(calciprotein_t50, minutes_a_day):
    """Share of primary particles that turn to crystal a day: ln 2 over T50."""
    return log(2.0) * minutes_a_day / calciprotein_t50


@derived("1/d", calibrated="T50 at normal serum")
def normal_particle_ripening(t50_at_normal_serum, minutes_a_day):
    """The same at normal T50."""
    return float(np.log(2.0)) * minutes_a_day / t50_at_normal_serum


@observable("1")
def primary_calciprotein(
    calcium_ratio, phosphate_ratio, particle_ripening, normal_particle_ripening, primary_particle_clearance
):
    """Primary calciprotein particles relative to normal: made from calcium x phosphate, cleared or ripened in half an hour."""
    lost = (primary_particle_clearance + particle_ripening) / (primary_particle_clearance + normal_particle_ripening)
    return calcium_ratio * phosphate_ratio / lost


@observable("1")
def secondary_calciprotein(primary_calciprotein, particle_ripening, secondary_particle_clearance):
    """Crystalline particles, in the unit of the primary ones: what ripens over what is cleared."""
    return primary_calciprotein * particle_ripening / secondary_particle_clearance


# -- coronary calcium -------------------------------------------------------------------------------------------------


@observable("1")
def calcification_drive(
    calciprotein_t50, serum_magnesium, vdr_drive, t50_at_normal_serum, normal_magnesium_of_t50, t50_power_on_growth,
    magnesium_on_growth, drive_on_growth, artery_risk,
):  # fmt: skip
    """Growth of lesions relative to that at normal serum (Psi of vitamin_d.md)."""
    crystal = (t50_at_normal_serum / calciprotein_t50) ** t50_power_on_growth
    magnesium = exp(magnesium_on_growth * (normal_magnesium_of_t50 - serum_magnesium))
    return crystal * magnesium * (1 + drive_on_growth * log(maximum(vdr_drive, 1))) * artery_risk


@signal("1/d")
def lesion_incidence(vessel_age, incidence_when_young, incidence_when_old, young_vessel_age, old_vessel_age):
    """Chance a day of a first lesion: rises with age between two ages."""
    share = clip((vessel_age - young_vessel_age) / (old_vessel_age - young_vessel_age), 0, 1)
    return incidence_when_young + (incidence_when_old - incidence_when_young) * share


@signal("Agatston/d")
def calcium_phosphate_precipitation(serum_calcium, serum_phosphate, precipitation_product, precipitation_growth):
    """What precipitates in arteries where calcium x phosphate passes what serum can hold."""
    return precipitation_growth * maximum(serum_calcium * serum_phosphate - precipitation_product, 0)


@observable("Agatston/d")
def artery_calcium_growth(
    artery_calcium_score, calcification_drive, lesion_incidence, first_lesion, relative_growth,
    calcium_phosphate_precipitation, calcification_pace, artery_calcium_ceiling,
    ceiling_steepness,
):  # fmt: skip
    """Expected growth of the coronary score: first lesions, growth of what is there, and precipitation, while there is room."""
    grown = lesion_incidence * first_lesion + relative_growth * artery_calcium_score * calcification_drive
    room = maximum(1 - (artery_calcium_score / artery_calcium_ceiling) ** ceiling_steepness, 0)
    return calcification_pace * (grown + calcium_phosphate_precipitation) * room


@adapts("artery_calcium_score", unit="Agatston/d", start="artery_calcium_before")
def artery_calcium_change(
    artery_calcium_score, artery_calcium_growth, artery_ageing, artery_calcium_before, settling_time
):
    """The score grows while a plan runs; where rest is sought it is the one the person begins with."""
    settling = (artery_calcium_before - artery_calcium_score) / settling_time
    return artery_ageing * artery_calcium_growth + (1 - artery_ageing) * settling


@observable("Agatston")
def artery_calcium(artery_calcium_score):
    """Coronary calcium score, as a scan without error would show it."""
    return artery_calcium_score


# -- what a scan shows ------------------------------------------------------------------------------------------------

RESCAN_LOG_SD = 0.35
"""vitamin_d.md 2.7: log-SD of a rescan after a year: the scan's error, and growth that differs for no known reason."""


def rescanned(score: np.ndarray, years: float, standard: np.ndarray) -> np.ndarray:
    """Scores as a rescan after `years` shows them; `standard` holds one standard normal number a score.

    The variance of the logarithm grows with time (a walk): 0.35 after a year, 0.49 after two.
    """
    return score * np.exp(RESCAN_LOG_SD * np.sqrt(years) * standard)
