"""Three questions at the end of a lesson, each option with its own explanation."""

from numlearn import exercises
from numlearn.errors import NumlearnError
from numlearn.exercises import LETTERS
from numlearn.learner._note import Note


def quiz(slug, *answers):
    """Answer a lesson's quiz.

    Parameters
    ----------
    slug : str
        The lesson's slug.
    *answers : str
        One letter a question (also as "C" or "c)"), or ``...`` where you do not know.

    Returns
    -------
    Note
        For each question whether it is right, and why or why not.

    Raises
    ------
    NumlearnError
        If there are too many or too few answers, or one is not an option's letter.

    Examples
    --------
    >>> import numlearn as nl
    >>> print(nl.quiz("scoring", ..., ..., ...).splitlines()[0])
    ○ **1.** Not answered yet: put a letter in place of its `...`.
    """
    questions = exercises.quiz_of(slug)
    if len(answers) != len(questions):
        raise NumlearnError(
            f"The quiz has {len(questions)} questions: give {len(questions)} letters,"
            f" or ... where you do not know yet (got {len(answers)})."
        )
    lines = [_feedback(n, *pair) for n, pair in enumerate(zip(questions, answers), 1)]
    return Note("\n\n".join(lines))


def _feedback(number, question, answer):
    if answer is ...:
        return f"○ **{number}.** Not answered yet: put a letter in place of its `...`."
    letters = LETTERS[: len(question.options)]
    given, answer = answer, str(answer).strip(" .()").lower()
    if answer not in list(letters):
        raise NumlearnError(
            f"Question {number}: {given!r} is not one of {', '.join(letters)}."
        )
    why = list(question.options.values())[letters.index(answer)]
    mark = "✓" if answer == question.answer else "✗"
    return f"{mark} **{number}{answer}.** {why}"
