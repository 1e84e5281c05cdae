"""Examine a machine for what the course needs."""

import importlib
import platform
import sys

from numlearn.errors import NumlearnError
from numlearn.learner import _need
from numlearn.learner._progress import home

OLDEST = (3, 11)


class Examination(tuple):
    """What was looked at: (line, whether it is well), and what to do where it is not.

    Attributes
    ----------
    well : bool
        Whether all of it is.
    """

    @property
    def well(self):
        """Whether all is well."""
        return all(good for _, good in self)

    def __repr__(self):
        return "\n".join(
            f"{'ok   ' if good else 'wrong'} {line}" for line, good in self
        )


def doctor():
    """Say whether this machine has what the course needs, and what to do if not.

    Python, the packages (those of JupyterLab as well), and the folder that progress is
    written to.

    Returns
    -------
    Examination
        Shows a line for each thing; ``well`` tells whether all of them are.
    """
    return Examination([_python(), *_packages(), _lightgbm(), _home()])


def _python():
    good = sys.version_info >= OLDEST
    return f"Python {platform.python_version()}{'' if good else ': install 3.11'}", good


def _packages():
    try:
        needed = list(_need.look(["lab"]))
    except NumlearnError as error:
        return [(str(error), False)]
    return [(each.line, each.good) for each in needed]


def _lightgbm():
    """LightGBM needs a system library that slim images do not have."""
    try:
        importlib.import_module("lightgbm")
    except OSError as error:
        return (
            f"LightGBM does not load ({error}): install libgomp"
            " (Debian, Ubuntu: apt install libgomp1; macOS: brew install libomp)",
            False,
        )
    except ImportError:
        return "LightGBM does not load: it is not here", False
    return "LightGBM loads", True


def _home():
    try:
        home().mkdir(parents=True, exist_ok=True)
        (home() / ".probe").write_text("")
        (home() / ".probe").unlink()
    except OSError as error:
        return (
            f"{home()} cannot be written ({error.strerror}): set NUMLEARN_HOME to a"
            " folder of yours, or your progress is forgotten",
            False,
        )
    return f"progress is kept in {home()}", True
