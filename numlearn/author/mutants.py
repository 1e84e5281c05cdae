"""Small changes to a right answer, each of which a check has to notice.

They change only what stands between the markers of a solution, one place at a time.
"""

import ast
import contextlib
import copy
import io
import signal
import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd

from numlearn import lessons
from numlearn.exercises import Outcome, judge

SEEDS = (2021, 0, 1)  # that of notebooks, and two that stand for a class's secret
SECONDS = 10  # a mutant that loops is caught

SWAPS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
TURNS = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
# the same value in another type, which is what styles are for
CLOTHES = {"float", "list", "tuple", "to_numpy", "tolist"}
SYMMETRIC = {"min", "max", "minimum", "maximum", "corrcoef"}
SIMPLE = ast.Assign | ast.AugAssign | ast.Expr | ast.If | ast.For | ast.While


class Mutant(NamedTuple):
    """A changed answer: what was changed, as a person would say it, and the source."""

    change: str
    source: str


def survivors(exercise, cell, namespace):
    """Judge the mutants of the course's own answer.

    Parameters
    ----------
    exercise : Exercise
    cell : str
        The master's answer cell, its solution between the markers.
    namespace : dict
        What the answer finds imported.

    Returns
    -------
    tried : int
        How many mutants there are.
    alive : list of str
        The changes that pass as right on one of the seeds.
    """
    at = lessons.MARKED.search(cell)
    first = cell[: at.start()].count("\n") + 1
    lines = range(first, first + at["body"].count("\n"))
    source = lessons.solved(cell)
    made = mutants(source, lines, *_as_the_first_case(exercise, source))
    alive = [m.change for m in made if any(_passes(exercise, m, namespace))]
    return len(made), alive


def _as_the_first_case(exercise, source):
    """Return what could be hard-coded, and what could be taken by position."""
    if exercise.is_value:
        return {}, ()
    functions = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
    names = [argument.arg for argument in functions[-1].args.args]
    given = dict(zip(names, exercise.inputs(SEEDS[0])[0]))
    labelled = [k for k, v in given.items() if isinstance(v, pd.Series | pd.DataFrame)]
    if len(labelled) == 1:  # nothing to pair it with, unless the result has its labels
        index = getattr(exercise.key(*exercise.inputs(SEEDS[0])[0]), "index", None)
        same = isinstance(index, pd.Index) and index.isin(given[labelled[0]].index)
        labelled = labelled if np.any(same) else []
    return {k: v for k, v in given.items() if _is_plain(v)}, labelled


def _is_plain(value):
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _passes(exercise, mutant, namespace):
    """Yield for each seed whether the check takes a mutant for right."""
    for seed in SEEDS:
        with _limited(), contextlib.suppress(Exception, TooLong):
            names = dict(namespace)
            exec(compile(mutant.source, f"<{exercise.name}>", "exec"), names)
            answer = names.get(exercise.name, ...)
            yield judge(exercise, answer, seed).outcome is Outcome.DONE


class TooLong(BaseException):
    """A mutant does not come to its end."""


@contextlib.contextmanager
def _limited():
    """Stop what takes too long, and keep its warnings and printing to itself."""

    def stop(*_):
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            with contextlib.redirect_stdout(io.StringIO()):
                yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def mutants(source, lines, hard_coded=None, labelled=()):
    """List the answers that differ from a right one in one place.

    Parameters
    ----------
    source : str
        The answer's cell, solution inside, without markers.
    lines : range
        The numbers (from 1) of the lines that the solution takes up.
    hard_coded : dict of str to object, optional
        What the arguments are in the first case: numbers, text, lists of them.
    labelled : iterable of str
        Arguments that carry an index, which an answer may wrongly go by position in.

    Returns
    -------
    list of Mutant
        Without doubles, and without what is the same program as the answer.
    """
    tree = ast.parse(source)
    known, found = {ast.dump(tree)}, []
    for change, mutated in _changes(tree, lines):
        _keep(found, known, change, mutated)
    for name, value in (hard_coded or {}).items():
        line = ast.parse(f"{name} = {value!r}").body[0]
        _keep(found, known, f"{name} is always {value!r}", _begun(tree, line))
    for name in labelled:
        line = ast.parse(f"{name} = {name}.reset_index(drop=True)").body[0]
        _keep(found, known, f"{name} by position", _begun(tree, line))
    return found


