"""Noise from a counter: the number of a person, a stream and a day depends on (seed, person, stream, day) and on nothing else.

Philox 4x32 with ten rounds (Salmon et al. 2011, doi 10.1145/2063384.2063405): the key is the seed, the counter is day, stream
and person, so that no order, block or thread can matter. 32-bit words make it a few lines in machine code too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from cofactor.errors import InputError

_ROUNDS = 10
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_WORD = 2**32
_LOW = np.uint64(_WORD - 1)
_HALF = np.uint64(32)
_BITS_OF_A_DOUBLE = 53


def daily_normals(
    seed: int, people: Sequence[int] | np.ndarray, streams: Sequence[str], days: Sequence[int] | np.ndarray
) -> np.ndarray:
    """Standard normal numbers, shape (people, streams, days).

    people: numbers of the persons in the whole population, not in a block; streams: what the noise is of; days: whole days
    from the start of the run. Raises InputError for numbers below 0 or beyond 2^64 (seed, person) or 2^32 (day).
    """
    from scipy.special import ndtri  # here, so that a run without noise does not load SciPy

    return ndtri(daily_uniforms(seed, people, streams, days))


def daily_uniforms(
    seed: int, people: Sequence[int] | np.ndarray, streams: Sequence[str], days: Sequence[int] | np.ndarray
) -> np.ndarray:
    """Numbers evenly spread over (0, 1), shape (people, streams, days); arguments and errors as `daily_normals`."""
    person = _whole(people, 2**64, "people")[:, None, None]
    stream = np.array([_number_of(name) for name in streams], dtype=np.uint64)[None, :, None]
    day = _whole(days, _WORD, "days")[None, None, :]
    (key,) = _whole([seed], 2**64, "seed").tolist()
    counter = np.broadcast_arrays(day, stream, person & _LOW, person >> _HALF)
    words = philox(counter, (key % _WORD, key // _WORD))
    whole = (words[0] << _HALF | words[1]) >> np.uint64(64 - _BITS_OF_A_DOUBLE)
    return (whole.astype(float) + 0.5) * 2.0**-_BITS_OF_A_DOUBLE  # the half keeps off both 0 and 1


def philox(counter: Sequence[np.ndarray], key: tuple[int, int]) -> list[np.ndarray]:
    """The four 32-bit words (in unsigned 64-bit arrays) of each counter of four such words under the key of two."""
    x0, x1, x2, x3 = (np.asarray(word, dtype=np.uint64) for word in counter)
    for turn in range(_ROUNDS):
        k0, k1 = (np.uint64((part + turn * step) % _WORD) for part, step in zip(key, _WEYL, strict=True))
        one, other = _MULTIPLIERS[0] * x0, _MULTIPLIERS[1] * x2
        x0, x1, x2, x3 = (other >> _HALF) ^ x1 ^ k0, other & _LOW, (one >> _HALF) ^ x3 ^ k1, one & _LOW
    return [x0, x1, x2, x3]


def _number_of(stream: str) -> int:
    return int.from_bytes(hashlib.blake2b(stream.encode(), digest_size=4).digest(), "little")


def _whole(numbers: Sequence[int] | np.ndarray, end: int, what: str) -> np.ndarray:
    found = [int(number) for number in numbers]
    if any(number != exact or not 0 <= number < end for number, exact in zip(found, numbers, strict=True)):
        raise InputError(f"{what} are whole numbers from 0 to below {end}", received=str(list(numbers)[:8]), where=what)
    return np.array(found, dtype=np.uint64)
