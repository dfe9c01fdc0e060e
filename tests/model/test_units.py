"""Units are checked as an equation is traced: each error names the operation, both units, the file and the line."""

# An organ is a namespace named as the module it stands for; its functions are plain.

from collections.abc import Callable
from typing import Any

import pytest

from cofactor.errors import ModelError, UnitsError
from cofactor.model import (
    Graph,
    System,
    adapts,
    clip,
    exp,
    flux,
    given,
    jump,
    log,
    logistic,
    maximum,
    minimum,
    observable,
    parameter,
    pool,
    softplus,
    sqrt,
    tanh,
    where,
    world,
)
from cofactor.units import parse_unit

GRAPH = Graph()
AMOUNT = GRAPH.symbol("amount", parse_unit("mmol"))
VOLUME = GRAPH.symbol("volume", parse_unit("L"))
OTHER_AMOUNT = GRAPH.symbol("other_amount", parse_unit("mol"))
RATIO = GRAPH.symbol("ratio", parse_unit("1"))
PER_CENT = GRAPH.symbol("per_cent", parse_unit("%"))


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        (AMOUNT + AMOUNT, "mmol"),
        (AMOUNT - 0, "mmol"),
        (0 - AMOUNT, "mmol"),
        (-AMOUNT, "mmol"),
        (AMOUNT / VOLUME, "mmol/L"),
        (AMOUNT * VOLUME, "mmol*L"),
        (2 * AMOUNT / 2, "mmol"),
        (1 / VOLUME, "1/L"),
        (AMOUNT**2, "mmol2"),
        (AMOUNT**-1, "1/mmol"),
        (AMOUNT**0.5, "mmol^(1/2)"),
        (sqrt(AMOUNT * AMOUNT), "mmol"),
        (AMOUNT / OTHER_AMOUNT, "mmol/mol"),
        (RATIO**RATIO, "1"),
        (2**RATIO, "1"),
        (exp(AMOUNT / AMOUNT), "1"),
        (RATIO < 2, "1"),
        (AMOUNT < 0, "1"),
        (where(RATIO < 1, AMOUNT, 0), "mmol"),
        (jump(RATIO < 1, 0, AMOUNT), "mmol"),
        (maximum(AMOUNT, 0), "mmol"),
        (clip(AMOUNT, 0, AMOUNT), "mmol"),
    ],
)
def test_units_follow_the_operations(value, unit):
    assert value.unit == parse_unit(unit)


def test_zero_fits_every_unit():
    assert (0 * AMOUNT).unit is None
    assert maximum(0, 0 * VOLUME).unit is None
    assert (0 * VOLUME + AMOUNT).unit == parse_unit("mmol")


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        (lambda: AMOUNT + VOLUME, "addition needs equal units; received mmol and L"),
        (lambda: AMOUNT - 1, "subtraction needs equal units; received mmol and 1"),
        (lambda: AMOUNT + OTHER_AMOUNT, "addition needs equal units; received mmol and mol"),
        (lambda: RATIO + PER_CENT, "addition needs equal units; received 1 and %"),
        (lambda: minimum(AMOUNT, VOLUME), "minimum needs equal units"),
        (lambda: maximum(AMOUNT, 1), "maximum needs equal units"),
        (lambda: AMOUNT < VOLUME, "comparison needs equal units"),
        (lambda: AMOUNT <= 1, "comparison needs equal units"),
        (lambda: where(RATIO < 1, AMOUNT, VOLUME), "where needs equal units; received mmol and L"),
        (lambda: jump(RATIO < 1, AMOUNT, 1), "jump needs equal units"),
        (lambda: exp(AMOUNT), "exp takes a pure number; received mmol.*divide by a reference value"),
        (lambda: exp(PER_CENT), "exp takes a pure number; received %"),
        (lambda: log(AMOUNT), "log takes a pure number"),
        (lambda: tanh(AMOUNT), "tanh takes a pure number"),
        (lambda: softplus(AMOUNT), "softplus takes a pure number"),
        (lambda: logistic(AMOUNT), "logistic takes a pure number"),
        (lambda: RATIO**AMOUNT, "an exponent takes a pure number"),
        (lambda: AMOUNT**RATIO, "only a pure number can be raised to a power that is not a literal; received mmol"),
    ],
)
def test_units_that_do_not_fit_are_an_error_at_their_line(operation, says):
    with pytest.raises(ModelError, match=says) as caught:
        operation()
    assert f"{__file__}:{operation.__code__.co_firstlineno}" in str(caught.value)


# -- what the author declares against what the trace finds ---------------------------------------------------------


