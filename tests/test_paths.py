"""Paths that lead nowhere, to another kind of thing, or to what may not be read."""

import inspect
import os
import re
import shutil
import sys
import tempfile
import typing
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pandas as pd
import pytest
import typer

import numlearn as nl
from numlearn import __main__ as command_line
from numlearn.errors import NumlearnError
from numlearn.models import submission

NOBODY = 65534
ROWS = pd.DataFrame({"era": ["0001"] * 3, "target": [0.0, 0.5, 1.0]}, list("abc"))
SEASON = ["world", "run", "--rounds", "1", "--rows", "200", "--users", "2"]
SUBMIT = {"model": "m", "server": "http://127.0.0.1:9"}
GRADE = ["grade", "FOLDER", "--seed-file", "SEED", "--out", "grades.csv"]
NO_FILE = r"There is no [a-z ]+ PATH: check the path\."
NO_FOLDER = r"(There is no folder '?PATH|PATH is not a folder: )"
CLOSED = r"PATH cannot be opened \(Permission denied\): look who may read it\."
NOT_MADE = r"The folder PATH cannot be made \(.+\): give another place\."
IS_FILE = r"PATH is a file: give a folder, it may be new\."
NOT_WRITABLE = r"You may not write into FOLDER: give another place\."

# What a file to be read, a file to be written and so on may turn out to be, and what is
# said then.
TURNS_OUT = {
    "file": {
        "missing": NO_FILE,
        "beneath a file": NO_FILE,
        "folder": r"(PATH is a folder|There is no parquet file in PATH: check)",
        "empty": r"PATH is an empty file: write it anew\.",
        "locked": CLOSED,
        "in a locked folder": CLOSED,
    },
    "target": {
        "in a missing folder": "There is no folder 'FOLDER' to write ",
        "beneath a file": "There is no folder 'FOLDER' to write ",
        "folder": r"PATH is a folder: give the name of a file in it\.",
        "new in a sealed folder": NOT_WRITABLE,
    },
    "save": {
        "beneath a file": IS_FILE.replace("PATH", "FOLDER"),
        "folder": r"PATH is not a save of this season",
        "empty": r"PATH is not a save of this season",
        "new in a sealed folder": NOT_WRITABLE,
    },
    "folder": {
        "missing": NO_FOLDER,
        "beneath a file": NO_FOLDER,
        "file": r"('?PATH'? is a file: give|PATH is not a folder)",
        "sealed": CLOSED,
        "in a locked folder": CLOSED,
    },
    "room": {
        "beneath a file": NOT_MADE,
        "file": IS_FILE,
        "new in a sealed folder": NOT_MADE,
    },
}
COMMANDS = {
    "report PREDICTIONS": ("file", ["report", "PATH"]),
    "report --source": ("folder", ["report", "GIVEN", "--source", "PATH"]),
    "report --out": ("target", ["report", "GIVEN", "--out", "PATH"]),
    "grade SUBMISSIONS": ("folder", ["grade", "PATH", "--seed-file", "SEED"]),
    "grade --seed-file": ("file", ["grade", "FOLDER", "--seed-file", "PATH"]),
    "grade --roster": ("file", [*GRADE, "--roster", "PATH"]),
    "grade --rules": ("file", [*GRADE, "--rules", "PATH"]),
    "grade --adjust": ("file", [*GRADE, "--adjust", "PATH"]),
    "grade --out": ("target", [*GRADE[:-1], "PATH"]),
    "grade --feedback": ("room", [*GRADE, "--feedback", "PATH"]),
    "export --nbgrader": ("room", ["export", "--nbgrader", "PATH"]),
    "data describe SPLIT": ("file", ["data", "describe", "PATH"]),
    "data describe --source": ("folder", ["data", "describe", "--source", "PATH"]),
    "world make --out": ("room", ["world", "make", "--out", "PATH", "--eras", "20"]),
    "world verify FOLDER": ("folder", ["world", "verify", "PATH"]),
    "world run --save": ("target", [*SEASON, "--save", "PATH"]),
    "world run --report": ("target", [*SEASON, "--report", "PATH"]),
    "models submission upload PREDICTIONS": (
        "file",
        ["models", "submission", "upload", "PATH", "--model", "m"],
    ),
    "tournament serve --data": ("folder", ["tournament", "serve", "--data", "PATH"]),
    "tournament serve --signals": (
        "file",
        ["tournament", "serve", "--signals", "PATH"],
    ),
    "tournament serve --crypto": ("file", ["tournament", "serve", "--crypto", "PATH"]),
    "lab --folder": ("room", ["lab", "--folder", "PATH"]),
    "update --folder": ("room", ["update", "--folder", "PATH"]),
}
FUNCTIONS = {
    "report_card": ("file", nl.report_card),
    "report_card(source=…)": ("folder", lambda p: nl.report_card(ROWS["target"], p)),
    "data.describe": ("file", nl.data.describe),
    "data.schema.faults": ("file", nl.data.schema.faults),
    "data.load": ("folder", lambda p: nl.data.load("train", source=p)),
    "data.feature_sets": ("folder", nl.data.feature_sets),
    "data.load_metamodel": ("folder", nl.data.load_metamodel),
    "data.load_benchmarks": ("folder", lambda p: nl.data.load_benchmarks(source=p)),
    "eras.pieces": ("file", lambda p: list(nl.eras.pieces(p))),
    "scoring.corr(panel=…)": ("file", lambda p: nl.scoring.corr(p, "x")),
    "scoring.corr(predictions=…)": ("file", lambda p: nl.scoring.corr(ROWS, p)),
    "submission.read": ("file", submission.read),
    "submission.upload": ("file", lambda p: submission.upload(p, **SUBMIT)),
    "submission.run_pickle": ("file", lambda p: submission.run_pickle(p, ROWS)),
    "submission.upload_pickle": ("file", lambda p: submission.upload_pickle(p, "m")),
    "submission.write_pickle": ("target", lambda p: submission.write_pickle(len, p)),
    "world.run(path=…)": (
        "save",
        lambda p: nl.world.run(1, rounds=1, users=2, rows=200, path=p),
    ),
    "world.verify": ("folder", nl.world.verify),
}


