"""Where a student's notebook runs: who it is, what it sees, and how much it may use."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numlearn
from numlearn._files import course_root
from numlearn.errors import NumlearnError

HERE = Path(__file__).parent
FOLDER = "numlearn-grade-"  # how the name of a folder begins in which a notebook runs
USERS = range(62_000, 64_900)  # where to look for users that nobody is
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
SETTINGS = ("/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime")
SCRATCH = 256 << 20  # bytes that a sandboxed notebook may leave in /tmp


@dataclass(frozen=True)
class Limits:
    """What one notebook may use.

    Parameters
    ----------
    seconds : int
        CPU time of a process. One cell, and one answer, may take a quarter of it.
    clock : int, optional
        Seconds from start to end; by default twice `seconds`.
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
        object.__setattr__(self, "clock", self.clock or 2 * self.seconds)


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
        self._users = _strangers(jobs) if _is_root() else [0] * jobs
        self._running = set()

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
                setup = {"path": _packages(), "share": self.limits.seconds / 4}
                file.write(f"{json.dumps(setup)}\n{questions}\n".encode() + notebook)
                file.seek(0)
                if hasattr(os, "fork"):
                    return self._supervised(folder, file, self._users[slot])
                return self._by_the_clock(folder, file)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def stop(self):
        """End all that is running."""
        for process in list(self._running):
            process.terminate()

    def _supervised(self, folder, job, user):
        command, home, closed = _python("child.py"), folder, {}
        if self.sandboxed:
            command, home = _bubble(user), "/tmp"
        elif user:
            closed = _below_closed_folders([*visible(), folder])
        plan = {
            "command": command,
            "environment": _environment(home),
            "folder": folder,
            "user": user,
            "sandboxed": self.sandboxed,
            "reveal": closed,
            "limits": vars(self.limits),
        }
        supervise = [*_python("_supervise.py", "-S"), json.dumps(plan)]
        with self._started(supervise, job) as process:
            try:  # it minds the time; this is for the case that it was stopped
                output, _ = process.communicate(timeout=self.limits.clock + 60)
            except subprocess.TimeoutExpired:
                output = b""
        first, _, report = output.partition(b"\n")
        with suppress(ValueError):
            return Ended(**json.loads(first), report=report)
        return Ended("supervisor gone", 0.0, "", b"")

    def _by_the_clock(self, folder, job):
        """Run a child on a system that offers no more than ending it in time."""
        most, began = self.limits.answer, time.monotonic()
        options = {"cwd": folder, "env": _environment(folder)}
        with self._started(_python("child.py"), job, **options) as process:
            timer = threading.Timer(self.limits.clock, process.kill)
            timer.start()
            report = process.stdout.read(most + 1)
            timer.cancel()
        seconds = time.monotonic() - began
        how = "time" if seconds >= self.limits.clock else f"code {process.returncode}"
        return Ended("answer" if len(report) > most else how, seconds, "", report)

    @contextmanager
    def _started(self, command, job, **options):
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


def _python(script, *options):
    return [sys.executable, "-I", *options, str(HERE / script)]


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _strangers(count):
    """Return ids of users that do not exist and run nothing, one for each job.

    A limit on processes does not bind root, and a user may end all that is his own:
    so a notebook runs as nobody whom the grader, another notebook or a service is.
    """
    import pwd

    busy = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            busy.add(process.stat().st_uid)
    found, at = [], os.getpid() * 16
    while len(found) < count:
        at += 1
        user = USERS[at % len(USERS)]
        try:
            pwd.getpwuid(user)
        except KeyError:
            if user not in busy:
                found.append(user)
    return found


def _packages():
    """Return the folders from which this process imports packages."""
    kept = [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]
    return [*kept, str(Path(numlearn.__file__).parents[1])]


def visible():
    """Return what a notebook must be able to read: Python, packages, the data set."""
    root, package = course_root(), Path(numlearn.__file__).parent
    wanted = [sys.prefix, sys.base_prefix, Path(sys.executable).resolve().parents[1]]
    wanted += [*_packages()[:-1], package, root / "data", root / "course.toml"]
    both = {Path(way(path)) for path in wanted for way in (str, os.path.realpath)}
    there = sorted(path for path in both if path.exists())
    return [str(p) for p in there if not any(q in p.parents for q in there)]


def hidden():
    """Return what a sandboxed notebook must not see although it is beside the rest."""
    secret = (Path(numlearn.__file__).parent / "exercises", course_root() / "solutions")
    return [str(s) for s in secret if any(Path(p) in s.parents for p in visible())]


def _below_closed_folders(paths):
    """Sort paths by the topmost folder above them that other users cannot enter."""
    found = {}
    for path in paths:
        for parent in reversed(Path(path).parents):
            if not parent.stat().st_mode & 0o001:
                found.setdefault(str(parent), []).append(path)
                break
    return found


def _bubble(user):
    """Return the command that runs a child within bubblewrap."""
    command = [shutil.which("bwrap"), "--die-with-parent", "--unshare-cgroup-try"]
    command += [f"--unshare-{space}" for space in ("ipc", "net", "pid", "uts")]
    command += ["--cap-drop", "ALL"] if user else ["--unshare-user"]
    for right in ("CAP_SETUID", "CAP_SETGID") if user else ():
        command += ["--cap-add", right]
    for path in SYSTEM + SETTINGS:
        command += ["--ro-bind-try", path, path]
    command += ["--proc", "/proc", "--dev", "/dev"]
    for place in ("/tmp", "/dev/shm"):
        command += ["--perms", "1777", "--size", str(SCRATCH), "--tmpfs", place]
    for path in visible():
        for parent in reversed(Path(path).parents):
            command += ["--dir", str(parent)]
        command += ["--ro-bind", path, path]
    for path in hidden():
        command += ["--tmpfs", path]
    become = [*_python("_supervise.py", "-S"), "become", str(user)]
    return [*command, "--chdir", "/tmp", "--", *become, *_python("child.py")]


def _environment(home):
    """Return a child's environment: nothing of ours, and the same in every run."""
    single = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA", "VECLIB")
    threads = {f"{library}_NUM_THREADS": "1" for library in single}
    threads |= {"POLARS_MAX_THREADS": "1", "LOKY_MAX_CPU_COUNT": "1"}
    places = dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR", "NUMLEARN_HOME"), home)
    needed = {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "USER": "student",
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        **threads,
        **places,
        **needed,
    }
