"""What comes back: a page for each student, tables for a platform, a report on a class.

Columns are those that the platforms' own importers look for.

``canvas.csv``
    Student, ID, SIS User ID, SIS Login ID, Section, a column for each assignment, and
    under the heads a line that begins with ``Points Possible``, as Canvas exports it:
    ``csv_data`` of
    https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_exporter.rb. Its
    ``gradebook_importer.rb`` finds a student by ID, else SIS User ID, else SIS Login
    ID, else name; an assignment by its title; and reads ``EX`` as excused.
``moodle.csv``
    ID number, Full name, Email address and, for each lesson, a grade and a feedback.
    Its heads are mapped by hand at the import; those that are not mapped are passed
    over, and an empty cell is no grade. See https://docs.moodle.org/en/Grade_import and
    ``grade/import/csv/classes/load_data.php`` of https://github.com/moodle/moodle.
``moodle_<lesson>.csv``
    The offline grading worksheet of an assignment, where files have Moodle's numbers:
    Identifier (``Participant`` and the number), Grade and Last modified (grade) must be
    there, Feedback comments may
    (``mod/assign/feedback/offline/importgradeslib.php`` there).
"""

import builtins
import hashlib
import os
import re
import shutil
import tempfile
import unicodedata
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import chain
from pathlib import Path
from string import Template

import numpy as np

from numlearn import plots
from numlearn._files import folder_to_fill
from numlearn.errors import NumlearnError
from numlearn.exercises import Outcome, refusal
from numlearn.grading.trusted.gradebook import LONGEST_CELL, write_csv
from numlearn.lessons import course, lessons

OURS = r"(class|students|canvas|moodle(_\w+)?|copies)(\.html|\.csv)|pages"
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POSSIBLE = "Points Possible"
MOODLE = ("ID number", "Full name", "Email address")
WORKSHEET = ("Identifier", "Full name", "Email address", "Status", "Grade")
WORKSHEET += ("Maximum Grade", "Last modified (submission)", "Last modified (grade)")
WORKSHEET += ("Feedback comments",)
FOR_PAIRS = ("lesson", "exercise", "alike", "student", "other", "file", "other_file")
TOLD = {
    "done": "right",
    "wrong": "wrong",
    "todo": "not tried",
    "failed": "not graded",
    "skipped": "not graded",
    "manual": "given by hand",
}
MOST = 12  # lines of a table or bars of a picture in the report on a class
MOST_PAIRS = 50
SHORT = 16  # characters of a cell that is kept on one line
KIND = (
    r"(a number|text|True or False|None|an? (list|tuple|dict|array|Series|DataFrame))"
)
HARMLESS = (  # of the judge's sentences, those that hold nothing of an input
    re.compile(rf"Expected {KIND}, got {KIND}\."),
    re.compile(rf"It returned None, where {KIND} is expected: [a-z `]*\?"),
    re.compile(r"It had no answer after \d+ seconds of computing"),
    re.compile(r"The sign is the wrong way round\."),
    re.compile(r"That is rounded: return all digits\."),
    re.compile(r"That is 100 times what is expected: a share, not per cent\."),
)
RAISED = re.compile(r"It raised (\w+)\b(?:.*( \(line \d{1,3} of its cell\)))?")
OTHERWISE = (
    "On the inputs that were tried it does not give what is expected. Your own check in"
    " the notebook shows an example."
)
_PAGE = Path(__file__).with_suffix(".html")  # with $places to fill
_NUMBER = re.compile(r"-?\d+([.,]\d+)*(e[+-]?\d+)?")


