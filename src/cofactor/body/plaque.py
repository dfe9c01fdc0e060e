"""Plaques: the epidermis of twenty skin sites, the light that falls on them, and the PASI that a physician would score.

Inflammation speeds the turnover of stem cells, transit-amplifying cells, differentiating cells and scale, and widens the
stem cells' niche; thick, fast skin raises the alarm that feeds the inflammation (psoriasis.md 2a, 2e, 2f). UVB kills what is
in excess, directly; its vitamin D comes by blood. Assumptions: layers are relative to healthy skin (1); a dose of light acts
over the day it falls on; all plaques get the person's light; PASI is scored without regions.
"""

from __future__ import annotations

from cofactor.body.immunity import SKIN_SITES
from cofactor.model import (
    adapts,
    clip,
    given,
    maximum,
    mean,
    minimum,
    observable,
    parameter,
    signal,
    sqrt,
    switch,
    total,
)

# -- parameters: epidermis ------------------------------------------------------------------------------------------------

fastest_turnover = parameter(
    4,
    "1",
    spread=0.2,
    low=3,
    high=8,
    source="Felix Garza 2017 ratio 4-5; skin-E61 Weinstein 1985 (psoriasis.md 2h, Gp)",
)
niche_growth = parameter(
    2 / 3, "1", spread=0.15, low=0.4, high=0.9, source="Shmarov 2022: cells x3.3 in plaques (psoriasis.md 2h, nu)"
)
stem_growth = parameter(0.10, "1/d", spread=0.4, low=0.05, high=0.3, calibrated="psoriasis.md 2h (rS): fit")
amplifying_time = parameter(
    13, "d", spread=0.25, source="psoriasis.md 2h (tauA): 39 d turnover in all, Bergstresser & Taylor 1977 recalled"
)
differentiating_time = parameter(12, "d", spread=0.25, source="psoriasis.md 2h (tauD): as amplifying_time")
scale_time = parameter(14, "d", spread=0.25, source="psoriasis.md 2h (tauC): as amplifying_time")
drive_of_half_turnover = parameter(1.5, "1", spread=0.5, low=0.5, high=4, source="psoriasis.md 2h (Ky): assumed")
il17_weight = parameter(0.5, "1", spread=0.2, source="psoriasis.md 2h (w17): assumed from drug ranking")
synergy_weight = parameter(0.4, "1", spread=0.2, source="psoriasis.md 2h (wS): assumed from drug ranking")
tnf_weight = parameter(0.1, "1", spread=0.2, source="psoriasis.md 2h (wN): assumed from drug ranking")
vitamin_d_on_turnover = parameter(
    0.42, "1", spread=0.25, low=0.2, high=0.6, calibrated="skin-E40 and skin-E30 (psoriasis.md 2h, eP)"
)
redness_time = parameter(
    3.2, "d", spread=0.24, calibrated="skin-E01 and skin-E48-E51 (psoriasis.md 2h, tauE), prior x/1.6"
)
synergy_floor = parameter(1e-9, "1", source="numerical: the square root of nought has no slope")

# -- parameters: light ----------------------------------------------------------------------------------------------------

uv_sensitivity = parameter(
    0.15,
    "cm2/J",
    spread=0.2,
    varies=0.48,
    low=0.01,
    high=1,
    calibrated="skin-E01 Newcastle (psoriasis.md 2h, chi and sChi)",
)
sun_as_nb_uvb = parameter(
    0.16,
    "J/cm2/SED",
    spread=0.7,
    source="skin-E16 Krzyscin 2012: 144 SED ambient = 20 TL-01 sessions (psoriasis.md 2e), grade C",
)
sun_on_plaques = parameter(
    0.21, "1", spread=0.5, varies=1.0, low=0.001, high=5,
    source="psoriasis.md 2e: umax 0.03 J/cm2/d, 0.2 SED/d on usually clothed plaques; 0.9 on skin in the sun (55 N, July)",
    note="plaques' dose over that of skin in the sun; sunbathers 5 times as much",
)  # fmt: skip
salt_bath_helps_uvb = switch(
    False,
    prior=0.5,
    source="psoriasis.md 2k: skin-E83 for, other trials against",
    doc="a salt bath makes UVB work better",
)
salt_bath_gain = parameter(0.3, "1", spread=0.5, low=0, high=0.3, source="psoriasis.md 2k: chi x 1.0-1.3")

