"""The judged claim in plain words: who, against what, how much in absolute numbers, on what it rests."""

from __future__ import annotations

from cofactor.claims._result import ClaimResult, ClauseResult, EvidenceResult, ModelEffect, Spread
from cofactor.claims._verdict import EvidenceState, Rule

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
    for clause in result.clauses:
        sentences += _clause(clause, result)
    sentences += _after(result)
    return " ".join(sentences)


def _clause(clause: ClauseResult, result: ClaimResult) -> list[str]:
    name = f"On whether {clause.label}: {clause.ruling.word}."
    if clause.ruling.rule is Rule.R2:
        return [name, f"This is true or false by construction ({clause.basis.why})."]
    found = [name]
    if clause.model is not None:
        found += _model(clause.model, clause.smallest_effect)
    if len(clause.words_within_chance) > 1:
        others = " or ".join(clause.words_within_chance[1:])
        found.append(f"So few settings were drawn that another set of them could give: {others}.")
    found.append(f"{_basis(clause)}.")
    if clause.evidence is not None:
        found.append(_evidence(clause.evidence, result.negative))
    if clause.as_claimed is not None:
        claimed = clause.as_claimed
        found.append(f"With the speaker's own hypothesis switched on it would read: {claimed.ruling.word}.")
    return found


def _model(model: ModelEffect, smallest_effect: str | None) -> list[str]:
    """Size with both kinds of spread apart, then how many of the parameter draws reach what matters."""
    reached = round(model.p * model.number_of_draws)
    share = f"{reached} of {model.number_of_draws} equally plausible settings of the model pass"
    if smallest_effect is not None:
        share += f" (what matters: {smallest_effect})"
    if model.draws is None:
        return [f"In the model {share}."]
    size = f"In the model the mean over {model.number_of_people} virtual people is {_size(model.draws, model.unit)}"
    sentences = [f"{size} across plausible settings; {share}."]
    if model.levels is not None:
        levels = model.levels
        plain = " ".join(part for part in (f"{levels.treated:.3g} with", _unit(levels.unit)) if part)
        sentences.append(f"In plain levels: {levels.comparator:.3g} without and {plain}.")
    if model.people is not None:
        sentences.append(f"Between people the effect ranges around it as {_size(model.people, model.unit)}.")
    if model.failed_runs:
        sentences.append(f"{model.failed_runs} runs failed and are left out.")
    return sentences


def _size(spread: Spread, unit: str) -> str:
    shown = " ".join(part for part in (f"{spread.median:.3g}", _unit(unit)) if part)
    return f"{shown} (95 %: {spread.p2_5:.3g} to {spread.p97_5:.3g})"


def _unit(text: str) -> str:
    """The unit as printed; a plain number has none."""
    return "" if text == "1" else text


def _basis(clause: ClauseResult) -> str:
    basis = clause.basis
    if basis.parameters:
        return f"That rests on what nobody has measured ({', '.join(basis.parameters)})"
    if basis.rows:
        return f"The model was fitted to {', '.join(basis.rows)}, which therefore do not support it independently"
    return f"The model's answer is {basis.kind}"


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
        sentences.append(f"Were half as much enough, the word would be: {line.half}; were twice needed: {line.double}.")
    if result.reason is not None:
        verb = "follows" if result.reason.follows else "does not follow"
        sentences.append(f'The reason given ("{result.reason.text}") {verb}: {result.reason.note.strip()}')
    return sentences


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
