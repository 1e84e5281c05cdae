"""The command line: a command has the path of the function behind it.

``numlearn world make`` is ``nl.world.make``, ``numlearn lab`` is ``nl.lab``.
"""

import contextlib
import functools
import os
import re
import sys
from itertools import product
from pathlib import Path
from typing import Annotated

import typer

import numlearn as nl
from numlearn._progress import progress_shown
from numlearn.errors import NumlearnError

SETTINGS = {"no_args_is_help": True, "pretty_exceptions_enable": False}
KNOWN = {  # what options take, looked up only where a help or a shell asks
    "lesson": lambda: nl.lessons.course()["lessons"],
    "rules": lambda: [
        k for k, r in nl.staking.RULES.items() if r.tournament == "classic"
    ],
    "what_if": lambda: nl.world.WHAT_IFS,
}


class Listing(typer.core.TyperCommand):
    """A command whose help lists the values that its options take."""

    def format_help(self, ctx, formatter):
        """Write the help, with what the options take today."""
        for parameter, name in product(self.params, KNOWN):
            if f"{{{name}}}" in (parameter.help or ""):
                listed = {name: ", ".join(KNOWN[name]())}
                parameter.help = parameter.help.format(**listed)
        super().format_help(ctx, formatter)


def option(kind, told, *names, known=None, **settings):
    """Return the type of a parameter that is an option, with what its help says."""
    if known:
        settings["autocompletion"] = lambda incomplete: [
            value for value in KNOWN[known]() if value.startswith(incomplete)
        ]
    return Annotated[kind, typer.Option(*names, help=told, **settings)]


def argument(kind, told):
    """Return the type of a parameter that is an argument, with what its help says."""
    return Annotated[kind, typer.Argument(help=told)]


app = typer.Typer(**SETTINGS, epilog="Example: numlearn lab --lesson scoring")
GROUPS = {"": app}  # by the words before a command's name
for words, told, example in (
    ("data", "Data sets: fetch and describe.", "describe validation"),
    ("models", "Predictions, and what becomes of them.", "submission --help"),
    ("models submission", "Hand in predictions.", "upload mine.csv --model mine"),
    ("new", "A skeleton to fill in.", "lesson options --after staking"),
    ("tournament", "A tournament on this computer.", "serve --data v5.2"),
    ("world", "The synthetic world: data, users, seasons.", "run --rounds 52"),
):
    epilog = f"Example: numlearn {words} {example}"
    GROUPS[words] = typer.Typer(**SETTINGS, help=told, epilog=epilog)
    above, _, last = words.rpartition(" ")
    GROUPS[above].add_typer(GROUPS[words], name=last)


@app.callback(invoke_without_command=True)
def options(version: option(bool, "Print it.", "--version") = False):
    """Learn Numerai's triangle: a course and a small library.

    Not affiliated with Numerai; nothing here is financial advice.
    """
    if version:
        typer.echo(nl.__version__)
        raise typer.Exit


def command(path, example, **settings):
    """Register a command as it is typed, such as "world make", with an example."""
    group, _, name = path.rpartition(" ")
    settings["epilog"] = f"Example: numlearn {path} {example}"
    return GROUPS[group].command(name, cls=Listing, **settings)


def show(frame):
    """Print a table; a terminal too narrow for it gets one whose cells wrap."""
    from rich.console import Console
    from rich.table import Table

    text, console = frame.to_string(), Console()
    if not console.is_terminal or len(text.split("\n")[0]) <= console.width:
        typer.echo(text)
        return
    table = Table("", *map(str, frame.columns))
    for row in frame.itertuples():
        table.add_row(*(f"{x:.6g}" if isinstance(x, float) else str(x) for x in row))
    console.print(table)


def _show_page(text):
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


@command(
    "lab",
    "--lesson scoring -- --no-browser",
    context_settings={"ignore_unknown_options": True},
)
def lab(
    lesson: option(str, "Number, or {lesson}.", known="lesson") = "triangle",
    arguments: argument(list[str] | None, "Passed on to jupyter lab.") = None,
    folder: option(Path | None, "Where your copy of the lessons lies.") = None,
):
    """Open JupyterLab on your copy of a lesson (the first one, unless you name it)."""
    raise typer.Exit(nl.lab(lesson, arguments or [], folder))


