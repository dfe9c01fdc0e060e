"""The report as a file: whole, self-contained, with a word in every cell and pictures that say what they show."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.report.invented import (
    ABSORPTION,
    ALL,
    BY_CONSTRUCTION,
    EXCLUDED,
    JOINED,
    MANY,
    MEASURED,
    NOT_TESTABLE,
    clause,
    sample,
)  # fmt: skip
from tests.report.page import Page, dots, svgs, title

from cofactor.claims import ClaimResult, ModelEffect, Word, gather, judge, load_claims
from cofactor.errors import InputError, MissingExtraError
from cofactor.evidence import load_rows
from cofactor.report import _pages, docket_budgets, render_report, write_docket_report, write_report
from cofactor.run import Budget, budget_of
from cofactor.scenario import Scenario

BLUE, GREY = "#1f7fb8", "#8a8f98"
PLAN = """
schema = 1
[[supplement]]
name = "magnesium"
amount = "300 mg"
form = "citrate"
every = "1 day"
[simulate]
days = 14
"""


@pytest.fixture(scope="module")
def magnesium() -> Budget:
    return budget_of(Scenario.from_text(PLAN))


@pytest.fixture(scope="module")
def html(magnesium: Budget) -> str:
    left_out = {"raises-absorption": ["[[supplement]] vitamin_d3", "[labs] serum_25ohd"]}
    return render_report(ALL, budgets={"Magnesium & pills": magnesium}, limits=left_out)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def told(*results: ClaimResult) -> str:
    return Page(render_report(results)).text


# -- whole and self-contained ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("result", ALL, ids=[result.id for result in ALL])
def test_every_claim_stands_with_its_word(result: ClaimResult, html: str, page: Page) -> None:
    assert result.id in page.ids
    assert page.text.count(result.statement) == 3, "in the list, in the table of numbers and over its section"
    section = html[html.index(f'<section class="claim" id="{result.id}"') :].partition("</section>")[0]
    assert Page(section).text.count(str(result.word)) >= 1
    for part in result.clauses:
        assert part.label[1:] in Page(section).text


def test_the_first_table_counts_the_words_of_each_speaker(page: Page) -> None:
    for heading, tally in (("The article says", "1 holds; 1 holds in part, 1 of these without a part that holds; 1 not testable"),
                           ("A reader says", "1 holds in part"), ("The article's opponents say", "1 hypothesis"),
                           ("A study the article quotes says", "1 hypothesis")):  # fmt: skip
        assert f"{heading} ({tally})" in page.text


def test_no_cell_is_empty_and_no_number_is_missing(page: Page) -> None:
    assert len(page.cells) > 100
    assert [cell for cell in page.cells if not cell.strip()] == []
    assert re.findall(r"\b(NaN|nan|None|inf|null|undefined|Undefined)\b", page.text) == []


def test_nothing_is_loaded_from_elsewhere(html: str, page: Page) -> None:
    assert sum(page.tags[tag] for tag in ("script", "link", "img", "iframe", "object", "embed", "use", "image")) == 0
    outside = {(tag, address) for tag, address in page.addresses if not address.startswith("#")}
    assert outside
    assert all(tag == "a" and address.startswith("https://doi.org/10.") for tag, address in outside)
    assert not re.search(r"@import|url\((?!#)|@font-face|\son\w+=", html)
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"https?://[^\s\"'<]+", html)) <= namespaces | {address for _, address in outside}


def test_every_link_within_the_page_has_a_place(page: Page) -> None:
    assert {address[1:] for _, address in page.addresses if address.startswith("#")} <= set(page.ids)
    assert [name for name, times in Counter(page.ids).items() if times > 1] == []


def test_the_line_on_advice_stands_once(page: Page) -> None:
    assert page.text.count("not medical advice") == 1


def test_what_was_left_out_and_what_is_not_safe_is_said(page: Page) -> None:
    assert "What this version left out" in page.text
    assert "supplement: vitamin d3" in page.text
    assert page.text.count("Vitamin D3 above 100 ug a day in one arm.") == 1


def test_text_from_files_is_text() -> None:
    html = render_report([replace(MEASURED, statement="<script>alert(1)</script> & more")])
    assert Page(html).tags["script"] == 0
    assert "&lt;script&gt;" in html
    assert "Invented &amp; Sons 2011 &lt;Journal&gt;" in html


# -- pictures ----------------------------------------------------------------------------------------------------------


def test_every_picture_is_xml_with_a_title_and_words(html: str) -> None:
    found = svgs(html)
    drawn = sum(c.model is not None and c.model.draws is not None for r in ALL for c in r.clauses) - 1  # one is exact
    assert len(found) == drawn + 1 + 2, "a distribution a clause, one forest, the budget wide and narrow"
    for svg in found:
        assert [child.tag.rpartition("}")[2] for child in svg[:2]] == ["title", "desc"]
        assert all((child.text or "").strip() for child in svg[:2])
        assert svg.get("role") == "img"
        assert svg.get("aria-labelledby") == f"{svg[0].get('id')} {svg[1].get('id')}"
        assert not re.search(r"nan|undefined", "".join(svg.itertext()))
        assert not [e for e in svg.iter() if "NaN" in e.get("d", "") + e.get("transform", "")]


def test_a_forest_shows_each_study_the_pool_and_the_meta_beside(html: str) -> None:
    (forest,) = (svg for svg in svgs(html) if title(svg).startswith("Forest plot"))
    for text in ("Invented 2001 J Nutr 1:1, n 40: +6 % [1 to 11]", "Pooled, 3 studies: +6.4 % [1.9 to 10.8]",
                 "Where a further study would fall: −3 to 16", "Not pooled: Invented meta 2020"):  # fmt: skip
        assert text in (forest[1].text or "")
    assert "".join(forest.itertext()).count("matters from 5 %") == 1


def test_without_a_study_the_panel_says_so_and_lists_what_was_seen() -> None:
    html = render_report([ABSORPTION])
    assert not [svg for svg in svgs(html) if title(svg).startswith("Forest plot")]
    first, second = html.split('class="nothing"')[1:]
    panel = first.partition("</figure>")[0]
    assert "No controlled human study" in panel
    assert all(study.citation in panel for study in EXCLUDED)
    assert "Pig 1999" in panel
    assert "The 3 rows of studies seen" in second.partition("</figure>")[0], "said once, then pointed to"


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_one_dot_a_setting_and_those_that_pass_are_blue(share: float) -> None:
    result = replace(ABSORPTION, clauses=(clause(share=share),), samples={"absorption": sample(share)})
    (answer,) = svgs(render_report([result]))
    assert (dots(answer, BLUE), dots(answer, GREY)) == (round(40 * share), 40 - round(40 * share))
    assert f"{round(40 * share)} of 40 plausible settings pass" in (answer[1].text or "")


def test_settings_that_all_agree_are_each_still_a_dot() -> None:
    result = replace(ABSORPTION, clauses=(clause(share=0.0),), samples={"absorption": np.zeros((60, 3))})
    assert dots(svgs(render_report([result]))[0], GREY) == 60


def test_without_a_sample_only_intervals_are_drawn() -> None:
    answers = svgs(render_report([replace(ABSORPTION, samples={})]))
    assert len(answers) == 2
    assert all(dots(svg, BLUE) + dots(svg, GREY) == 0 for svg in answers)


# -- words -------------------------------------------------------------------------------------------------------------


def test_the_parts_of_r7_stand_with_their_words() -> None:
    html = render_report([MANY])
    rows = html[html.index('id="numbers"') : html.index('<section class="claim"')]
    assert rows.count('class="badge holds"') == rows.count('class="badge hypothesis"') == 1
    assert "up rises, up rises (in winter), up rises (in summer)" in Page(rows).text
    assert "it turns (adults): at about 3 IU a day" not in Page(rows).text
    assert "It turns (adults): at about 3 IU a day" in Page(rows).text
    section = html[html.index('<section class="claim"') :]
    folded = [summary.split("<")[0] for summary in section.split("<summary>")[1:]]
    assert [text.split(" (")[0] for text in folded] == [
        "The other parts in plain words", "The 4 parts about other people, doses or times",
        "Their rows in the tables, and why each could not be pooled", "Pictures of the other 4 parts",
        "Seen: another outcome or another treatment",
    ]  # fmt: skip
    assert len(svgs(html)) == 6


def test_what_has_no_size_no_study_or_no_test_says_so() -> None:
    assert "a yes-or-no question: 16 of 40 plausible settings pass" in told(JOINED)
    exact = told(BY_CONSTRUCTION)
    assert "not weighed against studies: true or false by construction" in exact
    assert "counted in every run" in exact
    assert "The reason given, “it is essential”, does not follow. A non sequitur." in exact
    assert "not run: nothing measurable is named" in told(NOT_TESTABLE)


def test_a_basis_names_parameters_and_rows_with_their_sources() -> None:
    text = told(ABSORPTION)
    assert "no_such_parameter = no parameter of this version's body" in text
    assert re.search(r"vitamin_d_share_of_magnesium_pump = 0\.5 \(held within 0\.1 to 0\.9\); \w+", text)
    assert "zz-E01 not among this version's rows" in text
    citation = next(row.citation for row in load_rows() if row.id == "mg-E05")
    assert f"mg-E05 {citation}" in text


def test_an_edge_that_is_not_computed_is_marked() -> None:
    html = render_report([MEASURED])
    chain = html[html.index("The way it would work") :].partition("Dashed:")[0]
    assert chain.count('class="chain"') == 2, "an edge that does not follow begins another chain"
    assert chain.count("→") == 1
    assert chain.count("⇢") == 1
    assert re.search(r'class="step imposed"><code>serum_magnesium</code>', chain)


def test_studies_stand_in_groups_and_animals_apart() -> None:
    text = told(MEASURED)
    order = [text.index(word, text.index("The studies")) for word in ("Pooled", "Invented 2001", "Largest published",
             "Invented meta", "Seen and not pooled", "Too Old", "Animals, apart", "Pig 1999")]  # fmt: skip
    assert order == sorted(order)
    assert "Up 3±1 → 4±1" in text
    assert "counts; the model was fitted to it too" in text


def test_a_study_that_differs_by_part_says_which() -> None:
    first, second = ABSORPTION.clauses
    assert second.evidence is not None
    changed = (replace(EXCLUDED[0], reason="quite another reason"), *EXCLUDED[1:])
    other = replace(second, evidence=replace(second.evidence, excluded=changed))
    assert f"{second.label}: quite another reason" in told(replace(ABSORPTION, clauses=(first, other)))


def test_a_word_that_hangs_on_few_settings_says_so() -> None:
    wavers = clause(words_within_chance=(Word.HYPOTHESIS, Word.HOLDS))
    assert "another set of them could give: holds" in told(replace(ABSORPTION, clauses=(wavers,)))
    both = replace(ABSORPTION, clauses=(wavers, ABSORPTION.clauses[1]))
    assert "could change the word of 1 of 2 parts" in told(both)


def test_a_claim_that_denies_reads_its_evidence_the_other_way() -> None:
    assert "controlled human studies show an effect that matters" in told(MEASURED)
    assert "controlled human studies rule out a change that matters" in told(replace(MEASURED, negative=True))


def test_failed_runs_are_counted() -> None:
    model = clause().model
    assert isinstance(model, ModelEffect)
    assert model.failed_runs == 1
    assert "1 run failed and left out" in told(ABSORPTION)


# -- a claim of the docket, and writing --------------------------------------------------------------------------------


def test_a_claim_of_the_docket_can_be_reported_as_judged() -> None:
    docket = next(each for each in load_claims() if each.id == "d3-raises-mg-absorption")
    handed = {question.key: sample(0.25) for question in docket.questions()}
    result = replace(judge(docket, handed, gather(docket)), samples=handed)
    text = told(result)
    assert docket.statement in text
    assert "10 of 40 plausible settings pass" in text
    assert "if 2.5 % mattered: " in text


def test_the_file_is_what_was_rendered(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    both = [NOT_TESTABLE, BY_CONSTRUCTION]
    written = write_report(both, tmp_path / "report.html", title="A title", progress=lambda *done: seen.append(done))
    assert seen == [(1, 2), (2, 2)]
    assert written.read_text(encoding="utf-8") == render_report(both, title="A title")
    assert "<title>A title</title>" in written.read_text(encoding="utf-8")
    with pytest.raises(InputError, match="can be opened"):
        write_report([NOT_TESTABLE], tmp_path / "nowhere" / "report.html")


def test_a_report_is_of_what_was_judged() -> None:
    with pytest.raises(InputError, match="one claim at least"):
        render_report([])
    with pytest.raises(InputError, match="no-such-claim"):
        render_report([ABSORPTION], limits={"no-such-claim": ["a thing"]})
    with pytest.raises(InputError, match="draws, people"):
        render_report([replace(ABSORPTION, samples={"absorption": [1.0, 2.0]})])


def test_the_docket_comes_with_its_budgets(tmp_path: Path) -> None:
    file = write_docket_report(tmp_path / "docket.html", [NOT_TESTABLE], {})
    text = Page(file.read_text(encoding="utf-8")).text
    cut, taken = docket_budgets().items()
    assert cut[1].change < 0 < taken[1].change
    assert cut[0] in text
    assert taken[0] in text
    assert text.count("Enzymes used up exactly 0 mmol") == 2


@pytest.mark.parametrize("package", ["vl_convert", "jinja2"])
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"cofactor\[report\]"):
        render_report([ABSORPTION])


def test_a_smallest_effect_without_a_unit_is_a_pure_number():
    from cofactor.report._figures import size_of
    from cofactor.units import Unit

    assert size_of("0.5").value == 0.5
    assert size_of("0.5").unit == Unit.one
    assert size_of("2 mmHg").value == 2.0
    assert size_of("10 %").unit == size_of("5 %").unit


def test_pages_drawn_by_workers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pages, "_WORTH_A_WORKER", 2)
    told: list[tuple[int, int]] = []
    shared = render_report(ALL, workers=2, progress=lambda done, of: told.append((done, of)))
    assert told == [(k + 1, len(ALL)) for k in range(len(ALL))]
    assert shared == render_report(ALL)
