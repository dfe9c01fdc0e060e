"""The functions of the language: plain numbers, arrays and traced values give the same; corners, extremes and NaN."""

# ruff: noqa: SIM300
# A number stands first on purpose: it is the traced value that must take the comparison over.

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cofactor.model import (
    Graph,
    clip,
    compile_outputs,
    exp,
    jump,
    log,
    logistic,
    maximum,
    mean,
    minimum,
    softplus,
    sqrt,
    tanh,
    total,
    where,
)
from cofactor.model._compile import Layout
from cofactor.units import Unit

OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: x + y,
    "add number": lambda x, y: 2 + x,
    "sub": lambda x, y: x - y,
    "sub from number": lambda x, y: 1 - x,
    "mul": lambda x, y: x * y,
    "mul number": lambda x, y: 2 * x,
    "div": lambda x, y: x / y,
    "div number": lambda x, y: 1 / y,
    "neg": lambda x, y: -x,
    "pos": lambda x, y: +x,
    "abs": lambda x, y: abs(x - y),
    "square": lambda x, y: x**2,
    "cube root": lambda x, y: abs(x) ** (1 / 3),
    "pow": lambda x, y: y**x,
    "pow of number": lambda x, y: 2**x,
    "exp": lambda x, y: exp(x),
    "log": lambda x, y: log(y),
    "sqrt": lambda x, y: sqrt(y),
    "tanh": lambda x, y: tanh(x),
    "softplus": lambda x, y: softplus(x * y),
    "logistic": lambda x, y: logistic(x * y),
    "minimum": lambda x, y: minimum(x, y),
    "maximum": lambda x, y: maximum(x, y),
    "clip": lambda x, y: clip(x, -1, y),
    "where": lambda x, y: where(x < y, x, y),
    "where not": lambda x, y: where(x >= y, x * 2, y),
    "jump": lambda x, y: jump(x > y, x, 0),
    "jump not": lambda x, y: jump(x <= y, x, 7),
    "jump of whole number": lambda x, y: jump(x - x, x, y),
    "comparison as number": lambda x, y: (x < y) * x + (x <= y) * y,
    "two comparisons": lambda x, y: (x < y) * 1.0 + (x < 1) * 1.0,
}
X, Y = "p[0]", "p[1]"


def traced(function: Callable[[Any, Any], Any], *, people: bool = False):
    """The function through trace and compiler, as f(x, y)."""
    graph = Graph()
    x, y = graph.symbol("x", Unit.one), graph.symbol("y", Unit.one)
    compiled = compile_outputs(graph, [function(x, y)], Layout({"x": X, "y": Y}), people=people)
    if people:
        return lambda a, b: compiled(0.0, np.zeros((0, len(a))), np.array([a, b]), np.zeros((0, len(a))))[0]
    return lambda a, b: compiled(0.0, [], [a, b], [])[0]


