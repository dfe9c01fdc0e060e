"""Immunity of the skin: what triggers it, what vitamin D does to it, and its loop at each of twenty skin sites.

Dendritic cells (IL-23) feed Th17 cells, whose IL-17 and TNF inflame keratinocytes (plaque), whose alarm feeds dendritic
cells: a loop with two resting states, healthy and plaque, and a threshold of its own at each site (psoriasis.md 2b-2d).
Assumptions: trigger and regulatory cells are the person's, all else is a site's; 25(OH)D acts where it is activated, in skin
and immune cells, with magnesium's help and without feedback; the noise of life is a number a day, drawn outside the body.
The other organs of `psoriatic_skin()` feed nothing back into the core. Seam with the core: there 25(OH)D raises calcitriol too
(83 to 104 pmol/L from 30 to 74 nmol/L), so the two half-effect levels are those that keep the effect of skin-E22's contrast.
"""

from __future__ import annotations

from cofactor.model import (
    adapts,
    clip,
    exp,
    given,
    maximum,
    mean,
    minimum,
    observable,
    parameter,
    replicate,
    signal,
    sqrt,
    switch,
    where,
)

SKIN_SITES = replicate(20)
"""A patient is an ensemble of skin sites with thresholds of their own (psoriasis.md 2, design choice i)."""
NOISE_DAYS = {"trigger_noise": 20.0, "stress_noise": 21.0}
"""Inputs drawn for each day: standard Ornstein-Uhlenbeck courses (SD 1) and their correlation times (psoriasis.md 2c)."""

# -- parameters: thresholds -----------------------------------------------------------------------------------------------

typical_threshold = parameter(
    0.62, "1", spread=0.05, calibrated="psoriasis.md 2h (Kmed): fit, skin-E01 with the relapse medians"
)
threshold_spread_between_people = parameter(
    0.30, "1", spread=0.2, low=0, high=1, calibrated="psoriasis.md 2h (sB), prior with sW 0.5-0.75 in all: fit"
)
threshold_spread_between_sites = parameter(
    0.40, "1", spread=0.2, low=0, high=1, calibrated="psoriasis.md 2h (sW): fit, skin-E01 with the relapse medians"
)
threshold_of_person = parameter(0, "1", low=-5, high=5, source="a standard normal number a person; 0 is the median")
threshold_of_site = parameter(
    0, "1", low=-5, high=5, each=SKIN_SITES, source="a standard normal number a site; 0 is the median"
)
smallest_threshold = parameter(0.15, "1", source="psoriasis.md 2h (Kmin)")
largest_threshold = parameter(1.8, "1", source="psoriasis.md 2h (Kmax)")
threshold_factor = parameter(
    1, "1", low=0.2, high=10, source="psoriasis.md 2c: 1 in people who have psoriasis; others are fitted to incidence",
    note="5.8 gives skin-E91's 1.4 a year in 1000, 4.8 about 10 in carriers of HLA-C*06:02 (skin-E92); 2.5 and 1.5 of the "
    "file would give 230 and 680",
)  # fmt: skip

# -- parameters: triggers -------------------------------------------------------------------------------------------------

trigger_noise_spread = parameter(
    0.115, "1", spread=0.15, low=0.05, high=0.2, calibrated="psoriasis.md 2h (sX): relapse medians, within-person CV",
    note="of all triggers together, that of stress included",
)  # fmt: skip
stress_effect = parameter(
    0.08, "1", spread=0.35, low=0, high=0.11, calibrated="skin-E75: r 0.28 of stress and PASI (psoriasis.md 2h, aZ, 0.03-0.10)",
    note="per SD of stress; sympathetic nerves and neuropeptides are in it",
)  # fmt: skip
hpa_blunting = parameter(
    1,
    "1",
    low=0,
    high=1,
    source="psoriasis.md 2c (beta): a trait; skin-E76, lower cortisol at peak stress; 1: no cortisol brake",
)
cortisol_brake = parameter(
    0.3, "1", spread=0.5, low=0, high=1, source="psoriasis.md 2c: X_Z = aZ Z (1 - 0.3 (1 - beta))"
)
acute_infection_effect = parameter(
    5,
    "1",
    spread=1.1,
    low=0,
    high=30,
    source="psoriasis.md 2h (aB), prior x/3: skin-E62 flares only 4 d after a sore throat",
)
focus_effect = parameter(
    0.6,
    "1",
    spread=1.1,
    low=0,
    high=4,
    calibrated="skin-E64 tonsillectomy: 86 % improved (psoriasis.md 2h, aF), prior x/3",
)
injury_effect = parameter(0.3, "1", spread=0.5, source="psoriasis.md 2c (Koebner): +0.3 for 7 d at one site")
injured_site = parameter(0, "1", low=0, high=1, each=SKIN_SITES, source="1 at the site that is injured, else 0")
photo_aggravation = parameter(0.15, "1", spread=0.5, source="psoriasis.md 2c: 0.15 min(1, u / 0.1)")
photo_aggravation_dose = parameter(0.1, "J/cm2/d", source="psoriasis.md 2c")
photosensitive = parameter(
    0, "1", low=0, high=1, source="skin-E60 Ros 1992: 5.5 % of patients are (1), the others not (0)"
)

