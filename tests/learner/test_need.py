"""What is missing is named or added; what is here is left alone."""

import subprocess
import sys
from importlib import metadata

import pytest

from numlearn import __version__, need
from numlearn.errors import NumlearnError
from numlearn.learner import _need


def test_nothing_is_missing_here_and_nothing_is_said(capsys):
    need(version=__version__)
    assert _need.missing() == []
    assert capsys.readouterr().out == ""


def test_requirements_are_missing_where_they_are_not_installed(monkeypatch):
    def version(name, known=metadata.version):
        if name in ("numerapi", "jupyterlab"):
            raise metadata.PackageNotFoundError(name)
        return known(name)

    monkeypatch.setattr(metadata, "version", version)
    (found,) = _need.missing()
    assert found.startswith("numerapi>=")
    assert [text.split(">=")[0] for text in _need.missing(["lab"])] == [
        "numerapi",
        "jupyterlab",
    ]


def test_package_that_is_too_old_is_named_not_moved(monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: "0.1")
    with pytest.raises(NumlearnError, match=r"0\.1 is here and the course needs .*>="):
        need()


def test_unknown_extra_names_those_there_are():
    with pytest.raises(NumlearnError, match=r"no extra 'chains'; there are .*lab"):
        need("chains")


def test_older_numlearn_is_refused_and_forgotten():
    code = (
        "import sys, numlearn, numlearn.errors\n"
        "try:\n    numlearn.need(version='999.10')\n"
        "except ImportError as error:\n    print(error)\n"
        "print([name for name in sys.modules if name.startswith('numlearn')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    sentence, left = told.stdout.splitlines()
    assert sentence.startswith(
        f"This lesson needs numlearn 999.10 and this is {__version__}"
    )
    assert left == "[]"
