"""Text in, cells out."""

import re
import shutil

import nbformat
import pytest

from numlearn import exercises
from numlearn import lessons as spine
from numlearn._files import course_root
from numlearn.author import build, proof
from numlearn.errors import NumlearnError
from numlearn.lessons import solved, unsolved

pytest.importorskip("jupytext")


@pytest.mark.parametrize(
    ("source", "stub", "answer"),
    [
        (
            "# BEGIN SOLUTION\nflows = {\n    1: 2,\n}\n# END SOLUTION\n",
            "flows = ...",
            "flows = {\n    1: 2,\n}",
        ),
        (
            'def f(x):\n    """Doc."""\n    # BEGIN SOLUTION\n    y = x\n    return y\n'
            "    # END SOLUTION\n",
            'def f(x):\n    """Doc."""\n    ...',
            'def f(x):\n    """Doc."""\n    y = x\n    return y',
        ),
        ("x = 1\n", "x = 1", "x = 1"),
    ],
)
def test_markers_become_stub_or_answer(source, stub, answer):
    assert unsolved(source) == stub
    assert solved(source) == answer


@pytest.fixture
def checkout(tmp_path):
    """A copy of the course with nothing built but lesson 00."""
    for name in ("lessons", "solutions", "docs"):
        shutil.copytree(course_root() / name, tmp_path / name)
    (tmp_path / "data").mkdir()
    shutil.copy(course_root() / "data" / "stored.json", tmp_path / "data")
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(course_root() / name, tmp_path)
    return tmp_path


def lesson_00(root):
    lesson = build.masters(root, ["triangle"])[0]
    return build.notebooks(root, lesson)


def test_built_lessons_match_their_masters():
    faults, counts = proof.prove(run=False)
    assert faults == []
    assert counts["lessons"] >= 2
    assert counts["exercises"] >= 6


def test_rebuilding_changes_no_byte(checkout):
    for lesson in build.masters(checkout):
        path = checkout / "lessons" / f"{lesson.stem}.ipynb"
        before = path.read_bytes()
        path.unlink()
        build._write(path, build.notebooks(checkout, lesson)[0])
        assert path.read_bytes() == before


def test_lesson_holds_no_answer_and_no_output(checkout):
    lesson, solution = lesson_00(checkout)
    sources = {cell.id: cell.source for cell in lesson.cells}
    assert sources["flows"] == "flows = ..."
    assert all(not cell.get("outputs") for cell in lesson.cells)
    assert '"nobody"),' in next(c for c in solution.cells if c.id == "flows").source


def test_nbgrader_metadata(checkout):
    cells = {cell.id: cell for cell in lesson_00(checkout)[0].cells}
    assert cells["flows"].metadata.nbgrader == {
        "schema_version": 3,
        "task": False,
        "grade_id": "flows",
        "grade": False,
        "solution": True,
        "locked": False,
    }
    assert cells["check-flows"].metadata.nbgrader == {
        "schema_version": 3,
        "task": False,
        "grade_id": "check-flows",
        "grade": True,
        "solution": False,
        "locked": True,
        "points": 1,
    }


def test_ids_survive_rewording(checkout):
    before = [cell.id for cell in lesson_00(checkout)[0].cells]
    master = checkout / "solutions" / "triangle.py"
    master.write_text(master.read_text().replace("Welcome.", "Hello."))
    after = [cell.id for cell in lesson_00(checkout)[0].cells]
    assert before == after
    assert len(set(before)) == len(before)


def test_ids_survive_a_new_cell_in_another_section(checkout):
    before = [cell.id for cell in lesson_00(checkout)[0].cells]
    master = checkout / "solutions" / "triangle.py"
    quiz = '# %% quiz="triangle"'
    text = master.read_text(encoding="utf-8").replace(quiz, f"# %%\n1 + 1\n\n{quiz}")
    master.write_text(text, encoding="utf-8")
    after = [cell.id for cell in lesson_00(checkout)[0].cells]
    assert set(before) < set(after) and len(after) == len(before) + 1


@pytest.mark.parametrize("folder", ["lessons", "solutions"])
def test_one_changed_word_is_found_and_named(checkout, folder):
    path = checkout / folder / "00_triangle.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("Welcome", "Hello"))
    faults, _ = proof.prove(checkout, run=False, slugs=["triangle"])
    assert len(faults) == 1
    assert f"{folder}/00_triangle.ipynb" in faults[0]


