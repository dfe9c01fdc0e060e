"""A formula of an SBML file as nodes of a graph. Nothing is evaluated as code: each operator is looked up in a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, reduce
from itertools import pairwise
from typing import Any

from cofactor.errors import InputError, ModelError
from cofactor.model import FOLD, Expr, Graph

CLOCK = "<time>"
"""Stands for SBML's time symbol among the names of a formula; no SBML id can be spelled so."""

_AVOGADRO = 6.02214179e23  # the value SBML L3 fixes (section 3.4.6), CODATA 2006

Leaf = Callable[[str], Expr]


def names_in(ast: Any) -> list[str]:
    """Ids a formula reads, in order of first appearance; `CLOCK` for the time symbol."""
    import libsbml

    found: dict[str, None] = {}
    for node in _walk(ast):
        if node.getType() == libsbml.AST_NAME_TIME:
            found[CLOCK] = None
        elif node.getType() == libsbml.AST_NAME:
            found[node.getName()] = None
    return list(found)


def _walk(ast: Any) -> Iterator[Any]:
    waiting = [ast]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [node.getChild(k) for k in reversed(range(node.getNumChildren()))]


def number_of(ast: Any, values: Mapping[str, float], where: str) -> float:
    """The value of a formula all of whose names have numbers."""
    return Plain.of(ast, where)(values.get)


class Plain:
    """A formula prepared once as arithmetic on plain numbers: for what a plan evaluates thousands of times."""

    def __init__(self, root: Expr, where: str):
        nodes, needed, waiting = root.graph.nodes, {root.index}, [root.index]
        while waiting:
            arguments = set(nodes[waiting.pop()].args) - needed
            needed |= arguments
            waiting += arguments
        self._steps = [(index, nodes[index]) for index in sorted(needed)]
        self._root, self._where = root.index, where
        self.reads = [node.payload for _, node in self._steps if node.op == "symbol"]

    @classmethod
    def of(cls, ast: Any, where: str) -> Plain:
        """The whole of a formula."""
        graph = Graph()
        return cls(Reader(graph, graph.leaf, where).value(ast), where)

    def __call__(self, value_of: Callable[[str], float | None]) -> float:
        """The value. Raises InputError for a name without a value, and where the formula has none."""
        known: dict[int, float] = {}
        for index, node in self._steps:
            if node.op == "symbol":
                known[index] = self._given(node.payload, value_of)
            else:
                known[index] = node.payload if node.op == "const" else _done(node.op, [known[a] for a in node.args])
        if math.isnan(known[self._root]):
            raise InputError("a formula that is evaluated before the run has a value", where=self._where)
        return known[self._root]

    def _given(self, name: str, value_of: Callable[[str], float | None]) -> float:
        value = value_of(name)
        if value is None:
            raise InputError("this formula must be known before the run", received=name, where=self._where)
        return value


def _done(op: str, values: Sequence[float]) -> float:
    """One operation; NaN where it has no value, which does not matter in a branch that is not taken."""
    try:
        value = FOLD[op](*values)
    except (ArithmeticError, ValueError):
        return math.nan
    return math.nan if isinstance(value, complex) else value


