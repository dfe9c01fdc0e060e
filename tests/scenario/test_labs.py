"""Labs are met: each alone, several together, by a person, by a population's median, in every draw of the model."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor import simulate
from cofactor.body import adult
from cofactor.errors import InputError, NoRestError
from cofactor.run import Result
from cofactor.scenario import Scenario, cast_of, people_of
from cofactor.scenario._levers import MATCHED_LABS, lever_of

DAY = "[simulate]\ndays = 1\n"


def labs(text: str, rest: str = "") -> Scenario:
    return Scenario.from_text(f"{rest}[labs]\n{text}\n{DAY}", "p.toml")


def at_rest(result: Result, name: str) -> float:
    return float(result.observables[name][0, 0])


# lab -> (written, canonical value, what moves)
ALONE = [
    ("serum_25ohd", "18 ng/mL", 18e3 / 400.64, {"habitual_skin_synthesis"}),
    ("serum_25ohd", "20 nmol/L", 20.0, {"habitual_skin_synthesis"}),
    ("serum_25ohd", "110 nmol/L", 110.0, {"habitual_skin_synthesis"}),
    ("serum_25ohd", "16 nmol/L", 16.0, {"habitual_skin_synthesis", "calcidiol_clearance"}),
    ("serum_25ohd", "180 nmol/L", 180.0, {"habitual_skin_synthesis", "calcidiol_clearance"}),
    ("serum_calcium", "2.25 mmol/L", 2.25, {"calcium_set_point"}),
    ("serum_calcium", "10.2 mg/dL", 102 / 40.078, {"calcium_set_point"}),
    ("ionised_calcium", "1.18 mmol/L", 1.18, {"calcium_set_point"}),
    ("serum_magnesium", "1.7 mg/dL", 17 / 24.305, {"thick_limb_capacity", "dct_capacity", "replete_serum_magnesium"}),
    ("ionised_magnesium", "0.58 mmol/L", 0.58, {"thick_limb_capacity", "dct_capacity", "replete_serum_magnesium"}),
    ("serum_phosphate", "0.8 mmol/L", 0.8, {"phosphate_threshold_at_rest"}),
    ("serum_phosphate", "5 mg/dL", 50 / 30.974, {"phosphate_threshold_at_rest"}),
    ("serum_pth", "65 pg/mL", 65e3 / 9424.6, {"gland_size"}),
    ("serum_pth", "2 pmol/L", 2.0, {"gland_size"}),
    ("gfr", "78 mL/min", 78.0, {"baseline_filtration_rate"}),
]


@pytest.mark.parametrize(
    ("lab", "written", "value", "moved"), ALONE, ids=lambda v: "-".join(sorted(v)) if isinstance(v, set) else str(v)
)
def test_a_person_meets_a_lab_alone(lab, written, value, moved):
    result = simulate(labs(f'{lab} = "{written}"'))
    assert at_rest(result, lab) == pytest.approx(value, rel=1e-8)
    assert result.observables[lab][0, -1] == pytest.approx(value, rel=1e-6), "and stays there"
    (met,) = result.manifest["labs_met"]
    assert met["lab"] == lab
    assert met["unit"] == str(adult().unit_of(lab))
    assert (met["wanted"], met["found"]) == pytest.approx((value, value))
    assert set(met["moved"]) == moved
    assert set(result.manifest["parameters_changed"]) == moved


def test_every_lab_that_is_answered_is_tested_alone():
    assert {lab for lab, *_ in ALONE} == set(MATCHED_LABS)


def test_a_lab_the_person_has_anyway_moves_nothing():
    (met,) = simulate(labs('serum_25ohd = "60 nmol/L"')).manifest["labs_met"]
    assert met["moved"] == {}


@pytest.mark.parametrize("estimate", [100, 60, 12])
def test_an_estimated_gfr_is_a_share_of_health(estimate):
    """design.md 2 and coupled.md 4: published n mL/min/1.73m2 is 173 n/100 L/d in the reference adult."""
    result = simulate(labs(f'gfr = "{estimate} mL/min/1.73m2"'))
    assert at_rest(result, "gfr") == pytest.approx(173 * estimate / 100 / 1.44, rel=1e-8)
    (met,) = result.manifest["labs_met"]
    assert (met["unit"], met["found"]) == ("mL/min/1.73m2", pytest.approx(estimate))
    assert result.manifest["scenario"]["units"]["labs.gfr"] == "mL/min/1.73m2"


def test_an_estimate_is_per_surface_and_a_measurement_is_not():
    tall = '[person]\nweight = "100 kg"\nheight = "1.90 m"\n'
    estimated = at_rest(simulate(labs('gfr = "80 mL/min/1.73m2"', tall)), "gfr")
    measured = at_rest(simulate(labs('gfr = "80 mL/min"', tall)), "gfr")
    surface = (100 / 70) ** 0.425 * (1.90 / 1.726) ** 0.725
    assert measured == pytest.approx(80, rel=1e-8)
    assert estimated == pytest.approx(0.8 * 173 / 1.44 * surface, rel=1e-8)


@pytest.mark.parametrize("level", ["0.70 mmol/L", "0.83 mmol/L", "0.90 mmol/L"])
def test_a_magnesium_for_want_of_intake_is_met_by_the_diet(level):
    scenario = labs(f'serum_magnesium = "{level}"\nbecause = "intake"')
    result = simulate(scenario)
    assert at_rest(result, "serum_magnesium") == pytest.approx(float(level.split()[0]), rel=1e-8)
    assert set(result.manifest["labs_met"][0]["moved"]) == {"dietary_magnesium"}
    assert result.manifest["parameters_changed"] == {}


def test_a_magnesium_of_ones_own_does_not_block_the_glands_and_a_want_of_it_does():
    """coupled.md 2: the block reads magnesium relative to the person's own replete level (c_own)."""
    own = simulate(labs('serum_magnesium = "0.66 mmol/L"\nserum_pth = "4 pmol/L"'), observables=["low_magnesium_block"])
    lack = labs('serum_magnesium = "0.67 mmol/L"\nbecause = "intake"')
    assert at_rest(own, "low_magnesium_block") == pytest.approx(1.0, abs=1e-9)
    assert at_rest(simulate(lack, observables=["low_magnesium_block"]), "low_magnesium_block") < 0.8


