"""Antibodies against IL-17A (secukinumab), IL-23 (guselkumab) and TNF (adalimumab): a depot, plasma, and what they neutralise.

A dose is a pulse into the depot in mg. One compartment, linear clearance; a cytokine is neutralised by C / (C + C50). The
median C50 and its wide spread between people are calibrated to the response rates of the trials, in people as ill as theirs:
the spread stands for all that makes a non-responder (antibodies against the drug, doses missed, another driver of disease).
"""

from __future__ import annotations

from cofactor.model import flux, given, maximum, observable, parameter, pool, signal, world

# -- parameters: secukinumab ------------------------------------------------------------------------------------------------

_SECUKINUMAB = "Cosentyx product information (population kinetics, plaque psoriasis)"
secukinumab_absorption = parameter(0.6, "1/d", spread=0.3, calibrated=f"peak 5-6 d after a dose, {_SECUKINUMAB}")
secukinumab_bioavailability = parameter(0.73, "1", source=_SECUKINUMAB, low=0.3, high=1)
secukinumab_volume = parameter(7.85, "L", varies=0.2, source=f"{_SECUKINUMAB}: 7.10-8.60 L")
secukinumab_half_life = parameter(
    27,
    "d",
    spread=0.1,
    varies=0.25,
    low=8,
    high=60,
    source="psoriasis.md 2b: about 27 d, recalled; 25.7 d in Blair 2019",
)
secukinumab_at_half = parameter(
    2.5, "ug/mL", spread=0.3, varies=1.6, low=0.01, high=500,
    calibrated="skin-E48, skin-E49: PASI75 and PASI90 at week 12 of 300 and 150 mg in people with PASI 12 or more",
)  # fmt: skip

# -- parameters: guselkumab -------------------------------------------------------------------------------------------------

_GUSELKUMAB = "Yao 2018 (doi 10.1002/jcph.1063), one compartment, 87.1 kg"
guselkumab_absorption = parameter(1.11, "1/d", spread=0.3, source=_GUSELKUMAB)
guselkumab_bioavailability = parameter(0.49, "1", source="Tremfya product information", low=0.2, high=1)
guselkumab_volume = parameter(6.6, "L", varies=0.2, source=f"{_GUSELKUMAB}: V/F 13.5 L, times F")
guselkumab_half_life = parameter(18.1, "d", spread=0.1, varies=0.3, low=6, high=45, source=_GUSELKUMAB)
guselkumab_at_half = parameter(
    0.35, "ug/mL", spread=0.3, varies=0.8, low=0.005, high=50,
    calibrated="skin-E50: PASI90 at weeks 16 and 24 in people with PASI 12 or more",
)  # fmt: skip

# -- parameters: adalimumab -------------------------------------------------------------------------------------------------

_ADALIMUMAB = "Humira product information"
adalimumab_absorption = parameter(0.45, "1/d", spread=0.3, calibrated=f"peak 131 h after a dose, {_ADALIMUMAB}")
adalimumab_bioavailability = parameter(0.64, "1", source=_ADALIMUMAB, low=0.2, high=1)
adalimumab_volume = parameter(5.8, "L", varies=0.2, source=f"{_ADALIMUMAB}: 4.7-6.0 L; 12 mL/h and 14 d give 5.8 L")
adalimumab_half_life = parameter(
    14, "d", spread=0.1, varies=0.4, low=3, high=40, source=f"{_ADALIMUMAB}; psoriasis.md 2b"
)
adalimumab_at_half = parameter(
    0.25, "ug/mL", spread=0.3, varies=1.8, low=0.001, high=100,
    calibrated="skin-E50, skin-E51: PASI75 and PASI90 at weeks 16 and 24 in people with PASI 12 or more",
    note="people who make antibodies against it are in the spread",
)  # fmt: skip

ln_2 = parameter(0.6931471805599453, "1", source="definition: half-life to rate")
ug_per_mg_and_ml_per_l = parameter(1, "ug/mL*L/mg", source="definition: 1 mg/L is 1 ug/mL")
il17_blocked_beside = given("1", 0.0, doc="share of IL-17 neutralised from outside, as by another antibody")
il23_blocked_beside = given("1", 0.0, doc="share of IL-23 neutralised from outside")
tnf_blocked_beside = given("1", 0.0, doc="share of TNF neutralised from outside")

# -- places -----------------------------------------------------------------------------------------------------------------

secukinumab_depot = pool("mg", of="secukinumab", start=0, doc="secukinumab injected, still under the skin")
plasma_secukinumab = pool("mg", of="secukinumab", start=0, doc="secukinumab in the body")
secukinumab_breakdown = world("mg", of="secukinumab", doc="secukinumab broken down")
guselkumab_depot = pool("mg", of="guselkumab", start=0, doc="guselkumab injected, still under the skin")
plasma_guselkumab = pool("mg", of="guselkumab", start=0, doc="guselkumab in the body")
guselkumab_breakdown = world("mg", of="guselkumab", doc="guselkumab broken down")
adalimumab_depot = pool("mg", of="adalimumab", start=0, doc="adalimumab injected, still under the skin")
plasma_adalimumab = pool("mg", of="adalimumab", start=0, doc="adalimumab in the body")
adalimumab_breakdown = world("mg", of="adalimumab", doc="adalimumab broken down")


