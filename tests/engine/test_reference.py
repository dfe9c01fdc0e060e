"""The reference engine: exact where a solution is known, the same with another method, and books that close."""

# An organ is a namespace named as the module it stands for; its functions are plain.

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from cofactor.body import magnesium_body
from cofactor.engine import Accuracy, Segment, Trajectory, integrate, rest
from cofactor.errors import InputError, ModelError
from cofactor.model import System, adapts, flux, observable, parameter, pool, world
from cofactor.model import given as given_input

# -- a body with an exact solution ---------------------------------------------------------------------------------


class chain:
    """What is eaten waits in the gut, moves to the blood, to and fro a store, and leaves: linear, so known exactly."""

    gut = pool("mmol", of="salt", start=1.0)
    blood = pool("mmol", of="salt", start=2.0)
    store = pool("mmol", of="salt", start=5.0)
    food = world("mmol", of="salt")
    urine = world("mmol", of="salt")
    intake = given_input("mmol/d", 3.0)
    out_of_gut = parameter(20.0, "1/d", source="toy")
    into_store = parameter(0.8, "1/d", source="toy")
    out_of_store = parameter(0.1, "1/d", source="toy")
    out_of_blood = parameter(0.5, "1/d", source="toy")

    @flux(leaves=food, enters=gut, unit="mmol/d")
    def eating(intake):
        return intake

    @flux(leaves=gut, enters=blood, unit="mmol/d")
    def uptake(gut, out_of_gut):
        return out_of_gut * gut

    @flux(leaves=blood, enters=store, unit="mmol/d")
    def storing(blood, store, into_store, out_of_store):
        return into_store * blood - out_of_store * store

    @flux(leaves=blood, enters=urine, unit="mmol/d")
    def loss(blood, out_of_blood):
        return out_of_blood * blood

    @observable("mmol/d")
    def eaten_and_lost(eating, loss):
        return eating + loss


CHAIN = System.from_organs([chain])
MATRIX = np.array([[-20.0, 0, 0], [20, -1.3, 0.1], [0, 0.8, -0.1]])
POOLS = ["gut", "blood", "store"]


def exactly(states: np.ndarray, intake: float, days: float) -> np.ndarray:
    """The chain after `days`: the matrix exponential of the states with the constant intake as one more."""
    whole = np.zeros((4, 4))
    whole[:3, :3], whole[0, 3] = MATRIX, intake
    return (expm(whole * days) @ [*states, 1.0])[:3]


def run(segments, times, outputs=POOLS, system=CHAIN, **options) -> Trajectory:
    start = options.pop("start", system.start)
    return integrate(
        system, system.parameter_vector(), start, segments, np.asarray(times, dtype=float), outputs, **options
    )


def eats(amount: float) -> np.ndarray:
    return np.array([amount])


@pytest.mark.parametrize("method", ["LSODA", "Radau", "BDF"])
@pytest.mark.parametrize(("accuracy", "error"), [("default", 3e-6), ("tight", 5e-9), (Accuracy(1e-5), 3e-4)])
def test_a_linear_body_follows_its_exact_solution(method, accuracy, error):
    times = np.linspace(0, 30, 61)
    found = run([Segment(0, 30, eats(3.0))], times, method=method, accuracy=accuracy)
    due = np.array([exactly(CHAIN.start, 3.0, t) for t in times])
    assert found.failure is None
    for k, name in enumerate(POOLS):
        assert found.values[name] == pytest.approx(due[:, k], rel=error)
    assert found.final == pytest.approx(due[-1], rel=error)


def test_tight_is_tighter_than_default():
    due = exactly(CHAIN.start, 3.0, 30)

    def error(accuracy: str) -> float:
        found = run([Segment(0, 30, eats(3.0))], [30.0], accuracy=accuracy)
        return float(np.max(np.abs(found.final / due - 1)))

    assert error("tight") < error("default") / 10


