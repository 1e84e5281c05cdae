"""What docs/teaching.md says runs as it stands there, from a fork to a grade.

A bare repository on this disk stands for GitHub: git is told to go there instead.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from urllib.parse import parse_qs, urlsplit

import pytest

from numlearn._files import course_root

PAGE = (course_root() / "docs" / "teaching.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:<!-- tested: (\S+) -->\n)?```(\w+)\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [code for _, kind, code in BLOCKS if kind == "sh"]
MADE = {name: code.strip() for name, kind, code in BLOCKS if name and kind != "sh"}
NOT_COPIED = ("benchmarks", "tests", ".git", ".cache", ".venv")

pytestmark = [
    pytest.mark.skipif(not shutil.which("git"), reason="needs git"),
    pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell"),
]


class Machine:
    """Somebody's computer: a home, a clone of the course, and numlearn out of it."""

    def __init__(self, home, github):
        self.home, self.clone = home, home / "COURSE"
        (home / "bin").mkdir(parents=True)
        self._script("numlearn", '-m numlearn "$@"')
        self._script("python", '"$@"')
        who = [("user.name", "A Teacher"), ("user.email", "a@b.org")]
        who += [(f"url.{github}.insteadOf", "https://github.com/OWNER/COURSE.git")]
        who += [("protocol.file.allow", "always"), ("init.defaultBranch", "main")]
        self.env = os.environ | {
            "HOME": str(home),
            "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.clone),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": str(len(who)),
        }
        for at, (key, value) in enumerate(who):
            self.env |= {f"GIT_CONFIG_KEY_{at}": key, f"GIT_CONFIG_VALUE_{at}": value}

    def _script(self, name, arguments):
        path = self.home / "bin" / name
        path.write_text(f"#!/bin/sh\nexec '{sys.executable}' {arguments}\n")
        path.chmod(0o755)

    def run(self, commands):
        """Run commands one after the other, in the clone once there is one."""
        place = self.clone if self.clone.is_dir() else self.home
        done = subprocess.run(
            ["sh", "-ec", commands],
            cwd=place,
            env=self.env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def github(tmp_path_factory):
    """A fork of this working tree, as GitHub would have it."""
    place = tmp_path_factory.mktemp("github")
    shutil.copytree(
        course_root(),
        place / "made",
        ignore=lambda folder, names: [x for x in names if x in NOT_COPIED],
    )
    bare = place / "COURSE.git"
    machine = Machine(place / "maker", bare.as_uri())
    machine.clone = place / "made"
    machine.run("git init -q && git add -A && git commit -qm 'The course'")
    machine.run(f"git clone -q --bare . '{bare}'")
    return bare.as_uri()


@pytest.fixture(scope="module")
def teacher(tmp_path_factory, github):
    """Whoever teaches, once the course is published."""
    machine = Machine(tmp_path_factory.mktemp("teacher"), github)
    clone, publish = [x for x in COMMANDS if "clone" in x or "an address" in x][:2]
    machine.run(clone)
    path = machine.clone / "course.toml"
    text, done = re.subn(
        r"(?m)^repository = .*$", MADE["course.toml"], path.read_text()
    )
    assert done == 1
    path.write_text(text)
    written = machine.run(publish)
    assert "wrote lessons/00_triangle.ipynb" in written
    return machine


@pytest.fixture(scope="module")
def student(tmp_path_factory, github, teacher):
    machine = Machine(tmp_path_factory.mktemp("student"), github)
    lab = next(x for x in COMMANDS if "numlearn lab" in x)
    jupyter = machine.home / "jupyterlab"  # stands for JupyterLab, which stays open
    jupyter.mkdir()
    (jupyter / "__main__.py").touch()
    (jupyter / "__init__.py").touch()
    machine.env["PYTHONPATH"] += f"{os.pathsep}{machine.home}"
    assert "JupyterLab is starting" in machine.run(lab)
    return machine


def cell(notebook, name):
    return next(x for x in notebook["cells"] if x["id"] == name)


def solve(path, solved, names):
    """Answer some exercises as the solution does."""
    made, answers = json.loads(path.read_text()), json.loads(solved.read_text())
    for name in names:
        cell(made, name)["source"] = cell(answers, name)["source"]
    path.write_text(json.dumps(made))


def test_every_command_of_the_page_is_run_here():
    assert len(COMMANDS) == 7
    words = ("numlearn build\n", "lab", "build triangle", "pull", "zipfile", "--only")
    assert all(any(word in x for x in COMMANDS) for word in words)


def test_what_is_published_knows_where_it_is(teacher):
    colab = MADE["colab"]
    notebook = json.loads((teacher.clone / "lessons/00_triangle.ipynb").read_text())
    title, setup = ("".join(cell(notebook, x)["source"]) for x in ("title", "setup"))
    assert f"]({colab})" in title
    assert "git+https://github.com/OWNER/COURSE.git" in setup
    solved = (teacher.clone / "solutions/00_triangle.ipynb").read_text()
    assert '"execution_count": 1' in solved  # its outputs are kept
    assert "github.com/OWNER/COURSE/" in (teacher.clone / "README.md").read_text()


def test_link_of_nbgitpuller_opens_the_first_lesson(teacher):
    """nbgitpuller calls the folder as the last part of the repository's address."""
    link = urlsplit(MADE["nbgitpuller"])
    asked = {key: value for key, [value] in parse_qs(link.query).items()}
    assert link.path == "/hub/user-redirect/git-pull"
    assert set(asked) == {"repo", "urlpath", "branch"}
    folder = asked["repo"].rpartition("/")[2]
    start, file = f"lab/tree/{folder}/", asked["urlpath"]
    assert file.startswith(start)
    assert (teacher.clone / file.removeprefix(start)).is_file()
    branches = teacher.run("git branch --list --format='%(refname:short)'").split()
    assert asked["branch"] in branches


def test_newer_lesson_reaches_a_student_and_keeps_the_answer(teacher, student):
    mine = student.clone / "numlearn-course/lessons/00_triangle.ipynb"
    solve(mine, teacher.clone / "solutions/00_triangle.ipynb", ["flows"])
    answer = cell(json.loads(mine.read_text()), "flows")["source"]
    master = teacher.clone / "solutions" / "triangle.py"
    text = master.read_text(encoding="utf-8")
    assert "Welcome" in text
    master.write_text(text.replace("Welcome", "Good morning", 1), encoding="utf-8")
    teacher.run(next(x for x in COMMANDS if "build triangle" in x))
    student.run(next(x for x in COMMANDS if "git pull" in x))
    updated = mine.read_text()
    assert "Good morning" in updated
    assert cell(json.loads(updated), "flows")["source"] == answer
    assert list((student.clone / "numlearn-course" / "backup").iterdir())


def hand_in(teacher):
    """Put a tiny class into a zip file as Canvas names it, and the files beside it."""
    place = teacher.clone
    lesson, solved = (place / x / "00_triangle.ipynb" for x in ("lessons", "solutions"))
    half = teacher.home / "half.ipynb"
    shutil.copy(lesson, half)
    solve(half, solved, ["flows"])
    files = {"jane_LATE_11_21": solved, "omar_12_22": half, "kim_13_23": lesson}
    with zipfile.ZipFile(place / "submissions.zip", "w") as file:
        for name, path in files.items():
            file.write(path, f"{name}_00_triangle.ipynb")
    people = "".join(f"{x},{x.title()},{x}@u.org\n" for x in ("jane", "omar", "kim"))
    (place / "roster.csv").write_text(f"id,name,email\n{people}lee,Lee,lee@u.org\n")
    (place / "grading.toml").write_text("penalty = 10\n[lessons.triangle]\n")


def grades(teacher):
    text = (teacher.clone / "feedback" / "canvas.csv").read_text()
    return {line.split(",")[0]: line.split(",")[-1] for line in text.splitlines()}


def test_class_is_collected_graded_and_gets_its_pages(teacher):
    hand_in(teacher)
    said = teacher.run(next(x for x in COMMANDS if "zipfile" in x))
    assert "3 files, 4 students" in said
    pages = list((teacher.clone / "feedback" / "pages").iterdir())
    assert len(pages) == 4
    rows = (teacher.clone / "grades.csv").read_text()
    assert "raised an error" not in "".join(x for x in rows.splitlines() if "jane" in x)
    before = grades(teacher)
    assert [before[x] for x in ("Jane", "Kim", "Lee")] == ["2.7", "0", "0"]
    assert 0 < float(before["Omar"]) < 3
    adjust = "student,exercise,points,comment\njane,triangle,0.3,A good excuse\n"
    (teacher.clone / "adjust.csv").write_text(adjust)
    teacher.run(next(x for x in COMMANDS if "--only" in x))
    assert grades(teacher) == before | {"Jane": "3"}
