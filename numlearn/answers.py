"""What notebook and grader ask alike: is there an answer, and is it one's own.

The grader's child runs where ``numlearn.exercises`` cannot be imported; nothing here
needs it.
"""

import contextlib
import dis

REFUSAL = "Write this one yourself: the library's function is the answer key."


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
    from numlearn.answers import REFUSAL, WriteItYourself

    raise WriteItYourself(REFUSAL)


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
