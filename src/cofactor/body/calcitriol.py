"""Calcitriol: made from 25(OH)D in the kidney, broken down with 25(OH)D by 24-hydroxylation, felt by the vitamin D receptor.

The receptor's drive E counts free calcitriol and, weakly, free 25(OH)D; everything downstream reads E. Synthesis is pushed
by PTH and held back by FGF23, phosphate, calcium and E itself; magnesium is needed, not used up. Assumptions: one receptor
drive for gut, gland, kidney and bone (coupled.md decision 1); oral calcitriol meets the gut first (extra gut drive).
"""

from __future__ import annotations

from cofactor.body.vitamin_d import calcidiol_pool, swallowed_vitamin_d, vitamin_d_breakdown
from cofactor.model import derived, flux, given, maximum, minimum, observable, parameter, pool, signal, world

# -- parameters: synthesis ----------------------------------------------------------------------------------------------

calcitriol_synthesis_at_rest = parameter(
    3.38, "nmol/d", spread=0.15, varies=0.15, calibrated="33.8 L/d x 0.1 nmol/L; vitd-E21"
)
synthesis_half_25ohd = parameter(250, "nmol/L", spread=0.5, source="vitamin_d.md 2.4")
pth_power_on_synthesis = parameter(0.4, "1", spread=0.3, source="vitamin_d.md 2.4; coupled.md decision 6")
drive_power_on_synthesis = parameter(0.1, "1", spread=0.5, source="vitamin_d.md 2.4", note="inhibits")
phosphate_power_on_synthesis = parameter(0.3, "1", spread=0.5, source="vitamin_d.md 2.4; vitd-E53", note="inhibits")
calcium_power_on_synthesis = parameter(1, "1", spread=0.5, source="vitamin_d.md 2.4", note="inhibits")
filtration_power_on_synthesis = parameter(0.7, "1", spread=0.3, source="vitamin_d.md 2.4")

# -- parameters: breakdown ----------------------------------------------------------------------------------------------

calcitriol_volume = parameter(34, "L", spread=0.15, varies=0.10, source="vitd-E21 Brandi 2002: 0.49 L/kg")
calcitriol_clearance = parameter(33.8, "L/d", spread=0.15, varies=0.15, source="vitd-E21 Brandi 2002: 23.5 mL/min")
clearance_induction_weight = parameter(
    0.5, "1", spread=0.7, calibrated="vitd-E16, vitd-E06, vitd-E51 (coupled.md decision 9)", note="the file had 2"
)
inducible_share_of_clearance = parameter(
    0.5, "1", spread=0.3, source="vitamin_d.md 2.4: biallelic CYP24A1 loss halves clearance", low=0, high=1
)
catabolic_24_clearance = parameter(
    0.105, "L/d", spread=0.2, varies=0.2, calibrated="vitd-E20: 24,25(OH)2D production 0.05 nmol/kg/d"
)
catabolism_ceiling = parameter(
    1.8, "1", spread=0.3, source="vitamin_d.md 2.4", note="24-hydroxylation relative to normal"
)
catabolism_drive_weight = parameter(2, "1", spread=0.5, source="vitamin_d.md 2.4")
fgf23_power_on_catabolism = parameter(0.3, "1", spread=0.7, source="vitamin_d.md 2.4")
pth_power_on_catabolism = parameter(0.2, "1", spread=0.7, source="vitamin_d.md 2.4", note="inhibits")
volume_24_25 = parameter(15, "L", spread=0.2, source="vitd-E20 (t1/2 7.2 d)")
clearance_24_25 = parameter(1.46, "L/d", spread=0.2, source="vitd-E20: t1/2 7.2 d")

# -- parameters: medicine and receptor ----------------------------------------------------------------------------------

calcitriol_nmol_per_ug = parameter(1000 / 416.6, "nmol/ug", source="molar mass 416.6 g/mol")
oral_calcitriol_fraction = parameter(0.706, "1", spread=0.1, source="vitd-E21 Brandi 2002", low=0.3, high=1)
first_pass_gut_drive = parameter(
    0.50, "d/ug", spread=0.4, calibrated="urine calcium of calcitriol 2 ug/d, bone-E30 (coupled.md decision 2)"
)
calcidiol_potency = parameter(
    1 / 300, "1", spread=0.66, calibrated="vitd-E39, vitd-E04 (coupled.md decision 20); prior log-uniform 1/2000-1/200",
    low=1 / 2000, high=1 / 200, note="free 25(OH)D against free calcitriol at the receptor: decides toxicity",
)  # fmt: skip
smallest_drive = parameter(1e-3, "1", source="coupled.md 2: floor of E, for the powers of E")

