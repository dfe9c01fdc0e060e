"""Doses as modellers rely on them, in both engines, against values worked out by hand for one compartment."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from cofactor.engine import ACCURACIES, FAST_ACCURACIES, FastEngine, fast_engine, integrate, rest
from cofactor.errors import ModelError
from cofactor.model import System, adapts, flux, given, parameter, pool, world
from cofactor.regimen import Hold, Infusions, Pulses, Rate, Regimen, Reset, piecewise
from cofactor.run._layout import input_rows, segments_of, snapped, timeline_of
from cofactor.run._rhythm import steady_fast, steady_reference

INF = math.inf
HOUR = 1 / 24
K = 0.7


class decay:
    """One drug leaving at a first-order rate, with an input."""

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


class jar:
    """What is put in stays: a counter of doses."""

    kept = pool("mmol", of="drug")
    shelf = world("mmol", of="drug")
    nothing = parameter(0.0, "mmol/d", source="invented")

    @flux(leaves=shelf, enters=kept, unit="mmol/d")
    def filling(nothing):
        """Nothing flows."""
        return nothing


class store:
    """Blood with a slow store and saturable loss, and a level that adapts over weeks."""

    blood = pool("mmol", of="salt", start=2.0)
    depot = pool("mmol", of="salt", start=5.0)
    food = world("mmol", of="salt")
    urine = world("mmol", of="salt")
    eaten = given("mmol/d", 1.0)
    into = parameter(0.6, "1/d", source="invented")
    out = parameter(0.01, "1/d", source="invented")
    capacity = parameter(4.0, "mmol/d", source="invented")
    half = parameter(6.0, "mmol", source="invented")
    pace = parameter(0.02, "1/d", source="invented")

    @flux(leaves=food, enters=blood, unit="mmol/d")
    def eating(eaten):
        """What is eaten."""
        return eaten

    @flux(leaves=blood, enters=depot, unit="mmol/d")
    def storing(blood, depot, into, out):
        """To and fro."""
        return into * blood - out * depot

    @flux(leaves=blood, enters=urine, unit="mmol/d")
    def loss(blood, capacity, half, memory):
        """Saturable, quicker where the memory is higher."""
        return memory * capacity * blood / (half + blood)

    @adapts("memory", unit="1/d", start=1)
    def learning(memory, blood, half, pace):
        """Follows the blood over weeks."""
        return pace * (1 + blood / half - memory)


DECAY, JAR, STORE = (System.from_organs([organ]) for organ in (decay, jar, store))


def habits(system: System) -> dict[str, float]:
    return {name: given.value for name, given in system.inputs.items()}


def by_reference(system: System, regimen: Regimen, times, outputs, accuracy="tight") -> dict[str, np.ndarray]:
    usual, parameters = habits(system), system.parameter_vector()
    resting = rest(system, parameters, system.input_vector(usual))
    start, reason = steady_reference(system, regimen, parameters, usual, resting)
    assert reason is None
    segments = segments_of(regimen, usual, times[-1], system, start)
    moments = snapped(np.asarray(times, dtype=float), np.array([0.0, *(s.stop for s in segments)]))
    before = system.input_vector(regimen.inputs_before(usual))
    path = integrate(system, parameters, start, segments, moments, outputs, before=before, accuracy=accuracy)
    assert path.failure is None
    return {**path.values, **{f"total_{name}": account for name, account in path.accounts.items()}}


def by_machine(
    system: System, regimen: Regimen, times, outputs, accuracy="tight", people=1, **options
) -> dict[str, np.ndarray]:
    engine: FastEngine = fast_engine(system, tuple(system.movements))
    parameters = np.repeat(system.parameter_vector()[None], people, axis=0)
    usual = [habits(system)] * people
    resting = np.repeat(rest(system, parameters[0], system.input_vector(usual[0]))[None], people, axis=0)
    starts, reasons = steady_fast(engine, regimen, parameters, usual, resting)
    assert reasons == [None] * people
    timeline, moments = timeline_of(regimen, np.asarray(times, dtype=float), system)
    inputs = input_rows(regimen, usual, moments, system)
    swarm = engine.run(starts, parameters, inputs, timeline, accuracy=accuracy, **options)
    assert swarm.failures == (None,) * people
    rows = swarm.samples[0].T
    places = {name: state.offset for name, state in system.states.items()}
    totals = {f"total_{name}": rows[system.size + k] for k, name in enumerate(system.movements)}
    return {**{name: rows[places[name]] for name in outputs if name in places}, **totals}


ENGINES = pytest.mark.parametrize("run", [by_reference, by_machine], ids=["reference", "fast"])


def close(found, due, within: float = 2e-7) -> None:
    assert np.allclose(found, due, rtol=within, atol=within * float(np.max(np.abs(due))))


# -- counting ---------------------------------------------------------------------------------------------------------


@ENGINES
def test_ten_years_of_daily_doses_are_counted_exactly(run):
    count = 3650
    times = [0.5, 1.0, 1.5, 1000.0, 1000.5, count - 0.5, float(count)]
    regimen = Regimen(pulses=(Pulses("kept", 0.0, 1.0, count, 1.0),))
    kept = run(JAR, regimen, times, ["kept"], accuracy="default")["kept"]
    assert kept.tolist() == [1.0, 1.0, 2.0, 1000.0, 1001.0, 3650.0, 3650.0]


@ENGINES
def test_every_four_and_a_half_hours_is_exactly_that(run):
    interval = 4.5 * HOUR
    regimen = Regimen(pulses=(Pulses("kept", 0.0, interval, 64, 1.0),))
    days = np.arange(1, 13)  # 16 doses in 3 days: a moment before and after each day's last one due
    times = np.sort(np.concatenate([days - 1e-6, days + 1e-6]))
    kept = run(JAR, regimen, times, ["kept"], accuracy="default")["kept"]
    due = [min(math.floor(t / interval) + 1, 64) for t in times]
    assert np.allclose(kept, due, rtol=0, atol=1e-12)  # a sample within a step is interpolated: rounding, no dose


@ENGINES
def test_a_sample_at_the_time_of_a_dose_shows_the_body_before_it(run):
    """The side is stated: before reset and dose, under the inputs of the stretch before."""
    regimen = Regimen(
        pulses=(Pulses("amount", 0.0, 1.0, 3, 5.0),), resets=(Reset(2.0),), rates=(Rate("inflow", 1.0, INF, 2.0),)
    )
    found = run(DECAY, regimen, [0.0, 1.0, 2.0, 2.0 + 1e-6], ["amount", "intake"])
    at_1 = 5 * math.exp(-K)
    at_2 = (at_1 + 5) * math.exp(-K) + 2 / K * (1 - math.exp(-K))
    close(found["amount"], [0.0, at_1, at_2, 5.0], 2e-6)
    if run is by_reference:
        assert found["intake"].tolist() == [0.0, 0.0, 2.0, 2.0]


# -- steady states ----------------------------------------------------------------------------------------------------

TAU, DOSE = 0.5, 3.0
TROUGH = DOSE * math.exp(-K * TAU) / (1 - math.exp(-K * TAU))
PHASES = np.array([0.0, 0.1, 0.25, 0.4999])


@ENGINES
def test_steady_state_of_doses(run):
    regimen = Regimen(pulses=(Pulses("amount", 0.0, TAU, 20, DOSE, habitual=True),))
    times = np.concatenate([PHASES, PHASES + 7 * TAU])
    due = [TROUGH if phase == 0 else (TROUGH + DOSE) * math.exp(-K * phase) for phase in PHASES]
    close(run(DECAY, regimen, times, ["amount"])["amount"], [*due, *due])


@ENGINES
@pytest.mark.parametrize("lag", [0.2, 0.7, 1.2])  # shorter and longer than the interval
def test_steady_state_with_a_lag_is_the_train_shifted(run, lag):
    first = math.fmod(lag, TAU)
    regimen = Regimen(pulses=(Pulses("amount", first, TAU, 6, DOSE, habitual=True),))
    since = TAU - first  # at day 0, since the last one arrived
    before = DOSE / (1 - math.exp(-K * TAU)) * math.exp(-K * since)
    times = [0.0, 0.1, first, first + 0.1]
    due = [before, before * math.exp(-K * 0.1), TROUGH, (TROUGH + DOSE) * math.exp(-K * 0.1)]
    close(run(DECAY, regimen, times, ["amount"])["amount"], due)


@ENGINES
def test_steady_state_of_infusions(run):
    """Rate R for T of every TAU: what a dose train does, each dose smeared over T."""
    over, level = 0.1, 30.0
    regimen = Regimen(infusions=(Infusions("inflow", 0.0, TAU, 6, over, level, habitual=True),))
    low = level / K * (1 - math.exp(-K * over)) * math.exp(-K * (TAU - over)) / (1 - math.exp(-K * TAU))
    top = low * math.exp(-K * over) + level / K * (1 - math.exp(-K * over))
    times = [0.0, over, 0.3, TAU, TAU + over]
    close(run(DECAY, regimen, times, ["amount"])["amount"], [low, top, top * math.exp(-K * 0.2), low, top])


@ENGINES
def test_steady_state_of_infusions_that_overlap_and_lag(run):
    """Each lasts longer than the interval, so one begun before day 0 still runs: the sum of what every one left."""
    over, level, lag = 0.8, 2.0, 0.15
    regimen = Regimen(infusions=(Infusions("inflow", lag, TAU, 4, over, level, habitual=True),))

    def left_by(age: float) -> float:
        if age < 0:
            return 0.0
        return level / K * (1 - math.exp(-K * min(age, over))) * math.exp(-K * max(age - over, 0.0))

    times = np.array([0.0, 0.1, 0.3, 0.45, 0.9])
    due = [sum(left_by(t - lag + j * TAU) for j in range(-4, 400)) for t in times]
    close(run(DECAY, regimen, times, ["amount"])["amount"], due)


@ENGINES
def test_trains_of_different_rhythm_have_a_common_steady_state(run):
    regimen = Regimen(
        pulses=(
            Pulses("amount", 0.0, 4.5 * HOUR, 4, 1.0, habitual=True),
            Pulses("amount", 0.25, 1.0, 1, 5.0, habitual=True),
        )
    )

    def trough(dose: float, interval: float, since: float) -> float:
        return dose * math.exp(-K * since) / (1 - math.exp(-K * interval))

    due = trough(1.0, 4.5 * HOUR, 4.5 * HOUR) + trough(5.0, 1.0, 0.75)
    close(run(DECAY, regimen, [0.0, 0.1], ["amount"])["amount"][:1], [due])


@ENGINES
def test_the_steady_state_of_a_body_with_stores_is_where_years_of_doses_lead(run):
    daily = Regimen(pulses=(Pulses("blood", 0.25, 1.0, 10, 2.0, habitual=True),))
    begun = run(STORE, daily, [0.0, 5.0], ["blood", "depot", "memory"])
    years = Regimen(pulses=(Pulses("blood", 0.25, 1.0, 3000, 2.0),))
    led = by_machine(STORE, years, [3000.0, 3005.0], ["blood", "depot", "memory"], accuracy="default")
    for name in ("blood", "depot", "memory"):
        assert begun[name][0] == pytest.approx(led[name][0], rel=2e-4), name
        assert begun[name][1] == pytest.approx(begun[name][0], rel=2e-7), name


def test_doses_without_a_steady_state_say_so():
    regimen = Regimen(pulses=(Pulses("kept", 0.0, 1.0, 1, 1.0, habitual=True),))
    _, reason = steady_reference(JAR, regimen, JAR.parameter_vector(), {}, np.zeros(1))
    assert reason is not None
    assert "no steady state of the doses" in reason
    assert "kept" in reason


def test_the_steady_state_of_a_person_does_not_depend_on_neighbours_order_or_threads():
    engine = fast_engine(STORE)
    regimen = Regimen(pulses=(Pulses("blood", 0.25, 1.0, 10, 2.0, habitual=True),))
    parameters = np.repeat(STORE.parameter_vector()[None], 11, axis=0)
    parameters[:, STORE.constants["capacity"].offset] *= np.linspace(0.9, 2.0, 11)
    usual = [habits(STORE)] * 11
    resting = np.array([rest(STORE, p, STORE.input_vector()) for p in parameters])
    together, _ = steady_fast(engine, regimen, parameters, usual, resting)
    order = np.random.default_rng(3).permutation(11)
    shuffled, _ = steady_fast(engine, regimen, parameters[order], usual, resting[order])
    alone, _ = steady_fast(engine, regimen, parameters[7:8], usual[:1], resting[7:8])
    assert np.array_equal(together[order], shuffled)
    assert np.array_equal(together[7:8], alone)
    assert len(np.unique(together[:, 0])) == 11


# -- resets -----------------------------------------------------------------------------------------------------------


@ENGINES
def test_a_reset_comes_before_the_dose_of_its_moment(run):
    regimen = Regimen(
        pulses=(Pulses("amount", 0.0, 1.0, 4, 5.0),),
        resets=(Reset(2.0, ("amount",)),),
        rates=(Rate("inflow", 0, INF, 1),),
    )
    found = run(DECAY, regimen, [2.5, 3.5], ["amount"])["amount"]

    def after(begun: float, days: float) -> float:
        return begun * math.exp(-K * days) + (1 - math.exp(-K * days)) / K

    close(found, [after(5.0, 0.5), after(after(5.0, 1.0) + 5.0, 0.5)])


@ENGINES
def test_a_reset_is_of_the_states_named_or_of_all(run):
    def at_10(*resets: Reset) -> list[float]:
        regimen = Regimen(holds=(Hold("eaten", 0.0, INF, 4.0),), resets=resets)
        found = run(STORE, regimen, [0.0, 10.0, 10.0 + 1e-7], ["blood", "depot", "memory"])
        return [found[name][k] for name in ("blood", "depot", "memory") for k in (0, 1, 2)]

    start, before, kept = (np.array(at_10()[k::3]) for k in (0, 1, 2))
    assert np.all(np.abs(before / start - 1) > 0.02)
    close(kept, before, 1e-6)
    close(at_10(Reset(10.0, ("depot",)))[2::3], [before[0], 0.0, before[2]], 1e-6)
    close(at_10(Reset(10.0))[2::3], [0.0, 0.0, before[2]], 1e-6)  # pools alone: a memory of nothing is no body
    close(at_10(Reset(10.0, to="start"))[2::3], start, 1e-6)
    close(at_10(Reset(10.0), Reset(10.0, ("blood",), "start"))[2::3], [start[0], 0.0, before[2]], 1e-6)


@pytest.mark.parametrize(
    "regimen", [Regimen(resets=(Reset(1.0, ("blod",)),)), Regimen(pulses=(Pulses("blod", 0, 0, 1, 1),))]
)
def test_an_unknown_pool_is_an_error_naming_the_nearest(regimen):
    with pytest.raises(ModelError, match="blood"):
        timeline_of(regimen, np.array([0.0, 2.0]), STORE)


# -- a rate and pulses ------------------------------------------------------------------------------------------------


@ENGINES
def test_a_rate_and_pulses_agree_in_the_average(run):
    """What leaves over one interval in steady state is the dose, and the mean amount is dose / (interval x rate)."""
    pulsed = run(DECAY, Regimen(pulses=(Pulses("amount", 0.0, TAU, 9, DOSE, habitual=True),)), [0.0, 4 * TAU], [])
    steady = run(DECAY, Regimen(rates=(Rate("inflow", 0.0, INF, DOSE / TAU),)), [0.0, 60.0, 60.0 + 4 * TAU], [])
    by_pulses = np.diff(pulsed["total_elimination"])[-1]
    by_rate = np.diff(steady["total_elimination"])[-1]
    assert by_pulses == pytest.approx(4 * DOSE, rel=1e-7)
    assert by_rate == pytest.approx(by_pulses, rel=1e-7)


@ENGINES
def test_an_infusion_of_every_length_brings_the_same_amount(run):
    for over in (0.01, 0.25, 0.5, 1.3):
        regimen = Regimen(infusions=(Infusions("inflow", 0.1, TAU, 6, over, DOSE / over),))
        found = run(DECAY, regimen, [0.0, 5.0], [])
        assert found["total_intake"][-1] == pytest.approx(6 * DOSE, rel=1e-9), over


@ENGINES
def test_a_piecewise_rate_steps(run):
    rates = piecewise("inflow", [0.0, 1.0, 2.5], [2.0, 0.0, 6.0], stop=3.0)
    found = run(DECAY, Regimen(rates=rates), [1.0, 2.0, 2.5, 3.0, 9.0], ["amount"])
    at_1 = 2 / K * (1 - math.exp(-K))
    at_3 = at_1 * math.exp(-2 * K) + 6 / K * (1 - math.exp(-0.5 * K))
    close(found["amount"], [at_1, at_1 * math.exp(-K), at_1 * math.exp(-1.5 * K), at_3, at_3 * math.exp(-6 * K)])
    assert found["total_intake"][-1] == pytest.approx(2 + 0.5 * 6, rel=1e-9)


# -- what may not happen ----------------------------------------------------------------------------------------------


ABSOLUTE = {by_reference: ACCURACIES, by_machine: FAST_ACCURACIES}


@ENGINES
@pytest.mark.parametrize("accuracy", ["default", "tight"])
def test_no_pool_falls_below_nothing(run, accuracy):
    """Dosed, emptied and left alone for a hundred half-lives: above 0, and at nothing 0 within the absolute tolerance."""
    regimen = Regimen(pulses=(Pulses("amount", 0.0, 0.3, 40, DOSE),), resets=(Reset(6.0), Reset(9.0)))
    times = np.linspace(0, 160, 3201)
    found = run(DECAY, regimen, times, ["amount"], accuracy=accuracy)["amount"]
    nothing = ABSOLUTE[run][accuracy].absolute(np.array([found.max()]))[0]
    assert found.min() >= -nothing
    assert np.all(found[(times > 0) & (times < 20)] > 0)  # down to 6e-4 of a dose
    assert found.max() > DOSE


def test_resets_and_trains_do_not_depend_on_neighbours_order_or_threads():
    regimen = Regimen(
        pulses=(Pulses("blood", 0.2, 0.4, 30, 1.0),), resets=(Reset(3.0), Reset(6.0, to="start")),
        infusions=(Infusions("eaten", 0.0, 1.0, 9, 0.25, 3.0),),
    )  # fmt: skip
    engine, times = fast_engine(STORE), np.linspace(0, 10, 21)
    parameters = np.repeat(STORE.parameter_vector()[None], 13, axis=0)
    parameters[:, STORE.constants["capacity"].offset] *= np.linspace(0.8, 2.0, 13)
    timeline, moments = timeline_of(regimen, times, STORE)
    inputs = np.repeat(input_rows(regimen, [habits(STORE)], moments, STORE), 13, axis=0)
    starts = np.array([rest(STORE, p, STORE.input_vector()) for p in parameters])
    whole = engine.run(starts, parameters, inputs, timeline, threads=1)
    threaded = engine.run(starts, parameters, inputs, timeline, threads=3)
    order = np.random.default_rng(5).permutation(13)
    shuffled = engine.run(starts[order], parameters[order], inputs, timeline, threads=2)
    finer = replace(timeline, times=times[::4], sample_rows=timeline.sample_rows[::4])
    sparse = engine.run(starts, parameters, inputs, finer)
    assert np.array_equal(whole.samples, threaded.samples)
    assert np.array_equal(whole.samples[order], shuffled.samples)
    assert np.array_equal(whole.samples[:, ::4], sparse.samples)
