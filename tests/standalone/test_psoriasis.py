"""The golden numbers of shared/physiology/psoriasis.md 2c, 2d, 2i and 2j, answered by the NumPy double of its equations.

Printed numbers stand here as printed. 2i: ours lies within half a unit of the last printed digit and 1e-3 (relative). 2j:
within 0.02 on a seeded ensemble of 1 200 x 20 sites; a share of the file's own 400 people (some 370 with PASI above 2)
carries its binomial standard error besides.
"""

from functools import lru_cache

import numpy as np
import pytest
from tests.standalone.doubles_psoriasis import (
    ACUTE,
    DENTAL,
    TONSIL,
    YEAST,
    Skin,
    follow,
    healthy,
    infect,
    lesional,
    newcastle_dose,
    noise,
    one,
    pasi,
    people,
    severity,
    threshold_at_rest,
    vdr,
)


def agrees(ours: float, printed: str) -> bool:
    """Within half a unit of the last printed digit, and 1e-3 of the number."""
    decimals = len(printed.partition(".")[2])
    return abs(ours - float(printed)) <= 0.5 * 10**-decimals + 1e-3 * abs(float(printed))


# -- 2i: one site -------------------------------------------------------------------------------------------------------


@lru_cache
def plaque(K: float) -> Skin:
    """The resting plaque of one site."""
    return follow(lesional((1, 1)), one(K), 2000, lambda day: {}, dt=1.0)[0]


@pytest.mark.parametrize(
    ("K", "layers", "immune", "memory"),
    [(0.30, "3.0622", "1.0529", ".875"), (0.50, "3.0022", "1.0018", ".875"), (0.62, "2.8749", ".8999", ".863")],
)
def test_a_plaque_rests_where_the_file_says(K, layers, immune, memory):
    s, a, d, c, b, T, m, e = plaque(K).y[:, 0, 0]
    assert all(agrees(layer, layers) for layer in (s, a, d, c))
    assert all(agrees(activity, immune) for activity in (b, T, e))
    assert agrees(m, memory)


def test_a_plaque_of_high_threshold_collapses_and_healthy_skin_rests():
    assert plaque(0.80).y[5, 0, 0] < 1e-6
    for K in (0.30, 0.50, 0.80):
        skin, _ = follow(healthy((1, 1)), one(K), 100, lambda day: {})
        np.testing.assert_allclose(skin.y[:, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0], atol=1e-12)


@pytest.mark.parametrize(("K", "printed"), [(0.30, ".1142"), (0.50, ".2713"), (0.62, ".4446")])
def test_the_saddle_between_plaque_and_health(K, printed):
    activity = np.linspace(1e-3, 1.06, 100_001)
    threshold = threshold_at_rest(activity, m=0.0)
    top = int(np.nanargmax(threshold))
    assert agrees(np.interp(K, threshold[:top], activity[:top]), printed)


FOLDS = {
    -0.03: ".706",
    0.05: ".661",
    0.10: ".634",
    0.15: ".607",
    0.243: ".559",
    0.40: ".482",
    0.60: ".393",
    0.805: ".311",
}


@pytest.mark.parametrize(("v", "printed"), FOLDS.items())
def test_the_largest_threshold_that_sustains_a_plaque(v, printed):
    assert agrees(fold(v), printed)


def fold(v: float) -> float:
    """K_crit(v): the largest threshold with a resting plaque."""
    return float(np.nanmax(threshold_at_rest(np.linspace(1e-3, 1.06, 100_001), v)))


@pytest.mark.xfail(
    reason="the fold is at .6886; a plaque of .690 lingers at T 0.67 for 500 days and is gone later",
    raises=AssertionError,
)
def test_the_largest_threshold_that_sustains_a_plaque_without_vitamin_d_action():
    assert agrees(fold(0.0), ".690")


def test_a_plaque_just_beyond_the_fold_lingers_and_heals():
    """Why the file may have seen .690: after its burn-in of 500 days that plaque is still there."""
    later, _ = follow(lesional((1, 1)), one(0.690), 500, lambda day: {}, dt=1.0)
    assert later.y[5, 0, 0] > 0.6
    assert follow(later, one(0.690), 1500, lambda day: {}, dt=1.0)[0].y[5, 0, 0] < 1e-3
    assert fold(0.05) < fold(0.0) < fold(-0.03)


LATE = pytest.mark.xfail(reason="0.1629 starts one, a unit of the last digit more than printed", raises=AssertionError)


