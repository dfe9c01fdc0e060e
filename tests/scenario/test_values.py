"""What a scenario resolves to: defaults, canonical units, times, draws."""

from __future__ import annotations

import math

import pytest

from cofactor.errors import InputError
from cofactor.scenario import BEFORE, Condition, LogNormalDraw, NormalDraw, Scenario

MMOL_PER_MG = 1 / 24.305


def test_an_empty_file_is_the_reference_adult():
    scenario = Scenario.from_text("")
    who, diet = scenario.person, scenario.diet
    assert who is not None
    assert (who.sex, who.age, who.weight, who.height, who.latitude) == ("female", 40.0, 70.0, 1.726, None)
    assert (diet.calcium, diet.magnesium, diet.phosphorus, diet.vitamin_d) == (24.0, 12.5, 38.0, 4.0)
    assert scenario.simulate.start is None
    assert scenario == Scenario.from_dict({}) == Scenario.from_text("# only a comment\n[labs]\n[model]\n")


@pytest.mark.parametrize("age", [18, 95])
@pytest.mark.parametrize("weight", ["40 kg", "200 kg", "40000 g"])
def test_the_young_the_old_the_light_and_the_heavy_are_welcome(age, weight):
    who = Scenario.from_dict({"person": {"age": age, "weight": weight}}).person
    assert who is not None
    assert who.age == age
    assert who.weight in (40.0, 200.0)


@pytest.mark.parametrize(
    ("written", "mmol_per_day"),
    [
        ("300 mg/day", 300 * MMOL_PER_MG),
        ("12.5 mmol/d", 12.5),
        ("25 mEq/day", 12.5),
        ("0.3 g/day", 300 * MMOL_PER_MG),
        ("2100 mg/week", 300 * MMOL_PER_MG),
    ],
)
def test_magnesium_is_read_in_any_unit_that_fits(written, mmol_per_day):
    assert Scenario.from_dict({"diet": {"magnesium": written}}).diet.magnesium == pytest.approx(mmol_per_day, rel=1e-9)


def test_each_supplement_has_its_own_canonical_unit():
    entries = [
        {"name": "magnesium", "amount": "300 mg"},
        {"name": "vitamin_d3", "amount": "4000 IU"},
        {"name": "phosphate", "amount": "309.74 mg"},
        {"name": "vitamin_b6", "amount": "30 mg"},
        {"name": "magnesium", "amount": "0 mg"},
    ]
    amounts = [entry.amount for entry in Scenario.from_dict({"supplement": entries}).supplement]
    assert amounts == pytest.approx([300 * MMOL_PER_MG, 100.0, 10.0, 30.0, 0.0], rel=1e-9)


def test_labs_are_in_the_unit_of_their_observable():
    labs = Scenario.from_text(
        '[labs]\nserum_magnesium = "1.9 mg/dL"\nserum_25ohd = "18 ng/mL"\ngfr = "90 mL/min/1.73m2"\npasi = 12\n'
        'magnesium_balance = "-0.5 mmol/d"\nbecause = "intake"'
    ).labs
    assert labs.because == "intake"
    assert labs.values == pytest.approx(
        {
            "serum_magnesium": 19 * MMOL_PER_MG,
            "serum_25ohd": 18e3 / 400.64,
            "gfr": 90.0,
            "pasi": 12.0,
            "magnesium_balance": -0.5,
        },
        rel=1e-9,
    )


def test_an_estimated_gfr_is_told_from_a_measured_one():
    for written, value, estimate in (
        ("60 mL/min/1.73m2", 60.0, True),
        ("1 mL/s/1.73 m2", 60.0, True),
        ("60 mL/min", 60.0, False),
        ("1.73 mL/min", 1.73, False),
        ("86.4 L/d", 60.0, False),
    ):
        labs = Scenario.from_dict({"labs": {"gfr": written}}).labs
        assert labs.values == {"gfr": pytest.approx(value)}
        assert labs.gfr_is_an_estimate is estimate
        assert labs.unit_of("gfr") == ("mL/min/1.73m2" if estimate else "mL/min")


def test_conditions_are_names_or_tables():
    text = '[person]\nconditions = ["malabsorption", { name = "hypoparathyroidism", start = "day 4" }, "malabsorption"]'
    with pytest.raises(InputError, match="had once at a time"):
        Scenario.from_text(text)
    who = Scenario.from_text(text.replace(', "malabsorption"]', "]")).person
    assert who is not None
    assert who.conditions == (
        Condition(name="malabsorption"),
        Condition.model_construct(name="hypoparathyroidism", start=4.0, stop=math.inf),
    )
    assert who.conditions[0].start == BEFORE


