"""What a clause's answer rests on, by name: parameters with value and source, studies, and the causal edges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cofactor.claims import ClauseResult
from cofactor.evidence import Row
from cofactor.model import System
from cofactor.report._studies import link_of
from cofactor.report._words import BASIS, capital, interval, number, with_unit


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


def bases(clauses: Iterable[ClauseResult], system: System, rows: dict[str, Row]) -> tuple[BasisView, ...]:
    """The bases of the clauses, each once with the clauses it carries."""
    found: dict[object, list[ClauseResult]] = {}
    for clause in clauses:
        found.setdefault(clause.basis, []).append(clause)
    return tuple(_basis(same, system, rows) for same in found.values())


def _basis(clauses: list[ClauseResult], system: System, rows: dict[str, Row]) -> BasisView:
    basis = clauses[0].basis
    return BasisView(
        labels=tuple(clause.label for clause in clauses),
        kind=basis.kind,
        meaning=BASIS[basis.kind],
        why=capital(" ".join(basis.why.split())).rstrip(".") + ".",
        parameters=tuple(_parameter(name, system) for name in basis.parameters),
        rows=tuple(_row(name, rows) for name in basis.rows),
    )


def _parameter(name: str, system: System) -> Named:
    constant = system.constants.get(name)
    if constant is None:
        return Named(name, "no parameter of this version's body")
    value = f"{with_unit(number(constant.value), str(constant.unit))}"
    if constant.low is not None and constant.high is not None:
        value += f" (held within {interval(constant.low, constant.high)})"
    return Named(name, "; ".join(part for part in (value, constant.source, constant.note) if part))


def _row(name: str, rows: dict[str, Row]) -> Named:
    row = rows.get(name)
    return (
        Named(name, "not among this version's rows") if row is None else Named(name, row.citation, link_of(row.study))
    )


# -- edges ------------------------------------------------------------------------------------------------------------


def chains(edges: Iterable[str], system: System) -> tuple[tuple[Step, ...], ...]:
    """The causal edges of a claim joined into chains; an edge that does not continue the last one begins another."""
    reads = _reads(system)
    found: list[list[Step]] = []
    for edge in edges:
        source, _, target = (part.strip() for part in edge.partition("->"))
        if not found or found[-1][-1].name != source:
            found.append([_step(source, True, system)])
        found[-1].append(_step(target, _leads_to(source, target, reads), system))
    return tuple(tuple(chain) for chain in found)


def _step(name: str, computed: bool, system: System) -> Step:
    declared = system.inventory.everything().get(name)
    words = declared.doc.partition("\n")[0] if declared is not None else "not a quantity of this version's body"
    return Step(name, words or name.replace("_", " "), computed)


def _reads(system: System) -> dict[str, set[str]]:
    """What each quantity is computed from, pools by the fluxes that move them."""
    inventory = system.inventory
    found = {name: set(equation.reads) for name, equation in inventory.equations().items()}
    for name, adapting in inventory.adapting.items():
        found.setdefault(adapting.state, set()).add(name)
    for name, movement in system.movements.items():
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