# -- parameters: score ----------------------------------------------------------------------------------------------------

lesional_area = parameter(
    0.20,
    "1",
    varies=0.7,
    low=0.02,
    high=0.9,
    source="psoriasis.md 2f (BSAmax)",
    note="share of skin if all sites are lesional",
)
worst_severity = parameter(
    6.6, "1", low=1, high=12, source="psoriasis.md 2f, 2h (smax of 12): assumed; SD 1.5 between patients"
)
severity_of_half_area = parameter(0.10, "1", spread=0.5, source="psoriasis.md 2h (thA): assumed")
least_plaque = parameter(0.4, "1", source="definition: a site of severity below 0.4 holds no plaque, at 0.6 a full one")
plaque_margin = parameter(0.2, "1", source="definition: from no plaque at severity 0.4 to a full one at 0.6")
worst_grade = parameter(1.2, "1", source="psoriasis.md 2f: grades end at 1.2 of a full plaque")
area_score_factor = parameter(6, "1", source="psoriasis.md 2f")
area_score_power = parameter(0.6, "1", source="psoriasis.md 2f: reproduces the area score of PASI, 0-6")
largest_pasi = parameter(72, "points", source="definition of PASI")
pasi_point = parameter(1, "points", source="definition of PASI")
smallest_share = parameter(1e-9, "1", source="numerical: healthy skin has no mean plaque")
grades = parameter(3, "1", source="PASI: erythema, induration, scale")

# -- inputs ---------------------------------------------------------------------------------------------------------------

nb_uvb_dose = given("J/cm2/d", 0.0, doc="narrow-band UVB of a session, over the day it falls on")
sun_erythemal_dose = given("SED/d", 0.0, doc="erythemal light a day on skin in the sun")
salt_bath = given("1", 0.0, doc="1 on days of a salt bath before the light, else 0")


# -- light ----------------------------------------------------------------------------------------------------------------


@signal("J/cm2/d")
def uvb(nb_uvb_dose, sun_erythemal_dose, sun_on_plaques, sun_as_nb_uvb):
    """UVB on plaques, counted as narrow-band UVB (u of psoriasis.md 2e)."""
    return nb_uvb_dose + sun_as_nb_uvb * sun_on_plaques * sun_erythemal_dose


@signal("J/cm2/d")
def uvb_on_plaque(uvb):
    """UVB that acts on the plaque itself: the edge from light to psoriasis that is not vitamin D."""
    return uvb


@signal("1/d")
def uv_kill_rate(uvb_on_plaque, uv_sensitivity, salt_bath_helps_uvb, salt_bath_gain, salt_bath):
    """Rate at which UVB kills cells in excess (h of psoriasis.md 2a)."""
    return uv_sensitivity * (1 + salt_bath_helps_uvb * salt_bath_gain * salt_bath) * uvb_on_plaque


# -- epidermis ------------------------------------------------------------------------------------------------------------


@signal("1")
def inflammatory_drive(il17_signal, tnf_signal, il17_weight, synergy_weight, tnf_weight, synergy_floor):
    """Drive on keratinocytes: IL-17, TNF and their synergy (y of psoriasis.md 2a)."""
    both = sqrt(maximum(il17_signal * tnf_signal, synergy_floor * synergy_floor)) - synergy_floor
    return il17_weight * il17_signal + synergy_weight * both + tnf_weight * tnf_signal


@signal("1")
def extra_turnover(inflammatory_drive, vdr_action, fastest_turnover, drive_of_half_turnover, vitamin_d_on_turnover):
    """Turnover above that of healthy skin, as a multiple of it (g of psoriasis.md 2a)."""
    risen = inflammatory_drive * (1 + drive_of_half_turnover) / (inflammatory_drive + drive_of_half_turnover)
    return (fastest_turnover - 1) * risen * (1 - vitamin_d_on_turnover * vdr_action)


@signal("1")
def full_thickening(niche_growth, fastest_turnover):
    """Thickening of a full plaque."""
    return niche_growth * (fastest_turnover - 1)


