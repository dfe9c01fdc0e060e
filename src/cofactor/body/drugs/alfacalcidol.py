"""Alfacalcidol, 1-alpha-hydroxyvitamin D3: the liver finishes it to calcitriol.

Assumptions: it enters blood as calcitriol, without a depot and without meeting the gut first as calcitriol by mouth does.
"""

from __future__ import annotations

from cofactor.body.calcitriol import calcitriol_pool
from cofactor.body.vitamin_d import swallowed_vitamin_d
from cofactor.model import flux, given, parameter

alfacalcidol_nmol_per_ug = parameter(1000 / 400.64, "nmol/ug", source="molar mass 400.64 g/mol")
alfacalcidol_as_calcitriol = parameter(
    0.42, "1", spread=0.1, low=0.1, high=1,
    source="vitd-E21 Brandi 2002, abstract: 42.0 % of an oral dose in the healthy, 29.8 % in uraemia",
)  # fmt: skip

oral_alfacalcidol = given("ug/d", 0.0, doc="alfacalcidol taken steadily by mouth")


@flux(leaves=swallowed_vitamin_d, enters=calcitriol_pool, unit="nmol/d")
def alfacalcidol_uptake(oral_alfacalcidol, alfacalcidol_nmol_per_ug, alfacalcidol_as_calcitriol):
    """Swallowed alfacalcidol that reaches blood as calcitriol."""
    return alfacalcidol_as_calcitriol * alfacalcidol_nmol_per_ug * oral_alfacalcidol
