"""libRoadRunner on the exported SBML: CVODE with code compiled by LLVM, doses as events, one simulation a person."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from cofactor.errors import MissingExtraError, SolverError
from cofactor.interop._export import Document
from cofactor.interop._work import Work
from cofactor.model import compile_outputs

_MOST_STEPS = 10_000_000


class RoadRunner:
    """The model of a Work in libRoadRunner; loading compiles it, which is not timed with the runs."""

    def __init__(self, work: Work, sizes: np.ndarray):
        try:
            import roadrunner  # pyright: ignore[reportMissingImports]
        except ImportError:
            raise MissingExtraError("libroadrunner", "bench") from None
        # one person's case as the template; every number that differs between people is set anew
        self.work, self.sizes = work, sizes
        self.document = Document(replace(work.case(0), title=work.name), folded=True)
        begin = time.process_time()
        self.model: Any = roadrunner.RoadRunner(self.document.text())
        self.load_seconds = time.process_time() - begin
        self._names = [self.document.symbols[name] for name in work.system.states]
        self.model.timeCourseSelections = ["time", *self._names]
        self._look = compile_outputs(work.system.graph, list(self.document.fixed_values().values()), work.system.layout)

    def run(self, work: Work, tolerance: float) -> tuple[np.ndarray, float]:
        """States (people, times, states) and CPU seconds; times are evenly spaced from 0."""
        self._set_tolerance(tolerance)
        settings = [self._settings(work, i) for i in range(work.people)]
        out = np.empty((work.people, len(work.times), work.system.size))
        begin = time.process_time()
        for i, values in enumerate(settings):
            self.model.resetAll()
            for name, value in values.items():
                self.model[name] = value
            try:
                table = self.model.simulate(float(work.times[0]), float(work.times[-1]), len(work.times))
            except RuntimeError as error:
                raise SolverError("libRoadRunner did not finish", received=f"{work.name}: {error}") from None
            out[i] = np.asarray(table)[:, 1:]
        return out, time.process_time() - begin

    def _set_tolerance(self, tolerance: float) -> None:
        integrator = self.model.integrator
        integrator.relative_tolerance = tolerance
        integrator.maximum_num_steps = _MOST_STEPS
        for name, size in zip(self._names, self.sizes, strict=True):
            integrator.setIndividualTolerance(name, float(tolerance * size / 100))

    def _settings(self, work: Work, person: int) -> dict[str, float]:
        """Everything of one person that may differ from the template."""
        document, system, case = self.document, work.system, work.case(person)
        inputs = system.input_vector(work.regimen.inputs_at(0.0, case.habits))
        values = {document.symbols[c.name]: case.parameters[c.offset] for c in system.constants.values()}
        values |= {document.symbols[g.name]: inputs[g.offset] for g in system.inputs.values()}
        fixed = self._look(0.0, case.start.tolist(), case.parameters.tolist(), inputs.tolist())
        values |= dict(zip(document.fixed_values(), fixed, strict=True))
        values |= {document.symbols[s.name]: case.start[s.offset] for s in system.states.values()}
        return {name: float(value) for name, value in values.items()}
