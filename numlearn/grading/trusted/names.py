"""Who handed a file in, for which lesson and as which attempt: all from its name.

A platform for courses names what it gives out, each in its way:

canvas
    ``[student]_[LATE_][user]_[file]_[the file's own name]``: the name for sorting
    without what is no letter, in small letters; ``anon_[id]`` where students are
    anonymous. So says its source, ``get_filename`` and ``add_upload_submission`` of
    https://github.com/instructure/canvas-lms/blob/master/lib/content_zipper.rb; a file
    of the same name that comes again ends in ``-1`` (``make_unique_filename``).
moodle
    ``[full name]_[number]_assignsubmission_file_/[…]``, or without folders
    ``[full name]_[number]_assignsubmission_file_[…]``; the number is that of the person
    within this one assignment, and all are ``Participant`` where marking is blind. See
    https://github.com/moodle/moodle/blob/main/mod/assign/classes/downloader.php.
classroom
    ``[full name] - [title]`` is what Google Classroom calls the copies that it makes
    for students (seen, not documented); what they upload keeps its own name.
nbgrader
    ``submitted/[student]/[assignment]/[notebook].ipynb`` with a ``timestamp.txt``:
    https://nbgrader.readthedocs.io/en/stable/user_guide/philosophy.html.
plain
    ``[student]/…/NN_slug.ipynb`` or ``[student]_NN_slug.ipynb``, in folders by lesson
    or not.
"""

import difflib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace

from numlearn.errors import NumlearnError
from numlearn.grading.trusted.gradebook import read_csv

LAYOUTS = ("canvas", "moodle", "classroom", "nbgrader", "plain")
CANVAS = re.compile(
    r"(?:(?!LATE_|anon_)(?P<who>\w+?)_)?(?P<late>LATE_)?"
    r"(?P<number>\d+|anon_[^\W_]+)_(?P<file>\d+)_(?P<rest>.+)"
)
MOODLE = re.compile(
    r"(?P<who>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_(?P<rest>.*))?"
)
NOTEBOOK = re.compile(r"\.ipynb(\.(json|txt))?$", re.IGNORECASE)  # as browsers save it
COPY_OF = re.compile(r"((copy of|kopie von|copie de|c[oó]pia de)[ _]+)+", re.IGNORECASE)
AGAIN = re.compile(
    r"\((?P<a>\d+)\)$|(^|[-_ .]+)(v?(?P<b>\d{1,2})|attempt[-_ ]?(?P<c>\d+)"
    r"|(copy|kopie|copie|copia)[-_ ]?(?P<d>\d*)|final|solved)$",
    re.IGNORECASE,
)
BETWEEN = "-_. "
UNNAMED = "unnamed"
FIRST = r"(?:(?<!\d)\d\d|(?<![^\W_])\d)"  # the number of a lesson


@dataclass(frozen=True)
class Name:
    """What a file's name says; a part of which it says nothing is empty.

    Parameters
    ----------
    student, lesson : str
        The student as written there; the lesson's slug.
    number : str
        The person's number on the platform.
    attempt : tuple of int
        What is greater came later.
    late : bool
        Whether the platform calls it late.
    """

    student: str = ""
    lesson: str = ""
    number: str = ""
    attempt: tuple = ()
    late: bool = False


def tidy(text):
    """Return a text with composed letters, and without what cannot be seen.

    >>> tidy(f"Mu{chr(0x308)}ller{chr(0x200B)}") == "Müller"
    True
    """
    kinds = {"Cf": "", "Cc": " "}  # of no width, and for the terminal
    seen = "".join(kinds.get(unicodedata.category(x), x) for x in text)
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def same(name):
    """Return what two spellings of one person's name have in common.

    >>> same("Jane_DOE") == same("jane doe")
    True
    """
    folded = unicodedata.normalize("NFKC", tidy(name)).casefold()
    return " ".join(re.split(r"[-_.,;\s]+", folded)).strip() or folded


