"""Two trials of vitamin D3 in psoriasis at their size: the people are the trial's, the analysis is right, limits hang on them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from statsmodels.api import OLS, add_constant

from cofactor.errors import InputError
from cofactor.qualify._observed import Z
from cofactor.qualify._psoriasis_page import write_psoriasis_page
from cofactor.qualify._psoriasis_trials import (
    SHARES,
    Patients,
    adjusted,
    as_printed,
    difference_by_share,
    left_open,
    likelihood_of_winter,
    likelihood_of_year,
    patients,
    people_to_tell,
    power_of,
    printed_difference,
    printed_f,
    run_again,
    share_at_the_end_of_the_interval,
    winter,
    year,
)

COUNT = 150


@lru_cache(maxsize=4)
def pool(responder_half: float | None = None) -> Patients:
    """The winter's people at the printed 25(OH)D."""
    return patients(as_printed(winter(), count=COUNT), responder_half, count=COUNT)


def test_the_trials_are_those_of_the_rows():
    assert (winter().treated, winter().control, winter().pasi) == (59, 61, (3.1, 2.0))
    assert winter().serum_25ohd == pytest.approx(12.0 * 2.496, rel=0.001)
    assert (year().treated, year().control) == (67, 34)
    assert printed_difference() == (0.11, pytest.approx(0.68 / 3.92, rel=0.001))
    assert printed_f() == 0.48


def test_the_virtual_people_are_the_trials():
    people = pool()
    mean = float(people.weight @ people.start)
    assert mean == pytest.approx(3.1, abs=1e-6)
    assert float(people.weight @ (people.start - mean) ** 2) == pytest.approx(4.0, abs=1e-5)
    assert float(people.weight @ people.serum_vitamin) == pytest.approx(29.7 * 2.496, rel=0.05)
    assert np.median(people.serum_placebo) == pytest.approx(12.0 * 2.496, rel=0.02), "labs are met by the median"


def test_the_effect_is_what_the_parameters_were_fitted_to():
    """psoriasis.md 2j: 74 against 30 nmol/L takes 0.2 of PASI 3.1."""
    assert pool().effect() == pytest.approx(-0.20, abs=0.08)


def test_the_difference_is_that_of_an_analysis_of_covariance():
    generator = np.random.default_rng(3)
    x, group = generator.normal(size=(2, 30)), np.tile(np.arange(30) < 17, (2, 1))
    y = 0.6 * x - 0.4 * group + generator.normal(size=(2, 30))
    difference, error = adjusted(x, y, group)
    for k in range(2):
        fit = OLS(y[k], add_constant(np.column_stack([x[k], group[k]]))).fit()
        assert difference[k] == pytest.approx(fit.params[2])
        assert error[k] == pytest.approx(fit.bse[2])


def test_a_trial_of_nothing_finds_something_in_one_of_twenty():
    nothing = replace(pool(), vitamin=pool().placebo)
    seen = run_again(winter(), nothing, replicates=600)
    assert seen.power == pytest.approx(0.05, abs=0.03)
    assert seen.difference == pytest.approx(0, abs=0.1)
    assert seen.spread == pytest.approx(seen.error, rel=0.25)


def test_a_trial_of_much_finds_it():
    much = replace(pool(), vitamin=pool().placebo * 0.1)
    assert run_again(winter(), much, replicates=200).power > 0.9


def test_responders_gain_more_and_a_null_trial_limits_their_share():
    responders = pool(150.0)
    assert responders.effect() < 2 * pool().effect() < 0
    expected = difference_by_share(pool(), responders)
    assert expected[0] == pytest.approx(pool().effect())
    assert expected[-1] == pytest.approx(responders.effect())
    alone, turned = (left_open(likelihood_of_winter(expected, turned=turn)) for turn in (False, True))
    assert 0 < alone.median < alone.largest < turned.largest < 0.95, "before the trial 95 % of belief reached 0.95"
    both = left_open(likelihood_of_winter(expected) * likelihood_of_year(expected, 0.1))
    assert both.largest < alone.largest


def test_the_share_at_the_end_of_the_interval():
    shares = np.array(SHARES)
    low = printed_difference()[0] - Z * printed_difference()[1]
    assert share_at_the_end_of_the_interval(low * 2 * shares) == pytest.approx(0.5)
    assert share_at_the_end_of_the_interval(low * (1 + shares)) == 0.0
    assert share_at_the_end_of_the_interval(low / 2 * shares) == 1.0


def test_an_even_belief_that_learns_nothing_stays_even():
    found = left_open(np.ones(len(SHARES)))
    assert (found.median, found.largest) == (pytest.approx(0.5, abs=0.01), pytest.approx(0.95, abs=0.01))


def test_people_to_tell_and_power_agree():
    size = people_to_tell(0.2, 0.173, 120)
    assert power_of(0.2, 0.173 * np.sqrt(120 / size)) == pytest.approx(0.8, abs=0.001)


def test_a_pool_without_such_people_is_refused():
    with pytest.raises(InputError, match="holds those of the trial"):
        patients(replace(winter(), pasi=(60.0, 1.0)), count=20)


def test_the_page_is_written(tmp_path: Path):
    text = write_psoriasis_page(tmp_path, count=COUNT, replicates=50).read_text("utf-8")
    assert "skin-E22 prints 0.11 (-0.23 to 0.45)" in text
    assert text.count("| skin-E2") == 3
    with pytest.raises(InputError, match="exists"):
        write_psoriasis_page(tmp_path / "nowhere")
