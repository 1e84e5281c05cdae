"""One kernel for both notebooks of a lesson, so that no cell runs twice.

The unsolved notebook runs from top to bottom as a learner has it. What the solved one
has besides (answers, checks, the quiz, progress) runs after that in the same kernel;
of all other cells the outputs that came are compared with the stored ones. No cell
needs the learner's answer, and an answer needs nothing but the imports above it: other
tests prove both, and where an answer did matter to a later cell, its outputs differ.
"""

from collections import defaultdict, deque


class Recorder:
    """A kernel that keeps what it is told for each cell's source."""

    def __init__(self, kernel):
        self.kernel, self.heard = kernel, defaultdict(deque)

    def __getattr__(self, name):
        return getattr(self.kernel, name)

    def execute_cell_input(self, source, allow_stdin=None):
        """Run a cell; return the message's id."""
        ran = self.kernel.execute_cell_input(source, allow_stdin)
        self.now = []
        self.heard[source].append((ran, self.now))
        return ran

    def get_message(self, stream, timeout=None):
        """Return the kernel's next message."""
        message = self.kernel.get_message(stream, timeout)
        self.now.append(message)
        return message


class Replay:
    """What the solved notebook takes for its kernel.

    Parameters
    ----------
    recorder : Recorder
        In which the unsolved notebook has run.
    again : set of str
        Sources of cells that run again: they say something else once there are answers.
    """

    def __init__(self, recorder, again):
        self.recorder, self.again, self.left = recorder, again, None

    def __getattr__(self, name):
        return getattr(self.recorder.kernel, name)

    def execute_cell_input(self, source, allow_stdin=None):
        """Take what was heard when the cell ran, or run it now."""
        heard = self.recorder.heard[source]
        if source in self.again or not heard:
            self.left = None
            return self.recorder.kernel.execute_cell_input(source, allow_stdin)
        ran, messages = heard.popleft()
        self.left = deque(messages)
        return ran

    def await_reply(self, ran, timeout=None):
        """Wait until the cell has run."""
        if self.left is None:
            self.recorder.kernel.await_reply(ran, timeout=timeout)

    def await_idle(self, ran, timeout):
        """Wait for the rest of what a cell says that failed."""
        if self.left is None:
            self.recorder.kernel.await_idle(ran, timeout)

    def get_message(self, stream, timeout=None):
        """Return the next message, of now or of then."""
        if self.left is None:
            return self.recorder.kernel.get_message(stream, timeout)
        return self.left.popleft()


def pair(unsolved, solved):
    """Let the solved notebook use the kernel of the unsolved one, which runs before it.

    Parameters
    ----------
    unsolved, solved : nbval.plugin.IPyNbFile
    """
    start, stop = unsolved.setup, unsolved.teardown

    def setup_unsolved():
        start()
        unsolved.kernel = Recorder(unsolved.kernel)

    def setup_solved():
        code = (cell for cell in solved.nb.cells if cell.cell_type == "code")
        again = {
            cell.source
            for cell in code
            if cell.id.startswith("check-") or "progress(" in cell.source
        }
        solved.setup_sanitize_files()
        solved.kernel = Replay(unsolved.kernel, again)

    unsolved.setup, unsolved.teardown = setup_unsolved, lambda: None
    solved.setup, solved.teardown = setup_solved, stop
