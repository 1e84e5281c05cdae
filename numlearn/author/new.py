"""Skeletons of a lesson and of an exercise: whole from the start, to be rewritten."""

import ast
import re
import sys
from pathlib import Path

from numlearn import exercises
from numlearn import lessons as spine
from numlearn._files import course_root
from numlearn.errors import NumlearnError

SKELETON = Path(__file__).parent / "skeleton"


def lesson(slug, after=None, root=None):
    """Write a lesson's master and exercises, and its place into course.toml.

    Parameters
    ----------
    slug : str
        The lesson's name in files: a Python name in lower case.
    after : str, optional
        The slug of the lesson that it follows; at the end by default.
    root : pathlib.Path, optional
        The checkout; by default the one numlearn runs from.

    Returns
    -------
    list of pathlib.Path
        The files written. Built as they are, they keep the law of lessons.

    Raises
    ------
    NumlearnError
        If the slug is taken or no name for a file, or there is no lesson `after`.
    """
    root = Path(root or course_root())
    order = spine.course()["lessons"]
    _be_name(slug, sys.stdlib_module_names, order)
    if after is not None and after not in order:
        raise NumlearnError(f"There is no lesson {after!r}: name one of {order}.")
    path = root / "course.toml"
    before = f'"{after or order[-1]}",'
    text = path.read_text(encoding="utf-8").replace(before, f'{before} "{slug}",')
    files = {
        path: text,
        root / "solutions" / f"{slug}.py": _text("lesson", slug, f"{slug}_answer"),
        root / "numlearn" / "exercises" / f"{slug}.py": _text(
            "exercises", slug, f"{slug}_answer"
        ),
    }
    return _write(files)


def exercise(slug, name, root=None):
    """Add an exercise to a lesson: a section with its cell, and its object.

    Parameters
    ----------
    slug : str
        The lesson's slug.
    name : str
        What the answer has to define.
    root : pathlib.Path, optional
        The checkout; by default the one numlearn runs from.

    Returns
    -------
    list of pathlib.Path
        The files changed.

    Raises
    ------
    NumlearnError
        If there is no such lesson, or the name is taken or no name.
    """
    root = Path(root or course_root())
    taken = [e.name for known in exercises.slugs() for e in exercises.of_lesson(known)]
    _be_name(name, (), taken)
    master = root / "solutions" / f"{slug}.py"
    module = root / "numlearn" / "exercises" / f"{slug}.py"
    if not (master.is_file() and module.is_file()):
        raise NumlearnError(f"There is no lesson {slug!r} to add an exercise to.")
    text, code = (path.read_text(encoding="utf-8") for path in (master, module))
    quiz, task = f'# %% quiz="{slug}"', _text("task", slug, name)
    lines = code.splitlines(keepends=True)
    end = next(
        node.end_lineno - 1
        for node in ast.parse(code).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "EXERCISES"
    )
    lines.insert(end, _text("exercise", slug, name))
    return _write({master: text.replace(quiz, task + quiz), module: "".join(lines)})


def _be_name(name, forbidden, taken):
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in forbidden:
        raise NumlearnError(
            f"{name!r} cannot be a name here: take lower-case letters, digits and _,"
            " but no module of Python's own."
        )
    if name in taken:
        raise NumlearnError(f"{name!r} is taken: choose another name.")


def _text(kind, slug, name):
    text = (SKELETON / f"{kind}.txt").read_text(encoding="utf-8")
    if "EXERCISE)" in text:
        text = text.replace("EXERCISE)", f"{_text('exercise', slug, name)})")
    title = slug.replace("_", " ").capitalize()
    return text.replace("TITLE", title).replace("SLUG", slug).replace("NAME", name)


def _write(files):
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return list(files)