class Lessons:
    """Finds a lesson in a name, however its separators and capitals are.

    Parameters
    ----------
    slugs : iterable of str
    """

    def __init__(self, slugs):
        longest_first = sorted(slugs, key=len, reverse=True)
        self._slugs = {slug.replace("_", ""): slug for slug in longest_first}
        spelled = "|".join(slug.replace("_", "[-_ .]*") for slug in longest_first)
        self._named = re.compile(
            rf"{FIRST}[-_ .]*({spelled})(?![^\W\d_])", re.IGNORECASE
        )
        self._misspelt = re.compile(rf"{FIRST}[-_ .]*([^\W\d_]+(?:[-_ ][^\W\d_]+)?)")

    def find(self, name):
        """Find the lesson that a name speaks of.

        Parameters
        ----------
        name : str
            Without its ending.

        Returns
        -------
        slug, before, after : str
            The slug, or "", and what stands around it.

        Examples
        --------
        >>> Lessons(["triangle", "long_short"]).find("ann 01-Long-Short (2)")
        ('long_short', 'ann ', ' (2)')
        """
        if found := self._named.search(name):
            return self._slug(found[1]), name[: found.start()], name[found.end() :]
        for part in [name, *name.split(" - ")]:  # the slug alone, as in triangle.ipynb
            bare, _ = _attempt(COPY_OF.sub("", part))
            if slug := self._slug(bare.strip(BETWEEN)):
                before, _, after = name.partition(bare)
                return slug, before, after
        for found in self._misspelt.finditer(name):
            for words in (found[1], re.split("[-_ ]", found[1])[0]):
                near = re.sub("[-_ ]", "", words).lower()
                if close := difflib.get_close_matches(near, self._slugs, 1, 0.8):
                    end = found.start(1) + len(words)
                    return self._slugs[close[0]], name[: found.start()], name[end:]
        return "", name, ""

    def _slug(self, spelled):
        return self._slugs.get(re.sub("[-_ .]", "", spelled).lower(), "")


def _attempt(text):
    """Take off a name's end what says that it is not the first, and number it."""
    numbers = []
    while found := AGAIN.search(text):
        number = next(filter(None, map(found.group, "abcd")), "1")
        numbers.append(int(number[:9]))
        text = text[: found.start()]
    return text, tuple(numbers)


def guess(files):
    """Guess how a folder is laid out.

    Parameters
    ----------
    files : list of str
        Below the folder, with forward slashes.

    Returns
    -------
    str
        One of LAYOUTS: one that more than half of the notebooks follow, or plain.

    Examples
    --------
    >>> guess(["doejohn_10001_20001_00_triangle.ipynb"])
    'canvas'
    """
    paths = [tidy(x).split("/") for x in files if NOTEBOOK.search(tidy(x))]
    votes = Counter(_vote(parts) for parts in paths)
    if votes["nbgrader"]:
        return "nbgrader"
    best = max(LAYOUTS, key=lambda layout: votes[layout])
    return best if votes[best] * 2 > len(paths) else "plain"


def _vote(parts):
    if any(MOODLE.fullmatch(part) for part in parts):
        return "moodle"
    if CANVAS.fullmatch(parts[-1]):
        return "canvas"
    if parts[0] == "submitted" and len(parts) > 3:
        return "nbgrader"
    stem, _ = _attempt(NOTEBOOK.sub("", parts[-1]))  # without a " - Copy" at its end
    return "classroom" if " - " in stem else "plain"


def read_name(file, layout, lessons):
    """Read a file's name.

    Parameters
    ----------
    file : str
        Below the folder, with forward slashes.
    layout : str
        One of LAYOUTS. What does not follow it is read as plain.
    lessons : Lessons

    Returns
    -------
    Name

    Examples
    --------
    >>> lessons = Lessons(["triangle"])
    >>> name = "doejohn_LATE_10001_20002_00_Triangle-1.ipynb"
    >>> found = read_name(name, "canvas", lessons)
    >>> found.student, found.lesson, found.number, found.attempt, found.late
    ('doejohn', 'triangle', '10001', (20002, 1), True)
    """
    parts = [part.strip() for part in tidy(file).split("/")]
    if layout == "canvas" and (found := CANVAS.fullmatch(parts[-1])):
        slug, attempt = _lesson([*parts[:-1], found["rest"]], lessons)
        who, late = found["who"] or found["number"], bool(found["late"])
        attempt = (int(found["file"]), *attempt)
        return Name(who, slug, found["number"], attempt, late)
    if layout == "moodle":
        for at, part in enumerate(parts):
            if found := MOODLE.fullmatch(part):
                inner = [found["rest"]] if found["rest"] else []
                inside = [*parts[:at], *inner, *parts[at + 1 :]]
                slug, attempt = _lesson(inside, lessons)
                return Name(found["who"], slug, found["number"], attempt)
    if layout == "classroom":
        slug = _lesson(parts, lessons)[0]
        who = COPY_OF.sub("", parts[-1]).rpartition(" - ")[0]  # whatever the title is
        found = _flat(parts[-1], lessons, slug) if slug else Name(who)
        return replace(found, lesson=slug)
    if layout == "nbgrader" and parts[0] == "submitted":
        parts = parts[1:]
    return _plain(parts, lessons)


def _plain(parts, lessons):
    if len(parts) == 1:
        return _flat(parts[0], lessons)
    slug, before, after = lessons.find(parts[0])
    who = " ".join(part.strip(BETWEEN) for part in (before, after)).strip()
    if slug and not who and len(parts) < 9:  # a lesson's, or one's of this name
        name = _plain(parts[1:], lessons)
        name = name if name.student else _flat(parts[1], lessons, slug)
        if name.student != UNNAMED and name.lesson in ("", slug):
            return replace(name, lesson=slug)
    inner, attempt = _lesson(parts[1:], lessons)
    return Name(who if slug and who else parts[0], inner or slug, "", attempt)


