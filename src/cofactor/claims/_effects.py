"""What a predicate says about the arms of a trial: the signed effect of every person, and whether a draw passes.

Arrays have the shape (draws, people); NaN is a person whose run failed, left out of every mean.  Units come with the
numbers and are converted, never assumed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cofactor.claims._predicate import (
    Arithmetic,
    Comparison,
    Junction,
    Measure,
    Negation,
    Node,
    Number,
    Observable,
    Predicate,
    SmallestEffect,
    Within,
    walk,
)
from cofactor.claims._result import OF_PEOPLE, Levels
from cofactor.errors import InputError
from cofactor.units import Quantity, Unit, canonical_unit

FloatArray = NDArray[np.float64]

_DIFFERENCES = frozenset({"difference", "rise", "fall", "relative_rise", "relative_fall"})

_COMPARE: dict[str, Callable[[FloatArray, FloatArray], NDArray[np.bool_]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}


@dataclass(frozen=True)
class Arms:
    """The results of the arms of one question, in the same people and the same draws.

    `values[arm, observable]` has the shape (draws, people) or (people,); the observable "pasi.start" is the person's
    value when the arm began.  `units` is needed only for observables outside the fixed list.
    """

    values: Mapping[tuple[str, str], ArrayLike]
    treated: str
    comparator: str | None = None
    units: Mapping[str, Unit] = field(default_factory=dict)

    def read(self, node: Observable, arm: str) -> Value:
        """The observable in its own arm, else in `arm`; raises InputError for one that was not run."""
        key = (node.arm or arm, node.name)
        if key not in self.values:
            known = ", ".join(sorted(f"{name}@{of}" for of, name in self.values))
            raise InputError(
                "a predicate reads only what the arms ran",
                received=f"{key[1]}@{key[0]}",
                where=f"column {node.column}",
                hint=f"run here: {known}",
            )
        name = node.name.removesuffix(".start")
        unit = self.units[name] if name in self.units else canonical_unit(name)
        array = np.asarray(self.values[key], dtype=np.float64)
        if array.ndim not in (1, 2):
            raise InputError("arm results have the shape (draws, people)", received=array.shape, where=node.name)
        return Value(np.atleast_2d(array), unit)


@dataclass(frozen=True)
class Value:
    """An array (draws, people) in a unit; one column where there is one number a draw."""

    array: FloatArray
    unit: Unit

    def in_unit(self, unit: Unit) -> FloatArray:
        """The numbers in another unit of the same dimension; UnitsError otherwise."""
        return self.array * self.unit.factor_to(unit)


@dataclass(frozen=True, slots=True)
class Target:
    """The range the effect of a clause has to lie in; an excluded end is a strict comparison."""

    unit: Unit
    low: float = -np.inf
    high: float = np.inf
    low_included: bool = True
    high_included: bool = True

    def reached(self, effect: ArrayLike) -> NDArray[np.bool_]:
        """Where the effect (in `unit`) lies in the range; NaN does not."""
        array = np.asarray(effect, dtype=np.float64)
        above = array >= self.low if self.low_included else array > self.low
        below = array <= self.high if self.high_included else array < self.high
        return above & below


def target(predicate: Predicate, smallest_effect: Quantity | None, unit: Unit) -> Target:
    """What the predicate asks of its effect, in `unit`, at this smallest effect that matters.

    Raises InputError for a predicate that joins several comparisons: it has no single effect.
    """
    root = predicate.root
    if isinstance(root, Within):
        return Target(unit, _number(root.low, smallest_effect, unit), _number(root.high, smallest_effect, unit))
    if not isinstance(root, Comparison):
        raise _joined(predicate)
    threshold = _number(root.right, smallest_effect, unit) if _is_constant(root.right) else 0.0
    if root.operator == "==":
        return Target(unit, threshold, threshold)
    return Target(unit, low=_sign(root) * threshold, low_included=root.operator in (">=", "<="))


def effects(predicate: Predicate, arms: Arms, unit: Unit) -> FloatArray:
    """The effect in the claimed direction, (draws, people), in `unit`; one column for a ratio of means.

    "difference(x) <= -d" claims a fall, so its effect is the fall.  Raises InputError for a joined predicate.
    """
    root = predicate.root
    if isinstance(root, Within):
        return _value(root.value, arms, arms.treated, None).in_unit(unit)
    if not isinstance(root, Comparison):
        raise _joined(predicate)
    effect = _value(root.left, arms, arms.treated, None).in_unit(unit)
    if not _is_constant(root.right):
        effect = effect - _value(root.right, arms, arms.treated, None).in_unit(unit)
    return _sign(root) * effect


def passes(predicate: Predicate, arms: Arms, smallest_effect: Quantity | None) -> NDArray[np.bool_]:
    """Whether each draw's mean over people passes, joined predicates included; shape (draws,).

    A draw in which nobody's run succeeded does not pass; callers leave such draws out by looking at the arms.
    """
    truth = _truth(predicate.root, arms, arms.treated, smallest_effect, mean_over_people)
    return np.asarray(truth[:, 0] == 1.0)


def levels(predicate: Predicate, arms: Arms) -> Levels | None:
    """The plain levels behind the predicate's first difference, or ratio of two arms: mean of what it compares, in each.

    A share of people is given of 100.  None where the predicate compares something else or nobody finished both arms.
    """
    found = _compared(predicate, arms)
    if found is None:
        return None
    part, without, with_it = found
    both = np.isfinite(without.array) & np.isfinite(with_it.array)
    if not both.any():
        return None
    pair = [float(each.array[both].mean()) for each in (without, with_it)]
    if isinstance(part, Measure) and part.name == "share":
        return Levels(100 * pair[0], 100 * pair[1], OF_PEOPLE)
    return Levels(pair[0], pair[1], str(with_it.unit))


def _compared(predicate: Predicate, arms: Arms) -> tuple[Node, Value, Value] | None:
    """What is compared, and its values without and with the treatment."""
    if arms.comparator is None:
        return None
    measures = [node for node in walk(predicate.root) if isinstance(node, Measure)]
    for node in measures:
        if node.name in _DIFFERENCES:
            part = node.arguments[0]
            return part, _value(part, arms, arms.comparator, None), _value(part, arms, arms.treated, None)
        if node.name == "ratio" and _same_of_both_arms(node.arguments, arms):
            over, under = (_value(each, arms, arms.treated, None) for each in node.arguments)
            return node.arguments[0], under, over
    return None


def _same_of_both_arms(pair: tuple[Node, ...], arms: Arms) -> bool:
    """Whether a ratio is of one observable, in the treated arm over the comparator."""
    over, under = pair
    if not isinstance(over, Observable) or not isinstance(under, Observable) or over.name != under.name:
        return False
    return (over.arm or arms.treated, under.arm) == (arms.treated, arms.comparator)


def mean_over_people(array: FloatArray) -> FloatArray:
    """Mean of each draw over the people whose run succeeded, (draws, 1); NaN where there is none."""
    found = np.isfinite(array)
    count = found.sum(axis=1, keepdims=True)
    total = np.where(found, array, 0.0).sum(axis=1, keepdims=True)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _joined(predicate: Predicate) -> InputError:
    return InputError(
        "a predicate that joins comparisons has no single effect",
        received=repr(predicate.text),
        hint="one comparison a clause; the clauses are joined by rule R7",
    )


def _sign(root: Comparison) -> int:
    """-1 where a low value is what is claimed."""
    return -1 if root.operator in ("<=", "<") else 1


def _is_constant(node: Node) -> bool:
    return all(isinstance(part, Number | SmallestEffect | Arithmetic) for part in walk(node))


def _number(node: Node, smallest_effect: Quantity | None, unit: Unit) -> float:
    """The value of a part without observables, in `unit`."""
    if not _is_constant(node):
        raise InputError("a range is given by numbers and d", where=f"column {node.column}")
    return float(_in_unit(node, unit, _NO_ARMS, "", smallest_effect).item())


def _in_unit(node: Node, unit: Unit, arms: Arms, arm: str, smallest_effect: Quantity | None) -> FloatArray:
    """The part's numbers in `unit`; a bare 0 is nothing of any unit, as in "rise(serum_calcium) > 0"."""
    if isinstance(node, Number) and node.quantity.value == 0 and node.quantity.unit == Unit.one:
        return np.zeros((1, 1))
    return _value(node, arms, arm, smallest_effect).in_unit(unit)


