"""Vector arithmetic in LLVM IR: exponential, logarithm and their kin inline, W people at a time, no library calls.

exp: Cody-Waite reduction by ln 2 and a polynomial of degree 10. log: the mantissa in [sqrt(1/2), sqrt(2)) by integer
arithmetic, then 2 artanh(f / (2 + f)). Polynomials interpolate at Chebyshev nodes (near-minimax, in extended precision); the
relative error of either is below 1e-15. Both pass NaN on. Fused multiply-add is explicit; nothing is re-ordered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from llvmlite import ir

from cofactor.model import SMALLEST

_DOUBLE = ir.DoubleType()
_I64 = ir.IntType(64)
_MAGIC = 1.5 * 2.0**52  # adding it rounds to a whole number, which then stands in the low bits
_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_EXP_LIMIT = 700.0
# (exp(r) - 1) / r for |r| <= ln 2 / 2, error 6e-16 of exp
_EXP = (
    1.0000000000000013, 0.5000000000000001, 0.16666666666615648, 0.041666666666624136, 0.008333333367311364,
    0.001388888891721164, 0.00019841190647968123, 2.4801521302352345e-05, 2.7632640473205867e-06, 2.762008384444835e-07,
)  # fmt: skip
# (2 artanh(s) / s - 2) / s^2 by s^2: up to s = (sqrt(2) - 1) / (sqrt(2) + 1), error 7e-16 of the logarithm; up to 1/3, 2e-16
_ARTANH_NEAR = (
    0.6666666666666208, 0.400000000112122, 0.2857142413651613, 0.22222862476862693, 0.18140185202170397, 0.166219470928704,
)  # fmt: skip
_ARTANH = (
    0.6666666666666697, 0.39999999999559754, 0.28571428676740246, 0.22222212551637865, 0.18182261351681175,
    0.15373269805548917, 0.13502400667852735, 0.10322323339940184, 0.16871532153328772,
)  # fmt: skip
_HALF_ROOT_BITS = 0x3FE6A09E667F3BCD  # the bits of sqrt(1/2)
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

    def at(self, base: Any, place: Any) -> Any:
        """Pointer to a vector of the workspace; the place is a Python or an IR integer."""
        index = ir.Constant(_I64, place) if isinstance(place, int) else place
        return self.builder.gep(base, [index], source_etype=self.vector)

    def load(self, base: Any, place: Any) -> Any:
        """A vector of the workspace."""
        return self.builder.load(self.at(base, place), typ=self.vector, align=8 * self.width)

    def store(self, base: Any, place: Any, value: Any) -> None:
        """Write a vector of the workspace."""
        self.builder.store(value, self.at(base, place), align=8 * self.width)

    def broadcast(self, value: Any, kind: ir.Type | None = None) -> Any:
        """One number in every lane of a vector (of doubles, unless another kind is named)."""
        undefined = ir.Constant(kind or self.vector, ir.Undefined)
        first = self.builder.insert_element(undefined, value, ir.Constant(ir.IntType(32), 0))
        mask = ir.Constant(ir.VectorType(ir.IntType(32), self.width), [0] * self.width)
        return self.builder.shuffle_vector(first, undefined, mask)

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

    def is_negative(self, x: Any) -> Any:
        """Whether the sign bit is set, -0.0 and NaN included."""
        return self.builder.icmp_signed("<", self.builder.bitcast(x, self.integers), self.whole(0))

    def differing(self, a: Any, b: Any) -> Any:
        """Integers whose sign bit is set where those of a and b differ."""
        return self.builder.xor(self.builder.bitcast(a, self.integers), self.builder.bitcast(b, self.integers))

    def either(self, a: Any, b: Any) -> Any:
        """A vector whose sign bits are set where those of a or b are."""
        bits = self.builder.or_(self.builder.bitcast(a, self.integers), self.builder.bitcast(b, self.integers))
        return self.builder.bitcast(bits, self.vector)

    def anyone(self, flags: Any) -> Any:
        """Whether a condition holds in some lane."""
        bits = self.builder.bitcast(flags, ir.IntType(self.width))
        return self.builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(self.width), 0))

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
        value = self.fma(self._polynomial(_EXP, r), r, self.constant(1.0))
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
        moved = b.add(b.bitcast(x, self.integers), self.whole(_ONE_BITS - _HALF_ROOT_BITS))
        m = b.bitcast(b.add(b.and_(moved, self.whole(_MANTISSA)), self.whole(_HALF_ROOT_BITS)), self.vector)
        raw = b.bitcast(b.or_(b.lshr(moved, self.whole(52)), self.whole(_WHOLE_BITS)), self.vector)
        exponent = b.fsub(raw, self.constant(_WHOLE + _EXPONENT_BIAS))
        one = self.constant(1.0)
        near = self._twice_artanh(b.fdiv(b.fsub(m, one), b.fadd(m, one)), _ARTANH_NEAR)
        value = self.fma(exponent, self.constant(math.log(2.0)), near)
        return b.select(b.fcmp_unordered("uno", x, x), x, value)

    def _twice_artanh(self, s: Any, coefficients: Sequence[float]) -> Any:
        z = self.builder.fmul(s, s)
        rest = self.builder.fmul(z, self._polynomial(coefficients, z))
        return self.fma(s, rest, self.builder.fadd(s, s))

    def log1p_of_small(self, u: Any) -> Any:
        """log(1 + u) for u in [0, 1], accurate for tiny u."""
        return self._twice_artanh(self.builder.fdiv(u, self.builder.fadd(u, self.constant(2.0))), _ARTANH)

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

    def operations(self, flags: Sequence[str] = ()) -> dict[str, Callable[..., Any]]:
        """The emitter of each operation of a lowered graph, but for `jump`; `flags` of LLVM for sums and products."""
        b: Any = self.builder  # its own types leave the flags out
        add, sub, mul = (partial(emit, flags=tuple(flags)) for emit in (b.fadd, b.fsub, b.fmul))
        return {
            "add": add, "sub": sub, "mul": mul, "div": b.fdiv, "neg": b.fneg, "exp": self.exp, "log": self.log,
            "sqrt": lambda x: self.intrinsic("sqrt", x), "tanh": self.tanh, "softplus": self.softplus,
            "logistic": self.logistic, "positive": lambda x: self.larger(x, self.constant(SMALLEST)),
            "min": self.smaller, "max": self.larger, "less": self.less, "where": b.select,
        }  # fmt: skip
