"""Joining organs by name: every wiring mistake is an error that names the quantity, the file and the line."""

# An organ is a namespace named as the module it stands for; its functions are plain.

import sys
from collections.abc import Callable
from typing import Any

import pytest

from cofactor.body import adrenaline, blood, gut, imposed, kidney_magnesium, magnesium_stores
from cofactor.errors import ModelError
from cofactor.model import System, adapts, derived, flux, given, observable, parameter, pool, signal, world


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


# -- names ---------------------------------------------------------------------------------------------------------


def test_an_unknown_name_is_told_with_its_line_and_the_nearest_one():
    class other:
        @observable("mmol")
        def half(amuont):
            return amuont / 2

    said = refusal(store, other)
    assert "half reads the unknown quantity amuont" in said
    assert "did you mean amount?" in said
    assert line_of(other.half) in said


def test_an_unknown_name_far_from_all_others():
    class other:
        @observable("1")
        def share(zzzzz):
            return zzzzz

    assert "add the organ that makes it, or declare it with given" in refusal(store, other)


def test_a_place_outside_the_body_cannot_be_read():
    class other:
        @observable("mmol")
        def emptied(urine):
            return urine

    assert "reads the unknown quantity urine" in refusal(store, other)


def test_a_name_declared_twice_is_told_with_both_lines():
    class other:
        turnover = parameter(0.6, "1/d", source="toy")
        declared_at = here(1)

    said = refusal(store, other)
    assert "the quantity turnover is declared twice" in said
    assert f"{store.turnover.where} (store)" in said
    assert f"{other.declared_at} (other)" in said


def test_the_same_declaration_may_be_seen_from_two_organs():
    class other:
        amount = store.amount

        @observable("mmol")
        def double(amount):
            return 2 * amount

    assert System.from_organs([store, other]).observables == ["double"]


def hungry(unit: str) -> Any:
    """An organ that makes what `store` is given from outside."""

    class gut:
        meals = given("1/d", 3.0)
        meal = parameter(1.0, "mmol", source="toy")
        intake = signal(unit)(lambda meals, meal: meals * meal)

    return gut


@pytest.mark.parametrize("later", [False, True])
def test_an_organ_that_makes_an_input_takes_its_place(later: bool):
    organs = [store, hungry("mmol/d")]
    system = System.from_organs(organs[::-1] if later else organs)
    assert set(system.inputs) == {"meals"}
    assert system.function(["intake"])(0.0, system.start, system.parameter_vector(), system.input_vector()) == [3.0]


def test_an_input_is_not_made_in_another_unit():
    assert "the quantity intake is declared twice" in refusal(store, hungry("mmol"))


def adapting_state(name: str) -> Any:
    class other:
        pace = parameter(1.0, "1/d", source="toy")

        @adapts(name, unit="1/d")
        def change(pace):
            return pace

    return other


def test_two_states_of_one_name():
    first, second = adapting_state("memory"), adapting_state("memory")
    second.change_again, second.pace_again = second.change, second.pace
    del second.change, second.pace
    second.keep = observable("1/d")(lambda pace_again: pace_again)
    said = refusal(first, second)
    assert "the quantity memory is declared twice" in said
    assert said.count(__file__) == 2
    assert "one state has one rate" in said


def test_a_state_and_a_pool_of_one_name():
    said = refusal(store, adapting_state("amount"))
    assert "the quantity amount is declared twice" in said
    assert store.amount.where in said


def test_the_name_time_is_taken():
    class clock:
        time = parameter(1.0, "d", source="toy")

        @observable("d")
        def now(time):
            return time

    assert "the name time is taken" in refusal(clock)
    assert "the name time is taken" in refusal(adapting_state("time"))


@pytest.mark.parametrize("leftover", ["pool", "world", "parameter", "input", "signal", "derived"])
def test_what_nobody_reads_or_moves_is_told_with_its_line(leftover):
    class lonely:
        pass

    made: dict[str, Any] = {
        "pool": pool("mmol", of="magnesium"),
        "world": world("mmol", of="magnesium"),
        "parameter": parameter(1.0, "1", source="toy"),
        "input": given("1", 1.0),
        "signal": signal("mmol")(lambda amount: amount),
        "derived": derived("mmol", calibrated="toy")(lambda amount_at_rest: amount_at_rest),
    }
    lonely.leftover = made[leftover]
    said = refusal(store, lonely)
    assert "leftover is not connected" in said
    assert __file__ in said


