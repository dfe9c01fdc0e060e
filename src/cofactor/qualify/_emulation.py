"""What an emulation file may say: whose study, which people, which arms, and what is compared with which printed number."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

_STRICT = ConfigDict(frozen=True, extra="forbid")

Form = Literal[
    "level",  # the quantity itself
    "change",  # since an earlier time, in the same people
    "relative_change",  # the same, as a share of the earlier value
    "ratio",  # to the earlier value
    "difference",  # arm less versus, at the same time
    "relative_difference",
    "ratio_between",  # arm over versus
    "peak",  # the largest value of each person over some times
    "trough",  # the smallest
    "retention",  # of an intravenous load: 1 - extra urine / dose, from the flux accounts
    "share_below",  # of people, below a threshold
    "share_above",  # of people, above a threshold
    "odds_ratio",  # of being below it, arm against versus
    "relative_risk",
    "sd",  # between people
    "quantile",  # of people
    "correlation",  # over people, with another quantity
    "slope",  # of a straight line through another quantity, over times or over arms
    "crossing",  # where that line meets zero
    "mean_ratio",  # of each person to their own earlier value
    "responders",  # share of people who have come below a share of their earlier value
    "share_raised",  # share of people above a multiple of what the same person has in another arm
    "share_gone",  # of what is counted in everybody together, since an earlier time
    "incidence",  # people below a threshold by `at`, over the time `per` in which that could come about
    "first_below",  # time from `since` until a level is first undercut; never: the last time looked at
    "remission",  # time from `since` until half of the gain is lost; never: the last time looked at
    "share_in_remission",  # share of people who have not lost half of their gain
    "share_relapsed",  # share of people who have
]
Direction = Literal["up", "down", "unchanged", "positive", "negative"]
Part = Literal["value", "spread", "low", "high"]


class Reference(BaseModel):
    """The place of a printed number in the evidence rows, never the number itself.

    One of `result` (name of a measurement), `effect` (outcome of an effect) or `text` (words of the row's result, word
    for word); the other keys narrow the choice down until one entry is left. `row` stands for a row other than the
    emulation's own; `part` for an entry's spread or the end of its interval. `over` and `minus` divide by or take
    away a second printed number. `as_zero`: the printed number is where the quantity compared is nought, by definition.
    """

    model_config = _STRICT

    row: str = ""
    result: str = ""
    effect: str = ""
    text: str = ""
    arm: str | None = None
    versus: str | None = None
    time: str | None = None
    kind: str | None = None
    unit: str | None = None
    note: str | None = None
    part: Part = "value"
    as_zero: bool = False
    over: Reference | None = None
    minus: Reference | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Reference:
        if sum(map(bool, (self.result, self.effect, self.text))) != 1:
            raise ValueError("a reference names one of result, effect, text")
        if self.over is not None and self.minus is not None:
            raise ValueError("a reference has over or minus, not both")
        return self


class Among(BaseModel):
    """Whose answers count: people whose `of` at `at` lies below or above a level, or has fallen below a share of day 0."""

    model_config = _STRICT

    of: str
    at: str
    below: str = ""
    above: str = ""
    fallen_below: str = ""
    not_fallen_below: str = ""

    @model_validator(mode="after")
    def _one_bound(self) -> Among:
        if sum(map(bool, (self.below, self.above, self.fallen_below, self.not_fallen_below))) != 1:
            raise ValueError("among names one of below, above, fallen_below, not_fallen_below")
        return self


class Compare(BaseModel):
    """One number of the model beside one printed number.

    `of` is a quantity of the body or a derived one; `at`, `since` and `times` are durations from the start of the plan
    ("21 d", "135 min"); without `at` the time of the printed number holds. `against` is the second quantity of a
    correlation or a line, taken in multiples of `per` ("25 ug/d") where a printed slope is per so much. `every`: visits
    between `since` and `at`. `among`: some of the people. `direction` stands where only words are printed. `cause` says
    why a miss is likely; `unjudged`, why the number is shown and not judged.
    """

    model_config = _STRICT

    of: str
    form: Form = "level"
    arm: str
    versus: str = ""
    at: str = ""
    since: str = "0 d"
    times: tuple[str, ...] = ()
    every: str = ""
    arms: tuple[str, ...] = ()
    among: Among | None = None
    against: str = ""
    per: str = ""
    threshold: str = ""
    quantile: float | None = None
    statistic: Literal["mean", "median"] = "mean"
    observed: Reference
    direction: Direction | None = None
    tolerance: str | Reference = ""
    tolerance_because: str = ""
    cause: str = ""
    note: str = ""
    unjudged: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Compare:
        if bool(self.observed.text) != (self.direction is not None):
            raise ValueError("words are compared by their direction, numbers without one")
        for name in _NEEDS.get(self.form, ()):
            if not getattr(self, name) and getattr(self, name) != 0:
                raise ValueError(f"form {self.form} needs {name}")
        if self.form in ("slope", "crossing") and bool(self.times) == bool(self.arms):
            raise ValueError("a line runs over times or over arms")
        if bool(self.tolerance) != bool(self.tolerance_because):
            raise ValueError("a tolerance is given with its reason")
        return self


_NEEDS: dict[str, tuple[str, ...]] = {
    "difference": ("versus",),
    "relative_difference": ("versus",),
    "ratio_between": ("versus",),
    "share_below": ("threshold",),
    "share_above": ("threshold",),
    "odds_ratio": ("versus", "threshold"),
    "relative_risk": ("versus", "threshold"),
    "quantile": ("quantile",),
    "correlation": ("against",),
    "slope": ("against",),
    "crossing": ("against",),
    "peak": ("times",),
    "trough": ("times",),
    "responders": ("threshold",),
    "share_raised": ("versus", "threshold"),
    "incidence": ("threshold", "per", "every", "at"),
    "first_below": ("threshold", "every", "at"),
    "remission": ("every", "at"),
    "share_in_remission": ("every", "at"),
    "share_relapsed": ("every", "at"),
}


class ImposedInput(BaseModel):
    """A model input held at a level in everybody: mean (a reference, or a number with its `source`) and SD of people.

    Without `start` it is part of the resting state; with it ("0 d") it is held from then on, to `stop`, at one level.
    """

    model_config = _STRICT

    mean: float | Reference
    sd: float = 0.0
    source: str = ""
    start: str = ""
    stop: str = ""

    @model_validator(mode="after")
    def _sourced(self) -> ImposedInput:
        if not isinstance(self.mean, Reference) and not self.source:
            raise ValueError("a number imposed on people states its source")
        if self.start and self.sd:
            raise ValueError("what is held from a time on is the same for everybody")
        if self.stop and not self.start:
            raise ValueError("a stop needs a start")
        return self


class Patients(BaseModel):
    """People by their skin. "psoriatic": PASI as rated on day 0 within bounds (points), with mean and SD where printed.

    "prone": carriers who have none; "general": people without psoriasis. Both are drawn with thresholds of their own. A
    number typed for the mean or the SD states its `source`.
    """

    model_config = _STRICT

    skin: Literal["psoriatic", "prone", "general"] = "psoriatic"
    least: float = 2.0  # psoriasis.md 2h: patients with PASI above 2 are kept
    most: float = 72.0
    mean: float | Reference | None = None
    sd: float | Reference | None = None
    source: str = ""

    @model_validator(mode="after")
    def _sourced(self) -> Patients:
        typed = any(isinstance(value, float) for value in (self.mean, self.sd))
        if typed and not self.source:
            raise ValueError("a PASI of patients that the row does not hold states its source")
        if self.sd is not None and self.mean is None:
            raise ValueError("an SD of PASI needs its mean")
        return self


class EmulatedArm(BaseModel):
    """One arm: a scenario fragment (every other key), what is imposed, and how these people differ from the others.

    `instead` takes the place of what is imposed in a body that makes an input itself which some arm of the emulation
    imposes: a fragment to be merged over the arm, with its own table `imposed` if there is one.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    people: dict[str, Any] = Field(default_factory=dict)
    patients: Patients | None = None
    imposed: dict[str, ImposedInput] = Field(default_factory=dict)
    instead: dict[str, Any] | None = None

    @property
    def fragment(self) -> dict[str, Any]:
        """The scenario keys of the arm, references in them not yet looked up."""
        return dict(self.model_extra or {})


