"""The tables that say what happens to the person: supplements, light, drugs, infusions, challenges, events."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import Field, PlainValidator, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from cofactor.scenario import _names as names
from cofactor.scenario._fields import (
    BEFORE,
    CanonicalUnit,
    choice,
    choices,
    chosen,
    duration,
    in_unit,
    moment,
    number,
    time_span,
    whole_number,
)
from cofactor.scenario._problems import problem, shown
from cofactor.scenario._tables import Table, ends_after_start


def _every(value: Any, info: ValidationInfo) -> float | None:
    return None if value == "once" else time_span(value, info.field_name or "every")


_Every = Annotated[float | None, PlainValidator(_every), CanonicalUnit("d")]  # None: once
_Start = Annotated[float, *moment()]
_StartOrBefore = Annotated[float, *moment(before=True)]
_Stop = Annotated[float, *moment(beyond=True)]
_Lag = Annotated[float, *duration()]


def _yes_or_no(value: Any, info: ValidationInfo) -> bool:
    if isinstance(value, bool):
        return value
    raise problem(f"{info.field_name} is true or false", received=shown(value), hint="write it without quotes")


_YesOrNo = Annotated[bool, PlainValidator(_yes_or_no)]


def _dose(value: Any, info: ValidationInfo, substances: Any) -> float:
    """An amount in the unit of the substance named earlier in the same table."""
    substance = substances.get(info.data.get("name"))
    if substance is None:  # the name itself is wrong, and that error is the one to show
        return 0.0
    key = info.field_name or "amount"
    unit = substance.rate_unit if key == "rate" else substance.amount_unit
    if unit is None:
        rule = f"{info.data['name']} stands for a class at its usual dose, so it has no {key}"
        raise problem(rule, received=shown(value), hint="leave it out: no dose-response is known to the model")
    weight = (info.context or {}).get("weight")
    try:
        return in_unit(value, unit, key=key, analyte=substance.analyte, weight=weight)
    except PydanticCustomError as error:
        if weight is None and "body weight" in str(error):
            rule = f"{key} is for the whole body where weights differ: they have no one body weight to multiply by"
            hint = "give the whole amount, or one weight for all in [population]"
            raise problem(rule, received=shown(value), hint=hint, units=True) from None
        raise


def _runs_in_order(entry: Supplement | Drug) -> None:
    if entry.every is None and entry.start == BEFORE:
        rule, hint = 'what is given "once" starts on a day of the run', 'for example start = "day 0"'
        raise problem(rule, received="start = 'before'", hint=hint, key="start")
    if entry.every is None and math.isfinite(entry.stop):
        rule, hint = 'what is given "once" has no stop', "leave stop out, or say every how long"
        raise problem(rule, received=f"stop = day {entry.stop:g}", hint=hint, key="stop")
    ends_after_start(entry.start, entry.stop)


def _arrives_within_the_run(taken: float, lag: float, info: ValidationInfo) -> None:
    days = (info.context or {}).get("days", math.inf)
    if math.isfinite(taken) and taken + lag > days:
        rule = f"what is taken arrives within the run of {days:g} days"
        raise problem(rule, received=f"day {taken:g} and a lag of {lag:g} d", hint="lengthen simulate.days", key="lag")


def _steady_state_has_a_phase(first: float, every: float | None, key: str) -> None:
    """Doses that have gone on for long, and the first of the run: the next after the last before day 0."""
    if every is None:
        rule, hint = "a steady state is of doses that come again", 'for example every = "8 hours"'
        raise problem(rule, received="a single dose", hint=hint, key="steady_state")
    if first == BEFORE:
        rule = "of doses in steady state the first one of the run is on a day of it"
        hint = f'write {key} = "day 0", or leave it out: steady_state says that the doses before it were taken too'
        raise problem(rule, received=f"{key} = 'before'", hint=hint, key=key)
    if first >= every:
        rule = "of doses in steady state the first one of the run comes within one interval of day 0"
        received = f"{key} = day {first:g}, every {every:g} d"
        raise problem(rule, received=received, hint=f"the dose on day {first % every:g} belongs to it too", key=key)


class Supplement(Table):
    """A supplement by mouth, from start to stop (days).

    amount: of the nutrient, in the unit of names.SUPPLEMENTS; every: days, None once; form: of magnesium only, citrate
    unless said. start BEFORE: already taken for long, part of the resting state. lag: days from a dose to its arrival.
    steady_state: doses followed one by one (pulses) that were taken for long before day 0 too.
    """

    name: Annotated[str, *choice(names.SUPPLEMENTS, "a supplement")]
    amount: float
    form: str | None = Field(default=None, validate_default=True)
    every: _Every = 1.0
    start: _StartOrBefore = 0.0
    stop: _Stop = math.inf
    lag: _Lag = 0.0
    pulses: _YesOrNo = False
    steady_state: _YesOrNo = False

    @field_validator("amount", mode="plain")
    @classmethod
    def _amount_fits(cls, value: Any, info: ValidationInfo) -> float:
        return _dose(value, info, names.SUPPLEMENTS)

    @field_validator("form", mode="plain")
    @classmethod
    def _form_is_known(cls, value: Any, info: ValidationInfo) -> str | None:
        substance = names.SUPPLEMENTS.get(info.data.get("name", ""))
        if substance is None:
            return None
        if value is None:
            return substance.forms[0] if substance.forms else None
        if not substance.forms:
            raise problem(f"{info.data['name']} comes in one form", received=shown(value), hint="leave form out")
        return chosen(value, substance.forms, f"a form of {info.data['name']}")

    @model_validator(mode="after")
    def _in_order(self, info: ValidationInfo) -> Supplement:
        if self.steady_state and not self.pulses:
            rule = "a steady state is of doses followed one by one"
            hint = 'write pulses = true too; taken at a rate, start = "before" is the steady state'
            raise problem(rule, received="steady_state without pulses", hint=hint, key="steady_state")
        if self.steady_state:
            _steady_state_has_a_phase(self.start, self.every, "start")
        _runs_in_order(self)
        _arrives_within_the_run(self.start, self.lag, info)
        if self.pulses and self.start == BEFORE:
            rule = "what is followed dose by dose starts on a day of the run"
            hint = "leave pulses out: habit is a rate; or steady_state = true with the day of the first dose"
            raise problem(rule, received="start = 'before'", hint=hint, key="start")
        return self


def _light(dose: Any, kind: str) -> float:
    """One dose in J/cm2 of the lamp's own light."""
    number = in_unit(dose, "J/cm2", key="dose")
    weighted = isinstance(dose, str) and dose.strip().endswith("SED")
    if weighted and kind not in names.LAMPS:
        rule = f"the light of {kind} is not weighted for erythema"
        raise problem(rule, received=shown(dose), hint='for example dose = "1 J/cm2"', units=True)
    if not weighted and kind == "bb_uvb":
        rule = "a dose of broad band is in SED: what its J/cm2 weigh depends on the lamp"
        raise problem(rule, received=shown(dose), hint='for example dose = "1 SED"', units=True)
    return number / names.LAMPS[kind] if weighted else number


