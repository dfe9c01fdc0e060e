"""Germs that may trigger psoriasis: throat and viral episodes that pass, and foci that stay (tonsil, teeth, bowel, yeast).

A load grows to its ceiling of 1, is killed by antimicrobial peptide and by adaptive immunity, which it primes itself; an
episode ends sterile, a focus settles (psoriasis.md 2c). An onset is a dose of 0.02 into the load. Below an extinction level
too few are left to multiply: growth fades to nothing between that level and half of it, so that no event has to set the
load to 0. A focus is removed by an input that kills. Only the throat and the tonsil count as triggers by default (grade B);
teeth, bowel, yeast and viruses are hypotheses (grade H), off unless switched on.
"""

from __future__ import annotations

from cofactor.model import adapts, clip, given, observable, parameter, signal, switch

# -- parameters: an episode -------------------------------------------------------------------------------------------------

episode_growth = parameter(1.2, "1/d", spread=0.2, source="psoriasis.md 2c (gI): peak day 4, sterile day 13.5")
episode_peptide_killing = parameter(0.40, "1/d", spread=0.3, source="psoriasis.md 2c (k0)")
episode_immune_killing = parameter(8, "1/d", spread=0.3, source="psoriasis.md 2c (k1)")
episode_priming = parameter(0.25, "1/d", spread=0.3, source="psoriasis.md 2c (al)")
immunity_time = parameter(60, "d", spread=0.4, source="psoriasis.md 2c (tauEf)")
flare_delay = parameter(
    3.5, "d", spread=0.3, source="psoriasis.md 2c: two stages of 3.5 d; skin-E62 flares 4 d or more after a sore throat"
)
extinction_level = parameter(0.002, "1", source="psoriasis.md 2c: sterile below 0.002", low=1e-4, high=0.01)

# -- parameters: foci -------------------------------------------------------------------------------------------------------

tonsil_growth = parameter(0.8, "1/d", spread=0.3, source="psoriasis.md 2c: crypt, settles at 0.323")
tonsil_peptide_killing = parameter(0.30, "1/d", spread=0.3, source="psoriasis.md 2c")
tonsil_immune_killing = parameter(0.25, "1/d", spread=0.3, source="psoriasis.md 2c")
mucosal_growth = parameter(0.5, "1/d", spread=0.3, source="psoriasis.md 2c: teeth and bowel, settle at 0.316")
mucosal_peptide_killing = parameter(0.20, "1/d", spread=0.3, source="psoriasis.md 2c")
mucosal_immune_killing = parameter(0.15, "1/d", spread=0.3, source="psoriasis.md 2c")
yeast_growth = parameter(0.3, "1/d", spread=0.3, source="psoriasis.md 2c: settles at 0.240")
yeast_peptide_killing = parameter(0.12, "1/d", spread=0.3, source="psoriasis.md 2c")
yeast_immune_killing = parameter(0.15, "1/d", spread=0.3, source="psoriasis.md 2c")
focus_priming = parameter(0.05, "1/d", spread=0.3, source="psoriasis.md 2c (al of a focus)")

# -- parameters: cross-reactivity and hypotheses ----------------------------------------------------------------------------

streptococcal_reactivity = parameter(
    0.05,
    "1",
    low=0,
    high=1,
    source="psoriasis.md 2c (phi): above 0.5 in 0.4 of plaque patients (skin-E63: 42 % flare), others 0.05",
)
viral_reactivity = parameter(0.077, "1", low=0, high=1, source="psoriasis.md 2c: Beta(0.5, 6), mean 0.077; grade H")
dental_reactivity = parameter(0.077, "1", low=0, high=1, source="psoriasis.md 2c: as yeast, Beta(0.5, 6); grade H")
bowel_reactivity = parameter(0.077, "1", low=0, high=1, source="psoriasis.md 2c: as yeast, Beta(0.5, 6); grade H")
yeast_reactivity = parameter(0.077, "1", low=0, high=1, source="psoriasis.md 2c: Beta(0.5, 6), mean 0.077; grade H")
virus_triggers = switch(
    False,
    prior=0.2,
    source="psoriasis.md 2l, grade H: skin-E74, one register each way",
    doc="reactivated viruses trigger psoriasis",
)
teeth_trigger = switch(
    False,
    prior=0.2,
    source="psoriasis.md 2l, grade H: skin-E67 and skin-E68, association only",
    doc="dental foci trigger psoriasis",
)
bowel_triggers = switch(
    False,
    prior=0.1,
    source="psoriasis.md 2l, grade H: skin-E69, an uncontrolled letter",
    doc="bowel overgrowth triggers psoriasis",
)
yeast_triggers = switch(
    False,
    prior=0.1,
    source="psoriasis.md 2l, grade H: skin-E71 for, skin-E72 and skin-E73 against",
    doc="yeast on plaques triggers psoriasis",
)

