"""Edges cut in the skin: by the names a reader would give them, and with the same people whatever is cut."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from cofactor import body
from cofactor.engine import RETURNED, fast_engine, periodic, resting_states
from cofactor.errors import CofactorError
from cofactor.run import task_of
from cofactor.scenario import Scenario


def plan(*cuts: str) -> Scenario:
    return Scenario.from_dict(
        {
            "population": {"like": "psoriasis", "n": 2, "latitude": 55},
            "model": {"cut": list(cuts)},
            "simulate": {"start": datetime.date(2025, 3, 15), "days": 10},
        }
    )


def test_readable_edges_stand_for_edges_of_the_model():
    task = task_of(plan("uvb -> plaque", "vitamin_d -> plaque"), observables=["pasi"])
    assert task.skin is not None
    assert task.skin.cuts == (
        ("uvb", "uvb_on_plaque"), ("serum_25ohd", "vitamin_d_in_plaque"), ("serum_calcitriol", "vitamin_d_in_plaque"),
    )  # fmt: skip
    assert task.cuts == ()
    skin = body.psoriatic_skin()
    for source, target in task.skin.cuts:
        assert source in skin.inventory.equations()[target].reads


@pytest.mark.parametrize("edge", ["uvb -> plaques", "vitamin_d -> uvb_on_plaque", "plaque -> uvb"])
def test_an_edge_that_is_not_there_stays_an_error(edge: str):
    with pytest.raises(CofactorError):
        task_of(plan(edge), observables=["pasi"])


class _Restless:
    """An engine whose quick way to rest fails for everybody."""

    def __init__(self, engine):
        self._engine = engine

    def __getattr__(self, name: str):
        return getattr(self._engine, name)

    def settle(self, starts, parameters, inputs):
        return starts, np.full(len(starts), np.inf)


def test_who_is_led_to_rest_slowly_has_a_year_too():
    system = body.assembled(body.smallest_with(["serum_25ohd", "sun_habit"]))
    engine = fast_engine(system)
    parameters, inputs = system.parameter_vector()[None], system.input_vector()[None]
    clock = {"year_cosine": 1.0, "year_sine": 0.0}
    quick = periodic(engine, parameters, inputs, 365.25, clock)
    slow = periodic(_Restless(engine), parameters, inputs, 365.25, clock)  # type: ignore[arg-type]
    assert resting_states(_Restless(engine), parameters, inputs)[1] == [None]  # type: ignore[arg-type]
    assert quick.gaps[0] <= RETURNED
    assert slow.gaps[0] <= RETURNED
    assert slow.states == pytest.approx(quick.states, rel=1e-5, abs=1e-9)
