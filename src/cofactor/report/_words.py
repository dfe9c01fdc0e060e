"""Numbers and fixed words as the report prints them. Every cell gets words: where there is no number, it says so."""

from __future__ import annotations

import math

from cofactor.claims import ClauseResult, EvidenceState, Levels, ModelEffect, Word

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MINUS, SPACE = "\N{MINUS SIGN}", "\N{NARROW NO-BREAK SPACE}"

SPEAKERS = {
    "article": "The article says",
    "reader": "A reader says",
    "author's reply": "The article's author replies",
    "quoted study": "A study the article quotes says",
    "opponents": "The article's opponents say",
}
"""Heading of each speaker's claims, in the order of the page."""

MEANING = {
    Word.HOLDS: "studies in people show an effect that matters; or it is true by construction; or it says that something does "
    "not happen, no study decides, and nearly every plausible setting of the model agrees",
    Word.IN_PART: "the effect is smaller than what matters, or studies show it and the model does not; or its parts, listed "
    "beside it, come to different words, of which none need be “holds”",
    Word.DOES_NOT_HOLD: "studies in people rule out an effect that matters; or it is false by construction; or no study decides "
    "and hardly any plausible setting of the model reaches it",
    Word.HYPOTHESIS: "no study in people decides, and the model allows it; the study that would settle it is named",
    Word.NOT_TESTABLE: "nothing measurable is named",
}
SYMBOL = {
    Word.HOLDS: "●",
    Word.IN_PART: "◐",
    Word.DOES_NOT_HOLD: "○",
    Word.HYPOTHESIS: "?",
    Word.NOT_TESTABLE: "–",
}
BASIS = {
    "exact": "true or false by construction: a definition, bookkeeping or mechanics",
    "assumed": "the model's number rests on something nobody has measured",
    "calibrated": "the model was fitted to the studies named; they do not support it a second time",
    "predicted": "the model was not fitted to this outcome",
}
_EVIDENCE = {
    EvidenceState.FOR: "controlled human studies show an effect that matters",
    EvidenceState.SMALL: "controlled human studies show an effect smaller than what matters",
    EvidenceState.NULL: "controlled human studies rule out an effect that matters",
    EvidenceState.UNCLEAR: "controlled human studies leave it open",
    EvidenceState.AGAINST: "controlled human studies show the opposite",
    EvidenceState.NONE: "no controlled human study gives a number to pool",
}
_EVIDENCE_OF_NEGATION = _EVIDENCE | {
    EvidenceState.FOR: "controlled human studies rule out a change that matters",
    EvidenceState.SMALL: "controlled human studies show a change smaller than what matters",
    EvidenceState.NULL: "controlled human studies show a change, which may matter",
    EvidenceState.AGAINST: "controlled human studies show a change that matters",
}
EVIDENCE_STATES = {True: _EVIDENCE_OF_NEGATION, False: _EVIDENCE}
"""Words of a state of the evidence, by whether the claim says that something does not happen."""


def number(value: float | None, digits: int = 3) -> str:
    """A number to some significant digits, thousands apart, with a real minus sign; words where there is none."""
    if value is None or not math.isfinite(value):
        return "no number"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if exponent < -4:
        return _power(value)
    places = max(digits - 1 - exponent, 0)
    text = f"{round(value, digits - 1 - exponent):,.{places}f}".replace(",", SPACE)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS)


def fixed(value: float, places: int = 3, *, plus: bool = False) -> str:
    """A number to so many decimal places, for columns that a reader adds up."""
    text = f"{value:{'+' if plus else ''},.{places}f}"
    bare = text.strip("+-0.,")
    return (text if bare else text.lstrip("+-")).replace(",", SPACE).replace("-", MINUS)


def _power(value: float) -> str:
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(_RAISED)}".replace("-", MINUS)


def signed(value: float | None) -> str:
    """A number with its sign."""
    text = number(value)
    return f"+{text}" if value is not None and value > 0 and math.isfinite(value) else text


def with_unit(text: str, unit: str | None) -> str:
    """A number in words and its unit; a plain number has none."""
    return text if not unit or unit == "1" else f"{text} {unit}"


def interval(low: float | None, high: float | None) -> str:
    """Both ends of an interval."""
    return f"{number(low)} to {number(high)}"


def estimate(value: float | None, low: float | None, high: float | None, unit: str | None) -> str:
    """An estimate with its 95 % interval."""
    return f"{with_unit(signed(value), unit)} [{interval(low, high)}]"


def model_cell(clause: ClauseResult) -> str:
    """The model's median and 95 % interval across settings, or why there is none."""
    model = clause.model
    if model is None:
        return "not run"
    if model.draws is None:
        return f"a yes-or-no question: {share_reached(model)}"
    if clause.basis.kind == "exact":
        return f"counted in every run: {with_unit(number(model.draws.median), model.unit)}"
    return f"{estimate(model.draws.median, model.draws.p2_5, model.draws.p97_5, model.unit)}; {share_reached(model)}"


def share_reached(model: ModelEffect) -> str:
    """How many of the settings of the model pass."""
    return f"{round(model.p * model.number_of_draws)} of {model.number_of_draws} plausible settings pass"


def chance(clause: ClauseResult) -> str:
    """The other words that another set of as many settings could give; empty where more would change nothing."""
    others = " or ".join(clause.words_within_chance[1:])
    return f"so few settings were drawn that another set of them could give: {others}" if others else ""


def evidence_cell(clause: ClauseResult, negative: bool) -> str:
    """The state of the evidence with the pooled number."""
    found = clause.evidence
    if found is None:
        return "not weighed against studies: true or false by construction"
    state = EVIDENCE_STATES[negative][found.state]
    if found.pooled is None:
        seen = len(found.excluded) + len(found.animals)
        return f"{state}; {count(seen, 'study', 'studies')} seen" if seen else state
    pooled = estimate(found.pooled, found.ci_low, found.ci_high, found.unit)
    return f"{state}: {pooled}, {count(found.k, 'study', 'studies')}"


def levels_cell(levels: Levels | None) -> str:
    """The outcome itself in both arms."""
    if levels is None:
        return "no single level to print"
    needed = "" if levels.needed is None else f"; number needed to treat, or to harm: {number(levels.needed)}"
    return f"{number(levels.comparator)} without, {with_unit(number(levels.treated), levels.unit)} with{needed}"


def count(how_many: int, one: str, many: str) -> str:
    """A number of things."""
    return f"{how_many} {one if how_many == 1 else many}"


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def slug(text: str) -> str:
    """A verdict word as a CSS class."""
    return str(text).replace(" ", "-")
