"""Where each thing a person takes or has goes in the body. A new organ adds rows here, never an if.

Inputs and pools are those of `body.adult()`, by name; what an input is, and its unit, stands with the organ. A number
here has its source beside it; amounts become pool units by the body's own parameters, or by the analyte's molar mass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from cofactor import body


@lru_cache(maxsize=1)
def reference_inputs() -> Mapping[str, float]:
    """The inputs of the reference adult, by name, each in its own unit."""
    return MappingProxyType({name: given.value for name, given in body.adult().inputs.items()})


DIET_INPUTS: Mapping[str, str] = {
    "calcium": "dietary_calcium",
    "magnesium": "dietary_magnesium",
    "phosphorus": "dietary_phosphate",
    "vitamin_d": "dietary_vitamin_d",
}

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
    share_of_form: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PulseRoute:
    """A pool that a dose enters at once: the amount times the product of the body's parameters `worth`.

    With no `worth` the amount becomes the unit of the pool by the analyte's molar mass.
    """

    pool: str
    worth: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldRoute:
    """Inputs that a drug or a condition holds at these values while it lasts.

    usual_per_day: the one daily dose the values are known for, in the unit of the drug's amount; None: a class.
    """

    values: Mapping[str, float]
    source: str
    usual_per_day: float | None = None


@dataclass(frozen=True, slots=True)
class InfusionRoute:
    """An input an infusion adds `gain` times its rate to; where it goes when given at once (None: it cannot)."""

    given: str
    bolus: PulseRoute | None
    source: str
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class Switch:
    """A parameter that a switch of [model] sets when it is on."""

    parameter: str
    on: float
    source: str


SUPPLEMENT_ROUTES: Mapping[str, tuple[SupplementRoute, ...]] = {
    "vitamin_d3": (SupplementRoute("supplement_vitamin_d3"),),
    "vitamin_d2": (SupplementRoute("supplement_vitamin_d2"),),
    "calcidiol": (SupplementRoute("supplement_calcidiol"),),
    "calcitriol": (SupplementRoute("oral_calcitriol"),),
    "calcium": (SupplementRoute("supplement_calcium"),),
    "phosphate": (SupplementRoute("supplement_phosphate"),),
    "magnesium": (
        SupplementRoute("supplement_magnesium"),
        SupplementRoute("soluble_supplement_magnesium", MAGNESIUM_SOLUBILITY),
    ),
}

# Doses by mouth that can be followed one by one: vitamin D waits in the gut, or is absorbed within hours. Minerals and
# calcitriol cannot: their gut works by the day's meals and holds no dose.
SUPPLEMENT_PULSES: Mapping[str, PulseRoute] = {
    "vitamin_d3": PulseRoute("gut_vitamin_d", ("vitamin_d_nmol_per_ug",)),
    "vitamin_d2": PulseRoute("gut_vitamin_d", ("vitamin_d_nmol_per_ug", "effect_of_d2")),
    "calcidiol": PulseRoute("calcidiol_pool", ("calcidiol_nmol_per_ug", "absorbed_calcidiol_fraction")),
}

DRUG_HOLDS: Mapping[str, HoldRoute] = {
    "proton_pump_inhibitor": HoldRoute(
        {"magnesium_pump_health": 1 - 0.25}, "magnesium.md 2.2: P_pump 1-0.25 typical (0-0.5), susceptible 1-0.8"
    ),
    "egfr_antibody": HoldRoute(
        {"egf_signal": 1 - 0.55}, "magnesium.md 2.10: 55 % block assumed; Enokida 2016 gives incidence only"
    ),
    "alendronate": HoldRoute(
        {"bisphosphonate_block": 0.65}, "core_bone.md 2B.7: 0.65 for alendronate 10 mg a day", usual_per_day=10.0
    ),
}

DRUG_PULSES: Mapping[str, PulseRoute] = {
    "teriparatide": PulseRoute("teriparatide_depot"),
    "denosumab": PulseRoute("denosumab_depot"),
}

INFUSION_ROUTES: Mapping[str, InfusionRoute] = {
    "magnesium": InfusionRoute("magnesium_infusion", PulseRoute("ecf_magnesium"), "into the extracellular fluid"),
    "calcium": InfusionRoute("calcium_infusion", PulseRoute("ecf_calcium"), "into the extracellular fluid"),
    "edta": InfusionRoute("edta_infusion", None, "one EDTA takes one calcium with it as fast as it is given"),
    "calcitriol": InfusionRoute(
        "calcitriol_infusion", PulseRoute("calcitriol_pool", ("calcitriol_nmol_per_ug",)), "into blood"
    ),
    "pth_1_34": InfusionRoute("pth_1_34_infusion", PulseRoute("plasma_teriparatide"), "into plasma"),
    "adrenaline": InfusionRoute(
        "plasma_adrenaline_level",
        None,
        "magnesium.md 2.10: 55 nmol/L per ug/kg/min (recalled), above 0.2",
        gain=55.0,
    ),
}

CONDITION_ROUTES: Mapping[str, HoldRoute] = {
    "primary_hyperparathyroidism": HoldRoute(
        {"set_point_shift": 1.15, "parathyroid_tissue": 2.5, "gland_regulation": 0.0},
        "coupled.md decision 22: set point x1.15, gland 2.5, its mass no longer regulated",
    ),
    "hypoparathyroidism": HoldRoute({"parathyroid_tissue": 0.002}, "coupled.md 4: gland 0.002"),
    "malabsorption": HoldRoute({"fat_absorption": 0.3}, "vitamin_d.md 2.2: 0.1-0.5 of normal, the middle"),
    "granulomatous_disease": HoldRoute(
        {"granuloma_activation": 0.42},
        "calibrated: drive of the vitamin D receptor 2.5 at rest (vitamin_d.md 2.6: x2-3), no feedback (2.4)",
    ),
    "cyp24a1_loss": HoldRoute({"cyp24a1_activity": 0.05}, "vitamin_d.md 2.4: biallelic loss leaves 0.05"),
}

CONDITIONS_BY_LAB: Mapping[str, str] = {"chronic_kidney_disease": "gfr"}
"""Conditions that say how severe they are by a lab, which then does all there is to do."""

SWITCHES: Mapping[str, Switch] = {
    "uncoupled_share": Switch(
        "uncoupled_share",
        1.0,
        "coupled.md decision 5 (u_E): formation does not follow what vitamin D makes bone resorb",
    ),
}
"""The switches of [model]. All are off unless a scenario says so."""

ROUTED: frozenset[str] = frozenset(
    [f"diet:{name}" for name in DIET_INPUTS]
    + [f"supplement:{name}" for name in SUPPLEMENT_ROUTES]
    + [f"supplement:{name}:pulses" for name in SUPPLEMENT_PULSES]
    + [f"drug:{name}" for name in (*DRUG_HOLDS, *DRUG_PULSES)]
    + [f"infusion:{name}" for name in INFUSION_ROUTES]
    + [f"condition:{name}" for name in (*CONDITION_ROUTES, *CONDITIONS_BY_LAB)]
)
"""The features of a plan this version can turn into model inputs, as `require_supported` names them."""
