"""An arm of an emulation as a plan for people, and its run: every quantity asked for, at every time asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cofactor.body import psoriatic_skin
from cofactor.errors import CofactorError, InputError
from cofactor.model import System
from cofactor.people import Person
from cofactor.qualify._emulation import EmulatedArm, Emulation, ImposedInput, Reference
from cofactor.qualify._observed import as_text, resolve
from cofactor.qualify._patients import Entry, entry_of, with_skins_of
from cofactor.regimen import Hold
from cofactor.run import run_people, system_of, task_of
from cofactor.scenario import Scenario, features, features_supported, people_of, skin_of_model
from cofactor.trials import Imposed
from cofactor.units import Unit, convert

_SHORTEST_RUN = 0.01
"""Days; the least a scenario runs, for comparisons at rest."""

_REFERENCE_KEYS = frozenset(Reference.model_fields)


@dataclass(frozen=True)
class Planned:
    """An arm ready to run: its scenario and what is imposed; or the reason why this version cannot."""

    name: str
    plan: Scenario | None
    imposed: tuple[Imposed, ...] = ()
    holds: tuple[Hold, ...] = ()
    missing: str = ""
    entry: Entry | None = None


@dataclass(frozen=True)
class ArmRun:
    """Quantities (people, times) and flux accounts (people, times) of the arm's people who finished; `who` numbers them.

    `numbers` are those that key the luck of their days.
    """

    name: str
    plan: Scenario
    times: np.ndarray
    values: Mapping[str, np.ndarray]
    accounts: Mapping[str, np.ndarray]
    weights: np.ndarray
    who: np.ndarray
    system: System
    failures: tuple[str, ...]
    numbers: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))

    @property
    def seed(self) -> int:
        """The seed of the population."""
        assert self.plan.population is not None
        return self.plan.population.seed

    def only(self, some: np.ndarray) -> ArmRun:
        """The arm with those people alone for whom `some` is true."""
        return replace(
            self, values={name: each[some] for name, each in self.values.items()},
            accounts={name: each[some] for name, each in self.accounts.items()},
            weights=self.weights[some], who=self.who[some], numbers=self.numbers[some],
        )  # fmt: skip

    def unit_of(self, name: str) -> Unit:
        """The unit of a quantity of the body, or of its psoriatic skin."""
        return (self.system if name in self.system.quantities else psoriatic_skin()).unit_of(name)

    def at(self, name: str, day: float) -> np.ndarray:
        """One number per person."""
        return self.values[name][:, self._column(day)]

    def account(self, flux: str, day: float) -> np.ndarray:
        """What a flux has moved since day 0, per person."""
        return self.accounts[flux][:, self._column(day)]

    def _column(self, day: float) -> int:
        return int(np.argmin(np.abs(self.times - day)))


def days_of(text: str, where: str) -> float:
    """A duration such as "135 min" in days."""
    try:
        return convert(text, "d")
    except CofactorError as fault:
        raise InputError(f"a time is a duration: {fault.rule}", received=repr(text), where=where) from None


def planned(emulation: Emulation, name: str, days: float, system: System) -> Planned:
    """The arm as a scenario of `days`, for the body of `system`; `missing` says what this version lacks."""
    arm = emulation.arm[name]
    fragment, imposed = _merged(emulation.shared, arm.fragment), arm.imposed
    absent = [given for given in imposed if given not in system.inputs]
    if absent and arm.instead is None:
        return Planned(name, None, missing=f"imposes {', '.join(absent)}, which this body makes itself")
    if arm.instead is not None and _makes_itself(emulation, system):
        own = dict(arm.instead)
        imposed = {given: ImposedInput.model_validate(entry) for given, entry in own.pop("imposed", {}).items()}
        fragment = _merged(fragment, own)
    plan = Scenario.from_dict(_scenario_of(emulation, arm, fragment, days))
    lacking = [f.said for f in features(plan) if f.name not in features_supported()]
    if lacking:
        return Planned(name, None, missing=f"no organ or route yet for {', '.join(dict.fromkeys(lacking))}")
    habitual = tuple(_imposed(name, given, x, emulation) for given, x in imposed.items() if not x.start)
    holds = tuple(_hold(given, x, emulation) for given, x in imposed.items() if x.start)
    patients = arm.patients or emulation.patients
    return Planned(name, plan, habitual, holds, entry=None if patients is None else entry_of(patients, emulation))


def _makes_itself(emulation: Emulation, system: System) -> bool:
    """Whether the body makes something itself that an arm of the emulation imposes: then every arm goes its other way."""
    return any(given not in system.inputs for arm in emulation.arm.values() for given in arm.imposed)


def run_arm(
    plan: Planned, times: Iterable[float], quantities: Iterable[str], *, accounts: bool = True,
    progress: Callable[[int], None] | None = None,
) -> ArmRun:  # fmt: skip
    """The arm's people through its plan, looked at only at `times` (days). Raises InputError if nobody finishes."""
    assert plan.plan is not None
    wanted = tuple(dict.fromkeys(quantities))
    moments = np.unique([0.0, *times])
    if len(moments) < 2:
        moments = np.array([0.0, _SHORTEST_RUN])
    held = [entry.given for entry in (*plan.imposed, *plan.holds)]  # the body must have what is imposed on it
    task = task_of(plan.plan, observables=[*wanted, *held])
    regimen = replace(task.regimen, holds=(*task.regimen.holds, *plan.holds))
    task = replace(task, times=moments, regimen=regimen, accounts=accounts)
    system = system_of(task)
    people = _people(plan, system)
    runs = run_people(task, people, progress)
    finished = [k for k, run in enumerate(runs) if run.failure is None]
    if not finished:
        raise InputError("nobody of this arm can be run", received=runs[0].failure, where=f"arm {plan.name}")
    movements = list(system.movements)
    return ArmRun(
        name=plan.name,
        plan=plan.plan,
        times=moments,
        values={name: np.array([runs[who].values[k] for who in finished]) for k, name in enumerate(wanted)},
        accounts={name: np.array([runs[who].accounts[k] for who in finished]) for k, name in enumerate(movements)},
        weights=np.array([people[who].weight_kg for who in finished]),
        who=np.array(finished),
        system=system,
        failures=tuple(run.failure for run in runs if run.failure is not None),
        numbers=np.array([people[who].number for who in finished]),
    )


