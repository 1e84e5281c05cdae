"""Where the course's own files lie, and files that are whole or not there."""

import os
import stat
import tomllib
from contextlib import contextmanager, suppress
from pathlib import Path

from numlearn.errors import NumlearnError, instead_of

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
        If its folder does not exist or may not be written into, or a folder is in its
        place.
    """
    path = Path(path).expanduser()
    if not os.path.isdir(path.parent):
        raise NumlearnError(
            f"There is no folder {str(path.parent)!r} to write {path.name} into: make "
            "it first, or give another place."
        )
    if os.path.isdir(path):
        raise NumlearnError(f"{path} is a folder: give the name of a file in it.")
    folder_to_fill(path.parent)
    return path


def folder_to_fill(path):
    """Return the path of a folder to write into, made if it is not there.

    Raises
    ------
    NumlearnError
        If it is a file, cannot be made, or may not be written into.
    """
    path = Path(path).expanduser()
    failed = f"The folder {path} cannot be made ({{error}}): give another place."
    with instead_of(OSError, failed):
        if os.path.isfile(path):
            raise NumlearnError(f"{path} is a file: give a folder, it may be new.")
        path.mkdir(parents=True, exist_ok=True)
    own = {"effective_ids": True} if os.access in os.supports_effective_ids else {}
    if not os.access(path, os.W_OK | os.X_OK, **own):
        raise NumlearnError(f"You may not write into {path}: give another place.")
    return path


def lies_at(path):
    """Return "file" or "folder" for what can be read at a path, "" if nothing is there.

    Raises
    ------
    NumlearnError
        If it may not be read.
    """
    closed = f"{path} cannot be opened ({{error}}): look who may read it."
    nothing = suppress(FileNotFoundError, NotADirectoryError)
    with instead_of((OSError, ValueError), closed), nothing:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            os.scandir(path).close()
            return "folder"
        if stat.S_ISREG(mode):
            open(path, "rb").close()
        return "file"
    return ""


def origin(path, what="file"):
    """Return the path of a file to read, or say why there is nothing to be read.

    Raises
    ------
    NumlearnError
        If it does not exist, may not be read, is empty, or is a folder.
    """
    path = Path(path).expanduser()
    kind = lies_at(path)
    if not kind:
        raise NumlearnError(f"There is no {what} {path}: check the path.")
    if kind == "folder":
        raise NumlearnError(f"{path} is a folder: give the path of a file.")
    if path.is_file() and not path.stat().st_size:
        raise NumlearnError(f"{path} is an empty file: write it anew.")
    return path


def tables_beside(module):
    """Return the tables of the TOML file that stands beside a module, by its name."""
    return tomllib.loads(Path(module).with_suffix(".toml").read_text(encoding="utf-8"))