# -- parameters: vitamin D ------------------------------------------------------------------------------------------------

activated_25ohd_at_half = parameter(
    1500, "nmol/L", spread=0.4, low=700, high=3000,
    calibrated="skin-E22 Jenssen 2023 in the coupled body: 74 against 30 nmol/L takes 0.2 of PASI 3.1 (psoriasis.md 2j)",
    note="seam: 600 in psoriasis.md, prior 400-3000, where calcitriol stays at 110 pmol/L; here it rises with 25(OH)D",
)  # fmt: skip
calcitriol_at_half = parameter(
    600, "pmol/L", spread=0.25, low=400, high=800, calibrated="skin-E22 Jenssen 2023, as activated_25ohd_at_half",
    note="seam: 300 in psoriasis.md, prior 150-800, from skin-E30 (open) taken as 250 pmol/L; 2 ug/d gives 140 here",
)  # fmt: skip
usual_25ohd = parameter(50, "nmol/L", source="psoriasis.md 2d: occupancy counts from 50 nmol/L and 110 pmol/L")
usual_calcitriol = parameter(110, "pmol/L", source="psoriasis.md 2d")
skin_activation = parameter(
    1, "1", low=0.5, high=1, source="psoriasis.md 2d: 0.7 if wanted, CYP27B1 mRNA is low in lesions",
    note="activation of 25(OH)D in plaques relative to elsewhere",
)  # fmt: skip
vitamin_d_on_il23 = parameter(
    0.38, "1", spread=0.25, low=0, high=0.9, calibrated="skin-E40 and skin-E30 (psoriasis.md 2h, e23)"
)
vitamin_d_on_il17 = parameter(
    0.38, "1", spread=0.25, low=0, high=0.9, calibrated="skin-E40 and skin-E30 (psoriasis.md 2h, e17)"
)
vitamin_d_on_treg = parameter(
    0.6, "1", spread=0.7, low=0, high=3, source="skin-E46 (direction only; psoriasis.md 2h, rhoD)"
)
vitamin_d_on_peptide = parameter(
    1.0, "1", spread=0.5, low=0, high=2, source="skin-E44 (direction only; psoriasis.md 2c, etaD 0-2)"
)
responder_subtype = switch(
    False, prior=0.05, source="psoriasis.md 2j, grade H: no trial shows it, none excludes it; skin-E23 post hoc only",
    doc="some people's cells respond to far less 25(OH)D",
)  # fmt: skip
responder_share = parameter(0.10, "1", spread=0.5, low=0.01, high=0.5, source="psoriasis.md 2j: say 5-15 % of people")
responder_rank = parameter(
    1, "1", low=0, high=1, source="an even number in 0-1 a person: below the share is a responder"
)
responder_25ohd_at_half = parameter(150, "nmol/L", spread=0.3, source="psoriasis.md 2j: K25 about 150")

# -- parameters: the loop -------------------------------------------------------------------------------------------------

