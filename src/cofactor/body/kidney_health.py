"""Kidney health as it is at the start: nothing in this body scars a kidney. `kidney_injury` stands in its place."""

from __future__ import annotations

from cofactor.model import given

kidney_health = given("1", 1.0, doc="filtration left, as a share of the person's own")
