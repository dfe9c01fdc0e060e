"""Right signs for the right reason: each answer of the coupled body, and that it goes when its cause is cut (issue 3)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.body.coupled import ELEMENTS, Phase, follow, held_at_rest, imbalance, look, rest_at_25ohd, resting

NAMES = (
    "serum_calcium", "serum_phosphate", "pth", "serum_magnesium", "serum_calcitriol", "urine_calcium", "urine_magnesium",
    "phosphate_threshold", "body_magnesium", "fgf23", "gfr", "formation", "resorption", "serum_25ohd",
)  # fmt: skip
CALCITRIOL_WEEK = Phase(7, {"oral_calcitriol": 2})  # Gram 1996 (bone-E30): calcium +2.5 %, urine +156 %, PTH -43 %
INTOXICATION = Phase(60, {"supplement_vitamin_d3": 4650})  # 186 kIU/d, Klontz 2007 (vitd-E39)
MAGNESIUM_LACK = Phase(21, {"dietary_magnesium": 0.5})  # Fatemi 1991 (mg-E30)


def after(
    phase: Phase, cuts: Sequence[tuple[str, str]] = (), parameters: dict[str, float] | None = None
) -> dict[str, float]:
    """The body at the end of a phase that starts at rest, with causal edges held at their resting value."""
    system, held = held_at_rest(cuts) if cuts else (None, {})
    trajectory = follow(phase, resting(), NAMES, parameters=held | (parameters or {}), system=system)
    assert trajectory.failure is None
    return {name: float(trajectory.values[name][-1]) for name in NAMES}


@pytest.fixture(scope="module")
def rested() -> dict[str, float]:
    return look(NAMES, resting())


def lack(cuts: Sequence[tuple[str, str]] = ()) -> dict[str, float]:
    """Three years with the vitamin D that keeps 25(OH)D at 10 nmol/L."""
    _, parameters, inputs = rest_at_25ohd(10)
    return after(Phase(1096, inputs), cuts, parameters)


def test_vitamin_d_lack(rested):
    body = lack()
    assert 2.2 < body["serum_calcium"] < rested["serum_calcium"]  # normal-low
    assert body["pth"] > 1.7
    assert body["urine_calcium"] < 0.5 * rested["urine_calcium"]
    assert body["serum_phosphate"] < 0.96 * rested["serum_phosphate"]
    assert body["fgf23"] < 0.6  # low phosphate is not FGF23's doing


def test_in_lack_phosphate_is_low_because_pth_wastes_it(rested):
    body = lack([("pth_action", "phosphate_threshold")])
    assert body["serum_phosphate"] > rested["serum_phosphate"]


def test_in_lack_calcium_falls_because_the_gut_takes_up_less(rested):
    body = lack([("gut_vdr_drive", "calcium_transport_change")])
    assert body["serum_calcium"] == pytest.approx(rested["serum_calcium"], rel=0.005)
    assert body["urine_calcium"] == pytest.approx(rested["urine_calcium"], rel=0.05)


def test_in_lack_pth_rises_because_calcium_is_sensed():
    assert lack([("calcium_ratio", "calcium_sensing")])["pth"] < 1 + 0.6 * (lack()["pth"] - 1)


def test_in_lack_pth_defends_calcium_through_the_kidney():
    assert lack([("pth_action", "calcium_threshold")])["serum_calcium"] < lack()["serum_calcium"] - 0.05


def test_calcitriol_excess(rested):
    body = after(CALCITRIOL_WEEK)
    assert 1.015 < body["serum_calcium"] / rested["serum_calcium"] < 1.05
    assert body["urine_calcium"] > 1.7 * rested["urine_calcium"]
    assert body["pth"] < 0.75


def test_calcitriol_raises_urine_calcium_through_the_gut(rested):
    body = after(CALCITRIOL_WEEK, [("gut_vdr_drive", "calcium_transport_change")])
    assert body["urine_calcium"] < rested["urine_calcium"]


def test_calcitriol_lowers_pth_through_calcium_and_through_its_gene():
    cut = [("calcium_ratio", "calcium_sensing"), ("vdr_drive", "secretion_signal")]
    assert after(CALCITRIOL_WEEK, cut)["pth"] == pytest.approx(1, abs=0.01)


def test_intoxication(rested):
    body = after(INTOXICATION)
    assert body["serum_25ohd"] > 1000
    assert body["serum_calcium"] > 3.0
    assert body["pth"] < 0.1
    assert body["urine_calcium"] > 3 * rested["urine_calcium"]
    assert body["gfr"] < 0.85 * rested["gfr"]
    assert body["serum_calcitriol"] < rested["serum_calcitriol"]  # 25(OH)D drives it, not calcitriol


def test_in_intoxication_25ohd_itself_drives_calcium():
    assert after(INTOXICATION, [("free_25ohd", "vdr_drive")])["serum_calcium"] < 2.55


def test_in_intoxication_a_dry_kidney_makes_it_worse():
    spared = after(INTOXICATION, [("serum_calcium", "volume_contraction_change")])
    assert spared["serum_calcium"] < after(INTOXICATION)["serum_calcium"] - 0.3


def test_hypercalcaemia_wastes_magnesium_through_the_thick_limb(rested):
    infusion = Phase(0.25, {"calcium_infusion": 100})
    assert after(infusion)["urine_magnesium"] > 1.5 * rested["urine_magnesium"]
    spared = after(infusion, [("calcium_ratio", "thick_limb_drive")])["urine_magnesium"]
    assert spared < 1.25 * rested["urine_magnesium"]  # the rest is bone: magnesium leaves with resorbed mineral


def test_magnesium_depletion(rested):
    body = after(MAGNESIUM_LACK)
    assert body["serum_calcitriol"] == pytest.approx(78, abs=2)  # 55 -> 43 pmol/L, mg-E30
    assert -0.04 < body["serum_calcium"] / rested["serum_calcium"] - 1 < -0.01
    assert body["pth"] == pytest.approx(1, abs=0.1)


def test_in_magnesium_depletion_the_enzyme_carries_the_fall():
    spared = after(MAGNESIUM_LACK, [("free_cell_magnesium", "magnesium_factor_1a_hydroxylase")])
    assert spared["serum_calcitriol"] > 95


def test_denosumab_without_extra_calcium_lowers_calcium_and_raises_pth(rested):
    weeks = Phase(18, {}, {"denosumab_depot": 6e7})
    body = after(weeks)
    assert body["serum_calcium"] < rested["serum_calcium"] - 0.1
    assert body["pth"] > 1.5
    supplemented = after(Phase(18, {"supplement_calcium": 24}, weeks.doses))
    assert supplemented["serum_calcium"] > body["serum_calcium"] + 0.1
    assert supplemented["pth"] < 1.1


@pytest.mark.parametrize("dose", [25, 50, 100])
def test_usual_doses_of_d3_leave_body_magnesium_alone(dose: float, rested):
    phase = Phase(365, {"supplement_vitamin_d3": dose})
    year = follow(phase, resting(), ["body_magnesium"])
    assert year.values["body_magnesium"][-1] == pytest.approx(rested["body_magnesium"], rel=0.003)
    assert max(imbalance(phase, resting(), year, element) for element in ELEMENTS) < 1e-9


def test_edta_makes_the_glands_answer_within_hours(rested):
    # bone-E01: PTH rises about fourfold in an EDTA infusion
    hours = Phase(2 / 24, {"edta_infusion": 60})
    body = after(hours)
    assert body["serum_calcium"] < rested["serum_calcium"] - 0.1
    assert 2 < body["pth"] < 4.5


def test_cyp24a1_loss_and_granuloma_raise_calcium_through_calcitriol(rested):
    loss = after(Phase(365, {"cyp24a1_activity": 0.05}))
    granuloma = after(Phase(365, {"granuloma_activation": 0.2}))
    for body in (loss, granuloma):
        assert body["serum_calcitriol"] > 1.2 * rested["serum_calcitriol"]
        assert body["serum_calcium"] > rested["serum_calcium"]
        assert body["pth"] < 0.8
    assert loss["serum_25ohd"] > rested["serum_25ohd"]
    assert granuloma["serum_25ohd"] < rested["serum_25ohd"]


def test_malabsorption_and_d2_lower_what_a_pill_does(rested):
    pill = {"supplement_vitamin_d3": 100.0}
    full = after(Phase(180, pill))["serum_25ohd"]
    assert after(Phase(180, pill | {"fat_absorption": 0.3}))["serum_25ohd"] < rested["serum_25ohd"] + 0.5 * (
        full - rested["serum_25ohd"]
    )
    assert rested["serum_25ohd"] < after(Phase(180, {"supplement_vitamin_d2": 100}))["serum_25ohd"] < full


def test_oral_calcidiol_raises_25ohd_in_proportion_to_dose(rested):
    # vitd-E05 Barger-Lux 1998, 4 weeks of 10, 20, 50 ug/d: +40, +76, +206 nmol/L
    rise = [after(Phase(28, {"supplement_calcidiol": d}))["serum_25ohd"] - rested["serum_25ohd"] for d in (10, 20, 50)]
    assert rise == pytest.approx([40, 76, 206], rel=0.15)
