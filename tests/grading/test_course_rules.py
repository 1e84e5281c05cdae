"""The rules of a course: what is late, what counts, and what is given by hand."""

import csv
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_grade import LESSONS, RIGHT, but_for_seconds, table

from numlearn import exercises
from numlearn.errors import NumlearnError
from numlearn.grading.trusted.grade import grade
from numlearn.grading.trusted.gradebook import COLUMNS, read_grades
from numlearn.grading.trusted.names import Name, People
from numlearn.grading.trusted.rules import Lesson, Rules, read_credit, read_rules

WORTH = {("depth", "doubled"): 3, ("depth", "colour"): 1, ("risk", "stake"): 6}
DUE = datetime(2026, 10, 12, 22, tzinfo=UTC)


def row(student="ann", exercise="doubled", points=3, submitted="", **more):
    lesson = next(lesson for lesson, name in WORTH if name == exercise)
    made = {"student": student, "lesson": lesson, "exercise": exercise}
    made |= {"points": points, "max_points": WORTH[lesson, exercise], "outcome": "done"}
    return made | {"submitted": submitted, "notebook_sha256": "x"} | more


def people(*names):
    known = People()
    known.assign([Name(student=name) for name in names], "plain")
    return known


def read(tmp_path, text, *names):
    path = tmp_path / "grading.toml"
    path.write_text(text, encoding="utf-8")
    return read_rules(path, ["depth", "risk"], people("ann", "bob", *names))


def test_without_rules_the_best_of_two_attempts_counts():
    rows = Rules().counted([row(points=0), row(), row(points=3)], {}, WORTH)
    assert [x["counts"] for x in rows] == ["", 3, ""]
    assert Rules().gradebook(rows, WORTH, people()) == (
        ["student", "depth", "points", "max_points"],
        [["ann", 3, 3.0, 4.0]],
    )


def test_last_attempt_counts_if_the_rules_say_so():
    rows = Rules(attempts="last").counted([row(), row(points=0)], {}, WORTH)
    assert [x["counts"] for x in rows] == ["", 0]


def test_what_was_not_read_is_no_attempt_beside_one_that_was():
    picture = row(points=0, notebook_sha256="")
    rows = Rules(attempts="last").counted([row(), picture], {}, WORTH)
    assert [x["counts"] for x in rows] == [3, ""]


