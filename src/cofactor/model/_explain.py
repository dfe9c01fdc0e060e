"""`explain`: what a quantity is, how it is computed, from what, who reads it, and where all of that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cofactor.model._assemble import TIME
from cofactor.model._declare import Declared, Derived, Equation
from cofactor.model._graph import Expr, Graph
from cofactor.model._parts import Constant
from cofactor.model._system import System
from cofactor.model._text import Latex, PlainText, Printed, Style, added, equation, multiplied, negated
from cofactor.units import Unit

_PACKAGES = Path(__file__).parents[2]
_STYLES: tuple[Style, Style] = (PlainText(), Latex())


@dataclass(frozen=True)
class Reading:
    """One quantity that an equation reads; its kind is "held" where the edge is cut and a constant stands in for it."""

    name: str
    kind: str
    unit: Unit


@dataclass(frozen=True)
class Explanation:
    """Everything a System knows about one quantity.

    `text` and `latex` are printed from the trace of its equation; for a pool they are the balance of its fluxes.
    `parameters` are the constants it reads; for a parameter, itself first. `moves` are the places a flux touches, signed.
    `value` is that of the reference adult at the start of the search for rest, one number per site where there are sites,
    and None for a place outside the body or where a held edge has no value yet.
    """

    name: str
    kind: str
    unit: Unit
    doc: str
    organ: str
    where: str
    text: str
    latex: str
    reads: tuple[Reading, ...]
    parameters: tuple[Constant, ...]
    read_by: tuple[str, ...]
    moves: tuple[tuple[str, float], ...]
    value: float | tuple[float, ...] | None


def explain(system: System, name: str) -> Explanation:
    """What `name` is in this System: any state, parameter, input, signal, flux, rate or place outside the body.

    Raises ModelError, with the nearest name there is, for a name the System does not have.
    """
    kind = _kind(system, name)
    source = _source(system, name)
    reads = _reads(system, name)
    text, latex = (_printed(system, name, style) for style in _STYLES)
    return Explanation(
        name=name,
        kind=kind,
        unit=system.unit_of(name),
        doc=source.doc if source is not None else "days since the start of the run",
        organ=system.inventory.owner[_declared_as(system, name)] if source is not None else "",
        where=_relative(source.where) if source is not None else "",
        text=text,
        latex=latex,
        reads=tuple(_reading(system, read, name) for read in reads),
        parameters=tuple(system.constants[n] for n in (name, *reads) if n in system.constants),
        read_by=_read_by(system, name),
        moves=system.movements[name].moves if name in system.movements else (),
        value=_value(system, name),
    )


# -- which kind of quantity a name is ------------------------------------------------------------------------------

_KINDS: tuple[tuple[str, Callable[[System], Iterable[str]]], ...] = (
    ("time", lambda s: (TIME,)),
    ("pool", lambda s: s.inventory.pools),
    ("adapting state", lambda s: s.states),
    ("place outside the body", lambda s: s.inventory.worlds),
    ("switch", lambda s: (n for n, p in s.inventory.parameters.items() if p.note.startswith("switch"))),
    ("parameter", lambda s: s.inventory.parameters),
    ("derived parameter", lambda s: s.inventory.derived),
    ("input", lambda s: s.inventory.givens),
    ("flux", lambda s: s.inventory.fluxes),
    ("rate", lambda s: s.inventory.adapting),
    ("observable", lambda s: s.observables),
    ("signal", lambda s: s.inventory.signals),
)


def _kind(system: System, name: str) -> str:
    for kind, names in _KINDS:
        if name in names(system):
            return kind
    raise system.unknown(name)


def _declared_as(system: System, name: str) -> str:
    """The name under which the organ declares it: an adapting state stands under its rate."""
    for rate, adapting in system.inventory.adapting.items():
        if adapting.state == name:
            return rate
    return name


def _source(system: System, name: str) -> Declared | None:
    return system.inventory.everything().get(_declared_as(system, name))


def _equation(system: System, name: str) -> Equation | None:
    source = _source(system, name)
    return source if isinstance(source, Equation) else None


def _relative(where: str) -> str:
    """file:line from the folder the packages stand in, or from the working folder."""
    path = Path(where)
    for home in (_PACKAGES, Path.cwd()):
        if path.is_relative_to(home):
            return path.relative_to(home).as_posix()
    return where


# -- the wiring ----------------------------------------------------------------------------------------------------


def _reads(system: System, name: str) -> tuple[str, ...]:
    own = _equation(system, name)
    return own.reads if own is not None else tuple(flux for flux, _ in _balance(system, name))


def _reading(system: System, read: str, by: str) -> Reading:
    return Reading(read, "held" if _is_held(system, read, by) else _kind(system, read), system.unit_of(read))


def _is_held(system: System, read: str, by: str) -> bool:
    return (read, _declared_as(system, by)) in system.cuts


def _balance(system: System, place: str) -> list[tuple[str, float]]:
    """Fluxes that touch a place, with their signed coefficients."""
    return [(m.name, count) for m in system.movements.values() for touched, count in m.moves if touched == place]


def _read_by(system: System, name: str) -> tuple[str, ...]:
    inventory = system.inventory
    readers = [r for r, e in inventory.equations().items() if name in e.reads and (name, r) not in system.cuts]
    readers += [pool for pool, declared in inventory.pools.items() if declared.start == name]
    readers += [a.state for rate, a in inventory.adapting.items() if name in (rate, a.start)]
    readers += [place for place, _ in system.movements[name].moves] if name in system.movements else []
    return tuple(dict.fromkeys(readers))


# -- text ----------------------------------------------------------------------------------------------------------


def _printed(system: System, name: str, style: Style) -> str:
    own = _equation(system, name)
    left = style.name(name, _sites(system, name) > 0)
    if name in system.constants and not isinstance(own, Derived):
        return _given(style, left, system.constants[name].value, system.constants[name].unit)
    if name in system.inputs:
        return _given(style, left, system.inputs[name].value, system.inputs[name].unit)
    if own is None:
        return (
            style.equation(style.rate(left), _balance_printed(system, name, style), ()) if name != TIME else left.text
        )
    state = getattr(own, "state", None)
    if state is not None:
        left = style.rate(style.name(state, _sites(system, state) > 0))
    return _equation_printed(system, name, own, style, left)


def _given(style: Style, left: Printed, value: float, unit: Unit) -> str:
    return style.equation(left, style.quantity(value, str(unit)), ())


def _balance_printed(system: System, place: str, style: Style) -> Printed:
    whole: Printed | None = None
    of_sites = place in system.states and system.states[place].sites > 0
    for flux, count in _balance(system, place):
        sited = _sites(system, flux) > 0
        piece = style.name(flux, sited)
        piece = style.over_sites(piece) if sited and not of_sites else piece
        if abs(count) != 1:
            piece = multiplied(style, style.number(abs(count)), piece)
        piece = negated(style, piece) if count < 0 else piece
        whole = piece if whole is None else added(style, whole, piece)
    return whole if whole is not None else style.number(0.0)


def _equation_printed(system: System, name: str, own: Equation, style: Style, left: Printed) -> str:
    graph = Graph()
    arguments = [graph.symbol(read, system.unit_of(read), _sites(system, read)) for read in own.reads]
    labels = {read: f"{read}_held" for read in own.reads if _is_held(system, read, name)}
    try:
        result = own.function(*arguments)
    except Exception:
        if not isinstance(own, Derived):
            raise
        # a derived parameter is computed once, with numbers: by math.* or the search for a root, which no trace can read
        return style.equation(left, style.call("f", *(style.name(read, False) for read in own.reads)), ())
    value = result if isinstance(result, Expr) else graph.constant(float(result))
    return equation(style, left, value, labels)


# -- numbers -------------------------------------------------------------------------------------------------------


def _sites(system: System, name: str) -> int:
    return system.quantities[name].node.sites if name in system.quantities else 0


def _value(system: System, name: str) -> float | tuple[float, ...] | None:
    if name not in system.quantities:
        return None
    look = system.function((name,))
    with np.errstate(all="ignore"):
        (value,) = look(0.0, system.start, system.parameter_vector(), system.input_vector())
    if not np.all(np.isfinite(value)):
        return None
    return tuple(float(v) for v in value) if np.ndim(value) else float(value)
