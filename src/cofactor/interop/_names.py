"""SBML ids: letters, digits and underscores, unique in the file."""

from __future__ import annotations

import re


class Ids:
    """Gives every name an id of its own; a name keeps its spelling where it can."""

    def __init__(self, taken: tuple[str, ...] = ()):
        self._taken = set(taken)
        self._known: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The id of a quantity, always the same."""
        if name not in self._known:
            self._known[name] = self.fresh(name)
        return self._known[name]

    def fresh(self, wanted: str) -> str:
        """A new id as close to the wanted one as can be."""
        base = re.sub(r"\W", "_", wanted, flags=re.ASCII)
        base = base if base[:1].isalpha() or base.startswith("_") else f"_{base}"
        name, number = base, 2
        while name in self._taken:
            name, number = f"{base}_{number}", number + 1
        self._taken.add(name)
        return name