@pytest.mark.parametrize(
    ("hours", "days"),
    [(-1, 0), (0, 0), (0.25, 0), (0.26, 1), (24, 1), (24.1, 2), (49, 3)],
)
def test_days_late_are_counted_from_due_once_grace_is_over(hours, days):
    rules = Rules({"depth": Lesson(DUE)}, timedelta(minutes=15))
    when = (DUE + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    assert rules.late_days("ann", "depth", when) == days
    assert rules.late_days("ann", "risk", when) == 0


def test_platforms_word_is_one_day_unless_the_time_is_known():
    rules = Rules({"depth": Lesson(DUE)}, times={("bob", "depth"): DUE})
    assert rules.late_days("ann", "depth", "late") == 1
    assert rules.late_days("bob", "depth", "late") == 0
    assert rules.late_days("ann", "depth", "") == 0
    assert rules.late_days("ann", "depth", "yesterday") == 0


@given(st.integers(0, 400), st.floats(0, 100), st.floats(-9, 9))
def test_what_counts_stays_between_nothing_and_all(days, penalty, more):
    rules = Rules({"depth": Lesson(DUE)}, penalty=penalty)
    when = (DUE + timedelta(days=days)).isoformat()
    credit = {("ann", "depth", "doubled"): (more, "")}
    [counted] = rules.counted([row(submitted=when)], credit, WORTH)
    assert 0 <= counted["counts"] <= 3
    unaided = 3 * max(0, 1 - penalty * days / 100)
    assert counted["counts"] == pytest.approx(min(max(unaided + more, 0), 3), abs=0.006)


def test_credit_by_hand_is_added_and_survives_that_rows_are_counted_again():
    credit = {
        ("ann", "depth", "doubled"): (1.5, "nearly"),
        ("ann", "depth", ""): (2, "a talk"),
        ("bob", "depth", "colour"): (1, "on paper"),
    }
    once = Rules().counted([row(points=0)], credit, WORTH)
    assert [(x["student"], x["exercise"], x["counts"], x["comment"]) for x in once] == [
        ("ann", "doubled", 1.5, "nearly"),
        ("ann", "", 2, "a talk"),
        ("bob", "colour", 1, "on paper"),
    ]
    assert Rules().counted(once, credit, WORTH) == once
    _, lines = Rules().gradebook(once, WORTH, people())
    assert lines == [["ann", 3.5, 3.5, 4.0], ["bob", 1, 1.0, 4.0]]


def test_weights_bonus_and_exempt_students(tmp_path):
    rules = read(
        tmp_path,
        'exempt = {bob = ["depth"]}\n[lessons.depth]\nweight = 2\n'
        "[lessons.risk]\nbonus = true\n",
    )
    rows = [row(), row("bob"), row(exercise="stake", points=6)]
    columns, lines = rules.gradebook(rules.counted(rows, {}, WORTH), WORTH, people())
    assert columns == ["student", "depth", "risk", "points", "max_points"]
    assert lines == [["ann", 3, 6, 12.0, 8.0], ["bob", "exempt", 0, 0, 0]]


def test_only_lessons_of_the_rules_count(tmp_path):
    rules = read(tmp_path, "[lessons.depth]\n")
    rows = rules.counted([row(), row("eve", "stake", 6)], {}, WORTH)
    _, lines = rules.gradebook(rows, WORTH, people())
    assert lines == [["ann", 3, 3.0, 4.0], ["eve", 0, 0, 4.0]]


def test_due_dates_have_the_zone_of_the_course(tmp_path):
    (tmp_path / "times.csv").write_text(
        "student,lesson,submitted\nAnn,depth,2026-10-25 12:00\nbob,depth,\n"
    )
    rules = read(
        tmp_path,
        'zone = "Europe/Berlin"\npenalty = 10\ngrace = 5\ntimes = "times.csv"\n'
        "[lessons.depth]\ndue = 2026-10-24T12:00:00\n"
        "[lessons.risk]\ndue = 2026-10-24T12:00:00+05:00\n",
    )
    assert rules.lessons["depth"].due == datetime(2026, 10, 24, 10, tzinfo=UTC)
    assert rules.lessons["risk"].due == datetime(2026, 10, 24, 7, tzinfo=UTC)
    # the clocks went back that night: the day had 25 hours
    assert rules.late_days("ann", "depth", "") == 2
    [counted] = rules.counted([row()], {}, WORTH)
    assert counted["counts"] == 2.4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("grace = \n", "grading.toml, line 1: Invalid value"),
        ("grace = 1\npenalty = [", "grading.toml, line 2: "),
        (
            "\ngrave = 5",
            "grading.toml, line 2: there is no rule 'grave': choose one of",
        ),
        ("grace = '5'", "line 1: grace is a number from 0 to 1e+06, not '5'"),
        ("penalty = 200", "line 1: penalty is a number from 0 to 100, not 200"),
        ("penalty = true", "line 1: penalty is a number from 0 to 100, not True"),
        ("penalty = nan", "line 1: penalty is a number from 0 to 100, not nan"),
        ("attempts = 'first'", "line 1: there is no way to count attempts 'first'"),
        ("zone = 'Berlin/West'", "line 1: there is no time zone 'Berlin/West'"),
        ("zone = 3", "line 1: there is no time zone 3"),
        ("lessons = 3", "line 1: write [lessons] as a table"),
        ("[lessons]\ndepht = {}", "line 2: there is no lesson 'depht': choose one of"),
        ("[lessons]\ndepth = 3", "line 2: write [lessons.depth] as a table"),
        ("[lessons.depth]\n\nweigth = 2", "line 3: there is no rule 'weigth'"),
        ("[lessons.depth]\nweight = -2", "line 2: weight is a number from 0"),
        ("[lessons.depth]\nbonus = 1", "line 2: bonus is true or false, not 1"),
        ("[lessons.depth]\ndue = 2026-10-12T22:00:00", "line 2: 2026-10-12 22:00:00 h"),
        ("[lessons.depth]\ndue = 'soon'", "line 2: 'soon' is no day and time"),
        ("[lessons.depth]\ndue = 12", "line 2: '12' is no day and time"),
        ("[lessons.depth]\ndue = 2026-10-12", "line 2: '2026-10-12' is no day and t"),
        ("[exempt]\nbobb = 'all'", "line 2: there is no student 'bobb' (nearest: bob)"),
        ("[exempt]\nbob = 'risky'", "line 2: there is no lesson 'risky'"),
        ("[exempt]\nbob = 3", 'line 2: write "all", or lessons in brackets'),
        ("times = 'no.csv'", "no.csv: check the path"),
        ("times = 3", "line 1: times names a CSV file"),
        ("lessons.depth.weight = 'x'", "line 1: weight is a number"),
    ],
)
def test_fault_of_the_rules_is_a_sentence_with_its_line(tmp_path, text, says):
    with pytest.raises(NumlearnError) as caught:
        read(tmp_path, text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("bobb,doubled,1,", "line 2: there is no student 'bobb' (nearest: bob)"),
        ("bob,dubled,1,", "line 2: there is no exercise 'dubled': choose one of"),
        ("bob,doubled,one,", "line 2: points are a number, not 'one'"),
        ("bob,doubled,inf,", "line 2: points are a number, not 'inf'"),
        ("bob,doubled,1", "line 2: it has 3 cells, where the first line has 4"),
    ],
)
def test_fault_of_credit_by_hand_is_a_sentence_with_its_line(tmp_path, line, says):
    path = tmp_path / "adjust.csv"
    path.write_text(f"student,exercise,points,comment\n{line}\n")
    with pytest.raises(NumlearnError) as caught:
        read_credit(path, WORTH, people("ann", "bob"))
    assert f"adjust.csv, {says}" in str(caught.value)