TOGETHER = {
    "winter": {"serum_25ohd": 30.0, "serum_calcium": 2.32, "serum_pth": 7.5},
    "well": {"serum_25ohd": 85.0, "ionised_calcium": 1.25, "serum_pth": 3.2, "serum_phosphate": 1.2},
    "kidney": {"gfr": 30.0, "serum_phosphate": 1.45, "serum_pth": 15.0, "serum_calcium": 2.25, "serum_25ohd": 40.0},
    "all": {
        "serum_25ohd": 45.0, "serum_calcium": 2.38, "serum_magnesium": 0.78, "serum_phosphate": 1.0, "serum_pth": 5.0,
        "gfr": 95.0,
    },
}  # fmt: skip


def written(wanted: dict[str, float]) -> str:
    return "\n".join(f'{name} = "{value} {adult().unit_of(name)}"' for name, value in wanted.items())


@pytest.mark.parametrize("name", TOGETHER)
def test_labs_are_met_together(name):
    result = simulate(labs(written(TOGETHER[name])))
    assert {n: at_rest(result, n) for n in TOGETHER[name]} == pytest.approx(TOGETHER[name], rel=1e-7)
    assert [met["lab"] for met in result.manifest["labs_met"]] == list(TOGETHER[name])


def test_the_order_of_labs_changes_nothing():
    wanted = TOGETHER["all"]
    (one,) = people_of(labs(written(wanted)), adult())
    (other,) = people_of(labs(written(dict(reversed(wanted.items())))), adult())
    assert dict(one.parameters) == pytest.approx(dict(other.parameters), rel=1e-7)


