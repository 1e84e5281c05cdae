"""How far a learner has come; a cache that running a notebook again restores."""

import os
from pathlib import Path

from numlearn import exercises
from numlearn.learner._note import Note

CELLS = 10
_unwritten = set()  # solved in this session, where no file could be written


def home():
    """Return the folder where numlearn keeps a learner's progress.

    Returns
    -------
    pathlib.Path
        ``$NUMLEARN_HOME`` where it is set, else the user's data folder.
    """
    import platformdirs

    return Path(
        os.environ.get("NUMLEARN_HOME") or platformdirs.user_data_path("numlearn")
    )


def done():
    """Return the names of the exercises that were solved on this machine."""
    try:
        return _unwritten | set((home() / "progress.txt").read_text().split())
    except OSError:
        return set(_unwritten)


def remember(name):
    """Note that an exercise is solved: one line in a text file."""
    if name in done():
        return
    try:
        home().mkdir(parents=True, exist_ok=True)
        with open(home() / "progress.txt", "a") as file:
            file.write(name + "\n")
    except OSError:  # a read-only home costs the next session's memory, not this one's
        _unwritten.add(name)


def bar(slug):
    """Draw a lesson's progress as one line of Markdown.

    >>> bar("scoring")                                              # doctest: +SKIP
    '`▰▰▰▰▰▱▱▱▱▱` 2 of 4 exercises of this lesson'
    """
    mine = exercises.of_lesson(slug)
    solved = sum(exercise.name in done() for exercise in mine)
    return (
        f"{_cells(solved, len(mine))} {solved} of {len(mine)} exercises of this lesson"
    )


def _cells(part, whole):
    full = CELLS * part // max(whole, 1)
    return "▰" * full + "▱" * (CELLS - full)


def progress(slug=None):
    """Show how far you have come, in one lesson or in the whole course.

    Parameters
    ----------
    slug : str, optional
        A lesson's slug, such as ``"scoring"``, or its number. By default all lessons
        are listed.

    Returns
    -------
    Note
        One line a lesson, shown as Markdown, and below them the page for whoever has
        solved all that is written. Running a notebook again restores its line where
        the disk is new, as in Colab.
    """
    from numlearn.lessons import find_lesson, lessons

    if slug is not None:
        return Note(bar(find_lesson(slug).slug))
    rows = ["| lesson | minutes | | exercises | points |", "|---|---|---|---|---|"]
    for lesson in lessons():
        if lesson.planned:
            continue
        mine = exercises.of_lesson(lesson.slug)
        solved = [exercise for exercise in mine if exercise.name in done()]
        points = f"{_points(solved)} of {_points(mine)}"
        rows.append(
            f"| {lesson.number:02d} {lesson.question}"
            f" | {lesson.minutes} | {_cells(len(solved), len(mine))}"
            f" | {len(solved)} of {len(mine)} | {points} |"
        )
    return Note("\n".join(rows) + _completion())


def _completion():
    """Return the page for whoever has solved all that is written, else nothing."""
    ready = [exercises.of_lesson(slug) for slug in exercises.slugs()]
    every = [exercise for lesson in ready for exercise in lesson]
    if any(exercise.name not in done() for exercise in every):
        return ""
    return (
        "\n\n## You have solved the whole course\n\n"
        f"All {len(every)} exercises, {_points(every)} points. What you wrote by hand"
        " is what `numlearn` computes: from here on, import it with a clear conscience."
    )


def _points(of):
    return sum(exercise.points for exercise in of)
