"""One kernel for both notebooks of a lesson: what runs when, and what is heard."""

from types import SimpleNamespace

import nbformat
import pytest
from twins import pair

UNSOLVED = ["x = 1", "f = ...", "check('f')", "x", "x"]
SOLVED = ["x = 1", "f = abs", "check('f')", "x", "x"]
IDS = ["setup", "f", "check-f", "show", "show-again"]


class Kernel:
    """Says of each cell how many ran before it."""

    def __init__(self):
        self.ran, self.alive = [], True

    def execute_cell_input(self, source, allow_stdin=None):
        self.ran.append(source)
        self.coming = [f"{len(self.ran)} {source}", "idle"]
        return len(self.ran)

    def await_reply(self, ran, timeout=None):
        assert ran == len(self.ran)

    def get_message(self, stream, timeout=None):
        return self.coming.pop(0)

    def stop(self):
        self.alive = False


class File:
    """What nbval makes of a notebook, as far as it matters here."""

    def __init__(self, sources):
        cells = [
            nbformat.v4.new_code_cell(source, id=name)
            for source, name in zip(sources, IDS)
        ]
        self.nb, self.kernel = SimpleNamespace(cells=cells), None

    def setup_sanitize_files(self):
        pass

    def setup(self):
        self.kernel = Kernel()

    def teardown(self):
        self.kernel.stop()

    def run(self):
        heard = []
        for cell in self.nb.cells:
            ran = self.kernel.execute_cell_input(cell.source, allow_stdin=False)
            self.kernel.await_reply(ran, timeout=1)
            heard.append(self.kernel.get_message("iopub", timeout=1))
            assert self.kernel.get_message("iopub") == "idle"
        return heard


@pytest.fixture
def files():
    unsolved, solved = File(UNSOLVED), File(SOLVED)
    pair(unsolved, solved)
    unsolved.setup()
    return unsolved, solved


def test_the_unsolved_one_runs_whole_and_then_what_the_solved_one_has_besides(files):
    unsolved, solved = files
    assert unsolved.run() == [f"{n} {x}" for n, x in enumerate(UNSOLVED, 1)]
    unsolved.teardown()
    solved.setup()
    heard = ["1 x = 1", "6 f = abs", "7 check('f')", "4 x", "5 x"]
    assert solved.run() == heard
    assert unsolved.kernel.ran == [*UNSOLVED, "f = abs", "check('f')"]


def test_the_kernel_ends_with_the_solved_one(files):
    unsolved, solved = files
    unsolved.run()
    unsolved.teardown()
    assert unsolved.kernel.alive
    solved.setup()
    solved.teardown()
    assert not unsolved.kernel.alive


def test_nobody_waits_for_a_cell_that_failed_then(files):
    unsolved, solved = files
    unsolved.run()
    solved.setup()
    ran = solved.kernel.execute_cell_input("x = 1")
    solved.kernel.await_idle(ran, 5)


def test_what_did_not_run_before_runs_now(files):
    unsolved, solved = files
    unsolved.teardown()
    solved.setup()
    assert solved.run() == [f"{n} {x}" for n, x in enumerate(SOLVED, 1)]