def test_calcium_beside_pth_is_met_by_the_kidney():
    """At rest set point and gland act through PTH alone, so calcium and PTH together need a lever on calcium's side."""
    scenario = labs('serum_calcium = "2.30 mmol/L"\nserum_pth = "7 pmol/L"')
    by_lab = {met["lab"]: set(met["moved"]) for met in simulate(scenario).manifest["labs_met"]}
    assert by_lab == {"serum_calcium": {"calcium_threshold_at_rest"}, "serum_pth": {"gland_size"}}


def test_labs_are_met_on_top_of_conditions_diet_and_supplements():
    rest = (
        '[person]\nage = 66\nweight = "85 kg"\nconditions = ["primary_hyperparathyroidism"]\n[diet]\n'
        'calcium = "700 mg/day"\n[[supplement]]\nname = "vitamin_d3"\namount = "2000 IU"\nstart = "before"\n'
    )
    wanted = {"serum_calcium": 2.75, "serum_pth": 13.0, "serum_25ohd": 90.0}
    result = simulate(labs(written(wanted), rest))
    assert {n: at_rest(result, n) for n in wanted} == pytest.approx(wanted, rel=1e-7)


def test_a_high_25ohd_of_a_supplement_is_met_with_the_supplement():
    with pytest.raises(InputError, match=r'nearest that can be reached is .*start = "before"'):
        simulate(labs('serum_25ohd = "400 nmol/L"'))
    rest = '[[supplement]]\nname = "vitamin_d3"\namount = "20000 IU"\nstart = "before"\n'
    assert at_rest(simulate(labs('serum_25ohd = "400 nmol/L"', rest)), "serum_25ohd") == pytest.approx(400)


@pytest.mark.parametrize(
    "wanted", [{"serum_magnesium": 0.8}, {"serum_25ohd": 40.0, "serum_pth": 6.0, "serum_calcium": 2.3}]
)
@pytest.mark.parametrize("count", [101, 12])
def test_a_population_meets_labs_in_its_median(wanted, count):
    result = simulate(labs(written(wanted), f"[population]\nn = {count}\nseed = 3\n"))
    medians = {name: float(np.median(result.observables[name][:, 0])) for name in wanted}
    assert medians == pytest.approx(wanted, rel=1e-6)
    assert all(np.ptp(result.observables[name][:, 0]) > 0.03 * value for name, value in wanted.items()), "people differ"


def test_labs_are_met_in_every_draw_of_the_model():
    wanted = {"serum_25ohd": 40.0, "serum_calcium": 2.3, "serum_pth": 6.0}
    result = simulate(labs(written(wanted)), draws=6)
    for name, value in wanted.items():
        assert result.observables[name][:, 0] == pytest.approx(np.full(6, value), rel=1e-6)
    assert np.ptp(result.observables["urine_calcium"][:, 0]) > 0.1
    assert result.manifest["draws_that_miss_a_lab"] == 0
    assert result.manifest["people"] == 1


def test_a_draw_that_cannot_meet_a_lab_is_counted_and_comes_near():
    high = simulate(labs('serum_25ohd = "196 nmol/L"'), draws=8)
    levels = high.observables["serum_25ohd"][:, 0]
    missed = np.abs(levels / 196 - 1) > 1e-6
    assert high.manifest["draws_that_miss_a_lab"] == missed.sum() > 0
    assert not missed[0]
    assert (levels[missed] > 150).all()


# ---- out of reach ----

OUT_OF_REACH = {
    "serum_25ohd": ("9 nmol/L", "14.04 nmol/L"),
    "serum_calcium": ("2.9 mmol/L", "2.616 mmol/L"),
    "ionised_calcium": ("1.0 mmol/L", "1.14 mmol/L"),
    "serum_magnesium": ("3.9 mmol/L", "2.489 mmol/L"),
    "ionised_magnesium": ("2 mmol/L", "1.543 mmol/L"),
    "serum_phosphate": ("4 mmol/L", "2.602 mmol/L"),
    "serum_pth": ("60 pmol/L", "8.859 pmol/L"),
    "gfr": ("2 mL/min", "2.778 mL/min"),
}