loop_power = parameter(4, "1", spread=0.1, low=3, high=6, source="Shmarov 2022, exponent 4 (psoriasis.md 2h, n)")
loop_ceiling = parameter(1.06, "1", spread=0.03, calibrated="psoriasis.md 2h (HN)")
memory_effect = parameter(0.02, "1", spread=1.0, low=0, high=0.15, calibrated="psoriasis.md 2h (wm): fit, 0-0.15")
direct_trigger_effect = parameter(0.96, "1", spread=0.15, calibrated="psoriasis.md 2h (wX): fit, 0.5-1.3")
dendritic_time = parameter(
    4.5, "d", spread=0.24, calibrated="skin-E01 and skin-E48-E51 (psoriasis.md 2h, tauB), prior x/1.6"
)
th17_time = parameter(11, "d", spread=0.24, calibrated="skin-E01 and skin-E48-E51 (psoriasis.md 2h, tauT), prior x/1.6")
memory_gain_time = parameter(60, "d", spread=0.4, source="psoriasis.md 2h (tau+): assumed persistence, 30-120 d")
memory_loss_time = parameter(420, "d", spread=0.5, source="psoriasis.md 2h (tau-): assumed persistence, 200-1500 d")
tnf_share_of_il23 = parameter(
    0.54, "1", spread=0.2, low=0, high=1, calibrated="skin-E50, skin-E51 adalimumab (psoriasis.md 2h, fN)"
)
treg_brake = parameter(0.016, "1", spread=1.0, low=0, high=0.15, source="psoriasis.md 2h (sR): weak, 0-0.15")
uv_treg_maximum = parameter(
    4.4, "1", spread=0.5, calibrated="skin-E11 Milliken 2012: Treg 0.5 to 1.6 % (psoriasis.md 2h, Rmax)"
)
uv_treg_half_dose = parameter(0.28, "J/cm2/d", spread=0.5, calibrated="skin-E11 Milliken 2012 (psoriasis.md 2h, U50)")
uv_treg_time = parameter(14, "d", spread=0.4, source="psoriasis.md 2h (tauU)")
il17_on_peptide = parameter(0.3, "1", spread=0.5, low=0, source="psoriasis.md 2c (eta17)")
smallest_peptide = parameter(0.05, "1", source="numerical: antimicrobial peptide does not fall below nought")
magnesium_calms_il23 = switch(
    False, prior=0.1, source="psoriasis.md 2k, 2l, grade H: skin-E86 conflicting on CRP, skin-E89 no trial in psoriasis",
    doc="magnesium inside cells holds back the source of IL-23",
)  # fmt: skip
magnesium_on_il23 = parameter(0.03, "1", spread=0.5, low=0, high=0.03, source="psoriasis.md 2k: eps 0-0.03")
infection_power = parameter(
    0.10,
    "1",
    spread=0.7,
    low=0,
    high=0.3,
    source="skin-E47: OR 0.91 of respiratory infection (psoriasis.md 2c, psi 0-0.3)",
)
smallest_25ohd = parameter(1, "nmol/L", source="numerical: floor for the power of 25(OH)D")

# -- inputs: a listener's view of the core ----------------------------------------------------------------------------------

serum_25ohd = given("nmol/L", 50.0, doc="25(OH)D in serum")
serum_calcitriol = given("pmol/L", 110.0, doc="calcitriol in serum")
magnesium_factor_1a_hydroxylase = given("1", 1.0, doc="CYP27B1 relative to normal magnesium")
magnesium_gain_share = given("1", 0.0, doc="gain of cell magnesium over habit: 1 on 300 mg a day")
stress_deviation = given("1", 0.0, doc="stress that an event adds, in SD")
score_deviation = given("1", 0.0, doc="stress score above the person's own, in SD: what the core knows of stress")
stress_noise = given("1", 0.0, doc="stress of the day: a standard course with a memory of 21 d")
trigger_noise = given("1", 0.0, doc="all other triggers of the day: a standard course with a memory of 20 d")
skin_injury = given("1", 0.0, doc="1 while a skin injury lasts (7 d), else 0")
added_trigger = given("1", 0.0, doc="a trigger from outside, as in psoriasis.md 2c (X)")


# -- vitamin D --------------------------------------------------------------------------------------------------------------


@signal("nmol/L")
def half_25ohd(activated_25ohd_at_half, responder_subtype, responder_rank, responder_share, responder_25ohd_at_half):
    """25(OH)D of half effect: much lower in the subtype, where that hypothesis is on."""
    responder = where(responder_rank < responder_share, responder_subtype, 0)
    return activated_25ohd_at_half + responder * (responder_25ohd_at_half - activated_25ohd_at_half)


@signal("1")
def usual_vdr_drive(half_25ohd, usual_25ohd, usual_calcitriol, calcitriol_at_half):
    """Receptor drive from which effects count."""
    return usual_25ohd / half_25ohd + usual_calcitriol / calcitriol_at_half


@signal("1")
def immune_vdr_drive(serum_25ohd, serum_calcitriol, magnesium_factor_1a_hydroxylase, half_25ohd, calcitriol_at_half):
    """Receptor drive in immune cells, which activate 25(OH)D themselves (Lambda of psoriasis.md 2d, no ointment)."""
    return magnesium_factor_1a_hydroxylase * serum_25ohd / half_25ohd + serum_calcitriol / calcitriol_at_half


