"""Reading organs: which quantities exist, who owns them, and the wiring errors that reading alone can show."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cofactor.errors import ModelError
from cofactor.model._declare import TAG, Adapting, Declared, Derived, Equation, Flux, Given, Parameter, Pool, World

TIME = "time"
"""The one quantity every System knows: days since the start of the run."""


@dataclass
class Inventory:
    """Every declaration of a set of organs under its name, by role."""

    owner: dict[str, str] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    worlds: dict[str, World] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    derived: dict[str, Derived] = field(default_factory=dict)
    givens: dict[str, Given] = field(default_factory=dict)
    signals: dict[str, Equation] = field(default_factory=dict)
    fluxes: dict[str, Flux] = field(default_factory=dict)
    adapting: dict[str, Adapting] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def everything(self) -> dict[str, Declared]:
        """All declarations by name (adapting states under the name of their rate)."""
        groups: tuple[Mapping[str, Declared], ...] = (
            self.pools, self.worlds, self.parameters, self.derived, self.givens, self.signals, self.fluxes, self.adapting,
        )  # fmt: skip
        return {name: declared for group in groups for name, declared in group.items()}

    def equations(self) -> dict[str, Equation]:
        """All functions by name."""
        return {**self.derived, **self.signals, **self.fluxes, **self.adapting}

    def readable(self) -> set[str]:
        """Names an equation may read."""
        states = {a.state for a in self.adapting.values()}
        equations = set(self.derived) | set(self.signals) | set(self.fluxes)
        return set(self.pools) | set(self.parameters) | set(self.givens) | states | equations | {TIME}


def take_inventory(organs: Iterable[Any]) -> Inventory:
    """Collect the declarations of all organs; raises ModelError for duplicates and for places whose owner is absent."""
    inventory = Inventory()
    for organ in organs:
        for name, declared in _declarations(organ):
            _register(inventory, name, declared, organ_name(organ))
    _states_have_one_name(inventory)
    _places_are_owned(inventory)
    _arguments_are_known(inventory)
    return inventory


def declared_names(organ: Any) -> Iterator[str]:
    """What an organ makes: its pools, inputs, parameters, signals and fluxes, and its adapting states."""
    for name, declared in _declarations(organ):
        yield declared.state if isinstance(declared, Adapting) else name


def organ_name(organ: Any) -> str:
    return str(getattr(organ, "__name__", type(organ).__name__)).rsplit(".", 1)[-1]


def _declarations(organ: Any) -> Iterator[tuple[str, Declared]]:
    home = organ.__name__ if inspect.ismodule(organ) else None
    for name, value in vars(organ).items():
        declared = value if isinstance(value, Declared) else getattr(value, TAG, None)
        if not isinstance(declared, Declared):
            continue
        if home is not None and declared.module != home:
            continue  # imported from the organ that owns it
        yield name, declared


_GROUPS: tuple[tuple[type, Callable[[Inventory], dict]], ...] = (
    (Pool, lambda i: i.pools),
    (World, lambda i: i.worlds),
    (Parameter, lambda i: i.parameters),
    (Derived, lambda i: i.derived),
    (Given, lambda i: i.givens),
    (Flux, lambda i: i.fluxes),
    (Adapting, lambda i: i.adapting),
    (Equation, lambda i: i.signals),
)


def _register(inventory: Inventory, name: str, declared: Declared, organ: str) -> None:
    if TIME in (name, getattr(declared, "state", None)):
        raise ModelError(f"the name {TIME} is taken: days since the start of the run", where=declared.where)
    present = inventory.everything().get(name) if name in inventory.owner else None
    if present is declared:
        return
    if present is not None and _takes_the_place(declared, present):
        del inventory.givens[name]
        present = None
    if present is not None and _takes_the_place(present, declared):
        return
    if present is not None:
        raise ModelError(
            f"the quantity {name} is declared twice",
            received=f"{present.where} ({inventory.owner[name]}) and {declared.where} ({organ})",
            hint="rename one, or replace the organ instead of adding a second",
        )
    group = next(pick for kind, pick in _GROUPS if isinstance(declared, kind))
    group(inventory)[name] = declared
    inventory.owner[name] = organ
    inventory.names[id(declared)] = name


def _takes_the_place(made: Declared, imposed: Declared) -> bool:
    """An input stands in for a signal that no organ makes yet: the organ that makes it, in the same unit, takes its place."""
    return isinstance(imposed, Given) and type(made) is Equation and made.unit == imposed.unit


def _states_have_one_name(inventory: Inventory) -> None:
    seen: dict[str, str] = {}
    for adapting in inventory.adapting.values():
        other = inventory.everything().get(adapting.state)
        first = other.where if other is not None else seen.get(adapting.state)
        if first is not None:
            raise ModelError(
                f"the quantity {adapting.state} is declared twice", received=f"{first} and {adapting.where}",
                hint="one state has one rate",
            )  # fmt: skip
        seen[adapting.state] = adapting.where


def _places_are_owned(inventory: Inventory) -> None:
    for name, flux in inventory.fluxes.items():
        for place, _ in flux.moves:
            if id(place) not in inventory.names:
                raise ModelError(
                    f"the flux {name} moves stock of a place whose organ is not in this System",
                    received=place.doc or "an undocumented place",
                    where=flux.where,
                    hint=f"add the organ {place.module} to System.from_organs([...])",
                )


def _arguments_are_known(inventory: Inventory) -> None:
    readable = inventory.readable()
    for name, equation in inventory.equations().items():
        for argument in equation.reads:
            if argument in readable:
                continue
            near = difflib.get_close_matches(argument, readable, n=1)
            raise ModelError(
                f"{name} reads the unknown quantity {argument}",
                where=equation.where,
                hint=f"did you mean {near[0]}?"
                if near
                else "add the organ that makes it, or declare it with given(...)",
            )


def in_order(inventory: Inventory, equations: Mapping[str, Equation]) -> list[str]:
    """Names of the equations so that each comes after what it reads; a circle is an error that shows its path."""
    order: list[str] = []
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in done or name not in equations:
            return
        if name in path:
            circle = (*path[path.index(name) :], name)
            raise ModelError(
                "quantities define each other in a circle",
                received=" > ".join(circle),
                where=equations[name].where,
                hint="make one of them an adapting state",
            )
        for argument in equations[name].reads:
            visit(argument, (*path, name))
        done.add(name)
        order.append(name)

    for name in equations:
        visit(name, ())
    return order
