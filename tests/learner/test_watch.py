"""What a check says of a cell that failed, a loop without end, and a new kernel."""

import functools
import signal
import threading

import pytest

import numlearn.learner._check as loop
from numlearn import answers, need
from numlearn.exercises import _verdict
from numlearn.learner import _progress, check
from numlearn.learner._watch import watch

ENDLESS = "def first_year(rounds):\n    while True:\n        pass"


@pytest.fixture(autouse=True)
def fresh_home(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMLEARN_HOME", str(tmp_path))
    monkeypatch.setattr(_progress, "_unwritten", set())


@pytest.fixture
def shell(monkeypatch, capsys):
    """A notebook's kernel in which the setup cell has run; run_cell prints errors."""
    from IPython.core.interactiveshell import InteractiveShell

    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    shell = InteractiveShell.instance()
    shell.run_cell("import numlearn as nl\nnl.need()")
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def said(name):
    return check(name).message


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("flows = {'stake': 1", "SyntaxError in line 1: "),
        ("flows = {}\nflows = }", "SyntaxError in line 2: "),
        ("%%time\nx = 1\nflows = dict(a=1 / 0)", "ZeroDivisionError in line "),
        ("flows: dict = int('no')", "ValueError in line 1: invalid literal"),
        ("raise KeyboardInterrupt\nflows = {}", "KeyboardInterrupt in line 1)"),
    ],
)
@pytest.mark.parametrize("before", ["", "flows = {}"])
def test_a_cell_that_failed_is_told_and_not_what_was_before(shell, before, source, why):
    shell.run_cell(before)
    shell.run_cell(source)
    told = said("flows")
    assert "the cell that defines `flows` failed when it last ran" in told
    assert why in told and told.endswith("Mend it and run it again, then this one.")
    assert check("flows").outcome is _verdict.Outcome.TODO
    shell.run_cell("flows = {}")
    assert said("flows").startswith("Expected the keys")


def test_what_a_failing_cell_did_define_is_judged(shell):
    shell.run_cell("def first_year(rounds):\n    return 7\nfirst_year()")
    assert "failed" not in said("first_year")


def test_a_name_made_elsewhere_since_is_judged(shell):
    shell.run_cell("flows = }")
    shell.run_cell("globals()['flows'] = {}")
    assert said("flows").startswith("Expected the keys")


@pytest.mark.parametrize("where", ["main thread", "no signals", "another thread"])
def test_a_loop_without_end_is_stopped_and_told(shell, where, monkeypatch):
    short = functools.partial(answers.limited, 0.3)
    monkeypatch.setattr(_verdict, "limited", short)
    if where == "no signals":
        monkeypatch.delattr(signal, "setitimer")
    shell.run_cell(ENDLESS)
    told = []
    if where == "another thread":
        thread = threading.Thread(target=lambda: told.append(said("first_year")))
        thread.start()
        thread.join(20)
    else:
        told.append(said("first_year"))
    assert told[0].startswith("It had no answer after 0.3 seconds of computing (line ")
    assert "of its cell): does your loop end?" in told[0]


def test_check_and_grader_have_one_limit():
    from numlearn.grading.trusted.containment import Limits

    assert answers.limited.__wrapped__.__defaults__ == (answers.SECONDS,)
    assert Limits().seconds / 4 >= answers.SECONDS, "a cell may take as long"
    assert f"{answers.SECONDS:g} seconds" in check.__doc__


def test_what_is_done_in_time_is_not_disturbed():
    with answers.limited(0.05):
        pass
    sum(range(10**7))  # longer than that


def test_an_interrupt_of_the_check_is_a_sentence(shell, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "judge", stopped)
    shell.run_cell("flows = {}")
    assert said("flows") == "The check was stopped. Run it again."


def test_one_interrupt_ends_all_cases(shell):
    shell.run_cell("calls = []")
    shell.run_cell(
        "def first_year(rounds):\n    calls.append(1)\n    raise KeyboardInterrupt"
    )
    assert "It was stopped before it had answered (line 3" in said("first_year")
    assert shell.user_ns["calls"] == [1]


def test_a_name_of_cells_not_run_is_explained(shell, capsys, monkeypatch):
    shell.run_cell("scores.mean()")
    told = capsys.readouterr().out
    assert "name 'scores' is not defined" in told
    assert "If a cell above defines it, run all cells above this one" in told
    monkeypatch.setenv("JPY_SESSION_NAME", "lessons/00_triangle.ipynb")
    del shell.user_ns["nl"]
    shell.run_cell("nl.plots")
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(
        "NameError: name 'nl' is not defined, for this kernel is new"
    )
    assert "run all cells above this one" in line


def test_names_of_a_learners_own_notebook_are_not_explained_by_ours(
    shell, capsys, monkeypatch
):
    monkeypatch.setenv("JPY_SESSION_NAME", "mine.ipynb")
    del shell.user_ns["nl"]
    shell.run_cell("np.abs(1)")
    assert "setup" not in capsys.readouterr().out


def test_a_kernel_is_watched_once_and_others_keep_their_handlers(shell):
    assert watch() is watch(shell) is shell.numlearn_watch
    count = len(shell.events.callbacks["post_run_cell"])
    need()
    assert len(shell.events.callbacks["post_run_cell"]) == count
