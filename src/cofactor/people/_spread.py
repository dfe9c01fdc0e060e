"""From a standard normal number to a value: the scales on which people differ.

SciPy is imported where it is used, so that one person's run does not load it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cofactor.model import Constant

_FURTHEST = 4.0
"""Standard deviations beyond which a fixed trait counts no further."""


def mean_one(log_sd: float, standard: np.ndarray) -> np.ndarray:
    """Log-normal numbers whose mean, not median, is 1: the average person has the reference adult's value."""
    return np.exp(log_sd * standard - log_sd**2 / 2)


def variation(constant: Constant, standard: np.ndarray) -> np.ndarray:
    """Ratio to the default between people, with mean 1 where it is log-normal; logit-normal where it has both bounds."""
    log_sd = constant.varies or 0.0
    return _ratio(constant, log_sd, standard) if _bounded(constant) else mean_one(log_sd, standard)


def uncertainty(constant: Constant, standard: np.ndarray | float) -> np.ndarray:
    """As `variation`, for what is not known about the model; a normal prior is cut off at the parameter's bounds."""
    if constant.prior == "normal":
        return (
            truncated_normal(np.asarray(standard), constant.value, constant.spread or 0.0, *_ends(constant))
            / constant.value
        )
    return _ratio(constant, constant.spread or 0.0, np.asarray(standard))


def _ratio(constant: Constant, log_sd: float, standard: np.ndarray) -> np.ndarray:
    value, low, high = constant.value, constant.low, constant.high
    if low is None or high is None or not _bounded(constant):
        return np.exp(log_sd * standard)
    # On the logit scale between the bounds, with the slope that gives the stated log-SD near the default.
    step = log_sd * value * (high - low) / ((value - low) * (high - value))
    place = np.log((value - low) / (high - value)) + step * standard
    return (low + (high - low) / (1.0 + np.exp(-place))) / value


def _bounded(constant: Constant) -> bool:
    return constant.low is not None and constant.high is not None and constant.low < constant.value < constant.high


def within(constant: Constant, values: np.ndarray) -> np.ndarray:
    """Values held inside the parameter's bounds."""
    return np.clip(values, *_ends(constant))


def _ends(constant: Constant) -> tuple[float, float]:
    low = -np.inf if constant.low is None else constant.low
    return low, np.inf if constant.high is None else constant.high


def from_quantiles(standard: np.ndarray, shares: Sequence[float], values: Sequence[float]) -> np.ndarray:
    """Values of a distribution printed as percentiles, straight between them."""
    from scipy.special import ndtr

    return np.interp(ndtr(standard), shares, values)


def to_quantiles(values: np.ndarray, shares: Sequence[float], levels: Sequence[float]) -> np.ndarray:
    """The standard normal number of a value of that distribution."""
    from scipy.special import ndtri

    return np.clip(ndtri(np.interp(values, levels, shares)), -_FURTHEST, _FURTHEST)


def standardised(values: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """The standard normal number of a normally distributed value."""
    return np.clip((values - mean) / sd, -_FURTHEST, _FURTHEST)


def truncated_normal(standard: np.ndarray, mean: float, sd: float, low: float, high: float) -> np.ndarray:
    """Values of a normal distribution of which only the part between `low` and `high` is there."""
    from scipy.special import ndtr, ndtri

    first, last = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    return mean + sd * ndtri(first + (last - first) * ndtr(standard))