@command("update", "--folder course")
def update(
    folder: option(Path | None, "Where your copy of the lessons lies.") = None,
):
    """Bring newer lessons into your copy, and carry your answers over."""
    _show_page(nl.update(folder))


@command("progress", "scoring")
def progress(
    lesson: argument(str | None, "Slug or number; all lessons if none.") = None,
):
    """List the lessons and what you have solved of each."""
    _show_page(nl.progress(lesson))


@command("doctor", "--online")
def doctor(
    online: option(bool, "Ask Numerai which rules are in force.", "--online") = False,
):
    """Say whether this machine has what the course needs, and what to do if not."""
    found = nl.doctor()
    typer.echo(found)
    if online:
        show(nl.staking.compare_online())
    raise typer.Exit(0 if found.well else 2)


@command("build", "scoring --check")
def build(
    slugs: argument(list[str] | None, "Which; all if none.") = None,
    check: option(bool, "Write nothing; prove.", "--check") = False,
    force: option(bool, "Execute solutions anew.", "--force") = False,
    stored: option(bool, "Make stored tables (named, or all old).", "--stored") = False,
    sample: option(bool, "With --stored: compare a world of each.", "--sample") = False,
):
    """Build the notebooks from their masters, or check that they keep the rules."""
    _need_checkout()
    if stored:
        from numlearn.author import stored as tables

        with progress_shown(True, "worlds") as show:
            work = tables.sample if sample else tables.make
            told = work(slugs or (), n_jobs=2, progress=show)
        typer.echo("\n".join(told) if told else "ok: no stored table is old")
        raise typer.Exit(1 if sample and told else 0)
    if check:
        from numlearn.author.proof import prove

        with progress_shown(True, "lessons proved") as show:
            n_jobs = os.cpu_count() or 1
            faults, counts = prove(slugs=slugs or (), n_jobs=n_jobs, progress=show)
        for fault in faults:
            typer.echo(fault, err=True)
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        typer.echo(f"ok: {told}" if not faults else f"{len(faults)} faults in {told}")
        raise typer.Exit(1 if faults else 0)
    from numlearn._files import course_root
    from numlearn.author.build import build

    for path in build(slugs or [], force=force, progress=True):
        typer.echo(f"wrote {path.relative_to(course_root())}")


@command("new lesson", "options --after staking")
def new_lesson(
    slug: argument(str, "Its name in files, such as options."),
    after: option(str | None, "The slug before it; at the end if not given.") = None,
):
    """Write the skeleton of a lesson, and its place into course.toml."""
    _need_checkout()
    for path in nl.new.lesson(slug, after):
        typer.echo(f"wrote {path}")


@command("new exercise", "options payoff")
def new_exercise(
    slug: argument(str, "The lesson's slug."),
    name: argument(str, "What the answer has to define."),
):
    """Write the skeleton of an exercise at the end of a lesson's last section."""
    _need_checkout()
    for path in nl.new.exercise(slug, name):
        typer.echo(f"wrote {path}")


@command("grade", "submissions --seed-file seed.txt --feedback feedback")
def grade(
    submissions: argument(Path, "Folder with what was handed in."),
    seed_file: option(Path, "A file with your secret text."),
    out: option(Path, "Where the rows go.") = Path("grades.csv"),
    jobs: option(int, "Notebooks at a time.", min=1) = 1,
    sandbox: option(str | None, "bwrap: no network, read-only file system.") = None,
    seconds: option(int, "CPU time of one notebook.", min=1) = 60,
    layout: option(str | None, "canvas, moodle, classroom, nbgrader or plain.") = None,
    roster: option(Path | None, "CSV: id, name, email.") = None,
    rules: option(Path | None, "TOML: due dates, penalties, weights.") = None,
    adjust: option(Path | None, "CSV: student, exercise, points, comment.") = None,
    only: option(str | None, "Grade this student again; the others stay.") = None,
    feedback: option(Path | None, "Folder for students' pages, Canvas, Moodle.") = None,
):
    """Grade a class: a row for every file, and gradebook.csv with a line a student."""
    own = {"sandbox": sandbox, "limits": nl.grading.Limits(seconds=seconds)}
    own |= {"layout": layout, "roster": roster, "rules": rules, "adjust": adjust}
    own |= {"feedback": feedback, "only": only, "n_jobs": jobs, "progress": True}
    own |= {"tell": functools.partial(typer.echo, err=True)}
    typer.echo(str(nl.grade(submissions, seed_file, out=out, **own)))


