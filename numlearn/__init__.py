"""Numlearn: the Numerai triangle as a course and as a small library.

``import numlearn`` is light: each part is imported when it is first used.

>>> import numlearn as nl
>>> panel = nl.data.load("validation")
"""

from numlearn._lazy import parts

__version__ = "0.2.0"

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "author": "new",
        "author.build": "build",
        "author.export": "export",
        "card": "report_card",
        "errors": "NumlearnError",
        "grading": "grade",
        "learner": "check doctor hint lab need progress quiz solution update",
    },
    modules="answers author data eras errors exercises fund grading learner lessons"
    " metamodel models plots scoring staking tournament world",
)
