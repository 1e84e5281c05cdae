"""A model upload: a pickled function that Numerai runs, tried before it is sent."""

import functools
import os
import pickle
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from numlearn._files import written_whole
from numlearn.data import client as api
from numlearn.errors import NumlearnError
from numlearn.models import _upload
from numlearn.models._faults import faults

# What a function reaches as `nl.eras` and so on; the rest of the package stays at home.
_CARRIED = ("eras", "metamodel", "models", "scoring")

# Numerai's machine has no numlearn, one core, and an end to memory and patience.
_CHILD = """
import os, sys
sys.modules["numlearn"] = None
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
except (ImportError, ValueError):
    pass
from inspect import signature
import pandas as pd
model, tables, out = sys.argv[2], sys.argv[3:-1], sys.argv[-1]
predict = pd.read_pickle(model)
tables = [pd.read_parquet(table) for table in tables]
takes = len(signature(predict).parameters)
if takes not in (1, 2):
    sys.exit(f"the function takes {takes} parameters, and Numerai gives one or two")
if takes > len(tables):
    sys.exit("the function takes benchmarks: give them to run_pickle")
live, *benchmarks = tables[:takes]
eras = [rows for _, rows in live.groupby("era")] if "era" in live else [live]
given = [predict(rows, *(table.loc[rows.index] for table in benchmarks))
         for rows in eras]
pd.to_pickle(given, out)
"""


def write_pickle(predict, path):
    """Pickle a function for Numerai to run, with all of yours that it needs.

    Parameters
    ----------
    predict : callable
        ``predict(live_features)`` or ``predict(live_features, live_benchmark_models)``;
        it takes DataFrames indexed by id and returns one with the column "prediction",
        numbers between 0 and 1. What it uses of your own module or of numlearn goes
        into the pickle (of ``nl`` only eras, metamodel, models, scoring); other
        packages must be there where it runs.
    path : str or path
        Should end in ``.pkl``.

    Notes
    -----
    Whoever has the file has the model: its parameters, the names of its features and
    your code. Open a pickle only from somebody you trust: opening runs it.
    """
    import cloudpickle

    import numlearn

    if not callable(predict):
        raise NumlearnError(
            f"What is pickled is a function predict(live_features), not "
            f"{type(predict).__name__}: write one that calls your model."
        )

    class Pickler(cloudpickle.Pickler):
        def reducer_override(self, obj):
            if obj is numlearn:
                parts = {name: getattr(numlearn, name) for name in _CARRIED}
                return SimpleNamespace, (), parts
            if isinstance(obj, functools._lru_cache_wrapper):
                return functools.cache, (obj.__wrapped__,)
            return super().reducer_override(obj)

    named = getattr(predict, "__module__", "__main__")
    ours = {m.__name__: m for m in (numlearn, sys.modules.get(named, numlearn))}
    ours.pop("__main__", None)  # is pickled by value anyway
    with written_whole(_writable(path)) as part, _by_value(ours.values()):
        try:
            with part.open("wb") as file:
                Pickler(file).dump(predict)
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            raise NumlearnError(
                f"The function cannot be pickled ({error}): leave out what it uses of "
                "open files, connections and locks."
            ) from error


def _writable(path):
    """Return a path whose folder exists, or say that it does not."""
    path = Path(path).expanduser()
    if not path.parent.is_dir():
        raise NumlearnError(
            f"There is no folder {str(path.parent)!r} to write {path.name} to: make it "
            "first."
        )
    return path


@contextmanager
def _by_value(modules):
    """Let cloudpickle put functions of these modules into the pickle themselves."""
    import cloudpickle

    for module in modules:
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in modules:
            cloudpickle.unregister_pickle_by_value(module)


