"""Blood and extracellular fluid: the magnesium pool that gut, kidney, cells and bone share, and its fractions in plasma.

Assumptions: extracellular fluid is one well-mixed space; the ionised and ultrafilterable fractions are constant.
"""

from __future__ import annotations

from cofactor.model import flux, given, observable, parameter, pool, signal, world

# -- parameters ---------------------------------------------------------------------------------------------------------

ecf_magnesium_volume = parameter(
    14.5, "L", spread=0.12, varies=0.10, calibrated="24-h retention of an intravenous load (mg-E30 Fatemi 1991)",
    note="pharmacokinetic volumes 13.3-25 L; ECF 14-15 L in a 70-kg adult", low=9, high=30,
)  # fmt: skip
reference_serum_magnesium = parameter(
    0.85, "mmol/L", source="magnesium.md 2.1; survey mean of healthy adults (mg-E82 Bertinato 2017)",
    note="the state of the reference adult; people differ through the kidney, not through this",
)  # fmt: skip
ionised_magnesium_fraction = parameter(
    0.62, "1", spread=0.05, varies=0.03, source="magnesium.md 2.1, reported 0.55-0.62", low=0.5, high=0.75
)
ultrafilterable_magnesium_fraction = parameter(
    0.70, "1", spread=0.05, varies=0.03, source="magnesium.md 2.1: 55 % ionised + 15 % complexed; 0.80 in mg-E23",
    low=0.6, high=0.85,
)  # fmt: skip

# -- places -------------------------------------------------------------------------------------------------------------

ecf_magnesium = pool("mmol", of="magnesium", start="reference_ecf_magnesium", doc="magnesium in extracellular fluid")
infused_magnesium = world("mmol", of="magnesium", doc="magnesium given into a vein")
reference_ecf_magnesium = parameter(
    12.325,
    "mmol",
    source="magnesium.md 2.1: 14.5 L x 0.85 mmol/L",
    note="where the search for rest begins, nothing else",
)

# -- inputs -------------------------------------------------------------------------------------------------------------

magnesium_infusion = given("mmol/d", 0.0, doc="magnesium infused into a vein")


@flux(leaves=infused_magnesium, enters=ecf_magnesium, unit="mmol/d")
def intravenous_magnesium(magnesium_infusion):
    """Magnesium given into a vein."""
    return magnesium_infusion


# -- concentrations -----------------------------------------------------------------------------------------------------


@observable("mmol/L")
def serum_magnesium(ecf_magnesium, ecf_magnesium_volume):
    """Total magnesium in serum."""
    return ecf_magnesium / ecf_magnesium_volume


@signal("1")
def serum_magnesium_ratio(serum_magnesium, reference_serum_magnesium):
    """Serum magnesium relative to the reference adult (q of magnesium.md)."""
    return serum_magnesium / reference_serum_magnesium


@observable("mmol/L")
def ionised_magnesium(serum_magnesium, ionised_magnesium_fraction):
    """Free magnesium ion in serum, which the calcium-sensing receptor and the vessel wall see."""
    return ionised_magnesium_fraction * serum_magnesium


@signal("mmol/L")
def ultrafilterable_magnesium(serum_magnesium, ultrafilterable_magnesium_fraction):
    """Magnesium that the glomerulus filters: ionised and complexed."""
    return ultrafilterable_magnesium_fraction * serum_magnesium
