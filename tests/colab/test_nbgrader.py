"""nbgrader, in an environment of its own, takes the exported lessons as they are."""

import csv
import json
import os
import sys

import nbformat
import pytest
from machines import BIN, CLEAN, environment, run

from numlearn import exercises
from numlearn import lessons as spine
from numlearn.author.export import export
from numlearn.lessons import answer_cell

LESSON = next(lesson for lesson in spine.lessons() if not lesson.planned)


@pytest.fixture(scope="module")
def school(wheel, tmp_path_factory):
    """Return a function that runs nbgrader in a course exported to a school."""
    folder = tmp_path_factory.mktemp("school")
    environment(folder / "venv", sys.executable, wheel, "nbgrader", "ipykernel")
    export(nbgrader=folder / "course")
    programs = folder / "venv" / BIN
    path = (
        f"{programs}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls alembic by name
    )

    def nbgrader(*arguments):
        env = {**CLEAN, "PATH": path}
        return run(programs / "nbgrader", *arguments, cwd=folder / "course", env=env)

    nbgrader.folder = folder / "course"
    return nbgrader


def submit(school, student, answer_of):
    """Hand in what a student made of the released notebook."""
    path = school.folder / "release" / LESSON.stem / f"{LESSON.stem}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answer_of(cell.metadata.nbgrader.grade_id, cell.source)
    target = school.folder / "submitted" / student / LESSON.stem / path.name
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


def test_solver_gets_all_points_and_blank_none(school):
    school("generate_assignment", LESSON.stem)
    submit(school, "blank", lambda name, stub: stub)
    submit(school, "solver", lambda name, stub: answer_cell(LESSON.slug, name))
    school("autograde", LESSON.stem)
    school("export")
    with open(school.folder / "grades.csv", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    most = sum(exercise.points for exercise in exercises.of_lesson(LESSON.slug))
    assert {name: float(row["score"]) for name, row in rows.items()} == {
        "blank": 0,
        "solver": most,
    }
    assert {float(row["max_score"]) for row in rows.values()} == {most}
    released = school.folder / "release" / LESSON.stem / f"{LESSON.stem}.ipynb"
    cells = {c["id"]: c for c in json.loads(released.read_text())["cells"]}
    for exercise in exercises.of_lesson(LESSON.slug):
        assert "SOLUTION" not in "".join(cells[exercise.name]["source"])
