"""The picture of a map: every number in it, dark for high, framed above the limit, a dash for what could not be run."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from cofactor.errors import InputError
from cofactor.report._intoxication import CALCIUM_MG, DOSES_UG, write_intoxication
from cofactor.report._map import map_svg
from cofactor.trials import Axis, CellMap

pytest.importorskip("vl_convert")

SIDE = tuple(float(i) for i in range(10))


def invented(values: np.ndarray) -> CellMap:
    side = Axis("dose", SIDE, "plan", "a dose", "mg", tuple(1000 * v for v in SIDE))
    return CellMap(side, side, np.array([1.0]), {"level": values[:, :, None]})


def drawn(values: np.ndarray, limit: float) -> str:
    return map_svg(
        invented(values), "level", 1.0, key="k", title="A map", description="d", limit=limit, ends=(0.0, 99.0)
    )


def test_every_cell_shows_its_number_and_the_sides_their_labels():
    text = drawn(np.arange(100.0).reshape(10, 10), 1e9)
    root = ElementTree.fromstring(text)
    words = [t.text for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert [f"{v:.2f}" for v in range(100)] == sorted((w for w in words if w and "." in w), key=float)
    assert {"a dose, mg", "9 000"} <= set(words)


def test_a_frame_goes_round_what_lies_above_the_limit():
    values = np.zeros((10, 10))
    values[4, 4] = 50.0
    lines = len(re.findall(r"stroke-width=\"2\"|stroke-width:2|stroke-width=\"2.0\"", drawn(values, 10.0)))
    assert lines == 4
    assert 'stroke-width="2"' not in drawn(values, 60.0)


def test_a_cell_that_failed_is_a_dash():
    values = np.zeros((10, 10))
    values[0, 0] = np.nan
    assert drawn(values, 10.0).count("–") == 1


def test_the_intoxication_page_says_what_its_maps_hold(tmp_path):
    page = write_intoxication(tmp_path)[-1].read_text("utf-8")
    table = re.findall(r"^\| (\d+) \| \d+ \| (.*) \|$", page, flags=re.M)
    assert len(table) == 2 * len(DOSES_UG)
    cells = np.array([[float(v) for v in row.split(" | ")] for _, row in table]).reshape(
        2, len(DOSES_UG), len(CALCIUM_MG)
    )
    healthy, failing = cells
    assert np.all(np.diff(healthy, axis=0) > 0)
    assert np.all(np.diff(healthy, axis=1) >= 0)
    # what decides: with failing kidneys and enough calcium, a dose that healthy kidneys bear is toxic
    assert ((healthy < 2.60) & (failing > 2.60)).sum() > 12
    assert (failing > 2.60).sum() > (healthy > 2.60).sum() > 12
    with pytest.raises(InputError, match="folder that exists"):
        write_intoxication(tmp_path / "nowhere")
