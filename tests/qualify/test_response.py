"""Forms that follow each person, on made-up courses whose answers are plain arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor.errors import InputError
from cofactor.qualify import Compare
from cofactor.qualify._arms import ArmRun
from cofactor.qualify._forms import modelled, people_compared
from cofactor.qualify._read import Modelled, of_those, times_of
from cofactor.run import body_system
from cofactor.scenario import Scenario

FALLS_AND_RETURNS = [10.0, 4.0, 1.0, 3.0, 5.6, 9.0]  # half of the gain of 9 from day 2 is lost above 5.5
STAYS = [20.0, 9.0, 4.0, 5.0, 6.0, 7.0]
NEVER_FALLS = [8.0, 8.0, 8.0, 8.0, 8.0, 8.0]


def arm(*courses: list[float], name: str = "a", who: list[int] | None = None) -> ArmRun:
    """People with these courses of PASI on days 0, 1, 2 and on."""
    pasi = np.array(courses)
    plan = Scenario.from_dict({"population": {"n": len(courses)}, "simulate": {"days": pasi.shape[1] - 1}})
    people = np.array(who if who is not None else range(len(courses)))
    return ArmRun(
        name=name, plan=plan, times=np.arange(pasi.shape[1]), values={"pasi": pasi}, accounts={},
        weights=np.full(len(courses), 70.0), who=people, system=body_system(), failures=(), numbers=people,
    )  # fmt: skip


def ask(form: str, *arms: ArmRun, **more: object) -> Modelled:
    base = {"of": "pasi", "form": form, "arm": "a", "at": "5 d", "observed": {"result": "x"}}
    compare = Compare.model_validate({**base, **more})
    return modelled(compare, {run.name: run for run in arms}, times_of(compare, None, "here"))


BOTH = arm(FALLS_AND_RETURNS, STAYS)


@pytest.mark.parametrize(
    ("form", "more", "estimate"),
    [
        ("mean_ratio", {"at": "2 d"}, (0.1 + 0.2) / 2),
        ("mean_ratio", {"at": "5 d", "since": "2 d"}, (9 + 7 / 4) / 2),
        ("responders", {"at": "2 d", "threshold": "10 %"}, 0.5),
        ("responders", {"at": "2 d", "threshold": "25 %"}, 1.0),
        ("share_gone", {"at": "2 d"}, 1 - 5 / 30),
        ("first_below", {"threshold": "4.5 points", "every": "1 d"}, (1 + 2) / 2),
        ("first_below", {"threshold": "4.5 points", "every": "1 d", "per": "0.5 d"}, (2 + 4) / 2),
        (
            "first_below",
            {"threshold": "2 points", "every": "1 d", "statistic": "median"},
            (2 + 5) / 2,
        ),  # never: the last
        ("remission", {"since": "2 d", "every": "1 d"}, (2 + 3) / 2),
        ("share_in_remission", {"since": "2 d", "every": "1 d"}, 0.5),
        ("share_relapsed", {"since": "2 d", "every": "1 d"}, 0.5),
        ("share_relapsed", {"since": "2 d", "every": "1 d", "at": "3 d"}, 0.0),
        ("incidence", {"threshold": "8 points", "every": "1 d", "per": "10 d"}, 0.5 / 10),
    ],
)
def test_form(form: str, more: dict[str, object], estimate: float):
    assert ask(form, BOTH, **more).estimate == pytest.approx(estimate)


def test_incidence_is_a_rate():
    found = ask("incidence", BOTH, threshold="8 points", every="1 d", per="365 d")
    assert found.unit.factor_to(found.unit) == 1
    assert str(found.unit) == "1/d"


def test_who_gained_nothing_has_nothing_to_lose():
    found = ask("share_relapsed", arm(FALLS_AND_RETURNS, NEVER_FALLS), since="2 d", every="1 d")
    assert found.estimate == 1.0
    with pytest.raises(InputError, match="begins with a gain"):
        ask("remission", arm(NEVER_FALLS), since="2 d", every="1 d")


def test_raised_is_against_the_same_person_in_the_other_arm():
    usual = arm(STAYS, FALLS_AND_RETURNS, name="b", who=[1, 0])
    ill = arm([10.0, 4.0, 1.0, 3.0, 5.6, 12.0], STAYS)
    assert ask("share_raised", ill, usual, versus="b", threshold="125 %").estimate == 0.5
    assert ask("share_raised", ill, usual, versus="b", threshold="140 %").estimate == 0.0


@pytest.mark.parametrize(
    ("bound", "estimate"),
    [
        ({"fallen_below": "15 %"}, 9.0), ({"not_fallen_below": "15 %"}, 7.0), ({"below": "2 points"}, 9.0),
        ({"above": "2 points"}, 7.0),
    ],
)  # fmt: skip
def test_only_some_of_the_people_count(bound: dict[str, str], estimate: float):
    assert ask("level", BOTH, among={"of": "pasi", "at": "2 d", **bound}).estimate == estimate


def test_some_of_the_people_keep_their_own_numbers():
    among = {"of": "pasi", "at": "2 d", "above": "2 points"}
    base = {"of": "pasi", "arm": "a", "at": "5 d", "among": among, "observed": {"result": "x"}}
    compare = Compare.model_validate(base)
    found = of_those(compare, {"a": BOTH}, times_of(compare, None, "here"))["a"]
    assert (found.who.tolist(), found.numbers.tolist(), found.weights.shape) == ([1], [1], (1,))
    assert people_compared(compare, {"a": BOTH}) == 2


def test_somebody_has_to_count():
    with pytest.raises(InputError, match="nobody with such pasi"):
        ask("level", BOTH, among={"of": "pasi", "at": "2 d", "below": "0.1 points"})


@pytest.mark.parametrize("bound", [{}, {"below": "1 points", "above": "0.5 points"}])
def test_among_names_one_bound(bound: dict[str, str]):
    among = {"of": "pasi", "at": "2 d", **bound}
    with pytest.raises(ValueError, match="one of below, above"):
        Compare.model_validate({"of": "pasi", "arm": "a", "among": among, "observed": {"result": "x"}})


@pytest.mark.parametrize("form", ["responders", "share_raised", "first_below", "remission", "incidence"])
def test_a_form_says_what_it_needs(form: str):
    with pytest.raises(ValueError, match=f"form {form} needs"):
        Compare.model_validate({"of": "pasi", "form": form, "arm": "a", "observed": {"result": "x"}})


def test_visits_run_from_since_to_at():
    compare = Compare.model_validate(
        {"of": "pasi", "arm": "a", "since": "28 d", "at": "49 d", "every": "7 d", "observed": {"result": "x"}}
    )
    assert times_of(compare, None, "here").line == (28.0, 35.0, 42.0, 49.0)


def test_a_month_that_begins_before_the_run_is_refused():
    compare = Compare.model_validate({"of": "pasi_of_the_month", "arm": "a", "observed": {"result": "x"}})
    assert times_of(compare, 90.0, "here").beside == (60.0,)
    with pytest.raises(InputError, match="within the run"):
        times_of(compare, 20.0, "here")
