"""What was handed in: every file of a folder, whose it is, and which lesson's."""

import os
import stat
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from numlearn._files import lies_at
from numlearn.errors import NumlearnError, one_of
from numlearn.grading.trusted.names import (
    LAYOUTS,
    NOTEBOOK,
    Lessons,
    People,
    guess,
    read_name,
)

NO_HAND_IN = ("__MACOSX", ".ipynb_checkpoints", "Thumbs.db", "desktop.ini")
LATE = "late"  # what stands for a time that only the platform knows


@dataclass(frozen=True)
class Submission:
    """A file that was handed in.

    Parameters
    ----------
    file : str
        Where it is below the folder, with forward slashes.
    student : str
        Empty where the file's name does not say.
    lesson : str
        The lesson's slug, or empty.
    why_not : str
        Why it cannot be graded; empty if it may be tried.
    submitted : str
        When, as far as is known: a time, LATE or "".
    number : str
        The person's on the platform; empty if the file's name has none.
    """

    file: str
    student: str
    lesson: str
    why_not: str = ""
    submitted: str = ""
    number: str = ""


class Collected(NamedTuple):
    """What lies in a folder: ``submissions``, ``people`` and ``notes`` (sentences)."""

    submissions: list
    people: People
    notes: list
    layout: str = ""


def collect(folder, slugs, ignore=(), *, layout=None, roster=None):
    """List all files of a folder, by student and lesson, the last attempt last.

    Parameters
    ----------
    folder : path
    slugs : iterable of str
        The lessons that have exercises.
    ignore : iterable of path
        Files of the grader's own that may lie there too.
    layout : str, optional
        One of LAYOUTS, guessed if not given; see ``names``.
    roster : path, optional
        A CSV file with columns id, name and email.

    Returns
    -------
    Collected

    Raises
    ------
    NumlearnError
        If there is no such folder or layout, or the roster has a fault.
    """
    folder = Path(folder)
    if lies_at(folder) != "folder":
        cure = "give the one that holds what was handed in"
        cure = "unpack it first" if folder.suffix.lower() == ".zip" else cure
        raise NumlearnError(f"{folder} is not a folder: {cure}.")
    people, lessons = People(roster), Lessons(slugs)
    ours = {Path(path).absolute() for path in (*ignore, roster) if path}
    files, passed = _files(folder, ours)
    how = "as told" if layout else "guessed; --layout says otherwise"
    in_nbgrader = folder.absolute().name == "submitted"
    layout = layout or ("nbgrader" if in_nbgrader else guess(files))
    one_of(layout, LAYOUTS, "layout")
    if layout == "nbgrader":
        files, others = _of_nbgrader(files)
        passed["nbgrader's own"] += others
    names = [read_name(file, layout, lessons) for file in files]
    students, unknown = people.assign(names, layout)
    found = sorted(zip(students, names, files), key=_order)
    stamped = layout == "nbgrader"
    submissions = [_submission(folder, stamped, *each) for each in found]
    notes = [f"Layout: {layout} ({how})."]
    if passed := +passed:  # only what there is
        told = ", ".join(f"{n} {what}" for what, n in sorted(passed.items()))
        notes.append(f"No hand-ins, passed over: {told}.")
    if unknown:
        told = ", ".join(f"{name!r}{people.nearest(name)}" for name in unknown)
        notes.append(f"Not on the roster: {told}.")
    if absent := sorted(set(people.roster) - set(students)):
        told = f"{len(absent)} of {len(people.roster)} ({', '.join(absent)})"
        notes.append(f"On the roster, but handed in nothing: {told}.")
    return Collected(submissions, people, notes, layout)


def _order(found):
    student, name, file = found
    return student, name.lesson, name.attempt, file


def _files(folder, ours):
    """Return what was handed in, and count what was not by its kind."""
    found, passed = [], Counter()
    for place, folders, files in os.walk(folder):
        odd = [name for name in folders if _is_odd(Path(place, name))]
        for path in (Path(place, name) for name in files + odd):
            if path.absolute() in ours:
                continue
            file = path.relative_to(folder)
            kinds = [x for x in file.parts if x in NO_HAND_IN or x.startswith(".")]
            if kinds:
                kind = kinds[0] if kinds[0] in NO_HAND_IN else "dot files"
                passed[kind] += 1
            else:
                found.append(file.as_posix())
    return sorted(found), passed


def _of_nbgrader(files):
    """Leave out what is not submitted/, and the times that nbgrader writes there."""
    top = [file for file in files if file.startswith("submitted/")] or files
    kept = [file for file in top if file.rpartition("/")[2] != "timestamp.txt"]
    return kept, len(files) - len(kept)


def _is_odd(folder):
    """Tell whether a folder is listed itself: a link, empty, or named as a notebook."""
    try:
        odd = folder.is_symlink() or bool(NOTEBOOK.search(folder.name))
        return odd or not any(folder.iterdir())
    except OSError:
        return True


def _submission(folder, stamped, student, name, file):
    path = folder / file
    why_not, submitted = _why_not(path), LATE if name.late else ""
    if not name.lesson and not why_not:
        why_not = "its name does not say which lesson it is: call it NN_slug.ipynb"
    if stamped:
        stamp, _ = read(path.with_name("timestamp.txt"), 100)
        submitted = stamp.decode("latin1").strip()
    return Submission(file, student, name.lesson, why_not, submitted, name.number)


def _why_not(path):
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    if stat.S_ISLNK(mode):
        return "it is a link, and links are not followed"
    if stat.S_ISDIR(mode):
        return "it is a folder, not a notebook"
    if not stat.S_ISREG(mode):
        return "it is not a regular file"
    if not NOTEBOOK.search(path.name):
        return "it is not a notebook: its name does not end in .ipynb"
    return ""


def read(path, most):
    """Read a file that was handed in, if it still is one and is not too long.

    Parameters
    ----------
    path : path
    most : int
        Bytes.

    Returns
    -------
    content : bytes
        Empty if it was not read.
    why_not : str
        Empty if it was.
    """
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(path, "rb", opener=lambda p, how: os.open(p, how | careful)) as file:
            size = os.fstat(file.fileno()).st_size
            if size > most:
                return b"", f"it has {size:,} bytes, more than the {most:,} tried"
            return file.read(most), ""
    except OSError as error:
        return b"", f"it cannot be read ({error.strerror})"
