"""What is read: BIOMD0000000613 and its reference numbers, our own files, small files of every kind, and clear refusals."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tests.interop.small_models import PETERSON, event, follow, model, parameters, read, rules
from tests.interop.small_models import math as mathml

from cofactor import body
from cofactor.engine import FastEngine, Rates, Timeline
from cofactor.errors import InputError
from cofactor.interop import Case, course, export_sbml, import_sbml
from cofactor.regimen import Pulses, Rate, Regimen

pytest.importorskip("libsbml")

TEN_YEARS = 3650.0
# shared/biomodels/README.md: GFR and oral calcium halved, dosing event removed; four solvers agree to 1e-7
PETERSON_AFTER_TEN_YEARS = {"PTH": (67.57496, 5e-6), "P": (33.22108, 5e-6), "Qbone": (16088.030, 5e-4)}


def at_rest_inputs(case: Case, times: np.ndarray) -> tuple[np.ndarray, Timeline]:
    size = case.system.size
    inputs = case.system.input_vector()[None, None]
    still = Timeline(
        np.array([0.0, case.days]), np.array([0]), np.array([-1]), np.zeros((1, size)), times, np.zeros(len(times), int)
    )
    return inputs, still


def peterson_halved() -> Case:
    imported = import_sbml(PETERSON, without_events=["Event"])
    usual = {name: imported.system.constants[name].value for name in ("GFR", "OralCa")}
    return imported.case(TEN_YEARS, parameters={name: value / 2 for name, value in usual.items()})


def test_613_reaches_its_reference_end_state():
    case = peterson_halved()
    inputs, plan = at_rest_inputs(case, np.array([TEN_YEARS]))
    swarm = FastEngine(case.system).run(case.start[None], case.parameters[None], inputs, plan, accuracy="tight")
    assert swarm.failures == (None,)
    for name, (value, rounding) in PETERSON_AFTER_TEN_YEARS.items():
        found = swarm.finals[0, case.system.states[name].offset]
        assert found == pytest.approx(value, rel=1e-6, abs=rounding)


def test_613_begins_where_its_initial_assignments_say():
    imported = import_sbml(PETERSON, without_events=["Event"])
    start = {name: imported.system.start[s.offset] for name, s in imported.system.states.items()}
    assert len(start) == 30
    assert start["A"] == pytest.approx(1260 / 10)
    assert start["OBslow"] == pytest.approx(0.00501324 * (1 - imported.system.constants["FracOBfast"].value))
    assert imported.days_per_time_unit == pytest.approx(1 / 24)
    assert imported.system.constants["GFR"].value == pytest.approx(100 / 16.667)


def test_613_in_roadrunner_agrees_in_every_state():
    roadrunner = pytest.importorskip("roadrunner")
    import libsbml

    document = libsbml.readSBMLFromFile(str(PETERSON))
    document.getModel().removeEvent("Event")
    runner = roadrunner.RoadRunner(libsbml.writeSBMLToString(document))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-12, 1e-14
    runner.integrator.maximum_num_steps = 1_000_000
    runner["GFR"], runner["OralCa"] = runner["GFR"] / 2, runner["OralCa"] / 2
    case = peterson_halved()
    names = list(case.system.states)
    runner.timeCourseSelections = [f"[{name}]" for name in names]
    theirs = np.asarray(runner.simulate(0, TEN_YEARS * 24, 2))[-1]
    inputs, plan = at_rest_inputs(case, np.array([TEN_YEARS]))
    ours = (
        FastEngine(case.system).run(case.start[None], case.parameters[None], inputs, plan, accuracy="tight").finals[0]
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-12)


def test_the_event_of_613_becomes_its_three_doses():
    case = import_sbml(PETERSON).case(4.0)
    (train,) = case.regimen.pulses
    assert (train.pool, train.first, train.interval, train.count) == ("TERISC", 0.5, 1.0, 3)
    assert train.amount == pytest.approx(20 * 1e6 / 4117.8)  # 20 ug of 4117.8 g/mol in pmol
    assert [reset.day for reset in case.regimen.resets] == [0.5, 1.5, 2.5]
    seen = course(case, np.array([0.0, 0.5, 0.75, 1.5, 4.0]), ["TERISC", "PTH"])
    assert seen["TERISC"][1] == pytest.approx(0.0, abs=1e-12)  # a sample at a dose shows the moment before it
    assert 0.0 < seen["TERISC"][2] < train.amount
    assert seen["TERISC"][3] < 1e-3 * train.amount
    assert np.all(np.isfinite(seen["PTH"]))


def test_a_pool_set_by_an_event_loses_what_it_held(tmp_path: Path):
    decay = parameters(K=1.0, x=5.0) + rules(x_rate="-K * x")
    case = read(tmp_path, model(decay + f"<listOfEvents>{event('time >= 2', x='3')}</listOfEvents>")).case(3.0)
    seen = course(case, np.array([0.0, 2.0, 3.0]), ["x"])["x"]
    assert seen == pytest.approx([5.0, 5.0 * math.exp(-2.0), 3.0 * math.exp(-1.0)], rel=1e-7)


def test_an_event_that_reads_a_state_to_set_another_is_refused_with_what_to_do(tmp_path: Path):
    decay = parameters(K=1.0, x=5.0, y=1.0) + rules(x_rate="-K * x", y_rate="-K * y")
    imported = read(tmp_path, model(decay + f"<listOfEvents>{event('time >= 2', x='2 * y')}</listOfEvents>"))
    with pytest.raises(InputError, match="an event adds a known amount") as refused:
        imported.case(3.0)
    assert "model.xml:" in str(refused.value.where)
    doubled = read(tmp_path, model(decay + f"<listOfEvents>{event('time >= 2', x='2 * x')}</listOfEvents>"))
    with pytest.raises(InputError, match="adds a number to a pool, or sets it to one") as refused:
        doubled.case(3.0)
    assert "--without-event" in str(refused.value.hint)


def test_a_course_that_breaks_is_one_clear_error(tmp_path: Path):
    text = model(parameters(K=1.0, x=1.0) + rules(x_rate="K * x * x"))  # infinite at day 1
    with pytest.raises(InputError, match="cannot be run to the end"):
        course(read(tmp_path, text).case(2.0), np.array([0.0, 2.0]), ["x"])


def test_our_own_file_comes_back_the_same(tmp_path: Path):
    plan = Regimen(
        rates=(Rate("supplement_calcium", 2.0, 5.0, 12.5),), pulses=(Pulses("gut_vitamin_d", 1 / 3, 1.0, 7, 260.0),)
    )
    case = Case.of_system(body.adult(), regimen=plan, days=8.0)
    file = tmp_path / "adult.xml"
    file.write_text(export_sbml(case))
    imported = import_sbml(file)
    again = imported.case(8.0)
    assert again.regimen.pulses == plan.pulses
    assert [(h.given, h.start, h.stop, h.value) for h in again.regimen.holds] == [
        ("supplement_calcium", 2.0, 5.0, 12.5), ("supplement_calcium", 5.0, math.inf, 0.0),
    ]  # fmt: skip
    names = list(case.system.states)
    there = Rates(case.system, case.parameters, case.system.input_vector())
    here = Rates(again.system, again.parameters, again.system.input_vector())
    shaken = case.start * (1 + 0.1 * np.sin(np.arange(len(names)))) + 1e-3
    order = [again.system.states[name].offset for name in names]
    same = np.empty_like(shaken)
    same[order] = shaken
    np.testing.assert_allclose(here(same)[order], there(shaken), rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(again.start[order], case.start)
    assert here.values(["serum_25ohd"], same) == pytest.approx(there.values(["serum_25ohd"], shaken), rel=1e-12)


# -- small files --------------------------------------------------------------------------------------------------------------


def test_rules_time_and_functions(tmp_path: Path):
    text = model(
        parameters(K=0.5, x=2.0, twice=None, late=None)
        + rules(x_rate="-K * x", twice="2 * x + exp(0) - ln(1)", late="piecewise(1, time >= 2, 0) + log10(100)")
    )
    seen = follow(read(tmp_path, text), [0.0, 1.0, 3.0], ["x", "twice", "late"])
    assert seen.values["x"] == pytest.approx(2.0 * np.exp(-0.5 * seen.times), rel=1e-8)
    assert seen.values["twice"] == pytest.approx(2 * seen.values["x"] + 1)
    assert seen.values["late"] == pytest.approx([2.0, 2.0, 3.0])


def test_reactions_count_amounts_and_concentrations(tmp_path: Path):
    species = """
