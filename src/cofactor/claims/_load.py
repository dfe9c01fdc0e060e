"""Reading claim files: every fault is named with file, line, key and the nearest known key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ValidationError

from cofactor.claims._claim import (
    BasisStatement,
    Beside,
    Claim,
    Clause,
    EvidenceRule,
    Exclusion,
    Pico,
    Stratum,
    Turn,
    TurnPoint,
)
from cofactor.claims._effects import Arms, effects, passes, target
from cofactor.claims._predicate import Comparison, Number, Within, arms_named, observables, parse_predicate
from cofactor.errors import CofactorError, InputError
from cofactor.scenario import Origin, locate
from cofactor.units import Unit, parse_unit


def line_of(text: str, path: tuple[str | int, ...]) -> int:
    """Line (from 1) of the key at `path` in TOML `text`, else of the nearest table or key that holds it."""
    return Origin("", locate(text)).line(path) or 1


def load_claims() -> tuple[Claim, ...]:
    """Every shipped claim, by id.  Raises InputError naming file, line and key when one breaks the form."""
    folder = files("cofactor.claims") / "docket"
    found = [_read(entry) for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return tuple(sorted(found, key=lambda claim: claim.id))


def load_claim(path: str | Path) -> Claim:
    """The claim in a file, or the shipped claim of that id; InputError with the nearest id when there is none."""
    if Path(path).suffix == ".toml":
        return _read(Path(path))
    entry = files("cofactor.claims") / "docket" / f"{path}.toml"
    if "/" not in str(path) and entry.is_file():
        return _read(entry)
    shipped = [claim.id for claim in load_claims()]
    raise InputError("this claim is not in the docket", received=repr(str(path)), hint=_near(str(path), shipped))


def parse_claim(text: str, name: str) -> Claim:
    """The claim in TOML `text`; `name` is the file named in errors."""
    try:
        claim = Claim.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"a claim file must be TOML ({fault})", where=name) from None
    except ValidationError as fault:
        raise _form_error(fault, text, name) from None
    _check_names(claim, text, name)
    for index, clause in enumerate(claim.clauses):
        _check_clause(claim, clause, text, name, index)
    return claim


def _read(entry: Traversable) -> Claim:
    try:
        text = entry.read_text("utf-8")
    except OSError as fault:
        raise InputError("a claim file must be readable", received=str(entry), hint=fault.strerror) from None
    return parse_claim(text, entry.name)


# The model that each table of a claim file is read into, for the nearest known key.
_TABLES: dict[tuple[str, ...], type[BaseModel]] = {
    (): Claim,
    ("pico",): Pico,
    ("clauses",): Clause,
    ("clauses", "basis"): BasisStatement,
    ("strata",): Stratum,
    ("turn",): Turn,
    ("turn", "points"): TurnPoint,
    ("evidence",): EvidenceRule,
    ("evidence", "exclusions"): Exclusion,
    ("evidence", "beside"): Beside,
}


def _form_error(fault: ValidationError, text: str, name: str) -> InputError:
    """One fault of the form, as an error naming key, file, line and the nearest known key.

    A misspelt key comes first: the key it stands for is then missing too, and that would hide it.
    """
    first = min(fault.errors(), key=lambda error: error["type"] != "extra_forbidden")
    path = first["loc"]
    where = f"{name}:{line_of(text, path)}"
    key = ".".join(str(part) for part in path) or "the file"
    if first["type"] == "extra_forbidden":
        known = _TABLES[tuple(part for part in path[:-1] if isinstance(part, str))].model_fields
        return InputError(
            "this key is not known in a claim file", received=repr(key), where=where, hint=_near(path[-1], known)
        )
    if first["type"] == "missing":
        return InputError(f"a claim file states {key}", where=where)
    received = None if first["type"] == "value_error" else repr(first["input"])[:80]
    return InputError(f"{key}: {first['msg'].removeprefix('Value error, ')}", received=received, where=where)


def _near(name: object, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(str(name), names, n=1, cutoff=0.4)
    return f"did you mean {close[0]}?" if close else "known: " + ", ".join(names)


def _check_names(claim: Claim, text: str, name: str) -> None:
    """Clauses and strata have names of their own and use arms that exist; edges read "quantity -> quantity"."""
    for table, entries in (("clauses", claim.clauses), ("strata", claim.strata)):
        seen: set[str] = set()
        for index, entry in enumerate(entries):
            where = f"{name}:{line_of(text, (table, index, 'id'))}"
            if entry.id in seen:
                raise InputError(f"two {table} have one id", received=repr(entry.id), where=where)
            seen.add(entry.id)
            arms = entry.change_of if isinstance(entry, Stratum) else (entry.treated, entry.comparator)
            _check_known(arms, claim.arms, "an arm must be described", where)
            taken = entry.of if isinstance(entry, Stratum) else ()
            _check_known(taken, [clause.id for clause in claim.clauses], "a stratum takes over clauses", where)
    questions = {"main", *(clause.id for clause in claim.clauses), *(stratum.id for stratum in claim.strata)}
    for index, exclusion in enumerate(claim.evidence.exclusions if claim.evidence else ()):
        where = f"{name}:{line_of(text, ('evidence', 'exclusions', index))}"
        _check_known(exclusion.of, questions, "an exclusion is of clauses or strata", where)
    for edge in claim.edges:
        ends = [end.strip() for end in edge.split("->")]
        if len(ends) != 2 or not all(ends):
            where = f"{name}:{line_of(text, ('edges',))}"
            raise InputError('an edge reads "quantity -> quantity"', received=repr(edge), where=where)
    if claim.as_claimed is not None:
        where = f"{name}:{line_of(text, ('as_claimed', 'arms'))}"
        _check_known(claim.as_claimed.arms, claim.arms, "an arm must be described", where)
    if claim.turn is not None:
        _check_turn(claim, claim.turn, f"{name}:{line_of(text, ('turn',))}")


def _check_known(names: Iterable[str | None], known: Iterable[str], rule: str, where: str) -> None:
    listed = list(known)
    for each in names:
        if each is not None and each not in listed:
            raise InputError(rule, received=each, where=where, hint=_near(each, listed))


def _check_turn(claim: Claim, turn: Turn, where: str) -> None:
    """Its arms and strata exist, and its effect is one comparison with 0."""
    arms = [turn.comparator, *(point.arm for point in turn.points)]
    _check_known(arms, claim.arms, "an arm must be described", where)
    _check_known(turn.strata, [stratum.id for stratum in claim.strata], "a series runs in strata of the claim", where)
    try:
        root = parse_predicate(turn.effect).root
        names = observables(parse_predicate(turn.effect))
        ones = {(arm, name): np.ones((1, 2)) for arm in ("treated", "comparator") for name in names}
        tried = Arms(ones, "treated", "comparator", {name: parse_unit(unit) for name, unit in claim.units.items()})
        is_above_0 = (
            isinstance(root, Comparison)
            and root.operator == ">"
            and isinstance(root.right, Number)
            and root.right.quantity.value == 0
        )
        if not is_above_0:
            hint = "for example relative_rise(ctx) > 0"
            raise InputError("the effect of a series is compared with 0", received=turn.effect, hint=hint)
        effects(parse_predicate(turn.effect), tried, Unit.one)
    except CofactorError as fault:
        raise InputError(f"turn: {fault.rule}", received=fault.received, where=where, hint=fault.hint) from None


def _check_clause(claim: Claim, clause: Clause, text: str, name: str, index: int) -> None:
    """The predicate parses, reads arms that exist, and its units fit d: tried on arms in which every value is 1."""
    where = f"{name}:{line_of(text, ('clauses', index, 'predicate'))}"
    try:
        units = {observable: parse_unit(unit) for observable, unit in claim.units.items()}
        arms = {clause.treated, *arms_named(clause.parsed), *([clause.comparator] if clause.comparator else [])}
        if clause.effect == "ratio" and not isinstance(clause.parsed.root, Within):
            raise InputError("effect 'ratio' is of a predicate that asks for a range", received=clause.predicate)
        unknown = arms - set(claim.arms)
        if unknown:
            raise InputError("a predicate names arms that are described", received=", ".join(sorted(unknown)))
        names = {*observables(clause.parsed), *(f"{each}.start" for each in observables(clause.parsed))}
        ones = {(arm, observable): np.ones((1, 2)) for arm in arms for observable in names}
        tried = Arms(ones, clause.treated, clause.comparator, units)
        if not isinstance(clause.parsed.root, Comparison | Within):
            passes(clause.parsed, tried, clause.smallest_effect)
            return
        effects(clause.parsed, tried, clause.unit)
        target(clause.parsed, clause.smallest_effect, clause.unit)
    except CofactorError as fault:
        where = f"{where}, {fault.where or 'predicate'}"
        rule = f"clause {clause.id}: {fault.rule}"
        raise InputError(rule, received=fault.received, where=where, hint=fault.hint) from None
