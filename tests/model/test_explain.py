"""`explain`: every kind of quantity tells what it is, how it is computed, what it reads and who reads it."""

# An organ is a namespace named as the module it stands for; its functions are plain.

import math
from pathlib import Path

import pytest

from cofactor.body import blood, magnesium_body
from cofactor.errors import ModelError
from cofactor.model import (
    Explanation,
    Reading,
    System,
    adapts,
    derived,
    explain,
    flux,
    given,
    mean,
    observable,
    parameter,
    pool,
    replicate,
    signal,
    switch,
    world,
)
from cofactor.units import parse_unit

BODY = magnesium_body()
THREE = replicate(3)


class patches:
    """Sites fed from one pool, with everything that an organ may declare."""

    doubles = switch(False, prior=0.4, source="toy 2001", doc="whether sites feel themselves twice")
    pull = parameter(0.5, "1/d", source="toy 1999", spread=0.2, varies=0.1, note="a note", each=THREE)
    supply_at_rest = parameter(4.0, "mmol", source="toy")
    seen_at_day_0 = parameter(0.75, "1", calibrated="day 0 of toy 1999")

    supply = pool("mmol", of={"salt": 1}, start="supply_at_rest", doc="what the sites share")
    site_store = pool("mmol", of={"salt": 2}, start=0.5, each=THREE, doc="what a site holds")
    food = world("mmol", of="salt", doc="what is eaten")
    intake = given("mmol/d", 1.5, doc="salt eaten")

    @derived("1/d", calibrated="the pull of the middle site, halved", spread=0.3)
    def slow_pull(pull):
        return pull / 2

    @derived("1", calibrated="a root that only plain numbers have")
    def root_of_seen(seen_at_day_0):
        return math.sqrt(seen_at_day_0)

    @flux(leaves=food, enters=supply, unit="mmol/d")
    def eating(intake):
        """Salt from food."""
        return intake

    @flux(moves={supply: -2, site_store: +1}, unit="mmol/d")
    def uptake(supply, pull, site_level):
        """Salt taken up by each site."""
        return pull * supply * site_level

    @flux(moves={site_store: -1, food: 2}, unit="mmol/d")
    def loss(site_store, slow_pull):
        return slow_pull * site_store

    @signal("1")
    def mean_level(site_level):
        return mean(site_level)

    @adapts("site_level", unit="1/d", start="seen_at_day_0", each=THREE)
    def change_of_site_level(site_level, mean_level, pull, doubles, root_of_seen):
        """Sites drift to their mean."""
        return pull * (mean_level - (1 + doubles) * site_level * root_of_seen)

    @observable("d")
    def day(time):
        """The day."""
        return time


PATCHES = System.from_organs([patches])


def told(name: str) -> Explanation:
    return explain(PATCHES, name)


def test_a_signal_of_the_body_in_full():
    found = explain(BODY, "distal_magnesium_reabsorption")
    assert found.name == "distal_magnesium_reabsorption"
    assert found.kind == "signal"
    assert str(found.unit) == "mmol/L"
    assert found.doc.startswith("What the distal tubule takes back")
    assert found.organ == "kidney_magnesium"
    assert found.text == (
        "distal_magnesium_reabsorption = x1 - dct_splay * ln(1 + e^((x1 - dct_capacity * distal_drive) / dct_splay))\n"
        "where x1 = min(dct_fraction * min(distal_drive, 1), dct_fraction_ceiling) * distal_magnesium_delivery"
    )
    assert found.latex.startswith(r"\begin{aligned} \mathrm{distal\_magnesium\_reabsorption} &= x_{1} - ")
    assert r"\ln\left(1 + e^{\frac{x_{1} - \mathrm{dct\_capacity}" in found.latex
    assert found.reads[:2] == (
        Reading("distal_magnesium_delivery", "signal", parse_unit("mmol/L")),
        Reading("distal_drive", "signal", parse_unit("1")),
    )
    assert [r.kind for r in found.reads[2:]] == ["parameter", "parameter", "derived parameter", "parameter"]
    assert [c.name for c in found.parameters] == ["dct_fraction", "dct_fraction_ceiling", "dct_capacity", "dct_splay"]
    assert found.parameters[0].source == "floor of fractional excretion 0.5 % in depletion: mg-E29, mg-E30"
    assert found.read_by == ("renal_magnesium_excretion",)
    assert found.moves == ()
    assert found.value == pytest.approx(0.0664250, abs=1e-6)  # 0.112 of the load of 0.595: magnesium.md 2.3


