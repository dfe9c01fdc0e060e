"""The small language a claim file states its clauses in: read into an immutable tree, never evaluated as code.

    predicate  = both { "or" both }
    both       = single { "and" single }
    single     = "not" single | comparison
    comparison = sum [ (">=" | ">" | "<=" | "<" | "==") sum | "in" sum ".." sum ]
    sum        = term { ("+" | "-") term }
    term       = factor { ("*" | "/") factor }
    factor     = "-" factor | NUMBER [ UNIT ] | "d" | measure | observable | "(" predicate ")"
    measure    = NAME "(" predicate [ "," "relative" ] { "," predicate } ")"
    observable = NAME [ ".start" ] [ "@" ARM ]

`d` is the clause's smallest effect that matters.  `.start` is the person's own value when the arm began.  Without
`@ARM` an observable is read in the treated arm, and inside a difference in both arms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from cofactor.claims._tokens import Token, fault, tokens
from cofactor.errors import InputError
from cofactor.units import Quantity, Unit

COMPARISONS = (">=", "<=", "==", ">", "<")
LONGEST_TEXT = 600
DEEPEST_NESTING = 20

# Measure -> (number of arguments, may say "relative", what it is).
MEASURES: dict[str, tuple[int, bool, str]] = {
    "difference": (1, True, "treated minus comparator in the same person; relative: as a share of the comparator"),
    "rise": (1, False, "the same as difference"),
    "fall": (1, False, "comparator minus treated"),
    "relative_rise": (1, False, "the same as difference(x, relative)"),
    "relative_fall": (1, False, "its negative"),
    "share": (1, False, "1 for a person who meets the condition, else 0; its mean is a share of people"),
    "ratio": (2, False, "mean of the first over mean of the second, over the people of one draw"),
    "r2": (2, False, "squared correlation of the two over the people of one draw"),
}
_ONE_A_DRAW = frozenset({"ratio", "r2"})
_MINUS_ONE = Quantity(-1.0, Unit.one)


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity written in the predicate."""

    quantity: Quantity
    column: int


@dataclass(frozen=True, slots=True)
class SmallestEffect:
    """`d`: the smallest effect that matters, given by the clause."""

    column: int


@dataclass(frozen=True, slots=True)
class Observable:
    """An observable of one arm; `arm` None: the treated arm, or both inside a difference."""

    name: str
    arm: str | None
    column: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right` with one of + - * /."""

    operator: str
    left: Node
    right: Node
    column: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One of MEASURES applied to its arguments."""

    name: str
    arguments: tuple[Node, ...]
    relative: bool
    column: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right` with one of COMPARISONS."""

    operator: str
    left: Node
    right: Node
    column: int


@dataclass(frozen=True, slots=True)
class Within:
    """`value in low..high`, both ends included."""

    value: Node
    low: Node
    high: Node
    column: int


@dataclass(frozen=True, slots=True)
class Negation:
    """`not part`."""

    part: Node
    column: int


@dataclass(frozen=True, slots=True)
class Junction:
    """All (`and`) or any (`or`) of the parts."""

    word: Literal["and", "or"]
    parts: tuple[Node, ...]
    column: int


Node = Number | SmallestEffect | Observable | Arithmetic | Measure | Comparison | Within | Negation | Junction
Statement = Comparison | Within | Negation | Junction


@dataclass(frozen=True, slots=True)
class Predicate:
    """A parsed predicate: its text and its tree, whose root is true or false for one draw of the parameters."""

    text: str
    root: Statement


def parse_predicate(text: str) -> Predicate:
    """The predicate a text states, such as "relative_rise(fractional_magnesium_absorption) >= d".

    Raises InputError with the column (from 1) where the text stops making sense.
    """
    if len(text) > LONGEST_TEXT:
        raise InputError(f"a predicate has at most {LONGEST_TEXT} characters", received=f"{len(text)} characters")
    reader = _Reader(text, tuple(tokens(text)))
    root = reader.predicate()
    reader.expect_end()
    if not isinstance(root, Statement):
        raise reader.fault("a predicate compares something, as in 'rise(serum_calcium) >= d'", root.column)
    return Predicate(text, root)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    yield node
    for child in _children(node):
        yield from walk(child)


def observables(predicate: Predicate) -> frozenset[str]:
    """The observables a predicate reads, `.start` left off."""
    names = (node.name for node in walk(predicate.root) if isinstance(node, Observable))
    return frozenset(name.removesuffix(".start") for name in names)


def arms_named(predicate: Predicate) -> frozenset[str]:
    """The arms a predicate names with @."""
    found = (node.arm for node in walk(predicate.root) if isinstance(node, Observable))
    return frozenset(arm for arm in found if arm is not None)


def mentions_smallest_effect(predicate: Predicate) -> bool:
    """Whether the predicate depends on the clause's `d`."""
    return any(isinstance(node, SmallestEffect) for node in walk(predicate.root))


def is_one_a_draw(node: Node) -> bool:
    """Whether the node has one number a draw (a ratio of means) rather than one a person."""
    return any(isinstance(part, Measure) and part.name in _ONE_A_DRAW for part in walk(node))


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Arithmetic | Comparison):
        return (node.left, node.right)
    if isinstance(node, Measure):
        return node.arguments
    if isinstance(node, Within):
        return (node.value, node.low, node.high)
    if isinstance(node, Negation):
        return (node.part,)
    return node.parts if isinstance(node, Junction) else ()


