"""The one error that numlearn raises on purpose: a sentence for a person."""


class NumlearnError(ValueError):
    """Something was wrong with what we were given.

    The message is one sentence or two: what was wrong, where, and what to do next.
    The command line prints it and ends with exit code 2.
    """
