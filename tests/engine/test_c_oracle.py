"""The machine code of rates, Jacobian and observables against the same graph in C, on random people and states."""

from __future__ import annotations

import ctypes
import hashlib

import numpy as np
import pytest
from llvmlite import ir
from tests.engine.c_oracle import Oracle, compiler

from cofactor import body
from cofactor.engine._code import Codes
from cofactor.engine._kernels import Equations, Kernels
from cofactor.engine._lower import CONSTANT, MOVING, PERSON
from cofactor.engine._native import lane_count, load
from cofactor.model import Expr, System, adapts, exp, given, jump, log, parameter, softplus, tanh, where

pytestmark = pytest.mark.skipif(compiler() is None, reason="no C compiler")

WITHIN = 1e-13
"""Relative, where rounding cannot do more; elsewhere the oracle's own bound holds."""

NOTHING = 1e-300
A_DAY = 3.7
_KIND = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class everything:
    """An organ with every operation and a clock."""

    scale = parameter(1.7, "1", source="invented")
    power = parameter(2.3, "1", source="invented")
    border = parameter(0.8, "1", source="invented")
    pace = parameter(1.0, "1/d", source="invented")
    per_day = parameter(0.01, "1/d", source="invented")
    push = given("1", 0.4)

    @adapts("first", unit="1/d", start=1)
    def of_first(first, second, scale, power, border, pace, push, time, per_day):
        """Powers, quotients, kinks and jumps."""
        hill = (first / scale) ** power / ((first / scale) ** power + border**power)
        kink = where(second < border, second, border + 0.1 * (second - border))
        leap = jump(first < border * scale, push, -push)
        return pace * (hill - kink * exp(-second) + leap + tanh(first - second) + time * per_day)

    @adapts("second", unit="1/d", start=1)
    def of_second(first, second, scale, border, pace):
        """Logarithms and their kin."""
        return pace * (log(second + scale) - softplus(first - border) / (1 + first * second) + second**0.5 - second**-1)


def equations_of(system: System) -> Equations:
    """The lowered equations."""
    return Codes(system, (), lane_count()).of(1).kernels.equations


