"""Tracing: the same function with numbers and with traced values; equal parts are one node; what a trace cannot read."""

# ruff: noqa: SIM300
# An organ is a namespace named as the module it stands for; its functions are plain. A number stands first on purpose.

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cofactor.body import magnesium_body
from cofactor.errors import ModelError
from cofactor.model import Graph, System, adapts, compile_outputs, exp, observable, parameter, softplus
from cofactor.model import given as given_input
from cofactor.model._assemble import in_order
from cofactor.model._compile import Layout
from cofactor.units import Unit, parse_unit

BODY = magnesium_body()
MOVING = {**BODY.inventory.signals, **BODY.inventory.fluxes, **BODY.inventory.adapting}
ONE_FACTOR = st.floats(0.4, 2.5)


def reference_values(system: System) -> dict[str, float]:
    """Every quantity of the reference adult at the start of the search for rest."""
    names = list(system.quantities)
    values = system.function(names)(0.0, system.start, system.parameter_vector(), system.input_vector())
    return dict(zip(names, map(float, values), strict=True))


REFERENCE = reference_values(BODY)


def near(name: str, factor: float) -> float:
    value = REFERENCE[name]
    return value * factor if value else factor - 0.4


@pytest.mark.parametrize("name", MOVING)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_an_equation_of_an_organ_traced_is_the_function_called_with_numbers(name, data):
    equation = MOVING[name]
    numbers = [near(read, data.draw(ONE_FACTOR, label=read)) for read in equation.reads]
    graph = Graph()
    result = equation.function(*(graph.symbol(read, BODY.unit_of(read)) for read in equation.reads))
    layout = Layout({read: f"p[{k}]" for k, read in enumerate(equation.reads)})
    (traced,) = compile_outputs(graph, [result], layout)(0.0, [], numbers, [])
    assert traced == pytest.approx(float(equation.function(*numbers)), rel=1e-12, abs=1e-14)
    assert result.unit is None or result.unit == equation.unit


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_whole_body_traced_is_its_functions_called_in_order(data):
    states = BODY.start * np.array([data.draw(ONE_FACTOR, label=name) for name in BODY.states])
    inputs = np.array([near(name, data.draw(ONE_FACTOR, label=name)) for name in BODY.inputs])
    known: dict[str, Any] = {name: c.value for name, c in BODY.constants.items()}
    known |= {name: states[s.offset] for name, s in BODY.states.items()} | dict(zip(BODY.inputs, inputs, strict=True))
    for name in in_order(BODY.inventory, MOVING):
        known[name] = MOVING[name].function(*(known[read] for read in MOVING[name].reads))
    found = BODY.function(list(MOVING))(0.0, states, BODY.parameter_vector(), inputs)
    for name, value in zip(MOVING, found, strict=True):
        assert value == pytest.approx(float(known[name]), rel=1e-9, abs=1e-11), name

    rates = BODY.rate_function()(0.0, states, BODY.parameter_vector(), inputs)
    for (state, rate), place in zip(zip(BODY.states, rates, strict=True), BODY.states.values(), strict=True):
        if place.is_pool:
            due = sum(known[m.name] * count for m in BODY.movements.values() for at, count in m.moves if at == state)
            assert rate == pytest.approx(float(due), rel=1e-9, abs=1e-11), state


def test_derived_parameters_are_their_functions_at_the_reference():
    assert BODY.constants["thick_limb_capacity"].value == pytest.approx(0.4238859535, abs=1e-10)  # coupled.md section 1
    assert BODY.constants["dct_capacity"].value == pytest.approx(
        0.06642518671, abs=2e-7
    )  # same; U0 there has A0 rounded
    assert BODY.constants["reference_urine_magnesium"].value == pytest.approx(3.948721199, abs=1e-9)


# -- one node for equal parts --------------------------------------------------------------------------------------


def symbols(*names: str, unit: str = "1"):
    graph = Graph()
    return graph, *(graph.symbol(name, parse_unit(unit)) for name in names)