class Emulation(BaseModel):
    """A study run on its people: row id, population keys, what all arms share, the arms, the comparisons.

    `patients` gives adults a psoriatic skin. `how` says in words how the study is emulated and what the row does not say;
    `days` is the length of the runs where the comparisons do not give it.
    """

    model_config = _STRICT

    row: str
    how: str = ""
    people: dict[str, Any]
    patients: Patients | None = None
    shared: dict[str, Any] = Field(default_factory=dict)
    arm: dict[str, EmulatedArm]
    compare: tuple[Compare, ...]
    days: float | None = None
    file: str = ""

    @model_validator(mode="after")
    def _arms_exist(self) -> Emulation:
        for compare in self.compare:
            for name in (compare.arm, compare.versus, *compare.arms):
                if name and name not in self.arm:
                    raise ValueError(f"a comparison names the arm {name!r}; arms: {', '.join(self.arm)}")
        return self


class NotAnswerable(BaseModel):
    """Rows this version does not emulate, and why."""

    model_config = _STRICT

    rows: tuple[str, ...]
    reason: str


class EmulationFile(BaseModel):
    """One file: the evidence field it is about ("mg"), its title, its emulations, and the rows it leaves out.

    `fragment`: scenario fragments by a name that arms and shared tables may give in `uses`.
    """

    model_config = _STRICT

    field: str
    title: str
    fragment: dict[str, dict[str, Any]] = Field(default_factory=dict)
    emulation: tuple[Emulation, ...] = ()
    not_answerable: tuple[NotAnswerable, ...] = ()
    name: str = ""
