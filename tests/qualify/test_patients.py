"""Who enters: virtual people whose rated PASI is like that of a study's people, the same in every arm."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor.errors import InputError
from cofactor.people import GENERAL_SKIN, Person
from cofactor.qualify import Emulation, parse_emulations
from cofactor.qualify._arms import Planned, planned, run_arm
from cofactor.qualify._patients import Entry, entering, entry_of, evenly_drawn, tilted_weights, with_skins_of
from cofactor.run import body_system
from cofactor.scenario import Scenario

NEWCASTLE = Entry(least=2.0, mean=8.92, sd=4.84)
"""psoriasis.md 1.2: PASI 8.92 (SD 4.84), median 7.7, quartiles 5.5 and 11.8."""
COUNT = 120


def rated(entry: Entry, count: int = COUNT) -> np.ndarray:
    """PASI at the start as a rater records it, of the people of an arm."""
    plan = Scenario.from_dict({"population": {"n": count}, "simulate": {"days": 1}})
    run = run_arm(Planned("a", plan, entry=entry), (0.0,), ("pasi",), accounts=False)
    from cofactor.qualify._read import values

    return values(run, "rated_pasi", 0.0)


def test_the_people_of_newcastle_have_its_mean_and_sd_and_then_its_quartiles_too():
    pasi = rated(NEWCASTLE)
    assert pasi.mean() == pytest.approx(8.92, rel=0.05)
    assert pasi.std() == pytest.approx(4.84, rel=0.08)
    assert np.quantile(pasi, [0.25, 0.5, 0.75]) == pytest.approx([5.5, 7.7, 11.8], rel=0.12)


def test_whoever_is_let_in_was_rated_so():
    """They were rated at usual levels of the core; their own 25(OH)D moves PASI a little, here by less than a tenth."""
    pasi = rated(Entry(least=12.0))
    assert pasi.min() > 12.0 * 0.9
    assert np.median(pasi) > 13


def test_people_enter_in_the_same_skins_whatever_the_arm_and_keep_their_numbers():
    everybody = [Person() for _ in range(COUNT)]
    one, other = (with_skins_of(everybody, NEWCASTLE, 1) for _ in range(2))
    assert [who.number for who in one] == [who.number for who in other] == [k for k, _ in entering(NEWCASTLE, COUNT, 1)]
    assert all(who.lesional for who in one)
    assert len({who.number for who in one}) > 0.9 * COUNT


def test_what_the_model_sets_in_a_skin_stays_set():
    """And nothing else: whatever an adult has drawn of a skin gives way to that of the patient."""
    adults = [Person(skin={"threshold_factor": 5.8, "threshold_of_person": -9.0}), Person()]
    found = with_skins_of(adults, Entry(least=2.0), 1, {"streptococcal_reactivity": 0.75, "threshold_factor": 5.8})
    assert {(who.skin["streptococcal_reactivity"], who.skin["threshold_factor"]) for who in found} == {(0.75, 5.8)}
    drawn = with_skins_of(adults, Entry(least=2.0), 1)
    assert {who.skin["threshold_factor"] for who in drawn} == {1.0}
    assert drawn[0].skin["threshold_of_person"] != -9.0
    plan = Scenario.from_dict({"population": {"n": 3}, "model": {"parameters": {"threshold_factor": 1.5}}})
    run = run_arm(Planned("a", plan, entry=Entry(least=2.0)), (0.0,), ("pasi",), accounts=False)
    usual = run_arm(
        Planned("a", Scenario.from_dict({"population": {"n": 3}}), entry=Entry(least=2.0)), (0.0,), ("pasi",)
    )
    assert (run.at("pasi", 0.0) < usual.at("pasi", 0.0)).all()


def test_people_with_skins_of_a_population_are_not_given_others():
    with pytest.raises(InputError, match="population with psoriasis of its own"):
        with_skins_of([Person(lesional=True)], NEWCASTLE, 1)


def test_nobody_is_found_where_nobody_is():
    with pytest.raises(InputError, match="holds those of the trial"):
        entering(Entry(least=71.0), 50, 1)
    with pytest.raises(InputError, match="PASI 60 \\(1\\)"):
        entering(Entry(mean=60.0, sd=1.0), 50, 1)


def test_weights_are_tilted_to_mean_and_sd():
    values = np.random.default_rng(5).lognormal(2.0, 0.6, 3000)
    weights = tilted_weights(values, 6.0, 3.0)
    assert weights.sum() == pytest.approx(1.0)
    assert weights @ values == pytest.approx(6.0)
    assert weights @ (values - 6.0) ** 2 == pytest.approx(9.0)
    mean_alone = tilted_weights(values, 6.0, None)
    assert mean_alone @ values == pytest.approx(6.0)
    chosen = values[evenly_drawn(values, weights, 400)]
    assert (chosen.mean(), chosen.std()) == (pytest.approx(6.0, rel=0.02), pytest.approx(3.0, rel=0.02))


HEAD = 'field = "skin"\ntitle = "t"\n'


def emulation(patients: str, row: str = "skin-E01") -> Emulation:
    text = (
        f'{HEAD}[[emulation]]\nrow = "{row}"\npeople = {{ n = 20 }}\npatients = {patients}\narm.all = {{}}\n'
        'compare = [{ of = "pasi", arm = "all", at = "1 d", observed = { result = "pasi50" } }]\n'
    )
    return parse_emulations(text, "mine.toml").emulation[0]


def test_mean_and_sd_are_looked_up_in_the_row():
    reference = '{ result = "pasi", time = "baseline" }'
    spread = '{ result = "pasi", time = "baseline", part = "spread" }'
    found = emulation(f"{{ mean = {reference}, sd = {spread} }}")
    assert found.patients is not None
    assert entry_of(found.patients, found) == NEWCASTLE
    of_calcitriol = emulation(f"{{ mean = {reference}, sd = {spread} }}", "skin-E30")
    assert of_calcitriol.patients is not None
    assert entry_of(of_calcitriol.patients, of_calcitriol).sd == pytest.approx(1.0 * np.sqrt(85)), "the print is an SE"


def test_people_without_psoriasis_have_thresholds_of_their_own():
    for kind, factor in (("general", GENERAL_SKIN["threshold_factor"]), ("prone", 4.8)):
        found = emulation(f'{{ skin = "{kind}" }}')
        plan = planned(found, "all", 1.0, body_system())
        assert plan.entry == Entry(threshold_factor=factor, lesional=False)
        skins = [skin for _, skin in entering(plan.entry, 50, 1)]
        assert {skin["threshold_factor"] for skin in skins} == {factor}
        assert len({float(skin["threshold_of_person"]) for skin in skins}) == 50


@pytest.mark.parametrize(
    ("patients", "said"),
    [
        ("{ mean = 15.0 }", "source"),
        ("{ sd = { result = 'pasi', time = 'baseline', part = 'spread' } }", "needs its mean"),
        ("{ skin = 'healthy' }", "psoriatic"),
        ("{ pasi = 12 }", "Extra inputs"),
    ],
)
def test_patients_of_the_wrong_shape_are_refused(patients: str, said: str):
    with pytest.raises(InputError, match="skin-E01") as caught:
        emulation(patients)
    assert said in str(caught.value)


def test_a_fragment_is_put_where_it_is_used_and_gives_way_to_the_arm():
    text = (
        f"{HEAD}[fragment.ointment]\ndrug = [{{ name = 'calcipotriol' }}]\nsimulate = {{ days = 5 }}\n"
        "[[emulation]]\nrow = 'skin-E40'\npeople = { n = 20 }\n"
        "arm.all = { uses = ['ointment'], simulate = { days = 7 } }\n"
        "compare = [{ of = 'pasi', arm = 'all', observed = { result = 'pasi', arm = 'betamethasone valerate' } }]\n"
    )
    (found,) = parse_emulations(text, "mine.toml").emulation
    assert found.arm["all"].fragment == {"drug": [{"name": "calcipotriol"}], "simulate": {"days": 7}}
    with pytest.raises(InputError, match=r"skin-E40.*'cream'|'cream'.*skin-E40"):
        parse_emulations(text.replace("['ointment']", "['cream']"), "mine.toml")
