"""The trials of magnesium against coronary calcium at their size, eta's belief, and the animals; numbers of vitamin_d.md 4.2."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt

import numpy as np
import pytest
from scipy.special import ndtr

from cofactor.errors import InputError
from cofactor.qualify._animals import PIG_MULTIPLES, habitual_vitamin_d, pigs_on_d3, rats_on_calcitriol
from cofactor.qualify._artery_page import write_artery_page
from cofactor.qualify._artery_trials import (
    FILED_RISE,
    Predicted,
    ScanTrial,
    belief,
    blinded,
    difference_likelihood,
    eta_that_gives,
    null_likelihood,
    open_label,
    open_label_difference,
    predicted,
    prior_of_eta,
    simulated_power,
)
from cofactor.qualify._hypervitaminosis import DOSES_IU, FILED_LEVELS, Protection, protections
from cofactor.qualify._observed import row_named


@lru_cache(maxsize=2)
def found(row: str) -> Predicted:
    """The trial with the file's rise of serum magnesium."""
    trial = {t.row: t for t in (blinded(), open_label())}[row]
    return predicted(trial, rise=FILED_RISE)


def test_the_trials_are_those_of_the_rows():
    assert (blinded().people, blinded().egfr) == (148, 25)
    assert open_label().people == 96  # who completed it, of 125
    assert open_label_difference() == pytest.approx(np.log(1.113 / 1.395))


def test_the_blinded_trial_at_its_size():
    """vitamin_d.md 4.2: -3 % of score against SE ~6 %, power ~8 %, for a rise of .12 mmol/L at eta 1."""
    trial = found("vitd-E69")
    assert trial.magnesium_rise == pytest.approx(FILED_RISE, abs=0.005)
    assert trial.difference == pytest.approx(-0.03, abs=0.0075)
    assert trial.error == pytest.approx(0.35 * sqrt(4 / 148), rel=0.02)
    assert trial.power() == pytest.approx(0.08, abs=0.015)


def test_the_open_trials_controls_grow_as_printed():
    control = next(m for m in row_named("vitd-E70", "test").results if m.arm == "control")
    assert 100 * found("vitd-E70").control_growth == pytest.approx(control.value, rel=0.2)


def test_power_is_that_of_the_test_run_again_and_again():
    trial = found("vitd-E70")
    share, sd = simulated_power(trial, replicates=4000)
    assert sd == pytest.approx(trial.error, rel=0.05)
    assert share == pytest.approx(trial.power(), abs=4 * sqrt(0.08 * 0.92 / 4000))
    strong = Predicted(
        trial.trial, 0.0, 0.0, 0.0, np.full(len(trial.each), -3 * trial.error), trial.by_eta, trial.control_by_eta
    )
    assert simulated_power(strong, replicates=1000)[0] == pytest.approx(float(ndtr(3 - 1.96)), abs=0.05)


def test_nothing_to_find_is_found_in_one_trial_of_twenty():
    trial = found("vitd-E69")
    none = Predicted(trial.trial, 0.0, 0.0, 0.0, np.zeros(len(trial.each)), trial.by_eta, trial.control_by_eta)
    assert none.power() == pytest.approx(0.05, abs=1e-3)
    assert simulated_power(none, replicates=4000)[0] == pytest.approx(0.05, abs=4 * sqrt(0.05 * 0.95 / 4000))


def test_the_effect_grows_with_eta_and_is_small_without_it():
    for row in ("vitd-E69", "vitd-E70"):
        assert np.all(np.diff(found(row).by_eta) < 0)
        assert found(row).by_eta[0] > 0.3 * found(row).difference  # at eta 0 only exp(-.3 dMg) is left
        assert np.all(np.diff(found(row).control_by_eta) > 0)  # failing kidneys have a short T50


def test_the_null_refutes_only_a_large_eta_and_the_open_trial_needs_one():
    blind, open_ = found("vitd-E69"), found("vitd-E70")
    prior = belief(prior_of_eta())
    after_null = belief(prior_of_eta() * null_likelihood(blind))
    after_both = belief(prior_of_eta() * null_likelihood(blind) * difference_likelihood(open_, open_label_difference()))
    assert prior.mean == pytest.approx(1.163, abs=0.01)  # normal 1.0 +- 0.8 above 0, by hand
    assert after_null.mean == pytest.approx(prior.mean, rel=0.05)
    assert prior.mean < after_both.mean < 2.5
    wanted = eta_that_gives(open_, open_label_difference())
    assert wanted > 3
    assert blind.power(float(blind.at_eta(wanted))) > 0.3
    assert float(open_.at_eta(wanted)) == pytest.approx(open_label_difference(), rel=1e-6)


