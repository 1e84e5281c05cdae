"""One thing to move: with widgets in a kernel, drawn once where none can run."""

import doctest
import os

import pytest

import numlearn as nl

CELLS = (
    "import numlearn as nl, ipywidgets\nseen = []\n"
    "def crowd(size=100, skill='low'):\n    seen.append((size, skill))\n"
    "nl.plots.explore(crowd, size=(10, 500, 10), skill=['low', 'high'])",
    "from ipywidgets.widgets import widget\nknown = {w.description: w"
    " for w in widget._instances.values()"
    " if hasattr(w, 'description')}\nknown['size'].value = 200\n"
    "known['skill'].value = 'high'\nseen",
)


def run(cells, **env):
    client = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
    )
    env = {**os.environ, "NUMLEARN_STATIC": "", **env}
    client.NotebookClient(notebook, timeout=600).execute(env=env)
    return notebook.cells


@pytest.mark.prints("stderr")  # the kernel's warning
def test_a_control_moved_draws_again():
    pytest.importorskip("ipywidgets")
    cells = run(CELLS)
    assert "application/vnd.jupyter.widget-view+json" in cells[0].outputs[0].data
    assert cells[1].outputs[0].data["text/plain"] == (
        "[(100, 'low'), (200, 'low'), (200, 'high')]"
    )


@pytest.mark.prints("stderr")  # the kernel's warning
def test_a_built_notebook_has_the_figure_itself():
    first, second = run((CELLS[0], "seen"), NUMLEARN_STATIC="1")
    assert not first.outputs
    assert second.outputs[0].data["text/plain"] == "[(100, 'low')]"


@pytest.mark.parametrize(
    ("controls", "message"),
    [
        ({"sise": (1, 2, 1)}, "'sise' is no argument with a default; .* has size"),
        ({"size": (200, 500, 10)}, "size starts at 100, outside of 200 to 500"),
        ({"size": (10, 500)}, r"size wants \(low, high, step\)"),
        ({"size": (500, 10, 1)}, "low below high"),
        ({"size": [1, 2]}, "a list with 100 in it"),
        ({}, "nothing to move"),
    ],
)
def test_a_control_that_cannot_move_is_said(controls, message):
    with pytest.raises(nl.NumlearnError, match=message):
        nl.plots.explore(lambda size=100: None, **controls)


def test_the_example_runs():
    finder = doctest.DocTestFinder(recurse=False)
    [example] = finder.find(nl.plots.explore, "explore", globs={})
    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0
