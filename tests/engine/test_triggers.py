"""What a state triggers happens once, at the moment its condition comes true, in one compartment worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from cofactor.engine import Segment, Trigger, integrate
from cofactor.errors import InputError, ModelError
from cofactor.model import System, adapts, flux, given, observable, parameter, pool, replicate, world
from cofactor.people import Person
from cofactor.run import run_people, task_of
from cofactor.scenario import Scenario

K = 0.7
INF = math.inf


class decay:
    """One drug leaving at a first-order rate, with an input, and its level."""

    amount = pool("mmol", of="drug")
    outside = world("mmol", of="drug")
    rate = parameter(0.7, "1/d", source="invented")
    volume = parameter(2.0, "L", source="invented")
    inflow = given("mmol/d", 0.0)

    @observable("mmol/L")
    def level(amount, volume):
        """Per litre."""
        return amount / volume

    @flux(leaves=outside, enters=amount, unit="mmol/d")
    def intake(inflow):
        """What is given."""
        return inflow

    @flux(leaves=amount, enters=outside, unit="mmol/d")
    def elimination(amount, rate):
        """First-order loss."""
        return rate * amount


DECAY = System.from_organs([decay])


def follow(triggers, times, *, start=8.0, doses=(), inflow=0.0, outputs=("amount",), method="LSODA"):
    edges = [0.0, *(day for day, _ in doses if day > 0), float(times[-1])]
    due = dict(doses)
    segments = [Segment(a, b, np.array([inflow]), {"amount": due[a]} if a in due else {}) for a, b in pairwise(edges)]
    path = integrate(
        DECAY, DECAY.parameter_vector(), np.array([start]), segments, np.asarray(times, dtype=float), outputs,
        accuracy="tight", method=method, triggers=triggers,
    )  # fmt: skip
    assert path.failure is None
    return path


@pytest.mark.parametrize("method", ["LSODA", "Radau", "BDF"])
def test_an_addition_comes_when_the_pool_falls_below(method):
    moment = math.log(4) / K  # 8 -> 2
    times = np.linspace(0, 6, 25)
    found = follow([Trigger("amount", "below", 2.0, adds={"amount": 3.0})], times, method=method).values["amount"]
    due = [8 * math.exp(-K * t) if t <= moment else 5 * math.exp(-K * (t - moment)) for t in times]
    assert np.allclose(found, due, rtol=1e-8)
    assert found[-1] < 2.0, "it fires once"


def test_the_moment_is_found_to_rounding():
    moment = math.log(4) / K
    times = [moment * (1 - 1e-8), moment * (1 + 1e-8)]
    found = follow([Trigger("amount", "below", 2.0, sets={"amount": 0.0})], times).values["amount"]
    assert found[0] == pytest.approx(2.0, rel=1e-6)
    assert found[1] == 0.0


def test_a_parameter_may_change_and_outputs_see_it():
    moment = math.log(2) / K
    trigger = Trigger("level", "below", 2.0, sets={"rate": 1.4, "volume": 4.0})
    times = np.array([moment / 2, moment + 0.5, moment + 1.0])
    found = follow([trigger], times, outputs=("amount", "level", "elimination")).values
    due = [8 / math.sqrt(2), 4 * math.exp(-0.7), 4 * math.exp(-1.4)]
    assert np.allclose(found["amount"], due, rtol=1e-8)
    assert np.allclose(found["level"], np.array(due) / [2, 4, 4], rtol=1e-8)
    assert np.allclose(found["elimination"], np.array(due) * [0.7, 1.4, 1.4], rtol=1e-8)


def test_a_parameter_changed_stays_changed_over_the_doses_that_follow():
    moment = math.log(2) / K
    found = follow(
        [Trigger("amount", "below", 4.0, sets={"rate": 0.0})], [2.0, 2.5, 3.0], doses=[(2.0, 1.0), (2.5, 1.0)]
    )
    assert moment < 2.0
    assert np.allclose(found.values["amount"], [4.0, 5.0, 6.0], rtol=1e-8)
    assert follow([], [3.0]).values["amount"][0] < 1.0


def test_a_dose_may_make_a_condition_true():
    trigger = Trigger("amount", "above", 9.0, sets={"amount": 1.0})
    found = follow([trigger], [1.0, 1.0 + 1e-6, 2.0], doses=[(1.0, 6.0)]).values["amount"]
    assert np.allclose(found, [8 * math.exp(-K), 1.0, math.exp(-K)], rtol=1e-5)


def test_what_holds_from_the_start_has_to_cease_first():
    trigger = Trigger("amount", "above", 4.0, sets={"amount": 0.0})
    untouched = follow([trigger], [0.5, 1.5]).values["amount"]
    assert np.allclose(untouched, [8 * math.exp(-K * t) for t in (0.5, 1.5)], rtol=1e-8)
    again = follow([trigger], [1.5, 2.0, 2.0 + 1e-9, 3.0], doses=[(2.0, 6.0)]).values["amount"]
    assert again[2:].tolist() == [0.0, 0.0]


def test_one_thing_leads_to_another_at_the_same_moment():
    triggers = [
        Trigger("amount", "above", 20.0, sets={"rate": 0.0}),
        Trigger("amount", "below", 2.0, adds={"amount": 30.0}),
    ]
    found = follow(triggers, [math.log(4) / K + 1e-6, 5.0]).values["amount"]
    assert np.allclose(found, 32.0, rtol=1e-8)


def test_what_leaves_is_counted_across_the_moment():
    path = follow([Trigger("amount", "below", 2.0, adds={"amount": 3.0})], [0.0, 6.0])
    assert 8 + 3 - path.accounts["elimination"][-1] == pytest.approx(path.final[0], rel=1e-9)


def test_without_triggers_nothing_differs():
    times = np.linspace(0, 6, 25)
    never = follow([Trigger("amount", "above", 1e6, sets={"amount": 0.0})], times)
    assert np.array_equal(never.values["amount"], follow([], times).values["amount"])


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"side": "over"}, "above or below"),
        ({"threshold": math.nan}, "finite"),
        ({"sets": {"amount": INF}}, "finite"),
        ({"sets": {}}, "sets or adds something"),
    ],
)
def test_triggers_are_checked(changes, rule):
    good = {"quantity": "amount", "side": "above", "threshold": 1.0, "sets": {"amount": 0.0}}
    Trigger(**good)
    with pytest.raises(InputError, match=rule):
        Trigger(**{**good, **changes})


@pytest.mark.parametrize(
    "trigger",
    [Trigger("amunt", "above", 1.0, sets={"amount": 0.0}), Trigger("amount", "above", 1.0, sets={"amunt": 0.0})],
)
def test_unknown_names_are_errors_naming_the_nearest(trigger):
    with pytest.raises(ModelError, match="amount"):
        follow([trigger], [1.0])


class patches:
    """Two sites of a block."""

    spots = replicate(2)
    pace = parameter(0.1, "1/d", source="invented")

    @adapts("redness", unit="1/d", start=1, each=spots)
    def fading(redness, pace):
        """Fades."""
        return -pace * redness


def test_sites_trigger_nothing():
    system = System.from_organs([patches])
    with pytest.raises(ModelError, match="not of sites"):
        integrate(
            system, system.parameter_vector(), system.start, [Segment(0, 1, np.zeros(0))], np.array([1.0]), ["redness"],
            triggers=[Trigger("redness", "below", 0.5, sets={"pace": 0.0})],
        )  # fmt: skip


def test_a_run_follows_triggers_with_the_reference_engine_alone():
    """A bolus makes the condition true, so what it triggers comes at once."""
    bolus = '[[infusion]]\nname = "magnesium"\namount = "20 mmol"\nat = "day 1"\n[simulate]\ndays = 2\noutput_every = "1 day"'
    task = task_of(Scenario.from_text(bolus), observables=["ecf_magnesium"])
    task = replace(task, times=np.array([0.0, 1.0, 1.0 + 1e-6]), engine="reference")
    (untouched,) = run_people(task, [Person()])
    trigger = Trigger("serum_magnesium", "above", 1.2, adds={"ecf_magnesium": -20.0})
    (touched,) = run_people(replace(task, triggers=(trigger,)), [Person()])
    before, after = untouched.values[0, 1:]
    assert after == pytest.approx(before + 20, rel=1e-4)
    assert touched.values[0, 1:] == pytest.approx([before, before], rel=1e-6)
    with pytest.raises(InputError, match="by the reference engine alone"):
        run_people(replace(task, triggers=(trigger,), engine="fast"), [Person()])
