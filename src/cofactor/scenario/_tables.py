"""The tables that say who a person is and how the run goes. Numbers are in the canonical unit noted on each field.

Defaults are the reference adult of design.md section 2. Ranges are guards against slips of unit or point, wide enough
for anyone the evidence speaks of; they are not physiology.
"""

from __future__ import annotations

import datetime
import math
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
    model_validator,
)

from cofactor.body.daylight import GEOMETRIES
from cofactor.scenario import _names as names
from cofactor.scenario._fields import (
    BEFORE,
    BetaDraw,
    Draw,
    Trait,
    calendar_date,
    choice,
    choices,
    duration,
    in_unit,
    moment,
    named_value_or_draw,
    number,
    one_value,
    plain_number,
    quantity,
    value_or_draw,
    whole_number,
)
from cofactor.scenario._problems import problem, shown

AGE = Trait("y", 18, 100, "40", with_unit=False)
WEIGHT = Trait("kg", 30, 250, "70")
HEIGHT = Trait("m", 1.2, 2.3, "1.73")
LATITUDE = Trait("degrees north", -90, 90, "52", with_unit=False)
ADHERENCE = Trait("", 0, 1, "0.9", with_unit=False)
_KNOWN_ADHERENCE = {"trial": BetaDraw(9.0, 1.2)}  # vitamin_d.md 2.8: of supplements in trials

_SkinType = Annotated[int, *whole_number(low=1, high=6)]  # Fitzpatrick I to VI
_SKIN_TYPE_OF_THE_REFERENCE = 2  # vitamin_d.md 2.1: type II has sensitivity 1


