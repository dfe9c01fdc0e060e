"""One block of memory for W people: named arrays of vectors at fixed places, so that every kernel takes one pointer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

_ALIGN = 64


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

    def allocate(self, width: int) -> np.ndarray:
        """Memory for `width` people, nought, on the border that the widest vectors ask for."""
        raw = np.zeros(self.length * width + _ALIGN // 8)
        skip = (-raw.ctypes.data % _ALIGN) // 8
        return raw[skip : skip + self.length * width]

    def __getitem__(self, name: str) -> int:
        return self.places[name]