def test_equal_parts_are_one_node():
    graph, x, y = symbols("x", "y")
    before = len(graph.nodes)
    one, other = exp(x * y) + 1, exp(x * y) + 2
    assert len(graph.nodes) == before + 6  # product, exp, 1, sum, 2, sum
    assert graph.nodes[one.index].args[0] == graph.nodes[other.index].args[0]
    assert graph.symbol("x", Unit.one).index == x.index
    assert (x + y).index == (x + y).index
    assert (x - y).index != (y - x).index


def test_exact_simplifications_leave_no_node():
    graph, x = symbols("x")
    before = len(graph.nodes)
    for same in (x + 0, 0 + x, x - 0, x * 1, 1 * x, x / 1, x**1, +x):
        assert same.index == x.index
    assert len(graph.nodes) <= before + 2  # the literals 0 and 1
    assert (x**2).node.op == "mul"
    assert (2 * graph.constant(3)).node.payload == 6.0


def test_a_body_shares_its_work():
    equations = BODY.graph
    keys = [(n.op, n.args, n.payload) for n in equations.nodes if n.op != "const"]
    assert len(keys) == len(set(keys))


# -- what a trace cannot read --------------------------------------------------------------------------------------


def branches(x):
    return x if x > 1 else 1 / x


def chooses(x):
    return min(x, 1.0)


def compares(x):
    return 1.0 if x == 2 else x


def uses_math(x):
    return math.exp(x)


def uses_numpy(x):
    return np.exp(x)


def uses_an_array(x):
    return np.array([1.0, 2.0]) * x


def rounds(x):
    return x and 2.0


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (branches, "cannot branch on a traced value.*where"),
        (chooses, "cannot branch on a traced value.*clip, maximum or minimum"),
        (rounds, "cannot branch on a traced value"),
        (compares, "equality.*where"),
        (uses_math, r"math\.\* and numpy\.\* functions.*functions of cofactor.model"),
        (uses_numpy, r"numpy\.\* functions.*received numpy.exp.*functions of cofactor.model"),
        (uses_an_array, "traced values and plain numbers"),
    ],
)
def test_plain_python_on_a_traced_value_is_an_error_with_its_line(function, says):
    class organ:
        x = given_input("1", 2.0)
        strange = observable("1")(function)

    with pytest.raises(ModelError, match=says) as caught:
        System.from_organs([organ])
    line = function.__code__.co_firstlineno + 1
    assert f"{__file__}:{line}" in str(caught.value)


def test_numpy_scalars_are_plain_numbers():
    _, x = symbols("x")
    assert (np.float64(2) * x).index == (2 * x).index == (np.int64(2) * x).index
    assert (x * np.float64(2)).index == (x * 2).index
    assert (np.float64(2) - x).index == (2 - x).index
    assert (np.float64(2) < x).index == (2 < x).index
    assert (np.float64(2) >= x).index == (2 >= x).index
    assert (np.float32(0.5) ** x).index == (0.5**x).index


def test_values_of_two_traces_do_not_mix():
    _, x = symbols("x")
    _, y = symbols("y")
    with pytest.raises(ModelError, match="two different traces"):
        x + y


def test_a_constant_part_without_value_is_an_error():
    graph, x = symbols("x")
    with pytest.raises(ModelError, match=r"constant part without a value.*division"):
        x + graph.constant(1) / 0


def test_an_equation_that_returns_nothing_is_an_error_with_its_line():
    class organ:
        x = given_input("1", 2.0)

        @observable("1")
        def forgets(x):
            softplus(x)

    with pytest.raises(ModelError, match="forgets returns a value or a number; received None") as caught:
        System.from_organs([organ])
    assert f"{__file__}:{organ.forgets.__code__.co_firstlineno}" in str(caught.value)


def test_time_can_be_read():
    class organ:
        pace = parameter(0.5, "1/d", source="toy")

        @adapts("clock", unit="1/d")
        def ticking(time, pace):
            return pace * time * pace

        @observable("d")
        def day(time, clock):
            return time + 0 * clock

    system = System.from_organs([organ])
    assert system.function(["day"])(3.0, system.start, system.parameter_vector(), [])[0] == 3.0
    assert system.rate_function()(3.0, system.start, system.parameter_vector(), []) == [0.75]