def test_no_eta_of_the_grid_gives_the_impossible():
    assert eta_that_gives(found("vitd-E70"), +0.5) == float("inf")


def test_the_difference_does_not_hang_on_the_scores_before():
    small = ScanTrial("vitd-E69", 1.0, 24, 25.0, (60.0, 8.0), 0.87)
    low, high = (predicted(small, rise=FILED_RISE, score=score, etas=()) for score in (100.0, 1000.0))
    assert low.difference == pytest.approx(high.difference, rel=0.05)


# -- hypervitaminosis D -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def hypervitaminosis() -> tuple[Protection, ...]:
    return protections()


def test_magnesium_helps_at_every_toxic_dose_and_hangs_on_eta():
    for p in hypervitaminosis():
        assert p.magnesium[1] > p.magnesium[0]
        assert p.t50[1] > p.t50[0]
        assert p.drive[1] < p.drive[0]
        middle, low, high = p.share
        assert -1 < low < middle < high < 0
        assert high - low > 0.3 * abs(middle)


def test_the_drive_rises_with_the_dose():
    drives = [p.drive[0] for p in hypervitaminosis() if p.how == "tablets"]
    assert drives == sorted(drives)
    assert [p.dose_iu for p in hypervitaminosis() if p.how == "tablets"] == list(DOSES_IU)


def test_tablets_do_less_than_the_levels_the_file_supposes():
    tablets = [p for p in hypervitaminosis() if p.how == "tablets"]
    infused = [p for p in hypervitaminosis() if p.how == "infused"]
    for a, b in zip(tablets, infused, strict=True):
        assert b.magnesium[1] - b.magnesium[0] == pytest.approx(FILED_LEVELS[1] - FILED_LEVELS[0], abs=0.005)
        assert a.share[0] > b.share[0]
        assert a.passes <= b.passes


# -- animals ----------------------------------------------------------------------------------------------------------


def test_calcitriol_calcifies_rats_and_magnesium_takes_nearly_half_of_it():
    """vitd-E78: -44 to -51 %; vitamin_d.md 2.7: -45 % for +.4 mmol/L."""
    sick, calcitriol, both = rats_on_calcitriol()
    assert both.serum_magnesium - calcitriol.serum_magnesium == pytest.approx(0.4, abs=0.01)
    assert calcitriol.drive > 1.3 * sick.drive
    assert both.drive / calcitriol.drive - 1 == pytest.approx(-0.45, abs=0.05)
    assert all(c > s for c, s in zip(calcitriol.grown, sick.grown, strict=True))
    assert -0.9 < both.grown[-1] / calcitriol.grown[-1] - 1 < both.grown[0] / calcitriol.grown[0] - 1 < -0.4


def test_without_the_pyrophosphate_arm_magnesium_does_more():
    drives = [[a.drive for a in rats_on_calcitriol(pyrophosphate_arm=on)] for on in (True, False)]
    with_arm, without = (d[2] / d[1] - 1 for d in drives)
    assert without < with_arm - 0.01


def test_pigs_calcium_rises_with_the_multiple_and_fast_at_the_highest_only():
    pigs = pigs_on_d3()
    assert [p.multiple for p in pigs] == list(PIG_MULTIPLES)
    calcium = [p.serum_calcium for p in pigs]
    assert calcium == sorted(calcium)
    assert [p.day_above is not None for p in pigs] == [False, False, False, False, True]
    assert pigs[-1].day_above is not None
    assert pigs[-1].day_above < 28


def test_pigs_bone_is_denser_at_low_multiples_and_thinner_at_the_highest():
    densities = {p.multiple: p.density for p in pigs_on_d3()}
    assert densities[5] > densities[1]
    assert densities[25] > densities[1]
    assert densities[625] < 0.99


def test_one_multiple_is_what_the_reference_adult_gets():
    assert habitual_vitamin_d() == pytest.approx(31.79172657 / 2.6 / 0.75, rel=1e-6)  # D_in of coupled.md 1


def test_the_page_needs_a_folder(tmp_path):
    with pytest.raises(InputError, match="folder that exists"):
        write_artery_page(tmp_path / "nowhere")
