"""Which model input each thing a person takes goes into. A new organ adds rows here, never an if.

Inputs: `dietary_magnesium`, `supplement_magnesium` (all that is swallowed), `soluble_supplement_magnesium` (what of it
dissolves) and `magnesium_infusion` in mmol/d; `plasma_adrenaline_level` in nmol/L; `magnesium_pump_health` and
`egf_signal` relative to health.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# The inputs of the reference adult (design.md section 2; adrenaline: magnesium.md 2.8, A0).
REFERENCE_INPUTS: Mapping[str, float] = {
    "dietary_magnesium": 12.5,
    "supplement_magnesium": 0.0,
    "soluble_supplement_magnesium": 0.0,
    "magnesium_infusion": 0.0,
    "plasma_adrenaline_level": 0.2,
    "magnesium_pump_health": 1.0,
    "egf_signal": 1.0,
}

DIET_INPUTS: Mapping[str, str] = {"magnesium": "dietary_magnesium"}

# The share that dissolves. magnesium.md 2.2 (oxide recalled, 0.2-0.6); lactate and aspartate are equivalent to
# chloride in Firoz & Graber 2001, Magnes Res 14:257 (PMID 11794633). Glycinate has no row: the one comparison read
# (Schuette 1994, doi 10.1177/0148607194018005430) is in people without an ileum.
MAGNESIUM_SOLUBILITY: Mapping[str, float] = {
    "acetate": 1.0,
    "citrate": 1.0,
    "chloride": 1.0,
    "food": 1.0,
    "lactate": 1.0,
    "aspartate": 1.0,
    "sulfate": 0.7,
    "oxide": 0.4,
    "enteric_coated": 0.3,
}


@dataclass(frozen=True, slots=True)
class SupplementRoute:
    """An input a supplement adds to: its daily amount times the share of its form (1 where none are given)."""

    given: str
    share_of_form: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class DrugRoute:
    """An input a class of drug holds at `value` while it is taken."""

    given: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class InfusionRoute:
    """An input an infusion adds `gain` times its rate to; the pool it enters when given at once (None: it cannot)."""

    given: str
    gain: float
    pool: str | None
    source: str


SUPPLEMENT_ROUTES: Mapping[str, tuple[SupplementRoute, ...]] = {
    "magnesium": (
        SupplementRoute("supplement_magnesium", {}),
        SupplementRoute("soluble_supplement_magnesium", MAGNESIUM_SOLUBILITY),
    ),
}

DRUG_ROUTES: Mapping[str, DrugRoute] = {
    "proton_pump_inhibitor": DrugRoute(
        "magnesium_pump_health", 1 - 0.25, "magnesium.md 2.2: P_pump 1-0.25 typical (0-0.5), susceptible 1-0.8"
    ),
    "egfr_antibody": DrugRoute(
        "egf_signal", 1 - 0.55, "magnesium.md 2.10: 55 % block assumed; Enokida 2016 gives incidence only"
    ),
}

INFUSION_ROUTES: Mapping[str, InfusionRoute] = {
    "magnesium": InfusionRoute("magnesium_infusion", 1.0, "ecf_magnesium", "mmol/d into the extracellular fluid"),
    "adrenaline": InfusionRoute(
        "plasma_adrenaline_level", 55.0, None, "magnesium.md 2.10: 55 nmol/L per ug/kg/min (recalled), above 0.2"
    ),
}

ROUTED: frozenset[str] = frozenset(
    [f"diet:{name}" for name in DIET_INPUTS]
    + [f"supplement:{name}" for name in SUPPLEMENT_ROUTES]
    + [f"drug:{name}" for name in DRUG_ROUTES]
    + [f"infusion:{name}" for name in INFUSION_ROUTES]
)
"""The features of a plan this version can turn into model inputs, as `require_supported` names them."""
