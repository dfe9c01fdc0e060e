"""Kidney injury: lasting hypercalcaemia scars the kidney (nephrocalcinosis), and the filtration lost does not come back.

The other loss of filtration, by salt and water, comes and goes with calcium (kidney_calcium). This organ stands in place
of `kidney_health`: `body.assembled("adult + kidney_injury")`; nobody below the threshold differs by it. A kidney
that filters less clears less calcium, so intoxication feeds itself. Assumption: scars never heal.
"""

from __future__ import annotations

from cofactor.model import adapts, jump, observable, parameter

scarring_calcium = parameter(3.2, "mmol/L", spread=0.05, source="vitamin_d.md 2.6", low=2.6, high=4.5)
scarring_rate = parameter(
    0.03 / 7, "1/d", spread=0.7, source="vitamin_d.md 2.6, coupled.md 6: 3 % of filtration a week above 3.2 mmol/L"
)
scar_fading = parameter(
    1e-9, "1/d", source="numerical: so that rest, which any scar would be, is without one; nothing in a lifetime"
)


@adapts("kidney_scar", unit="1/d", start=0)
def kidney_scarring(kidney_scar, serum_calcium, scarring_calcium, scarring_rate, scar_fading):
    """Share of the kidney lost to nephrocalcinosis: grows while calcium is above a threshold, never shrinks."""
    grown = jump(scarring_calcium < serum_calcium, scarring_rate * (1 - kidney_scar), 0 * scarring_rate)
    return grown - scar_fading * kidney_scar


@observable("1")
def kidney_health(kidney_scar):
    """Filtration left, as a share of the person's own."""
    return 1 - kidney_scar
