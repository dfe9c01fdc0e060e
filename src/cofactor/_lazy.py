"""Public names of a room that are imported when first used, so that a start-up pays for what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def attribute_of(room: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """A module's `__getattr__`: `homes` maps a module of the room to the public names it holds, spaces between."""

    def attribute(name: str) -> Any:
        for home, names in homes.items():
            if name in names.split():
                return getattr(import_module(f"{room}.{home}"), name)
        raise AttributeError(f"module {room!r} has no attribute {name!r}")

    return attribute
