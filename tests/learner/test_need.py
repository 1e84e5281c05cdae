"""What is missing is named or added; what is here is left alone."""

import importlib.util
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


def test_all_that_is_too_old_is_named_at_once(monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: "0.1")
    with pytest.raises(NumlearnError, match=r"numpy 0\.1 is here.*; pandas 0\.1 is"):
        need()


def test_what_an_extra_of_another_package_needs_is_looked_at():
    names = [needed.name for needed in _need.look(["chain"])]
    assert "py-evm" in names, "eth-tester[py-evm]"
    assert len(names) == len(set(names))


@pytest.fixture
def no_pip(monkeypatch):
    found = importlib.util.find_spec
    hidden = lambda name: None if name == "pip" else found(name)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", hidden)
    missing = _need.Needed("web3>=7.0", "web3", None, False)
    monkeypatch.setattr(_need, "look", lambda extras: iter([missing]))


def test_where_there_is_no_pip_uv_adds(no_pip, monkeypatch, capsys):
    ran = []

    def run(command, **options):
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, "numpy==2.4.6", "")

    monkeypatch.setattr(_need.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(_need.subprocess, "run", run)
    need("chain")
    assert [command[:3] for command in ran] == [
        ["/bin/uv", "pip", "list"],
        ["/bin/uv", "pip", "install"],
    ]
    assert all(["--python", sys.executable] == command[3:5] for command in ran)
    assert ran[1][-1] == "web3>=7.0"


def test_what_cannot_be_installed_here_is_a_sentence(no_pip, monkeypatch, capsys):
    monkeypatch.setattr(_need.shutil, "which", lambda name: None)
    with pytest.raises(NumlearnError, match="neither pip nor uv: run `python -m ensur"):
        need("chain")
    assert "uv pip install" in next(_need.look(["chain"])).line


def test_what_no_index_has_is_a_sentence(monkeypatch):
    def run(command, **options):
        return subprocess.CompletedProcess(command, 1, "", "ERROR: No matching\n")

    monkeypatch.setattr(_need.subprocess, "run", run)
    with pytest.raises(NumlearnError, match=r"could not be added \(ERROR: No matching"):
        _need._add(["web3>=99"])