def run_pickle(path, live, benchmarks=None, gigabytes=4, seconds=600):
    """Run a pickle as Numerai does: a fresh process, one core, 4 GB, ten minutes.

    Parameters
    ----------
    path : str or path
        What :func:`write_pickle` wrote. It is run, so it must be your own.
    live, benchmarks : DataFrame
        What it is given; benchmarks only where it takes them.
    gigabytes, seconds : int
        Its limits (that of memory binds on Linux).

    Returns
    -------
    DataFrame
        What the function returned, indexed by id.

    Raises
    ------
    NumlearnError
        If it ended with an error or what it returned is no submission.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise NumlearnError(f"There is no file {path}: check the path.")
    if not isinstance(live, pd.DataFrame):
        raise NumlearnError(
            f"The live data are a panel, not {type(live).__name__}: pass what "
            "numlearn.data.load('live') returned."
        )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.pkl"
        tables = []
        for name, table in (("live", live), ("benchmarks", benchmarks)):
            if table is not None:
                tables.append(Path(folder) / f"{name}.parquet")
                table.to_parquet(tables[-1])
        _run([str(gigabytes << 30), path, *tables, out], path, seconds)
        parts = pd.read_pickle(out)
    sizes = live.groupby("era").size().to_list() if "era" in live else [len(live)]
    for part, size in zip(parts, sizes, strict=True):
        if fault := _fault_of_part(part, size):
            raise NumlearnError(f"{path} ran, but Numerai would refuse it: {fault}")
    predictions = pd.concat(parts)
    found = faults(predictions.rename_axis("id").reset_index(), live.index)
    if found:
        raise NumlearnError(f"{path} ran, but: {' '.join(found)}")
    return predictions


def _run(arguments, path, seconds):
    """Run a pickle in a process of its own, or say how it failed."""
    command = [sys.executable, "-I", "-c", _CHILD, *map(str, arguments)]
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    try:
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=seconds,
            env=os.environ | one,
        )
    except subprocess.TimeoutExpired:
        raise NumlearnError(
            f"{path} took more than {seconds} s: make the model smaller."
        ) from None
    if ended.returncode:
        said = (ended.stderr.strip() or f"exit code {ended.returncode}").splitlines()
        raise NumlearnError(
            f"{path} failed where Numerai would run it: {said[-1].rstrip('.')}."
        )


def _fault_of_part(part, size):
    """Return why Numerai's runner refuses what a function returned, or None.

    Source: github.com/numerai/numerai-predict, predict.py, 2026.
    """
    if type(part) is not pd.DataFrame:
        return (
            f"it returned {type(part).__name__} and not a DataFrame: end it with "
            '.to_frame("prediction").'
        )
    if len(part) != size:
        return f"it returned {len(part):,} rows for {size:,}: predict every row once."
    if part.isna().any(axis=None):
        return "it returned a NaN: find why the model gave none, or fill it with 0.5."
    first = pd.to_numeric(part.iloc[:, 0], errors="coerce") if part.shape[1] else part
    if not first.between(0, 1).all():
        return (
            "its first column is not between 0 and 1: rank the predictions, as "
            "numlearn.models.submission.make does."
        )
    return None


def upload_pickle(path, model, *, keys=None, server=None):
    """Hand in a pickle for Numerai to run in every round, on this version of Python.

    Try it with :func:`run_pickle` first. A pickle holds the bytecode of the Python that
    wrote it, which is taken to be the one that runs now.

    Parameters
    ----------
    path : str or path
        What :func:`write_pickle` wrote; its name ends in ``.pkl``.
    model : str
        The name of one of your models.
    keys, server
        As in :func:`upload`.

    Returns
    -------
    str
        The id that the server gave the upload.

    Raises
    ------
    NumlearnError
        If Numerai does not run this version of Python, or did not take the file.
    """
    path = Path(path).expanduser()
    if not path.is_file() or path.suffix != ".pkl":
        raise NumlearnError(
            f"{path} is no file whose name ends in .pkl: write one with "
            "numlearn.models.submission.write_pickle."
        )
    mine = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    with _upload.connected("classic", server, keys) as client:
        models = _upload.models_of(client, [model])
        with api.asking("the versions of Python that it runs"):
            images = client.model_upload_docker_images()
        if mine not in images:
            raise NumlearnError(
                f"Numerai runs {', '.join(sorted(images))} and this is {mine}: write "
                "the pickle with one of those."
            )
        with api.asking("the pickle"):
            return client.model_upload(
                str(path), model_id=models[model], docker_image=mine
            )
