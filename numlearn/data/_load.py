"""Read a split of a data set into a panel: only the columns and eras asked for."""

import numpy as np
import pandas as pd
import polars as pl

from numlearn.data import _parquet
from numlearn.data._compact import derived_ids
from numlearn.data._sources import (
    feature_names,
    folder_name,
    missing_columns,
    source_file,
    target_names,
)
from numlearn.errors import NumlearnError

SPLITS = ("train", "validation", "live")
_MISSING = 2


def load(
    split,
    features="small",
    targets=None,
    eras=None,
    every=1,
    source=None,
    ids=True,
):
    """Load a split as a panel: one row a stock and era.

    Only the rows and columns asked for are read from the parquet file.

    Parameters
    ----------
    split : {"train", "validation", "live"}
        Numerai's validation file also holds rows of data_type "test", which have
        no targets yet: only rows whose data_type is the split's name are kept.
    features : str or list of str, default "small"
        A set's or a group's name (see :func:`feature_sets`), or columns.
    targets : None, "all" or list of str, default None
        Targets beside the main one, the column "target", which comes always where
        the file has it.
    eras : list, range, slice or one era, optional
        Eras to keep, as labels ("0001") or numbers (1). A slice has both ends in,
        as in pandas; a range has its end out, as in Python.
    every : int, default 1
        Keep every so many-th of these eras, the first one included. Numerai's
        20-day targets of weekly eras stop overlapping at 4.
    source : str, path or None
        None for the classroom set, a folder, or a downloaded version ("v5.2").
    ids : bool, default True
        Without ids, the index just counts rows. Ids are most of the memory of a
        panel with few features, and are needed to submit or to join predictions.

    Returns
    -------
    pandas.DataFrame
        Indexed by id, with columns era (str), data_type (str), features (int8, 0
        to 4, where a missing value is 2, the middle, as Numerai fills it) and
        targets (float32).

    Raises
    ------
    NumlearnError
        If the split, a set, a column, an era or the file does not exist, or the
        file is damaged.
    """
    path = _split_file(split, source)
    scan = _parquet.scan(path)
    columns = _parquet.column_types(scan, path)
    names = list(dict.fromkeys(feature_names(features, source)))
    wanted = _wanted_targets(targets, columns, source)
    fault = missing_columns([*names, *wanted], columns, path.name)
    fault = fault or _type_fault(names, columns)
    if fault:
        raise NumlearnError(fault)
    if "data_type" in columns:
        scan = scan.filter(pl.col("data_type") == split)
    if eras is not None or every != 1:
        scan = scan.filter(pl.col("era").is_in(_chosen_eras(scan, path, eras, every)))
    keys = ["era", "id"] if ids and "id" in columns else ["era"]
    frame = _parquet.collect(scan.select([*keys, *wanted, *names]), path)
    if frame.is_empty():
        raise NumlearnError(
            f"{path.name} of {folder_name(source)} has no row of data_type {split!r}: "
            "look at what it holds with numlearn.data.schema.check."
        )
    panel = _to_panel(frame, split, names, wanted)
    if ids:
        panel.index = _ids(frame, path)
    return panel


def _split_file(split, source):
    if split not in SPLITS:
        raise NumlearnError(
            f"There is no split {split!r}: choose one of {', '.join(SPLITS)}."
        )
    return source_file(f"{split}.parquet", source)


def _wanted_targets(targets, columns, source):
    if isinstance(targets, str):
        targets = target_names(source) if targets == "all" else [targets]
    main = ["target"] if "target" in columns else []
    return list(dict.fromkeys([*main, *(targets or [])]))


def _type_fault(names, columns):
    for name in names:
        if not columns[name].is_integer():
            return (
                f"{name} is of type {columns[name]}, not of whole numbers 0 to 4 as "
                "features of Numerai's version 5 are: leave it out, or load targets "
                "with targets=."
            )
    return None


def _chosen_eras(scan, path, eras, every):
    """Return the labels of the eras asked for, in order."""
    if every < 1:
        raise NumlearnError(f"every={every} keeps no era: give a number from 1 up.")
    frame = _parquet.collect(scan.select("era").unique(), path)
    there = sorted(frame["era"].to_list())
    if not there:
        return there
    if isinstance(eras, str | int):
        eras = [eras]
    if isinstance(eras, slice):
        low, high = _label(eras.start), _label(eras.stop)
        chosen = [e for e in there if (low or e) <= e <= (high or e)][:: eras.step]
    elif isinstance(eras, range):
        chosen = sorted(set(map(_label, eras)) & set(there))
    elif eras is not None:
        chosen = sorted(set(map(_label, eras)))
        _refuse_unknown(chosen, there, path)
    else:
        chosen = there
    if not chosen:
        raise NumlearnError(
            f"None of the eras asked for is in {path.name}, which has {there[0]} to "
            f"{there[-1]}: ask for some of these."
        )
    return chosen[::every]


def _label(era):
    """Return an era's label: numbers are padded with zeros to four digits."""
    return era if era is None or isinstance(era, str) else f"{era:04d}"


def _refuse_unknown(chosen, there, path):
    unknown = [era for era in chosen if era not in set(there)]
    if unknown:
        raise NumlearnError(
            f"{path.name} has no era {unknown[0]!r}, only {there[0]} to {there[-1]}: "
            "ask for eras within, as four digits or numbers."
        )


def _to_panel(frame, split, names, targets):
    """Turn a polars frame into a panel, freeing each feature once it is copied."""
    block = np.empty((len(names), frame.height), dtype=np.int8)
    for row, name in zip(block, names):
        row[:] = _as_int8(frame.drop_in_place(name))
    panel = pd.DataFrame(block.T, columns=names, copy=False)
    panel.insert(0, "era", _as_str(frame["era"]))
    panel.insert(1, "data_type", split)
    for name in targets:
        panel[name] = frame[name].cast(pl.Float32).to_numpy()
    return panel


def _ids(frame, path):
    """Return the rows' ids, stored or derived, as an index."""
    stored = "id" in frame.columns
    ids = _as_str(frame["id"]) if stored else derived_ids(frame["era"], path)
    return pd.Index(ids, name="id")


def _as_int8(column):
    """Return a feature as int8 numbers, its missing values as the middle bin."""
    if column.null_count():
        column = column.fill_null(_MISSING)
    return column.cast(pl.Int8).to_numpy()


def _as_str(column):
    """Return text as a pandas array of the installed version's string type."""
    return column.cast(pl.String).to_pandas().array
