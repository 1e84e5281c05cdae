"""The command line: ``numlearn lab``, ``list``, ``build``, ``doctor`` and more."""

import contextlib
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
    from numlearn.learner import lab as open_lab

    raise typer.Exit(open_lab(lesson, arguments or []))


@app.command("list")
def list_lessons():
    """List the lessons and what you have solved of each."""
    from rich.console import Console
    from rich.table import Table

    from numlearn import exercises
    from numlearn.learner import done
    from numlearn.lessons import lessons

    table = Table("", "lesson", "minutes", "solved")
    solved_here = done()
    for lesson in lessons():
        solved = ""
        if not lesson.planned:
            mine = exercises.of_lesson(lesson.slug)
            solved = f"{sum(e.name in solved_here for e in mine)} of {len(mine)}"
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
    stored: Annotated[
        bool, typer.Option("--stored", help="Make stored tables (named, or all old).")
    ] = False,
    sample: Annotated[
        bool, typer.Option("--sample", help="With --stored: compare a world of each.")
    ] = False,
):
    """Build the notebooks from their masters, or check that they keep the rules."""
    _need_checkout()
    if stored:
        from numlearn.author import stored as tables

        with _progress("worlds") as show:
            work = tables.sample if sample else tables.make
            told = work(slugs or (), n_jobs=2, progress=show)
        typer.echo("\n".join(told) if told else "ok: no stored table is old")
        raise typer.Exit(1 if sample and told else 0)
    if check:
        from numlearn.author.proof import prove

        faults, counts = prove(slugs=slugs or ())
        for fault in faults:
            typer.echo(fault, err=True)
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        typer.echo(f"ok: {told}" if not faults else f"{len(faults)} faults in {told}")
        raise typer.Exit(1 if faults else 0)
    from numlearn._files import course_root
    from numlearn.author.build import build

    for path in build(slugs or [], force=force):
        typer.echo(f"wrote {path.relative_to(course_root())}")


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="Folder with what was handed in.")
    ],
    seed_file: Annotated[Path, typer.Option(help="A file with your secret text.")],
    out: Annotated[Path, typer.Option(help="Where the rows go.")] = Path("grades.csv"),
    jobs: Annotated[int, typer.Option(help="Notebooks at a time.", min=1)] = 1,
    sandbox: Annotated[
        str | None, typer.Option(help="bwrap: no network, read-only file system.")
    ] = None,
    seconds: Annotated[int, typer.Option(help="CPU time of one notebook.", min=1)] = 60,
):
    """Grade a class: a row for every file, and gradebook.csv with a line a student."""
    from numlearn.grading import Limits, grade

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
    nbgrader: Annotated[
        Path, typer.Option(help="The folder of a new nbgrader course.")
    ],
):
    """Hand the lessons to a school's own nbgrader."""
    from numlearn.author.export import export_nbgrader

    for path in export_nbgrader(nbgrader):
        typer.echo(f"wrote {path}")


@app.command()
def doctor(
    online: Annotated[
        bool, typer.Option("--online", help="Ask Numerai which rules are in force.")
    ] = False,
):
    """Say whether this machine has what the course needs, and what to do if not."""
    from numlearn.learner import examine

    well = True
    for line, good in examine():
        typer.echo(f"{'ok ' if good else '✗  '} {line}")
        well &= good
    if online:
        from numlearn.staking import compare_online

        typer.echo(compare_online().to_string())
    raise typer.Exit(0 if well else 2)


data_app = typer.Typer(no_args_is_help=True, help="Data sets: fetch, make, verify.")
app.add_typer(data_app, name="data")
world_app = typer.Typer(no_args_is_help=True, help="The synthetic world.")
app.add_typer(world_app, name="world")


@data_app.command()
def describe(
    split: Annotated[str, typer.Argument(help="train, validation or live")] = "train",
    source: Annotated[
        str | None, typer.Option(help="A folder, or a version such as v5.2.")
    ] = None,
):
    """Tell what a split holds."""
    from numlearn.data import describe, load

    typer.echo(describe(load(split, source=source)).to_string())


@data_app.command()
def download(
    version: Annotated[str, typer.Argument(help="Such as v5.2.")],
    files: Annotated[
        list[str] | None, typer.Argument(help="Which; train and validation if none.")
    ] = None,
):
    """Download Numerai's own files, once, and check that they are whole."""
    from numlearn.data import download

    folder = download(version, files) if files else download(version)
    typer.echo(f"{folder}: load with source={version!r}")


@data_app.command()
def make(
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    eras: Annotated[int, typer.Option(help="How many weeks.")] = 200,
    rows: Annotated[int, typer.Option(help="Rows of a full era.")] = 5000,
    features: Annotated[int, typer.Option(help="How many, from 42.")] = 2376,
    seed: Annotated[int, typer.Option(help="Another seed, another world.")] = 0,
):
    """Write a synthetic world of any size; interrupted, it goes on where it was."""
    from numlearn.world import make

    with _progress("eras") as show:
        folder = make(out, eras, rows, features, seed, progress=show)
    typer.echo(f"{folder}: load with source={str(folder)!r}")


@data_app.command()
def verify(
    folder: Annotated[Path | None, typer.Argument(help="By default ours.")] = None,
):
    """Make a synthetic data set anew and compare every value."""
    from numlearn._files import course_root
    from numlearn.world import verify

    with _progress("eras") as show:
        found = verify(folder or course_root() / "data", progress=show)
    typer.echo(found)
    raise typer.Exit(0 if found.ok else 1)


