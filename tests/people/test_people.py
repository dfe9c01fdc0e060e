"""Persons, streams of random numbers, and draws of the model."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor.body import adult, magnesium_body
from cofactor.engine import rest
from cofactor.people import model_draws, normals, person, under, uniforms


@pytest.fixture(scope="module")
def system():
    return magnesium_body()


@pytest.mark.parametrize("body", [adult, magnesium_body])
def test_every_default_is_the_reference_adult(body):
    assert person(body()).parameters == {}
    assert person(body()).input_factors == {}


def test_streams_are_independent_and_reproducible():
    a, b = normals(1, "person/a", 4000), normals(1, "person/b", 4000)
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.05
    assert np.array_equal(a, normals(1, "person/a", 4000))
    assert uniforms(1, "x", 1000).min() > 0.0
    assert uniforms(1, "x", 1000).max() < 1.0


def test_the_first_draw_is_the_best_estimate_and_the_reference_adult_rests_in_every_draw(system):
    draws = model_draws(system, 25, seed=3)
    assert draws[0] == {}
    levels = []
    for draw in draws:
        states = rest(system, system.parameter_vector(draw), system.input_vector())
        levels.append(states[system.states["ecf_magnesium"].offset] / system.parameter_vector(draw)[
            system.constants["ecf_magnesium_volume"].offset])  # fmt: skip
    assert np.allclose(levels, 0.85, rtol=1e-8)


def test_a_person_keeps_their_ratio_to_the_default_in_another_draw(system):
    who = person(system).with_parameters(magnesium_pump_maximum=1.655 * 1.3)
    draw = {"magnesium_pump_maximum": 2.0}
    assert under(system, [who], draw)[0].parameters["magnesium_pump_maximum"] == pytest.approx(2.6)


def test_in_another_draw_a_switch_stays_and_nobody_leaves_the_bounds():
    whole = adult()
    who = person(whole).with_parameters(uncoupled_share=1.0, vitamin_d_absorbed_fraction=0.9)
    moved = under(whole, [who], {"vitamin_d_absorbed_fraction": 0.85})[0].parameters
    assert moved["uncoupled_share"] == 1.0
    assert moved["vitamin_d_absorbed_fraction"] == 0.95  # 0.9 x 0.85 / 0.75 = 1.02 would be more than all


def test_habits_scale_the_inputs_of_the_plan(system):
    who = person(system).scaling_input("dietary_magnesium", 1.2).scaling_input("dietary_magnesium", 0.5)
    assert who.inputs({"dietary_magnesium": 10.0, "egf_signal": 1.0}) == {"dietary_magnesium": 6.0, "egf_signal": 1.0}
