"""The organs of psoriatic skin beside the NumPy double of psoriasis.md, and its golden numbers through the engines."""

from functools import lru_cache

import numpy as np
import pytest
from tests.standalone import doubles_psoriasis as double

from cofactor.body import adult, psoriatic_skin
from cofactor.engine import Rates, Segment, integrate
from cofactor.model import System

BODY = psoriatic_skin()
OF_SITE = (
    "stem_cells", "amplifying_cells", "differentiating_cells", "scale", "dendritic_cells", "th17_cells", "resident_memory",
    "redness",
)  # fmt: skip
SITES = 20
ALONE = {"activated_25ohd_at_half": 600.0, "calcitriol_at_half": 300.0, "topical_maximum": 12.0}
"""psoriasis.md's own, for calcitriol that stays at 110 pmol/L; the organs' are those of the coupled body."""


def agrees(ours: float, printed: str) -> bool:
    """Within half a unit of the last printed digit, and 1e-3 of the number."""
    decimals = len(printed.partition(".")[2])
    return abs(ours - float(printed)) <= 0.5 * 10**-decimals + 1e-3 * abs(float(printed))


def threshold(K: float) -> dict[str, float]:
    """The parameters that give every site the threshold K."""
    return {"threshold_of_site": np.log(K / 0.62) / 0.40}


def state(y: np.ndarray, U: float = 0.0) -> np.ndarray:
    """The state vector of the double's y (8, sites)."""
    vector = BODY.start.copy()
    for name, values in zip(OF_SITE, y, strict=True):
        vector[part(name)] = values
    vector[BODY.states["uv_memory"].offset] = U
    return vector


def part(name: str) -> slice:
    place = BODY.states[name]
    return slice(place.offset, place.offset + place.width)


def follow(start, segments, times, outputs, **parameters):
    """The named outputs at `times` by the reference engine; segments are (end, inputs, doses)."""
    rows, begin = [], 0.0
    for end, inputs, doses in segments:
        rows.append(Segment(begin, end, BODY.input_vector(inputs), doses))
        begin = end
    run = integrate(
        BODY,
        BODY.parameter_vector({**ALONE, **parameters}),
        start,
        rows,
        np.array(times, float),
        outputs,
        accuracy="tight",
    )
    assert run.failure is None, run.failure
    return run


# -- beside the double ----------------------------------------------------------------------------------------------------


def someone(seed: int):
    """A drawn person: the organs' parameters, the double's, and random states."""
    random = np.random.default_rng(seed)
    z_person, z_sites = random.standard_normal(), random.standard_normal(SITES)
    parameters = {
        "threshold_of_person": z_person, "threshold_of_site": z_sites, "uv_sensitivity": 0.2, "lesional_area": 0.3,
        "worst_severity": 7.0, "stress_effect": 0.0,
    }  # fmt: skip
    K = np.clip(0.62 * np.exp(0.3 * z_person + 0.4 * z_sites), 0.15, 1.8)
    person = double.Person(K[None], np.array([0.2]), np.array([0.3]), np.array([7.0]))
    y = np.concatenate([1 + 2 * random.random((4, 1, SITES)), random.random((4, 1, SITES))])
    return parameters, person, y


@pytest.mark.parametrize("seed", range(5))
def test_rates_and_score_are_those_of_the_double(seed):
    parameters, person, y = someone(seed)
    inputs = {
        "nb_uvb_dose": 0.7, "added_trigger": 0.12, "serum_25ohd": 120.0, "serum_calcitriol": 140.0,
        "calcipotriol_applications": 2.0, "il17_blocked_beside": 0.3, "il23_blocked_beside": 0.2, "tnf_blocked_beside": 0.4,
    }  # fmt: skip
    day = double.Day(X=0.12, u=0.7, v=double.vdr(120.0, 140.0, 6.0), I17=0.3, I23=0.2, IN=0.4)
    wanted, of_uv = double.rates(y, np.array([0.15]), person, day)
    ours = Rates(BODY, BODY.parameter_vector({**ALONE, **parameters}), BODY.input_vector(inputs))
    found = ours(state(y[:, 0], 0.15))
    for name, values in zip(OF_SITE, wanted, strict=True):
        np.testing.assert_allclose(found[part(name)], values[0], atol=1e-8)
    assert found[part("uv_memory")][0] == pytest.approx(of_uv[0], rel=1e-12)
    score = ours.values(["pasi"], state(y[:, 0]))[0]
    assert score == pytest.approx(double.pasi(double.Skin(y, np.zeros(1)), person)[0], rel=1e-12)


