"""The timeline: what is in force when, and stretches that tile the run."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cofactor.errors import InputError
from cofactor.regimen import TIME_RESOLUTION_DAYS, Hold, Infusions, Pulses, Rate, Regimen, Reset

INF = math.inf
HABITUAL = {"dietary_magnesium": 12.5, "supplement_magnesium": 0.0}


def test_an_empty_plan_is_one_stretch_of_habit():
    (segment,) = Regimen().segments(90.0, HABITUAL)
    assert (segment.t0, segment.t1, segment.inputs, segment.pulses) == (0.0, 90.0, HABITUAL, {})
    assert segment.inputs is not HABITUAL


def test_inputs_are_right_continuous():
    regimen = Regimen(rates=(Rate("supplement_magnesium", 10.0, 20.0, 15.0),))
    at = [regimen.inputs_at(t, HABITUAL)["supplement_magnesium"] for t in (math.nextafter(10, 0), 10, 19.99, 20)]
    assert at == [0.0, 15.0, 15.0, 0.0]


def test_the_later_hold_wins_and_rates_add_on_top():
    regimen = Regimen(
        rates=(Rate("dietary_magnesium", 0.0, INF, 1.0), Rate("dietary_magnesium", 6.0, 7.0, 2.0)),
        holds=(Hold("dietary_magnesium", 0.0, 10.0, 5.0), Hold("dietary_magnesium", 4.0, 8.0, 0.5)),
    )
    at = [regimen.inputs_at(t, HABITUAL)["dietary_magnesium"] for t in (1, 5, 6.5, 9, 11)]
    assert at == [6.0, 1.5, 3.5, 6.0, 13.5]


def test_breakpoints_are_sorted_unique_and_inside():
    regimen = Regimen(
        rates=(Rate("supplement_magnesium", 5.0, INF, 1.0), Rate("supplement_magnesium", 5.0, 400.0, 1.0)),
        holds=(Hold("dietary_magnesium", 0.0, 21.0, 0.5),),
        pulses=(Pulses("ecf_magnesium", 2.0, 3.0, 4, 7.0),),
    )
    assert regimen.breakpoints(30.0).tolist() == [0.0, 2.0, 5.0, 8.0, 11.0, 21.0, 30.0]


def test_neighbours_with_nothing_between_them_are_merged():
    regimen = Regimen(
        rates=(Rate("supplement_magnesium", 0.0, 5.0, 3.0), Rate("supplement_magnesium", 5.0, 9.0, 3.0)),
    )
    stretches = [(s.t0, s.t1, s.inputs["supplement_magnesium"]) for s in regimen.segments(12.0, HABITUAL)]
    assert stretches == [(0.0, 9.0, 3.0), (9.0, 12.0, 0.0)]


def test_pulses_split_stretches_and_add_up_in_one_pool():
    regimen = Regimen(
        pulses=(Pulses("ecf_magnesium", 1.0, 1.0, 2, 7.0), Pulses("ecf_magnesium", 2.0, 0.0, 1, 3.0)),
    )
    stretches = [(s.t0, s.t1, s.pulses) for s in regimen.segments(4.0, HABITUAL)]
    assert stretches == [(0.0, 1.0, {}), (1.0, 2.0, {"ecf_magnesium": 7.0}), (2.0, 4.0, {"ecf_magnesium": 10.0})]


def test_a_pulse_at_the_start_is_due_and_one_at_the_horizon_is_not():
    regimen = Regimen(pulses=(Pulses("ecf_magnesium", 0.0, 3.0, 2, 7.0),))
    (segment,) = regimen.segments(3.0, HABITUAL)
    assert segment.pulses == {"ecf_magnesium": 7.0}


def test_changes_a_rounding_apart_are_one_change():
    third = 0.1 + 2 * 0.1  # 0.30000000000000004
    assert third != 0.3
    regimen = Regimen(
        rates=(Rate("supplement_magnesium", 0.3, INF, 1.0),),
        pulses=(Pulses("ecf_magnesium", 0.1, 0.1, 3, 7.0),),
    )
    segments = list(regimen.segments(1.0, HABITUAL))
    assert [s.t0 for s in segments] == [0.0, 0.1, 0.2, 0.3]
    assert segments[-1].pulses == {"ecf_magnesium": 7.0}
    assert segments[-1].inputs["supplement_magnesium"] == 1.0


def test_a_change_a_rounding_before_the_horizon_makes_no_sliver():
    regimen = Regimen(
        rates=(Rate("supplement_magnesium", 1.0 - TIME_RESOLUTION_DAYS / 2, INF, 1.0),),
        pulses=(Pulses("ecf_magnesium", 1.0 - TIME_RESOLUTION_DAYS / 2, 0.0, 1, 7.0),),
    )
    (segment,) = regimen.segments(1.0, HABITUAL)
    assert (segment.t1, segment.pulses, segment.inputs["supplement_magnesium"]) == (1.0, {}, 0.0)


def test_infusions_are_inputs_while_they_run():
    regimen = Regimen(
        holds=(Hold("supplement_magnesium", 0.0, INF, 1.0),),
        infusions=(Infusions("supplement_magnesium", 1.0, 1.0, 3, 0.25, 8.0),),
    )
    stretches = [(s.t0, s.t1, s.inputs["supplement_magnesium"]) for s in regimen.segments(3.0, HABITUAL)]
    assert stretches == [(0.0, 1.0, 1.0), (1.0, 1.25, 9.0), (1.25, 2.0, 1.0), (2.0, 2.25, 9.0), (2.25, 3.0, 1.0)]
    assert len({stretch.in_force for stretch in regimen.outline(3.0)}) == 2


def test_before_the_run_there_are_the_habits_and_what_was_going_on():
    habitual = Infusions("supplement_magnesium", 0.5, 1.0, 3, 0.75, 8.0, habitual=True)
    fresh = Infusions("dietary_magnesium", 0.0, 1.0, 3, 2.0, 8.0)
    regimen = Regimen(rates=(Rate("dietary_magnesium", 0.0, 9.0, 2.0),), infusions=(habitual, fresh))
    inputs = regimen.inputs_before(HABITUAL)
    assert inputs == {"dietary_magnesium": 12.5, "supplement_magnesium": 8.0}


def test_resets_split_stretches_and_stand_beside_the_pulses_of_their_moment():
    one, other, late = Reset(2.0, ("gut",)), Reset(2.0 + TIME_RESOLUTION_DAYS / 2, to="start"), Reset(4.0)
    regimen = Regimen(pulses=(Pulses("gut", 2.0, 0.0, 1, 3.0),), resets=(late, one, other))
    stretches = [(s.t0, s.pulses, s.resets) for s in regimen.segments(4.0, HABITUAL)]
    assert stretches == [(0.0, {}, ()), (2.0, {"gut": 3.0}, (one, other))]


def test_an_unknown_input_of_infusions_is_an_error():
    with pytest.raises(InputError, match="a plan changes inputs the model has"):
        list(Regimen(infusions=(Infusions("magnesum", 0.0, 1.0, 2, 0.5, 1.0),)).segments(1.0, HABITUAL))


@pytest.mark.parametrize("horizon", [0.0, -1.0, math.nan, INF])
def test_the_horizon_is_finite_and_above_zero(horizon):
    with pytest.raises(InputError, match="finite length"):
        list(Regimen().segments(horizon, HABITUAL))


def test_an_unknown_input_is_an_error_naming_the_nearest():
    regimen = Regimen(holds=(Hold("dietary_magnesum", 0.0, 1.0, 5.0),))
    with pytest.raises(InputError) as caught:
        regimen.inputs_at(0.0, HABITUAL)
    assert caught.value.received == "dietary_magnesum"
    assert caught.value.hint == "nearest input: dietary_magnesium"


days = st.floats(0.0, 50.0, allow_nan=False)
levels = st.floats(0.0, 40.0, allow_nan=False)
windows = st.tuples(days, st.floats(0.01, 50.0)).map(lambda w: (w[0], w[0] + w[1]))
names = st.sampled_from(sorted(HABITUAL))


@st.composite
def regimens(draw):
    rates = draw(st.lists(st.tuples(names, windows, levels), max_size=4))
    holds = draw(st.lists(st.tuples(names, windows, levels), max_size=4))
    trains = draw(st.lists(st.tuples(days, st.floats(0.01, 10.0), st.integers(1, 20), levels), max_size=3))
    return Regimen(
        tuple(Rate(name, *window, level) for name, window, level in rates),
        tuple(Hold(name, *window, level) for name, window, level in holds),
        tuple(Pulses("ecf_magnesium", *train) for train in trains),
    )


@given(regimens(), st.floats(0.5, 60.0))
def test_stretches_tile_the_run_and_hold_what_is_in_force(regimen, horizon):
    segments = list(regimen.segments(horizon, HABITUAL))
    assert segments[0].t0 == 0.0
    assert segments[-1].t1 == horizon
    assert all(a.t1 == b.t0 for a, b in itertools.pairwise(segments))
    assert all(s.t1 - s.t0 > 0 for s in segments)
    for segment in segments:
        assert segment.inputs == regimen.inputs_at(0.5 * (segment.t0 + segment.t1), HABITUAL)
    given_in = sum(sum(s.pulses.values()) for s in segments)
    due = sum(train.amount for train in regimen.pulses for t in train.times() if t < horizon - TIME_RESOLUTION_DAYS)
    assert given_in == pytest.approx(due)


@given(st.floats(0.1, 40.0), st.floats(0.05, 7.0), st.integers(1, 200))
def test_a_rate_and_a_train_of_pulses_agree_in_the_average(dose, interval, count):
    """The same plan as pulses and as a rate puts the same amount in over whole intervals."""
    horizon = count * interval
    as_rate = Regimen(rates=(Rate("supplement_magnesium", 0.0, INF, dose / interval),))
    as_pulses = Regimen(pulses=(Pulses("gut_magnesium", 0.0, interval, count, dose),))
    by_rate = sum((s.t1 - s.t0) * s.inputs["supplement_magnesium"] for s in as_rate.segments(horizon, HABITUAL))
    by_pulses = sum(sum(s.pulses.values()) for s in as_pulses.segments(horizon, HABITUAL))
    assert by_rate == pytest.approx(by_pulses, rel=1e-12)
