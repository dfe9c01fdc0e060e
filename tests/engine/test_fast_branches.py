"""The fast engine at kinks, and people whose exponents differ from the declared whole numbers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.test_fast import line, one

from cofactor.engine import FastEngine, Segment, integrate
from cofactor.model import System, adapts, maximum, parameter


class ramp:
    """Two levels that a clock-like third one sets going: `late` from day 1 on, `brief` while it is near day 2."""

    pace = parameter(1.0, "1/d", source="invented")
    onset = parameter(1.0, "1", source="invented")
    middle = parameter(2.0, "1", source="invented")
    reach = parameter(0.25, "1", source="invented")

    @adapts("elapsed", unit="1/d", start=0)
    def passing(pace):
        """One a day."""
        return pace

    @adapts("late", unit="1/d", start=0)
    def rising(elapsed, onset, pace):
        """In proportion to what has passed since the onset."""
        return pace * maximum(elapsed - onset, 0)

    @adapts("brief", unit="1/d", start=0)
    def bulge(elapsed, middle, reach, pace):
        """A parabola above zero for as long as `reach` before and after the middle."""
        return pace * maximum(reach * reach - (elapsed - middle) * (elapsed - middle), 0)


class cascade:
    """A level that drives another with a power, a whole number as declared."""

    power_of_drive = parameter(3.0, "1", source="invented")
    pace = parameter(1.0, "1/d", source="invented")

    @adapts("drive", unit="1/d", start=0.5)
    def growth(drive, pace):
        """Towards two."""
        return pace * (2 - drive)

    @adapts("response", unit="1/d", start=1)
    def answer(response, drive, power_of_drive, pace):
        """Towards the power of the drive."""
        return pace * (drive**power_of_drive - response)


def test_a_kink_ends_the_step_where_it_turns():
    engine = FastEngine(System.from_organs([ramp]))
    late, brief = (engine.system.states[name].offset for name in ("late", "brief"))
    swarm = one(engine, line([0, 3], [0.5, 1.0, 1.75, 2.0, 3.0]))
    assert swarm.samples[0, :, late] == pytest.approx([0, 0, 0.28125, 0.5, 2.0], abs=1e-9)
    # the whole bulge holds 4/3 reach^3; it begins and ends within a step of the slower levels
    assert swarm.samples[0, -1, brief] == pytest.approx(4 / 3 * 0.25**3, rel=1e-6)
    assert swarm.steps[0] < 40


def test_a_person_at_rest_on_a_kink_takes_long_steps():
    engine = FastEngine(System.from_organs([ramp]))
    start = engine.system.start.copy()
    start[engine.system.states["elapsed"].offset] = 1.0
    parameters = engine.system.parameter_vector({"pace": 0.0})
    swarm = engine.run(start[None], parameters[None], np.zeros((1, 1, 0)), line([0, 3650], [3650.0]))
    assert swarm.samples[0, -1] == pytest.approx(start, abs=1e-12)
    assert swarm.steps[0] < 30


def test_people_with_another_exponent_have_their_own_code():
    system = System.from_organs([cascade])
    engine = FastEngine(system)
    parameters = np.repeat(system.parameter_vector()[None], 7, axis=0)
    place = system.constants["power_of_drive"].offset
    parameters[[1, 4, 5], place] = [2.5, 3.3, 0.4]
    starts, nothing, plan_ = np.repeat(system.start[None], 7, axis=0), np.zeros((7, 1, 0)), line([0, 3], [1.0, 3.0])
    together = engine.run(starts, parameters, nothing, plan_, accuracy="tight")
    for i in (0, 1, 4, 6):
        alone = engine.run(starts[:1], parameters[i : i + 1], nothing[:1], plan_, accuracy="tight")
        assert np.array_equal(together.samples[i], alone.samples[0])
        oracle = integrate(
            system,
            parameters[i],
            system.start,
            [Segment(0, 3, np.zeros(0))],
            plan_.times,
            ["response"],
            accuracy="tight",
        )
        assert together.samples[i, :, system.states["response"].offset] == pytest.approx(
            oracle.values["response"], rel=1e-7
        )
    rest_of = engine.settle(starts, parameters, nothing[:, 0])[0][:, system.states["response"].offset]
    assert rest_of == pytest.approx(2 ** parameters[:, place], rel=1e-9)
