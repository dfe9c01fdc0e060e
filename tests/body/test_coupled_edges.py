"""Edges of the coupled body: physiology or the named error, never NaN (issue 3; values of coupled.md section 6)."""

from __future__ import annotations

import numpy as np
import pytest
from tests.body.coupled import CLOSED, ELEMENTS, Phase, follow, imbalance, place, resting

from cofactor.body import adult
from cofactor.engine import rest
from cofactor.errors import NoRestError

# name: days, inputs, parameters, what coupled.md section 6 says of it
EDGES = {
    "no vitamin D for ten years": (3652.5, {"dietary_vitamin_d": 0}, {"habitual_skin_synthesis": 0}, ("serum_calcium", 2.13)),
    "no PTH for two years": (730, {"parathyroid_tissue": 0}, {}, ("serum_calcium", 1.56)),
    "GFR 5 for three years": (1096, {}, {"baseline_filtration_rate": 173 * 0.05}, None),
    "calcium intake 0 for a year": (365, {"dietary_calcium": 0}, {}, ("serum_calcium", 2.01)),
    "magnesium intake 0 for a year": (365, {"dietary_magnesium": 0}, {}, ("serum_magnesium", 0.07)),
    "phosphate intake 0 for a year": (365, {"dietary_phosphate": 0}, {}, None),
    "190 000 IU of D3 a day for a year": (365, {"supplement_vitamin_d3": 4750}, {}, ("serum_calcium", 3.52)),
    "all intake 0 for a month": (
        30, {"dietary_calcium": 0, "dietary_magnesium": 0, "dietary_phosphate": 0, "dietary_vitamin_d": 0}, {}, None
    ),
}  # fmt: skip


@pytest.mark.parametrize("edge", EDGES)
def test_an_edge_is_survived_with_closed_books(edge: str):
    days, inputs, parameters, told = EDGES[edge]
    phase = Phase(days, inputs)
    names = adult().observables
    run = follow(phase, resting(), names, parameters=parameters, times=np.linspace(0, days, 50))
    assert run.failure is None
    assert all(np.all(np.isfinite(values)) for values in run.values.values())
    amounts = [place(name) for name, state in adult().states.items() if state.is_pool]
    assert run.final[amounts].min() > -1e-6 * resting()[amounts].max()
    assert max(imbalance(phase, resting(), run, element) for element in ELEMENTS) < CLOSED
    if told is not None:
        name, value = told
        assert run.values[name][-1] == pytest.approx(value, abs=0.005)


def test_no_vitamin_d_raises_pth_sixteenfold():
    days, inputs, parameters, _ = EDGES["no vitamin D for ten years"]
    run = follow(Phase(days, inputs), resting(), ["pth"], parameters=parameters)
    assert run.values["pth"][-1] == pytest.approx(16, abs=0.5)


@pytest.mark.parametrize(
    ("inputs", "element"),
    [
        ({"dietary_calcium": 0}, "calcium"),
        ({"dietary_magnesium": 0}, "magnesium"),
        ({"dietary_phosphate": 0}, "phosphorus"),
    ],
)
def test_a_body_that_only_loses_has_no_rest_and_the_error_names_the_loss(inputs: dict[str, float], element: str):
    with pytest.raises(NoRestError, match=f"{element}: gains 0/d, loses"):
        rest(adult(), adult().parameter_vector(), adult().input_vector(inputs))


@pytest.mark.parametrize(
    ("inputs", "parameters"),
    [
        ({"dietary_vitamin_d": 0}, {"habitual_skin_synthesis": 0}),
        ({"parathyroid_tissue": 0}, {}),
        ({}, {"baseline_filtration_rate": 173 * 0.05}),
        ({"supplement_vitamin_d3": 4750}, {}),
        ({"set_point_shift": 1.15, "parathyroid_tissue": 2.5, "gland_regulation": 0}, {}),
        ({"cyp24a1_activity": 0.05}, {}),
        ({"granuloma_activation": 0.3}, {}),
        ({"oestrogen_action": 0.5}, {}),
        ({"bisphosphonate_block": 0.65}, {}),
    ],
)
def test_the_other_edges_have_a_rest(inputs: dict[str, float], parameters: dict[str, float]):
    states = rest(adult(), adult().parameter_vector(parameters), adult().input_vector(inputs))
    assert np.all(np.isfinite(states))
    assert states.min() >= 0


@pytest.mark.parametrize(("weight", "fat"), [(40.0, 5.0), (200.0, 110.0)])
def test_small_and_large_bodies_rest_and_take_a_year_of_d3(weight: float, fat: float):
    size = {"body_weight": weight, "fat_mass": fat}
    states = rest(adult(), adult().parameter_vector(size), adult().input_vector())
    year = follow(Phase(365, {"supplement_vitamin_d3": 100}), states, ["serum_25ohd"], parameters=size, times=[0])
    first, last = year.values["serum_25ohd"]
    assert 15 < first < last < 250
    assert (first > 60) == (weight < 70)  # the same sun in a smaller body


def test_a_larger_body_answers_less_to_the_same_dose():
    def rise(weight: float, fat: float) -> float:
        size = {"body_weight": weight, "fat_mass": fat}
        states = rest(adult(), adult().parameter_vector(size), adult().input_vector())
        phase = Phase(90, {"supplement_vitamin_d3": 50})
        year = follow(phase, states, ["serum_25ohd"], parameters=size, times=[0])
        return float(year.values["serum_25ohd"][-1] - year.values["serum_25ohd"][0])

    assert rise(40, 5) > rise(70, 20) > rise(200, 110) > 0
