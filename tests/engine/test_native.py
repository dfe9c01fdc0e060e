"""Compiled code and its cache: a changed file, a stranger's file and a broken cache are never loaded."""

from __future__ import annotations

import os

import numpy as np
import pytest

from cofactor.engine import FastEngine, _native
from cofactor.model import System, adapts, parameter


class tank:
    """One state that settles at its target: quick to compile."""

    target = parameter(2.0, "1", source="invented")
    pace = parameter(1.0, "1/d", source="invented")

    @adapts("level", unit="1/d", start=1)
    def settling(level, target, pace):
        """Towards the target."""
        return pace * (target - level)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COFACTOR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def compilations(monkeypatch) -> list[int]:
    """Counts how often IR is compiled."""
    counted: list[int] = []
    compile_ir = _native._optimised

    def counting(*arguments):
        counted.append(1)
        return compile_ir(*arguments)

    monkeypatch.setattr(_native, "_optimised", counting)
    return counted


def settle() -> np.ndarray:
    engine = FastEngine(System.from_organs([tank]))
    system = engine.system
    return engine.settle(system.start[None], system.parameter_vector()[None], system.input_vector()[None])[0]


def test_the_second_time_comes_from_the_cache(folder, compilations):
    first, second = settle(), settle()
    assert len(compilations) == 1
    assert np.array_equal(first, second)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_tampered_file_is_refused(folder, compilations):
    settle()
    (stored,) = folder.glob("*.o")
    content = bytearray(stored.read_bytes())
    content[-1] ^= 1
    stored.write_bytes(bytes(content))
    settle()
    assert len(compilations) == 2


def test_a_file_others_can_write_is_refused(folder, compilations):
    settle()
    (stored,) = folder.glob("*.o")
    stored.chmod(0o666)
    settle()
    assert len(compilations) == 2


def test_a_folder_others_can_write_is_neither_read_nor_written(folder, compilations):
    folder.mkdir()
    folder.chmod(0o777)
    settle()
    settle()
    assert len(compilations) == 2
    assert list(folder.iterdir()) == []


def test_the_cache_can_be_turned_off(folder, compilations, monkeypatch):
    monkeypatch.setenv("COFACTOR_CACHE", "off")
    settle()
    settle()
    assert len(compilations) == 2
    assert not folder.exists()


def test_a_cache_that_cannot_be_written_is_only_slower(tmp_path, compilations, monkeypatch):
    blocked = tmp_path / "a_file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("COFACTOR_CACHE", str(blocked / "cache"))
    settle()
    assert len(compilations) == 1


def test_no_half_written_file_is_left(folder):
    settle()
    assert [file.suffix for file in folder.iterdir()] == [".o"]
    assert os.listdir(folder)[0].removesuffix(".o").isalnum()
