"""Blood and extracellular fluid: the calcium and phosphate that gut, kidney, bone and cells share.

Assumptions: one well-mixed space for calcium and phosphate (14 L; magnesium has its own, coupled.md decision 16); the
ionised share of calcium is constant, so ionised calcium moves with total calcium; EDTA takes calcium with it into urine
as fast as it is given.
"""

from __future__ import annotations

from cofactor.model import derived, flux, given, observable, parameter, pool, signal, world

# -- parameters -------------------------------------------------------------------------------------------------------

ecf_mineral_volume = parameter(
    14, "L", spread=0.1, varies=0.10, source="core_bone.md 2B.1 (Vecf); coupled.md decision 16", low=7, high=30,
    note="distribution space of calcium and phosphate in a 70-kg adult",
)  # fmt: skip
reference_serum_calcium = parameter(
    2.35, "mmol/L", source="coupled.md 1, reference adult", note="people differ through the set point, not through this"
)
reference_ionised_calcium = parameter(1.23, "mmol/L", source="coupled.md decision 15")
reference_serum_phosphate = parameter(
    1.10, "mmol/L", source="coupled.md decision 15", note="people differ through TmP/GFR, not through this"
)

# -- places and inputs ------------------------------------------------------------------------------------------------

ecf_calcium = pool("mmol", of="calcium", start="reference_ecf_calcium", doc="calcium in extracellular fluid")
ecf_phosphate = pool("mmol", of="phosphorus", start="reference_ecf_phosphate", doc="phosphate in extracellular fluid")
infused_calcium = world("mmol", of="calcium", doc="calcium given into a vein")
chelated_calcium = world("mmol", of="calcium", doc="calcium bound by EDTA and lost with it in urine")

calcium_infusion = given("mmol/d", 0.0, doc="calcium infused into a vein")
edta_infusion = given("mmol/d", 0.0, doc="EDTA infused into a vein; one binds one calcium")


@derived("mmol", calibrated="reference serum calcium in its volume: where the search for rest begins")
def reference_ecf_calcium(ecf_mineral_volume, reference_serum_calcium):
    """Calcium in extracellular fluid of the reference adult."""
    return ecf_mineral_volume * reference_serum_calcium


@derived("mmol", calibrated="reference serum phosphate in its volume: where the search for rest begins")
def reference_ecf_phosphate(ecf_mineral_volume, reference_serum_phosphate):
    """Phosphate in extracellular fluid of the reference adult."""
    return ecf_mineral_volume * reference_serum_phosphate


@flux(leaves=infused_calcium, enters=ecf_calcium, unit="mmol/d")
def intravenous_calcium(calcium_infusion):
    """Calcium given into a vein."""
    return calcium_infusion


@flux(leaves=ecf_calcium, enters=chelated_calcium, unit="mmol/d")
def calcium_taken_by_edta(edta_infusion):
    """Calcium that infused EDTA binds and carries out."""
    return edta_infusion


# -- concentrations ---------------------------------------------------------------------------------------------------


@observable("mmol/L")
def serum_calcium(ecf_calcium, ecf_mineral_volume):
    """Total calcium in serum."""
    return ecf_calcium / ecf_mineral_volume


@signal("1")
def calcium_ratio(serum_calcium, reference_serum_calcium):
    """Calcium, total or ionised, relative to the reference adult (cr of coupled.md)."""
    return serum_calcium / reference_serum_calcium


@observable("mmol/L")
def ionised_calcium(calcium_ratio, reference_ionised_calcium):
    """Free calcium ion in serum, which the calcium-sensing receptor sees."""
    return reference_ionised_calcium * calcium_ratio


@observable("mmol/L")
def serum_phosphate(ecf_phosphate, ecf_mineral_volume):
    """Inorganic phosphate in serum, as phosphorus."""
    return ecf_phosphate / ecf_mineral_volume


@signal("1")
def phosphate_ratio(serum_phosphate, reference_serum_phosphate):
    """Serum phosphate relative to the reference adult (pr of coupled.md)."""
    return serum_phosphate / reference_serum_phosphate
