"""A System: vectors by name, replaced organs, cut edges, switches, many people at once, and that it never changes."""

# An organ is a namespace named as the module it stands for; its functions are plain.

import builtins
import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cofactor.body import adrenaline, blood, gut, imposed, kidney_magnesium, magnesium_body, magnesium_stores
from cofactor.errors import ModelError
from cofactor.model import (
    Graph,
    System,
    adapts,
    flux,
    held_name,
    jump,
    maximum,
    mean,
    observable,
    parameter,
    pool,
    replicate,
    signal,
    softplus,
    sqrt,
    switch,
    where,
    world,
)
from cofactor.model import given as given_input

BODY = magnesium_body()
FOUR = replicate(4)


class spots:
    """Sites with every operation that people and sites may meet in."""

    pull = parameter(0.7, "1/d", source="toy", each=FOUR)
    pace = parameter(0.4, "1/d", source="toy")
    threshold = parameter(1.1, "1", source="toy")
    light = given_input("1", 0.3)

    supply = pool("mmol", of="substance", start=4.0)
    outside = world("mmol", of="substance")

    @signal("1")
    def mean_level(level):
        return mean(level)

    @adapts("level", unit="1/d", start=1.2, each=FOUR)
    def change_of_level(level, mean_level, pull, pace, threshold, light):
        kinked = where(level < threshold, level**2, level * threshold)
        return pull * (mean_level - kinked) + pace * jump(level > mean_level, light, softplus(level)) / sqrt(level + 1)

    @flux(leaves=supply, enters=outside, unit="mmol/d")
    def loss(supply, pace, mean_level):
        return pace * supply * maximum(mean_level, 1)

    @observable("1")
    def above(level, threshold):
        return (level > threshold) * 1.0 + (level > 1) * 1.0

    @observable("1")
    def always_two(light):
        return 2 + 0 * light


SPOTS = System.from_organs([spots])


# -- vectors -------------------------------------------------------------------------------------------------------


def test_vectors_hold_the_declared_values():
    assert BODY.start[BODY.states["muscle_magnesium_store"].offset] == 360
    assert BODY.input_vector()[BODY.inputs["dietary_magnesium"].offset] == 12.5
    assert BODY.parameter_vector()[BODY.constants["thick_limb_fraction"].offset] == 0.87
    assert BODY.size == len(BODY.start) == sum(s.width for s in BODY.states.values())
    assert SPOTS.start.tolist() == [4.0, 1.2, 1.2, 1.2, 1.2]
    assert SPOTS.parameter_vector({"pull": 0.1, "pace": 2}).tolist() == [0.1] * 4 + [2.0, 1.1]
    assert SPOTS.parameter_vector({"pull": [1, 2, 3, 4]}).tolist() == [1, 2, 3, 4, 0.4, 1.1]


def test_vectors_are_changed_by_name_only():
    assert BODY.input_vector({"dietary_magnesium": 3})[BODY.inputs["dietary_magnesium"].offset] == 3
    with pytest.raises(ModelError, match=r"received dietary_magnesum; hint: did you mean dietary_magnesium\?"):
        BODY.input_vector({"dietary_magnesum": 3})
    with pytest.raises(ModelError, match=r"received dct_fractoin; hint: did you mean dct_fraction\?"):
        BODY.parameter_vector({"dct_fractoin": 3})
    with pytest.raises(ModelError, match="received serum_magnesum"):
        BODY.function(["serum_magnesum"])


def test_constants_keep_what_is_known_about_them():
    known = BODY.constants["magnesium_pump_maximum"]
    assert (known.value, str(known.unit), known.spread, known.varies) == (1.655, "mmol/meal", 0.25, 0.20)
    assert known.source == "calibrated: mg-E01 Fine 1991: 65 % of the lowest, 11 % of the highest meal"
    assert BODY.constants["thick_limb_fraction"].follows == ("thick_limb_capacity", 0.5)
    assert BODY.constants["dct_capacity"].source.startswith("calibrated: magnesium balance")


def test_observables_are_the_public_signals():
    assert "serum_magnesium" in BODY.observables
    assert "magnesium_balance" in BODY.observables
    assert "serum_magnesium_ratio" not in BODY.observables
    assert "renal_magnesium_excretion" not in BODY.observables
    assert set(BODY.observables) <= set(BODY.quantities)


