"""Magnesium stores: cells, muscle, bone surface, deep bone and red cells, and magnesium's work as a cofactor.

Each store takes up what serum offers and gives back what it holds; a small exponent means a defended store. Deep bone moves
only with bone turnover. Magnesium is needed by the hydroxylases but not used up: no flux leaves a pool through them.
Assumptions: stores exchange with extracellular fluid only; free intracellular magnesium follows serum within days.
"""

from __future__ import annotations

from cofactor.body.blood import ecf_magnesium
from cofactor.model import adapts, flux, given, maximum, observable, parameter, pool

# -- parameters: size, exchange and defence of each store ----------------------------------------------------------------

soft_tissue_magnesium_at_rest = parameter(
    100,
    "mmol",
    spread=0.3,
    varies=0.12,
    source="magnesium.md 2.1; mg-E50 Avioli 1966",
    note="liver, kidney, heart, part of muscle",
)
soft_tissue_exchange = parameter(
    0.70, "1/d", spread=0.3, varies=0.2, source="mg-E51 Aikawa 1960; prior 0.4-1.2", low=0.4, high=1.2
)
soft_tissue_power = parameter(
    0.21, "1", spread=0.35, varies=0.1, calibrated="iv load retention mg-E30; prior 0.1-0.4", low=0.1, high=0.4
)
muscle_magnesium_at_rest = parameter(
    360, "mmol", spread=0.1, varies=0.12, source="magnesium.md 2.10: muscle and soft tissue 46 % of 1007 mmol"
)
muscle_exchange = parameter(
    0.0166, "1/d", spread=0.5, varies=0.2, source="mg-E50 Avioli 1966: slow half-life about 1000 h"
)
muscle_power = parameter(
    0.05, "1", spread=0.6, varies=0.1, source="mg-E29 Shils 1969: muscle spared; prior 0.02-0.15", low=0.02, high=0.15
)
bone_surface_magnesium_at_rest = parameter(
    170, "mmol", spread=0.2, varies=0.12, source="magnesium.md 2.1: a third of bone magnesium is exchangeable"
)
bone_surface_exchange = parameter(
    0.0166, "1/d", spread=0.6, varies=0.2, source="mg-E50 Avioli 1966; prior 0.008-0.05", low=0.008, high=0.05
)
bone_surface_power = parameter(
    0.47,
    "1",
    spread=0.35,
    varies=0.1,
    calibrated="depletion mg-E28, mg-E30; prior 0.25-0.8",
    low=0.25,
    high=0.8,
)
deep_bone_magnesium_at_rest = parameter(
    360, "mmol", spread=0.1, varies=0.12, source="magnesium.md 2.10: bone 53 % of 1007 mmol, two thirds of it deep"
)
magnesium_in_new_bone = parameter(
    0.0144,
    "1",
    spread=0.1,
    source="magnesium.md 2.1: 360 mmol Mg in 25000 mmol Ca",
    note="mmol Mg per mmol Ca laid down",
)
red_cell_magnesium_at_rest = parameter(
    5.0, "mmol", spread=0.1, varies=0.10, source="magnesium.md 2.10: red cells 0.5 %"
)
red_cell_exchange = parameter(
    0.016666666666666666, "1/d", spread=0.4, varies=0.2, calibrated="mg-E28 Shils 1964: 2/3 at 3 months"
)
red_cell_power = parameter(1.1, "1", spread=0.2, varies=0.05, calibrated="mg-E28 Shils 1964")
adrenaline_pull = parameter(
    0.33, "L/nmol/d", spread=0.3, varies=0.3, calibrated="mg-E55 Hansen 1989, mg-E56 Ryzen 1990",
    note="share of ECF magnesium moved into cells per day and nmol/L of adrenaline above rest",
)  # fmt: skip
resting_adrenaline = parameter(0.2, "nmol/L", source="magnesium.md 2.8")
free_cell_magnesium_rate = parameter(
    0.19,
    "1/d",
    spread=0.4,
    varies=0.1,
    calibrated="mg-E30 free red-cell Mg 205 -> 162 uM; prior 0.1-0.4",
    low=0.1,
    high=0.4,
)
free_cell_magnesium_power = parameter(0.95, "1", spread=0.15, calibrated="mg-E30; prior 0.7-1.3", low=0.7, high=1.3)

