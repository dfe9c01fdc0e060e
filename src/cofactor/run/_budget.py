"""Where every mmol of an element went over a plan: taken in, absorbed, lost, stored; what enzymes used up; what is left over.

Amounts are the running totals of the fluxes, which the engine integrates beside the states. The change of the stores is read
from the states themselves, so that the budget closing is a finding and not an identity.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from cofactor.body import adult, assembled
from cofactor.errors import InputError, ModelError
from cofactor.model import System
from cofactor.run._books import CLOSES_WITHIN, Books, Enzymes, Flow, Kind, Line, Place, enzymes_of
from cofactor.run._result import Result
from cofactor.run._simulate import simulate
from cofactor.scenario import Scenario


@dataclass(frozen=True)
class Budget:
    """The budget of one element over one plan, in `unit`; the mean over `people` where there are several.

    `residual` = taken in - lost - change of the stores; it is at most CLOSES_WITHIN of what was moved.
    """

    element: str
    unit: str
    days: float
    people: int
    places: Mapping[str, Place]
    flows: tuple[Flow, ...]
    lines: tuple[Line, ...]
    enzymes: Enzymes
    taken_in: float
    lost: float
    change: float
    residual: float

    def net_flows(self) -> tuple[Flow, ...]:
        """The flows with each pair of opposite ones (bone laid down, bone resorbed) as their difference."""
        given = {(flow.source, flow.target): flow for flow in self.flows}
        found = []
        for (source, target), flow in given.items():
            back = given.get((target, source))
            amount = flow.amount - (back.amount if back else 0.0)
            if amount > 0:
                found.append(Flow(source, target, amount, flow.fluxes + (back.fluxes if back else ())))
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain values."""
        return {
            **{name: getattr(self, name) for name in ("element", "unit", "days", "people")},
            "lines": [asdict(line) for line in self.lines],
            "flows": [asdict(flow) for flow in self.flows],
            "places": [asdict(place) for place in self.places.values()],
            "enzymes": asdict(self.enzymes),
            "residual": self.residual,
        }


def budget_of(plan: Scenario | str | os.PathLike[str], *, element: str = "magnesium") -> Budget:
    """Run a scenario (or the file it is in) and draw up its budget. Raises as `simulate` and `budget` do."""
    scenario = plan if isinstance(plan, Scenario) else Scenario.from_toml(plan)
    result = simulate(scenario, observables=stores_of(adult(), element))
    return budget(result, scenario, element=element)


def stores_of(system: System, element: str) -> list[str]:
    """The pools that hold an element: the columns a Result needs for its budget. Raises InputError where there are none."""
    found = [name for name, pool in system.inventory.pools.items() if element in pool.of]
    if not found:
        known = sorted({e for pool in system.inventory.pools.values() for e in pool.of})
        raise InputError(
            "a budget is of an element the body holds", received=element, hint=f"this body holds: {', '.join(known)}"
        )
    return found


def budget(
    result: Result,
    plan: Scenario | None = None,
    *,
    system: System | None = None,
    element: str = "magnesium",
    person: int | None = None,
) -> Budget:
    """The budget of one person of a result, or the mean of all who finished (medians of flows do not add up, means do).

    The result holds the columns `stores_of(system, element)`, or the total `body_ELEMENT`. With its `plan`, food is told
    from supplements and a dose given at once is counted. Raises InputError for a person who failed, for missing columns
    and for another plan than the result's, ModelError for a budget that does not close.
    """
    body = system or assembled(result.manifest["body"])
    stores = stores_of(body, element)
    chosen = _chosen(result, person)
    totals = {name: float(np.mean(result.accounts[name][chosen, -1])) for name in body.movements}
    books = Books(body, element, totals)
    if plan is not None:
        books.add_plan(_same(plan, result), float(result.times[-1]))
    measured = _measured(result, chosen, stores, books)
    changes = measured or {name: books.gain(name) for name in stores}
    total = sum(measured.values()) if measured else _measured_total(result, chosen, element, stores)
    places = books.places(changes)
    taken_in, lost = books.through(Kind.SOURCE, places), books.through(Kind.LOSS, places)
    residual = taken_in - lost - total
    _require_closed(residual, taken_in + lost + sum(map(abs, changes.values())), plan)
    enzymes = enzymes_of(body, element, totals)
    lines = books.lines(places, enzymes, residual, total)
    days = float(result.times[-1] - result.times[0])
    return Budget(
        element=element,
        unit=str(books.unit),
        days=days,
        people=len(chosen),
        places=places,
        flows=books.merged(),
        lines=tuple(Line(part, label, amount, amount / days) for part, label, amount in lines),
        enzymes=enzymes,
        taken_in=taken_in,
        lost=lost,
        change=total,
        residual=residual,
    )


def _chosen(result: Result, person: int | None) -> list[int]:
    everybody = len(next(iter(result.accounts.values())))
    failed = {failure.person: failure.reason for failure in result.failures}
    if person is None:
        finished = [i for i in range(everybody) if i not in failed]
        if not finished:
            raise InputError("a budget needs a person whose run finished", received="none did")
        return finished
    if not 0 <= person < everybody:
        raise InputError("no such person in this result", received=person, hint=f"0 to {everybody - 1}")
    if person in failed:
        raise InputError("a budget needs a run that finished", received=failed[person], where=f"person {person}")
    return [person]


def _same(plan: Scenario, result: Result) -> Scenario:
    if result.manifest.get("scenario") != plan.to_manifest():
        raise InputError("a budget is drawn up with the plan its result was run with", received="another plan")
    return plan


def _measured(result: Result, chosen: list[int], stores: list[str], books: Books) -> dict[str, float]:
    """The change of each store as its own level tells it; empty where a column is missing."""
    if any(name not in result.observables for name in stores):
        return {}
    return {name: books.content(name) * _change(result, name, chosen) for name in stores}


def _measured_total(result: Result, chosen: list[int], element: str, stores: list[str]) -> float:
    total = f"body_{element}"
    if total not in result.observables:
        missing = next(name for name in stores if name not in result.observables)
        raise InputError(
            "a budget reads the levels of its stores", received=f"a result without {missing}",
            hint=f"budget_of(plan), or simulate(plan, observables=stores_of(system, {element!r}))",
        )  # fmt: skip
    return _change(result, total, chosen)


def _change(result: Result, name: str, chosen: list[int]) -> float:
    levels = result.observables[name][chosen]
    return float(np.mean(levels[:, -1] - levels[:, 0]))


def _require_closed(residual: float, moved: float, plan: Scenario | None) -> None:
    if abs(residual) <= CLOSES_WITHIN * moved:
        return
    hint = "a dose given at once is in no flux: pass the plan" if plan is None else None
    raise ModelError("every mmol is accounted for", received=f"{residual:g} of {moved:g} left over", hint=hint)
