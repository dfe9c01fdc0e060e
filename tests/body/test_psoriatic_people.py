"""Psoriatic people by the fixed-step engine: as the double, person by person, and beside the trials of light and drugs."""

from functools import lru_cache

import numpy as np
import pytest
from tests.standalone import doubles_psoriasis as double

from cofactor.body import adult, psoriatic_skin
from cofactor.body.drugs import alfacalcidol
from cofactor.engine import Course, Rates, Segment, integrate, march_engine, rest
from cofactor.model import System
from cofactor.people import lesional

BODY = psoriatic_skin()
ENGINE = march_engine(BODY, ("pasi",))
DRUGS = ("secukinumab", "guselkumab", "adalimumab")
RATER = 0.15


class Ensemble:
    """People of the double's spreads, their biologics' kinetics drawn too, burnt in from lesional skin."""

    def __init__(self, count: int, seed: int, burn_in: int = 500, days: int = 170):
        self.people = double.people(count, seed)
        random = np.random.default_rng(seed)
        between, within = random.standard_normal((count, 1)), random.standard_normal((count, 20))  # as the double draws
        self.parameters = np.tile(BODY.parameter_vector({"stress_effect": 0.0}), (count, 1))
        self.set("threshold_of_person", between)
        self.set("threshold_of_site", within)
        self.set("uv_sensitivity", self.people.chi)
        self.set("lesional_area", self.people.BSAmax)
        self.set("worst_severity", self.people.smax)
        others = np.random.default_rng(seed + 1000)
        for drug in DRUGS:
            for name in (f"{drug}_half_life", f"{drug}_volume", f"{drug}_at_half"):
                constant = BODY.constants[name]
                self.set(name, constant.value * np.exp((constant.varies or 0.0) * others.standard_normal(count)))
        self.noise = double.noise(count, burn_in + days, seed + 1)
        starts = lesional(np.tile(BODY.start, (count, 1)))
        self.inputs = np.tile(BODY.input_vector(), (count, 1))
        begin = Course(burn_in, held={"trigger_noise": self.noise[:burn_in] / double.DEFAULT.sX})
        march = ENGINE.run(starts, self.parameters, self.inputs, begin, every=burn_in)
        self.starts, self.before, self.burn_in = march.finals, march.observed[:, -1, 0], burn_in

    def set(self, name: str, values: np.ndarray) -> None:
        constant = BODY.constants[name]
        self.parameters[:, constant.offset : constant.offset + max(constant.sites, 1)] = values.reshape(len(values), -1)

    def follow(self, days: int, *, held=None, doses=None, alike=(), times=None) -> np.ndarray:
        """PASI (people, weeks); parameters in `alike` are the median in everybody, those in `times` are multiplied."""
        count, parameters = len(self.starts), self.parameters.copy()
        for name in alike:
            parameters[:, BODY.constants[name].offset] = BODY.constants[name].value
        for name, factor in (times or {}).items():
            parameters[:, BODY.constants[name].offset] *= factor
        course = {"trigger_noise": self.noise[self.burn_in : self.burn_in + days] / double.DEFAULT.sX}
        course |= {name: np.tile(np.asarray(values)[:, None], (1, count)) for name, values in (held or {}).items()}
        added = {}
        for name, plan in (doses or {}).items():
            added[name] = np.zeros((days, count))
            for day, amount in plan:
                added[name][day] = amount
        run = ENGINE.run(self.starts, parameters, self.inputs, Course(days, held=course, add=added), every=7)
        assert not any(run.failures)
        return run.observed[:, :, 0]


@lru_cache
def everybody() -> Ensemble:
    return Ensemble(3000, 0)


# -- person by person -------------------------------------------------------------------------------------------------------