@dataclass(frozen=True)
class Marks:
    """What was graded.

    Parameters
    ----------
    rows : list of dict
        From ``Rules.counted``.
    columns, lines : list
        From ``Rules.gradebook``.
    worth : dict of (str, str) to float
        Points by lesson and exercise.
    lessons : dict of str to sequence of Exercise
    found : Collected
    pairs : list of Pair
    """

    rows: list
    columns: list
    lines: list
    worth: dict
    lessons: dict
    found: tuple
    pairs: list

    @cached_property
    def students(self):
        """The lines of the gradebook as dicts."""
        return [dict(zip(self.columns, line)) for line in self.lines]

    @cached_property
    def slugs(self):
        """The lessons that the gradebook has a column for, in the course's order."""
        order = course()["lessons"]
        found = [x for x in self.columns if x in self.lessons]
        return sorted(found, key=lambda x: order.index(x) if x in order else -1)

    @cached_property
    def counting(self):
        """The rows that count, by student."""
        rows = {line["student"]: [] for line in self.students}
        for row in self.rows:
            if row["student"] and row["counts"] != "":
                rows[row["student"]].append(row)
        return rows

    @cached_property
    def numbers(self):
        """The numbers on the platform, by student and lesson, and by student."""
        numbers = defaultdict(set)
        for x in self.found.submissions:
            if x.number.isdigit():
                numbers[x.student, x.lesson].add(x.number)
                numbers[x.student].add(x.number)
        return numbers

    @cached_property
    def titles(self):
        """What lessons are called on a page: the slug in words, and the question."""
        asked = {x.slug: x.question for x in lessons()}
        words = {x: x.replace("_", " ").capitalize() for x in self.lessons}
        return {x: " · ".join(filter(None, (words[x], asked.get(x)))) for x in words}

    def most(self, slug):
        """Return what a lesson is worth."""
        return sum(points for (x, _), points in self.worth.items() if x == slug)


def place(folder, submissions, out):
    """Return the folder that feedback goes to, or refuse it before the work is done.

    Parameters
    ----------
    folder : path
        What an earlier run wrote into it is replaced.
    submissions : path
    out : path
        Where the rows go: not into this folder.

    Raises
    ------
    NumlearnError
        If it cannot be made, something else is in it, or it lies in the submissions.
    """
    folder = Path(folder).expanduser().resolve()
    if folder.is_relative_to(inside := Path(submissions).resolve()):
        raise NumlearnError(
            f"{folder} is within the submissions, {inside}: give another folder."
        )
    if Path(out).resolve().is_relative_to(folder):
        raise NumlearnError(
            f"{folder} is replaced each time: write {out} to another place."
        )
    folder_to_fill(folder)
    folder_to_fill(folder.parent)  # from there a new one is moved into its place
    others = [x.name for x in folder.glob("*") if not re.fullmatch(OURS, x.name)]
    if others:
        raise NumlearnError(
            f"{folder} has other things in it ({min(others)}): give the feedback a"
            " folder of its own."
        )
    return folder


@contextmanager
def _folder_whole(folder):
    """Yield a new folder, to take the place of `folder` if nothing goes wrong."""
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        new, old = part / "new", part / "old"
        new.mkdir(mode=0o700)  # grades are nobody else's business
        yield new
        if folder.exists():
            os.rename(folder, old)
        try:
            os.rename(new, folder)
        except BaseException:
            if old.exists() and not folder.exists():
                os.rename(old, folder)
            raise
    finally:
        if folder.exists() or not old.exists():  # never the only copy
            shutil.rmtree(part)


def write(folder, marks):
    """Write everything that comes back into a folder, at once or not at all.

    Parameters
    ----------
    folder : pathlib.Path
        From ``place``.
    marks : Marks

    Returns
    -------
    pathlib.Path
    """
    with _folder_whole(folder) as new:
        (new / "pages").mkdir()
        listed = []
        for line in marks.students:
            name = file_name(line["student"])
            _write(new / "pages" / name, page(marks, line))
            named = line.get("name", ""), line.get("email", "")
            listed.append([line["student"], *named, line["points"], f"pages/{name}"])
        heads = ("student", "name", "email", "points", "page")
        write_csv(new / "students.csv", heads, listed)
        write_csv(new / "canvas.csv", *_canvas(marks))
        for name, table in _moodle(marks):
            write_csv(new / name, *table)
        write_csv(new / "copies.csv", FOR_PAIRS, map(_shown_pair, marks.pairs))
        _write(new / "class.html", class_page(marks))
    return folder


def _write(path, text):
    # Names of files are bytes, so they need not be text.
    path.write_text(text, encoding="utf-8", errors="replace")


def file_name(student):
    """Return the name of a student's page: safe anywhere, and no two the same.

    >>> file_name("../Zoë <b>").partition("-")[0]
    'zoe'
    """
    plain = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    words = "-".join(words)[:40] or "student"
    whole = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{words}-{whole[:8]}.html"


