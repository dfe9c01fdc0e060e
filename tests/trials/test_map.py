"""Maps and courses of many bodies in one call: the same numbers as one at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cofactor.body import adult
from cofactor.engine import Segment, integrate, rest
from cofactor.errors import InputError
from cofactor.trials import Axis, cell_map, follow_all

DOSES = Axis("supplement_vitamin_d3", tuple(np.linspace(0, 1800, 10)), "plan")
INTAKES = Axis("dietary_calcium", tuple(np.linspace(12, 48, 11)), "habit")


def test_a_cell_is_the_person_it_says():
    found = cell_map(adult(), DOSES, INTAKES, [30.0, 60.0], ["serum_calcium", "serum_25ohd"])
    assert found.failures == {}
    assert found.at("serum_calcium", 60.0).shape == (10, 11)
    system, i, k = adult(), 7, 8
    habits = {"dietary_calcium": INTAKES.values[k]}
    inputs = system.input_vector({**habits, "supplement_vitamin_d3": DOSES.values[i]})
    start = rest(system, system.parameter_vector(), system.input_vector(habits))
    run = integrate(
        system, system.parameter_vector(), start, [Segment(0.0, 60.0, inputs, {})], np.array([30.0, 60.0]),
        ["serum_calcium", "serum_25ohd"],
    )  # fmt: skip
    for name in run.values:
        assert [found.at(name, day)[i, k] for day in (30.0, 60.0)] == pytest.approx(run.values[name], rel=1e-3)


def test_the_plan_begins_at_day_nought_and_habits_before():
    found = cell_map(adult(), DOSES, INTAKES, [60.0], ["serum_calcium"])
    before = found.at("serum_calcium", 0.0)
    assert np.ptp(before, axis=0) == pytest.approx(0.0, abs=1e-9)  # the dose changes nothing before it is given
    assert np.all(np.diff(before, axis=1) > 0)  # calcium intake does
    assert np.all(np.diff(found.at("serum_calcium", 60.0), axis=0) > 0)


def test_a_parameter_can_be_a_side():
    kidneys = Axis("baseline_filtration_rate", tuple(np.linspace(60, 173, 10)), "parameter")
    found = cell_map(adult(), kidneys, DOSES, [60.0], ["gfr"])
    assert found.at("gfr", 0.0)[:, 0] == pytest.approx(np.array(kidneys.values) / 1.44, rel=1e-6)


def test_whoever_has_no_rest_is_named_and_empty():
    course = follow_all(adult(), [{}, {}], [{}, {"dietary_magnesium": 0.0}], [(5.0, [{}, {}])], [0.0, 5.0], ["gfr"])
    assert course.failures == (None, "no resting state")
    assert np.isfinite(course.values["gfr"][0]).all()
    assert np.isnan(course.values["gfr"][1]).all()


def test_a_map_of_a_few_cells_is_refused():
    with pytest.raises(InputError, match="at least 10 values; received 3 of dietary_calcium"):
        cell_map(adult(), DOSES, replace(INTAKES, values=(12.0, 24.0, 36.0)), [1.0], ["gfr"])


def test_days_nobody_asked_for_and_lists_that_do_not_match_are_refused():
    found = cell_map(adult(), DOSES, INTAKES, [1.0], ["gfr"])
    with pytest.raises(InputError, match="received day 2"):
        found.at("gfr", 2.0)
    with pytest.raises(InputError, match="own habits"):
        follow_all(adult(), [{}, {}], [{}], [(1.0, [{}, {}])], [1.0], ["gfr"])
    with pytest.raises(InputError, match="follow each other"):
        follow_all(adult(), [{}], [{}], [(2.0, [{}]), (1.0, [{}])], [1.0], ["gfr"])
    with pytest.raises(InputError, match="shows as many values"):
        cell_map(adult(), replace(DOSES, shown=(1.0,)), INTAKES, [1.0], ["gfr"])
