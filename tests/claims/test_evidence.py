"""Evidence of a claim: chosen by its rule, brought to the unit of d; the rows are invented."""

from __future__ import annotations

import numpy as np
import pytest

from cofactor.claims import Gathered, gather, judge, parse_claim
from cofactor.errors import InputError
from cofactor.evidence import Effect, Row

from .invented import STRATUM, TEXT

CLAIM = parse_claim(TEXT, "tea.toml")
RELATIVE = parse_claim(
    TEXT.replace("rise(serum", "relative_rise(serum").replace('"0.02 mmol/L"', '"1 %"\neffect = "relative"'), "tea.toml"
)


def effect(value: float = 0.1, **changes) -> Effect:
    given = {
        "outcome": "serum_calcium",
        "value": value,
        "ci_low": value - 0.05,
        "ci_high": value + 0.05,
        "unit": "mmol/L",
        "arm": "tea",
        "versus": "water",
        "intervention": ("diet",),
    }
    return Effect(**{**given, **changes})


def row(identifier: str, *effects: Effect, **changes) -> Row:
    given = {
        "id": identifier, "study": identifier, "first_author": "Nobody", "use": "validation", "level": "trial",
        "design": "parallel_rct", "species": "human", "controlled": True, "quantity": "-", "population": "-",
        "population_tags": ("adults",), "interventions": ("diet",), "arms": ("tea", "water"), "duration": "-",
        "baseline": "-", "result": "-", "outcomes": ("serum_calcium",), "citation": "-", "place": "-",
        "confidence": "read", "n": 10, "effects": effects,
    }  # fmt: skip
    return Row(**{**given, **changes})


def only(claim, *rows: Row) -> Gathered:
    return gather(claim, rows)["rise"]


def test_one_study_keeps_its_own_interval_in_the_unit_of_d() -> None:
    gathered = only(CLAIM, row("a-1", effect(100, ci_low=50, ci_high=150, unit="umol/L")))
    assert gathered.pooled is not None
    assert (gathered.pooled.estimate, gathered.pooled.ci_low) == pytest.approx((0.1, 0.05))
    assert gathered.studies[0].estimate == pytest.approx(0.1)
    assert gathered.studies[0].unit == "mmol/L"


def test_mass_becomes_amount_by_the_analyte() -> None:
    gathered = only(CLAIM, row("a-1", effect(0.4008, ci_low=0.2004, ci_high=0.6012, unit="mg/dL")))
    assert gathered.pooled is not None
    assert gathered.pooled.estimate == pytest.approx(0.1, rel=1e-3)


def test_relative_differences_and_ratios_pool_together_as_relative() -> None:
    percent = effect(10, ci_low=5, ci_high=15.238, unit="%", kind="relative_difference")
    ratio = effect(1.1, ci_low=1.05, ci_high=1.15238, unit="1", kind="ratio")
    alone = [only(RELATIVE, row("a-1", each)).pooled for each in (percent, ratio)]
    for pooled in alone:
        assert pooled is not None
        assert (pooled.estimate, pooled.ci_low, pooled.ci_high) == pytest.approx((10, 5, 15.238))
    pytest.importorskip("statsmodels")
    both = only(RELATIVE, row("a-1", percent), row("a-2", ratio)).pooled
    assert both is not None
    assert both.estimate == pytest.approx(10)
    assert both.k == 2


def test_absolute_effects_do_not_answer_a_relative_question() -> None:
    gathered = only(RELATIVE, row("a-1", effect()))
    assert gathered.pooled is None
    assert [study.row for study in gathered.excluded] == ["a-1"]


def test_every_row_about_the_outcome_ends_up_somewhere_with_a_reason() -> None:
    rows = (
        row("a-1", effect()),
        row("a-2", effect(), controlled=False, design="single_arm"),
        row("a-3", effect(), species="rat", population_tags=("animal",)),
        row("a-4", effect(), level="meta", design="meta_analysis", n=900),
        row("a-5", effect(), population_tags=("children",)),
        row("a-6", effect(), confidence="recalled"),
    )
    gathered = only(CLAIM, *rows)
    assert [study.row for study in gathered.studies] == ["a-1"]
    assert [study.row for study in gathered.animals] == ["a-3"]
    assert gathered.largest_meta is not None
    assert gathered.largest_meta.row == "a-4"
    assert {study.row for study in gathered.excluded} == {"a-2", "a-4", "a-5", "a-6"}
    assert all(study.reason for study in (*gathered.excluded, *gathered.animals))
    assert not any(study.reason for study in gathered.studies)


def test_exclusions_of_the_claim_file_come_with_their_reason() -> None:
    text = TEXT + '\n[[evidence.exclusions]]\nrow = "a-1"\nreason = "the tea was coffee"\n'
    gathered = only(parse_claim(text, "tea.toml"), row("a-1", effect()))
    assert gathered.pooled is None
    assert [(study.row, study.reason) for study in gathered.excluded] == [("a-1", "the tea was coffee")]


