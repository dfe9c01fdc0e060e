"""The form of a claim file: one claim of the docket as data, with no result in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cofactor.claims._overlay import overlaid
from cofactor.claims._predicate import Number, Predicate, arms_named, parse_predicate, walk
from cofactor.claims._verdict import Basis
from cofactor.errors import CofactorError
from cofactor.units import Quantity, Unit, convert, parse_quantity

Speaker = Literal["article", "reader", "author's reply", "quoted study", "opponents"]

_FORM = ConfigDict(frozen=True, extra="forbid")


class Pico(BaseModel):
    """The question in the form of evidence-based medicine, in words."""

    model_config = _FORM

    population: str
    intervention: str
    comparator: str
    outcome: str
    time: str


class BasisStatement(BaseModel):
    """What the model's answer rests on, and the parameters or rows that carry it."""

    model_config = _FORM

    kind: Basis
    parameters: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    why: str

    @model_validator(mode="after")
    def _names_what_carries_it(self) -> BasisStatement:
        if self.kind is Basis.ASSUMED and not self.parameters:
            raise ValueError("basis 'assumed' names the parameters nobody has measured")
        if self.kind is Basis.CALIBRATED and not self.rows:
            raise ValueError("basis 'calibrated' names the evidence rows it was fitted to")
        return self


class Exclusion(BaseModel):
    """A row of evidence left out of the pool beforehand, with the reason.

    `of` names the clauses or strata it is left out of, "main" for the claim's own population; empty: of all.
    """

    model_config = _FORM

    row: str
    reason: str
    of: tuple[str, ...] = ()


class Beside(BaseModel):
    """Outcomes and interventions near the question, whose rows are shown and never pooled."""

    model_config = _FORM

    outcomes: tuple[str, ...]
    interventions: tuple[str, ...]


class EvidenceRule(BaseModel):
    """Which studies count, by rule: any of the interventions, all of the population tags.

    Exclusions are fixed beforehand; `beside` names what is shown without being pooled.
    """

    model_config = _FORM

    intervention: tuple[str, ...]
    population: tuple[str, ...]
    species: str = "human"
    controlled: bool = True
    exclusions: tuple[Exclusion, ...] = ()
    beside: Beside | None = None


def _day(text: str | None) -> float | None:
    """A time of the run in days; a fault of the form where it is no time after its start."""
    if text is None:
        return None
    try:
        day = convert(text, "d")
    except CofactorError as fault:
        raise ValueError(f"at is a time of the run, as in '91 day': {fault}") from None
    if day <= 0:
        raise ValueError("at is a time after the run's start")
    return day


class Clause(BaseModel):
    """One predicate of a claim, judged on its own (R7 joins them).

    `outcome` is the evidence tag, `against` a second one whose effect in the same study is taken off, `effect` the form
    in which a study's effect is comparable to `d`, and `counts` the direction of the published quantity that speaks for
    the claim.  An exact clause needs none of these.  `at` is when the arms are read (their end, unless said).
    """

    model_config = _FORM

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    says: str
    predicate: str
    d: str | None = None
    d_reason: str | None = None
    outcome: str | None = None
    against: str | None = None
    effect: Literal["difference", "relative", "ratio"] = "difference"
    counts: Literal["rise", "fall"] = "rise"
    basis: BasisStatement
    treated: str
    comparator: str | None = None
    at: str | None = None
    time: str | None = None

    @model_validator(mode="after")
    def _states_what_matters(self) -> Clause:
        _day(self.at)
        if self.d is not None and not self.d_reason:
            raise ValueError("d needs its one line of reason in d_reason")
        if self.basis.kind is not Basis.EXACT and (self.d is None or self.outcome is None):
            raise ValueError("a clause that is not exact states d and the outcome tag of its evidence")
        return self

    @cached_property
    def parsed(self) -> Predicate:
        """The predicate as a tree."""
        return parse_predicate(self.predicate)

    @cached_property
    def smallest_effect(self) -> Quantity | None:
        """`d` as a quantity."""
        return None if self.d is None else parse_quantity(self.d)

    @property
    def matters(self) -> str | None:
        """`d` as it is read: a bare number without its unit."""
        return None if self.d is None else self.d.removesuffix(" 1")

    @property
    def asks(self) -> str:
        """`says` with the size in place of its name: "rises by what matters" is "rises by at least 5 %"."""
        if self.matters is None:
            return self.says
        least = self.says.replace("less than matters", f"less than {self.matters}")
        return least.replace("what matters", f"at least {self.matters}")

    @property
    def sign(self) -> int:
        """-1 where a fall of the published quantity speaks for the claim."""
        return 1 if self.counts == "rise" else -1

    @property
    def unit(self) -> Unit:
        """The unit of the clause's effects: that of d, or of the number an exact clause names."""
        if self.smallest_effect is not None:
            return self.smallest_effect.unit
        written = (node.quantity.unit for node in walk(self.parsed.root) if isinstance(node, Number))
        return next(written, Unit.one)


