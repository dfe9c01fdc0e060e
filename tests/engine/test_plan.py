"""A plan tiles its days in order; anything else is refused before a step is taken."""

import numpy as np
import pytest

from cofactor.engine import ACCURACIES, Accuracy, Segment
from cofactor.engine._plan import require_plan, sizes_of
from cofactor.errors import InputError

NOTHING = np.zeros(0)


def plan(*borders: tuple[float, float]) -> list[Segment]:
    return [Segment(start, stop, NOTHING) for start, stop in borders]


@pytest.mark.parametrize(
    ("segments", "times"),
    [
        (plan((0, 1)), [0, 0.5, 1]),
        (plan((0, 1)), []),
        (plan((0, 1), (1, 2), (2, 2)), [2]),
        (plan((-5, 0), (0, 3)), [-5, 3]),
        (plan((0, 0.1 * 3), (0.3, 1)), [0.3]),
        (plan((0, 0)), [0]),
    ],
)
def test_a_plan_in_order_is_taken(segments, times):
    require_plan(segments, np.asarray(times, dtype=float))


@pytest.mark.parametrize(
    ("segments", "says"),
    [
        ([], "at least one segment"),
        (
            plan((0, 1), (2, 3)),
            r"without a gap; received one stops at day 1, the next starts at day 2; at segments\[1\]",
        ),
        (plan((0, 2), (1, 3)), r"without overlap; received one stops at day 2, the next starts at day 1"),
        (plan((1, 2), (0, 1)), "without overlap.*hint: sort them by start"),
        (plan((0, 1), (1, 2), (2.1, 3)), r"segments\[2\]"),
        (plan((1, 0)), r"stops at the same or a later one; received \[1, 0\) d; at segments\[0\]"),
        (plan((0, 1), (1, 0.5)), r"at segments\[1\]"),
        (plan((0, float("nan"))), "starts at a day and stops"),
        (plan((0, float("inf"))), "starts at a day and stops"),
        (plan((float("-inf"), 0)), "starts at a day and stops"),
    ],
)
def test_a_plan_out_of_order_is_refused(segments, says):
    with pytest.raises(InputError, match=says):
        require_plan(segments, NOTHING)


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ([0, 2, 1], r"days in rising order; received \[0. 2. 1.\]; at times"),
        ([0, 1, 1], "rising order"),
        ([0, float("nan")], "rising order"),
        ([[0, 1]], "rising order"),
        ([-0.1, 1], "lie within the segments; received days -0.1 to 1 for a plan from day 0 to 3"),
        ([0, 3.5], "lie within the segments"),
    ],
)
def test_sample_times_rise_within_the_plan(times, says):
    with pytest.raises(InputError, match=says):
        require_plan(plan((0, 1), (1, 3)), np.asarray(times, dtype=float))


def test_the_absolute_tolerance_follows_the_size_of_a_state():
    sizes = sizes_of([0.0, -2.0, 1e-9, 500.0])
    assert sizes.tolist() == [1e-3, 2.0, 1e-3, 500.0]
    assert Accuracy(1e-7).absolute(sizes) == pytest.approx([1e-12, 2e-9, 1e-12, 5e-7])
    assert ACCURACIES["tight"].relative < ACCURACIES["default"].relative