def test_what_stands_beside_is_shown_and_never_pooled() -> None:
    text = TEXT + '\n[evidence.beside]\noutcomes = ["urine_calcium"]\ninterventions = ["sun"]\n'
    gathered = only(
        parse_claim(text, "tea.toml"),
        row("a-1", effect(), interventions=("sun",)),
        row("a-2", outcomes=("urine_calcium",)),
        row("a-3", outcomes=("urine_calcium",), interventions=("uvb",)),
    )
    assert gathered.pooled is None
    assert {study.row: study.reason for study in gathered.excluded} == {
        "a-1": "another intervention: sun",
        "a-2": "another outcome: urine_calcium",
    }


def test_a_stratum_has_the_studies_of_its_own_people() -> None:
    claim = parse_claim(TEXT + STRATUM, "tea.toml")
    gathered = gather(claim, (row("a-1", effect()), row("a-2", effect(), population_tags=("adults", "older"))))
    assert [study.row for study in gathered["rise@old"].studies] == ["a-2"]


def test_rows_the_model_was_fitted_to_are_marked() -> None:
    text = TEXT.replace('kind = "predicted"', 'kind = "calibrated"\nrows = ["a-1"]')
    gathered = only(parse_claim(text, "tea.toml"), row("a-1", effect()))
    assert gathered.studies[0].calibrates
    assert not only(CLAIM, row("a-1", effect())).studies[0].calibrates


# -- exclusions of one part, contrasts, ranges -------------------------------------------------------------------------

ONE_PART = TEXT + STRATUM + '\n[[evidence.exclusions]]\nrow = "a-1"\nreason = "another dose"\nof = ["main"]\n'


def test_a_row_left_out_of_one_part_counts_in_the_other() -> None:
    both = row("a-1", effect(), population_tags=("adults", "older"))
    gathered = gather(parse_claim(ONE_PART, "tea.toml"), (both,))
    assert gathered["rise"].pooled is None
    assert [study.reason for study in gathered["rise"].excluded] == ["another dose"]
    assert [study.row for study in gathered["rise@old"].studies] == ["a-1"]


CONTRAST = parse_claim(
    TEXT.replace("rise(serum_calcium)", "relative_rise(serum_calcium) - relative_rise(serum_magnesium)")
    .replace('"0.02 mmol/L"', '"1 %"\neffect = "relative"\nagainst = "serum_magnesium"'),
    "tea.toml",
)  # fmt: skip


def ratio(outcome: str, value: float, se: float) -> Effect:
    return effect(value, outcome=outcome, unit="1", kind="ratio", ci_low=None, ci_high=None, se=se)


def test_a_contrast_is_taken_within_a_study_that_measured_both() -> None:
    two = ("serum_calcium", "serum_magnesium")
    both = row("a-1", ratio("serum_calcium", 1.2, 0.05), ratio("serum_magnesium", 1.05, 0.02), outcomes=two)
    calcium_alone = row("a-2", ratio("serum_calcium", 1.9, 0.05))
    magnesium_alone = row("a-3", ratio("serum_magnesium", 1.9, 0.05), outcomes=two[1:])
    gathered = only(CONTRAST, both, calcium_alone, magnesium_alone)
    assert gathered.pooled is not None
    se = 100 * ((1.2 * 0.05) ** 2 + (1.05 * 0.02) ** 2) ** 0.5
    assert gathered.pooled.estimate == pytest.approx(15)
    assert gathered.pooled.ci_high - gathered.pooled.ci_low == pytest.approx(2 * 1.959964 * se, rel=1e-6)
    assert [study.row for study in gathered.studies] == ["a-1"]
    assert {study.row: study.reason for study in gathered.excluded} == {
        "a-2": "gives serum_calcium but not serum_magnesium",
        "a-3": "gives serum_magnesium but not serum_calcium",
    }


RANGE = parse_claim(
    TEXT.replace("rise(serum_calcium) >= d", "ratio(serum_calcium@tea, serum_calcium@water) in 1 / (1 + d)..1 + d")
    .replace('"0.02 mmol/L"', '"25 %"\neffect = "ratio"'),
    "tea.toml",
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "se", "state"), [(1.0, 0.05, "for"), (1.2, 0.1, "unclear"), (0.5, 0.05, "against"), (2.0, 0.1, "against")]
)
def test_a_range_is_weighed_by_a_published_ratio(value: float, se: float, state: str) -> None:
    gathered = gather(RANGE, (row("a-1", ratio("serum_calcium", value, se)),))
    number = gathered["rise"].pooled
    assert number is not None
    assert number.estimate == pytest.approx(100 * value)
    result = judge(RANGE, {"rise": np.full((4, 1), 100.0)}, gathered)
    assert result.clauses[0].evidence is not None
    assert str(result.clauses[0].evidence.state) == state


def test_a_range_needs_a_ratio_only_where_one_is_asked_for() -> None:
    with pytest.raises(InputError, match="asks for a range"):
        parse_claim(
            TEXT.replace('outcome = "serum_calcium"', 'effect = "ratio"\noutcome = "serum_calcium"', 1), "tea.toml"
        )