def _keep(found, known, change, tree):
    if tree is None or ast.dump(tree) in known:
        return
    known.add(ast.dump(tree))
    found.append(Mutant(change, ast.unparse(ast.fix_missing_locations(tree))))


def _begun(tree, line):
    """Return the answer with a line before the first of its function's body."""
    tree = copy.deepcopy(tree)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not functions:
        return None
    body = functions[-1].body
    body.insert(1 if ast.get_docstring(functions[-1]) is not None else 0, line)
    return tree


def _changes(tree, lines):
    """Yield (what was changed, changed tree) for each place of the solution."""
    for position, node in enumerate(ast.walk(tree)):
        if getattr(node, "lineno", 0) not in lines:
            continue
        for what, change in _of(node):
            copied = copy.deepcopy(tree)
            twin = next(x for i, x in enumerate(ast.walk(copied)) if i == position)
            new = change(twin)
            if new is not twin:
                _replaced(copied, twin, new)
            after = "nothing" if new is None else ast.unparse(new)
            yield f"{what}: {_short(ast.unparse(node))} → {_short(after)}", copied


def _short(text):
    text = " ".join(text.split())
    return text if len(text) <= 50 else f"{text[:47]}..."


def _replaced(tree, old, new):
    """Put a node in another's place; None takes a statement out."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list) and any(x is old for x in value):
                at = next(i for i, x in enumerate(value) if x is old)
                value[at : at + 1] = [new] if new else [] if value[1:] else [ast.Pass()]


def _set(field, value):
    def change(node):
        setattr(node, field, value)
        return node

    return change


def _of(node):
    """Yield (kind, function that changes such a node) for all that apply."""
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
        if type(node.op) in SWAPS:
            yield "operator", _set("op", SWAPS[type(node.op)]())
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for swaps in (SWAPS, TURNS):
            if type(node.ops[0]) in swaps:
                yield "comparison", _set("ops", [swaps[type(node.ops[0])]()])
    elif isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        yield "sign", lambda twin: twin.operand
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.IfExp):
        yield "condition", lambda twin: twin.body
        yield "condition", lambda twin: twin.orelse
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        yield "slice", lambda twin: twin.value
    if isinstance(node, SIMPLE):
        yield "statement", lambda twin: None


def _constants(node):
    value = node.value
    if isinstance(value, bool):
        yield "constant", _set("value", not value)
    elif isinstance(value, int):
        yield "constant", _set("value", value + 1)
        yield "constant", _set("value", value - 1)
    elif isinstance(value, float):
        yield "constant", _set("value", value * 1.1 or 0.1)
        yield "constant", _set("value", -value or -0.1)


def _calls(node):
    called = ast.unparse(node.func).rsplit(".", 1)[-1]
    if called in CLOTHES and len(node.args) <= 1 and not node.keywords:
        return
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield "call", lambda twin: twin.args[0]
    if isinstance(node.func, ast.Attribute):
        yield "call", lambda twin: twin.func.value
    if len(node.args) > 1 and called not in SYMMETRIC:
        yield "arguments", _set("args", [node.args[1], node.args[0], *node.args[2:]])
    for i, keyword in enumerate(node.keywords):
        rest = node.keywords[:i] + node.keywords[i + 1 :]
        yield "keyword", _set("keywords", rest)
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
            turned = {0: 1, 1: 0, "index": "columns", "columns": "index"}
            if keyword.value.value in turned:
                other = ast.keyword("axis", ast.Constant(turned[keyword.value.value]))
                yield "axis", _set("keywords", [*rest, other])
