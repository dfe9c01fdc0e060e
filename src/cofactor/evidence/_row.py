"""One row of evidence: what one study measured, in whom, and how far we may lean on it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Use = Literal["calibration", "validation"]
Confidence = Literal["read", "recalled"]
Level = Literal["trial", "meta", "observational", "case", "kinetics", "model", "review"]
Design = Literal[
    "parallel_rct",  # randomised between people
    "crossover_rct",  # randomised order within people
    "controlled_parallel",  # concurrent control, not randomised
    "within_person",  # the same people under fixed conditions: depletion, repletion, infusion, clamp, perfusion
    "single_arm",  # an open course with nothing to compare it with
    "tracer_kinetics",
    "population_kinetics",
    "reanalysis",
    "cohort",
    "case_control",
    "cross_sectional",
    "case_series",
    "case_report",
    "meta_analysis",
    "review",
    "modelling",
    "in_vitro",
]
SpreadKind = Literal["SD", "SE", "CI95", "range", "IQR", "none"]
MeasurementKind = Literal[
    "level",  # the quantity itself
    "change",  # end minus start of the same people, in the unit of the quantity
    "relative_change",  # the same, as a fraction or % of the start
    "ratio",  # of two levels, of two risks
    "slope",  # per unit of something named in `note`
    "correlation",
    "share",  # of people, of an intake, of a load
    "parameter",  # of a fitted curve: Emax, EC50, half-life, set point
]
EffectKind = Literal["difference", "relative_difference", "ratio"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Measurement(BaseModel):
    """One printed number of one arm at one time.

    `name` is a public observable where one exists, else a descriptive snake_case name. `spread` holds an SD or SE,
    `low` and `high` a CI95, range or IQR; an unreported spread is absent and its kind "none". Where only a range is
    printed, `value` is absent. `time` is text as printed, `day` the same in days from the start of the intervention.
    """

    model_config = _FROZEN

    name: str
    value: float | None = None
    unit: str
    kind: MeasurementKind = "level"
    arm: str = ""
    time: str = ""
    day: float | None = None
    relation: Literal["=", "<", ">", "~"] = "="
    spread: float | None = None
    low: float | None = None
    high: float | None = None
    spread_kind: SpreadKind = "none"
    n: int | None = None
    recalled: bool = False
    place: str = ""
    note: str = ""


class Effect(BaseModel):
    """One controlled arm difference, `arm` minus `versus` (for `ratio`: over), in the sign of the quantity itself.

    The interval is 95 %; `se` stands where no interval is printed (for a ratio: of its logarithm). `intervention`
    names what differs between the two arms. `population_tags` are given only for a subgroup of the row's people.
    """

    model_config = _FROZEN

    outcome: str
    value: float
    unit: str
    kind: EffectKind = "difference"
    arm: str
    versus: str
    intervention: tuple[str, ...]
    ci_low: float | None = None
    ci_high: float | None = None
    se: float | None = None
    p: float | None = None
    n: int | None = None
    time: str = ""
    day: float | None = None
    population_tags: tuple[str, ...] = ()
    recalled: bool = False
    derived: str = ""
    place: str = ""
    note: str = ""

    @property
    def has_interval(self) -> bool:
        """Whether the effect can be weighted: it carries a standard error or both ends of an interval."""
        return self.se is not None or (self.ci_low is not None and self.ci_high is not None)


class Row(BaseModel):
    """One row of an evidence table (design.md section 2, "Evidence rows are data").

    `id` is field and row ("mg-E30", "mg-E64b" for a second study in the same table row). `study` stands above rows:
    "doi:10...", "pmid:...", else a slug such as "fine1991"; one study counts once however many rows it fills.
    """

    model_config = _FROZEN

    id: str
    study: str
    first_author: str
    year: int | None = None
    distinct_from: tuple[str, ...] = ()
    use: Use
    level: Level
    design: Design
    species: str
    controlled: bool
    quantity: str
    population: str
    population_tags: tuple[str, ...]
    interventions: tuple[str, ...]
    arms: tuple[str, ...]
    duration: str
    baseline: str
    result: str
    n: int | None = None
    n_text: str = ""
    outcomes: tuple[str, ...]
    citation: str
    place: str
    confidence: Confidence
    recalled_fields: tuple[str, ...] = ()
    second_hand: bool = False
    contrary: bool = False
    scenario: str = ""
    note: str = ""
    results: tuple[Measurement, ...] = Field(default=())
    effects: tuple[Effect, ...] = Field(default=())

    @property
    def numbers(self) -> tuple[Measurement, ...]:
        """The measurements somebody has read in a source: a recalled number gates and calibrates nothing."""
        return tuple(measurement for measurement in self.results if not measurement.recalled)

    @property
    def field(self) -> str:
        """The field of the row's id: "mg", "vitd", "bone" or "skin"."""
        return self.id.partition("-")[0]
