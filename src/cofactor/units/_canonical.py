"""The unit each public observable is reported in, and the analyte a laboratory measures it as."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cofactor.errors import InputError
from cofactor.units._convert import convert
from cofactor.units._quantity import Quantity
from cofactor.units._unit import Unit, nearest, parse_unit


@dataclass(frozen=True)
class Canonical:
    """The canonical unit of an observable as text, and its analyte where it is measured as one."""

    unit: str
    analyte: str | None = None


def _each(names: Iterable[str], unit: str, analyte: str | None = None) -> dict[str, Canonical]:
    return {name: Canonical(unit, analyte) for name in names}


def _mineral(name: str) -> dict[str, Canonical]:
    flows = (f"urine_{name}", f"absorbed_{name}", f"net_absorbed_{name}", f"{name}_balance")
    return {f"serum_{name}": Canonical("mmol/L", name), **_each(flows, "mmol/d", name)}


_SITES = ("spine", "hip", "radius")
_RELATIVE = (
    *(f"bmd_{site}" for site in _SITES), *(f"bone_strength_{site}" for site in _SITES),
    "bone_resorption", "bone_formation", "ctx", "p1np", "bone_toughness", "bone_damage", "insulin_sensitivity",
    "cortisol", "heart_rate_variability", "low_mood", "il17_axis", "th17_treg_ratio", "cathelicidin",
    "bacterial_load", "viral_load", "fungal_load",
)  # fmt: skip

CANONICAL: dict[str, Canonical] = {
    # 25(OH)D is D2 + D3 in nmol; a laboratory's ng/mL is read with the mass of calcidiol, as assays are calibrated.
    "serum_25ohd": Canonical("nmol/L", "calcidiol"),
    "free_25ohd": Canonical("pmol/L", "calcidiol"),
    "serum_d3": Canonical("nmol/L", "vitamin_d3"),
    "serum_calcitriol": Canonical("pmol/L", "calcitriol"),
    "serum_2425": Canonical("nmol/L", "secalciferol"),
    **_mineral("calcium"),
    **_mineral("magnesium"),
    **_mineral("phosphate"),
    "ionised_calcium": Canonical("mmol/L", "calcium"),
    "ionised_magnesium": Canonical("mmol/L", "magnesium"),
    "red_cell_magnesium": Canonical("1"),  # design.md: "red_cell_magnesium 1", relative to the reference
    **_each(("muscle_magnesium", "bone_magnesium", "body_magnesium"), "mmol", "magnesium"),
    "stool_magnesium": Canonical("mmol/d", "magnesium"),
    "serum_pth": Canonical("pmol/L", "pth_1_84"),
    "serum_fgf23": Canonical("pg/mL"),
    **_each(("fractional_calcium_absorption", "fractional_magnesium_absorption", "homa_ir"), "1"),
    "gfr": Canonical("mL/min"),
    "bone_mineralisation": Canonical("wt%", "calcium"),
    **_each((f"fracture_rate_{kind}" for kind in ("vertebral", "hip", "atypical")), "1/1000/y"),
    "calciprotein_t50": Canonical("min"),
    "artery_calcium": Canonical("Agatston"),
    **_each(("systolic_bp", "diastolic_bp"), "mmHg"),
    **_each(("fasting_glucose", "plasma_glucose"), "mmol/L", "glucose"),
    "plasma_insulin": Canonical("mU/L", "insulin"),
    "plasma_adrenaline": Canonical("nmol/L", "adrenaline"),
    **_each(("stress_score", "pasi"), "points"),
    **_each(_RELATIVE, "1"),
}


def canonical(name: str) -> Canonical:
    """The canonical entry of an observable; InputError with the nearest name for an unknown one."""
    found = CANONICAL.get(name)
    if found is None:
        raise InputError("this observable is not known", received=repr(name), hint=nearest(name, CANONICAL))
    return found


def canonical_unit(name: str) -> Unit:
    """The unit an observable is reported in; InputError with the nearest name for an unknown one."""
    return parse_unit(canonical(name).unit)


def to_canonical(name: str, quantity: Quantity | str, *, body_weight_kg: float | None = None) -> float:
    """A laboratory's value ("18 ng/mL") in the canonical unit of an observable (44.9 nmol/L of serum_25ohd).

    Raises InputError for an unknown name and UnitsError for a quantity that does not fit.
    """
    entry = canonical(name)
    return convert(quantity, entry.unit, analyte=entry.analyte, body_weight_kg=body_weight_kg)
