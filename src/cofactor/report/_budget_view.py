"""A budget as the table and the pictures of the page."""

from __future__ import annotations

from dataclasses import dataclass

from cofactor.report import _words as words
from cofactor.report._sankey import NARROW, sankey
from cofactor.run import Budget, Line, Part
from cofactor.units import convert


@dataclass(frozen=True)
class BudgetLine:
    """One line of the table in words."""

    label: str
    amount: str
    per_day: str


@dataclass(frozen=True)
class BudgetView:
    """A budget with its heading, its table in parts, and its picture for a wide and a narrow page."""

    key: str
    title: str
    element: str
    whom: str
    unit: str
    in_mass: str
    days: str
    parts: tuple[tuple[str, tuple[BudgetLine, ...]], ...]
    enzymes: str
    asked: str
    closes: str
    wide: str
    narrow: str


def budget_view(title: str, budget: Budget, key: str) -> BudgetView:
    """Everything the page says about one budget."""
    parts = [(part, tuple(_line(line) for line in budget.lines if line.part is part)) for part in Part]
    return BudgetView(
        key=key,
        title=title,
        element=budget.element,
        whom="one person" if budget.people == 1 else f"the mean of {budget.people} people",
        unit=budget.unit,
        in_mass=_in_mass(budget),
        days=words.number(budget.days),
        parts=tuple((words.capital(str(part)), lines) for part, lines in parts if lines),
        enzymes=_enzymes(budget),
        asked=", ".join(budget.enzymes.asked),
        closes=_closes(budget),
        wide=sankey(budget, f"{key}-wide"),
        narrow=sankey(budget, f"{key}-narrow", NARROW),
    )


def _in_mass(budget: Budget) -> str:
    """What one unit of the budget weighs, for who knows milligrams from labels."""
    if budget.unit != "mmol":
        return ""
    return f"1 mmol of {budget.element} is {words.number(convert('1 mmol', 'mg', analyte=budget.element))} mg."


def _line(line: Line) -> BudgetLine:
    if line.part is Part.LEFT_OVER:
        return BudgetLine(line.label, words.number(line.amount, 1), words.number(line.per_day, 1))
    plus = line.part is Part.STORES
    return BudgetLine(line.label, words.fixed(line.amount, plus=plus), words.fixed(line.per_day, plus=plus))


def _enzymes(budget: Budget) -> str:
    if not any(line.part is Part.ENZYMES for line in budget.lines):
        return ""
    found = budget.enzymes
    used = words.with_unit(words.number(found.used), budget.unit)
    exactly = "exactly " if found.used == 0 else ""
    carried = f"{words.count(found.carriers, 'flux moves', 'fluxes move')} {budget.element} from place to place"
    others = "this body has no flux that turns over anything else"
    if found.asked:
        substances = ", ".join(found.substances).replace("_", " ").replace("vitamin d", "vitamin D")
        others = f"each of the {len(found.asked)} fluxes that turn over something else ({substances}) was asked what it takes"
    return f"Enzymes used up {exactly}{used}, counted from the wiring: {carried}, and {others}."


def _closes(budget: Budget) -> str:
    left = words.with_unit(words.number(budget.residual, 1), budget.unit)
    return f"Left over after every line: {left}, which is the rounding of the arithmetic."
