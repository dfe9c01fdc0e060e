"""The books of one element over one run: flows between places, gathered from the wiring and the running totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cofactor.errors import InputError, ModelError
from cofactor.model import Movement, System
from cofactor.scenario import Scenario, habitual_inputs, to_regimen

CLOSES_WITHIN = 1e-9
"""A budget closes when what is left over is below this share of all that came in or went out."""

CARRIED = frozenset({"calcium", "magnesium", "phosphorus"})
"""Elements that fluxes only carry from place to place. A flux that moves anything else (vitamin D, a hormone) is the work
of enzymes or glands; what it takes of an element on the way is what that work uses up."""


class Kind(StrEnum):
    """What a place is to the body."""

    SOURCE = "source"
    PASSAGE = "passage"
    STORE = "store"
    LOSS = "loss"


class Part(StrEnum):
    """The part of the table a line belongs to."""

    TAKEN_IN = "taken in"
    ABSORBED = "absorbed"
    LOST = "lost"
    STORES = "change of the stores"
    ENZYMES = "used up by enzymes"
    LEFT_OVER = "left over"


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the budget; `change` is what a store gained (+) or gave (-) over the plan, read from its own level."""

    name: str
    label: str
    kind: Kind
    change: float = 0.0


@dataclass(frozen=True, slots=True)
class Flow:
    """What went from one place to another over the whole plan, never negative, and the fluxes that carried it."""

    source: str
    target: str
    amount: float
    fluxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: an amount over the plan, and the same a day."""

    part: Part
    label: str
    amount: float
    per_day: float


@dataclass(frozen=True, slots=True)
class Enzymes:
    """What the work of enzymes used up, counted from the wiring.

    `asked` are the fluxes that turn over something else, `substances`; `carriers` is how many fluxes move the element.
    """

    used: float
    asked: tuple[str, ...]
    substances: tuple[str, ...]
    carriers: int


class Books:
    """The flows of one element, as they are gathered from the wiring and the accounts."""

    def __init__(self, system: System, element: str, totals: Mapping[str, float]):
        self.system, self.element = system, element
        self.declared = {**system.inventory.pools, **system.inventory.worlds}
        self.unit = next(p.unit for p in system.inventory.pools.values() if element in p.of)
        self.flows: list[Flow] = []
        self.extra: dict[str, Place] = {}
        for name, movement in system.movements.items():
            self.flows += self._of(movement, totals[name])

    def _of(self, movement: Movement, total: float) -> list[Flow]:
        """What one flux carried: from every place that gave to every place that got, in proportion."""
        moved = [(place, count * total * self.content(place)) for place, count in movement.moves]
        gave = [(place, -amount) for place, amount in moved if amount < 0]
        got = [(place, amount) for place, amount in moved if amount > 0]
        whole = sum(amount for _, amount in got)
        return [
            Flow(source, target, given * taken / whole, (movement.name,))
            for source, given in gave
            for target, taken in got
        ]

    def content(self, place: str) -> float:
        """How much of the element one unit of a place's stock holds, in the unit of the books."""
        declared = self.declared[place]
        content = declared.of.get(self.element, 0.0)
        return content * declared.unit.factor_to(self.unit) if content else 0.0

    def add_plan(self, plan: Scenario, days: float) -> None:
        """Tell supplements from food, and count what was given at once. Raises InputError for a plan with resets."""
        if plan.reset:
            raise InputError(
                "a budget counts what flows, and a reset takes or gives without a flow",
                received=f"{len(plan.reset)} resets",
                where=plan.where("reset", 0),
                hint="leave the resets out",
            )
        segments = list(to_regimen(plan).segments(days, self._habitual(plan)))
        for source in [name for name in self._worlds() if name.startswith("swallowed_")]:
            food, pills = (name + source.removeprefix("swallowed_") for name in ("dietary_", "supplement_"))
            if pills in self.system.inputs:
                taken = sum(segment.inputs[pills] * (segment.t1 - segment.t0) for segment in segments)
                self._split(source, food, pills, taken)
        pulses = [(pool, amount) for segment in segments for pool, amount in segment.pulses.items()]
        for pool, amount in pulses:
            if amount and self.content(pool):
                name = f"pulse into {pool}"
                self.extra[name] = Place(name, "given at once", Kind.SOURCE)
                self.flows.append(Flow(name, pool, amount * self.content(pool), ()))

    def _habitual(self, plan: Scenario) -> dict[str, float]:
        return {name: given.value for name, given in self.system.inputs.items()} | habitual_inputs(plan)

    def _split(self, source: str, food: str, pills: str, taken: float) -> None:
        swallowed = sum(flow.amount for flow in self.flows if flow.source == source)
        eaten = swallowed - taken
        if eaten < -CLOSES_WITHIN * swallowed:
            raise ModelError(
                "what is swallowed is food and supplements",
                received=f"{swallowed:g} {self.unit} with {taken:g} in pills",
            )
        for name, label, amount in ((food, "food and drink", max(eaten, 0.0)), (pills, "supplements", taken)):
            self.extra[name] = Place(name, label, Kind.SOURCE)
            self.flows.append(Flow(name, source, amount, ()))

    def _worlds(self) -> list[str]:
        """Places outside the body that the element can come from or go to, by the wiring."""
        return [name for name, world in self.system.inventory.worlds.items() if self.element in world.of]

    def gain(self, place: str) -> float:
        """What a place got less what it gave."""
        return sum(
            (1 if flow.target == place else -1) * flow.amount
            for flow in self.flows
            if place in (flow.source, flow.target)
        )

    def places(self, changes: Mapping[str, float]) -> dict[str, Place]:
        """Every place of the budget with what it is; a source that is split further is a passage."""
        found = dict(self.extra)
        fed = {flow.target for flow in self.flows}
        for name in self._worlds():
            kind = Kind.LOSS if not self._gives(name) else Kind.PASSAGE if name in fed else Kind.SOURCE
            found[name] = Place(name, self._label(name), kind)
        for name, change in changes.items():
            found[name] = Place(name, self._label(name), Kind.STORE, change)
        return found

    def _gives(self, world: str) -> bool:
        return any(place == world and count < 0 for m in self.system.movements.values() for place, count in m.moves)

    def _label(self, name: str) -> str:
        """A place in words without the element, which stands in the heading: "magnesium in red cells" as "red cells"."""
        words = (self.declared[name].doc or name.replace("_", " ")).partition(";")[0].split()
        named = next((k for k, word in enumerate(words[:2]) if word in (self.element, "phosphate")), None)
        if named is None:
            return " ".join(words).partition(", ")[0]
        return re.sub(r"^(in|inside|on|of|at) ", "", " ".join(words[:named] + words[named + 1 :]))

    def merged(self) -> tuple[Flow, ...]:
        """One flow from a place to another."""
        found: dict[tuple[str, str], Flow] = {}
        for flow in self.flows:
            key = (flow.source, flow.target)
            before = found.get(key, Flow(*key, 0.0, ()))
            found[key] = Flow(*key, before.amount + flow.amount, before.fluxes + flow.fluxes)
        return tuple(flow for flow in found.values() if flow.amount)

    def through(self, kind: Kind, places: Mapping[str, Place]) -> float:
        """What all sources gave, or all losses got."""
        sign = 1.0 if kind is Kind.LOSS else -1.0
        return sum(sign * self.gain(name) for name, place in places.items() if place.kind is kind)

    def lines(
        self, places: Mapping[str, Place], enzymes: Enzymes, residual: float, total: float
    ) -> Iterable[tuple[Part, str, float]]:
        """The table from top to bottom."""
        for name, place in places.items():
            if place.kind is Kind.SOURCE:
                yield Part.TAKEN_IN, place.label, 0.0 - self.gain(name)
        flows = self.merged()
        passing = {
            f.source for f in flows if places[f.source].kind is not Kind.STORE and places[f.target].kind is Kind.LOSS
        }
        for flow in flows:
            if flow.source in passing and places[flow.target].kind is Kind.STORE:
                yield Part.ABSORBED, "absorbed from the gut (gross)", flow.amount
        for flow in flows:
            if places[flow.target].kind is Kind.LOSS:
                yield Part.LOST, _loss_label(flow, places, flows), flow.amount
        for place in places.values():
            if place.kind is Kind.STORE:
                yield Part.STORES, place.label, place.change
        yield Part.STORES, "all stores together", total
        if self.element in CARRIED:
            yield Part.ENZYMES, "all enzymes together", enzymes.used
        yield Part.LEFT_OVER, "taken in - lost - change of the stores", residual


