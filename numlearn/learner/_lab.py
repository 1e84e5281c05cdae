"""Open JupyterLab where the lessons are."""

import importlib.util
import json
import os
import subprocess
import sys

from numlearn.errors import NumlearnError
from numlearn.learner._workspace import workspace
from numlearn.lessons import find_lesson


def lab(lesson="triangle", arguments=(), folder=None):
    """Start JupyterLab on your copy of a lesson, and stay until it ends.

    Parameters
    ----------
    lesson : str
        A lesson's slug or number.
    arguments : sequence of str
        Passed on to ``jupyter lab``, such as ``--no-browser`` or ``--port=8899``.
    folder : str or Path, optional
        Where your copy of the lessons lies or will lie; by default
        ``numlearn-course/``, in a checkout at its root, elsewhere in this folder.

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
    folder, old = workspace(folder)
    print(f"Your lessons are in {folder}. JupyterLab is starting.", flush=True)
    if old:
        print(
            f"{len(old)} of them are older than the course: `numlearn update` brings"
            " the newer ones and keeps your answers.",
            flush=True,
        )
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    command += [f"--LabApp.default_url=/lab/tree/lessons/{found.stem}.ipynb"]
    command += [f"--LabApp.app_settings_dir={folder / '.lab'}"]
    command += ["--LabApp.news_url=None", *arguments]
    env = {**os.environ, "JUPYTER_PATH": _kernel(folder / ".lab")}
    # Containers and CI run as root, where Jupyter wants to be told that this is meant.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    try:
        return subprocess.call(command, cwd=folder, env=env)
    except KeyboardInterrupt:
        return 0


def _kernel(folder):
    """Write a kernel that watches cells from its start; return Jupyter's path to it."""
    from ipykernel.kernelspec import get_kernel_dict

    extension = "numlearn.learner._watch"
    spec = get_kernel_dict(extra_arguments=[f"--ext={extension}"])
    (folder / "kernels" / "python3").mkdir(parents=True, exist_ok=True)
    (folder / "kernels" / "python3" / "kernel.json").write_text(json.dumps(spec))
    others = os.environ.get("JUPYTER_PATH")
    return os.pathsep.join([str(folder), *([others] if others else [])])
