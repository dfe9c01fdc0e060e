"""The organs. `adult()` is the whole body of this version; `magnesium_body()` its magnesium organs alone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cofactor.model import System


@lru_cache(maxsize=1)
def adult() -> System:
    """The coupled adult: vitamin D, magnesium, calcium, phosphate, PTH, FGF23 and bone (coupled.md), with two bone drugs."""
    from cofactor.body import (
        binding,
        blood,
        blood_minerals,
        bone_cells,
        bone_mineral,
        bone_quality,
        calcitriol,
        fgf23,
        gut,
        gut_minerals,
        kidney_calcium,
        kidney_magnesium,
        kidney_phosphate,
        magnesium_stores,
        parathyroid,
        vitamin_d,
    )
    from cofactor.body.drugs import denosumab, teriparatide
    from cofactor.model import System

    # in the order a dose travels
    return System.from_organs(
        [
            gut, gut_minerals, blood, blood_minerals, binding, vitamin_d, calcitriol, kidney_calcium, kidney_magnesium,
            kidney_phosphate, parathyroid, fgf23, bone_mineral, bone_cells, bone_quality, magnesium_stores, teriparatide,
            denosumab,
        ]
    )  # fmt: skip


@lru_cache(maxsize=1)
def magnesium_body() -> System:
    """The magnesium body: gut, blood, kidney and stores, with calcitriol, PTH, calcium and bone turnover imposed."""
    from cofactor.body import blood, gut, imposed, kidney_magnesium, magnesium_stores
    from cofactor.model import System

    return System.from_organs([gut, blood, kidney_magnesium, magnesium_stores, imposed])