def test_everybody_is_as_in_the_double():
    few = Ensemble(40, 5, burn_in=100, days=60)
    skin, _ = double.follow(
        double.lesional(few.people.K.shape), few.people, 100, lambda day: {"X": few.noise[day]}, dt=0.5
    )
    np.testing.assert_allclose(few.before, double.pasi(skin, few.people), rtol=1e-6)
    light = [double.newcastle_dose(day) for day in range(56)]
    found = few.follow(56, held={"nb_uvb_dose": light})
    _, wanted = double.follow(
        skin, few.people, 56, lambda day: {"X": few.noise[100 + day], "u": light[day]}, range(7, 57, 7), dt=0.5
    )
    np.testing.assert_allclose(found[:, 1:].T, [wanted[day] for day in range(7, 57, 7)], rtol=1e-5)


# -- beside the trials ------------------------------------------------------------------------------------------------------


@lru_cache
def ratings() -> np.ndarray:
    """Errors of the rater, (people, weeks)."""
    return np.exp(RATER * np.random.default_rng(9).standard_normal((3000, 26)))


def shares(pasi: np.ndarray, week: int, least: float = 12.0) -> tuple[float, float]:
    """PASI75 and PASI90 of those who a rater lets into a trial."""
    seen = pasi * ratings()[:, : pasi.shape[1]]
    let_in = seen[:, 0] >= least
    relative = seen[let_in, week] / seen[let_in, 0]
    return float((relative <= 0.25).mean()), float((relative <= 0.10).mean())


def test_the_course_of_nb_uvb():
    """E01, calibration: relative PASI by week; people of that clinic, PASI 9 on average."""
    pasi = everybody().follow(56, held={"nb_uvb_dose": [double.newcastle_dose(day) for day in range(56)]})
    kept = pasi[:, 0] > 2
    relative = (pasi[kept] / pasi[kept, :1])[:, 1:].mean(axis=0)
    np.testing.assert_allclose(relative, [0.915, 0.722, 0.528, 0.364, 0.258, 0.195, 0.180, 0.159], atol=0.06)


def test_secukinumab_beside_its_trials():
    """E48 and E49, calibration, week 12: PASI75 77-82 %, PASI90 near 60 %; 150 mg PASI75 67-72 %."""
    plan = [0, 7, 14, 21, 28, 56, 84, 112, 140]
    found = {mg: shares(everybody().follow(91, doses={"secukinumab_depot": [(d, mg) for d in plan if d < 91]}), 12)
             for mg in (150.0, 300.0)}  # fmt: skip
    assert found[300.0][0] == pytest.approx(0.79, abs=0.05)
    assert found[300.0][1] == pytest.approx(0.60, abs=0.06)
    assert found[150.0][0] == pytest.approx(0.69, abs=0.05)


def test_guselkumab_beside_voyage_1():
    """E50, calibration: PASI90 73.3 % at week 16, 80.2 % at week 24."""
    pasi = everybody().follow(169, doses={"guselkumab_depot": [(d, 100.0) for d in (0, 28, 84, 140)]})
    assert shares(pasi, 16)[1] == pytest.approx(0.733, abs=0.05)
    assert shares(pasi, 24)[1] == pytest.approx(0.802, abs=0.05)


def test_adalimumab_beside_its_trials():
    """E50 and E51, calibration: PASI75 71 % at week 16, PASI90 53.0 % at week 24."""
    pasi = adalimumab()
    assert shares(pasi, 16)[0] == pytest.approx(0.71, abs=0.05)
    assert shares(pasi, 24)[1] == pytest.approx(0.530, abs=0.05)


@pytest.mark.xfail(reason="PASI90 43 %, where PASI75 and week 24 are met", raises=AssertionError)
def test_adalimumab_clears_as_many_at_week_16_as_in_voyage_1():
    """E50: PASI90 49.7 % at week 16."""
    assert shares(adalimumab(), 16)[1] == pytest.approx(0.497, abs=0.05)


