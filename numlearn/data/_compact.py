"""The classroom set's compact files: ids are derived, predictions stored as ranks."""

import json

import numpy as np
import pandas as pd
import polars as pl

from numlearn.data._ids import row_ids
from numlearn.errors import NumlearnError


def derived_ids(eras, path):
    """Return the ids of rows whose file stores none.

    Parameters
    ----------
    eras : polars.Series of str
        The rows' eras, each era whole.
    path : pathlib.Path
        The file they came from; the world.json beside it holds the seed.

    Returns
    -------
    numpy.ndarray of str

    Raises
    ------
    NumlearnError
        If there is no world.json.
    """
    world = path.with_name("world.json")
    if not world.is_file():
        raise NumlearnError(
            f"{path.name} has no column id, and there is no world.json beside it to "
            "derive ids from: load it with ids=False."
        )
    seed = json.loads(world.read_text(encoding="utf-8"))["config"]["seed"]
    runs = eras.rle().struct.unnest()
    ids = [row_ids(seed, era, n) for n, era in zip(runs["len"], runs["value"])]
    return np.concatenate(ids) if ids else np.empty(0, dtype="U16")


def as_shares(column, eras):
    """Return predictions in (0, 1), float32, from the ranks within each era.

    Rank 0 to n - 1 of n becomes (rank + 0.5) / n; other predictions stay as they are.
    """
    if column.dtype != pl.UInt16:
        return column.cast(pl.Float32).to_numpy()
    rows = eras.rle().struct.unnest()["len"].to_numpy()
    return ((column.to_numpy() + 0.5) / np.repeat(rows, rows)).astype(np.float32)


def expand(path):
    """Read a whole file as Numerai's own look: ids as index, predictions in (0, 1)."""
    frame = pl.read_parquet(path)
    if "id" in frame.columns:
        return frame.to_pandas().set_index("id")
    ids = pd.Index(derived_ids(frame["era"], path), name="id")
    ranks = [c for c in frame.columns if frame[c].dtype == pl.UInt16]
    shares = {c: as_shares(frame[c], frame["era"]) for c in ranks}
    return frame.to_pandas().assign(**shares).set_index(ids)
