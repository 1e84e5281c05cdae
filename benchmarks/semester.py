"""A made-up class in Canvas's layout, from what was handed in to what goes back.

python benchmarks/semester.py [STUDENTS]     (200 by default: some twenty minutes)

Honest, late, hostile and broken notebooks, a roster, rules, credit by hand and copies.
It is graded twice: straight through, and killed half-way and taken up again.
"""

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import count
from pathlib import Path

from grading import (
    ATTACKS,
    JOBS,
    LESSONS,
    command,
    kill_half_way,
    lesson,
    notebook,
    work,
)

from numlearn import exercises

KINDS = ("solved", "half-right", "late", "copied", "twice", "wrong", "unsolved")
KINDS += ("hostile", "broken", "absent")
PENALTY = 10  # % a day
DAYS = 3  # so late are those of whom more is known than LATE
WEIGHT = {"triangle": 1, "scoring": 2}
RULES = f"""zone = "Europe/Berlin"
penalty = {PENALTY}
times = "times.csv"

[lessons.triangle]
due = 2026-10-12T23:59:00

[lessons.scoring]
due = 2026-10-12T23:59:00
weight = {WEIGHT["scoring"]}
"""
OWN_WAY = """
from statistics import NormalDist

import numpy as np

def numerai_corr({0}, {1}):
    shares = ({0}.rank() - 0.5) / len({0})
    bell = shares.map(NormalDist().inv_cdf)
    strong, wanted = ((np.sign(x) * np.abs(x) ** 1.5) for x in (bell, {1} - {1}.mean()))
    return float(np.corrcoef(strong, wanted)[0, 1])
"""


