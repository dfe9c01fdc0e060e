"""What the numbers of a clause are numbers of, in words: a level without a unit says nothing by itself."""

from __future__ import annotations

import re
from functools import lru_cache

from cofactor.claims._predicate import Measure, Observable, parse_predicate, walk
from cofactor.claims._result import OF_PEOPLE, ClauseResult

_INTERNAL = re.compile(r"\s*\([^()]*\.md[^()]*\)")
"""Where the specification has it; no help to who reads a level."""
_SPOKEN = {"1": "", "1/1000/y": "per 1000 people a year", "d": "days", "min": "minutes"}
_SMALLEST_SHOWN = 1e-4
_DISTORTED = 0.25
_LARGEST_WITH_PLACES = 100.0


def of_what(clause: ClauseResult) -> str:
    """What the plain levels of a clause are, where their unit does not say it; empty where it does or there are none."""
    levels = clause.model.levels if clause.model is not None else None
    if levels is None or levels.unit != "1":
        return ""
    found = next((n for n in walk(parse_predicate(clause.predicate).root) if isinstance(n, Observable)), None)
    return "" if found is None else _documented(found.name.removesuffix(".start"))


@lru_cache(maxsize=64)
def _documented(name: str) -> str:
    from cofactor.body import psoriatic_skin
    from cofactor.run import body_system

    for system in (body_system(), psoriatic_skin()):
        declared = system.inventory.everything().get(name)
        if declared is not None:
            return _INTERNAL.sub("", declared.doc.partition("\n")[0]).strip().rstrip(".")
    return ""


def is_of_people(clause: ClauseResult) -> bool:
    """Whether the model's number counts people: each meets the condition or does not, and has no size of her own."""
    return _levels_of_people(clause) or any(
        isinstance(node, Measure) and node.name == "share" for node in walk(parse_predicate(clause.predicate).root)
    )


def is_in_other_terms(clause: ClauseResult) -> bool:
    """Whether the model counts people where the studies measured something else: one statement, two scales."""
    return clause.basis.kind != "exact" and is_of_people(clause) and not _levels_of_people(clause)


def _levels_of_people(clause: ClauseResult) -> bool:
    levels = clause.model.levels if clause.model is not None else None
    return levels is not None and levels.unit == OF_PEOPLE


def model_unit(clause: ClauseResult) -> str:
    """The unit of the model's effect as it is read: of a share of people, how many of 100, which "%" would hide."""
    unit = "1" if clause.model is None else clause.model.unit
    return OF_PEOPLE if unit == "%" and is_of_people(clause) else unit


def study_unit(clause: ClauseResult, unit: str) -> str:
    """The same for the effect of studies."""
    return OF_PEOPLE if unit == "%" and _levels_of_people(clause) else unit


def what_matters(clause: ClauseResult) -> str:
    """The smallest effect that matters, of a difference between shares of people in people."""
    stated = clause.smallest_effect or ""
    return stated.replace("%", OF_PEOPLE) if _levels_of_people(clause) else stated


def spoken(unit: str) -> str:
    """A unit as it is read; a plain number has none."""
    return _SPOKEN.get(unit, unit)


def plain(value: float, digits: int = 3) -> str:
    """Some digits without an exponent, thousands apart; what no one could measure is "about 0"."""
    if value == 0:
        return "0"
    if abs(value) < _SMALLEST_SHOWN:
        return "about 0"
    if abs(value) >= _LARGEST_WITH_PLACES:
        places = 0 if abs(value) >= 10 ** (digits - 1) else 1
        text = f"{float(f'{value:.{digits}g}'):,.{places}f}".replace(",", " ")
        return text.removesuffix(".0")
    return f"{value:.{digits}g}"


def plain_pair(one: float, other: float) -> tuple[str, str]:
    """Two levels with as many digits as show how far they are apart."""
    pair = plain(one), plain(other)
    shown = float(f"{other:.3g}") - float(f"{one:.3g}")
    if abs(shown - (other - one)) <= _DISTORTED * abs(other - one):
        return pair
    return plain(one, 4), plain(other, 4)


def levels_turn(clause: ClauseResult) -> bool:
    """Whether the mean levels lie the other way than the middle setting: a few extreme settings pull a mean, not a median."""
    model = clause.model
    if model is None or model.levels is None or model.draws is None:
        return False
    nodes = walk(parse_predicate(clause.predicate).root)
    measures = [node.name for node in nodes if isinstance(node, Measure)]
    sign = -1 if measures and "fall" in measures[0] else 1
    return sign * (model.levels.treated - model.levels.comparator) * model.draws.median < 0
