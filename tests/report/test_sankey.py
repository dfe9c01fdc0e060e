"""The picture of a budget against its table."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from cofactor.report import sankey
from cofactor.report._budget_view import budget_view
from cofactor.report._sankey import NARROW, WIDE, Form, ribbons
from cofactor.run import Budget, Kind, Part, budget_of
from cofactor.scenario import Scenario

PLANS = {
    "supplement": '[[supplement]]\nname = "magnesium"\namount = "300 mg"\nform = "oxide"\nevery = "1 day"\n',
    "depletion": '[[diet_change]]\nmagnesium = "0.5 mmol/day"\nstart = "day 0"\n',
    "infusion": '[[infusion]]\nname = "magnesium"\namount = "30 mmol"\nat = "day 1"\nover = "4 hours"\n',
}


@pytest.fixture(scope="module", params=PLANS)
def found(request: pytest.FixtureRequest) -> Budget:
    return budget_of(Scenario.from_text(f"schema = 1\n{PLANS[request.param]}[simulate]\ndays = 14\n"))


def test_ribbons_sum_to_the_table(found: Budget) -> None:
    gives, gets = defaultdict(float), defaultdict(float)
    for ribbon in ribbons(found):
        gives[ribbon.source] += ribbon.amount
        gets[ribbon.target] += ribbon.amount
    whole = found.taken_in + found.lost
    for name in gives.keys() & gets.keys():
        assert gives[name] == pytest.approx(gets[name], abs=1e-9 * whole), f"{name} gives what it gets"
    lost = sum(line.amount for line in found.lines if line.part is Part.LOST)
    assert sum(gets[p.name] for p in found.places.values() if p.kind is Kind.LOSS) == pytest.approx(lost, rel=1e-12)
    taken = sum(line.amount for line in found.lines if line.part is Part.TAKEN_IN)
    assert sum(gives[p.name] for p in found.places.values() if p.kind is Kind.SOURCE) == pytest.approx(taken, rel=1e-12)
    for place in found.places.values():
        if place.kind is Kind.STORE and not (place.name in gives and place.name in gets):
            assert gets[place.name] - gives[place.name] == pytest.approx(place.change, abs=1e-9 * whole)


@pytest.mark.parametrize("form", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_picture_stays_inside_its_frame(found: Budget, form: Form) -> None:
    svg = ElementTree.fromstring(sankey(found, "x", form))
    _, _, width, height = map(float, svg.get("viewBox", "").split())
    assert width == pytest.approx(form.width + 10)
    words = [e for e in svg.iter() if e.tag.endswith("text") and e.get("transform")]
    assert words
    for word in words:
        x, y = map(float, re.findall(r"[-\d.]+", word.get("transform", ""))[:2])
        assert 0 <= x <= width
        assert 0 <= y <= height - 5


def test_words_of_the_last_column_do_not_lie_on_each_other(found: Budget) -> None:
    svg = ElementTree.fromstring(sankey(found, "x", WIDE))
    places = []
    for word in svg.iter():
        if word.tag.endswith("text"):
            x, y = map(float, re.findall(r"[-\d.]+", word.get("transform", ""))[:2])
            places.append((round(x), y))
    last = sorted(y for x, y in places if x == max(x for x, _ in places))
    assert len(last) >= 3
    assert all(b - a >= 13 for a, b in pairwise(last))


def test_the_words_of_the_budget_say_that_enzymes_used_nothing(found: Budget) -> None:
    view = budget_view("A budget", found, "b")
    assert "Enzymes used up exactly 0 mmol" in view.enzymes
    assert [name for name, _ in view.parts] == [str(part)[0].upper() + str(part)[1:] for part in Part]
    assert "one person" in view.whom
