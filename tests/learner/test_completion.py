"""What progress says to whoever has solved everything, on any disk."""

import pytest

from numlearn import exercises
from numlearn.learner import _progress, progress


@pytest.fixture(params=["disk", "no disk"])
def home(request, tmp_path, monkeypatch):
    """Keep progress in a new folder, or where no file can be written."""
    monkeypatch.setattr(_progress, "_unwritten", set())
    folder = tmp_path / "home"
    if request.param == "no disk":
        folder.write_text("a file, not a folder")
    monkeypatch.setenv("NUMLEARN_HOME", str(folder))


def test_last_exercise_brings_the_page(home):
    *most, last = [e for slug in exercises.slugs() for e in exercises.of_lesson(slug)]
    for exercise in most:
        _progress.remember(exercise.name)
    assert "whole course" not in progress()
    _progress.remember(last.name)
    points = sum(exercise.points for exercise in [*most, last])
    assert "## You have solved the whole course" in progress()
    assert f"All {len(most) + 1} exercises, {points} points." in progress()