# -- places and inputs --------------------------------------------------------------------------------------------------

calcitriol_pool = pool("nmol", of="vitamin_d", start="calcitriol_at_rest", doc="calcitriol in the body")
pool_24_25 = pool("nmol", of="vitamin_d", start="pool_24_25_at_rest", doc="24,25(OH)2D in the body")
infused_vitamin_d = world("nmol", of="vitamin_d", doc="calcitriol given into a vein")

oral_calcitriol = given("ug/d", 0.0, doc="calcitriol taken steadily by mouth")
calcitriol_infusion = given("ug/d", 0.0, doc="calcitriol infused into a vein")
cyp24a1_activity = given("1", 1.0, doc="24-hydroxylase left: 0.05 in biallelic CYP24A1 loss")
granuloma_activation = given("L/d", 0.0, doc="25(OH)D cleared to calcitriol by granuloma, without feedback")


@derived("nmol", calibrated="rest of the reference adult: where the search for rest begins")
def calcitriol_at_rest(reference_calcitriol, calcitriol_volume):
    """Calcitriol in the body of the reference adult."""
    return reference_calcitriol * calcitriol_volume


@derived("nmol", calibrated="rest of the reference adult: where the search for rest begins")
def pool_24_25_at_rest(catabolic_24_clearance, reference_25ohd, volume_24_25, clearance_24_25):
    """24,25(OH)2D in the body of the reference adult."""
    return volume_24_25 * catabolic_24_clearance * reference_25ohd / clearance_24_25


# -- concentrations -----------------------------------------------------------------------------------------------------


@signal("nmol/L")
def calcitriol_level(calcitriol_pool, calcitriol_volume):
    """Calcitriol in serum."""
    return calcitriol_pool / calcitriol_volume


@observable("pmol/L")
def serum_calcitriol(calcitriol_level, pmol_per_nmol):
    """Calcitriol in serum, in the unit of the laboratory."""
    return calcitriol_level * pmol_per_nmol


@observable("nmol/L")
def serum_2425(pool_24_25, volume_24_25):
    """24,25(OH)2D in serum."""
    return pool_24_25 / volume_24_25


# -- the vitamin D receptor ---------------------------------------------------------------------------------------------


@signal("1")
def vdr_drive(
    free_calcitriol, free_25ohd, reference_free_calcitriol, reference_free_25ohd, calcidiol_potency, smallest_drive
):
    """Drive of the vitamin D receptor relative to the reference adult (E of coupled.md)."""
    now = free_calcitriol + calcidiol_potency * free_25ohd
    return maximum(now / (reference_free_calcitriol + calcidiol_potency * reference_free_25ohd), smallest_drive)


@signal("1")
def gut_vdr_drive(vdr_drive, oral_calcitriol, first_pass_gut_drive):
    """Drive in the gut, which oral calcitriol reaches before blood dilutes it (Eg of coupled.md)."""
    return vdr_drive + first_pass_gut_drive * oral_calcitriol


# -- synthesis ----------------------------------------------------------------------------------------------------------


@signal("1")
def renal_pth_response(pth_action, magnesium_factor_pth_response):
    """PTH as the kidney's 1-alpha-hydroxylase feels it: blunted in severe magnesium lack."""
    return pth_action * magnesium_factor_pth_response


@signal("1")
def synthesis_brake(
    vdr_drive, phosphate_ratio, calcium_ratio, fgf23_action, drive_power_on_synthesis, phosphate_power_on_synthesis,
    calcium_power_on_synthesis,
):  # fmt: skip
    """What holds 1-alpha-hydroxylation back: the drive itself, phosphate, calcium and FGF23 (1 at rest)."""
    minerals = phosphate_ratio**-phosphate_power_on_synthesis * calcium_ratio**-calcium_power_on_synthesis
    return 2 / (1 + fgf23_action) * vdr_drive**-drive_power_on_synthesis * minerals


