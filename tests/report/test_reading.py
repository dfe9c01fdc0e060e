"""What a reader who knows no trials, and one who is angry, must find on the page without looking for it."""

from __future__ import annotations

from dataclasses import replace

from tests.report.invented import ABSORPTION, MANY, MEASURED, NOTHING, POOLED, clause
from tests.report.page import Page, svgs

from cofactor.claims import Levels, ModelEffect, Rule, Ruling, Word, load_claims
from cofactor.claims._result import OF_PEOPLE, Spread, Study
from cofactor.report import render_report
from cofactor.report._words import RULES


def told(*results) -> str:
    return Page(render_report(results)).text


def _of_people(**changes: object):
    """Three more of 100 people: what the model calls 3 %."""
    spread = Spread(3.0, 1.0, 5.0)
    model = ModelEffect("%", 0.5, spread, Spread(0.3, -4.7, 95.3), 40, 5, 0, Levels(1.0, 4.0, OF_PEOPLE))
    return clause(predicate="difference(share(pasi <= 1)) >= d", model=replace(model, **changes))


def test_what_matters_is_a_number_in_every_label() -> None:
    labels = [q.label for c in load_claims() if c.testable for q in c.questions() if q.clause.matters]
    assert len(labels) > 100
    assert [label for label in labels if "what matters" in label or "than matters" in label] == []
    assert "calcitriol falls by at least 5 %" in labels
    assert "serum magnesium falls by less than 0.02 mmol/L on 1 000 IU a day" in labels


def test_in_part_says_where_no_part_holds() -> None:
    text = told(ABSORPTION)
    assert text.count("No part of it holds (does not hold: 1; hypothesis: 1)") == 2, "in the list and in the table"
    assert "no part of it holds" in text.partition("all verdicts")[2]
    assert "o part of it holds" not in told(MANY), "some of its parts hold"


def test_the_first_page_is_a_line_a_claim_and_then_the_rule() -> None:
    html = render_report([ABSORPTION, MEASURED])
    first = html[html.index('id="verdicts"') : html.index('id="numbers"')]
    assert first.count("<li>") == 2
    assert all(str(rule) in RULES and RULES[rule] in Page(first).text for rule in Rule)


def test_of_people_is_of_100_people_and_nobody_is_spread() -> None:
    html = render_report([replace(ABSORPTION, clauses=(_of_people(),), samples={})])
    text = Page(html).text
    assert "+3 of 100 people [1 to 5]" in text
    assert "number needed to treat, or to harm: 33.3" in text
    assert "each meets the condition or does not" in text
    assert "95.3" not in text + "".join(svgs(html)[0].itertext()), "a spread of yes and no means nothing"


def test_a_level_without_a_unit_says_what_it_is() -> None:
    plain = clause(predicate="relative_rise(fractional_magnesium_absorption) >= d")
    text = told(replace(ABSORPTION, clauses=(plain,)))
    assert (
        "In plain levels (share of the magnesium swallowed that is absorbed (gross)): 0.3 without and 0.4 with." in text
    )
    assert "0.3 without, 0.4 with (Share of the magnesium swallowed" in text


def test_levels_that_lie_the_other_way_than_the_middle_setting_are_explained() -> None:
    model = clause().model
    assert model is not None
    falls = replace(model, levels=Levels(0.4, 0.3, "1"))
    turned = clause(predicate="relative_rise(fractional_magnesium_absorption) >= d", model=falls)
    assert "a few extreme ones pull the other way" in told(replace(ABSORPTION, clauses=(turned,)))
    assert "pull the other way" not in told(ABSORPTION)


def test_a_study_is_counted_once_however_many_rows_it_has() -> None:
    twice = (Study("a-E1", "doi:10.1000/x", "One 2001", reason="not controlled"),
             Study("b-E9", "doi:10.1000/x", "One 2001", reason="not controlled"))  # fmt: skip
    text = told(replace(ABSORPTION, clauses=(clause(evidence=replace(NOTHING, excluded=twice, animals=())),)))
    assert "1 other study seen" in text


def test_studies_of_other_questions_are_folded_below_those_near_it() -> None:
    html = render_report([MEASURED])
    studies = html[html.index("<h3>The studies</h3>") :]
    near, _, far = studies.partition("<summary>Seen: another outcome or another treatment (1)")
    assert "Too Old 1950" in near
    assert "no control: people before and after" in near
    assert "Other Outcome 1960" in far


def test_a_meta_and_a_model_at_odds_with_the_studies_stand_on_the_first_table() -> None:
    model = clause().model
    assert model is not None
    other = replace(model, draws=Spread(-2.0, -3.0, -1.0), p=0.0)
    odd = clause(evidence=POOLED, model=other, ruling=Ruling(Word.IN_PART, Rule.R3, "model and trials disagree"))
    html = render_report([replace(MEASURED, clauses=(odd,), samples={})])
    table = Page(html[html.index('id="numbers"') : html.index('<section class="claim"')]).text
    assert "Model and studies disagree: the model goes the other way; the studies decide" in table
    assert "The largest published meta-analysis, Invented meta 2020, gives 5 % (95 %: 2 to 8)" in table


def test_steps_and_parameters_of_skin_are_those_of_the_body_that_ran() -> None:
    basis = replace(clause().basis, parameters=("vitamin_d_on_peptide",), rows=())
    skin = replace(
        ABSORPTION, clauses=(clause(basis=basis),), edges=("serum_25ohd -> immune_vdr_drive", "resorption -> pasi")
    )
    text = told(skin)
    assert "vitamin_d_on_peptide = 1" in text
    assert "Receptor drive in immune cells" in text
    assert "not in this version's body" not in text
    assert "no parameter of this version" not in text


def test_what_nobody_could_measure_is_about_nothing() -> None:
    model = clause().model
    assert model is not None
    tiny = Spread(6e-9, -2e-6, 3e-6)
    text = told(replace(ABSORPTION, clauses=(clause(model=replace(model, draws=tiny, people=tiny)),), samples={}))
    assert "about 0 %; 12 of 40 plausible settings pass" in text
    assert "e-09" not in text
