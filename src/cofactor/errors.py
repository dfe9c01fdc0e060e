"""The errors of the house: each states the rule, what was received, where, and one hint."""

from __future__ import annotations

from typing import Any


class CofactorError(Exception):
    """Base of every error the house raises on purpose; the command line exits with `exit_code`."""

    exit_code = 2

    def __init__(self, rule: str, *, received: object = None, where: str | None = None, hint: str | None = None):
        self.rule = rule
        self.received = received
        self.where = where
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [self.rule]
        if self.received is not None:
            parts.append(f"received {self.received}")
        if self.where is not None:
            parts.append(f"at {self.where}")
        if self.hint is not None:
            parts.append(f"hint: {self.hint}")
        return "; ".join(parts)

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors travel between processes whatever their constructors ask for."""
        return _travelled, (type(self), self.__dict__)


def _travelled(kind: type[CofactorError], told: dict[str, Any]) -> CofactorError:
    error = kind.__new__(kind)
    error.__dict__.update(told)
    Exception.__init__(error, str(error))
    return error


class InputError(CofactorError):
    """Something a user wrote (scenario, claim file, evidence row, argument) breaks a rule."""


class UnitsError(InputError):
    """A unit cannot be read, or two units do not measure the same thing."""


class ModelError(CofactorError):
    """An organ breaks a rule of the model language: wiring, units, mass, tracing."""


class SolverError(CofactorError):
    """An integration or a search for rest did not succeed; the person fails with this reason."""

    exit_code = 3


class NoRestError(SolverError):
    """No resting state exists: a loss exceeds the gain at every level of a pool."""

    exit_code = 2


class MissingExtraError(CofactorError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str):
        super().__init__(
            f"this needs the package {package}, which the core install leaves out",
            hint=f"pip install 'cofactor[{extra}]'",
        )
