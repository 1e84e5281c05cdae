"""What notebook and grader ask alike of an answer: is it one, and what came of it.

The grader's child runs where ``numlearn.exercises`` cannot be imported; nothing here
needs it.
"""

import ast
import contextlib
import ctypes
import dis
import inspect
import re
import signal
import textwrap
import threading
from collections.abc import Iterable
from typing import NamedTuple

SECONDS = 10.0  # of computing, for one call of an answer: in a check and in grading
_CELL = re.compile(r"<(?!frozen )|.*ipykernel_")  # how Python names the file of a cell


class WriteItYourself(Exception):
    """The answer called the library's own function, which is the answer key."""


class TookTooLong(BaseException):
    """A cell or an answer used up its share of the time; it says how many seconds."""


class Attempt(NamedTuple):
    """What came of one call of an answer: a value, or why there is none.

    Parameters
    ----------
    got : object
        What the answer gave.
    refused : str
        Which function of the library it called in its own place.
    unread : str
        Why what it gave cannot be read.
    raised : tuple of (str, str, int or None), optional
        The error's type and message, and the line of the cell that raised it.
    """

    got: object = None
    refused: str = ""
    unread: str = ""
    raised: tuple | None = None

    @property
    def failed(self):
        """Whether there is no value."""
        return bool(self.refused or self.unread) or self.raised is not None


class Results(NamedTuple):
    """What came of trying an answer on all its inputs.

    Parameters
    ----------
    cases : sequence of tuple
        The inputs.
    tried : iterable of Attempt
        One for each case, as far as it got; an iterator is asked further than the
        first fault only to tell whether a known mistake explains all of them.
    todo : {"", "undefined", "stub"}
        Why nothing was tried.
    is_callable : bool
        Whether the answer could be called where a function was asked for; if not, the
        answer itself is what it gave.
    """

    cases: Iterable = ()
    tried: Iterable = ()
    todo: str = ""
    is_callable: bool = True


def attempt(call, *case, errors=Exception, unread=()):
    """Call an answer once and note what came of it.

    Parameters
    ----------
    call : callable
    *case : object
        Its arguments.
    errors : type, default Exception
        Which errors are the answer's own; all others pass.
    unread : type or tuple of types
        Errors that say that what it gave cannot be read.

    Returns
    -------
    Attempt
    """
    try:
        return Attempt(call(*case))
    except WriteItYourself as refusal:
        return Attempt(refused=str(refusal) or "function")
    except unread as error:
        return Attempt(unread=str(error))
    except errors as error:
        return failure(error)


def failure(error):
    """Return the attempt that ended in this error."""
    return Attempt(raised=(type(error).__name__, str(error)[:500], _line(error)))


@contextlib.contextmanager
def limited(seconds=SECONDS):
    """Interrupt what takes more than so many seconds.

    On Linux and macOS those of this process's CPU, so that a busy machine costs nobody
    points, and what waits in C is interrupted too. In a thread and on Windows they are
    seconds by the clock, and Python has to come to its next step.

    Parameters
    ----------
    seconds : float

    Raises
    ------
    TookTooLong
    """
    main = threading.current_thread() is threading.main_thread()
    counts = main and hasattr(signal, "setitimer")
    try:
        with (_by_the_cpu if counts else _by_the_clock)(seconds):
            yield
    except TookTooLong as error:
        error.args = (f"{seconds:g}",)
        raise


@contextlib.contextmanager
def _by_the_cpu(seconds):
    armed = [True]

    def stop(*_):
        if armed:
            raise TookTooLong

    signal.signal(signal.SIGPROF, stop)  # it stays: a late signal would end the process
    signal.setitimer(signal.ITIMER_PROF, seconds, 1)
    try:
        yield
    finally:
        armed.clear()
        signal.setitimer(signal.ITIMER_PROF, 0)


@contextlib.contextmanager
def _by_the_clock(seconds):
    thread, throw = threading.get_ident(), ctypes.pythonapi.PyThreadState_SetAsyncExc
    thread, error = ctypes.c_ulong(thread), ctypes.py_object(TookTooLong)
    timer = threading.Timer(seconds, throw, (thread, error))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        throw(thread, None)


def _line(error):
    """Return the line of the answer's cell in which an error arose, if it is known."""
    trace, line = error.__traceback__, None
    while trace:
        if _CELL.match(trace.tb_frame.f_code.co_filename):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def is_stub(answer):
    """Tell whether an answer is still ``...``, or a function of nothing else.

    A body of ``pass`` or ``return None`` is an answer; where its source cannot be read,
    it is taken for ``...``, to which Python compiles it alike.
    """

    def stub():
        """Stand for an unanswered function."""
        ...

    if answer is ...:
        return True
    code = getattr(answer, "__code__", None)
    if code is None or code.co_name == "<lambda>":
        return False
    if _steps(code) != _steps(stub.__code__):
        return False
    try:
        [function] = ast.parse(textwrap.dedent(inspect.getsource(answer))).body
        body = [step.value.value for step in function.body]
    except (OSError, TypeError, SyntaxError, ValueError):
        return True
    except AttributeError:  # a statement that is no plain word, such as `pass`
        return False
    return body[-1] is ...


def _steps(code):
    return [(step.opname, step.argval) for step in dis.get_instructions(code)]


def _refuse(*args, **kwargs):
    import sys

    from numlearn.answers import WriteItYourself

    raise WriteItYourself(sys._getframe().f_code.co_name)


@contextlib.contextmanager
def refusing(functions):
    """Let functions of the library refuse to work while a learner's answer runs.

    Their code is swapped, not their name: they may have been imported before, under
    any name, and are still the same function objects.
    """
    codes = [(f, f.__code__) for f in functions if not f.__code__.co_freevars]
    for function, _ in codes:
        function.__code__ = _refuse.__code__.replace(co_name=function.__name__)
    try:
        yield
    finally:
        for function, code in codes:
            function.__code__ = code