def test_quantities_that_define_each_other_show_their_circle():
    class ring:
        @signal("mmol")
        def first(third, amount):
            return third + amount

        @signal("mmol")
        def second(first):
            return first

        @observable("mmol")
        def third(second):
            return second

    said = refusal(store, ring)
    assert "in a circle" in said
    assert "first > third > second > first" in said
    assert line_of(ring.first) in said
    assert "adapting state" in said


def test_derived_parameters_in_a_circle():
    class ring:
        first = derived("1", calibrated="toy")(lambda second: second)
        second = derived("1", calibrated="toy")(lambda first: first)

    assert "first > second > first" in refusal(ring)


def test_a_circle_through_a_state_is_the_point_of_the_language():
    assert set(System.from_organs([store]).rates) == {"amount"}


# -- fluxes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("leaves", "enters"), [(store.amount, None), (None, store.amount), (None, None)])
def test_a_flux_without_an_end_creates_or_loses_stock(leaves, enters):
    def oneway(turnover):
        return turnover

    with pytest.raises(ModelError, match="stock is never created or lost") as caught:
        flux(leaves=leaves, enters=enters, unit="mmol/d")(oneway)
    assert line_of(oneway) in str(caught.value)
    assert "world(" in str(caught.value)


def test_a_flux_has_ends_or_moves():
    with pytest.raises(ModelError, match="either leaves and enters, or moves"):
        flux(leaves=store.amount, moves={store.urine: 1}, unit="mmol/d")(lambda turnover: turnover)


def test_a_flux_touches_places_only():
    with pytest.raises(ModelError, match="between pools and places of the world") as caught:
        flux(leaves=store.amount, enters=store.turnover, unit="mmol/d")(lambda turnover: turnover)  # type: ignore[arg-type]
    assert __file__ in str(caught.value)


def test_moves_that_do_not_balance_create_stock():
    class leak:
        salt = pool("mmol", of={"magnesium": 1, "chloride": 2})
        chloride = world("mmol", of="chloride")

        @flux(moves={salt: -1, store.amount: +2, chloride: +2}, unit="mmol/d")
        def dissolving(salt, turnover):
            return turnover * salt

    said = refusal(store, leak)
    assert "the flux dissolving creates magnesium; received +1 mol of magnesium per mol moved" in said
    assert line_of(leak.dissolving) in said


def test_moves_that_balance_conserve_every_element():
    class mill:
        salt = pool("mmol", of={"magnesium": 1, "chloride": 2}, start=3.0)
        chloride = pool("mmol", of="chloride")

        @flux(moves={salt: -1, store.amount: +1, chloride: +2}, unit="mmol/d")
        def dissolving(salt, turnover):
            return turnover * salt

        @flux(moves={store.food: -1, salt: 1, chloride: -2}, unit="mmol/d")
        def binding(chloride, turnover):
            return turnover * chloride / 2

    system = System.from_organs([store, mill])
    rates = dict(
        zip(system.rates, system.rate_function()(0, system.start, system.parameter_vector(), [2.0]), strict=True)
    )
    assert rates == {"amount": 2.0 - 2.0 + 1.5, "salt": -1.5, "chloride": 3.0}
    assert system.movements["dissolving"].gains == {}
    assert system.movements["binding"].gains == {"magnesium": 1.0}
    assert system.movements["loss"].gains == {"magnesium": -1.0}


def test_different_elements_at_the_two_ends():
    class alchemy:
        gold = world("mmol", of="gold")

        @flux(leaves=store.amount, enters=gold, unit="mmol/d")
        def transmutation(amount, turnover):
            return turnover * amount

    said = refusal(store, alchemy)
    assert "transmutation destroys magnesium" in said
    assert line_of(alchemy.transmutation) in said


def test_a_place_whose_organ_is_absent():
    said = refusal(gut, kidney_magnesium, adrenaline, magnesium_stores, imposed)
    assert "a place whose organ is not in this System; received magnesium in extracellular fluid" in said
    assert "kidney_magnesium.py:" in said or "gut.py:" in said
    assert "add the organ cofactor.body.blood" in said


def test_the_order_of_organs_does_not_matter():
    organs = [gut, blood, kidney_magnesium, adrenaline, magnesium_stores, imposed]
    one, other = System.from_organs(organs), System.from_organs(organs[::-1])
    assert set(one.quantities) == set(other.quantities)
    names = sorted(one.quantities)
    values = [
        dict(zip(names, s.function(names)(0, s.start, s.parameter_vector(), s.input_vector()), strict=True))
        for s in (one, other)
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-12, abs=1e-12)