# -- immutable -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["quantities", "constants", "organs", "anything"])
def test_a_system_cannot_be_changed(name):
    with pytest.raises(ModelError, match=f"does not change once it is assembled; received {name}"):
        setattr(BODY, name, {})


@pytest.mark.parametrize("name", ["quantities", "constants", "inputs", "states", "movements", "rates"])
def test_its_tables_are_read_only(name):
    with pytest.raises(TypeError, match="does not support item assignment"):
        getattr(BODY, name)["new"] = None


def test_its_start_is_read_only_and_its_vectors_are_fresh():
    with pytest.raises(ValueError, match="read-only"):
        BODY.start[0] = 1.0
    BODY.parameter_vector()[0] = -1
    BODY.input_vector()[0] = -1
    assert BODY.parameter_vector()[0] == 3
    assert BODY.input_vector()[0] == 12.5


def test_replacing_and_cutting_leave_the_original_as_it_was():
    before = BODY.function(["urine_magnesium"])(0, BODY.start, BODY.parameter_vector(), BODY.input_vector())
    BODY.cutting([("serum_magnesium_ratio", "sweat_magnesium_loss")])
    BODY.replace(imposed=imposed)
    assert BODY.cuts == ()
    after = BODY.function(["urine_magnesium"])(0, BODY.start, BODY.parameter_vector(), BODY.input_vector())
    assert before == after


# -- replaced organs and switches ----------------------------------------------------------------------------------


def test_an_organ_is_replaced_by_name():
    class imposed_by_age:
        bone_calcium = imposed.bone_calcium
        gut_vdr_drive = imposed.gut_vdr_drive
        pth_action = imposed.pth_action
        calcium_ratio = imposed.calcium_ratio
        bone_formation_flux = imposed.bone_formation_flux
        bone_resorption_flux = imposed.bone_resorption_flux
        baseline_filtration_rate = imposed.baseline_filtration_rate
        kidney_health = imposed.kidney_health
        lost_filtration = parameter(73, "L/d", source="toy")

        @signal("L/d")
        def filtration_rate(baseline_filtration_rate, lost_filtration):
            return baseline_filtration_rate - lost_filtration

        keep = observable("L/d")(lambda filtration_rate: filtration_rate)

    system = BODY.replace(imposed=imposed_by_age)
    look = system.function(["filtration_rate"])
    assert look(0, system.start, system.parameter_vector(), system.input_vector()) == [100.0]
    assert "gfr" not in system.quantities
    assert BODY.function(["filtration_rate"])(0, BODY.start, BODY.parameter_vector(), BODY.input_vector()) == [173.0]


def test_only_an_organ_of_the_system_can_be_replaced():
    with pytest.raises(ModelError, match="received liver; hint: organs: gut, blood, kidney_magnesium"):
        BODY.replace(liver=imposed)


def test_namespaces_are_organs_too():
    make = SimpleNamespace(__name__="maker", level=parameter(2.0, "1", source="toy"))
    read = SimpleNamespace(__name__="reader", seen=observable("1")(lambda level: level))
    system = System.from_organs([make, read])
    other = system.replace(maker=SimpleNamespace(__name__="maker", level=parameter(3.0, "1", source="toy")))
    assert other.function(["seen"])(0, other.start, other.parameter_vector(), []) == [3.0]
    nameless = System.from_organs([SimpleNamespace(level=parameter(2.0, "1", source="toy")), read])
    assert nameless.inventory.owner == {"level": "SimpleNamespace", "seen": "reader"}
    with pytest.raises(ModelError, match="organs: SimpleNamespace, reader"):
        nameless.replace(maker=make)


def test_a_switch_is_a_parameter_of_0_or_1():
    class organ:
        responds = switch(True, prior=0.3, source="toy")
        gain = parameter(5.0, "1", source="toy")

        @observable("1")
        def response(responds, gain):
            return where(responds > 0, gain, 1)

    system = System.from_organs([organ])
    look = system.function(["response"])
    assert look(0, [], system.parameter_vector(), []) == [5.0]
    assert look(0, [], system.parameter_vector({"responds": 0}), []) == [1.0]
    known = system.constants["responds"]
    assert (known.value, known.low, known.high, known.note) == (1.0, 0.0, 1.0, "switch; prior 0.3")