@world_app.command()
def calibrate(
    seeds: Annotated[int, typer.Option(help="How many worlds.", min=1)] = 5,
    jobs: Annotated[int, typer.Option(help="Processes.", min=1)] = 2,
):
    """Measure worlds beside the real tournament's public figures."""
    from numlearn.world.calibrate import calibrate, to_markdown

    with _progress("worlds") as show:
        measured = calibrate(range(seeds), jobs, progress=show)
    typer.echo(to_markdown(measured))


@world_app.command("run")
def run_season(
    seed: Annotated[int, typer.Option(help="The world's, and its users'.")] = 1,
    rules: Annotated[str, typer.Option(help="A dated rule set.")] = "2026-01",
    rounds: Annotated[int, typer.Option(help="Weekly rounds.", min=1)] = 52,
    users: Annotated[int, typer.Option(help="How many.", min=1)] = 30,
    rows: Annotated[int, typer.Option(help="Stocks a round.", min=100)] = 1000,
    what_if: Annotated[
        list[str] | None, typer.Option(help="A changed rule; may be repeated.")
    ] = None,
    seeds: Annotated[int, typer.Option(help="Worlds for --what-if.", min=1)] = 5,
    save: Annotated[
        Path | None, typer.Option(help="Save here; go on from here (.npz).")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="A page to write.")] = None,
):
    """Turn the whole triangle for a season, from a seed to a table and a page."""
    from numlearn import world
    from numlearn.world._report import short, write_report
    from numlearn.world._what_if import chosen

    chosen(what_if or [])  # an unknown one is said before the work
    with _progress("rounds") as show:
        season = world.run(
            seed, rules, rounds, users, rows=rows, path=save, progress=show
        )
    typer.echo(season)
    typer.echo(season.by_behaviour().round(4).to_string())
    typer.echo(season.summary().map(short).to_string())
    compared = None
    if what_if:
        with _progress("seasons") as show:
            some = range(seed, seed + seeds)
            compared = world.what_if(
                what_if, some, rules, rounds, users, rows=rows, progress=show
            )
        typer.echo(compared.bands().to_string(float_format=short))
    if report:
        typer.echo(f"wrote {write_report(season, report, compared)}")


@contextlib.contextmanager
def _progress(what):
    """Draw a progress bar on stderr; yields what to call with done and total."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@app.command()
def submit(
    predictions: Annotated[Path, typer.Argument(help="A CSV: id, prediction.")],
    model: Annotated[str, typer.Option(help="The name of one of your models.")],
    server: Annotated[
        str | None,
        typer.Option(
            envvar="NUMLEARN_SERVER",
            help="Another address than Numerai's, such as that of `numlearn serve`;"
            " your keys are sent there.",
        ),
    ] = None,
):
    """Check a file of predictions and hand it in.

    Your keys are taken from NUMERAI_PUBLIC_ID and NUMERAI_SECRET_KEY, or asked for.
    """
    from numlearn.models import submission
    from numlearn.tournament import pointing_to

    with pointing_to(server) if server else contextlib.nullcontext():
        taken = submission.upload(submission.read(predictions), model)
    typer.echo(f"accepted for {model}: submission {taken}")


@app.command()
def serve(
    closed: Annotated[bool, typer.Option(help="Its round takes nothing.")] = False,
    drop: Annotated[bool, typer.Option(help="It drops every upload.")] = False,
):
    """Open a tournament on this computer, to try `submit` without an account."""
    import math
    import threading

    from numlearn.tournament import TournamentServer

    with TournamentServer() as server, contextlib.suppress(KeyboardInterrupt):
        server.round_open = not closed
        if drop:
            server.misbehave("drop", on="uploads", times=math.inf)
        typer.echo(
            "The tournament is open until you press Ctrl-C. In another terminal:\n\n"
            f"export NUMLEARN_SERVER={server.url}\n"
            f"export NUMERAI_PUBLIC_ID={server.public_id}"
            f" NUMERAI_SECRET_KEY={server.secret_key}\n"
            f"numlearn submit predictions.csv --model {next(iter(server.models))}"
        )
        sys.stdout.flush()
        threading.Event().wait()


@app.command()
def version():
    """Print the version."""
    typer.echo(__version__)


new_app = typer.Typer(no_args_is_help=True, help="A skeleton to fill in.")
app.add_typer(new_app, name="new")


@new_app.command("lesson")
def new_lesson(
    slug: Annotated[str, typer.Argument(help="Its name in files, such as options.")],
    after: Annotated[
        str | None, typer.Option(help="The slug before it; at the end if not given.")
    ] = None,
):
    """Write the skeleton of a lesson, and its place into course.toml."""
    from numlearn.author import new

    _need_checkout()
    for path in new.lesson(slug, after):
        typer.echo(f"wrote {path}")


@new_app.command("exercise")
def new_exercise(
    slug: Annotated[str, typer.Argument(help="The lesson's slug.")],
    name: Annotated[str, typer.Argument(help="What the answer has to define.")],
):
    """Write the skeleton of an exercise at the end of a lesson's last section."""
    from numlearn.author import new

    _need_checkout()
    for path in new.exercise(slug, name):
        typer.echo(f"wrote {path}")


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
