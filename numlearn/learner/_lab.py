"""Open JupyterLab where the lessons are."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from numlearn import _files
from numlearn.errors import NumlearnError
from numlearn.lessons import find_lesson


def lab(lesson="triangle", arguments=()):
    """Start JupyterLab on a lesson and stay until it ends.

    Parameters
    ----------
    lesson : str
        A lesson's slug or number.
    arguments : sequence of str
        Passed on to ``jupyter lab``, such as ``--no-browser`` or ``--port=8899``.

    Returns
    -------
    int
        JupyterLab's exit code.

    Raises
    ------
    NumlearnError
        If JupyterLab is not installed, or the lesson is not written yet.
    """
    found = find_lesson(lesson)
    if found.planned:
        raise NumlearnError(
            f"Lesson {found.stem} is planned, not written:"
            " `numlearn progress` shows which are."
        )
    if importlib.util.find_spec("jupyterlab") is None:
        raise NumlearnError('JupyterLab is not installed: pip install "numlearn[lab]".')
    folder = workspace()
    command = [sys.executable, "-m", "jupyterlab", f"lessons/{found.stem}.ipynb"]
    command += ["--LabApp.news_url=", *arguments]
    # Containers and CI run as root, where Jupyter wants to be told that this is meant.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    try:
        return subprocess.call(command, cwd=folder)
    except KeyboardInterrupt:
        return 0


def workspace():
    """Return a folder with lessons/ that the learner may write to.

    In a checkout that is the checkout; an installed wheel copies its lessons to
    ``numlearn-course/`` in the current folder and never overwrites one there.
    """
    root = _files.course_root()
    if root.parent != Path(_files.__file__).parent:
        return root
    folder = Path("numlearn-course")
    for source in sorted((root / "lessons").glob("*.ipynb")):
        target = folder / "lessons" / source.name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return folder
