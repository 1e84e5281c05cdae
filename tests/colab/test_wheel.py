"""The wheel alone, in an empty environment outside the checkout."""

import fnmatch
import sys
import zipfile

import nbformat
import pytest
from machines import environment, run, run_notebook

from numlearn import lessons as spine
from numlearn._files import course_root

FIRST = next(lesson for lesson in spine.lessons() if not lesson.planned)
MEGABYTES = 12
NOT_IN_IT = ("*.ipynb_checkpoints*", "*/solutions/*.ipynb", "*/lessons/*.py", "*.pyc")


def test_wheel_holds_the_course_and_nothing_needless(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("course.toml", "data/features.json", f"lessons/{FIRST.stem}.ipynb"):
        assert f"numlearn/_course/{name}" in names
    assert f"numlearn/_course/solutions/{FIRST.slug}.py" in names
    assert "numlearn/plots/triangle.svg" in names
    here = {path.name for path in (course_root() / "data").rglob("*.parquet")}
    assert here == {n.rsplit("/")[-1] for n in names if n.endswith(".parquet")}
    for pattern in NOT_IN_IT:
        assert fnmatch.filter(names, pattern) == []
    assert wheel.stat().st_size < MEGABYTES * 1e6


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory):
    """Return the Python of an environment that holds the wheel and a kernel."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    return environment(folder, sys.executable, wheel, "ipykernel")


def test_command_line_finds_the_course_in_the_wheel(elsewhere, tmp_path):
    listed = run(elsewhere, "-m", "numlearn", "progress", cwd=tmp_path)
    assert FIRST.question[:20] in listed
    code = "import numlearn as nl; print(len(nl.data.load('validation')))"
    assert int(run(elsewhere, "-c", code, cwd=tmp_path)) > 0


def test_lesson_runs_from_an_empty_folder(elsewhere, wheel, tmp_path):
    inside = f"numlearn/_course/lessons/{FIRST.stem}.ipynb"
    text = zipfile.ZipFile(wheel).read(inside).decode()
    notebook = nbformat.reads(text, as_version=4)
    run_notebook(elsewhere, notebook, tmp_path, PYTHONPATH="")
    checks = [cell for cell in notebook.cells if cell.id.startswith("check-")]
    assert all("Not tried yet" in c.outputs[0].data["text/markdown"] for c in checks)
