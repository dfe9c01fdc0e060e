"""Running a claim: its arms in the same people, the effects of every clause, the evidence, the verdict."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from cofactor.claims._bookkeeping import BOOKKEEPING
from cofactor.claims._claim import Claim, Question
from cofactor.claims._effects import Arms, effects, levels, passes
from cofactor.claims._evidence import gather
from cofactor.claims._judge import judge
from cofactor.claims._predicate import Comparison, Observable, Within, walk
from cofactor.claims._result import ClaimResult
from cofactor.claims._stand_in import answered, what_is_left_out
from cofactor.trials import Outcome, Size, arm_from, run_arm
from cofactor.units import parse_unit

Progress = Callable[[str, int], None]
"""Told the claim and how many runs were just finished."""


def run_claims(
    claims: Iterable[Claim], size: Size | None = None, progress: Progress | None = None
) -> list[ClaimResult]:
    """Every claim with its verdict. Arms that claims share are run once.

    Raises InputError for arms no organ answers and predicates that read what was not run.
    """
    chosen = size or Size()
    known: dict[str, Outcome] = {}
    return [_run(claim, chosen, known, progress) for claim in claims]


def runs_needed(claims: Iterable[Claim], size: Size) -> int:
    """How many runs the claims will take, for a progress bar."""
    keys = {_key(claim.arms[name], _observables(claim)) for claim in claims for name in _arm_names(claim)}
    return len(keys) * size.runs


def _run(claim: Claim, size: Size, known: dict[str, Outcome], progress: Progress | None) -> ClaimResult:
    if not claim.testable:
        return judge(claim, {}, {})
    outcomes = {name: _arm(claim, name, size, known, progress) for name in _arm_names(claim)}
    values = _values(claim, outcomes)
    samples: dict[str, np.ndarray] = {}
    plain: dict[str, Any] = {}
    for question in claim.questions():
        arms = Arms(values, question.treated, question.comparator, {n: parse_unit(u) for n, u in claim.units.items()})
        predicate, clause = question.clause.parsed, question.clause
        single = isinstance(predicate.root, (Comparison, Within))
        samples[question.key] = (
            effects(predicate, arms, clause.unit) if single else passes(predicate, arms, clause.smallest_effect)
        )
        found = levels(predicate, arms) if question.comparator is not None else None
        if found is not None:
            plain[question.key] = found
    return judge(claim, samples, gather(claim), levels=plain)


def _arm(claim: Claim, name: str, size: Size, known: dict[str, Outcome], progress: Progress | None) -> Outcome:
    observables = _observables(claim)
    key = _key(claim.arms[name], observables)
    if key not in known:
        report = None if progress is None else lambda count: progress(claim.id, count)
        counted = any(name in BOOKKEEPING for name in _read(claim))
        arm = arm_from(name, answered(claim.arms[name]))
        known[key] = run_arm(arm, size, observables, report, accounts=counted)
    return known[key]


def _key(arm: Mapping[str, Any], observables: tuple[str, ...]) -> str:
    return json.dumps([arm, observables], sort_keys=True, default=str)


def _arm_names(claim: Claim) -> list[str]:
    questions = list(claim.questions())
    wanted = [q.treated for q in questions] + [q.comparator for q in questions if q.comparator is not None]
    return list(dict.fromkeys(wanted))


def _observables(claim: Claim) -> tuple[str, ...]:
    """The body's quantities that the predicates read."""
    return tuple(sorted(name for name in _read(claim) if name not in BOOKKEEPING))


def _read(claim: Claim) -> set[str]:
    """Every name the predicates read."""
    nodes = [node for clause in claim.clauses for node in walk(clause.parsed.root)]
    return {node.name.removesuffix(".start") for node in nodes if isinstance(node, Observable)}


def _values(claim: Claim, outcomes: Mapping[str, Outcome]) -> dict[tuple[str, str], np.ndarray]:
    values: dict[tuple[str, str], np.ndarray] = {}
    for arm, outcome in outcomes.items():
        for name, array in outcome.end.items():
            values[arm, name] = array
            values[arm, f"{name}.start"] = outcome.start[name]
        for name, count in BOOKKEEPING.items():
            values[arm, name] = count(outcome)
    return values


def limits(claim: Claim) -> list[str]:
    """What the claim's arms ask for that this version's body has no organ for, in words."""
    return (
        sorted({line for name in _arm_names(claim) for line in what_is_left_out(claim.arms[name])})
        if claim.testable
        else []
    )