@pytest.mark.parametrize(
    ("K", "days", "printed"),
    [
        (0.30, 7, ".184"),
        (0.30, 28, ".077"),
        (0.50, 7, ".425"),
        pytest.param(0.50, 28, ".162", marks=LATE),
        (0.62, 7, ".699"),
        (0.62, 28, ".235"),
    ],
)
def test_the_trigger_that_starts_a_plaque(K, days, printed):
    """Just less than the printed trigger heals, just more leaves a plaque, within what `agrees` allows."""
    margin = 0.0005 + 1e-3 * float(printed)
    triggers = float(printed) + np.array([-margin, margin])
    person = one(K)
    person = type(person)(np.full((2, 1), K), np.full(2, 0.15), np.full(2, 0.2), np.full(2, 6.6))
    skin, _ = follow(healthy((2, 1)), person, days, lambda day: {"X": triggers}, dt=0.25)
    skin, _ = follow(skin, person, 600, lambda day: {}, dt=1.0)
    below, above = skin.y[5, :, 0]
    assert below < 0.05 < 0.8 < above


COURSES = {
    "anti-IL-17": ({"I17": 0.94}, ".900 .722 .400 .128 .040 .010"),
    "anti-IL-23": ({"I23": 0.85}, ".934 .812 .560 .216 .083 .025"),
    "anti-TNF": ({"IN": 0.905}, ".912 .778 .550 .242 .101 .035"),
    "calcipotriol": ({"v": 0.805}, ".902 .749 .498 .204 .081 .027"),
    "calcitriol": ({"v": 0.243}, ".960 .905 .848 .814 .806 .804"),
}


@pytest.mark.parametrize("name", COURSES)
def test_a_site_heals_on_a_step_of_treatment(name):
    fields, printed = COURSES[name]
    assert all(agrees(ours, text) for ours, text in zip(course(lambda day: fields), printed.split(), strict=True))


def course(of_day, days=(7, 14, 28, 56, 84, 112)) -> list[float]:
    """Severity of one site with K = 0.5 relative to its start."""
    skin, person, found = plaque(0.50), one(0.50), []
    start = severity(skin.y)[0, 0]
    for day in range(max(days)):
        skin, _ = follow(skin, person, 1, lambda _, day=day: of_day(day), dt=0.25)
        if day + 1 in days:
            found.append(severity(skin.y)[0, 0] / start)
    return found


@lru_cache
def ladder() -> tuple[float, ...]:
    return tuple(course(lambda day: {"u": newcastle_dose(day)}, tuple(range(7, 57, 7))))


BETWEEN = pytest.mark.xfail(
    reason=".4091: doses between the printed sessions are interpolated here", raises=AssertionError
)


@pytest.mark.parametrize(
    ("week", "printed"),
    [
        (1, ".884"),
        (2, ".732"),
        (3, ".572"),
        pytest.param(4, ".410", marks=BETWEEN),
        (5, ".267"),
        (6, ".173"),
        (7, ".117"),
        (8, ".081"),
    ],
)
def test_a_site_heals_on_the_newcastle_ladder(week, printed):
    assert agrees(ladder()[week - 1], printed)


# -- 2d: vitamin D ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("D25", "C125", "top", "printed"),
    [
        (30, 110, 0, "-0.024"),
        (75, 110, 0, ".028"),
        (100, 117.5, 0, ".070"),
        (150, 125, 0, ".130"),
        (265, 180, 0, ".290"),
        (50, 150, 0, ".084"),
        (50, 250, 0, ".244"),
        (50, 110, 6, ".805"),
    ],
)
def test_the_table_of_vdr_action(D25, C125, top, printed):
    assert agrees(vdr(D25, C125, top), printed)


# -- 2c: microbes -------------------------------------------------------------------------------------------------------


def test_an_acute_throat_infection():
    time, load, _, _, delayed = infect(ACUTE, 30).T
    assert agrees(load.max(), ".138")
    assert agrees(time[load.argmax()], "4.1")
    assert time[np.flatnonzero(load == 0)[0]] == pytest.approx(13.5, abs=0.1)
    assert agrees(delayed.max(), ".063")
    assert agrees(time[delayed.argmax()], "8.9")


@pytest.mark.parametrize(("AMP", "printed"), [(0.8, ".160"), (1.25, ".112")])
def test_antimicrobial_peptide_lowers_the_peak(AMP, printed):
    assert agrees(infect(ACUTE, 30, AMP=AMP)[:, 1].max(), printed)


