"""The functions an equation may use: each takes plain numbers, arrays or traced values.

`where`, `clip`, `maximum` and `minimum` are continuous kinks, whose turning the solver meets nearly; `jump` is a
discontinuity, whose crossing the solver locates.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cofactor.model._graph import Expr

# `Any` on purpose: the same equation is called with floats in a test, arrays over people, and traced values.


def _traced(*values: Any) -> Expr | None:
    return next((v for v in values if isinstance(v, Expr)), None)


def exp(x: Any) -> Any:
    """e to the power x."""
    return x.graph.apply("exp", x) if isinstance(x, Expr) else np.exp(x)


def log(x: Any) -> Any:
    """Natural logarithm."""
    return x.graph.apply("log", x) if isinstance(x, Expr) else np.log(x)


def sqrt(x: Any) -> Any:
    """Square root."""
    return x.graph.apply("sqrt", x) if isinstance(x, Expr) else np.sqrt(x)


def tanh(x: Any) -> Any:
    """Hyperbolic tangent."""
    return x.graph.apply("tanh", x) if isinstance(x, Expr) else np.tanh(x)


def softplus(x: Any) -> Any:
    """ln(1 + e^x): max(x, 0) with a rounded corner, without overflow."""
    return x.graph.apply("softplus", x) if isinstance(x, Expr) else np.logaddexp(0.0, x)


def logistic(x: Any) -> Any:
    """1 / (1 + e^-x), the slope of `softplus`."""
    return x.graph.apply("logistic", x) if isinstance(x, Expr) else np.exp(-np.logaddexp(0.0, -x))


def maximum(a: Any, b: Any) -> Any:
    """The larger of two values: a continuous kink."""
    traced = _traced(a, b)
    return traced.graph.apply("max", a, b) if traced is not None else np.maximum(a, b)


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two values: a continuous kink."""
    traced = _traced(a, b)
    return traced.graph.apply("min", a, b) if traced is not None else np.minimum(a, b)


def clip(x: Any, low: Any, high: Any) -> Any:
    """x kept between low and high: two continuous kinks."""
    return minimum(maximum(x, low), high)


def where(condition: Any, a: Any, b: Any) -> Any:
    """a where the condition holds, else b; the two must meet at the border (a kink, not a jump)."""
    traced = _traced(condition, a, b)
    return traced.graph.apply("where", condition, a, b) if traced is not None else np.where(condition, a, b)[()]


def jump(condition: Any, a: Any, b: Any) -> Any:
    """a where the condition holds, else b, with a discontinuity at the border; solvers locate the crossing."""
    traced = _traced(condition, a, b)
    return traced.graph.apply("jump", condition, a, b) if traced is not None else np.where(condition, a, b)[()]


def total(x: Any) -> Any:
    """Sum of a replicated quantity over its sites."""
    return x.graph.total(x) if isinstance(x, Expr) else np.sum(x, axis=0)


def mean(x: Any) -> Any:
    """Mean of a replicated quantity over its sites."""
    if isinstance(x, Expr):
        return x.graph.total(x) / x.node.sites
    return np.mean(x, axis=0)