class Phototherapy(Table):
    """A course of light: on days of the week, or every so many days from its start; sessions; body_fraction.

    dose: one a session, the last repeated; J/cm2 as the lamp gives it, or SED. Broad band is in SED: what its J/cm2 weigh
    depends on the lamp.
    """

    kind: Annotated[str, *choice(names.PHOTOTHERAPIES, "a kind of phototherapy")] = "nb_uvb"
    days: Annotated[tuple[str, ...], *choices(names.WEEKDAYS, "a day of the week")] = ("mon", "wed", "fri")
    every: Annotated[float | None, *duration(at_least="1 day")] = None
    dose: tuple[float, ...]
    sessions: Annotated[int, *whole_number(low=1, high=1000)] = 25
    body_fraction: Annotated[float, *number(low=0.0, high=1.0)] = 0.9
    start: _Start = 0.0

    @field_validator("dose", mode="plain")
    @classmethod
    def _doses_are_light(cls, value: Any, info: ValidationInfo) -> tuple[float, ...]:
        doses = value if isinstance(value, list | tuple) else [value]
        if not doses:
            raise problem("a course has at least one dose", received="[]", hint='for example dose = "0.42 J/cm2"')
        return tuple(_light(dose, info.data.get("kind", "")) for dose in doses)


class Drug(Table):
    """A drug from start to stop (days).

    amount: in the unit of names.DRUGS, None for a class at its usual dose; every: days, None once, the usual interval
    of names.DRUGS unless said. lag, steady_state: as of a Supplement.
    """

    name: Annotated[str, *choice(names.DRUGS, "a drug")]
    amount: float | None = None
    every: _Every = 1.0
    start: _StartOrBefore = 0.0
    stop: _Stop = math.inf
    lag: _Lag = 0.0
    steady_state: _YesOrNo = False

    @model_validator(mode="before")
    @classmethod
    def _usual_interval(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or "every" in raw or not isinstance(raw.get("name"), str):
            return raw
        drug = names.DRUGS.get(raw["name"])
        return raw if drug is None else {**raw, "every": drug.usual_every}

    @field_validator("amount", mode="plain")
    @classmethod
    def _amount_fits(cls, value: Any, info: ValidationInfo) -> float:
        return _dose(value, info, names.DRUGS)

    @model_validator(mode="after")
    def _is_complete(self, info: ValidationInfo) -> Drug:
        unit = names.DRUGS[self.name].amount_unit
        if self.amount is None and unit is not None:
            raise problem(f"{self.name} needs its amount", received="none", hint=f'for example amount = "20 {unit}"')
        if unit is None and self.every is None:
            rule = f"{self.name} stands for a class taken steadily, so it is not given once"
            raise problem(rule, received="'once'", hint="say how long with start and stop", key="every")
        if self.steady_state:
            _steady_state_has_a_phase(self.start, self.every, "start")
        _runs_in_order(self)
        _arrives_within_the_run(self.start, self.lag, info)
        return self


class Infusion(Table):
    """Something run into a vein: rate, or amount spread `over` some days (None: all at once), from day `at`.

    Units of names.INFUSIONS; over, lag: days; every: days, None once; stop: none begins then or later. steady_state: given
    for long before day 0 too.
    """

    name: Annotated[str, *choice(names.INFUSIONS, "an infusion")]
    rate: float | None = None
    amount: float | None = None
    at: _Start = 0.0
    over: Annotated[float | None, *duration()] = None
    every: _Every = None
    stop: _Stop = math.inf
    lag: _Lag = 0.0
    steady_state: _YesOrNo = False

    @field_validator("rate", "amount", mode="plain")
    @classmethod
    def _dose_fits(cls, value: Any, info: ValidationInfo) -> float:
        return _dose(value, info, names.INFUSIONS)

    @model_validator(mode="after")
    def _rate_or_amount(self) -> Infusion:
        if (self.rate is None) == (self.amount is None):
            received = "neither" if self.rate is None else "both"
            hint = "rate and over, amount and over, or an amount alone, given at once"
            raise problem("an infusion has a rate or an amount, one of them", received=received, hint=hint)
        if self.rate is not None and self.over is None:
            hint = 'for example over = "4 hours"; an amount without over is given at once'
            raise problem("an infusion at a rate says how long", received="no over", hint=hint)
        return self

    @model_validator(mode="after")
    def _in_order(self, info: ValidationInfo) -> Infusion:
        if self.every is None and math.isfinite(self.stop):
            hint = 'leave stop out, or say every = "8 hours"'
            raise problem(
                "what is infused once has no stop", received=f"stop = day {self.stop:g}", hint=hint, key="stop"
            )
        if self.steady_state:
            _steady_state_has_a_phase(self.at, self.every, "at")
        ends_after_start(self.at, self.stop)
        _arrives_within_the_run(self.at, self.lag, info)
        return self


class Reset(Table):
    """States set anew on day `at`, before any dose of that moment: to "zero", or as they were at the "start" of the run.

    states: names of the body's states; none named: every pool for "zero", every state for "start".
    """

    at: _Start = 0.0
    states: tuple[str, ...] = ()
    to: Annotated[str, *choice(("zero", "start"), "what a reset sets states to")] = "zero"

    @field_validator("states", mode="plain")
    @classmethod
    def _states_are_names(cls, value: Any) -> tuple[str, ...]:
        if isinstance(value, list | tuple) and value and all(isinstance(name, str) for name in value):
            return tuple(dict.fromkeys(value))
        hint = 'for example states = ["gut_vitamin_d"]; leave it out for all'
        raise problem("states is a list of names", received=shown(value), hint=hint)


class Challenge(Table):
    """A minute-scale test of this person on day `at`; amount: unit of names.CHALLENGES, None the usual."""

    name: Annotated[str, *choice(names.CHALLENGES, "a challenge")]
    amount: float | None = None
    at: _Start = 0.0

    @field_validator("amount", mode="plain")
    @classmethod
    def _amount_fits(cls, value: Any, info: ValidationInfo) -> float:
        return _dose(value, info, names.CHALLENGES)


class Event(Table):
    """Something that befalls the person on day `at`; size: relative to the usual one; over: days it lasts (None: as usual).

    The size of stress is in standard deviations of the person's own.
    """

    name: Annotated[str, *choice(names.EVENTS, "an event")]
    at: _Start = 0.0
    size: Annotated[float, *number(low=0.0, high=100.0)] = 1.0
    over: Annotated[float | None, *duration()] = None
