"""The organs. `magnesium_body()` assembles what exists in this version."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cofactor.model import System


@lru_cache(maxsize=1)
def magnesium_body() -> System:
    """The magnesium body: gut, blood, kidney and stores, with calcitriol, PTH, calcium and bone turnover imposed."""
    from cofactor.body import blood, gut, imposed, kidney_magnesium, magnesium_stores
    from cofactor.model import System

    return System.from_organs([gut, blood, kidney_magnesium, magnesium_stores, imposed])
