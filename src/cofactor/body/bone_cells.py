"""Bone cells: how fast old bone is resorbed and new bone is made, and how one follows the other.

PTH drives resorption, with vitamin D's permission and magnesium; vitamin D above normal adds its own pull (RANKL).
Formation follows resorption through a memory of two months (coupling). PTH in pulses builds bone; held up, it first
suppresses formation until a slow memory has adapted. Assumptions: osteoclasts are lost within days and rebuilt over months;
precursors pile up only under RANKL blockade (rebound after denosumab).
"""

from __future__ import annotations

from cofactor.model import adapts, clip, given, maximum, observable, parameter, signal, switch, where

# -- parameters: PTH at bone ------------------------------------------------------------------------------------------

vitamin_d_permission_half = parameter(
    0.3,
    "1",
    spread=0.5,
    calibrated="bone-E45: PTH potency lost 20- to 80-fold without vitamin D",
    species="rat",
    low=0.01,
)

# -- parameters: resorption -------------------------------------------------------------------------------------------

smallest_pth_at_bone = parameter(0.02, "1", source="core_bone.md 2B.7")
largest_pth_at_bone = parameter(8, "1", source="core_bone.md 2B.7")
pth_power_on_resorption = parameter(0.55, "1", spread=0.2, source="core_bone.md 2B.7; bone-E04, bone-E20")
largest_vdr_resorption = parameter(3, "1", spread=0.5, calibrated="vitd-E39 and E04 (coupled.md decision 4)")
drive_excess_at_half = parameter(2.5, "1", spread=0.3, calibrated="vitd-E39 and E04 (coupled.md decision 4)")
drive_excess_power = parameter(3, "1", spread=0.2, calibrated="spares trial doses (coupled.md decision 4)")
uncoupled_share = parameter(
    0, "1", source="coupled.md decision 5: switch u_E, uniform 0-1, default 0", low=0, high=1,
    note="share of the vitamin-D-driven resorption that formation does not follow",
)  # fmt: skip
oestrogen_power_on_resorption = parameter(0.5, "1", spread=0.3, source="core_bone.md 2B.7")
osteoclast_loss_time = parameter(3, "d", spread=0.3, source="core_bone.md 2B.7: 72 h")
osteoclast_renewal_time = parameter(
    107, "d", spread=0.3, calibrated="bone-E61 to E64, denosumab", note="on top of the loss time"
)
renewal_onset = parameter(0.9, "1", source="core_bone.md 2B.7")
renewal_span = parameter(0.4, "1", source="core_bone.md 2B.7")
precursor_time = parameter(120, "d", spread=0.4, calibrated="bone-E67 rebound after denosumab")
unblockable_precursor_loss = parameter(
    0.25, "1", spread=0.4, calibrated="bone-E67 rebound after denosumab", low=0, high=1
)
precursors_wait = switch(
    False, prior=0.5,
    source="Cell 2021, S0092-8674(21)00152-5: under OPG osteoclasts part into cells that pile up and fuse after it (mouse)",
    doc="precursors that piled up under RANKL blockade act only as far as RANKL is free: later troughs stay deep (bone-E62, E64)",
)  # fmt: skip

# -- parameters: formation --------------------------------------------------------------------------------------------

reversal_time = parameter(60, "d", spread=0.2, source="core_bone.md 2B.7: 1440 h")
coupling_power = parameter(0.9, "1", spread=0.1, source="core_bone.md 2B.7")
formation_time = parameter(4, "d", spread=0.3, source="core_bone.md 2B.7: 96 h")
acute_memory_rise = parameter(0.5, "1/d", spread=0.3, source="core_bone.md 2B.7: 48 h")
acute_memory_fall = parameter(12, "1/d", spread=0.3, source="core_bone.md 2B.7: 2 h")
lasting_memory_time = parameter(45, "d", spread=0.3, source="core_bone.md 2B.7: 1080 h")
anabolic_time = parameter(4, "d", spread=0.3, source="core_bone.md 2B.7: 96 h")
anabolic_gain = parameter(5, "1", spread=0.3, calibrated="bone-E91: P1NP +218 % at 6 months of teriparatide")
sustained_on_anabolic = parameter(
    10, "1", spread=0.5, source="core_bone.md 2B.7", note="sustained excess ends the pulse effect"
)
sustained_on_formation = parameter(0.65, "1", spread=0.3, calibrated="bone-E04: formation -30 to -40 % in 7 d")
p1np_power = parameter(1.6, "1", spread=0.2, calibrated="bone-E91 (core_bone.md 2B.7)")

# -- inputs -----------------------------------------------------------------------------------------------------------

oestrogen_action = given("1", 1.0, doc="oestrogen at bone: below 1 after menopause")
bisphosphonate_block = given(
    "1", 0.0, doc="share of resorption that a bisphosphonate blocks: 0.65 with alendronate 10 mg/d"
)
extra_resorption = given("1", 0.0, doc="hypothesis H1: resorption that high or fast-rising 25(OH)D adds, as a share")


# -- PTH at bone ------------------------------------------------------------------------------------------------------


@signal("1")
def bone_pth_action(pth_action, vdr_drive, magnesium_factor_pth_response, vitamin_d_permission_half):
    """PTH as bone feels it (xb of coupled.md): needs vitamin D and magnesium."""
    permission = (1 + vitamin_d_permission_half) / (1 + vitamin_d_permission_half / vdr_drive)
    return pth_action * permission * magnesium_factor_pth_response


@signal("1")
def pth_resorption(bone_pth_action, smallest_pth_at_bone, largest_pth_at_bone, pth_power_on_resorption):
    """Resorption that PTH drives (rP of coupled.md)."""
    return clip(bone_pth_action, smallest_pth_at_bone, largest_pth_at_bone) ** pth_power_on_resorption


