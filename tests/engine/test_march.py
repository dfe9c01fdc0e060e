"""The fixed-step engine for replicated sites: agreement with SciPy, inputs within the day, touched states, independence."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cofactor.engine import Course, march_engine
from cofactor.errors import ModelError
from cofactor.model import System, adapts, given, maximum, mean, observable, parameter, replicate, signal, where

ORGAN = sys.modules[__name__]

SITES = replicate(7)
switch_point = parameter(0.5, "1", source="invented", each=SITES)
steepness = parameter(4.0, "1", source="invented")
speed = parameter(0.2, "1/d", source="invented")
drive = given("1", 0.0)
light = given("1", 0.0)


@signal("1")
def push(level, drive, tone, switch_point, steepness):
    """A switch read by the site from itself, the person's tone and the drive from outside."""
    x = maximum(level + drive - tone * level / 2, 0)
    return x**steepness / (x**steepness + switch_point**steepness)


@adapts("level", unit="1/d", start=1.0, each=SITES)
def level_change(push, level, speed, light):
    """The site follows its push; strong light clears it twice as fast."""
    return speed * (push - level) * where(light < 1, 1, light)


@adapts("tone", unit="1/d", start=0.0)
def tone_change(spread_out, tone, speed):
    """The person follows what the sites make on average."""
    return speed * (spread_out - tone)


@signal("1")
def spread_out(level, switch_point):
    """A total that the person reads, whose value the sites read again."""
    return mean(level * switch_point)


@adapts("scale", unit="1/d", start=0.0, each=SITES)
def scale_change(level, scale, spread_out, speed):
    """A site state that reads a total."""
    return speed * (level * spread_out - scale)


@observable("1")
def score(scale, tone):
    """Mean over sites, and the person's tone."""
    return mean(scale) + tone


def _people(system: System, people: int, days: int):
    rng = np.random.default_rng(3)
    parameters = np.tile(system.parameter_vector(), (people, 1))
    for p in range(people):
        points = np.exp(rng.normal(np.log(0.5), 0.4, SITES.count))
        parameters[p] = system.parameter_vector({"switch_point": points})
    course = Course(
        days,
        held={"drive": rng.normal(0.0, 0.1, (days, people))},
        smooth={"light": rng.uniform(1.0, 2.0, (days + 1, people))},
    )
    starts = np.tile(system.start, (people, 1))
    return starts, parameters, np.tile(system.input_vector(), (people, 1)), course


@pytest.fixture(scope="module")
def system() -> System:
    return System.from_organs([ORGAN])


def test_one_person_by_scipy(system):
    days, who = 30, 2
    starts, parameters, inputs, course = _people(system, 5, days)
    engine = march_engine(system, ("score",))
    found = engine.run(starts, parameters, inputs, course, steps_per_day=16)
    rates, y = system.rate_function(), starts[who]
    for day in range(days):

        def slope(t, y, day=day):
            first, then = course.smooth["light"][day : day + 2, who]
            u = system.input_vector({"drive": course.held["drive"][day, who], "light": first + t * (then - first)})
            return np.concatenate([np.atleast_1d(v) for v in rates(t, y, parameters[who], u)])

        y = solve_ivp(slope, (0.0, 1.0), y, method="LSODA", rtol=1e-10, atol=1e-12).y[:, -1]
    np.testing.assert_allclose(found.finals[who], y, rtol=1e-6)
    scale, tone = system.states["scale"], system.states["tone"]
    expected = y[scale.offset : scale.offset + SITES.count].mean() + y[tone.offset]
    assert found.observed[who, -1, 0] == pytest.approx(expected, rel=1e-6)
    assert found.failures == (None,) * 5


def test_halving_the_step_gains_fourth_order(system):
    starts, parameters, inputs, course = _people(system, 4, 40)
    engine = march_engine(system, ("score",))
    finals = [engine.run(starts, parameters, inputs, course, steps_per_day=n).finals for n in (1, 2, 32)]
    errors = [np.abs(f - finals[-1]).max() for f in finals[:2]]
    assert errors[1] < errors[0] / 12
    assert errors[1] < 1e-4


def test_a_day_may_have_steps_of_its_own(system):
    """A level that light clears at 5 /d: exact where the day has ten steps, and other days do not notice."""
    starts, parameters, inputs, _ = _people(system, 2, 1)
    parameters[:, system.constants["switch_point"].offset :][:, : SITES.count] = 1e9  # nothing pushes back
    light = np.ones((3, 2))
    light[1] = 25.0  # times the speed of 0.2 /d
    engine, course = march_engine(system, ("score",)), Course(3, held={"light": light})
    level = system.states["level"].offset
    found = engine.run(starts, parameters, inputs, course, steps_per_day=np.array([2, 10, 2]))
    assert found.finals[:, level] == pytest.approx(np.exp(-0.2 - 5.0 - 0.2) * starts[:, level], rel=0.005)
    coarse = engine.run(starts, parameters, inputs, course, steps_per_day=2)
    assert coarse.finals[0, level] > 50 * found.finals[0, level]
    assert np.array_equal(coarse.observed[:, :2], found.observed[:, :2])


def test_states_are_touched_at_the_start_of_their_day(system):
    starts, parameters, inputs, _ = _people(system, 2, 1)
    engine = march_engine(system, ("score",))
    keep, add = np.ones((3, 2)), np.zeros((3, 2))
    keep[1, 0], add[1, 0] = 0.0, 0.25
    course = Course(3, keep={"tone": keep}, add={"tone": add})
    found = engine.run(starts, parameters, inputs, course)
    untouched = engine.run(starts, parameters, inputs, Course(3))
    reset = starts.copy()
    reset[0] = engine.run(starts, parameters, inputs, Course(1)).finals[0]
    reset[0, system.states["tone"].offset] = 0.25
    after = engine.run(reset, parameters, inputs, Course(2))
    np.testing.assert_array_equal(found.finals[0], after.finals[0])
    np.testing.assert_array_equal(found.finals[1], untouched.finals[1])


def test_neighbours_threads_and_samples_change_no_bit(system):
    starts, parameters, inputs, course = _people(system, 21, 20)
    engine = march_engine(system, ("score",))
    whole = engine.run(starts, parameters, inputs, course, threads=1)
    assert np.array_equal(engine.run(starts, parameters, inputs, course, threads=3).finals, whole.finals)
    assert np.array_equal(engine.run(starts, parameters, inputs, course, every=5).observed, whole.observed[:, ::5])
    order = np.arange(21)[::-1]
    turned = Course(
        20,
        held={"drive": course.held["drive"][:, order]},
        smooth={"light": course.smooth["light"][:, order]},
    )
    again = engine.run(starts[order], parameters[order], inputs[order], turned)
    assert np.array_equal(again.observed[order], whole.observed)


def test_a_broken_person_fails_alone(system):
    starts, parameters, inputs, course = _people(system, 6, 20)
    parameters[4, system.constants["speed"].offset] = 1e6
    found = march_engine(system, ("score",)).run(starts, parameters, inputs, course)
    assert [reason is None for reason in found.failures] == [True, True, True, True, False, True]
    assert "not finite" in str(found.failures[4])


def test_unknown_names_and_values_of_sites_are_refused(system):
    starts, parameters, inputs, _ = _people(system, 1, 1)
    with pytest.raises(ModelError, match="lihgt"):
        march_engine(system, ("score",)).run(starts, parameters, inputs, Course(1, held={"lihgt": np.zeros((1, 1))}))
    with pytest.raises(ModelError, match="one value a person"):
        march_engine(system, ("push",))
