"""Watches over one child while it runs a student's notebook, and ends all of it.

A script of its own, for POSIX systems, that needs nothing but the standard library.
The grader starts one for each notebook and says in one argument what to run. It sets
the limits, turns into the user who may do nothing, collects the child's report up to
a limit, and in the end kills every process that came of it and removes its folder.
If the grader dies, so does the child.
"""

import ctypes
import json
import os
import resource
import select
import signal
import sys
import time
from contextlib import suppress
from typing import NamedTuple

TICK = 0.1  # seconds between two looks at the child
PATIENCE = 10  # seconds for what was killed to be gone
# Numbers of Linux's prctl, unshare and mount.
DIE_WITH_PARENT, CHILD_SUBREAPER, NO_NEW_PRIVILEGES = 1, 36, 38
NEW_MOUNTS, BIND, RECURSIVE, PRIVATE = 0x20000, 1 << 12, 1 << 14, 1 << 18


class Limits(NamedTuple):
    """What a child may use; ``numlearn.grading.Limits`` says in which units."""

    seconds: int
    clock: int
    memory: int
    processes: int
    file_size: int
    open_files: int
    answer: int
    notebook: int


class Plan(NamedTuple):
    """What to run.

    Parameters
    ----------
    command : list of str
    environment : dict of str to str
    folder : str
        Where it runs; it is removed in the end.
    user : int
        Whom it becomes; 0 where it stays who we are.
    sandboxed : bool
        Whether the command itself becomes the user.
    reveal : dict of str to list of str
        Paths to be read below folders that are closed to other users.
    limits : Limits
    """

    command: list
    environment: dict
    folder: str
    user: int
    sandboxed: bool
    reveal: dict
    limits: Limits


def main(plan):
    """Run one child as planned; write how it ended, then what it reported."""
    grader, started = os.getppid(), time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    prctl(CHILD_SUBREAPER, 1)
    report, to_report = os.pipe()
    errors, to_errors = os.pipe()
    child = os.fork()
    if child == 0:
        enter(plan, to_report, to_errors)
    os.close(to_report)
    os.close(to_errors)
    try:
        how, answer = watch(plan.limits, child, report, grader)
    finally:
        end_all(child, plan.user)
        os.spawnlp(os.P_WAIT, "rm", "rm", "-rf", "--", plan.folder)
    status = {"how": how, "seconds": time.monotonic() - started}
    status["said"] = rest(errors, 2000).decode(errors="replace")
    sys.stdout.buffer.write(json.dumps(status).encode() + b"\n" + answer)


def enter(plan, report, errors):
    """Become the child: its pipes, limits, user and folder, then its program."""
    try:
        os.setsid()
        os.dup2(report, 1)
        os.dup2(errors, 2)
        os.closerange(3, errors + 1)
        for folder, paths in plan.reveal.items():
            reveal(folder, paths)
        if plan.user:
            os.chown(plan.folder, plan.user, plan.user)
        os.chdir(plan.folder)
        limit(plan.limits, plan.user)
        if not plan.sandboxed:
            become(plan.user)
        prctl(DIE_WITH_PARENT, signal.SIGKILL)
        os.execve(plan.command[0], plan.command, plan.environment)
    except Exception as error:
        os.write(2, str(error).encode())
    finally:
        os._exit(126)


def reveal(closed, paths):
    """Let this process alone read some paths below a folder closed to other users.

    Root's own Python often lies under /root, where no other user may go. In a mount
    namespace of its own an empty folder covers the closed one, and the paths wanted
    are put back into it; nothing changes for anybody else.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mount.argtypes = [*[ctypes.c_char_p] * 3, ctypes.c_ulong, ctypes.c_char_p]

    def must(result):
        if result != 0:
            why = "is closed to other users, and Python or the course lies in it"
            raise OSError(ctypes.get_errno(), f"{closed} {why}")

    must(libc.unshare(NEW_MOUNTS))
    must(libc.mount(b"none", b"/", None, PRIVATE | RECURSIVE, None))
    kept = [(path, os.open(path, os.O_PATH)) for path in paths]
    must(libc.mount(b"none", os.fsencode(closed), b"tmpfs", 0, b"mode=755"))
    for path, handle in kept:
        source = f"/proc/self/fd/{handle}"
        folder = path if os.path.isdir(source) else os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        if folder != path:
            os.close(os.open(path, os.O_CREAT))
        must(libc.mount(source.encode(), os.fsencode(path), None, BIND, None))
        os.close(handle)


def limit(limits, user):
    """Limit this process and all that come of it, as far as the system can."""
    processes = limits.processes
    if not user:  # then the limit counts all that this user runs, not only the child
        processes += sum(t.threads for t in tasks().values() if t.user == os.getuid())
    for name, most in {
        "CPU": 2 * limits.seconds,  # in case `watch` cannot see it
        "AS": limits.memory,
        "FSIZE": limits.file_size,
        "NOFILE": limits.open_files,
        "NPROC": processes,
        "CORE": 0,
    }.items():
        which = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # macOS has no limit on memory
            resource.setrlimit(which, (most, most))


def become(user):
    """Turn into another user for good, without a way to more rights."""
    prctl(NO_NEW_PRIVILEGES, 1)
    if user:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


def prctl(number, value):
    """Set an attribute of this process, where the system is Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(number, value, 0, 0, 0)


