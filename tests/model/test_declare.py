"""What an organ may declare: signatures, sources, starts, derived parameters, modules and replicated sites."""

# An organ is a namespace named as the module it stands for; its functions are plain.

import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

from cofactor.errors import ModelError
from cofactor.model import (
    System,
    adapts,
    derived,
    flux,
    given,
    observable,
    parameter,
    pool,
    replicate,
    signal,
    total,
    world,
)


class store:
    """A whole small organ: stock comes, waits and goes."""

    amount = pool("mmol", of="magnesium", start="amount_at_rest", doc="what waits")
    food = world("mmol", of="magnesium")
    urine = world("mmol", of="magnesium")
    intake = given("mmol/d", 2.0)
    amount_at_rest = parameter(4.0, "mmol", source="toy")
    turnover = parameter(0.5, "1/d", source="toy")

    @flux(leaves=food, enters=amount, unit="mmol/d")
    def uptake(intake):
        return intake

    @flux(leaves=amount, enters=urine, unit="mmol/d")
    def loss(amount, turnover):
        return turnover * amount


def line_of(function: Callable[..., Any]) -> str:
    return f"{__file__}:{function.__code__.co_firstlineno}"


def here(back: int = 0) -> str:
    return f"{__file__}:{sys._getframe(1).f_lineno - back}"


def refusal(*organs: Any, cut: tuple[tuple[str, str], ...] = ()) -> str:
    with pytest.raises(ModelError) as caught:
        System.from_organs(organs, cut=cut)
    return str(caught.value)


def with_default(amount, turnover=2.0):
    return amount * turnover


def with_star(*amounts):
    return sum(amounts)


def with_stars(**amounts):
    return sum(amounts.values())


def with_bare_star(*, amount):
    return amount


@pytest.mark.parametrize("function", [with_default, with_star, with_stars, with_bare_star])
def test_a_signature_is_the_wiring_and_nothing_else(function):
    with pytest.raises(ModelError, match="arguments are the quantities it reads: no defaults") as caught:
        signal("mmol")(function)
    assert function.__name__ in str(caught.value)
    assert line_of(function) in str(caught.value)


def test_a_parameter_needs_a_source():
    with pytest.raises(ModelError, match=r"states its source.*received 3 mmol/L") as caught:
        parameter(3, "mmol/L")
    assert here(1) in str(caught.value)


def test_a_block_has_at_least_one_site():
    with pytest.raises(ModelError, match="at least once; received 0") as caught:
        replicate(0)
    assert here(1) in str(caught.value)


def test_a_start_names_a_parameter():
    class other:
        pace = parameter(1.0, "1/d", source="toy")

        @adapts("memory", unit="1/d", start="intake")
        def change(memory, pace):
            return -pace * memory

    said = refusal(store, other)
    assert "a start is a number or the name of a parameter; received intake" in said
    assert line_of(other.change) in said


def test_a_derived_parameter_reads_what_is_known_before_the_body_moves():
    class other:
        @derived("mmol", calibrated="toy")
        def late(amount):
            return amount

        @observable("mmol")
        def shown(late):
            return late

    said = refusal(store, other)
    assert "a derived parameter reads only parameters and inputs; received amount" in said
    assert line_of(other.late) in said


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_derived_parameter_has_a_value(value):
    class other:
        @derived("mmol", calibrated="toy")
        def nothing(amount_at_rest):
            return amount_at_rest * value

        @observable("mmol")
        def shown(nothing):
            return nothing

    assert "has no value at these parameters" in refusal(store, other)


def test_a_module_brings_its_own_declarations_and_none_it_imported():
    def seen(amount):
        return amount

    seen.__module__ = "kitchen"
    module = types.ModuleType("kitchen")
    module.seen = observable("mmol")(seen)
    module.amount = store.amount  # as `from store import amount, loss` would
    module.loss = store.loss
    system = System.from_organs([store, module])
    assert system.inventory.owner == {**System.from_organs([store]).inventory.owner, "seen": "kitchen"}


def test_replicates_need_rates_of_their_sites():
    two, three = replicate(2), replicate(3)

    class mixed:
        pace = parameter(1.0, "1/d", source="toy")
        other_pace = parameter(1.0, "1/d", source="toy", each=three)

        @adapts("level", unit="1/d", each=two)
        def change(level, other_pace):
            return level * other_pace

        keep = observable("1/d")(lambda pace: pace)

    assert "two different replicates meet" in refusal(mixed)

    class one_for_all:
        pace = parameter(1.0, "1/d", source="toy")

        @adapts("level", unit="1/d", each=two)
        def change(pace):
            return pace

    said = refusal(one_for_all)
    assert "the state level and its rate change" in said
    assert line_of(one_for_all.change) in said

    class each_for_one:
        paces = parameter(1.0, "1/d", source="toy", each=two)

        @adapts("level", unit="1/d")
        def change(paces):
            return paces

    assert "sum with total or mean" in refusal(each_for_one)

    class flux_for_all:
        amounts = pool("mmol", of="magnesium", each=two)

        @flux(leaves=store.food, enters=amounts, unit="mmol/d")
        def sprinkling(intake):
            return intake

    assert "the replicated state amounts needs a replicated rate" in refusal(store, flux_for_all)


def test_only_sites_can_be_summed():
    class other:
        @observable("mmol")
        def summed(amount):
            return total(amount)

    said = refusal(store, other)
    assert "only a replicated value can be summed over sites" in said
    assert f"{__file__}:{other.summed.__code__.co_firstlineno + 2}" in said
