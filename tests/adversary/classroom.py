"""A class of one honest student and everybody in ``attacks``, graded for real."""

import contextlib
import csv
import os
import shutil
import socket
import tempfile
import threading
from pathlib import Path
from unittest import mock

from attacks import ATTACKS, FILES, LESSON, notebook

from numlearn.grading.trusted import surroundings
from numlearn.grading.trusted.containment import Limits
from numlearn.grading.trusted.grade import grade

LIMITS = Limits(seconds=6, clock=40, memory=2 << 30)
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
    users = range(65_000, 65_400)[os.getpid() % 100 * 4 :][:4]
    given = [place / name for name in ("class", "seed", "grades.csv")]
    try:
        with (
            _listener() as (port, visits),
            mock.patch.object(surroundings, "USERS", users),  # nobody else's
            mock.patch.object(tempfile, "tempdir", str(place / "tmp")),
            mock.patch.dict(os.environ, SECRET_OF_THE_GRADER=SECRET),
        ):
            known = dict(zip(("@FOLDER@", "@SEED@", "@OUT@"), given)) | {"@PORT@": port}
            _hand_in(place / "class", names, known)
            (place / "tmp").mkdir()
            (place / "seed").write_text(SECRET)
            grade(*given[:2], out=given[2], n_jobs=2, sandbox=sandbox, limits=LIMITS)
        rows = {name: [] for name in [*names, "honest"]}
        with open(place / "grades.csv", newline="") as file:
            for row in csv.DictReader(file):
                rows[row["student"]].append(row)
        left = [str(path) for path in (place / "tmp").iterdir()]
        return rows, len(visits), left + _running(users)
    finally:
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


def _running(users):
    """Return the command lines of what these users run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid in users:
                found.append((process / "cmdline").read_text())
    return found
