"""Persons, virtual populations and draws of the model."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor.body import magnesium_body
from cofactor.engine import rest
from cofactor.errors import InputError
from cofactor.people import model_draws, normals, person, population, size_ratio, under, uniforms


@pytest.fixture(scope="module")
def system():
    return magnesium_body()


def test_every_default_is_the_reference_adult(system):
    assert person(system).parameters == {}
    assert person(system).input_factors == {}


def test_size_follows_du_bois(system):
    # Du Bois & Du Bois 1916: 0.007184 W^0.425 H^0.725; 200 kg, 1.9 m against 70 kg, 1.726 m
    expected = (0.007184 * 200**0.425 * 190**0.725) / (0.007184 * 70**0.425 * 172.6**0.725)
    assert size_ratio(200, 1.9) == pytest.approx(expected, rel=1e-12)
    big = person(system, weight_kg=200, height_m=1.9)
    assert big.parameters["muscle_magnesium_at_rest"] == pytest.approx(360 * expected)


def test_filtration_falls_with_age_only_after_forty(system):
    young, old = person(system, age_years=25), person(system, age_years=80)
    assert "baseline_filtration_rate" not in young.parameters
    assert old.parameters["baseline_filtration_rate"] == pytest.approx(173 * 0.988**40)


def test_a_person_is_the_same_in_a_larger_population(system):
    few, many = population(system, 3, seed=5), population(system, 30, seed=5)
    assert few == many[:3]
    assert population(system, 3, seed=6) != few


def test_streams_are_independent_and_reproducible():
    a, b = normals(1, "person/a", 4000), normals(1, "person/b", 4000)
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.05
    assert np.array_equal(a, normals(1, "person/a", 4000))
    assert 0.0 < uniforms(1, "x", 1000).min()
    assert uniforms(1, "x", 1000).max() < 1.0


def test_at_least_twenty_parameters_vary_between_people(system):
    people = population(system, 40)
    names = set().union(*(who.parameters for who in people))
    varying = [n for n in names if len({who.parameters[n] for who in people}) > 1]
    assert len(varying) >= 20


def test_parameters_stay_within_their_bounds(system):
    for who in population(system, 300):
        for name, value in who.parameters.items():
            constant = system.constants[name]
            assert constant.low is None or value >= constant.low
            assert constant.high is None or value <= constant.high


def test_unknown_population_and_empty_one_are_refused(system):
    with pytest.raises(InputError, match="no such population"):
        population(system, 5, like="martians")
    with pytest.raises(InputError, match="at least one person"):
        population(system, 0)


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
    assert under(system, who, draw).parameters["magnesium_pump_maximum"] == pytest.approx(2.6)


def test_habits_scale_the_inputs_of_the_plan(system):
    who = person(system).scaling_input("dietary_magnesium", 1.2).scaling_input("dietary_magnesium", 0.5)
    assert who.inputs({"dietary_magnesium": 10.0, "egf_signal": 1.0}) == {"dietary_magnesium": 6.0, "egf_signal": 1.0}
