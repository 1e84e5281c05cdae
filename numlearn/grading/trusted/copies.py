"""Answers that are alike: listed in pairs for a person to look at, never judged here.

Two answers are compared as syntax trees: names of locals, comments, docstrings,
annotations and spacing do not count. What many of the class wrote does not count either
(the skeleton, the lesson's own lines, the obvious way to write it), and an answer of
which little is left then is not compared: that two have it in common says nothing.
"""

import ast
import json
from collections import Counter, defaultdict
from itertools import combinations
from typing import NamedTuple

from numlearn.grading.trusted.submissions import read

ALIKE = 0.8  # of what two answers have of their own, so much is the same
OWN = 20  # pieces of its own that an answer has at least
PIECE = 4  # nodes in a row
COMMON = 3, 0.1  # what more than so many, and more than this share, wrote is common
LONGEST_ANSWER = 20_000  # characters, up to which Python's parser is safe
LONGEST_NOTEBOOK = 2**24  # bytes
MOST_CELLS = 300


class Pair(NamedTuple):
    """Two answers that are alike; ``share`` is 1.0 if they are equal."""

    lesson: str
    exercise: str
    share: float
    student: str
    other: str
    file: str
    other_file: str


def pairs(folder, submissions, lessons):
    """List the answers of different students that are alike, the most alike first.

    Parameters
    ----------
    folder : pathlib.Path
    submissions : iterable of Submission
    lessons : dict of str to sequence of Exercise

    Returns
    -------
    list of Pair
        One for two students and an exercise, however often they handed it in.
    """
    answers = defaultdict(list)
    for each in submissions:
        wanted = [e.name for e in lessons.get(each.lesson, ())]
        if wanted and each.student and not each.why_not:
            for name, pieces in found(folder / each.file, wanted).items():
                answers[each.lesson, name].append((each.student, each.file, pieces))
    alike = [x for key, several in answers.items() for x in _alike(*key, several)]
    return sorted(alike, key=lambda pair: (-pair.share, pair))


def found(path, names):
    """Return the pieces of each answer in a notebook, as far as it can be read.

    Parameters
    ----------
    path : pathlib.Path
    names : list of str
        What the answers define.

    Returns
    -------
    dict of str to Counter
        How often each piece occurs.
    """
    content, _ = read(path, LONGEST_NOTEBOOK)
    try:
        cells = json.loads(content)["cells"]
        sources = [_source(x) for x in cells if x["cell_type"] == "code"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
    answers = {}
    for source in sources[:MOST_CELLS]:
        try:
            for node in ast.parse(source).body:
                if (name := _defines(node)) in names:
                    answers[name] = _pieces(node)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # this cell cannot be compared
    return answers


def _source(cell):
    """Return a cell's Python, without magics and commands."""
    source = "".join(cell["source"])
    if len(source) > LONGEST_ANSWER:
        return ""
    lines = source.splitlines()
    return "\n".join(x for x in lines if not x.lstrip().startswith(("%", "!")))


def _defines(node):
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return getattr(node, "name", "")


def _pieces(node):
    """Count the runs of nodes in an answer, in the order of its text."""
    local = {x.arg for x in ast.walk(node) if isinstance(x, ast.arg)}
    for x in ast.walk(node):
        if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store):
            local.add(x.id)
    words = list(_words(node, local))
    return Counter(zip(*(words[at:] for at in range(PIECE))))


def _words(node, local):
    """Yield a word for each node; a local's name is not said."""
    kind = type(node).__name__
    if isinstance(node, ast.Name):
        yield "local" if node.id in local else node.id
    elif isinstance(node, ast.Constant):
        yield f"{kind} {node.value!r}"
    elif isinstance(node, ast.Attribute):
        yield f"{kind} {node.attr}"
    elif isinstance(node, ast.keyword):
        yield f"{kind} {node.arg}"
    elif not isinstance(node, ast.expr_context | ast.Expr | ast.arguments):
        yield kind
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "ctx"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_text(child):
                yield from _words(child, local)


def _is_text(node):
    """Tell whether a statement is only a text, as a docstring is, or ``...``."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _alike(lesson, exercise, answers):
    """Yield the pairs among the answers to one exercise."""
    wrote = defaultdict(set)
    for student, _, pieces in answers:
        for piece in pieces:
            wrote[piece].add(student)
    students = {student for student, _, _ in answers}
    most = max(COMMON[0], COMMON[1] * len(students))
    own = []
    for student, file, pieces in answers:
        rest = {x: n for x, n in pieces.items() if len(wrote[x]) <= most}
        if (size := sum(rest.values())) >= OWN:
            own.append((student, file, rest, size, pieces))
    best = {}
    for a, b in combinations(sorted(own, key=lambda x: x[:2]), 2):
        if a[0] == b[0] or 2 * min(a[3], b[3]) < ALIKE * (a[3] + b[3]):
            continue
        shared = sum(min(n, b[2][x]) for x, n in a[2].items() if x in b[2])
        share = 2 * shared / (a[3] + b[3])
        share = 1.0 if a[4] == b[4] else min(share, 0.99)
        if share >= ALIKE and share > best.get((a[0], b[0]), (0,))[0]:
            best[a[0], b[0]] = share, a[1], b[1]
    for (one, other), (share, *files) in best.items():
        yield Pair(lesson, exercise, share, one, other, *files)