def test_where_is_relative_to_the_package_and_points_at_the_function():
    file, _, line = explain(BODY, "distal_magnesium_reabsorption").where.partition(":")
    assert file == "cofactor/body/kidney_magnesium.py"
    source = Path(blood.__file__).with_name("kidney_magnesium.py").read_text().splitlines()
    assert source[int(line) - 1 : int(line) + 1] == ['@signal("mmol/L")', "def distal_magnesium_reabsorption("]


def test_where_outside_the_package_is_relative_to_the_working_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(Path(__file__).parents[1])
    assert told("day").where == f"model/test_explain.py:{patches.day.__code__.co_firstlineno}"
    monkeypatch.chdir(tmp_path)
    assert told("day").where == f"{__file__}:{patches.day.__code__.co_firstlineno}"


def test_a_pool_is_the_sum_of_its_fluxes():
    found = told("supply")
    assert (found.kind, str(found.unit), found.doc, found.value) == ("pool", "mmol", "what the sites share", 4.0)
    assert found.text == "d(supply)/dt = eating - 2 * sum_i(uptake[i])"
    assert found.latex == (
        r"\frac{d\,\mathrm{supply}}{dt} = \mathrm{eating} - 2 \cdot \left(\sum_{i} \mathrm{uptake}_{i}\right)"
    )
    assert [(r.name, r.kind) for r in found.reads] == [("eating", "flux"), ("uptake", "flux")]
    assert found.read_by == ("uptake",)
    assert told("site_store").text == "d(site_store[i])/dt = uptake[i] - loss[i]"
    assert told("site_store").value == (0.5, 0.5, 0.5)


def test_the_pool_of_the_body_adds_up():
    text = explain(BODY, "ecf_magnesium").text
    terms = text.removeprefix("d(ecf_magnesium)/dt = ").replace(" - ", " + -").split(" + ")
    signed = {term.lstrip("-"): -1.0 if term.startswith("-") else 1.0 for term in terms}
    moves = {
        m.name: dict(m.moves)["ecf_magnesium"] for m in BODY.movements.values() if "ecf_magnesium" in dict(m.moves)
    }
    assert signed == moves


def test_a_place_outside_the_body():
    found = told("food")
    assert (found.kind, found.value, found.doc) == ("place outside the body", None, "what is eaten")
    assert found.text == "d(food)/dt = -eating + 2 * sum_i(loss[i])"
    assert found.read_by == ()


def test_a_flux():
    found = told("uptake")
    assert (found.kind, found.doc) == ("flux", "Salt taken up by each site.")
    assert found.text == "uptake[i] = pull[i] * supply * site_level[i]"
    assert (
        found.latex == r"\mathrm{uptake}_{i} = \mathrm{pull}_{i} \cdot \mathrm{supply} \cdot \mathrm{site\_level}_{i}"
    )
    assert found.moves == (("supply", -2.0), ("site_store", 1.0))
    assert found.read_by == ("supply", "site_store")
    assert found.value == (1.5, 1.5, 1.5)
    assert explain(BODY, "renal_magnesium_excretion").read_by == (
        "urine_magnesium", "fractional_magnesium_excretion", "ecf_magnesium", "magnesium_in_urine",
    )  # fmt: skip


def test_an_adapting_state_and_its_rate_tell_the_same_equation():
    state, rate = told("site_level"), told("change_of_site_level")
    text = "d(site_level[i])/dt = pull[i] * (mean_level - (1 + doubles) * site_level[i] * root_of_seen)"
    assert state.text == rate.text == text
    assert state.latex == rate.latex
    assert (state.kind, rate.kind) == ("adapting state", "rate")
    assert (str(state.unit), str(rate.unit)) == ("1", "1/d")
    assert state.where == rate.where
    assert state.organ == rate.organ == "patches"
    assert state.doc == "Sites drift to their mean."
    assert state.value == (0.75, 0.75, 0.75)
    assert set(state.read_by) == {"uptake", "mean_level", "change_of_site_level"}
    assert rate.read_by == ("site_level",)


