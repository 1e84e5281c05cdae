"""What a NumlearnError looks like where a learner meets it."""

import nbformat
import pytest

CELL = """import numlearn as nl

def mine():
    return nl.data.load("nonsense")

mine()"""


def test_a_kernel_shows_the_sentence_and_the_learners_own_lines():
    nbclient = pytest.importorskip("nbclient")
    cells = [nbformat.v4.new_code_cell(CELL)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    quiet = ["--log-level=ERROR"]
    client = nbclient.NotebookClient(notebook, allow_errors=True, extra_arguments=quiet)
    client.execute()
    [error] = cells[0].outputs
    sentence, *lines = error.traceback
    assert error.ename == "NumlearnError"
    assert sentence == f"NumlearnError: {error.evalue}"
    assert lines == ["  in line 6 of the cell", "  in line 4 of the cell, in mine"]


def test_ipython_shows_no_frame_of_ours(capsys):
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_cell(CELL)
    told = capsys.readouterr().out
    assert "NumlearnError: " in told
    assert "in line 6 of the cell" in told
    assert ".py" not in told


def test_other_errors_keep_their_frames(capsys):
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell().run_cell("1 / 0")
    assert "----------" in capsys.readouterr().out