@command("export", "--nbgrader my_course")
def export(
    nbgrader: option(Path, "The folder of a new nbgrader course."),
):
    """Hand the lessons to a school's own nbgrader."""
    for path in nl.export(nbgrader=nbgrader):
        typer.echo(f"wrote {path}")


@command("data describe", "validation --source v5.2")
def describe(
    split: argument(str, "train, validation or live") = "train",
    source: option(str | None, "A folder, or a version such as v5.2.") = None,
):
    """Tell what a split holds."""
    show(nl.data.describe(split, source=source, progress=True))


@command("data download", "v5.2")
def download(
    version: argument(str, "Such as v5.2."),
    files: argument(list[str] | None, "Which; train and validation if none.") = None,
    again: option(bool, "Also what is here: it grows.", "--again") = False,
):
    """Download Numerai's own files, once, and check that they are whole."""
    some = {"files": files} if files else {}
    folder = nl.data.download(version, **some, again=again)
    typer.echo(f"{folder}: load with source={version!r}")


@command("world make", "--out big --eras 200")
def make(
    out: option(Path, "The folder to write to."),
    eras: option(int, "How many weeks.") = 200,
    rows: option(int, "Rows of a full era.") = 5000,
    features: option(int | None, "How many, from 42; 2,376 if none.") = None,
    seed: option(int, "Another seed, another world.") = 0,
    like: option(str | None, "v5.3: all files of Numerai's, in its shape.") = None,
):
    """Write a synthetic world of any size; interrupted, it goes on where it was."""
    folder = nl.world.make(out, eras, rows, features, seed, like=like, progress=True)
    typer.echo(f"{folder}: load with source={str(folder)!r}")


@command("world verify", "big")
def verify(
    folder: argument(Path | None, "By default ours.") = None,
):
    """Make a synthetic data set anew and compare every value."""
    from numlearn._files import course_root

    found = nl.world.verify(folder or course_root() / "data", progress=True)
    typer.echo(found)
    raise typer.Exit(0 if found.ok else 1)


@command("world run", '--seed 1 --what-if "no burn" --report season.html')
def run(
    seed: option(int, "The world's, and its users'.") = 1,
    rules: option(str, "One of {rules}.", known="rules") = "2026-01",
    rounds: option(int, "Weekly rounds.", min=1) = 52,
    users: option(int, "How many.", min=1) = 30,
    rows: option(int, "Stocks a round.", min=100) = 1000,
    what_if: option(
        list[str] | None, "A changed rule, or several: {what_if}.", known="what_if"
    ) = None,
    seeds: option(int, "Worlds for --what-if.", min=1) = 5,
    save: option(Path | None, "Save here; go on from here (.npz).") = None,
    report: option(Path | None, "A page to write.") = None,
):
    """Turn the whole triangle for a season, from a seed to a table and a page."""
    from numlearn._files import destination

    for name in what_if or []:  # faults are said before the work
        nl.world.WHAT_IFS[name]
    for path in filter(None, (save, report)):
        destination(path)
    season = nl.world.run(
        seed, rules, rounds, users, rows=rows, path=save, progress=True
    )
    typer.echo(re.sub(": see .*", "", str(season)))
    compared = None
    if what_if:
        some = range(seed, seed + seeds)
        compared = nl.world.what_if(
            what_if, some, rules, rounds, users, rows=rows, progress=True
        )
        typer.echo(re.sub(": see .*", "", str(compared)))
    if report:
        typer.echo(f"wrote {season.report(report, compared)}")