@signal("1")
def vdr_resorption(vdr_drive, largest_vdr_resorption, drive_excess_at_half, drive_excess_power):
    """Resorption that vitamin D above normal drives by itself (rE of coupled.md)."""
    excess = maximum(vdr_drive - 1, 0) ** drive_excess_power
    return largest_vdr_resorption * excess / (drive_excess_at_half**drive_excess_power + excess)


# -- resorption -------------------------------------------------------------------------------------------------------


@signal("1")
def precursors_acting(osteoclast_precursors, rankl_left, precursors_wait):
    """Precursors that answer: all of them, or with the switch what piled up only as far as RANKL is free."""
    free = 1 - precursors_wait * (1 - rankl_left)
    return 1 + (osteoclast_precursors - 1) * free


@signal("1")
def resorption_target(
    pth_resorption, vdr_resorption, rankl_left, precursors_acting, oestrogen_action, bisphosphonate_block,
    extra_resorption, oestrogen_power_on_resorption,
):  # fmt: skip
    """Resorption that today's hormones and drugs would lead to."""
    driven = (pth_resorption + vdr_resorption) * oestrogen_action**-oestrogen_power_on_resorption
    return driven * rankl_left * (1 - bisphosphonate_block) * (1 + extra_resorption) * precursors_acting


@adapts("resorption", unit="1/d", start=1)
def resorption_change(
    resorption, resorption_target, osteoclast_loss_time, osteoclast_renewal_time, renewal_onset, renewal_span
):
    """Resorption relative to normal (r of coupled.md): falls in days; from deep suppression it returns over months."""
    gap = resorption_target - resorption
    suppressed = clip((renewal_onset - resorption) / renewal_span, 0, 1)
    renewal = osteoclast_loss_time + osteoclast_renewal_time * suppressed
    return where(resorption_target < resorption, gap / osteoclast_loss_time, gap / renewal)


@adapts("osteoclast_precursors", unit="1/d", start=1)
def osteoclast_precursor_change(osteoclast_precursors, rankl_left, precursor_time, unblockable_precursor_loss):
    """Osteoclast precursors relative to normal (z of coupled.md): unused ones pile up."""
    used = unblockable_precursor_loss + (1 - unblockable_precursor_loss) * rankl_left
    return (1 - osteoclast_precursors * used) / precursor_time


# -- formation --------------------------------------------------------------------------------------------------------


@adapts("reversal_memory", unit="1/d", start=1)
def reversal_memory_change(
    reversal_memory, resorption, pth_resorption, vdr_resorption, extra_resorption, uncoupled_share, reversal_time
):
    """Resorption that formation follows (c of coupled.md), a memory of two months; it never follows H1's."""
    coupled = 1 - uncoupled_share * vdr_resorption / (pth_resorption + vdr_resorption)
    return (resorption * coupled / (1 + extra_resorption) - reversal_memory) / reversal_time


@adapts("acute_pth_memory", unit="1/d", start=1)
def acute_pth_memory_change(acute_pth_memory, pth_action, acute_memory_rise, acute_memory_fall):
    """PTH that has lasted for days (xL of coupled.md): slow to rise, quick to fall, so that pulses do not count."""
    gap = pth_action - acute_pth_memory
    return where(acute_pth_memory < pth_action, gap * acute_memory_rise, gap * acute_memory_fall)


@adapts("lasting_pth_memory", unit="1/d", start=1)
def lasting_pth_memory_change(lasting_pth_memory, acute_pth_memory, lasting_memory_time):
    """PTH that bone has adapted to (xS of coupled.md)."""
    return (acute_pth_memory - lasting_pth_memory) / lasting_memory_time


@signal("1")
def sustained_pth_excess(acute_pth_memory, lasting_pth_memory):
    """PTH held above what bone has adapted to."""
    return maximum(acute_pth_memory - lasting_pth_memory, 0)


@adapts("anabolic_signal", unit="1/d", start=0)
def anabolic_signal_change(anabolic_signal, pth_action, acute_pth_memory, anabolic_time):
    """What pulses of PTH leave behind for formation (n of coupled.md)."""
    pulse = maximum(pth_action - acute_pth_memory, 0)
    return (pulse / (1 + pulse) - anabolic_signal) / anabolic_time


@signal("1")
def formation_target(
    reversal_memory, anabolic_signal, sustained_pth_excess, coupling_power, anabolic_gain, sustained_on_anabolic,
    sustained_on_formation,
):  # fmt: skip
    """Formation that coupling and PTH would lead to."""
    pulses = 1 + anabolic_gain * anabolic_signal / (1 + (sustained_on_anabolic * sustained_pth_excess) ** 2)
    return reversal_memory**coupling_power * pulses / (1 + sustained_on_formation * sustained_pth_excess)


@adapts("formation", unit="1/d", start=1)
def formation_change(formation, formation_target, formation_time):
    """Bone formation relative to normal (f of coupled.md)."""
    return (formation_target - formation) / formation_time


# -- observables ------------------------------------------------------------------------------------------------------


@observable("1", to_baseline=True)
def bone_resorption(resorption):
    """Resorption relative to the reference adult."""
    return resorption


@observable("1", to_baseline=True)
def bone_formation(formation):
    """Matrix formation relative to the reference adult."""
    return formation


@observable("1", to_baseline=True)
def ctx(resorption):
    """C-telopeptide, the marker of resorption."""
    return resorption


@observable("1", to_baseline=True)
def p1np(formation, p1np_power):
    """Procollagen I N-propeptide, the marker of formation, which moves more than formation itself."""
    return formation**p1np_power