_NO_ARMS = Arms({}, treated="")


def _value(node: Node, arms: Arms, arm: str, smallest_effect: Quantity | None) -> Value:
    if isinstance(node, Number):
        return Value(np.full((1, 1), node.quantity.value), node.quantity.unit)
    if isinstance(node, SmallestEffect):
        if smallest_effect is None:
            raise InputError("this clause states no smallest effect d", where=f"column {node.column}")
        return Value(np.full((1, 1), smallest_effect.value), smallest_effect.unit)
    if isinstance(node, Observable):
        return arms.read(node, arm)
    if isinstance(node, Arithmetic):
        return _arithmetic(node, arms, arm, smallest_effect)
    if isinstance(node, Measure):
        return _measure(node, arms, arm, smallest_effect)
    raise InputError("a number must stand here, not a condition", where=f"column {node.column}")


def _arithmetic(node: Arithmetic, arms: Arms, arm: str, smallest_effect: Quantity | None) -> Value:
    left, right = (_value(part, arms, arm, smallest_effect) for part in (node.left, node.right))
    if node.operator == "*":
        return Value(left.array * right.array, left.unit * right.unit)
    if node.operator == "/":
        return Value(_divided(left.array, right.array), left.unit / right.unit)
    added = right.in_unit(left.unit)
    return Value(left.array + added if node.operator == "+" else left.array - added, left.unit)


