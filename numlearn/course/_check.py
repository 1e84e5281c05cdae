"""The learner's loop: check an answer, ask for a hint, read the solution."""

import contextlib
import dis
import io
import re
import sys
import warnings
from enum import Enum
from typing import NamedTuple

from numlearn import exercises
from numlearn.course import _progress
from numlearn.course._note import Note
from numlearn.errors import NumlearnError
from numlearn.exercises import kind

PUBLIC_SEED = 2021
_ABSENT = object()
_CELL = re.compile(r"^<|ipykernel_")  # how Python names the file of a cell
_hints_shown = {}


class Outcome(Enum):
    """What a check can find."""

    TODO = "○"
    WRONG = "✗"
    DONE = "✓"


class Verdict(NamedTuple):
    """An outcome and the sentence that goes with it."""

    outcome: Outcome
    message: str


class Result:
    """What a check shows: points as a number, a sentence as Markdown.

    nbgrader reads the number, a person reads the sentence and the bar.
    """

    def __init__(self, exercise, verdict, lesson_bar):
        self.name = exercise.name
        self.outcome = verdict.outcome
        self.message = verdict.message
        self.points = exercise.points * (verdict.outcome is Outcome.DONE)
        self.max_points = exercise.points
        self._bar = lesson_bar

    def __float__(self):
        return float(self.points)

    def __repr__(self):
        return f"{float(self):.1f}"

    def _repr_markdown_(self):
        return (
            f"{self.outcome.value} **{self.name}** · {self.points} of"
            f" {self.max_points} points\n\n{self.message}\n\n{self._bar}"
        )


def check(name, answer=_ABSENT):
    """Check your answer to an exercise.

    Parameters
    ----------
    name : str
        The exercise's name, which is also the name that your answer defines.
    answer : object, optional
        Your answer. In a notebook it is found by its name and need not be given.

    Returns
    -------
    Result
        Shows one of three outcomes: not tried yet, wrong (with what came out and what
        to do next), or done.

    Raises
    ------
    NumlearnError
        If there is no such exercise.
    """
    slug, exercise = exercises.find(name)
    if answer is _ABSENT:
        answer = _in_notebook(name)
    with _quiet():
        verdict = judge(exercise, answer, PUBLIC_SEED)
    if verdict.outcome is Outcome.DONE:
        _progress.remember(name)
    return Result(exercise, verdict, _progress.bar(slug))


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
    if answer is _ABSENT:
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


def is_stub(answer):
    """Tell whether a function's body is still nothing but ``...``."""

    def stub():
        """Stand for an unanswered function."""
        ...

    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    mine, empty = (
        [(step.opname, step.argval) for step in dis.get_instructions(c)]
        for c in (code, stub.__code__)
    )
    return mine == empty


class WriteItYourself(Exception):
    """The answer called the library's own function, which is the answer key."""


def _refuse(*args, **kwargs):
    from numlearn.course._check import WriteItYourself

    raise WriteItYourself(
        "Write this one yourself: the library's function is the answer key."
    )


@contextlib.contextmanager
def refusing(functions):
    """Let functions of the library refuse to work while a learner's answer runs.

    Their code is swapped, not their name: they may have been imported before, under
    any name, and are still the same function objects.
    """
    codes = [(f, f.__code__) for f in functions if not f.__code__.co_freevars]
    for function, _ in codes:
        function.__code__ = _refuse.__code__
    try:
        yield
    finally:
        for function, code in codes:
            function.__code__ = code


@contextlib.contextmanager
def _quiet():
    # nbgrader gives no point to a check cell that writes to stderr.
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _in_notebook(name):
    """Return what `name` stands for in the running notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        raise NumlearnError(
            f'Outside a notebook, hand your answer over: check("{name}", {name}).'
        )
    return shell.user_ns.get(name, _ABSENT)


def hint(name):
    """Show the next hint for an exercise; after the last one, the first again.

    Parameters
    ----------
    name : str
        The exercise's name.

    Returns
    -------
    Note
        The hint, shown as Markdown.
    """
    _, exercise = exercises.find(name)
    shown = _hints_shown.get(name, 0)
    _hints_shown[name] = shown + 1
    at = shown % len(exercise.hints)
    text = f"**Hint {at + 1} of {len(exercise.hints)}.** {exercise.hints[at]}"
    if at + 1 == len(exercise.hints):
        text += f'\n\nThat was the last one; `solution("{name}")` is open now.'
    return Note(text)


def solution(name):
    """Show the course's own answer, once yours is right or all hints are read.

    Parameters
    ----------
    name : str
        The exercise's name.

    Returns
    -------
    Note
        The answer's code, or what to do before it is shown.
    """
    slug, exercise = exercises.find(name)
    left = len(exercise.hints) - _hints_shown.get(name, 0)
    if left > 0 and name not in _progress.done():
        more = "one more hint" if left == 1 else f"{left} more hints"
        return Note(
            f'Not yet: solve `{name}` first, or read {more} with `hint("{name}")`.'
        )
    from numlearn.course.lessons import answer_cell

    return Note(f"```python\n{answer_cell(slug, name)}\n```")
