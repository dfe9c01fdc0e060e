"""Pooling, held to published numbers.  Where each number was read stands beside it."""

from __future__ import annotations

import builtins
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from cofactor.errors import InputError, MissingExtraError, UnitsError
from cofactor.evidence import Effect, Pooled, pool, standard_error
from cofactor.evidence._pool import _excess


def effect(value: float, se: float | None = None, **changes: object) -> Effect:
    fields = {
        "outcome": "homa_ir",
        "value": value,
        "unit": "1",
        "arm": "treated",
        "versus": "control",
        "intervention": ("magnesium",),
        "se": se,
    }
    return Effect.model_validate(fields | changes)


def pooled_of(values: list[float], variances: list[float]) -> Pooled:
    found = pool([effect(value, math.sqrt(variance)) for value, variance in zip(values, variances, strict=True)])
    assert found is not None
    return found


def ratios(tables: list[tuple[int, int, int, int]], *, odds: bool) -> list[Effect]:
    """Effects of 2x2 tables (events and others, treated; events and others, control)."""
    effects = []
    for a, b, c, d in tables:
        if odds:
            effects.append(effect(a * d / (b * c), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d), kind="ratio"))
        else:
            risk = (a / (a + b)) / (c / (c + d))
            effects.append(effect(risk, math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)), kind="ratio"))
    return effects


# The CLASP trials as listed in metafor's tests/testthat/test_analysis_example_dersimonian2007.r (github
# wviechtb/metafor 71ae8f5): events of all, treated and control.
CLASP = [
    (5, 151, 8, 66),
    (5, 298, 17, 286),
    (12, 553, 9, 468),
    (69, 1501, 94, 1471),
    (9, 94, 11, 94),
    (313, 4346, 352, 4298),
]

# BCG vaccine trials (Colditz 1994, R's dat.bcg): tuberculosis yes and no, vaccinated; the same, not vaccinated.
BCG = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
]  # fmt: skip

KACKER_VALUES = [61.00, 61.40, 62.21, 62.30, 62.34, 62.60, 62.70, 62.84, 65.90]
KACKER_VARIANCES = [0.2025, 1.2100, 0.0900, 0.2025, 0.3844, 0.5625, 0.0676, 0.0225, 1.8225]


def test_clasp_by_paule_mandel_is_table_3_of_dersimonian_and_kacker():
    """tau .3681, mean -.3811, SE .2060: column PM of metafor's test above, "page 111-112 (Tables 3 and 4)"."""
    found = pool(ratios(CLASP, odds=True))
    assert found is not None
    assert math.sqrt(found.tau2 or 0) == pytest.approx(0.3681, abs=5e-5)
    assert math.log(found.estimate) == pytest.approx(-0.3811, abs=5e-5)
    assert found.se == pytest.approx(0.2060, abs=5e-5)


def test_kacker_by_paule_mandel_is_metafor():
    """rma(y, v, method="PM", control=list(tol=1e-9)), printed in statsmodels/stats/tests/results/results_meta.py."""
    found = pooled_of(KACKER_VALUES, KACKER_VARIANCES)
    assert found.tau2 == pytest.approx(0.705395309224248, abs=1e-8)
    assert found.estimate == pytest.approx(62.4076199113286, abs=1e-8)
    assert found.se == pytest.approx(0.338030602684471, abs=1e-8)
    assert found.i2 == pytest.approx(1 - 8 / 24.801897741835, abs=1e-8)  # QE of the same output


