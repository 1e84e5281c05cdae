"""The one error that numlearn raises on purpose: a sentence for a person."""

import math
import numbers
import os
from contextlib import contextmanager


class NumlearnError(ValueError):
    """Something was wrong with what we were given.

    The message is one sentence or two: what was wrong, where, and what to do next.
    The command line prints it and ends with exit code 2; a notebook shows it with the
    line of the cell that led to it, and none of ours.
    """

    def _render_traceback_(self):
        """Return the lines that IPython shows in place of a traceback."""
        said, step = [f"{type(self).__name__}: {self}"], self.__traceback__
        while step:
            code = step.tb_frame.f_code
            if _is_cell(code.co_filename):
                line = f"  in line {step.tb_lineno} of the cell"
                name = "" if code.co_name == "<module>" else f", in {code.co_name}"
                said.append(line + name)
            step = step.tb_next
        return said


def _is_cell(filename):
    """Tell whether Python named this file for a notebook's cell."""
    return "ipykernel_" in filename or filename.startswith("<ipython-input")


class Named(dict):
    """What goes by names; an unknown name is refused with the known ones."""

    def __init__(self, what, things, note=""):
        super().__init__(things)
        self.what, self.note = what, note

    def __missing__(self, name):
        one_of(name, self, self.what, self.note)


def whole_number(value, name, least=0):
    """Return a whole number from `least` up as an int, or refuse what is none."""
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not whole or value < least:
        raise NumlearnError(f"{name} is a whole number from {least} up, not {value!r}.")
    return int(value)


def real_number(value, name, least=0.0, most=math.inf):
    """Return a finite number from `least` to `most`, or refuse what is none."""
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not math.isfinite(value) or not least <= value <= most:
        upto = f" to {most:g}" if math.isfinite(most) else " or above"
        raise NumlearnError(f"{name} is a number, {least:g}{upto}, not {value!r}.")
    return value


def one_of(value, known, what, note=""):
    """Return a name that is known, or list all that are."""
    if value not in list(known):
        there = ", ".join(map(str, known))
        raise NumlearnError(
            f"There is no {what} {value!r}: choose one of {there}{note}."
        )
    return value


def of_type(value, kind, what, cure=""):
    """Return a value of a type, or say what it should be and what it is."""
    if not isinstance(value, kind):
        raise NumlearnError(f"{what}, not {type(value).__name__}{cure}.")
    return value


def named(names, what):
    """Return a list of names, of which one counts as such, or refuse an empty one."""
    names = [names] if isinstance(names, str | os.PathLike) else list(names)
    if not names:
        raise NumlearnError(f"The list of {what} is empty: name at least one.")
    return names


def first_line(error):
    """Return what an error says, in a form that stands in the midst of a sentence."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return said.splitlines()[0].rstrip(".")


@contextmanager
def instead_of(kinds, sentence):
    """Raise a sentence where errors of others come up; {error} in it is what they say.

    Parameters
    ----------
    kinds : type or tuple of types
        Which errors.
    sentence : str
    """
    try:
        yield
    except NumlearnError:
        raise
    except kinds as error:
        said = sentence.replace("{error}", first_line(error))
        raise NumlearnError(said) from error
