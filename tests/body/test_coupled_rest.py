"""The coupled adult at rest: every state, every constant that makes rest exact, and that nothing moves (coupled.md 1)."""

from __future__ import annotations

import numpy as np
import pytest
from tests.body.coupled import ELEMENTS, Phase, follow, imbalance, look, place, resting

from cofactor.body import adult, magnesium_body
from cofactor.engine import AT_REST, Rates, rest, restlessness

# coupled.md section 1, table; concentrations as amounts (14 L, 14.5 L)
STATES = {
    "gut_vitamin_d": 0, "plasma_vitamin_d3": 33.81828427, "slow_tissue_vitamin_d3": 63.87898140,
    "fat_vitamin_d3": 1127.276142, "calcidiol_pool": 480, "calcitriol_pool": 3.4, "pool_24_25": 64.72602740,
    "fgf23_bone_drive": 1, "fgf23": 1,
    "pth": 1, "secretion_capacity": 0.5, "gland_mass": 1,
    "ecf_calcium": 14 * 2.35, "ecf_phosphate": 14 * 1.10, "gut_wall_calcium": 1.08, "calcium_transport": 0.2857142857,
    "exchangeable_bone_calcium": 100, "bone_calcium": 25000, "osteoid": 1, "cell_phosphate": 3000, "volume_contraction": 0,
    "resorption": 1, "reversal_memory": 1, "formation": 1, "acute_pth_memory": 1, "lasting_pth_memory": 1,
    "osteoclast_precursors": 1, "anabolic_signal": 0,
    "plasma_teriparatide": 0, "teriparatide_depot": 0, "denosumab_depot": 0, "plasma_denosumab": 0, "tissue_denosumab": 0,
    "spine_bone_volume": 1, "spine_mineralisation": 21.76666667, "spine_damage": 1,
    "ecf_magnesium": 12.325, "soft_tissue_magnesium": 100, "muscle_magnesium_store": 360, "bone_surface_magnesium": 170,
    "deep_bone_magnesium": 360, "red_cell_magnesium_store": 5, "free_cell_magnesium": 1,
}  # fmt: skip

# coupled.md section 1, "re-derived so that rest is exact"
CONSTANTS = {
    "reference_free_25ohd": 15.57122314,
    "reference_free_calcitriol": 0.4274535753,
    "hydroxylation_25_at_rest": 22.022,
    "d3_at_rest": 3.757587141,
    "pool_24_25_at_rest": 64.72602740,
    "calcium_threshold_at_rest": 2.438052978,
    "phosphate_threshold_at_rest": 0.9522493444,
    "endogenous_phosphate_at_rest": 0.6,
    "reference_urine_magnesium": 3.948721199,
    "thick_limb_capacity": 0.4238859535,
    "dct_capacity": 0.06642518671,
    "pth_curve_at_rest": 0.9984819807,
}

# design.md section 3: what the core can give, with its unit
OBSERVABLES = {
    "serum_25ohd": "nmol/L", "free_25ohd": "pmol/L", "serum_d3": "nmol/L", "serum_calcitriol": "pmol/L",
    "serum_2425": "nmol/L", "serum_calcium": "mmol/L", "ionised_calcium": "mmol/L", "serum_magnesium": "mmol/L",
    "ionised_magnesium": "mmol/L", "serum_phosphate": "mmol/L", "red_cell_magnesium": "1", "muscle_magnesium": "mmol",
    "bone_magnesium": "mmol", "body_magnesium": "mmol", "magnesium_balance": "mmol/d", "calcium_balance": "mmol/d",
    "phosphate_balance": "mmol/d", "serum_pth": "pmol/L", "serum_fgf23": "pg/mL", "urine_calcium": "mmol/d",
    "urine_magnesium": "mmol/d", "urine_phosphate": "mmol/d", "absorbed_calcium": "mmol/d", "absorbed_magnesium": "mmol/d",
    "absorbed_phosphate": "mmol/d", "net_absorbed_calcium": "mmol/d", "net_absorbed_magnesium": "mmol/d",
    "net_absorbed_phosphate": "mmol/d", "stool_magnesium": "mmol/d", "fractional_calcium_absorption": "1",
    "fractional_magnesium_absorption": "1", "gfr": "mL/min", "bone_resorption": "1", "bone_formation": "1", "ctx": "1",
    "p1np": "1", "bmd_spine": "1",
}  # fmt: skip


