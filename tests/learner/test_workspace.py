"""The learner's copy: never dirtied for them, and kept through newer versions."""

import json

import pytest

import numlearn as nl
from numlearn import _files
from numlearn import lessons as spine
from numlearn.learner import _workspace


def cell(name, source, kind="code", answer=False, **more):
    nbgrader = {"nbgrader": {"solution": True, "grade_id": name}} if answer else {}
    made = {"id": name, "cell_type": kind, "source": source, "metadata": nbgrader}
    return {**made, "outputs": [], "execution_count": None, **more}


def notebook(*cells):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def sources(made):
    return {cell["id"]: "".join(cell["source"]) for cell in made["cells"]}


FIRST = notebook(
    cell("title", "# One", "markdown"),
    cell("text", "Old words.", "markdown"),
    cell("data", "x = 1"),
    cell("answer", "def answer():\n    ...", answer=True),
    cell("check", "check('answer')"),
    cell("gone", "print('soon gone')"),
    cell("end", "The end.", "markdown"),
)
SECOND = notebook(
    cell("title", "# One", "markdown"),
    cell("text", "New words.", "markdown"),
    cell("more", "A new section.", "markdown"),
    cell("data", "x = 2"),
    cell("answer", "def answer(n):\n    ...", answer=True),
    cell("check", "check('answer')"),
    cell("end", "The end.", "markdown"),
)
THIRD = notebook(
    cell("title", "# The first", "markdown"),
    cell("end", "The end.", "markdown"),
    cell("answer", "def answer(n):\n    ...", answer=True),
    cell("check", "check('answer', 'again')"),
)


def learned():
    """Return the first version as somebody left it who answered, added and deleted."""
    kept = {c["id"]: json.loads(json.dumps(c)) for c in FIRST["cells"]}
    kept["answer"]["source"] = ["def answer():\n", "    return 42"]
    kept["answer"]["outputs"] = [{"output_type": "stream", "text": "ran"}]
    kept["data"]["source"] = "x = 7  # mine"
    del kept["check"]
    own = cell("mine", "# my own thoughts", "markdown")
    return notebook(
        *(x for c in kept.values() for x in ([c, own], [c])[c["id"] != "data"])
    )


def test_answers_own_cells_and_changes_go_through_three_versions():
    merged, notes = _workspace.merge(FIRST, learned(), SECOND)
    assert list(sources(merged)) == [
        *(
            "title",
            "text",
            "more",
            "data",
            "mine",
            "data-yours",
            "answer",
            "check",
            "end",
        ),
    ]
    told = sources(merged)
    assert told["text"] == "New words."
    assert told["data"] == "x = 2"
    assert told["data-yours"] == "x = 7  # mine"
    assert told["answer"] == "def answer():\n    return 42"
    [answer] = [c for c in merged["cells"] if c["id"] == "answer"]
    assert answer["outputs"] and answer["metadata"]["nbgrader"]["solution"]
    assert "1 brought back" in notes and "1 of your answers kept" in notes

    again, _ = _workspace.merge(SECOND, merged, THIRD)
    told = sources(again)
    assert told["title"] == "# The first"
    assert told["answer"] == "def answer():\n    return 42"
    assert {"mine", "data-yours"} <= set(told)
    assert not {"text", "more", "data"} & set(told)
    assert len(told) == len(again["cells"])


def test_what_nobody_touched_is_the_new_version():
    merged, _ = _workspace.merge(FIRST, FIRST, SECOND)
    assert merged == SECOND


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one lesson, and how to publish another version of it."""
    root = tmp_path / "course"
    (root / "lessons").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "docs" / "glossary.md").write_text("# Glossary\n")
    (root / "course.toml").write_text('lessons = ["one"]\n')
    monkeypatch.setattr(_files, "course_root", lambda: root)
    monkeypatch.setattr(spine, "course_root", lambda: root)

    def publish(made, order=("one",)):
        for old in (root / "lessons").glob("*.ipynb"):
            old.unlink()
        (root / "course.toml").write_text(f"lessons = {json.dumps(list(order))}\n")
        header = {"question": "Why?", "minutes": 30}
        content = {**made, "metadata": {"numlearn": header}}
        at = list(order).index("one")
        path = root / "lessons" / f"{at:02d}_one.ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")

    return publish


def test_an_update_keeps_a_backup_and_says_what_it_did(course, tmp_path):
    course(FIRST)
    folder, old = _workspace.workspace(tmp_path / "mine")
    mine = folder / "lessons" / "00_one.ipynb"
    assert old == [] and mine.is_file()
    assert "[Why?](lessons/00_one.ipynb)" in (folder / "README.md").read_text()
    assert "newest" in nl.update(folder)
    mine.write_text(json.dumps(learned()))

    course(SECOND, ("zero", "one"))
    assert _workspace.workspace(folder) == (folder, ["01_one"])
    assert json.loads(mine.read_text()) == learned(), "a start changes no lesson"
    told = nl.update(folder)
    assert "1 lesson brought up to date" in told
    assert "it was 00_one; " in told and "1 of your answers kept" in told
    [kept] = (folder / "backup").rglob("*.ipynb")
    assert json.loads(kept.read_text()) == learned()
    assert [x.name for x in (folder / "lessons").iterdir()] == ["01_one.ipynb"]
    assert "return 42" in (folder / "lessons" / "01_one.ipynb").read_text()
    assert "newest" in nl.update(folder)


def test_a_notebook_that_is_none_is_told_and_left(course, tmp_path):
    course(FIRST)
    folder, _ = _workspace.workspace(tmp_path / "mine")
    mine = folder / "lessons" / "00_one.ipynb"
    mine.write_text("half a notebo")
    course(SECOND)
    with pytest.raises(nl.NumlearnError, match="is no notebook any more: move it away"):
        nl.update(folder)
    assert mine.read_text() == "half a notebo"


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "mine").write_text("")
    with pytest.raises(nl.NumlearnError, match="is a file: give a folder"):
        nl.update(tmp_path / "mine")