@pytest.mark.parametrize("lab", OUT_OF_REACH)
def test_a_lab_out_of_reach_names_the_nearest_reachable_value(lab):
    value, nearest = OUT_OF_REACH[lab]
    with pytest.raises(InputError, match=f"no body of this kind rests at that {lab}") as caught:
        simulate(labs(f'{lab} = "{value}"'))
    error = caught.value
    assert f"the nearest that can be reached is {nearest}" in str(error.hint)
    assert error.where == f"p.toml:2 (labs.{lab})"
    assert str(error.received) == value.replace("1.0", "1")


@pytest.mark.parametrize("lab", OUT_OF_REACH)
def test_the_nearest_value_is_at_the_end_of_the_lever(lab):
    """What the error names is what the lever's end gives, found here without the search."""
    value, nearest = OUT_OF_REACH[lab]
    scenario = labs(f'{lab} = "{value}"')
    lever = lever_of(lab, scenario.labs, adult())
    ends = [lever.factors(setting) for setting in (lever.low, lever.high)]
    levels = []
    for factors in ends:
        changed = {n: adult().constants[n].value * f for n, f in factors.items() if n in adult().constants}
        result = simulate(Scenario.from_dict({"model": {"parameters": changed}, "simulate": {"days": 1}}))
        levels.append(at_rest(result, lab))
    assert min(abs(level - float(nearest.split()[0])) for level in levels) <= 6e-4 * max(levels)


def test_of_labs_that_exclude_each_other_the_one_missed_is_named():
    with pytest.raises(InputError, match=r"rests at that serum_\w+ beside .*nearest"):
        simulate(labs('serum_calcium = "2.9 mmol/L"\nserum_pth = "1 pmol/L"\nserum_phosphate = "0.6 mmol/L"'))


def test_labs_of_somebody_without_a_rest_say_so():
    with pytest.raises(NoRestError, match="endogenous_magnesium_loss"):
        simulate(labs('serum_25ohd = "40 nmol/L"', '[diet]\nmagnesium = "0 mmol/day"\n'))


def test_cut_edges_do_not_change_how_labs_are_met():
    text = '[labs]\nserum_25ohd = "30 nmol/L"\n[model]\ncut = ["vdr_drive -> gut_vdr_drive"]\n' + DAY
    cut = simulate(Scenario.from_text(text))
    whole = simulate(labs('serum_25ohd = "30 nmol/L"'))
    assert cut.manifest["parameters_changed"] == whole.manifest["parameters_changed"]
    assert at_rest(cut, "serum_25ohd") == pytest.approx(30.0, rel=1e-6)


def test_a_parameter_of_the_model_holds_beneath_the_labs():
    text = f'[model.parameters]\ngland_size = 2.0\n[labs]\nserum_pth = "6 pmol/L"\n{DAY}'
    (who,) = people_of(Scenario.from_text(text), adult())
    (plain,) = people_of(labs('serum_pth = "6 pmol/L"'), adult())
    assert who.parameters["gland_size"] == pytest.approx(plain.parameters["gland_size"], rel=1e-7)


def test_a_cast_is_the_same_people_in_every_draw():
    scenario = Scenario.from_text(f"[population]\nn = 3\n{DAY}")
    cast = cast_of(scenario, adult(), [{}, {"calcidiol_clearance": 0.3}])
    assert len(cast.people) == 6
    assert [who.weight_kg for who in cast.people[:3]] == [who.weight_kg for who in cast.people[3:]]
    assert cast.met == ()
    ratio = cast.people[3].parameters["calcidiol_clearance"] / cast.people[0].parameters["calcidiol_clearance"]
    assert ratio == pytest.approx(0.3 / 0.2057)
