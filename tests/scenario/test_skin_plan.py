"""What a plan does to the skin, day by day."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor.errors import InputError
from cofactor.scenario import Scenario, skin_plan


def plan(text: str):
    return skin_plan(Scenario.from_text(text, "p.toml"))


def test_sessions_fall_on_their_weekdays_and_the_last_dose_is_repeated():
    text = """
[[phototherapy]]
kind = "nb_uvb"
dose = ["0.4 J/cm2", "0.6 J/cm2"]
sessions = 4
[simulate]
start = "2026-10-01"
days = 20
"""
    dose = plan(text).held(20)["nb_uvb_dose"]  # 1 October 2026 is a Thursday
    assert np.flatnonzero(dose).tolist() == [1, 4, 6, 8]
    assert dose[[1, 4, 6, 8]] == pytest.approx([0.4, 0.6, 0.6, 0.6])


def test_injections_come_on_their_days_whole():
    text = '[[drug]]\nname = "secukinumab"\namount = "300 mg"\nevery = "7 days"\nstop = "day 22"\n[simulate]\ndays = 60'
    assert np.flatnonzero(plan(text).added(60)["secukinumab_depot"]).tolist() == [0, 7, 14, 21]
    assert plan(text).added(60)["secukinumab_depot"].sum() == pytest.approx(1200)


def test_an_injection_given_once_is_given_exactly_once():
    """Its interval is infinite: the next dose would have come on day 0 * inf, which is no day."""
    for amount, start in (("300 mg", "day 0"), ("150 mg", "day 9")):
        text = f'[[drug]]\nname = "secukinumab"\namount = "{amount}"\nevery = "once"\nstart = "{start}"\n[simulate]\ndays = 60'
        found = plan(text)
        assert [onset.day for onset in found.onsets] == [float(start.removeprefix("day "))]
        depot = found.added(60)["secukinumab_depot"]
        assert depot.sum() == pytest.approx(float(amount.removesuffix(" mg")))
        assert np.isfinite(depot).all()


def test_what_is_killed_by_the_day_is_the_fastest_of_all():
    text = '[[event]]\nname = "focus_removed"\nat = "day 4"\nover = "1.5 days"\n[simulate]\ndays = 20'
    assert plan(text).killing(8) == pytest.approx([0, 0, 0, 0, 5.0, 2.5, 0, 0])
    assert plan("").killing(3) == pytest.approx([0, 0, 0])


def test_an_ointment_is_so_many_applications_a_day():
    text = '[[drug]]\nname = "calcipotriol"\nstart = "day 3"\nstop = "day 10"\n[simulate]\ndays = 20'
    applied = plan(text).held(20)["calcipotriol_applications"]
    assert applied[3:10] == pytest.approx(np.full(7, 2.0))  # twice a day unless the plan says otherwise
    assert applied.sum() == pytest.approx(14)


def test_events_begin_loads_and_last_their_time():
    text = """
[[event]]
name = "streptococcal_throat"
at = "day 5"
[[event]]
name = "skin_injury"
at = "day 2"
[[event]]
name = "focus_removed"
at = "day 4"
over = "1 day"
[simulate]
days = 20
"""
    found = plan(text)
    assert np.flatnonzero(found.added(20)["throat_load"]).tolist() == [5]
    assert found.added(20)["throat_load"][5] == pytest.approx(0.02)
    assert np.flatnonzero(found.held(20)["skin_injury"]).tolist() == list(range(2, 9))
    assert np.flatnonzero(found.held(20)["tonsil_removal"]).tolist() == [4]


def test_nothing_is_done_by_default():
    assert plan("").windows == ()
    assert plan("").onsets == ()


def test_an_event_of_no_kind_is_refused():
    with pytest.raises(InputError, match="streptococcal_throat"):
        plan('[[event]]\nname = "streptococal_throat"')
