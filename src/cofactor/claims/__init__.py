"""Claim files, predicates, the verdict rule R1-R7, and what judging a claim gives.

Public names are imported when first used: `cofactor simulate` needs the safety line and none of the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cofactor._lazy import attribute_of

if TYPE_CHECKING:
    from cofactor.claims._agreement import beside as beside
    from cofactor.claims._agreement import disagreement as disagreement
    from cofactor.claims._claim import Claim as Claim
    from cofactor.claims._claim import Clause as Clause
    from cofactor.claims._claim import Pico as Pico
    from cofactor.claims._claim import Question as Question
    from cofactor.claims._claim import Stratum as Stratum
    from cofactor.claims._claim import Turn as Turn
    from cofactor.claims._effects import Arms as Arms
    from cofactor.claims._effects import effects as effects
    from cofactor.claims._effects import levels as levels
    from cofactor.claims._effects import passes as passes
    from cofactor.claims._effects import target as target
    from cofactor.claims._evidence import Gathered as Gathered
    from cofactor.claims._evidence import PooledNumber as PooledNumber
    from cofactor.claims._evidence import gather as gather
    from cofactor.claims._judge import judge as judge
    from cofactor.claims._load import load_claim as load_claim
    from cofactor.claims._load import load_claims as load_claims
    from cofactor.claims._load import parse_claim as parse_claim
    from cofactor.claims._meaning import is_in_other_terms as is_in_other_terms
    from cofactor.claims._meaning import is_of_people as is_of_people
    from cofactor.claims._meaning import levels_turn as levels_turn
    from cofactor.claims._meaning import model_unit as model_unit
    from cofactor.claims._meaning import of_what as of_what
    from cofactor.claims._meaning import plain_pair as plain_pair
    from cofactor.claims._meaning import spoken as spoken
    from cofactor.claims._meaning import study_unit as study_unit
    from cofactor.claims._meaning import what_matters as what_matters
    from cofactor.claims._paragraph import paragraph as paragraph
    from cofactor.claims._predicate import Predicate as Predicate
    from cofactor.claims._predicate import parse_predicate as parse_predicate
    from cofactor.claims._result import ClaimResult as ClaimResult
    from cofactor.claims._result import ClauseResult as ClauseResult
    from cofactor.claims._result import Levels as Levels
    from cofactor.claims._result import ModelEffect as ModelEffect
    from cofactor.claims._result import Study as Study
    from cofactor.claims._run import limits as limits
    from cofactor.claims._run import run_claims as run_claims
    from cofactor.claims._run import runs_needed as runs_needed
    from cofactor.claims._safety import safety_lines as safety_lines
    from cofactor.claims._turn import TurnResult as TurnResult
    from cofactor.claims._verdict import Basis as Basis
    from cofactor.claims._verdict import EvidenceState as EvidenceState
    from cofactor.claims._verdict import Rule as Rule
    from cofactor.claims._verdict import Ruling as Ruling
    from cofactor.claims._verdict import Word as Word
    from cofactor.claims._verdict import combine as combine
    from cofactor.claims._verdict import evidence_state as evidence_state
    from cofactor.claims._verdict import word as word

_HOMES = {
    "_agreement": "beside disagreement",
    "_claim": "Claim Clause Pico Question Stratum Turn",
    "_effects": "Arms effects levels passes target",
    "_evidence": "Gathered PooledNumber gather",
    "_judge": "judge",
    "_load": "load_claim load_claims parse_claim",
    "_meaning": "is_in_other_terms is_of_people levels_turn model_unit of_what plain_pair spoken study_unit what_matters",
    "_paragraph": "paragraph",
    "_predicate": "Predicate parse_predicate",
    "_result": "ClaimResult ClauseResult Levels ModelEffect Study",
    "_run": "limits run_claims runs_needed",
    "_safety": "safety_lines",
    "_turn": "TurnResult",
    "_verdict": "Basis EvidenceState Rule Ruling Word combine evidence_state word",
}

__getattr__ = attribute_of(__name__, _HOMES)