def test_doses_and_changed_inputs_follow_the_exact_solution():
    plan = [
        Segment(0, 2, eats(3.0), {"gut": 10.0}),
        Segment(2, 2.5, eats(0.0)),
        Segment(2.5, 9, eats(6.0), {"blood": 1.0, "store": -2.0}),
        Segment(9, 20, eats(1.0), {"gut": 4.0}),
    ]
    times = np.array([0, 1, 2, 2.25, 2.5, 5, 9, 9.5, 20.0])
    found = run(plan, times)
    states, due = CHAIN.start.copy(), []
    for segment in plan:
        within = times[(times > segment.start) & (times <= segment.stop)]
        due += [states.copy()] if segment.start == 0 else []
        for name, amount in segment.doses.items():
            states[POOLS.index(name)] += amount
        due += [exactly(states, segment.inputs[0], t - segment.start) for t in within]
        states = exactly(states, segment.inputs[0], segment.stop - segment.start)
    for k, name in enumerate(POOLS):
        assert found.values[name] == pytest.approx(np.array(due)[:, k], rel=3e-6)


def test_accounts_are_the_integrals_of_the_fluxes():
    found = run([Segment(0, 3, eats(3.0)), Segment(3, 10, eats(1.0))], [0, 3, 10])
    assert found.accounts["eating"] == pytest.approx([0, 9, 16], rel=1e-12)
    blood = np.linalg.solve(MATRIX, exactly(CHAIN.start, 3.0, 3.0) - CHAIN.start - MATRIX @ [0, 0, 0])
    particular = np.linalg.solve(MATRIX, [3.0, 0, 0])  # integral of x: inv(A) (x(T) - x(0) - b T)
    assert found.accounts["loss"][1] == pytest.approx(0.5 * (blood - 3.0 * particular)[1], rel=3e-6)


# -- samples and doses ---------------------------------------------------------------------------------------------


def test_a_sample_at_the_time_of_a_dose_shows_the_body_before_it():
    plan = [Segment(0, 1, eats(3.0), {"gut": 10.0}), Segment(1, 2, eats(3.0), {"gut": 5.0})]
    found = run(plan, [0, 1e-9, 1, 1 + 1e-9, 2])
    gut = found.values["gut"]
    assert gut[0] == 1.0
    assert gut[1] == pytest.approx(11.0, rel=1e-6)
    assert gut[3] - gut[2] == pytest.approx(5.0, rel=1e-6)


def test_a_sample_at_a_change_shows_the_inputs_before_it():
    plan = [Segment(0, 1, eats(3.0)), Segment(1, 2, eats(7.0))]
    found = run(plan, [0, 0.5, 1, 1.5, 2], ["eating"], before=eats(1.0))
    assert found.values["eating"].tolist() == [1.0, 3.0, 3.0, 7.0, 7.0]
    without = run(plan, [0, 0.5, 1, 1.5, 2], ["eating"])
    assert without.values["eating"].tolist() == [3.0, 3.0, 3.0, 7.0, 7.0]


def test_a_dose_at_the_very_end_is_given_after_the_last_sample():
    plan = [Segment(0, 1, eats(3.0)), Segment(1, 1, eats(3.0), {"gut": 5.0})]
    found = run(plan, [0, 1])
    assert found.final[0] - found.values["gut"][-1] == pytest.approx(5.0)


def test_a_dose_of_the_start_alone_is_a_changed_start():
    dosed = run([Segment(0, 5, eats(3.0), {"blood": 2.0})], [1, 5])
    changed = run([Segment(0, 5, eats(3.0))], [1, 5], start=CHAIN.start + np.array([0, 2.0, 0]))
    for name in POOLS:
        assert dosed.values[name] == pytest.approx(changed.values[name], rel=1e-6)


def test_times_are_days_of_the_plan_not_of_the_segment():
    class clock:
        pace = parameter(2.0, "1/d", source="toy")

        @adapts("phase", unit="1/d", start=0.0)
        def change(time, pace):
            return pace * time * pace

        @observable("d")
        def day(time):
            return time

    system = System.from_organs([clock])
    nothing = np.zeros(0)
    found = run([Segment(10, 11, nothing), Segment(11, 13, nothing)], [10, 10.5, 11, 13], ["day", "phase"], system)
    assert found.values["day"].tolist() == [10, 10.5, 11, 13]
    assert found.values["phase"] == pytest.approx(2 * (np.array([10, 10.5, 11, 13.0]) ** 2 - 100), abs=1e-5)


