"""Named places of a vector, and vectors and tables of many people filled by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np

from cofactor.errors import ModelError

Place = int | slice
"""A position, or the stretch of what has a value a site."""


@dataclass(frozen=True)
class Slots:
    """Where each name stands, what stands there unless changed, and the error for a name that has no place."""

    places: Mapping[str, Place]
    usual: np.ndarray
    unknown: Callable[[str], ModelError]

    def vector(self, changes: Mapping[str, Any]) -> np.ndarray:
        """The usual values with changes by name; unknown names are ModelErrors."""
        return self.table([changes])[0]

    def table(self, changes: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """A row of `vector` for each of many people, (people, places); people with the same names are written at once."""
        rows = np.tile(self.usual, (len(changes), 1))
        for own, who in _alike(changes):
            several = [changes[k] for k in who]
            for names, index in self._written(own):
                values = list(map(itemgetter(*names), several))  # a stretch may be given one value for all its sites
                rows[np.ix_(who, index)] = np.reshape(values, (len(who), -1))
        return rows

    def _written(self, names: Iterable[str]) -> Iterator[tuple[list[str], list[int]]]:
        """Names to write together and where: all with one position each, then each with a stretch of its own."""
        missing = [name for name in names if name not in self.places]
        if missing:
            raise self.unknown(min(missing))
        known = {name: self.places[name] for name in names}
        single = {name: place for name, place in known.items() if isinstance(place, int)}
        if single:
            yield [*single], [*single.values()]
        for name, place in known.items():
            if isinstance(place, slice):
                yield [name], list(range(place.start, place.stop))


def _alike(changes: Sequence[Mapping[str, Any]]) -> Iterator[tuple[tuple[str, ...], list[int]]]:
    """The names that are changed, and in whom."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for k, own in enumerate(changes):
        groups.setdefault(tuple(own), []).append(k)
    yield from groups.items()
