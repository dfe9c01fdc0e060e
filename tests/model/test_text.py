"""Printed equations: written out exactly, and read back to the value they were printed from."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cofactor.body import adult, magnesium_body
from cofactor.model import (
    Graph,
    clip,
    compile_outputs,
    exp,
    explain,
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
from cofactor.model._text import Latex, PlainText, equation
from cofactor.units import Unit

GRAPH = Graph()
A, B, C = (GRAPH.symbol(name, Unit.one) for name in "abc")
LEVEL = GRAPH.symbol("skin_level", Unit.one, sites=4)
PLAIN, LATEX = PlainText(), Latex()


def plain(value) -> str:
    return equation(PLAIN, PLAIN.name("f", False), value).removeprefix("f = ")


def latex(value) -> str:
    return equation(LATEX, LATEX.name("f", False), value).removeprefix(r"\mathrm{f} = ")


def read_back(text: str, values: dict) -> float:
    """The value of a printed equation: the test's own reading of the notation, nothing shared with the printer."""
    first, *shared = text.split("\n")
    scope = {
        "__builtins__": {}, "e": math.e, "ln": np.log, "tanh": np.tanh, "sqrt": np.sqrt, "min": np.minimum,
        "max": np.maximum, "sum_i": np.sum, **values,
    }  # fmt: skip
    for line in shared:
        name, _, right = line.removeprefix("where ").partition(" = ")
        scope[name] = _value(right, scope)
    return _value(first.partition(" = ")[2], scope)


def _value(text: str, scope: dict):
    python = text.replace("[i]", "").replace("^", "**").replace("{ ", "(").replace(" }", ")").replace(" otherwise", "")
    return eval(python.replace("; ", " else "), scope)  # noqa: S307 - text printed a line above, with no names to call


