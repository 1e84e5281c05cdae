"""What is noted of a notebook's cells: which failed, and which have not run at all.

`numlearn lab` has its kernels load this as an extension of IPython, before any cell;
elsewhere, as in Colab, it begins with the setup cell.
"""

import os
import re
import sys

from numlearn.answers import failure
from numlearn.learner._tables import label_tables

MADE = re.compile(r"^(?:(?:async )?def|class) +(\w+)|^(\w+) *(?::[^=\n]+)?=(?!=)", re.M)
LESSON = re.compile(r"\b\d\d_\w+\.ipynb")  # in the name that Jupyter gives a session
RUN = "run all cells above this one (in Lab: Run, Run All Above Selected Cell)"
LONGEST = 200  # letters of an error's own text


class Watch:
    """Notes which cells of a kernel failed, and explains names that are not there.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """

    def __init__(self, shell):
        self.shell, self._before, self._failed = shell, {}, {}
        shell.events.register("pre_run_cell", self._start)
        shell.events.register("post_run_cell", self._end)
        if not shell.custom_exceptions:  # of others
            shell.set_custom_exc((NameError,), self._explain)

    def failed(self, name, value):
        """Return what its cell raised after a name had got its value, or nothing.

        Parameters
        ----------
        name : str
        value : object
            What the name stands for now.

        Returns
        -------
        str
        """
        kept, said = self._failed.get(name, (None, ""))
        return said if kept == id(value) else ""

    def _ids(self, names):
        return {name: id(self.shell.user_ns.get(name)) for name in names}

    def _start(self, info):
        made = MADE.findall(info.raw_cell or "")
        self._before = self._ids(a or b for a, b in made)

    def _end(self, result):
        error = result.error_before_exec or result.error_in_exec
        for name, now in self._ids(self._before).items():
            if error is None or now != self._before[name]:
                self._failed.pop(name, None)
            else:
                self._failed[name] = now, _said(error)

    def _explain(self, shell, kind, error, trace, tb_offset=None):
        """Say beside a NameError what to do about it."""
        missing = not isinstance(error, UnboundLocalError)
        is_lesson = LESSON.search(os.environ.get("JPY_SESSION_NAME", ""))
        if missing and is_lesson and "nl" not in shell.user_ns:
            told = [
                f"NameError: {error}, for this kernel is new and has not run the setup"
                f" cell at the top yet: {RUN}, then this one."
            ]
        else:
            lines = shell.InteractiveTB.structured_traceback
            told = [*lines(kind, error, trace, tb_offset=tb_offset)]
            if missing:
                told.append(f"If a cell above defines it, {RUN}.")
        error._render_traceback_ = lambda: told
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def watch(shell=None):
    """Watch a kernel's cells from now on, and show its tables in a way for everybody.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell, optional
        By default the one that runs this, if any.

    Returns
    -------
    Watch or None
    """
    if shell is None:
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return None
    if not hasattr(shell, "numlearn_watch"):
        shell.numlearn_watch = Watch(shell)
        label_tables(shell)
    return shell.numlearn_watch


def load_ipython_extension(shell):
    """Watch from the start: IPython calls this."""
    watch(shell)


def _said(error):
    kind, message, line = failure(error).raised
    if isinstance(error, SyntaxError):
        message, line = error.msg, error.lineno
    message = " ".join(message.split())
    message = message if len(message) <= LONGEST else f"{message[:LONGEST]} …"
    place = f" in line {line}" if line else ""
    return f"{kind}{place}{': ' if message else ''}{message.rstrip('.')}"
