"""What goes together in people: correlated standard normal numbers (a Gaussian copula) from a table of pairs.

Each trait and parameter has one standard normal number a person; the population turns it into a value on its own scale
(log, logit or as measured). Names outside the table are independent.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from pydantic import BaseModel, ConfigDict

from cofactor.errors import InputError
from cofactor.people._random import normals

FIRST = ("age_years", "height_m", "bmi")
"""Traits a plan may fix come first, so that the others follow what it fixed."""


class Pair(BaseModel):
    """Two names, their correlation, and where it comes from: a source that was read, or a physiological reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    a: str
    b: str
    r: float
    source: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Copula:
    """Names in the order they are drawn, and the lower triangular factor of their correlation matrix."""

    names: tuple[str, ...]
    factor: np.ndarray

    @property
    def matrix(self) -> np.ndarray:
        """The correlation matrix."""
        return self.factor @ self.factor.T

    def draw(
        self, seed: int, attempt: int, count: int, fixed: Mapping[str, np.ndarray] | None = None
    ) -> dict[str, np.ndarray]:
        """Correlated standard normal numbers by name, one a person. Names in `fixed` have the numbers given there."""
        own = np.array([normals(seed, stream(name, attempt), count) for name in self.names])
        for k, name in enumerate(self.names):
            if fixed is not None and name in fixed:
                own[k] = (fixed[name] - self.factor[k, :k] @ own[:k]) / self.factor[k, k]
        drawn = self.factor @ own
        return {name: drawn[k] for k, name in enumerate(self.names)} | dict(fixed or {})


def stream(name: str, attempt: int) -> str:
    """The stream of random numbers of one name; a person who is drawn again takes the next one."""
    return f"person/{name}" if attempt == 0 else f"person/{name}/{attempt}"


def copula_of(pairs: tuple[Pair, ...]) -> Copula:
    """The copula of a table of pairs.

    Raises InputError for a pair that states no ground or stands twice, and for a table no people could have.
    """
    names: list[str] = list(FIRST)
    for pair in pairs:
        names += [name for name in (pair.a, pair.b) if name not in names]
    matrix = np.eye(len(names))
    for pair in pairs:
        i, j = names.index(pair.a), names.index(pair.b)
        if not (pair.source or pair.reason):
            raise InputError("a correlation states its source or its reason", received=f"{pair.a}, {pair.b}")
        if i == j or matrix[i, j] != 0.0:
            raise InputError("a pair of names stands once in the table", received=f"{pair.a}, {pair.b}")
        matrix[i, j] = matrix[j, i] = pair.r
    try:
        return Copula(tuple(names), np.linalg.cholesky(matrix))
    except np.linalg.LinAlgError:
        raise InputError(
            "these correlations contradict each other", received="a matrix that is not positive definite",
            where="people/correlations.toml", hint="lower the largest of them, or add the pair that is missing",
        ) from None  # fmt: skip


@lru_cache(maxsize=1)
def correlations() -> tuple[Pair, ...]:
    """The shipped table."""
    text = (files("cofactor.people") / "correlations.toml").read_text(encoding="utf-8")
    return tuple(Pair(**row) for row in tomllib.loads(text)["pair"])


@lru_cache(maxsize=1)
def shipped_copula() -> Copula:
    """The copula of the shipped table."""
    return copula_of(correlations())
