"""The one judge: what an answer is worth, to the learner and to the grader."""

import re
from enum import Enum
from typing import NamedTuple

from numlearn.answers import WriteItYourself, is_stub, refusing
from numlearn.exercises._judge import kind

ABSENT = object()
_CELL = re.compile(r"^<|ipykernel_")  # how Python names the file of a cell


class Outcome(Enum):
    """What a check can find."""

    TODO = "○"
    WRONG = "✗"
    DONE = "✓"


class Verdict(NamedTuple):
    """An outcome and the sentence that goes with it."""

    outcome: Outcome
    message: str


def judge(exercise, answer, seed):
    """Try an answer on the cases of a seed and return the verdict.

    Parameters
    ----------
    exercise : Exercise
    answer : object
        A function or a value; ``...`` where there is none yet.
    seed : int
        Where the cases come from: public in a notebook, secret when a class is graded.

    Returns
    -------
    Verdict
    """
    name = exercise.name
    if answer is ABSENT:
        says = (
            f"`{name}` is not defined yet: run the cell that defines it, then this one."
        )
        return Verdict(Outcome.TODO, says)
    if answer is ... or is_stub(answer):
        says = f"Not tried yet: replace the `...` in `{name}` and run its cell again."
        return Verdict(Outcome.TODO, says)
    fault = _first_fault(exercise, answer, seed)
    if fault is None:
        return Verdict(Outcome.DONE, "That is right.")
    return Verdict(Outcome.WRONG, f'{fault} Stuck? Ask `hint("{name}")`.')


def _first_fault(exercise, answer, seed):
    if not exercise.is_value and not callable(answer):
        return f"`{exercise.name}` should be a function, but it is {kind(answer)}."
    for case in exercise.inputs(seed):
        try:
            with refusing(exercise.refuses):
                got = exercise.ask(answer, case)
        except WriteItYourself as refusal:
            return str(refusal)
        except Exception as error:
            return f"It raised {type(error).__name__}: {error}{_place(error)}."
        fault = exercise.fault(got, case)
        if fault is not None:
            return fault
    return None


def _place(error):
    """Say in which line of the answer an error arose, if that is known."""
    trace, line = error.__traceback__, None
    while trace:
        if _CELL.search(trace.tb_frame.f_code.co_filename):
            line = trace.tb_lineno
        trace = trace.tb_next
    return "" if line is None else f" (line {line} of its cell)"
