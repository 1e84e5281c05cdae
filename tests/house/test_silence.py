"""The rule of `conftest.py`: a test that prints, and does not say so, fails."""

import os
import subprocess
import sys

import pytest

from numlearn._files import course_root

MODULE = """
import os

import pytest

BLAS = b" ** On entry to DSYRK parameter number 10 had an illegal value"


def test_from_python():
    print("here I am")


def test_from_c():
    os.write(2, BLAS)


@pytest.fixture
def last_words():
    yield
    os.write(1, b"bye")


def test_at_the_end(last_words):
    pass


@pytest.mark.prints("stdout")
def test_of_the_other_stream():
    os.write(2, BLAS)


@pytest.mark.prints("stdout", "stderr")
def test_that_says_so():
    print("here I am")
    os.write(2, BLAS)


def test_that_reads_it(capfd):
    os.write(2, BLAS)
    assert capfd.readouterr().err


def test_that_is_silent():
    pass
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """Return what pytest says of the module above: a letter a test, and why."""
    path = tmp_path_factory.mktemp("silence") / "test_module.py"
    path.write_text(MODULE)
    command = [sys.executable, "-m", "pytest", "-p", "conftest"]
    command += ["-c", course_root() / "pyproject.toml", "--rootdir", path.parent]
    command += ["-k", "test", "-v", path]
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    env["PYTHONPATH"] = str(course_root())
    done = subprocess.run(
        command, env=env, cwd=path.parent, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.parametrize("name", ["from_python", "from_c", "of_the_other_stream"])
def test_what_prints_fails(outcome, name):
    assert f"test_{name} FAILED" in outcome
    assert "illegal value" in outcome


def test_what_prints_when_all_is_over_is_an_error(outcome):
    assert "test_at_the_end ERROR" in outcome


@pytest.mark.parametrize("name", ["that_says_so", "that_reads_it", "that_is_silent"])
def test_what_is_allowed_passes(outcome, name):
    assert f"test_{name} PASSED" in outcome