def watch(limits, child, report, grader):
    """Wait for the child; return how it ended, and its report so far."""
    deadline, answer, open_ = time.monotonic() + limits.clock, bytearray(), True
    while True:
        if open_ and select.select([report], [], [], TICK)[0]:
            chunk = os.read(report, 1 << 16)
            answer += chunk
            open_ = bool(chunk)
        elif not open_:
            time.sleep(TICK)
        ended, memory, seconds = reap(child), *used()
        if ended is not None:
            answer += rest(report, limits.answer)
        if len(answer) > limits.answer:
            return "answer", b""
        if seconds > limits.seconds - TICK or time.monotonic() > deadline:
            return "time", answer
        if ended is not None:
            return ended, answer
        if memory > limits.memory:
            return "memory", answer
        if os.getppid() != grader:
            return "grader gone", b""


def reap(child):
    """Collect all that has ended; say how the child did, or None if it lives."""
    how, pid = None, True
    with suppress(ChildProcessError):
        while pid:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == child:
                how = ending(status)
    return how


def used():
    """Return the memory that the child and all its processes hold, and their time."""
    alive = tree().values()
    past = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = sum(task.seconds for task in alive) + past.ru_utime + past.ru_stime
    return sum(task.memory for task in alive), seconds


def ending(status):
    """Say how a process ended, in two words."""
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"code {os.WEXITSTATUS(status)}"


def rest(pipe, most):
    """Read what is left in a pipe, without waiting for more."""
    os.set_blocking(pipe, False)
    found = bytearray()
    with suppress(BlockingIOError):
        while len(found) <= most and (chunk := os.read(pipe, 1 << 16)):
            found += chunk
    return found


class Task(NamedTuple):
    """A process: memory in bytes, and the seconds of it and of its ended children."""

    parent: int
    group: int
    user: int
    threads: int
    memory: int
    seconds: float


def tasks():
    """Return all processes by their ids, where the system is Linux."""
    found = {}
    for name in os.listdir("/proc") if sys.platform == "linux" else ():
        with suppress(OSError, ValueError):
            found[int(name)] = look_at(int(name))
    return found


def look_at(pid):
    """Return what Linux says of a process."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        user, text = os.fstat(file.fileno()).st_uid, file.read()
    part = text.rpartition(b")")[2].split()  # what follows its name, see proc(5)
    parent, group, threads, pages = (int(part[at]) for at in (1, 2, 17, 21))
    seconds = sum(map(int, part[11:15])) / os.sysconf("SC_CLK_TCK")
    return Task(parent, group, user, threads, pages * resource.getpagesize(), seconds)


def tree():
    """Return those of `tasks` that came of this process."""
    known, found, grown = tasks(), {}, {os.getpid()}
    while grown:
        grown = {pid for pid, task in known.items() if task.parent in grown}
        found |= {pid: known[pid] for pid in grown}
    return found


def end_all(child, user):
    """Kill every process that came of this one, however it tried to get away."""
    deadline = time.monotonic() + PATIENCE
    if sys.platform != "linux":  # where we cannot see who came of whom
        with suppress(OSError):
            os.killpg(child, signal.SIGKILL)
    while (left := tree()) and time.monotonic() < deadline:
        if user:
            kill_all_of(user)
        for pid, task in left.items():
            with suppress(OSError):
                if task.group == os.getpgrp():
                    os.kill(pid, signal.SIGKILL)
                else:  # all of a group at once, so that none can fork in between
                    os.killpg(task.group, signal.SIGKILL)
        reap(child)
        time.sleep(TICK / 10)


def kill_all_of(user):
    """Kill all that a user runs at once, so that nothing can fork its way out."""
    helper = os.fork()
    if helper == 0:
        with suppress(OSError):
            become(user)
            if os.getuid() == os.geteuid() == user != 0:  # as root it would end us all
                os.kill(-1, signal.SIGKILL)
        os._exit(0)
    os.waitpid(helper, 0)


if __name__ == "__main__":
    if sys.argv[1] == "become":
        become(int(sys.argv[2]))
        os.execv(sys.argv[3], sys.argv[3:])
    told = json.loads(sys.argv[1])
    main(Plan(**told | {"limits": Limits(**told["limits"])}))
