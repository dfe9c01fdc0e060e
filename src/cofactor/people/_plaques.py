"""The skin of psoriatic people: what differs between them, the noise of their days, and plaques burnt in before a plan.

A plaque is a switch with a memory, so people have no resting skin: they are started with every site lesional and lived for
500 days of their own noise (psoriasis.md 2h), after which a population keeps those whose PASI belongs to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from cofactor import body
from cofactor.errors import InputError
from cofactor.people._populations import Skin
from cofactor.people._random import normals, uniforms
from cofactor.people._spread import truncated_normal, variation, within

if TYPE_CHECKING:
    from cofactor.engine import March

BURN_IN_DAYS = 500
"""psoriasis.md 2h, numerics."""
_LESIONAL = {
    "stem_cells": 3.0, "amplifying_cells": 3.0, "differentiating_cells": 3.0, "scale": 3.0, "dendritic_cells": 1.0,
    "th17_cells": 1.0, "resident_memory": 0.875, "redness": 1.0,
}  # fmt: skip
"""A plaque near its fixed point (psoriasis.md 2i, K 0.50)."""
_SEVERITY_SD = 1.5  # psoriasis.md 2h, smax
_STREP_SHARE, _STREP_LOW = 0.4, 0.05  # psoriasis.md 2c, phi
_BETA = (0.5, 6.0)  # psoriasis.md 2c, viral and yeast reactivity
_PHOTOSENSITIVE = 0.055  # skin-E60
_MOST_ATTEMPTS = 200
_NEAR_PASI_ATTEMPTS = 256
_STEP, _DIGITS = 0.1, 1  # of PASI: its regional weights are tenths (psoriasis.md 2f)

GENERAL = Skin(
    threshold_factor=5.8, lesional=False,
    source="fitted: 1.4 in 1000 fall ill a year (skin-E91; psoriasis.md 2c has 2.5, to be fitted)",
)  # fmt: skip
"""People without psoriasis: thresholds spread as those of patients (psoriasis.md 2h, sB and sW), all of them higher."""
GENERAL_SKIN: Mapping[str, Any] = {"threshold_factor": GENERAL.threshold_factor}
"""The skin of the median one of them."""

Traits = dict[str, Any]
_NOTHING: Mapping[str, Any] = {}


def skins(spec: Skin, count: int, seed: int) -> list[Traits]:
    """The skin of everybody of a population: parameters of `psoriatic_skin()`, one set a person.

    Person i is the same for every `count`. Raises InputError when nobody with such a PASI can be found.
    """
    found: list[Traits] = [{} for _ in range(count)]
    waiting = np.arange(count)
    for attempt in range(_MOST_ATTEMPTS):
        columns = _drawn(spec, seed, attempt, waiting)
        belongs = _belong(spec, columns, seed, waiting)
        for row in np.flatnonzero(belongs):
            found[waiting[row]] = {name: values[row] for name, values in columns.items()}
        waiting = waiting[~belongs]
        if not len(waiting):
            return found
    raise InputError(
        "nobody with such psoriasis can be found", received=f"PASI {spec.low:g} to {spec.high:g}",
        hint="widen the range of PASI",
    )  # fmt: skip


def skin_with_pasi(
    pasi: float, noise: Mapping[str, np.ndarray], levels: Mapping[str, np.ndarray], changed: Mapping[str, Any] = _NOTHING,
    where: str | None = None,
) -> tuple[Traits, float]:  # fmt: skip
    """The skin of one person that comes to this PASI by the end of their burn-in, and the PASI it comes to.

    It is the nearest of 256 drawn ensembles of sites, its worst severity moved by what is left. noise by name (500, 1) and
    levels by name (501, 1): those the person is burnt in under; `changed`: parameters that are the person's whatever is
    drawn. Raises InputError for a PASI that none of the ensembles reaches, at `where` it was asked for.
    """
    drawn = {**_ensembles(), **{name: [value] * _NEAR_PASI_ATTEMPTS for name, value in changed.items()}}
    reached = _pasi_alike(drawn, noise, levels)
    low, high = (round(float(end), _DIGITS) for end in (reached.min() - _STEP / 2, reached.max() + _STEP / 2))
    low = max(low, _STEP)
    if not low <= pasi <= high:
        raise InputError(
            "no ensemble of psoriatic sites comes to that PASI by itself", received=f"PASI {pasi:g}", where=where,
            hint=f"in this person's days those of the model come to PASI {low:g} to {high:g}",
        )  # fmt: skip
    nearest = int(np.argmin(np.abs(reached - pasi)))
    chosen = {name: values[nearest] for name, values in drawn.items()}
    if "worst_severity" in changed:
        return chosen, float(reached[nearest])
    worst = body.psoriatic_skin().constants["worst_severity"]
    severity = float(within(worst, chosen["worst_severity"] * pasi / reached[nearest]))  # to which PASI is proportional
    return chosen | {"worst_severity": severity}, float(reached[nearest] * severity / chosen["worst_severity"])


@lru_cache(maxsize=1)
def _ensembles() -> dict[str, np.ndarray]:
    """Columns of parameters of drawn ensembles of sites."""
    return _drawn(Skin(source="psoriasis.md 2h"), 0, 0, np.arange(_NEAR_PASI_ATTEMPTS))


def _pasi_alike(
    columns: Mapping[str, Any], noise: Mapping[str, np.ndarray], levels: Mapping[str, np.ndarray]
) -> np.ndarray:
    """PASI after the burn-in of skins that all live the same days."""
    parameters = _rows(columns)
    alike = [{name: np.tile(course, (1, len(parameters))) for name, course in each.items()} for each in (noise, levels)]
    return burnt_in(parameters, *alike).observed[:, -1, 0]


def lesional(starts: np.ndarray) -> np.ndarray:
    """States (people, states) with plaques at every site."""
    system, states = body.psoriatic_skin(), starts.copy()
    for name, level in _LESIONAL.items():
        place = system.states[name]
        states[:, place.offset : place.offset + place.width] = level
    return states


def burnt_in(parameters: np.ndarray, noise: Mapping[str, np.ndarray], levels: Mapping[str, np.ndarray]) -> March:
    """Plaques at every site, lived for the burn-in: PASI at its ends, and the states everybody comes to.

    parameters (people, parameters of the skin); noise by name (500, people); levels by name (501, people), at midnights,
    straight between them: those not named stay as usual.
    """
    from cofactor.engine import Course, march_engine

    system, people = body.psoriatic_skin(), len(parameters)
    starts, inputs = (np.tile(row, (people, 1)) for row in (system.start, system.input_vector()))
    course = Course(BURN_IN_DAYS, held=noise, smooth=levels)
    return march_engine(system, ("pasi",)).run(lesional(starts), parameters, inputs, course, every=BURN_IN_DAYS)


@lru_cache(maxsize=8)
def skin_noise(seed: int, people: tuple[int, ...], days: int) -> Mapping[str, np.ndarray]:
    """Standard Ornstein-Uhlenbeck courses (days, people) of every noisy input, exact from day to day.

    A person's course depends on the seed and on their number alone. Day 0 is the first day of the burn-in.
    """
    from cofactor.body.immunity import NOISE_DAYS
    from cofactor.engine import daily_normals

    standard = daily_normals(seed, people, tuple(NOISE_DAYS), range(days))
    courses = {}
    for k, (name, memory) in enumerate(NOISE_DAYS.items()):
        kept = np.exp(-1 / memory)
        course = standard[:, k].T.copy()
        for day in range(1, days):
            course[day] = kept * course[day - 1] + np.sqrt(1 - kept**2) * course[day]
        courses[name] = course
    return courses


# -- drawing ------------------------------------------------------------------------------------------------------------


def _drawn(spec: Skin, seed: int, attempt: int, who: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of parameters for some people of one attempt: (people,), or (people, sites)."""
    system = body.psoriatic_skin()
    count = int(who.max()) + 1

    def standard(name: str) -> np.ndarray:
        return normals(seed, _stream(name, attempt), count)[who]

    def even(name: str) -> np.ndarray:
        return uniforms(seed, _stream(name, attempt), count)[who]

    columns = {
        name: within(c, c.value * variation(c, standard(name))) for name, c in system.constants.items() if c.varies
    }
    sites = system.constants["threshold_of_site"].sites
    severity = system.constants["worst_severity"]
    assert severity.low is not None
    assert severity.high is not None
    columns |= {
        "threshold_factor": np.full(len(who), spec.threshold_factor),
        "threshold_of_person": standard("threshold_of_person"),
        "threshold_of_site": np.array([standard(f"threshold_of_site/{k}") for k in range(sites)]).T,
        "worst_severity": truncated_normal(
            standard("worst_severity"), severity.value, _SEVERITY_SD, severity.low, severity.high
        ),
        "injured_site": np.tile(np.eye(sites)[0], (len(who), 1)),
        "photosensitive": (even("photosensitive") < _PHOTOSENSITIVE).astype(float),
        "responder_rank": even("responder_rank"),
    }
    return columns | _reactivity(even)


