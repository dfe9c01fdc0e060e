"""The lowered graph once more, as C: long doubles and the C library's functions, an oracle for the machine code.

Beside every value stands a bound on what rounding in double precision can do to it, in units of the last place of 1
(the running error analysis of Higham, Accuracy and Stability of Numerical Algorithms, section 3.3, to first order).
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cofactor.engine._kernels import Equations
from cofactor.engine._lower import in_use
from cofactor.model import SMALLEST, Expr

ROUNDING = 2.0**-52
_EXP_LIMIT = 700.0  # as in `engine/_ir_math.py`: beyond, the value at 700
_HEAD = "#include <math.h>\ntypedef long double L;\n"
_DOUBLE = ctypes.POINTER(ctypes.c_double)

# value and error of each operation: a, b, c are its arguments, ea, eb, ec their errors, v its own value; what the polynomials
# of `engine/_ir_math.py` say of themselves is 6e-16 of an exponential and 7e-16 of a logarithm, 3 and 4 units
_OPERATIONS = {
    "add": ("a + b", "ea + eb + fabsl(v)"),
    "sub": ("a - b", "ea + eb + fabsl(v)"),
    "mul": ("a * b", "fabsl(a) * eb + fabsl(b) * ea + fabsl(v)"),
    "div": ("a / b", "(ea + fabsl(v) * eb) / fabsl(b) + fabsl(v)"),
    "neg": ("-a", "ea"),
    "exp": (f"expl(fmaxl(fminl(a, {_EXP_LIMIT}L), -{_EXP_LIMIT}L))", "v * (ea + 3)"),
    "log": ("logl(a)", "ea / fabsl(a) + 4 * fabsl(v)"),
    "sqrt": ("sqrtl(a)", "(a > 0 ? ea / (2 * v) : 0) + v"),
    "tanh": ("tanhl(a)", "(1 - v * v) * ea + 1"),
    "softplus": ("fmaxl(a, 0) + log1pl(expl(-fabsl(a)))", "ea / (1 + expl(-a)) + 4 * v"),
    "logistic": ("1 / (1 + expl(-a))", "v * (1 - v) * ea + 4 * v"),
    "positive": (f"a > {SMALLEST!r}L ? a : {SMALLEST!r}L", f"a > {SMALLEST!r}L ? ea : 0"),
    "min": ("b < a ? b : a", "b < a ? eb : ea"),
    "max": ("a < b ? b : a", "a < b ? eb : ea"),
    "less": ("a < b", "0"),
    "where": ("a != 0 ? b : c", "a != 0 ? eb : ec"),
    "jump": ("a != 0 ? b : c", "a != 0 ? eb : ec"),
}


def compiler() -> str | None:
    """The C compiler of this machine, if it has one."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def c_source(equations: Equations, roots: Sequence[Expr]) -> str:
    """values(states, parameters, inputs, time, value[], error[]): every root, straight down the graph."""
    graph = equations.lowered.graph
    lines = [_statement(equations, index) for index in in_use(graph, roots)]
    lines += [f"value[{k}] = v{r.index}; error[{k}] = e{r.index};" for k, r in enumerate(roots)]
    head = "void values(const double *y, const double *p, const double *u, double time, double *value, double *error)"
    return _HEAD + head + " {\n" + "\n".join(lines) + "\n}\n"


def _statement(equations: Equations, index: int) -> str:
    node, vectors = equations.lowered.graph.nodes[index], equations.lowered.vectors
    if node.op == "const":
        return f"L v{index} = {float(node.payload).hex()}L, e{index} = 0;"
    if node.op == "symbol":
        places = {"y": vectors.states, "p": vectors.parameters, "u": vectors.inputs}
        found = [f"{array}[{place[node.payload]}]" for array, place in places.items() if node.payload in place]
        return f"L v{index} = {found[0] if found else 'time'}, e{index} = 0;"
    value, error = _OPERATIONS[node.op]
    named = ", ".join(f"{x} = v{k}, e{x} = e{k}" for x, k in zip("abc", node.args, strict=False))
    unused = "".join(f"(void)e{x};" for x, _ in zip("abc", node.args, strict=False))
    return f"L v{index}, e{index}; {{ L {named}, v = {value}; {unused} v{index} = v; e{index} = {error}; }}"


class Oracle:
    """Compiled C of some roots of a System's equations; needs a compiler."""

    def __init__(self, equations: Equations, roots: Sequence[Expr], folder: Path):
        source, library = folder / "oracle.c", folder / "oracle.so"
        source.write_text(c_source(equations, roots))
        command = [str(compiler()), "-O0", "-fPIC", "-shared", "-o", str(library), str(source), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"the oracle's C does not compile: {done.stderr[:2000]}")
        self._count = len(roots)
        self._code = ctypes.CDLL(str(library)).values
        self._code.argtypes = [_DOUBLE, _DOUBLE, _DOUBLE, ctypes.c_double, _DOUBLE, _DOUBLE]
        self._code.restype = None

    def __call__(
        self, states: np.ndarray, parameters: np.ndarray, inputs: np.ndarray, time: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Values of the roots, and the bound on what rounding may do to each in a computation of double precision."""
        value, error = np.zeros(self._count), np.zeros(self._count)
        given = [np.ascontiguousarray(a, dtype=float) for a in (states, parameters, inputs)]
        self._code(*(_address(a) for a in given), time, _address(value), _address(error))
        return value, ROUNDING * error


def _address(array: np.ndarray):
    return array.ctypes.data_as(_DOUBLE)
