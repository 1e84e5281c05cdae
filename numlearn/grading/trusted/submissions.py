"""What was handed in: every file of a folder, whose it is, and which lesson's."""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from numlearn.errors import NumlearnError


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
    """

    file: str
    student: str
    lesson: str
    why_not: str = ""


def collect(folder, slugs, ignore=()):
    """List all files of a folder, in order.

    The student is the first folder's name in ``<student>/…/NN_slug.ipynb`` (nbgrader's
    ``submitted/<student>/<assignment>/`` is of this form), and what remains of the
    name in ``<student>_NN_slug.ipynb``.

    Parameters
    ----------
    folder : path
    slugs : iterable of str
        The lessons that have exercises.
    ignore : iterable of path
        Files of the grader's own that may lie there too.

    Returns
    -------
    list of Submission

    Raises
    ------
    NumlearnError
        If there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NumlearnError(f"{folder} is not a folder: where are the submissions?")
    ours = {Path(path).absolute() for path in ignore}
    found = []
    for place, folders, files in os.walk(folder):
        odd = [name for name in folders if _is_odd(Path(place, name))]
        found += [Path(place, name) for name in files + odd]
    slug = "|".join(sorted(slugs, key=len, reverse=True))
    lesson = re.compile(rf"(?<!\d)\d\d_({slug})(?![a-z0-9])")
    theirs = sorted(path for path in found if path.absolute() not in ours)
    return [_submission(path, folder, lesson) for path in theirs]


def _is_odd(folder):
    """Tell whether a folder is listed itself: a link, empty, or named as a notebook."""
    try:
        odd = folder.is_symlink() or folder.suffix == ".ipynb"
        return odd or not any(folder.iterdir())
    except OSError:
        return True


def _submission(path, folder, lesson):
    file, kept = path.relative_to(folder), ".ipynb_checkpoints" in path.parts
    named = None if kept else lesson.search(path.stem)
    if len(file.parts) > 1:
        student = file.parts[0]
    elif named:
        rest = path.stem[: named.start()], path.stem[named.end() :]
        student = " ".join(part.strip("_-. ") for part in rest).strip() or "unnamed"
    else:
        student = ""
    why_not = _why_not(path)
    if not named and not why_not:
        why_not = "its name does not say which lesson it is: call it NN_slug.ipynb"
    return Submission(file.as_posix(), student, named[1] if named else "", why_not)


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
    if ".ipynb_checkpoints" in path.parts:
        return "it is a checkpoint that Jupyter keeps, not what was handed in"
    if path.suffix != ".ipynb":
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