class Stratum(BaseModel):
    """A part of the population, or another dose or time, fixed beforehand; its own word counts (R7).

    It takes over the clauses named in `of`, every one where none is: `change` is laid over every arm's fragment,
    `change_of` over one arm's, and its own people's studies count.
    """

    model_config = _FORM

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    of: tuple[str, ...] = ()
    change: dict[str, Any] = Field(default_factory=dict)
    change_of: dict[str, dict[str, Any]] = Field(default_factory=dict)
    at: str | None = None
    time: str | None = None
    population: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _differs(self) -> Stratum:
        if not (self.change or self.change_of or self.at or self.population):
            raise ValueError("a stratum changes something: change, change_of, at or population")
        _day(self.at)
        return self


class AsClaimed(BaseModel):
    """The speaker's own hypothesis, off by default: `change` is laid over the arms, for a second verdict beside the first.

    `arms` are those it has something to act on (empty: all); the others would come to the same and are not run again.
    """

    model_config = _FORM

    says: str
    change: dict[str, Any] = Field(min_length=1)
    arms: tuple[str, ...] = ()

    def over(self, arm: str, fragment: dict[str, Any]) -> dict[str, Any]:
        """The fragment of an arm with the hypothesis on."""
        return fragment if self.arms and arm not in self.arms else overlaid(fragment, self.change)


class TurnPoint(BaseModel):
    """One dose of a series, in the unit of the series, and the arm that gets it."""

    model_config = _FORM

    dose: float = Field(gt=0)
    arm: str


