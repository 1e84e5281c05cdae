"""The rules of a course: when work is late, what counts, and what is given by hand.

A course says them in a small file, of which every line may be left out::

    zone = "Europe/Berlin"     # of times without a zone of their own
    grace = 15                 # minutes after due that are not yet late
    penalty = 10               # % of the points for each day that is begun
    attempts = "best"          # or "last": which of several counts, by exercise
    times = "times.csv"        # student, lesson, submitted: when work came in

    [exempt]
    alice = ["triangle"]       # or "all"

    [lessons.triangle]         # if any lesson is named, only those count
    due = 2026-10-12T23:59:00
    weight = 2                 # a point counts twice
    bonus = true               # counts, but nobody has to have it
"""

import math
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from numlearn._files import origin
from numlearn.errors import NumlearnError
from numlearn.grading.trusted.gradebook import read_csv
from numlearn.grading.trusted.submissions import LATE

ATTEMPTS = ("best", "last")
MANUAL = "manual"  # the outcome of a row that an instructor has given


class Lesson(NamedTuple):
    """What holds for one lesson."""

    due: datetime | None = None
    weight: float = 1.0
    bonus: bool = False


@dataclass(frozen=True)
class Rules:
    """The rules of a course; without a file: nothing is late, the best counts.

    Parameters
    ----------
    lessons : dict of str to Lesson
        If there are any, only these count.
    grace : timedelta
    penalty : float
        Per cent of the points for each day begun.
    attempts : {"best", "last"}
    exempt : dict of str to set of str
        Lessons by student.
    times : dict of (str, str) to datetime
        When work came in, by student and lesson.
    """

    lessons: dict = field(default_factory=dict)
    grace: timedelta = timedelta()
    penalty: float = 0.0
    attempts: str = "best"
    exempt: dict = field(default_factory=dict)
    times: dict = field(default_factory=dict)

    def late_days(self, student, lesson, submitted):
        """Return how many days late work is; one begun counts as one.

        Parameters
        ----------
        student, lesson : str
        submitted : str
            When, if the platform says so: a time in UTC, or LATE, which is one day
            unless ``times`` knows better.

        Returns
        -------
        int
        """
        due = self.lessons.get(lesson, Lesson()).due
        when = self.times.get((student, lesson)) or _stamp(submitted)
        if when is None or due is None:
            return int(submitted == LATE)
        late = when - due
        return math.ceil(late / timedelta(days=1)) if late > self.grace else 0

    def counted(self, rows, credit, worth):
        """Say of each row how late it is and what it counts.

        Of all attempts of a student at an exercise one counts: that with the most
        points after the penalty, or the last. What is given by hand is added to it;
        the sum stays between 0 and what the exercise is worth.

        Parameters
        ----------
        rows : list of dict
            As in grades.csv, the last attempt last.
        credit : dict of (str, str, str) to (float, str)
            Points and comment by student, lesson and exercise (or "").
        worth : dict of (str, str) to float
            Points by lesson and exercise.

        Returns
        -------
        list of dict
            The rows with ``late_days``, ``counts`` and ``comment``, and a row for each
            credit that none stands for.
        """
        rows, groups = [dict(row) for row in rows if row["outcome"] != MANUAL], {}
        for at, row in enumerate(rows):
            days = self.late_days(row["student"], row["lesson"], row["submitted"])
            row |= {"late_days": days, "counts": "", "comment": ""}
            if row["student"] and row["exercise"]:
                key = row["student"], row["lesson"], row["exercise"]
                groups.setdefault(key, []).append((bool(row["notebook_sha256"]), at))
        for key in sorted(groups.keys() | credit.keys()):
            if key[1] in self.exempt.get(key[0], ()):
                continue
            tried = [rows[at] for _, at in groups.get(key, ())]
            tried = [row for row in tried if row["notebook_sha256"]] or tried
            if not tried:
                rows.append(tried := _by_hand(key, worth))
                tried = [tried]
            at = -1 if self.attempts == "last" else _best(map(self._earned, tried))
            more, comment = credit.get(key, (0, ""))
            most = worth.get(key[1:], math.inf)
            counts = min(max(self._earned(tried[at]) + more, 0), most)
            tried[at] |= {"counts": round(counts, 2), "comment": comment}
        return rows

    def _earned(self, row):
        left = max(0.0, 1 - self.penalty / 100 * row["late_days"])
        return row["points"] * left

    def gradebook(self, rows, worth, people):
        """Sum what counts to one line a student, everybody on the roster included.

        Parameters
        ----------
        rows : list of dict
            From ``counted``.
        worth : dict of (str, str) to float
        people : People

        Returns
        -------
        columns : list of str
            student, with a roster name and email, one for each lesson that is in the
            rules (without rules: that anyone handed in), points, max_points.
        lines : list of list
            In a lesson's column are its points before they are weighed, or "exempt".
        """
        sums = {who: Counter() for who in people.roster}
        for row in rows:
            if row["student"]:
                own = sums.setdefault(row["student"], Counter())
                own[row["lesson"]] += row["counts"] or 0
        lessons = sorted(self.lessons or {row["lesson"] for row in rows} - {""})
        most = {x: sum(n for key, n in worth.items() if key[0] == x) for x in lessons}
        lines = []
        for student, own in sorted(sums.items()):
            spared = self.exempt.get(student, ())
            cells = ["exempt" if x in spared else own[x] for x in lessons]
            rule = {x: self.lessons.get(x, Lesson()) for x in lessons}
            due = [x for x in lessons if x not in spared]
            points = sum(rule[x].weight * own[x] for x in due)
            reach = sum(rule[x].weight * most[x] for x in due if not rule[x].bonus)
            named = people.roster.get(student, ("", "")) if people.roster else ()
            lines.append([student, *named, *cells, points, reach])
        named = ("name", "email") if people.roster else ()
        return ["student", *named, *lessons, "points", "max_points"], lines


