"""Numlearn: the Numerai triangle as a course and as a small library.

``import numlearn`` is light: each part is imported when it is first used.

>>> import numlearn as nl
>>> panel = nl.data.load("validation")
"""

import importlib

__version__ = "0.1.0"

_PARTS = (
    "answers",
    "author",
    "data",
    "eras",
    "errors",
    "exercises",
    "fund",
    "grading",
    "learner",
    "lessons",
    "metamodel",
    "models",
    "plots",
    "scoring",
    "staking",
    "tournament",
    "world",
)
_VERBS = ("check", "hint", "progress", "quiz", "solution")

__all__ = [*_PARTS, *_VERBS, "need"]


def __getattr__(name):
    """Import a part of the library when it is first asked for (PEP 562)."""
    if name in _PARTS:
        return importlib.import_module(f"numlearn.{name}")
    if name in _VERBS:
        return getattr(importlib.import_module("numlearn.learner"), name)
    if name == "need":  # not in learner, which needs the packages that it may install
        return importlib.import_module("numlearn._need").need
    raise AttributeError(f"numlearn has no part named {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
