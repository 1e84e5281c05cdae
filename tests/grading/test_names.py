"""One person and one lesson, however a platform or a browser names the file."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numlearn import exercises
from numlearn.errors import NumlearnError
from numlearn.grading.trusted.names import (
    LAYOUTS,
    Lessons,
    People,
    guess,
    read_name,
    same,
)
from numlearn.grading.trusted.submissions import collect

SLUGS = exercises.slugs()
LESSONS = Lessons(SLUGS)
FIRST = st.sampled_from(["Jane", "Zoë", "Jürgen", "Ana Maria", "Łukasz", "慧"])
LAST = st.sampled_from(["Doe", "Müller", "O'Neil", "Straße", "Silva", "Nguyễn"])
ENDING = st.sampled_from([".ipynb", ".IPYNB", ".ipynb.txt", ".ipynb.json"])
AGAIN = st.sampled_from(
    ["", "(1)", " (2)", "-1", "_2", " 2", "-Copy1", " copy", " - Copy (3)", "_v2"]
)


@st.composite
def lesson_files(draw, slug):
    """A file's own name as a learner may leave it."""
    between = draw(st.sampled_from(["_", "-", " "]))
    spelled = slug.replace("_", draw(st.sampled_from(["_", "-", " ", ""])))
    how = draw(st.sampled_from([str.lower, str.upper, str.title]))
    copy = draw(st.sampled_from(["", "Copy of ", "Kopie von "]))
    number = draw(st.sampled_from(["07", "7"]))
    return copy + number + between + how(spelled) + draw(AGAIN)


@st.composite
def class_of_one(draw):
    """Files of one person and one lesson, each in another layout."""
    first, last, slug = draw(FIRST), draw(LAST), draw(st.sampled_from(SLUGS))
    file = lesson_files(slug)
    full, ending = f"{first} {last}", draw(ENDING)
    squashed = "".join(x for x in f"{last}{first}".lower() if x.isalnum())
    late = draw(st.sampled_from(["", "LATE_"]))
    made = {
        "canvas": f"{squashed}_{late}10001_20001_{draw(file)}{ending}",
        "moodle": f"{full}_123456_assignsubmission_file_/{draw(file)}{ending}",
        "classroom": f"{full} - {draw(file).replace(' - ', ' ')}{ending}",
        "nbgrader": f"submitted/jd1/{slug}/{draw(file)}{ending}",
        "plain": draw(st.sampled_from([f"{full}/x/", "07_" + slug + "/jd1/"]))
        + f"{draw(file)}{ending}",
    }
    form = draw(st.sampled_from(["NFC", "NFD"]))
    made = {k: unicodedata.normalize(form, file) for k, file in made.items()}
    return full, slug, made


def people_of(tmp_path_factory, *names):
    path = tmp_path_factory.mktemp("roster") / "roster.csv"
    lines = [f"jd{n},{name},jd{n}@x.org" for n, name in enumerate(names, 1)]
    path.write_text("\n".join(["id,name,E-Mail", *lines]), encoding="utf-8")
    return People(path)


@given(made=class_of_one())
def test_all_layouts_of_a_person_and_a_lesson_give_one(tmp_path_factory, made):
    full, slug, files = made
    people = people_of(tmp_path_factory, full, "Wong Someone Else")
    assert set(files) == set(LAYOUTS)
    for layout, file in files.items():
        assert guess([file]) == layout
        name = read_name(file, layout, LESSONS)
        assert (name.lesson, name.late) == (slug, "_LATE_" in file), file
        assert people.assign([name], layout) == (["jd1"], []), file


@given(st.data())
def test_attempts_of_one_person_are_one_without_a_roster(data):
    slug = data.draw(st.sampled_from(SLUGS))
    who = data.draw(FIRST) + " " + data.draw(LAST)
    spelled = [who, who.upper(), who.replace(" ", "_"), f"{who}\u200b", f"{who}\n"]
    files = []
    for name in spelled:
        file = data.draw(lesson_files(slug)).replace(" - ", " ")
        how = data.draw(st.sampled_from(["{}_{}", "{}/{}", "{} - {}"]))
        form = data.draw(st.sampled_from(["NFC", "NFD"]))
        files.append(unicodedata.normalize(form, how.format(name, file) + ".ipynb"))
    names = [read_name(file, "plain", LESSONS) for file in files]
    students, _ = People().assign(names, "plain")
    assert len(set(students)) == 1, files
    assert same(students[0]) == same(who), files
    assert {name.lesson for name in names} == {slug}, files


