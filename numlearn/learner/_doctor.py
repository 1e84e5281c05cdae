"""Examine a machine for what the course needs."""

import importlib
import importlib.metadata
import platform
import re
import sys

NOT_NEEDED = {"lab": "lessons in JupyterLab", "dev": "building and testing lessons"}


def examine():
    """Look at Python, the packages, the data and the places numlearn writes to.

    Yields
    ------
    line : str
        What was looked at; if it is not well, what to do.
    good : bool
    """
    python = platform.python_version()
    yield (
        f"Python {python}" + _if(sys.version_info < (3, 11), ": install 3.11 or newer"),
        (sys.version_info >= (3, 11)),
    )
    for name in _requirements():
        yield _package(name)
    yield _lightgbm()
    yield _home()


def _if(condition, text):
    return text if condition else ""


def _requirements():
    for line in importlib.metadata.requires("numlearn") or []:
        if "extra ==" not in line:
            yield re.match(r"[\w.-]+", line)[0]


def _package(name):
    try:
        return f"{name} {importlib.metadata.version(name)}", True
    except importlib.metadata.PackageNotFoundError:
        return f"{name} is missing: pip install {name}", False


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
        return "LightGBM is missing: pip install lightgbm", False
    return "LightGBM loads", True


def _home():
    from numlearn.learner._progress import home

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
