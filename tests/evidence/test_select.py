"""Selection by rule: what is pooled, what is not, and why."""

from __future__ import annotations

from tests.evidence.invented import EFFECT, SOUND

from cofactor.evidence import Effect, Row, Selection, largest_meta, load_rows, pool, select


def a_row(identifier: str, effects: list[dict[str, object]] | None = None, **changes: object) -> Row:
    study = {"id": identifier, "study": identifier.lower(), "effects": [EFFECT] if effects is None else effects}
    return Row.model_validate(SOUND | study | changes)


def chosen(*rows: Row, **question: object) -> Selection:
    return select(rows, outcome="serum_magnesium", **question)  # type: ignore[arg-type]


def ids(selection: Selection) -> list[str]:
    return [row.id for row in selection.included]


def reasons(selection: Selection) -> dict[str, str]:
    return {exclusion.row.id: exclusion.reason for exclusion in selection.excluded}


def test_only_controlled_human_trials_are_pooled_and_the_others_have_their_reason():
    selection = chosen(
        a_row("mg-E01"),
        a_row("mg-E02", species="rat", population_tags=["animal"]),
        a_row("mg-E03", design="single_arm", controlled=False),
        a_row("mg-E04", level="meta", design="meta_analysis"),
        a_row("mg-E05", outcomes=["serum_calcium"], effects=[]),
    )
    assert ids(selection) == ["mg-E01"]
    assert reasons(selection) == {
        "mg-E02": "species is rat",
        "mg-E03": "not controlled (single_arm)",
        "mg-E04": "level is meta, not trial",
    }


def test_population_is_that_of_the_row_or_of_a_subgroup_with_a_number():
    subgroup = EFFECT | {"value": 0.05, "population_tags": ["adults", "low_magnesium"]}
    rows = (
        a_row("mg-E01", population_tags=["adults", "low_magnesium"]),
        a_row("mg-E02"),
        a_row("mg-E03", effects=[EFFECT, subgroup]),
    )
    selection = chosen(*rows, population="low_magnesium")
    assert ids(selection) == ["mg-E01", "mg-E03"]
    assert [effect.value for effect in selection.effects] == [0.04, 0.05]
    assert reasons(selection) == {"mg-E02": "population is not low_magnesium"}
    everybody = chosen(*rows, population=["adults"])
    assert [effect.value for effect in everybody.effects] == [0.04, 0.04, 0.04]  # the whole, not its subgroup


def test_a_striking_subgroup_never_stands_for_its_trial():
    """As in Pouteau 2018: no difference overall (no interval printed), one in the most stressed."""
    bare = {key: value for key, value in EFFECT.items() if not key.startswith("ci_")}
    subgroup = EFFECT | {"value": 0.05, "population_tags": ["adults", "severely_stressed"]}
    overall = chosen(a_row("mg-E01", effects=[bare, subgroup]), population="adults")
    assert reasons(overall) == {"mg-E01": "the effect is reported without an interval"}
    only = chosen(a_row("mg-E01", effects=[subgroup]), population="adults")
    assert reasons(only) == {"mg-E01": "a number is reported for subgroups only"}
    assert [
        effect.value
        for effect in chosen(a_row("mg-E01", effects=[bare, subgroup]), population="severely_stressed").effects
    ] == [0.05]


def test_one_study_counts_once_and_the_row_with_a_number_speaks():
    selection = chosen(
        a_row("mg-E01", study="one", effects=[]),
        a_row("mg-E02", study="one", n=10),
        a_row("mg-E03", study="one", n=30),
    )
    assert ids(selection) == ["mg-E03"]
    assert reasons(selection) == {"mg-E01": "same study as mg-E03", "mg-E02": "same study as mg-E03"}


def test_recalled_or_bare_numbers_are_left_out_with_the_reason():
    bare = {key: value for key, value in EFFECT.items() if not key.startswith("ci_")}
    selection = chosen(
        a_row("mg-E01", effects=[EFFECT | {"recalled": True}]),
        a_row("mg-E02", effects=[bare]),
        a_row("mg-E03", effects=[]),
        a_row("mg-E04", confidence="recalled", recalled_fields=["result"]),
    )
    assert selection.included == ()
    assert pool(selection.effects) is None
    assert reasons(selection) == {
        "mg-E01": "the number is recalled, not read in a source",
        "mg-E02": "the effect is reported without an interval",
        "mg-E03": "no arm difference is reported as a number",
        "mg-E04": "the number is recalled, not read in a source",
    }


def test_an_intervention_is_what_differs_between_the_arms():
    both = EFFECT | {"intervention": ["vitamin_d3", "magnesium"]}
    rows = (
        a_row("mg-E01"),
        a_row("mg-E02", interventions=["magnesium", "vitamin_d3"], effects=[both]),
        a_row("mg-E03", interventions=["calcium"], effects=[]),
    )
    assert ids(chosen(*rows, intervention="magnesium")) == ["mg-E01"]
    assert reasons(chosen(*rows, intervention="magnesium")) == {"mg-E02": "no arm difference is reported as a number"}
    assert ids(chosen(*rows, intervention="magnesium+vitamin_d3")) == ["mg-E02"]
    assert ids(chosen(*rows, intervention=["magnesium", "vitamin_d3+magnesium"])) == ["mg-E01", "mg-E02"]


def test_a_kind_keeps_effects_that_can_be_pooled_together():
    ratio = {"kind": "ratio", "unit": "1", "value": 1.05, "ci_low": 1.01, "ci_high": 1.1}
    rows = (a_row("mg-E01", effects=[EFFECT, EFFECT | ratio]), a_row("mg-E02"))
    assert [effect.kind for effect in chosen(*rows, kind="difference").effects] == ["difference", "difference"]
    assert [effect.kind for effect in chosen(*rows, kind="ratio").effects] == ["ratio"]


def test_the_largest_meta_analysis_stands_beside():
    meta = {"level": "meta", "design": "meta_analysis"}
    rows = (
        a_row("mg-E01", n=100, **meta),
        a_row("mg-E02", n=900, **meta),
        a_row("mg-E03", n=5000, controlled=False, **meta),
        a_row("mg-E04", n=9000),
    )
    found = largest_meta(rows, outcome="serum_magnesium")
    assert found is not None
    assert found[0].id == "mg-E02"
    assert isinstance(found[1], Effect)
    assert largest_meta(rows, outcome="serum_calcium") is None


def test_magnesium_on_urine_magnesium_from_the_shipped_rows():
    """Two trials: Joris 2016 (its post hoc of 49 people does not count again) and Schutten 2022."""
    selection = select(
        load_rows(), outcome="urine_magnesium", population="adults", intervention="magnesium", kind="difference"
    )
    mine = [row.id for row in selection.included if row.field == "mg"]
    assert mine == ["mg-E45", "mg-E46"]
    assert reasons(selection)["mg-E80"] == "same study as mg-E45"
    beside = largest_meta(load_rows(), outcome="urine_magnesium", intervention="magnesium")
    assert beside is not None
    assert beside[0].id == "mg-E44"


def test_vitamin_d_on_magnesium_absorption_rests_on_one_perfusion_study():
    """Schmulen 1980, calcitriol in renal disease; no controlled study of vitamin D itself reports a number."""
    of_calcitriol = select(load_rows(), outcome="fractional_magnesium_absorption", intervention="calcitriol")
    assert [row.id for row in of_calcitriol.included if row.field == "mg"] == ["mg-E05"]
    of_d3 = select(load_rows(), outcome="fractional_magnesium_absorption", intervention="vitamin_d3")
    assert [row.id for row in of_d3.included if row.field == "mg"] == []
