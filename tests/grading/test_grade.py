import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from numlearn.errors import NumlearnError
from numlearn.exercises import Exercise, Mistake, Outcome
from numlearn.grading.trusted import submissions, surroundings
from numlearn.grading.trusted.containment import Containment, Limits
from numlearn.grading.trusted.grade import grade, read_seed
from numlearn.grading.trusted.gradebook import COLUMNS, Journal, cell
from numlearn.grading.trusted.verdicts import Questions
from numlearn.scoring import max_drawdown

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
needs_bwrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")


def deepest(scores):
    """Return a drawdown."""
    return float(max_drawdown(scores))


LESSONS = {
    "depth": (
        Exercise(
            name="doubled",
            points=3,
            hints=("Twice.", "Use `*`."),
            cases=lambda seed: [(seed % 1000 + n,) for n in range(3)],
            key=lambda x: 2 * x,
            refuses=(max_drawdown,),
            mistakes=(Mistake(lambda x: x + 2, "You added two."),),
        ),
        Exercise(
            name="colour",
            points=1,
            hints=("A colour.", "That of the sky."),
            cases=None,
            key=lambda: "blue",
            mistakes=(Mistake(lambda: "green", "That is the grass."),),
        ),
    )
}
RIGHT = ["def doubled(x):\n    return x + x", "colour = 'blue'"]
CLASS = {
    "ann/01_depth.ipynb": RIGHT,
    "ben/01_depth.ipynb": ["def doubled(x):\n    ...", "colour = ..."],
    "cal/01_depth (1).ipynb": ["colour = 'blue'", "doubled = lambda x: x + 2"],
    "dot/01_depth.ipynb": ["doubled = 7", "colour = 'green'"],
    "eve_01_depth.ipynb": [
        "%matplotlib inline\n!pip install x\nimport numlearn as nl",
        "1 / 0",
        "%%bash\nexit 1",
        "%%time\ncolour = 'blue'",
        "nl.check('doubled'); nl.progress(); display(nl.__version__)",
        "from numlearn.scoring import max_drawdown\nimport pandas as pd",
        "half = max_drawdown(pd.Series([0.5, -0.5]))",
        "import sys\nfor name in [n for n in sys.modules if n.startswith('numlearn')]:"
        "\n    del sys.modules[name]",
        "def doubled(x):\n    assert half == 0.5\n    return 2 * x",
    ],
    "=fay_01_depth.ipynb": ["from numlearn.scoring import max_drawdown as doubled"],
    "notes.txt": ["not a notebook"],
    "gus/homework.ipynb": RIGHT,
}


def hand_in(folder):
    for file, cells in CLASS.items():
        (folder / file).parent.mkdir(exist_ok=True, parents=True)
        made = [{"cell_type": "code", "source": source} for source in cells]
        made.insert(1, {"cell_type": "markdown", "source": ["doubled = ", "lost"]})
        (folder / file).write_text(json.dumps({"cells": made}))
    return folder


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def but_for_seconds(rows):
    return [{**row, "seconds": None} for row in rows]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = tmp_path_factory.mktemp("class")
    (place / "seed").write_text("a secret\n")
    hand_in(place / "in")
    return place


@pytest.fixture(scope="module")
def graded(place):
    out = place / "grades.csv"
    return grade(place / "in", place / "seed", out=out, n_jobs=2, lessons=LESSONS)


def test_every_file_has_its_rows(graded, place):
    rows = table(graded.grades)
    assert tuple(rows[0]) == COLUMNS
    assert (graded.files, graded.rows, len(rows)) == (len(CLASS), 14, 14)
    found = {
        (row["student"], row["exercise"]): (row["points"], row["outcome"])
        for row in rows
    }
    assert found == {
        ("'=fay", "doubled"): ("0", "wrong"),
        ("'=fay", "colour"): ("0", "todo"),
        ("ann", "doubled"): ("3", "done"),
        ("ann", "colour"): ("1", "done"),
        ("ben", "doubled"): ("0", "todo"),
        ("ben", "colour"): ("0", "todo"),
        ("cal", "doubled"): ("0", "wrong"),
        ("cal", "colour"): ("1", "done"),
        ("dot", "doubled"): ("0", "wrong"),
        ("dot", "colour"): ("0", "wrong"),
        ("eve", "doubled"): ("3", "done"),
        ("eve", "colour"): ("1", "done"),
        ("gus", ""): ("0", "skipped"),
        ("", ""): ("0", "skipped"),
    }
    assert sum(int(row["max_points"]) for row in rows) == 6 * 4


