"""An SBML file as a libSBML document: read, refused with one clear error, brought to Level 3 and made plain."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.parsers import expat

from cofactor.errors import InputError, MissingExtraError

_LARGEST_BYTES = 50_000_000
_DEEPEST = 1000
"""Elements inside one another; libSBML's reader uses the stack for each and ends the process somewhere beyond 3 000."""

_PLAINER = ("expandFunctionDefinitions", "promoteLocalParameters")


def sbml_library() -> ModuleType:
    """libSBML's Python binding; MissingExtraError without the extra `interop`."""
    try:
        import libsbml
    except ImportError:
        raise MissingExtraError("python-libsbml", "interop") from None
    return libsbml


def problems(text: str) -> list[str]:
    """What libSBML's consistency checks, units included, say against an SBML text: one line each, [] for nothing."""
    document = sbml_library().readSBMLFromString(text)
    document.checkConsistency()
    found = [document.getError(k) for k in range(document.getNumErrors())]
    return [f"line {e.getLine()}: {e.getSeverityAsString()} {e.getErrorId()}: {e.getShortMessage()}" for e in found]


def read_document(path: str | os.PathLike[str]) -> Any:
    """The document in a file, as Level 3 without function definitions and local parameters.

    Raises InputError for a file that cannot be read, is no SBML, breaks SBML's rules or needs a package of SBML.
    """
    sbml, file = sbml_library(), Path(path)
    text = _text_of(file)
    _refuse_traps(text, str(file))
    document = sbml.readSBMLFromString(text)
    _refuse_errors(document, file, sbml)
    if document.getModel() is None:
        raise InputError("an SBML file holds a model", received="none", where=str(file))
    document.setConsistencyChecks(sbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.setConsistencyChecks(sbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    _refuse_errors(document, file, sbml)
    if document.getLevel() < 3 and not document.setLevelAndVersion(3, 1, False):
        raise InputError("this file cannot be brought to SBML Level 3", where=str(file))
    for name in _PLAINER:
        properties = sbml.ConversionProperties()
        properties.addOption(name, True)
        if document.convert(properties) != sbml.LIBSBML_OPERATION_SUCCESS:
            raise InputError("this file's functions or local parameters cannot be read", received=name, where=str(file))
    return document


def _text_of(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise InputError(
                "an SBML file is smaller than 50 MB", received=f"{file.stat().st_size} bytes", where=str(file)
            )
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("this file cannot be read", received=str(error), where=str(file)) from None


def _refuse_traps(text: str, file: str) -> None:
    """InputError for XML that would exhaust the reader: entities that grow, elements without end inside one another."""
    parser, depth = expat.ParserCreate(), 0

    def entered(*_: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            rule = f"elements of an SBML file stand at most {_DEEPEST} deep"
            raise InputError(rule, where=f"{file}:{parser.CurrentLineNumber}")

    def left(_: str) -> None:
        nonlocal depth
        depth -= 1

    def refused(*_: Any) -> None:
        raise InputError("an SBML file has no document type of its own", where=f"{file}:{parser.CurrentLineNumber}")

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = entered, left, refused
    with suppress(expat.ExpatError):  # libSBML says what is wrong with XML that is not well-formed
        parser.Parse(text, True)


def _refuse_errors(document: Any, file: Path, sbml: ModuleType) -> None:
    for number in range(document.getNumErrors()):
        error = document.getError(number)
        if error.getSeverity() >= sbml.LIBSBML_SEV_ERROR:
            message = " ".join(error.getMessage().split())
            raise InputError(
                "this is not a valid SBML file", received=message[:300], where=f"{file}:{error.getLine()}",
                hint="check it at sbml.org's validator",
            )  # fmt: skip