def test_a_month_of_noise_and_light_by_the_reference_engine():
    parameters, person, y = someone(7)
    course = double.noise(1, 30, 3)[:, 0]
    light = [0.8 if day % 7 in (0, 2, 4) else 0.0 for day in range(30)]
    segments = [(day + 1.0, {"trigger_noise": course[day] / 0.115, "nb_uvb_dose": light[day]}, {}) for day in range(30)]
    found = follow(state(y[:, 0]), segments, range(5, 31, 5), ["pasi"], **parameters).values["pasi"]
    _, wanted = double.follow(
        double.Skin(y, np.zeros(1)),
        person,
        30,
        lambda day: {"X": course[day], "u": light[day]},
        range(5, 31, 5),
        dt=0.125,
    )
    np.testing.assert_allclose(found, [wanted[day][0] for day in range(5, 31, 5)], rtol=1e-5)


# -- psoriasis.md 2i by the reference engine --------------------------------------------------------------------------------


@lru_cache
def plaque(K: float) -> np.ndarray:
    """States of somebody whose sites all rest as plaques with threshold K."""
    y = double.lesional((1, SITES)).y[:, 0]
    return follow(state(y), [(4000.0, {}, {})], [4000.0], ["pasi"], **threshold(K)).final


@pytest.mark.parametrize(
    ("K", "layers", "immune", "memory"),
    [(0.30, "3.0622", "1.0529", ".875"), (0.50, "3.0022", "1.0018", ".875"), (0.62, "2.8749", ".8999", ".863")],
)
def test_a_plaque_rests_where_the_file_says(K, layers, immune, memory):
    rest = plaque(K)
    for names, printed in ((OF_SITE[:4], layers), (("dendritic_cells", "th17_cells", "redness"), immune)):
        assert all(agrees(value, printed) for name in names for value in rest[part(name)])
    assert all(agrees(value, memory) for value in rest[part("resident_memory")])


def test_healthy_skin_rests():
    found = Rates(BODY, BODY.parameter_vector(ALONE), BODY.input_vector())(BODY.start)
    assert np.abs(found).max() == 0.0
    assert np.isfinite(Rates(BODY, BODY.parameter_vector(ALONE), BODY.input_vector()).jacobian(BODY.start)).all()
    score = follow(BODY.start, [(30.0, {}, {})], [30.0], ["pasi"]).values["pasi"]
    assert score == pytest.approx(0.0, abs=1e-6)


COURSES = {
    "anti-IL-17": ({"il17_blocked_beside": 0.94}, ".900 .722 .400 .128 .040 .010"),
    "anti-IL-23": ({"il23_blocked_beside": 0.85}, ".934 .812 .560 .216 .083 .025"),
    "anti-TNF": ({"tnf_blocked_beside": 0.905}, ".912 .778 .550 .242 .101 .035"),
    "calcipotriol": ({"calcipotriol_applications": 2.0}, ".902 .749 .498 .204 .081 .027"),
    "calcitriol": ({"serum_calcitriol": 250.0}, ".960 .905 .848 .814 .806 .804"),
}


@pytest.mark.parametrize("name", COURSES)
def test_a_site_heals_on_a_step_of_treatment(name):
    inputs, printed = COURSES[name]
    found = follow(plaque(0.5), [(112.0, inputs, {})], [0, 7, 14, 28, 56, 84, 112], ["site_severity"], **threshold(0.5))
    severity = found.values["site_severity"][:, 0]
    assert all(agrees(ours, text) for ours, text in zip(severity[1:] / severity[0], printed.split(), strict=True))


def test_a_site_heals_on_the_newcastle_ladder():
    segments = [(day + 1.0, {"nb_uvb_dose": double.newcastle_dose(day)}, {}) for day in range(56)]
    found = follow(plaque(0.5), segments, range(0, 57, 7), ["site_severity"], **threshold(0.5))
    severity = found.values["site_severity"][:, 0]
    wanted = [0.884, 0.732, 0.572, 0.410, 0.267, 0.173, 0.117, 0.081]
    np.testing.assert_allclose(severity[1:] / severity[0], wanted, atol=0.001)


