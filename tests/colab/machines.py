"""Machines that are not this checkout: an empty one, and one that is like Colab.

Like Colab, not Colab: its Python, the versions it has preinstalled and an empty folder
are here; its web page, its Drive and its 600 other packages are not.
"""

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

HERE = Path(__file__).parent
PINS = HERE / "pins.txt"
# What a machine of its own must not see of this one.
OURS = ("PYTHONPATH", "NUMLEARN_SOURCE")
CLEAN = {name: value for name, value in os.environ.items() if name not in OURS}
BIN, PYTHON = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")


def run(*command, env=CLEAN, cwd=None):
    """Run a command; its output is the reason if it fails."""
    ready = [str(part) for part in command]
    done = subprocess.run(ready, capture_output=True, text=True, env=env, cwd=cwd)
    assert done.returncode == 0, f"{ready} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def alone(folder):
    """Keep other processes out of a folder that all share while it is filled."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as file:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def environment(folder, base, *requirements):
    """Make an environment of its own: with uv, which is quick, or else with pip."""
    run(base, "-m", "venv", folder)
    python = folder / BIN / PYTHON
    pip = [python, "-m", "pip", "install", "-q"]
    try:
        run(*pip, "uv")
        run(folder / BIN / "uv", "pip", "install", "--python", python, *requirements)
    except (AssertionError, OSError):
        run(*pip, *requirements)
    return python


def versions(python):
    """Return the versions of all that an environment holds, by name."""
    listed = json.loads(run(python, "-m", "pip", "list", "--format=json"))
    return {package["name"].lower(): package["version"] for package in listed}


def run_notebook(python, notebook, folder, **env):
    """Run a notebook in place with a kernel of another Python, as its own session."""
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient import NotebookClient

    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    env["PATH"] = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    env["NUMLEARN_HOME"] = str(folder / "disk-of-this-session")
    env["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # else old kernels warn on stderr
    env.setdefault("NUMLEARN_CACHE", str(folder / "cache"))
    spec = {"argv": argv, "display_name": "Python 3", "language": "python", "env": env}
    kernel = folder / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps(spec))
    specs = KernelSpecManager(
        kernel_dirs=[str(kernel.parent)], ensure_native_kernel=False
    )
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs)
    content = folder / "content"
    content.mkdir()
    where = {"metadata": {"path": str(content)}}
    client = NotebookClient(notebook, km=manager, timeout=600, resources=where)
    client.execute(cleanup_kc=True)  # half a gigabyte a session


def python_like_colabs():
    """Return a Python 3.13 or 3.12 of this machine, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    named = [shutil.which(f"python3.{minor}") for minor in (13, 12)]
    kept = sorted(pyenv.glob("versions/3.1[23].*/bin/python"), reverse=True)
    for python in [*filter(None, named), *kept]:
        # A pyenv shim may exist for a version that is not chosen, and then fails.
        probe = [python, "-c", "import sys, venv; print(sys.version_info[1])"]
        told = subprocess.run(probe, capture_output=True, text=True).stdout.strip()
        if told in ("12", "13"):
            return python
    return None
