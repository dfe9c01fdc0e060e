"""Reading observables off stored states in LLVM IR: W people at a time, every sample under the inputs that led to it."""

from __future__ import annotations

from typing import Any

from cofactor.engine._flow import DOUBLE, I64, integer
from cofactor.engine._frame import Frame, open_function
from cofactor.engine._kernels import Kernels
from cofactor.engine._lanes import load_inputs, load_parameters, person_of


def emit_observe(kernels: Kernels) -> None:
    """observe(ws, lanes, job, first, last): observed[person, sample, k] = output chosen[k], from the stored samples."""
    f, (first, last) = open_function(kernels, "observe", [I64, I64])
    b = f.b
    count = b.sdiv(b.add(b.sub(last, first), integer(f.width - 1)), integer(f.width))
    row = f.flow.variable(I64, integer(-1))
    with f.flow.each(count) as block:
        start = b.add(first, b.mul(block, integer(f.width)))
        for lane in range(f.width):
            load_parameters(f, integer(lane), person_of(f, start, lane, last))
        row.set(integer(-1))
        with f.flow.each(f.field("samples_count")) as sample:
            needed = f.whole(f.array("sample_rows"), sample)
            with f.flow.when(b.icmp_signed("!=", needed, row.get())):
                row.set(needed)
                for lane in range(f.width):
                    load_inputs(f, integer(lane), person_of(f, start, lane, last), needed)
                f.call("person")
            for lane in range(f.width):
                _load_sample(f, integer(lane), person_of(f, start, lane, last), sample)
            f.call("outputs")
            for lane in range(f.width):
                _store(f, integer(lane), b.add(start, integer(lane)), last, sample)
    b.ret_void()


def _load_sample(f: Frame, lane: Any, person: Any, sample: Any) -> None:
    b = f.b
    samples = f.array("samples")
    start = b.mul(b.add(b.mul(person, f.field("samples_count")), sample), integer(f.size))
    with f.flow.each(f.size) as i:
        f.set_element("arg", i, lane, f.double(samples, b.add(start, i)))
    f.set_element("clock", integer(0), lane, f.double(f.array("times"), sample))


def _store(f: Frame, lane: Any, person: Any, last: Any, sample: Any) -> None:
    b = f.b
    with f.flow.when(b.icmp_signed("<", person, last)):
        chosen, observed, count = f.array("chosen"), f.array("observed"), f.field("chosen_count")
        start = b.mul(b.add(b.mul(person, f.field("samples_count")), sample), count)
        with f.flow.each(count) as k:
            value = f.element("outputs", f.whole(chosen, k), lane)
            b.store(value, b.gep(observed, [b.add(start, k)], source_etype=DOUBLE))
