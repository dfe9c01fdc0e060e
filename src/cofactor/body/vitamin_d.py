"""Vitamin D: swallowed and made in skin, carried in plasma, stored in fat, turned into 25(OH)D by the liver.

25-hydroxylation has a saturable part (CYP2R1) and a nearly linear one, so serum D3 and fat hold the surplus of large
doses. Assumptions: food's vitamin D and skin synthesis are steady and enter plasma without delay; a pill passes the gut at
a first-order rate; D2 follows D3 at a lower effective dose (vitd-E51); fat's content follows its mass.
"""

from __future__ import annotations

from math import isfinite

from cofactor.model import derived, flux, given, maximum, observable, parameter, pool, world

# -- parameters: body size ----------------------------------------------------------------------------------------------

body_weight = parameter(70, "kg", source="design.md 2, reference adult", low=30, high=250)
reference_body_weight = parameter(70, "kg", source="design.md 2, reference adult")
fat_mass = parameter(20, "kg", source="design.md 2, reference adult", low=2, high=150)
reference_fat_mass = parameter(20, "kg", source="design.md 2, reference adult")

# -- parameters: gut and plasma -------------------------------------------------------------------------------------------

vitamin_d_nmol_per_ug = parameter(
    2.6, "nmol/ug", source="coupled.md: 1 nmol D3 = 1/2.6 ug", note="exact mass gives 2.600"
)
calcidiol_nmol_per_ug = parameter(2.496, "nmol/ug", source="molar mass 400.64 g/mol")
vitamin_d_gut_passage = parameter(1.2, "1/d", spread=0.3, source="vitamin_d.md 2.2 (ka)")
vitamin_d_absorbed_fraction = parameter(
    0.75, "1", spread=0.15, varies=0.15, source="vitamin_d.md 2.2 (F0), prior 0.55-0.9", low=0.3, high=0.95,
    note="with a meal that holds at least 10 g of fat",
)  # fmt: skip
effect_of_d2 = parameter(0.45, "1", spread=0.3, source="vitd-E51: 178 ug/d of D2 gave only +62 nmol/L", low=0.2, high=1)
absorbed_calcidiol_fraction = parameter(0.8, "1", spread=0.15, calibrated="vitd-E05 Barger-Lux 1998", low=0.5, high=1)
plasma_d3_volume_at_rest = parameter(9.0, "L", spread=0.3, calibrated="vitd-E26 and the D3 rows of vitamin_d.md 2.9")
plasma_d3_volume_per_fat = parameter(
    0.08, "1/kg", spread=0.5, source="vitamin_d.md 2.2; vitd-E26: rise -57 % in obesity"
)
smallest_plasma_d3_volume = parameter(0.5, "1", source="vitamin_d.md 2.2: floor of the body-size form")
slow_d3_exchange = parameter(3.0, "L/d", spread=0.8, source="vitamin_d.md 2.2 (Qs)", note="poorly identified")
slow_d3_volume = parameter(17, "L", spread=0.8, source="vitamin_d.md 2.2 (Vs)", note="poorly identified")
fat_d3_exchange = parameter(0.030, "L/d/kg", spread=0.5, calibrated="vitd-E24 Martinaityte 2017")
fat_d3_partition = parameter(
    15, "L/kg", spread=0.15, varies=0.2, source="vitd-E23 Didriksen 2015: fat 209, serum 32 ng/g"
)
d3_clearance = parameter(2.6, "L/d", spread=0.25, source="vitamin_d.md 2.2 (CLo), fitted", note="not through 25(OH)D")
d3_clearance_weight_power = parameter(0.75, "1", source="vitamin_d.md 2.2, allometry")

# -- parameters: 25(OH)D ------------------------------------------------------------------------------------------------

