"""Every mmol accounted for: budgets of real plans, and of invented bodies in which something is used up or goes missing."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from cofactor.body import adult
from cofactor.errors import InputError, ModelError
from cofactor.model import System, flux, given, pool, world
from cofactor.run import (
    CLOSES_WITHIN,
    Budget,
    Failure,
    Kind,
    Part,
    Result,
    budget,
    budget_of,
    simulate,
    stores_of,
)
from cofactor.scenario import Scenario
from cofactor.units import parse_quantity

SUPPLEMENT = """
schema = 1
[diet]
magnesium = "260 mg/day"
[[supplement]]
name = "magnesium"
form = "citrate"
amount = "368 mg"
every = "1 day"
stop = "day 21"
[simulate]
days = 28
output_every = "7 days"
"""
BEFORE = SUPPLEMENT.replace('stop = "day 21"', 'start = "before"\nstop = "day 21"')
DEPLETION = """
schema = 1
[[diet_change]]
magnesium = "0.5 mmol/day"
start = "day 0"
stop = "day 21"
[simulate]
days = 40
output_every = "10 days"
"""
INFUSION = """
schema = 1
[[infusion]]
name = "magnesium"
amount = "30 mmol"
at = "day 1"
over = "8 hours"
[simulate]
days = 3
"""
AT_ONCE = INFUSION.replace('over = "8 hours"\n', "").replace("30 mmol", "7 mmol")
PLANS = {"supplement": SUPPLEMENT, "before": BEFORE, "depletion": DEPLETION, "infusion": INFUSION, "at once": AT_ONCE}
MMOL_PER_DAY = parse_quantity("368 mg").value / 24.305


@pytest.fixture(scope="module")
def budgets() -> dict[str, Budget]:
    return {name: budget_of(Scenario.from_text(text)) for name, text in PLANS.items()}


def of(found: Budget, part: Part) -> dict[str, float]:
    return {line.label: line.amount for line in found.lines if line.part is part}


@pytest.mark.parametrize("plan", PLANS)
def test_every_mmol_is_accounted_for(budgets: dict[str, Budget], plan: str) -> None:
    found = budgets[plan]
    assert found.taken_in > 0
    assert abs(found.residual) <= CLOSES_WITHIN * (found.taken_in + found.lost)
    assert found.residual == found.taken_in - found.lost - found.change
    lost, stores = of(found, Part.LOST), of(found, Part.STORES)
    assert sum(of(found, Part.TAKEN_IN).values()) == pytest.approx(found.taken_in, rel=1e-12)
    assert sum(lost.values()) == pytest.approx(found.lost, rel=1e-12)
    assert stores.pop("all stores together") == pytest.approx(sum(stores.values()), rel=1e-9, abs=1e-12)
    assert {place.label for place in found.places.values() if place.kind is Kind.STORE} == set(stores)


@pytest.mark.parametrize("plan", PLANS)
def test_enzymes_use_up_exactly_nothing(budgets: dict[str, Budget], plan: str) -> None:
    assert budgets[plan].enzymes.used == 0.0
    assert budgets[plan].enzymes.carriers == len(body_fluxes_of_magnesium())


def body_fluxes_of_magnesium() -> list[str]:
    system = adult()
    content = {name: place.of for name, place in {**system.inventory.pools, **system.inventory.worlds}.items()}
    return [n for n, m in system.movements.items() if any("magnesium" in content[place] for place, _ in m.moves)]


@pytest.mark.parametrize("plan", PLANS)
def test_what_flows_into_a_store_is_what_it_gained(budgets: dict[str, Budget], plan: str) -> None:
    found = budgets[plan]
    for place in found.places.values():
        if place.kind is Kind.STORE:
            got = sum(f.amount for f in found.flows if f.target == place.name)
            gave = sum(f.amount for f in found.flows if f.source == place.name)
            # the level of the store against the account of its fluxes: two numbers the engine computes apart
            assert got - gave == pytest.approx(place.change, abs=1e-9 * (got + gave))


@pytest.mark.parametrize("plan", ["supplement", "before"])
def test_food_is_told_from_supplements(budgets: dict[str, Budget], plan: str) -> None:
    taken = of(budgets[plan], Part.TAKEN_IN)
    assert taken["supplements"] == pytest.approx(21 * MMOL_PER_DAY, rel=1e-3)  # the molar mass is rounded here
    eaten_a_day = Scenario.from_text(SUPPLEMENT).diet.magnesium
    assert taken["food and drink"] == pytest.approx(28 * eaten_a_day, rel=1e-9)
    assert taken["given into a vein"] == 0


def test_a_depleted_body_draws_on_its_stores(budgets: dict[str, Budget]) -> None:
    found = budgets["depletion"]
    assert found.change < 0
    assert of(found, Part.STORES)["exchangeable on bone surfaces"] < 0
    assert of(found, Part.TAKEN_IN)["food and drink"] == pytest.approx(21 * 0.5 + 19 * 12.5, rel=1e-9)


def test_an_infusion_and_a_dose_at_once_are_sources(budgets: dict[str, Budget]) -> None:
    assert of(budgets["infusion"], Part.TAKEN_IN)["given into a vein"] == pytest.approx(30, rel=1e-9)
    assert of(budgets["at once"], Part.TAKEN_IN)["given at once"] == pytest.approx(7, rel=1e-12)


def test_per_day_is_the_amount_over_the_days(budgets: dict[str, Budget]) -> None:
    found = budgets["supplement"]
    assert found.days == 28
    assert all(line.per_day == line.amount / 28 for line in found.lines)


def test_net_flows_run_one_way_and_keep_every_gain(budgets: dict[str, Budget]) -> None:
    found = budgets["depletion"]
    both = {(f.source, f.target) for f in found.flows}
    assert ("ecf_magnesium", "deep_bone_magnesium") in both
    assert ("deep_bone_magnesium", "ecf_magnesium") in both
    net = found.net_flows()
    assert not {(f.source, f.target) for f in net} & {(f.target, f.source) for f in net}
    for name in found.places:
        gains = [
            sum(((f.target == name) - (f.source == name)) * f.amount for f in flows) for flows in (found.flows, net)
        ]
        assert gains[0] == pytest.approx(gains[1], abs=1e-9)


# -- results and plans -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def three() -> tuple[Scenario, Result]:
    plan = Scenario.from_text("schema = 1\n[population]\nn = 3\n" + SUPPLEMENT.replace("schema = 1\n", ""))
    return plan, simulate(plan, observables=stores_of(adult(), "magnesium"))


def test_of_several_people_the_mean_is_drawn_up(three: tuple[Scenario, Result]) -> None:
    plan, result = three
    each = [budget(result, plan, person=i) for i in range(3)]
    together = budget(result, plan)
    assert (together.people, each[0].people) == (3, 1)
    assert together.taken_in == pytest.approx(np.mean([one.taken_in for one in each]), rel=1e-12)
    assert len({round(one.taken_in, 6) for one in each}) == 3


def test_a_person_who_failed_has_no_budget(three: tuple[Scenario, Result]) -> None:
    plan, result = three
    broken = replace(result, failures=(Failure(1, "no rest"),))
    with pytest.raises(InputError, match="no rest"):
        budget(broken, plan, person=1)
    assert budget(broken, plan).people == 2
    with pytest.raises(InputError, match="no such person"):
        budget(result, plan, person=3)


def test_a_plan_is_the_one_that_was_run(three: tuple[Scenario, Result]) -> None:
    with pytest.raises(InputError, match="another plan"):
        budget(three[1], Scenario.from_text(DEPLETION))


def test_without_the_stores_the_total_is_held_against_the_accounts() -> None:
    plan = Scenario.from_text(DEPLETION)
    by_total = budget(simulate(plan, observables=["body_magnesium"]), plan)
    assert by_total.change == pytest.approx(budget_of(plan).change, rel=1e-9)
    with pytest.raises(InputError, match="budget_of"):
        budget(simulate(plan, observables=["serum_magnesium"]), plan)


def test_a_reset_has_no_budget() -> None:
    plan = Scenario.from_text(AT_ONCE + '[[reset]]\nstates = ["soft_tissue_magnesium"]\nat = "day 1"\n')
    with pytest.raises(InputError, match="a reset takes or gives without a flow"):
        budget_of(plan)


def test_doses_in_steady_state_and_trains_of_infusions_close_the_books() -> None:
    plan = (
        '[[infusion]]\nname = "magnesium"\namount = "6 mmol"\nover = "2 hours"\nevery = "1 day"\nsteady_state = true\n'
    )
    plan += '[[infusion]]\nname = "magnesium"\namount = "2 mmol"\nevery = "12 hours"\nlag = "3 hours"\nsteady_state = true\n'
    found = budget_of(Scenario.from_text(plan + "[simulate]\ndays = 14\n"))
    taken = of(found, Part.TAKEN_IN)
    assert taken["given into a vein"] == pytest.approx(14 * 6, rel=1e-9)
    assert taken["given at once"] == pytest.approx(28 * 2, rel=1e-12)
    assert abs(found.change) < 1e-3 * found.taken_in, "in steady state as much leaves as comes"


def test_a_dose_at_once_needs_its_plan() -> None:
    result = simulate(Scenario.from_text(AT_ONCE), observables=stores_of(adult(), "magnesium"))
    with pytest.raises(ModelError, match="pass the plan"):
        budget(result)


def test_a_store_that_leaks_is_found(three: tuple[Scenario, Result]) -> None:
    plan, result = three
    levels = dict(result.observables)
    levels["muscle_magnesium_store"] = levels["muscle_magnesium_store"] + np.linspace(0, 1e-3, len(result.times))
    with pytest.raises(ModelError, match="every mmol is accounted for"):
        budget(replace(result, observables=levels), plan)


def test_only_what_the_body_holds_has_a_budget() -> None:
    with pytest.raises(InputError, match="magnesium"):
        stores_of(adult(), "zinc")


# -- invented bodies ---------------------------------------------------------------------------------------------------


def wasteful() -> System:
    """An enzyme that uses up two magnesium for every vitamin D it turns over, and a flux to two places at once."""
    blood = pool("mmol", of="magnesium")
    precursor, hormone = pool("mmol", of="vitamin_d"), pool("mmol", of="vitamin_d")
    eaten, spent, sweat, urine = (world("mmol", of="magnesium") for _ in range(4))
    rate = given("mmol/d", 1.0)

    @flux(leaves=eaten, enters=blood, unit="mmol/d")
    def uptake(rate):
        return 2 * rate

    @flux(moves={precursor: -1, hormone: +1, blood: -2, spent: +2}, unit="mmol/d")
    def activation(rate):
        return rate

    @flux(moves={blood: -2, sweat: +0.5, urine: +1.5}, unit="mmol/d")
    def loss(rate):
        return rate

    names = (
        "blood",
        "precursor",
        "hormone",
        "eaten",
        "spent",
        "sweat",
        "urine",
        "rate",
        "uptake",
        "activation",
        "loss",
    )
    here = locals()
    return System.from_organs([SimpleNamespace(**{name: here[name] for name in names})])


def followed(uptake: float, activation: float, loss: float) -> Result:
    """A run of the wasteful body, as it would have to come out."""
    totals = {"uptake": uptake, "activation": activation, "loss": loss}
    gained = uptake - 2 * activation - 2 * loss
    return Result(
        times=np.array([0.0, 10.0]),
        observables={"blood": np.array([[5.0, 5.0 + gained]])},
        units={"blood": "mmol"},
        accounts={name: np.array([[0.0, total]]) for name, total in totals.items()},
        manifest={},
        is_population=False,
    )


def test_an_enzyme_that_uses_magnesium_is_caught() -> None:
    found = budget(followed(9, 2, 1), system=wasteful())
    assert found.enzymes.used == 4
    assert found.enzymes.asked == ("activation",)
    assert of(found, Part.ENZYMES) == {"all enzymes together": 4}
    assert found.change == 3


def test_a_flux_to_two_places_is_shared_out_and_one_that_ran_backwards_is_turned() -> None:
    flows = {(f.source, f.target): f.amount for f in budget(followed(9, 2, -1), system=wasteful()).flows}
    assert flows["sweat", "blood"] == 0.5
    assert flows["urine", "blood"] == 1.5
    assert all(amount > 0 for amount in flows.values())


def test_a_budget_as_json_names_every_line() -> None:
    found = budget(followed(9, 2, 1), system=wasteful())
    plain = found.to_json()
    assert [line["amount"] for line in plain["lines"]] == [line.amount for line in found.lines]
    assert plain["enzymes"]["used"] == 4
    assert plain["residual"] == 0


COUPLED = """
schema = 1
[[supplement]]
name = "calcium"
amount = "500 mg"
every = "1 day"
[[supplement]]
name = "vitamin_d3"
amount = "1000 IU"
every = "1 day"
[simulate]
days = 30
output_every = "10 days"
"""


@pytest.mark.parametrize(("element", "taken"), [("calcium", 500 / 40.078), ("phosphorus", 0.0), ("vitamin_d", None)])
def test_other_elements_close_too(element: str, taken: float | None) -> None:
    """Bone mineral holds phosphorus in proportion to its calcium, vitamin D is counted in nmol: the books convert."""
    found = budget_of(Scenario.from_text(COUPLED), element=element)
    assert abs(found.residual) <= CLOSES_WITHIN * (found.taken_in + found.lost)
    assert len(of(found, Part.STORES)) > 3
    if taken is None:
        assert of(found, Part.ENZYMES) == {}, "vitamin D is what enzymes turn over; nothing is said of its use"
    else:
        assert of(found, Part.TAKEN_IN)["supplements"] == pytest.approx(30 * taken, rel=1e-4)
        assert of(found, Part.ENZYMES) == {"all enzymes together": 0.0}


def test_the_fluxes_of_vitamin_d_were_asked(budgets: dict[str, Budget]) -> None:
    found = budgets["supplement"].enzymes
    assert {"hydroxylation_25", "hydroxylation_24", "calcitriol_synthesis"} <= set(found.asked)
    assert "vitamin_d" in found.substances
