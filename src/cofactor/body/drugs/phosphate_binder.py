"""Phosphate binders: hold phosphate in the gut. Per class at the usual dose with meals (1 = taken)."""

from __future__ import annotations

from cofactor.model import given, parameter, signal

share_bound = parameter(
    0.32, "1", spread=0.3, low=0, high=0.95,
    source="core_bone.md 1: Riggs 2020 (ACOP11, supplement): bioavailability of phosphate -32 %",
)  # fmt: skip

phosphate_binder = given("1", 0.0, doc="1 while a phosphate binder is taken with meals")


@signal("1")
def phosphate_bound_share(phosphate_binder, share_bound):
    """Share of absorbable phosphate that the binder holds."""
    return share_bound * phosphate_binder
