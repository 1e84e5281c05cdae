"""What the tests on other machines share: the wheel, and a Colab-like environment."""

import hashlib
import json
import os
import shutil
import sys

import nbformat
import pytest
from machines import (
    BIN,
    HERE,
    PINS,
    PYTHON,
    alone,
    environment,
    python_like_colabs,
    run,
    run_notebook,
    versions,
)

from numlearn._files import course_root

COLAB = course_root() / ".cache" / "colab-venv"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """Build the wheel of this checkout, once for all processes of this session."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # where each worker has a folder of its own
    folder = folder / "dist"
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder]
    with alone(folder):
        if not any(folder.glob("numlearn-*.whl")):
            run(*pip, course_root())
    return next(folder.glob("numlearn-*.whl"))


@pytest.fixture(scope="session")
def colab():
    """Return the Python of an environment with Colab's versions, kept in .cache."""
    base = python_like_colabs()
    if base is None:
        pytest.skip("no Python 3.12 or 3.13 on this machine, as Colab has")
    made_of = run(base, "-VV").encode() + PINS.read_bytes() + str(COLAB).encode()
    stamp = COLAB / "made-of.txt"
    mark = hashlib.sha256(made_of).hexdigest()
    with alone(COLAB.parent):
        if not stamp.is_file() or stamp.read_text() != mark:
            shutil.rmtree(COLAB, ignore_errors=True)
            environment(COLAB, base, "-r", PINS)
            stamp.write_text(mark)
    return COLAB / BIN / PYTHON


@pytest.fixture(scope="session")
def preinstalled(colab):
    """Return the versions that a Colab-like session starts with."""
    return versions(colab)


@pytest.fixture(scope="session")
def lacking(colab, wheel):
    """Return the names of what pip would add to Colab for the course to run."""
    dry = ["install", "--dry-run", "-q", "--report", "-", "--constraint", PINS, wheel]
    report = json.loads(run(colab, "-m", "pip", *dry))
    return {package["metadata"]["name"].lower() for package in report["install"]}


@pytest.fixture
def session(colab, tmp_path):
    """Return the Python of a new Colab-like session: what it adds is its own alone."""
    fresh = tmp_path / "session"
    run(colab, "-m", "venv", "--without-pip", fresh)
    preinstalled = run(
        colab, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"
    )
    added = next(fresh.glob("**/site-packages"))
    (added / "preinstalled.pth").write_text(preinstalled)
    return fresh / BIN / PYTHON


@pytest.fixture
def notebook_in_colab(session, wheel, tmp_path):
    """Return a function that opens a notebook alone in a new Colab-like session.

    It returns the notebook and a function that runs all its cells.
    """
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "colab.py").write_text("import google.colab\n")
    pins = hashlib.sha256(PINS.read_bytes()).hexdigest()[:8]
    env = {
        "NUMLEARN_CACHE": os.path.join(os.environ["NUMLEARN_CACHE"], f"colab-{pins}"),
        "NUMLEARN_SOURCE": str(wheel),
        "COLAB_RELEASE_TAG": "release-colab",
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "PYTHONPATH": str(HERE / "stub"),
    }

    def opened(path):
        notebook = nbformat.read(path, as_version=4)
        return notebook, lambda: run_notebook(session, notebook, tmp_path, **env)

    return opened
