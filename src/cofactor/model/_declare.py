"""What an organ file declares: pools, places of the outside world, fluxes, signals, adapting states, parameters, inputs.

Declarations are plain values read from an organ's attributes by `System.from_organs`; the attribute name is the
quantity's name. Decorated functions stay plain functions: callable with floats, traced once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Literal, TypeVar

from cofactor.errors import ModelError
from cofactor.model._graph import organ_line
from cofactor.units import Unit, parse_unit

Function = TypeVar("Function", bound=Callable[..., Any])
TAG = "__cofactor__"
Prior = Literal["log-normal", "normal"]


@dataclass(frozen=True, eq=False)
class Sites:
    """n copies of a block, kept as a loop: quantities declared `each=` it hold one value a site."""

    count: int


@dataclass(frozen=True, eq=False)
class Declared:
    """What every declaration knows: its unit, its words, where it stands and in which module."""

    unit: Unit
    doc: str
    where: str
    module: str


@dataclass(frozen=True, eq=False)
class Pool(Declared):
    """A stock, and of what; only fluxes change it."""

    of: Mapping[str, float] = field(default_factory=dict)
    start: float | str = 0.0
    each: Sites | None = None


@dataclass(frozen=True, eq=False)
class World(Declared):
    """A place outside the body that a flux may come from or go to; it has no stock, only a running account."""

    of: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Parameter(Declared):
    """A constant of the body with its spread and source.

    `spread` is what we do not know about the model (SD of the logarithm; with the prior "normal" the SD itself, cut off at
    the bounds); `varies` is how people differ (SD of the logarithm).
    """

    value: float = 0.0
    spread: float | None = None
    varies: float | None = None
    source: str | None = None
    calibrated: str | None = None
    note: str = ""
    species: str = "human"
    each: Sites | None = None
    low: float | None = None
    high: float | None = None
    follows: tuple[str, float] | None = None
    prior: Prior = "log-normal"


@dataclass(frozen=True, eq=False)
class Given(Declared):
    """An input from outside the body: intake, infusion, or a signal imposed because no organ makes it yet."""

    value: float = 0.0


@dataclass(frozen=True, eq=False)
class Equation(Declared):
    """A plain function with a role: signal, observable, derived parameter, flux or rate of an adapting state."""

    function: Callable[..., Any] = lambda: None
    reads: tuple[str, ...] = ()
    public: bool = False
    to_baseline: bool = False


@dataclass(frozen=True, eq=False)
class Derived(Equation):
    """A parameter computed once from the reference adult's parameters; it then varies like any other."""

    spread: float | None = None
    varies: float | None = None
    calibrated: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, eq=False)
