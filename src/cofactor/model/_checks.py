"""Proofs from the wiring: every element is conserved, every quantity is connected, every unit is what it says."""

from __future__ import annotations

from collections import defaultdict

from cofactor.errors import ModelError
from cofactor.model._assemble import Inventory
from cofactor.model._declare import Flux, Pool
from cofactor.units import Unit, parse_unit

PER_DAY = parse_unit("1/d")
_EXACT = 1e-12


def check_conservation(inventory: Inventory) -> dict[str, dict[str, float]]:
    """Prove that no flux creates or destroys an element; returns the net content each flux moves into the body.

    A flux is proved by summing coefficient x content over all places it touches, the world included: the sum is zero for
    every element. The result maps flux -> element -> net gain of the pools (what the world gave).
    """
    gains: dict[str, dict[str, float]] = {}
    for name, flux in inventory.fluxes.items():
        created = _sums(flux, everywhere=True)
        for element, amount in created.items():
            if abs(amount) > _EXACT:
                raise ModelError(
                    f"the flux {name} {'creates' if amount > 0 else 'destroys'} {element}",
                    received=f"{amount:+g} mol of {element} per mol moved",
                    where=flux.where,
                    hint="balance the coefficients over all places, the world included",
                )
        gains[name] = {
            element: amount for element, amount in _sums(flux, everywhere=False).items() if abs(amount) > _EXACT
        }
    return gains


def _sums(flux: Flux, *, everywhere: bool) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for place, count in flux.moves:
        if not everywhere and not isinstance(place, Pool):
            continue
        for element, content in place.of.items():
            sums[element] += count * content
    return dict(sums)


def check_connected(inventory: Inventory) -> None:
    """Every pool is moved by a flux, and every parameter, input and private signal is read by somebody."""
    read = {argument for equation in inventory.equations().values() for argument in equation.reads}
    read |= {p.start for p in inventory.pools.values() if isinstance(p.start, str)}
    read |= {a.start for a in inventory.adapting.values() if isinstance(a.start, str)}
    moved = {inventory.names[id(place)] for flux in inventory.fluxes.values() for place, _ in flux.moves}
    for name, declared in {**inventory.pools, **inventory.worlds}.items():
        if name not in moved:
            raise ModelError(
                f"{name} is not connected: no flux touches it", where=declared.where, hint="remove it or wire it"
            )
    silent = {
        **inventory.parameters,
        **inventory.derived,
        **inventory.givens,
        **{n: s for n, s in inventory.signals.items() if not s.public},
    }
    for name, declared in silent.items():
        if name not in read:
            raise ModelError(
                f"{name} is not connected: nothing reads it",
                where=declared.where,
                hint="remove it, read it, or make it an observable",
            )


def check_flux_units(inventory: Inventory) -> None:
    """A flux of a pool in mmol is in mmol per day, for every place it touches."""
    for name, flux in inventory.fluxes.items():
        for place, _ in flux.moves:
            _require(flux.unit, place.unit * PER_DAY, f"the flux {name} into {inventory.names[id(place)]}", flux.where)


def require_edge(inventory: Inventory, source: str, target: str) -> None:
    """An edge that is to be cut is one: the target, which is computed as the body moves, reads the source."""
    moving = {name: e for name, e in inventory.equations().items() if name not in inventory.derived}
    if target in moving and source in moving[target].reads:
        return
    readers = [name for name, equation in moving.items() if source in equation.reads]
    raise ModelError(
        "an edge can be cut only where the target reads the source",
        received=f"{source} -> {target}",
        hint=f"{source} is read by: {', '.join(readers) or 'nothing'}",
    )


def require_unit(found: Unit | None, declared: Unit, name: str, where: str) -> None:
    """The unit that the trace found is the unit the author declared."""
    if found is not None:
        _require(found, declared, f"the value of {name}", where)


def _require(found: Unit, expected: Unit, what: str, where: str) -> None:
    if found != expected:
        raise ModelError(
            f"{what} has another unit than declared",
            received=f"{found} where {expected} is due",
            where=where,
            hint="convert in the equation or correct the declaration",
        )
