"""The style law of lessons, as tests; exemptions are listed and must shrink."""

import ast
import re
import shutil
import sys
import tomllib

import nbformat
import pytest

from numlearn import exercises
from numlearn import lessons as spine
from numlearn._files import course_root
from numlearn.author import build, new, proof

READY = [lesson for lesson in spine.lessons() if not lesson.planned]
FORBIDDEN = {
    r"^\s*!": "a shell command",
    r"read_(csv|parquet)\(": "reading a file by hand: use nl.data.load",
    r"import \*": "a star import",
    r"warnings\.filterwarnings": "silencing warnings",
    r"\b(df|X|foo|bar)\b\s*=": "a name that does not say what it holds",
}
SKELETON = spine.Lesson(len(READY), "skeleton")


@pytest.fixture(params=[*READY, SKELETON], ids=lambda lesson: lesson.slug)
def lesson(request):
    if request.param is SKELETON:
        return request.getfixturevalue("skeleton")[0]
    return request.param


@pytest.fixture(scope="module")  # the course is another as long as it lives
def skeleton(tmp_path_factory):
    """What `numlearn new lesson` and `numlearn new exercise` write, built."""
    root = tmp_path_factory.mktemp("checkout")
    (root / "numlearn" / "exercises").mkdir(parents=True)
    shutil.copytree(course_root() / "solutions", root / "solutions")
    shutil.copy(course_root() / "course.toml", root)
    new.lesson(SKELETON.slug, root=root)
    with pytest.MonkeyPatch.context() as patch:
        toml = (root / "course.toml").read_text(encoding="utf-8")
        patch.setattr(spine, "course", lambda: tomllib.loads(toml))
        path = [*exercises.__path__, str(root / "numlearn" / "exercises")]
        patch.setattr(exercises, "__path__", path)
        new.exercise(SKELETON.slug, "one_more", root=root)
        patch.setattr(exercises, "_by_name", exercises._by_name.__wrapped__)
        sys.modules.pop(f"numlearn.exercises.{SKELETON.slug}")  # it has changed
        [lesson] = build.masters(root, [SKELETON.slug])
        yield lesson, *build.notebooks(root, lesson)
    sys.modules.pop(f"numlearn.exercises.{SKELETON.slug}")


@pytest.fixture
def cells(lesson, request):
    if lesson.slug == SKELETON.slug:
        return request.getfixturevalue("skeleton")[1].cells
    path = course_root() / "lessons" / f"{lesson.stem}.ipynb"
    return nbformat.read(path, as_version=4).cells


def answers(cells):
    return [c for c in cells if c.metadata.get("nbgrader", {}).get("solution")]


def test_length(lesson, cells):
    assert 20 <= lesson.minutes <= 50
    told = [c for c in cells if not c.id.startswith(("check-", "hints-"))]
    assert 25 <= len(told) <= 45
    assert len(lesson.objectives) == 3


def test_anatomy(lesson, cells):
    assert cells[0].source.startswith(f"# {lesson.question}")
    assert "You will be able to" in cells[1].source
    assert cells[2].metadata.tags == ["setup"]
    text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    assert text.count("**Predict before you run.**") >= 2
    assert "## Three questions" in text
    assert "## In this notebook you" in text
    assert "**Then and now.**" in text
    assert 1 <= len(answers(cells)) <= 4
    links = re.findall(r"\]\(https?://", cells[-3].source)
    assert len(links) <= 3


def test_setup_cell_is_the_same_everywhere(cells):
    first = nbformat.read(
        course_root() / "lessons" / f"{READY[0].stem}.ipynb", as_version=4
    ).cells
    assert cells[2].source == first[2].source


def test_no_forbidden_pattern(cells):
    for cell in cells:
        if cell.cell_type == "code" and "setup" not in cell.metadata.get("tags", []):
            for pattern, why in FORBIDDEN.items():
                assert not re.search(pattern, cell.source, re.MULTILINE), why


