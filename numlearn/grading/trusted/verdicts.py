"""What a notebook's report is worth: its answers against the key, exercise by exercise.

A report comes from where the student's code ran, so each line of it may be forged. A
forged answer is an answer like any other: it is right or it is not.
"""

import json
import re

from numlearn.answers import REFUSAL
from numlearn.exercises import Outcome, Verdict, kind
from numlearn.grading import wire

PLAIN = "plain numbers, text, lists, dicts, arrays, Series or DataFrames"
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")  # differs from run to run


class Questions:
    """The exercises of one lesson with the inputs on which a class is tried.

    Parameters
    ----------
    exercises : sequence of Exercise
    seed : int
        The secret one.

    Attributes
    ----------
    as_json : str
        What a notebook's process is asked.
    """

    def __init__(self, exercises, seed):
        self.exercises = exercises
        self._cases = {e.name: e.inputs(seed) for e in exercises}
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
        name = exercise.name
        if "todo" in line:
            what = "not defined" if line["todo"] == "undefined" else "still `...`"
            return Verdict(Outcome.TODO, f"Not answered: `{name}` is {what}.")
        fault = self._fault(exercise, line)
        if fault is None:
            return Verdict(Outcome.DONE, "That is right.")
        return Verdict(Outcome.WRONG, ADDRESS.sub("0x…", fault))

    def _fault(self, exercise, line):
        cases, results = self._cases[exercise.name], line["results"]
        for case, result in zip(cases, results):
            if "got" not in result:
                return _no_result(**result)
            got = wire.loads(result["got"])
            if not line.get("callable", True):
                return f"`{exercise.name}` should be a function, but it is {kind(got)}."
            try:
                fault = exercise.fault(got, case)
            except (
                Exception
            ) as error:  # a judge may not expect what a notebook makes up
                fault = f"It cannot be compared with the key ({type(error).__name__})."
            if fault is not None:
                return fault
        if len(results) < len(cases):
            return f"It answered {len(results)} of {len(cases)} inputs."
        return None


def _no_result(refused=False, unread="", raised=None):
    if refused:
        return REFUSAL
    if unread:
        return f"{unread} What can be graded: {PLAIN}."
    kind_of_error, message, line = raised
    place = f" (line {int(line)} of its cell)" if line else ""
    what = f"{kind_of_error}: {message}" if message else kind_of_error
    return f"It raised {what}{place}."


def _cells(cells, failed, first):
    if not failed:
        return ""
    [[number, error]] = first
    return (
        f"{int(failed)} of {int(cells)} cells raised an error,"
        f" the first {error} in code cell {int(number)}"
    )
