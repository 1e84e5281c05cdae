"""What a notebook's report is worth: its answers against the key, exercise by exercise.

A report comes from where the student's code ran, so each line of it may be forged. A
forged answer is an answer like any other: it is right or it is not.
"""

import hashlib
import hmac
import json

from numlearn.answers import Attempt, Results
from numlearn.exercises import verdict
from numlearn.grading import wire

SEED = 16  # bytes: more than anybody can try out


def seed_of(secret, *use):
    """Return the seed that a secret gives for one use, which says nothing of others.

    Parameters
    ----------
    secret : bytes
    *use : str
        For what: a student, a lesson, an exercise.

    Returns
    -------
    int
        Of 128 bits.

    Examples
    --------
    >>> seed_of(b"secret", "ann", "scoring") == seed_of(b"secret", "ann", "scoring")
    True
    >>> seed_of(b"secret", "ann", "scoring") == seed_of(b"secret", "ben", "scoring")
    False
    """
    message = json.dumps(use).encode()  # so that "a", "bc" is not "ab", "c"
    return int.from_bytes(hmac.digest(secret, message, hashlib.sha256)[:SEED])


class Questions:
    """The exercises of one lesson with the inputs on which one student is tried.

    Parameters
    ----------
    exercises : sequence of Exercise
    seed : int or dict of str to int
        The secret one: for all of them, or by the exercise's name.

    Attributes
    ----------
    as_json : str
        What a notebook's process is asked.
    """

    def __init__(self, exercises, seed):
        self.exercises = exercises
        by_name = isinstance(seed, dict)
        self._cases = {
            e.name: e.inputs(seed[e.name] if by_name else seed) for e in exercises
        }
        self.as_json = json.dumps([self._asked(exercise) for exercise in exercises])

    def _asked(self, exercise):
        """Return what a notebook's process is told of an exercise, which is no key."""
        return {
            "name": exercise.name,
            "is_value": exercise.is_value,
            "refuses": [f"{f.__module__}:{f.__qualname__}" for f in exercise.refuses],
            "cases": wire.dumps(self._cases[exercise.name]),
        }

    def judge(self, report):
        """Judge a report.

        Parameters
        ----------
        report : bytes
            Lines of JSON as ``child.py`` writes them; the last may be cut off.

        Returns
        -------
        verdicts : list of Verdict or None
            One for each exercise; None where the report does not come to it.
        note : str
            How the notebook's cells fared.

        Raises
        ------
        ValueError
            If the report is not made as it should be.
        """
        try:
            lines = [json.loads(line) for line in report.split(b"\n")[:-1]]
            found = {line["exercise"]: line for line in lines if "exercise" in line}
            note = "".join(_cells(**line) for line in lines if "cells" in line)
            return [self._verdict(e, found.get(e.name)) for e in self.exercises], note
        except Exception as error:  # there is no end to what may stand in it
            raise ValueError("The report is not made as it should be.") from error

    def _verdict(self, exercise, line):
        if line is None:
            return None
        if line.get("todo"):
            return verdict(exercise, Results(todo=line["todo"]))
        tried = (_attempt(**one) for one in line["results"])
        is_callable = line.get("callable", True)
        cases = self._cases[exercise.name]
        return verdict(exercise, Results(cases, tried, is_callable=is_callable))


def _attempt(got=None, **why_not):
    """Read what came of one call."""
    if got is not None:
        return Attempt(wire.loads(got))
    attempt = Attempt(**why_not)
    if not attempt.failed:
        raise ValueError("Neither a value nor a reason why there is none.")
    return attempt


def _cells(cells, failed, first):
    if not failed:
        return ""
    [[number, error]] = first
    return (
        f"{int(failed)} of {int(cells)} cells raised an error,"
        f" the first {error} in code cell {int(number)}"
    )
