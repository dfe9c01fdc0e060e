"""Populations on disk: whole parts, resumed after a kill, the same numbers as in memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cofactor.errors import InputError
from cofactor.run import _simulate, _store, run_people, store, system_of, task_of
from cofactor.scenario import Scenario, people_of

parquet = pytest.importorskip("pyarrow.parquet")
PLAN = """
[population]
n = 25
[[supplement]]
name = "vitamin_d3"
amount = "2000 IU"
every = "1 day"
[simulate]
days = 30
output_every = "10 days"
"""
NAMES = ["serum_25ohd", "serum_magnesium"]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(_store, "PEOPLE_A_PART", 10)


@pytest.fixture
def plan() -> Scenario:
    return Scenario.from_text(PLAN)


def test_the_parts_hold_what_memory_would(plan, tmp_path):
    stored = store(plan, tmp_path / "run", observables=NAMES)
    assert (stored.people, stored.parts, stored.written, stored.failures) == (25, 3, 3, 0)
    table = parquet.read_table(tmp_path / "run").sort_by([("person", "ascending"), ("time_days", "ascending")])
    task = replace(task_of(plan, observables=NAMES), accounts=False)
    whole = run_people(task, people_of(plan, system_of(task)))
    assert table.num_rows == 25 * 4
    for k, name in enumerate(NAMES):
        assert np.array_equal(table[name].to_numpy(), np.array([run.values[k] for run in whole]).ravel())


def test_a_killed_run_goes_on_where_it_stopped(plan, tmp_path):
    class KilledError(Exception):
        pass

    def kill(done, total):
        if done >= 20:
            raise KilledError

    with pytest.raises(KilledError):
        store(plan, tmp_path, observables=NAMES, progress=kill)
    before = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("*.parquet")}
    assert len(before) == 2
    stored = store(plan, tmp_path, observables=NAMES)
    assert stored.written == 1
    assert all((tmp_path / name).stat().st_mtime_ns == then for name, then in before.items())
    people = parquet.read_table(tmp_path)["person"].to_numpy()
    assert sorted(set(people.tolist())) == list(range(25))
    assert len(people) == 25 * 4


def test_no_half_written_part_is_left(plan, tmp_path, monkeypatch):
    def full(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(parquet, "write_table", full)
    with pytest.raises(OSError, match="disk is full"):
        store(plan, tmp_path, observables=NAMES)
    assert [file.name for file in tmp_path.iterdir()] == ["_manifest.json"]


def test_a_folder_of_another_run_is_refused(plan, tmp_path):
    store(plan, tmp_path, observables=NAMES)
    with pytest.raises(InputError, match="holds another run"):
        store(plan, tmp_path, observables=["serum_pth"])
    with pytest.raises(InputError, match="holds another run"):
        store(Scenario.from_text(PLAN.replace("n = 25", "n = 26")), tmp_path, observables=NAMES)


def test_who_fails_is_null_with_a_reason(plan, tmp_path, monkeypatch):
    whole = _simulate.cast_of

    def one_broken(*arguments):
        cast = whole(*arguments)
        cast.people[3] = cast.people[3].with_parameters(passive_magnesium_fraction=0.0, magnesium_pump_maximum=0.0)
        return cast

    monkeypatch.setattr(_simulate, "cast_of", one_broken)
    assert store(plan, tmp_path, observables=NAMES).failures == 1
    rows = parquet.read_table(tmp_path).to_pylist()
    broken = [row for row in rows if row["person"] == 3]
    assert all(row["serum_magnesium"] is None and "no resting state" in row["failure"] for row in broken)
    assert all(row["failure"] is None for row in rows if row["person"] != 3)


def test_a_path_that_is_no_folder_is_refused(plan, tmp_path):
    file = tmp_path / "file"
    file.write_text("here")
    with pytest.raises(InputError, match="stored in a folder"):
        store(plan, file, observables=NAMES)
