"""Where the course's own files lie: in a checkout, or inside the wheel."""

from pathlib import Path

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
