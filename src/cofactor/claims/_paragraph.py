"""The judged claim in plain words: who, against what, how much in absolute numbers, on what it rests."""

from __future__ import annotations

from cofactor.claims._agreement import beside, disagreement
from cofactor.claims._meaning import (
    is_of_people,
    levels_turn,
    model_unit,
    of_what,
    plain,
    plain_pair,
    spoken,
    study_unit,
    what_matters,
)
from cofactor.claims._result import ClaimResult, ClauseResult, ModelEffect, Spread
from cofactor.claims._verdict import Basis, EvidenceState, Rule

_STATE = {
    EvidenceState.FOR: "Controlled studies in people show an effect that matters",
    EvidenceState.SMALL: "Controlled studies in people show an effect, smaller than what matters",
    EvidenceState.NULL: "Controlled studies in people rule out an effect that matters",
    EvidenceState.UNCLEAR: "Controlled studies in people leave it open",
    EvidenceState.AGAINST: "Controlled studies in people show the opposite",
    EvidenceState.NONE: "No controlled study in people gives a number for this",
}
_STATE_OF_NEGATION = {
    EvidenceState.FOR: "Controlled studies in people rule out a change that matters",
    EvidenceState.SMALL: "Controlled studies in people show a change, smaller than what matters",
    EvidenceState.NULL: "Controlled studies in people show a change, which may matter",
    EvidenceState.UNCLEAR: "Controlled studies in people leave it open",
    EvidenceState.AGAINST: "Controlled studies in people show a change that matters",
    EvidenceState.NONE: "No controlled study in people gives a number for this",
}


def paragraph(result: ClaimResult) -> str:
    """A few sentences a lay reader can follow; every number comes with its unit and whom it is about."""
    sentences = [f"Claim ({result.said_by}): {result.statement}", f"Verdict: {result.word} (rule {result.rule})."]
    if result.ruling.condition:
        sentences.append(f"{_capital(result.ruling.condition)}.")
    if result.question is not None:
        asked = result.question
        sentences.append(
            f"Asked of {asked.population}: {asked.intervention}, compared with {asked.comparator}; "
            f"{asked.outcome}, after {asked.time}."
        )
    told: set[str] = set()
    for clause in result.clauses:
        if clause.stratum is None:
            sentences += _clause(clause, result, told)
    sentences += _strata(result)
    sentences += [f"{_capital(turn.text())}." for turn in result.turns]
    sentences += _after(result)
    return " ".join(sentences)


def _clause(clause: ClauseResult, result: ClaimResult, told: set[str]) -> list[str]:
    """One clause in full; a basis or a state of the evidence that was `told` before is not said again."""
    name = f"On whether {clause.label}: {clause.ruling.word}."
    if clause.ruling.rule is Rule.R2:
        return [name, f"This is true or false by construction ({clause.basis.why})."]
    found = [name]
    if clause.model is not None:
        found += _model(clause, clause.model)
    if len(clause.words_within_chance) > 1:
        found.append(f"So few settings were drawn that another set of them could give: {_others(clause)}.")
    shared = [*_left_out(clause.model), f"{_basis(clause)}.", *_evidence(clause, result.negative)]
    found += [sentence for sentence in shared if sentence not in told]
    told.update(shared)
    if clause.as_claimed is not None:
        claimed = clause.as_claimed
        size = "" if claimed.model is None else f" ({_reached(claimed.model)} settings pass)"
        found.append(f"As claimed, with the speaker's own hypothesis switched on: {claimed.ruling.word}{size}.")
    return found


def _others(clause: ClauseResult) -> str:
    """The words that another set of as many draws could give."""
    return " or ".join(clause.words_within_chance[1:])


def _strata(result: ClaimResult) -> list[str]:
    """A sentence for each stratum: every clause's word there, with the size and the studies where there are any."""
    labels = dict.fromkeys(clause.stratum_label for clause in result.clauses if clause.stratum is not None)
    sentences = []
    for label in labels:
        same = [clause for clause in result.clauses if clause.stratum_label == label]
        sentences.append(
            f'On whether it differs in the part "{label}": {"; ".join(_briefly(c, result) for c in same)}.'
        )
    return sentences


def _briefly(clause: ClauseResult, result: ClaimResult) -> str:
    """One clause in one stratum in a few words."""
    told = f"{clause.says}: {clause.ruling.word}"
    if clause.ruling.rule is Rule.R2 or clause.model is None:
        return told
    size = f"{_size(clause, clause.model.draws)}, " if clause.model.draws is not None else ""
    chance = f", another set could give: {_others(clause)}" if len(clause.words_within_chance) > 1 else ""
    told += f" ({size}{_reached(clause.model)} settings pass{chance})"
    if clause.evidence is not None and clause.evidence.pooled is not None:
        told += f" - {' '.join(_evidence(clause, result.negative)).rstrip('.')}"
    return told