@adapts("stem_cells", unit="1/d", start=1, each=SKIN_SITES)
def stem_change(stem_cells, extra_turnover, uv_kill_rate, stem_growth, niche_growth):
    """Stem cells, which fill their niche (s of psoriasis.md 2a)."""
    crowding = stem_cells / (1 + niche_growth * extra_turnover)
    born = stem_growth * (1 + extra_turnover) * stem_cells * (1 - crowding)
    return born - uv_kill_rate * maximum(stem_cells - 1, 0)


@adapts("amplifying_cells", unit="1/d", start=1, each=SKIN_SITES)
def amplifying_change(amplifying_cells, stem_cells, extra_turnover, uv_kill_rate, amplifying_time):
    """Transit-amplifying cells (a of psoriasis.md 2a)."""
    passed = (1 + extra_turnover) * (stem_cells - amplifying_cells) / amplifying_time
    return passed - uv_kill_rate * maximum(amplifying_cells - 1, 0)


@adapts("differentiating_cells", unit="1/d", start=1, each=SKIN_SITES)
def differentiating_change(differentiating_cells, amplifying_cells, extra_turnover, differentiating_time):
    """Differentiating cells (d of psoriasis.md 2a)."""
    return (1 + extra_turnover) * (amplifying_cells - differentiating_cells) / differentiating_time


@adapts("scale", unit="1/d", start=1, each=SKIN_SITES)
def scale_change(scale, differentiating_cells, extra_turnover, scale_time):
    """Corneocytes, the scale (c of psoriasis.md 2a)."""
    return (1 + extra_turnover) * (differentiating_cells - scale) / scale_time


@signal("1")
def keratinocyte_alarm(extra_turnover, amplifying_cells, fastest_turnover, full_thickening):
    """Alarm of fast and thick epidermis (kappa of psoriasis.md 2b): LL37 with DNA, IL-36, CCL20."""
    fast = extra_turnover / (fastest_turnover - 1)
    thick = maximum(amplifying_cells - 1, 0) / full_thickening
    return (fast + thick) / 2


@adapts("redness", unit="1/d", start=0, each=SKIN_SITES)
def redness_change(redness, dendritic_cells, th17_cells, redness_time):
    """Erythema, which follows the inflammation (e of psoriasis.md 2b)."""
    return ((dendritic_cells + th17_cells) / 2 - redness) / redness_time


# -- score ----------------------------------------------------------------------------------------------------------------


@signal("1")
def site_severity(redness, amplifying_cells, differentiating_cells, scale, full_thickening, worst_grade, grades):
    """Mean of redness, thickness and scale at a site: 1 in a full plaque (sg of psoriasis.md 2f)."""
    thickness = clip((amplifying_cells + differentiating_cells - 2) / (2 * full_thickening), 0, worst_grade)
    scaling = clip((scale - 1) / full_thickening, 0, worst_grade)
    return (clip(redness, 0, worst_grade) + thickness + scaling) / grades


@signal("1")
def site_area(site_severity, severity_of_half_area):
    """Share of a site that is lesional."""
    return site_severity * (1 + severity_of_half_area) / (site_severity + severity_of_half_area)


@observable("1")
def cell_production(extra_turnover, amplifying_cells):
    """Keratinocytes made a day relative to healthy skin, mean of the sites (G a of psoriasis.md 2a): 12 in a plaque."""
    return mean((1 + extra_turnover) * amplifying_cells)


@observable("1")
def sites_with_plaque(site_severity, least_plaque, plaque_margin):
    """Share of the sites that hold a plaque: onset is a first one; passing inflammation below it is none."""
    return mean(clip((site_severity - least_plaque) / plaque_margin, 0, 1))


@observable("1")
def lesional_skin(site_area, lesional_area):
    """Share of the skin that is lesional."""
    return lesional_area * mean(site_area)


@observable("points")
def pasi(
    lesional_skin, site_area, site_severity, worst_severity, area_score_factor, area_score_power, largest_pasi, pasi_point,
    smallest_share,
):  # fmt: skip
    """Psoriasis Area and Severity Index, 0-72, before rater and placebo (psoriasis.md 2f)."""
    severity = total(site_area * site_severity) / maximum(total(site_area), smallest_share)
    area = area_score_factor * maximum(lesional_skin, smallest_share * smallest_share) ** area_score_power
    return minimum(area * worst_severity * severity * pasi_point, largest_pasi)
