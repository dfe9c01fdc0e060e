"""An invented row without a fault, to plant faults in."""

from __future__ import annotations

SOUND = {
    "id": "mg-E01",
    "study": "doi:10.1000/sound",
    "first_author": "Sound",
    "year": 2001,
    "use": "validation",
    "level": "trial",
    "design": "parallel_rct",
    "species": "human",
    "controlled": True,
    "quantity": "serum magnesium",
    "population": "adults",
    "population_tags": ["adults"],
    "interventions": ["magnesium"],
    "arms": ["magnesium", "placebo"],
    "duration": "8 wk",
    "baseline": "-",
    "result": "up",
    "n": 20,
    "outcomes": ["serum_magnesium"],
    "citation": "Sound 2001",
    "place": "abstract",
    "confidence": "read",
}
MEASURED = {
    "name": "serum_magnesium",
    "value": 0.8,
    "unit": "mmol/L",
    "arm": "magnesium",
    "spread": 0.1,
    "spread_kind": "SD",
}
EFFECT = {
    "outcome": "serum_magnesium",
    "value": 0.04,
    "ci_low": 0.02,
    "ci_high": 0.06,
    "unit": "mmol/L",
    "arm": "magnesium",
    "versus": "placebo",
    "intervention": ["magnesium"],
}