def _loss_label(flow: Flow, places: Mapping[str, Place], flows: Iterable[Flow]) -> str:
    target = places[flow.target].label
    if sum(other.target == flow.target for other in flows) < 2:
        return target
    return (
        f"{target}, from {places[flow.source].label}"
        if places[flow.source].kind is Kind.STORE
        else f"{target}, never absorbed"
    )


def enzymes_of(system: System, element: str, totals: Mapping[str, float]) -> Enzymes:
    """What leaves any pool with a flux that turns over something other than a carried element.

    Transport cannot use anything up: the assembly has proved that what leaves one place arrives at another.
    """
    content = {name: place.of for name, place in {**system.inventory.pools, **system.inventory.worlds}.items()}
    asked, carriers, used = [], 0, 0.0
    substances: dict[str, None] = {}
    for name, movement in system.movements.items():
        moved = {e for place, _ in movement.moves for e in content[place]}
        carriers += element in moved
        others = moved - CARRIED - {element}
        if not others:
            continue
        asked.append(name)
        substances |= dict.fromkeys(sorted(others))
        taken = sum(max(-count, 0.0) * content[place].get(element, 0.0) for place, count in movement.moves)
        used += taken * abs(totals[name])
    return Enzymes(used, tuple(asked), tuple(substances), carriers)
