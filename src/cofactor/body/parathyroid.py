"""Parathyroid glands: PTH follows calcium within minutes, its making follows vitamin D and calcium within a day, the
gland's mass within a year.

The calcium-sensing receptor sees ionised calcium and, with a small share, ionised magnesium; severe magnesium lack blocks
release. Assumptions: the steady curve is a four-parameter sigmoid (bone-E01, E02); PTH(1-34) acts as PTH does at 1.8
times the potency per pmol (core_bone.md 2B.2).
"""

from __future__ import annotations

from cofactor.model import adapts, clip, derived, given, maximum, observable, parameter, signal, tanh

# -- parameters: release --------------------------------------------------------------------------------------------------

reference_pth = parameter(3.85, "pmol/L", source="core_bone.md 2B: 1 = 3.85 pmol/L")
pth_clearance = parameter(2400, "L/d", spread=0.15, source="core_bone.md 2B.3: 100 L/h", note="half-life about 6 min")
pth_volume = parameter(14, "L", spread=0.15, source="core_bone.md 2B.1")
pth_curve_floor = parameter(0.25, "1", spread=0.16, varies=0.2, source="bone-E01: 6.4 (SE 1.0) of 23.2 ng/L")
pth_curve_range = parameter(
    3.95, "1", spread=0.2, varies=0.2, source="bone-E01: 95 (SE 20) of 23.2 ng/L, less the floor"
)
pth_curve_power = parameter(14.4, "1", spread=0.1, source="core_bone.md 2B.3, fixed by floor, range and set point")
calcium_set_point = parameter(
    0.904, "1", spread=0.01, varies=0.015, source="bone-E02: 1.13 of 1.25 mmol/L (SD 0.04 between people)", low=0.7, high=1.4,
    note="people differ less than single clamps do: lasting SD of serum calcium 2.6 %, of which this is a part",
)  # fmt: skip
magnesium_share_on_receptor = parameter(
    0.12,
    "1",
    spread=0.4,
    source="magnesium.md 2.5 (rho), prior 0.05-0.3; coupled.md decision 11",
    low=0.05,
    high=0.3,
)
gland_size = parameter(
    1, "1", varies=0.45, source="coupled.md 2; people's PTH at equal calcium", low=0.05, high=10,
    note="spread calibrated to the lasting spread of PTH in adults (people/targets.toml)",
)  # fmt: skip
low_magnesium_block_half = parameter(
    0.72, "1", spread=0.08, varies=0.08, calibrated="mg-E30, mg-E31 (coupled.md decision 10)", low=0.3, high=0.9
)
low_magnesium_block_power = parameter(10, "1", spread=0.25, source="magnesium.md 2.5, prior 6-14", low=6, high=14)
replete_serum_magnesium = parameter(
    0.85,
    "mmol/L",
    source="coupled.md 2 (c_own)",
    low=0.4,
    high=1.5,
    note="the person's own serum magnesium when replete",
)

# -- parameters: memory and mass ------------------------------------------------------------------------------------------

secretion_turnover = parameter(0.24, "1/d", spread=0.5, source="core_bone.md 2B.3: 0.01/h")
secretion_floor = parameter(
    0.15, "1", spread=0.3, source="core_bone.md 2B.3", note="share of the turnover nothing regulates"
)
secretion_gain = parameter(0.45, "1", spread=0.3, calibrated="bone-E30 Gram 1996")
calcium_power_on_secretion = parameter(0.9, "1", spread=0.3, source="core_bone.md 2B.3")
secretion_at_rest = parameter(0.5, "1", source="core_bone.md 2B.3: as much made as lost")
gland_turnover = parameter(
    0.0038496, "1/d", spread=0.5, source="core_bone.md 2B.3: 1.604e-4/h", note="weakly identified"
)
drive_power_on_gland = parameter(0.4, "1", spread=0.5, source="core_bone.md 2B.3")
calcium_power_on_gland = parameter(4, "1", spread=0.5, source="core_bone.md 2B.3")
phosphate_power_on_gland = parameter(0.8, "1", spread=0.5, source="core_bone.md 2B.3")
smallest_gland_target = parameter(0.6, "1", source="core_bone.md 2B.3")
largest_gland_target = parameter(6, "1", source="core_bone.md 2B.3")

# -- parameters: PTH(1-34) ------------------------------------------------------------------------------------------------

pth_1_34_potency = parameter(1.8, "1", spread=0.3, calibrated="bone-E04 with bone-E06 (core_bone.md 2B.2)")
smallest_pth_action = parameter(1e-4, "1", source="coupled.md 2: floor of x, for the powers of x")
hours_per_day = parameter(24, "h/d", source="definition")

# -- inputs ---------------------------------------------------------------------------------------------------------------

parathyroid_tissue = given("1", 1.0, doc="secreting tissue: 2.5 in hyperparathyroidism, 0.002 in hypoparathyroidism")
set_point_shift = given(
    "1", 1.0, doc="set point of the glands relative to the person's own: 1.15 in hyperparathyroidism"
)
calcimimetic_shift = given("1", 1.0, doc="set point relative to none under a calcimimetic (drugs/calcimimetic)")
gland_regulation = given("1", 1.0, doc="regulation of gland mass: 0 holds it as it is (autonomous adenoma)")
pth_1_84_infusion = given("pmol/h", 0.0, doc="PTH(1-84) infused")


