"""Noise from a counter: the published numbers of the generator, its moments, and independence of everything else."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cofactor.engine import daily_normals, daily_uniforms
from cofactor.engine._noise import philox
from cofactor.errors import InputError

# counter, key, result: kat_vectors of Random123 (Salmon et al. 2011), philox4x32 with 10 rounds
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_the_generator_gives_its_published_numbers(counter, key, words):
    assert tuple(int(word) for word in philox(counter, key)) == words


def test_a_number_depends_on_its_person_stream_and_day_alone():
    people, streams, days = range(40), ["stress", "cloud", "meals"], range(90)
    whole = daily_normals(11, people, streams, days)
    assert whole.shape == (40, 3, 90)
    draw = np.random.default_rng(0)
    who, when = draw.permutation(40), draw.permutation(90)
    shuffled = daily_normals(11, who, ["meals", "stress", "cloud"], when)
    assert np.array_equal(shuffled, whole[who][:, [2, 0, 1]][:, :, when])
    blocks = np.concatenate([daily_normals(11, range(a, a + 8), streams, days) for a in range(0, 40, 8)])
    assert np.array_equal(blocks, whole)
    assert np.array_equal(daily_normals(11, [17], ["cloud"], [63]), whole[17:18, 1:2, 63:64])


def test_every_key_gives_other_numbers():
    one = daily_uniforms(1, range(50), ["a", "b"], range(50))
    assert len(np.unique(one)) == one.size
    for seed in (0, 2, 1 + 2**32, 1 + 2**63):
        assert not np.any(daily_uniforms(seed, range(50), ["a", "b"], range(50)) == one)
    assert not np.any(daily_uniforms(1, np.arange(50) + 2**32, ["a", "b"], range(50)) == one)


def test_the_numbers_are_standard_normal():
    count = 400 * 2 * 365
    found = daily_normals(5, range(400), ["a", "b"], range(365)).ravel()
    assert abs(found.mean()) < 4 / np.sqrt(count)
    assert abs(found.var() - 1) < 4 * np.sqrt(2 / count)
    assert abs(stats.skew(found)) < 4 * np.sqrt(6 / count)
    assert abs(stats.kurtosis(found)) < 4 * np.sqrt(24 / count)
    assert stats.kstest(found, "norm").pvalue > 1e-3


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_neighbours_in_each_direction_are_unrelated(axis):
    found = daily_normals(9, range(80), [f"stream {k}" for k in range(80)], range(80))
    one, other = np.take(found, range(79), axis).ravel(), np.take(found, range(1, 80), axis).ravel()
    assert abs(np.mean(one * other)) < 4 / np.sqrt(one.size)


def test_uniform_numbers_keep_off_both_ends():
    found = daily_uniforms(3, range(300), ["a"], range(300))
    assert 0 < found.min() < 1e-4
    assert 1 - 1e-4 < found.max() < 1


@pytest.mark.parametrize(
    ("seed", "people", "days", "what"),
    [(-1, [0], [0], "seed"), (0, [-1], [0], "people"), (0, [0], [0.5], "days"), (0, [0], [2**32], "days")],
)
def test_what_is_no_counter_is_refused(seed, people, days, what):
    with pytest.raises(InputError, match=what):
        daily_normals(seed, people, ["a"], days)
