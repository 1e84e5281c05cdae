"""The one judge: what an answer is worth, to the learner and to the grader."""

import inspect
import itertools
import re
from enum import Enum
from typing import NamedTuple

from numlearn.answers import Results, attempt, is_stub, limited, refusing
from numlearn.exercises._judge import kind

PLAIN = "plain numbers, text, lists, dicts, arrays, Series or DataFrames"
LONGEST = 200  # letters of an error's own text
STOPPED = ("KeyboardInterrupt", "TookTooLong")
_NAME = re.compile(r"\w+")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")  # differs from run to run


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
    """Try an answer here, on the cases of a seed, and return the verdict.

    Parameters
    ----------
    exercise : Exercise
    answer : object
        A function or a value; ``...`` where there is none yet.
    seed : int
        Where the cases come from.

    Returns
    -------
    Verdict
    """
    if is_stub(answer):
        return verdict(exercise, Results(todo="stub"))
    cases = exercise.inputs(seed)
    is_callable, changed = exercise.is_value or callable(answer), set()

    def one(case):
        with refusing(exercise.refuses), limited():
            return exercise.ask(answer, case, changed) if is_callable else answer

    def tried():  # an answer that exits, or is stopped, ends itself and not the check
        for case in cases:
            yield (tried := attempt(one, case, errors=BaseException))
            if tried.raised and tried.raised[0] in STOPPED:
                return  # one interrupt is enough, and so is one endless loop

    found = verdict(exercise, Results(cases, tried(), is_callable=is_callable))
    if not changed:
        return found
    names = " and ".join(_names(answer, sorted(changed)))
    return found._replace(
        message=f"{found.message} (It changes {names} in place, which whoever calls it"
        " may not expect: work on a copy.)"
    )


def _names(function, places):
    """Return the names of a function's arguments at some places."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = []
    for place in places:
        name = names[place] if place < len(names) else ""
        yield f"`{name}`" if name else f"argument {place + 1}"


def verdict(exercise, results):
    """Judge what an answer gave, in this process or in another.

    Parameters
    ----------
    exercise : Exercise
    results : numlearn.answers.Results

    Returns
    -------
    Verdict
    """
    name = exercise.name
    if results.todo:
        why = "is not defined" if results.todo == "undefined" else "is still `...`"
        return Verdict(Outcome.TODO, f"Not tried yet: `{name}` {why}.")
    fault = _fault(exercise, results)
    if fault is None:
        return Verdict(Outcome.DONE, "That is right.")
    return Verdict(Outcome.WRONG, _ADDRESS.sub("0x…", fault))


def _fault(exercise, results):
    cases, right = list(results.cases), []
    tried = zip(cases, results.tried)
    for case, one in tried:
        if one.failed:
            return _why_none(one)
        if not results.is_callable:
            is_one = kind(one.got)
            return f"`{exercise.name}` should be a function, but it is {is_one}."
        try:
            fault = exercise.fault(one.got, case)
        except Exception as error:  # a judge may not expect what an answer makes up
            return f"It cannot be compared with the key ({type(error).__name__})."
        right.append((case, one.got))
        if fault is not None:
            rest = ((case, one.got) for case, one in tried if not one.failed)
            return exercise.explain(fault, itertools.chain(right[::-1], rest))
    if len(right) < len(cases):
        return f"It answered {len(right)} of {len(cases)} inputs."
    return None


def refusal(name):
    """Return what is said to an answer that calls the library's own function."""
    return f"Write this one yourself: `{name}` of the library would be the answer."


def _why_none(one):
    if one.refused:
        name = one.refused if _NAME.fullmatch(str(one.refused)) else "function"
        return refusal(name)
    if one.unread:
        return f"{one.unread} What can be graded: {PLAIN}."
    error, message, line = one.raised
    place = f" (line {int(line)} of its cell)" if line else ""
    if error == "KeyboardInterrupt":
        return f"It was stopped before it had answered{place}."
    message = " ".join(message.split())
    if error == "TookTooLong":
        message = f"{message[:9]} seconds of computing"
        return f"It had no answer after {message}{place}: does your loop end?"
    if len(message) > LONGEST:
        message = f"{message[:LONGEST].rsplit(' ', 1)[0]} …"
    what = f"{error}: {message}" if message else error
    where = " Run the cells above first, if one of them defines it."
    cure = where if error == "NameError" else ""
    return f"It raised {what.rstrip('.')}{place}.{cure}"