def test_cells_are_short(cells):
    for cell in cells:
        if "setup" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "code":
            most = 15 if "nl.plots.explore(" in cell.source else 12
            assert len(lines_to_read(cell)) <= most, cell.source[:60]
        elif not cell.id.startswith(("hints-", "quiz-")):
            prose = re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)
            prose = re.sub(r"\]\([^()]*\)", "]", prose)  # where links lead
            assert len(prose.split()) <= 180, cell.source[:60]


def lines_to_read(cell):
    """Lines of code that say something: no imports, no caption, no blank lines."""
    code = re.sub(r"nl\.plots\.caption\(.*?^\)$", "", cell.source, flags=re.S | re.M)
    idle = r"\s*$|(import|from) |plt\.show\(\)|\s*[)}\]]+$|\s*\"\"\""
    return [line for line in code.splitlines() if not re.match(idle, line)]


def test_no_exclamation_marks_in_rows(cells):
    text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    assert not re.search(r"!\s*!|![^\[]*![^\[]*!", text)


def test_one_exercise_a_section(cells):
    sections, current = [], 0
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append(current)
            current = 0
        current += cell in answers(cells)
    assert max([*sections, current]) <= 1


def test_no_cell_needs_the_learners_answer(cells):
    """A name that an exercise asks for is used nowhere else in the lesson."""
    asked = {cell.id for cell in answers(cells)}
    for cell in cells:
        if cell.cell_type != "code" or cell.id in asked:
            continue
        used = {
            n.id for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Name)
        }
        assert not used & asked


def test_exercise_says_what_is_asked(cells):
    for position, cell in enumerate(cells):
        if cell in answers(cells):
            task = cells[position - 1].source
            assert f"### Exercise: {cell.id}" in task
            assert "```" in task, "an example of the expected output"


def test_answer_starts_as_dots(cells):
    for cell in answers(cells):
        assert re.search(r"^(\s+\.\.\.|\w+ = \.\.\.)$", cell.source, re.MULTILINE)


@pytest.mark.prints("stdout")
def test_skeletons_are_solved_and_run(skeleton, tmp_path):
    lesson, fresh, solved = skeleton
    mine = exercises.of_lesson(lesson.slug)
    assert [exercise.name for exercise in mine] == ["skeleton_answer", "one_more"]
    [minutes] = proof._structure(lesson, fresh, mine)
    assert "its header says" in minutes, "which its author will measure"
    for exercise in mine:
        assert list(proof._answers(lesson, exercise, fresh, solved)) == []
        assert list(proof._mistakes(lesson, exercise)) == []
    namespace = {}
    for cell in fresh.cells:
        asks = cell.id.startswith(("check-", "quiz-", "progress"))
        if cell.cell_type == "code" and not asks:
            exec(compile(cell.source, cell.id, "exec"), namespace)


def test_no_lesson_number_stands_in_a_text():
    """A reference names a slug, so that a lesson can be inserted anywhere."""
    number, slugs = r"(?<!\{)\b[Ll]essons? \d", "|".join(spine.course()["lessons"])
    stem = rf"\b\d\d_({slugs})\b"
    root = course_root()
    texts = [*root.glob("solutions/*.py"), *root.glob("numlearn/**/*.py")]
    texts += [*root.glob("numlearn/**/*.toml"), *root.glob("numlearn/**/*.md")]
    found = {
        f"{path.relative_to(root)}: {match[0]}"
        for path in texts
        for match in re.finditer(f"{number}|{stem}", path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_right_letters_are_spread():
    letters = [q.answer for x in READY for q in exercises.quiz_of(x.slug)]
    assert max(letters.count(x) for x in "abc") <= 0.4 * len(letters)
    assert not re.search(r"(.)\1\1", "".join(letters))


def test_stake_lessons_say_it_is_no_advice(lesson, cells):
    text = " ".join("\n".join(c.source for c in cells).split()).replace("> ", "")
    if "stake" in text:
        assert "financial advice" in text


def test_figures_have_captions_and_units(cells):
    for cell in cells:
        if "plt.show()" in cell.source:
            assert "caption(" in cell.source
            assert "xlabel" in cell.source
            assert "title" in cell.source
