"""Hypothesis H1: high or fast-rising 25(OH)D makes bone resorb, and formation does not follow. A switch, off by default.

The data disagree. After 600 000 IU at once resorption markers rise by more than half although PTH falls (bone-E40, E41), and
10 000 IU a day for three years costs the radius 2.4 % (bone-E50); calcitriol 2 ug a day for a week raises calcium as much
and leaves resorption where it was (bone-E30), and repletion lowers it (bone-E12). What separates the two sides is 25(OH)D:
calcitriol does not raise it. So the switch reads 25(OH)D alone, its rise over what it was and its level. Off, resorption
follows PTH and, in toxic excess only, the receptor (bone_cells).
"""

from __future__ import annotations

from cofactor.model import adapts, maximum, parameter, signal, switch

# -- parameters -------------------------------------------------------------------------------------------------------

high_25ohd_resorbs = switch(
    False, prior=0.5, source="core_bone.md 2B.8 and 6.1 (H1): opposite human data, prior even",
    doc="H1: high or fast-rising 25(OH)D raises resorption without coupling",
)  # fmt: skip
resorption_by_rise = parameter(
    0.68, "1", spread=0.4, calibrated="bone-E40: resorption more than +50 % at day 3 of 600 000 IU"
)
resorption_by_level = parameter(
    0.105, "1", spread=0.4, calibrated="bone-E50: radius -2.4 % on 10 000 against 400 IU/d, 3 years"
)
memory_of_25ohd = parameter(
    30, "d", spread=0.4, calibrated="bone-E40: back at baseline by day 90 (core_bone.md 2B.8: tau about 30 d)"
)
level_without_effect = parameter(
    77, "nmol/L", spread=0.2, source="bone-E50: the 400-IU arm, against which the others lost", low=40, high=150
)


@adapts("remembered_25ohd", unit="nmol/L/d", start="reference_25ohd")
def remembered_25ohd_change(remembered_25ohd, serum_25ohd, memory_of_25ohd):
    """25(OH)D of the past weeks, against which a rise is fast."""
    return (serum_25ohd - remembered_25ohd) / memory_of_25ohd


@signal("1")
def extra_resorption(
    serum_25ohd, remembered_25ohd, high_25ohd_resorbs, resorption_by_rise, resorption_by_level, level_without_effect
):
    """Resorption that 25(OH)D adds under H1, as a share."""
    rise = maximum(serum_25ohd / remembered_25ohd - 1, 0)
    level = maximum(serum_25ohd / level_without_effect - 1, 0)
    return high_25ohd_resorbs * (resorption_by_rise * rise + resorption_by_level * level)
