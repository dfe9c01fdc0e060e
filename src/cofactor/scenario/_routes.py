"""Where each thing a person takes or has goes in the body. A new organ adds rows here, never an if.

Inputs and pools are those of the whole body, by name; what an input is, and its unit, stands with the organ. A number
here has its source beside it; amounts become pool units by the body's own parameters, or by the analyte's molar mass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from cofactor import body
from cofactor.scenario._names import LAMPS


@lru_cache(maxsize=1)
def reference_inputs() -> Mapping[str, float]:
    """The inputs of the reference adult, by name, each in its own unit."""
    return MappingProxyType({name: given.value for name, given in body.assembled(body.EVERYTHING).inputs.items()})


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
class ChallengeRoute:
    """Where a test's dose goes, at once (`bolus`) or as a rate over some days; the usual dose, in the unit of the amount.

    per_kg: the usual dose is for one kg of body weight; where weights of a population differ, of the reference adult's.
    """

    usual: float
    source: str
    bolus: PulseRoute | None = None
    given: str = ""
    over: float = 0.0
    per_kg: bool = False


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
    "vitamin_b6": (SupplementRoute("supplement_vitamin_b6"),),
}

SUPPLEMENT_INPUTS = tuple(sorted({route.given for routes in SUPPLEMENT_ROUTES.values() for route in routes}))

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
        {"alendronate_intake": 10.0}, "core_bone.md 2B.7: alendronate 10 mg a day", usual_per_day=10.0
    ),
    "fluoride": HoldRoute({"fluoride_intake": 75.0}, "bone-E82: sodium fluoride 75 mg a day", usual_per_day=75.0),
    "oestrogen": HoldRoute({"oestrogen_action": 1.0}, "the usual dose gives back what menopause takes (tests: PEPI)"),
    "thiazide": HoldRoute(
        {"thiazide": 1.0, "egf_signal": 0.7}, "body/drugs/diuretics; magnesium: magnesium.md 2.3, 0.7, recalled"
    ),
    "loop_diuretic": HoldRoute({"loop_diuretic": 1.0}, "body/drugs/diuretics; its effect on magnesium is left out"),
    "cinacalcet": HoldRoute({"cinacalcet": 1.0}, "body/drugs/calcimimetic"),
    "phosphate_binder": HoldRoute({"phosphate_binder": 1.0}, "body/drugs/phosphate_binder"),
}

DRUG_PULSES: Mapping[str, PulseRoute] = {
    "teriparatide": PulseRoute("teriparatide_depot"),
    "denosumab": PulseRoute("denosumab_depot"),
}

DRUG_RATES: Mapping[str, str] = {"alfacalcidol": "oral_alfacalcidol"}
"""Inputs a drug by mouth adds its daily amount to, any dose of it, as a supplement does."""

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
    "insulin": InfusionRoute("insulin_infusion", None, "into plasma"),
}

_ONE_MINUTE = 1 / 1440

CHALLENGE_ROUTES: Mapping[str, ChallengeRoute] = {
    "oral_glucose": ChallengeRoute(75.0, "magnesium.md 2.8: the 75-g test", PulseRoute("stomach_glucose")),
    "mixed_meal": ChallengeRoute(
        75.0, "as much carbohydrate as the 75-g test, in a solid meal", PulseRoute("stomach_meal_glucose")
    ),
    "insulin": ChallengeRoute(
        0.1, "magnesium.md 2.8: 0.1 U/kg over 1 min", given="insulin_infusion", over=_ONE_MINUTE, per_kg=True
    ),
}

CONDITION_ROUTES: Mapping[str, HoldRoute] = {
    "primary_hyperparathyroidism": HoldRoute(
        {"set_point_shift": 1.15, "parathyroid_tissue": 2.5, "gland_regulation": 0.0},
        "coupled.md decision 22: set point x1.15, gland 2.5, its mass no longer regulated",
    ),
    "postmenopausal": HoldRoute(
        {"oestrogen_action": 0.575}, "people/populations.toml: what menopause leaves, by CTX 1.41 times that before"
    ),
    "hypoparathyroidism": HoldRoute({"parathyroid_tissue": 0.002}, "coupled.md 4: gland 0.002"),
    "malabsorption": HoldRoute({"fat_absorption": 0.3}, "vitamin_d.md 2.2: 0.1-0.5 of normal, the middle"),
    "granulomatous_disease": HoldRoute(
        {"granuloma_activation": 0.42},
        "calibrated: drive of the vitamin D receptor 2.5 at rest (vitamin_d.md 2.6: x2-3), no feedback (2.4)",
    ),
    "cyp24a1_loss": HoldRoute({"cyp24a1_activity": 0.05}, "vitamin_d.md 2.4: biallelic loss leaves 0.05"),
    "hypertension": HoldRoute(
        {"systolic_load": 139.7 - 116, "diastolic_load": 88.0 - 69, "pressure_gain_change": 1 / 0.6},
        "pressure of mg-E67's patients less that of normotensives (Wright 2011); gain 1, not 0.6: magnesium.md 2.7",
    ),
    "insulin_resistance": HoldRoute(
        {"insulin_sensitivity_change": 1.78 / 3.4},
        "HOMA-IR of the reference adult over that of mg-E73's women, 3.2 and 3.6",
    ),
    "reactive_hypoglycaemia": HoldRoute(
        {"insulin_secretion_change": 2.0, "insulin_sensitivity_change": 1.6, "stomach_emptying_change": 2.0},
        "magnesium.md 2.8: the reactive phenotype (b 2, s 1.6, k_g x2)",
    ),
}

CONDITIONS_BY_LAB: Mapping[str, str] = {"chronic_kidney_disease": "gfr"}
"""Conditions that say how severe they are by a lab, which then does all there is to do."""

SWITCHES: Mapping[str, Switch] = {
    "high_25ohd_resorbs": Switch(
        "high_25ohd_resorbs", 1.0, "H1 (core_bone.md 2B.8): bone-E40, E41 and E50 for it, bone-E12 and E30 against"
    ),
    "precursors_wait": Switch(
        "precursors_wait",
        1.0,
        "body/bone_cells: troughs of denosumab stay deep (bone-E62, E64); coupled.md has them climb",
    ),
    "uncoupled_share": Switch(
        "uncoupled_share",
        1.0,
        "coupled.md decision 5 (u_E): formation does not follow what vitamin D makes bone resorb",
    ),
    "beta_cells_compensate": Switch(
        "beta_cell_compensation",
        1.0,
        "magnesium.md 2.8 (delta, 0-1): the only way in which magnesium could act on reactive hypoglycaemia",
    ),
    "pressure_ignores_magnesium": Switch(
        "pressure_gain", 0.0, "magnesium.md 4 (G_p = 0): mg-E62, mg-E64 and mg-E64b found no effect on pressure"
    ),
    "magnesium_eases_nobody": Switch(
        "magnesium_relief", 0.0, "magnesium.md 4 (e_Mg = 0): all of mg-E77's fall may be placebo response"
    ),
    "responder_subtype": Switch(
        "responder_subtype",
        1.0,
        "psoriasis.md 2j, grade H: no trial shows it, none excludes it; skin-E23 post hoc only",
    ),
    "magnesium_calms_il23": Switch(
        "magnesium_calms_il23", 1.0, "psoriasis.md 2k, 2l, grade H: skin-E86 conflicting on CRP, no trial in psoriasis"
    ),
    "salt_bath_helps_uvb": Switch("salt_bath_helps_uvb", 1.0, "psoriasis.md 2k: skin-E83 for, other trials against"),
    "virus_triggers": Switch("virus_triggers", 1.0, "psoriasis.md 2l, grade H: skin-E74, one register each way"),
    "teeth_trigger": Switch("teeth_trigger", 1.0, "psoriasis.md 2l, grade H: skin-E67 and skin-E68, association only"),
    "bowel_triggers": Switch("bowel_triggers", 1.0, "psoriasis.md 2l, grade H: skin-E69, an uncontrolled letter"),
    "yeast_triggers": Switch(
        "yeast_triggers", 1.0, "psoriasis.md 2l, grade H: skin-E71 for, skin-E72 and skin-E73 against"
    ),
}
"""The switches of [model]. All are off unless a scenario says so."""

# What reaches psoriatic skin, which follows the core; see _skin_plan.
ONSET_DOSE = 0.02
"""Load that an infection or a focus begins with (psoriasis.md 2c, x0)."""
ONSETS: Mapping[str, str] = {
    "streptococcal_throat": "throat_load",
    "viral_reactivation": "virus_load",
    "tonsil_focus": "tonsil_load",
    "dental_focus": "dental_load",
    "bowel_overgrowth": "bowel_load",
    "skin_yeast": "yeast_load",
}
DEPOTS: Mapping[str, str] = {name: f"{name}_depot" for name in ("secukinumab", "guselkumab", "adalimumab")}
APPLICATIONS: Mapping[str, str] = {"calcipotriol": "calcipotriol_applications"}
STRESS_INPUT, STRESS_UNIT, STRESS_DAYS = "added_stress", "stress_score_spread", 91.0
"""Stress of size 1 is one SD of the stress score, a parameter of the body, for the three months of claims.md."""
SKIN_CONDITIONS = ("psoriasis", "psoriasis_prone")

ROUTED: frozenset[str] = frozenset(
    [f"diet:{name}" for name in DIET_INPUTS]
    + [f"supplement:{name}" for name in SUPPLEMENT_ROUTES]
    + [f"supplement:{name}:pulses" for name in SUPPLEMENT_PULSES]
    + [f"drug:{name}" for name in (*DRUG_HOLDS, *DRUG_PULSES, *DRUG_RATES, *DEPOTS, *APPLICATIONS)]
    + [f"event:{name}" for name in (*ONSETS, "focus_removed", "skin_injury", "stress")]
    + [f"infusion:{name}" for name in INFUSION_ROUTES]
    + [f"challenge:{name}" for name in CHALLENGE_ROUTES]
    + [f"condition:{name}" for name in (*CONDITION_ROUTES, *CONDITIONS_BY_LAB, *SKIN_CONDITIONS)]
    + ["sun", *(f"phototherapy:{name}" for name in LAMPS)]
)
"""The features of a plan this version can turn into model inputs, as `require_supported` names them."""
