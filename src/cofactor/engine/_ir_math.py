"""Vector arithmetic in LLVM IR: exponential, logarithm and their kin inline, W people at a time, no library calls.

exp: Cody-Waite reduction by ln 2 and a Taylor polynomial of degree 12 (relative error below 3e-16). log: the reduction and
polynomial of FreeBSD's e_log.c (error below 1 ulp). Both pass NaN on. Fused multiply-add is explicit; nothing is re-ordered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

from cofactor.model import SMALLEST

_DOUBLE = ir.DoubleType()
_I64 = ir.IntType(64)
_MAGIC = 1.5 * 2.0**52  # adding it rounds to a whole number, which then stands in the low bits
_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_EXP_LIMIT = 700.0
_EXP_DEGREE = 12
# e_log.c, Lg1 to Lg7
_LOG_ODD = (6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01)
_LOG_EVEN = (3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01)
_MANTISSA, _ONE_BITS, _EXPONENT_BIAS = (1 << 52) - 1, 1023 << 52, 1023
_WHOLE = 2.0**52
_WHOLE_BITS = 0x4330000000000000  # the bits of 2^52


class VectorMath:
    """Emits vector arithmetic of width `width` through a builder that may move on."""

    def __init__(self, module: ir.Module, width: int):
        self.width = width
        self.vector = ir.VectorType(_DOUBLE, width)
        self.integers = ir.VectorType(_I64, width)
        self.booleans = ir.VectorType(ir.IntType(1), width)
        self.builder: ir.IRBuilder = None  # type: ignore[assignment]  # set before anything is emitted
        self._module = module
        self._intrinsics: dict[str, ir.Function] = {}
        self._called: dict[str, ir.Function] = {}

    def constant(self, value: float) -> ir.Constant:
        """The same number in every lane."""
        return ir.Constant(self.vector, [float(value)] * self.width)

    def whole(self, value: int) -> ir.Constant:
        """The same 64-bit integer in every lane."""
        return ir.Constant(self.integers, [value] * self.width)

    def intrinsic(self, name: str, *args: Any) -> Any:
        """A vector intrinsic of LLVM such as fma, sqrt, fabs."""
        if name not in self._intrinsics:
            kind = ir.FunctionType(self.vector, [self.vector] * len(args))
            self._intrinsics[name] = ir.Function(self._module, kind, name=f"llvm.{name}.v{self.width}f64")
        return self.builder.call(self._intrinsics[name], args)

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """a b + c with one rounding."""
        return self.intrinsic("fma", a, b, c)

    def less(self, a: Any, b: Any) -> Any:
        """a < b, false with NaN."""
        return self.builder.fcmp_ordered("<", a, b)

    def smaller(self, a: Any, b: Any) -> Any:
        """The smaller; NaN in the first comes out."""
        return self.builder.select(self.less(b, a), b, a)

    def larger(self, a: Any, b: Any) -> Any:
        """The larger; NaN in the first comes out."""
        return self.builder.select(self.less(a, b), b, a)

    def exp(self, x: Any) -> Any:
        """e^x, for |x| up to 700; beyond, the value at 700."""
        b = self.builder
        x = self.smaller(self.larger(x, self.constant(-_EXP_LIMIT)), self.constant(_EXP_LIMIT))
        shifted = self.fma(x, self.constant(_LOG2_E), self.constant(_MAGIC))
        n = b.fsub(shifted, self.constant(_MAGIC))
        r = self.fma(n, self.constant(-_LN2_HIGH), x)
        r = self.fma(n, self.constant(-_LN2_LOW), r)
        powers = [1.0 / math.factorial(k) for k in range(_EXP_DEGREE + 1)]
        value = self._polynomial(powers, r)
        exponent = b.shl(b.bitcast(shifted, self.integers), self.whole(52))
        return b.bitcast(b.add(b.bitcast(value, self.integers), exponent), self.vector)

    def _polynomial(self, coefficients: Sequence[float], x: Any) -> Any:
        """Even and odd halves by Horner in x^2: half the latency of one chain."""
        square = self.builder.fmul(x, x)
        even = self._horner(coefficients[0::2], square)
        odd = self._horner(coefficients[1::2], square)
        return self.fma(odd, x, even)

    def _horner(self, coefficients: Sequence[float], x: Any) -> Any:
        value = self.constant(coefficients[-1])
        for c in reversed(coefficients[:-1]):
            value = self.fma(value, x, self.constant(c))
        return value

    def log(self, x: Any) -> Any:
        """Natural logarithm of a positive normal number."""
        b = self.builder
        bits = b.bitcast(x, self.integers)
        mantissa = b.or_(b.and_(bits, self.whole(_MANTISSA)), self.whole(_ONE_BITS))
        m = b.bitcast(mantissa, self.vector)
        large = self.less(self.constant(math.sqrt(2.0)), m)
        m = b.select(large, b.fmul(m, self.constant(0.5)), m)
        raw = b.bitcast(b.or_(b.lshr(bits, self.whole(52)), self.whole(_WHOLE_BITS)), self.vector)
        exponent = b.fsub(raw, self.constant(_WHOLE + _EXPONENT_BIAS))
        exponent = b.fadd(exponent, b.select(large, self.constant(1.0), self.constant(0.0)))
        value = self._log_near_one(b.fsub(m, self.constant(1.0)), exponent)
        return b.select(b.fcmp_unordered("uno", x, x), x, value)

    def _log_near_one(self, f: Any, exponent: Any) -> Any:
        b = self.builder
        s = b.fdiv(f, b.fadd(self.constant(2.0), f))
        z = b.fmul(s, s)
        w = b.fmul(z, z)
        rest = b.fadd(b.fmul(z, self._horner(_LOG_ODD, w)), b.fmul(w, self._horner(_LOG_EVEN, w)))
        half_square = b.fmul(b.fmul(f, f), self.constant(0.5))
        low = self.fma(exponent, self.constant(_LN2_LOW), b.fmul(s, b.fadd(half_square, rest)))
        inner = b.fsub(b.fsub(half_square, low), f)
        return self.fma(exponent, self.constant(_LN2_HIGH), b.fneg(inner))

    def log1p_of_small(self, u: Any) -> Any:
        """log(1 + u) for u in [0, 1], accurate for tiny u."""
        b = self.builder
        one = self.constant(1.0)
        total = b.fadd(one, u)
        tiny = b.fcmp_ordered("==", total, one)
        scale = b.fdiv(u, b.select(tiny, one, b.fsub(total, one)))
        return b.select(tiny, u, b.fmul(self.log(total), scale))

    def softplus(self, x: Any) -> Any:
        """ln(1 + e^x)."""
        decayed = self.exp(self.builder.fneg(self.intrinsic("fabs", x)))
        return self.builder.fadd(self.larger(x, self.constant(0.0)), self.log1p_of_small(decayed))

    def logistic(self, x: Any) -> Any:
        """1 / (1 + e^-x)."""
        one = self.constant(1.0)
        return self.builder.fdiv(one, self.builder.fadd(one, self.exp(self.builder.fneg(x))))

    def tanh(self, x: Any) -> Any:
        """Hyperbolic tangent, to 1e-16 absolute."""
        b, one = self.builder, self.constant(1.0)
        decayed = self.exp(b.fmul(self.intrinsic("fabs", x), self.constant(-2.0)))
        return self.intrinsic("copysign", b.fdiv(b.fsub(one, decayed), b.fadd(one, decayed)), x)

    def called(self, name: str, emit: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """`emit` as a call to one shared copy: for kernels that run rarely, where short code compiles sooner."""

        def call(x: Any) -> Any:
            if name not in self._called:
                self._called[name] = self._one_copy(name, emit)
            return self.builder.call(self._called[name], [x])

        return call

    def _one_copy(self, name: str, emit: Callable[[Any], Any]) -> ir.Function:
        made = ir.Function(self._module, ir.FunctionType(self.vector, [self.vector]), name=f"one_{name}")
        made.linkage = "internal"
        made.attributes.add("noinline")
        outer, self.builder = self.builder, ir.IRBuilder(made.append_basic_block("entry"))
        self.builder.ret(emit(made.args[0]))
        self.builder = outer
        return made

    def short_operations(self) -> dict[str, Callable[..., Any]]:
        """As `operations`, with the long functions called."""
        long = {
            "exp": self.exp,
            "log": self.log,
            "tanh": self.tanh,
            "softplus": self.softplus,
            "logistic": self.logistic,
        }
        return self.operations() | {name: self.called(name, emit) for name, emit in long.items()}

    def operations(self) -> dict[str, Callable[..., Any]]:
        """The emitter of each operation of a lowered graph, but for `jump`."""
        b = self.builder
        return {
            "add": b.fadd, "sub": b.fsub, "mul": b.fmul, "div": b.fdiv, "neg": b.fneg, "exp": self.exp, "log": self.log,
            "sqrt": lambda x: self.intrinsic("sqrt", x), "tanh": self.tanh, "softplus": self.softplus,
            "logistic": self.logistic, "positive": lambda x: self.larger(x, self.constant(SMALLEST)),
            "min": self.smaller, "max": self.larger, "less": self.less, "where": b.select,
        }  # fmt: skip
