"""The traced Jacobian against central differences, for the body, for every operation and for replicated blocks."""

# An organ is a namespace named as the module it stands for; its functions are plain.

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cofactor.body import adult, magnesium_body
from cofactor.model import (
    System,
    adapts,
    clip,
    exp,
    flux,
    jump,
    log,
    logistic,
    maximum,
    mean,
    minimum,
    observable,
    parameter,
    pool,
    replicate,
    signal,
    softplus,
    sqrt,
    tanh,
    total,
    where,
    world,
)

AGREEMENT = 1e-6
BODY = magnesium_body()


def differences(rates: Callable[[np.ndarray], np.ndarray], states: np.ndarray) -> np.ndarray:
    """d rates / d states by central differences of fourth order."""
    columns = []
    for k, value in enumerate(states):
        step = np.zeros_like(states)
        step[k] = 1e-4 * max(abs(value), 1e-2)
        near = rates(states + step) - rates(states - step)
        far = rates(states + 2 * step) - rates(states - 2 * step)
        columns.append((8 * near - far) / (12 * step[k]))
    return np.array(columns).T


def rates_of(system: System, parameters: np.ndarray, inputs: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    function = system.rate_function()
    return lambda y: np.concatenate([np.atleast_1d(v) for v in function(0.7, y, parameters, inputs)])


def assert_exact(system: System, states: np.ndarray, inputs: np.ndarray | None = None):
    parameters = system.parameter_vector()
    inputs = system.input_vector() if inputs is None else inputs
    exact = system.jacobian(0.7, states, parameters, inputs)
    measured = differences(rates_of(system, parameters, inputs), states)
    noise = 1e-9 * np.abs(measured).max(axis=1, keepdims=True)  # rounding of the differences, not of the Jacobian
    assert exact.shape == measured.shape
    assert np.all(np.abs(exact - measured) <= AGREEMENT * np.abs(measured) + noise)
    assert not np.any(exact[~system.jacobian.pattern])


# -- the magnesium body --------------------------------------------------------------------------------------------


def test_at_the_start():
    assert_exact(BODY, BODY.start)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_at_disturbed_states_of_the_body(data):
    factors = np.array([data.draw(st.floats(0.3, 2.5), label=name) for name in BODY.states])
    changes = {
        "dietary_magnesium": data.draw(st.floats(0.3, 30)),
        "plasma_adrenaline_level": data.draw(st.sampled_from([0.2, 3.0])),
        "egf_signal": data.draw(st.floats(0.2, 1.0)),
        "calcium_ratio": data.draw(st.floats(0.8, 1.3)),
    }
    assert_exact(BODY, BODY.start * factors, BODY.input_vector(changes))


@pytest.mark.parametrize("seed", range(4))
def test_at_disturbed_states_of_the_adult(seed):
    system = adult()
    rng = np.random.default_rng(seed)
    assert_exact(system, system.start * rng.uniform(0.85, 1.2, system.size) + rng.uniform(1e-3, 2e-3, system.size))


def test_pattern_of_the_body_is_what_differs_from_zero_somewhere():
    rng = np.random.default_rng(3)
    seen = np.zeros((BODY.size, BODY.size), dtype=bool)
    for _ in range(10):
        states = BODY.start * rng.uniform(0.5, 2, BODY.size)
        inputs = BODY.input_vector({"plasma_adrenaline_level": 2.0})
        seen |= BODY.jacobian(0.0, states, BODY.parameter_vector(), inputs) != 0
    assert np.array_equal(seen, BODY.jacobian.pattern)
    names = list(BODY.states)
    read_by_red_cells = BODY.jacobian.pattern[names.index("red_cell_magnesium_store")]
    assert [n for n, read in zip(names, read_by_red_cells, strict=True) if read] == [
        "ecf_magnesium",
        "red_cell_magnesium_store",
    ]


# -- every operation -----------------------------------------------------------------------------------------------

SMOOTH: dict[str, Callable[[Any, Any, Any], Any]] = {
    "add sub": lambda x, y, k: x - y + k + 1,
    "mul div": lambda x, y, k: x * y / k - k / (x * y),
    "neg": lambda x, y, k: -x * -y,
    "square": lambda x, y, k: x**2 * y,
    "literal power": lambda x, y, k: x**0.3 - y**-2,
    "power by a parameter": lambda x, y, k: x**k * y**-k,
    "power by a state": lambda x, y, k: x**y,
    "power of a parameter by a state": lambda x, y, k: k**x - 2**y,
    "power by a ratio of states": lambda x, y, k: (x + k) ** (x / y),
    "exp log": lambda x, y, k: exp(-x / k) * log(y + x),
    "sqrt": lambda x, y, k: sqrt(x * y) - sqrt(k + x),
    "tanh": lambda x, y, k: tanh(k * (x - y)),
    "softplus": lambda x, y, k: softplus((x - y) / k),
    "softplus far out": lambda x, y, k: softplus(40 * (x - y)) + softplus(-40 * (x - y)),
    "logistic": lambda x, y, k: logistic(k * (y - x)) * x,
    "shared parts": lambda x, y, k: exp(x * y) + log(x * y) * exp(x * y),
}
KINKED: dict[str, Callable[[Any, Any, Any], Any]] = {
    "minimum": lambda x, y, k: minimum(x * k, y**2),
    "maximum": lambda x, y, k: maximum(x * k, y**2),
    "clip": lambda x, y, k: clip(x * y, 0.9, k) + clip(y - x, -0.05, 0.05),
    "where": lambda x, y, k: where(x < y, x**2, x * y),
    "where on a product": lambda x, y, k: where(x * y > k, k * x, sqrt(x) * y),
    "where in where": lambda x, y, k: where(x < 0.7, x, where(x < k, y**2, y / x)),
    "jump": lambda x, y, k: jump(x > y, x**2, -y),
    "jump on not more than": lambda x, y, k: jump(x <= y, x**2, -y),
    "absolute value": lambda x, y, k: abs(x - y) * k,
    "comparison as number": lambda x, y, k: (x < y) * x**2 + (x >= y) * y,
}


def toy(first: Callable[[Any, Any, Any], Any]) -> System:
    class organ:
        k = parameter(1.3, "1", source="toy")
        pace = parameter(0.8, "1/d", source="toy")

        @adapts("x", unit="1/d", start=1.1)
        def change_of_x(x, y, k, pace):
            return pace * first(x, y, k)

        @adapts("y", unit="1/d", start=0.6)
        def change_of_y(x, y, k, pace):
            return pace * (k * x - y)

    return System.from_organs([organ])


LEVEL = st.floats(0.4, 2.2)


@pytest.mark.parametrize("function", SMOOTH.values(), ids=SMOOTH.keys())
@settings(max_examples=25, deadline=None)
@given(x=LEVEL, y=LEVEL)
def test_of_a_smooth_operation(function, x, y):
    assert_exact(toy(function), np.array([x, y]))


@pytest.mark.parametrize("function", KINKED.values(), ids=KINKED.keys())
def test_of_a_kinked_operation_on_both_sides(function):
    system = toy(function)
    grid = np.array([0.45, 0.62, 0.83, 1.15, 1.4, 1.9])  # no kink within the reach of a difference
    for x in grid:
        for y in grid + 0.013:
            assert_exact(system, np.array([x, y]))


def test_what_does_not_move_has_no_derivative():
    system = toy(lambda x, y, k: k * y)
    assert system.jacobian.pattern.tolist() == [[False, True], [True, True]]
    assert system.jacobian(0.0, np.ones(2), system.parameter_vector(), []).tolist() == [[0, 1.04], [1.04, -0.8]]


# -- replicated blocks ---------------------------------------------------------------------------------------------

FIVE = replicate(5)


class patches:
    """Five sites that share a supply and feel their mean, the spread about it, and a sum over that spread."""

    pull = parameter(0.7, "1/d", source="toy", each=FIVE)
    pace = parameter(0.4, "1/d", source="toy")
    one_unit = parameter(1.0, "mmol", source="toy")

    supply = pool("mmol", of="substance", start=4.0)
    store = pool("mmol", of="substance", start=1.0, each=FIVE)
    outside = world("mmol", of="substance")

    @signal("1")
    def mean_level(level):
        return mean(level)

    @signal("1")
    def spread(level, mean_level):
        return mean((level - mean_level) ** 2)

    @signal("1")
    def loneliness(level, mean_level, spread):
        return softplus((level - mean_level) / sqrt(spread + 1)) * total(exp(-level) * spread)

    @adapts("level", unit="1/d", start=1.0, each=FIVE)
    def change_of_level(level, mean_level, loneliness, pull, pace, store, one_unit):
        return pull * (mean_level - level) + pace * loneliness * store / one_unit

    @flux(leaves=supply, enters=store, unit="mmol/d")
    def uptake(supply, level, store, pace):
        return pace * (supply * logistic(level) - store)

    @flux(leaves=supply, enters=outside, unit="mmol/d")
    def loss(supply, spread, pace):
        return pace * supply * (1 + spread)


PATCHES = System.from_organs([patches])


@settings(max_examples=40, deadline=None)
@given(factors=st.lists(st.floats(0.3, 2.5), min_size=PATCHES.size, max_size=PATCHES.size))
def test_of_sites_that_feel_sums_of_sums(factors):
    assert_exact(PATCHES, PATCHES.start * np.array(factors))


def test_pattern_of_sites():
    place = {name: slice(s.offset, s.offset + s.width) for name, s in PATCHES.states.items()}
    pattern = PATCHES.jacobian.pattern
    each, all_ = np.eye(5, dtype=bool), np.ones((5, 5), dtype=bool)
    assert np.array_equal(pattern[place["store"], place["store"]], each)
    assert np.array_equal(pattern[place["store"], place["level"]], each)
    assert np.array_equal(pattern[place["level"], place["level"]], all_)  # through the mean
    assert np.array_equal(pattern[place["level"], place["store"]], each)
    assert pattern[place["supply"]].all()
    assert pattern[place["store"], place["supply"]].all()
    assert not pattern[place["level"], place["supply"]].any()


def test_a_block_of_sites_costs_no_more_nodes_than_one():
    def nodes(count: int) -> int:
        sites = replicate(count)

        class organ:
            pace = parameter(1, "1/d", source="toy")

            @adapts("level", unit="1/d", each=sites)
            def change(level, pace):
                return pace * (mean(level) - level)

        system = System.from_organs([organ])
        assert system.jacobian.height == count
        return len(system.graph.nodes)

    assert nodes(500) == nodes(2)


def test_of_any_expressions_by_the_states():
    rows = [PATCHES.quantities[name] for name in ("spread", "loneliness", "uptake", "loss")]
    jacobian = PATCHES.jacobian_of(rows)
    states = PATCHES.start * np.linspace(0.6, 1.7, PATCHES.size)
    look = PATCHES.function(("spread", "loneliness", "uptake", "loss"))

    def values(y):
        found = look(0.0, y, PATCHES.parameter_vector(), [])
        return np.concatenate([np.atleast_1d(v) for v in found])

    exact = jacobian(0.0, states, PATCHES.parameter_vector(), [])
    assert exact.shape == (1 + 5 + 5 + 1, PATCHES.size)
    assert np.allclose(exact, differences(values, states), rtol=AGREEMENT, atol=1e-9)


def test_sites_may_have_their_own_parameters():
    pulls = np.array([0.1, 0.2, 0.4, 0.8, 1.6])
    parameters = PATCHES.parameter_vector({"pull": pulls})
    rates = rates_of(PATCHES, parameters, np.zeros(0))
    states = PATCHES.start * np.linspace(0.6, 1.7, PATCHES.size)
    exact = PATCHES.jacobian(0.7, states, parameters, [])
    assert np.allclose(exact, differences(rates, states), rtol=AGREEMENT, atol=1e-9)


def test_one_site_is_a_block_too():
    one = replicate(1)

    class organ:
        pace = parameter(1, "1/d", source="toy")

        @adapts("level", unit="1/d", start=0.4, each=one)
        def change(level, pace):
            return pace * (1 - level * mean(level))

        @observable("1")
        def seen(level):
            return total(level)

    system = System.from_organs([organ])
    assert system.size == 1
    assert_exact(system, np.array([0.4]))
