"""The benchmark of issue 4 as a script: writes out/bench.json and prints the tables of RESULTS.md.

    .venv/bin/python benchmarks/run.py --people 1000 --sbml tests/data/BIOMD0000000613.xml

Needs the extra `bench` (numbalsoda is built from source: a C++ and a Fortran compiler). Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cofactor.interop import bench_table, run_bench


def main() -> None:
    """Run, write JSON, print Markdown."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, default=1000)
    asked.add_argument("--peer-people", type=int, default=3)
    asked.add_argument("--repeats", type=int, default=3)
    asked.add_argument("--days", type=float, default=365.0)
    asked.add_argument("--sbml", type=Path, default=None, help="file of BIOMD0000000613")
    asked.add_argument("--case", action="append", default=None, help="one case by name; may be repeated")
    asked.add_argument("--out", type=Path, default=Path("out/bench.json"))
    given = asked.parse_args()
    result = run_bench(
        given.people, peer_people=given.peer_people, repeats=given.repeats, days=given.days, cases=given.case,
        sbml=given.sbml, progress=lambda text: print(text, flush=True),
    )  # fmt: skip
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=1))
    print(bench_table(result))


if __name__ == "__main__":
    main()
