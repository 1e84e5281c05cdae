"""A class of one honest student and everybody in ``attacks``, graded for real."""

import contextlib
import csv
import os
import shutil
import socket
import tempfile
import threading
from pathlib import Path

from attacks import ATTACKS, FILES, LESSON, notebook

from numlearn.course._containment import Limits
from numlearn.course.grade import grade

LIMITS = Limits(seconds=6, clock=20, memory=2 << 30)
SECRET = "correct horse battery staple"
HONEST = """
import numpy as np
from statistics import NormalDist

def numerai_corr(predictions, target):
    ranks = (predictions.rank() - 0.5) / len(predictions)
    normal = ranks.map(NormalDist().inv_cdf)
    power = lambda x: np.sign(x) * np.abs(x) ** 1.5
    return float(np.corrcoef(power(normal), power(target - target.mean()))[0, 1])
"""


def grade_class(sandbox=None, names=None):
    """Grade the class; return its rows by student, and what was left behind.

    Parameters
    ----------
    sandbox : {None, "bwrap"}
    names : iterable of str, optional
        Which attacks; by default all that this level is said to stop.

    Returns
    -------
    rows : dict of str to list of dict
    visits : int
        How many notebooks reached the grader over the network.
    leftovers : list of str
        Folders and processes that outlived the grading.
    """
    names = list(names or stopped(sandbox))
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    try:
        with _listener() as (port, visits):
            known = {"@SEED@": place / "seed", "@OUT@": place / "grades.csv"}
            known |= {"@FOLDER@": place / "class", "@PORT@": port}
            (place / "seed").write_text(SECRET)
            _hand_in(place / "class", names, known)
            os.environ["SECRET_OF_THE_GRADER"] = SECRET
            before = set(Path(tempfile.gettempdir()).glob("numlearn-grade-*"))
            grade(
                place / "class",
                place / "seed",
                place / "grades.csv",
                2,
                sandbox,
                LIMITS,
            )
            after = set(Path(tempfile.gettempdir()).glob("numlearn-grade-*"))
        with open(place / "grades.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        by_student = {row["student"]: [] for row in rows}
        for row in rows:
            by_student[row["student"]].append(row)
        return by_student, len(visits), [*map(str, after - before), *_strays()]
    finally:
        os.environ.pop("SECRET_OF_THE_GRADER", None)
        shutil.rmtree(place)


def stopped(sandbox):
    """Return the names of the attacks that a level of isolation is said to stop."""
    if sandbox:
        return [name for name, attack in ATTACKS.items() if attack.sandbox]
    return [n for n, attack in ATTACKS.items() if not attack.sandbox_only] + list(FILES)


def _hand_in(folder, names, known):
    for name in [*names, "honest"]:
        (folder / name).mkdir(parents=True)
        path = folder / name / f"{LESSON}.ipynb"
        if name in FILES:
            FILES[name][0](path)
            continue
        cells = ATTACKS[name].cells if name in ATTACKS else (HONEST,)
        text = notebook(*cells).decode()
        for word, value in known.items():
            text = text.replace(word, str(value))
        path.write_text(text)


@contextlib.contextmanager
def _listener():
    visits = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            with contextlib.suppress(OSError):
                while True:
                    visits.append(server.accept()[1])

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], visits


def _strays():
    """Return the command lines of processes that a notebook left running."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if "course/child.py" in command or 62_000 <= process.stat().st_uid < 65_000:
                found.append(f"{process.name}: {command}")
    return found
