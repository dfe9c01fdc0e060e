"""`python -m cofactor.people [--write FILE] [--people N] [--seed S]`: the populations against their targets."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cofactor.body import assembled
from cofactor.errors import CofactorError
from cofactor.people._report import PEOPLE, SEED, report

BODY = "adult + vessel_tone + glucose + stress"
"""The core with what says who belongs to a population."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; 0 when done, the error's exit code for bad input."""
    parser = argparse.ArgumentParser(prog="python -m cofactor.people", description=__doc__)
    parser.add_argument("--write", metavar="FILE", help="write the page into this file instead of showing it")
    parser.add_argument("--people", type=int, default=PEOPLE, help="people in each population")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args(arguments)
    try:
        page = report(assembled(BODY), people=asked.people, seed=asked.seed)
    except CofactorError as error:
        sys.stderr.write(f"cofactor: {error}\n")
        return error.exit_code
    if asked.write:
        Path(asked.write).write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