hydroxylase_25_maximum = parameter(31.5, "nmol/d", spread=0.07, varies=0.30, calibrated="vitamin_d.md 2.2 (a)")
hydroxylase_25_half_d3 = parameter(2.0, "nmol/L", spread=0.32, calibrated="vitamin_d.md 2.2 (b)")
linear_hydroxylation_25 = parameter(
    0.39, "L/d", spread=0.11, varies=0.25, calibrated="vitamin_d.md 2.2 (c), with 24-hydroxylation coupled"
)
linear_hydroxylation_limit = parameter(
    4000, "nmol/L", spread=0.7, source="vitamin_d.md 2.2 (ks)", note="above 100 kIU/d only"
)
calcidiol_volume_at_rest = parameter(
    8, "L", spread=0.1, varies=0.10, source="vitd-E18 Jones 2012: 80 nmol peak at 9.6 nmol/L"
)
calcidiol_clearance = parameter(
    0.2057, "L/d", spread=0.15, varies=0.22, calibrated="coupled.md: total 0.367 L/d (Ocampo-Pelland 2016) at rest",
    note="all but 24-hydroxylation and activation", low=0.02, high=2,
)  # fmt: skip
calcidiol_clearance_weight_power = parameter(0.9, "1", source="vitamin_d.md 2.3, allometry (Ocampo-Pelland 2016)")

# -- places and inputs --------------------------------------------------------------------------------------------------

gut_vitamin_d = pool("nmol", of="vitamin_d", start=0, doc="vitamin D swallowed as a supplement, still in the gut")
plasma_vitamin_d3 = pool("nmol", of="vitamin_d", start="plasma_d3_at_rest", doc="D3 in plasma")
slow_tissue_vitamin_d3 = pool(
    "nmol", of="vitamin_d", start="slow_tissue_d3_at_rest", doc="D3 in slow tissue other than fat"
)
fat_vitamin_d3 = pool("nmol", of="vitamin_d", start="fat_d3_at_rest", doc="D3 in fat")
calcidiol_pool = pool("nmol", of="vitamin_d", start="calcidiol_at_rest", doc="25(OH)D in the body")
swallowed_vitamin_d = world("nmol", of="vitamin_d", doc="vitamin D swallowed")
skin_vitamin_d = world("nmol", of="vitamin_d", doc="vitamin D made in skin")
vitamin_d_in_stool = world("nmol", of="vitamin_d", doc="vitamin D in stool")
vitamin_d_breakdown = world("nmol", of="vitamin_d", doc="breakdown products of vitamin D, in bile and urine")

dietary_vitamin_d = given("ug/d", 4.0, doc="vitamin D in food")
supplement_vitamin_d3 = given("ug/d", 0.0, doc="D3 taken steadily by mouth")
supplement_vitamin_d2 = given("ug/d", 0.0, doc="D2 taken steadily by mouth")
supplement_calcidiol = given("ug/d", 0.0, doc="25(OH)D taken steadily by mouth")
fat_absorption = given("1", 1.0, doc="fat absorption: 0.75 fasting, 1.1 fatty meal, 0.1-0.5 malabsorption")


# -- rest of the reference adult ----------------------------------------------------------------------------------------


@derived("nmol/d", calibrated="loss of 25(OH)D of the reference adult at 60 nmol/L (P25_0 of coupled.md)")
def hydroxylation_25_at_rest(
    calcidiol_clearance, catabolic_24_clearance, calcitriol_synthesis_at_rest, reference_25ohd
):
    """25(OH)D that the reference adult must make a day."""
    return (calcidiol_clearance + catabolic_24_clearance) * reference_25ohd + calcitriol_synthesis_at_rest


@derived("nmol/L", calibrated="serum D3 at which the reference adult makes its 25(OH)D (cD0 of coupled.md)")
def d3_at_rest(
    hydroxylation_25_at_rest, hydroxylase_25_maximum, hydroxylase_25_half_d3, linear_hydroxylation_25,
    linear_hydroxylation_limit,
):  # fmt: skip
    """Serum D3 of the reference adult: the root of 25-hydroxylation = loss of 25(OH)D, by Newton from 0.

    Hydroxylation rises ever more slowly with D3, so every step stays short of the root until rounding ends the search.
    """
    level = 0.0
    while True:
        made = _hydroxylation_25(
            level, hydroxylase_25_maximum, hydroxylase_25_half_d3, linear_hydroxylation_25, linear_hydroxylation_limit
        )
        saturable = hydroxylase_25_maximum * hydroxylase_25_half_d3 / (hydroxylase_25_half_d3 + level) ** 2
        slope = saturable + linear_hydroxylation_25 / (1 + level / linear_hydroxylation_limit) ** 2
        nearer = level + (hydroxylation_25_at_rest - made) / slope
        if not isfinite(nearer):
            raise ValueError("no serum D3 makes that much 25(OH)D")
        if nearer <= level:
            return level
        level = nearer


