"""Adrenaline in plasma when nothing in the body disturbs it: the level that is imposed from outside.

In a minute-scale test of glucose this organ gives its place to `glucose_minutes`, where low glucose releases adrenaline.
"""

from __future__ import annotations

from cofactor.model import observable


@observable("nmol/L")
def plasma_adrenaline(plasma_adrenaline_level):
    """Plasma adrenaline."""
    return plasma_adrenaline_level
