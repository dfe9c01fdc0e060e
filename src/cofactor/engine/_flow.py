"""Loops, branches and variables of an LLVM function, so that the stepper reads like a program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

I64 = ir.IntType(64)
DOUBLE = ir.DoubleType()


def integer(value: int) -> ir.Constant:
    """A 64-bit integer."""
    return ir.Constant(I64, value)


def number(value: float) -> ir.Constant:
    """A double."""
    return ir.Constant(DOUBLE, float(value))


class Flow:
    """Structured control flow over one builder."""

    def __init__(self, builder: ir.IRBuilder):
        self.builder = builder

    def variable(self, kind: ir.Type, value: Any) -> Variable:
        """A variable of the function; call near its entry."""
        slot = self.builder.alloca(kind)
        self.builder.store(value, slot)
        return Variable(self.builder, slot, kind)

    @contextmanager
    def each(self, count: int | Any) -> Iterator[Any]:
        """for k in range(count)."""
        b = self.builder
        stop = integer(count) if isinstance(count, int) else count
        before = b.block
        head, body, after = b.append_basic_block("head"), b.append_basic_block("body"), b.append_basic_block("after")
        b.branch(head)
        b.position_at_end(head)
        k = b.phi(I64)
        k.add_incoming(integer(0), before)
        b.cbranch(b.icmp_signed("<", k, stop), body, after)
        b.position_at_end(body)
        yield k
        k.add_incoming(b.add(k, integer(1)), b.block)
        b.branch(head)
        b.position_at_end(after)

    @contextmanager
    def loop_while(self, condition: Any) -> Iterator[None]:
        """while condition(): ..."""
        b = self.builder
        head, body, after = b.append_basic_block("head"), b.append_basic_block("body"), b.append_basic_block("after")
        b.branch(head)
        b.position_at_end(head)
        b.cbranch(condition(), body, after)
        b.position_at_end(body)
        yield
        b.branch(head)
        b.position_at_end(after)

    @contextmanager
    def when(self, condition: Any) -> Iterator[None]:
        """if condition: ..."""
        with self.builder.if_then(condition):
            yield

    def either(self, condition: Any) -> Any:
        """with either(condition) as (then, otherwise): with then: ...; with otherwise: ..."""
        return self.builder.if_else(condition)


class Variable:
    """A mutable value in memory."""

    def __init__(self, builder: ir.IRBuilder, slot: Any, kind: ir.Type):
        self._builder, self._slot, self._kind = builder, slot, kind

    def get(self) -> Any:
        """Its value now."""
        return self._builder.load(self._slot, typ=self._kind)

    def set(self, value: Any) -> None:
        """Give it another value."""
        self._builder.store(value, self._slot)