@pytest.mark.parametrize(
    ("levels", "printed"),
    [
        ((30, 110, 0), "-0.024"), ((75, 110, 0), ".028"), ((100, 117.5, 0), ".070"), ((150, 125, 0), ".130"),
        ((265, 180, 0), ".290"), ((50, 150, 0), ".084"), ((50, 250, 0), ".244"), ((50, 110, 2), ".805"),
    ],
)  # fmt: skip
def test_the_table_of_vdr_action(levels, printed):
    names = ("serum_25ohd", "serum_calcitriol", "calcipotriol_applications")
    body = Rates(BODY, BODY.parameter_vector(ALONE), BODY.input_vector(dict(zip(names, levels, strict=True))))
    assert agrees(body.values(["vdr_action"], BODY.start)[0][0], printed)


def test_calcipotriol_once_a_day_drives_two_thirds_as_hard():
    body = Rates(BODY, BODY.parameter_vector(ALONE), BODY.input_vector({"calcipotriol_applications": 1.0}))
    assert body.values(["topical_vdr_drive"], BODY.start)[0][0] == pytest.approx(4.0)


# -- microbes -----------------------------------------------------------------------------------------------------------------


def test_an_acute_throat_infection_ends_sterile_and_stays_so():
    times = np.concatenate([np.arange(0, 30, 0.01), np.arange(30, 600, 1.0)])
    found = follow(BODY.start, [(600.0, {}, {"throat_load": 0.02})], times, ["throat_load", "throat_signal"])
    load, delayed = found.values["throat_load"], found.values["throat_signal"]
    assert agrees(load.max(), ".138")
    assert agrees(times[load.argmax()], "4.1")
    assert agrees(delayed.max(), ".063")
    assert agrees(times[delayed.argmax()], "8.9")
    sterile = times[(load < 0.002) & (times > 1)][0]
    assert sterile == pytest.approx(13.5, abs=0.1)
    assert load[times > 30].max() < 1e-5  # too few are left to grow back when immunity has gone
    assert load.min() > -1e-9


def test_peptide_lowers_an_infection_and_prior_immunity_aborts_it():
    def peak(peptide: float, immunity: float = 0.0) -> float:
        start = BODY.start.copy()
        start[part("throat_immunity")] = immunity
        deficit = {"il17_on_peptide": 0.0, "vitamin_d_on_peptide": 0.0, "episode_peptide_killing": 0.40 * peptide}
        run = follow(start, [(20.0, {}, {"throat_load": 0.02})], np.arange(0.01, 20, 0.02), ["throat_load"], **deficit)
        return run.values["throat_load"].max()

    assert agrees(peak(0.8), ".160")
    assert agrees(peak(1.25), ".112")
    assert peak(1.0, immunity=0.15) <= 0.02


@pytest.mark.parametrize(
    ("load", "removal", "printed"),
    [
        ("tonsil_load", "tonsil_removal", ".323"), ("dental_load", "dental_removal", ".316"),
        ("bowel_load", "bowel_removal", ".316"), ("yeast_load", "yeast_removal", ".240"),
    ],
)  # fmt: skip
def test_a_focus_settles_and_once_removed_does_not_come_back(load, removal, printed):
    segments = [(2000.0, {}, {load: 0.02}), (2004.0, {removal: 5.0}, {}), (3000.0, {}, {})]
    alone = {"streptococcal_reactivity": 0.0}  # else the skin answers, and its peptide lowers the load a little
    before, after = follow(BODY.start, segments, [2000.0, 3000.0], [load], **alone).values[load]
    assert agrees(before, printed)
    assert abs(after) < 1e-6


def test_vitamin_d_lowers_the_peak_of_an_infection_and_hardly_moves_its_end():
    """Fewer germs prime less immunity: the peak falls by a tenth and the throat is sterile no sooner."""

    def episode(calcidiol: float) -> tuple[float, float]:
        times = np.arange(1, 30, 0.02)
        segments = [(30.0, {"serum_25ohd": calcidiol}, {"throat_load": 0.02})]
        load = follow(BODY.start, segments, times, ["throat_load"]).values["throat_load"]
        return load.max(), times[load < 0.002][0]

    (high, early), (low, late) = episode(25.0), episode(100.0)
    assert 0.85 < low / high < 0.95
    assert abs(late - early) < 0.5


# -- edges and hypotheses -----------------------------------------------------------------------------------------------------