def told(row, lessons):
    """Return the sentence of a row that its student may read.

    An answer can put what it was given into an error or into what it returns; so of
    what came out on the secret inputs nothing is told but the judge's own words.

    Parameters
    ----------
    row : dict
    lessons : dict of str to sequence of Exercise

    Returns
    -------
    str
    """
    message = row["message"]
    if row["outcome"] != Outcome.WRONG.name.lower():
        return message
    if message in _fixed(row, lessons):
        return message
    if raised := RAISED.match(message):
        error = raised[1] if hasattr(builtins, raised[1]) else "an error"
        return f"It raised {error}{raised[2] or ''}."
    kept = [found[0] for x in HARMLESS if (found := x.search(message))]
    return f"{OTHERWISE} {' '.join(kept)}".strip()


def _fixed(row, lessons):
    """Return the sentences of an exercise that say nothing of an answer's values."""
    found = [e for e in lessons.get(row["lesson"], ()) if e.name == row["exercise"]]
    refused = (refusal(f.__name__) for e in found for f in e.refuses)
    return {*(m.says for e in found for m in e.mistakes), *refused}


def page(marks, line):
    """Return a student's page.

    Parameters
    ----------
    marks : Marks
    line : dict
        The student's of the gradebook.

    Returns
    -------
    str
        HTML that needs no other file.
    """
    student, rows = line["student"], marks.counting[line["student"]]
    parts = []
    for slug in marks.slugs:
        mine = [x for x in rows if x["lesson"] == slug]
        parts.append(f"<h2>{escape(marks.titles[slug])}</h2>")
        if line[slug] == "exempt":
            parts.append("<p>You need not do this lesson.</p>")
        elif not mine:
            parts.append("<p>Nothing was handed in.</p>")
        else:
            late = max(int(x["late_days"] or 0) for x in mine)
            parts.append(
                f"<p>{_of(line[slug], marks.most(slug))} points{_late(late)}.</p>"
            )
            parts.append(
                _table(("exercise", "outcome", "points", "why"), _told(mine, marks))
            )
    left = [x for x in marks.rows if x["student"] == student and not x["exercise"]]
    left = [(x["notes"].rpartition("/")[2], x["message"]) for x in left if x["notes"]]
    if left:
        parts.append("<h2>Files that were not graded</h2>")
        parts.append(_table(("file", "why"), left))
    name = line.get("name") or student
    return _filled(
        name,
        "What your notebooks are worth, and why.",
        f"{_of(line['points'], line['max_points'])} points in all.",
        parts,
        "Answers were tried on inputs that nobody has seen before. If you think that"
        " something here is wrong, ask whoever teaches you.",
    )


def _late(days):
    return f" ({days} day{'s' * (days > 1)} late)" if days else ""


def _of(points, most):
    return f"{points:.4g} of {most:.4g}"


def _told(rows, marks):
    for row in rows:
        said = " ".join(filter(None, (told(row, marks.lessons), row["comment"])))
        worth = marks.worth.get((row["lesson"], row["exercise"]), 0)
        points = _of(row["counts"], worth) if worth else f"{row['counts']:+.4g}"
        name = row["exercise"] or "the lesson as a whole"
        yield name, TOLD.get(row["outcome"], row["outcome"]), points, said


def _table(heads, rows):
    """Return a table; the first cell of a line is its head.

    A phone shows a line's cells one below the other, each with the head of its column.
    """
    head = "".join(f'<th scope="col">{escape(x)}</th>' for x in heads)
    body = ""
    for first, *cells in rows:
        rest = "".join(map(_cell, heads[1:], cells))
        body += f'<tr><th scope="row">{_text(first)}</th>{rest}</tr>'
    head = f"<thead><tr>{head}</tr></thead>"
    return f'<div class="wide"><table>{head}<tbody>{body}</tbody></table></div>'


def _cell(head, value):
    short = ' class="short"' if len(str(value)) < SHORT else ""
    return f'<td data-head="{escape(head)}"{short}>{_text(value)}</td>'


def _text(value):
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(str(value)))


def _filled(title, subtitle, verdict, parts, foot):
    names = {"title": title, "subtitle": subtitle, "verdict": verdict, "foot": foot}
    page = Template(_PAGE.read_text(encoding="utf-8"))
    safe = {name: escape(text) for name, text in names.items()}
    return page.substitute(safe, sections="\n".join(parts))


