"""psoriasis.md 2j, every printed number of the model, by the marching engine with the file's own constants.

3000 x 20 sites, one seed; a number is met within 0.02 of the printed one, a share as a share, PASI in points. What is missed
is marked with our figure. Where a row leaves open how it is read, the reading stands at the function that makes the figure.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
import pytest
from tests.body.psoriatic import Ensemble, severities
from tests.standalone import doubles_psoriasis as double

COUNT, SEED, NEAR = 3000, 0, 0.02
YEAR = 365
HALF_A_YEAR = 182
JANUARY, JULY = slice(0, 31), slice(181, 212)
STRESS_EFFECT, STRESS_DAYS = 0.08, 21.0
E22_PASI = 3.1


@lru_cache
def trial() -> Ensemble:
    """Everybody of the rows that name no other people."""
    return Ensemble(COUNT, SEED, 2 * YEAR)


def mean(relative: np.ndarray) -> float:
    return float(relative[:, -1].mean())


def share(relative: np.ndarray, below: float) -> float:
    """Share of people at or below a PASI relative to the start, at the last visit."""
    return float((relative[:, -1] <= below).mean())


def calcitriol_beside(calcidiol):
    """Calcitriol (pmol/L) of the rows of vitamin D3, which print none.

    2d's (50, 110), (100, 117.5) and (150, 125) lie on one line, and -5 % at 75 nmol/L and -2.0 % for 10 nmol/L are met on it;
    2d's (265, 180) lies far above, and would give -41 % where 2j prints -35 %.
    """
    return 110 + 0.15 * (calcidiol - 50)


def on_vitamin_d3(calcidiol, days: int, **held) -> np.ndarray:
    return trial().follow(days, serum_25ohd=calcidiol, serum_calcitriol=calcitriol_beside(calcidiol), **held)[0]


@lru_cache
def untreated(days: int) -> float:
    return mean(trial().follow(days)[0])


# -- the figures, a function for each kind of row -----------------------------------------------------------------------------


@lru_cache
def nothing() -> Mapping[str, float]:
    """The CV is that of a person's weekly PASI over the year, its mean over people; a lesional site is half severe."""
    year = trial().follow(364, 7)[0]
    return {
        "12 weeks": float(year[:, 12].mean()),
        "52 weeks": float(year[:, 52].mean()),
        "CV": float((year.std(axis=1) / year.mean(axis=1)).mean()),
        "sites": float((severities(trial().everybody) > 0.5).mean()),
    }


@lru_cache
def newcastle() -> np.ndarray:
    return np.array([double.newcastle_dose(day) for day in range(56)])