@given(st.text(max_size=60), st.sampled_from(LAYOUTS))
def test_any_name_can_be_read(text, layout):
    read_name(text, layout, LESSONS)
    assert guess([text]) in LAYOUTS


@pytest.mark.parametrize(
    ("file", "student", "lesson"),
    [
        ("ann/01_depth.ipynb", "ann", "depth"),
        ("ann/week 1/01_depth.ipynb", "ann", "depth"),
        ("ann_01_depth.ipynb", "ann", "depth"),
        ("01_depth_ann.ipynb", "ann", "depth"),
        ("ann_01_depth(1).ipynb", "ann", "depth"),
        ("ann_01_depth-1.ipynb", "ann", "depth"),
        ("Copy of Copy of ann_01_depth.ipynb", "ann", "depth"),
        ("12345678_01_depth.ipynb", "12345678", "depth"),
        ("01_depth.ipynb", "unnamed", "depth"),
        ("Copy of 01_depth.ipynb", "unnamed", "depth"),
        ("ann_02_depth_first.ipynb", "ann", "depth_first"),
        ("ann_02-Depth-First.ipynb", "ann", "depth_first"),
        ("ann_01_deptth.ipynb", "ann", "depth"),
        ("ann_1_depth.ipynb", "ann", "depth"),
        ("ann/depth.ipynb", "ann", "depth"),
        ("ann/01_depth/homework.ipynb", "ann", "depth"),
        ("01_depth/ann.ipynb", "ann", "depth"),
        ("01_depth/ann/homework.ipynb", "ann", "depth"),
        ("depth/ann_01_depth.ipynb", "ann", "depth"),
        ("depth/02_depth_first.ipynb", "depth", "depth_first"),
        ("depth/01_depth.ipynb", "depth", "depth"),
        ("ann_01_depth/homework.ipynb", "ann", "depth"),
        ("ann/02_breadth.ipynb", "ann", ""),
        ("ann_301_depth.ipynb", "", ""),
    ],
)
def test_name_says_who_and_which(tmp_path, file, student, lesson):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).touch()
    [found] = collect(tmp_path, ["depth", "depth_first"]).submissions
    assert (found.file, found.student, found.lesson) == (file, student, lesson)
    assert bool(found.why_not) == (not lesson)


def collected(folder, *files, **how):
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    return collect(folder, ["depth"], **how)


def test_last_attempt_is_last(tmp_path):
    files = ["ann/01_depth (10).ipynb", "ann/01_depth (2).ipynb", "ann/01_depth.ipynb"]
    found = collected(tmp_path, *files).submissions
    assert [x.file for x in found] == files[::-1]


def test_people_of_one_name_are_told_apart_by_their_numbers(tmp_path):
    found = collected(
        tmp_path,
        "doejohn_10001_20001_01_depth.ipynb",
        "doejohn_LATE_10002_20002_01_depth-1.ipynb",
        "doejohn_10001_20003_notes.pdf",
        "roejane_10003_20004_01_depth.ipynb",
    )
    said = {(x.student, x.submitted) for x in found.submissions}
    assert said == {
        ("doejohn 10001", ""),
        ("doejohn 10002", "late"),
        ("roejane", ""),
    }
    assert found.notes == ["Layout: canvas (guessed; --layout says otherwise)."]


def test_same_person_has_another_number_in_each_assignment_of_moodle(tmp_path):
    found = collected(
        tmp_path,
        "1/Jane Doe_1_assignsubmission_file_/01_depth.ipynb",
        "2/Jane Doe_2_assignsubmission_file/breadth.ipynb",
        "1/Participant_3_assignsubmission_file_/01_depth.ipynb",
        "1/Participant_4_assignsubmission_file_01_depth.ipynb",
    )
    students = {x.student for x in found.submissions}
    assert students == {"Jane Doe", "Participant 3", "Participant 4"}


