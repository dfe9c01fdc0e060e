"""`cofactor explain`: one quantity of the body as its equation, parameters and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from cofactor.body import psoriatic_skin
from cofactor.cli._app import print_json
from cofactor.model import System, explain
from cofactor.run import body_system
from cofactor.units import Unit


def run(quantity: str, *, as_json: bool, latex: bool) -> None:
    """Print the quantity; the nearest name when there is none."""
    found = explain(_body_of(quantity), quantity)
    if as_json:
        print_json(_plain(found))
        return
    console = Console(highlight=False)
    console.print(f"{found.name} [{found.unit}], {found.kind} of {found.organ} ({found.where})", markup=False)
    console.print(found.doc, markup=False)
    console.print(found.latex if latex else found.text, markup=False)
    if found.parameters:
        console.print(_parameters(found.parameters))
    if found.read_by:
        console.print("read by: " + ", ".join(found.read_by), markup=False)


def _body_of(quantity: str) -> System:
    """The skin for what it alone has; the core with its listeners for the rest, a misspelt name too."""
    whole, skin = body_system(), psoriatic_skin()
    return skin if quantity in _names(skin) - _names(whole) else whole


def _names(system: System) -> set[str]:
    return {*system.inventory.everything(), *system.quantities}


def _parameters(constants) -> Table:
    table = Table(title="parameters")
    for name in ("name", "value", "unit", "spread", "varies", "source"):
        table.add_column(name, overflow="fold")
    for c in constants:
        known = ["-" if v is None else f"{v:g}" for v in (c.spread, c.varies)]
        table.add_row(c.name, f"{c.value:.6g}", str(c.unit), *known, c.source)
    return table


def _plain(value: Any) -> Any:
    """Plain JSON values: units as text, records as tables."""
    if isinstance(value, Unit):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, (list, tuple)) else value