def test_paule_mandel_with_knapp_hartung_is_metafor():
    """A run of rma.uni(..., method="PM", test="knha") and predict(), quoted in a public repository's test "forest-plot
    95% PI matches metafor::predict (t_{k-1})": mean 0.22957, tau2 0.05930, prediction interval -0.70650 to 1.16564 with
    t of k-1 df; the k-2 df of Higgins 2009, which we use, "would have given" -1.036 to 1.495.
    """
    found = pooled_of([0.40, -0.20, 0.55, 0.10], [0.05, 0.06, 0.04, 0.05])
    assert found.estimate == pytest.approx(0.22957, abs=5e-6)
    assert found.tau2 == pytest.approx(0.05930, abs=5e-6)
    reach = float(t.ppf(0.975, 3)) * math.sqrt((found.tau2 or 0) + found.se**2)
    assert found.estimate - reach == pytest.approx(-0.70650, abs=1e-5)
    assert found.estimate + reach == pytest.approx(1.16564, abs=1e-5)
    assert found.prediction_low == pytest.approx(-1.036, abs=5e-4)
    assert found.prediction_high == pytest.approx(1.495, abs=5e-4)


def test_bcg_data_are_those_of_metafor():
    """Fixed -0.4303, Q 152.2330; DerSimonian-Laird tau2 0.3088, mean -0.7141: metafor's
    tests/testthat/test_misc_metan_vs_rma.uni_with_dat.bcg.r (wviechtb/metafor 71ae8f5)."""
    from statsmodels.stats.meta_analysis import combine_effects

    trials = ratios(BCG, odds=False)
    values = np.array([math.log(trial.value) for trial in trials])
    variances = np.array([standard_error(trial) ** 2 for trial in trials])
    laird = combine_effects(values, variances, method_re="dl")
    assert laird.mean_effect_fe == pytest.approx(-0.4303, abs=5e-5)
    assert laird.q == pytest.approx(152.2330, abs=5e-5)
    assert laird.tau2 == pytest.approx(0.3088, abs=5e-5)
    assert laird.mean_effect_re == pytest.approx(-0.7141, abs=5e-5)


def test_bcg_by_paule_mandel_solves_its_equation():
    """tau2 0.3180, found for rounded log risk ratios by www.gradmeta.com/metovix-validation-report.html, "solves
    Q(tau2) = k-1 exactly": hence the wider tolerance.  I2 92.12 % as metafor prints for the same Q."""
    trials = ratios(BCG, odds=False)
    found = pool(trials)
    assert found is not None
    assert found.tau2 == pytest.approx(0.3180, abs=2e-4)
    values = np.array([math.log(trial.value) for trial in trials])
    variances = np.array([standard_error(trial) ** 2 for trial in trials])
    assert abs(_excess(found.tau2 or 0, values, variances)) < 1e-6
    assert found.i2 == pytest.approx(0.921173, abs=1e-6)
    half = float(t.ppf(0.975, 12)) * found.se
    assert math.log(found.ci_high / found.estimate) == pytest.approx(half)
    assert found.ci_low < found.estimate < found.ci_high < 1


def test_studies_that_agree_have_no_heterogeneity_and_no_interval_narrower_than_fixed_effect():
    found = pooled_of([1.0, 1.01, 0.99, 1.0], [0.04, 0.04, 0.04, 0.04])
    assert found.tau2 == 0
    assert found.i2 == 0
    assert found.se == pytest.approx(0.1)  # 1 / sqrt(4 / 0.04); unheld Hartung-Knapp would give 0.004


@given(
    st.lists(
        st.tuples(st.floats(-10, 10), st.floats(1e-3, 10)),
        min_size=2,
        max_size=12,
    )
)
def test_tau2_always_solves_the_equation_or_stands_at_zero(studies: list[tuple[float, float]]):
    """statsmodels' own iteration does not: it can fall back to zero by rounding."""
    values, variances = (np.array(column) for column in zip(*studies, strict=True))
    found = pooled_of(list(values), list(variances))
    assert found.tau2 is not None
    excess = _excess(found.tau2, values, variances)
    assert (found.tau2 == 0 and excess <= 1e-7) or abs(excess) < 1e-5
    assert found.ci_low <= found.estimate <= found.ci_high