@pytest.mark.parametrize(
    ("student", "exercise", "says"),
    [
        ("ann", "doubled", "That is right."),
        ("ben", "doubled", "`doubled` is still `...`."),
        ("'=fay", "colour", "`colour` is not defined."),
        ("cal", "doubled", "You added two."),
        ("dot", "doubled", "`doubled` should be a function, but it is a number."),
        ("dot", "colour", "That is the grass."),
        ("'=fay", "doubled", "Write this one yourself"),
        ("gus", "", "call it NN_slug.ipynb"),
        ("", "", "its name does not end in .ipynb"),
    ],
)
def test_row_says_why(graded, student, exercise, says):
    [row] = [
        row
        for row in table(graded.grades)
        if (row["student"], row["exercise"]) == (student, exercise)
    ]
    assert says in row["message"]


@pytest.mark.parametrize(
    ("body", "outcome"),
    [("...", "TODO"), ("pass", "WRONG"), ("return None", "WRONG")],
)
def test_nothing_on_purpose_is_an_answer(body, outcome):
    cell = {"cell_type": "code", "source": f"def doubled(x):\n    {body}"}
    questions = Questions(LESSONS["depth"], 1)
    notebook = json.dumps({"cells": [cell]}).encode()
    [first, _], _ = questions.judge(
        Containment().run(notebook, questions.as_json).report
    )
    assert first.outcome is Outcome[outcome]


def test_notes_name_the_file_and_the_cells_that_failed(graded):
    notes = {row["student"]: row["notes"] for row in table(graded.grades)}
    assert notes["eve"] == (
        "eve_01_depth.ipynb: 1 of 9 cells raised an error,"
        " the first ZeroDivisionError in code cell 2"
    )
    assert notes["cal"] == "cal/01_depth (1).ipynb"


def test_gradebook_has_one_line_a_student(graded):
    lines = {row.pop("student"): row for row in table(graded.gradebook)}
    assert graded.students == len(lines) == 7
    assert lines["ann"] == {"depth": "4", "points": "4", "max_points": "4"}
    assert lines["cal"]["points"] == "1"
    assert lines["gus"]["points"] == "0"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_stopped_run_goes_on_to_the_same_table(graded, place, how, tmp_path):
    out = place / f"stopped{how}.csv"
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_grade import *;"
        "grade(*sys.argv[2:4], out=sys.argv[4], lessons=LESSONS)"
    )
    here = [str(Path(__file__).parent), str(place / "in"), str(place / "seed")]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *here, str(out)],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    while not (out.exists() and len(table(out)) >= 4):
        time.sleep(0.02)
        assert process.poll() is None
    process.send_signal(how)
    process.wait()
    patience = time.monotonic() + 60
    while list(tmp_path.iterdir()) and time.monotonic() < patience:
        time.sleep(0.02)  # its children end, and tidy up, without it
    # If it was killed when a notebook's folder was made and nothing ran in it yet, that
    # folder stays, and is empty.
    assert not list(tmp_path.glob("*/*"))
    partly = table(out)
    assert 4 <= len(partly) < graded.rows
    grade(place / "in", place / "seed", out=out, lessons=LESSONS)
    assert but_for_seconds(table(out)) == but_for_seconds(table(graded.grades))
    assert [row for row in partly if row not in table(out)] == []
    assert not list(place.glob("*.journal"))


def test_stopped_run_goes_on_under_a_roster_that_came_meanwhile(
    tmp_path, place, monkeypatch
):
    """Who has another name now is asked on other inputs; nobody else runs again."""
    notebook = (place / "in" / "ann" / "01_depth.ipynb").read_text()
    for who in ("Ann Lee", "ben"):
        (tmp_path / "in" / who).mkdir(parents=True)
        (tmp_path / "in" / who / "01_depth.ipynb").write_text(notebook)
    (tmp_path / "roster.csv").write_text(
        "id,name,email\nann,Ann Lee,a@x\nben,Ben,b@x\n"
    )
    asked = {"out": tmp_path / "grades.csv", "lessons": LESSONS}
    again = asked | {"roster": tmp_path / "roster.csv"}
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "forget", lambda journal: None)
        grade(tmp_path / "in", place / "seed", **asked)
    ran, run = [], Containment.run
    with monkeypatch.context() as patch:
        patch.setattr(Containment, "try_out", lambda self: None)
        patch.setattr(Containment, "run", lambda *a: ran.append(a) or run(*a))
        grade(tmp_path / "in", place / "seed", **again)
    assert len(ran) == 1
    taken_up = but_for_seconds(table(tmp_path / "grades.csv"))
    assert [row["student"] for row in taken_up] == ["ann", "ann", "ben", "ben"]
    grade(tmp_path / "in", place / "seed", **again)
    assert taken_up == but_for_seconds(table(tmp_path / "grades.csv"))


def test_thousand_empty_files_are_soon_told_apart(tmp_path, place):
    (tmp_path / "in").mkdir()
    for n in range(1500):
        (tmp_path / "in" / f"s{n}_01_depth.pdf").touch()
    began = time.process_time()
    grade(tmp_path / "in", place / "seed", out=tmp_path / "g.csv", lessons=LESSONS)
    assert time.process_time() - began < 5
    assert len(table(tmp_path / "g.csv")) == 3000