hydroxylase_25_half = parameter(
    0.10, "1", spread=1.0, source="magnesium.md 2.6 (K_25), log-uniform 0.03-2; mg-E32 weak", low=0.001
)
hydroxylase_24_half = parameter(0.50, "1", spread=1.0, source="magnesium.md 2.6 (K_24), log-uniform 0.1-5", low=0.001)
hydroxylase_1a_half = parameter(
    0.95, "1", spread=0.1, calibrated="mg-E30 calcitriol 55 -> 43 pmol/L (coupled.md decision 7)"
)
hydroxylase_1a_power = parameter(4, "1", spread=0.25, calibrated="mg-E30 (coupled.md decision 7)")
pth_response_half = parameter(
    0.6, "1", spread=0.2, source="magnesium.md 2.5 (H); mg-E32, mg-E34; prior 0.4-0.8", low=0.4, high=0.8
)
pth_response_power = parameter(4, "1", spread=0.25, source="magnesium.md 2.5 (H)")

# -- pools and inputs ---------------------------------------------------------------------------------------------------

soft_tissue_magnesium = pool(
    "mmol", of="magnesium", start="soft_tissue_magnesium_at_rest", doc="magnesium in fast soft tissue"
)
muscle_magnesium_store = pool(
    "mmol", of="magnesium", start="muscle_magnesium_at_rest", doc="magnesium in muscle and slow soft tissue"
)
bone_surface_magnesium = pool(
    "mmol", of="magnesium", start="bone_surface_magnesium_at_rest", doc="exchangeable magnesium on bone surfaces"
)
deep_bone_magnesium = pool(
    "mmol", of="magnesium", start="deep_bone_magnesium_at_rest", doc="magnesium inside bone mineral"
)
red_cell_magnesium_store = pool(
    "mmol", of="magnesium", start="red_cell_magnesium_at_rest", doc="magnesium in red cells"
)

plasma_adrenaline_level = given("nmol/L", 0.2, doc="plasma adrenaline imposed from outside")


# -- exchange with extracellular fluid -----------------------------------------------------------------------------------


def _uptake(serum_ratio, stock, at_rest, exchange, power):
    """Net flux into a store: exchange x (what serum at this level would fill - what it holds)."""
    return exchange * (at_rest * serum_ratio**power - stock)


@flux(leaves=ecf_magnesium, enters=soft_tissue_magnesium, unit="mmol/d")
def soft_tissue_magnesium_uptake(
    serum_magnesium_ratio, soft_tissue_magnesium, soft_tissue_magnesium_at_rest, soft_tissue_exchange, soft_tissue_power
):
    """Net uptake by liver, kidney, heart and fast muscle."""
    return _uptake(
        serum_magnesium_ratio,
        soft_tissue_magnesium,
        soft_tissue_magnesium_at_rest,
        soft_tissue_exchange,
        soft_tissue_power,
    )


@flux(leaves=ecf_magnesium, enters=soft_tissue_magnesium, unit="mmol/d")
def adrenaline_driven_magnesium_uptake(ecf_magnesium, plasma_adrenaline, resting_adrenaline, adrenaline_pull):
    """Magnesium that adrenaline above its resting level drives into cells (beta-receptor effect, mg-E57)."""
    return adrenaline_pull * ecf_magnesium * maximum(plasma_adrenaline - resting_adrenaline, 0)


@flux(leaves=ecf_magnesium, enters=muscle_magnesium_store, unit="mmol/d")
def muscle_magnesium_uptake(
    serum_magnesium_ratio, muscle_magnesium_store, muscle_magnesium_at_rest, muscle_exchange, muscle_power
):
    """Net uptake by muscle, a strongly defended store."""
    return _uptake(
        serum_magnesium_ratio, muscle_magnesium_store, muscle_magnesium_at_rest, muscle_exchange, muscle_power
    )


@flux(leaves=ecf_magnesium, enters=bone_surface_magnesium, unit="mmol/d")
def bone_surface_magnesium_uptake(
    serum_magnesium_ratio,
    bone_surface_magnesium,
    bone_surface_magnesium_at_rest,
    bone_surface_exchange,
    bone_surface_power,
):
    """Net uptake by bone surfaces, the body's magnesium reserve."""
    return _uptake(
        serum_magnesium_ratio,
        bone_surface_magnesium,
        bone_surface_magnesium_at_rest,
        bone_surface_exchange,
        bone_surface_power,
    )


@flux(leaves=ecf_magnesium, enters=red_cell_magnesium_store, unit="mmol/d")
def red_cell_magnesium_uptake(
    serum_magnesium_ratio, red_cell_magnesium_store, red_cell_magnesium_at_rest, red_cell_exchange, red_cell_power
):
    """Net uptake by red cells, which fix their content while they are made (life span 120 d)."""
    return _uptake(
        serum_magnesium_ratio, red_cell_magnesium_store, red_cell_magnesium_at_rest, red_cell_exchange, red_cell_power
    )


