"""The organs. `adult()` is the coupled core; `assembled("adult + artery")` the core with what listens to it.

`magnesium_body()` holds the magnesium organs alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cofactor.model import System

CORE = "adult"
ADDITIONS: Mapping[str, tuple[str, ...]] = {
    "sun": ("calendar", "skin"),
    "kidney_injury": ("kidney_injury",),
    "high_dose_resorption": ("high_dose_resorption",),
    "alendronate": ("drugs.alendronate",),
    "alfacalcidol": ("drugs.alfacalcidol",),
    "cinacalcet": ("drugs.calcimimetic",),
    "diuretics": ("drugs.diuretics",),
    "phosphate_binder": ("drugs.phosphate_binder",),
    "bones": ("bone_sites", "bone_ageing", "bone_size", "bone_strength", "fracture"),
    "artery": ("artery",),
    "vessel_tone": ("vessel_tone",),
    "glucose": ("glucose",),
    "glucose_minutes": ("glucose_minutes",),
    "stress": ("vitamin_b6", "stress", "trial_response", "stress_on_skin"),
}
"""What a run may add to the core, and the organs it brings. Each reads the core; a signal it makes takes the place of the
input that stands for it in the core."""
EVERYTHING = " + ".join([CORE, *ADDITIONS])
"""The name of the body with every addition."""
_REPLACES = {"kidney_injury": "kidney_health", "glucose_minutes": "adrenaline"}
_NEEDS = {"glucose_minutes": "glucose"}


@lru_cache(maxsize=32)
def assembled(name: str) -> System:
    """The System of a name: "adult", or "adult" with additions, as in "adult + artery + glucose"."""
    from cofactor.model import System

    base, *added = name.split(" + ")
    if base != CORE:
        return magnesium_body()
    if not added:
        return adult()
    replaced = {_REPLACES[part] for part in added if part in _REPLACES}
    kept = [organ for organ in _core_organs() if _last(organ) not in replaced]
    return System.from_organs([*kept, *(organ for part in added for organ in _organs(part))])


def smallest_with(names: Iterable[str]) -> str:
    """The name of the smallest body that has all these quantities; a name no organ has changes nothing."""
    missing = set(names) - _declared_by_core()
    found = {part for part in ADDITIONS if missing & _declared_by(part)}
    found |= {_NEEDS[part] for part in found if part in _NEEDS}
    return " + ".join([CORE, *(part for part in ADDITIONS if part in found)])


@lru_cache(maxsize=1)
def _declared_by_core() -> frozenset[str]:
    from cofactor.model import declared_names

    return frozenset(name for organ in _core_organs() for name in declared_names(organ))


@lru_cache(maxsize=32)
def _declared_by(addition: str) -> frozenset[str]:
    from cofactor.model import declared_names

    return frozenset(name for organ in _organs(addition) for name in declared_names(organ))


def _organs(addition: str) -> list[ModuleType]:
    return [import_module(f"cofactor.body.{name}") for name in ADDITIONS[addition]]


def _last(organ: ModuleType) -> str:
    return organ.__name__.rsplit(".", 1)[-1]


@lru_cache(maxsize=1)
def adult() -> System:
    """The coupled adult: vitamin D, magnesium, calcium, phosphate, PTH, FGF23 and bone (coupled.md), with two bone drugs."""
    from cofactor.model import System

    return System.from_organs(_core_organs())


def _core_organs() -> list[ModuleType]:
    """The organs of the core, in the order a dose travels."""
    from cofactor.body import (
        adrenaline,
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
        kidney_health,
        kidney_magnesium,
        kidney_phosphate,
        magnesium_stores,
        parathyroid,
        vitamin_d,
    )
    from cofactor.body.drugs import denosumab, teriparatide

    return [
        gut, gut_minerals, blood, blood_minerals, binding, vitamin_d, calcitriol, kidney_health, kidney_calcium,
        kidney_magnesium, kidney_phosphate, parathyroid, fgf23, bone_mineral, bone_cells, bone_quality, adrenaline,
        magnesium_stores, teriparatide, denosumab,
    ]  # fmt: skip


@lru_cache(maxsize=1)
def magnesium_body() -> System:
    """The magnesium body: gut, blood, kidney and stores, with calcitriol, PTH, calcium and bone turnover imposed."""
    from cofactor.body import adrenaline, blood, gut, imposed, kidney_magnesium, magnesium_stores
    from cofactor.model import System

    return System.from_organs([gut, blood, kidney_magnesium, adrenaline, magnesium_stores, imposed])


@lru_cache(maxsize=1)
def psoriatic_skin() -> System:
    """Psoriatic skin alone: immunity, plaques, germs and their drugs, with the core's levels as inputs.

    It reads the core and feeds nothing back, so it also runs on a core's stored course; joined with the core's organs, the
    core's signals take the place of its inputs.
    """
    from cofactor.body import immunity, microbes, plaque
    from cofactor.body.drugs import biologics, topical_vitamin_d
    from cofactor.model import System

    return System.from_organs([immunity, plaque, microbes, topical_vitamin_d, biologics])
