"""Light in a scenario: where people live, what the sun does to them, and sessions under a lamp."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cofactor import body
from cofactor.errors import InputError
from cofactor.scenario import (
    Scenario,
    cast_of,
    features_supported,
    habitual_inputs,
    people_of,
    phase_on,
    require_supported,
    to_regimen,
)

pytest.importorskip("pvlib", reason="the extra sun is not installed")

START = '[simulate]\nstart = "2026-10-01"\n'


def sunlit():
    return body.assembled("adult + sun")


def parameters(text: str) -> dict[str, float]:
    system = sunlit()
    (who,) = people_of(Scenario.from_text(text + START), system)
    return dict(zip(system.constants, system.parameter_vector(who.parameters), strict=False))


# -- who and where --------------------------------------------------------------------------------------------------


def test_a_latitude_brings_a_year_of_sun_in_place_of_the_habitual_synthesis():
    here, nowhere = parameters("[person]\nlatitude = 53\n"), parameters("")
    assert nowhere["sun_vitamin_d_mean"] == 0.0 < here["sun_vitamin_d_mean"]
    assert here["habitual_skin_synthesis"] == 0.0 < nowhere["habitual_skin_synthesis"]
    assert here["exposed_fraction_mean"] == pytest.approx(0.135)
    assert math.hypot(here["exposed_fraction_cosine"], here["exposed_fraction_sine"]) == pytest.approx(0.065)


def test_age_and_skin_type_reach_the_skin():
    skin = parameters("[person]\nlatitude = 53\nage = 75\nskin_type = 6\n")
    assert skin["skin_age"] == 75
    assert skin["minimal_erythema_dose"] == 1000
    assert parameters("[person]\nskin_type = 1\n")["minimal_erythema_dose"] == 200


def test_the_sun_table_says_how_people_live_with_it():
    usual = parameters("[person]\nlatitude = 53\n")
    fixed = parameters('[person]\nlatitude = 53\n[sun]\nminutes_per_day = "1 h"\nexposed_fraction = 0.3\n')
    assert fixed["exposed_fraction_mean"] == 0.3
    assert fixed["exposed_fraction_cosine"] == fixed["exposed_fraction_sine"] == 0.0
    assert fixed["sun_vitamin_d_mean"] > 1.3 * usual["sun_vitamin_d_mean"]
    screened = parameters("[person]\nlatitude = 53\n[sun]\nsunscreen = 31\n")
    assert screened["sunscreen_transmission"] == pytest.approx(0.1)
    high = parameters('[person]\nlatitude = 53\n[sun]\naltitude = "2 m"\n')
    higher = parameters('[person]\nlatitude = 53\n[sun]\naltitude = "2000 m"\n')
    assert (higher["sun_vitamin_d_mean"] / high["sun_vitamin_d_mean"]) ** 2 == pytest.approx(1.16, rel=1e-3)
    snowy = parameters('[person]\nlatitude = 53\n[sun]\nsnow = ["jan", "feb"]\n')
    assert snowy["sun_vitamin_d_cosine_1"] > usual["sun_vitamin_d_cosine_1"]
    clear = parameters('[person]\nlatitude = 53\n[sun]\nclimate = "clear"\n')
    assert (clear["sun_vitamin_d_mean"] / usual["sun_vitamin_d_mean"]) ** 2 == pytest.approx(1 / 0.7, rel=1e-3)
    formula = parameters('[person]\nlatitude = 53\n[sun]\ngeometry = "formula"\n')
    assert formula["sun_vitamin_d_mean"] == pytest.approx(usual["sun_vitamin_d_mean"], rel=2e-3)
    assert formula["sun_vitamin_d_mean"] != usual["sun_vitamin_d_mean"]


def test_a_population_is_spread_over_latitudes():
    text = "[population]\nn = 40\nlatitude = { mean = 53, sd = 3 }\n" + START
    people = people_of(Scenario.from_text(text), sunlit())
    means = [who.parameters["sun_vitamin_d_mean"] for who in people]
    assert len(set(means)) > 20
    one = people_of(Scenario.from_text(text.replace("{ mean = 53, sd = 3 }", "53")), sunlit())
    assert {who.parameters["sun_vitamin_d_mean"] for who in one} == {
        parameters("[person]\nlatitude = 53\n")["sun_vitamin_d_mean"]
    }


# -- when -----------------------------------------------------------------------------------------------------------


def test_the_date_gives_the_phase():
    at = [
        phase_on(Scenario.from_text(f'[person]\nlatitude = 53\n[simulate]\nstart = "{date}"'))
        for date in ("2000-01-01", "2026-01-01", "2026-07-02", "2027-01-01")
    ]
    assert at[0] == 0.0
    assert at[1] == pytest.approx(2 * math.pi * (9497 % 365.25) / 365.25)
    assert at[2] - at[1] == pytest.approx(2 * math.pi * 182 / 365.25)
    assert at[3] == pytest.approx(at[1], abs=2 * math.pi / 365)
    assert phase_on(Scenario.from_text(START)) is None
    year_round = Scenario.from_text("[person]\nlatitude = 53\n" + START)
    assert phase_on(year_round, 92.0) < phase_on(year_round, 0.0)  # past New Year


def test_a_latitude_without_a_date_is_refused():
    with pytest.raises(InputError, match=r"the run starts on a date.*p\.toml:2"):
        phase_on(Scenario.from_text("[person]\nlatitude = 53", "p.toml"))


def test_a_lab_at_a_place_is_met_by_habits_outdoors_in_its_own_season():
    text = '[person]\nlatitude = 59.4\n[labs]\nserum_25ohd = "18 ng/mL"\n' + START
    (now,) = cast_of(Scenario.from_text(text), sunlit()).met
    assert list(now.moved) == ["sun_habit"]
    assert now.found == pytest.approx(now.wanted, rel=1e-6)
    spring = text.replace("[labs]\n", '[labs]\ndate = "2026-04-01"\n')
    (then,) = cast_of(Scenario.from_text(spring), sunlit()).met
    assert then.moved["sun_habit"] > 1.5 * now.moved["sun_habit"]  # the same level in April takes more sun


def test_less_than_no_sun_leaves_is_met_by_clearance():
    text = '[person]\nlatitude = 59.4\n[labs]\nserum_25ohd = "15 nmol/L"\n' + START
    (met,) = cast_of(Scenario.from_text(text), sunlit()).met
    assert met.moved["sun_habit"] == 0.0
    assert met.moved["calcidiol_clearance"] > 1


# -- lamps ----------------------------------------------------------------------------------------------------------


def sessions(text: str, start: str = START) -> list[tuple[float, float]]:
    """(day, erythemal J/m2)."""
    regimen = to_regimen(Scenario.from_text("[[phototherapy]]\n" + text + "\n" + start))
    found = [(rate.start, rate.amount) for rate in regimen.rates if rate.given == "lamp_dose"]
    assert all(rate.stop == rate.start + 1 for rate in regimen.rates)
    held = [(hold.start, hold.value) for hold in regimen.holds if hold.given == "lamp_body_fraction"]
    assert [day for day, _ in held] == [day for day, _ in found]
    return found


def test_sessions_fall_on_days_of_the_week_and_climb_the_ladder():
    found = sessions('dose = ["0.42 J/cm2", "0.63 J/cm2", "0.82 J/cm2"]\nsessions = 5')
    assert [day for day, _ in found] == [1, 4, 6, 8, 11]  # 1 October 2026 is a Thursday; Mon, Wed, Fri
    share = 10 ** (0.094 * (298 - 311))
    assert [dose for _, dose in found] == pytest.approx([1e4 * share * d for d in (0.42, 0.63, 0.82, 0.82, 0.82)])


def test_without_a_calendar_day_0_is_a_monday():
    found = sessions('dose = "1 J/cm2"\nsessions = 4', start="")
    assert [day for day, _ in found] == [0, 2, 4, 7]


def test_sessions_every_so_many_days_and_within_the_run():
    found = sessions('dose = "2 SED"\nevery = "2 weeks"\nsessions = 30\nstart = "day 3"', start="[simulate]\ndays = 60")
    assert [day for day, _ in found] == [3, 17, 31, 45, 59]
    assert [dose for _, dose in found] == pytest.approx([200.0] * 5)


def test_a_broad_band_dose_is_in_sed():
    assert sessions('kind = "bb_uvb"\ndose = "1 SED"\nsessions = 1')[0][1] == pytest.approx(100.0)
    with pytest.raises(InputError, match="broad band is in SED"):
        Scenario.from_text('[[phototherapy]]\nkind = "bb_uvb"\ndose = "1 J/cm2"')
    with pytest.raises(InputError, match="not weighted for erythema"):
        Scenario.from_text('[[phototherapy]]\nkind = "puva"\ndose = "1 SED"')


def test_puva_makes_no_vitamin_d_and_says_so():
    with pytest.raises(InputError, match=r"\[\[phototherapy\]\] puva"):
        require_supported(Scenario.from_text('[[phototherapy]]\nkind = "puva"\ndose = "5 J/cm2"'), features_supported())


def test_nobody_is_under_a_lamp_by_habit():
    habits = habitual_inputs(Scenario.from_text('[[phototherapy]]\ndose = "1 J/cm2"'))
    assert habits["lamp_dose"] == habits["lamp_body_fraction"] == 0.0
    assert np.isfinite(list(habits.values())).all()
