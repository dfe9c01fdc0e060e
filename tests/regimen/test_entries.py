"""Rates, holds and pulses refuse what could not be integrated."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cofactor.errors import InputError
from cofactor.regimen import Hold, Infusions, Pulses, Rate, Regimen, Reset, piecewise

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize("entry", [Rate, Hold])
@pytest.mark.parametrize(
    ("start", "stop", "amount", "rule"),
    [
        (0.0, 10.0, -1.0, "finite and not negative"),
        (0.0, 10.0, NAN, "finite and not negative"),
        (0.0, 10.0, INF, "finite and not negative"),
        (NAN, 10.0, 1.0, "finite and not before day 0"),
        (-1.0, 10.0, 1.0, "finite and not before day 0"),
        (INF, INF, 1.0, "finite and not before day 0"),
        (0.0, NAN, 1.0, "ends after it starts"),
        (5.0, 5.0, 1.0, "ends after it starts"),
        (5.0, 4.0, 1.0, "ends after it starts"),
    ],
)
def test_windows_and_levels_are_checked(entry, start, stop, amount, rule):
    with pytest.raises(InputError) as caught:
        entry("supplement_magnesium", start, stop, amount)
    assert rule in caught.value.rule
    assert caught.value.received is not None
    assert "supplement_magnesium" in str(caught.value.where)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("first", "interval", "count", "amount", "rule"),
    [
        (-1.0, 1.0, 3, 1.0, "not before day 0"),
        (NAN, 1.0, 3, 1.0, "not before day 0"),
        (0.0, 0.0, 3, 1.0, "apart by a finite time"),
        (0.0, -1.0, 3, 1.0, "apart by a finite time"),
        (0.0, NAN, 3, 1.0, "apart by a finite time"),
        (0.0, 1.0, 0, 1.0, "whole number"),
        (0.0, 1.0, 2.5, 1.0, "whole number"),
        (0.0, 1.0, True, 1.0, "whole number"),
        (0.0, 1.0, 3, -1.0, "not negative"),
        (0.0, 1.0, 3, NAN, "not negative"),
    ],
)
def test_trains_are_checked(first, interval, count, amount, rule):
    with pytest.raises(InputError, match="Pulses into ecf_magnesium") as caught:
        Pulses("ecf_magnesium", first, interval, count, amount)
    assert rule in caught.value.rule


def test_pulse_times_are_multiples_not_sums():
    times = Pulses("gut", 0.1, 0.1, 10_000, 1.0).times()
    expected = [0.1 + k * 0.1 for k in range(10_000)]
    assert times.tolist() == expected
    running = 0.1
    for _ in range(9_999):
        running += 0.1
    assert times[-1] != running  # the sum has drifted: this is what the rule is for


def test_one_pulse_needs_no_interval():
    assert np.array_equal(Pulses("ecf_magnesium", 2.0, 0.0, 1, 7.0).times(), [2.0])


def test_entries_are_immutable():
    rate = Rate("supplement_magnesium", 0.0, INF, 1.0)
    with pytest.raises(AttributeError):
        rate.amount = 2.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"duration": 0.0}, "lasts a finite time"),
        ({"duration": INF}, "lasts a finite time"),
        ({"amount": -1.0}, "not negative"),
        ({"interval": 0.0}, "apart by a finite time"),
        ({"count": 0}, "whole number"),
        ({"first": -0.1}, "not before day 0"),
        ({"habitual": True, "first": 1.0}, "within one interval of day 0"),
        ({"habitual": True, "first": 1.0 - 1e-10}, "within one interval of day 0"),
    ],
)
def test_infusions_are_checked(changes, rule):
    good = {"given": "magnesium_infusion", "first": 0.5, "interval": 1.0, "count": 3, "duration": 0.2, "amount": 9.0}
    Infusions(**good)
    with pytest.raises(InputError, match="Infusions of magnesium_infusion") as caught:
        Infusions(**{**good, **changes})
    assert rule in caught.value.rule


def test_a_habitual_train_needs_an_interval_and_its_own_first_dose():
    with pytest.raises(InputError, match="apart by a finite time"):
        Pulses("gut", 0.0, 0.0, 1, 1.0, habitual=True)
    with pytest.raises(InputError, match=r"the one at day 0\.3 belongs to the train too"):
        Pulses("gut", 1.3, 0.5, 4, 1.0, habitual=True)
    assert Pulses("gut", 0.3, 0.5, 1, 1.0, habitual=True).times().tolist() == [0.3]


def test_infusions_begun_before_the_run_still_run():
    train = Infusions("infusion", 0.25, 1.0, 2, 2.5, 3.0, habitual=True)
    starts, stops = train.windows()
    assert starts.tolist() == [-1.75, -0.75, 0.25, 1.25]
    assert (stops - starts).tolist() == [2.5] * 4
    assert [train.running(day) for day in (0.0, 0.25, 0.74, 0.75, 1.75, 2.75, 3.75)] == [2, 3, 3, 2, 2, 1, 0]
    assert train.running_before_the_run() == 2
    fresh = Infusions("infusion", 0.25, 1.0, 2, 2.5, 3.0)
    assert [fresh.running(day) for day in (0.0, 0.25, 1.25, 2.75, 3.75)] == [0, 1, 2, 1, 0]
    assert fresh.running_before_the_run() == 0


@pytest.mark.parametrize(
    ("intervals", "period"),
    [((1.0,), 1.0), ((0.3141,), 0.3141), ((1.0, 7.0), 7.0), ((0.1875, 1.0), 3.0), ((1 / 3, 0.5), 1.0)],
)
def test_trains_come_round_together(intervals, period):
    trains = tuple(Pulses("gut", 0.0, interval, 5, 1.0, habitual=True) for interval in intervals)
    cycle = Regimen(pulses=(*trains, Pulses("gut", 0.0, 2.0, 5, 9.0))).cycle()
    assert cycle is not None
    assert cycle[0] == pytest.approx(period, rel=1e-14)
    assert [train.count for train in cycle[1].pulses] == [round(period / interval) for interval in intervals]


def test_trains_that_never_meet_have_no_cycle():
    trains = [Pulses("gut", 0.0, interval, 5, 1.0, habitual=True) for interval in (1.0, 0.31415926)]
    with pytest.raises(InputError, match="come round together"):
        Regimen(pulses=tuple(trains)).cycle()
    assert Regimen(pulses=(Pulses("gut", 0.0, 1.0, 5, 1.0),)).cycle() is None


@pytest.mark.parametrize(("day", "to", "rule"), [(-1.0, "zero", "not before day 0"), (1.0, "one", "zero, start")])
def test_resets_are_checked(day, to, rule):
    with pytest.raises(InputError, match=rule):
        Reset(day, ("gut",), to)


def test_a_piecewise_rate_is_its_steps():
    assert piecewise("intake", [0, 2], [1.0, 3.0], stop=5) == (Rate("intake", 0, 2, 1.0), Rate("intake", 2, 5, 3.0))
    assert piecewise("intake", [4], [1.0]) == (Rate("intake", 4, INF, 1.0),)
    for days, amounts, stop in (([0, 2], [1.0], INF), ([], [], INF), ([2, 0], [1, 1], INF), ([0, 2], [1, 1], 2)):
        with pytest.raises(InputError, match="piecewise rate of intake"):
            piecewise("intake", days, amounts, stop=stop)
    with pytest.raises(InputError, match="not negative"):
        piecewise("intake", [0, 2], [1.0, -3.0])