def cases(table):
    return [
        (name, turn) for name, (kind, _) in table.items() for turn in TURNS_OUT[kind]
    ]


@pytest.fixture
def home():
    """Yield a folder that everybody may look into."""
    folder = Path(tempfile.mkdtemp(prefix="paths"))
    folder.chmod(0o755)
    (folder / "file").write_text("id,prediction\na,0.5\nb,0.4\n")
    yield folder
    for path in folder.rglob("*"):
        path.chmod(0o755)
    shutil.rmtree(folder)


def placed(home, turn):
    """Make what a path is to turn out to be; return the path."""
    path = home / "given.parquet"
    if turn == "missing":
        return path
    if turn in ("file", "beneath a file", "empty", "locked"):
        path.write_text("" if turn == "empty" else "id,prediction\na,0.5\n")
        path.chmod(0 if turn == "locked" else 0o644)
        return path / "inner.parquet" if turn == "beneath a file" else path
    inner = path / "inner.parquet"
    if turn == "in a missing folder":
        return inner
    path.mkdir()
    if turn == "in a locked folder":
        inner.write_text("id,prediction\na,0.5\n")
    path.chmod({"folder": 0o755, "new in a sealed folder": 0o555}.get(turn, 0))
    return path if turn in ("folder", "sealed") else inner


@contextmanager
def somebody_else():
    """Lose, for a while, the right of root to read whatever there is."""
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def said_of(run, home, turn):
    """Return what is said of a path, and the path."""
    path, as_who = placed(home, turn), nullcontext()
    if "locked" in turn or "sealed" in turn:
        if not hasattr(os, "seteuid"):
            pytest.skip("this system has no such permissions")
        if os.geteuid() == 0:
            run(home / "file" / "first, for what is imported on the way")
            as_who = somebody_else()
    with as_who:
        return run(path), path


def matches(said, expected, path):
    for word, value in {"PATH": path, "FOLDER": path.parent}.items():
        expected = expected.replace(word, re.escape(str(value)))
    assert re.match(expected, said), said
    assert said.endswith(".") and "\n" not in said, said


@pytest.mark.parametrize(("name", "turn"), cases(COMMANDS))
def test_a_command_says_what_is_wrong_with_a_path(name, turn, home, monkeypatch, capfd):
    kind, words = COMMANDS[name]
    (home / "seed").write_text("secret")
    (home / "hand_ins").mkdir()
    (home / "here").mkdir()
    (home / "here").chmod(0o777)
    if os.name == "posix" and os.geteuid() == 0:
        os.chown(home / "seed", NOBODY, NOBODY)
    monkeypatch.chdir(home / "here")

    def run(path):
        words_for = {"PATH": path, "SEED": home / "seed", "GIVEN": home / "file"}
        words_for["FOLDER"] = home / "hand_ins"
        argv = [str(words_for.get(word, word)) for word in words]
        monkeypatch.setattr(sys, "argv", ["numlearn", *argv])
        with pytest.raises(SystemExit) as stopped:
            command_line.main()
        assert stopped.value.code == 2
        said = capfd.readouterr().err.strip()
        assert said.startswith("numlearn: "), said
        return said.removeprefix("numlearn: ")

    said, path = said_of(run, home, turn)
    matches(said, TURNS_OUT[kind][turn], path)


@pytest.mark.parametrize(("name", "turn"), cases(FUNCTIONS))
def test_a_function_says_what_is_wrong_with_a_path(name, turn, home):
    kind, function = FUNCTIONS[name]

    def run(path):
        with pytest.raises(NumlearnError) as refused:
            function(path)
        return str(refused.value)

    said, path = said_of(run, home, turn)
    matches(said, TURNS_OUT[kind][turn], path)


def test_every_path_that_the_command_line_takes_is_tried():
    def commands(group, words=()):
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from commands(command, (*words, name))
            else:
                yield " ".join((*words, name)), command

    taken = set()
    for words, command in commands(typer.main.get_command(command_line.app)):
        for name, one in inspect.signature(command.callback).parameters.items():
            kind, info = typing.get_args(one.annotation)
            if "Path" in str(kind) or name in ("source", "data", "split"):
                option = isinstance(info, typer.models.OptionInfo)
                taken.add(
                    f"{words} --{name.replace('_', '-')}"
                    if option
                    else f"{words} {name.upper()}"
                )
    assert taken == set(COMMANDS)
