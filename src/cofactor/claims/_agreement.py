"""Whether model and controlled studies agree, and what is said beside the pooled number: no reader should have to find out."""

from __future__ import annotations

from cofactor.claims._meaning import is_in_other_terms, plain, plain_pair, spoken, study_unit
from cofactor.claims._result import ClauseResult, EvidenceResult, Study
from cofactor.claims._verdict import MOST_DRAWS, EvidenceState

PICTURED = 500.0
"""Per cent: a larger change is only read in plain levels."""
FEW_STUDIES = 3
"""With so few, the interval of the pooled effect is mostly what is not known of how much studies differ."""
_SHOWN = (EvidenceState.FOR, EvidenceState.SMALL)
_UNDECIDED = (EvidenceState.NONE, EvidenceState.UNCLEAR)


def disagreement(clause: ClauseResult, negative: bool) -> str:
    """Where the model contradicts what controlled studies in people show, the sentence that says so; else empty.

    `negative`: the clause says that something does not happen, so that its effect is a change that should stay small.
    """
    if clause.evidence is None or clause.model is None or clause.evidence.state in _UNDECIDED:
        return ""
    state, passes = clause.evidence.state, clause.model.p >= MOST_DRAWS
    if negative:
        agrees = passes == (state in _SHOWN)
        return "" if agrees else _said("the model comes to the other answer")
    middle = None if clause.model.draws is None else clause.model.draws.median
    if state in _SHOWN:
        if middle is not None and middle <= 0:
            return _said("the model goes the other way")
        return _said("the model's effect is smaller") if state is EvidenceState.FOR and not passes else ""
    if state is EvidenceState.AGAINST and middle is not None and middle > 0:
        return _said("the model goes the other way")
    return _said("the model has an effect that the studies rule out") if passes else ""


def _said(how: str) -> str:
    return f"Model and studies disagree: {how}; the studies decide"


def beside(clause: ClauseResult) -> tuple[str, ...]:
    """What stands beside the numbers: why they are so large or so wide, and what the largest meta-analysis says."""
    found = clause.evidence
    if found is None:
        return ()
    said = (_large(clause), _scales(found, clause), _wide(found), _meta(found, clause))
    return tuple(text for text in said if text)


def _large(clause: ClauseResult) -> str:
    """The comment on a change in per cent that no one can picture."""
    model = clause.model
    if model is None or model.unit != "%" or model.draws is None or model.levels is None:
        return ""
    if abs(model.draws.median) < PICTURED:
        return ""
    low, high = plain_pair(model.levels.comparator, model.levels.treated)
    return f"the model's {plain(model.draws.median)} % is of a very small number: {low} {spoken(model.levels.unit)} become {high}"


def _scales(found: EvidenceResult, clause: ClauseResult) -> str:
    if found.pooled is None or not is_in_other_terms(clause):
        return ""
    return (
        "the studies' number is by how much more often what they counted came about, the model's in how many of 100 people "
        "the statement is true: the two sizes are not to be compared"
    )


def _wide(found: EvidenceResult) -> str:
    """The comment on an interval wider than that of each of its studies."""
    if found.pooled is None or not 1 < found.k <= FEW_STUDIES or found.ci_low is None or found.ci_high is None:
        return ""
    widths = [s.ci_high - s.ci_low for s in found.studies if s.ci_low is not None and s.ci_high is not None]
    if not widths or found.ci_high - found.ci_low <= max(widths):
        return ""
    return f"the interval is wider than that of each study by itself, as {found.k} studies cannot tell how much studies differ"


def _meta(found: EvidenceResult, clause: ClauseResult) -> str:
    meta = found.largest_meta
    if meta is None or meta.estimate is None or meta.ci_low is None or meta.ci_high is None:
        return ""
    unit = "" if found.unit == "1" else f" {study_unit(clause, found.unit)}"
    size = f"{plain(meta.estimate)}{unit} (95 %: {plain(meta.ci_low)} to {plain(meta.ci_high)})"
    told = f"the largest published meta-analysis, {meta.citation}, gives {size}"
    return f"{told}; it is shown beside and not pooled{_speaks(found, meta)}"


def _speaks(found: EvidenceResult, meta: Study) -> str:
    """What a significant meta-analysis would say where the pooled studies say nothing."""
    if found.state not in _UNDECIDED or meta.ci_low is None or meta.ci_high is None:
        return ""
    if meta.ci_low > 0:
        return "; by its own method it speaks for an effect"
    return "; by its own method it speaks against one" if meta.ci_high < 0 else ""