# -- brackets ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text", "tex"),
    [
        (A + B + C, "a + b + c", r"\mathrm{a} + \mathrm{b} + \mathrm{c}"),
        (A - (B - C), "a - (b - c)", r"\mathrm{a} - \left(\mathrm{b} - \mathrm{c}\right)"),
        (A - (B + C), "a - (b + c)", r"\mathrm{a} - \left(\mathrm{b} + \mathrm{c}\right)"),
        (A + (B - C), "a + b - c", r"\mathrm{a} + \mathrm{b} - \mathrm{c}"),
        (A + -B, "a - b", r"\mathrm{a} - \mathrm{b}"),
        (A + (-B + C), "a - b + c", r"\mathrm{a} - \mathrm{b} + \mathrm{c}"),
        (A - -B, "a - (-b)", r"\mathrm{a} - \left(-\mathrm{b}\right)"),
        (-(A + B), "-(a + b)", r"-\left(\mathrm{a} + \mathrm{b}\right)"),
        (-A * B, "-a * b", r"-\mathrm{a} \cdot \mathrm{b}"),
        ((-A + B) * C, "(-a + b) * c", r"\left(-\mathrm{a} + \mathrm{b}\right) \cdot \mathrm{c}"),
        (A * (-B * C), "a * (-b * c)", r"\mathrm{a} \cdot \left(-\mathrm{b} \cdot \mathrm{c}\right)"),
        (A - -B / C, "a - (-b / c)", r"\mathrm{a} - \frac{-\mathrm{b}}{\mathrm{c}}"),
        (A ** (-1 / B), "a^(-1 / b)", r"\mathrm{a}^{\frac{-1}{\mathrm{b}}}"),
        (-(A * B), "-a * b", r"-\mathrm{a} \cdot \mathrm{b}"),
        (A * -1, "-a", r"-\mathrm{a}"),
        ((A + B) * C, "(a + b) * c", r"\left(\mathrm{a} + \mathrm{b}\right) \cdot \mathrm{c}"),
        (A * (B * C), "a * b * c", r"\mathrm{a} \cdot \mathrm{b} \cdot \mathrm{c}"),
        (A * B / C, "a * b / c", r"\frac{\mathrm{a} \cdot \mathrm{b}}{\mathrm{c}}"),
        (A * (B / C), "a * (b / c)", r"\mathrm{a} \cdot \frac{\mathrm{b}}{\mathrm{c}}"),
        (A / (B * C), "a / (b * c)", r"\frac{\mathrm{a}}{\mathrm{b} \cdot \mathrm{c}}"),
        (A / (B / C), "a / (b / c)", r"\frac{\mathrm{a}}{\frac{\mathrm{b}}{\mathrm{c}}}"),
        (A / B / C, "a / b / c", r"\frac{\frac{\mathrm{a}}{\mathrm{b}}}{\mathrm{c}}"),
        ((A + B) / (A - C), "(a + b) / (a - c)", r"\frac{\mathrm{a} + \mathrm{b}}{\mathrm{a} - \mathrm{c}}"),
        (A**B**C, "a^(b^c)", r"\mathrm{a}^{\mathrm{b}^{\mathrm{c}}}"),
        ((A**B) ** C, "(a^b)^c", r"\left(\mathrm{a}^{\mathrm{b}}\right)^{\mathrm{c}}"),
        (A**-B, "a^(-b)", r"\mathrm{a}^{-\mathrm{b}}"),
        ((-A) ** B, "(-a)^b", r"\left(-\mathrm{a}\right)^{\mathrm{b}}"),
        ((A * B) ** 2, "(a * b)^2", r"\left(\mathrm{a} \cdot \mathrm{b}\right)^{2}"),
        ((A / B) ** C, "(a / b)^c", r"\left(\frac{\mathrm{a}}{\mathrm{b}}\right)^{\mathrm{c}}"),
        (A * B**2 / C, "a * b^2 / c", r"\frac{\mathrm{a} \cdot \mathrm{b}^{2}}{\mathrm{c}}"),
        (A ** (1 / 3), "a^0.3333333333333333", r"\mathrm{a}^{0.3333333333333333}"),
        (A * 1e-6, "a * 1e-06", r"\mathrm{a} \cdot 1 \times 10^{-6}"),
        ((A + 1e-6) ** 2, "(a + 1e-06)^2", r"\left(\mathrm{a} + 1 \times 10^{-6}\right)^{2}"),
        (A * -0.5, "a * (-0.5)", r"\mathrm{a} \cdot \left(-0.5\right)"),
        (A + -0.5, "a - 0.5", r"\mathrm{a} - 0.5"),
        (GRAPH.constant(2.0), "2", "2"),
        (2 * A, "2 * a", r"2 \cdot \mathrm{a}"),
    ],
)
def test_brackets_stand_where_they_must(value, text, tex):
    assert plain(value) == text
    assert latex(value) == tex


