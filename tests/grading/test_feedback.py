"""What comes back: students' pages, a platform's tables, the report on a class."""

import csv
import html
import re
from html.parser import HTMLParser

import pytest
from test_grade import LESSONS, RIGHT

from numlearn.errors import NumlearnError
from numlearn.exercises import difference, judge
from numlearn.grading.trusted import feedback, grade
from numlearn.grading.trusted.copies import Pair
from numlearn.grading.trusted.names import People
from numlearn.grading.trusted.rules import Rules
from numlearn.grading.trusted.submissions import Collected, Submission

WORTH = {("depth", "doubled"): 3, ("depth", "colour"): 1}
HOSTILE = '../<script>alert("x")</script>'
FORMULA = '=HYPERLINK("http://x")'
VOID = {"meta", "path", "use", "rect", "line", "circle", "br"}


def row(student, exercise="doubled", outcome="done", message="That is right.", **more):
    most = WORTH.get(("depth", exercise), 0)
    made = {"student": student, "lesson": "depth", "exercise": exercise}
    made |= {"points": most * (outcome == "done"), "max_points": most}
    made |= {
        "outcome": outcome,
        "message": message,
        "notes": "a.ipynb",
        "submitted": "",
    }
    return made | {"notebook_sha256": "x"} | more


def marks(rows, *, roster=None, layout="plain", numbers=(), exempt=(), credit=()):
    people, rules = People(roster), Rules(exempt={x: {"depth"} for x in exempt})
    counted = rules.counted(rows, dict(credit), WORTH)
    columns, lines = rules.gradebook(counted, WORTH, people)
    handed = [Submission("a", who, "depth", number=n) for who, n in numbers]
    found = Collected(handed, people, [], layout)
    pairs = [Pair("depth", "doubled", 1.0, HOSTILE, FORMULA, FORMULA, "b.ipynb")]
    return feedback.Marks(counted, columns, lines, WORTH, LESSONS, found, pairs)


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


class Outline(HTMLParser):
    """Checks that what is opened is closed, and notes tags and headings."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.levels, self.bare = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "th" and "scope" not in dict(attrs):
            self.bare.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("id,name,email\n1001,Ann Ash,ann@x.org\n1002,Ben Oak,ben@x.org\n")
    return path


def test_pages_are_whole_and_what_people_write_is_text(tmp_path):
    rows = [
        row(HOSTILE, outcome="todo", message=HOSTILE),
        row(HOSTILE, "colour", outcome="skipped", message=FORMULA),
        row(FORMULA, outcome="wrong", message=f"It raised {HOSTILE}"),
        row(FORMULA, "", outcome="skipped", message=HOSTILE, notes=f"in/{HOSTILE}"),
    ]
    credit = {(HOSTILE, "depth", "doubled"): (1, HOSTILE)}
    folder = feedback.write(tmp_path / "back", marks(rows, credit=credit))
    found = sorted(x.relative_to(folder).as_posix() for x in folder.rglob("*.*"))
    assert len(found) == 6
    assert all(re.fullmatch(r"(pages/)?[a-z0-9-]+\.(html|csv)", x) for x in found)
    for path in folder.rglob("*.html"):
        outline = Outline(path.read_text(encoding="utf-8"))
        assert not outline.open
        assert not outline.bare
        assert "script" not in outline.tags
        assert outline.tags.count("main") == outline.tags.count("h1") == 1
        assert outline.levels[0] == 1
        assert set(outline.levels[1:]) <= {2}
    for path in folder.rglob("*.csv"):
        cells = [x for line in table(path) for x in line]
        assert not [x for x in cells if re.match(r"\s*[=+\-@]", x)], path


def test_page_says_of_each_exercise_what_counts_and_why(roster):
    rows = [
        row("1001", outcome="wrong", message="You added two."),
        row("1001", "colour"),
        row("1002", message="Bens own"),
    ]
    credit = {("1001", "depth", "doubled"): (1.5, "Nearly.")}
    graded = marks(rows, roster=roster, credit=credit)
    shown = html.unescape(feedback.page(graded, graded.students[0]))
    for text in ("Ann Ash", "2.5 of 4", "1.5 of 3", "You added two. Nearly.", "1 of 1"):
        assert text in shown
    assert "Ben" not in shown
    assert "1002" not in shown


def test_page_of_who_handed_in_nothing_or_need_not(roster):
    graded = marks([row("9")], roster=roster, exempt=["1002"])
    ann, ben, _ = (feedback.page(graded, line) for line in graded.students)
    assert "Nothing was handed in." in ann
    assert "You need not do this lesson." in ben


def tried(answer, exercise=0):
    """Return the judge's own verdict, as a row."""
    asked = LESSONS["depth"][exercise]
    outcome, message = judge(asked, answer, 7)
    return row("ann", asked.name, outcome.name.lower(), message)