def _canvas(marks):
    """Return the table that Canvas imports."""
    slugs = marks.slugs
    roster, ids = marks.found.people.roster, defaultdict(set)
    if marks.found.layout == "canvas":
        ids = marks.numbers
    # A roster may hold Canvas's own numbers; then they are those of its files.
    by_roster = any(ids[who] for who in roster)
    by_roster = by_roster and all(ids[who] in ({who}, set()) for who in roster)
    empty = [""] * (len(CANVAS) - 1)
    rows = [[f"    {POSSIBLE}", *empty, *map(marks.most, slugs)]]
    for line in marks.students:
        who, own = line["student"], ids[line["student"]]
        known = who in roster
        number = who if by_roster and known else min(own) if len(own) == 1 else ""
        user = who if known and not by_roster else ""
        # For Canvas a line of this name is nobody's.
        name = (line.get("name") or who).replace(POSSIBLE, POSSIBLE.lower())
        grades = ["EX" if line[x] == "exempt" else line[x] for x in slugs]
        rows.append([name, number, user, line.get("email", ""), "", *grades])
    return (*CANVAS, *slugs), rows


def _moodle(marks):
    """Yield the names of the tables that Moodle imports, and the tables."""
    slugs, roster = marks.slugs, marks.found.people.roster
    heads = [x for slug in slugs for x in (slug, f"Feedback: {slug}")]
    rows, sheets = [], defaultdict(list)
    for line in marks.students:
        who, name = line["student"], line.get("name") or line["student"]
        email, mine = line.get("email", ""), marks.counting[line["student"]]
        cells = []
        for slug in slugs:
            grade = "" if line[slug] == "exempt" else line[slug]
            said = _in_short([x for x in mine if x["lesson"] == slug], marks)
            cells += [grade, said]
            for number in sorted(marks.numbers[who, slug]):
                sheet = [f"Participant {number}", name, email, "", grade]
                sheets[slug].append([*sheet, marks.most(slug), "", "", said])
        if email or who in roster:
            rows.append([who if who in roster else "", name, email, *cells])
    if rows:
        yield "moodle.csv", ((*MOODLE, *heads), rows)
    for slug in slugs if marks.found.layout == "moodle" else ():
        yield f"moodle_{slug}.csv", (WORKSHEET, sheets[slug])


def _in_short(rows, marks):
    said = [(x["exercise"], x["comment"] or told(x, marks.lessons)) for x in rows]
    right = sum(x["outcome"] == "done" for x in rows)
    rest = [
        f"{name or 'in all'}: {text}"
        for row, (name, text) in zip(rows, said)
        if row["outcome"] != "done" or row["comment"]
    ]
    return " ".join([f"{right} of {len(rows)} right.", *rest]) if rows else ""


def _shown_pair(pair):
    alike = "equal" if pair.share == 1 else f"{pair.share:.0%}"
    who = pair.student, pair.other
    return [pair.lesson, pair.exercise, alike, *who, pair.file, pair.other_file]


def class_page(marks):
    """Return the report on a class: for whoever teaches it alone.

    Parameters
    ----------
    marks : Marks

    Returns
    -------
    str
        HTML that needs no other file.
    """
    lines = [x for x in marks.students if x["max_points"]]
    reached = [100 * x["points"] / x["max_points"] for x in lines]
    handed = {x["student"] for x in marks.rows if x["notebook_sha256"]}
    some = sum(x["student"] in handed for x in marks.students)
    half = np.median(reached) if reached else 0
    return _filled(
        "The class",
        "For whoever teaches it: it has names in it.",
        f"{len(marks.lines)} students, of whom {some} handed something in; half of the"
        f" class reached {half:.0f}% or more.",
        [*_distribution(reached), *_failed(marks), *_sentences(marks), *_pairs(marks)],
        "Who handed in nothing counts with no points. All rows are in grades.csv.",
    )


def _distribution(reached):
    yield "<h2>How the points are distributed</h2>"
    if not reached:
        yield "<p>Nobody has points to reach.</p>"
        return
    low, middle, high = np.quantile(reached, (0.25, 0.5, 0.75))

    def draw(ax):
        import seaborn as sns

        bins = np.arange(0, max(100, *reached) + 10, 10)
        sns.histplot(x=reached, bins=bins, color=plots.COLORS["gain"], ax=ax)
        ax.axvline(middle, color=plots.COLORS["loss"], linestyle="--")
        ax.yaxis.get_major_locator().set_params(integer=True)
        ax.set(xlabel="% of the points that could be reached", ylabel="students")

    alt = (
        f"The middle of the class reached {middle:.0f}% of the points (dashed line);"
        f" half of the students lie between {low:.0f}% and {high:.0f}%."
    )
    yield plots.pages.chart(draw, alt, 3.2)