# -- release --------------------------------------------------------------------------------------------------------------


@signal("1")
def calcium_sensing(
    calcium_ratio, ionised_magnesium, reference_serum_magnesium, ionised_magnesium_fraction, reference_ionised_calcium,
    magnesium_share_on_receptor,
):  # fmt: skip
    """What the glands' calcium-sensing receptor sees: calcium with a small share of magnesium (1 at rest)."""
    magnesium_above_rest = ionised_magnesium - ionised_magnesium_fraction * reference_serum_magnesium
    return calcium_ratio + magnesium_share_on_receptor * magnesium_above_rest / reference_ionised_calcium


def _curve(sensed, set_point, floor, span, power):
    """Steady PTH against calcium (bone-E01)."""
    return floor + span / (1 + (sensed / set_point) ** power)


@derived("1", calibrated="PTH 1 at the calcium of the reference adult (curve0 of coupled.md)")
def pth_curve_at_rest(calcium_set_point, pth_curve_floor, pth_curve_range, pth_curve_power):
    """Height of the curve at rest."""
    return _curve(1, calcium_set_point, pth_curve_floor, pth_curve_range, pth_curve_power)


@signal("1")
def calcium_curve(
    calcium_sensing, calcium_set_point, set_point_shift, calcimimetic_shift, pth_curve_floor, pth_curve_range,
    pth_curve_power, pth_curve_at_rest,
):  # fmt: skip
    """PTH release as calcium sets it, relative to rest."""
    set_point = calcium_set_point * set_point_shift * calcimimetic_shift
    now = _curve(calcium_sensing, set_point, pth_curve_floor, pth_curve_range, pth_curve_power)
    return now / pth_curve_at_rest


@signal("1")
def low_magnesium_block(serum_magnesium, replete_serum_magnesium, low_magnesium_block_half, low_magnesium_block_power):
    """PTH release left by magnesium: near 1 until serum magnesium has fallen by a fifth, then steeply down (mg-E31)."""
    own = (serum_magnesium / replete_serum_magnesium) ** low_magnesium_block_power
    half = low_magnesium_block_half**low_magnesium_block_power
    return (1 + half) * own / (own + half)


@signal("1")
def pth_release(
    calcium_curve,
    secretion_capacity,
    secretion_at_rest,
    gland_mass,
    gland_size,
    parathyroid_tissue,
    low_magnesium_block,
):
    """PTH release relative to the reference adult."""
    tissue = gland_mass * gland_size * parathyroid_tissue
    return calcium_curve * secretion_capacity / secretion_at_rest * tissue * low_magnesium_block


@adapts("pth", unit="1/d", start=1)
def pth_change(pth, pth_release, pth_1_84_infusion, pth_clearance, pth_volume, reference_pth, hours_per_day):
    """PTH relative to the reference adult (h of coupled.md), with a half-life of minutes."""
    infused = pth_1_84_infusion * hours_per_day / (pth_volume * reference_pth)
    return pth_clearance / pth_volume * (pth_release - pth) + infused


# -- memory and mass of the gland -----------------------------------------------------------------------------------------


@signal("1")
def secretion_signal(vdr_drive, calcium_sensing, secretion_gain, calcium_power_on_secretion):
    """What vitamin D and calcium tell PTH synthesis: above 0 less, below 0 more."""
    return tanh(secretion_gain * (vdr_drive - calcium_sensing**-calcium_power_on_secretion))


@adapts("secretion_capacity", unit="1/d", start="secretion_at_rest")
def secretion_capacity_change(secretion_capacity, secretion_signal, secretion_turnover, secretion_floor):
    """Capacity to make PTH (S of coupled.md), renewed within days."""
    regulated = 1 - secretion_floor
    made = (1 - secretion_capacity) * (regulated * (1 - secretion_signal) + secretion_floor)
    lost = secretion_capacity * (regulated * (1 + secretion_signal) + secretion_floor)
    return secretion_turnover * (made - lost)


@signal("1")
def gland_target(
    vdr_drive, calcium_sensing, phosphate_ratio, drive_power_on_gland, calcium_power_on_gland, phosphate_power_on_gland,
    smallest_gland_target, largest_gland_target,
):  # fmt: skip
    """Gland mass that today's vitamin D, calcium and phosphate would lead to."""
    wanted = (
        vdr_drive**-drive_power_on_gland
        * calcium_sensing**-calcium_power_on_gland
        * phosphate_ratio**phosphate_power_on_gland
    )
    return clip(wanted, smallest_gland_target, largest_gland_target)


@adapts("gland_mass", unit="1/d", start=1)
def gland_growth(gland_mass, gland_target, gland_turnover, gland_regulation):
    """Parathyroid mass relative to the person's own (G of coupled.md), growing over a year."""
    return gland_regulation * gland_turnover * (gland_target - gland_mass)


# -- action ---------------------------------------------------------------------------------------------------------------


@signal("1")
def pth_action(pth, serum_teriparatide, pth_1_34_potency, reference_pth, smallest_pth_action):
    """PTH as its receptor feels it, PTH(1-34) included (x of coupled.md)."""
    return maximum(pth + pth_1_34_potency * serum_teriparatide / reference_pth, smallest_pth_action)


@observable("pmol/L")
def serum_pth(pth, reference_pth):
    """Intact PTH in serum."""
    return reference_pth * pth