def refusal(equation: Callable[..., Any]) -> tuple[str, str]:
    class organ:
        amount = pool("mmol", of="magnesium", start=2.0)
        urine = world("mmol", of="magnesium")
        volume = parameter(14.5, "L", source="toy")
        pace = parameter(0.5, "1/d", source="toy")

        @flux(leaves=amount, enters=urine, unit="mmol/d")
        def loss(amount, pace):
            return pace * amount

        keep = observable("L")(lambda volume: volume)

    setattr(organ, equation.__name__, equation)
    with pytest.raises(ModelError) as caught:
        System.from_organs([organ])
    return str(caught.value), f"{__file__}:{equation.__code__.co_firstlineno}"


@observable("mmol/L")
def concentration(amount, volume):
    return amount * volume


@observable("mmol")
def sum_of_all(amount, volume):
    return amount + volume


@observable("1")
def exponential(amount):
    return exp(amount)


@observable("mmol")
def number_for_an_amount():
    return 2


@adapts("memory", unit="1/d")
def change_of_memory(memory, amount):
    return amount - memory


@adapts("memory", unit="mmol/d")
def memory_in_mmol(memory, pace):
    return pace / memory


def test_an_equation_has_the_unit_it_declares():
    said, where = refusal(concentration)
    assert "the value of concentration has another unit than declared; received mmol*L where mmol/L is due" in said
    assert where in said


def test_an_addition_inside_an_organ_points_at_the_line_of_the_addition():
    said, _ = refusal(sum_of_all)
    assert "addition needs equal units; received mmol and L" in said
    assert f"{__file__}:{sum_of_all.__code__.co_firstlineno + 2}" in said


def test_a_function_of_an_amount_points_at_its_line():
    said, _ = refusal(exponential)
    assert "exp takes a pure number; received mmol" in said
    assert f"{__file__}:{exponential.__code__.co_firstlineno + 2}" in said


def test_a_number_is_not_an_amount():
    said, where = refusal(number_for_an_amount)
    assert "received 1 where mmol is due" in said
    assert where in said


def test_the_rate_of_an_adapting_state_gives_the_unit_of_the_state():
    said, _ = refusal(change_of_memory)
    assert "subtraction needs equal units; received mmol and 1" in said
    said, where = refusal(memory_in_mmol)
    assert "the value of memory_in_mmol" in said
    assert "received 1/d/mmol where mmol/d is due" in said
    assert where in said


@pytest.mark.parametrize(
    ("unit", "found"), [("mmol", "mmol"), ("mmol/h", "mmol/h"), ("mol/d", "mol/d"), ("1/d", "1/d")]
)
def test_a_flux_of_mmol_is_in_mmol_per_day(unit, found):
    class organ:
        amount = pool("mmol", of="magnesium")
        food = world("mmol", of="magnesium")
        intake = given("mmol/d", 1.0)

        @flux(leaves=food, enters=amount, unit=unit)
        def uptake(intake):
            return intake

    with pytest.raises(ModelError, match=f"the flux uptake into .* received {found} where mmol/d is due") as caught:
        System.from_organs([organ])
    assert f"{__file__}:{organ.uptake.__code__.co_firstlineno}" in str(caught.value)


def test_a_flux_has_the_unit_it_declares():
    class organ:
        amount = pool("mmol", of="magnesium")
        food = world("mmol", of="magnesium")
        intake = given("mmol", 1.0)

        @flux(leaves=food, enters=amount, unit="mmol/d")
        def uptake(intake):
            return intake

    with pytest.raises(ModelError, match=r"the value of uptake .* received mmol where mmol/d is due"):
        System.from_organs([organ])


def test_a_unit_nobody_knows_is_a_units_error():
    with pytest.raises(UnitsError, match="not known"):
        parameter(1.0, "mmoll", source="toy")


def test_the_same_unit_in_another_spelling_fits():
    class organ:
        level = parameter(2.0, "mol/m3", source="toy")

        @observable("mmol/L")
        def seen(level):
            return level

    assert str(System.from_organs([organ]).unit_of("seen")) == "mmol/L"


def test_units_of_any_quantity():
    class organ:
        level = parameter(2.0, "mmol/L", source="toy")

        @adapts("memory", unit="mmol/L/d")
        def change(level, memory, time):
            return (level - memory) / time

    system = System.from_organs([organ])
    units = {name: str(system.unit_of(name)) for name in ("time", "level", "memory", "change")}
    assert units == {"time": "d", "level": "mmol/L", "memory": "mmol/L", "change": "mmol/L/d"}
    with pytest.raises(ModelError, match=r"no such quantity; received memori.*did you mean memory"):
        system.unit_of("memori")
