"""Bone mineral: calcium and phosphate laid down with new bone, freed from old bone, and exchanged at its surface; the
phosphate of cells.

Bone mineral holds 0.6 phosphate a calcium (hydroxyapatite), so formation and resorption move both at once; magnesium goes
with them (magnesium_stores). New matrix (osteoid) waits until calcium and phosphate suffice to mineralise it. Assumptions:
resorption frees mineral in proportion to what there is, so every person has one rest (coupled.md decision 17); the
exchangeable surface holds calcium only.
"""

from __future__ import annotations

from cofactor.body.blood_minerals import ecf_calcium, ecf_phosphate
from cofactor.model import adapts, flux, parameter, pool, signal

P_PER_CA = 0.6  # hydroxyapatite Ca5(PO4)3OH: 3 phosphate to 5 calcium

# -- parameters -------------------------------------------------------------------------------------------------------

bone_turnover_at_rest = parameter(
    6, "mmol/d", spread=0.2, varies=0.20, source="core_bone.md 2B.6; bone-E98: 5-10 mmol Ca/d each way", low=1, high=30
)
bone_calcium_at_rest = parameter(
    25000, "mmol", spread=0.1, source="core_bone.md 2B.1 (about 1 kg)", low=8000, high=50000
)
exchangeable_calcium_at_rest = parameter(100, "mmol", spread=0.4, source="core_bone.md 2B.1", low=10, high=1000)
surface_exchange = parameter(78.5, "mmol/d", spread=0.4, source="core_bone.md 2B.6 (kE)", note="weakly identified")
pth_on_surface_calcium = parameter(
    0.14,
    "1",
    spread=0.4,
    calibrated="bone-E06: calcium +0.10 mmol/L after teriparatide",
    note="PTH shifts the equilibrium",
)
osteoid_time = parameter(20, "d", spread=0.3, source="core_bone.md 2B.6: 480 h")
mineralisation_half = parameter(
    0.55, "1", spread=0.2, source="core_bone.md 2B.6", note="of the calcium x phosphate product"
)
mineralisation_power = parameter(4, "1", spread=0.3, source="core_bone.md 2B.6")
drive_that_halves_mineralisation = parameter(5, "1", spread=0.5, source="bone-E42 Lieben 2012", species="mouse")
drive_power_on_mineralisation = parameter(4, "1", spread=0.3, source="core_bone.md 2B.6")
cell_phosphate_at_rest = parameter(3000, "mmol", spread=0.3, source="core_bone.md 2B.1", low=500, high=10000)
cell_phosphate_exchange = parameter(14.4, "mmol/d", spread=0.5, source="core_bone.md 2B.6: 0.6 mmol/h")

# -- pools ------------------------------------------------------------------------------------------------------------

bone_calcium = pool(
    "mmol", of={"calcium": 1, "phosphorus": P_PER_CA}, start="bone_calcium_at_rest",
    doc="bone mineral, counted in calcium; each carries 0.6 phosphate",
)  # fmt: skip
exchangeable_bone_calcium = pool(
    "mmol", of="calcium", start="exchangeable_calcium_at_rest", doc="calcium at bone surfaces in fast exchange"
)
cell_phosphate = pool(
    "mmol", of="phosphorus", start="cell_phosphate_at_rest", doc="phosphate of cells in slow exchange"
)


# -- surface and cells ------------------------------------------------------------------------------------------------


@flux(leaves=ecf_calcium, enters=exchangeable_bone_calcium, unit="mmol/d")
def bone_surface_calcium_uptake(
    calcium_ratio, exchangeable_bone_calcium, bone_pth_action, surface_exchange, exchangeable_calcium_at_rest,
    pth_on_surface_calcium,
):  # fmt: skip
    """Net uptake by bone surfaces; PTH, with vitamin D's permission, holds calcium out of them."""
    pth = 2 * bone_pth_action / (bone_pth_action + 1)
    held = exchangeable_bone_calcium / exchangeable_calcium_at_rest * (1 + pth_on_surface_calcium * (pth - 1))
    return surface_exchange * (calcium_ratio - held)


@flux(leaves=ecf_phosphate, enters=cell_phosphate, unit="mmol/d")
def cell_phosphate_uptake(phosphate_ratio, cell_phosphate, cell_phosphate_at_rest, cell_phosphate_exchange):
    """Net uptake of phosphate by cells."""
    return cell_phosphate_exchange * (phosphate_ratio - cell_phosphate / cell_phosphate_at_rest)


# -- formation and resorption -------------------------------------------------------------------------------------------


@signal("1")
def mineralisation(
    calcium_ratio, phosphate_ratio, vdr_drive, mineralisation_half, mineralisation_power,
    drive_that_halves_mineralisation, drive_power_on_mineralisation,
):  # fmt: skip
    """Speed at which osteoid mineralises (psi of coupled.md): needs calcium x phosphate, falls at toxic vitamin D."""
    product = (calcium_ratio * phosphate_ratio) ** mineralisation_power
    half = mineralisation_half**mineralisation_power
    at_rest = drive_that_halves_mineralisation**-drive_power_on_mineralisation
    toxic = 1 + (vdr_drive / drive_that_halves_mineralisation) ** drive_power_on_mineralisation
    return product / (product + half) * (1 + half) * (1 + at_rest) / toxic


@adapts("osteoid", unit="1/d", start=1)
def osteoid_change(osteoid, formation, mineralisation, osteoid_time):
    """Unmineralised matrix relative to normal (o of coupled.md): made by osteoblasts, spent by mineralisation."""
    return (formation - mineralisation * osteoid) / osteoid_time


@flux(moves={ecf_calcium: -1, ecf_phosphate: -P_PER_CA, bone_calcium: +1}, unit="mmol/d")
def bone_formation_flux(mineralisation, osteoid, bone_turnover_at_rest):
    """Calcium laid down in new bone, with its phosphate."""
    return bone_turnover_at_rest * mineralisation * osteoid


@flux(moves={bone_calcium: -1, ecf_calcium: +1, ecf_phosphate: +P_PER_CA}, unit="mmol/d")
def bone_resorption_flux(resorption, bone_calcium, bone_calcium_at_rest, bone_turnover_at_rest):
    """Calcium freed from resorbed bone, with its phosphate."""
    return bone_turnover_at_rest * resorption * bone_calcium / bone_calcium_at_rest
