"""Where a student's notebook runs: who it is, what it sees, and how much it may use."""

import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

from numlearn.errors import NumlearnError
from numlearn.grading.trusted import surroundings

FOLDER = "numlearn-grade-"  # how the name of a folder begins in which a notebook runs


@dataclass(frozen=True)
class Limits:
    """What one notebook may use.

    Parameters
    ----------
    seconds : int
        CPU time of all its processes. One cell may take a quarter of it, and so may
        one call of an answer, up to the 10 seconds that a check gives it.
    clock : int, optional
        Seconds from start to end; by default five times `seconds`, so that a busy
        machine costs nobody points.
    memory : int
        Bytes: the address space of a process, and what all of them hold in memory.
    processes : int
        Processes and threads.
    file_size : int
        Bytes of the longest file it may write.
    open_files : int
        Files that a process may have open.
    answer, notebook : int
        Bytes of the longest report that is read, and of the longest file that is run.
    """

    seconds: int = 60
    clock: int = 0
    memory: int = 4 << 30
    processes: int = 64
    file_size: int = 64 << 20
    open_files: int = 256
    answer: int = 8 << 20
    notebook: int = 50 << 20

    def __post_init__(self):
        object.__setattr__(self, "clock", self.clock or 5 * self.seconds)


class Ended(NamedTuple):
    """How a run ended: ``code 0``, ``signal 9``, ``time``, ``memory``, ``answer``.

    `report` is what the notebook's process sent; `said` is what went wrong before it.
    """

    how: str
    seconds: float
    said: str
    report: bytes


class Containment:
    """Runs notebooks, each in a process of its own that can do little harm.

    Parameters
    ----------
    sandbox : {None, "bwrap"}
        None is level 1: a process with limits, of a user without rights where we are
        root. ``"bwrap"`` is level 2: the same in a sandbox without network, which
        sees what Python needs and can write to nothing but memory.
    limits : Limits, optional
    jobs : int
        How many will run at a time.

    Raises
    ------
    NumlearnError
        If there is no such sandbox, or it is not installed.
    """

    def __init__(self, sandbox=None, limits=None, jobs=1):
        if sandbox not in (None, "bwrap"):
            raise NumlearnError(f"There is no sandbox {sandbox!r}; there is 'bwrap'.")
        if sandbox and not shutil.which("bwrap"):
            raise NumlearnError(
                "The sandbox needs bubblewrap, which is not installed here:"
                " apt install bubblewrap (Debian, Ubuntu), or grade without a sandbox."
            )
        self.sandboxed, self.limits = sandbox is not None, limits or Limits()
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        self._users = surroundings.strangers(jobs) if is_root else [0] * jobs
        self._running, self._stopped = set(), False

    def try_out(self):
        """Run an empty notebook.

        Raises
        ------
        NumlearnError
            If that does not work here, with what the system said.
        """
        ended = self.run(b'{"cells": []}')
        if not ended.report:
            said = " ".join(ended.said.split())[-300:] or ended.how
            raise NumlearnError(
                f"Notebooks cannot be run here as they should be for grading: {said}."
                " See docs/instructor.md, section 'When nothing runs'."
            )

    def run(self, notebook, questions="[]", slot=0):
        """Run one notebook.

        Parameters
        ----------
        notebook : bytes
            The file.
        questions : str
            JSON: the exercises to ask for, as ``child.ask`` reads them.
        slot : int
            Which of the jobs this is, from 0.

        Returns
        -------
        Ended
        """
        folder = tempfile.mkdtemp(prefix=FOLDER)
        try:
            with tempfile.TemporaryFile() as file:
                setup = json.dumps(self._setup())
                file.write(f"{setup}\n{questions}\n".encode() + notebook)
                file.seek(0)
                if hasattr(os, "fork"):
                    return self._supervised(folder, file, self._users[slot])
                return self._by_the_clock(folder, file)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _setup(self):
        """Return what ``child.py`` is told of how to run."""
        return {
            "packages": surroundings.packages(),
            "numlearn": str(surroundings.PACKAGE.parent),
            "share": self.limits.seconds / 4,  # for a cell
            "most": self.limits.answer // 8,  # for an exercise; a lesson has up to four
        }

    @property
    def caution(self):
        """What the user of this level should know, in a sentence; empty for level 2."""
        if not hasattr(os, "fork"):
            return "On this system only the time is limited: grade strangers elsewhere."
        if self.sandboxed or self._users[0]:
            return ""
        return (
            "The notebooks ran with your rights, as an ordinary user's do: for people"
            " you do not know, add --sandbox bwrap."
        )

    def stop(self):
        """End all that is running; nothing runs after that."""
        self._stopped = True
        for process in list(self._running):
            process.terminate()

    def _supervised(self, folder, job, user):
        command, home, closed = surroundings.python("child.py"), folder, {}
        if self.sandboxed:
            command, home = surroundings.bubblewrap(user), "/tmp"
        elif user:
            closed = surroundings.below_closed_folders(
                [*surroundings.visible(), folder]
            )
        plan = {
            "command": command,
            "environment": surroundings.environment(home),
            "folder": folder,
            "user": user,
            "sandboxed": self.sandboxed,
            "reveal": closed,
            "limits": vars(self.limits),
        }
        supervise = [*surroundings.python("supervise.py", "-S"), json.dumps(plan)]
        with self._started(supervise, job) as process:
            try:  # it minds the time; this is for the case that it was stopped
                output, _ = process.communicate(timeout=self.limits.clock + 60)
            except subprocess.TimeoutExpired:
                output = b""
        first, _, report = output.partition(b"\n")
        with suppress(ValueError, TypeError, KeyError):
            status = json.loads(first)
            how, said = str(status["how"]), str(status["said"])
            return Ended(how, float(status["seconds"]), said, report)
        return Ended("supervisor gone", 0.0, "", b"")

    def _by_the_clock(self, folder, job):
        """Run a child on a system that offers no more than ending it in time."""
        most, began = self.limits.answer, time.monotonic()
        options = {"cwd": folder, "env": surroundings.environment(folder)}
        with self._started(surroundings.python("child.py"), job, **options) as process:
            timer = threading.Timer(self.limits.clock, process.kill)
            timer.start()
            report = process.stdout.read(most + 1)
            timer.cancel()
        seconds = time.monotonic() - began
        how = "time" if seconds >= self.limits.clock else f"code {process.returncode}"
        return Ended("answer" if len(report) > most else how, seconds, "", report)

    @contextmanager
    def _started(self, command, job, **options):
        self._go_on()
        process = subprocess.Popen(
            command,
            stdin=job,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **options,
        )
        self._running.add(process)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            self._running.discard(process)
            self._go_on()

    def _go_on(self):
        if self._stopped:
            raise NumlearnError("Grading was stopped; run it again to go on.")