def test_a_lesson_in_the_middle_moves_the_others(checkout, monkeypatch):
    order = spine.course()["lessons"]
    course = spine.course() | {"lessons": [order[0], "new_one", *order[1:]]}
    monkeypatch.setattr(spine, "course", lambda: course)
    monkeypatch.setattr(build, "execute", None)
    before = next((checkout / "solutions").glob("*_long_short.ipynb")).read_bytes()
    build.build(["long_short"], root=checkout)
    moved = checkout / "solutions" / "02_long_short.ipynb"
    assert [p.name for p in moved.parent.glob("*_long_short.ipynb")] == [moved.name]
    outputs = [
        [c.get("outputs") for c in nbformat.reads(text, as_version=4).cells]
        for text in (before.decode(), moved.read_text(encoding="utf-8"))
    ]
    assert outputs[0] == outputs[1]
    glossary = (checkout / "docs" / "glossary.md").read_text(encoding="utf-8")
    number = order.index("capstone") + 1
    assert f"[Lesson {number}](../lessons/{number}_capstone.ipynb" in glossary


def test_a_new_address_runs_nothing_anew(checkout, monkeypatch):
    """It changes the setup cell of every lesson, and no output."""
    address = {"repository": "git+https://github.com/someone/course.git"}
    course = spine.course() | address
    monkeypatch.setattr(spine, "course", lambda: course)
    monkeypatch.setattr(build, "execute", None)
    build.build(["triangle"], root=checkout)
    made = nbformat.read(checkout / "solutions" / "00_triangle.ipynb", as_version=4)
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    assert address["repository"] in code[0].source
    assert all(cell.execution_count for cell in code)


def test_references_become_numbers_and_links():
    text = "See {lesson:scoring}; {Lesson:nmr}. All of {number:data}, {number:risk}."
    assert spine.resolve(text) == "See lesson 03; Lesson 13. All of 02, 14."
    known = [spine.Lesson(3, "scoring", question="When?")]
    linked = spine.resolve("{lesson:scoring}", known, "../lessons/")
    assert linked == '[lesson 03](../lessons/03_scoring.ipynb "When?")'
    with pytest.raises(NumlearnError, match="names no lesson: course"):
        spine.resolve("{lesson:nowhere}")


def test_old_readme_is_found(checkout):
    path = checkout / "README.md"
    path.write_text(path.read_text().replace("What is going on", "What goes on"))
    faults, _ = proof.prove(checkout, run=False, slugs=["triangle"])
    assert faults == ["README.md: its generated parts are old; run `numlearn build`."]


def test_header_must_be_whole(checkout):
    master = checkout / "solutions" / "triangle.py"
    master.write_text(re.sub(r"#     minutes: .*\n", "", master.read_text()))
    with pytest.raises(NumlearnError, match=r"triangle.py: its header needs"):
        build.masters(checkout)


def test_minutes_are_what_reading_and_solving_take(checkout):
    [lesson] = build.masters(checkout, ["triangle"])
    fresh, _ = build.notebooks(checkout, lesson)
    mine = exercises.of_lesson("triangle")
    measured = proof.minutes(fresh, mine)
    assert abs(measured - lesson.minutes) <= 3
    fresh.cells.append(nbformat.v4.new_markdown_cell(1_000 * "word ", id="more"))
    assert proof.minutes(fresh, mine) == pytest.approx(measured + 5)
    [fault] = proof._structure(lesson, fresh, mine)
    assert "its header says" in fault


def test_unknown_slug_is_named(checkout):
    with pytest.raises(NumlearnError, match="no master for nowhere"):
        build.build(["nowhere"], root=checkout)


def test_failing_cell_stops_the_build_and_writes_nothing(checkout):
    master = checkout / "solutions" / "triangle.py"
    master.write_text(master.read_text().replace("nl.plots.triangle()", "1 / 0"))
    stored = (checkout / "solutions" / "00_triangle.ipynb").read_bytes()
    with pytest.raises(NumlearnError, match="ZeroDivisionError"):
        build.build(["triangle"], root=checkout)
    assert (checkout / "solutions" / "00_triangle.ipynb").read_bytes() == stored


def test_executed_solutions_have_outputs():
    for path in sorted((course_root() / "solutions").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert all(cell.execution_count for cell in code), path.name
        assert set(notebook.metadata) == {"kernelspec", "numlearn"}
