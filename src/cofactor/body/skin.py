"""Skin: sunlight and lamps turn provitamin into previtamin D, which becomes D3 over days and leaves for the blood.

The day's dose on the skin follows the season of the person's place (calendar, daylight); photo-equilibrium bounds what one
day makes. Assumptions: a day's light acts at the day's mean rate; sun and lamp each have their own equilibrium on a day
that has both; previtamin lost to lumisterol and tachysterol is within the bound. A person without a place has no dose
here, and habitual_skin_synthesis (vitamin_d) is their sun.
"""

from __future__ import annotations

from cofactor.body.vitamin_d import plasma_vitamin_d3, skin_vitamin_d
from cofactor.model import exp, flux, given, observable, parameter, pool, signal

# -- parameters: skin ---------------------------------------------------------------------------------------------------

whole_body_synthesis = parameter(
    600, "ug/d", spread=0.3, source="vitamin_d.md 2.1 (A): previtamin is at most 10-20 % of provitamin (vitd-E37)"
)
saturating_dose = parameter(
    750, "J/m2/d", spread=0.25, calibrated="vitd-E27 Bogh 2012 with whole_body_synthesis: 160 ug per SED of high sun",
    note="vitamin_d.md 2.1 (H0): 7.5 SDD a day",
)  # fmt: skip
skin_ageing = parameter(0.013, "1/y", spread=0.3, source="vitd-E33 Chalcraft 2020: -13 % a decade (2.1)")
skin_age = parameter(40, "y", source="design.md 2, reference adult", low=18, high=110)
young_skin_age = parameter(20, "y", source="vitamin_d.md 2.1 (g_age is 1 at 20 y)")
minimal_erythema_dose = parameter(
    250, "J/m2", source="vitamin_d.md 2.1: skin types I-VI 200, 250, 325, 450, 600, 1000", low=100, high=2000
)
erythema_dose_of_type_2 = parameter(250, "J/m2", source="vitamin_d.md 2.1: sensitivity is 1 in type II")
pigment_power = parameter(
    0.75, "1", spread=0.4, source="vitamin_d.md 2.1 (gamma), prior 0.3-1.0; vitd-E27 about 0, vitd-E95 2-3 fold",
    low=0.1, high=1.2,
)  # fmt: skip
release_from_skin = parameter(
    0.7, "1/d", spread=0.2, source="vitamin_d.md 2.1 (k_r); vitd-E37: isomerised within 2-3 d"
)
skin_d3_nmol_per_ug = parameter(2.6, "nmol/ug", source="molar mass of D3 384.6 g/mol, as vitamin_d_nmol_per_ug")

# -- parameters: behaviour ----------------------------------------------------------------------------------------------

sun_habit = parameter(
    1.0, "1", spread=0.35, source="vitamin_d.md 2.8: minutes and area outdoors are weakly known, x2-x10", low=0.0, high=10,
    note="factor on the exposed skin; 25(OH)D of a person with a place is met by it",
)  # fmt: skip
upright_share = parameter(
    0.45, "1", spread=0.2, source="vitamin_d.md 2.1 (kappa): upright and walking, prior 0.3-0.6", low=0.1, high=1.0,
    note="dose on skin over dose on level ground; 0.75 sunbathing and turning, 1 in a cabinet",
)  # fmt: skip
sunscreen_transmission = parameter(
    1.0, "1", source="vitamin_d.md 2.1: none; with it 1 / (1 + 0.3 (SPF - 1))", low=0.0, high=1
)
exposed_fraction_mean = parameter(
    0.135, "1", source="vitamin_d.md 2.1: 0.07 in winter, 0.20 in summer", low=0.0, high=1
)
exposed_fraction_cosine = parameter(0.0, "1", source="vitamin_d.md 2.1, by daylight_series for the person's place")
exposed_fraction_sine = parameter(0.0, "1", source="vitamin_d.md 2.1, by daylight_series for the person's place")

# -- parameters: the year of sun at the person's place (roots of the dose; daylight_series) --------------------------------

