"""What a clause's answer rests on, by name: parameters with value and source, studies, and the causal edges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cofactor.claims import ClauseResult
from cofactor.evidence import Row
from cofactor.model import System
from cofactor.report._studies import link_of
from cofactor.report._words import BASIS, capital, number, with_unit

_INTERNAL = re.compile(r"\s*\([^()]*\.md[^()]*\)")
"""Where the specification has it; no help to who reads the page."""
Bodies = Sequence[System]
"""The body and what is run beside it: a quantity or a parameter is looked for in each."""


@dataclass(frozen=True)
class Named:
    """A parameter or a study the answer rests on."""

    name: str
    what: str
    link: str = ""


@dataclass(frozen=True)
class BasisView:
    """The basis of one or more clauses."""

    labels: tuple[str, ...]
    kind: str
    meaning: str
    why: str
    parameters: tuple[Named, ...]
    rows: tuple[Named, ...]


@dataclass(frozen=True)
class Step:
    """One quantity of a causal chain, and whether the model computes it from the one before."""

    name: str
    words: str
    computed: bool


def bases(clauses: Iterable[ClauseResult], bodies: Bodies, rows: dict[str, Row]) -> tuple[BasisView, ...]:
    """The bases of the clauses, each once with the clauses it carries."""
    found: dict[object, list[ClauseResult]] = {}
    for clause in clauses:
        found.setdefault(clause.basis, []).append(clause)
    return tuple(_basis(same, bodies, rows) for same in found.values())


def _basis(clauses: list[ClauseResult], bodies: Bodies, rows: dict[str, Row]) -> BasisView:
    basis = clauses[0].basis
    return BasisView(
        labels=tuple(clause.label for clause in clauses),
        kind=basis.kind,
        meaning=BASIS[basis.kind],
        why=capital(" ".join(basis.why.split())).rstrip(".") + ".",
        parameters=tuple(_parameter(name, bodies) for name in basis.parameters),
        rows=tuple(_row(name, rows) for name in basis.rows),
    )


def _parameter(name: str, bodies: Bodies) -> Named:
    constant = next((body.constants[name] for body in bodies if name in body.constants), None)
    if constant is None:
        return Named(name, "no parameter of this version's body")
    value = f"{with_unit(number(constant.value), str(constant.unit))}"
    if constant.low is not None and constant.high is not None:
        value += f" (held within {number(constant.low)} to {number(constant.high)})"
    return Named(name, "; ".join(part for part in (value, constant.source, constant.note) if part))


def _row(name: str, rows: dict[str, Row]) -> Named:
    row = rows.get(name)
    return (
        Named(name, "not among this version's rows") if row is None else Named(name, row.citation, link_of(row.study))
    )


# -- edges ------------------------------------------------------------------------------------------------------------


def chains(edges: Iterable[str], bodies: Bodies) -> tuple[tuple[Step, ...], ...]:
    """The causal edges of a claim joined into chains; an edge that does not continue the last one begins another."""
    reads, says = _reads(bodies), _says(bodies)
    found: list[list[Step]] = []
    for edge in edges:
        source, _, target = (part.strip() for part in edge.partition("->"))
        if not found or found[-1][-1].name != source:
            found.append([_step(source, True, says)])
        found[-1].append(_step(target, _leads_to(source, target, reads), says))
    return tuple(tuple(chain) for chain in found)


def _step(name: str, computed: bool, says: Mapping[str, str]) -> Step:
    return Step(name, says.get(name) or f"{name.replace('_', ' ')}: not in this version's body", computed)


def _says(bodies: Bodies) -> dict[str, str]:
    """What each quantity is; a state that adapts is described where its change is."""
    found: dict[str, str] = {}
    for body in bodies:
        inventory = body.inventory
        docs = [(adapting.state, adapting.doc) for adapting in inventory.adapting.values()]
        docs += [(name, declared.doc) for name, declared in inventory.everything().items()]
        for name, doc in docs:
            found.setdefault(name, _INTERNAL.sub("", doc.partition("\n")[0]).strip() or name.replace("_", " "))
    return found


def _reads(bodies: Bodies) -> dict[str, set[str]]:
    """What each quantity is computed from, pools by the fluxes that move them."""
    found: dict[str, set[str]] = {}
    for body in bodies:
        inventory = body.inventory
        for name, equation in inventory.equations().items():
            found.setdefault(name, set()).update(equation.reads)
        for name, adapting in inventory.adapting.items():
            found.setdefault(adapting.state, set()).update({name, *adapting.reads})
        for name, movement in body.movements.items():
            for place, _ in movement.moves:
                found.setdefault(place, set()).add(name)
    return found


def _leads_to(source: str, target: str, reads: dict[str, set[str]]) -> bool:
    """Whether the wiring leads from one quantity to the other, by however many steps."""
    seen: set[str] = set()
    left = [target]
    while left:
        name = left.pop()
        if name == source:
            return name != target or source in seen
        if name not in seen:
            seen.add(name)
            left += reads.get(name, set())
    return False
