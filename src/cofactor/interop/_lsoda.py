"""LSODA as peers use it: the same graph as one compiled right-hand side (numba), driven by numbalsoda or by SciPy.

Each dose ends a call and starts the next, as LSODA needs; states are in units of their sizes, so that its one absolute
tolerance means the same for all. What depends on a person alone is computed beforehand.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from cofactor.errors import MissingExtraError, SolverError
from cofactor.interop._work import Work
from cofactor.model import Expr, System, compile_outputs

_MOST_STEPS = 1_000_000
_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}
_HELPERS = "import math\nfrom math import exp, log, sqrt, tanh\n"


def need_numba() -> Any:
    """The numba module; MissingExtraError without the extra `bench`."""
    try:
        import numba  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise MissingExtraError("numba", "bench") from None
    return numba


class RightHandSide:
    """d(state / size)/dt of one System in compiled form: `pointer` for LSODA, `data(...)` for one person and row of inputs."""

    def __init__(self, system: System, sizes: np.ndarray):
        self.system, self.sizes = system, sizes
        self._fixed = _fixed_nodes(system)
        look = [Expr(system.graph, index) for index in self._fixed]
        self._look = compile_outputs(system.graph, look, system.layout) if look else None
        numba = need_numba()
        from numbalsoda import lsoda_sig  # pyright: ignore[reportMissingImports]

        self.function = numba.njit(error_model="numpy")(_python(system, self._fixed))
        width, size, function, carray = len(self._fixed) + system.size, system.size, self.function, numba.carray

        @numba.cfunc(lsoda_sig, error_model="numpy")
        def callback(t, states, rates, data):
            function(t, carray(states, (size,)), carray(rates, (size,)), carray(data, (width,)))

        self._callback = callback
        self.pointer = callback.address

    def data(self, parameters: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """What the compiled function reads: the person's numbers, then the sizes."""
        fixed = (
            []
            if self._look is None
            else self._look(0.0, self.system.start.tolist(), parameters.tolist(), inputs.tolist())
        )
        return np.concatenate([np.asarray(fixed, dtype=float), self.sizes])


def numbalsoda_run(side: RightHandSide, work: Work, tolerance: float) -> tuple[np.ndarray, float]:
    """States (people, times, states) and CPU seconds with numbalsoda; the loop over days is compiled too."""
    follow = _follow()
    plan, inputs = work.timeline, work.inputs
    amounts = plan.amounts / side.sizes
    people = [np.array([side.data(p, row) for row in rows]) for p, rows in zip(work.parameters, inputs, strict=True)]
    out = np.empty((work.people, len(plan.times), work.system.size))
    begin = time.process_time()
    for i, data in enumerate(people):
        ok = follow(
            side.pointer, work.starts[i] / side.sizes, plan.edges, plan.rows, plan.doses, amounts, plan.times, data,
            tolerance, tolerance / 100, out[i],
        )  # fmt: skip
        if not ok:
            raise SolverError("numbalsoda did not finish", received=f"{work.name}, relative tolerance {tolerance:g}")
    return out * side.sizes, time.process_time() - begin


def scipy_run(side: RightHandSide, work: Work, tolerance: float, method: str = "LSODA") -> tuple[np.ndarray, float]:
    """The same through scipy.integrate.solve_ivp, with the compiled right-hand side."""
    from scipy.integrate import solve_ivp

    plan = work.timeline
    out = np.empty((work.people, len(plan.times), work.system.size))
    begin = time.process_time()
    for i in range(work.people):
        state, seen = work.starts[i] / side.sizes, int(np.searchsorted(plan.times, plan.edges[0], side="right"))
        out[i, :seen] = state
        for k, row in enumerate(plan.rows):
            data = side.data(work.parameters[i], work.inputs[i, row])
            if plan.doses[k] >= 0:
                state = state + plan.amounts[plan.doses[k]] / side.sizes
            end = plan.edges[k + 1]
            inside, upto = (
                int(np.searchsorted(plan.times, end, side=side_of_end)) for side_of_end in ("left", "right")
            )
            span, wanted = (plan.edges[k], end), np.append(plan.times[seen:inside], end)
            found = solve_ivp(
                _rates(side, data), span, state, method=method, t_eval=wanted, rtol=tolerance, atol=tolerance / 100
            )
            if not found.success:
                raise SolverError("SciPy did not finish", received=f"{work.name}, {found.message}")
            out[i, seen:inside], state = found.y[:, :-1].T, found.y[:, -1]
            out[i, inside:upto], seen = state, upto
    return out * side.sizes, time.process_time() - begin


