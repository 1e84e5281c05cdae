"""A model upload: a pickled function that Numerai runs, tried before it is sent."""

import functools
import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pandas as pd

from numlearn._files import destination, origin, written_whole
from numlearn.data import client as api
from numlearn.errors import NumlearnError, instead_of, of_type
from numlearn.models._faults import faults
from numlearn.models._upload import connected, models_of

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

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> def predict(live_features):
    ...     return pd.DataFrame({"prediction": 0.5}, index=live_features.index)
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "half.pkl"
    >>> nl.models.submission.write_pickle(predict, path)
    >>> path.is_file()
    True
    >>> folder.cleanup()
    """
    import cloudpickle

    import numlearn

    path = destination(path)
    if not callable(predict):
        given = type(predict).__name__
        raise NumlearnError(f"A {given} was to be pickled: give a function of data.")

    # Their names would be looked for in numlearn when they are first used.
    lazy = {part: part.__all__ for part in (numlearn.models, numlearn.scoring)}
    lazy[numlearn] = _CARRIED

    class Pickler(cloudpickle.Pickler):
        def reducer_override(self, obj):
            if isinstance(obj, ModuleType) and obj in lazy:
                return SimpleNamespace, (), {n: getattr(obj, n) for n in lazy[obj]}
            if isinstance(obj, functools._lru_cache_wrapper):
                return functools.cache, (obj.__wrapped__,)
            return super().reducer_override(obj)

    own = sys.modules.get(getattr(predict, "__module__", ""), numlearn)
    ours = {m.__name__: m for m in (numlearn, own)}
    ours.pop("__main__", None)  # is pickled by value anyway
    for module in ours.values():
        cloudpickle.register_pickle_by_value(module)
    failed = "The function cannot be pickled ({error}): leave out what it uses of open "
    failed += "files, connections and locks."
    unpicklable = (TypeError, AttributeError, pickle.PicklingError)
    try:
        with (
            instead_of(unpicklable, failed),
            written_whole(path) as part,
            part.open("wb") as file,
        ):
            Pickler(file).dump(predict)
    finally:
        for module in ours.values():
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
    given = [live] if benchmarks is None else [live, benchmarks]
    path = origin(path, "pickle")
    for table in given:
        cure = ": pass what numlearn.data.load('live') returned"
        of_type(table, pd.DataFrame, "A pickle is given a DataFrame", cure)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.pkl"
        tables = [Path(folder) / f"{number}.parquet" for number in range(len(given))]
        for table, at in zip(given, tables):
            table.to_parquet(at)
        _run(path, [gigabytes << 30, path, *tables, out], seconds)
        parts = pd.read_pickle(out)
    sizes = live.groupby("era").size().to_list() if "era" in live else [len(live)]
    for part, size in zip(parts, sizes, strict=True):
        if fault := _fault_of_part(part, size):
            raise NumlearnError(f"{path} ran, but Numerai would refuse it: {fault}.")
    predictions = pd.concat(parts)
    if found := faults(predictions.rename_axis("id").reset_index(), live.index):
        raise NumlearnError(f"{path} ran, but: {' '.join(found)}")
    return predictions


def _run(path, arguments, seconds):
    """Run a pickle in a process of its own, or say how it failed."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    command = [sys.executable, "-I", "-c", _CHILD, *map(str, arguments)]
    options = {"capture_output": True, "text": True, "env": os.environ | one}
    with instead_of(subprocess.TimeoutExpired, f"{path} took more than {seconds} s."):
        ended = subprocess.run(command, timeout=seconds, **options)
    if ended.returncode:
        said = (ended.stderr.strip() or f"exit code {ended.returncode}").splitlines()
        raise NumlearnError(
            f"{path} failed where Numerai would run it: {said[-1].rstrip('.')}."
        )


def _fault_of_part(part, size):
    """Return why Numerai's runner refuses what a function returned, or None.

    Source: github.com/numerai/numerai-predict, predict.py, 2026.
    """
    if type(part) is not pd.DataFrame or not part.shape[1]:
        kind = type(part).__name__
        return f'it returned {kind}, not a DataFrame: end with .to_frame("prediction")'
    if len(part) != size:
        return f"it returned {len(part):,} rows for {size:,}: predict every row once"
    if part.isna().any(axis=None):
        return "it returned a NaN: find why the model gave none, or fill it with 0.5"
    first = pd.to_numeric(part.iloc[:, 0], errors="coerce")
    if not first.between(0, 1).all():
        return "its first column is not between 0 and 1: rank it as make does"
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
    path, mine = origin(path, "pickle"), "Python {}.{}".format(*sys.version_info)
    if path.suffix != ".pkl":
        raise NumlearnError(
            f"The name of {path} does not end in .pkl: write it with write_pickle."
        )
    with connected("classic", server, keys) as client:
        models = models_of(client, [model])
        with api.asking("the versions of Python that it runs"):
            images = client.model_upload_docker_images()
        if mine not in images:
            raise NumlearnError(
                f"Numerai runs {', '.join(sorted(images))} and this is {mine}: write "
                "the pickle with one of those."
            )
        with api.asking("the pickle"):
            return client.model_upload(str(path), None, models[model], None, mine)