def leaks(x):
    raise ValueError(f"input {x}")


def test_no_secret_input_comes_back():
    """An answer may put what it is given into an error, or return it."""
    secret = LESSONS["depth"][0].inputs(7)[0][0]
    for answer in (leaks, lambda x: x, lambda x: f"the input is {x}", lambda x: [x]):
        given = tried(answer)
        assert str(secret) in given["message"] or answer is not leaks
        said = feedback.told(given, LESSONS)
        assert not re.search(rf"\b(?:{secret}|{2 * secret})\b", said), said
    assert feedback.told(tried(leaks), LESSONS).startswith("It raised ValueError")
    named = type(f"Secret{secret}", (Exception,), {})
    said = feedback.told(
        row("a", outcome="wrong", message=f"It raised {named.__name__}."), {}
    )
    assert said == "It raised an error."


def test_sentences_that_teach_come_back():
    from numlearn.scoring import max_drawdown

    assert feedback.told(tried(lambda x: x + 2), LESSONS) == "You added two."
    assert "`max_drawdown`" in feedback.told(tried(max_drawdown), LESSONS)
    assert feedback.told(tried("green", 1), LESSONS) == "That is the grass."
    assert "got text." in feedback.told(tried(lambda x: "one"), LESSONS)
    nothing = row("ann", outcome="wrong", message=difference(None, [1, 2]))
    assert "`return`" in feedback.told(nothing, LESSONS)


def test_canvas_finds_who_and_what(roster, tmp_path):
    """Heads, and the second line, are those of Canvas's own export."""
    rows = [row("1001"), row("zoe")]
    numbers = [("1001", "77"), ("zoe", "78")]
    made = marks(rows, roster=roster, layout="canvas", numbers=numbers, exempt=["1002"])
    folder = feedback.write(tmp_path / "back", made)
    assert table(folder / "canvas.csv") == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "depth"],
        ["    Points Possible", "", "", "", "", "4"],
        ["Ann Ash", "77", "1001", "ann@x.org", "", "3"],
        ["Ben Oak", "", "1002", "ben@x.org", "", "EX"],
        ["zoe", "78", "", "", "", "3"],
    ]


def test_nobody_is_taken_for_the_line_of_possible_points(tmp_path):
    """Canvas finds that line by these words in the name."""
    folder = feedback.write(tmp_path / "back", marks([row("My Points Possible")]))
    names = [line[0] for line in table(folder / "canvas.csv")]
    assert [x for x in names if "Points Possible" in x] == ["    Points Possible"]


def test_canvas_numbers_on_a_roster_are_its_ids(roster, tmp_path):
    numbers = [("1001", "1001")]
    made = marks([row("1001")], roster=roster, layout="canvas", numbers=numbers)
    lines = table(feedback.write(tmp_path / "back", made) / "canvas.csv")
    assert [line[1:3] for line in lines[2:]] == [["1001", ""], ["1002", ""]]


def test_moodle_gets_grades_with_feedback_and_a_worksheet(roster, tmp_path):
    rows = [
        row("1001", outcome="wrong", message="You added two."),
        row("1001", "colour"),
    ]
    numbers = [("1001", "555")]
    made = marks(rows, roster=roster, layout="moodle", numbers=numbers, exempt=["1002"])
    folder = feedback.write(tmp_path / "back", made)
    said = "1 of 2 right. doubled: You added two."
    heads = ["ID number", "Full name", "Email address", "depth", "Feedback: depth"]
    assert table(folder / "moodle.csv") == [
        heads,
        ["1001", "Ann Ash", "ann@x.org", "1", said],
        ["1002", "Ben Oak", "ben@x.org", "", ""],
    ]
    [heads, line] = table(folder / "moodle_depth.csv")
    sheet = dict(zip(heads, line))
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(sheet)
    assert sheet["Identifier"] == "Participant 555"
    assert (sheet["Grade"], sheet["Maximum Grade"]) == ("1", "4")
    assert sheet["Feedback comments"] == said