@flux(leaves=ecf_magnesium, enters=deep_bone_magnesium, unit="mmol/d")
def magnesium_laid_down_with_bone(bone_formation_flux, serum_magnesium_ratio, magnesium_in_new_bone):
    """Magnesium built into new bone, in proportion to calcium laid down and to serum magnesium."""
    return magnesium_in_new_bone * bone_formation_flux * serum_magnesium_ratio


@flux(leaves=deep_bone_magnesium, enters=ecf_magnesium, unit="mmol/d")
def magnesium_freed_by_resorption(bone_resorption_flux, deep_bone_magnesium, bone_calcium):
    """Magnesium freed with resorbed bone, at the ratio the bone holds."""
    return bone_resorption_flux * deep_bone_magnesium / bone_calcium


@adapts("free_cell_magnesium", unit="1/d", start=1)
def free_cell_magnesium_change(
    serum_magnesium_ratio, free_cell_magnesium, free_cell_magnesium_rate, free_cell_magnesium_power
):
    """Free magnesium inside cells relative to normal (m), following serum over days."""
    return free_cell_magnesium_rate * (serum_magnesium_ratio**free_cell_magnesium_power - free_cell_magnesium)


# -- magnesium as a cofactor: needed, not used up -------------------------------------------------------------------------


@observable("1")
def magnesium_factor_25_hydroxylase(free_cell_magnesium, hydroxylase_25_half):
    """Activity of 25-hydroxylation (CYP2R1, CYP27A1) relative to normal magnesium."""
    return (1 + hydroxylase_25_half) * free_cell_magnesium / (free_cell_magnesium + hydroxylase_25_half)


@observable("1")
def magnesium_factor_24_hydroxylase(free_cell_magnesium, hydroxylase_24_half):
    """Activity of 24-hydroxylation (CYP24A1) relative to normal magnesium."""
    return (1 + hydroxylase_24_half) * free_cell_magnesium / (free_cell_magnesium + hydroxylase_24_half)


@observable("1")
def magnesium_factor_1a_hydroxylase(free_cell_magnesium, hydroxylase_1a_half, hydroxylase_1a_power):
    """Activity of 1-alpha-hydroxylation (CYP27B1) relative to normal magnesium."""
    return _hill(free_cell_magnesium, hydroxylase_1a_half, hydroxylase_1a_power)


@observable("1")
def magnesium_factor_pth_response(free_cell_magnesium, pth_response_half, pth_response_power):
    """Response of bone and kidney to PTH relative to normal magnesium (resistance in severe depletion)."""
    return _hill(free_cell_magnesium, pth_response_half, pth_response_power)


def _hill(level, half, power):
    """Hill function scaled to 1 at level 1."""
    return (1 + half**power) * level**power / (half**power + level**power)


# -- observables --------------------------------------------------------------------------------------------------------


@observable("1")
def red_cell_magnesium(red_cell_magnesium_store, red_cell_magnesium_at_rest):
    """Magnesium of red cells relative to normal."""
    return red_cell_magnesium_store / red_cell_magnesium_at_rest


@observable("mmol")
def muscle_magnesium(muscle_magnesium_store):
    """Magnesium in muscle and slow soft tissue."""
    return muscle_magnesium_store


@observable("mmol")
def bone_magnesium(bone_surface_magnesium, deep_bone_magnesium):
    """Magnesium in bone, surface and deep."""
    return bone_surface_magnesium + deep_bone_magnesium


@observable("mmol")
def body_magnesium(
    ecf_magnesium, soft_tissue_magnesium, muscle_magnesium_store, bone_surface_magnesium, deep_bone_magnesium,
    red_cell_magnesium_store,
):  # fmt: skip
    """All magnesium in the body."""
    cells = soft_tissue_magnesium + muscle_magnesium_store + red_cell_magnesium_store
    return ecf_magnesium + cells + bone_surface_magnesium + deep_bone_magnesium


@observable("mmol/d")
def magnesium_balance(magnesium_intake, intravenous_magnesium, stool_magnesium, urine_magnesium, sweat_magnesium_loss):
    """Magnesium gained less magnesium lost by the whole body."""
    return magnesium_intake + intravenous_magnesium - stool_magnesium - urine_magnesium - sweat_magnesium_loss