def test_light_and_vitamin_d_are_two_edges_that_can_be_cut():
    cuts = {"light": ("uvb", "uvb_on_plaque"), "vitamin D": ("serum_25ohd", "vitamin_d_in_plaque")}
    inputs = BODY.input_vector({"nb_uvb_dose": 1.0, "serum_25ohd": 150.0})
    start = plaque(0.5)
    rate = {}
    for name, edge in cuts.items():
        cut = BODY.cutting([edge])
        held = {f"{edge[0]} held for {edge[1]}": 0.0 if name == "light" else 50.0}
        body = Rates(cut, cut.parameter_vector({**ALONE, **threshold(0.5), **held}), inputs)
        rate[name] = body(start)[part("th17_cells")].mean()
        action, kill = body.values(["vdr_action", "uv_kill_rate"], start)
        assert bool(kill == 0.0) == (name == "light")
        assert bool(np.abs(action).max() < 1e-12) == (name == "vitamin D")
    whole = Rates(BODY, BODY.parameter_vector({**ALONE, **threshold(0.5)}), inputs)(start)[part("th17_cells")].mean()
    assert whole < rate["vitamin D"] < 0
    assert whole < rate["light"] < 0


HYPOTHESES = {  # switch -> where its effect shows: the quantity, and what has to be there
    "virus_triggers": ("infection_trigger", {"virus_signal": 0.05}, {}),
    "teeth_trigger": ("infection_trigger", {"dental_load": 0.3}, {}),
    "bowel_triggers": ("infection_trigger", {"bowel_load": 0.3}, {}),
    "yeast_triggers": ("infection_trigger", {"yeast_load": 0.3}, {}),
    "salt_bath_helps_uvb": ("uv_kill_rate", {}, {"salt_bath": 1.0, "nb_uvb_dose": 1.0}),
    "responder_subtype": ("immune_vdr_action", {}, {"serum_25ohd": 150.0}),
    "magnesium_calms_il23": ("dendritic_drive", {}, {"magnesium_gain_share": 1.0, "added_trigger": 0.5}),
}


@pytest.mark.parametrize("switch", HYPOTHESES)
def test_a_hypothesis_is_off_unless_switched_on(switch):
    quantity, loads, inputs = HYPOTHESES[switch]
    states = BODY.start.copy()
    for name, value in loads.items():
        states[part(name)] = value
    assert BODY.constants[switch].value == 0.0
    assert "grade H" in BODY.constants[switch].source or switch == "salt_bath_helps_uvb"

    def look(**changes) -> float:
        body = Rates(
            BODY, BODY.parameter_vector({**ALONE, "responder_rank": 0.0, **changes}), BODY.input_vector(inputs)
        )
        return float(np.mean(body.values([quantity], states)[0]))

    bare = Rates(
        BODY, BODY.parameter_vector(ALONE), BODY.input_vector({**inputs, "salt_bath": 0.0, "magnesium_gain_share": 0.0})
    )
    assert look() == pytest.approx(float(np.mean(bare.values([quantity], BODY.start)[0])))
    assert look(**{switch: 1.0}) != pytest.approx(look(), rel=1e-3)


def test_the_throat_triggers_by_default_and_more_in_those_who_react():
    states = BODY.start.copy()
    states[part("throat_signal")] = 0.063

    def trigger(reactivity: float) -> float:
        body = Rates(
            BODY, BODY.parameter_vector({**ALONE, "streptococcal_reactivity": reactivity}), BODY.input_vector()
        )
        return float(body.values(["psoriasis_trigger"], states)[0])

    assert trigger(0.6) == pytest.approx(5 * 0.6 * 0.063)
    assert trigger(0.05) == pytest.approx(5 * 0.05 * 0.063)


def test_stress_keeps_the_spread_of_all_triggers():
    body = Rates(BODY, BODY.parameter_vector(ALONE), BODY.input_vector())
    stress, noise = body.values(["stress_trigger_gain", "noise_trigger_gain"], BODY.start)
    assert stress == 0.08
    assert np.hypot(stress, noise) == pytest.approx(0.115)
    braked = Rates(BODY, BODY.parameter_vector({**ALONE, "hpa_blunting": 0.0}), BODY.input_vector())
    assert braked.values(["stress_trigger_gain"], BODY.start)[0] == pytest.approx(0.08 * 0.7)


def test_an_injury_acts_where_it_is():
    injured = np.zeros(SITES)
    injured[3] = 1.0
    body = Rates(
        BODY, BODY.parameter_vector({**ALONE, "injured_site": injured}), BODY.input_vector({"skin_injury": 1.0})
    )
    np.testing.assert_allclose(body.values(["site_trigger"], BODY.start)[0], 0.3 * injured)