@derived("nmol/d", calibrated="rest of the reference adult at 60 nmol/L (D_in of coupled.md less food)", low=0)
def habitual_skin_synthesis(
    hydroxylation_25_at_rest,
    d3_at_rest,
    d3_clearance,
    dietary_vitamin_d,
    vitamin_d_absorbed_fraction,
    vitamin_d_nmol_per_ug,
):
    """Vitamin D that habitual sun makes in skin: what the reference adult loses less what food gives."""
    lost = hydroxylation_25_at_rest + d3_clearance * d3_at_rest
    return lost - vitamin_d_absorbed_fraction * vitamin_d_nmol_per_ug * dietary_vitamin_d


@derived("nmol", calibrated="rest of the reference adult: where the search for rest begins")
def plasma_d3_at_rest(d3_at_rest, plasma_d3_volume_at_rest):
    """D3 in plasma of the reference adult."""
    return plasma_d3_volume_at_rest * d3_at_rest


@derived("nmol", calibrated="rest of the reference adult: where the search for rest begins")
def slow_tissue_d3_at_rest(d3_at_rest, slow_d3_volume):
    """D3 in slow tissue of the reference adult."""
    return slow_d3_volume * d3_at_rest


@derived("nmol", calibrated="rest of the reference adult: where the search for rest begins")
def fat_d3_at_rest(d3_at_rest, fat_d3_partition, reference_fat_mass):
    """D3 in fat of the reference adult."""
    return fat_d3_partition * reference_fat_mass * d3_at_rest


@derived("nmol", calibrated="rest of the reference adult: where the search for rest begins")
def calcidiol_at_rest(reference_25ohd, calcidiol_volume_at_rest):
    """25(OH)D in the body of the reference adult."""
    return reference_25ohd * calcidiol_volume_at_rest


# -- concentrations -----------------------------------------------------------------------------------------------------


@observable("nmol/L")
def serum_d3(
    plasma_vitamin_d3, fat_mass, reference_fat_mass, plasma_d3_volume_at_rest, plasma_d3_volume_per_fat,
    smallest_plasma_d3_volume,
):  # fmt: skip
    """D3 in serum; its volume grows with fat mass."""
    size = maximum(1 + plasma_d3_volume_per_fat * (fat_mass - reference_fat_mass), smallest_plasma_d3_volume)
    return plasma_vitamin_d3 / (plasma_d3_volume_at_rest * size)


@observable("nmol/L")
def serum_25ohd(calcidiol_pool, calcidiol_volume_at_rest, body_weight, reference_body_weight):
    """25(OH)D in serum."""
    return calcidiol_pool / (calcidiol_volume_at_rest * body_weight / reference_body_weight)


# -- gut and skin -------------------------------------------------------------------------------------------------------


@flux(leaves=swallowed_vitamin_d, enters=gut_vitamin_d, unit="nmol/d")
def vitamin_d_intake(supplement_vitamin_d3, supplement_vitamin_d2, effect_of_d2, vitamin_d_nmol_per_ug):
    """Supplemental vitamin D swallowed, D2 counted at its effect."""
    return vitamin_d_nmol_per_ug * (supplement_vitamin_d3 + effect_of_d2 * supplement_vitamin_d2)


@flux(leaves=gut_vitamin_d, enters=plasma_vitamin_d3, unit="nmol/d")
def vitamin_d_absorption(gut_vitamin_d, vitamin_d_gut_passage, vitamin_d_absorbed_fraction, fat_absorption):
    """Supplemental vitamin D that reaches plasma."""
    return vitamin_d_absorbed_fraction * fat_absorption * vitamin_d_gut_passage * gut_vitamin_d


@flux(leaves=gut_vitamin_d, enters=vitamin_d_in_stool, unit="nmol/d")
def unabsorbed_vitamin_d(gut_vitamin_d, vitamin_d_gut_passage, vitamin_d_absorbed_fraction, fat_absorption):
    """Supplemental vitamin D that passes through the gut."""
    return (1 - vitamin_d_absorbed_fraction * fat_absorption) * vitamin_d_gut_passage * gut_vitamin_d