def test_journal_forgets_a_torn_line_and_another_run(tmp_path):
    path = tmp_path / "journal"
    journal = Journal(path, "seed 1")
    journal.begin(("a", "1"))
    journal.done(("a", "1"), [{"points": 3}])
    journal.begin(("b", "2"))
    with open(path, "ab") as file:
        file.write(b'{"key": ["b", "2"], "ro')
    again = Journal(path, "seed 1")
    again.begin(("c", "3"))
    again = Journal(path, "seed 1")
    assert again.rows(("a", "1")) == [{"points": 3}]
    assert again.rows(("b", "2")) is None
    assert [again.begun((x, n)) for x, n in ("a1", "b2", "c3")] == [0, 1, 1]
    assert Journal(path, "seed 2").rows(("a", "1")) is None
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        (" =1+1", " '=1+1"),
        ("\t@SUM(A1)", " '@SUM(A1)"),
        ("a;-1", "a;'-1"),
        ("+1", "'+1"),
        ("＝1", "'＝1"),
        ("two\nlines\r\x00", "two lines  "),
        ("\udcff", " "),
        ("Expected -1, got 2.", "Expected -1, got 2."),
        (-1, -1),
        ("x" * 1000, "x" * 399 + "…"),
    ],
)
def test_cell_is_no_formula(text, safe):
    assert cell(text) == safe


def test_links_and_empty_folders_are_listed_and_the_graders_files_are_not(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("/")
    (tmp_path / "seed").touch()
    found = submissions.collect(tmp_path, ["depth"], [tmp_path / "seed"]).submissions
    assert [(x.file, x.why_not[:12]) for x in found] == [
        ("empty", "it is a fold"),
        ("link", "it is a link"),
    ]


def test_seed_is_any_text_and_becomes_unreadable_to_others(tmp_path):
    seed = tmp_path / "seed"
    seed.write_text("42\n")
    seed.chmod(0o644)
    first = read_seed(seed)
    assert len(first) == 32
    assert seed.stat().st_mode & 0o777 == 0o600
    seed.write_text(" 42 ")
    assert read_seed(seed) == first
    seed.write_text("43")
    assert read_seed(seed) != first


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seed_file": "nowhere"}, "There is no seed file nowhere"),
        ({"seed_file": os.devnull}, "is empty"),
        ({"folder": "nowhere"}, "nowhere is not a folder"),
        ({"folder": "all.ZIP"}, "unpack it first"),
        ({"out": "no/where.csv"}, "There is no folder 'no'"),
        ({"sandbox": "docker"}, "There is no sandbox 'docker'; there is 'bwrap'"),
    ],
)
def test_wrong_use_is_one_sentence(place, change, says):
    named = {"folder": place / "in", "seed_file": place / "seed"}
    with pytest.raises(NumlearnError, match=says):
        grade(**{**named, "lessons": LESSONS, **change})


def test_absent_bubblewrap_is_one_sentence(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NumlearnError, match="apt install bubblewrap"):
        Containment("bwrap")


def test_machine_that_cannot_run_notebooks_is_one_sentence(monkeypatch):
    python = surroundings.python

    def no_child(script, *options):
        return ["/no/python"] if script == "child.py" else python(script, *options)

    monkeypatch.setattr(surroundings, "python", no_child)
    with pytest.raises(NumlearnError, match=r"No such file.*'When nothing runs'"):
        Containment().try_out()


@pytest.mark.parametrize(
    ("sandbox", "sees"),
    [(None, True), pytest.param("bwrap", False, marks=needs_bwrap)],
)
def test_notebook_has_the_data_set_and_only_the_sandbox_hides_the_exercises(
    sandbox, sees
):
    code = (
        "import os, numlearn as nl\n"
        "def f():\n"
        "    package = os.path.dirname(nl.__file__)\n"
        "    return [len(nl.data.load('validation', every=4)) > 1000,\n"
        "        bool(os.listdir(package + '/exercises')), os.getuid()]"
    )
    asked = {"name": "f", "is_value": False, "refuses": [], "cases": '[{"tuple": []}]'}
    notebook = json.dumps({"cells": [{"cell_type": "code", "source": code}]}).encode()
    ended = Containment(sandbox).run(notebook, json.dumps([asked]))
    line = json.loads(ended.report.splitlines()[-1])
    *found, user = json.loads(line["results"][0]["got"])
    assert found == [True, sees]
    assert user != 0


def test_without_fork_only_the_clock_is_kept(monkeypatch):
    monkeypatch.delattr(os, "fork")
    assert "only the time is limited" in Containment().caution
    Containment().try_out()
    forever = {"cell_type": "code", "source": "import time; time.sleep(10**6)"}
    short = Containment(limits=Limits(clock=1))
    assert short.run(json.dumps({"cells": [forever]}).encode()).how == "time"


