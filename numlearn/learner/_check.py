"""The learner's loop: check an answer, ask for a hint, read the solution."""

import contextlib
import io
import warnings

from numlearn import exercises
from numlearn.answers import Results
from numlearn.errors import NumlearnError
from numlearn.exercises import Outcome, Verdict, judge, verdict
from numlearn.learner import _progress
from numlearn.learner._note import Note
from numlearn.learner._watch import watch

PUBLIC_SEED = 2021
_ABSENT = object()
_NEXT = {
    Outcome.TODO: " Replace it and run its cell again.",
    Outcome.WRONG: ' Stuck? Ask `hint("{name}")`.',
    Outcome.DONE: "",
}
FAILED = "the cell that defines `{}` failed when it last ran ({})."
_hints_shown = {}


class Result:
    """What a check shows: points as a number, a sentence as Markdown.

    nbgrader reads the number, a person reads the sentence and the bar.
    """

    def __init__(self, exercise, verdict, next_step, lesson_bar):
        self.name = exercise.name
        self.outcome = verdict.outcome
        self.message = verdict.message + next_step
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

    One call of it may take 10 seconds of computing, as it may when a class is graded;
    then it is stopped, and the check says so.

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
    notebook = watch()
    if answer is _ABSENT:
        answer = _in(notebook, name)
    value = None if answer is _ABSENT else answer
    if failed := notebook and notebook.failed(name, value):
        found = Verdict(Outcome.TODO, f"Not judged: {FAILED.format(name, failed)}")
        next_step = " Mend it and run it again, then this one."
    elif answer is _ABSENT:
        found = verdict(exercise, Results(todo="undefined"))
        next_step = " Run the cell that defines it, then this one."
    else:
        found, next_step = _judged(exercise, answer)
    if found.outcome is Outcome.DONE:
        _progress.remember(name)
    return Result(exercise, found, next_step, _progress.bar(slug))


def _judged(exercise, answer):
    """Return the verdict on an answer, and what to do next."""
    try:
        with _quiet():
            found = judge(exercise, answer, PUBLIC_SEED)
    except KeyboardInterrupt:
        return Verdict(Outcome.TODO, "The check was stopped."), " Run it again."
    return found, _NEXT[found.outcome].format(name=exercise.name)


@contextlib.contextmanager
def _quiet():
    # nbgrader gives no point to a check cell that writes to stderr.
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _in(notebook, name):
    """Return what `name` stands for in the running notebook."""
    if notebook is None:
        raise NumlearnError(
            f'Outside a notebook, hand your answer over: check("{name}", {name}).'
        )
    return notebook.shell.user_ns.get(name, _ABSENT)


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
    from numlearn.lessons import answer_cell

    return Note(f"```python\n{answer_cell(slug, name)}\n```")