def _model(clause: ClauseResult, model: ModelEffect) -> list[str]:
    """Size with both kinds of spread apart, then how many of the parameter draws reach what matters."""
    share = f"{_reached(model)} equally plausible settings of the model pass"
    if clause.smallest_effect is not None:
        share += f" (what matters: {what_matters(clause)})"
    if model.draws is None:
        return [f"In the model {share}."]
    people = _count(model.number_of_people, "virtual person", "virtual people")
    what = "number" if model.people is None else f"mean over {people}"
    if is_of_people(clause):
        what = f"share of {people}" if model.levels is None else f"difference between two arms of {people}"
    other_way = ", which is the other way than claimed" if _turned(model.draws) else ""
    sentences = [
        f"In the model the {what} is {_size(clause, model.draws)} across plausible settings{other_way}; {share}."
    ]
    if model.levels is not None:
        levels = model.levels
        pair = plain_pair(levels.comparator, levels.treated)
        without, treated = (f"{level} {spoken(levels.unit)}".strip() for level in pair)
        about = f" ({_uncapital(of_what(clause))})" if of_what(clause) else ""
        needed = (
            f", one more in every {plain(levels.needed)} (the number needed to treat, or to harm)"
            if levels.needed
            else ""
        )
        sentences.append(f"In plain levels{about}: {without} without and {treated} with{needed}.{_pulled(clause)}")
    if model.people is not None and not is_of_people(clause):
        sentences.append(_between(model.people, model.unit))
    return sentences


def _pulled(clause: ClauseResult) -> str:
    if not levels_turn(clause):
        return ""
    return " These are means over all settings, which a few extreme ones pull the other way than the middle one."


def _between(people: Spread, unit: str) -> str:
    low, high = plain(people.p2_5), plain(people.p97_5)
    if low == high:
        return f"Between people the effect does not differ: {_with_unit(low, unit)}."
    return f"Between people the effect ranges from {low} to {_with_unit(high, unit)} (95 of 100 people)."


def _turned(spread: Spread) -> bool:
    """Whether nearly every setting has the effect on the other side of nothing."""
    return spread.p97_5 < 0


def _left_out(model: ModelEffect | None) -> list[str]:
    if model is None or not model.failed_runs:
        return []
    return [
        f"{_count(model.failed_runs, 'run', 'runs')} of {model.number_of_draws * model.number_of_people} "
        f"{'is' if model.failed_runs == 1 else 'are'} left out: they failed, or the person would be beyond what people live "
        "with in that setting."
    ]


def _reached(model: ModelEffect) -> str:
    return f"{round(model.p * model.number_of_draws)} of {model.number_of_draws}"


def _size(clause: ClauseResult, spread: Spread) -> str:
    ends = [plain(value) for value in (spread.median, spread.p2_5, spread.p97_5)]
    if ends == [ends[0]] * 3:
        return f"{_with_unit(ends[0], model_unit(clause))} (in nearly every setting)"
    return f"{_with_unit(ends[0], model_unit(clause))} (95 %: {ends[1]} to {ends[2]})"


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {spoken(unit)}".strip()


def _basis(clause: ClauseResult) -> str:
    basis = clause.basis
    if basis.kind == Basis.ASSUMED:
        return f"That rests on what nobody has measured ({', '.join(basis.parameters)})"
    if basis.kind == Basis.CALIBRATED:
        verb = "does" if len(basis.rows) == 1 else "do"
        return f"The model was fitted to {', '.join(basis.rows)}, which therefore {verb} not support it independently"
    weakest = f"; least known of what carries it: {', '.join(basis.parameters)}" if basis.parameters else ""
    return f"The model was not fitted to this{weakest}"


def _evidence(clause: ClauseResult, negative: bool) -> list[str]:
    """The state of the studies with the pooled number, what stands beside it, and whether the model agrees."""
    evidence = clause.evidence
    if evidence is None:
        return []
    state = (_STATE_OF_NEGATION if negative else _STATE)[evidence.state]
    if evidence.pooled is not None and evidence.ci_low is not None and evidence.ci_high is not None:
        size = _with_unit(plain(evidence.pooled), study_unit(clause, evidence.unit))
        interval = f"(95 %: {plain(evidence.ci_low)} to {plain(evidence.ci_high)})"
        state += f": {size} {interval} over {_count(evidence.k, 'study', 'studies')}"
    said = (state, *beside(clause), disagreement(clause, negative))
    return [f"{_capital(text)}." for text in said if text]


def _after(result: ClaimResult) -> list[str]:
    sentences = []
    if result.sensitivity is not None and not (result.sensitivity.steady and result.sensitivity.half is result.word):
        line = result.sensitivity
        sentences.append(
            f"Were half as much taken for what matters, the word would be: {line.half}; were twice as much: {line.double}."
        )
    if told := result.told_as_claimed():
        sentences.append(told)
    if result.reason is not None:
        verb = "follows" if result.reason.follows else "does not follow"
        note = " ".join(result.reason.note.split())
        sentences.append(f'The reason given ("{result.reason.text}") {verb}: {note}')
    return sentences


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _uncapital(text: str) -> str:
    """A small first letter, unless the word is an abbreviation."""
    rest = text.split(" ", 1)[0][1:]
    return text[:1].lower() + text[1:] if rest.isalpha() and rest.islower() else text
