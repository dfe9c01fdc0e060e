"""Rest: nothing moves, the state is the same from any start, and a body without one says why."""

# An organ is a namespace named as the module it stands for; its functions are plain.

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cofactor.body import magnesium_body
from cofactor.engine import AT_REST, Rates, rest, restlessness
from cofactor.engine import _rest as inside
from cofactor.errors import NoRestError
from cofactor.model import System, adapts, flux, log, mean, observable, parameter, pool, replicate, tanh, world
from cofactor.model import given as given_input

BODY = magnesium_body()
PARAMETERS = BODY.parameter_vector()


def at_rest(system: System, parameters: np.ndarray, inputs: np.ndarray, states: np.ndarray) -> bool:
    return restlessness(Rates(system, parameters, inputs)(states), states) <= AT_REST


def test_the_reference_adult_rests_where_magnesium_md_says():
    states = rest(BODY, PARAMETERS, BODY.input_vector())
    found = {name: states[s.offset] for name, s in BODY.states.items()}
    assert found == pytest.approx(
        {
            "ecf_magnesium": 12.325, "soft_tissue_magnesium": 100, "muscle_magnesium_store": 360,
            "bone_surface_magnesium": 170, "deep_bone_magnesium": 360, "red_cell_magnesium_store": 5,
            "free_cell_magnesium": 1,
        },
        rel=1e-10,
    )  # fmt: skip
    assert at_rest(BODY, PARAMETERS, BODY.input_vector(), states)


HABITS = {
    "dietary_magnesium": st.floats(1, 40),
    "egf_signal": st.floats(0.3, 1),
    "calcium_ratio": st.floats(0.85, 1.3),
    "pth_action": st.floats(0.1, 4),
    "magnesium_pump_health": st.floats(0.2, 1),
    "plasma_bicarbonate": st.floats(14, 30),
}


@settings(max_examples=60, deadline=None)
@given(habits=st.fixed_dictionaries(HABITS), gfr=st.floats(20, 220))
def test_every_habit_has_a_rest_to_which_the_body_returns(habits, gfr):
    inputs = BODY.input_vector(habits)
    parameters = BODY.parameter_vector({"baseline_filtration_rate": gfr})
    states = rest(BODY, parameters, inputs)
    body = Rates(BODY, parameters, inputs)
    assert restlessness(body(states), states) <= AT_REST
    assert np.all(states > 0)
    assert np.linalg.eigvals(body.jacobian(states)).real.max() < 0


@settings(max_examples=60, deadline=None)
@given(factors=st.lists(st.floats(0.02, 30), min_size=BODY.size, max_size=BODY.size))
def test_rest_does_not_depend_on_where_the_search_begins(factors):
    inputs = BODY.input_vector({"dietary_magnesium": 9.0})
    usual = rest(BODY, PARAMETERS, inputs)
    found = rest(BODY, PARAMETERS, inputs, BODY.start * np.array(factors))
    assert found == pytest.approx(usual, rel=1e-8)


class saturated:
    """Far from rest the pull no longer grows: Newton's step overshoots to where it vanishes altogether."""

    pull = parameter(0.5, "1/d", source="toy")
    steepness = parameter(4.0, "1", source="toy")

    @adapts("level", unit="1/d", start=1.0)
    def change(level, pull, steepness):
        return -pull * tanh(steepness * (level - 1))

    @adapts("follower", unit="1/d", start=1.0)
    def follow(level, follower, pull):
        return pull * (level**2 - follower)


PSEUDO_TIME = inside._pseudo_time


@pytest.mark.parametrize("start", [[0.01, 1.0], [0.05, 50.0], [-2.0, 0.0]])
def test_a_bad_start_needs_pseudo_time(monkeypatch, start):
    followed = []
    monkeypatch.setattr(inside, "_pseudo_time", lambda b, s: followed.append(s) or PSEUDO_TIME(b, s))
    system = System.from_organs([saturated])
    assert rest(system, system.parameter_vector(), np.zeros(0)) == pytest.approx([1.0, 1.0])
    assert not followed
    found = rest(system, system.parameter_vector(), np.zeros(0), np.array(start))
    assert len(followed) == 1
    assert found == pytest.approx([1.0, 1.0], rel=1e-10)
    assert at_rest(system, system.parameter_vector(), np.zeros(0), found)


def test_the_start_is_not_changed_by_the_search():
    start = BODY.start * 1.5
    before = start.copy()
    rest(BODY, PARAMETERS, BODY.input_vector(), start)
    assert np.array_equal(start, before)