def _best(points):
    points = list(points)
    return points.index(max(points))


def _by_hand(key, worth):
    student, lesson, exercise = key
    row = {"student": student, "lesson": lesson, "exercise": exercise, "points": 0}
    row |= {"max_points": worth.get(key[1:], 0), "outcome": MANUAL, "seconds": 0.0}
    row |= {"message": "Given by hand.", "late_days": 0}
    empty = ("notes", "notebook_sha256", "course_version", "submitted")
    return row | dict.fromkeys(empty, "")


def _stamp(text):
    """Read a time that a platform wrote, such as nbgrader's; None if it is none."""
    try:
        when = datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def read_credit(path, worth, people):
    """Read what an instructor gives by hand.

    Parameters
    ----------
    path : path
        A CSV file with columns student, exercise (or a lesson's slug, for the lesson as
        a whole), points (to be added; negative to be taken off) and comment.
    worth : dict of (str, str) to float
        Points by lesson and exercise.
    people : People

    Returns
    -------
    dict of (str, str, str) to (float, str)
        Points and comment by student, lesson and exercise; those of several lines are
        added up.
    """
    keys = {exercise: (lesson, exercise) for lesson, exercise in worth}
    keys |= {lesson: (lesson, "") for lesson, _ in worth if lesson not in keys}
    credit = {}
    for place, row in read_csv(path, ("student", "exercise", "points", "comment")):
        student = people.need(row["student"], place)
        lesson_and_exercise = keys[_known(row["exercise"], keys, "exercise", place)]
        try:
            points = float(row["points"].replace(",", "."))
        except ValueError:
            points = math.nan
        if not math.isfinite(points):
            raise NumlearnError(f"{place}: points are a number, not {row['points']!r}.")
        key = student, *lesson_and_exercise
        before, said = credit.get(key, (0, ""))
        comment = "; ".join(filter(None, (said, row["comment"])))
        credit[key] = before + points, comment
    return credit


def read_rules(path, lessons, people):
    """Read the rules of a course.

    Parameters
    ----------
    path : path
        TOML; see the module.
    lessons : iterable of str
        The slugs that there are.
    people : People

    Returns
    -------
    Rules

    Raises
    ------
    NumlearnError
        With the file and the line, if something in it is not as it should be.
    """
    path = origin(path)
    try:
        text = path.read_text(encoding="utf-8")
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at ")
        line = re.search(r"line (\d+)", where) or ["", text.count("\n") + 1]
        raise NumlearnError(f"{path}, line {line[1]}: {what}.") from None
    except UnicodeError:
        raise NumlearnError(f"{path} cannot be read (it is not in UTF-8).") from None
    return _Reader(path, text, sorted(lessons), people).rules(said)


