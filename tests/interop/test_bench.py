"""The benchmark in miniature: what it says is consistent, and a peer that is missing is said to be missing."""

from __future__ import annotations

import builtins
import json

import numpy as np
import pytest
from tests.interop.small_models import PETERSON

from cofactor.errors import InputError
from cofactor.interop import bench_table, run_bench
from cofactor.interop._bench import Row, _ratios
from cofactor.interop._work import errors


def row(engine: str, time: float, largest: float, rms: float, tolerance: float = 1e-6) -> Row:
    return Row(engine, tolerance, time, time, time, largest, rms, 1, 1.0)


def test_a_ratio_is_against_our_cheapest_setting_that_is_as_accurate_in_both_errors():
    rows = [
        row("cofactor", 1.0, 1e-2, 1e-3), row("cofactor", 2.0, 1e-4, 1e-4), row("cofactor", 5.0, 1e-5, 1e-6),
        row("loose", 100.0, 1e-3, 1e-3), row("rms only", 100.0, 1e-3, 1e-5), row("better than all", 100.0, 1e-9, 1e-9),
    ]  # fmt: skip
    found = _ratios(rows)
    assert found["loose"]["1e-06"] == 50.0
    assert found["rms only"]["1e-06"] == 20.0
    assert found["better than all"]["1e-06"] is None


def test_errors_are_relative_with_a_floor_of_the_size():
    largest, rms = errors(np.array([1.0, 0.02]), np.array([1.1, 0.0]), np.array([1.0, 2.0]))
    assert largest == pytest.approx(1.0)
    assert rms == pytest.approx(np.sqrt(((0.1 / 1.11) ** 2 + 1.0) / 2))


def test_peers_run_the_same_model_to_the_same_states():
    for name in ("libsbml", "roadrunner", "numbalsoda"):
        pytest.importorskip(name)
    result = run_bench(2, peer_people=1, repeats=1, days=2.0, cases=["peterson_population"], sbml=PETERSON)
    json.dumps(result)
    (case,) = result["cases"]
    assert case["reference_agrees_within"] < 1e-6
    worst = {(r["engine"], r["tolerance"]): r["error_max"] for r in case["rows"]}
    assert worst["cofactor", 1e-7] < 1e-5
    assert worst["libroadrunner", 1e-8] < 1e-4
    assert worst["numbalsoda", 1e-8] < 1e-4
    assert all(r["ms_per_person_year"] > 0 for r in case["rows"])
    assert set(result["ratios"]) == {"libroadrunner", "numbalsoda"}
    table = bench_table(result)
    assert "| numbalsoda | 1e-06 |" in table
    assert "BIOMD613" in table


def test_a_missing_peer_is_named(monkeypatch: pytest.MonkeyPatch):
    plain = builtins.__import__

    def without_peers(name, *rest, **more):
        if name.partition(".")[0] in ("roadrunner", "numba", "numbalsoda"):
            raise ImportError(name)
        return plain(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_peers)
    result = run_bench(2, peer_people=1, repeats=1, days=2.0, cases=["decade"])
    (case,) = result["cases"]
    assert set(case["missing"]) == {"libroadrunner", "numbalsoda"}
    assert {r["engine"] for r in case["rows"]} == {"cofactor"}
    assert result["ratios"] == {"libroadrunner": None, "numbalsoda": None}
    assert "Missing: libroadrunner" in bench_table(result)


def test_an_unknown_case_is_refused():
    with pytest.raises(InputError, match="there is no such case"):
        run_bench(1, peer_people=1, cases=["populaton"])
    with pytest.raises(InputError, match="a benchmark has people"):
        run_bench(1, peer_people=3)