def test_closed_folders_above_what_is_needed_are_found(tmp_path):
    closed = tmp_path / "closed"
    (closed / "deep").mkdir(parents=True)
    closed.chmod(0o700)
    topmost = next(x for x in [*reversed(tmp_path.parents), closed] if _is_closed(x))
    inner = str(closed / "deep")
    found = surroundings.below_closed_folders(["/usr/lib", inner])
    assert found == {str(topmost): [inner]}


def _is_closed(folder):
    return not folder.stat().st_mode & 0o001


ORDINARY = (
    "--unshare-user --uid 1000 --gid 1000 --unshare-pid --dev-bind / / --proc /proc"
)


@needs_bwrap
@pytest.mark.skipif(not IS_ROOT, reason="an ordinary user already")
def test_one_who_ends_an_ordinary_users_grader_ends_as_a_row(tmp_path, monkeypatch):
    """Level 1 cannot stop it there; the others' rows are kept, and it is found out."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # for what is left when all are killed
    (tmp_path / "seed").write_text("a secret")
    for student in ("ann", "mallory", "zoe"):
        cells = ["import os\nos.kill(-1, 9)"] if student == "mallory" else RIGHT
        made = [{"cell_type": "code", "source": source} for source in cells]
        (tmp_path / "in" / student).mkdir(parents=True)
        path = tmp_path / "in" / student / "01_depth.ipynb"
        path.write_text(json.dumps({"cells": made}))
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_grade import *;"
        "grade(*sys.argv[2:4], out=sys.argv[4], lessons=LESSONS)"
    )
    folder = str(Path(__file__).parent)
    names = [str(tmp_path / name) for name in ("in", "seed", "grades.csv")]
    command = ["bwrap", *ORDINARY.split(), sys.executable, "-c", code, folder, *names]
    ends = [subprocess.run(command, stderr=subprocess.DEVNULL).returncode]
    while ends[-1] and len(ends) < 6:
        table(tmp_path / "grades.csv")
        ends.append(subprocess.run(command, stderr=subprocess.DEVNULL).returncode)
    assert ends == [137, 137, 137, 0]
    rows = table(tmp_path / "grades.csv")
    assert [row["points"] for row in rows] == ["3", "1", "0", "0", "3", "1"]
    assert "the grader was ended" in rows[2]["message"]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "7",
        "null",
        '"exercise"',
        '["exercise"]',
        "[" * 100_000,
        '{"exercise": []}',
        '{"exercise": "doubled"}',
        '{"exercise": "doubled", "results": 3}',
        '{"exercise": "doubled", "results": ["got"]}',
        '{"exercise": "doubled", "results": [{"got": 1}]}',
        '{"exercise": "doubled", "results": [{"got": "{}"}]}',
        '{"exercise": "doubled", "results": [{"raised": ["", "", 1e999]}]}',
        '{"exercise": "doubled", "results": [{"other": 1}]}',
        '{"cells": 1, "failed": 1e999, "first": [[1, ""]]}',
        '{"cells": 1, "failed": 1, "first": 3}',
        "\x00\xff",
    ],
)
def test_report_that_is_made_up_is_refused_and_breaks_nothing(line):
    with pytest.raises(ValueError):
        Questions(LESSONS["depth"], 1).judge(line.encode("latin-1") + b"\n")


@pytest.mark.parametrize(
    ("results", "says"),
    [
        ([], "It answered 0 of 3 inputs."),
        ([{"got": '{"dict": [["a", 1]]}'}], "Expected a number, got a dict."),
        ([{"got": "NaN"}], "Expected 2, got nan."),
        ([{"got": "1e999"}], "Expected 2, got inf."),
    ],
)
def test_forged_answer_is_an_answer_like_any_other(results, says):
    line = json.dumps({"exercise": "doubled", "results": results, "points": 3})
    [first, second], note = Questions(LESSONS["depth"], 1).judge(line.encode() + b"\n")
    assert first == (Outcome.WRONG, says)
    assert second is None
    assert note == ""


@pytest.mark.skipif(not IS_ROOT, reason="only root ends what another user runs")
def test_nothing_is_ended_by_one_who_is_still_root(monkeypatch):
    from numlearn.grading.untrusted import supervise

    killed = []
    monkeypatch.setattr(os, "kill", lambda *a: killed.append(a))
    monkeypatch.setattr(os, "fork", lambda: 0)
    monkeypatch.setattr(os, "waitpid", lambda *a: None)
    monkeypatch.setattr(os, "_exit", lambda code: None)
    monkeypatch.setattr(supervise, "become", lambda user: None)
    supervise.kill_all_of(62_000)
    assert killed == []