@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.floats(0.01, 19.9), max_size=5, unique=True))
def test_cutting_a_stretch_into_pieces_changes_nothing(cuts):
    borders = [0.0, *sorted(cuts), 20.0]
    plan = [Segment(a, b, eats(3.0)) for a, b in pairwise(borders)]
    found, whole = run(plan, [5, 20]), run([Segment(0, 20, eats(3.0))], [5, 20])
    for name in POOLS:
        assert found.values[name] == pytest.approx(whole.values[name], rel=3e-6)


@settings(max_examples=12, deadline=None)
@given(grid=st.lists(st.floats(0, 50), max_size=20, unique=True))
def test_values_do_not_depend_on_the_grid(grid):
    times = np.array(sorted({*grid, 0.0, 7.0, 50.0}))
    plan = [Segment(0, 7, SUPPLEMENTED), Segment(7, 50, FED)]
    found = follow(plan, times, ["serum_magnesium", "body_magnesium"])
    coarse = follow(plan, [0, 7, 50], ["serum_magnesium", "body_magnesium"])
    here = np.isin(times, [0, 7, 50])
    for name, values in coarse.values.items():
        assert found.values[name][here] == pytest.approx(values, rel=1e-6)
    assert found.final == pytest.approx(coarse.final, rel=1e-9)


# -- the magnesium body --------------------------------------------------------------------------------------------

BODY = magnesium_body()
FED = BODY.input_vector()
STARVED = BODY.input_vector({"dietary_magnesium": 0.35})
SUPPLEMENTED = BODY.input_vector({"supplement_magnesium": 15.0, "soluble_supplement_magnesium": 15.0})
INFUSED = BODY.input_vector({"magnesium_infusion": 42.0, "plasma_adrenaline_level": 3.0})
REST = rest(BODY, BODY.parameter_vector(), FED)
PLANS = {
    "at rest": [Segment(0, 200, FED)],
    "starved": [Segment(0, 240, STARVED)],
    "on and off": [Segment(k * 7.0, k * 7.0 + 7, SUPPLEMENTED if k % 2 else FED) for k in range(4)],
    "infused": [Segment(0, 4 / 24, INFUSED), Segment(4 / 24, 1, FED), Segment(1, 30, STARVED)],
    "dosed": [Segment(float(k), k + 1.0, FED, {"ecf_magnesium": 7.0}) for k in range(4)],
    "turnover": [
        Segment(0, 90, BODY.input_vector({"bone_resorption_flux": 20.0, "egf_signal": 0.4})),
        Segment(90, 91, STARVED, {"ecf_magnesium": -4.0, "deep_bone_magnesium": 30.0}),
        Segment(91, 365, FED),
    ],
}


def follow(plan, times, outputs, **options) -> Trajectory:
    return run(plan, times, outputs, BODY, start=REST, **options)


def given_by(plan: list[Segment]) -> float:
    return sum(sum(segment.doses.values()) for segment in plan)


@pytest.mark.parametrize("name", PLANS)
def test_two_methods_agree(name):
    plan = PLANS[name]
    times = np.linspace(0, plan[-1].stop, 40)
    outputs = ["serum_magnesium", "urine_magnesium", "body_magnesium", "red_cell_magnesium", "free_cell_magnesium"]
    one, other = follow(plan, times, outputs), follow(plan, times, outputs, method="Radau")
    for output in outputs:
        assert one.values[output] == pytest.approx(other.values[output], rel=2e-5), output
    one, other = (follow(plan, times, outputs, method=m, accuracy="tight") for m in ("LSODA", "Radau"))
    for output in outputs:
        assert one.values[output] == pytest.approx(other.values[output], rel=2e-8), output


