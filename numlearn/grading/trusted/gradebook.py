"""The tables that grading writes, and the journal that survives being stopped."""

import csv
import json
import os
import re
import threading
from collections import Counter

from numlearn._files import written_whole

COLUMNS = (
    "student",
    "lesson",
    "exercise",
    "points",
    "max_points",
    "outcome",
    "message",
    "seconds",
    "notes",
    "notebook_sha256",
    "course_version",
)
LONGEST_CELL = 400
# A spreadsheet runs a cell that begins with one of these; one whose separator is the
# semicolon sees the beginning of a cell after each of them.
FORMULA = re.compile(r"(^|;)(\s*)(?=[=+\-@＝＋－＠])")


def cell(value):
    """Return a value as it is safe to put into a cell of a spreadsheet.

    Numbers stay as they are. Text becomes one short line of printable characters, and
    a text that a spreadsheet would take for a formula begins with an apostrophe.

    >>> cell("=1+1")
    "'=1+1"
    """
    if isinstance(value, int | float):
        return value
    text = "".join(x if x.isprintable() else " " for x in value)
    if len(text) > LONGEST_CELL:
        text = text[: LONGEST_CELL - 1] + "…"
    return FORMULA.sub(r"\1\2'", text)


def write_csv(path, columns, rows):
    """Write a table at once: at any moment the file is the old one or the new one."""
    with (
        written_whole(path) as part,
        open(part, "w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([cell(value) for value in row] for row in rows)


def gradebook(rows):
    """Sum grades to one line a student.

    Parameters
    ----------
    rows : list of dict
        As in grades.csv. Where a student handed in a lesson more than once, the best
        answer to each exercise counts.

    Returns
    -------
    columns : list of str
        student, one for each lesson that anyone handed in, points, max_points.
    lines : list of list
    """
    best, worth = {}, {}
    sums = {row["student"]: Counter() for row in rows if row["student"]}
    for row in rows:
        key = row["student"], row["lesson"], row["exercise"]
        best[key] = max(best.get(key, 0), row["points"])
        worth[key[1:]] = row["max_points"]
    for (student, lesson, _), points in best.items():
        if student:
            sums[student][lesson] += points
    lessons = sorted({lesson for lesson, _ in worth} - {""})
    lines = [
        [student, *(own[x] for x in lessons), own.total(), sum(worth.values())]
        for student, own in sorted(sums.items())
    ]
    return ["student", *lessons, "points", "max_points"], lines


class Journal:
    """Remembers what was graded, so that a stopped run can be taken up again.

    One line of JSON for each notebook when it is begun, and one with its rows when it
    is done; a line is written at once, and one that was cut off is forgotten.

    Parameters
    ----------
    path : pathlib.Path
    run : str
        What must be the same for the rows to be: seed, version, limits. A journal of
        another run is begun anew.
    """

    def __init__(self, path, run):
        self.path, self._lock = path, threading.Lock()
        self._rows, self._begun = {}, Counter()
        head, *lines = self._lines() or [None]
        if head != {"run": run}:
            lines = []
            path.unlink(missing_ok=True)
            self._append({"run": run})
        for line in lines:
            if "rows" in line:
                self._rows[tuple(line["key"])] = line["rows"]
            else:
                self._begun[tuple(line["key"])] += 1

    def _lines(self):
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return []
        torn = len(text.rpartition(b"\n")[2])
        os.truncate(self.path, len(text) - torn)
        return [json.loads(line) for line in text[: len(text) - torn].splitlines()]

    def _append(self, line):
        how = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        with self._lock:
            file = os.open(self.path, how, 0o600)
            try:
                os.write(file, json.dumps(line).encode() + b"\n")
            finally:
                os.close(file)

    def rows(self, key):
        """Return the rows of a notebook, or None if it is not done."""
        return self._rows.get(key)

    def begun(self, key):
        """Return how often a notebook was begun by runs that did not finish it."""
        return 0 if key in self._rows else self._begun[key]

    def begin(self, key):
        """Note that a notebook is begun."""
        self._append({"key": key})

    def done(self, key, rows):
        """Note a notebook's rows."""
        self._append({"key": key, "rows": rows})

    def forget(self):
        """Remove the journal: everything is graded."""
        self.path.unlink()
