"""FGF23: bone's answer to vitamin D, phosphate and failing kidneys.

A slow bone drive follows the vitamin D receptor over a week; FGF23 itself follows it, serum phosphate and the load per
nephron within a day. Assumptions: intact hormone only; what serum phosphate cannot explain of CKD is load per nephron.
"""

from __future__ import annotations

from cofactor.model import adapts, given, observable, parameter, signal

# -- parameters -------------------------------------------------------------------------------------------------------

reference_fgf23 = parameter(42, "pg/mL", source="coupled.md decision 15", note="intact FGF23")
fgf23_drive_floor = parameter(
    0.4, "1", spread=0.3, calibrated="FGF23 in vitamin D deficiency (coupled.md decision 13)", low=0, high=0.95
)
fgf23_drive_weight = parameter(5, "1", spread=0.5, calibrated="vitd-E51 (coupled.md decision 13)")
fgf23_drive_power = parameter(4, "1", spread=0.3, calibrated="vitd-E51 (coupled.md decision 13)")
fgf23_drive_time = parameter(8, "d", spread=0.5, calibrated="vitd-E51 Burnett-Bowie 2012: rises over weeks")
fgf23_turnover_time = parameter(0.7, "d", spread=0.5, source="vitamin_d.md 2.5")
phosphate_power_on_fgf23 = parameter(0.7, "1", spread=0.5, calibrated="vitd-E53 Vervloet 2011")
calcium_power_on_fgf23 = parameter(0.3, "1", spread=0.7, source="vitamin_d.md 2.5, weak")
pth_power_on_fgf23 = parameter(0.1, "1", spread=0.7, source="vitamin_d.md 2.5, weak")
nephron_power_on_fgf23 = parameter(0.9, "1", spread=0.2, calibrated="FGF23 across GFR strata (coupled.md decision 13)")
filtration_power_on_fgf23_loss = parameter(0.3, "1", spread=0.5, source="vitamin_d.md 2.5")
fgf23_production = parameter(
    1, "1", varies=0.25, source="coupled.md 2; SD 17 of 43 pg/mL in vitd-E51", low=0.1, high=10
)

fgf23_blocked_share = given("1", 0.0, doc="share of FGF23 that an antibody neutralises (below 1)")


@adapts("fgf23_bone_drive", unit="1/d", start=1)
def fgf23_bone_drive_change(
    fgf23_bone_drive, vdr_drive, fgf23_drive_floor, fgf23_drive_weight, fgf23_drive_power, fgf23_drive_time
):
    """Bone's readiness to make FGF23 (chi of coupled.md)."""
    raised = vdr_drive**fgf23_drive_power
    target = fgf23_drive_floor + (1 - fgf23_drive_floor) * (1 + fgf23_drive_weight) * raised / (
        fgf23_drive_weight + raised
    )
    return (target - fgf23_bone_drive) / fgf23_drive_time


@adapts("fgf23", unit="1/d", start=1)
def fgf23_change(
    fgf23, fgf23_bone_drive, phosphate_ratio, calcium_ratio, pth_action, filtration_ratio, fgf23_production,
    fgf23_turnover_time, phosphate_power_on_fgf23, calcium_power_on_fgf23, pth_power_on_fgf23, nephron_power_on_fgf23,
    filtration_power_on_fgf23_loss,
):  # fmt: skip
    """FGF23 relative to the reference adult (phi of coupled.md): made on demand, cleared partly by the kidney."""
    minerals = phosphate_ratio**phosphate_power_on_fgf23 * calcium_ratio**calcium_power_on_fgf23
    made = fgf23_bone_drive * minerals * pth_action**pth_power_on_fgf23 * filtration_ratio**-nephron_power_on_fgf23
    lost = fgf23 * filtration_ratio**filtration_power_on_fgf23_loss
    return (fgf23_production * made - lost) / fgf23_turnover_time


@signal("1")
def fgf23_action(fgf23, fgf23_blocked_share):
    """FGF23 as the kidney feels it: what no antibody holds."""
    return fgf23 * (1 - fgf23_blocked_share)


@observable("pg/mL")
def serum_fgf23(fgf23, reference_fgf23):
    """Intact FGF23 in serum."""
    return reference_fgf23 * fgf23