class Reader:
    """Turns formulas into nodes of one graph; `leaf` gives the node of a name."""

    def __init__(self, graph: Graph, leaf: Leaf, where: str):
        import libsbml

        self.graph, self.leaf, self.where = graph, leaf, where
        self.sbml = libsbml

    def value(self, ast: Any) -> Expr:
        """The node of a formula that is a number.

        Raises InputError for an operator the model's language does not have, and for a constant part without a value.
        """
        try:
            return self._value(ast)
        except ModelError as error:
            raise InputError(error.rule, received=error.received, where=self.where, hint=error.hint) from None
        except RecursionError:
            raise InputError("a formula is nested less deep than this one", where=self.where) from None

    def _value(self, ast: Any) -> Expr:
        sbml, kind = self.sbml, ast.getType()
        if kind in (sbml.AST_INTEGER, sbml.AST_REAL, sbml.AST_REAL_E, sbml.AST_RATIONAL):
            return self.graph.constant(ast.getValue())
        if kind == sbml.AST_NAME_TIME:
            return self.leaf(CLOCK)
        if kind == sbml.AST_NAME:
            return self.leaf(ast.getName())
        constants = {sbml.AST_CONSTANT_PI: math.pi, sbml.AST_CONSTANT_E: math.e, sbml.AST_NAME_AVOGADRO: _AVOGADRO}
        if kind in constants:
            return self.graph.constant(constants[kind])
        if kind == sbml.AST_FUNCTION_PIECEWISE:
            return self._piecewise(_children(ast))
        if ast.isRelational() or ast.isLogical() or ast.isBoolean():
            return self._branch(ast, self.graph.constant(1.0), self.graph.constant(0.0))
        operation = self._operations.get(kind)
        if operation is None:
            raise self._unknown(ast)
        parts = _terms(ast) if kind in (sbml.AST_PLUS, sbml.AST_TIMES) else _children(ast)
        return operation(*(self._value(part) for part in parts))

    def _unknown(self, ast: Any) -> InputError:
        return InputError(
            "this function of SBML has no counterpart in the model's language",
            received=self.sbml.formulaToL3String(ast), where=self.where,
            hint="it has + - * / ^, exp, ln, log, root, abs, min, max, tanh, sinh, cosh and piecewise",
        )  # fmt: skip

    @cached_property
    def _operations(self) -> dict[int, Callable[..., Expr]]:
        s, do = self.sbml, self.graph.apply
        return {
            s.AST_PLUS: lambda *a: reduce(lambda x, y: do("add", x, y), a) if a else self.graph.constant(0.0),
            s.AST_TIMES: lambda *a: reduce(lambda x, y: do("mul", x, y), a) if a else self.graph.constant(1.0),
            s.AST_MINUS: lambda *a: do("neg", a[0]) if len(a) == 1 else do("sub", *a),
            s.AST_DIVIDE: lambda a, b: do("div", a, b),
            s.AST_POWER: lambda a, b: do("pow", a, b),
            s.AST_FUNCTION_POWER: lambda a, b: do("pow", a, b),
            s.AST_FUNCTION_ROOT: self._root,
            s.AST_FUNCTION_EXP: lambda a: do("exp", a),
            s.AST_FUNCTION_LN: lambda a: do("log", a),
            s.AST_FUNCTION_LOG: self._logarithm,
            s.AST_FUNCTION_ABS: lambda a: do("max", a, do("neg", a)),
            s.AST_FUNCTION_TANH: lambda a: do("tanh", a),
            s.AST_FUNCTION_SINH: lambda a: do("div", do("sub", do("exp", a), do("exp", do("neg", a))), 2.0),
            s.AST_FUNCTION_COSH: lambda a: do("div", do("add", do("exp", a), do("exp", do("neg", a))), 2.0),
            s.AST_FUNCTION_MIN: lambda *a: reduce(lambda x, y: do("min", x, y), a),
            s.AST_FUNCTION_MAX: lambda *a: reduce(lambda x, y: do("max", x, y), a),
        }

    def _root(self, *operands: Expr) -> Expr:
        degree, base = operands if len(operands) == 2 else (self.graph.constant(2.0), operands[0])
        if degree.node.payload == 2.0 and degree.node.op == "const":
            return self.graph.apply("sqrt", base)
        return self.graph.apply("pow", base, self.graph.apply("div", 1.0, degree))

    def _logarithm(self, *operands: Expr) -> Expr:
        base, value = operands if len(operands) == 2 else (self.graph.constant(10.0), operands[0])
        return self.graph.apply("div", self.graph.apply("log", value), self.graph.apply("log", base))

    # -- conditions ---------------------------------------------------------------------------------------------------------

    def _piecewise(self, parts: Sequence[Any]) -> Expr:
        if len(parts) % 2 == 0:
            raise InputError("a piecewise formula says what holds otherwise", where=self.where, hint="add <otherwise>")
        result = self._value(parts[-1])
        for value, condition in reversed(list(zip(parts[0:-1:2], parts[1:-1:2], strict=True))):
            result = self._branch(condition, self._value(value), result)
        return result

    def _branch(self, condition: Any, yes: Expr, no: Expr) -> Expr:
        """`yes` where the condition holds, else `no`: jumps on plain comparisons, which the solver can locate."""
        s, kind, parts = self.sbml, condition.getType(), _children(condition)
        if kind in (s.AST_CONSTANT_TRUE, s.AST_CONSTANT_FALSE):
            return yes if kind == s.AST_CONSTANT_TRUE else no
        if kind == s.AST_LOGICAL_NOT:
            return self._branch(parts[0], no, yes)
        if kind == s.AST_LOGICAL_AND:
            return reduce(lambda inner, part: self._branch(part, inner, no), reversed(parts), yes)
        if kind == s.AST_LOGICAL_OR:
            return reduce(lambda inner, part: self._branch(part, yes, inner), reversed(parts), no)
        if not condition.isRelational():
            raise self._unknown(condition)
        result, values = yes, [self._value(part) for part in parts]
        for a, b in reversed(list(pairwise(values))):
            result = self._compared(kind, a, b, result, no)
        return result

    def _compared(self, kind: int, a: Expr, b: Expr, yes: Expr, no: Expr) -> Expr:
        s = self.sbml
        if kind == s.AST_RELATIONAL_LT:
            return self._if_less(a, b, yes, no)
        if kind == s.AST_RELATIONAL_GT:
            return self._if_less(b, a, yes, no)
        if kind == s.AST_RELATIONAL_LEQ:
            return self._if_less(b, a, no, yes)
        if kind == s.AST_RELATIONAL_GEQ:
            return self._if_less(a, b, no, yes)
        yes, no = (yes, no) if kind == s.AST_RELATIONAL_EQ else (no, yes)
        return self._if_less(a, b, no, self._if_less(b, a, no, yes))

    def _if_less(self, a: Expr, b: Expr, yes: Expr, no: Expr) -> Expr:
        """yes where a < b; what is really a minimum, maximum or softplus becomes one, for it has no jump to locate."""
        do, pair = self.graph.apply, (yes.index, no.index)
        if pair == (a.index, b.index):
            return do("min", a, b)
        if pair == (b.index, a.index):
            return do("max", a, b)
        if a.node.payload == 0.0 and b.node.op != "const" and pair == self._softplus_branches(b):
            return do("softplus", b)
        return do("jump", do("less", a, b), yes, no)

    def _softplus_branches(self, x: Expr) -> tuple[int, int]:
        do = self.graph.apply
        small = do("log", do("add", 1.0, do("exp", x)))
        large = do("add", x, do("log", do("add", 1.0, do("exp", do("neg", x)))))
        return large.index, small.index


def _terms(ast: Any) -> list[Any]:
    """The operands of a sum or product, those of nested first operands among them: long ones are a chain of pairs."""
    kind, tail = ast.getType(), []
    while ast.getType() == kind and ast.getNumChildren():
        first, *others = _children(ast)
        tail.append(others)
        ast = first
    found = [] if ast.getType() == kind else [ast]
    for others in reversed(tail):
        found += others
    return found


def _children(ast: Any) -> list[Any]:
    return [ast.getChild(k) for k in range(ast.getNumChildren())]
