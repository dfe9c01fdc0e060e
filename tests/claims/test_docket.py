"""The shipped claim files: the fixed wording of the docket, its sources, and no result typed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cofactor.claims
from cofactor import body
from cofactor.claims import Basis, Claim, Clause, Rule, Word, gather, limits, load_claim, load_claims, target
from cofactor.claims._predicate import observables
from cofactor.evidence import load_rows, vocabulary
from cofactor.trials import arm_from
from cofactor.units import Unit

CODE = Path(cofactor.claims.__file__).parent
FILES = sorted((CODE / "docket").glob("*.toml"))
CLAIMS = load_claims()


TEN = {
    "d3-raises-mg-absorption", "d3-raises-ca-more-than-mg", "d3-no-mg-loss", "d3-depletes-mg", "activation-needs-mg",
    "activation-spares-mg", "pth-without-d", "resorption-is-breakdown", "resorption-precedes-building",
    "d3-raises-bone-resorption",
}  # fmt: skip


MAGNESIUM_AND_VESSELS = {
    "mg-protects-arteries", "pigs-d3-brittle-bone", "mg-relaxes-vessels", "mg-steadies-sugar", "mg-calms", "b6-helps-mg",
}  # fmt: skip

PSORIASIS_AND_D3 = {
    "d3-improves-psoriasis", "d3-clears-in-3-6-months", "d3-calms-inflammation", "d3-arms-immunity", "mg-plus-d3-beats-d3",
}  # fmt: skip

BONE = {"antiresorptive-brittle", "denser-not-always-stronger", "dense-is-strong", "hollow-beats-solid"}


def test_the_claims_of_this_version_are_shipped() -> None:
    assert {claim.id for claim in CLAIMS} >= TEN | {"mg-detoxifies"} | MAGNESIUM_AND_VESSELS | BONE | PSORIASIS_AND_D3
    assert [file.stem for file in FILES] == [claim.id for claim in CLAIMS]


def test_absorption_is_judged_as_registered() -> None:
    claim = load_claim("d3-raises-mg-absorption")
    clause = claim.clauses[0]
    assert (clause.predicate, clause.d, claim.negative) == (
        "relative_rise(fractional_magnesium_absorption) >= d", "5 %", False,
    )  # fmt: skip
    assert clause.basis.kind is Basis.ASSUMED
    assert [question.key for question in claim.questions()] == ["absorption", "absorption@replete"]
    assert not any("imposed" in arm for arm in claim.arms.values())


# The smallest effects that matter, of claims.md.
MATTERS = {
    "fractional_magnesium_absorption": "5 %", "fractional_calcium_absorption": "5 %", "serum_25ohd": "5 nmol/L",
    "serum_calcitriol": "5 %", "body_magnesium": "1 %", "serum_magnesium": "0.02 mmol/L", "ctx": "10 %", "p1np": "10 %",
    "serum_calcium": "25 %",  # a ratio within 0.8 to 1.25
    "artery_calcium": "20 %", "calciprotein_t50": "20 min", "systolic_bp": "2 mmHg", "pasi": "0.5 points", "homa_ir": "0.5 1",
    "reactive_hypoglycaemia": "0.3 mmol/L", "plasma_adrenaline": "10 %", "stress_score": "3 points",
    "absorbed_magnesium": "5 %", "bmd_spine": "1 %", "bone_strength_spine": "3 %",
    "pasi75": "10 %", "pasi100": "10 %", "th17_treg_ratio": "5 %", "il17_axis": "5 %", "cathelicidin": "10 %",
    "clearance_time": "0.5 day",
    "bmd_hip": "1 %", "bone_toughness": "3 %", "bone_strength_hip": "0.5 1",  # the last a share explained
    "psoriasis_flare": "10 %", "psoriasis_onset": "10 %", "vitamin_d_sufficiency": "10 %",
}  # fmt: skip
# The docket names no size for these; the claim file's reason does.
OWN_SIZE = {
    ("summer-sun-is-the-vitamin", "pasi"),  # shares of a gain: 0.5 and 0.9 are in the docket
    *(("antiresorptive-brittle", f"fracture_rate_{where}") for where in ("vertebral", "hip", "atypical")),
    ("denser-not-always-stronger", "fracture_rate_other"), ("mg-calms", "heart_rate_variability"), ("mg-calms", "low_mood"),
    ("pigs-d3-brittle-bone", "serum_calcium"), ("d3-arms-immunity", "infection_rate"),
}  # fmt: skip
# "Many" is twice as many (claims.md).
MATTERS_TO = {("d3-improves-psoriasis", "many"): "20 %"}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_what_matters_is_what_the_docket_fixed(claim: Claim) -> None:
    for clause in claim.clauses:
        if clause.basis.kind is not Basis.EXACT and (claim.id, clause.outcome) not in OWN_SIZE:
            assert clause.d == MATTERS_TO.get((claim.id, clause.id), MATTERS[clause.outcome or ""]), clause.id


def test_the_range_of_a_ratio_is_0_8_to_1_25() -> None:
    claim = load_claim("pth-without-d")
    for clause in claim.clauses:
        asked = target(clause.parsed, clause.smallest_effect, Unit.one)
        assert (asked.low, asked.high) == (0.8, 1.25)
    assert [question.key for question in claim.questions()] == ["acute", "lasting", "acute@severe", "lasting@severe"]
    assert [question.day for question in claim.questions()] == [1, 28, 1, 28]


def test_loss_and_depletion_are_judged_on_the_same_arms_and_deny_each_other() -> None:
    kept, lost = load_claim("d3-no-mg-loss"), load_claim("d3-depletes-mg")
    assert (kept.negative, lost.negative) == (True, False)
    assert (kept.arms, kept.strata, kept.evidence) == (lost.arms, lost.strata, lost.evidence)
    for one, other in zip(kept.clauses, lost.clauses, strict=True):
        assert (one.id, one.d, one.treated, one.comparator) == (other.id, other.d, other.treated, other.comparator)
        assert (one.counts, other.counts) == ("rise", "fall")
        assert {one.predicate, other.predicate} in (
            {"difference(body_magnesium, relative) > -d", "relative_fall(body_magnesium) >= d"},
            {"difference(serum_magnesium) > -d", "fall(serum_magnesium) >= d"},
        )  # fmt: skip
    doses = {clause.treated for clause in kept.clauses}
    assert doses == {"D3_1000_IU", "D3_4000_IU", "D3_10000_IU"}
    assert [stratum.id for stratum in kept.strata] == ["low_magnesium_diet", "hypercalciuric", "hypoparathyroid"]


def test_resorption_is_judged_per_dose_at_both_times_and_in_both_populations() -> None:
    claim = load_claim("d3-raises-bone-resorption")
    assert [clause.treated for clause in claim.clauses] == [
        "D3_800_IU", "D3_4000_IU", "D3_10000_IU", "D3_50000_IU", "D3_600000_IU_once",
    ]  # fmt: skip
    assert {(question.day, question.arms["none"]["population"]["like"]) for question in claim.questions()} == {
        (91, "adults"), (1096, "adults"), (91, "deficient"), (1096, "deficient"),
    }  # fmt: skip
    assert claim.turn is not None
    clauses = {clause.treated for clause in claim.clauses if "once" not in clause.treated}
    assert clauses <= {point.arm for point in claim.turn.points}


def test_activation_is_bookkeeping_and_its_reason_does_not_follow() -> None:
    claim = load_claim("activation-spares-mg")
    assert {clause.basis.kind for clause in claim.clauses} == {Basis.EXACT}
    assert claim.reason_follows is False
    severe = next(question for question in claim.questions() if question.key == "no_loss@severe")
    assert severe.arms["cut"]["diet_change"][0]["magnesium"] == "12 mg/day"
    assert severe.arms["cut"]["simulate"]["days"] == 21


def test_the_study_of_severe_depletion_answers_the_severe_stratum_alone() -> None:
    gathered = gather(load_claim("activation-needs-mg"))
    assert gathered["calcitriol"].pooled is None
    assert [study.row for study in gathered["calcitriol@severe"].studies] == ["mg-E30"]


def test_vessel_tone_alone_is_asked_with_every_path_of_magnesium_to_skin_cut() -> None:
    claim = load_claim("mg-relaxes-vessels")
    placebo, magnesium = (claim.arms[f"psoriasis_{name}"] for name in ("placebo", "magnesium"))
    assert placebo["model"] == magnesium["model"]
    reads = _reads()
    answer = {
        name for name in SKIN.inputs if name in BODY.quantities and _leads("soluble_supplement_magnesium", name, reads)
    }
    paths = {(name, target) for target, equation in SKIN.inventory.equations().items() for name in answer
             if name in equation.reads}  # fmt: skip
    assert paths == {tuple(edge.split(" -> ")) for edge in placebo["model"]["cut"]}
    assert [question.key for question in claim.questions()] == ["pressure", "psoriasis", "pressure@hypertensive"]


def test_the_multiples_of_the_pigs_are_judged_one_by_one() -> None:
    claim = load_claim("pigs-d3-brittle-bone")
    given = {arm: float(table["supplement"][0]["amount"].split()[0]) for arm, table in claim.arms.items()}
    assert {arm: amount / given["x1"] for arm, amount in given.items()} == {
        "x1": 1, "x5": 5, "x25": 25, "x125": 125, "x625": 625,
    }  # fmt: skip
    assert {(clause.treated, clause.outcome) for clause in claim.clauses} == {
        (arm, outcome) for arm in ("x5", "x25", "x125", "x625")
        for outcome in ("bmd_spine", "bone_strength_spine", "serum_calcium")
    }  # fmt: skip


def test_the_study_of_vitamin_b6_answers_the_severe_stratum_alone() -> None:
    gathered = gather(load_claim("b6-helps-mg"))
    assert gathered["stress"].pooled is None
    assert [study.row for study in gathered["stress@severe"].studies] == ["mg-E77"]
    assert "uptake@severe" not in gathered


def test_trials_in_kidney_disease_answer_no_question_of_too_much_vitamin_d() -> None:
    gathered = gather(load_claim("mg-protects-arteries"))
    reasons = {study.row: study.reason for study in gathered["growth"].excluded}
    assert "stratum" in reasons["vitd-E69"]
    reasons = {study.row: study.reason for study in gathered["growth@kidney_disease"].excluded}
    assert reasons["vitd-E69"] == "no arm difference is reported as a number"
    assert "vitd-E78" in {study.row for study in gathered["growth"].animals}


def test_detoxifying_is_not_testable() -> None:
    claim = load_claim("mg-detoxifies")
    assert not claim.testable
    assert claim.not_testable_reason


# -- no result is typed in ----------------------------------------------------------------------------------------------

WORDS = re.compile(r"\b(holds?( in part)?|does not hold|hypothes[ie]s|not testable)\b", re.IGNORECASE)
RESULT_KEYS = re.compile(
    r"^(verdict|word|result|rule|expected|effect_size|estimate|pooled|median|p|p_value|p2_5|p97_5|ci|ci_low|ci_high|"
    r"interval|state|i2|tau2|prediction_low|prediction_high)$"
)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key
            yield from _keys(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from _keys(inside)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from _texts(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from _texts(inside)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_no_claim_file_states_a_word_an_effect_or_an_interval(claim: Claim) -> None:
    document = claim.model_dump()
    assert [key for key in _keys(document) if RESULT_KEYS.match(key)] == []
    registered = {claim.statement, claim.reason, *(arm for arm in claim.arms)}
    stated = [text for text in _texts(document) if text not in registered and str(text) not in [*Basis]]
    assert [text for text in stated if WORDS.search(text.replace("which hold magnesium", ""))] == []
    assert [text for text in stated if re.search(r"95 ?%|\bCI\b|\bp ?[<=]", text)] == []


@pytest.mark.parametrize("file", sorted(CODE.glob("*.py")), ids=lambda file: file.name)
def test_verdict_words_stand_in_the_rule_and_nowhere_else(file: Path) -> None:
    strings = re.findall(r"""(["'])((?:(?!\1).)*)\1""", file.read_text("utf-8"))
    typed = [text for _, text in strings if text in [*Word]]
    assert len(typed) == (len(Word) if file.name == "_verdict.py" else 0)


@pytest.mark.parametrize("file", sorted(CODE.glob("*.py")), ids=lambda file: file.name)
def test_no_code_knows_a_claim_by_its_id(file: Path) -> None:
    assert [claim.id for claim in CLAIMS if claim.id in file.read_text("utf-8")] == []


def test_the_rules_are_seven() -> None:
    assert [*Rule] == [f"R{number}" for number in range(1, 8)]


# -- sources ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_tags_belong_to_the_vocabulary_of_evidence(claim: Claim) -> None:
    known = vocabulary()
    for question in claim.questions():
        if question.clause.outcome is not None:
            assert question.clause.outcome in known.outcomes
            assert set(question.population) <= set(known.populations)
    if claim.evidence is not None:
        alternatives = {part for each in claim.evidence.intervention for part in each.split("+")}
        assert alternatives <= set(known.interventions)
        beside = claim.evidence.beside
        assert beside is None or set(beside.outcomes) <= set(known.outcomes)
        assert beside is None or set(beside.interventions) <= set(known.interventions)


def test_rows_named_in_a_claim_are_rows_of_the_tables() -> None:
    shipped = {row.id for row in load_rows()}
    for claim in CLAIMS:
        named = [row for clause in claim.clauses for row in clause.basis.rows]
        named += [each.row for each in claim.evidence.exclusions] if claim.evidence else []
        named += re.findall(
            r"\b(?:mg|vitd|bone|skin)-E\d{2,3}[a-z]?", " ".join(clause.basis.why for clause in claim.clauses)
        )
        assert [row for row in named if row not in shipped] == [], claim.id


BODY, SKIN = body.assembled(body.EVERYTHING), body.psoriatic_skin()
PARAMETERS = {**BODY.constants, **SKIN.constants}
OBSERVABLES = {*BODY.observables, *SKIN.observables}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_parameters_named_are_parameters_of_the_body(claim: Claim) -> None:
    for clause in claim.clauses:
        assert [name for name in clause.basis.parameters if name not in PARAMETERS] == []


def test_rows_of_a_calibrated_basis_were_fitted_to() -> None:
    """By the table of evidence, or by the parameter that names them."""
    uses = {row.id: row.use for row in load_rows()}
    for claim in CLAIMS:
        for clause in (clause for clause in claim.clauses if clause.basis.kind is Basis.CALIBRATED):
            told = " ".join(PARAMETERS[name].source for name in clause.basis.parameters)
            assert [row for row in clause.basis.rows if uses[row] != "calibration" and row not in told] == []


# -- wiring and arms ------------------------------------------------------------------------------------------------------


def _reads() -> dict[str, set[str]]:
    """What each quantity is computed from; a state from what changes it, a pool from the fluxes that touch it."""
    found: dict[str, set[str]] = {}
    for system in (BODY, SKIN):
        for name, equation in system.inventory.equations().items():
            found.setdefault(name, set()).update(equation.reads)
        for name, adapting in system.inventory.adapting.items():
            found.setdefault(adapting.state, set()).add(name)
        for name, movement in system.movements.items():
            for place, _ in movement.moves:
                found.setdefault(place, set()).add(name)
    return found


def _is_severed(claim: Claim, clause: Clause) -> bool:
    """Whether the clause asks what is left when paths are cut in all its arms: there is then no path to list."""
    arms = (claim.arms[arm] for arm in (clause.treated, clause.comparator) if arm is not None)
    return all(arm.get("model", {}).get("cut") for arm in arms)


def _leads(source: str, target: str, reads: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    left = list(reads.get(target, ()))
    while left:
        name = left.pop()
        if name == source:
            return True
        if name not in seen:
            seen.add(name)
            left += reads.get(name, ())
    return False


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_edges_exist_in_the_wiring_and_reach_the_outcome(claim: Claim) -> None:
    reads = _reads()
    ends = [tuple(end.strip() for end in edge.split("->")) for edge in claim.edges]
    assert [pair for pair in ends if not _leads(*pair, reads)] == []
    if not claim.testable:
        return
    assert len(ends) >= 4
    touched = {name for pair in ends for name in pair}
    whole = [clause for clause in claim.clauses if not _is_severed(claim, clause)]
    read = {name for clause in whole for name in observables(clause.parsed)}
    assert {name for name in read if name in OBSERVABLES} <= touched


def test_an_edge_that_is_not_there_is_found_out() -> None:
    reads = _reads()
    assert _leads("vdr_drive", "ctx", reads)
    assert not _leads("ctx", "vdr_drive", reads)
    assert not _leads("fractional_magnesium_absorption", "serum_magnesium", reads)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_arms_are_populations_of_supported_plans_read_while_they_run(claim: Claim) -> None:
    assert limits(claim) == []
    read = {name for clause in claim.clauses for name in observables(clause.parsed)}
    for question in claim.questions():
        for name, fragment in question.arms.items():
            arm = arm_from(name, fragment)
            assert arm.plan.population is not None
            assert question.day is None or question.day <= arm.plan.simulate.days
    assert [name for name in read if name not in OBSERVABLES and name not in claim.units] == []


def test_the_basis_is_assumed_because_its_rows_calibrate_nothing() -> None:
    clause = load_claim("d3-raises-mg-absorption").clauses[0]
    uses = {row.id: row.use for row in load_rows() if row.id in clause.basis.rows}
    assert set(uses.values()) == {"validation"}
    assert set(uses) == set(clause.basis.rows)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_shipped_rows_answer_or_are_accounted_for(claim: Claim) -> None:
    for gathered in gather(claim).values():
        assert all(study.reason for study in (*gathered.excluded, *gathered.animals))
        pooled = {study.study for study in gathered.studies}
        assert len(pooled) == len(gathered.studies)  # one study counts once