def test_light_harms_the_photosensitive_up_to_a_dose():
    def harm(dose: float, sensitive: float) -> float:
        body = Rates(
            BODY,
            BODY.parameter_vector({**ALONE, "photosensitive": sensitive}),
            BODY.input_vector({"nb_uvb_dose": dose}),
        )
        return float(body.values(["photo_trigger"], BODY.start)[0])

    assert [harm(0.05, 1), harm(0.1, 1), harm(1.0, 1), harm(1.0, 0)] == pytest.approx([0.075, 0.15, 0.15, 0.0])


# -- score, drugs, listener ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "score"), [(0.05, 0.99), (0.20, 2.3), (0.40, 3.5), (0.60, 4.4), (0.80, 5.2)])
def test_area_scores_of_a_full_plaque(share, score):
    """The area score of PASI (0-6), and severity 1 of `worst_severity` 12 parts."""
    full = state(np.array([[3.0]] * 4 + [[1.0]] * 4) * np.ones((8, SITES)))
    body = Rates(
        BODY, BODY.parameter_vector({**ALONE, "lesional_area": share, "worst_severity": 1.0}), BODY.input_vector()
    )
    assert body.values(["pasi"], full)[0] == pytest.approx(score, rel=0.02)


def test_levels_of_the_antibodies_are_those_of_their_labels():
    """Single 300 mg: 27.3 +- 9.5 ug/mL at 5-6 d; guselkumab's trough of week 20 1.15-1.23; 40 mg of adalimumab 4.7 +- 1.6."""
    times = np.arange(0.25, 30, 0.25)
    single = follow(BODY.start, [(30.0, {}, {"secukinumab_depot": 300.0, "adalimumab_depot": 40.0})], times,
                    ["serum_secukinumab", "serum_adalimumab"]).values  # fmt: skip
    peak = single["serum_secukinumab"]
    assert 27.3 - 9.5 < peak.max() < 27.3 + 9.5
    assert 4.5 < times[peak.argmax()] < 6.5
    peak = single["serum_adalimumab"]
    assert 4.7 - 1.6 < peak.max() < 4.7 + 1.6
    assert 4.5 < times[peak.argmax()] < 6.5
    doses = [(0, 28), (28, 84), (84, 140)]
    segments = [(float(end), {}, {"guselkumab_depot": 100.0}) for _, end in doses]
    trough = follow(BODY.start, segments, [140.0], ["serum_guselkumab"]).values["serum_guselkumab"]
    assert trough[0] == pytest.approx(1.2, abs=0.2)


def test_the_skin_listens_to_the_core_and_tells_it_nothing():
    core = adult()
    joined = System.from_organs([*core.organs, *BODY.organs])
    assert {"serum_25ohd", "serum_calcitriol", "magnesium_factor_1a_hydroxylase"} <= set(BODY.inputs) - set(
        joined.inputs
    )
    ill = joined.start.copy()
    place = joined.states["th17_cells"]
    ill[place.offset : place.offset + place.width] = 1.0
    rates = [Rates(joined, joined.parameter_vector(), joined.input_vector())(s) for s in (joined.start, ill)]
    shared = [joined.states[name] for name in core.states]
    for of in shared:
        assert rates[0][of.offset] == rates[1][of.offset]


def test_cells_made_in_a_plaque_and_regulatory_cells_under_light_and_ointment():
    """2i: at K 0.30 G is 4 and a 3.06, so that 12.4 times as many are made (2a: flux ratio 12); 2b: r of full light is 5.4."""
    names = ["cell_production", "regulatory_t_cells"]
    healthy = follow(BODY.start, [(1.0, {}, {})], [1.0], names, **threshold(0.50))
    assert [healthy.values[name][0] for name in names] == pytest.approx([1.0, 1.0], abs=1e-6)
    start = state(np.repeat(np.array([[3.06, 3.06, 3.06, 3.06, 1.05, 1.05, 0.875, 1.05]]).T, SITES, axis=1), U=0.28)
    ill = follow(start, [(300.0, {}, {})], [0.0, 300.0], names, **threshold(0.30))
    assert ill.values["cell_production"][1] == pytest.approx(4.09 * 3.0622, rel=0.01)
    assert ill.values["regulatory_t_cells"] == pytest.approx([1 + 4.4 / 2, 1.0], abs=1e-3)
