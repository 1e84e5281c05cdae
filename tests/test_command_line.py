import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import numlearn as nl
from numlearn import __main__ as command_line
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


SHOWN = {" ".join(path): found for path, found in commands() if not found.hidden}
HIDDEN = {" ".join(path): found for path, found in commands() if found.hidden}


SHORTER = {"report": "report_card"}


@pytest.mark.parametrize("path", SHOWN)
def test_a_command_has_the_path_of_its_function(path):
    function = nl
    for part in SHORTER.get(path, path).split():
        function = getattr(function, part)
    assert callable(function)


@pytest.mark.parametrize("path", SHOWN)
def test_help_shows_an_example_that_is_this_command(path):
    assert SHOWN[path].epilog.startswith(f"Example: numlearn {path}")


def test_old_spellings_go_on_working_with_a_note(tmp_path):
    assert set(HIDDEN) == {
        "list",
        "submit",
        "serve",
        "version",
        "data make",
        "data verify",
    }
    listed = numlearn("list")
    assert "`numlearn progress`" in listed.stderr
    assert listed.stdout == numlearn("progress").stdout
    refused = numlearn("submit", tmp_path / "no.csv", "--model", "mine")
    assert "this is now `numlearn models submission upload`" in refused.stderr
    assert refused.returncode == 2
    assert numlearn("version").stdout.strip() == nl.__version__


def test_version():
    assert numlearn("--version").stdout.strip() == nl.__version__


def test_progress_names_every_lesson():
    listed = numlearn("progress").stdout
    assert "What is going on here?" in listed
    assert all(f"{number:02d} " in listed for number in range(19))
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


def test_doctor_does_not_mind_a_narrow_code_page(tmp_path):
    (tmp_path / "lightgbm.py").write_text("raise OSError('libgomp.so.1: ✗')")
    env = {"PYTHONPATH": f"{tmp_path}:{Path(nl.__file__).parents[1]}"}
    env |= {"PYTHONIOENCODING": "cp1252", "HOME": str(tmp_path)}
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
        (["export", "--nbgrader", "FILE"], "is not empty: name a new folder"),
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