# -- cut edges -----------------------------------------------------------------------------------------------------

CUT = ("serum_magnesium_ratio", "sweat_magnesium_loss")


def test_a_cut_edge_is_held_while_all_others_feel_the_source():
    system = BODY.cutting([CUT])
    parameters = system.parameter_vector({held_name(*CUT): 0.5})
    states = BODY.start * 2
    names = ["sweat_magnesium_loss", "endogenous_magnesium_loss", "serum_magnesium_ratio"]
    held = system.function(names)(0, states, parameters, BODY.input_vector())
    free = BODY.function(names)(0, states, BODY.parameter_vector(), BODY.input_vector())
    assert held == [0.16 * 0.5, free[1], free[2]]
    assert free[0] == pytest.approx(0.16 * 2)
    sweat = system.jacobian_of([system.quantities["sweat_magnesium_loss"]])
    assert not sweat(0.0, states, parameters, BODY.input_vector()).any()


def test_a_held_edge_has_no_value_until_the_run_sets_it():
    system = BODY.cutting([CUT])
    value = system.function(["sweat_magnesium_loss"])(0, BODY.start, system.parameter_vector(), BODY.input_vector())
    assert np.isnan(value).all()


def test_cuts_add_up_and_survive_replacing():
    other = ("serum_magnesium_ratio", "endogenous_magnesium_loss")
    system = BODY.cutting([CUT]).cutting([other]).replace(imposed=imposed)
    assert system.cuts == (CUT, other)
    parameters = system.parameter_vector({held_name(*CUT): 0.5, held_name(*other): 1.0})
    assert system.function([CUT[1], other[1]])(0, BODY.start * 2, parameters, BODY.input_vector()) == [0.08, 0.5]


def test_an_edge_of_sites_is_held_site_by_site():
    cut = ("level", "change_of_level")
    system = SPOTS.cutting([cut])
    held = np.array([0.5, 1.0, 1.5, 2.0])
    parameters = system.parameter_vector({held_name(*cut): held})
    rates = system.rate_function()(0, SPOTS.start, parameters, [0.3])
    states = np.array([4.0, *held])
    # the mean is not cut: it stays that of the real levels
    mean_level = float(np.mean(SPOTS.start[1:]))
    due = spots.change_of_level(held, mean_level, np.full(4, 0.7), 0.4, 1.1, 0.3)
    assert rates[1] == pytest.approx(due, rel=1e-14)
    assert states.shape == SPOTS.start.shape


def test_time_can_be_cut_out():
    class organ:
        pace = parameter(1.0, "1/d", source="toy")

        @observable("1")
        def phase(time, pace):
            return time * pace

    system = System.from_organs([organ], cut=[("time", "phase")])
    assert system.function(["phase"])(5.0, [], system.parameter_vector({held_name("time", "phase"): 2.0}), []) == [2.0]


@pytest.mark.parametrize(
    ("cut", "hint"),
    [
        (("serum_magnesium", "red_cell_magnesium"), "serum_magnesium is read by: .*serum_magnesium_ratio"),
        (("serum_magnesium", "nowhere"), "is read by"),
        (("urine_magnesium", "gfr"), "urine_magnesium is read by: magnesium_balance"),
        (("gfr", "serum_magnesium"), "gfr is read by: nothing"),
        (("dct_fraction", "dct_capacity"), "dct_fraction is read by: distal_magnesium_reabsorption$"),
    ],
)
def test_only_an_edge_can_be_cut(cut, hint):
    with pytest.raises(
        ModelError, match=f"only where the target reads the source; received {cut[0]} -> {cut[1]}.*{hint}"
    ):
        BODY.cutting([cut])


# -- many people at once -------------------------------------------------------------------------------------------


