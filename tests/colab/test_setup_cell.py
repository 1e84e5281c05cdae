"""The setup cell where the course is missing, old, or cannot be had."""

import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest
from machines import CLEAN, run, versions

from numlearn import __version__
from numlearn import lessons as spine
from numlearn._files import course_root
from numlearn.author import build

LESSONS = sorted((course_root() / "lessons").glob("*.ipynb"))


@pytest.fixture
def cell():
    """Return the setup cell's code as it is built into lessons."""
    return build._setup_cell().source


def run_cell(python, code, folder, **env):
    """Run the setup cell as a script in a folder; return the finished process."""
    show = "\nprint('ready', nl.__version__)"
    return subprocess.run(
        [python, "-c", code + show],
        cwd=folder,
        env={**CLEAN, **env},
        capture_output=True,
        text=True,
    )


def older(wheel, folder):
    """Write a wheel that is ours in all but its version, which is older."""
    path = folder / "numlearn-0.0.1-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name.endswith((".py", "METADATA")):
                text = text.replace(__version__.encode(), b"0.0.1")
            target.writestr(
                name.replace(f"numlearn-{__version__}", "numlearn-0.0.1"), text
            )
    return path


def test_every_lesson_has_the_same_short_cell(cell):
    assert len(cell.splitlines()) <= 16
    assert max(map(len, cell.splitlines())) <= 88
    for path in LESSONS:
        assert nbformat.read(path, as_version=4).cells[2].source == cell
    assert spine.course()["version"] == __version__


def test_nothing_happens_where_the_course_is_installed(cell, tmp_path):
    done = run_cell(sys.executable, cell, tmp_path, PATH="")
    assert (done.stdout, done.stderr) == (f"ready {__version__}\n", "")


@pytest.mark.skipif(spine.course()["repository"] != "", reason="it is published")
def test_unset_source_says_how_to_upload_the_wheel(cell, session, tmp_path):
    done = run_cell(session, cell, tmp_path)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"RuntimeError: numlearn {__version__} is not installed:")
    assert last.endswith("then run this cell again.")


def test_wheel_beside_the_notebook_is_taken(cell, session, wheel, tmp_path):
    shutil.copy(wheel, tmp_path)
    done = run_cell(session, cell, tmp_path)
    assert done.stdout.endswith(f"ready {__version__}\n"), done.stderr
    assert "Adding numerapi" in done.stdout


def test_older_course_is_replaced_and_nothing_else(cell, session, wheel, tmp_path):
    old = older(wheel, tmp_path)
    run(session, "-m", "pip", "install", "-q", "--no-deps", old)
    before = versions(session)
    assert before["numlearn"] == "0.0.1"
    done = run_cell(session, cell, tmp_path, NUMLEARN_SOURCE=str(wheel))
    assert done.stdout.endswith(f"ready {__version__}\n"), done.stderr
    now = versions(session)
    assert {name for name in before if now[name] != before[name]} == {"numlearn"}


def test_source_that_is_no_good_is_one_sentence(cell, session, tmp_path):
    bad = tmp_path / "numlearn-9.9.9-py3-none-any.whl"
    bad.write_text("not a wheel")
    done = run_cell(session, cell, tmp_path, NUMLEARN_SOURCE=str(bad))
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"RuntimeError: numlearn {__version__} is not installed:")


@pytest.mark.parametrize(
    ("address", "opens"),
    [
        ("", None),
        ("https://example.org/numlearn-0.1.0-py3-none-any.whl", None),
        ("git+https://github.com/someone/numlearn", "someone/numlearn/blob/main"),
        ("git+https://github.com/a/b.git@v1", "a/b/blob/v1"),
    ],
)
def test_address_is_stated_once_and_draws_the_badge(address, opens, monkeypatch):
    course = {**spine.course(), "repository": address}
    monkeypatch.setattr(spine, "course", lambda: course)
    assert f'default="{address}"' in build._setup_cell().source
    lesson = spine.Lesson(3, "scoring")
    link = f"https://colab.research.google.com/github/{opens}/lessons/03_scoring.ipynb"
    assert (
        build.badge(lesson).endswith(f"({link})") if opens else not build.badge(lesson)
    )
