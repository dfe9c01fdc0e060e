"""Animal mode: the human body's equations with faster arteries, and exposures by weight or as multiples.

vitamin_d.md 2.7 gives the pace and the rise of serum magnesium; of scaling it says nothing else. So calcitriol is taken per
kilogram, and D3 as multiples of what the reference adult makes and eats; kidneys are set by what was cut away or poisoned.
Nothing here is a rat or a pig: it is what these equations say at such exposures.
"""

from __future__ import annotations

from dataclasses import dataclass

from cofactor import body
from cofactor.engine import Rates, rest
from cofactor.qualify._artery_trials import infusion_for
from cofactor.trials import follow_all

PACES = (100.0, 200.0)
"""Growth a day relative to man (vitamin_d.md 2.7)."""
RISE = 0.4
"""mmol/L of serum magnesium that a magnesium diet gives (vitamin_d.md 2.7)."""
RAT_EGFR = 30.0
RAT_DAYS = 28.0
"""vitd-E78 prints "weeks"."""
CALCITRIOL_NG_PER_KG = 80.0
"""A day (vitd-E78; "ug/kg as listed, likely ng")."""
PIG_MULTIPLES = (1, 5, 25, 125, 625)
PIG_DAYS = 56.0
_SEEN = ("calcification_drive", "serum_calcium", "serum_magnesium", "calciprotein_t50", "artery_calcium")


@dataclass(frozen=True)
class RatArm:
    """One arm of the calcitriol rats on the last day; `grown` is the score reached from nought at each pace."""

    name: str
    drive: float
    serum_calcium: float
    serum_magnesium: float
    t50: float
    grown: tuple[float, ...]


def rats_on_calcitriol(*, pyrophosphate_arm: bool = True) -> tuple[RatArm, ...]:
    """Failing kidneys alone, with calcitriol, and with calcitriol and magnesium (vitd-E78)."""
    system = body.assembled("adult + artery")
    base = {
        "baseline_filtration_rate": system.constants["baseline_filtration_rate"].value * RAT_EGFR / 100,
        "magnesium_destroys_pyrophosphate": float(pyrophosphate_arm),
    }
    dose = CALCITRIOL_NG_PER_KG * system.constants["body_weight"].value / 1000
    calcitriol = {"oral_calcitriol": dose}
    infused = infusion_for(system, base, {}, RISE, RAT_DAYS, calcitriol)
    arms = {
        "kidney disease": {},
        "calcitriol": calcitriol,
        "calcitriol + Mg": {**calcitriol, "magnesium_infusion": infused},
    }
    people = [{**base, "calcification_pace": pace} for _ in arms for pace in PACES]
    plans = [{"artery_ageing": 1.0, **plan} for plan in arms.values() for _ in PACES]
    course = follow_all(system, people, [{}] * len(people), [(RAT_DAYS, plans)], (0.0, RAT_DAYS), _SEEN)
    last = {name: values[:, -1].reshape(len(arms), len(PACES)) for name, values in course.values.items()}
    return tuple(
        RatArm(
            name, drive=float(last["calcification_drive"][k, 0]), serum_calcium=float(last["serum_calcium"][k, 0]),
            serum_magnesium=float(last["serum_magnesium"][k, 0]), t50=float(last["calciprotein_t50"][k, 0]),
            grown=tuple(float(score) for score in last["artery_calcium"][k]),
        )
        for k, name in enumerate(arms)
    )  # fmt: skip


@dataclass(frozen=True)
class PigArm:
    """Eight weeks on a multiple of the habitual vitamin D: calcium, 25(OH)D, and spine density relative to the start."""

    multiple: int
    dose_ug: float
    serum_25ohd: float
    serum_calcium: float
    day_above: float | None
    density: float


def habitual_vitamin_d() -> float:
    """ug/d: the oral dose that would bring what skin and food bring the reference adult; multiple 1."""
    system = body.assembled("adult")
    states = rest(system, system.parameter_vector(), system.input_vector())
    names = ("skin_synthesis", "dietary_vitamin_d_uptake", "vitamin_d_absorbed_fraction", "vitamin_d_nmol_per_ug")
    skin, food, share, per_ug = Rates(system, system.parameter_vector(), system.input_vector()).values(names, states)
    return float((skin + food) / (share * per_ug))


def pigs_on_d3(limit: float = 2.60) -> tuple[PigArm, ...]:
    """The multiples of bone-E47 in a human body for eight weeks; `day_above` is when calcium first passes `limit`."""
    system = body.assembled("adult + kidney_injury")
    doses = [(multiple - 1) * habitual_vitamin_d() for multiple in PIG_MULTIPLES]
    plans = [{"supplement_vitamin_d3": dose} for dose in doses]
    days = [float(day) for day in range(int(PIG_DAYS) + 1)]
    names = ("serum_25ohd", "serum_calcium", "bmd_spine")
    course = follow_all(system, [{}] * len(doses), [{}] * len(doses), [(PIG_DAYS, plans)], days, names)
    level, calcium, density = (course.values[name] for name in names)
    above = [next((day for day, level in zip(days, row, strict=True) if level > limit), None) for row in calcium]
    return tuple(
        PigArm(
            multiple, doses[k], float(level[k, -1]), float(calcium[k, -1]),
            above[k], float(density[k, -1] / density[k, 0]),
        )
        for k, multiple in enumerate(PIG_MULTIPLES)
    )  # fmt: skip