_PLACE = "0 without a place; by daylight_series from pvlib and vitamin_d.md 2.1"
one_sdd_a_day = parameter(100, "J/m2/d", source="definition: the standard vitamin D dose, 100 J/m2 (CIE 209)")
one_sed_a_day = parameter(1, "SED/d", source="definition: the standard erythema dose, 100 J/m2 (ISO/CIE 17166)")
sun_vitamin_d_mean = parameter(0, "1", source=_PLACE)
sun_vitamin_d_cosine_1 = parameter(0, "1", source=_PLACE)
sun_vitamin_d_sine_1 = parameter(0, "1", source=_PLACE)
sun_vitamin_d_cosine_2 = parameter(0, "1", source=_PLACE)
sun_vitamin_d_sine_2 = parameter(0, "1", source=_PLACE)
sun_vitamin_d_cosine_3 = parameter(0, "1", source=_PLACE)
sun_vitamin_d_sine_3 = parameter(0, "1", source=_PLACE)
sun_vitamin_d_cosine_4 = parameter(0, "1", source=_PLACE)
sun_vitamin_d_sine_4 = parameter(0, "1", source=_PLACE)
sun_erythemal_mean = parameter(0, "1", source=_PLACE)
sun_erythemal_cosine_1 = parameter(0, "1", source=_PLACE)
sun_erythemal_sine_1 = parameter(0, "1", source=_PLACE)
sun_erythemal_cosine_2 = parameter(0, "1", source=_PLACE)
sun_erythemal_sine_2 = parameter(0, "1", source=_PLACE)
sun_erythemal_cosine_3 = parameter(0, "1", source=_PLACE)
sun_erythemal_sine_3 = parameter(0, "1", source=_PLACE)
sun_erythemal_cosine_4 = parameter(0, "1", source=_PLACE)
sun_erythemal_sine_4 = parameter(0, "1", source=_PLACE)

# -- parameters and inputs: lamps -----------------------------------------------------------------------------------------

lamp_vitamin_d_ratio = parameter(
    2.0, "1", spread=0.4, source="vitamin_d.md 2.1: high sun; with it 160 ug per SED reproduces vitd-E27 Bogh 2012",
    note="weighted for vitamin D over weighted for erythema; the spectra of the lamps were not read",
)  # fmt: skip
lamp_dose = given("J/m2/d", 0.0, doc="erythemally weighted light of a lamp session, over the day it falls on")
lamp_body_fraction = given("1", 0.0, doc="share of the skin that a lamp session lights")

# -- places -------------------------------------------------------------------------------------------------------------

skin_d3 = pool("nmol", of="vitamin_d", start=0, doc="previtamin and D3 in the skin, on its way to the blood")


# -- the dose of a day --------------------------------------------------------------------------------------------------


@signal("J/m2/d")
def sun_vitamin_d_dose(
    year_cosine, year_sine, half_year_cosine, half_year_sine, third_year_cosine, third_year_sine, quarter_year_cosine,
    quarter_year_sine, sun_vitamin_d_mean, sun_vitamin_d_cosine_1, sun_vitamin_d_sine_1, sun_vitamin_d_cosine_2,
    sun_vitamin_d_sine_2, sun_vitamin_d_cosine_3, sun_vitamin_d_sine_3, sun_vitamin_d_cosine_4, sun_vitamin_d_sine_4,
    one_sdd_a_day,
):  # fmt: skip
    """Light weighted for vitamin D on level ground in the minutes outdoors: the square of a short Fourier sum."""
    year = sun_vitamin_d_cosine_1 * year_cosine + sun_vitamin_d_sine_1 * year_sine
    half = sun_vitamin_d_cosine_2 * half_year_cosine + sun_vitamin_d_sine_2 * half_year_sine
    third = sun_vitamin_d_cosine_3 * third_year_cosine + sun_vitamin_d_sine_3 * third_year_sine
    quarter = sun_vitamin_d_cosine_4 * quarter_year_cosine + sun_vitamin_d_sine_4 * quarter_year_sine
    root = sun_vitamin_d_mean + year + half + third + quarter
    return one_sdd_a_day * root * root