class Turn(BaseModel):
    """A series of doses along which the sign of an effect may turn; the dose where it does is printed.

    `effect` is a predicate that compares one effect with 0.  It is looked for in the claim's own population (`people` in
    words) and in the strata named.
    """

    model_config = _FORM

    says: str
    effect: str
    unit: str
    comparator: str
    people: str = ""
    at: str | None = None
    strata: tuple[str, ...] = ()
    points: tuple[TurnPoint, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _rises(self) -> Turn:
        _day(self.at)
        doses = [point.dose for point in self.points]
        if doses != sorted(set(doses)):
            raise ValueError("the doses of a series rise")
        return self

    @property
    def day(self) -> float | None:
        """The day at which the arms are read; None: their end."""
        return _day(self.at)


class Claim(BaseModel):
    """One claim of the docket: statement, question, clauses, causal edges, rule of evidence and arms.

    `arms` holds a scenario fragment by name, read by the room that runs it.  `units` gives the unit of observables
    that are not public ones.  `least_people` are run in a draw however few are asked for, where the answer is itself a
    statistic over people, which few of them would leave to chance.
    """

    model_config = _FORM

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    said_by: Speaker
    statement: str
    negative: bool = False
    testable: bool = True
    not_testable_reason: str | None = None
    reason: str | None = None
    reason_follows: bool | None = None
    reason_note: str | None = None
    pico: Pico | None = None
    clauses: tuple[Clause, ...] = ()
    strata: tuple[Stratum, ...] = ()
    turn: Turn | None = None
    as_claimed: AsClaimed | None = None
    edges: tuple[str, ...] = ()
    evidence: EvidenceRule | None = None
    units: dict[str, str] = Field(default_factory=dict)
    arms: dict[str, dict[str, Any]] = Field(default_factory=dict)
    least_people: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _is_whole(self) -> Claim:
        if not self.testable and (not self.not_testable_reason or self.clauses):
            raise ValueError("a claim that is not testable gives not_testable_reason and no clauses")
        if self.testable and (self.pico is None or not self.clauses):
            raise ValueError("a testable claim states its question (pico) and one clause at least")
        if self.reason is not None and (self.reason_follows is None or not self.reason_note):
            raise ValueError("a speaker's reason is marked: reason_follows and reason_note")
        if self.evidence is None and any(clause.outcome for clause in self.clauses):
            raise ValueError("clauses with an outcome tag need the rule of evidence ([evidence])")
        return self

    def questions(self) -> Iterator[Question]:
        """Every clause in the main arms, then each stratum's in it: what is run, weighed and judged one by one."""
        for clause in self.clauses:
            yield Question(self, clause, None)
        for stratum in self.strata:
            for clause in self.clauses:
                if not stratum.of or clause.id in stratum.of:
                    yield Question(self, clause, stratum)

    def fragment(self, arm: str, stratum: Stratum | None) -> dict[str, Any]:
        """The scenario fragment of an arm in a stratum (None: as written)."""
        written = self.arms[arm]
        if stratum is None:
            return dict(written)
        return overlaid(overlaid(written, stratum.change), stratum.change_of.get(arm, {}))


@dataclass(frozen=True)
class Question:
    """One clause in one stratum (None: the claim's own population)."""

    claim: Claim
    clause: Clause
    stratum: Stratum | None

    @property
    def key(self) -> str:
        """The name under which samples and evidence are given: "clause", or "clause@stratum"."""
        return self.clause.id if self.stratum is None else f"{self.clause.id}@{self.stratum.id}"

    @property
    def label(self) -> str:
        """The question in words, for conditions and tables."""
        return self.clause.asks if self.stratum is None else f"{self.clause.asks} ({self.stratum.label})"

    @property
    def arms(self) -> dict[str, dict[str, Any]]:
        """The scenario fragment of every arm the question reads, in this stratum."""
        named = [self.clause.treated, self.clause.comparator, *sorted(arms_named(self.clause.parsed))]
        return {arm: self.claim.fragment(arm, self.stratum) for arm in named if arm is not None}

    @property
    def arms_as_claimed(self) -> dict[str, dict[str, Any]]:
        """The same arms with the speaker's hypothesis on; none where the claim names no hypothesis."""
        hypothesis = self.claim.as_claimed
        if hypothesis is None:
            return {}
        return {arm: hypothesis.over(arm, fragment) for arm, fragment in self.arms.items()}

    @property
    def day(self) -> float | None:
        """The day at which the arms are read; None: their end."""
        at = self.stratum.at if self.stratum is not None and self.stratum.at else self.clause.at
        return _day(at)

    @property
    def time(self) -> str:
        """The same in words."""
        if self.stratum is not None and self.stratum.time:
            return self.stratum.time
        return self.clause.time or (self.claim.pico.time if self.claim.pico else "")

    @property
    def population(self) -> tuple[str, ...]:
        """The population tags a study needs to count for this question."""
        if self.stratum is not None and self.stratum.population:
            return self.stratum.population
        return self.claim.evidence.population if self.claim.evidence is not None else ()

    def excludes(self, exclusion: Exclusion) -> bool:
        """Whether an exclusion fixed beforehand concerns this question."""
        names = {self.clause.id, self.stratum.id if self.stratum is not None else "main"}
        return not exclusion.of or bool(names.intersection(exclusion.of))