@flux(leaves=calcidiol_pool, enters=calcitriol_pool, unit="nmol/d")
def calcitriol_synthesis(
    serum_25ohd, renal_pth_response, synthesis_brake, filtration_ratio, magnesium_factor_1a_hydroxylase,
    calcitriol_synthesis_at_rest, synthesis_half_25ohd, reference_25ohd, pth_power_on_synthesis,
    filtration_power_on_synthesis,
):  # fmt: skip
    """Calcitriol made by the kidney."""
    substrate = (
        (reference_25ohd + synthesis_half_25ohd) / reference_25ohd * serum_25ohd / (serum_25ohd + synthesis_half_25ohd)
    )
    kidney = filtration_ratio**filtration_power_on_synthesis * magnesium_factor_1a_hydroxylase
    pth = renal_pth_response**pth_power_on_synthesis
    return calcitriol_synthesis_at_rest * substrate * pth * synthesis_brake * kidney


@flux(leaves=calcidiol_pool, enters=calcitriol_pool, unit="nmol/d")
def granuloma_synthesis(serum_25ohd, granuloma_activation):
    """Calcitriol made by granuloma, which nothing holds back."""
    return granuloma_activation * serum_25ohd


@flux(leaves=swallowed_vitamin_d, enters=calcitriol_pool, unit="nmol/d")
def oral_calcitriol_uptake(oral_calcitriol, calcitriol_nmol_per_ug, oral_calcitriol_fraction):
    """Swallowed calcitriol that reaches blood."""
    return oral_calcitriol_fraction * calcitriol_nmol_per_ug * oral_calcitriol


@flux(leaves=infused_vitamin_d, enters=calcitriol_pool, unit="nmol/d")
def intravenous_calcitriol(calcitriol_infusion, calcitriol_nmol_per_ug):
    """Calcitriol given into a vein."""
    return calcitriol_nmol_per_ug * calcitriol_infusion


# -- breakdown ----------------------------------------------------------------------------------------------------------


@signal("1")
def enzyme_24(magnesium_factor_24_hydroxylase, cyp24a1_activity):
    """Working 24-hydroxylase: what genes left, with the magnesium it needs."""
    return magnesium_factor_24_hydroxylase * cyp24a1_activity


def _induction(drive, weight):
    """Saturable induction, 1 at drive 1."""
    return (1 + weight) * drive / (weight + drive)


@signal("1")
def catabolism_24(
    serum_25ohd, reference_25ohd, vdr_drive, fgf23_action, pth_action, enzyme_24, catabolism_ceiling, catabolism_drive_weight,
    fgf23_power_on_catabolism, pth_power_on_catabolism,
):  # fmt: skip
    """24-hydroxylation of 25(OH)D relative to normal (I24 of coupled.md)."""
    ratio = serum_25ohd / reference_25ohd
    hormones = fgf23_action**fgf23_power_on_catabolism * pth_action**-pth_power_on_catabolism
    wanted = 2 * ratio / (1 + ratio) * _induction(vdr_drive, catabolism_drive_weight) * hormones
    return enzyme_24 * minimum(wanted, catabolism_ceiling)


@flux(leaves=calcidiol_pool, enters=pool_24_25, unit="nmol/d")
def hydroxylation_24(serum_25ohd, catabolism_24, catabolic_24_clearance):
    """24,25(OH)2D made from 25(OH)D."""
    return catabolic_24_clearance * catabolism_24 * serum_25ohd


@flux(leaves=calcitriol_pool, enters=vitamin_d_breakdown, unit="nmol/d")
def calcitriol_loss(
    calcitriol_level,
    vdr_drive,
    enzyme_24,
    calcitriol_clearance,
    clearance_induction_weight,
    inducible_share_of_clearance,
):
    """Calcitriol cleared; its own drive speeds this up."""
    enzymes = 1 - inducible_share_of_clearance + inducible_share_of_clearance * enzyme_24
    return calcitriol_clearance * _induction(vdr_drive, clearance_induction_weight) * enzymes * calcitriol_level


@flux(leaves=pool_24_25, enters=vitamin_d_breakdown, unit="nmol/d")
def loss_24_25(serum_2425, clearance_24_25):
    """24,25(OH)2D cleared."""
    return clearance_24_25 * serum_2425