def test_files_that_the_manual_shows_can_be_read(tmp_path):
    manual = Path(__file__).parents[2] / "docs" / "instructor.md"
    shown = re.findall(
        r"<!-- tested: (\S+) -->\n```\w+\n(.*?)```", manual.read_text("utf-8"), re.S
    )
    assert [name for name, _ in shown] == ["grading.toml", "adjust.csv"]
    for name, text in shown:
        (tmp_path / name).write_text(text)
    (tmp_path / "times.csv").write_text("student,lesson,submitted\n")
    worth = {
        (slug, e.name): e.points
        for slug in exercises.slugs()
        for e in exercises.of_lesson(slug)
    }
    rules = read_rules(tmp_path / "grading.toml", exercises.slugs(), people("jane"))
    assert (rules.penalty, rules.exempt) == (10, {"jane": {"triangle"}})
    assert len(read_credit(tmp_path / "adjust.csv", worth, people("jane"))) == 2


def test_several_lines_of_credit_are_added_up(tmp_path):
    path = tmp_path / "adjust.csv"
    path.write_text(
        "student;exercise;points;comment\nAnn;doubled;1;a\nann;doubled;0,5;b\n"
        "ann;depth;-1;\n"
    )
    assert read_credit(path, WORTH, people("ann")) == {
        ("ann", "depth", "doubled"): (1.5, "a; b"),
        ("ann", "depth", ""): (-1, ""),
    }


