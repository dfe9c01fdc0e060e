"""Quantities of a claim that are counted from the wiring and the accounts of a run, not read from the body.

Each is counted over the whole time up to a day, in every person of every draw, shape (draws, people).  A body in which
there is nothing to count is refused: a sum over no flux is 0 and would prove anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cofactor.errors import ModelError
from cofactor.model import Movement, System
from cofactor.run import body_system, stores_of
from cofactor.trials import Outcome

Counted = Callable[[Outcome, float | None], np.ndarray]

_ACTIVATED, _ACTIVE_FORM = "vitamin_d", "calcitriol_pool"
_COFACTOR = "magnesium"
_BONE_MINERAL = ("bone_calcium", "deep_bone_magnesium")
_BLOOD = ("ecf_calcium", "ecf_phosphate", "ecf_magnesium")


@dataclass(frozen=True)
class Count:
    """How a quantity is counted, and the levels that it needs beside the accounts."""

    of: Counted
    reads: Callable[[], tuple[str, ...]] = tuple


# -- activation and magnesium -------------------------------------------------------------------------------------------


def fluxes_of_vitamin_d(system: System) -> tuple[str, ...]:
    """Every flux that moves vitamin D in any form: intake, hydroxylations, storage, loss.

    Raises ModelError for a body in which none of them makes calcitriol.
    """
    content = _content(system)
    found = [m for m in system.movements.values() if any(_ACTIVATED in content[place] for place, _ in m.moves)]
    if not any(place == _ACTIVE_FORM and count > 0 for m in found for place, count in m.moves):
        raise ModelError(
            "what activation costs is counted in a body that activates vitamin D",
            received="no flux into calcitriol",
            hint="run the whole adult",
        )
    return tuple(movement.name for movement in found)


def _activation_happens(outcome: Outcome, day: float | None) -> np.ndarray:
    """Where calcitriol was made at all; elsewhere nothing has been counted."""
    made = [m.name for m in outcome.system.movements.values() if any(p == _ACTIVE_FORM and c > 0 for p, c in m.moves)]
    total = sum(outcome.total(name, day) for name in made)
    return np.asarray(total) > 0


def magnesium_leaving_through_activation(outcome: Outcome, day: float | None) -> np.ndarray:
    """Magnesium that left any pool with a flux of vitamin D, mmol; NaN where no calcitriol was made."""
    system, content = outcome.system, _content(outcome.system)
    asked = fluxes_of_vitamin_d(system)
    left = np.where(_activation_happens(outcome, day), 0.0, np.nan)
    for name in asked:
        taken = sum(
            max(-count, 0.0) * content[place].get(_COFACTOR, 0.0) for place, count in system.movements[name].moves
        )
        if taken:
            left = left + taken * np.abs(outcome.total(name, day))
    return left


def magnesium_accounted_for(outcome: Outcome, day: float | None) -> np.ndarray:
    """Of all magnesium that moved in or out, the share that is found again outside the body or in a store."""
    system = outcome.system
    carried = [(m.gains.get(_COFACTOR, 0.0), outcome.total(name, day)) for name, m in system.movements.items()]
    came = sum(gain * total for gain, total in carried if gain > 0)
    went = sum(-gain * total for gain, total in carried if gain < 0)
    stores = {name: system.inventory.pools[name].of[_COFACTOR] for name in stores_of(system, _COFACTOR)}
    gained = sum(content * (outcome.at(name, day) - outcome.start(name)) for name, content in stores.items())
    return 1 - np.abs(came - went - gained) / (came + went)


# -- bone and blood -------------------------------------------------------------------------------------------------------


def _resorption(system: System, element: str) -> Iterator[tuple[Movement, float]]:
    """The fluxes that carry an element out of bone mineral into blood, with how much of it each event carries."""
    content = _content(system)
    for movement in system.movements.values():
        out = sum(-n * content[p].get(element, 0.0) for p, n in movement.moves if p in _BONE_MINERAL and n < 0)
        into = sum(n * content[p].get(element, 0.0) for p, n in movement.moves if p in _BLOOD and n > 0)
        if out > 0 and into > 0:
            yield movement, min(out, into)


def _freed(element: str) -> Counted:
    def count(outcome: Outcome, day: float | None) -> np.ndarray:
        found = list(_resorption(outcome.system, element))
        if not found:
            raise ModelError(
                "what resorption frees is counted in a body with bone", received=f"no {element} out of bone"
            )
        moved = sum(each * outcome.total(movement.name, day) for movement, each in found)
        return np.asarray(moved) / (day if day is not None else outcome.days[-1])

    return count


def mineral_laid_down_by_resorption(outcome: Outcome, day: float | None) -> np.ndarray:
    """What the same fluxes put into bone mineral, mmol."""
    elements = {element for place in _BONE_MINERAL for element in _content(outcome.system).get(place, {})}
    content = _content(outcome.system)
    found = {movement.name: movement for element in elements for movement, _ in _resorption(outcome.system, element)}
    if not found:
        raise ModelError("what resorption builds is counted in a body with bone", received="no resorption")
    laid = np.zeros(np.shape(outcome.total(next(iter(found)), day)))
    for name, movement in found.items():
        put = sum(n * sum(content[p].values()) for p, n in movement.moves if p in _BONE_MINERAL and n > 0)
        laid = laid + put * outcome.total(name, day)
    return laid


def _content(system: System) -> Mapping[str, Mapping[str, float]]:
    """What each place holds, per unit of it."""
    return {name: place.of for name, place in {**system.inventory.pools, **system.inventory.worlds}.items()}


BOOKKEEPING: Mapping[str, Count] = {
    "magnesium_leaving_through_activation": Count(magnesium_leaving_through_activation),
    "magnesium_accounted_for": Count(magnesium_accounted_for, lambda: tuple(stores_of(body_system(), _COFACTOR))),
    "calcium_freed_by_resorption": Count(_freed("calcium")),
    "phosphate_freed_by_resorption": Count(_freed("phosphorus")),
    "magnesium_freed_by_resorption": Count(_freed("magnesium")),
    "mineral_laid_down_by_resorption": Count(mineral_laid_down_by_resorption),
}
"""Mineral freed is a mean over the time up to the day, mmol/d."""
