"""Cofactor: the human vitamin D - magnesium - calcium system, simulated, and health claims put to the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from cofactor.run import Result as Result
    from cofactor.run import simulate as simulate
    from cofactor.scenario import Scenario as Scenario

_HOMES = {"simulate": "cofactor.run", "Result": "cofactor.run", "Scenario": "cofactor.scenario"}
__all__ = ["Result", "Scenario", "__version__", "simulate"]


def __getattr__(name: str) -> Any:
    """Public names are imported when first used, so that `import cofactor` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cofactor' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