# -- kinetics ---------------------------------------------------------------------------------------------------------------


@flux(leaves=secukinumab_depot, enters=plasma_secukinumab, unit="mg/d")
def secukinumab_uptake(secukinumab_depot, secukinumab_absorption, secukinumab_bioavailability):
    """Secukinumab that reaches plasma."""
    return secukinumab_bioavailability * secukinumab_absorption * secukinumab_depot


@flux(leaves=secukinumab_depot, enters=secukinumab_breakdown, unit="mg/d")
def secukinumab_lost_at_depot(secukinumab_depot, secukinumab_absorption, secukinumab_bioavailability):
    """Secukinumab broken down where it was injected."""
    return (1 - secukinumab_bioavailability) * secukinumab_absorption * secukinumab_depot


@flux(leaves=plasma_secukinumab, enters=secukinumab_breakdown, unit="mg/d")
def secukinumab_loss(plasma_secukinumab, secukinumab_half_life, ln_2):
    """Secukinumab cleared."""
    return ln_2 / secukinumab_half_life * plasma_secukinumab


@flux(leaves=guselkumab_depot, enters=plasma_guselkumab, unit="mg/d")
def guselkumab_uptake(guselkumab_depot, guselkumab_absorption, guselkumab_bioavailability):
    """Guselkumab that reaches plasma."""
    return guselkumab_bioavailability * guselkumab_absorption * guselkumab_depot


@flux(leaves=guselkumab_depot, enters=guselkumab_breakdown, unit="mg/d")
def guselkumab_lost_at_depot(guselkumab_depot, guselkumab_absorption, guselkumab_bioavailability):
    """Guselkumab broken down where it was injected."""
    return (1 - guselkumab_bioavailability) * guselkumab_absorption * guselkumab_depot


@flux(leaves=plasma_guselkumab, enters=guselkumab_breakdown, unit="mg/d")
def guselkumab_loss(plasma_guselkumab, guselkumab_half_life, ln_2):
    """Guselkumab cleared."""
    return ln_2 / guselkumab_half_life * plasma_guselkumab


@flux(leaves=adalimumab_depot, enters=plasma_adalimumab, unit="mg/d")
def adalimumab_uptake(adalimumab_depot, adalimumab_absorption, adalimumab_bioavailability):
    """Adalimumab that reaches plasma."""
    return adalimumab_bioavailability * adalimumab_absorption * adalimumab_depot


@flux(leaves=adalimumab_depot, enters=adalimumab_breakdown, unit="mg/d")
def adalimumab_lost_at_depot(adalimumab_depot, adalimumab_absorption, adalimumab_bioavailability):
    """Adalimumab broken down where it was injected."""
    return (1 - adalimumab_bioavailability) * adalimumab_absorption * adalimumab_depot


@flux(leaves=plasma_adalimumab, enters=adalimumab_breakdown, unit="mg/d")
def adalimumab_loss(plasma_adalimumab, adalimumab_half_life, ln_2):
    """Adalimumab cleared."""
    return ln_2 / adalimumab_half_life * plasma_adalimumab


@observable("ug/mL")
def serum_secukinumab(plasma_secukinumab, secukinumab_volume, ug_per_mg_and_ml_per_l):
    """Secukinumab in serum."""
    return plasma_secukinumab / secukinumab_volume * ug_per_mg_and_ml_per_l


@observable("ug/mL")
def serum_guselkumab(plasma_guselkumab, guselkumab_volume, ug_per_mg_and_ml_per_l):
    """Guselkumab in serum."""
    return plasma_guselkumab / guselkumab_volume * ug_per_mg_and_ml_per_l


@observable("ug/mL")
def serum_adalimumab(plasma_adalimumab, adalimumab_volume, ug_per_mg_and_ml_per_l):
    """Adalimumab in serum."""
    return plasma_adalimumab / adalimumab_volume * ug_per_mg_and_ml_per_l


# -- effect -----------------------------------------------------------------------------------------------------------------


def _neutralised(level, half):
    """Share of a cytokine that an antibody binds."""
    return maximum(level, 0) / (maximum(level, 0) + half)


@signal("1")
def il17_neutralised(serum_secukinumab, secukinumab_at_half, il17_blocked_beside):
    """Share of IL-17 that is neutralised (I17 of psoriasis.md 2b)."""
    return 1 - (1 - _neutralised(serum_secukinumab, secukinumab_at_half)) * (1 - il17_blocked_beside)


@signal("1")
def il23_neutralised(serum_guselkumab, guselkumab_at_half, il23_blocked_beside):
    """Share of IL-23 that is neutralised (I23 of psoriasis.md 2b)."""
    return 1 - (1 - _neutralised(serum_guselkumab, guselkumab_at_half)) * (1 - il23_blocked_beside)


@signal("1")
def tnf_neutralised(serum_adalimumab, adalimumab_at_half, tnf_blocked_beside):
    """Share of TNF that is neutralised (IN of psoriasis.md 2b)."""
    return 1 - (1 - _neutralised(serum_adalimumab, adalimumab_at_half)) * (1 - tnf_blocked_beside)
