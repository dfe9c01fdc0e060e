"""`python -m cofactor.report._intoxication DIR`: serum calcium over D3 dose and calcium intake, for two kidneys."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from cofactor import body
from cofactor.errors import InputError
from cofactor.model import System
from cofactor.report._map import map_svg
from cofactor.trials import Axis, CellMap, cell_map
from cofactor.units import convert

DAYS = (90.0, 180.0)
DOSES_UG = (0.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 1250.0, 1750.0, 2500.0, 3250.0, 4000.0, 5000.0)
CALCIUM_MG = tuple(range(400, 2601, 200))
IU_PER_UG = 40
"""1 ug D3 = 40 IU (vitamin_d.md)."""
FAILING_EGFR = 30.0
"""mL/min, published: the middle of the CKD 3-4 of vitd-E67, vitd-E69 and vitd-E70."""
HEALTHY_EGFR = 100.0
LIMIT = 2.60
"""mmol/L: the serum calcium of the safety line (claims.md)."""
_ENDS = (2.0, 4.5)
_NAMES = ("serum_calcium", "serum_25ohd", "gfr", "kidney_health")


def intoxicated_body() -> System:
    """The coupled adult whose kidneys hypercalcaemia can scar."""
    return body.assembled("adult + kidney_injury")


def intoxication_map(system: System, egfr: float = HEALTHY_EGFR) -> CellMap:
    """Adults at rest on their calcium intake, then on D3 for half a year; 12 doses by 12 intakes."""
    filtration = system.constants["baseline_filtration_rate"].value * egfr / HEALTHY_EGFR
    iu = tuple(IU_PER_UG * dose for dose in DOSES_UG)
    calcium = tuple(convert(f"{mg} mg/d", "mmol/d", analyte="calcium") for mg in CALCIUM_MG)
    return cell_map(
        system,
        Axis("supplement_vitamin_d3", DOSES_UG, "plan", "D3", "IU/d", iu),
        Axis("dietary_calcium", calcium, "habit", "calcium intake", "mg/d", tuple(float(mg) for mg in CALCIUM_MG)),
        DAYS,
        _NAMES,
        parameters={"baseline_filtration_rate": filtration},
    )


def write_intoxication(folder: str | Path) -> list[Path]:
    """The two maps as pictures and the page about them; the paths written. Raises InputError for a folder that is not there."""
    home = Path(folder)
    if not home.is_dir():
        raise InputError("the maps are written into a folder that exists", received=str(home))
    system = intoxicated_body()
    maps = {"healthy": intoxication_map(system), "failing": intoxication_map(system, FAILING_EGFR)}
    names = {"healthy": "intoxication_map.svg", "failing": "intoxication_map_ckd.svg"}
    written = []
    for key, found in maps.items():
        path = home / names[key]
        path.write_text(_on_paper(_picture(found, key)) + "\n", encoding="utf-8")
        written.append(path)
    page = home / "intoxication_map.md"
    page.write_text(_page(maps["healthy"], maps["failing"]), encoding="utf-8")
    return [*written, page]


def _on_paper(svg: str) -> str:
    """Dark ink on white: a file of its own has no page to take its colours from."""
    return svg.replace('style="', 'style="background:#ffffff;color:#1d1d1f;', 1)


def _picture(found: CellMap, key: str) -> str:
    who = "healthy kidneys" if key == "healthy" else f"an eGFR of {FAILING_EGFR:g} mL/min"
    return map_svg(
        found, "serum_calcium", DAYS[-1], key=f"intoxication-{key}", limit=LIMIT, ends=_ENDS,
        title=f"Serum calcium after {DAYS[-1]:g} days, mmol/L, with {who}",
        description=f"{len(DOSES_UG)} doses of D3 by {len(CALCIUM_MG)} calcium intakes; framed: above {LIMIT} mmol/L",
    )  # fmt: skip


def _page(healthy: CellMap, failing: CellMap) -> str:
    lines = [
        "# Serum calcium over vitamin D3 and calcium intake",
        "",
        "Made by `python -m cofactor.report._intoxication docs/evidence`; do not edit. A research and teaching instrument, not",
        "medical advice.",
        "",
        f"The reference adult rests on each calcium intake, then takes D3 every day for {DAYS[-1]:g} days. The cells show serum",
        "calcium in mmol/L on the last day, over",
        f"{len(DOSES_UG)} doses and {len(CALCIUM_MG)} intakes.",
        f"The frame holds what is above {LIMIT} mmol/L, the limit of the safety line.",
        "The kidney loses filtration to dehydration, which comes back, and above 3.2 mmol/L 3 % a week to scars, which does not.",
        "",
        "## Healthy kidneys",
        "",
        "![serum calcium, healthy kidneys](intoxication_map.svg)",
        "",
        *_table(healthy),
        "",
        f"## eGFR {FAILING_EGFR:g} mL/min",
        "",
        "![serum calcium, failing kidneys](intoxication_map_ckd.svg)",
        "",
        *_table(failing),
        "",
        "## What the maps say",
        "",
        *_threshold_lines(healthy, failing),
        "",
        'Serum calcium above about 4.5 mmol/L is a body nobody has been followed in: read it as "far past the limit". Cells of',
        "the lowest calcium intakes hold people who rest in a calcium deficit. Reported cases begin lower than the map does",
        "(vitd-E39, above 3.75 mmol/L at 1171 nmol/L of 25(OH)D; the model's onset, near 1050, is at the upper end).",
        "",
    ]
    return "\n".join(lines)


def _table(found: CellMap) -> list[str]:
    calcium, level = found.at("serum_calcium", DAYS[-1]), found.at("serum_25ohd", DAYS[-1])
    head = ["D3, IU/d", "25(OH)D, nmol/L", *(f"{mg} mg/d" for mg in CALCIUM_MG)]
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    for i, dose in enumerate(DOSES_UG):
        cells = ["-" if not np.isfinite(v) else f"{v:.2f}" for v in calcium[i]]
        lines.append(f"| {IU_PER_UG * dose:g} | {np.nanmedian(level[i]):.0f} | " + " | ".join(cells) + " |")
    return lines


def _threshold_lines(healthy: CellMap, failing: CellMap) -> list[str]:
    lines = [
        f"The lowest dose (IU/d) of the map that lifts serum calcium above {LIMIT} mmol/L within {DAYS[-1]:g} days,",
        "and 25(OH)D there:",
        "",
        f"| calcium intake, mg/d | healthy kidneys | eGFR {FAILING_EGFR:g} |",
        "| --- | --- | --- |",
    ]
    for k, mg in enumerate(CALCIUM_MG):
        lines.append(f"| {mg} | {_first_above(healthy, k)} | {_first_above(failing, k)} |")
    return lines


def _first_above(found: CellMap, column: int) -> str:
    above = np.flatnonzero(found.at("serum_calcium", DAYS[-1])[:, column] > LIMIT)
    if not len(above):
        return "none of the map"
    level = found.at("serum_25ohd", DAYS[-1])[above[0], column]
    return f"{IU_PER_UG * DOSES_UG[above[0]]:g} (25(OH)D {level:.0f} nmol/L)"


if __name__ == "__main__":
    for path in write_intoxication(sys.argv[1] if len(sys.argv) > 1 else "docs/evidence"):
        sys.stdout.write(f"written: {path}\n")
