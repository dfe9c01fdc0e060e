"""A System: organs joined by name, checked, and traced to one graph of equations."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from cofactor.errors import ModelError
from cofactor.model._assemble import TIME, Inventory, in_order, organ_name, take_inventory
from cofactor.model._checks import (
    PER_DAY,
    check_connected,
    check_conservation,
    check_flux_units,
    require_edge,
    require_unit,
)
from cofactor.model._compile import Compiled, Layout, compile_outputs
from cofactor.model._declare import Adapting, Derived, Parameter, Pool, Sites
from cofactor.model._graph import Expr, Graph
from cofactor.model._jacobian import Jacobian
from cofactor.model._parts import Constant, Input, Movement, State
from cofactor.model._slots import Place, Slots
from cofactor.units import Unit, parse_unit

DAY = parse_unit("d")


class System:
    """Organs assembled into one body of equations. Immutable: `replace` and `cutting` give new Systems."""

    def __init__(self, organs: Sequence[Any], cuts: Sequence[tuple[str, str]], inventory: Inventory):
        self.organs = tuple(organs)
        self.cuts = tuple(cuts)
        self.inventory = inventory
        self.graph = Graph()
        self.movements = MappingProxyType(self._movements())
        self.inputs = MappingProxyType(self._number_inputs())
        self.constants = MappingProxyType(self._number_constants())
        self.states = MappingProxyType(self._number_states())
        self.quantities = MappingProxyType(self._trace())
        self.rates = MappingProxyType({name: self._rate(name) for name in self.states})
        self._sealed = True

    def __setattr__(self, name: str, value: Any) -> None:
        if "_sealed" in self.__dict__:
            raise ModelError(
                "a System does not change once it is assembled",
                received=name,
                hint="replace(...) and cutting(...) give a new System, parameter_vector({...}) other numbers",
            )
        super().__setattr__(name, value)

    @classmethod
    def from_organs(cls, organs: Iterable[Any], *, cut: Iterable[tuple[str, str]] = ()) -> System:
        """Assemble organs (modules or namespaces of declarations).

        `cut` lists edges (source, target): the target then reads a constant in place of the source, set by the run to the
        person's resting value. Raises ModelError for unknown, duplicate, unconnected and circular names, for units that do
        not agree and for fluxes that create or destroy an element, with file and line.
        """
        organs = tuple(organs)
        inventory = take_inventory(organs)
        check_connected(inventory)
        check_flux_units(inventory)
        cuts = tuple(cut)
        for source, target in cuts:
            require_edge(inventory, source, target)
        return cls(organs, cuts, inventory)

    def replace(self, **organs: Any) -> System:
        """The same System with organs replaced by name: `system.replace(kidney_magnesium=my_organ)`."""
        names = [organ_name(organ) for organ in self.organs]
        for name in organs:
            if name not in names:
                raise ModelError(
                    "only an organ of the System can be replaced", received=name, hint=f"organs: {', '.join(names)}"
                )
        chosen = [organs.get(name, organ) for name, organ in zip(names, self.organs, strict=True)]
        return System.from_organs(chosen, cut=self.cuts)

    def cutting(self, cuts: Iterable[tuple[str, str]]) -> System:
        """The same System with causal edges cut."""
        return System.from_organs(self.organs, cut=(*self.cuts, *cuts))

    # -- numbering ------------------------------------------------------------------------------------------------

    def _number_inputs(self) -> dict[str, Input]:
        return {
            name: Input(name, given.value, given.unit, given.doc, offset)
            for offset, (name, given) in enumerate(self.inventory.givens.items())
        }

    def _number_constants(self) -> dict[str, Constant]:
        constants: dict[str, Constant] = {}
        offset = 0
        for name, declared in [*self.inventory.parameters.items(), *self._derived_in_order()]:
            sites = _sites(declared.each) if isinstance(declared, Parameter) else 0
            value = (
                declared.value
                if isinstance(declared, Parameter)
                else self._derive(declared, {n: c.value for n, c in constants.items()})
            )
            source = (
                (declared.source or f"calibrated: {declared.calibrated}") if isinstance(declared, Parameter) else ""
            )
            constants[name] = Constant(
                name, value, declared.unit, declared.spread, declared.varies,
                source or f"calibrated: {declared.calibrated}", getattr(declared, "note", ""), declared.where,
                declared.low, declared.high, getattr(declared, "follows", None), offset, sites,
                getattr(declared, "prior", "log-normal"),
            )  # fmt: skip
            offset += max(sites, 1)
        return constants

    def _derived_in_order(self) -> list[tuple[str, Derived]]:
        order = in_order(self.inventory, self.inventory.derived)
        return [(name, self.inventory.derived[name]) for name in order]

    def recalibrated(self, changes: Mapping[str, float]) -> dict[str, float]:
        """`changes` with every derived parameter computed anew from them, so that the reference adult still rests.

        Raises ModelError when a derived parameter has no value there.
        """
        values = {name: c.value for name, c in self.constants.items()} | dict(changes)
        result = dict(changes)
        for name, declared in self._derived_in_order():
            if name not in changes:
                values[name] = result[name] = self._derive(declared, values)
        return result

    def _derive(self, declared: Derived, constants: Mapping[str, float]) -> float:
        known = {**{name: g.value for name, g in self.inputs.items()}, **constants}
        for argument in declared.reads:
            if argument not in known:
                raise ModelError(
                    "a derived parameter reads only parameters and inputs",
                    received=argument,
                    where=declared.where,
                )
        try:
            value = float(declared.function(*(known[argument] for argument in declared.reads)))
            if np.isfinite(value):
                return value
            raise ValueError(f"it came out as {value}")
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            raise ModelError(
                f"the derived parameter has no value at these parameters ({error})",
                received=declared.calibrated,
                where=declared.where,
            ) from error

    def _number_states(self) -> dict[str, State]:
        states: dict[str, State] = {}
        offset = 0
        declared = [(name, p) for name, p in self.inventory.pools.items()]
        declared += [(a.state, a) for a in self.inventory.adapting.values()]
        for name, item in declared:
            unit = item.unit if isinstance(item, Pool) else item.unit / PER_DAY
            sites = _sites(item.each)
            states[name] = State(name, unit, self._start(item), offset, sites, isinstance(item, Pool), item.doc)
            offset += max(sites, 1)
        return states

    def _start(self, item: Pool | Adapting) -> float:
        if not isinstance(item.start, str):
            return float(item.start)
        if item.start not in self.constants:
            raise ModelError("a start is a number or the name of a parameter", received=item.start, where=item.where)
        return self.constants[item.start].value

    def _movements(self) -> dict[str, Movement]:
        gains = check_conservation(self.inventory)
        names = self.inventory.names
        return {
            name: Movement(
                name, flux.unit, tuple((names[id(place)], count) for place, count in flux.moves), gains[name], flux.doc
            )
            for name, flux in self.inventory.fluxes.items()
        }

    # -- tracing --------------------------------------------------------------------------------------------------

    def _trace(self) -> dict[str, Expr]:
        graph, values = self.graph, dict[str, Expr]()
        values[TIME] = graph.symbol(TIME, DAY)
        for state in self.states.values():
            values[state.name] = graph.symbol(state.name, state.unit, state.sites)
        for constant in self.constants.values():
            values[constant.name] = graph.symbol(constant.name, constant.unit, constant.sites)
        for given in self.inputs.values():
            values[given.name] = graph.symbol(given.name, given.unit)
        equations = {**self.inventory.signals, **self.inventory.fluxes, **self.inventory.adapting}
        for name in in_order(self.inventory, equations):
            equation = equations[name]
            arguments = [
                self._held(a, name, values[a]) if (a, name) in self.cuts else values[a] for a in equation.reads
            ]
            values[name] = self._as_value(equation.function(*arguments), name)
            require_unit(values[name].unit, equation.unit, name, equation.where)
        return values

    def _held(self, source: str, target: str, value: Expr) -> Expr:
        """The constant that stands in for a cut edge, one per site where the source has one per site."""
        return self.graph.symbol(held_name(source, target), self.unit_of(source), value.node.sites)

    def _as_value(self, result: Any, name: str) -> Expr:
        if isinstance(result, Expr):
            return result
        if isinstance(result, (int, float)):
            return self.graph.constant(float(result))
        where = self.inventory.equations()[name].where
        raise ModelError(f"the equation {name} returns a value or a number", received=repr(result), where=where)

    def _rate(self, state: str) -> Expr:
        for name, adapting in self.inventory.adapting.items():
            if adapting.state == state:
                return self._rate_of_adapting(name, adapting)
        rate: Expr | float = 0.0
        for movement in self.movements.values():
            for place, count in movement.moves:
                if place == state:
                    rate = self._to_width(self.quantities[movement.name], state) * count + rate
        return rate if isinstance(rate, Expr) else self.graph.constant(rate)

    def _rate_of_adapting(self, name: str, adapting: Adapting) -> Expr:
        value = self.quantities[name]
        if bool(value.node.sites) == bool(self.states[adapting.state].sites):
            return value
        raise ModelError(
            f"the state {adapting.state} and its rate {name} have one value each, or both one per site",
            received=f"{'one per site' if value.node.sites else 'one value'} as the rate",
            where=adapting.where,
            hint="declare the state with each=, or sum with total or mean",
        )

    def _to_width(self, value: Expr, state: str) -> Expr:
        if value.node.sites and not self.states[state].sites:
            return self.graph.total(value)
        if self.states[state].sites and not value.node.sites:
            raise ModelError(
                f"the replicated state {state} needs a replicated rate", received="one value for all sites",
                hint="read a quantity of the sites in its equation",
            )  # fmt: skip
        return value

    def unit_of(self, name: str) -> Unit:
        """Unit of any quantity by name; ModelError with the nearest name when there is none."""
        if name in self.states:
            return self.states[name].unit
        if name == TIME:
            return DAY
        declared = self.inventory.everything().get(name)
        if declared is not None:
            return declared.unit
        raise self.unknown(name)

    def unknown(self, name: str) -> ModelError:
        """The error for a name this System does not have, with the nearest one it has."""
        near = difflib.get_close_matches(name, [*self.quantities, *self.inventory.everything()], n=1)
        return ModelError(
            "the System has no such quantity",
            received=name,
            hint=f"did you mean {near[0]}?" if near else "see System.quantities",
        )

    # -- vectors and functions ------------------------------------------------------------------------------------

    @cached_property
    def size(self) -> int:
        """Length of the state vector."""
        return sum(state.width for state in self.states.values())

    @cached_property
    def start(self) -> np.ndarray:
        """State vector from which rest is sought."""
        values = [np.full(s.width, s.start) for s in self.states.values()]
        vector = np.concatenate(values) if values else np.zeros(0)
        vector.setflags(write=False)  # the same array for every caller
        return vector

    def parameter_vector(self, changes: Mapping[str, Any] | None = None) -> np.ndarray:
        """Parameter values in order (held edges last), with changes by name; unknown names are ModelErrors."""
        return self._parameter_slots.vector(changes or {})

    def parameter_table(self, people: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """A `parameter_vector` for each of many people, (people, parameters)."""
        return self._parameter_slots.table(people)

    def input_vector(self, changes: Mapping[str, float] | None = None) -> np.ndarray:
        """Input values in order, the reference adult's unless changed; unknown names are ModelErrors."""
        return self._input_slots.vector(changes or {})

    def input_table(self, people: Sequence[Mapping[str, float]]) -> np.ndarray:
        """An `input_vector` for each of many people, (people, inputs)."""
        return self._input_slots.table(people)

    @cached_property
    def _input_slots(self) -> Slots:
        usual = np.array([given.value for given in self.inputs.values()], dtype=float)
        return Slots({given.name: given.offset for given in self.inputs.values()}, usual, self.unknown)

    @cached_property
    def _parameter_slots(self) -> Slots:
        values = [np.full(max(c.sites, 1), c.value) for c in self.constants.values()]
        places = {c.name: _place(c.offset, c.sites) for c in self.constants.values()}
        end = sum(max(c.sites, 1) for c in self.constants.values())
        for source, target in self.cuts:
            sites = self.quantities[source].node.sites
            values.append(np.full(max(sites, 1), np.nan))
            places[held_name(source, target)] = _place(end, sites)
            end += max(sites, 1)
        return Slots(places, np.concatenate(values) if values else np.zeros(0), self.unknown)

    @property
    def held_offsets(self) -> dict[str, int]:
        """Places in the parameter vector of the constants that stand in for cut edges."""
        places = {held_name(*cut): self._parameter_slots.places[held_name(*cut)] for cut in self.cuts}
        return {name: place.start if isinstance(place, slice) else place for name, place in places.items()}

    @cached_property
    def layout(self) -> Layout:
        """Where each symbol stands in the vectors."""
        place = {TIME: "t"}
        place |= {s.name: _text("y", s.offset, s.sites) for s in self.states.values()}
        place |= {c.name: _text("p", c.offset, c.sites) for c in self.constants.values()}
        for source, target in self.cuts:
            name = held_name(source, target)
            place[name] = _text("p", self.held_offsets[name], self.quantities[source].node.sites)
        place |= {g.name: _text("u", g.offset, 0) for g in self.inputs.values()}
        return Layout(place)

    def function(self, names: Sequence[str], *, people: bool = False) -> Compiled:
        """f(time, states, parameters, inputs) -> values of the named quantities."""
        for name in names:
            if name not in self.quantities:
                raise self.unknown(name)
        return compile_outputs(self.graph, [self.quantities[name] for name in names], self.layout, people=people)

    def rate_function(self, *, people: bool = False) -> Compiled:
        """f(time, states, parameters, inputs) -> rates of all states, one per state (arrays for replicated states)."""
        return compile_outputs(self.graph, list(self.rates.values()), self.layout, people=people)

    @cached_property
    def jacobian(self) -> Jacobian:
        """The exact sparse Jacobian of the rates by the states."""
        return self.jacobian_of(list(self.rates.values()))

    def jacobian_of(self, rows: Sequence[Expr]) -> Jacobian:
        """The exact sparse Jacobian of any traced expressions by the states."""
        columns = [(self.quantities[s.name], s.offset, s.width) for s in self.states.values()]
        return Jacobian(self.graph, rows, columns, self.size, self.layout)

    @property
    def told_to_baseline(self) -> set[str]:
        """Observables that a run reports as a ratio to the person's own resting value."""
        return {name for name, signal in self.inventory.signals.items() if signal.to_baseline}

    @property
    def observables(self) -> list[str]:
        """Names that may be asked for as output."""
        return [name for name, signal in self.inventory.signals.items() if signal.public]


def _place(offset: int, sites: int) -> Place:
    return slice(offset, offset + sites) if sites else offset


def held_name(source: str, target: str) -> str:
    """Name of the constant that stands in for a cut edge."""
    return f"{source} held for {target}"


def _sites(each: Sites | None) -> int:
    return each.count if each is not None else 0


def _text(vector: str, offset: int, sites: int) -> str:
    return f"{vector}[{offset}:{offset + sites}]" if sites else f"{vector}[{offset}]"
