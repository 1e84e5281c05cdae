"""What surrounds a child that runs a notebook: its user, its files, its variables."""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import numlearn
from numlearn._files import course_root

PACKAGE = Path(numlearn.__file__).parent
SCRIPTS = PACKAGE / "grading" / "untrusted"
USERS = range(62_000, 64_900)  # where to look for users that nobody is
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
SETTINGS = ("/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime")
SCRATCH = 256 << 20  # bytes that a sandboxed notebook may leave in /tmp


def python(script, *options):
    """Return the command that runs a script of ours, cut off from its surroundings."""
    return [sys.executable, "-I", *options, str(SCRIPTS / script)]


def strangers(count):
    """Return ids of users that do not exist and run nothing, one for each job.

    A limit on processes does not bind root, and a user may end all that is his own:
    so a notebook runs as nobody whom the grader, another notebook or a service is.
    """
    import pwd

    taken = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            taken.add(process.stat().st_uid)
    start, found = os.getpid() * 16, []  # another grader's are likely not here
    while len(found) < count:
        user, start = USERS[start % len(USERS)], start + 1
        try:
            pwd.getpwuid(user)
        except KeyError:
            found += [user] if user not in taken else []
    return found


def packages():
    """Return the folders from which this process imports packages."""
    return [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]


def visible():
    """Return what a notebook must be able to read: Python, packages, the data set."""
    wanted = [sys.prefix, sys.base_prefix, Path(sys.executable).resolve().parents[1]]
    wanted += [*packages(), PACKAGE]
    wanted += [course_root() / name for name in ("course.toml", "data", "solutions")]
    both = {Path(way(path)) for path in wanted for way in (str, os.path.realpath)}
    there = sorted(path for path in both if path.exists())
    return [str(p) for p in there if not any(q in p.parents for q in there)]


def below_closed_folders(paths):
    """Sort paths by the topmost folder above them that other users cannot enter."""
    found = {}
    for path in paths:
        for parent in reversed(Path(path).parents):
            if not parent.stat().st_mode & 0o001:
                found.setdefault(str(parent), []).append(path)
                break
    return found


def bubblewrap(user):
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
    for secret in (PACKAGE / "exercises", course_root() / "solutions"):
        command += ["--tmpfs", str(secret)]
    become = [*python("supervise.py", "-S"), "become", str(user)]
    return [*command, "--chdir", "/tmp", "--", *become, *python("child.py")]


def environment(home):
    """Return a child's environment: nothing of ours, and the same in every run."""
    single = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")
    threads = [f"{library}_NUM_THREADS" for library in single]
    threads += ["VECLIB_MAXIMUM_THREADS", "LOKY_MAX_CPU_COUNT"]
    threads += ["POLARS_MAX_THREADS", "POLARS_ASYNC_THREAD_COUNT"]
    places = dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR", "NUMLEARN_HOME"), home)
    needed = {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "USER": "student",
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        **dict.fromkeys(threads, "1"),
        **places,
        **needed,
    }