def test_what_makes_adalimumab_weaker_than_the_file_prints_it():
    """2j's 81 % and 49 % at week 16 are of PASI above 2 at one neutralisation; PASI75 of the trials was 71 %.

    Steps: that row; people as ill as in trials; doses, with everybody's kinetics and C50 the median; the spread of kinetics;
    the spread of C50, which is what takes the too many away (a calibrated spread, not a finding).
    """
    everywhere = everybody().follow(169, held={"tnf_blocked_beside": np.full(169, 0.92)})
    kinetics = ("adalimumab_half_life", "adalimumab_volume")
    alike, same_c50 = adalimumab(alike=(*kinetics, "adalimumab_at_half")), adalimumab(alike=("adalimumab_at_half",))
    assert shares(everywhere, 16)[0] < shares(everywhere, 16, least=2.0)[0]
    assert shares(alike, 16)[0] > 0.80
    assert abs(shares(same_c50, 16)[0] - shares(alike, 16)[0]) < 0.02
    assert shares(adalimumab(), 16)[0] < shares(same_c50, 16)[0] - 0.10


@lru_cache
def adalimumab(alike: tuple[str, ...] = ()) -> np.ndarray:
    """PASI on the label's doses; parameters in `alike` are everybody's median."""
    plan = [(0, 80.0), *((day, 40.0) for day in (7, *range(21, 169, 14)))]
    return everybody().follow(169, doses={"adalimumab_depot": plan}, alike=alike)


@pytest.mark.xfail(
    reason="none at all: plaques shed no faster than healthy skin once they are cured", raises=AssertionError
)
def test_secukinumab_is_as_fast_as_in_clarity():
    """E49: PASI90 16.7 % at week 4."""
    pasi = everybody().follow(29, doses={"secukinumab_depot": [(day, 300.0) for day in (0, 7, 14, 21, 28)]})
    assert shares(pasi, 4)[1] == pytest.approx(0.167, abs=0.05)


def test_no_drug_can_clear_a_plaque_within_four_weeks():
    """Why secukinumab is too slow: IL-17 wholly gone from the first hour, nobody reaches PASI90 either.

    2i prints 0.400 of a site's severity at day 28 of 94 %. With the drive gone turnover falls to that of healthy skin, 39 d:
    what is left is scale and thickness, and little redness. So neither absorption nor C50 can make up for it.
    """
    blocked = everybody().follow(28, held={"il17_blocked_beside": np.ones(28)})
    assert shares(blocked, 4)[1] == 0.0
    skin, _ = double.follow(double.lesional((1, 1)), double.one(0.5), 500, lambda day: {}, dt=0.5)
    after, _ = double.follow(skin, double.one(0.5), 28, lambda day: {"I17": 1.0}, dt=0.25)
    _, amplifying, differentiating, scale, *_, redness = after.y[:, 0, 0]
    assert double.severity(after.y)[0, 0] / double.severity(skin.y)[0, 0] > 0.38
    assert (scale - 1) / 2 > 0.6 > (amplifying + differentiating - 2) / 4 > 0.3 > redness


def test_the_quick_end_of_every_prior_does_not_make_secukinumab_as_fast():
    """2h: immune times divided by 1.6, epidermal times by a quarter less, in everybody."""
    quick = {"dendritic_time": 1 / 1.6, "th17_time": 1 / 1.6, "redness_time": 1 / 1.6}
    quick |= dict.fromkeys(("amplifying_time", "differentiating_time", "scale_time"), 0.75)
    doses = {"secukinumab_depot": [(day, 300.0) for day in (0, 7, 14, 21, 28)]}
    pasi = everybody().follow(29, doses=doses, times=quick)
    assert shares(pasi, 4)[0] > 0.10, "PASI75"
    assert shares(pasi, 4)[1] < 0.02, "PASI90"