def test_each_drug_has_its_usual_interval():
    drugs = [{"name": "denosumab", "amount": "60 mg"}, {"name": "teriparatide", "amount": "20 ug"}]
    weekly = {"name": "denosumab", "amount": "60 mg", "every": "1 week"}
    found = Scenario.from_dict({"drug": [*drugs, weekly, {"name": "proton_pump_inhibitor"}]}).drug
    assert [drug.every for drug in found] == [182.625, 1.0, 7.0, 1.0]


def test_times_count_from_the_start_of_the_run():
    scenario = Scenario.from_text(
        """
simulate = { start = 2026-10-01, days = 400, output_every = "6 hours" }
[labs]
date = "2026-09-20"
[[supplement]]
name = "magnesium"
amount = "1 mg"
start = "before"
stop = "2027-01-01"
[[supplement]]
name = "magnesium"
amount = "1 mg"
every = "1 week"
start = 2026-10-11
[[event]]
name = "stress"
at = "Day 30.5"
"""
    )
    first, second = scenario.supplement
    assert scenario.labs.date == -11.0
    assert (first.start, first.stop) == (BEFORE, 92.0)
    assert (second.every, second.start, second.stop) == (7.0, 10.0, math.inf)
    assert scenario.event[0].at == 30.5
    assert scenario.simulate.output_every == 0.25
    assert scenario.simulate.days == 400


def test_five_minutes_are_enough_however_they_are_written():
    for written in ("5 minutes", "300 s", "5 min"):
        every = Scenario.from_dict({"simulate": {"output_every": written}}).simulate.output_every
        assert every == pytest.approx(5 / 1440)


def test_doses_per_kg_are_for_this_person():
    text = '[person]\nweight = "50 kg"\n[[infusion]]\nname = "magnesium"\namount = "0.1 mmol/kg"\nover = "4 h"\n'
    text += '[[infusion]]\nname = "adrenaline"\nrate = "5 ug/min"\nover = "2 h"\n'
    magnesium, adrenaline = Scenario.from_text(text).infusion
    assert magnesium.amount == pytest.approx(5.0)
    assert adrenaline.rate == pytest.approx(0.1)
    alike = text.replace("[person]", "[population]\nn = 3")
    assert Scenario.from_text(alike).infusion[0].amount == pytest.approx(5.0)


def test_a_population_draws_its_keys():
    people = Scenario.from_text(
        '[population]\nn = 50\nseed = 7\nage = { mean = 55, sd = 9 }\nheight = "170 cm"\n'
        'weight = { median = "80000 g", log_sd = 0.2 }'
    ).population
    assert people is not None
    assert (people.n, people.seed, people.like, people.sex) == (50, 7, "adults", None)
    assert people.age == NormalDraw(55.0, 9.0, 18, 100)
    assert people.weight == LogNormalDraw(pytest.approx(80.0), 0.2, 30, 250)  # type: ignore[arg-type]
    assert people.height == pytest.approx(1.7)


def test_nothing_changes_after_reading():
    scenario = Scenario.from_text("")
    with pytest.raises(ValueError, match="frozen"):
        scenario.simulate.days = 3.0  # type: ignore[misc]


def test_a_file_reads_as_its_text(tmp_path):
    path = tmp_path / "plan.toml"
    text = "[person]\r\nage = 50\r\n[simulate]\r\ndays = 30\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())  # as an editor on Windows saves it
    assert Scenario.from_toml(path) == Scenario.from_toml(str(path)) == Scenario.from_text(text)


def test_nothing_in_a_file_is_evaluated(tmp_path):
    marker = tmp_path / "ran"
    code = f"__import__('pathlib').Path({str(marker)!r}).touch()"
    kept = Scenario.from_dict({"model": {"cut": [f"{code} -> {code}"]}})
    assert kept.model.cut == (f"{code} -> {code}",)
    for raw in ({"person": {"weight": code}}, {"diet": {code: "1 mg"}}, {"simulate": {"start": code}}):
        with pytest.raises(InputError):
            Scenario.from_dict(raw)
    assert not marker.exists()