def test_what_is_no_hand_in_is_passed_over_and_counted(tmp_path):
    found = collected(
        tmp_path,
        "submitted/ann/01_depth/01_depth.ipynb",
        "submitted/ann/01_depth/timestamp.txt",
        "submitted/ann/01_depth/.ipynb_checkpoints/01_depth-checkpoint.ipynb",
        "__MACOSX/ann/._01_depth.ipynb",
        "source/01_depth/01_depth.ipynb",
        ".DS_Store",
    )
    assert [(x.student, x.lesson) for x in found.submissions] == [("ann", "depth")]
    assert found.notes[1] == (
        "No hand-ins, passed over: 1 .ipynb_checkpoints, 1 __MACOSX, 1 dot files,"
        " 2 nbgrader's own."
    )


def test_nbgrader_says_when_and_nobody_else_does(tmp_path):
    files = "ann/1/01_depth.ipynb", "ann/1/timestamp.txt"
    for top, when in (("submitted", "2026-10-12 21:00:00.123 UTC"), ("class", "")):
        folder = tmp_path / top
        found = collected(folder, *files)
        (folder / files[1]).write_text("2026-10-12 21:00:00.123 UTC\n")
        found = collected(folder, files[0])
        [notebook] = [x for x in found.submissions if x.file == files[0]]
        assert (notebook.student, notebook.submitted) == ("ann", when)


def test_roster_joins_and_names_the_nearest(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("id;Name;E-Mail\nann;Ann Lee;ann.lee@x.org\nbo;Bo Roe;b@x.org\n")
    files = ["Lee, Ann/01_depth.ipynb", "ann.lee@x.org/01_depth.ipynb"]
    files += ["anne/01_depth.ipynb"]
    found = collected(tmp_path / "in", *files, roster=roster)
    assert sorted(x.student for x in found.submissions) == ["ann", "ann", "anne"]
    assert found.notes[1:] == [
        "Not on the roster: 'anne' (nearest: ann).",
        "On the roster, but handed in nothing: 1 of 2 (bo).",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,name\n", "roster.csv, line 1: there is no column 'email'"),
        ("", "roster.csv is an empty file"),
        (
            "id,name,email\na,b,c\na,d,e\n",
            "roster.csv, line 3: the id 'a' is there twi",
        ),
        ("id,name,email\n,b,c\n", "roster.csv, line 2: the id is empty"),
        ("id,name,email\na,Doe, Jane,c\n", "roster.csv, line 2: it has 4 cells, where"),
        ('id,name,email\na,"b,c\n', "roster.csv, line 2: unexpected end"),
        ("id,name,email\na,M\xfcller,c\n".encode("latin1"), "it is not in UTF-8"),
    ],
)
def test_fault_of_a_roster_is_a_sentence_with_its_line(tmp_path, text, says):
    roster = tmp_path / "roster.csv"
    roster.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(NumlearnError) as caught:
        collect(tmp_path, ["depth"], roster=roster)
    assert says in str(caught.value)


def test_who_handed_in_no_lesson_is_known_in_each_layout(tmp_path):
    files = {
        "canvas": "doejane_1_2_cv.ipynb",
        "moodle": "Jane Doe_1_assignsubmission_file_/cv.ipynb",
        "classroom": "Copy of Jane Doe - cv.ipynb",
        "nbgrader": "submitted/jane/1/cv.ipynb",
        "plain": "jane/cv.ipynb",
    }
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name,email\njane,Jane Doe,j@x\n")
    for layout, file in files.items():
        found = collected(tmp_path / layout, file, roster=roster)
        assert [x.student for x in found.submissions] == ["jane"], layout
        assert "does not say which lesson" in found.submissions[0].why_not
        assert found.notes == [f"Layout: {layout} (guessed; --layout says otherwise)."]


def test_unknown_layout_is_a_sentence(tmp_path):
    with pytest.raises(NumlearnError, match="no layout 'ilias': choose one of canvas"):
        collect(tmp_path, ["depth"], layout="ilias")
