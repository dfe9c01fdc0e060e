"""The closed lists of a scenario: what may stand under each `name`, in which unit, and what people also call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cofactor.people import POPULATIONS as DRAWN_POPULATIONS


@dataclass(frozen=True, slots=True)
class Substance:
    """Something given: canonical units of its amount and its rate (None: not given that way), its analyte, its forms,
    and how often it is taken unless a plan says otherwise."""

    amount_unit: str | None
    rate_unit: str | None = None
    analyte: str | None = None
    forms: tuple[str, ...] = ()
    usual_every: str = "1 day"


# A supplement's amount is of the nutrient, not of the salt: 300 mg of magnesium, not 300 mg of magnesium citrate.
MAGNESIUM_FORMS = (
    "citrate",  # the first form is the default
    "acetate",
    "chloride",
    "food",
    "lactate",
    "aspartate",
    "sulfate",
    "oxide",
    "enteric_coated",
)

SUPPLEMENTS: Mapping[str, Substance] = {
    "vitamin_d3": Substance("ug", analyte="vitamin_d3"),
    "vitamin_d2": Substance("ug", analyte="vitamin_d2"),
    "calcidiol": Substance("ug", analyte="calcidiol"),
    "calcitriol": Substance("ug", analyte="calcitriol"),
    "calcium": Substance("mmol", analyte="calcium"),
    "phosphate": Substance("mmol", analyte="phosphate"),
    "magnesium": Substance("mmol", analyte="magnesium", forms=MAGNESIUM_FORMS),
    "vitamin_b6": Substance("mg", analyte="vitamin_b6"),
}

# amount_unit None: a class at its usual dose, for which the physiology files give one effect and no dose-response.
DRUGS: Mapping[str, Substance] = {
    "teriparatide": Substance("ug", analyte="pth_1_34"),
    "denosumab": Substance("mg", usual_every="6 months"),  # coupled.md 4: 60 mg every 182.625 d
    "alendronate": Substance("mg"),
    "alfacalcidol": Substance("ug"),
    "fluoride": Substance("mg"),
    "secukinumab": Substance("mg"),
    "guselkumab": Substance("mg"),
    "adalimumab": Substance("mg"),
    "calcipotriol": Substance(None, usual_every="12 hours"),
    "proton_pump_inhibitor": Substance(None),
    "egfr_antibody": Substance(None),
    "thiazide": Substance(None),
    "loop_diuretic": Substance(None),
    "oestrogen": Substance(None),
    "cinacalcet": Substance(None),
    "phosphate_binder": Substance(None),
}

INFUSIONS: Mapping[str, Substance] = {
    "magnesium": Substance("mmol", "mmol/d", "magnesium"),
    "calcium": Substance("mmol", "mmol/d", "calcium"),
    "edta": Substance("mmol", "mmol/d", "edta"),
    # per kg of body, as its plasma level is known (magnesium.md 2.10)
    "adrenaline": Substance("ug/kg", "ug/kg/min", "adrenaline"),
    "insulin": Substance("U", "U/d", "insulin"),
    "calcitriol": Substance("ug", "ug/d", "calcitriol"),
    "pth_1_34": Substance("pmol", "pmol/h", "pth_1_34"),
}

CHALLENGES: Mapping[str, Substance] = {
    "oral_glucose": Substance("g", analyte="glucose"),
    "insulin": Substance("U", analyte="insulin"),
    "mixed_meal": Substance("g", analyte="glucose"),  # of its carbohydrate
}

EVENTS = (
    "streptococcal_throat",
    "viral_reactivation",
    "tonsil_focus",
    "dental_focus",
    "bowel_overgrowth",
    "skin_yeast",
    "focus_removed",
    "skin_injury",
    "stress",
)

CONDITIONS = (
    "psoriasis",
    "psoriasis_prone",
    "postmenopausal",
    "osteoporosis",
    "hypertension",
    "insulin_resistance",
    "type_2_diabetes",
    "reactive_hypoglycaemia",
    "hypercalciuria",
    "hypoparathyroidism",
    "primary_hyperparathyroidism",
    "chronic_kidney_disease",
    "cyp24a1_loss",
    "granulomatous_disease",
    "malabsorption",
)

# Kinds of light that make vitamin D, and the share of a dose in J/cm2 that counts for erythema. Narrow band: CIE spectrum
# 10^(0.094 (298 - wavelength)) at 311 nm (read in the IES definitions). Broad band is written in SED, which is weighted
# already. PUVA's light is UVA, which makes none.
LAMPS: Mapping[str, float] = {"nb_uvb": 10 ** (0.094 * (298 - 311)), "bb_uvb": 1.0}
PHOTOTHERAPIES = (*LAMPS, "puva")
CLIMATES = ("average", "clear")
POPULATIONS = DRAWN_POPULATIONS
SEXES = ("female", "male")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ACCURACIES = ("default", "tight")
MAGNESIUM_LAB_REASONS = ("tubular_capacity", "intake")

# Only to make a hint better; none of these is accepted in a file.
ALSO_CALLED: Mapping[str, str] = {
    "cholecalciferol": "vitamin_d3",
    "vitamin_d": "vitamin_d3",
    "ergocalciferol": "vitamin_d2",
    "calcifediol": "calcidiol",
    "phosphorus": "phosphate",
    "1alpha_hydroxyvitamin_d3": "alfacalcidol",
    "1alpha_hydroxycholecalciferol": "alfacalcidol",
    "one_alpha": "alfacalcidol",
    "pyridoxine": "vitamin_b6",
    "ppi": "proton_pump_inhibitor",
    "omeprazole": "proton_pump_inhibitor",
    "pantoprazole": "proton_pump_inhibitor",
    "cetuximab": "egfr_antibody",
    "panitumumab": "egfr_antibody",
    "furosemide": "loop_diuretic",
    "hydrochlorothiazide": "thiazide",
    "epinephrine": "adrenaline",
    "oxid": "oxide",
    "sulphate": "sulfate",
    "ckd": "chronic_kidney_disease",
    "kidney_failure": "chronic_kidney_disease",
    "phpt": "primary_hyperparathyroidism",
    "hyperparathyroidism": "primary_hyperparathyroidism",
    "sarcoidosis": "granulomatous_disease",
    "granuloma": "granulomatous_disease",
    "forteo": "teriparatide",
    "prolia": "denosumab",
    "fosamax": "alendronate",
    "estrogen": "oestrogen",
    "hormone_replacement": "oestrogen",
    "calcimimetic": "cinacalcet",
    "bumetanide": "loop_diuretic",
    "bendroflumethiazide": "thiazide",
    "sevelamer": "phosphate_binder",
    "egfr": "gfr",
    "25ohd": "serum_25ohd",
    "pth": "serum_pth",
}
