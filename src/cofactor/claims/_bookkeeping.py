"""Quantities of a claim that are counted from the budget of a run, not read from the body."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from cofactor.trials import Outcome

_ACTIVATED = "vitamin_d"
_COFACTOR = "magnesium"


def magnesium_leaving_through_activation(outcome: Outcome) -> np.ndarray:
    """Magnesium that left any pool with a flux of vitamin D over the whole run, mmol, shape (draws, people).

    Counted from the wiring: every flux that moves vitamin D is asked what magnesium it moves. A body without an organ of
    vitamin D has no such flux.
    """
    inventory = outcome.system.inventory
    content: Mapping[str, Mapping[str, float]] = {n: p.of for n, p in {**inventory.pools, **inventory.worlds}.items()}
    left = np.zeros(np.shape(next(iter(outcome.accounts.values()))))
    for name, movement in outcome.system.movements.items():
        if not any(_ACTIVATED in content[place] for place, _ in movement.moves):
            continue
        taken = sum(max(-count, 0.0) * content[place].get(_COFACTOR, 0.0) for place, count in movement.moves)
        if taken:
            left = left + taken * np.abs(outcome.accounts[name])
    return left


BOOKKEEPING: Mapping[str, Callable[[Outcome], np.ndarray]] = {
    "magnesium_leaving_through_activation": magnesium_leaving_through_activation,
}