def _people(plan: Planned, system: System) -> list[Person]:
    """The same people in every arm of one population; whoever is imposed upon keeps their rank."""
    assert plan.plan is not None
    assert plan.plan.population is not None
    people = people_of(plan.plan, system)
    if plan.entry is not None:
        people = with_skins_of(people, plan.entry, plan.plan.population.seed, skin_of_model(plan.plan))
    for imposed in plan.imposed:
        levels = imposed.levels(plan.plan.population.seed, 1, len(people))[0] / system.inputs[imposed.given].value
        people = [who.scaling_input(imposed.given, float(f)) for who, f in zip(people, levels, strict=True)]
    return people


def _imposed(arm: str, given: str, entry: ImposedInput, emulation: Emulation) -> Imposed:
    return Imposed(given, _level(entry, emulation), entry.sd, 0.0, arm)


def _hold(given: str, entry: ImposedInput, emulation: Emulation) -> Hold:
    where = f"{emulation.file}, emulation of {emulation.row}"
    stop = days_of(entry.stop, where) if entry.stop else math.inf
    return Hold(given, days_of(entry.start, where), stop, _level(entry, emulation))


def _level(entry: ImposedInput, emulation: Emulation) -> float:
    return float(resolve(entry.mean, emulation).value if isinstance(entry.mean, Reference) else entry.mean)


# -- building the scenario -----------------------------------------------------------------------------------------------


def _scenario_of(emulation: Emulation, arm: EmulatedArm, fragment: dict[str, Any], days: float) -> dict[str, Any]:
    simulate = {"days": max(days, _SHORTEST_RUN), **fragment.get("simulate", {})}
    whole = {**fragment, "population": {**emulation.people, **arm.people}, "simulate": simulate}
    return _looked_up(whole, emulation)


def _looked_up(value: Any, emulation: Emulation) -> Any:
    """References inside a fragment replaced by what the row prints."""
    if isinstance(value, dict) and value and set(value) <= _REFERENCE_KEYS and {"result", "effect"} & set(value):
        return as_text(Reference.model_validate(value), emulation)
    if isinstance(value, dict):
        return {key: _looked_up(entry, emulation) for key, entry in value.items()}
    if isinstance(value, list):
        return [_looked_up(entry, emulation) for entry in value]
    return value


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables merged key by key, lists appended."""
    out = dict(below)
    for key, value in above.items():
        held = out.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            out[key] = _merged(held, value)
        elif isinstance(held, list) and isinstance(value, list):
            out[key] = [*held, *value]
        else:
            out[key] = value
    return out
