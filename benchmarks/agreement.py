"""The exported coupled body in libRoadRunner and COPASI beside this engine's tight setting: the largest differences.

    .venv/bin/python benchmarks/agreement.py [examples/depletion.toml ...]

Without files: five of the examples. Needs the extra `bench`; a simulator that is not installed is said to be missing. Ends
with exit code 1 where a difference is above 1e-6, or libSBML finds an error or a unit warning.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from cofactor import body
from cofactor.errors import MissingExtraError
from cofactor.interop import Case, agreement, export_sbml, problems
from cofactor.interop._agreement import RUNNERS

EXAMPLES = Path(__file__).parents[1] / "examples"
FIVE = ("depletion", "loading_dose", "ppi", "calcium_clamp", "teriparatide")
WITHIN = 1e-6


def main() -> int:
    """Compare, print one line a scenario and simulator, write JSON if asked."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("scenarios", type=Path, nargs="*", default=[EXAMPLES / f"{name}.toml" for name in FIVE])
    asked.add_argument("--out", type=Path, default=None, help="write JSON here")
    given = asked.parse_args()
    rows = []
    for file in given.scenarios:
        case = Case.of_scenario(file, observables=list(body.adult().observables))
        warnings = len(problems(export_sbml(case)))
        print(f"{file.stem}: {case.system.size} states, {warnings} errors and warnings of libSBML", flush=True)
        rows += [{"scenario": file.stem, "warnings": warnings, **_row(file, tool)} for tool in RUNNERS]
    if given.out is not None:
        given.out.write_text(json.dumps(rows, indent=1))
    return int(any(row["warnings"] or (row["largest"] or 0.0) > WITHIN for row in rows))


def _row(file: Path, tool: str) -> dict[str, str | float | None]:
    try:
        found = agreement(file, tool)
    except MissingExtraError as error:
        print(f"  {tool}: missing ({error})", flush=True)
        return {"tool": tool, "largest": None, "missing": str(error)}
    print(f"  {tool}: {found.largest:.1e} ({found.worst}), {found.samples} samples", flush=True)
    return {"tool": tool, "largest": found.largest, "observable": found.worst, "samples": found.samples}


if __name__ == "__main__":
    sys.exit(main())
