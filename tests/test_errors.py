"""Errors of the house: what they say, and that they say it in another process too."""

from __future__ import annotations

import pickle

import pytest

from cofactor.errors import CofactorError, InputError, MissingExtraError, SolverError


def test_an_error_says_rule_value_place_and_hint() -> None:
    error = InputError("a rule", received="5 mg", where="plan.toml:3", hint="try 6")
    assert str(error) == "a rule; received 5 mg; at plan.toml:3; hint: try 6"


@pytest.mark.parametrize(
    "error",
    [InputError("a rule", received=5, hint="try 6"), SolverError("too stiff"), MissingExtraError("pvlib", "sun")],
    ids=lambda error: type(error).__name__,
)
def test_an_error_travels_between_processes(error: CofactorError) -> None:
    there = pickle.loads(pickle.dumps(error))  # noqa: S301 - written a moment ago
    assert type(there) is type(error)
    assert str(there) == str(error)
    assert (there.rule, there.received, there.where, there.hint) == (
        error.rule,
        error.received,
        error.where,
        error.hint,
    )
    assert there.exit_code == error.exit_code
