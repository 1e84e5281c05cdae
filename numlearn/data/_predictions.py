"""Predictions of others that come with a data set, ready to join onto a panel."""

import pandas as pd
import polars as pl

from numlearn.data import _parquet
from numlearn.data._compact import as_shares, derived_ids
from numlearn.data._sources import source_file

_KEYS = ("id", "era", "data_type")


def load_example_predictions(split="validation", source=None):
    """Load the fund's example predictions.

    Parameters
    ----------
    split : {"validation", "live"}
    source : str, path or None
        As in :func:`numlearn.data.load`.

    Returns
    -------
    pandas.DataFrame
        Indexed by id, with the column "prediction" in [0, 1]; join it with
        ``panel.join(...)``.

    Raises
    ------
    NumlearnError
        If the source has no such file, or it is damaged.
    """
    return _load_predictions(f"{split}_example_preds.parquet", source)


def load_benchmarks(split="validation", source=None):
    """Load the predictions of the fund's benchmark models, a column each.

    Parameters, result and errors are those of :func:`load_example_predictions`, and
    split may also be "train".
    """
    return _load_predictions(f"{split}_benchmark_models.parquet", source)


def load_metamodel(source=None):
    """Load the metamodel: the stake-weighted mean of what the users submitted.

    It exists only for eras that users have predicted while they were live.
    Parameters, result and errors are those of :func:`load_example_predictions`; the
    column is "numerai_meta_model".
    """
    return _load_predictions("meta_model.parquet", source)


def _load_predictions(name, source):
    path = source_file(name, source)
    scan = _parquet.scan(path)
    names = [c for c in _parquet.column_types(scan, path) if c not in _KEYS]
    frame = _parquet.collect(scan.select(pl.exclude("data_type")), path)
    if "id" in frame.columns:
        ids = frame["id"].to_pandas()
    else:
        ids = derived_ids(frame["era"], path)
    eras = frame.get_column("era", default=None)
    predictions = {name: as_shares(frame[name], eras) for name in names}
    return pd.DataFrame(predictions, index=pd.Index(ids, name="id"))
