"""The style law of lessons, as tests; exemptions are listed and must shrink."""

import ast
import re

import nbformat
import pytest

from numlearn import lessons as spine
from numlearn._files import course_root

READY = [lesson for lesson in spine.lessons() if not lesson.planned]
FORBIDDEN = {
    r"^\s*!": "a shell command",
    r"read_(csv|parquet)\(": "reading a file by hand: use nl.data.load",
    r"import \*": "a star import",
    r"warnings\.filterwarnings": "silencing warnings",
    r"\b(df|X|foo|bar)\b\s*=": "a name that does not say what it holds",
}
# lesson stem → which rule it may break, and why
EXEMPT = {}


@pytest.fixture(params=READY, ids=lambda lesson: lesson.stem)
def lesson(request):
    return request.param


@pytest.fixture
def cells(lesson):
    path = course_root() / "lessons" / f"{lesson.stem}.ipynb"
    return nbformat.read(path, as_version=4).cells


def answers(cells):
    return [c for c in cells if c.metadata.get("nbgrader", {}).get("solution")]


def test_length(lesson, cells):
    assert 25 <= lesson.minutes <= 45
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
            assert len(lines_to_read(cell)) <= 12, cell.source[:60]
        elif not cell.id.startswith(("hints-", "quiz-")):
            prose = re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)
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
