"""Kidney: filtered magnesium, what proximal tubule, thick limb and distal tubule take back, and what is left for urine.

The sharp threshold near normal plasma magnesium pins the serum level: the distal tubule takes a fraction of what arrives
up to a capacity (Rude 1980, Clin Sci 1976;51:161). Assumptions: per litre of filtrate, segments in series; vitamin D has no
direct effect on the distal tubule; adrenaline has none on urine magnesium (mg-E56 Ryzen 1990).
"""

from __future__ import annotations

from math import exp as number_exp
from math import log as number_log

from cofactor.body.blood import ecf_magnesium
from cofactor.model import derived, flux, given, minimum, observable, parameter, signal, softplus, world

# -- parameters ---------------------------------------------------------------------------------------------------------

proximal_magnesium_fraction = parameter(
    0.15, "1", spread=0.2, varies=0.05, source="mg-E27 reviews: 15-20 % of the load", low=0.05, high=0.3
)
thick_limb_fraction = parameter(
    0.87, "1", spread=0.02, source="magnesium.md 2.3, prior 0.84-0.90; mg-E27", low=0.6, high=0.92,
    follows=("thick_limb_capacity", 0.5), note="moves between people with the square root of the thick-limb capacity",
)  # fmt: skip
thick_limb_fraction_ceiling = parameter(0.92, "1", source="magnesium.md 2.3", low=0.8, high=0.99)
thick_limb_splay = parameter(0.02, "mmol/L", spread=0.5, source="magnesium.md 2.3", note="nephron heterogeneity")
thick_limb_share_at_rest = parameter(0.70, "1", source="mg-E27 reviews: 65-75 % of the load")
calcium_power_on_thick_limb = parameter(
    0.20, "1", spread=0.5, varies=0.1, source="mg-E25 Marx 1978, mg-E22 Rude 1980; prior 0.1-0.5", low=0.1, high=0.5,
    note="calcium-sensing receptor of the thick limb: high calcium wastes magnesium",
)  # fmt: skip
pth_power_on_thick_limb = parameter(
    0.02, "1", spread=0.8, source="mg-E24 Gill 1967; mg-E22 no effect; prior 0-0.05", low=0, high=0.05
)
dct_fraction = parameter(
    0.955,
    "1",
    spread=0.01,
    source="floor of fractional excretion 0.5 % in depletion: mg-E29, mg-E30",
    low=0.8,
    high=0.99,
)
dct_fraction_ceiling = parameter(0.99, "1", source="magnesium.md 2.3")
dct_splay = parameter(
    0.002, "mmol/L", spread=0.5, source="magnesium.md 2.3; mg-E23 sharp threshold", note="nephron heterogeneity"
)
acid_effect_on_dct = parameter(0.5, "1", spread=0.5, source="magnesium.md 2.3, recalled, prior 0-1", low=0, high=1)
normal_bicarbonate = parameter(24, "mmol/L", source="reference interval mid-point")
sweat_magnesium_at_rest = parameter(0.16, "mmol/d", spread=0.3, varies=0.2, source="mg-E48 Hunt & Johnson 2006: 4 mg/d")

# -- places and inputs --------------------------------------------------------------------------------------------------

magnesium_in_urine = world("mmol", of="magnesium", doc="magnesium in urine")
magnesium_in_sweat = world("mmol", of="magnesium", doc="magnesium in sweat and shed skin")

egf_signal = given("1", 1.0, doc="EGF signalling on the distal tubule: 1 normal, 0 fully blocked (cetuximab)")
plasma_bicarbonate = given("mmol/L", 24.0, doc="plasma bicarbonate")


# -- capacities that make the reference adult rest ----------------------------------------------------------------------


@derived(
    "mmol/L", calibrated="thick limb takes back 70 % of the load of the reference adult", spread=0.075, varies=0.075
)
def thick_limb_capacity(
    reference_serum_magnesium, ultrafilterable_magnesium_fraction, proximal_magnesium_fraction, thick_limb_fraction,
    thick_limb_share_at_rest, thick_limb_splay,
):  # fmt: skip
    """Capacity at which the thick limb reabsorbs its share of the reference load."""
    load = ultrafilterable_magnesium_fraction * reference_serum_magnesium
    offered = thick_limb_fraction * (1 - proximal_magnesium_fraction) * load
    return _capacity(offered, thick_limb_share_at_rest * load, thick_limb_splay)


@derived(
    "mmol/L", calibrated="magnesium balance of the reference adult closes at 0.85 mmol/L", spread=0.15, varies=0.15
)
def dct_capacity(
    reference_serum_magnesium, ultrafilterable_magnesium_fraction, proximal_magnesium_fraction, thick_limb_share_at_rest,
    dct_fraction, dct_splay, reference_filtration_rate, reference_urine_magnesium,
):  # fmt: skip
    """Capacity at which urine magnesium of the reference adult equals absorption less the other losses."""
    load = ultrafilterable_magnesium_fraction * reference_serum_magnesium
    arriving = (1 - proximal_magnesium_fraction - thick_limb_share_at_rest) * load
    taken = arriving - reference_urine_magnesium / reference_filtration_rate
    return _capacity(dct_fraction * arriving, taken, dct_splay)


