"""The copula: the table's correlations are drawn, contradictions refused, and fixed traits pull the others along."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor.body import assembled
from cofactor.errors import InputError
from cofactor.people._copula import Pair, copula_of, correlations, shipped_copula

N = 20_000


def test_what_is_drawn_has_the_table_s_correlations():
    drawn = shipped_copula().draw(3, 0, N)
    for pair in correlations():
        found = np.corrcoef(drawn[pair.a], drawn[pair.b])[0, 1]
        assert found == pytest.approx(pair.r, abs=4 * (1 - pair.r**2) / N**0.5), (pair.a, pair.b)
    for name, values in drawn.items():
        assert abs(values.mean()) < 4 / N**0.5, name
        assert values.std() == pytest.approx(1.0, abs=4 / (2 * N) ** 0.5), name


def test_every_pair_states_its_ground_and_names_something_that_differs():
    system = assembled("adult + vessel_tone + glucose + stress")
    known = {"age_years", "height_m", "bmi", *system.inputs, *(n for n, c in system.constants.items() if c.varies)}
    known |= {"habitual_skin_synthesis"}  # its spread stands in populations.toml
    for pair in correlations():
        assert pair.source or pair.reason
        assert {pair.a, pair.b} <= known
        assert -1 < pair.r < 1
        assert pair.r != 0


def test_a_fixed_trait_stands_and_the_others_follow_it():
    heavy = {"bmi": np.full(N, 2.0)}
    drawn = shipped_copula().draw(1, 0, N, heavy)
    assert np.array_equal(drawn["bmi"], heavy["bmi"])
    assert drawn["gland_size"].mean() == pytest.approx(0.4, abs=0.03)  # r 0.2 at 2 SD
    assert drawn["albumin"].mean() == pytest.approx(-0.56, abs=0.03)  # r -0.28
    assert abs(drawn["dietary_calcium"].mean()) < 0.03


@pytest.mark.parametrize(
    ("pairs", "rule"),
    [
        ([Pair(a="x", b="y", r=0.5)], "source or its reason"),
        ([Pair(a="x", b="y", r=0.5, reason="1"), Pair(a="y", b="x", r=0.5, reason="2")], "stands once"),
        ([Pair(a="x", b="x", r=0.5, reason="1")], "stands once"),
        (
            [
                Pair(a="x", b="y", r=0.9, reason="1"),
                Pair(a="y", b="z", r=0.9, reason="2"),
                Pair(a="x", b="z", r=-0.9, reason="3"),
            ],
            "contradict",
        ),
    ],
)
def test_a_table_that_cannot_be_is_refused(pairs, rule):
    with pytest.raises(InputError, match=rule):
        copula_of(tuple(pairs))


def test_the_next_attempt_draws_anew():
    first, second = (shipped_copula().draw(1, attempt, 500)["bmi"] for attempt in (0, 1))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.15
