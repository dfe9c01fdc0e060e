"""vitamin_d.md 2.7 (T50, pyrophosphate, coronary growth) from the equations of `body.artery` alone.

The digits are the file's. Coronary growth under constant serum has a closed form, used here instead of numbers of ours.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import exp, log, sqrt

import numpy as np
import pytest

from cofactor.body import adult, artery
from cofactor.engine import Rates, Segment, integrate, rest
from cofactor.errors import ModelError
from cofactor.model import System
from cofactor.people import model_draws

YEAR = 365.25
NORMAL_IONISED_CALCIUM = 1.22
"""That of the stand-alone file; the coupled body has 1.23 (coupled.md decision 15)."""


def value(name: str) -> float:
    return getattr(artery, name).value


def t50(phosphate=1.1, calcium=1.22, magnesium=0.83, fetuin=1.0, albumin=42.0, bicarbonate=24.0, pyrophosphate=1.0):
    return artery.calciprotein_t50(
        phosphate_ratio=phosphate / 1.1, ionised_calcium=calcium, serum_magnesium=magnesium, fetuin_ratio=fetuin,
        albumin_mass=albumin, plasma_bicarbonate=bicarbonate, pyrophosphate_ratio=pyrophosphate,
        reference_ionised_calcium=NORMAL_IONISED_CALCIUM, normal_bicarbonate=24.0,
        **{name: value(name) for name in (
            "normal_magnesium_of_t50", "normal_albumin", "t50_at_normal_serum", "phosphate_power_on_t50",
            "calcium_power_on_t50", "magnesium_on_t50", "fetuin_power_on_t50", "albumin_on_t50", "bicarbonate_on_t50",
            "pyrophosphate_power_on_t50",
        )},
    )  # fmt: skip


def pyrophosphate(magnesium: float, *, arm: bool = True) -> float:
    names = ("pyrophosphate_supply", "phosphatase_half_magnesium", "normal_magnesium_of_t50")
    return artery.pyrophosphate_ratio(
        magnesium, *(value(name) for name in names), magnesium_destroys_pyrophosphate=float(arm)
    )


def psi(magnesium=0.83, drive=1.0, eta=1.0, risk=1.0, ripe: float | None = None) -> float:
    """Growth drive, with the T50 of this magnesium at fixed pyrophosphate unless `ripe` (min) is given."""
    return artery.calcification_drive(
        t50(magnesium=magnesium) if ripe is None else ripe, magnesium, drive, value("t50_at_normal_serum"),
        value("normal_magnesium_of_t50"), eta, value("magnesium_on_growth"), value("drive_on_growth"), risk,
    )  # fmt: skip


# -- T50 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("serum", "minutes"),
    [
        ({}, 330),
        ({"phosphate": 1.35, "magnesium": 0.88, "fetuin": 0.87}, 274),
        ({"phosphate": 1.7, "magnesium": 1.0, "fetuin": 0.75}, 242),
        ({"magnesium": 0.61}, 253),
        ({"magnesium": 1.05}, 430),
        ({"calcium": 1.9, "phosphate": 0.9}, 155),
        ({"calcium": 1.6, "phosphate": 1.4}, 164),
        ({"calcium": 1.6, "phosphate": 1.4, "magnesium": 1.1}, 227),
    ],
    ids=["normal", "CKD 3-4", "haemodialysis", "Mg .61", "Mg 1.05", "Ca 1.9 P .9", "Ca 1.6 P 1.4", "the same, Mg 1.1"],
)
def test_t50_of_the_file_to_a_minute(serum: dict[str, float], minutes: float):
    assert t50(**serum) == pytest.approx(minutes, abs=1.0)


def test_albumin_bicarbonate_and_pyrophosphate_lengthen_t50():
    assert t50(albumin=32) == pytest.approx(330 * exp(-0.1), abs=0.1)
    assert t50(bicarbonate=14) == pytest.approx(330 * exp(-0.2), abs=0.1)
    assert t50(pyrophosphate=0.5) == pytest.approx(330 * 0.5**0.3, abs=0.1)


def test_magnesium_destroys_pyrophosphate_through_the_phosphatase():
    assert pyrophosphate(0.83) == pytest.approx(1.0)
    assert 1 / pyrophosphate(1.5) == pytest.approx((1.5 / 2.6) / (0.83 / 1.93))
    assert pyrophosphate(1.5, arm=False) == 1.0


def test_the_pyrophosphate_arm_takes_a_sixth_of_what_magnesium_gives_t50():
    """Near normal: slope 1.2 per mmol/L without it, less 0.3 * 1.1 / (0.83 * 1.93) with it."""
    step = 1e-4
    with_arm = log(t50(magnesium=0.83 + step, pyrophosphate=pyrophosphate(0.83 + step)) / t50()) / step
    assert with_arm == pytest.approx(1.2 - 0.3 * 1.1 / (0.83 * 1.93), rel=1e-3)


# -- growth -----------------------------------------------------------------------------------------------------------


def test_growth_falls_14_per_cent_for_a_tenth_of_a_millimole_of_magnesium():
    assert psi(0.93) == pytest.approx(exp(-0.15))
    assert 1 - psi(0.93) == pytest.approx(0.14, abs=0.005)


def test_animals_on_magnesium_lose_45_per_cent_of_their_growth():
    assert psi(1.23) - 1 == pytest.approx(-0.45, abs=0.005)


def test_eta_risk_and_vitamin_d():
    assert psi(ripe=165) == pytest.approx(2.0)
    assert psi(ripe=165, eta=0.0) == pytest.approx(1.0)
    assert psi(drive=0.5) == psi()
    assert psi(drive=3.0) == pytest.approx(1 + 0.3 * log(3))
    assert psi(risk=1.5 * 1.2) == pytest.approx(1.8)


@pytest.mark.parametrize(("age", "a_year"), [(40, 0.05), (50, 0.05), (65, 0.085), (80, 0.12), (95, 0.12)])
def test_first_lesions_come_with_age(age: float, a_year: float):
    names = ("incidence_when_young", "incidence_when_old", "young_vessel_age", "old_vessel_age")
    assert artery.lesion_incidence(age, *(value(name) for name in names)) * YEAR == pytest.approx(a_year)


def test_precipitation_starts_where_the_product_passes_its_limit():
    limit, pace = value("precipitation_product"), value("precipitation_growth")
    assert artery.calcium_phosphate_precipitation(2.35, 1.1, limit, pace) == 0.0
    assert artery.calcium_phosphate_precipitation(3.0, 1.8, limit, pace) * YEAR == pytest.approx(200.0)


@lru_cache(maxsize=1)
def arterial_adult() -> System:
    return System.from_organs([*adult().organs, artery])


def score_after(years: float, **parameters: float) -> tuple[np.ndarray, float]:
    """Scores at quarters of a plan that changes nothing, and the growth drive of that person."""
    system = arterial_adult()
    settings, habits = system.parameter_vector(parameters), system.input_vector()
    start = rest(system, settings, habits)
    plan = [Segment(0.0, years * YEAR, system.input_vector({"artery_ageing": 1.0}), {})]
    looks = np.linspace(0, years, 5) * YEAR
    run = integrate(system, settings, start, plan, looks, ["artery_calcium"], accuracy="tight")
    assert run.failure is None
    drive = Rates(system, settings, habits).values(["calcification_drive"], start)[0]
    return run.values["artery_calcium"], float(drive)


@pytest.mark.parametrize(("before", "age"), [(0.0, 40.0), (100.0, 65.0), (1000.0, 85.0)])
def test_the_score_grows_by_its_closed_form(before: float, age: float):
    scores, drive = score_after(2.0, artery_calcium_before=before, vessel_age=age)
    rate = 0.17 * drive
    new = 10 * (0.05 + 0.07 * min(max((age - 50) / 30, 0), 1))
    years = np.linspace(0, 2, 5)
    assert scores == pytest.approx((before + new / rate) * np.exp(rate * years) - new / rate, rel=1e-7)


def test_rats_calcify_as_many_times_faster_as_their_pace():
    """A hundredth of the time at a hundred times the pace is the same growth."""
    man, _ = score_after(1.0, artery_calcium_before=50.0)
    rat, _ = score_after(0.01, artery_calcium_before=50.0, calcification_pace=100.0)
    assert rat == pytest.approx(man, rel=1e-7)


def test_everybody_rests_at_their_own_score_and_the_core_does_not_notice():
    system = arterial_adult()
    settings = system.parameter_vector({"artery_calcium_before": 321.0})
    states = rest(system, settings, system.input_vector())
    assert states[system.states["artery_calcium_score"].offset] == pytest.approx(321.0)
    core = rest(adult(), adult().parameter_vector(), adult().input_vector())
    assert [states[system.states[name].offset] for name in adult().states] == pytest.approx(list(core), rel=1e-12)


# -- priors and noise -------------------------------------------------------------------------------------------------


def test_eta_is_drawn_from_a_normal_cut_off_at_nought():
    """Mean and SD of normal 1.0 +- 0.8 above 0: 1.163 and 0.671 by hand (phi(1.25) = .18265, Phi(1.25) = .89435)."""
    hazard = 0.18265 / 0.89435
    mean = 1 + 0.8 * hazard
    sd = 0.8 * sqrt(1 - 1.25 * hazard - hazard**2)
    draws = np.array([d["t50_power_on_growth"] for d in model_draws(arterial_adult(), 400, seed=3)[1:]])
    assert draws.min() > 0
    assert draws.mean() == pytest.approx(mean, abs=3 * sd / sqrt(len(draws)))
    assert draws.std() == pytest.approx(sd, rel=0.12)


def test_draw_nought_keeps_eta_at_its_best_estimate():
    assert model_draws(arterial_adult(), 1)[0] == {}
    assert arterial_adult().constants["t50_power_on_growth"].value == 1.0


def test_a_rescan_has_the_spread_of_the_file_after_a_year():
    standard = np.array([-1.0, 0.0, 1.0])
    assert np.log(artery.rescanned(np.full(3, 200.0), 1.0, standard) / 200) == pytest.approx([-0.35, 0.0, 0.35])
    assert np.log(artery.rescanned(np.full(3, 200.0), 2.0, standard) / 200)[-1] == pytest.approx(0.35 * sqrt(2))


def test_more_calcium_or_phosphate_never_lengthens_t50():
    calciums = [t50(calcium=c) for c in np.linspace(0.8, 2.2, 15)]
    phosphates = [t50(phosphate=p) for p in np.linspace(0.5, 3.0, 15)]
    assert all(a > b for a, b in pairwise(calciums))
    assert all(a > b for a, b in pairwise(phosphates))


def test_the_artery_needs_the_blood():
    with pytest.raises(ModelError, match="unknown quantity"):
        System.from_organs([artery])
