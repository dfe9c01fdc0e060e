"""What an SBML model holds, sorted: what moves, what follows, what stays, and the values everything begins with."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from cofactor.errors import InputError
from cofactor.interop._read_math import CLOCK, names_in, number_of


@dataclass
class Contents:
    """An SBML model by role. Formulas are libSBML trees; numbers are in the file's own units."""

    file: str
    model: Any
    rules: dict[str, Any] = field(default_factory=dict)
    rates: dict[str, Any] = field(default_factory=dict)
    reactions: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    initial: dict[str, Any] = field(default_factory=dict)
    written: dict[str, float] = field(default_factory=dict)
    per_volume: dict[str, str] = field(default_factory=dict)
    _known: dict[str, float] = field(default_factory=dict)

    def where(self, element: Any) -> str:
        """The place of an element, for an error."""
        return f"{self.file}:{element.getLine()}"

    @property
    def states(self) -> list[str]:
        """Ids of what a rate rule or a reaction moves."""
        return [*self.rates, *(name for name in self.changes if name not in self.rates)]

    def starts_at(self, name: str) -> float:
        """The value of anything at time 0, by its initial assignment, rule, or what the file says."""
        if name == CLOCK:
            return 0.0
        if name not in self._known:
            self._known[name] = math.nan  # seen again while it is worked out, it defines itself
            self._known[name] = self._first_value(name)
        if math.isnan(self._known[name]):
            raise InputError(
                "everything a formula reads has a value at the start", received=name, where=self.file,
                hint="set it, or give it an initial assignment that does not read itself",
            )  # fmt: skip
        return self._known[name]

    def _first_value(self, name: str) -> float:
        formula = self.initial.get(name, self.rules.get(name, self.reactions.get(name)))
        if formula is None:
            return self.written.get(name, math.nan)
        values = {read: self.starts_at(read) for read in names_in(formula)}
        return number_of(formula, values, f"{self.file}: {name}")


def contents_of(document: Any, file: str) -> Contents:
    """Sort a model; InputError for what the engine has no counterpart of (algebraic rules, delays, packages, moving volumes)."""
    model = document.getModel()
    held = Contents(file, model)
    _refuse_packages(document, held)
    for compartment in model.getListOfCompartments():
        held.written[compartment.getId()] = compartment.getSize() if compartment.isSetSize() else 1.0
    for parameter in model.getListOfParameters():
        held.written[parameter.getId()] = parameter.getValue() if parameter.isSetValue() else math.nan
    for assignment in model.getListOfInitialAssignments():
        held.initial[assignment.getSymbol()] = assignment.getMath()
    for rule in model.getListOfRules():
        _sort_rule(held, rule)
    for species in model.getListOfSpecies():
        _sort_species(held, species)
    for reaction in model.getListOfReactions():
        _sort_reaction(held, reaction)
    return held


def _refuse_packages(document: Any, held: Contents) -> None:
    for number in range(document.getNumPlugins()):
        plugin = document.getPlugin(number)
        part = held.model.getPlugin(plugin.getPackageName())
        if (
            document.getPackageRequired(plugin.getPackageName())
            and part is not None
            and part.getListOfAllElements().getSize()
        ):
            raise InputError(
                "only core SBML can be read", received=f"package {plugin.getPackageName()}", where=held.file
            )


def _sort_rule(held: Contents, rule: Any) -> None:
    if rule.isAlgebraic():
        raise InputError("algebraic rules cannot be read", where=held.where(rule), hint="solve it for one variable")
    (held.rates if rule.isRate() else held.rules)[rule.getVariable()] = rule.getMath()


def _sort_species(held: Contents, species: Any) -> None:
    name, home = species.getId(), species.getCompartment()
    as_amount = species.getHasOnlySubstanceUnits()
    if not as_amount:
        held.per_volume[name] = home
        if home in held.rates or home in held.rules:
            raise InputError(
                "a volume that moves is not supported for concentrations", received=home, where=held.where(species),
                hint="count the species as an amount (hasOnlySubstanceUnits)",
            )  # fmt: skip
    value = math.nan
    volume = held.starts_at(home) if species.isSetInitialAmount() != as_amount else 1.0
    if species.isSetInitialAmount():
        value = species.getInitialAmount() / volume
    elif species.isSetInitialConcentration():
        value = species.getInitialConcentration() * volume
    held.written[name] = value


def _sort_reaction(held: Contents, reaction: Any) -> None:
    name, law = reaction.getId(), reaction.getKineticLaw()
    if law is None or law.getMath() is None:
        raise InputError("a reaction has a kinetic law", received=name, where=held.where(reaction))
    if reaction.isSetFast() and reaction.getFast():
        raise InputError("fast reactions cannot be read", received=name, where=held.where(reaction))
    held.reactions[name] = law.getMath()
    for sign, table in ((-1.0, reaction.getListOfReactants()), (1.0, reaction.getListOfProducts())):
        for reference in table:
            _count(held, name, reference, sign)


def _count(held: Contents, reaction: str, reference: Any, sign: float) -> None:
    place = held.model.getSpecies(reference.getSpecies())
    if place.getBoundaryCondition() or place.getConstant():
        return
    moves = reference.isSetId() and reference.getId() in {*held.rules, *held.rates, *held.initial}
    if moves or reference.isSetStoichiometryMath():
        raise InputError("stoichiometry is a number", received=place.getId(), where=held.where(reference))
    factor = place.getConversionFactor() or held.model.getConversionFactor()
    count = sign * (reference.getStoichiometry() if reference.isSetStoichiometry() else 1.0)
    scale = held.starts_at(factor) if factor else 1.0
    held.changes.setdefault(place.getId(), []).append((reaction, count * scale))
