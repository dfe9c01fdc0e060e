"""A budget as the table and the pictures of the page."""

from __future__ import annotations

from dataclasses import dataclass

from cofactor.report import _words as words
from cofactor.report._sankey import NARROW, sankey
from cofactor.run import Budget, Line, Part


@dataclass(frozen=True)
class BudgetLine:
    """One line of the table in words."""

    label: str
    amount: str
    per_day: str


@dataclass(frozen=True)
class BudgetView:
    """A budget with its heading, its table in parts, and its picture for a wide and a narrow page."""

    title: str
    whom: str
    unit: str
    days: str
    parts: tuple[tuple[str, tuple[BudgetLine, ...]], ...]
    enzymes: str
    closes: str
    wide: str
    narrow: str


def budget_view(title: str, budget: Budget, key: str) -> BudgetView:
    """Everything the page says about one budget."""
    parts = [(part, tuple(_line(line) for line in budget.lines if line.part is part)) for part in Part]
    return BudgetView(
        title=title,
        whom="one person" if budget.people == 1 else f"the mean of {budget.people} people",
        unit=budget.unit,
        days=words.number(budget.days),
        parts=tuple((words.capital(str(part)), lines) for part, lines in parts if lines),
        enzymes=_enzymes(budget),
        closes=_closes(budget),
        wide=sankey(budget, f"{key}-wide"),
        narrow=sankey(budget, f"{key}-narrow", NARROW),
    )


def _line(line: Line) -> BudgetLine:
    if line.part is Part.LEFT_OVER:
        return BudgetLine(line.label, words.number(line.amount, 1), words.number(line.per_day, 1))
    plus = line.part is Part.STORES
    return BudgetLine(line.label, words.fixed(line.amount, plus=plus), words.fixed(line.per_day, plus=plus))


def _enzymes(budget: Budget) -> str:
    asked = budget.enzymes.asked
    carriers = words.count(budget.enzymes.carriers, "flux", "fluxes")
    if not asked:
        rest = (
            "all of them only carry it from one place to another; this body has no flux that turns over anything else"
        )
    else:
        rest = f"of the fluxes that turn over something else ({', '.join(asked)}), asked one by one"
    used = words.with_unit(words.number(budget.enzymes.used), budget.unit)
    exactly = "exactly " if budget.enzymes.used == 0 else ""
    return f"Enzymes used up {exactly}{used}, counted from the wiring: {carriers} move {budget.element}, {rest}."


def _closes(budget: Budget) -> str:
    left = words.with_unit(words.number(budget.residual, 1), budget.unit)
    return f"Left over after every line: {left}, which is the rounding of the arithmetic."
