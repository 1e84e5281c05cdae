"""A model upload: a pickled function that Numerai runs, tried before it is sent."""

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from numlearn.errors import NumlearnError
from numlearn.models._faults import validate

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
predict(*tables[: len(signature(predict).parameters)]).to_pickle(out)
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

    class Pickler(cloudpickle.Pickler):
        def reducer_override(self, obj):
            if obj is numlearn:
                parts = {name: getattr(numlearn, name) for name in _CARRIED}
                return SimpleNamespace, (), parts
            if isinstance(obj, functools._lru_cache_wrapper):
                return functools.cache, (obj.__wrapped__,)
            return super().reducer_override(obj)

    ours = {m.__name__: m for m in (numlearn, sys.modules[predict.__module__])}
    ours.pop("__main__", None)  # is pickled by value anyway
    for module in ours.values():
        cloudpickle.register_pickle_by_value(module)
    try:
        with open(path, "wb") as file:
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
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.pkl"
        tables = []
        for name, table in (("live", live), ("benchmarks", benchmarks)):
            if table is not None:
                tables.append(Path(folder) / f"{name}.parquet")
                table.to_parquet(tables[-1])
        command = [sys.executable, "-I", "-c", _CHILD, str(gigabytes << 30), str(path)]
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        try:
            ended = subprocess.run(
                [*command, *map(str, tables), str(out)],
                capture_output=True,
                text=True,
                timeout=seconds,
                env=os.environ | one,
            )
        except subprocess.TimeoutExpired:
            raise NumlearnError(f"{path} took more than {seconds} s.") from None
        if ended.returncode:
            said = (
                ended.stderr.strip() or f"exit code {ended.returncode}"
            ).splitlines()
            raise NumlearnError(
                f"{path} failed where Numerai would run it: {said[-1].rstrip('.')}."
            )
        predictions = pd.read_pickle(out)
    faults = validate(predictions.rename_axis("id").reset_index(), live.index)
    if faults:
        raise NumlearnError(f"{path} ran, but: {' '.join(faults.values())}")
    return predictions