<listOfCompartments><compartment id="v" size="4" spatialDimensions="3" constant="true"/></listOfCompartments>
<listOfSpecies>
<species id="a" compartment="v" initialAmount="8" hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/>
<species id="b" compartment="v" initialAmount="1" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>
<species id="w" compartment="v" initialAmount="0" hasOnlySubstanceUnits="true" boundaryCondition="true" constant="false"/>
</listOfSpecies>
"""
    own = '<listOfLocalParameters><localParameter id="k" value="0.4"/></listOfLocalParameters>'
    law = f"<kineticLaw>{mathml('k * a')}{own}</kineticLaw>"
    reaction = f"""
<listOfReactions><reaction id="r" reversible="false" fast="false">
<listOfReactants><speciesReference species="a" stoichiometry="1" constant="true"/></listOfReactants>
<listOfProducts><speciesReference species="b" stoichiometry="2" constant="true"/>
<speciesReference species="w" stoichiometry="1" constant="true"/></listOfProducts>{law}</reaction></listOfReactions>
"""
    imported = read(tmp_path, model(species + reaction))
    assert sorted(imported.system.states) == ["a", "b"]
    seen = follow(imported, [0.0, 5.0], ["a", "b", "r"])
    concentration = 2.0 * math.exp(-0.4 / 4 * 5.0)
    assert seen.values["a"] == pytest.approx([2.0, concentration], rel=1e-8)
    assert seen.values["b"] == pytest.approx([1.0, 1.0 + 2 * 4 * (2.0 - concentration)], rel=1e-8)
    assert seen.values["r"] == pytest.approx(0.4 * seen.values["a"])


def test_events_at_known_times_become_the_plan(tmp_path: Path):
    decay = parameters(K=1.0, x=1.0, rate=0.0, n=0.0) + rules(x_rate="rate - K * x")
    train = event("(time >= 1 + n * 0.25) && (n < 3)", n="n + 1", x="x + 2")
    imported = read(tmp_path, model(decay + f"<listOfEvents>{train}</listOfEvents>"))
    assert imported.case(10.0).regimen.pulses == (Pulses("x", 1.0, 0.25, 3, 2.0),)
    switch = event("time > 2", rate="3 + n").replace('id="e"', 'id="later"')
    imported = read(tmp_path, model(decay + f"<listOfEvents>{train}{switch}</listOfEvents>"))
    plan = imported.case(10.0).regimen
    assert [(h.given, h.start, h.value) for h in plan.holds] == [("rate", 2.0, 6.0)]
    seen = follow(imported, [0.5, 1.1, 9.0], ["x"])
    assert seen.values["x"][0] == pytest.approx(math.exp(-0.5), rel=1e-8)
    assert seen.values["x"][1] == pytest.approx(math.exp(-1.1) + 2 * math.exp(-0.1), rel=1e-8)
    assert seen.values["x"][2] == pytest.approx(6.0, rel=1e-2)


def test_an_event_true_from_the_start_fires_only_where_the_file_says_so(tmp_path: Path):
    decay = parameters(K=1.0, x=1.0) + rules(x_rate="-K * x")
    for initial, count in ((True, 0), (False, 1)):
        fires = event("time >= 0", initial=initial, x="x + 2")
        imported = read(tmp_path, model(decay + f"<listOfEvents>{fires}</listOfEvents>"))
        assert len(imported.case(1.0).regimen.pulses) == count


def through_the_fast_engine(case: Case, times: list[float], names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    inputs, plan = at_rest_inputs(case, np.array(times))
    swarm = FastEngine(case.system).run(
        case.start[None], case.parameters[None], inputs, plan, observables=names, accuracy="tight"
    )
    assert swarm.failures == (None,)
    return swarm.samples[0], swarm.observed[0]


def test_jumps_are_located_and_seen_in_observables(tmp_path: Path):
    text = model(
        parameters(K=0.3, LEVEL=0.9, SIGN=1.0, x=2.0, lost=None, low=None, side=None)
        + rules(
            x_rate="-K * x - lost", lost="piecewise(0.1, x < LEVEL, 0)", low="piecewise(1, x <= LEVEL, 0)",
            side="piecewise(5, SIGN > 0, 7)",
        )
    )  # fmt: skip
    imported = read(tmp_path, text)
    times = [0.0, 1.0, 2.0, 5.0]
    states, observed = through_the_fast_engine(imported.case(5.0), times, ["low", "side"])
    crossed = math.log(2.0 / 0.9) / 0.3
    after = (0.9 + 0.1 / 0.3) * math.exp(-0.3 * (5.0 - crossed)) - 0.1 / 0.3
    exact = [2.0, 2.0 * math.exp(-0.3), 2.0 * math.exp(-0.6), after]
    theirs = follow(imported, times, ["x", "low", "side"])
    assert states[:, 0] == pytest.approx(exact, rel=1e-7)
    assert theirs.values["x"] == pytest.approx(exact, rel=1e-7)
    assert observed[:, 0].tolist() == theirs.values["low"].tolist() == [0.0, 0.0, 0.0, 1.0]
    assert observed[:, 1].tolist() == theirs.values["side"].tolist() == [5.0] * 4


def test_a_state_that_comes_to_rest_at_a_jump_stays_there(tmp_path: Path):
    text = model(
        parameters(K=0.3, LEVEL=0.9, x=2.0, made=None)
        + rules(x_rate="made - K * x", made="piecewise(K * LEVEL, x < LEVEL, 0)")
    )
    case = read(tmp_path, text).case(5.0)
    states, _ = through_the_fast_engine(case, [0.0, 1.0, 2.0, 5.0], [])
    assert states[:, 0] == pytest.approx([2.0, 2.0 * math.exp(-0.3), 2.0 * math.exp(-0.6), 0.9], rel=1e-6)
    inputs = case.system.input_vector()[None]
    rest, still = FastEngine(case.system).settle(np.array([[0.5]]), case.parameters[None], inputs)
    assert rest[0, 0] == pytest.approx(0.9)
    assert still[0] < 1e-10


def test_a_file_without_a_unit_of_time_must_be_told(tmp_path: Path):
    text = model(parameters(K=24.0, x=1.0) + rules(x_rate="-K * x"), time="")
    with pytest.raises(InputError, match="does not say how long its unit of time is"):
        read(tmp_path, text)
    seen = follow(read(tmp_path, text, time_unit="d"), [0.0, 0.1], ["x"])
    assert seen.values["x"][-1] == pytest.approx(math.exp(-2.4), rel=1e-8)


# -- refusals -----------------------------------------------------------------------------------------------------------------

DECAY = parameters(K=1.0, x=1.0) + rules(x_rate="-K * x")
BAD = {
    "no xml": ("this is not XML", "not a valid SBML file"),
    "other xml": ("<html></html>", "not a valid SBML file"),
    "unknown id": (model(parameters(K=1.0, x=1.0) + rules(x_rate="-K * y")), "not a valid SBML file"),
    "sine": (model(parameters(K=1.0, x=1.0) + rules(x_rate="sin(K * x)")), "no counterpart in the model's language"),
    "no start": (model('<listOfParameters><parameter id="x" constant="false"/></listOfParameters>' + rules(x_rate="-x")),
                 "has a value at the start"),
    "algebraic": (
        model(parameters(K=1.0, x=1.0) + f'<listOfRules><algebraicRule>{mathml("x - K")}</algebraicRule></listOfRules>'),
        "algebraic rules cannot be read",
    ),
    "delayed event": (model(DECAY + f"<listOfEvents>{event('time > 1', delay='2', x='x + 1')}</listOfEvents>"),
                      "events with a delay cannot be read"),
    "event of a state": (model(DECAY + f"<listOfEvents>{event('x < 0.5', x='x + 1')}</listOfEvents>"),
                         "fires at a time that is known before the run"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_gives_one_clear_error(tmp_path: Path, what: str):
    text, rule = BAD[what]
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    assert rule in refused.value.rule
    assert "model.xml" in str(refused.value.where)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00", b"", b"<sbml/>", b"<?xml version='1.0'?>"])
def test_what_is_no_sbml_is_one_clear_error(tmp_path: Path, content: bytes):
    file = tmp_path / "bad.xml"
    file.write_bytes(content)
    with pytest.raises(InputError) as refused:
        import_sbml(file)
    assert "bad.xml" in str(refused.value.where)


def nested(depth: int) -> str:
    formula = "<apply><exp/>" * depth + "<ci>x</ci>" + "</apply>" * depth
    rule = f'<rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML">{formula}</math></rateRule>'
    return model(parameters(x=1.0) + f"<listOfRules>{rule}</listOfRules>")


ENTITIES = '<!DOCTYPE sbml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
TRAPS = {
    "30 000 deep": (nested(30_000), "at most 1000 deep"),
    "900 deep": (nested(900), "nested less deep"),
    "entities": (model(DECAY).replace("?>", "?>" + ENTITIES, 1), "no document type"),
    "events without end": (
        model(
            parameters(K=1.0, x=1.0, n=0.0) + rules(x_rate="-K * x")
            + f"<listOfEvents>{event('time >= n * 1e-9', n='n + 1', x='x + 1')}</listOfEvents>"
        ), "at most 100000 events",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TRAPS)
def test_a_file_made_to_exhaust_the_reader_is_one_clear_error(tmp_path: Path, what: str):
    text, rule = TRAPS[what]
    with pytest.raises(InputError) as refused:
        read(tmp_path, text).case(1.0)
    assert rule in refused.value.rule
    assert "model.xml" in str(refused.value.where)


def test_a_sum_of_very_many_terms_can_be_read(tmp_path: Path):
    formula = "<apply><plus/>" + "<ci>x</ci>" * 5000 + "</apply>"
    rule = f'<rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML">{formula}</math></rateRule>'
    imported = read(tmp_path, model(parameters(x=1.0) + f"<listOfRules>{rule}</listOfRules>"))
    assert imported.system.rate_function()(0.0, [1.0], imported.system.parameter_vector().tolist(), []) == [5000.0]


def test_3650_daily_doses_come_back_as_one_train_counted_exactly(tmp_path: Path):
    train = Regimen(pulses=(Pulses("gut_vitamin_d", 1 / 3, 1.0, 3650, 260.0),))
    file = tmp_path / "decade.xml"
    file.write_text(export_sbml(Case.of_system(body.adult(), regimen=train, days=3651.0)))
    assert import_sbml(file).case(3651.0).regimen.pulses == train.pulses


def test_doses_are_worked_out_with_the_counter_as_it_stood(tmp_path: Path):
    growing = parameters(K=1.0, x=1.0, n=1.0) + rules(x_rate="-K * x")
    text = model(growing + f"<listOfEvents>{event('(time >= n) && (n < 4)', n='n + 1', x='x + 10 * n')}</listOfEvents>")
    given = read(tmp_path, text).case(9.0).regimen.pulses
    assert [(p.first, p.amount) for p in given] == [(1.0, 10.0), (2.0, 20.0), (3.0, 30.0)]


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(InputError, match="this file cannot be read"):
        import_sbml(tmp_path / "nothing.xml")


def test_an_unknown_event_to_leave_out(tmp_path: Path):
    with pytest.raises(InputError, match="the file has no such event"):
        read(tmp_path, model(DECAY), without_events=["Evnt"])