@pytest.mark.parametrize("method", ["LSODA", "Radau"])
@pytest.mark.parametrize("name", PLANS)
def test_accounts_close(name, method):
    plan = PLANS[name]
    times = sorted({0.0, plan[0].stop, plan[-1].stop})
    found = follow(plan, times, ["body_magnesium"], method=method)
    gains = {m.name: m.gains.get("magnesium", 0.0) for m in BODY.movements.values()}
    booked = sum(gains[flow] * account[-1] for flow, account in found.accounts.items())
    gained = found.values["body_magnesium"][-1] - found.values["body_magnesium"][0]
    moved = sum(abs(gains[flow] * account[-1]) for flow, account in found.accounts.items())
    assert gained == pytest.approx(booked + given_by(plan), abs=1e-9 * (moved + 1007))


@pytest.mark.parametrize("name", PLANS)
def test_every_pool_is_what_its_accounts_say(name):
    plan = PLANS[name]
    found = follow(plan, [plan[-1].stop], ["body_magnesium"])
    for pool_name, state in BODY.states.items():
        if not state.is_pool:
            continue
        booked = sum(
            count * found.accounts[m.name][-1]
            for m in BODY.movements.values()
            for at, count in m.moves
            if at == pool_name
        )
        dosed = sum(segment.doses.get(pool_name, 0.0) for segment in plan)
        assert found.final[state.offset] - REST[state.offset] == pytest.approx(booked + dosed, abs=1e-6)


def test_a_body_at_rest_stays_there_for_ten_years():
    found = follow([Segment(0, 3652.5, FED)], [0, 365.25, 3652.5], ["body_magnesium", "serum_magnesium"])
    assert found.values["serum_magnesium"] == pytest.approx([0.85] * 3, rel=1e-8)
    assert found.final == pytest.approx(REST, rel=1e-8)


def test_after_long_on_a_plan_the_body_is_at_its_rest():
    days = 20 / 2.4e-4  # coupled.md section 1: the slowest rate is 2.4e-4 /d, and e^-20 is 2e-9
    found = follow([Segment(0, days, SUPPLEMENTED)], [days], ["serum_magnesium"])
    assert found.final == pytest.approx(rest(BODY, BODY.parameter_vector(), SUPPLEMENTED), rel=1e-6)


# -- what is asked for ---------------------------------------------------------------------------------------------


def test_bad_requests_are_told():
    plan = [Segment(0, 1, eats(3.0))]
    with pytest.raises(InputError, match="the solver is one of LSODA, Radau, BDF; received Euler"):
        run(plan, [1], method="Euler")
    with pytest.raises(InputError, match="the accuracy is one of default, tight; received perfect"):
        run(plan, [1], accuracy="perfect")
    with pytest.raises(InputError, match="without a gap; received one stops at day 1, the next starts at day 2"):
        run([*plan, Segment(2, 3, eats(3.0))], [1])
    with pytest.raises(InputError, match="without overlap"):
        run([Segment(1, 2, eats(3.0)), *plan], [1])
    with pytest.raises(InputError, match="lie within the segments"):
        run(plan, [0, 2])
    with pytest.raises(ModelError, match=r"received bloood; hint: did you mean blood\?"):
        run(plan, [1], ["bloood"])
    with pytest.raises(ModelError, match=r"received guts; hint: did you mean gut\?"):
        run([Segment(0, 1, eats(3.0), {"guts": 1.0})], [1])


def test_asking_for_nothing_gives_the_final_state():
    found = run([Segment(0, 5, eats(3.0))], [], [])
    assert found.values == {}
    assert found.final == pytest.approx(exactly(CHAIN.start, 3.0, 5.0), rel=1e-6)


def test_an_unset_held_edge_is_a_failure_not_a_number():
    system = CHAIN.cutting([("blood", "loss")])
    found = run([Segment(0, 1, eats(3.0))], [0, 1], ["blood"], system)
    assert found.failure is not None
    assert found.values["blood"][0] == 2.0