class Machine:
    """The kernels `start`, `rates` and `outputs` of a System, called for W people at once."""

    def __init__(self, system: System, width: int):
        self.equations = equations_of(system)
        self.kernels = Kernels(self.equations, width, lane_count())
        self.width = width
        text = self._ir()
        self.code = load(hashlib.sha256(text.encode()).hexdigest(), lambda: text)

    def _ir(self) -> str:
        self.kernels.emit()
        for name in ("start", "rates", "outputs"):
            made, base = self.kernels.function(f"look_at_{name}")
            made.linkage = "external"
            builder = self.kernels.math.builder
            builder.call(self.kernels.module.get_global("person"), [base])
            kernel = self.kernels.module.get_global(name)
            builder.call(kernel, [base, ir.Constant(ir.IntType(64), 1)][: len(kernel.args)])
            builder.ret_void()
        return str(self.kernels.module)

    def run(self, states: np.ndarray, parameters: np.ndarray, inputs: np.ndarray, time: float) -> dict[str, np.ndarray]:
        """Every array of the workspace (entries, people) after all three kernels."""
        memory = self.kernels.memory
        raw = np.zeros(memory.length * self.width + 8)
        block = raw[(-raw.ctypes.data % 64) // 8 :][: memory.length * self.width].reshape(memory.length, self.width)
        for name, rows in {"arg": states, "parameters": parameters, "inputs": inputs}.items():
            block[memory[name] : memory[name] + rows.shape[1]] = rows.T
        block[memory["clock"]] = time
        found: dict[str, np.ndarray] = {}
        for kernel in ("start", "rates", "outputs"):
            block[memory["rhs"] : memory["rhs"] + self.equations.size] = np.nan
            self.code.function(f"look_at_{kernel}", _KIND)(block.ctypes.data)
            found |= {
                f"{name} of {kernel}": block[at : at + memory.sizes[name]].copy() for name, at in memory.places.items()
            }
        return found

    def values(self, found: dict[str, np.ndarray]) -> np.ndarray:
        """What `roots_of` names, (roots, people)."""
        outputs = found["outputs of outputs"][: len(self.equations.outputs)]
        return np.concatenate([found["rhs of start"], self._entries(found), outputs])

    def _entries(self, found: dict[str, np.ndarray]) -> np.ndarray:
        """The Jacobian's entries, each kind from where it is kept."""
        rank = self.equations.lowered.rank
        jacobian, table = found["jacobian of start"], found["coefficients of start"]
        rows = {
            MOVING: lambda k, value: jacobian[k],
            PERSON: lambda k, value: table[self.kernels.coefficients[value.index]],
            CONSTANT: lambda k, value: np.full(self.width, value.node.payload),
        }
        return np.array([rows[rank(value)](k, value) for k, (_, _, value) in enumerate(self.equations.entries)])


SYSTEMS = {
    "everything": lambda: System.from_organs([everything]),
    "magnesium": body.magnesium_body,
    "coupled body": body.adult,
}


def people(system: System, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """States, parameters and inputs about half as large to twice as large as usual; nothing rests at exactly 0."""
    random = np.random.default_rng(4)

    def about(usual: np.ndarray, spread: float, floor: float = 0.0) -> np.ndarray:
        return np.maximum(usual, floor) * np.exp(spread * random.standard_normal((count, len(usual))))

    parameters = about(system.parameter_vector(), 0.02)
    return about(system.start, 0.3, 1e-3), parameters, about(system.input_vector(), 0.1)


def roots_of(equations) -> list[Expr]:
    return [*equations.rates, *(value for _, _, value in equations.entries), *equations.outputs]


@pytest.mark.parametrize("width", [max(lane_count() // 2, 2), lane_count()], ids=["half", "full"])
@pytest.mark.parametrize("name", SYSTEMS)
def test_machine_code_and_c_agree_to_rounding(name: str, width: int, tmp_path):
    system = SYSTEMS[name]()
    machine = Machine(system, width)
    oracle = Oracle(machine.equations, roots_of(machine.equations), tmp_path)
    states, parameters, inputs = people(system, 8 * lane_count())
    far, steady = 0.0, []
    for begin in range(0, len(states), width):
        some = slice(begin, begin + width)
        found = machine.run(states[some], parameters[some], inputs[some], A_DAY)
        ours = machine.values(found)
        for lane in range(width):
            wanted, error = oracle(states[begin + lane], parameters[begin + lane], inputs[begin + lane], A_DAY)
            apart, stage = np.abs(ours[:, lane] - wanted), found["rhs of rates"][:, lane]
            assert np.all(np.isfinite(ours[:, lane]))
            assert np.all(apart <= error + NOTHING)
            assert np.all(np.abs(stage - wanted[: len(stage)]) <= error[: len(stage)] + NOTHING)
            # a difference of large numbers leaves fewer digits to compare
            exact = error <= WITHIN * np.abs(wanted)
            far = max(far, float(np.max(apart[exact] / (np.abs(wanted[exact]) + NOTHING))))
            steady.append(exact.mean())
    assert far <= WITHIN
    assert np.mean(steady) > 0.7


def test_the_comparison_sees_an_input_wrong_in_its_eleventh_digit(tmp_path):
    system = SYSTEMS["everything"]()
    machine = Machine(system, 2)
    oracle = Oracle(machine.equations, roots_of(machine.equations), tmp_path)
    states, parameters, inputs = people(system, 2)
    ours = machine.values(machine.run(states, parameters, inputs, A_DAY))[:, 0]
    wanted, error = oracle(states[0], parameters[0] * (1 + 1e-11), inputs[0], A_DAY)
    assert np.any(np.abs(ours - wanted) > error + NOTHING)


@pytest.mark.parametrize("name", SYSTEMS)
def test_c_agrees_with_the_traced_equations(name: str, tmp_path):
    system = SYSTEMS[name]()
    equations = equations_of(system)
    oracle = Oracle(equations, equations.rates, tmp_path)
    plain = system.rate_function()
    for states, parameters, inputs in zip(*people(system, 4), strict=True):
        wanted, error = oracle(states, parameters, inputs, A_DAY)
        traced = np.array(plain(A_DAY, states.tolist(), parameters.tolist(), inputs.tolist()))
        assert np.all(np.abs(traced - wanted) <= 1e-11 * np.abs(wanted) + 1e3 * error)