def many(system: System, count: int, seed: int):
    rng = np.random.default_rng(seed)
    states = system.start[:, None] * rng.uniform(0.5, 2, (system.size, count))
    parameters = system.parameter_vector()[:, None] * rng.uniform(0.9, 1.1, (len(system.parameter_vector()), count))
    inputs = system.input_vector()[:, None] * rng.uniform(0.5, 2, (len(system.inputs), count))
    return states, parameters, inputs


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 6))
@pytest.mark.parametrize("system", [BODY, SPOTS], ids=["body", "spots"])
def test_people_together_are_people_one_by_one(system, count, seed):
    states, parameters, inputs = many(system, count, seed)
    names = list(system.quantities)
    together = system.function(names, people=True)(1.5, states, parameters, inputs)
    alone = system.function(names)
    for person in range(count):
        values = alone(1.5, states[:, person], parameters[:, person], inputs[:, person])
        for name, one, all_ in zip(names, values, together, strict=True):
            assert all_.shape[-1] == count
            assert all_[..., person] == pytest.approx(one, rel=1e-10, abs=1e-12), name
    rates = system.rate_function(people=True)(1.5, states, parameters, inputs)
    assert np.array_equal(np.concatenate([np.atleast_2d(r) for r in rates]).shape, states.shape)


def test_a_value_that_is_the_same_for_all_is_still_one_per_person():
    states, parameters, inputs = many(SPOTS, 3, 0)
    found = SPOTS.function(["always_two", "time"], people=True)(7.0, states, parameters, inputs)
    assert [v.tolist() for v in found] == [[2.0] * 3, [7.0] * 3]


def test_comparisons_count_the_same_alone_and_together():
    states = np.array([4.0, 0.9, 1.05, 1.2, 1.2])
    alone = SPOTS.function(["above"])(0, states, SPOTS.parameter_vector(), [0.3])[0]
    together = SPOTS.function(["above"], people=True)(
        0, states[:, None], SPOTS.parameter_vector()[:, None], np.array([[0.3]])
    )[0]
    assert alone.tolist() == together[:, 0].tolist() == [0.0, 1.0, 2.0, 2.0]


def test_nan_stays_with_its_person():
    states, parameters, inputs = many(BODY, 3, 1)
    states[BODY.states["ecf_magnesium"].offset, 1] = np.nan
    rates = np.array(BODY.rate_function(people=True)(0.0, states, parameters, inputs))
    assert np.isnan(rates[0]).tolist() == [False, True, False]
    assert np.isfinite(rates[:, [0, 2]]).all()


# -- the generated text --------------------------------------------------------------------------------------------

WORDS = re.compile(r"[A-Za-z_]\w*")
KNOWN = {"def", "evaluate", "return", "if", "else", "or", "t", "y", "p", "u"}
FUNCTIONS = {"exp", "log", "log1p", "sqrt", "tanh", "softplus", "logistic", "pow", "power", "divide", "abs"}
ARRAYS = {f"A{name}" for name in (*FUNCTIONS, "min", "max", "where", "less", "total")}


@pytest.mark.parametrize("people", [False, True])
@pytest.mark.parametrize("cut", [(), (CUT,)])
def test_the_compiled_text_holds_no_names(monkeypatch, people, cut):
    texts = []

    def spy(text, *args, **kwargs):
        texts.append(text)
        return builtins.compile(text, *args, **kwargs)

    monkeypatch.setattr("cofactor.model._compile.compile", spy, raising=False)
    system = System.from_organs([gut, blood, kidney_magnesium, adrenaline, magnesium_stores, imposed], cut=cut)
    system.function(list(system.quantities), people=people)
    spots_again = System.from_organs([spots])
    spots_again.function(list(spots_again.quantities), people=people)
    assert len(texts) == 2
    for text in texts:
        words = {w for w in WORDS.findall(re.sub(r"\b\d+(\.\d+)?e-?\d+", "", text)) if not re.fullmatch(r"v\d+", w)}
        assert words <= KNOWN | FUNCTIONS | ARRAYS
        assert re.fullmatch(r"[\w\s=+*/\-<>!.,:()\[\]]+", text)  # no quotes, no comments


def test_hostile_names_and_numbers_reach_no_text():
    bad = "__import__('os').system('false')"
    organ = SimpleNamespace(__name__=bad, level=parameter(float("inf"), "1", source=bad, note=bad, doc=bad))
    setattr(organ, bad, observable("1")(lambda level: level * float("1e300") * float("1e300")))
    system = System.from_organs([organ])
    assert system.function([bad])(0, [], system.parameter_vector(), []) == [np.inf]


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_number_in_an_equation_is_finite(value):
    with pytest.raises(ModelError, match=f"a number in an equation is finite; received {value}"):
        Graph().constant(value)
    graph = Graph()
    with pytest.raises(ModelError, match="a number in an equation is finite"):
        graph.constant(1e300) * 1e300