def test_the_table_names_every_state_once():
    assert set(STATES) == set(adult().states)
    assert adult().size == 43


@pytest.mark.parametrize(("state", "value"), STATES.items())
def test_a_state_rests_where_the_file_says(state: str, value: float):
    assert resting()[place(state)] == pytest.approx(value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("constant", "value"), CONSTANTS.items())
def test_a_constant_that_makes_rest_exact(constant: str, value: float):
    assert adult().constants[constant].value == pytest.approx(value, rel=1e-9)


def test_sun_and_food_together_bring_in_what_the_file_says():
    body = look(["skin_synthesis", "dietary_vitamin_d_uptake"], resting())
    assert body["dietary_vitamin_d_uptake"] == pytest.approx(7.8, rel=1e-12)
    assert sum(body.values()) == pytest.approx(31.79172657, rel=1e-9)


def test_nothing_moves_at_rest():
    system = adult()
    rates = Rates(system, system.parameter_vector(), system.input_vector())
    assert restlessness(rates(system.start), system.start) < 1e-14  # the derived constants alone do it
    assert restlessness(rates(resting()), resting()) < AT_REST


def test_rest_is_found_from_a_disturbed_start():
    system = adult()
    disturbed = resting() * np.where(np.arange(system.size) % 2, 1.05, 0.95)
    found = rest(system, system.parameter_vector(), system.input_vector(), disturbed)
    assert np.abs(found - resting()).max() < 1e-9 * resting().max()


def test_every_disturbance_dies_away():
    system = adult()
    rates = Rates(system, system.parameter_vector(), system.input_vector())
    speeds = np.linalg.eigvals(rates.jacobian(resting())).real
    assert speeds.max() == pytest.approx(-2.4e-4, rel=0.02)  # deep bone, the slowest (coupled.md 1)
    assert speeds.min() == pytest.approx(-168, rel=0.01)  # PTH, the fastest


def test_ten_years_at_rest_change_nothing():
    phase = Phase(3652.5)
    ten_years = follow(phase, resting(), ["serum_calcium"])
    assert ten_years.failure is None
    drift = np.abs(ten_years.final - resting()) / np.maximum(np.abs(resting()), 1e-3)
    assert drift.max() < 1e-6
    assert max(imbalance(phase, resting(), ten_years, element) for element in ELEMENTS) < 1e-9


def test_a_small_push_is_forgotten_in_ten_years():
    # rest is exact to rounding, so the drift of a body that starts a little off shows more than that of one at rest
    pushed = resting().copy()
    pushed[place("gland_mass")] = 1.01
    years = follow(Phase(3652.5), pushed, ["pth"], times=[30.0])
    assert years.values["pth"][0] > 1 + 1e-4
    assert years.values["pth"][-1] == pytest.approx(1, abs=1e-4)


def test_balances_close_at_rest():
    balances = look(["calcium_balance", "phosphate_balance", "magnesium_balance"], resting())
    assert all(abs(value) < 1e-12 for value in balances.values())


def test_six_pools_hold_all_magnesium():
    assert look(["body_magnesium"], resting())["body_magnesium"] == pytest.approx(1007.325, rel=1e-12)


@pytest.mark.parametrize(("name", "unit"), OBSERVABLES.items())
def test_an_observable_of_the_contract_can_be_asked_for(name: str, unit: str):
    assert name in adult().observables
    assert str(adult().unit_of(name)) == unit


def test_the_magnesium_body_still_stands_alone():
    system = magnesium_body()
    states = rest(system, system.parameter_vector(), system.input_vector())
    assert states[system.states["ecf_magnesium"].offset] == pytest.approx(12.325, rel=1e-9)


def test_a_state_whose_growth_is_switched_off_stays_and_the_rest_is_found():
    system = adult()
    adenoma = {"set_point_shift": 1.15, "parathyroid_tissue": 2.5, "gland_regulation": 0}
    states = rest(system, system.parameter_vector(), system.input_vector(adenoma))
    assert states[place("gland_mass")] == 1
    assert look(["serum_calcium"], states)["serum_calcium"] == pytest.approx(2.69, abs=0.01)  # PHPT, coupled.md 5