def test_a_parameter_is_its_value_and_source():
    found = told("pull")
    assert (found.kind, found.text, found.latex) == (
        "parameter",
        "pull[i] = 0.5 1/d",
        r"\mathrm{pull}_{i} = 0.5\ \mathrm{1/d}",
    )
    (known,) = found.parameters
    assert (known.value, known.spread, known.varies, known.source, known.note) == (0.5, 0.2, 0.1, "toy 1999", "a note")
    assert found.reads == ()
    assert set(found.read_by) == {"slow_pull", "uptake", "change_of_site_level"}
    assert found.value == (0.5, 0.5, 0.5)
    assert explain(BODY, "smallest_intake").latex == r"\mathrm{smallest\_intake} = 1 \times 10^{-6}\ \mathrm{mmol/d}"
    assert explain(BODY, "thick_limb_fraction").text == "thick_limb_fraction = 0.87"


def test_a_start_reads_its_parameter():
    assert told("supply_at_rest").read_by == ("supply",)
    assert told("seen_at_day_0").read_by == ("root_of_seen", "site_level")


def test_a_switch_is_told_as_one():
    found = told("doubles")
    assert (found.kind, found.text, found.value) == ("switch", "doubles = 0", 0.0)
    assert found.parameters[0].note == "switch; prior 0.4"


def test_a_derived_parameter_is_an_equation_with_a_value():
    found = told("slow_pull")
    assert (found.kind, found.value) == ("derived parameter", 0.25)
    assert found.text == "slow_pull = pull[i] / 2"
    assert [c.name for c in found.parameters] == ["slow_pull", "pull"]
    assert found.parameters[0].source == "calibrated: the pull of the middle site, halved"


def test_a_derived_parameter_that_only_numbers_can_compute_names_what_it_reads():
    found = told("root_of_seen")
    assert found.text == "root_of_seen = f(seen_at_day_0)"
    assert found.latex == r"\mathrm{root\_of\_seen} = \mathrm{f}\left(\mathrm{seen\_at\_day\_0}\right)"
    assert found.value == pytest.approx(math.sqrt(0.75))


def test_an_input_and_the_time():
    found = told("intake")
    assert (found.kind, found.text, found.value, found.doc) == ("input", "intake = 1.5 mmol/d", 1.5, "salt eaten")
    assert found.read_by == ("eating",)
    time = told("time")
    assert (time.kind, str(time.unit), time.value, time.read_by, time.text) == ("time", "d", 0.0, ("day",), "time")
    assert told("day").text == "day = time"


def test_an_observable():
    found = explain(BODY, "serum_magnesium")
    assert (found.kind, found.value, found.organ) == ("observable", 0.85, "blood")
    assert found.text == "serum_magnesium = ecf_magnesium / ecf_magnesium_volume"
    assert "serum_magnesium_ratio" in found.read_by


def test_a_cut_edge_is_told_as_held():
    cut = ("serum_magnesium_ratio", "sweat_magnesium_loss")
    system = BODY.cutting([cut])
    found = explain(system, "sweat_magnesium_loss")
    assert found.text == "sweat_magnesium_loss = sweat_magnesium_at_rest * serum_magnesium_ratio_held"
    assert found.value is None
    assert [r.kind for r in found.reads] == ["held", "parameter"]
    assert "held" not in explain(system, "endogenous_magnesium_loss").text
    assert "sweat_magnesium_loss" not in explain(system, "serum_magnesium_ratio").read_by


@pytest.mark.parametrize("system", [BODY, PATCHES], ids=["body", "patches"])
def test_everything_can_be_explained(system):
    names = [*system.quantities, *system.inventory.worlds]
    for name in names:
        found = explain(system, name)
        assert found.name == name
        assert found.unit == system.unit_of(name)
        assert all(r.name in names for r in found.reads)
        assert all(r in names for r in found.read_by)
        reader = "change_of_" + name if found.kind == "adapting state" and name == "site_level" else name
        reader = "free_cell_magnesium_change" if name == "free_cell_magnesium" else reader
        assert all(reader in explain(system, r.name).read_by for r in found.reads)
        assert found.text
        assert found.latex.count("{") == found.latex.count("}")
        if name != "time":
            assert found.where
            assert found.organ
            # what is printed names what is read, and nothing else
            left, _, right = found.text.partition(" = ")
            assert name in left or found.kind == "rate"
            assert all(r.name in right for r in found.reads)


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(ModelError, match=r"received serum_magnesum; hint: did you mean serum_magnesium\?"):
        explain(BODY, "serum_magnesum")


def test_explaining_leaves_the_system_as_it_was():
    before = len(PATCHES.graph.nodes)
    told("change_of_site_level")
    assert len(PATCHES.graph.nodes) == before


def test_an_explanation_does_not_change():
    with pytest.raises(AttributeError):
        told("day").text = "other"  # type: ignore[misc]