class Table(BaseModel):
    """A table of the file: unknown keys are refused, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Table):
    """A condition a person has from start to stop (days); BEFORE: for long, so the resting state is theirs with it."""

    name: Annotated[str, *choice(names.CONDITIONS, "a condition")]
    start: Annotated[float, *moment(before=True)] = BEFORE
    stop: Annotated[float, *moment(beyond=True)] = math.inf

    @model_validator(mode="after")
    def _in_order(self) -> Condition:
        ends_after_start(self.start, self.stop)
        return self


def _each_a_table(raw: Any) -> Any:
    """The short way to write a condition is its name alone."""
    if not isinstance(raw, list | tuple):
        return raw
    return tuple({"name": entry} if isinstance(entry, str) else entry for entry in raw)


def _each_once(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    for index, later in enumerate(conditions):
        for earlier in conditions[:index]:
            if later.name == earlier.name and later.start < earlier.stop and earlier.start < later.stop:
                hint = "name it once, or end the first before the second begins"
                raise problem("a condition is had once at a time", received=shown(later.name), hint=hint, key=index)
    return conditions


_Conditions = Annotated[tuple[Condition, ...], BeforeValidator(_each_a_table), AfterValidator(_each_once)]


class Person(Table):
    """One person. age y, weight kg, height m, latitude degrees north (None: no season), skin_type 1-6.

    adherence: the share of a supplement's doses that is taken.
    """

    sex: Annotated[str, *choice(names.SEXES, "sex")] = "female"
    age: Annotated[float, *one_value(AGE)] = 40.0
    weight: Annotated[float, *one_value(WEIGHT)] = 70.0
    height: Annotated[float, *one_value(HEIGHT)] = 1.726
    latitude: Annotated[float | None, *one_value(LATITUDE)] = None
    skin_type: _SkinType = _SKIN_TYPE_OF_THE_REFERENCE
    adherence: Annotated[float, *one_value(ADHERENCE)] = 1.0
    conditions: _Conditions = ()


class Population(Table):
    """n people like those named, each key of [person] given for all, drawn, or (None) left to `like`.

    adherence "trial": drawn as it is in trials of supplements.
    """

    n: Annotated[int, *whole_number(low=1, high=10_000_000)] = 1000
    seed: Annotated[int, *whole_number(low=0, high=2**63 - 1)] = 1
    like: Annotated[str, *choice(names.POPULATIONS, "like")] = "adults"
    sex: Annotated[str | None, *choice(names.SEXES, "sex")] = None
    age: Annotated[float | Draw | None, *value_or_draw(AGE)] = None
    weight: Annotated[float | Draw | None, *value_or_draw(WEIGHT)] = None
    height: Annotated[float | Draw | None, *value_or_draw(HEIGHT)] = None
    latitude: Annotated[float | Draw | None, *value_or_draw(LATITUDE)] = None
    skin_type: _SkinType = _SKIN_TYPE_OF_THE_REFERENCE
    adherence: Annotated[float | Draw | BetaDraw, *named_value_or_draw(ADHERENCE, _KNOWN_ADHERENCE)] = 1.0
    conditions: _Conditions = ()


_Calcium = quantity("mmol/d", analyte="calcium", high=125)  # 5 g
_Magnesium = quantity("mmol/d", analyte="magnesium", high=80)  # 1.9 g
_Phosphorus = quantity("mmol/d", analyte="phosphate", high=200)  # 6.2 g
_VitaminD = quantity("ug/d", analyte="vitamin_d3", high=250)  # 10 000 IU: above it is a supplement


class Diet(Table):
    """The habitual diet the resting state is solved on: calcium, magnesium, phosphorus mmol/d, vitamin_d ug/d."""

    calcium: Annotated[float, *_Calcium] = 24.0
    magnesium: Annotated[float, *_Magnesium] = 12.5
    phosphorus: Annotated[float, *_Phosphorus] = 38.0
    vitamin_d: Annotated[float, *_VitaminD] = 4.0


class DietChange(Table):
    """A departure from the diet between start and stop (days); a nutrient left out (None) stays habitual."""

    calcium: Annotated[float | None, *_Calcium] = None
    magnesium: Annotated[float | None, *_Magnesium] = None
    phosphorus: Annotated[float | None, *_Phosphorus] = None
    vitamin_d: Annotated[float | None, *_VitaminD] = None
    start: Annotated[float, *moment()] = 0.0
    stop: Annotated[float, *moment(beyond=True)] = math.inf

    @model_validator(mode="after")
    def _changes_something(self) -> DietChange:
        if all(getattr(self, nutrient) is None for nutrient in Diet.model_fields):
            rule = "a diet change names at least one nutrient"
            raise problem(rule, received="none", hint=f"one of {', '.join(Diet.model_fields)}")
        ends_after_start(self.start, self.stop)
        return self


def ends_after_start(start: float, stop: float) -> None:
    """A problem at `stop` unless it comes after `start`."""
    if stop > start:
        return
    rule = "stop comes after start"
    received, hint = f"start = day {start:g}, stop = day {stop:g}", "leave stop out to go on to the end"
    raise problem(rule, received=received, hint=hint, key="stop")


def _season_or(read: Any) -> Any:
    def read_either(value: Any, info: ValidationInfo) -> float | str:
        return "season" if value == "season" else read(value, info.field_name)

    return PlainValidator(read_either)


_Minutes = _season_or(lambda value, key: in_unit(value, "min", key=key, high=1440))
_Fraction = _season_or(lambda value, key: plain_number(value, key, 0.0, 1.0))


class Sun(Table):
    """Behaviour in the sun: minutes_per_day min, exposed_fraction of the skin 0-1, or the usual "season" of either.

    sunscreen: protection factor (None: none); altitude m; climate: how much cloud; geometry: who says where the sun is;
    snow: months in which it lies.
    """

    minutes_per_day: Annotated[float | str, _Minutes] = "season"
    exposed_fraction: Annotated[float | str, _Fraction] = "season"
    sunscreen: Annotated[float | None, *number(low=1, high=100)] = None
    altitude: Annotated[float, *quantity("m", high=6000)] = 0.0
    climate: Annotated[str, *choice(names.CLIMATES, "a climate")] = "average"
    geometry: Annotated[str, *choice(GEOMETRIES, "a geometry of the sun")] = "pvlib"
    snow: Annotated[tuple[str, ...], *choices(names.MONTHS, "a month")] = ()


def _edge(value: Any, index: int) -> str:
    parts = [part.strip() for part in value.split("->")] if isinstance(value, str) else []
    if len(parts) != 2 or not all(parts):
        hint = 'for example cut = ["uvb -> plaque"]'
        raise problem("a cut names an edge, source -> target", received=shown(value), hint=hint, key=index)
    return " -> ".join(parts)


class Model(Table):
    """Changes to the model: switches, edges cut, parameters in their own units. Names are checked by the body."""

    switches: dict[str, bool] = Field(default_factory=dict)
    cut: tuple[str, ...] = ()
    parameters: dict[str, float] = Field(default_factory=dict)

    @field_validator("switches", mode="before")
    @classmethod
    def _switches_are_true_or_false(cls, raw: Any) -> Any:
        for key, value in raw.items() if isinstance(raw, dict) else ():
            if not isinstance(value, bool):
                hint = "write true or false, without quotes"
                raise problem("a switch is true or false", received=shown(value), hint=hint, key=key)
        return raw

    @field_validator("cut", mode="before")
    @classmethod
    def _cuts_are_edges(cls, raw: Any) -> Any:
        return tuple(_edge(value, index) for index, value in enumerate(raw)) if isinstance(raw, list | tuple) else raw

    @field_validator("parameters", mode="before")
    @classmethod
    def _parameters_are_numbers(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {key: _parameter(key, value) for key, value in raw.items()}


def _parameter(key: str, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    hint = "in the parameter's own unit, without it; `cofactor explain` names the unit"
    raise problem("a parameter is a finite number", received=shown(value), hint=hint, key=key)


def _start(value: Any) -> datetime.date | None:
    if isinstance(value, str) and value.strip().lower() == "day 0":
        return None
    return calendar_date(value, "start", 'simulate.start is "day 0" or a date such as "2026-10-01"')


class Simulate(Table):
    """The run: start (a date, or None: day 0 of no calendar), days, output_every in days, seed, accuracy, draws.

    draws: posterior draws of the parameters; 1 is the reference parameters alone.
    """

    # not PlainValidator: pydantic then warns of the date it writes as text
    start: Annotated[datetime.date | None, BeforeValidator(_start)] = None
    days: Annotated[float, *number(low=0.01, high=36525, unit="d")] = 180.0
    output_every: Annotated[float, *duration(at_least="5 minutes")] = 1.0
    seed: Annotated[int, *whole_number(low=0, high=2**63 - 1)] = 1
    accuracy: Annotated[str, *choice(names.ACCURACIES, "accuracy")] = "default"
    draws: Annotated[int, *whole_number(low=1, high=100_000)] = 1
