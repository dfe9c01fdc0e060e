"""What is written: valid SBML with consistent units, exact numbers, the plan as events, observables under their names."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from cofactor import body
from cofactor.errors import InputError, ModelError
from cofactor.interop import Case, export_sbml, problems
from cofactor.model import System, adapts, flux, parameter, pool, replicate, world
from cofactor.regimen import Hold, Pulses, Rate, Regimen, Reset
from cofactor.scenario import Scenario

EXAMPLES = Path(__file__).parents[2] / "examples"
CORE = "{http://www.sbml.org/sbml/level3/version2/core}"
PLAN = Regimen(
    rates=(Rate("supplement_calcium", 10.0, 40.0, 12.5),),
    holds=(Hold("dietary_magnesium", 5.0, 9.3, 0.5),),
    pulses=(
        Pulses("gut_vitamin_d", 1 / 3, 4.5 / 24, 10, 260.0),
        Pulses("teriparatide_depot", 0.0, 1.0, 60, 20e6 / 4117.8),
    ),
)


@pytest.fixture(scope="module")
def planned() -> tuple[Case, str]:
    case = Case.of_system(body.adult(), regimen=PLAN, days=60.0)
    return case, export_sbml(case)


def tree(text: str) -> ElementTree.Element:
    found = ElementTree.fromstring(text).find(f"{CORE}model")
    assert found is not None
    return found


def entries(text: str, kind: str) -> dict[str, ElementTree.Element]:
    key = {"assignmentRule": "variable", "rateRule": "variable"}.get(kind, "id")
    return {entry.attrib[key]: entry for entry in tree(text).iter(f"{CORE}{kind}")}


def test_libsbml_finds_no_error_and_no_unit_warning(planned):
    pytest.importorskip("libsbml")
    assert problems(planned[1]) == []
    assert problems(export_sbml(body.magnesium_body())) == []


def test_the_check_would_see_a_wrong_unit(planned):
    pytest.importorskip("libsbml")
    right = '<parameter id="dct_capacity" units="mmol_per_L"'
    assert right in planned[1]
    found = problems(planned[1].replace(right, right.replace("mmol_per_L", "mmol")))
    assert found
    assert all("10501" in line for line in found)


PLANS = {
    "rest": "",
    "rate": '[[supplement]]\nname = "vitamin_d3"\namount = "2000 IU"\nevery = "1 day"\n[simulate]\ndays = 30\n',
    "pulses": '[[drug]]\nname = "teriparatide"\namount = "20 ug"\nevery = "1 day"\n[simulate]\ndays = 5\n',
}


@pytest.mark.parametrize("plan", PLANS)
def test_scenarios_become_valid_files_that_tell_the_observables(plan: str):
    libsbml = pytest.importorskip("libsbml")
    text = export_sbml(Scenario.from_text(PLANS[plan]))
    assert problems(text) == []
    model = libsbml.readSBMLFromString(text).getModel()
    assert model.getParameter("serum_magnesium") is not None


@pytest.mark.parametrize("name", ["depletion", "load_test", "supplement", "ppi"])
def test_examples_become_valid_files(name: str):
    pytest.importorskip("libsbml")
    assert problems(export_sbml(EXAMPLES / f"{name}.toml")) == []


def test_every_observable_is_a_parameter_of_its_own_name(planned):
    ruled, declared = entries(planned[1], "assignmentRule"), entries(planned[1], "parameter")
    for name in body.adult().observables:
        assert name in ruled
        assert declared[name].attrib["constant"] == "false"
        assert declared[name].attrib["units"]


def test_every_quantity_has_a_unit_that_is_defined(planned):
    defined = {*entries(planned[1], "unitDefinition"), "dimensionless"}
    used = [p.attrib["units"] for p in entries(planned[1], "parameter").values()]
    used += [s.attrib["substanceUnits"] for s in entries(planned[1], "species").values()]
    numbers = re.findall(r'<cn sbml:units="([^"]+)"', planned[1])
    assert len(numbers) == planned[1].count("<cn ")
    assert {*used, *numbers} <= defined


def test_numbers_are_written_to_the_last_bit(planned):
    case, text = planned
    declared, species = entries(text, "parameter"), entries(text, "species")
    for constant in case.system.constants.values():
        assert float(declared[constant.name].attrib["value"]) == case.parameters[constant.offset]
    for state in case.system.states.values():
        kept = species[state.name].attrib["initialAmount"] if state.is_pool else declared[state.name].attrib["value"]
        assert float(kept) == case.start[state.offset]


def test_the_body_begins_at_rest(planned):
    case, _ = planned
    rates = case.system.rate_function()
    still = rates(0.0, case.start.tolist(), case.parameters.tolist(), case.system.input_vector().tolist())
    assert np.max(np.abs(still)) < 1e-9


def test_a_flux_is_a_reaction_that_conserves_what_it_moves(planned):
    reactions = entries(planned[1], "reaction")
    resorbed = reactions["reaction_bone_resorption_flux"]
    moves = {s.attrib["species"]: float(s.attrib["stoichiometry"]) for s in resorbed.iter(f"{CORE}speciesReference")}
    assert moves["bone_calcium"] == moves["ecf_calcium"] == 1.0
    assert 0.0 < moves["ecf_phosphate"] < 1.0
    assert {f"reaction_{name}" for name, m in body.adult().movements.items() if str(m.unit) == "mmol/d"} == set(
        reactions
    )


def test_doses_are_counted_and_never_summed(planned):
    (event,) = (e for name, e in entries(planned[1], "event").items() if name == "doses_of_gut_vitamin_d")
    text = ElementTree.tostring(event, encoding="unicode")
    assert re.findall(r"> (0\.3333333333333333|0\.1875|10|260) <", text) == [
        "10",
        "0.3333333333333333",
        "0.1875",
        "260",
    ]
    assigned = [a.attrib["variable"] for a in event.iter(f"{CORE}eventAssignment")]
    assert assigned == ["doses_given_of_gut_vitamin_d", "gut_vitamin_d"]


def test_inputs_change_by_events_at_their_times_and_others_are_constant(planned):
    events, declared = entries(planned[1], "event"), entries(planned[1], "parameter")
    changes = {name for name in events if name.startswith("plan_changes")}
    assert changes == {"plan_changes_day_5", "plan_changes_day_9_3", "plan_changes_day_10", "plan_changes_day_40"}
    assert declared["supplement_calcium"].attrib["constant"] == "false"
    assert declared["dietary_calcium"].attrib["constant"] == "true"


def test_what_is_told_relative_to_rest_is_one_at_the_start(planned):
    case, text = planned
    declared = entries(text, "parameter")
    look = case.system.function(["ctx"])
    (ctx,) = look(0.0, case.start.tolist(), case.parameters.tolist(), case.system.input_vector().tolist())
    assert float(declared["ctx_at_rest"].attrib["value"]) == ctx
    assert "absolute_ctx" in declared


def test_a_cut_edge_is_a_constant_at_rest():
    pytest.importorskip("libsbml")
    text = """
