"""Psoriatic people for tests: an ensemble of the double's people lived by the marching engine with psoriasis.md's constants."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from tests.standalone import doubles_psoriasis as double

from cofactor.body import psoriatic_skin
from cofactor.engine import Course, march_engine
from cofactor.people import lesional

BODY = psoriatic_skin()
AS_THE_FILE = {
    "activated_25ohd_at_half": 600.0, "calcitriol_at_half": 300.0, "topical_maximum": 12.0, "stress_effect": 0.0,
}  # fmt: skip
"""psoriasis.md's K25, K125 and ointment, for calcitriol that is given beside 25(OH)D; all noise in one course (sX)."""
BURN_IN = 500
ILL = 2.0
"""PASI above which people are kept after the burn-in (psoriasis.md 2h)."""


@lru_cache
def engine():
    """The skin as fixed-step machine code giving PASI."""
    return march_engine(BODY, ("pasi",))


class Ensemble:
    """People of psoriasis.md 2h, burnt in from lesional skin, those with PASI above 2 kept; their noise from then on.

    `everybody` holds the final states before anybody is left out; `harder` multiplies thresholds, `trigger` lasts.
    """

    def __init__(self, count: int, seed: int, days: int, *, harder: float = 1.0, trigger: float = 0.0):
        people = double.people(count, seed)
        random = np.random.default_rng(seed)  # in the order in which the double draws
        between, within = random.standard_normal((count, 1)), random.standard_normal((count, double.SITES))
        parameters = np.tile(BODY.parameter_vector(AS_THE_FILE), (count, 1))
        for name, values in {
            "threshold_of_person": between, "threshold_of_site": within, "uv_sensitivity": people.chi,
            "lesional_area": people.BSAmax, "worst_severity": people.smax, "threshold_factor": np.full(count, harder),
        }.items():  # fmt: skip
            parameters[:, columns(name)] = values.reshape(count, -1)
        noise = double.noise(count, BURN_IN + days, seed + 1) + trigger
        inputs = np.tile(BODY.input_vector(), (count, 1))
        begin = Course(BURN_IN, held={"trigger_noise": noise[:BURN_IN] / double.DEFAULT.sX})
        march = engine().run(lesional(np.tile(BODY.start, (count, 1))), parameters, inputs, begin, every=BURN_IN)
        kept = march.observed[:, -1, 0] > ILL
        self.everybody, self.starts, self.before = march.finals, march.finals[kept], march.observed[kept, -1, 0]
        self.parameters, self.inputs, self.noise = parameters[kept], inputs[kept], noise[BURN_IN:, kept]

    def changed(self, **values: float) -> np.ndarray:
        """Everybody's parameters with some of them changed."""
        parameters = self.parameters.copy()
        for name, value in values.items():
            parameters[:, columns(name)] = value
        return parameters

    def follow(
        self,
        days: int,
        every: int | None = None,
        *,
        parameters: np.ndarray | None = None,
        starts: np.ndarray | None = None,
        noise: np.ndarray | None = None,
        **held: float | np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """PASI relative to the start (people, visits), day 0 first, and the final states; inputs are numbers or days."""
        count = len(self.before)
        by_day = {name: np.broadcast_to(np.asarray(value, float), (days,)) for name, value in held.items()}
        course = {name: np.tile(value[:, None], (1, count)) for name, value in by_day.items()}
        course["trigger_noise"] = (self.noise if noise is None else noise)[:days] / double.DEFAULT.sX
        run = engine().run(
            self.starts if starts is None else starts, self.parameters if parameters is None else parameters,
            self.inputs, Course(days, held=course), every=every or days,
        )  # fmt: skip
        assert not any(run.failures)
        return run.observed[:, :, 0] / self.before[:, None], run.finals


def columns(name: str) -> slice:
    """Where a parameter stands in a parameter vector."""
    constant = BODY.constants[name]
    return slice(constant.offset, constant.offset + max(constant.sites, 1))


def severities(states: np.ndarray) -> np.ndarray:
    """Severity of every site (people, sites)."""
    names = (
        "stem_cells", "amplifying_cells", "differentiating_cells", "scale", "dendritic_cells", "th17_cells",
        "resident_memory", "redness",
    )  # fmt: skip
    places = [BODY.states[name] for name in names]
    return double.severity(np.stack([states[:, each.offset : each.offset + each.width] for each in places]))
