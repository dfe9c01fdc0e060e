"""The report as a file: whole, self-contained, with a word in every cell and pictures that say what they show."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from tests.report.invented import sample, with_studies

from cofactor.claims import ClaimResult, Word, gather, judge, limits, load_claims, run_claims
from cofactor.errors import InputError, MissingExtraError
from cofactor.report import docket_budgets, render_report, write_docket_report, write_report
from cofactor.run import Budget, budget_of
from cofactor.scenario import Scenario
from cofactor.trials import Size

PLAN = (
    '[[supplement]]\nname = "magnesium"\namount = "300 mg"\nform = "citrate"\nevery = "1 day"\n[simulate]\ndays = 14\n'
)


class Page(HTMLParser):
    """What a reader meets: text, cells, addresses, ids."""

    def __init__(self, text: str):
        super().__init__()
        self.words: list[str] = []
        self.cells: list[str] = []
        self.addresses: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.tags: Counter[str] = Counter()
        self._in_cell = 0
        self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self._in_style = tag == "style"
        for name, value in attrs:
            if name in ("href", "src", "xlink:href", "action", "data", "srcset"):
                self.addresses.append((tag, value or ""))
            if name == "id":
                self.ids.append(value or "")
        if tag in ("td", "th", "dd", "dt", "li", "figcaption", "caption"):
            self._in_cell += 1
            self.cells.append("")

    def handle_endtag(self, tag):
        if tag in ("td", "th", "dd", "dt", "li", "figcaption", "caption"):
            self._in_cell -= 1
        if tag == "style":
            self._in_style = False

    def handle_data(self, data):
        if self._in_style:
            return
        self.words.append(data)
        if self._in_cell:
            self.cells[-1] += data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def results() -> list[ClaimResult]:
    return run_claims(load_claims(), Size(4, 3))


@pytest.fixture(scope="module")
def absorption(results: list[ClaimResult]) -> ClaimResult:
    return next(result for result in results if result.id == "d3-raises-mg-absorption")


@pytest.fixture(scope="module")
def magnesium() -> Budget:
    return budget_of(Scenario.from_text("schema = 1\n" + PLAN))


@pytest.fixture(scope="module")
def html(results: list[ClaimResult], absorption: ClaimResult, magnesium: Budget) -> str:
    other = replace(with_studies(absorption), id="with-studies", said_by="opponents")
    left_out = {claim.id: limits(claim) for claim in load_claims()}
    return render_report(
        [*results, other], budgets={"Magnesium & pills": magnesium}, limits=left_out,
        samples={"with-studies": {absorption.clauses[0].key: sample(0.3)}},
    )  # fmt: skip


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def svgs(html: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(found) for found in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


def titles(html: str) -> list[str]:
    return [svg[0].text or "" for svg in svgs(html)]


# -- whole and self-contained ------------------------------------------------------------------------------------------


def test_every_claim_stands_with_its_word(results: list[ClaimResult], page: Page) -> None:
    for result in results:
        assert result.id in page.ids
        assert result.statement in page.text
        assert f"#{result.id}" in [address for _, address in page.addresses]
    words = Counter(str(result.word) for result in results)
    for word, times in words.items():
        assert page.text.count(word) >= times + 1, "in the first table and in the section"


def test_speakers_have_their_own_part_of_the_first_table(page: Page) -> None:
    assert "The article says" in page.text
    assert "The article's opponents say" in page.text


def test_no_cell_is_empty_and_no_number_is_missing(page: Page) -> None:
    assert page.cells
    assert [cell for cell in page.cells if not cell.strip()] == []
    assert re.findall(r"\b(NaN|nan|None|inf|null|undefined|Undefined)\b", page.text) == []


def test_nothing_is_loaded_from_elsewhere(html: str, page: Page) -> None:
    assert page.tags["script"] == page.tags["link"] == page.tags["img"] == page.tags["iframe"] == 0
    assert {tag for tag, address in page.addresses if not address.startswith("#")} <= {"a"}
    outside = [address for _, address in page.addresses if not address.startswith("#")]
    assert outside
    assert all(address.startswith("https://doi.org/10.") for address in outside)
    assert not re.search(r"@import|url\((?!#)|@font-face", html)
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"https?://[^\s\"'<)]+", html)) <= namespaces | set(outside)


def test_every_link_within_the_page_has_a_place(page: Page) -> None:
    assert {address[1:] for _, address in page.addresses if address.startswith("#")} <= set(page.ids)
    assert [name for name, times in Counter(page.ids).items() if times > 1] == []


def test_the_line_on_advice_stands_once(page: Page) -> None:
    assert page.text.count("not medical advice") == 1


def test_what_was_left_out_is_said(page: Page) -> None:
    assert "What this version left out" in page.text
    assert "supplement: vitamin d3" in page.text


def test_text_from_files_is_text(absorption: ClaimResult) -> None:
    told = render_report([replace(absorption, statement="<script>alert(1)</script> & more")])
    assert Page(told).tags["script"] == 0
    assert "&lt;script&gt;" in told
    assert "Invented &amp; Sons 2011 &lt;Journal&gt;" in render_report([with_studies(absorption)])


# -- pictures ----------------------------------------------------------------------------------------------------------


def test_every_picture_is_xml_with_a_title_and_words(html: str) -> None:
    found = svgs(html)
    assert len(found) >= 5
    for svg in found:
        assert [child.tag.rpartition("}")[2] for child in svg[:2]] == ["title", "desc"]
        assert all((child.text or "").strip() for child in svg[:2])
        assert svg.get("role") == "img"
        assert svg.get("aria-labelledby") == f"{svg[0].get('id')} {svg[1].get('id')}"
        assert "NaN" not in ElementTree.tostring(svg, encoding="unicode")


def test_a_forest_shows_each_study_the_pool_and_the_meta_beside(html: str) -> None:
    (forest,) = (svg for svg in svgs(html) if (svg[0].text or "").startswith("Forest plot"))
    said = forest[1].text or ""
    for text in ("Invented 2001 J Nutr 1:1, n 40: +6 % [1 to 11]", "Pooled, 3 studies: +6.4 % [1.9 to 10.8]",
                 "Where a further study would fall: −3 to 16", "Not pooled: Invented meta 2020"):  # fmt: skip
        assert text in said
    assert "".join(forest.itertext()).count("matters from 5 %") == 1


def test_without_a_study_the_panel_says_so_and_lists_what_was_seen(absorption: ClaimResult) -> None:
    told = render_report([absorption])
    evidence = absorption.clauses[0].evidence
    assert evidence is not None
    assert str(evidence.state) == "none"
    assert not [title for title in titles(told) if title.startswith("Forest plot")]
    panel = told[told.index('class="nothing"') : told.index("The model (")]
    assert "No controlled human study" in panel
    for study in (*evidence.excluded, *evidence.animals):
        assert study.citation in panel


def dots(svg: ElementTree.Element, colour: str) -> int:
    """Circles of a colour: Vega draws a point as a path that starts with an arc."""
    paths = [e for e in svg.iter() if e.tag.endswith("path") and e.get("fill") == colour]
    return sum(bool(re.match(r"M[\d.]+,0A", e.get("d", ""))) for e in paths)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_one_dot_a_setting_and_those_that_pass_are_blue(absorption: ClaimResult, share: float) -> None:
    key = absorption.clauses[0].key
    told = render_report([absorption], samples={absorption.id: {key: sample(share)}})
    answer = next(svg for svg in svgs(told) if (svg[0].text or "").startswith("The model's answer"))
    assert (dots(answer, "#1f7fb8"), dots(answer, "#8a8f98")) == (round(40 * share), 40 - round(40 * share))


def test_without_a_sample_only_intervals_are_drawn(absorption: ClaimResult) -> None:
    answers = [svg for svg in svgs(render_report([absorption])) if (svg[0].text or "").startswith("The model's answer")]
    assert len(answers) == len(absorption.clauses)
    assert all(dots(svg, "#1f7fb8") + dots(svg, "#8a8f98") == 0 for svg in answers)


# -- other claims ------------------------------------------------------------------------------------------------------


def test_a_judged_sample_gives_the_share_the_rule_used(absorption: ClaimResult) -> None:
    claim = next(claim for claim in load_claims() if claim.id == absorption.id)
    handed = {question.key: sample(0.25) for question in claim.questions()}
    result = judge(claim, handed, gather(claim))
    told = Page(render_report([result], samples={claim.id: handed})).text
    assert "10 of 40 plausible settings pass" in told
    assert "if 2.5 % mattered: " in told


def test_a_study_that_differs_by_part_says_which(absorption: ClaimResult) -> None:
    first, second = absorption.clauses
    assert first.evidence is not None
    assert second.evidence is not None
    row = first.evidence.excluded[0]
    other = replace(
        second.evidence, excluded=(replace(row, reason="quite another reason"), *second.evidence.excluded[1:])
    )
    told = Page(render_report([replace(absorption, clauses=(first, replace(second, evidence=other)))])).text
    assert f"{second.label}: quite another reason" in told


# -- writing -----------------------------------------------------------------------------------------------------------


def test_the_file_is_what_was_rendered(absorption: ClaimResult, tmp_path: Path) -> None:
    written = write_report([absorption], tmp_path / "report.html", title="A title")
    assert written.read_text(encoding="utf-8") == render_report([absorption], title="A title")
    assert "<title>A title</title>" in written.read_text(encoding="utf-8")
    with pytest.raises(InputError, match="can be opened"):
        write_report([absorption], tmp_path / "nowhere" / "report.html")


def test_a_report_is_of_what_was_judged(absorption: ClaimResult) -> None:
    with pytest.raises(InputError, match="one claim at least"):
        render_report([])
    with pytest.raises(InputError, match="no-such-claim"):
        render_report([absorption], limits={"no-such-claim": ["a thing"]})
    with pytest.raises(InputError, match="draws, people"):
        render_report([absorption], samples={absorption.id: {absorption.clauses[0].key: [1.0, 2.0]}})


@pytest.mark.parametrize("package", ["altair", "vl_convert", "jinja2"])
def test_a_missing_extra_is_named(absorption: ClaimResult, monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"cofactor\[report\]"):
        render_report([absorption])


def test_settings_that_all_agree_are_each_still_a_dot(absorption: ClaimResult) -> None:
    key = absorption.clauses[0].key
    told = render_report([absorption], samples={absorption.id: {key: np.zeros((60, 3))}})
    answer = next(svg for svg in svgs(told) if (svg[0].text or "").startswith("The model's answer"))
    assert dots(answer, "#8a8f98") == 60


def test_the_docket_comes_with_its_budgets(absorption: ClaimResult, tmp_path: Path) -> None:
    file = write_docket_report(tmp_path / "docket.html", [absorption], {absorption.id: ["[[supplement]] vitamin_d3"]})
    told = Page(file.read_text(encoding="utf-8")).text
    cut, taken = docket_budgets().items()
    assert cut[1].change < 0 < taken[1].change
    assert cut[0] in told
    assert taken[0] in told
    assert told.count("Enzymes used up exactly 0 mmol") == 2


def test_a_word_that_hangs_on_few_settings_says_so(absorption: ClaimResult) -> None:
    first, second = absorption.clauses
    words = (first.ruling.word, Word.HOLDS)
    alone = Page(render_report([replace(absorption, clauses=(replace(first, words_within_chance=words),))])).text
    assert "could give: holds" in alone
    sure = replace(
        absorption, clauses=(replace(first, words_within_chance=()), replace(second, words_within_chance=words))
    )
    assert "Part 2: so few settings" in Page(render_report([sure])).text
