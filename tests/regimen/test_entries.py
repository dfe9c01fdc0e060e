"""Rates, holds and pulses refuse what could not be integrated."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cofactor.errors import InputError
from cofactor.regimen import Hold, Pulses, Rate

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