class Class:
    """A made-up class: its files, and what everybody deserves.

    Parameters
    ----------
    place : pathlib.Path
        Where to write it.
    students : int
    """

    def __init__(self, place, students):
        self.place, self.deserved, self.kinds = place, {}, defaultdict(list)
        self._times, self._credit = [], []
        self._file, self._attacks = count(20_000), count()
        self.folder = place / "submissions"
        self.folder.mkdir()
        for number in range(students):
            self._student(number, KINDS[number % len(KINDS)])
        people = [(x, _name(x), f"{x}@example.org") for x in self.deserved]
        _write(place / "roster.csv", ("id", "name", "email"), people)
        _write(place / "times.csv", ("student", "lesson", "submitted"), self._times)
        heads = ("student", "exercise", "points", "comment")
        _write(place / "adjust.csv", heads, self._credit)
        (place / "grading.toml").write_text(RULES)
        (place / "seed.txt").write_text("a secret of the benchmark")

    def _student(self, number, kind):
        student = "".join(chr(97 + number // 26**k % 26) for k in (2, 1, 0))
        stem = LESSONS[number // len(KINDS) % 2]
        if kind in ("copied", "hostile"):
            stem = LESSONS[1]
        if kind == "copied" and len(self.kinds[kind]) == 2:  # a pair is enough
            kind = "half-right"
        points = getattr(self, f"_{kind.replace('-', '_')}")(student, stem)
        self.kinds[kind].append(student)
        slug = stem.partition("_")[2]
        self.deserved[student] = WEIGHT[slug] * points

    def _hand_in(self, student, stem, content, late=""):
        """Call a file as Canvas does."""
        sorts, person = f"{student}student", 10_000 + int(student, 36)
        name = f"{sorts}_{late}{person}_{next(self._file)}_{stem}.ipynb"
        text = content if isinstance(content, bytes) else json.dumps(content).encode()
        (self.folder / name).write_bytes(text)

    def _as(self, kind, student, stem, late=""):
        made, points = lesson(stem, kind)
        self._hand_in(student, stem, made, late)
        return points

    def _solved(self, student, stem):
        return self._as("solved", student, stem)

    def _half_right(self, student, stem):
        return self._as("half-right", student, stem)

    def _unsolved(self, student, stem):
        return self._as("unsolved", student, stem)

    def _late(self, student, stem):
        """Canvas says no more than that; of every other one the time is known."""
        days = DAYS if len(self.kinds["late"]) % 2 else 1
        if days > 1:
            when = f"2026-10-{12 + days} 20:00"
            self._times.append((student, stem.partition("_")[2], when))
        points = self._as("solved", student, stem, "LATE_")
        return points * (1 - days * PENALTY / 100)

    def _copied(self, student, stem):
        """Both of two answer one exercise in a way of their own, with other names."""
        names = [("predictions", "target"), ("mine", "truth")]
        made = OWN_WAY.format(*names[len(self.kinds["copied"]) % 2])
        self._hand_in(student, stem, notebook(made))
        return next(e for e in exercises.of_lesson("scoring")).points

    def _twice(self, student, stem):
        """Hand in two attempts, of which the better one counts."""
        first, second = ("solved", "unsolved")[:: -1 if ord(student[-1]) % 2 else 1]
        return max(self._as(first, student, stem), self._as(second, student, stem))

    def _wrong(self, student, stem):
        """Nothing is right, and something is given by hand."""
        self._as("wrong", student, stem)
        first = exercises.of_lesson(stem.partition("_")[2])[0].name
        self._credit.append((student, first, 0.5, "The idea is right, the sign is not"))
        return 0.5

    def _hostile(self, student, stem):
        known = [x for x in ATTACKS.values() if not x.sandbox_only]
        attack = known[next(self._attacks) % len(known)]
        self._hand_in(student, stem, notebook(*attack.cells))
        return 0

    def _broken(self, student, stem):
        self._hand_in(student, stem, b'{"cells": [{"cell_type": "code", "sou')
        return 0

    def _absent(self, student, stem):
        return 0

    def command(self, out):
        """Return the command that grades the class into a folder."""
        options = ["--layout", "canvas", "--feedback", out / "feedback"]
        for name in ("roster.csv", "adjust.csv"):
            options += [f"--{name.partition('.')[0]}", self.place / name]
        options += ["--rules", self.place / "grading.toml"]
        return command(
            self.folder, self.place / "seed.txt", out / "grades.csv", *options
        )


def _name(student):
    return f"Student {student.capitalize()}"


def _write(path, heads, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heads, *rows])


def _table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def everything(folder):
    """Return the bytes of all that grading wrote, but for the seconds that it took."""
    found = {
        x.relative_to(folder).as_posix(): x.read_bytes()
        for x in folder.rglob("*")
        if x.is_file()
    }
    rows = [row | {"seconds": ""} for row in _table(folder / "grades.csv")]
    return found | {"grades.csv": json.dumps(rows).encode()}


def check(made, folder):
    """See that everybody has what he deserves, and that all goes back that should."""
    book = {x["student"]: float(x["points"]) for x in _table(folder / "gradebook.csv")}
    due = {x: round(n, 2) for x, n in made.deserved.items()}
    assert due == book, {x: (due[x], book.get(x)) for x in due if due[x] != book.get(x)}
    back = folder / "feedback"
    pages = {x["student"]: back / x["page"] for x in _table(back / "students.csv")}
    assert set(pages) == set(made.deserved)
    for student, page in pages.items():
        text = page.read_text(encoding="utf-8")
        assert _name(student) in text
        assert sum(_name(other) in text for other in made.deserved) == 1
    first, *lines = _table(back / "canvas.csv")
    assert first["Student"].strip() == "Points Possible"
    assert {x["SIS User ID"] for x in lines} == set(made.deserved)
    assert len(_table(back / "moodle.csv")) == len(made.deserved)
    alike = [{x["student"], x["other"]} for x in _table(back / "copies.csv")]
    assert set(made.kinds["copied"]) in alike
    assert "What to teach again" in (back / "class.html").read_text(encoding="utf-8")


def _different(first, second):
    """Name the files that are not in both, or not the same; of rows, show them."""
    odd = sorted(x for x in first | second if first.get(x) != second.get(x))
    rows = [json.loads(each["grades.csv"]) for each in (first, second)]
    return odd and (odd, [pair for pair in zip(*rows) if pair[0] != pair[1]])


def main(students=200):
    """Grade the class twice and compare; return a sentence on how it went."""
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        made, outs = Class(place, students), [place / "once", place / "again"]
        for out in outs:
            out.mkdir()
        once, again = (made.command(out) for out in outs)
        began, worked = time.perf_counter(), work()
        subprocess.run(once, check=True, stdout=subprocess.DEVNULL)
        seconds, worked = time.perf_counter() - began, work() - worked
        check(made, outs[0])
        files = len(list(made.folder.iterdir()))
        done = kill_half_way(again, outs[1] / "grades.csv", students // 2)
        subprocess.run(again, check=True, stdout=subprocess.DEVNULL)
        first, second = map(everything, outs)
        assert not (odd := _different(first, second)), odd
    kinds = ", ".join(f"{len(x)} {kind}" for kind, x in made.kinds.items() if x)
    return (
        f"{students} students ({kinds}), {files} files, graded in {seconds:.0f} s with"
        f" {JOBS} jobs ({worked / files:.1f} s of computing a file); everybody has what"
        f" he deserves; killed after {done} and taken up again, all {len(first)} files"
        " are the same, byte for byte, but for the seconds that notebooks took"
    )


if __name__ == "__main__":
    print(main(*map(int, sys.argv[1:2])))
