"""From the stress score to psoriatic skin: how far stress is above the person's own, in standard deviations.

Assumption: what lowers the score, magnesium too, takes the same share from stress as a trigger (psoriasis.md 2k: 0-0.3 SD).
"""

from __future__ import annotations

from cofactor.model import observable, parameter

stress_score_spread = parameter(
    7.91, "points", spread=0.1, source="recalled: DASS manual (Lovibond 1995), SD of the norms of 2914 adults"
)


@observable("1")
def score_deviation(stress_score, stress_score_at_rest, stress_score_spread):
    """Stress score above the person's own, in SD of people (Z of psoriasis.md 2c, its steady part)."""
    return (stress_score - stress_score_at_rest) / stress_score_spread