def test_a_false_zero_of_the_library_is_mended(monkeypatch: pytest.MonkeyPatch):
    """What its rounding does now and then, forced: the iteration reports tau2 = 0 though Q exceeds k-1 there."""
    import statsmodels.stats.meta_analysis as library

    honest = library._fit_tau_iterative

    def false_zero(values, variances, tau2_start=0, **options):
        return (0.0, 0) if tau2_start == 0 else honest(values, variances, tau2_start=tau2_start, **options)

    monkeypatch.setattr(library, "_fit_tau_iterative", false_zero)
    found = pooled_of(KACKER_VALUES, KACKER_VARIANCES)
    assert found.tau2 == pytest.approx(0.705395309224248, abs=1e-6)
    assert found.se == pytest.approx(0.338030602684471, abs=1e-6)


def test_one_study_gives_its_own_interval_back():
    found = pool([effect(-1.0, ci_low=-1.7, ci_high=-0.4)])
    assert found is not None
    assert (found.estimate, found.ci_low, found.ci_high, found.k) == (-1.0, -1.7, -0.4, 1)
    assert found.tau2 is None
    assert found.prediction_low is None
    from_error = pool([effect(2.0, 0.5)])
    assert from_error is not None
    assert from_error.ci_high == pytest.approx(2.0 + 1.959964 * 0.5, abs=1e-6)


def test_one_ratio_gives_its_own_interval_back():
    found = pool([effect(8.6, ci_low=5.08, ci_high=14.54, kind="ratio")])
    assert found is not None
    assert (found.estimate, found.ci_low, found.ci_high) == (pytest.approx(8.6), 5.08, 14.54)


def test_nothing_pools_to_none():
    assert pool([]) is None


def test_two_studies_have_no_prediction_interval():
    found = pooled_of([0.0, 1.0], [0.01, 0.01])
    assert found.prediction_low is None
    assert found.ci_high - found.ci_low == pytest.approx(2 * 12.7062 * found.se, rel=1e-5)  # t of 1 df at 0.975


def test_a_standard_error_comes_from_the_width_of_a_printed_interval():
    assert standard_error(effect(0.04, ci_low=0.02, ci_high=0.06)) == pytest.approx(0.04 / 2 / 1.959964, rel=1e-6)
    assert standard_error(effect(2.0, ci_low=1.0, ci_high=4.0, kind="ratio")) == pytest.approx(
        math.log(4) / 2 / 1.959964, rel=1e-6
    )


def test_units_of_one_observable_are_brought_together():
    """1 mmol Mg is 24.305 mg: 2.4305 mg/dL are 1 mmol/L."""
    effects = [
        effect(2.4305, 0.24305, outcome="serum_magnesium", unit="mg/dL"),
        effect(1.0, 0.1, outcome="serum_magnesium", unit="mmol/L"),
    ]
    found = pool(effects)
    assert found is not None
    assert found.unit == "mmol/L"
    assert found.estimate == pytest.approx(1.0)
    alone = pool(effects[:1], unit="mmol/L")
    assert alone is not None
    assert (alone.estimate, alone.se) == (pytest.approx(1.0), pytest.approx(0.1))


@pytest.mark.parametrize(
    ("second", "rule"),
    [
        (effect(1.0, 0.1, outcome="serum_magnesium", unit="mmol/L"), "one outcome"),
        (effect(1.0, 0.1, kind="ratio"), "one outcome and kind"),
        (effect(1.0, 0.1, recalled=True), "recalled"),
        (effect(1.0), "without an interval"),
        (effect(1.0, 0.0), "above zero"),
    ],
)
def test_what_does_not_belong_is_refused(second: Effect, rule: str):
    with pytest.raises(InputError, match=rule):
        pool([effect(0.5, 0.1), second])


def test_units_that_do_not_fit_are_refused():
    with pytest.raises(UnitsError):
        pool(
            [effect(1.0, 0.1, outcome="systolic_bp", unit="mmHg"), effect(1.0, 0.1, outcome="systolic_bp", unit="m/s")]
        )


def test_without_statsmodels_the_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    real = builtins.__import__

    def absent(name: str, *rest, **more):
        if name.startswith("statsmodels"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(MissingExtraError, match=r"cofactor\[report\]"):
        pool([effect(0.5, 0.1), effect(0.6, 0.1)])
    assert pool([effect(0.5, 0.1)]) is not None