# -- no rest -------------------------------------------------------------------------------------------------------


def test_without_intake_the_loss_is_named():
    with pytest.raises(NoRestError) as caught:
        rest(BODY, PARAMETERS, BODY.input_vector({"dietary_magnesium": 0.0}))
    said = str(caught.value)
    assert said.startswith(
        "no resting state: the body loses more than it gains at every level; received magnesium: gains 0/d"
    )
    assert "most of it as endogenous_magnesium_loss" in said
    assert "raise the intake" in said
    assert caught.value.exit_code == 2


class tank:
    """Salt comes at a constant rate and leaves at most at another."""

    salt = pool("mmol", of="salt", start=1.0)
    food = world("mmol", of="salt")
    sweat = world("mmol", of="salt")
    intake = given_input("mmol/d", 1.0)
    most_sweat = parameter(0.5, "mmol/d", source="toy")
    half = parameter(2.0, "mmol", source="toy")

    @flux(leaves=food, enters=salt, unit="mmol/d")
    def eating(intake):
        return intake

    @flux(leaves=salt, enters=sweat, unit="mmol/d")
    def sweating(salt, most_sweat, half):
        return most_sweat * salt / (half + salt)


def test_a_gain_that_no_loss_can_meet_is_named():
    system = System.from_organs([tank])
    assert rest(system, system.parameter_vector(), np.array([0.25])) == pytest.approx([2.0], rel=1e-12)
    with pytest.raises(NoRestError, match="the body gains more than it loses at every level") as caught:
        rest(system, system.parameter_vector(), np.array([1.0]))
    assert "salt: gains 1/d, loses" in str(caught.value)
    assert "most of it as eating" in str(caught.value)
    assert "lower the gain" in str(caught.value)


def test_a_quantity_without_rest_is_named():
    class clock:
        pace = parameter(2.0, "1/d", source="toy")

        @adapts("hour", unit="1/d", start=1.0)
        def ticking(pace):
            return pace

        @adapts("calm", unit="1/d", start=1.0)
        def calming(calm, pace):
            return -pace * calm

    system = System.from_organs([clock])
    with pytest.raises(NoRestError, match="a quantity keeps changing; received hour still changing at"):
        rest(system, system.parameter_vector(), np.zeros(0))


def test_a_start_without_a_value_is_not_taken_for_rest():
    class broken:
        pace = parameter(2.0, "1/d", source="toy")

        @adapts("level", unit="1/d", start=-1.0)
        def change(level, pace):
            return pace * log(level)

    system = System.from_organs([broken])
    with pytest.raises(NoRestError, match="received level still changing at -1"):
        rest(system, system.parameter_vector(), np.zeros(0))
    assert rest(system, system.parameter_vector(), np.zeros(0), np.array([0.9])) == pytest.approx([1.0])


def test_a_held_edge_without_a_value_is_not_taken_for_rest():
    system = BODY.cutting([("serum_magnesium_ratio", "sweat_magnesium_loss")])
    with pytest.raises(NoRestError):
        rest(system, system.parameter_vector(), system.input_vector())


# -- other bodies --------------------------------------------------------------------------------------------------


def test_a_body_without_states_rests():
    class still:
        level = parameter(1.0, "1", source="toy")
        seen = observable("1")(lambda level: level)

    system = System.from_organs([still])
    assert rest(system, system.parameter_vector(), np.zeros(0)).shape == (0,)


def test_sites_rest_each_at_its_own_level():
    four = replicate(4)

    class sites:
        pull = parameter(0.5, "1/d", source="toy", each=four)
        target = parameter(2.0, "1", source="toy", each=four)

        @adapts("level", unit="1/d", start=1.0, each=four)
        def change(level, pull, target):
            return pull * (target - level * mean(level))

    system = System.from_organs([sites])
    targets = np.array([1.0, 2.0, 3.0, 4.0])
    found = rest(system, system.parameter_vector({"target": targets}), np.zeros(0))
    assert found == pytest.approx(targets / np.sqrt(2.5), rel=1e-10)  # level x mean = target, mean squared = 2.5


def test_restlessness_is_relative_but_not_below_the_smallest_size():
    assert restlessness(np.array([0.2, -3.0]), np.array([2.0, -10.0])) == pytest.approx(0.3)
    assert restlessness(np.array([1e-6]), np.array([0.0])) == pytest.approx(1e-3)
    assert restlessness(np.zeros(0), np.zeros(0)) == 0.0
