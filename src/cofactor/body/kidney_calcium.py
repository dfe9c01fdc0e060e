"""Kidney: filtration, and the calcium that the tubule cannot hold back.

Above a threshold calcium spills into urine (Nordin's concept, the edge softened by splay). PTH and vitamin D raise the
threshold. Lasting hypercalcaemia makes the kidney lose salt and water: the contracted volume lowers filtration and raises
the threshold, which is how intoxication runs away. Assumptions: ultrafilterable calcium is a constant share; kidney
disease lowers filtration only (its other effects read filtration).
"""

from __future__ import annotations

from math import exp as number_exp
from math import log as number_log

from cofactor.body.blood_minerals import ecf_calcium
from cofactor.model import adapts, derived, flux, given, maximum, observable, parameter, signal, softplus, world

# -- parameters: filtration -------------------------------------------------------------------------------------------

baseline_filtration_rate = parameter(
    173, "L/d", varies=0.15, source="coupled.md decision 15: 120 mL/min; CV 15 % magnesium.md 2.4", low=4, high=350,
    note="a published eGFR of 100 mL/min is a healthy adult: ratio = eGFR / 100 (design.md 2)",
)  # fmt: skip
minutes_to_days = parameter(1.44, "L*min/mL/d", source="definition: 1440 min/d, 1000 mL/L")
contraction_onset = parameter(
    2.55, "mmol/L", spread=0.03, source="coupled.md 2 (W)", note="serum calcium above which salt and water are lost"
)
contraction_time = parameter(3, "d", spread=0.4, source="coupled.md decision 19")
contraction_tolerated = parameter(
    0.15, "mmol/L", spread=0.5, source="vitamin_d.md 2.6: filtration falls above 2.7 mmol/L"
)
contraction_half = parameter(
    0.7, "mmol/L", spread=0.4, calibrated="vitd-E39: creatinine 265 umol/L at calcium above 3.75"
)
smallest_filtration_share = parameter(0.2, "1", spread=0.3, source="coupled.md decision 19", low=0.02, high=0.9)

# -- parameters: calcium ----------------------------------------------------------------------------------------------

ultrafilterable_calcium_fraction = parameter(0.6, "1", spread=0.05, source="core_bone.md 2B.5", low=0.4, high=0.7)
calcium_threshold_splay = parameter(0.10, "mmol/L", spread=0.3, source="core_bone.md 2B.5: slope 29 mmol/d a mmol/L")
pth_on_calcium_threshold = parameter(0.46, "mmol/L", spread=0.2, source="core_bone.md 2B.5")
vdr_on_calcium_threshold = parameter(
    0.22, "mmol/L", spread=0.25, calibrated="onset of hypercalcaemia near 25(OH)D 1050 nmol/L (coupled.md decision 18)"
)
contraction_on_calcium_threshold = parameter(
    1.5,
    "mmol/L",
    spread=0.4,
    calibrated="vitd-E39 (coupled.md decision 19)",
    note="proximal reabsorption of a dry kidney",
)
reference_urine_calcium = parameter(3.6, "mmol/d", source="coupled.md 4, reference adult at rest; bone-E98: 3-5 mmol/d")

# -- places -----------------------------------------------------------------------------------------------------------

calcium_in_urine = world("mmol", of="calcium", doc="calcium in urine")

diuretic_calcium_shift = given("mmol/L", 0.0, doc="what diuretics add to the calcium threshold (drugs/diuretics)")


# varies: calibrated to the lasting spread of PTH and calcium in adults (people/targets.toml)
@derived(
    "mmol/L", calibrated="calcium balance of the reference adult closes at 2.35 mmol/L (Th0)", spread=0.01, varies=0.022
)
def calcium_threshold_at_rest(
    reference_serum_calcium, reference_urine_calcium, ultrafilterable_calcium_fraction, reference_filtration_rate,
    calcium_threshold_splay,
):  # fmt: skip
    """Calcium threshold at normal PTH and vitamin D."""
    per_litre = ultrafilterable_calcium_fraction * reference_filtration_rate * calcium_threshold_splay
    steps = number_log(number_exp(reference_urine_calcium / per_litre) - 1)
    return reference_serum_calcium - calcium_threshold_splay * steps


# -- filtration -------------------------------------------------------------------------------------------------------


@adapts("volume_contraction", unit="mmol/L/d", start=0)
def volume_contraction_change(volume_contraction, serum_calcium, contraction_onset, contraction_time):
    """Loss of salt and water, counted in the excess of calcium that causes it (W of coupled.md)."""
    return (maximum(serum_calcium - contraction_onset, 0) - volume_contraction) / contraction_time


@signal("L/d")
def filtration_rate(
    baseline_filtration_rate, kidney_health, volume_contraction, contraction_tolerated, contraction_half,
    smallest_filtration_share,
):  # fmt: skip
    """Glomerular filtration: what kidney health gives, less what volume contraction takes."""
    excess = maximum(volume_contraction - contraction_tolerated, 0) / contraction_half
    share = smallest_filtration_share + (1 - smallest_filtration_share) / (1 + excess**2)
    return baseline_filtration_rate * kidney_health * share


@signal("1")
def filtration_ratio(filtration_rate, reference_filtration_rate):
    """Filtration relative to the reference adult (gr of coupled.md)."""
    return filtration_rate / reference_filtration_rate


@observable("mL/min")
def gfr(filtration_rate, minutes_to_days):
    """Glomerular filtration rate."""
    return filtration_rate / minutes_to_days


# -- calcium ----------------------------------------------------------------------------------------------------------


@signal("mmol/L")
def calcium_threshold(
    pth_action, vdr_drive, volume_contraction, calcium_threshold_at_rest, pth_on_calcium_threshold,
    vdr_on_calcium_threshold, contraction_on_calcium_threshold, diuretic_calcium_shift,
):  # fmt: skip
    """Serum calcium at which calcium begins to spill: raised by PTH, vitamin D, volume contraction; moved by diuretics."""
    pth = pth_on_calcium_threshold * (2 * pth_action / (pth_action + 1) - 1)
    dry = (
        contraction_on_calcium_threshold * volume_contraction / (volume_contraction + contraction_on_calcium_threshold)
    )
    return calcium_threshold_at_rest + pth + vdr_on_calcium_threshold * (vdr_drive - 1) + dry + diuretic_calcium_shift


@flux(leaves=ecf_calcium, enters=calcium_in_urine, unit="mmol/d")
def renal_calcium_excretion(
    filtration_rate, serum_calcium, calcium_threshold, ultrafilterable_calcium_fraction, calcium_threshold_splay
):
    """Calcium that the tubule does not take back."""
    spilled = calcium_threshold_splay * softplus((serum_calcium - calcium_threshold) / calcium_threshold_splay)
    return ultrafilterable_calcium_fraction * filtration_rate * spilled


@observable("mmol/d")
def urine_calcium(renal_calcium_excretion):
    """Calcium excreted in urine."""
    return renal_calcium_excretion