@command("report", "predictions.parquet --source v5.3 --out card.html")
def report(
    predictions: argument(Path, "Parquet or CSV: id, prediction."),
    source: option(str | None, "A folder, or a version such as v5.3.") = None,
    out: option(Path, "The page to write.") = Path("card.html"),
    features: option(str, "For FNC and exposures: a set of the source.") = "small",
):
    """Measure validation predictions by all that the course measures: one page.

    What the source has of features, metamodel and benchmark models is used, and what it
    lacks is left out. Without a source, predictions are those of the classroom set:
    numlearn report mine.csv --source numerai/v5.3 --features medium
    """
    from numlearn._files import destination

    destination(out)  # faults are said before the work
    card = nl.report_card(predictions, source, features, progress=True)
    typer.echo(card)
    typer.echo(f"wrote {card.write(out)}")


ELSEWHERE = (
    "Another address than Numerai's, such as that of a tournament of your own; your "
    "keys are sent there. By default NUMLEARN_SERVER, if it is set."
)


@command("models submission upload", "predictions.csv --model my_model")
def upload(
    predictions: argument(Path, "CSV or parquet: id, prediction."),
    model: option(str, "The name of one of your models."),
    tournament: option(str, "classic, signals or crypto") = "classic",
    server: option(str | None, ELSEWHERE) = None,
):
    """Check a file of predictions and hand it in.

    Your keys are taken from NUMERAI_PUBLIC_ID and NUMERAI_SECRET_KEY, or asked for.
    """
    taken = nl.models.submission.upload(
        predictions, model, tournament=tournament, server=server
    )
    typer.echo(f"accepted for {model}: submission {taken}")


@command("tournament serve", "--data v5.2")
def serve(
    data: option(str | None, "A data set whose live ids it wants.") = None,
    signals: option(Path | None, "A file of tickers: Signals is played, too.") = None,
    crypto: option(Path | None, "A file of symbols: Crypto is played, too.") = None,
    closed: option(bool, "Its round takes nothing.") = False,
    drop: option(bool, "It drops every upload.") = False,
):
    """Open a tournament on this computer, to hand in without an account."""
    nl.tournament.serve(data, signals=signals, crypto=crypto, closed=closed, drop=drop)


def _need_checkout():
    from numlearn._files import course_root

    if course_root() == Path(__file__).parent / "_course":
        raise NumlearnError(
            "Lessons are built in a checkout of the course: clone the repository and"
            " run this there."
        )


def main():
    """Run the command line; what was wrong is one sentence and exit code 2."""
    for stream in (sys.stdout, sys.stderr):  # a console may lack a sign that we print
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="replace")
    try:
        app()
    except NumlearnError as error:
        _stop(error)
    except BrokenPipeError:  # whoever read our output has had enough
        sys.stderr.close()
    except OSError as error:
        _stop(f"{error.filename or 'The system'}: {error.strerror or error}.")
    except ModuleNotFoundError as error:
        if error.name not in ("jupytext", "nbclient", "nbformat"):
            raise
        _stop(f'this needs {error.name}: run `pip install "numlearn[dev]"`.')


def _stop(why):
    call = r"`?\b(?:numlearn|nl)\.([a-z_.]+)\(([^()]*)\)`?"
    told = re.sub(r", or give a nl\.\S+ of your own", "", str(why))
    typer.echo(f"numlearn: {re.sub(call, _as_typed, told)}", err=True)
    sys.exit(2)


def _as_typed(call):
    """Say a call as the command that it is; other calls stay."""
    path, arguments = call[1].replace(".", " "), re.sub(r"['\",]", "", call[2])
    group, _, name = path.rpartition(" ")
    known = [x.name for x in getattr(GROUPS.get(group), "registered_commands", ())]
    return f"`numlearn {path} {arguments}`" if name in known else call[0]


if __name__ == "__main__":
    main()
