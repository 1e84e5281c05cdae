"""The tables that grading writes, and the journal that survives being stopped."""

import csv
import io
import json
import os
import re
import threading
import time
from collections import Counter

from numlearn._files import origin, written_whole
from numlearn.errors import NumlearnError, instead_of

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
    "submitted",
    "late_days",
    "counts",
    "comment",
)
LONGEST_CELL = 400
# A spreadsheet runs a cell that begins with one of these; one whose separator is the
# semicolon sees the beginning of a cell after each of them.
FORMULA = re.compile(r"(^|;)(\s*)(?=[=+\-@＝＋－＠])")
MADE_SAFE = re.compile(r"(^|;)(\s*)'(?=[=+\-@＝＋－＠])")


def cell(value):
    """Return a value as it is safe to put into a cell of a spreadsheet.

    Numbers stay as they are. Text becomes one short line of printable characters, and
    a text that a spreadsheet would take for a formula begins with an apostrophe.

    >>> cell("=1+1"), cell(2.0)
    ("'=1+1", 2)
    """
    if isinstance(value, int | float):
        return int(value) if value == int(value) else round(value, 2)
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


def read_csv(path, needs):
    """Read a table that a person has made.

    Parameters
    ----------
    path : path
        CSV in UTF-8, separated by commas or semicolons.
    needs : sequence of str
        The columns that there must be; how their heads are capitalised, and hyphens in
        them, do not matter.

    Yields
    ------
    place : str
        The file and the line, for an error's beginning.
    row : dict of str to str
        The needed columns.

    Raises
    ------
    NumlearnError
        If it cannot be read, lacks a column, or a row has too few or too many cells.
    """
    path = origin(path)
    with instead_of(UnicodeError, f"{path} cannot be read (it is not in UTF-8)."):
        text = path.read_text(encoding="utf-8-sig")
    head = text.partition("\n")[0]
    file, comma = io.StringIO(text, newline=""), ";" if ";" in head else ","
    lines = csv.reader(file, delimiter=comma, strict=True)
    try:
        heads = [re.sub(r"\W", "", x).lower() for x in next(lines, [])]
        if lacking := [name for name in needs if name not in heads]:
            raise NumlearnError(
                f"{path}, line 1: there is no column {lacking[0]!r}: its columns are"
                f" {', '.join(needs)}."
            )
        for cells in lines:
            place = f"{path}, line {lines.line_num}"
            if any(map(str.strip, cells)) and len(cells) != len(heads):
                raise NumlearnError(
                    f"{place}: it has {len(cells)} cells, where the first line has"
                    f" {len(heads)}: put text with commas between quotation marks."
                )
            if any(map(str.strip, cells)):
                row = dict(zip(heads, cells))
                yield place, {name: row[name].strip() for name in needs}
    except csv.Error as error:
        raise NumlearnError(f"{path}, line {lines.line_num}: {error}.") from None


def read_grades(path):
    """Return the rows of a grades.csv, as they were before they were made safe."""
    number = {"points": float, "max_points": float, "seconds": float}
    needs, rows = COLUMNS[: COLUMNS.index("late_days")], []
    for place, row in read_csv(path, needs):
        try:
            rows.append({x: number.get(x, _unsafe)(row[x]) for x in needs})
        except ValueError:
            raise NumlearnError(f"{place}: its points are no number.") from None
    return rows


def _unsafe(text):
    return MADE_SAFE.sub(r"\1\2", text)


class Pause:
    """Does what has to be done again and again in a tenth of the time at most."""

    def __init__(self):
        self._next = 0.0

    def between(self, act):
        """Act, unless that was done too lately for how long it took."""
        began = time.monotonic()
        if began >= self._next:
            act()
            self._next = time.monotonic() + 9 * (time.monotonic() - began)


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