@lru_cache
def light() -> Mapping[str, float]:
    """Relapse: half of what was gained is lost, once or for good, in those who had reached PASI75."""
    course, cleared = trial().follow(56, 7, nb_uvb_dose=newcastle())
    found = {f"week {week}": float(course[:, week].mean()) for week in range(1, 9)}
    found |= {"PASI75": share(course, 0.25), "PASI90": share(course, 0.10)}
    after = trial().follow(YEAR, 5, starts=cleared, noise=trial().noise[56:])[0]
    reached = course[:, -1]
    lost = after > (reached + 0.5 * (1 - reached))[:, None]
    ever = np.logical_or.accumulate(lost, axis=1)[reached <= 0.25]
    return found | {f"relapse {day} d": float(ever[:, day // 5].mean()) for day in (60, 120, 180, 365)}


@lru_cache
def biologics() -> Mapping[str, float]:
    """At the file's full neutralisation, in everybody with PASI above 2."""
    course = {
        "secukinumab": trial().follow(84, 21, il17_blocked_beside=0.94)[0],
        "guselkumab": trial().follow(168, 56, il23_blocked_beside=0.86)[0],
        "adalimumab": trial().follow(168, 56, tnf_blocked_beside=0.92)[0],
    }
    found = {
        "secukinumab PASI75": share(course["secukinumab"], 0.25),
        "secukinumab PASI90": share(course["secukinumab"], 0.10),
        "secukinumab week 3": float(course["secukinumab"][:, 1].mean()),
        "adalimumab PASI75": share(course["adalimumab"][:, :3], 0.25),
    }
    for name in ("guselkumab", "adalimumab"):
        found |= {
            f"{name} PASI90 week 16": share(course[name][:, :3], 0.10),
            f"{name} PASI90": share(course[name], 0.10),
        }
    return found


@lru_cache
def vitamin_forms() -> Mapping[str, float]:
    """Ointment and active vitamin by mouth; beside, as printed, times the vehicle's 0.8 and the placebo's 0.9."""
    ointment = trial().follow(56, 14, calcipotriol_applications=2.0)[0].mean(axis=0)
    found = {f"calcipotriol week {week}": float(ointment[week // 2]) for week in (4, 6, 8)}
    found |= {f"{name} x vehicle": 0.8 * value for name, value in found.items()}
    calcitriol = mean(trial().follow(HALF_A_YEAR, serum_calcitriol=250.0)[0])
    alfacalcidol = trial().follow(84, serum_calcitriol=150.0)[0]
    return found | {
        "calcitriol": calcitriol / untreated(HALF_A_YEAR),
        "calcitriol x placebo": 0.9 * calcitriol / untreated(HALF_A_YEAR),
        "alfacalcidol": mean(alfacalcidol) / untreated(84) - 1,
        "alfacalcidol PASI75": share(alfacalcidol, 0.25),
    }


@lru_cache
def winter_contrast(half: float) -> float:
    """Mean relative PASI at 74 less that at 30 nmol/L after 17 weeks, calcitriol 110 in both (skin-E22)."""
    own = trial().changed(activated_25ohd_at_half=half)
    high, low = (mean(trial().follow(119, parameters=own, serum_25ohd=level)[0]) for level in (74.0, 30.0))
    return high - low


@lru_cache
def winter() -> Mapping[str, float]:
    """The two bounds of K25 are where the contrast is an end of skin-E22's interval, -0.23; turned round, -0.45."""
    found = {f"K25 {half}": E22_PASI * winter_contrast(half) for half in (200, 270, 300, 520, 600, 1200)}
    return found | {"contrast": winter_contrast(600)}


@lru_cache
def vitamin_d3() -> Mapping[str, float]:
    """Half a year at a level, against people without."""
    found = {}
    for level in (75, 100, 150, 200, 265, 350):
        course = on_vitamin_d3(float(level), HALF_A_YEAR)
        found |= {
            f"{level}": mean(course) / untreated(HALF_A_YEAR) - 1,
            f"{level} PASI75": share(course, 0.25),
            f"{level} PASI90": share(course, 0.10),
        }
    found["most PASI90"] = max(found[name] for name in found if name.endswith("PASI90"))
    ten_more = [mean(on_vitamin_d3(level, HALF_A_YEAR)) for level in (75.0, 85.0)]
    return found | {"10 more": ten_more[1] / ten_more[0] - 1}


@lru_cache
def light_and_vitamin() -> Mapping[str, float]:
    """Light at 95 and at 57 nmol/L throughout; a month of 0.6 J/cm2 a day."""
    lit = {level: on_vitamin_d3(level, 56, nb_uvb_dose=newcastle()) for level in (95.0, 57.0)}
    return {
        "with": mean(lit[95.0]), "with PASI75": share(lit[95.0], 0.25),
        "without": mean(lit[57.0]), "without PASI75": share(lit[57.0], 0.25),
        "Dead Sea": mean(trial().follow(28, nb_uvb_dose=0.6)[0]) - 1,
    }  # fmt: skip


@lru_cache
def season(strongest_sun: float, vitamin: bool) -> tuple[float, float, float]:
    """July over the January before, in the second year: mean PASI, and the shares who are a quarter better and worse.

    The file does not say which days it compares.
    """
    day = np.arange(YEAR + JULY.stop)
    sun = strongest_sun * np.maximum(0, np.sin(2 * np.pi * (day - 80) / YEAR)) ** 1.5
    level = 57 + 18 * np.sin(2 * np.pi * (day - 140) / YEAR) if vitamin else np.full(len(day), 50.0)
    _, year_later = trial().follow(YEAR, nb_uvb_dose=sun[:YEAR], serum_25ohd=level[:YEAR])
    relative, _ = trial().follow(
        JULY.stop, 1, starts=year_later, noise=trial().noise[YEAR:], nb_uvb_dose=sun[YEAR:], serum_25ohd=level[YEAR:]
    )
    pasi = relative * trial().before[:, None]
    winter, summer = pasi[:, JANUARY].mean(axis=1), pasi[:, JULY].mean(axis=1)
    ratio = summer / winter
    return float(summer.mean() / winter.mean()), float((ratio <= 0.75).mean()), float((ratio >= 1.25).mean())


@lru_cache
def seasons() -> Mapping[str, float]:
    found = dict(zip(("D only", "D only better", "D only worse"), season(0.0, True), strict=True))
    for sun in (0.03, 0.10):
        without, with_vitamin = season(sun, False), season(sun, True)
        found |= {f"{sun:.2f}": without[0], f"{sun:.2f} with D": with_vitamin[0]}
        found |= {f"{sun:.2f} better": without[1], f"{sun:.2f} with D better": with_vitamin[1]}
    return found


@lru_cache
def triggers() -> Mapping[str, float]:
    """A pulse rises and falls as t exp(-t) and peaks on day 7: those of a throat, a virus and an injury alike."""
    day = np.arange(28) / 7
    pulses = {height: trial().follow(28, added_trigger=height * day * np.exp(1 - day))[0] for height in (0.2, 0.4)}
    return {f"pulse {height}": mean(course) for height, course in pulses.items()} | {
        f"lasting {change:+.2f}": mean(trial().follow(90, added_trigger=change)[0]) for change in (-0.10, 0.10)
    }


@lru_cache
def stress() -> Mapping[str, float]:
    """r: the mean stress of thirty days, and how much higher mean PASI is in the next thirty (skin-E76).

    -1 SD: points of mean PASI, and their share of it.
    """
    everybody, days = trial(), 360
    count = len(everybody.before)
    score = double.noise(count, days, SEED + 50, sd=1.0, tau=STRESS_DAYS)
    rest = double.noise(count, days, SEED + 60, sd=np.sqrt(double.DEFAULT.sX**2 - STRESS_EFFECT**2))
    pasi = everybody.follow(days, 1, noise=STRESS_EFFECT * score + rest)[0][:, 1:] * everybody.before[:, None]
    of_month, stress_of_month = pasi.reshape(count, 12, 30).mean(axis=2), score.T.reshape(count, 12, 30).mean(axis=2)
    change = np.diff(of_month, axis=1)
    calm = everybody.follow(91, added_trigger=-STRESS_EFFECT)[0][:, -1] * everybody.before
    usual = everybody.follow(91)[0][:, -1] * everybody.before
    return {
        "r": float(np.corrcoef(stress_of_month[:, :-1].ravel(), change.ravel())[0, 1]),
        "less": float(calm.mean() / usual.mean() - 1),
        "less, points": float((calm - usual).mean()),
    }


@lru_cache
def focus() -> Mapping[str, float]:
    """Thresholds half as high again, a trigger of 0.15 that is taken away."""
    ill = Ensemble(COUNT, SEED, YEAR, harder=1.5, trigger=0.15)
    freed = ill.follow(YEAR, added_trigger=-0.15)[0]
    return {"removed": mean(freed) - 1, "better": share(freed, 0.70)}


@lru_cache
def article() -> Mapping[str, float]:
    """155 nmol/L and stress 0.3 SD lower; then the level alone with 0.1 J/cm2 on every day."""
    protocol = on_vitamin_d3(155.0, HALF_A_YEAR, added_trigger=-0.3 * STRESS_EFFECT)
    sunny = on_vitamin_d3(155.0, HALF_A_YEAR, nb_uvb_dose=0.1)
    found = {}
    for name, course in (("protocol", protocol), ("with sun", sunny)):
        found |= {
            name: mean(course) / untreated(HALF_A_YEAR) - 1,
            f"{name} PASI75": share(course, 0.25),
            f"{name} PASI90": share(course, 0.10),
        }
    return found


# -- the rows -------------------------------------------------------------------------------------------------------------------

Figures = Callable[[], Mapping[str, float]]
ROWS: Mapping[Figures, Mapping[str, float]] = {
    nothing: {"12 weeks": 1.02, "52 weeks": 0.99, "CV": 0.15, "sites": 0.47},
    light: {
        "week 1": 0.87, "week 2": 0.71, "week 3": 0.55, "week 4": 0.42, "week 5": 0.31, "week 6": 0.23, "week 7": 0.18,
        "week 8": 0.13, "PASI75": 0.84, "PASI90": 0.54, "relapse 60 d": 0.25, "relapse 120 d": 0.48, "relapse 180 d": 0.62,
        "relapse 365 d": 0.87,
    },
    biologics: {
        "secukinumab PASI75": 0.92, "secukinumab PASI90": 0.63, "secukinumab week 3": 0.58, "guselkumab PASI90 week 16": 0.76,
        "guselkumab PASI90": 0.84, "adalimumab PASI75": 0.81, "adalimumab PASI90 week 16": 0.49, "adalimumab PASI90": 0.60,
    },
    vitamin_forms: {
        "calcipotriol week 4": 0.52, "calcipotriol week 6": 0.39, "calcipotriol week 8": 0.31,
        "calcipotriol week 4 x vehicle": 0.42, "calcipotriol week 6 x vehicle": 0.31, "calcipotriol week 8 x vehicle": 0.25,
        "calcitriol": 0.65, "calcitriol x placebo": 0.58, "alfacalcidol": -0.09, "alfacalcidol PASI75": 0.01,
    },
    winter: {
        "contrast": -0.063, "K25 200": -0.52, "K25 300": -0.37, "K25 600": -0.20, "K25 1200": -0.10,
        "K25 520": -0.23, "K25 270": -0.45,
    },
    vitamin_d3: {
        "75": -0.05, "100": -0.10, "150": -0.19, "200": -0.27, "265": -0.35, "350": -0.45, "75 PASI75": 0.01,
        "100 PASI75": 0.01, "150 PASI75": 0.02, "200 PASI75": 0.05, "265 PASI75": 0.09, "350 PASI75": 0.13,
        "most PASI90": 0.03, "10 more": -0.020,
    },
    light_and_vitamin: {
        "with": 0.124, "without": 0.137, "with PASI75": 0.85, "without PASI75": 0.83, "Dead Sea": -0.71,
    },
    seasons: {
        "D only": 0.98, "D only better": 0.10, "D only worse": 0.13, "0.03": 0.92, "0.10": 0.74, "0.03 with D": 0.90,
        "0.10 with D": 0.72, "0.03 better": 0.15, "0.03 with D better": 0.19, "0.10 better": 0.47,
    },
    triggers: {"pulse 0.2": 1.18, "pulse 0.4": 1.49, "lasting -0.10": 0.77, "lasting +0.10": 1.37},
    stress: {"r": 0.28, "less": -0.17, "less, points": -1.5},
    focus: {"removed": -0.57, "better": 0.85},
    article: {
        "protocol": -0.29, "protocol PASI75": 0.06, "protocol PASI90": 0.01, "with sun": -0.57, "with sun PASI75": 0.28,
        "with sun PASI90": 0.12,
    },
}  # fmt: skip
MISSED: Mapping[str, str] = {
    # ours of 3000 people; mean and SD of thirty ensembles (season, K25: twenty) of the file's own size, 400 drawn
    "nothing: 52 weeks": "1.023; ensembles of 400 have 1.024 +- 0.024",
    "light: PASI90": "0.567; ensembles of 400 have 0.554 +- 0.020",
    "biologics: secukinumab PASI75": "0.892; ensembles of 400 have 0.900 +- 0.017",
    "biologics: guselkumab PASI90 week 16": "0.716; ensembles of 400 have 0.729 +- 0.023",
    "biologics: adalimumab PASI75": "0.774; ensembles of 400 have 0.785 +- 0.020",
    "biologics: adalimumab PASI90 week 16": "0.430; ensembles of 400 have 0.443 +- 0.028",
    "biologics: adalimumab PASI90": "0.573; ensembles of 400 have 0.571 +- 0.027",
    "winter: K25 270": "-0.41; -0.45 is reached near 240 nmol/L; ensembles of 400 have -0.40 +- 0.014",
    "seasons: D only better": "0.124; ensembles of 400 have 0.126 +- 0.016",
    "seasons: 0.10 with D": "0.746; ensembles of 400 have 0.749 +- 0.017",
    "seasons: 0.03 better": "0.189; ensembles of 400 have 0.187 +- 0.019",
    "seasons: 0.10 better": "0.447; ensembles of 400 have 0.444 +- 0.023",
    "triggers: pulse 0.4": "1.454; ensembles of 400 have 1.453 +- 0.025",
    "stress: less, points": "-1.72 where mean PASI is 9.8; the file's 1.5 and 17 % are of 8.8, its ensemble's or skin-E01's",
}


def _row(figures: Figures, name: str, printed: float):
    reason = MISSED.get(f"{figures.__name__}: {name}")
    marks = [] if reason is None else [pytest.mark.xfail(reason=reason, raises=AssertionError)]
    return pytest.param(figures, name, printed, id=f"{figures.__name__}: {name}", marks=marks)


@pytest.mark.parametrize(
    ("figures", "name", "printed"), [_row(figures, *row) for figures, rows in ROWS.items() for row in rows.items()]
)
def test_a_number_of_the_file_is_met(figures, name, printed):
    assert figures()[name] == pytest.approx(printed, abs=NEAR)
