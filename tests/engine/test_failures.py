"""An integration that fails keeps what it had, says why and never raises; sites fail and succeed together."""

# An organ is a namespace named as the module it stands for; its functions are plain.

import math

import numpy as np
import pytest
from scipy.linalg import expm

from cofactor.engine import Segment, Trajectory, integrate
from cofactor.model import System, adapts, flux, log, mean, observable, parameter, pool, replicate, signal, world

NOTHING = np.zeros(0)


def run(segments, times, outputs, system, **options) -> Trajectory:
    times = np.asarray(times, dtype=float)
    return integrate(system, system.parameter_vector(), system.start, segments, times, outputs, **options)


class blow_up:
    """x' = x^2 from 1 has no value after day 1."""

    growth = parameter(1.0, "1/d", source="toy")
    stock = pool("mmol", of="salt", start=1.0)
    food = world("mmol", of="salt")
    sites = replicate(2)

    @adapts("level", unit="1/d", start=1.0)
    def change(level, growth):
        return growth * level * level

    @flux(leaves=food, enters=stock, unit="mmol/d")
    def eating(stock, growth):
        return growth * stock

    @adapts("places", unit="1/d", start=1.0, each=sites)
    def change_of_places(places, growth):
        return growth * (mean(places) - places)

    @observable("1")
    def twice(places):
        return 2 * places


BLOW_UP = System.from_organs([blow_up])


@pytest.mark.parametrize("method", ["LSODA", "Radau", "BDF"])
@pytest.mark.parametrize("last", [1.5, 100.0])
def test_a_failed_integration_keeps_what_it_had_and_says_why(method, last):
    times = np.array([0, 0.5, 0.8, 0.9, last])
    plan = [Segment(0, 0.25, NOTHING), Segment(0.25, last, NOTHING), Segment(last, 2 * last, NOTHING)]
    found = run(plan, [*times, 2 * last], ["level", "twice", "stock"], BLOW_UP, method=method)
    assert found.failure is not None
    assert found.failure.startswith("integration stopped at day ")
    assert float(found.failure.split("day ")[1].split(":")[0]) == pytest.approx(1.0, abs=1e-3)
    assert found.values["level"][:4] == pytest.approx(1 / (1 - times[:4]), rel=1e-4)
    assert found.accounts["eating"][:4] == pytest.approx(np.exp(times[:4]) - 1, rel=1e-4, abs=1e-9)
    for values in (*found.values.values(), *found.accounts.values()):
        assert np.isnan(values[4:]).all()
        assert np.isfinite(values[:4]).all()
    assert found.values["twice"].shape == (6, 2)
    assert np.isnan(found.final).all()


@pytest.mark.parametrize("times", [[], [50.0]])
def test_a_failure_before_the_first_sample_is_a_failure_too(times):
    found = run([Segment(0, 100, NOTHING)], times, ["level"], BLOW_UP)
    assert found.failure is not None
    assert np.isnan(found.values["level"]).all()


@pytest.mark.parametrize("method", ["LSODA", "Radau", "BDF"])
def test_rates_without_a_value_fail_at_once(method):
    class broken:
        pace = parameter(1.0, "1/d", source="toy")

        @adapts("level", unit="1/d", start=-1.0)
        def change(level, pace):
            return pace * log(level)

    found = run([Segment(3, 4, NOTHING)], [3, 4], ["level"], System.from_organs([broken]), method=method)
    assert found.failure == "integration stopped at day 3: a rate has no finite value there"
    assert found.values["level"][0] == -1.0
    assert math.isnan(found.values["level"][1])


@pytest.mark.parametrize("method", ["LSODA", "Radau", "BDF"])
def test_a_value_lost_on_the_way_is_a_failure(method):
    class draining:
        pace = parameter(1.0, "1/d", source="toy")

        @adapts("level", unit="1/d", start=1.0)
        def change(level, pace):
            return -pace + 0 * level

        @adapts("memory", unit="1/d", start=1.0)
        def change_of_memory(level, memory, pace):
            return pace * (log(level) - memory)

    found = run(
        [Segment(0, 3, NOTHING)], [0.5, 0.9, 3], ["level", "memory"], System.from_organs([draining]), method=method
    )
    assert found.failure is not None
    assert found.values["level"][:2] == pytest.approx([0.5, 0.1], rel=1e-5)
    assert np.isnan(found.values["memory"][2])


# -- replicated sites ----------------------------------------------------------------------------------------------


def test_sites_give_one_column_each_and_share_one_account():
    three = replicate(3)

    class sites:
        supply = pool("mmol", of="salt", start=10.0)
        stores = pool("mmol", of="salt", start=1.0, each=three)
        pull = parameter(0.5, "1/d", source="toy", each=three)

        @signal("mmol")
        def mean_store(stores):
            return mean(stores)

        @flux(leaves=supply, enters=stores, unit="mmol/d")
        def filling(supply, stores, mean_store, pull):
            return pull * (supply - stores - mean_store)

        keep = observable("mmol")(lambda stores: 2 * stores)

    system = System.from_organs([sites])
    pulls = np.array([0.1, 0.5, 2.0])
    found = integrate(
        system, system.parameter_vector({"pull": pulls}), system.start, [Segment(0, 2, NOTHING, {"stores": 0.5})],
        np.array([0.0, 1.0, 2.0]), ["keep", "supply", "mean_store"],
    )  # fmt: skip
    assert found.values["keep"].shape == (3, 3)
    assert found.values["keep"][0].tolist() == [2.0, 2.0, 2.0]
    assert found.final[1:] * 2 == pytest.approx(found.values["keep"][2])
    assert found.final.sum() == pytest.approx(13 + 1.5, rel=1e-12)
    assert found.accounts["filling"][-1] == pytest.approx(10 - found.values["supply"][-1], rel=1e-9)
    assert found.values["mean_store"][2] == pytest.approx(found.final[1:].mean())

    pull_of = np.diag(pulls)
    matrix = np.zeros((4, 4))
    matrix[1:, 0] = pulls
    matrix[1:, 1:] = -pull_of - np.outer(pulls, np.full(3, 1 / 3))
    matrix[0] = -matrix[1:].sum(axis=0)
    assert found.final == pytest.approx(expm(2 * matrix) @ [10, 1.5, 1.5, 1.5], rel=1e-6)