@pytest.mark.parametrize("function", OPERATIONS.values(), ids=OPERATIONS.keys())
@settings(max_examples=60, deadline=None)
@given(x=st.floats(-30, 30), y=st.floats(1e-3, 30))
def test_an_operation_means_the_same_for_numbers_and_traced(function, x, y):
    plain = float(function(x, y))
    assert traced(function)(x, y) == pytest.approx(plain, rel=1e-14, abs=1e-300)
    pair = traced(function, people=True)(np.array([x, y]), np.array([y, y]))
    assert pair.shape == (2,)
    assert pair == pytest.approx([plain, float(function(y, y))], rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("x", [2.0, 3.0])
@pytest.mark.parametrize("name", ["where", "where not", "jump", "jump not", "comparison as number", "two comparisons"])
def test_the_border_belongs_to_the_same_side_traced_or_not(name, x):
    function = OPERATIONS[name]
    assert traced(function)(x, 2.0) == float(function(x, 2.0))
    assert traced(function, people=True)(np.array([x]), np.array([2.0])) == [float(function(x, 2.0))]


def test_where_picks_a_branch_and_clip_keeps_within():
    assert [where(x < 1, 10, 20) for x in (0, 1, 2)] == [10, 20, 20]
    assert [jump(x >= 1, 10, 20) for x in (0, 1, 2)] == [20, 10, 10]
    assert [clip(x, -1, 1) for x in (-3, -1, 0.25, 1, 3)] == [-1, -1, 0.25, 1, 1]
    assert np.array_equal(where(np.array([0, 2]) < 1, 10.0, 20.0), [10.0, 20.0])
    assert isinstance(float(where(True, 1.0, 2.0)), float)


def test_a_branch_not_taken_may_have_no_value():
    guarded = traced(lambda x, y: where(x > 0, log(x), y))
    assert guarded(-1.0, 5.0) == 5.0
    assert guarded(math.e, 5.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("function", "x", "value"),
    [
        (softplus, 800.0, 800.0),
        (softplus, -800.0, 0.0),
        (softplus, 0.0, math.log(2)),
        (softplus, -40.0, math.exp(-40)),
        (logistic, 800.0, 1.0),
        (logistic, -800.0, 0.0),
        (logistic, 0.0, 0.5),
        (tanh, 400.0, 1.0),
        (exp, -800.0, 0.0),
    ],
)
def test_extremes_do_not_overflow(function, x, value):
    assert float(function(x)) == pytest.approx(value, rel=1e-15)
    assert traced(lambda a, b: function(a))(x, 0.0) == pytest.approx(value, rel=1e-15)
    assert traced(lambda a, b: function(a), people=True)(np.array([x]), np.zeros(1))[0] == pytest.approx(
        value, rel=1e-15
    )


@pytest.mark.parametrize(
    "function",
    [
        exp, log, sqrt, tanh, softplus, logistic, lambda x: x + 1, lambda x: 1 - x, lambda x: x / 2, lambda x: 2 / x,
        lambda x: x**2, lambda x: x ** (1 / 3), lambda x: 2**x, lambda x: -x, abs, lambda x: minimum(x, 1),
        lambda x: minimum(1, x), lambda x: maximum(x, 1), lambda x: maximum(1, x), lambda x: clip(x, 0, 1),
        lambda x: where(2 < x, x, x + 1), lambda x: jump(2 < x, x, x + 1),
    ],
)  # fmt: skip
def test_nan_goes_through_every_function(function):
    one = traced(lambda x, y: function(x))
    many = traced(lambda x, y: function(x), people=True)
    assert math.isnan(one(math.nan, 0.0))
    assert np.isnan(many(np.array([math.nan, 0.5]), np.zeros(2))).tolist() == [True, False]


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (log, 0.0), (log, -1.0), (sqrt, -1.0), (exp, 1e4), (exp, -1e4), (lambda x: 1 / x, 0.0), (lambda x: x / x, 0.0),
        (lambda x: -1 / x, 0.0), (lambda x: x**0.5, -2.0), (lambda x: x ** (-0.5), 0.0), (lambda x: x**400, 1e3),
        (lambda x: x**401, -1e3), (lambda x: (x - x) / (x * 0.5), 0.0),
    ],
)  # fmt: skip
def test_singular_points_give_one_person_what_they_give_many(function, x):
    one = traced(lambda a, b: function(a))(x, 0.0)
    (many,) = traced(lambda a, b: function(a), people=True)(np.array([x]), np.zeros(1))
    assert one == many or (math.isnan(one) and math.isnan(many))


def test_total_and_mean_of_numbers_run_over_sites():
    sites = np.array([1.0, 2.0, 6.0])
    assert total(sites) == 9.0
    assert mean(sites) == 3.0
    sites_by_people = np.array([[1.0, 10.0], [3.0, 30.0]])
    assert total(sites_by_people).tolist() == [4.0, 40.0]
    assert mean(sites_by_people).tolist() == [2.0, 20.0]


def test_total_and_mean_of_traced_sites():
    graph = Graph()
    level = graph.symbol("level", Unit.one, sites=3)
    compiled = compile_outputs(graph, [total(level), mean(level * level)], Layout({"level": "y[0:3]"}))
    assert compiled(0.0, np.array([1.0, 2.0, 6.0]), [], []) == [9.0, pytest.approx(41 / 3)]
