"""What one mole of each analyte weighs, carries and is worth, with the sources.

Masses hold the true molar mass.  `physiology/coupled.md` was worked out with rounded ones (1 nmol of D3 = 1/2.6 ug, so
384.615 g/mol; calcitriol 416.6); they differ by less than 1e-4 and stay inside the numbers calibrated there.
"""

from __future__ import annotations

from dataclasses import dataclass

from cofactor.errors import UnitsError
from cofactor.units._unit import nearest


@dataclass(frozen=True)
class Analyte:
    """A substance that is measured: molar mass g/mol, charge number, and the worth of its international unit.

    `ug_per_iu` is the mass of one vitamin D IU; `nmol_per_insulin_unit` the amount in one U (for insulin IU = U).
    None: this way of counting is not defined for the substance.
    """

    name: str
    molar_mass: float
    source: str
    formula: str | None = None
    valence: int | None = None
    ug_per_iu: float | None = None
    nmol_per_insulin_unit: float | None = None
    aliases: tuple[str, ...] = ()

    def mol_per(self, base: str) -> float | None:
        """Moles in one base unit ("mol", "g", "Eq", "IU", "U"); None where that is not defined."""
        if base == "mol":
            return 1.0
        if base == "g":
            return 1 / self.molar_mass
        if base == "Eq":
            return None if self.valence is None else 1 / self.valence
        if self.nmol_per_insulin_unit is not None:
            return self.nmol_per_insulin_unit * 1e-9
        if base == "IU" and self.ug_per_iu is not None:
            return self.ug_per_iu * 1e-6 / self.molar_mass
        return None


_WEIGHTS = "formula with IUPAC standard atomic weights (2001: C 12.0107, H 1.00794, N 14.0067, O 15.9994, S 32.065)"
_IU = f"{_WEIGHTS}; 1 IU = 0.025 ug by definition of the international unit"

_TABLE = (
    Analyte("calcium", 40.078, "IUPAC standard atomic weight", valence=2, aliases=("ca",)),
    Analyte("magnesium", 24.305, "IUPAC standard atomic weight", valence=2, aliases=("mg",)),
    # Phosphate is reported as its phosphorus.  No valence: its charge depends on pH (about 1.8 at 7.4).
    Analyte("phosphate", 30.974, "IUPAC standard atomic weight of phosphorus", aliases=("phosphorus", "p")),
    Analyte("vitamin_d3", 384.64, _IU, "C27H44O", ug_per_iu=0.025, aliases=("d3", "cholecalciferol", "vitamin_d")),
    # The IU is a mass for D2 as well: 0.025 ug of either.
    Analyte("vitamin_d2", 396.65, _IU, "C28H44O", ug_per_iu=0.025, aliases=("d2", "ergocalciferol")),
    Analyte("calcidiol", 400.64, _WEIGHTS, "C27H44O2", aliases=("calcifediol", "25ohd", "25ohd3")),
    Analyte("calcitriol", 416.64, _WEIGHTS, "C27H44O3", aliases=("1,25ohd", "1,25ohd3")),
    Analyte("secalciferol", 416.64, _WEIGHTS, "C27H44O3", aliases=("24,25ohd", "24,25ohd3")),
    Analyte("pth_1_84", 9424.6, f"UniProt P01270, residues 32-115; {_WEIGHTS}", "C408H674N126O126S2", aliases=("pth",)),
    # The label's figure, which coupled.md uses; the formula gives 4117.7.
    Analyte("pth_1_34", 4117.8, "Forteo label (4117.8 Da)", "C181H291N55O51S2", aliases=("teriparatide",)),
    Analyte("glucose", 180.156, _WEIGHTS, "C6H12O6"),
    Analyte("adrenaline", 183.20, _WEIGHTS, "C9H13NO3", aliases=("epinephrine",)),
    # 6.0 and not the widespread 6.945: Knopp 2019, doi 10.1177/1932296818805074.
    Analyte(
        "insulin",
        5807.6,
        f"{_WEIGHTS}; 1 U = 6.0 nmol (Knopp 2019, doi 10.1177/1932296818805074)",
        "C257H383N65O77S6",
        nmol_per_insulin_unit=6.0,
    ),
    Analyte("edta", 292.24, f"free acid, {_WEIGHTS}", "C10H16N2O8"),
    Analyte("vitamin_b6", 169.18, f"pyridoxine, {_WEIGHTS}", "C8H11NO3", aliases=("b6", "pyridoxine")),
)

ANALYTES: dict[str, Analyte] = {analyte.name: analyte for analyte in _TABLE}
_BY_ALIAS = {alias: analyte for analyte in _TABLE for alias in (analyte.name, *analyte.aliases)}


def find_analyte(name: str) -> Analyte:
    """The analyte of that name or alias, letter case aside; UnitsError with the nearest name otherwise."""
    found = _BY_ALIAS.get(name.strip().lower())
    if found is None:
        raise UnitsError("this analyte is not known", received=repr(name), hint=nearest(name, _BY_ALIAS))
    return found
