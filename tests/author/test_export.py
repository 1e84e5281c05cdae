"""What an instructor gets for nbgrader."""

import json

import pytest

from numlearn import lessons as spine
from numlearn.author import export
from numlearn.errors import NumlearnError

READY = [lesson for lesson in spine.lessons() if not lesson.planned]


def test_every_written_lesson_is_an_assignment(tmp_path):
    paths = export.export(nbgrader=tmp_path / "course")
    assert [path.stem for path in paths] == [lesson.stem for lesson in READY]
    assert all(path.parent.parent == tmp_path / "course" / "source" for path in paths)
    compile((tmp_path / "course" / "nbgrader_config.py").read_text(), "config", "exec")


@pytest.mark.parametrize("lesson", READY, ids=lambda lesson: lesson.stem)
def test_solutions_stand_between_markers_and_all_else_as_built(lesson):
    notebook = json.loads(export.assignment(lesson))
    built = (spine.course_root() / "lessons" / f"{lesson.stem}.ipynb").read_text()
    for cell, before in zip(notebook["cells"], json.loads(built)["cells"], strict=True):
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            assert cell["source"].count("# BEGIN SOLUTION") == 1
            assert cell["source"].count("# END SOLUTION") == 1
            cell["source"] = before["source"]
        assert cell == before


@pytest.mark.parametrize(
    ("source", "first"),
    [
        ("# BEGIN SOLUTION\nflows = {}\n# END SOLUTION\n", "flows = ..."),
        ("def f():\n    # BEGIN SOLUTION\n    x = 1\n    # END SOLUTION\n", "def f():"),
    ],
)
def test_name_of_a_value_stays_when_nbgrader_clears(source, first):
    made = export._with_stub(source)
    assert made.splitlines()[0] == first
    assert made.endswith(source)


def test_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "gradebook.db").write_text("a year of grades")
    with pytest.raises(NumlearnError, match="is not empty: name a new folder"):
        export.export(nbgrader=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["gradebook.db"]