def _failed(marks):
    yield "<h2>The exercises that failed most</h2>"
    counts = defaultdict(Counter)
    for row in chain(*marks.counting.values()):
        if row["exercise"]:
            counts[row["lesson"], row["exercise"]][TOLD.get(row["outcome"])] += 1
    kinds = ("right", "wrong", "not tried", "not graded")
    total = {key: sum(found[x] for x in kinds) for key, found in counts.items()}
    share = {x: 1 - counts[x]["right"] / total[x] for x in counts if total[x]}
    worst = [x for x in sorted(share, key=lambda x: (-share[x], x)) if share[x]][:MOST]
    if not worst:
        yield "<p>None did.</p>"
        return

    def draw(ax):
        _bars(
            ax, [x for _, x in worst], {k: [counts[x][k] for x in worst] for k in kinds}
        )

    (slug, name), most = worst[0], share[worst[0]]
    alt = f"{name} ({slug}) failed most: {most:.0%} of those graded have it not right."
    yield plots.pages.chart(draw, alt, 1.4 + 0.33 * len(worst))
    cells = ((f"{x[1]} ({x[0]})", *(counts[x][k] for k in kinds)) for x in worst)
    yield _table(("exercise", *kinds), cells)


def _sentences(marks):
    yield "<h2>What to teach again: the commonest wrong sentences</h2>"
    who, shown = defaultdict(set), {}
    for row in chain(*marks.counting.values()):
        if row["outcome"] == "wrong":
            said = row["message"][:LONGEST_CELL]
            fixed = row["message"] in _fixed(row, marks.lessons)
            key = row["exercise"], said if fixed else _NUMBER.sub("…", said)
            who[key].add(row["student"])
            shown.setdefault(key, row["lesson"])
    common = sorted(who, key=lambda x: (-len(who[x]), x))[:MOST]
    if not common:
        yield "<p>Nobody gave a wrong answer.</p>"
        return
    counts = [len(who[x]) for x in common]

    def draw(ax):
        labels = [f"{at} · {name}" for at, (name, _) in enumerate(common, 1)]
        _bars(ax, labels, {"wrong": counts})

    alt = f"The commonest one, in {common[0][0]}: {counts[0]} of the class."
    yield plots.pages.chart(draw, alt, 1.4 + 0.33 * len(common))
    cells = (
        (at, len(who[x]), f"{x[0]} ({shown[x]})", x[1])
        for at, x in enumerate(common, 1)
    )
    yield _table(("no.", "students", "exercise", "sentence (numbers left out)"), cells)


def _pairs(marks):
    yield "<h2>Answers that are alike</h2>"
    if not marks.pairs:
        yield "<p>There are none, apart from what many of the class wrote.</p>"
        return
    yield (
        "<p>Names of locals, comments, spacing and what many of the class wrote do not"
        " count. This proves nothing: two may have worked together as they were told"
        " to, or read the same book. Look at both notebooks, and ask."
        f" The most alike are here, all {len(marks.pairs)} in copies.csv.</p>"
    )
    names = {x["student"]: x.get("name") or x["student"] for x in marks.students}
    cells = (
        (*(names.get(who, who) for who in x[3:5]), x[2], f"{x[1]} ({x[0]})")
        for x in map(_shown_pair, marks.pairs[:MOST_PAIRS])
    )
    yield _table(("one", "the other", "alike", "exercise"), cells)


def _bars(ax, labels, values):
    """Draw lying bars, one beside the other, the first on top."""
    kinds = {
        "right": "gain",
        "wrong": "loss",
        "not tried": "rule",
        "not graded": "muted",
    }
    at, left = np.arange(len(labels)), np.zeros(len(labels))
    for kind, width in values.items():
        ax.barh(at, width, left=left, color=plots.COLORS[kinds[kind]], label=kind)
        left += width
    ax.set_yticks(at, labels)
    ax.invert_yaxis()
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("students")
    if len(values) > 1:
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(values))