@flux(leaves=swallowed_vitamin_d, enters=plasma_vitamin_d3, unit="nmol/d")
def dietary_vitamin_d_uptake(dietary_vitamin_d, vitamin_d_absorbed_fraction, fat_absorption, vitamin_d_nmol_per_ug):
    """Vitamin D of food that reaches plasma."""
    return vitamin_d_absorbed_fraction * fat_absorption * vitamin_d_nmol_per_ug * dietary_vitamin_d


@flux(leaves=skin_vitamin_d, enters=plasma_vitamin_d3, unit="nmol/d")
def skin_synthesis(habitual_skin_synthesis):
    """D3 that habitual sun makes in skin."""
    return habitual_skin_synthesis


@flux(leaves=swallowed_vitamin_d, enters=calcidiol_pool, unit="nmol/d")
def calcidiol_uptake(supplement_calcidiol, calcidiol_nmol_per_ug, absorbed_calcidiol_fraction):
    """Swallowed 25(OH)D that reaches blood."""
    return absorbed_calcidiol_fraction * calcidiol_nmol_per_ug * supplement_calcidiol


# -- D3 between plasma, slow tissue and fat -----------------------------------------------------------------------------


@flux(leaves=plasma_vitamin_d3, enters=slow_tissue_vitamin_d3, unit="nmol/d")
def slow_tissue_d3_uptake(serum_d3, slow_tissue_vitamin_d3, slow_d3_exchange, slow_d3_volume):
    """Net uptake of D3 by slow tissue."""
    return slow_d3_exchange * (serum_d3 - slow_tissue_vitamin_d3 / slow_d3_volume)


@flux(leaves=plasma_vitamin_d3, enters=fat_vitamin_d3, unit="nmol/d")
def fat_d3_uptake(serum_d3, fat_vitamin_d3, fat_mass, fat_d3_exchange, fat_d3_partition):
    """Net uptake of D3 by fat, the year-long store."""
    return fat_d3_exchange * fat_mass * (serum_d3 - fat_vitamin_d3 / (fat_d3_partition * fat_mass))


@flux(leaves=plasma_vitamin_d3, enters=vitamin_d_breakdown, unit="nmol/d")
def d3_loss(serum_d3, d3_clearance, d3_clearance_weight_power, body_weight, reference_body_weight):
    """D3 cleared otherwise than through 25(OH)D."""
    return d3_clearance * (body_weight / reference_body_weight) ** d3_clearance_weight_power * serum_d3


# -- 25-hydroxylation and loss of 25(OH)D -------------------------------------------------------------------------------


def _hydroxylation_25(d3, maximum_rate, half_level, linear, limit):
    """Saturable CYP2R1 beside a nearly linear second enzyme (vitamin_d.md 2.2)."""
    return maximum_rate * d3 / (half_level + d3) + linear * d3 / (1 + d3 / limit)


@flux(leaves=plasma_vitamin_d3, enters=calcidiol_pool, unit="nmol/d")
def hydroxylation_25(
    serum_d3, magnesium_factor_25_hydroxylase, hydroxylase_25_maximum, hydroxylase_25_half_d3, linear_hydroxylation_25,
    linear_hydroxylation_limit,
):  # fmt: skip
    """25(OH)D made from D3; magnesium is needed, not used up."""
    return magnesium_factor_25_hydroxylase * _hydroxylation_25(
        serum_d3, hydroxylase_25_maximum, hydroxylase_25_half_d3, linear_hydroxylation_25, linear_hydroxylation_limit
    )


@flux(leaves=calcidiol_pool, enters=vitamin_d_breakdown, unit="nmol/d")
def calcidiol_loss(
    serum_25ohd, calcidiol_clearance, calcidiol_clearance_weight_power, body_weight, reference_body_weight
):
    """25(OH)D cleared otherwise than by activation or 24-hydroxylation."""
    size = (body_weight / reference_body_weight) ** calcidiol_clearance_weight_power
    return calcidiol_clearance * size * serum_25ohd
