"""Kidney: the phosphate that the tubule cannot hold back.

Phosphate above TmP/GFR spills into urine; FGF23 and PTH lower TmP/GFR. Assumptions: the threshold's edge is softened by
splay (nephron heterogeneity); magnesium lack does not blunt PTH here (phosphaturia is kept, coupled.md decision 12).
"""

from __future__ import annotations

from math import exp as number_exp
from math import log as number_log

from cofactor.body.blood_minerals import ecf_phosphate
from cofactor.model import derived, flux, observable, parameter, signal, softplus, world

# -- parameters -------------------------------------------------------------------------------------------------------

phosphate_threshold_splay = parameter(0.05, "mmol/L", spread=0.4, source="vitamin_d.md 2.5")
fgf23_power_on_phosphate_threshold = parameter(
    0.25, "1", spread=0.5, calibrated="vitd-E51: no fall of phosphate as FGF23 rose by 72 % (coupled.md decision 14)"
)
pth_power_on_phosphate_threshold = parameter(0.35, "1", spread=0.3, source="vitamin_d.md 2.5; coupled.md decision 14")
reference_urine_phosphate = parameter(26, "mmol/d", source="vitamin_d.md 2.5; vitd-E53: 21.6-28.8 mmol/d")

phosphate_in_urine = world("mmol", of="phosphorus", doc="phosphate in urine")


# varies: calibrated to the lasting spread of serum phosphate in adults (people/targets.toml)
@derived(
    "mmol/L", calibrated="phosphate balance of the reference adult closes at 1.10 mmol/L (T0)", spread=0.05, varies=0.115,
)  # fmt: skip
def phosphate_threshold_at_rest(
    reference_serum_phosphate, reference_urine_phosphate, reference_filtration_rate, phosphate_threshold_splay
):
    """TmP/GFR at normal PTH and FGF23."""
    per_litre = reference_filtration_rate * phosphate_threshold_splay
    steps = number_log(number_exp(reference_urine_phosphate / per_litre) - 1)
    return reference_serum_phosphate - phosphate_threshold_splay * steps


@signal("mmol/L")
def phosphate_threshold(
    fgf23_action, pth_action, phosphate_threshold_at_rest, fgf23_power_on_phosphate_threshold,
    pth_power_on_phosphate_threshold,
):  # fmt: skip
    """TmP/GFR: lowered by FGF23 and PTH."""
    fgf23_effect = (2 / (1 + fgf23_action)) ** fgf23_power_on_phosphate_threshold
    return phosphate_threshold_at_rest * fgf23_effect * (2 / (1 + pth_action)) ** pth_power_on_phosphate_threshold


@flux(leaves=ecf_phosphate, enters=phosphate_in_urine, unit="mmol/d")
def renal_phosphate_excretion(filtration_rate, serum_phosphate, phosphate_threshold, phosphate_threshold_splay):
    """Phosphate that the tubule does not take back."""
    steps = softplus((serum_phosphate - phosphate_threshold) / phosphate_threshold_splay)
    return filtration_rate * phosphate_threshold_splay * steps


@observable("mmol/d")
def urine_phosphate(renal_phosphate_excretion):
    """Phosphate excreted in urine."""
    return renal_phosphate_excretion