@derived("mmol/d", calibrated="rest of the reference adult: absorption less endogenous and sweat loss")
def reference_urine_magnesium(
    dietary_magnesium, meals_per_day, magnesium_pump_maximum, magnesium_pump_half_load, passive_magnesium_fraction,
    magnesium_absorption_ceiling, ceiling_sharpness, endogenous_magnesium_at_rest, sweat_magnesium_at_rest,
):  # fmt: skip
    """Urine magnesium of the reference adult, from the same uptake that `gut` computes at normal calcitriol."""
    meal = dietary_magnesium / meals_per_day
    uptake = magnesium_pump_maximum / (magnesium_pump_half_load + meal) + passive_magnesium_fraction
    fraction = (magnesium_absorption_ceiling**-ceiling_sharpness + uptake**-ceiling_sharpness) ** (
        -1 / ceiling_sharpness
    )
    return fraction * dietary_magnesium - endogenous_magnesium_at_rest - sweat_magnesium_at_rest


def _capacity(offered: float, taken: float, splay: float) -> float:
    """Inverse of the smooth threshold: the capacity at which `taken` of `offered` is reabsorbed."""
    return offered - splay * number_log(number_exp((offered - taken) / splay) - 1)


# -- the nephron --------------------------------------------------------------------------------------------------------


@signal("mmol/L")
def filtered_magnesium(ultrafilterable_magnesium):
    """Magnesium in a litre of filtrate."""
    return ultrafilterable_magnesium


@signal("mmol/L")
def thick_limb_delivery(filtered_magnesium, proximal_magnesium_fraction):
    """What the proximal tubule leaves, per litre of filtrate."""
    return (1 - proximal_magnesium_fraction) * filtered_magnesium


@signal("1")
def thick_limb_drive(calcium_ratio, pth_action, calcium_power_on_thick_limb, pth_power_on_thick_limb):
    """Driving force of the thick limb: lowered by calcium through its receptor, raised a little by PTH."""
    return calcium_ratio ** (-calcium_power_on_thick_limb) * pth_action**pth_power_on_thick_limb


@signal("mmol/L")
def thick_limb_magnesium_reabsorption(
    thick_limb_delivery, thick_limb_drive, thick_limb_fraction, thick_limb_fraction_ceiling, thick_limb_capacity,
    thick_limb_splay,
):  # fmt: skip
    """What the thick limb takes back: a fraction of what arrives, up to a capacity, the edge softened by splay."""
    offered = minimum(thick_limb_fraction * thick_limb_drive, thick_limb_fraction_ceiling) * thick_limb_delivery
    return offered - thick_limb_splay * softplus((offered - thick_limb_capacity * thick_limb_drive) / thick_limb_splay)


@signal("mmol/L")
def distal_magnesium_delivery(thick_limb_delivery, thick_limb_magnesium_reabsorption):
    """What the thick limb leaves, per litre of filtrate."""
    return thick_limb_delivery - thick_limb_magnesium_reabsorption


@signal("1")
def distal_drive(egf_signal, plasma_bicarbonate, normal_bicarbonate, acid_effect_on_dct):
    """Health of the distal channel (TRPM6): lowered by EGF-receptor block and by acidosis."""
    return egf_signal * (1 + acid_effect_on_dct * (plasma_bicarbonate - normal_bicarbonate) / normal_bicarbonate)


@signal("mmol/L")
def distal_magnesium_reabsorption(
    distal_magnesium_delivery, distal_drive, dct_fraction, dct_fraction_ceiling, dct_capacity, dct_splay
):
    """What the distal tubule takes back: a fraction of what arrives, up to a capacity, the edge softened by splay."""
    offered = minimum(dct_fraction * minimum(distal_drive, 1), dct_fraction_ceiling) * distal_magnesium_delivery
    return offered - dct_splay * softplus((offered - dct_capacity * distal_drive) / dct_splay)


@flux(leaves=ecf_magnesium, enters=magnesium_in_urine, unit="mmol/d")
def renal_magnesium_excretion(filtration_rate, distal_magnesium_delivery, distal_magnesium_reabsorption):
    """Magnesium that neither the thick limb nor the distal tubule takes back (Rude 1980, smooth threshold)."""
    return filtration_rate * (distal_magnesium_delivery - distal_magnesium_reabsorption)


@flux(leaves=ecf_magnesium, enters=magnesium_in_sweat, unit="mmol/d")
def sweat_magnesium_loss(serum_magnesium_ratio, sweat_magnesium_at_rest):
    """Magnesium lost with sweat and shed skin."""
    return sweat_magnesium_at_rest * serum_magnesium_ratio


# -- observables --------------------------------------------------------------------------------------------------------


@observable("mmol/d")
def urine_magnesium(renal_magnesium_excretion):
    """Magnesium excreted in urine."""
    return renal_magnesium_excretion


@observable("1")
def fractional_magnesium_excretion(renal_magnesium_excretion, filtration_rate, filtered_magnesium):
    """Share of the filtered magnesium that reaches the urine."""
    return renal_magnesium_excretion / (filtration_rate * filtered_magnesium)
