"""The parts of an SBML document that every quantity goes through: elements with notes, rules, reactions and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement

from cofactor.interop._mathml import math, number

XHTML = "http://www.w3.org/1999/xhtml"


def noted(element: Element, *sentences: str) -> Element:
    """The element with its description, one paragraph a sentence."""
    told = [sentence for sentence in sentences if sentence]
    if not told:
        return element
    notes = Element("notes")
    for sentence in told:
        SubElement(notes, "p", xmlns=XHTML).text = sentence
    element.insert(0, notes)
    return element


def parameter(name: str, unit_id: str, *, value: float | None = None, moves: bool = False) -> Element:
    """A parameter; `moves`: a rule or an event changes it."""
    made = Element("parameter", id=name, units=unit_id, constant=_truth(not moves))
    if value is not None:
        made.set("value", repr(float(value)))
    return made


def species(
    name: str, unit_id: str, compartment: str, amount: float, *, outside: bool = False, ruled: bool = False
) -> Element:
    """A stock counted as an amount; `outside`: a place of the world, which holds no account; `ruled`: a rule moves it."""
    return Element(
        "species", id=name, compartment=compartment, initialAmount=repr(float(amount)), substanceUnits=unit_id,
        hasOnlySubstanceUnits="true", boundaryCondition=_truth(outside or ruled), constant=_truth(outside),
    )  # fmt: skip


def rule(kind: str, variable: str, formula: Element) -> Element:
    """An assignmentRule or rateRule."""
    made = Element(kind, variable=variable)
    made.append(math(formula))
    return made


def reaction(name: str, moves: Sequence[tuple[str, float]], formula: Element) -> Element:
    """A flux: what leaves and enters with its coefficients, and its rate."""
    made = Element("reaction", id=name, reversible="false")
    for title, sign in (("listOfReactants", -1.0), ("listOfProducts", 1.0)):
        places = [(place, count * sign) for place, count in moves if count * sign > 0.0]
        if not places:
            continue
        table = SubElement(made, title)
        for place, count in places:
            SubElement(table, "speciesReference", species=place, stoichiometry=repr(count), constant="true")
    SubElement(made, "kineticLaw").append(math(formula))
    return made


def event(
    name: str, condition: Element, assignments: Mapping[str, Element], *, priority: float | None = None
) -> Element:
    """What happens the moment the condition becomes true, the first moment of the run included; of events due at the same
    moment the one of higher priority comes first, and the later ones see what it did: two doses into one pool add up."""
    made = Element("event", id=name, useValuesFromTriggerTime="false")
    SubElement(made, "trigger", initialValue="false", persistent="true").append(math(condition))
    if priority is not None:
        SubElement(made, "priority").append(math(number(priority, "dimensionless")))
    table = SubElement(made, "listOfEventAssignments")
    for variable, value in assignments.items():
        SubElement(table, "eventAssignment", variable=variable).append(math(value))
    return made


def _truth(value: bool) -> str:
    return "true" if value else "false"