def test_prior_immunity_aborts_an_infection():
    assert infect(ACUTE, 30, E0=0.15)[:, 1].max() == 0.02


@pytest.mark.parametrize(("microbe", "printed"), [(DENTAL, ".316"), (TONSIL, ".323"), (YEAST, ".240")])
def test_a_chronic_focus_settles(microbe, printed):
    assert agrees(infect(microbe, 1500, dt=0.05)[-1, 1], printed)


# -- 2j: a population ---------------------------------------------------------------------------------------------------

COUNT, BURN_IN, SEED = 1200, 500, 0
NEAR = 0.02


class Ensemble:
    """People burnt in from lesional skin, those with PASI above 2 kept, with their noise from then on."""

    def __init__(self, *, harder: float = 1.0, trigger: float = 0.0):
        everyone = people(COUNT, SEED).harder(harder)
        course = noise(COUNT, BURN_IN + 400, SEED + 1) + trigger
        skin, _ = follow(lesional(everyone.K.shape), everyone, BURN_IN, lambda day: {"X": course[day]}, dt=1.0)
        before = pasi(skin, everyone)
        kept = before > 2
        self.everyone = skin
        self.skin, self.people, self.noise, self.before = (
            skin.of(kept),
            everyone.of(kept),
            course[BURN_IN:, kept],
            before[kept],
        )

    def follow(self, days: int, look, of_day=lambda day: {}, *, skin=None, first: int = 0):
        """The skin at the end, and PASI relative to the start of the trial on the days in `look` (days, people)."""

        def day_of(day):
            fields = dict(of_day(day))
            return {**fields, "X": self.noise[first + day] + fields.get("X", 0.0)}

        end, seen = follow(self.skin if skin is None else skin, self.people, days, day_of, look, dt=1.0)
        return end, np.array([seen[day] / self.before for day in look])


@pytest.fixture(scope="module")
def trial() -> Ensemble:
    return Ensemble()


def is_near_share(relative: np.ndarray, below: float, printed: float) -> bool:
    """The share of people at or below a PASI relative to theirs at the start, beside that of the file's 400."""
    found = float((relative <= below).mean())
    return abs(found - printed) <= NEAR + np.sqrt(printed * (1 - printed) / 370)


def test_untreated_people_stay_as_they_are(trial):
    _, relative = trial.follow(84, [84])
    assert relative[0].mean() == pytest.approx(1.02, abs=NEAR)
    assert (severity(trial.everyone.y) > 0.5).mean() == pytest.approx(0.47, abs=NEAR + 0.02)


def test_nb_uvb_heals_by_the_week_and_relapse_follows(trial):
    weeks = range(7, 57, 7)
    cleared, relative = trial.follow(56, weeks, lambda day: {"u": newcastle_dose(day)})
    np.testing.assert_allclose(relative.mean(axis=1), [0.87, 0.71, 0.55, 0.42, 0.31, 0.23, 0.18, 0.13], atol=NEAR)
    assert is_near_share(relative[-1], 0.25, 0.84)
    assert is_near_share(relative[-1], 0.10, 0.54)
    days = range(5, 366, 5)
    _, after = trial.follow(365, days, skin=cleared)
    responders = relative[-1] <= 0.25  # the printed relapse is that of people who reached PASI75
    lost = after > relative[-1] + 0.5 * (1 - relative[-1])
    ever = np.maximum.accumulate(lost, axis=0)[:, responders]
    for day, printed in ((60, 0.25), (120, 0.48), (180, 0.62), (365, 0.87)):
        assert is_near_share(1.0 - ever[days.index(day)], 0.5, printed), day


BIOLOGICS = {  # treatment, mean at week 3, then (day, PASI relative to the start, printed share)
    "secukinumab": ({"I17": 0.94}, 0.58, [(84, 0.25, 0.92), (84, 0.10, 0.63)]),
    "guselkumab": ({"I23": 0.86}, None, [(112, 0.10, 0.76), (168, 0.10, 0.84)]),
    "adalimumab": ({"IN": 0.92}, None, [(112, 0.25, 0.81), (112, 0.10, 0.49), (168, 0.10, 0.60)]),
}


@pytest.mark.parametrize("name", BIOLOGICS)
def test_biologics_at_full_neutralisation(trial, name):
    """The printed shares are those of everyone with PASI above 2, not of people as ill as those of the trials."""
    treatment, third_week, printed = BIOLOGICS[name]
    days = [21, 84, 112, 168]
    _, relative = trial.follow(168, days, lambda day: treatment)
    if third_week is not None:
        assert relative[0].mean() == pytest.approx(third_week, abs=NEAR)
    for day, below, wanted in printed:
        assert is_near_share(relative[days.index(day)], below, wanted), (day, below)


