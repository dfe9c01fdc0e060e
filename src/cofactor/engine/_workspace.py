"""One block of memory for W people: named arrays of vectors at fixed places, so that every kernel takes one pointer."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Workspace:
    """Places of the arrays, counted in vectors of W doubles."""

    places: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    length: int = 0

    def add(self, name: str, size: int) -> int:
        """Reserve `size` vectors under a name; returns where they begin."""
        self.places[name] = self.length
        self.sizes[name] = size
        self.length += size
        return self.places[name]

    def __getitem__(self, name: str) -> int:
        return self.places[name]
