"""The exercises of all lessons: one module a lesson, found by its slug.

A module ``numlearn/exercises/<slug>.py`` holds ``EXERCISES`` (at most four) and
``QUIZ`` (three questions). Nothing needs to be registered elsewhere.
"""

import functools
import importlib
import pkgutil
import random

from numlearn.errors import NumlearnError
from numlearn.exercises._exercise import LETTERS, Exercise, Mistake, Question
from numlearn.exercises._judge import difference, kind, like_key
from numlearn.exercises._verdict import Outcome, Verdict, judge, refusal, verdict

__all__ = [
    "LETTERS",
    "Exercise",
    "Mistake",
    "Outcome",
    "Question",
    "Verdict",
    "difference",
    "find",
    "judge",
    "kind",
    "like_key",
    "of_lesson",
    "quiz_of",
    "refusal",
    "slugs",
    "verdict",
]


def slugs():
    """Return the slugs of the lessons that have exercises, sorted."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in names if not name.startswith("_"))


def _module(slug):
    if slug not in slugs():
        raise NumlearnError(
            f"There is no lesson {slug!r} with exercises;"
            f" there are {', '.join(slugs())}."
        )
    return importlib.import_module(f"numlearn.exercises.{slug}")


def of_lesson(slug):
    """Return the exercises of one lesson, in the order in which they appear in it."""
    return _module(slug).EXERCISES


def quiz_of(slug):
    """Return the quiz questions of one lesson, the right letters drawn by its slug.

    No letter is right twice in a lesson of three questions with three options, so that
    no letter is a better guess than another.
    """
    questions = _module(slug).QUIZ
    places = random.Random(slug).sample(range(len(questions)), len(questions))
    return tuple(q.moved(at % len(q.options)) for q, at in zip(questions, places))


@functools.cache
def _by_name():
    return {e.name: (slug, e) for slug in slugs() for e in of_lesson(slug)}


def find(name):
    """Find an exercise by its name.

    Parameters
    ----------
    name : str
        The name that the learner's answer defines, such as ``"numerai_corr"``.

    Returns
    -------
    slug : str
        The lesson it belongs to.
    exercise : Exercise

    Raises
    ------
    NumlearnError
        If no exercise has this name; the message suggests the nearest few.
    """
    if name not in _by_name():
        import difflib

        near = difflib.get_close_matches(str(name), _by_name(), n=3)
        guess = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise NumlearnError(
            f"There is no exercise {name!r}.{guess} `nl.progress()` lists the lessons,"
            " and each check cell names its exercise."
        )
    return _by_name()[name]