# -- inputs -----------------------------------------------------------------------------------------------------------------

antibiotic = given("1/d", 0.0, doc="killing of bacteria in the throat by an antibiotic")
tonsil_removal = given("1/d", 0.0, doc="killing in the tonsil: 5 /d for a few days removes the focus")
dental_removal = given("1/d", 0.0, doc="killing at the teeth")
bowel_removal = given("1/d", 0.0, doc="killing in the small bowel")
yeast_removal = given("1/d", 0.0, doc="killing of yeast on the skin")


# -- loads and the immunity they prime ----------------------------------------------------------------------------------------


def _growing(load, growth, extinction):
    """Logistic growth of a load, none below half its extinction level."""
    return growth * load * (1 - load) * clip(2 * load / extinction - 1, 0, 1)


def _net(load, immunity, growth, by_peptide, by_immunity, peptide, removal, extinction):
    """Growth less killing by peptide, immunity and treatment (dx/dt of psoriasis.md 2c)."""
    killed = (by_peptide * peptide + by_immunity * immunity + removal) * load
    return _growing(load, growth, extinction) - killed


@adapts("throat_load", unit="1/d", start=0)
def throat_change(
    throat_load, throat_immunity, cathelicidin, antibiotic, episode_growth, episode_peptide_killing,
    episode_immune_killing, extinction_level,
):  # fmt: skip
    """Streptococci in the throat, an episode."""
    return _net(
        throat_load, throat_immunity, episode_growth, episode_peptide_killing, episode_immune_killing, cathelicidin,
        antibiotic, extinction_level,
    )  # fmt: skip


@adapts("throat_immunity", unit="1/d", start=0)
def throat_immunity_change(throat_immunity, throat_load, episode_priming, immunity_time):
    """Immunity to what is in the throat."""
    return episode_priming * throat_load - throat_immunity / immunity_time


@adapts("virus_load", unit="1/d", start=0)
def virus_change(
    virus_load, virus_immunity, cathelicidin, episode_growth, episode_peptide_killing, episode_immune_killing,
    extinction_level,
):  # fmt: skip
    """A reactivated virus, an episode."""
    return _net(
        virus_load, virus_immunity, episode_growth, episode_peptide_killing, episode_immune_killing, cathelicidin, 0,
        extinction_level,
    )  # fmt: skip


@adapts("virus_immunity", unit="1/d", start=0)
def virus_immunity_change(virus_immunity, virus_load, episode_priming, immunity_time):
    """Immunity to the virus."""
    return episode_priming * virus_load - virus_immunity / immunity_time


@adapts("tonsil_load", unit="1/d", start=0)
def tonsil_change(
    tonsil_load, tonsil_immunity, cathelicidin, tonsil_removal, tonsil_growth, tonsil_peptide_killing,
    tonsil_immune_killing, extinction_level,
):  # fmt: skip
    """Bacteria in a tonsil's crypts, a focus."""
    return _net(
        tonsil_load, tonsil_immunity, tonsil_growth, tonsil_peptide_killing, tonsil_immune_killing, cathelicidin,
        tonsil_removal, extinction_level,
    )  # fmt: skip


@adapts("tonsil_immunity", unit="1/d", start=0)
def tonsil_immunity_change(tonsil_immunity, tonsil_load, focus_priming, immunity_time):
    """Immunity to what is in the tonsil."""
    return focus_priming * tonsil_load - tonsil_immunity / immunity_time


@adapts("dental_load", unit="1/d", start=0)
def dental_change(
    dental_load, dental_immunity, cathelicidin, dental_removal, mucosal_growth, mucosal_peptide_killing,
    mucosal_immune_killing, extinction_level,
):  # fmt: skip
    """Bacteria at roots and gums, a focus."""
    return _net(
        dental_load, dental_immunity, mucosal_growth, mucosal_peptide_killing, mucosal_immune_killing, cathelicidin,
        dental_removal, extinction_level,
    )  # fmt: skip


