"""Does the fast engine's time grow in proportion to people and years?  `python benchmarks/scaling.py`

The coupled body with a daily dose of vitamin D3; CPU time of this process, one thread, the median of three.
"""

from __future__ import annotations

import time

import numpy as np

from cofactor.body import adult
from cofactor.engine import Timeline, fast_engine
from cofactor.people import population

PEOPLE, DAYS = (250, 500, 1000, 2000), (90, 180, 365, 730)
DOSE_NMOL = 260.0


def plan(days: int) -> Timeline:
    """A dose every day, one look at the end."""
    dose = np.zeros((1, adult().size))
    dose[0, adult().states["gut_vitamin_d"].offset] = DOSE_NMOL
    nothing = np.zeros(days, int)
    return Timeline(np.arange(days + 1.0), nothing, nothing, dose, np.array([float(days)]), np.zeros(1, int))


def seconds(people: int, days: int) -> float:
    """CPU time of `people` adults for `days`."""
    system, engine = adult(), fast_engine(adult())
    who = population(system, people)
    habits = {name: given.value for name, given in system.inputs.items()}
    parameters = np.array([system.parameter_vector(p.parameters) for p in who])
    inputs = np.array([system.input_vector(p.inputs(habits)) for p in who])
    starts, _ = engine.settle(np.repeat(system.start[None], people, axis=0), parameters, inputs, threads=1)
    taken = []
    for _ in range(3):
        begin = time.process_time()
        engine.run(starts, parameters, inputs[:, None], plan(days), threads=1)
        taken.append(time.process_time() - begin)
    return float(np.median(taken))


def exponent(sizes: tuple[int, ...], times: list[float]) -> float:
    """Slope of log time over log size."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


by_people = [seconds(n, 180) for n in PEOPLE]
by_days = [seconds(500, days) for days in DAYS]
print(
    "people",
    dict(zip(PEOPLE, np.round(by_people, 2).tolist(), strict=True)),
    f"exponent {exponent(PEOPLE, by_people):.3f}",
)
print("days", dict(zip(DAYS, np.round(by_days, 2).tolist(), strict=True)), f"exponent {exponent(DAYS, by_days):.3f}")
