"""Scenarios end to end: rest, plans, labs, populations, failures, and mass."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from cofactor import simulate
from cofactor.body import adult
from cofactor.errors import InputError, ModelError
from cofactor.scenario import Scenario, cast_of, to_regimen

SUPPLEMENT = """
[[supplement]]
name = "magnesium"
form = "citrate"
amount = "368 mg"
every = "1 day"
stop = "day 84"
[simulate]
days = 84
output_every = "7 days"
"""
DEPLETION = """
[[diet_change]]
magnesium = "0.5 mmol/day"
start = "day 0"
stop = "day 21"
[simulate]
days = 42
"""
LOAD = """
[[infusion]]
name = "magnesium"
amount = "7 mmol"
at = "day 1"
over = "4 hours"
[simulate]
days = 3
output_every = "4 hours"
"""
DRUG = """
[[drug]]
name = "proton_pump_inhibitor"
start = "day 10"
[simulate]
days = 60
"""
VITAMIN_D = """
[[supplement]]
name = "vitamin_d3"
amount = "50000 IU"
every = "1 week"
pulses = true
start = "day 2"
[[supplement]]
name = "calcitriol"
amount = "0.25 ug"
[[infusion]]
name = "calcium"
amount = "10 mmol"
at = "day 20"
over = "6 hours"
[simulate]
days = 60
"""
BONE_DRUGS = """
[person]
conditions = [{ name = "primary_hyperparathyroidism", start = "day 5", stop = "day 40" }]
[[drug]]
name = "denosumab"
amount = "60 mg"
[[drug]]
name = "teriparatide"
amount = "20 ug"
start = "day 10"
stop = "day 20"
[simulate]
days = 60
output_every = "4 days"
"""
EVERYTHING = [SUPPLEMENT, DEPLETION, LOAD, DRUG, VITAMIN_D, BONE_DRUGS]
ELEMENTS = ("calcium", "phosphorus", "magnesium", "vitamin_d", "teriparatide", "denosumab")


def scenario(text: str) -> Scenario:
    return Scenario.from_text(text)


@pytest.mark.parametrize("element", ELEMENTS)
@pytest.mark.parametrize("text", EVERYTHING)
def test_mass_closes_to_a_billionth(text, element):
    plan, pools = scenario(text), {n: p.of.get(element, 0.0) for n, p in adult().inventory.pools.items()}
    result = simulate(plan, observables=list(pools))
    held = np.sum([share * result.observables[name][0] for name, share in pools.items()], axis=0)
    crossed = [result.accounts[m.name][0, -1] * m.gains.get(element, 0.0) for m in adult().movements.values()]
    dosed = sum(train.count * train.amount * pools[train.pool] for train in to_regimen(plan).pulses)
    throughput = max(sum(abs(c) for c in crossed) + dosed, 1e-9)
    assert abs(held[-1] - held[0] - sum(crossed) - dosed) <= 1e-9 * throughput


def test_day_zero_shows_the_rest_before_the_plan():
    result = simulate(scenario(SUPPLEMENT))
    assert result.observables["serum_magnesium"][0, 0] == pytest.approx(0.85, rel=1e-9)
    assert result.observables["absorbed_magnesium"][0, 0] == pytest.approx(4.608721199, rel=1e-8)
    assert result.observables["absorbed_magnesium"][0, 1] > 6


@pytest.mark.parametrize(("lab", "because"), [("0.78 mmol/L", None), ("0.92 mmol/L", None), ("2.0 mg/dL", "intake")])
def test_a_person_meets_a_serum_magnesium(lab, because):
    reason = f'because = "{because}"' if because else ""
    result = simulate(scenario(f'[labs]\nserum_magnesium = "{lab}"\n{reason}\n[simulate]\ndays = 1'))
    wanted = {"0.78 mmol/L": 0.78, "0.92 mmol/L": 0.92, "2.0 mg/dL": 2.0 * 10 / 24.305}[lab]
    assert result.observables["serum_magnesium"][0, 0] == pytest.approx(wanted, rel=1e-6)


def test_a_population_meets_a_lab_in_its_median():
    result = simulate(scenario('[population]\nn = 101\n[labs]\nserum_magnesium = "0.80 mmol/L"\n[simulate]\ndays = 1'))
    assert result.summary("serum_magnesium")["median"][0] == pytest.approx(0.80, abs=1e-5)


def test_a_lab_out_of_reach_names_the_nearest_reachable_value():
    with pytest.raises(InputError, match="nearest that can be reached is"):
        simulate(scenario('[labs]\nserum_magnesium = "3.9 mmol/L"'))


def test_no_intake_has_no_rest_and_says_which_loss_is_to_blame():
    with pytest.raises(InputError, match="endogenous_magnesium_loss"):
        simulate(scenario('[diet]\nmagnesium = "0 mmol/day"'))


def test_a_cut_edge_holds_the_source_at_rest():
    plan = SUPPLEMENT + '[model]\ncut = ["serum_magnesium_ratio -> bone_surface_magnesium_uptake"]\n'
    whole, cut = simulate(scenario(SUPPLEMENT)), simulate(scenario(plan))
    assert whole.observables["bone_magnesium"][0, -1] > whole.observables["bone_magnesium"][0, 0] + 1
    deep_bone_alone = cut.observables["bone_magnesium"][0, -1] - cut.observables["bone_magnesium"][0, 0]
    assert 0 < deep_bone_alone < 0.5


def test_an_edge_that_does_not_exist_is_refused():
    with pytest.raises(ModelError, match="an edge can be cut only where"):
        simulate(scenario('[model]\ncut = ["urine_magnesium -> magnesium_absorption"]'))


def test_unknown_parameters_and_observables_are_refused():
    with pytest.raises(InputError, match="dct_capacity"):
        simulate(scenario("[model.parameters]\ndct_capacitee = 0.05"))
    with pytest.raises(ModelError, match="serum_magnesium"):
        simulate(scenario(""), observables=["serum_magnesiums"])


def test_a_failed_person_is_null_with_a_reason_and_the_rest_is_there(monkeypatch):
    broken = {"passive_magnesium_fraction": 0.0, "magnesium_pump_maximum": 0.0}  # absorbs nothing, so cannot rest

    def one_broken(plan, system, draws):
        cast = cast_of(plan, system, draws)
        return replace(cast, people=[cast.people[0], cast.people[1].with_parameters(**broken), *cast.people[2:]])

    monkeypatch.setattr("cofactor.run._simulate.cast_of", one_broken)
    result = simulate(scenario("[population]\nn = 4\n[simulate]\ndays = 1"))
    values = result.observables["serum_magnesium"]
    assert np.isnan(values[1]).all()
    assert np.isfinite(values[[0, 2, 3]]).all()
    assert [(f.person, "no resting state" in f.reason) for f in result.failures] == [(1, True)]
    shown = result.to_json()
    json.dumps(shown, allow_nan=False)
    assert [f["person"] for f in shown["manifest"]["failures"]] == [1]


def test_workers_do_not_change_a_number(monkeypatch):
    plan = scenario("[population]\nn = 90\n[simulate]\ndays = 2")
    together = simulate(plan)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    alone = simulate(plan)
    for name, values in together.observables.items():
        assert np.array_equal(values, alone.observables[name])


@pytest.mark.parametrize("text", EVERYTHING)
def test_the_fast_engine_agrees_with_the_reference(text):
    oracle = simulate(scenario(text), accuracy="tight", engine="reference")
    for accuracy, within in (("default", 2e-4), ("tight", 1e-6)):
        fast = simulate(scenario(text), accuracy=accuracy)
        for name, values in oracle.observables.items():
            # a balance is the small difference of what comes and goes, so it is measured against the larger of them
            flows = ("absorbed_magnesium", "urine_magnesium") if name.endswith("_balance") else (name,)
            size = max(np.abs(oracle.observables[flow]).max() for flow in flows)
            round_off = 1e-12  # what is 0 at rest has no size of its own
            assert np.all(np.abs(fast.observables[name] - values) <= within * size + round_off), (name, accuracy)


def test_an_engine_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="the engine is one of fast, reference"):
        simulate(scenario(""), engine="quantum")


def test_draws_are_runs_of_the_same_person():
    result = simulate(scenario("[simulate]\ndays = 1"), draws=4)
    levels = result.observables["serum_magnesium"][:, 0]
    assert levels.shape == (4,)
    assert levels[0] == pytest.approx(0.85)
    assert np.allclose(levels, 0.85, rtol=0.03), "recalibrated: the reference adult keeps about their levels"
    assert np.ptp(result.observables["fractional_magnesium_absorption"][:, 0]) > 0.01
    assert (result.manifest["people"], result.manifest["runs"]) == (1, 4)


def test_three_labs_are_met_and_the_manifest_says_how():
    labs = (
        '[labs]\nserum_25ohd = "18 ng/mL"\nserum_calcium = "9.3 mg/dL"\nserum_pth = "60 pg/mL"\n[simulate]\ndays = 30'
    )
    result = simulate(scenario(labs))
    wanted = {"serum_25ohd": 18e3 / 400.64, "serum_calcium": 93 / 40.078, "serum_pth": 60e3 / 9424.6}
    for name, value in wanted.items():
        assert result.observables[name][0] == pytest.approx(np.full(31, value), rel=1e-5)
    met = {entry["lab"]: entry for entry in result.to_json()["manifest"]["labs_met"]}
    assert {name: entry["wanted"] for name, entry in met.items()} == pytest.approx(wanted)
    assert all(entry["moved"] for entry in met.values())
    assert {"habitual_skin_synthesis", "gland_size"} <= set(result.manifest["parameters_changed"])
    json.dumps(result.manifest, allow_nan=False)


def test_a_train_of_doses_is_followed_dose_by_dose():
    weekly = VITAMIN_D.replace("days = 60", 'days = 60\noutput_every = "6 hours"')
    result = simulate(scenario(weekly))
    gut = simulate(scenario(weekly), observables=["gut_vitamin_d"]).observables["gut_vitamin_d"][0]
    peaks = [k for k in range(1, len(gut) - 1) if gut[k - 1] < gut[k] >= gut[k + 1]]
    assert [result.times[k] for k in peaks] == pytest.approx([2.25 + 7 * k for k in range(9)])
    assert result.observables["serum_25ohd"][0, -1] > 150


def test_the_json_has_the_shape_of_the_contract():
    one = simulate(scenario("[simulate]\ndays = 2")).to_json()
    assert set(one) == {"time_days", "observables", "units", "manifest"}
    assert len(one["observables"]["serum_magnesium"]) == 3
    many = simulate(scenario("[population]\nn = 3\n[simulate]\ndays = 2")).to_json()
    assert set(many["observables"]["serum_magnesium"]) == {"median", "p2_5", "p97_5"}


def test_output_times_end_at_the_last_day():
    result = simulate(scenario('[simulate]\ndays = 10\noutput_every = "4 days"'))
    assert result.times.tolist() == [0, 4, 8, 10]


def test_to_pandas_and_xarray_hold_every_value():
    result = simulate(scenario("[population]\nn = 2\n[simulate]\ndays = 2"))
    table, cube = result.to_pandas(), result.to_xarray()
    assert len(table) == 6
    assert cube["serum_magnesium"].attrs["units"] == "mmol/L"
    assert float(cube["serum_magnesium"][1, 2]) == table["serum_magnesium"].iloc[5]
