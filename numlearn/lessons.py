"""The spine of the course: which lessons there are, in which order."""

import json
import re
import tomllib
from dataclasses import dataclass, field

from numlearn._files import course_root
from numlearn.errors import NumlearnError


@dataclass(frozen=True)
class Lesson:
    """A lesson as its master's header describes it; without a master it is planned."""

    number: int
    slug: str
    question: str = ""
    minutes: int = 0
    objectives: tuple = ()
    needs: tuple = ()
    claims: tuple = ()
    planned: bool = field(default=False)

    @property
    def stem(self):
        """The name of its notebooks without their ending: its number and its slug."""
        return f"{self.number:02d}_{self.slug}"

    @property
    def title(self):
        """Its question, or its slug in words as long as it is planned."""
        return self.question or self.slug.replace("_", " ")


def course():
    """Return what course.toml says: title, version, repository, lessons (slugs)."""
    return tomllib.loads((course_root() / "course.toml").read_text(encoding="utf-8"))


def lessons():
    """Return all lessons in the order of course.toml, the planned ones included.

    Returns
    -------
    list of Lesson
        What the header of a lesson says is read from its built notebook.
    """
    folder = course_root() / "lessons"
    result = []
    for number, slug in enumerate(course()["lessons"]):
        notebook = folder / f"{number:02d}_{slug}.ipynb"
        header = {"planned": True}
        if notebook.is_file():
            header = json.loads(notebook.read_text(encoding="utf-8"))["metadata"][
                "numlearn"
            ]
        result.append(Lesson(number, slug, **header))
    return result


def find_lesson(slug):
    """Find a lesson by slug, by number or by ``NN_slug``.

    Raises
    ------
    NumlearnError
        If there is no such lesson; the message lists those that are written.
    """
    for lesson in lessons():
        if str(slug) in (
            lesson.slug,
            lesson.stem,
            str(lesson.number),
            f"{lesson.number:02d}",
        ):
            return lesson
    written = ", ".join(lesson.stem for lesson in lessons() if not lesson.planned)
    raise NumlearnError(f"There is no lesson {slug!r}. Written so far: {written}.")


REFERENCE = re.compile(r"\{([Ll]esson|number):(\w+)\}")


def resolve(text, known=None, folder=""):
    """Write out a text's references to lessons, so that none needs a number.

    Parameters
    ----------
    text : str
        In it ``{lesson:slug}`` becomes the word "lesson" and its number (with a capital
        for ``{Lesson:slug}``), and ``{number:slug}`` becomes the number alone.
    known : iterable of Lesson, optional
        Where it is given, a reference is a Markdown link with the lesson's title.
    folder : str, optional
        What stands before the notebook's name in a link, such as ``"../lessons/"``.

    Returns
    -------
    str

    Raises
    ------
    NumlearnError
        If the course has no such lesson.
    """
    titles = {lesson.slug: lesson.title for lesson in known or ()}

    def said(match):
        form, slug = match.groups()
        order = course()["lessons"]
        if slug not in order:
            raise NumlearnError(
                f"{match[0]} names no lesson: course.toml has {', '.join(order)}."
            )
        number = f"{order.index(slug):02d}"
        words = number if form == "number" else f"{form} {number}"
        link = f'({folder}{number}_{slug}.ipynb "{titles.get(slug)}")'
        return f"[{words}]{link}" if slug in titles else words

    return REFERENCE.sub(said, text)


# A function's answer stands between the markers; a value's between brackets or alone.
MARKED = re.compile(
    r"^(?P<indent>[ \t]*)# BEGIN SOLUTION\n(?P<body>.*?)"
    r"^[ \t]*# END SOLUTION[ \t]*(\n|\Z)",
    re.MULTILINE | re.DOTALL,
)


def solved(source):
    """Return a cell's source with its solution and without the markers."""
    return MARKED.sub(lambda match: match["body"], source).rstrip("\n")


def unsolved(source):
    """Return a cell's source with ``...`` where its solution was.

    A solution that assigns a name at the top level leaves ``name = ...``, so that
    running all cells of an unsolved lesson reaches the end.
    """

    def stub(match):
        name = re.match(r"(\w+) = ", match["body"]) if not match["indent"] else None
        return f"{match['indent']}{name[1] + ' = ' if name else ''}...\n"

    return MARKED.sub(stub, source).rstrip("\n")


def answer_cell(slug, name):
    """Return the course's own answer to an exercise, as its master writes it.

    Parameters
    ----------
    slug, name : str
        The lesson's slug and the exercise's name.

    Returns
    -------
    str
        Python source.
    """
    return solved(marked_cell(slug, name))


def marked_cell(slug, name):
    """Return an exercise's cell from the master, its solution between the markers."""
    master = course_root() / "solutions" / f"{find_lesson(slug).slug}.py"
    cells = re.split(r"^# %%", master.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for cell in cells:
        first, _, source = cell.partition("\n")
        if f'exercise="{name}"' in first:
            return source.strip("\n") + "\n"
    raise NumlearnError(f"Lesson {slug!r} has no answer cell for {name!r}.")
