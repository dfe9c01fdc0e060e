"""Arms in a body that lacks some organs: what is left out of an arm, and said to be left out.

A claim file states the whole trial. Where this version has no organ for a part of it (vitamin D taken by mouth), the arm
imposes the measured consequence instead (calcitriol), and the part itself is dropped here by name, never silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cofactor.scenario import Scenario, features, features_supported

_LISTS = ("supplement", "drug", "infusion", "challenge", "event", "phototherapy")


def what_is_left_out(arm: Mapping[str, Any]) -> list[str]:
    """The parts of an arm no organ of this version answers, as a person would say them."""
    return [feature.said for feature in features(_plan(arm)) if feature.name not in features_supported()]


def answered(arm: Mapping[str, Any]) -> dict[str, Any]:
    """The arm without those parts."""
    missing = [feature.path for feature in features(_plan(arm)) if feature.name not in features_supported()]
    kept: dict[str, Any] = {key: value for key, value in arm.items()}
    for table in _LISTS:
        gone = {path[1] for path in missing if path[0] == table}
        if gone:
            kept[table] = [entry for index, entry in enumerate(arm[table]) if index not in gone]
    for table in {path[0] for path in missing} - set(_LISTS):
        gone = {path[1] for path in missing if path[0] == table and len(path) > 1}
        kept[table] = {key: value for key, value in arm.get(table, {}).items() if key not in gone}
    return kept


def _plan(arm: Mapping[str, Any]) -> Scenario:
    return Scenario.from_dict({key: value for key, value in arm.items() if key != "imposed"})
