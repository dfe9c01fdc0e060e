"""Golden numbers of the coupled body: every row of coupled.md section 4, and that no run loses or makes an element."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from tests.body.coupled import CLOSED, ELEMENTS, Phase, follow, imbalance, look, place, rest_at_25ohd, resting

from cofactor.engine import Trajectory

GOLDEN = tomllib.loads((Path(__file__).parent / "golden_coupled.toml").read_text(encoding="utf-8"))
OTHER = GOLDEN["other"]
LOW_MAGNESIUM = {"dietary_magnesium": 0.5}


def tolerance(digits: str) -> float:
    """1e-3 relative or one step of the last printed digit, whichever is more (coupled.md section 4)."""
    number = Decimal(digits)
    return max(1e-3 * abs(float(number)), 10.0 ** int(number.as_tuple().exponent))


def is_met(value: float, digits: str) -> bool:
    return abs(value - float(digits)) <= tolerance(digits)


RUNS = {run["name"]: run for run in GOLDEN["run"]}
COLUMNS = ["bmd_spine" if name == "bmd_change" else name for name in GOLDEN["columns"]]


@lru_cache(maxsize=len(RUNS))
def phases_of(name: str) -> list[tuple[Phase, np.ndarray, Trajectory]]:
    """Every phase of a run with the states it starts from and what became of them."""
    run = RUNS[name]
    states, parameters, inputs = resting(), run.get("parameters", {}), {}
    if "start_25ohd" in run:
        states, parameters, inputs = rest_at_25ohd(run["start_25ohd"])
    followed = []
    for table in run["phase"]:
        phase = Phase(table["days"], inputs | table.get("inputs", {}), table.get("doses", {}), table.get("every"))
        trajectory = follow(phase, states, COLUMNS, parameters=parameters)
        followed.append((phase, states, trajectory))
        states = trajectory.final
    return followed


def test_the_tolerance_is_a_thousandth_or_the_last_digit():
    assert tolerance("2.3597") == pytest.approx(2.3597e-3)
    assert tolerance("-.03") == pytest.approx(0.01)
    assert is_met(60.05, "60")
    assert not is_met(2.3597 * 1.0011, "2.3597")


def test_all_rows_of_the_table_are_here():
    rows = [phase["row"] for run in GOLDEN["run"] for phase in run["phase"] if "row" in phase]
    assert len(rows) == len(set(rows)) == 35
    assert all(
        len(p["expected"]) == len(GOLDEN["columns"]) == 16 for r in GOLDEN["run"] for p in r["phase"] if "row" in p
    )


@pytest.mark.parametrize("name", RUNS)
def test_a_run_gives_the_golden_row_and_closes_the_books(name: str):
    for table, (phase, start, trajectory) in zip(RUNS[name]["phase"], phases_of(name), strict=True):
        assert trajectory.failure is None
        found = {column: float(trajectory.values[column][-1]) for column in COLUMNS}
        found["bmd_change"] = 100 * (found["bmd_spine"] - 1)
        expected = dict(zip(GOLDEN["columns"], table.get("expected", []), strict="row" in table))
        assert {n: (found[n], e) for n, e in expected.items() if not is_met(found[n], e)} == {}, table.get("row")
        books = {element: imbalance(phase, start, trajectory, element) for element in ELEMENTS}
        assert {element: gap for element, gap in books.items() if gap > CLOSED} == {}


# ---- the paragraph "Other" ----


def depleted() -> np.ndarray:
    return follow(Phase(21, LOW_MAGNESIUM), resting(), ["pth"]).final


@pytest.mark.parametrize("state", ["replete", "depleted"])
def test_an_intravenous_magnesium_load(state: str):
    start, diet = (resting(), {}) if state == "replete" else (depleted(), LOW_MAGNESIUM)

    def day(infusion: float) -> tuple[float, float]:
        """Magnesium excreted in 24 h and PTH at 4 h, with this infusion over the first 4 h."""
        first = follow(Phase(4 / 24, diet | {"magnesium_infusion": infusion}), start, ["pth"])
        later = follow(Phase(20 / 24, diet), first.final, ["pth"])
        urine = [t.accounts["renal_magnesium_excretion"][-1] for t in (first, later)]
        return sum(urine), first.values["pth"][-1]

    loaded, pth = day(7 / (4 / 24))
    control, _ = day(0)
    expected = OTHER["iv_magnesium"][state]
    assert is_met(1 - (loaded - control) / 7, expected["retention"])
    assert is_met(pth / start[place("pth")], expected["pth_ratio"])


@pytest.mark.parametrize("state", ["replete", "depleted"])
def test_a_magnesium_bolus_moves_pth_within_minutes(state: str):
    start, diet = (resting(), {}) if state == "replete" else (depleted(), LOW_MAGNESIUM)
    times = OTHER["magnesium_bolus"]["times"]
    after = follow(Phase(0.1, diet, {"ecf_magnesium": 7}), start, ["pth"], times=times)
    ratios = after.values["pth"][: len(times)] / start[place("pth")]
    expected = OTHER["magnesium_bolus"][state]
    assert [is_met(r, e) for r, e in zip(ratios, expected, strict=True)] == [True] * 3, ratios


def test_imposed_hypercalcaemia_doubles_urine_magnesium():
    states = resting().copy()
    states[place("ecf_calcium")] *= 1.2
    states[place("pth")] = 0.2
    urine = look(["urine_magnesium"], states)["urine_magnesium"]
    assert is_met(urine, OTHER["imposed_hypercalcaemia"]["urine_magnesium"])
    ratio = urine / look(["urine_magnesium"], resting())["urine_magnesium"]
    assert is_met(ratio, OTHER["imposed_hypercalcaemia"]["times_rest"])


def test_denosumab_without_extra_calcium():
    days = np.arange(0, 182.6, 0.25)
    first = follow(Phase(182.625, {}, {"denosumab_depot": 6e7}), resting(), ["serum_calcium", "pth"], times=days)
    lowest = int(np.argmin(first.values["serum_calcium"]))
    assert is_met(first.values["serum_calcium"][lowest], OTHER["denosumab"]["calcium_nadir"])
    assert is_met(first.times[lowest], OTHER["denosumab"]["nadir_day"])
    assert is_met(first.values["pth"].max(), OTHER["denosumab"]["pth_maximum"])


def test_teriparatide_on_day_182():
    half_year, _, before = phases_of("tptd")[0]
    minutes = np.linspace(0, 1, 1441)
    names = ["serum_calcium", "serum_teriparatide"]
    day = follow(Phase(1, half_year.inputs, half_year.doses), before.final, names, times=minutes)
    calcium = day.values["serum_calcium"]
    assert is_met(calcium.max() - calcium[0], OTHER["teriparatide"]["calcium_rise"])
    assert is_met(24 * day.times[calcium.argmax()], OTHER["teriparatide"]["peak_hour"])
    assert is_met(day.values["serum_teriparatide"].max(), OTHER["teriparatide"]["teriparatide_peak"])


M1A, H, B, V24 = "hydroxylase_1a_half", "pth_response_half", "low_magnesium_block_half", "hydroxylase_24_half"


@pytest.mark.parametrize(
    ("which", "off"), [("whole", []), ("m1a", [M1A]), ("h", [H]), ("b", [B]), ("v24", [V24]), ("m1a_h_b", [M1A, H, B])]
)
def test_calcitriol_in_magnesium_lack_taken_apart(which: str, off: list[str]):
    halves = dict.fromkeys(off, 0.0)  # a factor with its half-point at 0 is 1 at any magnesium
    calcitriol = follow(Phase(21, LOW_MAGNESIUM), resting(), ["serum_calcitriol"], parameters=halves)
    assert is_met(calcitriol.values["serum_calcitriol"][-1], OTHER["mg05_d21_calcitriol"][which])


@pytest.mark.parametrize("number", range(3), ids=[f"D3 {dose} ug/d" for dose in OTHER["d3_and_magnesium"]["dose"]])
def test_where_magnesium_goes_in_a_year_of_d3(number: int):
    expected = {name: values[number] for name, values in OTHER["d3_and_magnesium"].items()}
    names = [name for name in expected if name != "dose"]
    year = follow(Phase(365, {"supplement_vitamin_d3": float(expected["dose"])}), resting(), names)
    before = look(names, resting())
    changes = {name: float(year.values[name][-1]) - before[name] for name in names}
    assert {n: (c, expected[n]) for n, c in changes.items() if not is_met(c, expected[n])} == {}