@pytest.mark.parametrize(
    ("value", "text", "tex"),
    [
        (exp(A), "e^a", r"e^{\mathrm{a}}"),
        (exp(-A / B), "e^(-a / b)", r"e^{\frac{-\mathrm{a}}{\mathrm{b}}}"),
        (exp(A) ** 2, "(e^a)^2", r"\left(e^{\mathrm{a}}\right)^{2}"),
        (log(A + 1), "ln(a + 1)", r"\ln\left(\mathrm{a} + 1\right)"),
        (sqrt(A + B) * C, "sqrt(a + b) * c", r"\sqrt{\mathrm{a} + \mathrm{b}} \cdot \mathrm{c}"),
        (tanh(A - B), "tanh(a - b)", r"\tanh\left(\mathrm{a} - \mathrm{b}\right)"),
        (softplus(A / B), "ln(1 + e^(a / b))", r"\ln\left(1 + e^{\frac{\mathrm{a}}{\mathrm{b}}}\right)"),
        (softplus(A), "ln(1 + e^a)", r"\ln\left(1 + e^{\mathrm{a}}\right)"),
        (logistic(A + B), "1 / (1 + e^(-(a + b)))", r"\frac{1}{1 + e^{-\left(\mathrm{a} + \mathrm{b}\right)}}"),
        (minimum(A, B + 1), "min(a, b + 1)", r"\min\left(\mathrm{a}, \mathrm{b} + 1\right)"),
        (maximum(A - B, 0), "max(a - b, 0)", r"\max\left(\mathrm{a} - \mathrm{b}, 0\right)"),
        (clip(A, 0, B), "min(max(a, 0), b)", r"\min\left(\max\left(\mathrm{a}, 0\right), \mathrm{b}\right)"),
        (
            where(A < B, A**2, C),
            "{ a^2 if a < b; c otherwise }",
            r"\begin{cases} \mathrm{a}^{2} & \text{if } \mathrm{a} < \mathrm{b} \\ \mathrm{c} & \text{otherwise} \end{cases}",
        ),
        (
            jump(A > 1, B, 0) * C,
            "{ b if 1 < a; 0 otherwise } * c",
            r"\left(\begin{cases} \mathrm{b} & \text{if } 1 < \mathrm{a} \\ 0 & \text{otherwise} \end{cases}\right)"
            r" \cdot \mathrm{c}",
        ),
        (
            where(A >= B, A, C),
            "{ c if a < b; a otherwise }",
            r"\begin{cases} \mathrm{c} & \text{if } \mathrm{a} < \mathrm{b} \\ \mathrm{a} & \text{otherwise} \end{cases}",
        ),
        (
            where(A < 0, 0, where(A < 1, A, 1)),
            "{ 0 if a < 0; a if a < 1; 1 otherwise }",
            r"\begin{cases} 0 & \text{if } \mathrm{a} < 0 \\ \mathrm{a} & \text{if } \mathrm{a} < 1 \\"
            r" 1 & \text{otherwise} \end{cases}",
        ),
        (
            where(A, B, C),
            "{ b if a != 0; c otherwise }",
            r"\begin{cases} \mathrm{b} & \text{if } \mathrm{a} \neq 0 \\ \mathrm{c} & \text{otherwise} \end{cases}",
        ),
        ((A < B) * C, "(a < b) * c", r"\left[\mathrm{a} < \mathrm{b}\right] \cdot \mathrm{c}"),
        (
            total(LEVEL * A) / B,
            "sum_i(skin_level[i] * a) / b",
            r"\frac{\sum_{i} \left(\mathrm{skin\_level}_{i} \cdot \mathrm{a}\right)}{\mathrm{b}}",
        ),
        (
            (mean(LEVEL) - LEVEL) * total(LEVEL**2),
            "(sum_i(skin_level[i]) / 4 - skin_level[i]) * sum_i(skin_level[i]^2)",
            r"\left(\frac{\sum_{i} \mathrm{skin\_level}_{i}}{4} - \mathrm{skin\_level}_{i}\right) \cdot"
            r" \left(\sum_{i} \mathrm{skin\_level}_{i}^{2}\right)",
        ),
    ],
)
def test_functions_cases_and_sums(value, text, tex):
    assert plain(value) == text
    assert latex(value) == tex


# -- parts used more than once -------------------------------------------------------------------------------------


def test_a_part_used_twice_is_printed_once():
    offered = A * B
    assert plain(offered - C * softplus((offered - A) / C)) == "x1 - c * ln(1 + e^((x1 - a) / c))\nwhere x1 = a * b"
    assert latex(exp(A) / (1 + exp(A))) == (
        r"\begin{aligned} \mathrm{f} &= \frac{x_{1}}{1 + x_{1}} \\ \text{where } x_{1} &= e^{\mathrm{a}} \end{aligned}"
    )


def test_parts_are_printed_before_those_that_use_them():
    inner = A + B
    outer = inner * C
    assert plain(outer / (outer + inner)).split("\n") == ["x2 / (x2 + x1)", "where x1 = a + b", "where x2 = x1 * c"]


def test_what_gets_no_line_of_its_own():
    assert plain(A**-C + B**-C) == "a^(-c) + b^(-c)"  # a negated name
    assert plain(A * A + 2 * A) == "a^2 + 2 * a"  # a name
    assert plain((A + B) ** 2) == "(a + b)^2"  # a square is one use
    assert plain((A + B) + (A + B)) == "x1 + x1\nwhere x1 = a + b"


def test_a_shared_condition():
    low = A < B
    assert plain(where(low, A, B) + where(low, B, C)) == (
        "{ a if x1; b otherwise } + { b if x1; c otherwise }\nwhere x1 = (a < b)"
    )


