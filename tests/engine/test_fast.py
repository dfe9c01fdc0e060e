"""The fast engine: exactness, independence of neighbours, doses, jumps, failures, resting states."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cofactor.body import magnesium_body
from cofactor.engine import Accuracy, FastEngine, Rates, Segment, Timeline, fast_engine, integrate, rest, restlessness
from cofactor.errors import ModelError
from cofactor.model import System, adapts, flux, given, jump, parameter, pool, replicate, signal, world


class decay:
    """One drug leaving at a first-order rate, with an input and a depot."""

    amount = pool("mmol", of="drug")
    outside = world("mmol", of="drug")
    rate = parameter(0.7, "1/d", source="invented")
    inflow = given("mmol/d", 0.0)

    @flux(leaves=outside, enters=amount, unit="mmol/d")
    def intake(inflow):
        """What is given."""
        return inflow

    @flux(leaves=amount, enters=outside, unit="mmol/d")
    def elimination(amount, rate):
        """First-order loss."""
        return rate * amount


class thermostat:
    """A level that falls at one speed above a threshold and rises below it is no ODE; this one speeds up past it."""

    threshold = parameter(0.5, "1", source="invented")
    slow = parameter(0.1, "1/d", source="invented")
    quick = parameter(2.0, "1/d", source="invented")

    @adapts("level", unit="1/d", start=0)
    def climb(level, threshold, slow, quick):
        """Slow until the threshold, then at once twenty times quicker."""
        return jump(level < threshold, slow, quick)


class explosion:
    """dx/dt = x^2: infinite at day 1 / x0."""

    pace = parameter(1.0, "1/d", source="invented")

    @adapts("x", unit="1/d", start=1)
    def growth(x, pace):
        """Hyperbolic growth."""
        return pace * x * x


class seasons:
    """dx/dt = time: a rate that depends on the clock."""

    per_day = parameter(1.0, "1/d/d", source="invented")

    @adapts("x", unit="1/d", start=0)
    def growth(time, per_day):
        """Grows with the day."""
        return time * per_day


def line(edges, times, *, doses=None, rows=None, size=1, amounts=None) -> Timeline:
    count = len(edges) - 1
    which = np.full(count, -1) if doses is None else np.asarray(doses)
    table = np.zeros((1, size)) if amounts is None else np.asarray(amounts, dtype=float)
    chosen = np.zeros(count, dtype=int) if rows is None else np.asarray(rows)
    times = np.asarray(times, dtype=float)
    before = np.maximum(np.searchsorted(edges, times, side="left") - 1, 0)
    return Timeline(np.asarray(edges, dtype=float), chosen, which, table, times, chosen[before])


def one(engine: FastEngine, timeline: Timeline, *, start=None, inputs=None, accuracy="default", people=1, **options):
    system = engine.system
    starts = np.repeat((system.start if start is None else np.asarray(start, dtype=float))[None], people, axis=0)
    rows = np.atleast_2d(system.input_vector() if inputs is None else inputs)
    return engine.run(
        starts, np.repeat(system.parameter_vector()[None], people, axis=0), np.repeat(rows[None], people, axis=0),
        timeline, accuracy=accuracy, **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def drug() -> FastEngine:
    return FastEngine(System.from_organs([decay]), accounts=("elimination",))


@pytest.fixture(scope="module")
def magnesium() -> FastEngine:
    return fast_engine(magnesium_body())


def crowd(engine: FastEngine, people: int, seed: int = 0):
    """People around the reference adult, at rest, all with the same diet."""
    system = engine.system
    draw = np.random.default_rng(seed)
    parameters = np.repeat(system.parameter_vector()[None], people, axis=0)
    for name in ("thick_limb_capacity", "dct_capacity", "magnesium_pump_maximum", "baseline_filtration_rate"):
        parameters[:, system.constants[name].offset] *= np.exp(0.05 * draw.standard_normal(people))
    habits = np.repeat(system.input_vector()[None], people, axis=0)
    states, calm = engine.settle(np.repeat(system.start[None], people, axis=0), parameters, habits)
    assert np.all(calm < 1e-10)
    return states, parameters, habits


def test_exponential_decay_is_exact_to_its_tolerance(drug):
    times = np.linspace(0, 10, 41)
    for accuracy, within in ((Accuracy(1e-4), 1e-4), (Accuracy(1e-8), 1e-8)):
        swarm = one(drug, line([0, 10], times), start=[3.0], accuracy=accuracy)
        assert np.allclose(swarm.samples[0, :, 0], 3 * np.exp(-0.7 * times), rtol=within, atol=within)


def test_accounts_close_the_books_to_rounding(drug):
    edges = np.arange(0, 11.0)
    swarm = one(drug, line(edges, edges, doses=np.zeros(10, int), amounts=[[2.0]]))
    left, gone = swarm.finals[0]
    assert left + gone == pytest.approx(20.0, rel=1e-12)


def test_ten_years_of_daily_doses_are_counted_exactly(drug):
    edges = np.arange(0, 3651.0)
    swarm = one(drug, line(edges, [3650.0], doses=np.zeros(3650, int), amounts=[[1.0]]))
    left, gone = swarm.finals[0]
    assert left + gone == pytest.approx(3650.0, rel=1e-11)
    # steady state just before the next dose: 1 / (e^k - 1)
    assert left == pytest.approx(1 / math.expm1(0.7), rel=2e-4)


def test_doses_every_four_and_a_half_hours_fall_where_they_should(drug):
    edges = np.append(np.arange(0, 32) * 4.5 / 24, 6.0)
    swarm = one(drug, line(edges, [6.0], doses=np.zeros(len(edges) - 1, int), amounts=[[1.0]]), accuracy="tight")
    expected = sum(math.exp(-0.7 * (6 - t)) for t in edges[:-1])
    assert swarm.finals[0, 0] == pytest.approx(expected, rel=1e-7)


def test_a_sample_at_a_dose_shows_the_body_before_it(drug):
    swarm = one(drug, line([0, 1, 2], [0.0, 1.0, 2.0], doses=[0, 0], amounts=[[5.0]]), accuracy="tight")
    after_one = 5 * math.exp(-0.7)
    assert swarm.samples[0, :, 0] == pytest.approx(
        [0.0, after_one, (after_one + 5) * math.exp(-0.7)], rel=1e-7, abs=1e-12
    )


def test_rates_change_with_the_rows_of_inputs(drug):
    rows = np.array([[0.0], [7.0]])  # nothing, then 7 mmol/d
    swarm = one(drug, line([0, 1, 11], [1.0, 11.0], rows=[0, 1]), inputs=rows, accuracy="tight")
    assert swarm.samples[0, 0, 0] == 0.0
    assert swarm.samples[0, 1, 0] == pytest.approx(10 * -math.expm1(-7.0), rel=1e-7)


def test_a_jump_is_met_where_it_happens():
    engine = FastEngine(System.from_organs([thermostat]))
    times = [4.999, 5.0, 5.001, 6.0]
    swarm = one(engine, line([0, 6], times))
    assert swarm.samples[0, :, 0] == pytest.approx([0.4999, 0.5, 0.502, 2.5], abs=1e-9)
    assert swarm.steps[0] < 60


def test_the_clock_is_part_of_the_rates():
    engine = FastEngine(System.from_organs([seasons]))
    swarm = one(engine, line([0, 2, 4], [1.0, 3.0, 4.0]))
    assert swarm.samples[0, :, 0] == pytest.approx([0.5, 4.5, 8.0], rel=1e-10)


def test_a_person_who_explodes_fails_alone_with_a_reason():
    engine = FastEngine(System.from_organs([explosion]))
    system, people = engine.system, 6
    starts = np.full((people, 1), 0.1)
    starts[2] = 1.0  # infinite at day 1
    swarm = engine.run(
        starts,
        np.repeat(system.parameter_vector()[None], people, axis=0),
        np.zeros((people, 1, 0)),
        line([0, 5], [0.5, 4.0]),
    )
    assert swarm.failures[2] is not None
    assert "day 1" in swarm.failures[2] or "day 0.9" in swarm.failures[2]
    assert np.isfinite(swarm.samples[2, 0, 0])  # what was reached is kept
    assert np.isnan(swarm.samples[2, 1, 0])
    assert [f for i, f in enumerate(swarm.failures) if i != 2] == [None] * 5
    assert np.allclose(swarm.samples[[0, 1, 3, 4, 5], 1, 0], 0.1 / (1 - 0.4), rtol=1e-4)


def plan(system) -> tuple[Timeline, np.ndarray]:
    """Thirty days of an empty diet, magnesium into a vein on days 10 and 20, then the usual diet."""
    edges = np.array([0.0, 10.0, 20.0, 30.0, 60.0])
    dose = np.zeros((1, system.size))
    dose[0, system.states["ecf_magnesium"].offset] = 5.0
    rows = np.array([system.input_vector({"dietary_magnesium": 0.5}), system.input_vector()])
    return line(edges, np.arange(0, 61.0), doses=[-1, 0, 0, -1], rows=[0, 0, 0, 1], amounts=dose), rows


def test_results_do_not_depend_on_neighbours_threads_or_order(magnesium):
    states, parameters, _ = crowd(magnesium, 13)
    timeline, rows = plan(magnesium.system)
    inputs = np.repeat(rows[None], 13, axis=0)
    whole = magnesium.run(states, parameters, inputs, timeline, threads=1)
    for threads in (2, 3):
        again = magnesium.run(states, parameters, inputs, timeline, threads=threads)
        assert np.array_equal(whole.samples, again.samples)
    order = np.random.default_rng(1).permutation(13)
    mixed = magnesium.run(states[order], parameters[order], inputs, timeline)
    assert np.array_equal(whole.samples[order], mixed.samples)
    alone = magnesium.run(states[5:6], parameters[5:6], inputs[:1], timeline)
    assert np.array_equal(whole.samples[5], alone.samples[0])


def test_results_do_not_depend_on_the_output_grid(magnesium):
    timeline, rows = plan(magnesium.system)
    coarse = line(timeline.edges, [30.0, 60.0], doses=timeline.doses, rows=timeline.rows, amounts=timeline.amounts)
    start = magnesium.system.start
    fine = one(magnesium, timeline, start=start, inputs=rows)
    few = one(magnesium, coarse, start=start, inputs=rows)
    assert np.array_equal(fine.samples[0, [30, 60]], few.samples[0])
    assert fine.steps[0] == few.steps[0]


def test_it_agrees_with_the_reference_engine(magnesium):
    system = magnesium.system
    timeline, rows = plan(system)
    parameters = system.parameter_vector()
    start = rest(system, parameters, system.input_vector())
    amount = {"ecf_magnesium": 5.0}
    doses = [{}, amount, amount, {}]
    segments = [
        Segment(a, b, rows[r], d)
        for a, b, r, d in zip(timeline.edges[:-1], timeline.edges[1:], timeline.rows, doses, strict=True)
    ]
    oracle = integrate(system, parameters, start, segments, timeline.times, list(system.states), accuracy="tight")
    truth = np.array([oracle.values[name] for name in system.states]).T
    for accuracy, within in (("default", 2e-4), ("tight", 1e-6)):
        swarm = one(magnesium, timeline, start=start, inputs=rows, accuracy=accuracy)
        assert np.max(np.abs(swarm.samples[0] / truth - 1)) <= within


def test_halving_the_tolerance_moves_nothing_by_a_thousandth(magnesium):
    timeline, rows = plan(magnesium.system)
    a = one(magnesium, timeline, inputs=rows, accuracy=Accuracy(1e-4)).samples
    b = one(magnesium, timeline, inputs=rows, accuracy=Accuracy(5e-5)).samples
    assert np.max(np.abs(a / b - 1)) < 1e-3


def test_observables_are_those_of_the_equations(magnesium):
    system = magnesium.system
    timeline, rows = plan(system)
    names = ["urine_magnesium", "fractional_magnesium_absorption", "body_magnesium"]
    swarm = one(magnesium, timeline, inputs=rows, observables=names)
    for sample, day in ((15, 15), (45, 45)):
        values = Rates(system, system.parameter_vector(), rows[timeline.sample_rows[sample]]).values(
            names, swarm.samples[0, sample]
        )
        assert timeline.times[sample] == day
        assert swarm.observed[0, sample] == pytest.approx(values, rel=1e-12)


def test_no_pool_goes_below_zero(magnesium):
    system = magnesium.system
    rows = np.array([system.input_vector({"dietary_magnesium": 0.0})])
    swarm = one(magnesium, line([0, 400], np.arange(0, 401.0)), inputs=rows)
    assert swarm.failures == (None,)
    assert swarm.samples.min() >= 0


def test_a_crowd_rests_as_each_would_alone(magnesium):
    states, parameters, habits = crowd(magnesium, 11, seed=3)
    for i in (0, 4, 10):
        alone = rest(magnesium.system, parameters[i], habits[i])
        assert states[i] == pytest.approx(alone, rel=1e-9)
        body = Rates(magnesium.system, parameters[i], habits[i])
        assert restlessness(body(states[i]), states[i]) < 1e-10


def test_who_cannot_rest_is_not_called_resting(magnesium):
    system = magnesium.system
    habits = system.input_vector({"dietary_magnesium": 0.0})[None]
    _, calm = magnesium.settle(system.start[None], system.parameter_vector()[None], habits)
    assert not calm[0] <= 1e-10


@pytest.mark.parametrize("width", [1, 2, 8])
def test_any_number_of_lanes_gives_the_same_body(width):
    engine = FastEngine(magnesium_body(), width=width)
    timeline, rows = plan(engine.system)
    swarm = one(engine, timeline, inputs=rows, people=3)
    usual = one(fast_engine(magnesium_body()), timeline, inputs=rows, people=3)
    assert np.array_equal(swarm.samples, usual.samples)


def test_replicated_sites_are_refused_by_name():
    class plaques:
        sites = replicate(3)
        pace = parameter(1.0, "1/d", source="invented")

        @adapts("severity", unit="1/d", each=sites)
        def growth(severity, pace):
            """Decay."""
            return -pace * severity

    with pytest.raises(ModelError, match="replicated sites"):
        FastEngine(System.from_organs([plaques]))


def test_a_jump_needs_a_plain_comparison():
    class odd:
        pace = parameter(1.0, "1/d", source="invented")

        @signal("1")
        def half(x):
            """Half."""
            return x / 2

        @adapts("x", unit="1/d", start=1)
        def growth(x, half, pace):
            """A number where a comparison is due."""
            return jump(half, pace, -pace)

    with pytest.raises(ModelError, match="plain comparison"):
        FastEngine(System.from_organs([odd]))
