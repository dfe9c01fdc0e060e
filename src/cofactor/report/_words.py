"""Numbers and fixed words as the report prints them. Every cell gets words: where there is no number, it says so."""

from __future__ import annotations

import math
import re

from cofactor.claims import (
    ClauseResult,
    EvidenceState,
    ModelEffect,
    Rule,
    Word,
    beside,
    disagreement,
    is_of_people,
    levels_turn,
    model_unit,
    of_what,
    plain_pair,
    spoken,
    study_unit,
)  # fmt: skip

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SMALLEST_EFFECT = 1e-4
_COUNTED = ("days", "minutes", "points")
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
RULES = {
    Rule.R1: "nothing measurable is named: not testable",
    Rule.R2: "true or false by definition, bookkeeping or mechanics: computed",
    Rule.R3: "studies show an effect that matters: holds; in part where fewer than half of the model's settings reach it",
    Rule.R4: "studies show an effect smaller than what matters: holds in part",
    Rule.R5: "studies rule out an effect that matters, or show the opposite: does not hold",
    Rule.R6: "no study decides: does not hold where at most 5 of 100 settings of the model reach it, else hypothesis; that "
    "something does not happen holds where 95 of 100 settings agree and the basis is not “assumed”",
    Rule.R7: "the parts come to different words: the whole holds in part, whichever the words are",
}
"""The rule of the verdict, in the words of a page."""
TERMS = {
    "what matters": "the smallest effect that counts, with its reason, fixed for each claim before any result was seen; what "
    "the word would be at half and at twice as much is printed",
    "plausible setting": "one choice of everything about the body that is not known for certain, drawn at random within what "
    "studies allow; the more settings agree, the surer the model is, right or wrong",
    "virtual people": "invented adults who differ as people do in a national survey or in the trials; each lives through both "
    "arms, so the difference is the treatment's and not that of two groups",
    "between people": "how far single persons lie from the mean, which is what a mean cannot tell any one reader",
    "holds in part": "is also the word of a claim whose parts differ and of which none holds; then that is said beside it",
    "+ and −": "plus speaks for the claim, minus against it, whichever way the quantity itself moves",
    "[ ]": "95 of 100 settings lie in the brackets; for studies, their 95 % confidence interval",
    "studies pooled": "only those with a control, in such people, of such a dose and outcome, that give a number with its "
    "uncertainty; all others are listed on the claim's page, each with the reason",
    "25(OH)D, calcitriol": "the form of vitamin D that laboratories measure, and the hormone that is made of it",
    "IU": "international unit: 40 IU of vitamin D are one microgram",
    "CTX, P1NP": "markers in blood of bone being broken down, and of bone being built",
    "PASI": "how much skin psoriasis covers and how badly, from 0 to 72; PASI75: it falls by three quarters",
    "Th17, IL-17, IL-23": "the white cells and the messengers that keep a plaque of psoriasis going",
    "T50": "minutes until a serum forms crystals of calcium; the longer, the better protected are the arteries",
    "HOMA-IR": "resistance to insulin, from glucose and insulin before breakfast",
    "DASS-42": "a questionnaire; its stress score runs from 0 to 42",
    "r2": "the share of the differences in one thing that another explains, from 0 to 1",
}
"""What words and signs of the page mean, for who reads no trials."""
_EVIDENCE = {
    EvidenceState.FOR: "controlled human studies show an effect that matters",
    EvidenceState.SMALL: "controlled human studies show an effect smaller than what matters",
    EvidenceState.NULL: "controlled human studies rule out an effect that matters",
    EvidenceState.UNCLEAR: "controlled human studies leave it open",
    EvidenceState.AGAINST: "controlled human studies show the opposite",
    EvidenceState.NONE: "no controlled human study of just this gives a number to pool",
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


def effect(value: float | None) -> str:
    """The size of an effect; one too small for anybody to measure is "about 0"."""
    return "about 0" if value is not None and 0 < abs(value) < _SMALLEST_EFFECT else number(value)


def signed(value: float | None) -> str:
    """The size of an effect with its sign."""
    text = effect(value)
    return f"+{text}" if value is not None and value >= _SMALLEST_EFFECT and math.isfinite(value) else text


def with_unit(text: str, unit: str | None) -> str:
    """A number in words and its unit; a plain number has none."""
    said = spoken(unit or "1")
    one = text.strip("+" + MINUS) == "1" and said in _COUNTED
    return f"{text} {said.removesuffix('s') if one else said}".rstrip()


def interval(low: float | None, high: float | None) -> str:
    """Both ends of an interval of an effect."""
    return f"{effect(low)} to {effect(high)}"


def estimate(value: float | None, low: float | None, high: float | None, unit: str | None) -> str:
    """An estimate with its 95 % interval."""
    if effect(value) == effect(low) == effect(high) == "about 0":
        return with_unit("about 0", unit)
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
    size = estimate(model.draws.median, model.draws.p2_5, model.draws.p97_5, model_unit(clause))
    return f"{size}; {share_reached(model)}"


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
        seen = len({study.study for study in (*found.excluded, *found.animals)})
        state += f"; {count(seen, 'other study', 'other studies')} seen" if seen else ""
    else:
        unit = study_unit(clause, found.unit)
        pooled = estimate(found.pooled, found.ci_low, found.ci_high, unit)
        state += f": {pooled}, {count(found.k, 'study', 'studies')}"
    return state


def remarks(clause: ClauseResult, negative: bool) -> tuple[str, ...]:
    """What no reader should have to find out: wide intervals, the meta-analysis beside, model and studies at odds."""
    said = (*beside(clause), disagreement(clause, negative))
    return tuple(typeset(text) for text in said if text)


def levels_cell(clause: ClauseResult) -> str:
    """The outcome itself in both arms, and what it is where its unit does not say."""
    levels = clause.model.levels if clause.model else None
    if levels is None:
        return "no single level to print"
    needed = "" if levels.needed is None else f"; number needed to treat, or to harm: {number(levels.needed)}"
    about = f" ({of_what(clause)})" if of_what(clause) else ""
    pulled = (
        "; means, which a few extreme settings pull the other way than the middle one" if levels_turn(clause) else ""
    )
    without, treated = (typeset(text) for text in plain_pair(levels.comparator, levels.treated))
    return f"{without} without, {with_unit(treated, levels.unit)} with{about}{needed}{pulled}"


def people_cell(clause: ClauseResult) -> str:
    """How people differ around the mean of their setting, or why that is no question here."""
    model = clause.model
    if model is not None and clause.basis.kind == "exact":
        return f"the same in all {model.number_of_people} people"
    if model is None or model.people is None:
        return "no spread between people: a yes-or-no question, or one number for all of them"
    failed = f"; {count(model.failed_runs, 'run', 'runs')} failed and left out" if model.failed_runs else ""
    people = f"{model.number_of_people} people{failed}"
    if is_of_people(clause):
        return f"no spread between people: each meets the condition or does not; {people}"
    spread = model.people
    return f"{estimate(spread.median, spread.p2_5, spread.p97_5, model.unit)}, {people}"


def typeset(text: str) -> str:
    """A text of the claims room with the minus signs of this page."""
    return re.sub(r"(?<![\w.\-])-(?=\d)", MINUS, text)


def count(how_many: int, one: str, many: str) -> str:
    """A number of things."""
    return f"{how_many} {one if how_many == 1 else many}"


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def slug(text: str) -> str:
    """A verdict word as a CSS class."""
    return str(text).replace(" ", "-")