@observable("SED/d")
def sun_erythemal_dose(
    year_cosine, year_sine, half_year_cosine, half_year_sine, third_year_cosine, third_year_sine, quarter_year_cosine,
    quarter_year_sine, sun_erythemal_mean, sun_erythemal_cosine_1, sun_erythemal_sine_1, sun_erythemal_cosine_2,
    sun_erythemal_sine_2, sun_erythemal_cosine_3, sun_erythemal_sine_3, sun_erythemal_cosine_4, sun_erythemal_sine_4,
    one_sed_a_day, upright_share, sunscreen_transmission,
):  # fmt: skip
    """Erythemally weighted light a day on skin that is exposed to the sun."""
    year = sun_erythemal_cosine_1 * year_cosine + sun_erythemal_sine_1 * year_sine
    half = sun_erythemal_cosine_2 * half_year_cosine + sun_erythemal_sine_2 * half_year_sine
    third = sun_erythemal_cosine_3 * third_year_cosine + sun_erythemal_sine_3 * third_year_sine
    quarter = sun_erythemal_cosine_4 * quarter_year_cosine + sun_erythemal_sine_4 * quarter_year_sine
    root = sun_erythemal_mean + year + half + third + quarter
    return one_sed_a_day * root * root * upright_share * sunscreen_transmission


@signal("1")
def exposed_fraction(
    year_cosine, year_sine, exposed_fraction_mean, exposed_fraction_cosine, exposed_fraction_sine, sun_habit
):
    """Share of the skin that the sun reaches."""
    return sun_habit * (
        exposed_fraction_mean + exposed_fraction_cosine * year_cosine + exposed_fraction_sine * year_sine
    )


# -- synthesis and release ------------------------------------------------------------------------------------------------


@signal("1")
def youth_of_skin(skin_age, young_skin_age, skin_ageing):
    """Provitamin in the skin relative to 20 years of age."""
    return exp(-skin_ageing * (skin_age - young_skin_age))


@signal("1")
def sensitivity_of_skin(minimal_erythema_dose, erythema_dose_of_type_2, pigment_power):
    """Light that reaches the provitamin relative to skin type II: pigment shields it."""
    return (erythema_dose_of_type_2 / minimal_erythema_dose) ** pigment_power


@signal("ug/d")
def synthesis_by_sun(
    sun_vitamin_d_dose, upright_share, sunscreen_transmission, exposed_fraction, youth_of_skin, sensitivity_of_skin,
    whole_body_synthesis, saturating_dose,
):  # fmt: skip
    """D3 that the sun makes, bounded by photo-equilibrium."""
    dose = sun_vitamin_d_dose * upright_share * sunscreen_transmission
    risen = 1 - exp(-sensitivity_of_skin * dose / saturating_dose)
    return whole_body_synthesis * exposed_fraction * youth_of_skin * risen


@signal("ug/d")
def synthesis_by_lamp(
    lamp_dose, lamp_body_fraction, lamp_vitamin_d_ratio, youth_of_skin, sensitivity_of_skin, whole_body_synthesis,
    saturating_dose,
):  # fmt: skip
    """D3 that a lamp session makes, bounded by photo-equilibrium."""
    risen = 1 - exp(-sensitivity_of_skin * lamp_vitamin_d_ratio * lamp_dose / saturating_dose)
    return whole_body_synthesis * lamp_body_fraction * youth_of_skin * risen


@flux(leaves=skin_vitamin_d, enters=skin_d3, unit="nmol/d")
def photosynthesis_of_d3(synthesis_by_sun, synthesis_by_lamp, skin_d3_nmol_per_ug):
    """D3 made in skin by sun and lamps."""
    return skin_d3_nmol_per_ug * (synthesis_by_sun + synthesis_by_lamp)


@flux(leaves=skin_d3, enters=plasma_vitamin_d3, unit="nmol/d")
def release_of_d3(skin_d3, release_from_skin):
    """D3 that leaves the skin for the blood."""
    return release_from_skin * skin_d3


@observable("ug/d")
def skin_d3_synthesis(synthesis_by_sun, synthesis_by_lamp, skin_synthesis, skin_d3_nmol_per_ug):
    """Vitamin D made in skin, by sun, lamps or habit."""
    return synthesis_by_sun + synthesis_by_lamp + skin_synthesis / skin_d3_nmol_per_ug
