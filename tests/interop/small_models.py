"""Small SBML files written out for a test, and one way of running what was read from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cofactor.engine import Trajectory, integrate
from cofactor.interop import Imported, import_sbml
from cofactor.run import segments_of

DATA = Path(__file__).parents[1] / "data"
PETERSON = DATA / "BIOMD0000000613.xml"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">\n'
)
_DAY = (
    '<listOfUnitDefinitions><unitDefinition id="day"><listOfUnits>'
    '<unit kind="second" exponent="1" scale="0" multiplier="86400"/>'
    "</listOfUnits></unitDefinition></listOfUnitDefinitions>\n"
)


def model(content: str, *, time: str = ' timeUnits="day"') -> str:
    """A Level 3 file with this content, its time in days."""
    return f'{_HEAD}<model id="m"{time}>\n{_DAY}{content}</model></sbml>\n'


def math(text: str) -> str:
    """MathML of an infix formula."""
    import libsbml

    ast = libsbml.parseL3Formula(text)
    assert ast is not None, libsbml.getLastParseL3Error()
    return libsbml.writeMathMLToString(ast).partition("?>")[2]


def parameters(**values: float | None) -> str:
    """listOfParameters: a number for a constant, None for what a rule or an event gives."""
    entries = "".join(
        f'<parameter id="{name}" constant="false"/>' if value is None else
        f'<parameter id="{name}" value="{value!r}" constant="{str(name.isupper()).lower()}"/>'
        for name, value in values.items()
    )  # fmt: skip
    return f"<listOfParameters>{entries}</listOfParameters>\n"


def rules(**formulas: str) -> str:
    """listOfRules: x_rate="..." for a rate rule of x, else an assignment rule."""
    text = ""
    for name, formula in formulas.items():
        kind = "rateRule" if name.endswith("_rate") else "assignmentRule"
        variable = name.removesuffix("_rate")
        text += f'<{kind} variable="{variable}">{math(formula)}</{kind}>\n'
    return f"<listOfRules>{text}</listOfRules>\n"


def event(trigger: str, *, delay: str | None = None, initial: bool = False, **assignments: str) -> str:
    """One event."""
    waits = "" if delay is None else f"<delay>{math(delay)}</delay>"
    does = "".join(f'<eventAssignment variable="{v}">{math(f)}</eventAssignment>' for v, f in assignments.items())
    return (
        '<event id="e" useValuesFromTriggerTime="true">'
        f'<trigger initialValue="{str(initial).lower()}" persistent="true">{math(trigger)}</trigger>{waits}'
        f"<listOfEventAssignments>{does}</listOfEventAssignments></event>\n"
    )


def read(folder: Path, text: str, **more) -> Imported:
    """The text as a file, imported."""
    file = folder / "model.xml"
    file.write_text(text)
    return import_sbml(file, **more)


def follow(imported: Imported, times: list[float], outputs: list[str], days: float | None = None) -> Trajectory:
    """The imported model from its own start through its own plan, by the reference engine at its tightest."""
    case = imported.case(days or times[-1])
    system = case.system
    segments = segments_of(case.regimen, case.habits, case.days, system, case.start)
    return integrate(system, case.parameters, case.start, segments, np.array(times), outputs, accuracy="tight")
