"""Pooling effects of several studies: Paule-Mandel heterogeneity with Hartung-Knapp intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cofactor.errors import InputError, MissingExtraError
from cofactor.evidence._row import Effect, EffectKind
from cofactor.units import CANONICAL, Quantity, convert, parse_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Z = 1.959963984540054  # normal quantile at 0.975, which turns a printed 95 % interval into a standard error


@dataclass(frozen=True)
class Pooled:
    """A pooled effect in `unit`, with its 95 % interval.

    A ratio is pooled on the log scale and given back as a ratio; its `se` and `tau2` stay on the log scale. `tau2` and
    `i2` are None for one study, the prediction interval is None below three.
    """

    estimate: float
    ci_low: float
    ci_high: float
    se: float
    tau2: float | None
    i2: float | None
    k: int
    prediction_low: float | None
    prediction_high: float | None
    unit: str
    kind: EffectKind


def pool(effects: Sequence[Effect], *, unit: str | None = None) -> Pooled | None:
    """The random-effects mean of effects of one outcome and kind, one a study; None when there are none.

    tau2 by Paule and Mandel (1982), the interval by Hartung and Knapp (2001) with t of k-1 df and its variance factor
    held at 1 or more (Roever, Knapp, Friede 2015: unheld, studies that happen to agree give an interval narrower than
    fixed-effect pooling; the factor is exactly 1 wherever tau2 > 0). Prediction interval of Higgins, Thompson,
    Spiegelhalter (2009): t of k-2 df. One study gives back its own interval. `unit` defaults to the unit the effects
    share, else to the observable's canonical unit.
    Raises InputError for effects that do not belong together, carry no interval or are recalled, UnitsError for units
    that do not fit, MissingExtraError without statsmodels (two studies or more).
    """
    if not effects:
        return None
    kind = _check(effects)
    unit = unit or _common_unit(effects)
    if len(effects) == 1:
        return _alone(effects[0], unit)
    scaled = [_scaled(effect, unit) for effect in effects]
    values = np.array([value for value, _ in scaled])
    variances = np.array([se**2 for _, se in scaled])
    tau2, fitted = _paule_mandel(values, variances)
    k = len(effects)
    estimate = float(fitted.mean_effect_re)
    se = math.sqrt(max(float(fitted.var_hksj_re), float(fitted.var_eff_w_re)))
    half = _t(k - 1) * se
    reach = _t(k - 2) * math.sqrt(tau2 + se**2) if k > 2 else None
    back = math.exp if kind == "ratio" else float
    return Pooled(
        estimate=back(estimate),
        ci_low=back(estimate - half),
        ci_high=back(estimate + half),
        se=se,
        tau2=tau2,
        i2=max(0.0, 1.0 - (k - 1) / float(fitted.q)) if fitted.q > 0 else 0.0,
        k=k,
        prediction_low=None if reach is None else back(estimate - reach),
        prediction_high=None if reach is None else back(estimate + reach),
        unit=unit,
        kind=kind,
    )


def standard_error(effect: Effect) -> float:
    """The standard error of an effect, of the logarithm for a ratio: as given, else from the width of its interval."""
    if effect.se is not None:
        return effect.se
    if effect.ci_low is None or effect.ci_high is None:
        raise InputError("an effect needs a standard error or an interval", received=effect.value, where=effect.outcome)
    if effect.kind == "ratio":
        return math.log(effect.ci_high / effect.ci_low) / (2 * _Z)
    return (effect.ci_high - effect.ci_low) / (2 * _Z)


def _check(effects: Sequence[Effect]) -> EffectKind:
    outcomes = {effect.outcome for effect in effects}
    kinds = {effect.kind for effect in effects}
    if len(outcomes) > 1 or len(kinds) > 1:
        received = ", ".join(sorted(outcomes) + sorted(kinds))
        raise InputError("effects are pooled only within one outcome and kind", received=received)
    for effect in effects:
        where = f"{effect.outcome}, {effect.arm} against {effect.versus}"
        if effect.recalled:
            raise InputError("a recalled number is never pooled", received=effect.value, where=where)
        if not effect.has_interval:
            raise InputError("an effect without an interval cannot be pooled", received=effect.value, where=where)
        if standard_error(effect) <= 0:
            raise InputError("a standard error is above zero", received=standard_error(effect), where=where)
    return effects[0].kind


def _common_unit(effects: Sequence[Effect]) -> str:
    units = {effect.unit for effect in effects}
    entry = CANONICAL.get(effects[0].outcome)
    if len(units) == 1 or entry is None or effects[0].kind != "difference":
        return effects[0].unit
    return entry.unit


def _scaled(effect: Effect, unit: str) -> tuple[float, float]:
    """Value and standard error on the scale that is pooled: logarithms of ratios, the rest in `unit`."""
    if effect.kind == "ratio":
        return math.log(effect.value), standard_error(effect)
    factor = _factor(effect, unit)
    return effect.value * factor, standard_error(effect) * factor


def _factor(effect: Effect, unit: str) -> float:
    if effect.unit == unit:
        return 1.0
    entry = CANONICAL.get(effect.outcome)
    return convert(Quantity(1.0, parse_unit(effect.unit)), unit, analyte=entry.analyte if entry else None)


def _alone(effect: Effect, unit: str) -> Pooled:
    """One study: its own interval as printed, or from its standard error."""
    value, se = _scaled(effect, unit)
    back = math.exp if effect.kind == "ratio" else float
    low, high = back(value - _Z * se), back(value + _Z * se)
    if effect.ci_low is not None and effect.ci_high is not None:
        factor = 1.0 if effect.kind == "ratio" else _factor(effect, unit)
        low, high = effect.ci_low * factor, effect.ci_high * factor
    return Pooled(back(value), low, high, se, None, None, 1, None, None, unit, effect.kind)


def _paule_mandel(values: NDArray[np.float64], variances: NDArray[np.float64]) -> tuple[float, Any]:
    """tau2 and the fit of statsmodels at it.

    statsmodels 0.15 stops at tau2 = 0 when rounding leaves the last step of its iteration a hair past the root, and
    after 50 steps wherever it is, saying neither. So the estimating equation is checked, and where it does not hold
    the fit is repeated from just before the root found by bisection.
    """
    try:
        from statsmodels.stats.meta_analysis import combine_effects
    except ImportError:
        raise MissingExtraError("statsmodels", "report") from None

    def fit(**start: float) -> Any:
        with np.errstate(divide="ignore"):  # it divides by Q, which is 0 for studies that agree to the last digit
            return combine_effects(values, variances, method_re="pm", use_t=True, atol=1e-8, maxiter=200, **start)

    fitted = fit()
    excess = _excess(fitted.tau2, values, variances)
    if abs(excess) >= 1e-7 and not (fitted.tau2 == 0 and excess < 0):
        fitted = fit(tau2_start=_root(values, variances))
    return float(fitted.tau2), fitted


def _excess(tau2: float, values: NDArray[np.float64], variances: NDArray[np.float64]) -> float:
    """Generalised Q less its expectation k-1; Paule and Mandel's tau2 makes it zero."""
    weights = 1 / (variances + tau2)
    mean = weights @ values / weights.sum()
    return float(weights @ (values - mean) ** 2) - (len(values) - 1)


def _root(values: NDArray[np.float64], variances: NDArray[np.float64]) -> float:
    """The tau2 where the excess vanishes, approached from below so that it is still positive there."""
    low, high = 0.0, float(np.ptp(values)) ** 2 + float(variances.max())
    while high - low > 1e-14 * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _excess(middle, values, variances) > 0 else (low, middle)
    return low


def _t(df: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.975, df))