@adapts("dental_immunity", unit="1/d", start=0)
def dental_immunity_change(dental_immunity, dental_load, focus_priming, immunity_time):
    """Immunity to what is at the teeth."""
    return focus_priming * dental_load - dental_immunity / immunity_time


@adapts("bowel_load", unit="1/d", start=0)
def bowel_change(
    bowel_load, bowel_immunity, cathelicidin, bowel_removal, mucosal_growth, mucosal_peptide_killing,
    mucosal_immune_killing, extinction_level,
):  # fmt: skip
    """Overgrowth in the small bowel, a focus."""
    return _net(
        bowel_load, bowel_immunity, mucosal_growth, mucosal_peptide_killing, mucosal_immune_killing, cathelicidin,
        bowel_removal, extinction_level,
    )  # fmt: skip


@adapts("bowel_immunity", unit="1/d", start=0)
def bowel_immunity_change(bowel_immunity, bowel_load, focus_priming, immunity_time):
    """Immunity to what is in the small bowel."""
    return focus_priming * bowel_load - bowel_immunity / immunity_time


@adapts("yeast_load", unit="1/d", start=0)
def yeast_change(
    yeast_load, yeast_immunity, cathelicidin, yeast_removal, yeast_growth, yeast_peptide_killing, yeast_immune_killing,
    extinction_level,
):  # fmt: skip
    """Candida or Malassezia on plaques, a focus."""
    return _net(
        yeast_load, yeast_immunity, yeast_growth, yeast_peptide_killing, yeast_immune_killing, cathelicidin,
        yeast_removal, extinction_level,
    )  # fmt: skip


@adapts("yeast_immunity", unit="1/d", start=0)
def yeast_immunity_change(yeast_immunity, yeast_load, focus_priming, immunity_time):
    """Immunity to yeast."""
    return focus_priming * yeast_load - yeast_immunity / immunity_time


# -- from germ to skin: two stages of delay -----------------------------------------------------------------------------------


@adapts("throat_signal_rising", unit="1/d", start=0)
def throat_signal_rise(throat_signal_rising, throat_load, flare_delay):
    """T cells primed in the throat, first stage of their way to the skin."""
    return (throat_load - throat_signal_rising) / flare_delay


@adapts("throat_signal", unit="1/d", start=0)
def throat_signal_change(throat_signal, throat_signal_rising, flare_delay):
    """T cells from the throat that have reached the skin (x_del of psoriasis.md 2c)."""
    return (throat_signal_rising - throat_signal) / flare_delay


@adapts("virus_signal_rising", unit="1/d", start=0)
def virus_signal_rise(virus_signal_rising, virus_load, flare_delay):
    """T cells primed by the virus, first stage."""
    return (virus_load - virus_signal_rising) / flare_delay


@adapts("virus_signal", unit="1/d", start=0)
def virus_signal_change(virus_signal, virus_signal_rising, flare_delay):
    """T cells primed by the virus that have reached the skin."""
    return (virus_signal_rising - virus_signal) / flare_delay


@signal("1")
def acute_reactivity(throat_signal, virus_signal, streptococcal_reactivity, viral_reactivity, virus_triggers):
    """Delayed signal of episodes, as far as the person's skin reacts to them."""
    return streptococcal_reactivity * throat_signal + virus_triggers * viral_reactivity * virus_signal


@signal("1")
def focus_reactivity(
    tonsil_load, dental_load, bowel_load, yeast_load, streptococcal_reactivity, dental_reactivity, bowel_reactivity,
    yeast_reactivity, teeth_trigger, bowel_triggers, yeast_triggers,
):  # fmt: skip
    """Load of the foci, as far as the person's skin reacts to them."""
    mucosal = teeth_trigger * dental_reactivity * dental_load + bowel_triggers * bowel_reactivity * bowel_load
    return streptococcal_reactivity * tonsil_load + mucosal + yeast_triggers * yeast_reactivity * yeast_load


# -- observables --------------------------------------------------------------------------------------------------------------


@observable("1")
def bacterial_load(throat_load, tonsil_load, dental_load, bowel_load):
    """Bacteria in throat, tonsils, teeth and bowel, each relative to its ceiling."""
    return throat_load + tonsil_load + dental_load + bowel_load


@observable("1")
def viral_load(virus_load):
    """Virus relative to its ceiling."""
    return virus_load


@observable("1")
def fungal_load(yeast_load):
    """Yeast relative to its ceiling."""
    return yeast_load