def _occupancy_above(drive, usual):
    """Share of free receptor that is occupied above usual (v of psoriasis.md 2d); below 0 in deficiency."""
    return (drive - usual) / (1 + drive)


@signal("1")
def immune_vdr_action(immune_vdr_drive, usual_vdr_drive):
    """Vitamin D's action on the defence against germs (v_imm of psoriasis.md 2c)."""
    return _occupancy_above(immune_vdr_drive, usual_vdr_drive)


@signal("1")
def vitamin_d_in_plaque(
    serum_25ohd, serum_calcitriol, magnesium_factor_1a_hydroxylase, half_25ohd, calcitriol_at_half, skin_activation
):
    """Receptor drive that blood brings to the plaque: the edge from vitamin D to psoriasis."""
    activated = skin_activation * magnesium_factor_1a_hydroxylase * serum_25ohd / half_25ohd
    return activated + serum_calcitriol / calcitriol_at_half


@signal("1")
def vdr_action(vitamin_d_in_plaque, topical_vdr_drive, usual_vdr_drive):
    """Vitamin D's action at a site, by blood and by ointment (v of psoriasis.md 2d)."""
    return _occupancy_above(vitamin_d_in_plaque + topical_vdr_drive, usual_vdr_drive)


# -- triggers ---------------------------------------------------------------------------------------------------------------


@signal("1")
def stress_trigger_gain(stress_effect, hpa_blunting, cortisol_brake):
    """Trigger per SD of stress: cortisol brakes it in people whose axis answers."""
    return stress_effect * (1 - cortisol_brake * (1 - hpa_blunting))


@signal("1")
def noise_trigger_gain(trigger_noise_spread, stress_effect):
    """Trigger per SD of all other noise, so that the whole keeps its spread (psoriasis.md 2c)."""
    left = trigger_noise_spread * trigger_noise_spread - stress_effect * stress_effect
    return sqrt(maximum(left, 0))


@signal("1")
def stress_trigger(stress_noise, stress_deviation, score_deviation, stress_trigger_gain):
    """What stress adds to the trigger."""
    return stress_trigger_gain * (stress_noise + stress_deviation + score_deviation)


@signal("1")
def infection_trigger(acute_infection_effect, focus_effect, acute_reactivity, focus_reactivity):
    """What infections add, each by the person's cross-reactivity to it."""
    return acute_infection_effect * acute_reactivity + focus_effect * focus_reactivity


@signal("1")
def photo_trigger(uvb_on_plaque, photosensitive, photo_aggravation, photo_aggravation_dose):
    """What light adds in the few whom it harms."""
    return photosensitive * photo_aggravation * minimum(uvb_on_plaque / photo_aggravation_dose, 1)


@observable("1")
def psoriasis_trigger(
    trigger_noise, noise_trigger_gain, stress_trigger, infection_trigger, photo_trigger, added_trigger
):
    """All that pushes the skin towards a flare on this day (X of psoriasis.md 2c), injuries apart."""
    return noise_trigger_gain * trigger_noise + stress_trigger + infection_trigger + photo_trigger + added_trigger


@signal("1")
def site_trigger(psoriasis_trigger, skin_injury, injured_site, injury_effect):
    """The trigger at a site: that of the person, and injury where it is."""
    return psoriasis_trigger + injury_effect * skin_injury * injured_site


# -- the loop at each site ------------------------------------------------------------------------------------------------


@signal("1")
def site_threshold(
    typical_threshold, threshold_spread_between_people, threshold_spread_between_sites, threshold_of_person,
    threshold_of_site, smallest_threshold, largest_threshold, threshold_factor,
):  # fmt: skip
    """Alarm at which a site's loop is half on (K_i of psoriasis.md 2b)."""
    person = threshold_spread_between_people * threshold_of_person
    drawn = typical_threshold * exp(person + threshold_spread_between_sites * threshold_of_site)
    return threshold_factor * clip(drawn, smallest_threshold, largest_threshold)


@signal("1")
def dendritic_drive(
    keratinocyte_alarm, resident_memory, site_trigger, site_threshold, memory_effect, loop_power, loop_ceiling,
    direct_trigger_effect, magnesium_calms_il23, magnesium_on_il23, magnesium_gain_share,
):  # fmt: skip
    """Activity that dendritic cells are driven to: alarm, memory and trigger through a steep switch, the trigger directly."""
    felt = maximum(keratinocyte_alarm + memory_effect * resident_memory + site_trigger, 0)
    raised = (felt / site_threshold) ** loop_power
    calmed = 1 - magnesium_calms_il23 * magnesium_on_il23 * magnesium_gain_share
    return calmed * maximum(loop_ceiling * raised / (1 + raised) + direct_trigger_effect * site_trigger, 0)