class _Reader:
    """Recursive descent over the tokens of one predicate."""

    def __init__(self, text: str, tokens: tuple[Token, ...]):
        self._text = text
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def fault(self, rule: str, column: int, hint: str | None = None) -> InputError:
        return fault(self._text, column, rule, hint)

    def expect_end(self) -> None:
        if self._position < len(self._tokens):
            token = self._tokens[self._position]
            raise self.fault(f"{token.text!r} does not belong here", token.column)

    def predicate(self) -> Node:
        return self._junction("or", self._both)

    def _both(self) -> Node:
        return self._junction("and", self._single)

    def _junction(self, word: Literal["and", "or"], part) -> Node:
        column = self._column
        parts = [part()]
        while self._take(word):
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        return Junction(word, tuple(self._true_or_false(each) for each in parts), column)

    def _single(self) -> Node:
        column = self._column
        if self._take("not"):
            return Negation(self._true_or_false(self._single()), column)
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._sum()
        column = self._column
        if self._take("in"):
            low = self._a_number(self._sum())
            self._expect("..")
            return Within(self._a_number(left), low, self._a_number(self._sum()), column)
        operator = self._take(*COMPARISONS)
        if operator is None:
            return left
        return Comparison(operator, self._a_number(left), self._a_number(self._sum()), column)

    def _sum(self) -> Node:
        return self._arithmetic(("+", "-"), self._term)

    def _term(self) -> Node:
        return self._arithmetic(("*", "/"), self._factor)

    def _arithmetic(self, operators: tuple[str, ...], part) -> Node:
        left = part()
        while True:
            column = self._column
            operator = self._take(*operators)
            if operator is None:
                return left
            left = Arithmetic(operator, self._a_number(left), self._a_number(part()), column)

    def _factor(self) -> Node:
        column = self._column
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise self.fault(f"a predicate nests at most {DEEPEST_NESTING} deep", column)
        try:
            return self._bare_factor(column)
        finally:
            self._depth -= 1

    def _bare_factor(self, column: int) -> Node:
        if self._take("-"):
            return self._negative(self._a_number(self._factor()), column)
        if self._take("("):
            inner = self.predicate()
            self._expect(")")
            return inner
        if self._take("d"):
            return SmallestEffect(column)
        token = self._next()
        if token.kind == "number" and token.quantity is not None:
            return Number(token.quantity, column)
        if token.kind != "name":
            raise self.fault(f"a number, an observable or a measure must stand here, not {token.text!r}", column)
        return self._measure(token) if self._take("(") else self._observable(token)

    def _negative(self, node: Node, column: int) -> Node:
        if isinstance(node, Number):
            return Number(Quantity(-node.quantity.value, node.quantity.unit), column)
        return Arithmetic("*", Number(_MINUS_ONE, column), node, column)

    def _measure(self, token: Token) -> Node:
        if token.text not in MEASURES:
            close = get_close_matches(token.text, MEASURES, n=1, cutoff=0.4)
            known = f"did you mean {close[0]}?" if close else "known: " + ", ".join(MEASURES)
            raise self.fault(f"the measure {token.text!r} is not known", token.column, known)
        count, may_be_relative, _ = MEASURES[token.text]
        arguments, relative = [self.predicate()], False
        while self._take(","):
            if may_be_relative and self._take("relative"):
                relative = True
                break
            arguments.append(self.predicate())
        self._expect(")")
        if len(arguments) != count:
            raise self.fault(f"{token.text} takes {count}, not {len(arguments)}", token.column, MEASURES[token.text][2])
        checked = self._true_or_false if token.text == "share" else self._a_number
        return Measure(token.text, tuple(checked(each) for each in arguments), relative, token.column)

    def _observable(self, token: Token) -> Observable:
        name, arm = token.text, None
        if self._take("."):
            if self._next().text != "start":
                raise self.fault("only '.start' may follow an observable", token.column)
            name += ".start"
        if self._take("@"):
            named = self._next()
            if named.kind != "name":
                raise self.fault("'@' is followed by the name of an arm", named.column)
            arm = named.text
        return Observable(name, arm, token.column)

    def _true_or_false(self, node: Node) -> Node:
        if isinstance(node, Statement):
            return node
        raise self.fault("a condition must stand here, not a number", node.column, "compare it, as in 'pasi <= 1'")

    def _a_number(self, node: Node) -> Node:
        if not isinstance(node, Statement):
            return node
        raise self.fault("a number must stand here, not a condition", node.column, "share(condition) makes a number")

    @property
    def _column(self) -> int:
        if self._position < len(self._tokens):
            return self._tokens[self._position].column
        return len(self._text) + 1

    def _take(self, *texts: str) -> str | None:
        """The next token's text if it is one of these signs or words, which is then passed over."""
        if self._position == len(self._tokens):
            return None
        token = self._tokens[self._position]
        if token.kind not in ("sign", "word") or token.text not in texts:
            return None
        self._position += 1
        return token.text

    def _next(self) -> Token:
        if self._position == len(self._tokens):
            raise self.fault("the predicate ends too early", self._column)
        token = self._tokens[self._position]
        self._position += 1
        return token

    def _expect(self, text: str) -> None:
        column = self._column
        if self._take(text) is None:
            raise self.fault(f"{text!r} is missing", column)
