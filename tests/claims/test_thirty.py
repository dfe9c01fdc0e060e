"""The clauses of all thirty claims (claims.md) in the predicate language: what it can say, and what it cannot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cofactor.claims import Arms, effects, parse_predicate, passes, target
from cofactor.claims._predicate import Junction, Negation, arms_named, observables
from cofactor.units import CANONICAL, parse_quantity, parse_unit

# Claim -> (predicate, d) of each clause; doses, times and populations that repeat a predicate are arms, not clauses.
THIRTY: dict[str, list[tuple[str, str | None]]] = {
    "d3-raises-mg-absorption": [("relative_rise(fractional_magnesium_absorption) >= d", "5 %")],
    "d3-raises-ca-more-than-mg": [
        ("relative_rise(fractional_calcium_absorption) - relative_rise(fractional_magnesium_absorption) >= d", "5 %")
    ],
    "d3-no-mg-loss": [
        ("difference(body_magnesium, relative) > -d", "1 %"),
        ("difference(serum_magnesium) > -d", "0.02 mmol/L"),
    ],
    "d3-depletes-mg": [
        ("not (difference(body_magnesium, relative) > -1 % and difference(serum_magnesium) > -0.02 mmol/L)", None)
    ],
    "activation-needs-mg": [("relative_fall(serum_calcitriol) >= d", "5 %"), ("fall(serum_25ohd) >= d", "5 nmol/L")],
    "activation-spares-mg": [("magnesium_leaving_through_activation == 0 mmol", None)],
    "d3-raises-bone-resorption": [("relative_rise(ctx) >= d", "10 %")],
    "resorption-is-breakdown": [
        ("calcium_freed_by_resorption > 0 mmol/d", None),
        ("phosphate_freed_by_resorption > 0 mmol/d", None),
        ("magnesium_freed_by_resorption > 0 mmol/d", None),
    ],
    "resorption-precedes-building": [("relative_fall(p1np) >= d", "10 %")],
    "pigs-d3-brittle-bone": [
        ("relative_fall(bmd_hip) >= d", "1 %"),
        ("relative_fall(bone_strength_hip) >= d", "3 %"),
        ("rise(serum_calcium) > 0 mmol/L", None),
    ],
    "antiresorptive-brittle": [
        ("relative_rise(bmd_spine) >= d", "1 %"),
        ("rise(fracture_rate_vertebral) > 0", None),
        ("rise(fracture_rate_hip) > 0", None),
        ("relative_fall(bone_toughness) >= d", "3 %"),
        ("rise(fracture_rate_atypical) > 0", None),
    ],
    "denser-not-always-stronger": [
        (
            "ratio(bmd_spine@fluoride - bmd_spine@none, bmd_spine@none) >= d"
            " and bone_strength_spine@fluoride < bone_strength_spine@none"
            " or ratio(bmd_spine@long - bmd_spine@none, bmd_spine@none) >= d"
            " and bone_toughness@long < bone_toughness@none",
            "1 %",
        )
    ],
    "dense-is-strong": [("r2(bmd_hip, bone_strength_hip) >= 0.5", None)],
    "hollow-beats-solid": [
        ("beam_strength@hollow_of_equal_mass > beam_strength@solid", None),
        ("beam_stiffness@hollow_of_equal_mass > beam_stiffness@solid", None),
        ("beam_strength@hollow_of_equal_diameter > beam_strength@solid", None),
        ("beam_stiffness@hollow_of_equal_diameter > beam_stiffness@solid", None),
    ],
    "pth-without-d": [
        (
            "ratio(serum_calcium@pth_low - serum_calcium@low, serum_calcium@pth_normal - serum_calcium@normal)"
            " in 0.8..1.25",
            None,
        )
    ],
    "mg-protects-arteries": [
        ("1 - ratio(artery_calcium@d3_mg - artery_calcium.start@d3_mg, artery_calcium@d3 - artery_calcium.start@d3) >= d",
         "20 %"),
        ("rise(calciprotein_t50) >= d", "20 min"),
    ],
    "d3-improves-psoriasis": [
        ("difference(share(pasi <= 0.25 * pasi.start)) >= d", "10 %"),
        ("difference(share(pasi <= 0.25 * pasi.start)) >= 20 %", None),
        ("fall(pasi) >= d", "0.5 points"),
    ],
    "d3-clears-in-3-6-months": [("difference(share(pasi <= 1)) >= d", "10 %")],
    "summer-sun-is-the-vitamin": [
        ("ratio(pasi.start@uvb_cut - pasi@uvb_cut, pasi.start@full - pasi@full) >= 0.5", None),
        ("ratio(pasi.start@uvb_cut - pasi@uvb_cut, pasi.start@full - pasi@full) >= 0.9", None),
    ],
    "d3-calms-inflammation": [
        ("relative_fall(th17_treg_ratio) >= d", "5 %"),
        ("relative_fall(il17_axis) >= d", "5 %"),
    ],
    "d3-arms-immunity": [
        ("relative_rise(cathelicidin) >= d", "10 %"),
        ("fall(clearance_time) >= d", "0.5 day"),
        ("fall(infection_rate) >= d", "0.1 1/y"),
    ],
    "psoriasis-from-infection": [
        ("ratio(difference(flares), flares) >= 10 %", None),
        ("difference(share(pasi > 0)) >= d", "10 %"),
    ],
    "stress-worsens-psoriasis": [("rise(pasi) >= d", "0.5 points"), ("difference(share(pasi > 0)) >= d", "10 %")],
    "mg-relaxes-vessels": [("fall(systolic_bp) >= d", "2 mmHg"), ("fall(pasi) >= d", "0.5 points")],
    "mg-steadies-sugar": [
        ("fall(homa_ir) >= d", "0.5 1"),
        ("rise(plasma_glucose_nadir) >= d", "0.3 mmol/L"),
        ("relative_fall(plasma_adrenaline_peak) >= d", "10 %"),
    ],
    "mg-detoxifies": [],
    "mg-calms": [
        ("fall(stress_score) >= d", "3 points"),
        ("relative_rise(heart_rate_variability) >= d", "10 %"),
        ("relative_fall(low_mood) >= d", "10 %"),
    ],
    "b6-helps-mg": [("fall(stress_score) >= d", "3 points"), ("relative_rise(absorbed_magnesium) >= d", "5 %")],
    "mg-plus-d3-beats-d3": [
        ("fall(pasi) >= d", "0.5 points"),
        ("rise(serum_25ohd) >= d", "5 nmol/L"),
        ("fall(systolic_bp) >= d", "2 mmHg"),
        ("rise(calciprotein_t50) >= d", "20 min"),
    ],
    "supplement-in-winter": [
        ("fall(pasi) >= d", "0.5 points"),
        ("difference(share(serum_25ohd >= 50 nmol/L)) >= d", "10 %"),
    ],
}  # fmt: skip

# Observables these need beside the public ones.
FURTHER = {
    "magnesium_leaving_through_activation": "mmol",
    "calcium_freed_by_resorption": "mmol/d",
    "phosphate_freed_by_resorption": "mmol/d",
    "magnesium_freed_by_resorption": "mmol/d",
    "beam_strength": "J/m",
    "beam_stiffness": "J*m",
    "clearance_time": "day",
    "infection_rate": "1/y",
    "flares": "1/y",
    "plasma_glucose_nadir": "mmol/L",
    "plasma_adrenaline_peak": "nmol/L",
}

# What claims.md asks for that is a print-out of many runs and no predicate on one question.
NOT_A_PREDICATE = (
    "d3-raises-bone-resorption: the dose where the sign turns (a root over the doses' results)",
    "supplement-in-winter: number needed to treat (the inverse of the share)",
    "mg-detoxifies: nothing measurable is named (R1)",
)

CASES = [(claim, text, d) for claim, clauses in THIRTY.items() for text, d in clauses]


def _arms(text: str) -> Arms:
    """Two draws of forty invented people, every observable about 10 in its unit, higher where treated."""
    predicate = parse_predicate(text)
    generator = np.random.default_rng(1)
    values = {}
    for number, arm in enumerate(sorted({"treated", "untreated", *arms_named(predicate)}, reverse=True)):
        for name in sorted(observables(predicate)):
            for key in (name, f"{name}.start"):
                values[arm, key] = 10 + number + generator.normal(size=(2, 40))
    units = {name: parse_unit(unit) for name, unit in FURTHER.items()}
    return Arms(values, "treated", "untreated", units)


def test_there_are_thirty() -> None:
    assert len(THIRTY) == 30
    assert [claim for claim, clauses in THIRTY.items() if not clauses] == ["mg-detoxifies"]
    assert len({line.split(":")[0] for line in NOT_A_PREDICATE} - set(THIRTY)) == 0


@pytest.mark.parametrize(("claim", "text", "d"), CASES)
def test_every_clause_can_be_stated_and_computed(claim: str, text: str, d: str | None) -> None:
    predicate, smallest = parse_predicate(text), None if d is None else parse_quantity(d)
    arms = _arms(text)
    passed = passes(predicate, arms, smallest)
    assert passed.shape == (2,), claim
    if isinstance(predicate.root, Junction | Negation):
        return
    unit = smallest.unit if smallest else _unit_of_threshold(text)
    effect = effects(predicate, arms, unit)
    assert np.isfinite(effect).all()
    assert target(predicate, smallest, unit).reached(effect.mean(axis=1)).tolist() == passed.tolist()


def _unit_of_threshold(text: str):
    """The unit an exact or fixed threshold is written in; that of the arms where two are compared."""
    named = observables(parse_predicate(text))
    if "ratio" in text or "r2" in text or "share" in text:
        return parse_unit("1")
    name = next(iter(named))
    return parse_unit(FURTHER[name] if name in FURTHER else CANONICAL[name].unit)


@pytest.mark.skipif(not Path("/work/shared/claims.md").is_file(), reason="the specification is not on this machine")
def test_the_thirty_are_those_of_the_specification() -> None:
    lines = Path("/work/shared/claims.md").read_text("utf-8").splitlines()
    listed = {line.split("`")[1] for line in lines if line.startswith("| `")}
    assert listed == set(THIRTY)
