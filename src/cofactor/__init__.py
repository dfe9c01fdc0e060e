"""Cofactor: the human vitamin D - magnesium - calcium system, simulated, and health claims put to the test.

Public names are imported when first used, so that `import cofactor` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cofactor._lazy import attribute_of

if TYPE_CHECKING:
    from cofactor.run import Result as Result
    from cofactor.run import simulate as simulate
    from cofactor.scenario import Scenario as Scenario

__version__ = "0.1.0"
__all__ = ["Result", "Scenario", "__version__", "simulate"]

_HOMES = {"run": "Result simulate", "scenario": "Scenario"}

__getattr__ = attribute_of(__name__, _HOMES)