@adapts("dendritic_cells", unit="1/d", start=0, each=SKIN_SITES)
def dendritic_change(dendritic_cells, dendritic_drive, uv_kill_rate, dendritic_time):
    """Inflammatory dendritic cells, the source of IL-23 (b of psoriasis.md 2b): 0 healthy, about 1 in a plaque."""
    return (dendritic_drive - dendritic_cells) / dendritic_time - uv_kill_rate * dendritic_cells


@signal("1")
def il23_signal(dendritic_cells, il23_neutralised, tnf_neutralised, vdr_action, vitamin_d_on_il23, tnf_share_of_il23):
    """IL-23 as Th17 cells feel it."""
    made = dendritic_cells * (1 - vitamin_d_on_il23 * vdr_action) * (1 - tnf_share_of_il23 * tnf_neutralised)
    return made * (1 - il23_neutralised)


@adapts("uv_memory", unit="J/cm2/d/d", start=0)
def uv_memory_change(uv_memory, uvb_on_plaque, uv_treg_time):
    """UV of the past weeks (U of psoriasis.md 2b)."""
    return (uvb_on_plaque - uv_memory) / uv_treg_time


@signal("1")
def treg_tone(vdr_action, uv_memory, vitamin_d_on_treg, uv_treg_maximum, uv_treg_half_dose):
    """Regulatory T cells relative to normal: raised by vitamin D and by UV (r of psoriasis.md 2b)."""
    by_light = uv_treg_maximum * uv_memory / (uv_memory + uv_treg_half_dose)
    return 1 + vitamin_d_on_treg * maximum(vdr_action, 0) + by_light


@adapts("th17_cells", unit="1/d", start=0, each=SKIN_SITES)
def th17_change(th17_cells, il23_signal, treg_tone, uv_kill_rate, treg_brake, th17_time):
    """Th17 and Tc17 cells (T of psoriasis.md 2b): 0 healthy, about 1 in a plaque."""
    return (il23_signal / (1 + treg_brake * (treg_tone - 1)) - th17_cells) / th17_time - uv_kill_rate * th17_cells


@adapts("resident_memory", unit="1/d", start=0, each=SKIN_SITES)
def resident_memory_change(resident_memory, th17_cells, memory_gain_time, memory_loss_time):
    """Memory cells that stay in healed skin (m of psoriasis.md 2b)."""
    return clip(th17_cells, 0, 1) * (1 - resident_memory) / memory_gain_time - resident_memory / memory_loss_time


@signal("1")
def il17_signal(th17_cells, il17_neutralised, vdr_action, vitamin_d_on_il17):
    """IL-17 and IL-22 as keratinocytes feel them."""
    return th17_cells * (1 - il17_neutralised) * (1 - vitamin_d_on_il17 * vdr_action)


@signal("1")
def tnf_signal(dendritic_cells, th17_cells, tnf_neutralised):
    """TNF as keratinocytes feel it: made by dendritic and T cells alike."""
    return (dendritic_cells + th17_cells) / 2 * (1 - tnf_neutralised)


# -- observables --------------------------------------------------------------------------------------------------------------


@observable("1")
def il17_axis(il17_signal):
    """IL-17 signal in the skin: 0 in healthy skin, about 1 with plaques everywhere."""
    return mean(il17_signal)


@observable("1")
def th17_treg_ratio(th17_cells, treg_tone):
    """Th17 cells over regulatory cells in the skin."""
    return mean(th17_cells / treg_tone)


@observable("1")
def regulatory_t_cells(treg_tone):
    """Regulatory T cells relative to somebody at usual vitamin D and out of the light."""
    return mean(treg_tone)


@observable("1")
def cathelicidin(immune_vdr_action, th17_cells, vitamin_d_on_peptide, il17_on_peptide, smallest_peptide):
    """Antimicrobial peptide relative to healthy skin at 50 nmol/L (AMP of psoriasis.md 2c)."""
    return maximum(1 + vitamin_d_on_peptide * immune_vdr_action + il17_on_peptide * mean(th17_cells), smallest_peptide)


@observable("1")
def infection_rate(serum_25ohd, usual_25ohd, infection_power, smallest_25ohd):
    """Respiratory infections caught, relative to somebody at 50 nmol/L."""
    return (maximum(serum_25ohd, smallest_25ohd) / usual_25ohd) ** -infection_power