def _rates(side: RightHandSide, data: np.ndarray) -> Callable[[float, np.ndarray], np.ndarray]:
    def rates(t: float, states: np.ndarray) -> np.ndarray:
        made = np.empty_like(states)
        side.function(t, states, made, data)
        return made

    return rates


@lru_cache(maxsize=1)
def _follow() -> Callable[..., bool]:
    numba = need_numba()
    from numbalsoda import lsoda  # pyright: ignore[reportMissingImports]

    @numba.njit
    def follow(pointer, start, edges, rows, doses, amounts, times, data, relative, absolute, out):
        state, seen = start.copy(), 0
        while seen < len(times) and times[seen] <= edges[0]:
            out[seen] = state
            seen += 1
        for k in range(len(rows)):
            if doses[k] >= 0:
                state = state + amounts[doses[k]]
            upto = seen
            while upto < len(times) and times[upto] < edges[k + 1]:
                upto += 1
            wanted = np.empty(upto - seen + 2)
            wanted[0], wanted[-1] = edges[k], edges[k + 1]
            wanted[1:-1] = times[seen:upto]
            found, ok = lsoda(pointer, state, wanted, data[rows[k]], relative, absolute, _MOST_STEPS)
            if not ok:
                return False
            out[seen:upto] = found[1:-1]
            state, seen = found[-1].copy(), upto
            while seen < len(times) and times[seen] <= edges[k + 1]:
                out[seen] = state
                seen += 1
        return True

    return follow


# -- the graph as Python that numba compiles ----------------------------------------------------------------------------------


def _fixed_nodes(system: System) -> list[int]:
    """Nodes of parameters and inputs alone that moving nodes read, symbols included; the rates themselves where fixed."""
    graph, roots = system.graph, [rate.index for rate in system.rates.values()]
    needed = _needed(system, roots)
    moving: dict[int, bool] = {}
    for index in needed:
        node = graph.nodes[index]
        leaf = node.op == "symbol" and (node.payload in system.states or node.payload == "time")
        moving[index] = leaf or any(moving[a] for a in node.args)
    read = {a for index in needed if moving[index] for a in graph.nodes[index].args} | set(roots)
    return sorted(i for i in read if not moving[i] and graph.nodes[i].op != "const")


def _needed(system: System, roots: list[int]) -> list[int]:
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        index = waiting.pop()
        if index not in seen:
            seen.add(index)
            waiting += system.graph.nodes[index].args
    return sorted(seen)  # a node is always younger than its arguments


def _python(system: System, fixed: list[int]) -> Callable[..., None]:
    """evaluate(t, y, dy, p) from the graph; the text holds node numbers and constants only, nothing read from a file."""
    places = {index: k for k, index in enumerate(fixed)}
    roots = [rate.index for rate in system.rates.values()]
    stop, lines = set(places), []
    for index in _needed_above(system, roots, stop):
        lines.append(f"    v{index} = {_source(system, index, places)}")
    base = len(fixed)
    lines += [f"    dy[{k}] = v{root} / p[{base + k}]" for k, root in enumerate(roots)]
    text = _HELPERS + "def evaluate(t, y, dy, p):\n" + "\n".join(lines) + "\n"
    scope: dict[str, Any] = {}
    exec(compile(text, "<right-hand side>", "exec"), scope)
    return scope["evaluate"]


def _needed_above(system: System, roots: list[int], stop: set[int]) -> list[int]:
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        if index not in stop:
            waiting += system.graph.nodes[index].args
    return sorted(seen)


def _source(system: System, index: int, places: dict[int, int]) -> str:
    if index in places:
        return f"p[{places[index]}]"
    node = system.graph.nodes[index]
    if node.op == "const":
        return repr(node.payload)
    if node.op == "symbol":
        return "t" if node.payload == "time" else _state(system, node.payload, len(places))
    names = [f"v{a}" for a in node.args]
    if node.op in _INFIX:
        return f"{names[0]} {_INFIX[node.op]} {names[1]}"
    return _FORMS[node.op].format(*names)


def _state(system: System, name: str, base: int) -> str:
    place = system.states[name].offset
    return f"y[{place}] * p[{base + place}]"


_FORMS = {
    "neg": "-{0}", "exp": "exp({0})", "log": "log({0})", "sqrt": "sqrt({0})", "tanh": "tanh({0})",
    "softplus": "({0} + math.log1p(exp(-{0})) if {0} > 0.0 else math.log1p(exp({0})))",
    "logistic": "1.0 / (1.0 + exp(-{0}))",
    "min": "({0} if {0} < {1} else {1})", "max": "({0} if {0} > {1} else {1})",
    "less": "(1.0 if {0} < {1} else 0.0)", "where": "({1} if {0} != 0.0 else {2})", "jump": "({1} if {0} != 0.0 else {2})",
}  # fmt: skip
