"""An invented claim for tests, as a claim file."""

from __future__ import annotations

TEXT = """
id = "tea-raises-calcium"
said_by = "reader"
statement = "Tea raises serum calcium."
reason = "tea is brown"
reason_follows = false
reason_note = "colour moves no calcium"
edges = ["tea -> serum_calcium"]

[pico]
population = "adults"
intervention = "tea"
comparator = "water"
outcome = "serum calcium"
time = "3 months"

[[clauses]]
id = "rise"
says = "serum calcium rises"
predicate = "rise(serum_calcium) >= d"
d = "0.02 mmol/L"
d_reason = "less is assay noise"
outcome = "serum_calcium"
treated = "tea"
comparator = "water"

[clauses.basis]
kind = "predicted"
why = "the model was not fitted to tea"

[evidence]
intervention = ["diet"]
population = ["adults"]

[arms.tea.diet]
calcium = "900 mg/day"

[arms.water.diet]
calcium = "900 mg/day"
"""

STRATUM = """
[[strata]]
id = "old"
label = "over 65"
population = ["older"]

[strata.change.population]
age = 70
"""