def test_report_on_a_class_says_what_to_teach_again(tmp_path):
    wrong = {"outcome": "wrong", "message": "Expected 1.5, got $3^."}
    rows = [
        row(f"s{n}", **wrong | {"message": f"Expected {n}, got $_{n}"}) for n in "123"
    ]
    rows += [row(f"s{n}", "colour") for n in range(1, 6)]
    made = marks([*rows, row("s4"), row("s5", outcome="todo", message="…")])
    shown = html.unescape(feedback.class_page(made))
    assert "doubled (depth) failed most: 80%" in shown
    assert "The commonest one, in doubled: 3 of the class." in shown
    assert "Expected …, got $_…" in shown
    assert shown.count('role="img" aria-label="') == 3
    assert f'<th scope="row">{HOSTILE}</th><td data-head="the other">{FORMULA}' in shown
    assert '<td data-head="alike" class="short">equal</td>' in shown


def test_report_on_nobody():
    assert "0 students" in feedback.class_page(marks([]))


@pytest.mark.parametrize(
    "student", [HOSTILE, "CON", "a" * 500, "\udcff", "", "Žoë/..\\"]
)
def test_file_names_are_safe_and_no_two_the_same(student):
    name = feedback.file_name(student)
    assert re.fullmatch(r"[a-z0-9-]{1,49}\.html", name)
    assert name != feedback.file_name(student + "x")


@pytest.mark.parametrize(
    ("folder", "says"),
    [
        ("in/back", "is within the submissions"),
        ("file", "is a file"),
        ("full", "has other things in it (mine.txt)"),
        ("book", "is replaced each time"),
    ],
)
def test_folder_is_refused_before_anything_runs(tmp_path, folder, says):
    for name in ("in", "full", "book"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "full" / "mine.txt").touch()
    with pytest.raises(NumlearnError, match=re.escape(says)):
        feedback.place(
            tmp_path / folder, tmp_path / "in", tmp_path / "book" / "grades.csv"
        )


def test_what_goes_wrong_leaves_what_was_there(tmp_path, monkeypatch):
    back = tmp_path / "back"
    feedback.write(back, marks([row("ann")]))
    before = sorted(x.read_bytes() for x in back.rglob("*.*"))
    monkeypatch.setattr(feedback, "class_page", lambda marks: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        feedback.write(back, marks([row("ben")]))
    assert sorted(x.read_bytes() for x in back.rglob("*.*")) == before
    assert [x.name for x in tmp_path.iterdir()] == ["back"]
    monkeypatch.undo()
    for refused in (1, 2):  # the old one goes away, the new one comes
        moves = iter(range(1, 9))
        move = feedback.os.rename

        def rename(old, new, moves=moves, refused=refused, move=move):
            if next(moves) == refused:
                raise PermissionError
            move(old, new)

        monkeypatch.setattr(feedback.os, "rename", rename)
        with pytest.raises(PermissionError):
            feedback.write(back, marks([row("ben")]))
        monkeypatch.undo()
        assert sorted(x.read_bytes() for x in back.rglob("*.*")) == before
        assert [x.name for x in tmp_path.iterdir()] == ["back"]
    feedback.write(feedback.place(back, tmp_path / "in", "g.csv"), marks([row("ben")]))
    assert len(list((back / "pages").iterdir())) == 1


def test_grading_gives_back(tmp_path):
    import json

    for who, cells in {"ann": RIGHT, "ben": ["colour = 'green'"]}.items():
        (tmp_path / "in" / who).mkdir(parents=True)
        made = [{"cell_type": "code", "source": x} for x in cells]
        path = tmp_path / "in" / who / "01_depth.ipynb"
        path.write_text(json.dumps({"cells": made}))
    (tmp_path / "seed").write_text("a secret")
    again = {
        "lessons": LESSONS,
        "feedback": tmp_path / "back",
        "out": tmp_path / "g.csv",
    }
    first = []
    for _ in range(2):
        grade.grade(tmp_path / "in", tmp_path / "seed", **again)
        first.append({x.name: x.read_bytes() for x in (tmp_path / "back").rglob("*.*")})
    grade.grade(tmp_path / "in", tmp_path / "seed", only="ann", **again)
    first.append({x.name: x.read_bytes() for x in (tmp_path / "back").rglob("*.*")})
    assert first[0] == first[1] == first[2]
    assert len(first[0]) == 6
    assert b"That is the grass." in first[0][feedback.file_name("ben")]