def test_calcipotriol(trial):
    _, relative = trial.follow(56, [28, 42, 56], lambda day: {"v": vdr(50.0, 110.0, 6.0)})
    np.testing.assert_allclose(relative.mean(axis=1), [0.52, 0.39, 0.31], atol=NEAR)


def test_vitamin_d_by_mouth(trial):
    """Six months, against people without: the printed -5, -10 and -19 %, calcitriol's 0.65 and alfacalcidol's -9 %."""
    _, without = trial.follow(182, [84, 119, 182])

    def ratio(D25: float, C125: float, day: int) -> float:
        _, relative = trial.follow(day, [day], lambda _: {"v": vdr(D25, C125)})
        return relative[0].mean() / without[[84, 119, 182].index(day)].mean()

    assert ratio(75, 110, 182) == pytest.approx(0.95, abs=NEAR)
    assert ratio(100, 117.5, 182) == pytest.approx(0.90, abs=NEAR)
    assert ratio(150, 125, 182) == pytest.approx(0.81, abs=NEAR)
    assert ratio(50, 250, 182) == pytest.approx(0.65, abs=NEAR)
    assert ratio(50, 150, 84) == pytest.approx(0.91, abs=NEAR)
    assert ratio(74, 110, 119) / ratio(30, 110, 119) == pytest.approx(1 - 0.063, abs=NEAR)


@pytest.mark.parametrize(("change", "printed"), [(-0.10, 0.77), (0.10, 1.37)])
def test_a_lasting_change_of_trigger(trial, change, printed):
    _, relative = trial.follow(90, [90], lambda day: {"X": change})
    assert relative[0].mean() == pytest.approx(printed, abs=NEAR)


def test_a_focus_removed_from_people_who_live_by_it():
    """Thresholds x 1.5 and a chronic trigger of 0.15 (E64's phenotype): a year after its removal."""
    ill = Ensemble(harder=1.5, trigger=0.15)
    _, relative = ill.follow(365, [365], lambda day: {"X": -0.15})
    assert relative[0].mean() == pytest.approx(1 - 0.57, abs=NEAR)
    assert is_near_share(relative[0], 0.70, 0.85)


def test_less_stress_for_a_quarter(trial):
    """Stress one SD lower (aZ 0.08) for 13 weeks: -17 %."""
    _, without = trial.follow(91, [91])
    _, relative = trial.follow(91, [91], lambda day: {"X": -0.08})
    assert relative[0].mean() / without[0].mean() == pytest.approx(1 - 0.17, abs=NEAR)


def test_a_month_of_strong_sun(trial):
    """Dead-Sea-like, 0.6 J/cm2 a day for 28 d: about -71 %."""
    _, relative = trial.follow(28, [28], lambda day: {"u": 0.6})
    assert relative[0].mean() == pytest.approx(1 - 0.71, abs=NEAR)


def test_the_vitamin_d_that_light_makes_adds_little_to_light(trial):
    """NB-UVB at week 8 with and without its own 25(OH)D rise, 57 to 95 nmol/L: 0.124 and 0.137."""
    found = {}
    for name, last in (("with", 95.0), ("without", 57.0)):
        levels = np.linspace(57.0, last, 56)
        _, relative = trial.follow(
            56, [56], lambda day, levels=levels: {"u": newcastle_dose(day), "v": vdr(levels[day], 110.0)}
        )
        found[name] = relative[0].mean()
    assert found["with"] == pytest.approx(0.124, abs=NEAR)
    assert found["without"] == pytest.approx(0.137, abs=NEAR)
    assert 0 < found["without"] - found["with"] < 0.02


def test_the_protocol_of_the_article(trial):
    """25(OH)D 155 nmol/L with magnesium, stress 0.3 SD lower, 6 months, against people without: -29 %, PASI75 6 %."""
    _, without = trial.follow(182, [182])
    _, relative = trial.follow(182, [182], lambda day: {"X": -0.08 * 0.3, "v": vdr(155.0, 125.0)})
    assert relative[0].mean() / without[0].mean() == pytest.approx(1 - 0.29, abs=NEAR)
    assert is_near_share(relative[0], 0.25, 0.06)
    assert is_near_share(relative[0], 0.10, 0.01)
