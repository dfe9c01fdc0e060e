"""Where the sign of an effect turns along a series of doses.  All numbers are invented."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cofactor.claims._turn import turn_of

DOSES = [1.0, 10.0, 100.0]


def turn(*draws: list[float]):
    return turn_of("it turns", "adults", "IU a day", DOSES, np.array(draws).T)


def test_the_dose_is_interpolated_on_its_logarithm() -> None:
    found = turn([-1.0, -1.0, 1.0])
    assert found.at == pytest.approx(math.sqrt(1000))
    assert (found.turning, found.below, found.above) == (1, 0, 0)
    assert found.effects == (-1.0, -1.0, 1.0)
    assert found.text() == "it turns (adults): at about 32 IU a day (95 %: 32 to 32)"


def test_draws_that_do_not_turn_are_counted_apart() -> None:
    found = turn([-3.0, -1.0, 1.0], [-1.0, -2.0, -3.0], [1.0, 2.0, 3.0], [-1.0, 1.0, 1.0])
    assert (found.draws, found.turning, found.below, found.above) == (4, 2, 1, 1)
    assert "in 2 of 4 plausible settings of the model, tried from 1 to 100 IU a day" in found.text()
    assert "in 1 it does not turn; in 1 it has turned at the lowest dose already" in found.text()


@pytest.mark.parametrize(("column", "side"), [([-1.0, -1.0, -1.0], "below"), ([1.0, 1.0, 1.0], "above")])
def test_an_effect_that_turns_nowhere_says_on_which_side_it_is(column: list[float], side: str) -> None:
    found = turn(column)
    assert found.at is None
    assert f"the effect is {side} 0 throughout" in found.text()
    assert json.loads(json.dumps(found.to_json(), allow_nan=False))["at"] is None


def test_the_last_turn_upwards_counts_and_gaps_are_left_out() -> None:
    found = turn([-1.0, 1.0, -1.0], [-1.0, math.nan, 1.0])
    assert (found.draws, found.turning) == (1, 1)
    assert found.at == pytest.approx(math.sqrt(10))


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3))
def test_a_turn_lies_between_doses_of_unlike_sign(effect: list[float]) -> None:
    found = turn(effect)
    assert found.turning + found.below + found.above == found.draws == 1
    if found.at is None:
        assert not any(a <= 0 < b for a, b in pairwise(effect))
    else:
        assert DOSES[0] <= found.at <= DOSES[-1] * (1 + 1e-12)