def hand_in(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    made = [{"cell_type": "code", "source": source} for source in cells]
    path.write_text(json.dumps({"cells": made}))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class in Canvas's layout: what is asked of grade, and what it said."""
    place = tmp_path_factory.mktemp("course")
    hand_in(place / "in" / "leeann_LATE_1_10_01_depth.ipynb", RIGHT[0])
    hand_in(place / "in" / "leeann_LATE_1_11_01_depth-1.ipynb", RIGHT[1])
    hand_in(place / "in" / "roebo_2_12_01-Depth.ipynb", *RIGHT)
    texts = {
        "seed": "a secret",
        "roster.csv": "id,name,email\nann,Ann Lee,a@x\nbo,Bo Roe,b@x\n=cy,Cy Day,c@x\n",
        "grading.toml": "penalty = 10\n[lessons.depth]\nweight = 2\n",
        "adjust.csv": "student,exercise,points,comment\nann,colour,5,fine\n"
        "=cy,doubled,1.5,on paper\n",
    }
    for name, text in texts.items():
        (place / name).write_text(text)
    said = []
    asked = {"folder": place / "in", "seed_file": place / "seed", "lessons": LESSONS}
    asked |= {"roster": place / "roster.csv", "rules": place / "grading.toml"}
    asked |= {"adjust": place / "adjust.csv", "out": place / "grades.csv"}
    graded = grade(**asked, n_jobs=2, tell=said.append)
    return asked, graded, said


def test_class_is_graded_by_its_rules(course):
    _, graded, said = course
    assert "Layout: canvas (guessed; --layout says otherwise)." in said
    assert "On the roster, but handed in nothing: 1 of 3 (=cy)." in said
    rows = table(graded.grades)
    assert tuple(rows[0]) == COLUMNS
    counts = {
        (x["student"], x["exercise"], x["counts"]): x for x in rows if x["counts"]
    }
    assert sorted(counts) == [
        ("'=cy", "doubled", "1.5"),
        ("ann", "colour", "1"),
        ("ann", "doubled", "2.7"),
        ("bo", "colour", "1"),
        ("bo", "doubled", "3"),
    ]
    late = counts["ann", "doubled", "2.7"]
    assert (late["submitted"], late["late_days"]) == ("late", "1")
    with open(graded.gradebook, newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [
            ["student", "name", "email", "depth", "points", "max_points"],
            ["'=cy", "Cy Day", "c@x", "1.5", "3", "8"],
            ["ann", "Ann Lee", "a@x", "3.7", "7.4", "8"],
            ["bo", "Bo Roe", "b@x", "4", "8", "8"],
        ]


def test_one_student_is_graded_again_and_merged(course):
    asked, graded, _ = course
    before, book = table(graded.grades), graded.gradebook.read_bytes()
    assert [x["points"] for x in read_grades(graded.grades)][:2] == [3, 0]
    for who in ("roe, bo", "=cy"):  # one who handed in, and one who did not
        grade(**asked, only=who)
        assert but_for_seconds(table(graded.grades)) == but_for_seconds(before)
        assert graded.gradebook.read_bytes() == book
    path = asked["folder"] / "roebo_2_12_01-Depth.ipynb"
    hand_in(path, RIGHT[0])
    grade(**asked, only="bo")
    after = table(graded.grades)
    changed = {
        x["student"] for x, y in zip(before, after) if x["points"] != y["points"]
    }
    assert changed == {"bo"}
    assert [x for x in after if x["student"] != "bo"] == [
        x for x in before if x["student"] != "bo"
    ]
    assert not list(graded.grades.parent.glob("*journal*"))


def test_one_student_alone_needs_a_whole_table(course, tmp_path):
    asked, _, _ = course
    with pytest.raises(NumlearnError, match="grade everybody before you grade one"):
        grade(**{**asked, "out": tmp_path / "grades.csv"}, only="bo")
    with pytest.raises(NumlearnError, match=r"--only: there is no student 'bob' \(nea"):
        grade(**asked, only="bob")


def test_command_says_the_layout_on_stderr(tmp_path):
    files = tmp_path / "in", tmp_path / "seed", tmp_path / "grades.csv"
    files[0].mkdir()
    (files[0] / "Jane Doe_12_assignsubmission_file_00_triangle.ipynb").touch()
    files[1].write_text("a secret")
    options = ["--seed-file", str(files[1]), "--out", str(files[2])]
    command = [sys.executable, "-m", "numlearn", "grade", str(files[0]), *options]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Layout: moodle (guessed; --layout says otherwise)." in run.stderr
    assert run.stdout.startswith("1 files, 1 students, 2 rows in ")