class _Reader:
    """Checks what a file of rules says; its errors name the line."""

    def __init__(self, path, text, slugs, people):
        self._path, self._lines = path, text.splitlines()
        self._slugs, self._people = slugs, people

    def place(self, *keys):
        """Return the file and the line of a key, given with the tables above it."""
        *tables, key = keys
        table, best = [], 1
        for number, line in enumerate(self._lines, 1):
            if found := re.match(r"\s*\[([^\]]*)\]", line):
                table = [x.strip(" \"'") for x in found[1].split(".")]
                if table == list(keys):
                    best = number
            elif found := re.match(r"""\s*["']?([^"'=]+?)["']?\s*=""", line):
                if [*table, *found[1].split(".")] == list(keys):
                    return f"{self._path}, line {number}"
                if found[1] in (key, *tables):
                    best = number
        return f"{self._path}, line {best}"

    def rules(self, said):
        """Return the rules that a file's tables mean."""
        known = ("zone", "grace", "penalty", "attempts", "times", "exempt", "lessons")
        for key in said:
            _known(key, known, "rule", self.place(key))
        zone = self._zone(said.get("zone"))
        exempt = self._table(said, "exempt")
        attempts = said.get("attempts", "best")
        _known(attempts, ATTEMPTS, "way to count attempts", self.place("attempts"))
        return Rules(
            {x: self._lesson(x, y, zone) for x, y in self._table(said, "lessons")},
            timedelta(minutes=self._number(said, 1e6, "grace")),
            self._number(said, 100, "penalty"),
            attempts,
            {self._student(x): self._spared(x, y) for x, y in exempt},
            self._times(said["times"], zone) if "times" in said else {},
        )

    def _table(self, said, key):
        if not isinstance(table := said.get(key, {}), dict):
            raise NumlearnError(f"{self.place(key)}: write [{key}] as a table.")
        return table.items()

    def _number(self, said, most, *keys, default=0):
        value = said.get(keys[-1], default)
        if type(value) not in (int, float) or not 0 <= value <= most:
            raise NumlearnError(
                f"{self.place(*keys)}: {keys[-1]} is a number from 0 to {most:g}, not"
                f" {value!r}."
            )
        return value

    def _zone(self, name):
        try:
            return ZoneInfo(name) if name is not None else None
        except Exception:
            raise NumlearnError(
                f"{self.place('zone')}: there is no time zone {name!r} here: write one"
                ' such as "Europe/Berlin" or "UTC" (on Windows, pip install tzdata).'
            ) from None

    def _lesson(self, slug, said, zone):
        at = self.place("lessons", slug)
        _known(slug, self._slugs, "lesson", at)
        if not isinstance(said, dict):
            raise NumlearnError(f"{at}: write [lessons.{slug}] as a table.")
        for key in said:
            _known(key, Lesson._fields, "rule", self.place("lessons", slug, key))
        bonus = said.get("bonus", False)
        if not isinstance(bonus, bool):
            at = self.place("lessons", slug, "bonus")
            raise NumlearnError(f"{at}: bonus is true or false, not {bonus!r}.")
        weight = self._number(said, 1e6, "lessons", slug, "weight", default=1)
        due, at = said.get("due"), self.place("lessons", slug, "due")
        return Lesson(due and _time(due, zone, at), weight, bonus)

    def _student(self, name):
        return self._people.need(name, self.place("exempt", name))

    def _spared(self, student, slugs):
        if slugs == "all":
            return set(self._slugs)
        at = self.place("exempt", student)
        slugs = [slugs] if isinstance(slugs, str) else slugs
        if not isinstance(slugs, list):
            raise NumlearnError(f'{at}: write "all", or lessons in brackets.')
        return {_known(slug, self._slugs, "lesson", at) for slug in slugs}

    def _times(self, name, zone):
        if not isinstance(name, str):
            raise NumlearnError(f"{self.place('times')}: times names a CSV file.")
        times, path = {}, self._path.parent / name
        for place, row in read_csv(path, ("student", "lesson", "submitted")):
            student = self._people.need(row["student"], place)
            lesson = _known(row["lesson"], self._slugs, "lesson", place)
            if row["submitted"]:
                times[student, lesson] = _time(row["submitted"], zone, place)
        return times


def _time(value, zone, place):
    """Return a time with its zone, or refuse what is none."""
    text = str(value)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = None
    if when is None or ":" not in text:  # a day alone begins when it should end
        raise NumlearnError(
            f"{place}: {text!r} is no day and time: write it as 2026-10-12T23:59:00."
        )
    if when.tzinfo is None and zone is None:
        raise NumlearnError(
            f'{place}: {value} has no time zone: write zone = "Europe/Berlin" on top of'
            " the rules, or +02:00 behind the time."
        )
    when = when if when.tzinfo else when.replace(tzinfo=zone)
    return when.astimezone(UTC)  # days across a change of clocks have 24 hours


def _known(name, names, what, place):
    """Return a name that is known, or refuse it and list the others."""
    if isinstance(name, str) and name in names:
        return name
    raise NumlearnError(
        f"{place}: there is no {what} {name!r}: choose one of {', '.join(names)}."
    )
