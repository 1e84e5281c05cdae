"""How large each room of the library is: ``python tests/house/rooms.py``.

Counted are lines with code: no comments, no docstrings, no blank lines.
"""

import ast
import io
import tokenize
from pathlib import Path

import numlearn

HOME = Path(numlearn.__file__).parent
NOT_COUNTED = {"exercises", "learner", "author", "grading", "tournament"}
NOT_COUNTED |= {"answers", "lessons"}  # the course's own floor, once in course/
IDLE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
WITH_DOCSTRING = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstring_lines(node):
    """Return the lines of a node's docstring."""
    if ast.get_docstring(node, clean=False) is None:
        return set()
    first = node.body[0]
    return set(range(first.lineno, first.end_lineno + 1))


def code_lines(text, tree=None):
    """Return the numbers of the lines of a source text that hold code."""
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in IDLE:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree or ast.parse(text)):
        if isinstance(node, WITH_DOCSTRING):
            lines -= docstring_lines(node)
    return lines


def rooms():
    """Return the lines of code of each room."""
    counted = {}
    for path in sorted(HOME.rglob("*.py")):
        parts = path.relative_to(HOME).parts
        room = parts[0].removesuffix(".py")
        lines = len(code_lines(path.read_text(encoding="utf-8")))
        counted[room] = counted.get(room, 0) + lines
    return counted


def library(counted):
    """Return the lines of the rooms that have to stay small."""
    return sum(n for room, n in counted.items() if room not in NOT_COUNTED)


def long_functions(limit=40):
    """Name the functions whose body has more lines than `limit`, docstrings aside."""
    for path in sorted(HOME.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        code = code_lines(text, tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first, last = node.body[0].lineno, node.end_lineno
                lines = len(code & set(range(first, last + 1)))
                if lines > limit:
                    place = path.relative_to(HOME.parent)
                    yield f"{place}:{node.lineno} {node.name} has {lines} lines"


if __name__ == "__main__":
    counted = rooms()
    for room, lines in sorted(counted.items()):
        note = "" if room not in NOT_COUNTED else "  (not counted)"
        print(f"{lines:6,} {room}{note}")
    print(f"{library(counted):6,} in all")
