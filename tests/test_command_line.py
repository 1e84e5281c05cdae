import inspect
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import numlearn as nl
from numlearn import __main__ as command_line
from numlearn import lessons as spine
from numlearn.learner._need import Needed

ROOT = typer.main.get_command(command_line.app)


def numlearn(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "numlearn", *map(str, arguments)],
        capture_output=True,
        text=True,
        **options,
    )


def commands(group=ROOT, path=()):
    """Yield each command with its path."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def groups(group=ROOT, path=()):
    """Yield each group of commands with its path, the whole command line first."""
    yield path, group
    for name, inner in group.commands.items():
        if hasattr(inner, "commands"):
            yield from groups(inner, (*path, name))


SHOWN = {" ".join(path): found for path, found in commands()}
HELPED = SHOWN | {" ".join(path): found for path, found in groups()}
CLASSIC = [
    name for name, rules in nl.staking.RULES.items() if rules.tournament == "classic"
]
QUICK = {  # answers in less than two seconds, or has its own way to show that it works
    "lab",
    "update",
    "progress",
    "doctor",
    "new lesson",
    "new exercise",
    "export",
    "models submission upload",
    "tournament serve",
    "data download",  # a bar unless told otherwise
}
PLACES = {  # commands that write where they are told, and how they are told so
    "world make": ["--out", "FILE"],
    "world run": ["--report", "no/x.html"],
    "grade": [".", "--seed-file", "FILE", "--out", "no/x.csv"],
    "export": ["--nbgrader", "FILE"],
    "report": ["FILE", "--out", "no/x.html"],
    "lab": ["--folder", "FILE"],
    "update": ["--folder", "FILE"],
}


def run_here(arguments, monkeypatch, capsys):
    """Run a command in this process; return its exit code and what it printed."""
    monkeypatch.setattr(sys, "argv", ["numlearn", *arguments])
    with pytest.raises(SystemExit) as stopped:
        command_line.main()
    return stopped.value.code, capsys.readouterr()


SHORTER = {"report": "report_card"}


@pytest.mark.parametrize("path", SHOWN)
def test_a_command_has_the_path_of_its_function(path):
    function = nl
    for part in SHORTER.get(path, path).split():
        function = getattr(function, part)
    assert callable(function)


@pytest.mark.parametrize("path", HELPED)
def test_help_fits_and_shows_an_example_that_is_this_command(path, monkeypatch, capsys):
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    monkeypatch.setenv("COLUMNS", "80")
    code, told = run_here([*path.split(), "--help"], monkeypatch, capsys)
    example = HELPED[path].epilog
    assert code == 0
    assert example.startswith(f"Example: numlearn {path}")
    assert " ".join(example.split()) in " ".join(told.out.split())
    assert max(map(len, told.out.splitlines())) <= 80


@pytest.mark.parametrize("path", HELPED)
def test_examples_are_typed_as_the_command_takes_them(path):
    words, group = shlex.split(HELPED[path].epilog)[2:], ROOT
    while hasattr(group, "commands") and words[0] in group.commands:
        name, *words = words
        group = group.commands[name]
    assert group not in (ROOT, HELPED[path]) or path in SHOWN
    if words != ["--help"]:
        group.make_context(path, words)  # refuses what it does not take


@pytest.mark.parametrize(
    ("option", "known"),
    [("rules", CLASSIC), ("what-if", nl.world.WHAT_IFS)],
)
def test_help_and_shell_list_what_an_option_takes(option, known, monkeypatch, capsys):
    _, told = run_here(["world", "run", "--help"], monkeypatch, capsys)
    assert ", ".join(known) in " ".join(told.out.replace("│", " ").split())
    last = list(known)[-1]
    asked = {"COMP_WORDS": f"numlearn world run --{option} {last[0]}"}
    asked |= {"COMP_CWORD": "4", "_NUMLEARN_COMPLETE": "complete_bash"}
    code = (
        "import sys; sys.argv = ['numlearn']; import numlearn.__main__ as n; n.main()"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | asked,
    )
    begin = [name for name in known if name.startswith(last[0])]
    assert found.stdout.splitlines() == begin


@pytest.mark.parametrize("path", [path for path in SHOWN if path not in QUICK])
def test_what_takes_longer_shows_how_far_it_is(path):
    assert "progress" in inspect.getsource(SHOWN[path].callback)


@pytest.mark.parametrize("path", SHOWN)
def test_where_to_write_is_asked_before_the_work(path, tmp_path, monkeypatch, capsys):
    names = {parameter.name for parameter in SHOWN[path].params}
    if not names & {"out", "report", "save", "nbgrader", "folder"} - {"verify"}:
        return
    if path == "world verify":  # reads its folder
        return
    (tmp_path / "FILE").write_text("some text\n")
    monkeypatch.chdir(tmp_path)
    arguments = [*path.split(), *PLACES[path]]
    code, told = run_here(arguments, monkeypatch, capsys)
    assert code == 2
    assert len(told.err.strip().splitlines()) == 1
    assert os.listdir() == ["FILE"]


def test_a_call_that_is_a_command_is_named_as_typed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NUMLEARN_CACHE", str(tmp_path))
    arguments = ["data", "describe", "--source", "v5.2"]
    code, told = run_here(arguments, monkeypatch, capsys)
    assert code == 2
    assert "call `numlearn data download v5.2` once" in told.err
    other = re.match(r"numlearn\.([a-z_.]+)\((.*)\)", "numlearn.data.load('live')")
    assert command_line._as_typed(other) == "numlearn.data.load('live')"


def test_a_season_fits_the_terminal_and_speaks_of_no_python(monkeypatch, capsys):
    arguments = (
        'world run --rounds 4 --users 12 --rows 300 --seeds 2 --what-if "no burn"'
    )
    code, told = run_here(shlex.split(arguments), monkeypatch, capsys)
    assert code == 0
    assert max(map(len, told.out.splitlines())) <= 80
    assert "see ." not in told.out
    assert not re.search(r"\d\.\d{6}", told.out)
    assert told.err == ""  # the bar is for terminals


def test_version():
    assert numlearn("--version").stdout.strip() == nl.__version__


def test_progress_names_every_lesson():
    listed = numlearn("progress").stdout
    assert "What is going on here?" in listed
    assert all(
        f"{number:02d} " in listed for number in range(len(spine.course()["lessons"]))
    )
    assert "exercises of this lesson" in numlearn("progress", "3").stdout


def test_doctor_is_content_here():
    result = numlearn("doctor")
    assert result.returncode == 0
    assert "LightGBM loads" in result.stdout
    assert "jupyterlab" in result.stdout


@pytest.mark.parametrize(
    ("have", "fits", "says"),
    [
        (None, False, 'jupyterlab is missing: run `pip install "jupyterlab>=4.2"`'),
        ("0.1", False, "jupyterlab 0.1 is here and the course needs jupyterlab>=4.2"),
    ],
)
def test_doctor_and_need_read_the_requirements_alike(monkeypatch, have, fits, says):
    from numlearn.learner import _need

    needed = Needed("jupyterlab>=4.2", "jupyterlab", have, fits)
    monkeypatch.setattr(_need, "look", lambda extras=(): iter([needed]))
    found = nl.doctor()
    assert not found.well
    assert says in repr(found)
    if have is None:
        assert _need.missing() == ["jupyterlab>=4.2"]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_doctor_does_not_mind_a_narrow_code_page(tmp_path, encoding):
    (tmp_path / "lightgbm.py").write_text("raise OSError('libgomp.so.1: ✗')")
    env = {"PYTHONPATH": f"{tmp_path}:{Path(nl.__file__).parents[1]}"}
    env |= {"PYTHONIOENCODING": encoding, "HOME": str(tmp_path)}
    result = numlearn("doctor", env=env)
    assert result.returncode == 2
    assert "wrong LightGBM does not load" in result.stdout
    assert result.stderr == ""
    assert numlearn("progress", env=env).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["lab", "--lesson", "nowhere"], "There is no lesson 'nowhere'"),
        (["build", "nowhere"], "solutions/ has no master for nowhere"),
        (["progress", "nowhere"], "There is no lesson 'nowhere'"),
        (["world", "make", "--out", "FILE"], "is a file: give a folder"),
        (["world", "run", "--report", "no/x.html"], "There is no folder 'no'"),
        (["world", "run", "--save", "no/x.npz"], "There is no folder 'no'"),
        (["world", "run", "--report", "."], "is a folder"),
        (["world", "run", "--rules", "1999-01"], "1999-01"),
        (["world", "run", "--what-if", "sunshine"], "sunshine"),
        (["world", "verify", "no"], "no"),
        (["data", "describe", "nonsense"], "nonsense"),
        (["data", "describe", "--source", "no/where"], "no/where"),
        (["export", "--nbgrader", "FILE"], "is a file: give a folder"),
        (["grade", "no", "--seed-file", "FILE"], "no"),
        (["grade", ".", "--seed-file", "FILE", "--out", "no/x.csv"], "no folder 'no'"),
        (["tournament", "serve", "--data", "no/where"], "no/where"),
        (["models", "submission", "upload", "no.csv", "--model", "m"], "no.csv"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    arguments, says, tmp_path, monkeypatch, capsys
):
    (tmp_path / "FILE").write_text("some text\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["numlearn", *arguments])
    with pytest.raises(SystemExit) as stopped:
        command_line.main()
    told = capsys.readouterr().err
    assert stopped.value.code == 2
    assert says in told
    assert len(told.strip().splitlines()) == 1
    assert not re.search(r"\b(nl|numlearn)\.[a-z]", told), "that is for Python"


def test_a_rehearsal_is_said_before_anything_is_sent(tmp_path):
    """The command asks no other server than Python does, and says which."""
    live = nl.data.load_example_predictions("live")["prediction"]
    nl.models.submission.make(live).to_csv(tmp_path / "p.csv", index=False)
    env = os.environ | {"NUMLEARN_SERVER": "http://127.0.0.1:9"}
    arguments = ["models", "submission", "upload", tmp_path / "p.csv", "--model", "m"]
    by_command = numlearn(*arguments, env=env)
    code = "import sys, numlearn as nl; nl.models.submission.upload(sys.argv[1], 'm')"
    in_python = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "p.csv"],
        capture_output=True,
        text=True,
        env=env,
    )
    for told in (by_command.stderr, in_python.stderr):
        assert told.startswith("This goes to http://127.0.0.1:9, not to Numerai.")
    given = numlearn(*arguments, "--server", "notaurl")
    assert given.returncode == 2
    assert "'notaurl' is not the address of a server" in given.stderr


def test_a_table_wraps_in_a_narrow_terminal(monkeypatch, capsys):
    import pandas as pd
    import rich.console

    frame = pd.DataFrame({"what it holds": ["some words " * 12]}, ["fact"])
    command_line.show(frame)
    assert max(map(len, capsys.readouterr().out.splitlines())) > 120
    narrow = rich.console.Console
    monkeypatch.setattr(
        rich.console, "Console", lambda: narrow(width=60, force_terminal=True)
    )
    command_line.show(frame)
    told = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    assert max(map(len, told.splitlines())) <= 60
    assert " ".join(re.findall(r"\w+", told)).count("some words") >= 8


def test_missing_libgomp_is_one_sentence(tmp_path):
    (tmp_path / "lightgbm.py").write_text("raise OSError('libgomp.so.1: not found')")
    result = numlearn(
        "doctor", env={"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}
    )
    assert result.returncode == 2
    assert "apt install libgomp1" in result.stdout


def test_import_is_light():
    heavy = ("pandas", "numpy")
    code = f"import sys, numlearn; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert out.stdout.strip() == "[]"
