"""The command line: ``numlearn lab``, ``list``, ``build``, ``doctor`` and more."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from numlearn import __version__
from numlearn.errors import NumlearnError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="The Numerai triangle: a course and a small library. Not affiliated with"
    " Numerai; nothing here is financial advice.",
)


@app.command(context_settings={"ignore_unknown_options": True})
def lab(
    lesson: Annotated[str, typer.Option(help="Slug or number to open.")] = "triangle",
    arguments: Annotated[
        list[str] | None, typer.Argument(help="Passed on to jupyter lab.")
    ] = None,
):
    """Open JupyterLab on a lesson (the first one, unless you name another)."""
    from numlearn.course.lab import open_lab

    raise typer.Exit(open_lab(lesson, arguments or []))


@app.command("list")
def list_lessons():
    """List the lessons and what you have solved of each."""
    from rich.console import Console
    from rich.table import Table

    from numlearn import exercises
    from numlearn.course import _progress
    from numlearn.course.lessons import lessons

    table = Table("", "lesson", "minutes", "solved")
    done = _progress.done()
    for lesson in lessons():
        solved = ""
        if not lesson.planned:
            mine = exercises.of_lesson(lesson.slug)
            solved = f"{sum(e.name in done for e in mine)} of {len(mine)}"
        title = lesson.title if not lesson.planned else f"[dim]{lesson.title} (planned)"
        table.add_row(f"{lesson.number:02d}", title, str(lesson.minutes or ""), solved)
    Console().print(table)


@app.command()
def build(
    slugs: Annotated[
        list[str] | None, typer.Argument(help="Which; all if none.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; prove.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Execute solutions anew.")
    ] = False,
):
    """Build the notebooks from their masters, or check that they keep the rules."""
    _need_checkout()
    if check:
        from numlearn.course.proof import prove

        faults, counts = prove()
        for fault in faults:
            typer.echo(fault, err=True)
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        typer.echo(f"ok: {told}" if not faults else f"{len(faults)} faults in {told}")
        raise typer.Exit(1 if faults else 0)
    from numlearn._files import course_root
    from numlearn.course.build import build

    for path in build(slugs or [], force=force):
        typer.echo(f"wrote {path.relative_to(course_root())}")


@app.command()
def grade(
    submissions: Annotated[Path, typer.Argument(help="Folder with what was handed in.")],
    seed_file: Annotated[Path, typer.Option(help="A file with your secret text.")],
    out: Annotated[Path, typer.Option(help="Where the rows go.")] = Path("grades.csv"),
    jobs: Annotated[int, typer.Option(help="Notebooks at a time.", min=1)] = 1,
    sandbox: Annotated[
        str | None, typer.Option(help="bwrap: no network, read-only file system.")
    ] = None,
    seconds: Annotated[int, typer.Option(help="CPU time of one notebook.", min=1)] = 60,
):
    """Grade a class: a row for every file, and gradebook.csv with a line a student."""
    from numlearn.course._containment import Limits
    from numlearn.course.grade import grade

    limits = Limits(seconds=seconds)
    graded = grade(submissions, seed_file, out, jobs, sandbox, limits, show=True)
    typer.echo(
        f"{graded.files} files, {graded.students} students, {graded.rows} rows in"
        f" {graded.grades}; a line a student in {graded.gradebook}"
    )
    if graded.caution:
        typer.echo(graded.caution, err=True)


@app.command()
def export(
    nbgrader: Annotated[Path, typer.Option(help="The folder of a new nbgrader course.")],
):
    """Hand the lessons to a school's own nbgrader."""
    from numlearn.course.export import export_nbgrader

    for path in export_nbgrader(nbgrader):
        typer.echo(f"wrote {path}")


@app.command()
def doctor():
    """Say whether this machine has what the course needs, and what to do if not."""
    from numlearn.course.doctor import examine

    well = True
    for line, good in examine():
        typer.echo(f"{'ok ' if good else '✗  '} {line}")
        well &= good
    raise typer.Exit(0 if well else 2)


@app.command()
def version():
    """Print the version."""
    typer.echo(__version__)


def _need_checkout():
    from numlearn._files import course_root

    if course_root() == Path(__file__).parent / "_course":
        raise NumlearnError(
            "Lessons are built in a checkout of the course: clone the repository and"
            " run this there."
        )


def main():
    """Run the command line; what was wrong is one sentence and exit code 2."""
    try:
        app()
    except NumlearnError as error:
        typer.echo(f"numlearn: {error}", err=True)
        sys.exit(2)
    except ModuleNotFoundError as error:
        extra = {"jupytext": "dev", "nbclient": "dev", "nbformat": "dev"}.get(
            error.name
        )
        if extra is None:
            raise
        typer.echo(
            f'numlearn: this needs {error.name}: pip install "numlearn[{extra}]".',
            err=True,
        )
        sys.exit(2)


if __name__ == "__main__":
    main()
