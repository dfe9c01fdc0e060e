"""Counter-based random numbers: the value of a person in a stream depends on (seed, stream, person) and on nothing else."""

from __future__ import annotations

import hashlib

import numpy as np

_HALF_STEP = 2.0**-54
"""Keeps uniform numbers off zero; half the spacing of the generator's doubles."""


def uniforms(seed: int, stream: str, count: int) -> np.ndarray:
    """One number in (0, 1) per person, from a Philox counter keyed by seed and stream; person i's does not depend on `count`."""
    digest = hashlib.blake2b(f"{seed}/{stream}".encode(), digest_size=16).digest()
    generator = np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
    return generator.random(count) + _HALF_STEP


def normals(seed: int, stream: str, count: int) -> np.ndarray:
    """One standard normal number per person."""
    from scipy.special import ndtri  # here, so that one person's run does not load SciPy

    return ndtri(uniforms(seed, stream, count))
