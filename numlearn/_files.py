"""Where the course's own files lie, and files that are whole or not there."""

import os
import tomllib
from contextlib import contextmanager
from pathlib import Path

from numlearn.errors import NumlearnError

_PACKAGE = Path(__file__).parent


def course_root():
    """Return the folder that holds course.toml, data/, lessons/ and solutions/.

    Returns
    -------
    pathlib.Path
        The checkout's root where numlearn runs from one, else the copy of these
        folders that the wheel carries.
    """
    checkout = _PACKAGE.parent
    if (checkout / "course.toml").is_file() and (checkout / "solutions").is_dir():
        return checkout
    return _PACKAGE / "_course"


@contextmanager
def written_whole(path):
    """Yield a hidden file beside `path`, to take its place if nothing goes wrong.

    At any moment the file at `path` is the old one or the new one, and a failure leaves
    nothing beside it.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def destination(path):
    """Return the path of a file to write, or refuse it before the work is done.

    Raises
    ------
    NumlearnError
        If its folder does not exist, or a folder is in its place.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise NumlearnError(
            f"There is no folder {str(path.parent)!r} to write {path.name} into: make "
            "it first, or give another place."
        )
    if path.is_dir():
        raise NumlearnError(f"{path} is a folder: give the name of a file in it.")
    return path


def tables_beside(module):
    """Return the tables of the TOML file that stands beside a module, by its name."""
    return tomllib.loads(Path(module).with_suffix(".toml").read_text(encoding="utf-8"))