def _reactivity(even) -> dict[str, np.ndarray]:
    """Cross-reactivity to germs: strong in some to streptococci, slight to the others."""
    from scipy.special import betaincinv

    sensitive = even("streptococcal_sensitive") < _STREP_SHARE
    strong = (1 + even("streptococcal_reactivity")) / 2
    found = {"streptococcal_reactivity": np.where(sensitive, strong, _STREP_LOW)}
    for germ in ("viral", "dental", "bowel", "yeast"):
        found[f"{germ}_reactivity"] = betaincinv(*_BETA, even(f"{germ}_reactivity"))
    return found


def _stream(name: str, attempt: int) -> str:
    return f"skin/{name}" if attempt == 0 else f"skin/{name}/{attempt}"


def _belong(spec: Skin, columns: Mapping[str, np.ndarray], seed: int, who: np.ndarray) -> np.ndarray:
    """Whose plaques belong to the population; who begins with healthy skin does in any case."""
    if not spec.lesional:
        return np.ones(len(who), dtype=bool)
    pasi = _pasi_after_burn_in(columns, seed, who)
    return (pasi >= spec.low) & (pasi <= spec.high)


def _pasi_after_burn_in(columns: Mapping[str, np.ndarray], seed: int, who: np.ndarray) -> np.ndarray:
    noise = skin_noise(seed, tuple(who.tolist()), BURN_IN_DAYS)
    return burnt_in(_rows(columns), noise, levels={}).observed[:, -1, 0]


def _rows(columns: Mapping[str, Any]) -> np.ndarray:
    """Columns of parameters as a table (people, parameters of the skin)."""
    people = [dict(zip(columns, own, strict=True)) for own in zip(*columns.values(), strict=True)]
    return body.psoriatic_skin().parameter_table(people)