[model]
cut = ["serum_calcitriol -> gut_vdr_drive"]
[simulate]
days = 3
"""
    edges = [f"{a} -> {b}" for b, e in body.adult().inventory.signals.items() for a in e.reads]
    edge = next(e for e in edges if e.startswith("pth_action -> "))
    made = export_sbml(Scenario.from_text(text.replace("serum_calcitriol -> gut_vdr_drive", edge)))
    held = edge.replace(" -> ", " held for ").replace(" ", "_")
    assert held in entries(made, "parameter")
    assert np.isfinite(float(entries(made, "parameter")[held].attrib["value"]))
    assert problems(made) == []


def test_a_population_is_refused():
    with pytest.raises(InputError, match="an SBML file holds one person"):
        export_sbml(Scenario.from_text("[population]\nn = 3\n"))


def test_replicated_sites_are_refused():
    class organ:
        sites = replicate(3)
        pace = parameter(1.0, "1/d", source="a test")

        @adapts("plaque", unit="1/d", each=sites)
        def plaque_change(plaque, pace):
            return -pace * plaque

    system = System.from_organs([organ])
    with pytest.raises(ModelError, match="replicated sites cannot be written"):
        export_sbml(Case.of_system(system, start=np.ones(3)))


def one_depot() -> System:
    class organ:
        depot = pool("mmol", of="calcium")
        air = world("mmol", of="calcium")
        pace = parameter(0.5, "1/d", source="a test")

        @flux(leaves=depot, enters=air, unit="mmol/d")
        def loss(depot, pace):
            """What leaves."""
            return pace * depot

    return System.from_organs([organ])


def in_roadrunner(case: Case, days: int, points: int) -> np.ndarray:
    pytest.importorskip("libsbml")
    roadrunner = pytest.importorskip("roadrunner")
    text = export_sbml(case)
    assert problems(text) == []
    runner = roadrunner.RoadRunner(text)
    runner.timeCourseSelections = ["depot"]
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-11, 1e-13
    return np.asarray(runner.simulate(0, days, points))[:, 0]


def test_two_doses_at_one_moment_both_count():
    doses = Regimen(pulses=(Pulses("depot", 1.0, 1.0, 2, 2.0), Pulses("depot", 1.0, 1.0, 2, 3.0)))
    case = Case.of_system(one_depot(), start=np.array([7.0]), regimen=doses, days=3.0)
    after = 7.0 * np.exp(-1.5) + 5.0 * (np.exp(-1.0) + np.exp(-0.5))
    assert in_roadrunner(case, 3, 7)[-1] == pytest.approx(after, rel=1e-8)


def test_a_reset_comes_before_the_dose_of_its_moment():
    doses = Regimen(
        pulses=(Pulses("depot", 0.0, 1.0, 5, 2.0),), resets=(Reset(3.0, ("depot",)), Reset(4.5, to="start"))
    )
    case = Case.of_system(one_depot(), start=np.array([7.0]), regimen=doses, days=6.0)
    found = in_roadrunner(case, 6, 25)  # every quarter of a day
    day = np.exp(-0.5)
    assert found[3 * 4 + 1] == pytest.approx(2.0 * day**0.25, rel=1e-8)
    assert found[-1] == pytest.approx(7.0 * day**1.5, rel=1e-8)
    last = 7.0 * day**2.5 + 2.0 * (day**2.5 + day**1.5 + day**0.5)
    assert found[2 * 4 + 2] == pytest.approx(last, rel=1e-8)