def test_people_as_ill_as_those_of_trials_respond_less():
    """The printed 92 % of secukinumab is of everyone with PASI above 2 at one and the same neutralisation."""
    pasi = everybody().follow(84, held={"il17_blocked_beside": np.full(84, 0.94)})
    assert shares(pasi, 12, least=2.0)[0] > 0.88
    drawn = everybody().follow(91, doses={"secukinumab_depot": [(d, 300.0) for d in (0, 7, 14, 21, 28, 56, 84)]})
    assert shares(drawn, 12)[0] < shares(pasi, 12, least=2.0)[0] - 0.05


def test_calcipotriol_beside_kragballe():
    """E40, calibration: PASI -68.8 % at week 6, vehicle's response in it."""
    pasi = everybody().follow(42, held={"calcipotriol_applications": np.full(42, 2.0)})
    kept = pasi[:, 0] > 2
    assert 0.8 * (pasi[kept, 6] / pasi[kept, 0]).mean() == pytest.approx(0.31, abs=0.03)


def test_alfacalcidol_raises_calcitriol_less_than_calcitriol_does():
    system = System.from_organs([*adult().organs, alfacalcidol])
    parameters, usual = system.parameter_vector(), system.input_vector()
    start = rest(system, parameters, usual)
    level = {}
    for name in ("oral_alfacalcidol", "oral_calcitriol"):
        plan = [Segment(0.0, 84.0, system.input_vector({name: 1.0}))]
        level[name] = integrate(system, parameters, start, plan, np.array([84.0]), ["serum_calcitriol"]).values
    rise = {name: values["serum_calcitriol"][0] - 100.0 for name, values in level.items()}
    assert 0.5 < rise["oral_alfacalcidol"] / rise["oral_calcitriol"] < 0.75


# -- vitamin D by mouth, in the coupled body ----------------------------------------------------------------------------------


def test_jenssen_keeps_its_contrast_when_calcitriol_follows_25ohd():
    """E22, calibration: 74 against 30 nmol/L for a winter took no more than 0.23 of PASI 3.1 (7 %) away."""
    core, level = adult(), {}
    parameters = core.parameter_vector({"habitual_skin_synthesis": 0.0})
    for name, dose in (("placebo", 2.4), ("vitamin D", 21.0)):
        inputs = core.input_vector({"supplement_vitamin_d3": dose})
        level[name] = Rates(core, parameters, inputs).values(
            ["serum_25ohd", "serum_calcitriol"], rest(core, parameters, inputs)
        )
    assert level["placebo"][0] == pytest.approx(30.0, abs=1.5)
    assert level["vitamin D"][0] == pytest.approx(74.0, abs=1.5)
    assert level["vitamin D"][1] - level["placebo"][1] > 15
    pasi = {}
    for name, (calcidiol, calcitriol) in level.items():
        held = {"serum_25ohd": np.full(119, calcidiol), "serum_calcitriol": np.full(119, calcitriol)}
        pasi[name] = everybody().follow(119, held=held)[:, -1]
    kept = everybody().before > 2
    change = pasi["vitamin D"][kept].mean() / pasi["placebo"][kept].mean() - 1
    assert -0.074 < change < -0.04


@pytest.mark.parametrize(("factor", "least", "most"), [(5.8, 0.0, 0.004), (4.8, 0.004, 0.02)])
def test_people_without_psoriasis_fall_ill_as_rarely_as_they_do(factor, least, most):
    """E91: 1.4 in 1000 a year; E92: carriers of HLA-C*06:02 8.9 times as often. Ill: a plaque that lasts for 60 days."""
    well = Ensemble(2000, 3, burn_in=1, days=425)
    well.set("threshold_factor", np.full(2000, factor))
    held = {"trigger_noise": well.noise[1:426] / double.DEFAULT.sX}
    starts = np.tile(BODY.start, (2000, 1))
    engine = march_engine(BODY, ("sites_with_plaque",))
    seen = engine.run(starts, well.parameters, well.inputs, Course(425, held=held), every=5).observed[:, :, 0] > 0.04
    lasting = np.array([seen[:, first : first + 12].all(axis=1) for first in range(73)]).any(axis=0)
    assert least <= lasting.mean() <= most