def _flat(name, lessons, outer=""):
    """Read a name that holds the student and, unless a folder does, the lesson."""
    stem = NOTEBOOK.sub("", name)
    slug, before, after = lessons.find(stem)
    if not (slug or outer):
        return Name()
    rest, attempt = _attempt(after if slug else before)
    copies = COPY_OF.match(before if slug else rest)
    before = COPY_OF.sub("", before) if slug else ""
    rest = rest if slug else COPY_OF.sub("", rest)
    who = " ".join(part.strip(BETWEEN) for part in (before, rest)).strip()
    attempt = attempt or ((1,) if copies else ())
    return Name(who or UNNAMED, slug or outer, "", attempt)


def _lesson(parts, lessons):
    """Return the lesson of which a path speaks, nearest to its end, and the attempt."""
    stem = NOTEBOOK.sub("", parts[-1])
    _, attempt = _attempt(stem)
    attempt = attempt or ((1,) if COPY_OF.match(stem) else ())
    found = (lessons.find(part)[0] for part in (stem, *reversed(parts[:-1])))
    return next(filter(None, found), ""), attempt


class People:
    """Who takes the course: those on a roster, if there is one, and who handed in.

    Parameters
    ----------
    roster : path, optional
        A CSV file with columns id, name and email.

    Attributes
    ----------
    roster : dict of str to (str, str)
        Name and e-mail by id.
    """

    def __init__(self, roster=None):
        self.roster, self._others, self._by = {}, {}, ({}, {}, {})
        for place, row in read_csv(roster, ("id", "name", "email")) if roster else ():
            student = tidy(row["id"])
            if not student:
                raise NumlearnError(f"{place}: the id is empty: give everybody one.")
            if student in self.roster:
                raise NumlearnError(f"{place}: the id {student!r} is there twice.")
            self.roster[student] = tidy(row["name"]), tidy(row["email"])
            self._learn(student, *self.roster[student])

    def _learn(self, student, name, email):
        words = same(name).split()
        turned = [words[n:] + words[:n] for n in range(len(words))]
        loose = [" ".join(x) for x in turned]
        loose += [re.sub(r"\W", "", "".join(x)) for x in turned]
        for by, forms in zip(
            self._by, ([student], [email, email.partition("@")[0]], loose)
        ):
            for form in filter(None, map(same, forms)):
                by.setdefault(form, set()).add(student)

    def find(self, name, number=""):
        """Return the student whom a name or a number means, or "" if it is nobody's.

        Parameters
        ----------
        name : str
            An id, e-mail address or its first part, or name, as on the roster; without
            one, a name as on a file.
        number : str
            An id, for where the name is nobody's or that of several.
        """
        for form, ways in ((name, self._by), (number, self._by[:1])):
            for by in ways if form else ():
                if len(found := by.get(same(form), ())) == 1:
                    return next(iter(found))
        return self._others.get(same(name), "")

    def nearest(self, name):
        """Return whom a name that is nobody's may mean, as an end of a sentence."""
        forms = {form: who for by in self._by for form, who in by.items()}
        forms = forms or {form: {who} for form, who in self._others.items()}
        close = difflib.get_close_matches(same(name), forms, 1, 0.5)
        return f" (nearest: {' or '.join(sorted(forms[close[0]]))})" if close else ""

    def need(self, name, place):
        """Return the student whom a name means, or refuse one that is nobody's.

        Raises
        ------
        NumlearnError
            With the place and the nearest known.
        """
        if student := self.find(name):
            return student
        raise NumlearnError(
            f"{place}: there is no student {name!r}{self.nearest(name)}: write the name"
            " as it is on the roster, or in grades.csv."
        )

    def assign(self, names, layout):
        """Give each file its student, one for all the spellings of a name.

        People of one name are told apart by their numbers on the platform.

        Parameters
        ----------
        names : list of Name
        layout : str

        Returns
        -------
        students : list of str
        unknown : list of str
            Who is not on the roster; empty without one.
        """
        in_canvas, numbers = layout == "canvas", {}
        for x in names:
            scope = "" if in_canvas else x.lesson
            numbers.setdefault((same(x.student), scope), set()).add(x.number)
        twins = {
            who for (who, _), several in numbers.items() if len(several - {""}) > 1
        }
        students, unknown = [], set()
        for x in names:
            twin = same(x.student) in twins
            spelled = f"{x.student} {x.number}".strip() if twin else x.student
            known = "" if twin else x.student, x.number if in_canvas else ""
            student = self.find(*known) or self._others.get(same(spelled), "")
            if spelled and not student:
                student = self._others.setdefault(same(spelled), spelled)
            if self.roster and student and student not in self.roster:
                unknown.add(student)
            students.append(student)
        return students, sorted(unknown)