def test_a_shared_last_branch_ends_the_cases():
    rest = where(A < 1, A, 1)
    assert plain(where(B < 0, 0, rest) * rest) == (
        "{ 0 if b < 0; x1 otherwise } * x1\nwhere x1 = { a if a < 1; 1 otherwise }"
    )


def test_lines_do_not_take_the_name_of_a_quantity():
    graph = Graph()
    x1, y = graph.symbol("x1", Unit.one), graph.symbol("y", Unit.one)
    assert plain(exp(x1 * y) + x1 * y) == "e^z1 + z1\nwhere z1 = x1 * y"


# -- read back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [magnesium_body, adult])
def test_every_equation_of_a_body_reads_back_to_its_value(body):
    rng = np.random.default_rng(5)
    system = body()
    equations = {**system.inventory.signals, **system.inventory.fluxes, **system.inventory.adapting}
    for name, made in equations.items():
        text = explain(system, name).text
        for _ in range(3):
            numbers = [rng.uniform(0.3, 1.8) for _ in made.reads]
            with np.errstate(all="ignore"):
                value = float(made.function(*numbers))
                read = read_back(text, dict(zip(made.reads, numbers, strict=True)))
            assert read == pytest.approx(value, rel=1e-10, abs=1e-12, nan_ok=True), name


NUMBERS = st.sampled_from([0, 1, 2, 0.5, -0.25, 3.5])
TREES = st.recursive(
    st.sampled_from([A, B, C]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "/", "min", "max"]), inner, inner | NUMBERS),
        st.tuples(st.sampled_from(["r-", "r*", "r/"]), inner, NUMBERS),
        st.tuples(st.sampled_from(["neg", "tanh", "softplus", "logistic", "square"]), inner, st.none()),
        st.tuples(st.just("pow"), inner, st.sampled_from([A, B, 0.5, -1.5, 3])),
        st.tuples(st.just("where"), inner, inner),
    ),
    max_leaves=12,
)


def grown(tree):
    if not isinstance(tree, tuple):
        return tree
    op, left, right = tree
    a = grown(left)
    b = grown(right) if isinstance(right, tuple) else right
    made = {
        "+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / (tanh(b) + 2), "neg": lambda: -a,
        "min": lambda: minimum(a, b), "max": lambda: maximum(a, b), "r-": lambda: b - a, "r*": lambda: b * a,
        "r/": lambda: b / (a * a + 1), "tanh": lambda: tanh(a), "softplus": lambda: softplus(tanh(a)),
        "logistic": lambda: logistic(tanh(a)), "square": lambda: tanh(a) ** 2, "pow": lambda: (a * a + 1) ** tanh(b),
        "where": lambda: where(a < b, a, jump(b > 1, b, a * b)),
    }  # fmt: skip
    return made[op]()


@settings(max_examples=300, deadline=None)
@given(tree=TREES, values=st.tuples(*[st.floats(0.1, 3)] * 3))
def test_any_equation_reads_back_to_its_value(tree, values):
    value = grown(tree)
    layout = Layout({"a": "p[0]", "b": "p[1]", "c": "p[2]"})
    (computed,) = compile_outputs(GRAPH, [value], layout)(0.0, [], list(values), [])
    text = equation(PLAIN, PLAIN.name("f", False), value)
    # reading a * b * c from the left rounds differently from a * (b * c)
    assert read_back(text, dict(zip("abc", values, strict=True))) == pytest.approx(computed, rel=1e-9, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(tree=TREES)
def test_latex_is_balanced(tree):
    text = latex(grown(tree))
    assert text.count("{") == text.count("}")
    assert text.count(r"\left") == text.count(r"\right")
    assert text.count(r"\begin{cases}") == text.count(r"\end{cases}")
    depth = 0
    for bracket in re.findall(r"[{}]", text):
        depth += 1 if bracket == "{" else -1
        assert depth >= 0
    commands = {"left", "right", "begin", "end", "frac", "cdot", "mathrm", "ln", "min", "max", "tanh", "text", "times"}
    assert set(re.findall(r"\\([a-z]+)", text)) <= commands | {"neq", "sqrt"}