def _measure(node: Measure, arms: Arms, arm: str, smallest_effect: Quantity | None) -> Value:
    if node.name == "share":
        condition = _truth(node.arguments[0], arms, arm, smallest_effect, _each_person)
        return Value(condition, Unit.one)
    if node.name in ("ratio", "r2"):
        first, second = (_value(part, arms, arm, smallest_effect) for part in node.arguments)
        return _ratio(first, second) if node.name == "ratio" else _r2(first, second)
    if arms.comparator is None:
        raise InputError(f"{node.name} needs a comparator arm", where=f"column {node.column}")
    treated, comparator = (_value(node.arguments[0], arms, a, smallest_effect) for a in (arms.treated, arms.comparator))
    change = Value(treated.array - comparator.array, treated.unit)
    if node.relative or node.name.startswith("relative"):
        change = Value(_divided(change.array, comparator.array), Unit.one)
    return Value(-change.array, change.unit) if node.name.endswith("fall") else change


def _divided(above: FloatArray, below: FloatArray) -> FloatArray:
    """A share of nothing is no number: NaN, never infinity."""
    below = np.where(below == 0.0, np.nan, below)
    return above / below


def _together(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The two over the same people: a run that failed in one is left out of both."""
    one, two = np.broadcast_arrays(first, second)
    both = np.isfinite(one) & np.isfinite(two)
    return np.where(both, one, np.nan), np.where(both, two, np.nan)


def _ratio(first: Value, second: Value) -> Value:
    one, two = _together(first.array, second.array)
    return Value(_divided(mean_over_people(one), mean_over_people(two)), first.unit / second.unit)


def _r2(first: Value, second: Value) -> Value:
    one, two = (each - mean_over_people(each) for each in _together(first.array, second.array))
    covariance, *variances = (mean_over_people(a * b) for a, b in ((one, two), (one, one), (two, two)))
    return Value(_divided(covariance**2, variances[0] * variances[1]), Unit.one)


def _each_person(array: FloatArray) -> FloatArray:
    return array


def _truth(
    node: Node, arms: Arms, arm: str, smallest_effect: Quantity | None, settle: Callable[[FloatArray], FloatArray]
) -> FloatArray:
    """1 where the statement is true, 0 where false, NaN where unknown; `settle` turns people into what is compared."""
    if isinstance(node, Junction):
        parts = [_truth(part, arms, arm, smallest_effect, settle) for part in node.parts]
        join = np.minimum if node.word == "and" else np.maximum
        return np.asarray(join.reduce(np.broadcast_arrays(*parts)))
    if isinstance(node, Negation):
        return 1.0 - _truth(node.part, arms, arm, smallest_effect, settle)
    if isinstance(node, Within):
        value = _value(node.value, arms, arm, smallest_effect)
        low, high = (_in_unit(part, value.unit, arms, arm, smallest_effect) for part in (node.low, node.high))
        settled = settle(value.array)
        return _known((settled >= settle(low)) & (settled <= settle(high)), settled)
    if not isinstance(node, Comparison):
        raise InputError("a condition must stand here, not a number", where=f"column {node.column}")
    left = _value(node.left, arms, arm, smallest_effect)
    right = _in_unit(node.right, left.unit, arms, arm, smallest_effect)
    one, two = _together(left.array, right)
    one, two = settle(one), settle(two)
    return _known(_COMPARE[node.operator](one, two), one)


def _known(truth: NDArray[np.bool_], value: FloatArray) -> FloatArray:
    return np.where(np.isfinite(value), truth.astype(np.float64), np.nan)
