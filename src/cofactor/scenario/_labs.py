"""What was measured before the plan. Numbers are in the canonical unit of their observable."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from cofactor.errors import UnitsError
from cofactor.scenario import _names as names
from cofactor.scenario._fields import choice, in_unit, moment, plain_number
from cofactor.scenario._problems import nearest, problem, shown
from cofactor.scenario._tables import Table
from cofactor.units import CANONICAL, parse_quantity, parse_unit

# Beyond these a lab was given in another unit or for another analyte; the body itself refuses what it cannot reach.
LAB_RANGES: dict[str, tuple[float, float]] = {
    "serum_25ohd": (1, 3000),
    "serum_calcitriol": (1, 3000),
    "serum_calcium": (0.5, 6),
    "ionised_calcium": (0.3, 4),
    "serum_magnesium": (0.05, 8),
    "ionised_magnesium": (0.03, 6),
    "serum_phosphate": (0.05, 8),
    "serum_pth": (0.01, 1000),
    "gfr": (1, 250),
    "pasi": (0, 72),
    "stress_score": (0, 42),
    "systolic_bp": (50, 300),
    "diastolic_bp": (20, 200),
    "fasting_glucose": (1, 50),
}
_STANDARD_BODY = "1.73m2"
_OLDEST_LAB_DAYS = 365
_SAME_THING = (("serum_calcium", "ionised_calcium"), ("serum_magnesium", "ionised_magnesium"))
_MAY_BE_NEGATIVE = ("_balance", "net_absorbed_", "stool_magnesium")


class Labs(Table):
    """Measurements before the plan: `values` by observable, in its canonical unit; date in days from simulate.start.

    Until the start a person lives on their habits, so without a season a lab of any of those days is one of the same
    resting state. gfr in mL/min is a measured rate of the whole body (the reference adult has 120); in mL/min/1.73m2 it
    is a published estimate (`gfr_is_an_estimate`), of which a healthy adult has 100.
    """

    date: Annotated[float, *moment(past=True)] = 0.0
    because: Annotated[str, *choice(names.MAGNESIUM_LAB_REASONS, "because")] = "tubular_capacity"
    values: dict[str, float] = Field(default_factory=dict)
    gfr_is_an_estimate: bool = False

    def unit_of(self, lab: str) -> str:
        """The unit a lab's number is in: canonical, and an estimated GFR by body surface."""
        unit = CANONICAL[lab].unit
        return f"{unit}/{_STANDARD_BODY}" if lab == "gfr" and self.gfr_is_an_estimate else unit

    @model_validator(mode="before")
    @classmethod
    def _observables_are_keys(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        own = {key: raw[key] for key in ("date", "because") if key in raw}
        values = {key: _lab(key, raw[key]) for key in raw if key not in own}
        return {**own, "values": values, "gfr_is_an_estimate": "gfr" in raw and is_per_surface(raw["gfr"])}

    @model_validator(mode="after")
    def _measured_before_the_plan(self) -> Labs:
        if self.date > 0:
            rule = "labs are measured before the plan, at the latest on simulate.start"
            hint = "what is measured later is a result of the run"
            raise problem(rule, received=f"day {self.date:g}", hint=hint, key="date")
        if self.date < -_OLDEST_LAB_DAYS:
            rule = f"labs are at most {_OLDEST_LAB_DAYS} days older than simulate.start"
            hint = "habits are taken as unchanged since; check the year, or leave date out"
            raise problem(rule, received=f"day {self.date:g}", hint=hint, key="date")
        return self

    @model_validator(mode="after")
    def _each_says_something_of_its_own(self) -> Labs:
        for total, ionised in _SAME_THING:
            if total in self.values and ionised in self.values:
                rule = f"{total} and {ionised} are met by the same lever, so only one of them can be"
                raise problem(rule, received="both", hint=f"keep {ionised}, or {total}", key=ionised)
        if self.because == "intake" and not {"serum_magnesium", "ionised_magnesium"} & self.values.keys():
            rule = "because explains a serum_magnesium or ionised_magnesium, which these labs do not have"
            hint = "give serum_magnesium, or leave because out"
            raise problem(rule, received="'intake'", hint=hint, key="because")
        return self


def _lab(key: str, value: Any) -> float:
    if key not in CANONICAL:
        received, close = shown(key), nearest(key, [*CANONICAL, "date", "because"])
        raise problem("each lab is an observable", received=received, hint=f"nearest: {close}", key=key)
    unit, analyte = CANONICAL[key].unit, CANONICAL[key].analyte
    signed = any(part in key for part in _MAY_BE_NEGATIVE)
    low, high = LAB_RANGES.get(key, (-math.inf if signed else 0.0, math.inf))
    try:
        if parse_unit(unit).is_dimensionless and not isinstance(value, str):
            return plain_number(value, key, low, high)
        return in_unit(value, unit, key=key, analyte=analyte, low=low, high=high)
    except PydanticCustomError as error:
        raise _at_key(error, key) from None


def is_per_surface(value: Any) -> bool:
    """True for a rate "per 1.73m2" of body surface, as laboratories print an estimated GFR."""
    try:
        return isinstance(value, str) and _STANDARD_BODY in str(parse_quantity(value).unit)
    except UnitsError:
        return False  # the field itself says what is wrong


def _at_key(error: PydanticCustomError, key: str) -> PydanticCustomError:
    """The same problem, standing at one key of a table that is read as a whole."""
    context = error.context or {}
    units = error.type == "cofactor_units"
    return problem(context["rule"], received=context["received"], hint=context["hint"], key=key, units=units)
