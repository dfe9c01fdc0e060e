"""The judged claim in plain words: who, against what, how much in absolute numbers, on what it rests."""

from __future__ import annotations

from cofactor.claims._result import ClaimResult, ClauseResult, EvidenceResult, ModelEffect, Spread
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
    sentences += [f"{turn.text()}." for turn in result.turns]
    sentences += _after(result)
    return " ".join(sentences)


def _clause(clause: ClauseResult, result: ClaimResult, told: set[str]) -> list[str]:
    """One clause in full; a basis or a state of the evidence that was `told` before is not said again."""
    name = f"On whether {clause.label}: {clause.ruling.word}."
    if clause.ruling.rule is Rule.R2:
        return [name, f"This is true or false by construction ({clause.basis.why})."]
    found = [name]
    if clause.model is not None:
        found += _model(clause.model, clause.smallest_effect)
    if len(clause.words_within_chance) > 1:
        found.append(f"So few settings were drawn that another set of them could give: {_others(clause)}.")
    shared = [f"{_basis(clause)}."]
    if clause.evidence is not None:
        shared.append(_evidence(clause.evidence, result.negative))
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
    size = f"{_size(clause.model.draws, clause.model.unit)}, " if clause.model.draws is not None else ""
    chance = f", another set could give: {_others(clause)}" if len(clause.words_within_chance) > 1 else ""
    told += f" ({size}{_reached(clause.model)} settings pass{chance})"
    if clause.evidence is not None and clause.evidence.pooled is not None:
        told += f" - {_evidence(clause.evidence, result.negative).rstrip('.')}"
    return told


def _model(model: ModelEffect, smallest_effect: str | None) -> list[str]:
    """Size with both kinds of spread apart, then how many of the parameter draws reach what matters."""
    share = f"{_reached(model)} equally plausible settings of the model pass"
    if smallest_effect is not None:
        share += f" (what matters: {smallest_effect})"
    if model.draws is None:
        return [f"In the model {share}."]
    people = _count(model.number_of_people, "virtual person", "virtual people")
    what = "number" if model.people is None else f"mean over {people}"
    size = f"In the model the {what} is {_size(model.draws, model.unit)}"
    sentences = [f"{size} across plausible settings; {share}."]
    if model.levels is not None:
        levels = model.levels
        without, treated = (
            f"{level:.3g} {_unit(levels.unit)}".strip() for level in (levels.comparator, levels.treated)
        )
        needed = (
            f", one more in every {levels.needed:.3g} (the number needed to treat, or to harm)" if levels.needed else ""
        )
        sentences.append(f"In plain levels: {without} without and {treated} with{needed}.")
    if model.people is not None:
        sentences.append(f"Between people the effect ranges around it as {_size(model.people, model.unit)}.")
    if model.failed_runs:
        sentences.append(
            f"{_count(model.failed_runs, 'run', 'runs')} of {model.number_of_draws * model.number_of_people} are left out: they "
            "failed, or the person would be beyond what people live with in that setting."
        )
    return sentences


def _reached(model: ModelEffect) -> str:
    return f"{round(model.p * model.number_of_draws)} of {model.number_of_draws}"


def _size(spread: Spread, unit: str) -> str:
    shown = " ".join(part for part in (f"{spread.median:.3g}", _unit(unit)) if part)
    return f"{shown} (95 %: {spread.p2_5:.3g} to {spread.p97_5:.3g})"


def _unit(text: str) -> str:
    """The unit as printed; a plain number has none."""
    return "" if text == "1" else text


def _basis(clause: ClauseResult) -> str:
    basis = clause.basis
    if basis.kind == Basis.ASSUMED:
        return f"That rests on what nobody has measured ({', '.join(basis.parameters)})"
    if basis.kind == Basis.CALIBRATED:
        return f"The model was fitted to {', '.join(basis.rows)}, which therefore do not support it independently"
    weakest = f"; least known of what carries it: {', '.join(basis.parameters)}" if basis.parameters else ""
    return f"The model was not fitted to this{weakest}"


def _evidence(evidence: EvidenceResult, negative: bool) -> str:
    state = (_STATE_OF_NEGATION if negative else _STATE)[evidence.state]
    if evidence.pooled is None:
        return f"{state}."
    size = f"{evidence.pooled:.3g} {_unit(evidence.unit)}".strip()
    interval = f"(95 %: {evidence.ci_low:.3g} to {evidence.ci_high:.3g})"
    return f"{state}: {size} {interval} over {_count(evidence.k, 'study', 'studies')}."


def _after(result: ClaimResult) -> list[str]:
    sentences = []
    if result.sensitivity is not None and not (result.sensitivity.steady and result.sensitivity.half is result.word):
        line = result.sensitivity
        sentences.append(
            f"Were half as much what matters, the word would be: {line.half}; were twice as much: {line.double}."
        )
    if told := result.told_as_claimed():
        sentences.append(told)
    if result.reason is not None:
        verb = "follows" if result.reason.follows else "does not follow"
        sentences.append(f'The reason given ("{result.reason.text}") {verb}: {result.reason.note.strip()}')
    return sentences


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
