"""SBML Level 3 Version 2 of one person: units on everything, fluxes as reactions, observables under their own names.

Pools are species (amounts in one compartment), adapting states parameters with rate rules, signals and fluxes parameters
with assignment rules. A model has one unit for the extent of all its reactions: mmol. A pool counted otherwise has a rate
rule, the sum of its fluxes; conversion factors, SBML's own way, give wrong results in COPASI 4.48.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from importlib.metadata import version
from os import PathLike
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from cofactor.errors import ModelError
from cofactor.interop._case import Case
from cofactor.interop._mathml import CALLED, FUNCTIONS, Formulas, apply, function_definitions, identifier, number
from cofactor.interop._names import Ids
from cofactor.interop._plan import Train, change_events, changes_of, resets_of
from cofactor.interop._units import UnitTable, is_substance
from cofactor.interop._write import noted, parameter, reaction, rule, species
from cofactor.model import Expr, State, System, compile_outputs
from cofactor.scenario import Scenario
from cofactor.units import Unit, parse_unit

SBML = "http://www.sbml.org/sbml/level3/version2/core"
COMPARTMENT = "whole_body"
_EXTENT = parse_unit("mmol")
_PER_DAY = parse_unit("1/d")
_BEFORE_DOSES, _DOSES = 1.0, 0.0
_DISCLAIMER = "A research and teaching instrument, not medical advice."


def export_sbml(source: Case | System | Scenario | str | PathLike[str]) -> str:
    """The SBML text of a case; of a System (its reference adult at rest, no plan); of a scenario or the file it is in.

    Time in days from the start of the plan. Raises InputError for a population and for bad input, ModelError for a System
    with replicated sites, NoRestError for a person without a resting state.
    """
    return Document(as_case(source)).text()


def as_case(source: Case | System | Scenario | str | PathLike[str]) -> Case:
    """The case meant by what a caller hands over."""
    if isinstance(source, Case):
        return source
    return Case.of_system(source) if isinstance(source, System) else Case.of_scenario(source)


class Document:
    """One SBML document. `folded` is what a benchmark gives libRoadRunner: what depends on parameters alone as numbers, so
    that it is not computed again in every step, and SBML's own min and max, which it runs a quarter faster."""

    def __init__(self, case: Case, *, folded: bool = False):
        self.case, self.system = case, case.system
        _require_single_sites(self.system)
        self.units = UnitTable()
        self.ids = Ids((*FUNCTIONS, COMPARTMENT, "time"))
        self.symbols = {name: self.ids.of(name) for name in _symbol_names(self.system)}
        self.relative = {
            name: self.ids.of(name) for name in _equation_names(self.system) if name in self.system.told_to_baseline
        }
        self.quantities = {
            name: self.ids.fresh(f"absolute_{name}") if name in self.relative else self.ids.of(name)
            for name in _equation_names(self.system)
        }
        self.at_rest = {name: self.ids.fresh(f"{name}_at_rest") for name in self.relative}
        self.shared: dict[int, str] = {}
        self.numbers: dict[int, str] = {}
        self.first_inputs, self.changes = changes_of(case)
        self._name_nodes(folded)
        called = {op: name for op, name in CALLED.items() if not (folded and op in ("min", "max"))}
        self.formulas = Formulas(self.system.graph, self.names, self.symbols, self.units.id_of, called)
        self.trains = [
            Train(pulses, self.ids.fresh(f"doses_of_{pulses.pool}"), self.ids.fresh(f"doses_given_of_{pulses.pool}"))
            for pulses in case.regimen.pulses
        ]

    # -- names of nodes ---------------------------------------------------------------------------------------------------

    def _name_nodes(self, folded: bool) -> None:
        graph = self.system.graph
        self.names: dict[int, str] = {}
        for name, written in self.quantities.items():
            index = self.system.quantities[name].index
            if graph.nodes[index].args:
                self.names.setdefault(index, written)
        if folded:
            for index in self._fixed_nodes():
                self.numbers[index] = self.names[index] = self.ids.fresh(f"number_{len(self.numbers) + 1}")
        for index in _used_often(self.system, self._roots(), set(self.names)):
            self.shared[index] = self.names[index] = self.ids.fresh(f"shared_{len(self.shared) + 1}")

    def _roots(self) -> list[int]:
        rates = [self.system.quantities[name] for name in self._rate_names.values()]
        return [*(self.system.quantities[name].index for name in self.quantities), *(rate.index for rate in rates)]

    @cached_property
    def _rate_names(self) -> dict[str, str]:
        return {adapting.state: name for name, adapting in self.system.inventory.adapting.items()}

    def _fixed_nodes(self) -> list[int]:
        """Nodes of parameters and steady inputs alone that moving ones read, or that are a quantity themselves."""
        changing = {name for change in self.changes for name in change.values}
        steady = [name for name in self.system.inputs if name not in changing]
        graph, constants = self.system.graph, {*_constant_names(self.system), *steady}
        fixed: list[bool] = []
        for node in graph.nodes:
            leaf = node.op == "const" or (node.op == "symbol" and node.payload in constants)
            fixed.append(leaf if not node.args else all(fixed[a] for a in node.args))
        read = {a for index, node in enumerate(graph.nodes) if not fixed[index] for a in node.args}
        read |= set(self._roots())
        return sorted(index for index in read if fixed[index] and graph.nodes[index].args)

    def fixed_values(self) -> dict[str, Expr]:
        """Id and node of every number that `folded` made of parameters."""
        return {name: Expr(self.system.graph, index) for index, name in self.numbers.items()}

    # -- the document -----------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The whole document."""
        root = Element("sbml", {"xmlns": SBML, "xmlns:sbml": SBML, "level": "3", "version": "2"})
        root.append(self._model())
        ElementTree.indent(root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"

    def _model(self) -> Element:
        counted = "Reactions are counted in mmol; a pool in another unit has a rate rule, the sum of its fluxes."
        unit = self.units.id_of
        extent, day = unit(_EXTENT), unit(parse_unit("d"))
        model = Element(
            "model", id=self.ids.fresh("cofactor_model"), name=self.case.title, substanceUnits=extent, timeUnits=day,
            extentUnits=extent, volumeUnits=unit(parse_unit("L")),
        )  # fmt: skip
        noted(model, f"Written by Cofactor {version('cofactor')}. Time in days. {_DISCLAIMER}", counted)
        lists = {
            "listOfCompartments": [self._compartment()],
            "listOfSpecies": list(self._species()),
            "listOfParameters": list(self._parameters()),
            "listOfRules": list(self._rules()),
            "listOfReactions": list(self._reactions()),
            "listOfEvents": list(self._events()),
        }
        model.extend((function_definitions(), self.units.definitions()))
        for title, entries in lists.items():
            if entries:
                SubElement(model, title).extend(entries)
        return model

    def _compartment(self) -> Element:
        unit = self.units.id_of(parse_unit("L"))
        made = Element("compartment", id=COMPARTMENT, spatialDimensions="3", size="1", units=unit, constant="true")
        return noted(made, "Holds every pool as an amount; its size enters no equation.")

    # -- states -----------------------------------------------------------------------------------------------------------

    def _is_species(self, name: str) -> bool:
        return self.system.states[name].is_pool and is_substance(self.system.states[name].unit)

    def _is_in_reactions(self, name: str) -> bool:
        """Whether a pool, or a place of the world, is counted in the unit of the extent."""
        worlds = self.system.inventory.worlds
        return (worlds[name].unit if name in worlds else self.system.states[name].unit) == _EXTENT

    def _species(self) -> Iterable[Element]:
        unit = self.units.id_of
        for state in self.system.states.values():
            if self._is_species(state.name):
                amount, ruled = self.case.start[state.offset], not self._is_in_reactions(state.name)
                made = species(self.symbols[state.name], unit(state.unit), COMPARTMENT, amount, ruled=ruled)
                yield noted(made, state.doc)
        for name, world in self.system.inventory.worlds.items():
            if self._is_in_reactions(name):
                yield noted(species(self.ids.of(name), unit(world.unit), COMPARTMENT, 0.0, outside=True), world.doc)

    def _reactions(self) -> Iterable[Element]:
        for movement in self.system.movements.values():
            moves = [(self.ids.of(place), count) for place, count in movement.moves if self._is_in_reactions(place)]
            if moves:
                yield reaction(self.ids.fresh(f"reaction_{movement.name}"), moves, self._read(movement.name))

    # -- parameters and rules -----------------------------------------------------------------------------------------------

    def _parameters(self) -> Iterable[Element]:
        unit, system = self.units.id_of, self.system
        for constant in system.constants.values():
            made = parameter(
                self.symbols[constant.name], unit(constant.unit), value=self.case.parameters[constant.offset]
            )
            declared = system.inventory.everything()[constant.name]
            yield noted(made, declared.doc, f"Source: {constant.source}", constant.note)
        for name, offset in system.held_offsets.items():
            held = next(node.unit for node in system.graph.nodes if node.op == "symbol" and node.payload == name)
            yield parameter(self.symbols[name], unit(held or Unit.one), value=self.case.parameters[offset])
        changing = {name for change in self.changes for name in change.values}
        for given in system.inputs.values():
            value, moves = self.first_inputs[given.name], given.name in changing
            yield noted(parameter(self.symbols[given.name], unit(given.unit), value=value, moves=moves), given.doc)
        yield from self._moving_parameters()

    def _moving_parameters(self) -> Iterable[Element]:
        unit, graph = self.units.id_of, self.system.graph
        for state in self.system.states.values():
            if not self._is_species(state.name):
                value = self.case.start[state.offset]
                yield noted(parameter(self.symbols[state.name], unit(state.unit), value=value, moves=True), state.doc)
        for name, written in self.quantities.items():
            doc = self.system.inventory.everything()[name].doc
            yield noted(parameter(written, unit(self.system.unit_of(name)), moves=True), doc)
        yield from self._relative_parameters()
        for index, name in self.shared.items():
            yield parameter(name, unit(graph.nodes[index].unit or Unit.one), moves=True)
        for name, value in zip(self.numbers.values(), self._fixed_numbers(), strict=True):
            index = next(i for i, known in self.numbers.items() if known == name)
            yield parameter(name, unit(graph.nodes[index].unit or Unit.one), value=value)
        for train in self.trains:
            yield parameter(train.count, "dimensionless", value=0.0, moves=True)

    def _relative_parameters(self) -> Iterable[Element]:
        """Observables that are told as ratios to the person's rest, and what they are there."""
        if not self.relative:
            return
        inputs = self.system.input_vector(self.case.regimen.inputs_before(self.case.habits))
        look = self.system.function(list(self.relative))
        values = look(0.0, self.case.start.tolist(), self.case.parameters.tolist(), inputs.tolist())
        for name, value in zip(self.relative, values, strict=True):
            doc, unit = self.system.inventory.everything()[name].doc, self.units.id_of(self.system.unit_of(name))
            yield noted(
                parameter(self.relative[name], "dimensionless", moves=True), doc, "Relative to this person's rest."
            )
            yield parameter(self.at_rest[name], unit, value=value)

    def _fixed_numbers(self) -> list[float]:
        if not self.numbers:
            return []
        look = compile_outputs(self.system.graph, list(self.fixed_values().values()), self.system.layout)
        inputs = self.system.input_vector(self.first_inputs)
        return look(0.0, self.case.start.tolist(), self.case.parameters.tolist(), inputs.tolist())

    def _read(self, name: str) -> Element:
        """A quantity as a reference."""
        return identifier(self.quantities[name])

    def _rules(self) -> Iterable[Element]:
        for name, written in self.quantities.items():
            index = self.system.quantities[name].index
            unit = self.system.unit_of(name)
            own = self.names.get(index) == written
            formula = self.formulas.definition(index, unit) if own else self.formulas.reference(index, unit)
            yield rule("assignmentRule", written, formula)
        for name, written in self.relative.items():
            yield rule("assignmentRule", written, apply("divide", self._read(name), identifier(self.at_rest[name])))
        for index, name in self.shared.items():
            yield rule("assignmentRule", name, self.formulas.definition(index))
        for state in self.system.states.values():
            if not (state.is_pool and self._is_in_reactions(state.name)):
                yield rule("rateRule", self.symbols[state.name], self._rate(state))

    def _rate(self, state: State) -> Element:
        unit = state.unit * _PER_DAY
        if not state.is_pool:
            return self.formulas.reference(self.system.rates[state.name].index, unit)
        terms = [
            self._term(movement.name, count)
            for movement in self.system.movements.values()
            for place, count in movement.moves
            if place == state.name
        ]
        return apply("plus", *terms) if len(terms) > 1 else terms[0]

    def _term(self, flux: str, count: float) -> Element:
        """A flux with its coefficient and sign."""
        value = self._read(flux)
        if abs(count) != 1.0:
            value = apply("times", number(abs(count), "dimensionless"), value)
        return apply("minus", value) if count < 0.0 else value

    # -- the plan ---------------------------------------------------------------------------------------------------------

    def _events(self) -> Iterable[Element]:
        system, unit = self.system, self.units.id_of
        inputs = {name: unit(given.unit) for name, given in system.inputs.items()}
        day = unit(parse_unit("d"))
        own, fresh = self.symbols.__getitem__, self.ids.fresh
        yield from change_events("plan_changes", self.changes, own, fresh, inputs.__getitem__, day)
        resets = resets_of(self.case)
        states = {name: unit(state.unit) for name, state in system.states.items()}
        yield from change_events("reset", resets, own, fresh, states.__getitem__, day, priority=_BEFORE_DOSES)
        for train in self.trains:
            state = system.states[train.pulses.pool]
            yield train.write(own(state.name), states[state.name], day, priority=_DOSES if resets else None)


def _require_single_sites(system: System) -> None:
    if any(s.sites for s in system.states.values()) or any(c.sites for c in system.constants.values()):
        raise ModelError("replicated sites cannot be written as SBML yet", hint="export the body without them")


def _constant_names(system: System) -> list[str]:
    return [*system.constants, *system.held_offsets]


def _symbol_names(system: System) -> list[str]:
    return [*system.states, *system.inputs, *_constant_names(system)]


def _equation_names(system: System) -> list[str]:
    equations = {**system.inventory.signals, **system.inventory.fluxes}
    return [name for name in system.quantities if name in equations]  # in the order they are computed


def _used_often(system: System, roots: Iterable[int], named: set[int]) -> list[int]:
    """Unnamed operations met more than once; comparisons stay where they are, and so do negated names."""
    nodes = system.graph.nodes
    uses: Counter[int] = Counter()
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        uses.update(nodes[index].args)
        waiting += nodes[index].args
    plain = {i for i in uses if not nodes[i].args or (nodes[i].op == "neg" and not nodes[nodes[i].args[0]].args)}
    return sorted(i for i, n in uses.items() if n > 1 and i not in named and i not in plain and nodes[i].op != "less")