class Flux(Equation):
    """Moves stock: signed coefficients per place (one to one: -1 and +1)."""

    moves: tuple[tuple[Pool | World, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Adapting(Equation):
    """The rate of change of a state that is not a stock."""

    state: str = ""
    start: float | str = 1.0
    each: Sites | None = None


def _module() -> str:
    """The module (and class body, for organs written as classes) in which a declaration is being written."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    return "?" if frame is None else frame.f_globals.get("__name__", "?")


def _contents(of: str | Mapping[str, float]) -> dict[str, float]:
    return {of: 1.0} if isinstance(of, str) else dict(of)


def pool(
    unit: str, of: str | Mapping[str, float], *, start: float | str = 0.0, each: Sites | None = None, doc: str = ""
) -> Pool:
    """A stock of an element (or of several: content per unit of stock).

    `start` is where the search for rest begins: a number or the name of a parameter.
    """
    return Pool(parse_unit(unit), doc, organ_line(), _module(), of=_contents(of), start=start, each=each)


def world(unit: str, of: str | Mapping[str, float], *, doc: str = "") -> World:
    """A place outside the body, named so that budgets can show it: food, urine, stool, sweat."""
    return World(parse_unit(unit), doc, organ_line(), _module(), of=_contents(of))


def parameter(
    value: float,
    unit: str,
    *,
    spread: float | None = None,
    varies: float | None = None,
    source: str | None = None,
    calibrated: str | None = None,
    note: str = "",
    species: str = "human",
    each: Sites | None = None,
    low: float | None = None,
    high: float | None = None,
    follows: tuple[str, float] | None = None,
    prior: Prior = "log-normal",
    doc: str = "",
) -> Parameter:
    """A constant with its unit, spread (what we do not know), variation (how people differ) and source.

    `follows` = (parameter, power): between people it moves with that parameter's ratio to its default, raised to power.

    Raises ModelError when neither `source` nor `calibrated` is given: a number without a source has no place here.
    """
    if source is None and calibrated is None:
        raise ModelError(
            "a parameter states its source, or what it was calibrated to",
            received=f"{value} {unit}",
            where=organ_line(),
            hint='add source="author year" or calibrated="..."',
        )
    return Parameter(
        parse_unit(unit), doc, organ_line(), _module(), value=float(value), spread=spread, varies=varies, source=source,
        calibrated=calibrated, note=note, species=species, each=each, low=low, high=high, follows=follows, prior=prior,
    )  # fmt: skip


def switch(default: bool, *, prior: float, source: str, doc: str = "") -> Parameter:
    """A hypothesis that is on (1) or off (0), with the prior probability that it is true; never silently settled."""
    return Parameter(
        Unit.one, doc, organ_line(), _module(), value=float(default), source=source, note=f"switch; prior {prior:g}",
        low=0.0, high=1.0,
    )  # fmt: skip


def given(unit: str, value: float, *, doc: str = "") -> Given:
    """An input from outside with its value in the reference adult; a regimen changes it in time."""
    return Given(parse_unit(unit), doc, organ_line(), _module(), value=float(value))


def replicate(count: int) -> Sites:
    """Sites for a block that is repeated `count` times (plaques, skin sites); pass it as `each=`."""
    if count < 1:
        raise ModelError("a block is replicated at least once", received=count, where=organ_line())
    return Sites(count)


def _equation(function: Callable[..., Any], unit: str) -> dict[str, Any]:
    code = function.__code__
    if function.__defaults__ or code.co_kwonlyargcount or code.co_flags & 0x0C:
        raise ModelError(
            "an equation's arguments are the quantities it reads: no defaults, *args, **kwargs or bare *",
            received=function.__name__,
            where=f"{code.co_filename}:{code.co_firstlineno}",
        )
    return {
        "unit": parse_unit(unit),
        "doc": (function.__doc__ or "").strip(),
        "where": f"{code.co_filename}:{code.co_firstlineno}",
        "module": function.__module__,
        "function": function,
        "reads": code.co_varnames[: code.co_argcount],
    }


def _tag(function: Function, declared: Declared) -> Function:
    setattr(function, TAG, declared)
    return function


def signal(unit: str) -> Callable[[Function], Function]:
    """An algebraic quantity: a plain function whose argument names are the quantities it reads."""
    return lambda function: _tag(function, Equation(**_equation(function, unit)))


def observable(unit: str, *, to_baseline: bool = False) -> Callable[[Function], Function]:
    """A signal that may be asked for as output: a lab value, a balance, a score.

    With `to_baseline` a run reports it as a ratio to the person's own resting value.
    """

    def decorate(function: Function) -> Function:
        return _tag(function, Equation(**_equation(function, unit), public=True, to_baseline=to_baseline))

    return decorate


def derived(
    unit: str,
    *,
    calibrated: str,
    spread: float | None = None,
    varies: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Callable[[Function], Function]:
    """A parameter computed once from other parameters at their reference values, such as what closes a balance at rest."""

    def decorate(function: Function) -> Function:
        made = Derived(
            **_equation(function, unit), calibrated=calibrated, spread=spread, varies=varies, low=low, high=high
        )
        return _tag(function, made)

    return decorate


def flux(
    *,
    unit: str,
    leaves: Pool | World | None = None,
    enters: Pool | World | None = None,
    moves: Mapping[Pool | World, float] | None = None,
) -> Callable[[Function], Function]:
    """A movement of stock: `leaves` one place and `enters` another, or `moves` several with exact stoichiometry."""

    def decorate(function: Function) -> Function:
        return _tag(
            function, Flux(**_equation(function, unit), public=True, moves=_moves(function, leaves, enters, moves))
        )

    return decorate


def _moves(
    function: Callable[..., Any], leaves: Any, enters: Any, moves: Any
) -> tuple[tuple[Pool | World, float], ...]:
    code = function.__code__
    where = f"{code.co_filename}:{code.co_firstlineno}"
    if moves is not None and (leaves is not None or enters is not None):
        raise ModelError("a flux has either leaves and enters, or moves", received=function.__name__, where=where)
    if moves is None and (leaves is None or enters is None):
        raise ModelError(
            "a flux leaves one place and enters another: stock is never created or lost",
            received=f"{function.__name__} with leaves={_say(leaves)}, enters={_say(enters)}",
            where=where,
            hint='declare the outside as world("mmol", of="magnesium")',
        )
    pairs = tuple(moves.items()) if moves is not None else ((leaves, -1.0), (enters, 1.0))
    checked: list[tuple[Pool | World, float]] = []
    for place, count in pairs:
        if not isinstance(place, (Pool, World)):
            raise ModelError(
                "a flux moves stock between pools and places of the world", received=repr(place), where=where
            )
        checked.append((place, float(count)))
    return tuple(checked)


def _say(place: Any) -> str:
    return "nothing" if place is None else place.doc or "a place"


def adapts(
    state: str, *, unit: str, start: float | str = 1.0, each: Sites | None = None
) -> Callable[[Function], Function]:
    """The rate of change of `state`, which is not a stock (gland mass, memory, occupancy); `unit` is the rate's unit."""

    def decorate(function: Function) -> Function:
        return _tag(function, Adapting(**_equation(function, unit), state=state, start=start, each=each))

    return decorate
