"""Where, along a series of doses, the sign of an effect turns: one dose a draw, interpolated on the logarithm of dose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_BAND = (2.5, 50.0, 97.5)


@dataclass(frozen=True)
class TurnResult:
    """The dose where the effect turns from below 0 to above it, over the draws in which it does.

    `effects[k]` is the median over draws of the population mean at `doses[k]`. `at`, `low` and `high` are None where it
    turns in no draw; `below` and `above` count the draws in which it is never, or always, above 0.
    """

    says: str
    people: str
    unit: str
    doses: tuple[float, ...]
    effects: tuple[float, ...]
    draws: int
    turning: int
    below: int
    above: int
    at: float | None
    low: float | None
    high: float | None

    def text(self) -> str:
        """The dose in words."""
        who = f" ({self.people})" if self.people else ""
        span = f"{_thousands(self.doses[0])} to {_thousands(self.doses[-1])} {self.unit}"
        if self.at is None:
            side = "above" if self.above > self.below else "below"
            return f"{self.says}{who}: at no dose from {span}; the effect is {side} 0 throughout"
        found = f"{self.says}{who}: at about {_thousands(self.at)} {self.unit}"
        if self.low is not None and self.high is not None:
            found += f" (95 %: {_thousands(self.low)} to {_thousands(self.high)})"
        if self.turning < self.draws:
            found += f", in {self.turning} of {self.draws} plausible settings of the model, tried from {span}"
            never = f"in {self.below} it does not turn" if self.below else ""
            always = f"in {self.above} it has turned at the lowest dose already" if self.above else ""
            found += f" ({'; '.join(part for part in (never, always) if part)})"
        return found

    def to_json(self) -> dict[str, Any]:
        """All fields, and the words."""
        names = ("says", "people", "unit", "draws", "turning", "below", "above", "at", "low", "high")
        return {
            **{name: getattr(self, name) for name in names},
            "doses": list(self.doses),
            "effects": list(self.effects),
            "text": self.text(),
        }


def turn_of(says: str, people: str, unit: str, doses: Sequence[float], means: np.ndarray) -> TurnResult:
    """The turn of an effect whose population means are `means`, (doses, draws); draws with a gap are left out."""
    whole = means[:, np.isfinite(means).all(axis=0)]
    crossings = [_crossing(np.log(doses), column) for column in whole.T]
    turning = [float(np.exp(each)) for each in crossings if each is not None]
    above = int(sum(bool((column > 0).all()) for column in whole.T))
    low, at, high = np.percentile(turning, _BAND) if turning else (None, None, None)
    medians = np.median(whole, axis=1) if whole.size else np.full(len(doses), np.nan)
    return TurnResult(
        says=says, people=people, unit=unit, doses=tuple(doses), effects=tuple(float(each) for each in medians),
        draws=whole.shape[1], turning=len(turning), below=whole.shape[1] - len(turning) - above, above=above,
        at=_plain(at), low=_plain(low), high=_plain(high),
    )  # fmt: skip


def _crossing(logs: np.ndarray, effect: np.ndarray) -> float | None:
    """Where the effect last passes from not above 0 to above it, by a straight line; None where it does not."""
    upward = np.flatnonzero((effect[:-1] <= 0) & (effect[1:] > 0))
    if not upward.size:
        return None
    k = int(upward[-1])
    share = -effect[k] / (effect[k + 1] - effect[k])
    return float(logs[k] + share * (logs[k + 1] - logs[k]))


def _plain(value: float | None) -> float | None:
    return None if value is None else float(value)


def _thousands(dose: float) -> str:
    """Two significant digits, thousands apart."""
    return f"{float(f'{dose:.2g}'):,.0f}".replace(",", " ")
