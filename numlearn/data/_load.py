"""Read a split of a data set into a panel: only the columns and eras asked for."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

from numlearn import eras as eras_
from numlearn.data import _parquet, sources
from numlearn.data.ids import as_shares, derived_ids
from numlearn.errors import NumlearnError, instead_of, one_of

SPLITS = ("train", "validation", "live")
_MISSING = 2
_KEYS = ("id", "era", "data_type")


def load(
    split,
    features="small",
    *,
    targets=None,
    eras=None,
    every=1,
    source=None,
    ids=True,
    version=None,
):
    """Load a split as a panel: one row a stock and era.

    Only the rows and columns asked for are read from the parquet file.

    Parameters
    ----------
    split : {"train", "validation", "live"}
        Numerai's validation file also holds rows of data_type "test", which have
        no targets yet: only rows whose data_type is the split's name are kept.
    features : str or list of str, default "small"
        A set's or a group's name (see :func:`feature_sets`), or columns. A folder
        without a features.json knows only "all".
    targets : None, "all" or list of str, default None
        Targets beside the main one, the column "target", which comes always where
        the file has it.
    eras : list, range, slice or one era, optional
        Eras to keep, as labels ("0001") or numbers (1). A slice has both ends in,
        as in pandas; a range has its end out, as in Python. A negative number counts
        from the end: ``slice(-3, None)`` are the last three.
    every : int, default 1
        Keep every so many-th of these eras, the first one included. Numerai's
        20-day targets of weekly eras stop overlapping at 4.
    source : str, path or None
        None for the classroom set, a folder of parquet files (whole or in parts, also
        ``train.parquet/era=0001/…``), or a downloaded version ("v5.2").
    ids : bool, default True
        Without ids, the index just counts rows. Ids are most of the memory of a
        panel with few features, and are needed to submit or to join predictions.
    version : str, optional
        Another word for `source`.

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

    Examples
    --------
    >>> import numlearn as nl
    >>> panel = nl.data.load("validation", eras=["0109", "0110"])
    >>> panel["era"].unique().tolist()
    ['0109', '0110']
    >>> panel.filter(like="feature").shape[1]
    42
    """
    source = version if source is None else source
    path, scan, columns = _opened(split, source)
    names = sources.feature_names(features, columns, source)
    wanted = _wanted_targets(targets, columns, source)
    sources.refuse_missing([*names, *wanted], columns, path.name)
    _refuse_types(names, columns)
    if eras is not None or every != 1:
        scan = scan.filter(pl.col("era").is_in(_chosen_eras(scan, path, eras, every)))
    keys = ["era", "id"] if ids and "id" in columns else ["era"]
    frame = _parquet.collect(scan.select([*keys, *wanted, *names]), path)
    if frame.is_empty():
        raise NumlearnError(
            f"{path} has no row of data_type {split!r}: look at what it holds with "
            "numlearn.data.schema.faults."
        )
    panel = _to_panel(frame, split, names, wanted)
    if ids:
        panel.index = _ids(frame, path)
    return panel


def _opened(split, source):
    """Return the path of a split, a scan of its rows, and the types of its columns."""
    file = Path(str(split))
    name = file.stem.removesuffix("_int8")
    if file.suffix == ".parquet" and name in SPLITS:
        cure = f'load("{name}", source="{file.parent}")'
        raise NumlearnError(f"There is no split {str(split)!r}: {cure}.")
    path = sources.source_file(f"{one_of(split, SPLITS, 'split')}.parquet", source)
    scan = _parquet.scan(path)
    columns = _parquet.column_types(scan, path)
    sources.refuse_missing(["era"], columns, path.name)
    if "data_type" in columns:
        scan = scan.filter(pl.col("data_type") == split)
    return path, scan, columns


def eras_of(split, source=None):
    """List the eras of a split, in order."""
    path, scan, _ = _opened(split, source)
    return _chosen_eras(scan, path, None, 1)


def _wanted_targets(targets, columns, source):
    if isinstance(targets, str):
        every = targets == "all"
        targets = sources.all_targets(columns, source) if every else [targets]
    main = ["target"] if "target" in columns else []
    return list(dict.fromkeys([*main, *([] if targets is None else targets)]))


def _refuse_types(names, columns):
    for name in names:
        if not columns[name].is_integer():
            raise NumlearnError(
                f"{name} is of type {columns[name]}, not of whole numbers 0 to 4 as "
                "version 5's features: leave it out, or load it with targets=."
            )


def _chosen_eras(scan, path, eras, every):
    """Return the labels of the eras asked for, in order."""
    frame = _parquet.collect(scan.select(pl.col("era").unique()), path)
    if not (there := frame["era"].to_list()):
        return there
    try:
        chosen = eras_.choose(there, eras, every)
    except NumlearnError as error:
        raise NumlearnError(f"{path.name}: {error}") from None
    if not len(chosen):
        labels = eras_.order(there).labels
        span = f"{labels[0]} to {labels[-1]}"
        raise NumlearnError(
            f"None of the eras asked for is in {path.name}: it has {span}."
        )
    return chosen.to_list()


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
    failed = f"{column.name} has values far outside 0 to 4, so it is no feature of "
    failed += "Numerai's version 5: leave it out."
    with instead_of(pl.exceptions.InvalidOperationError, failed):
        return column.cast(pl.Int8).to_numpy()


def _as_str(column):
    """Return text as a pandas array of the installed version's string type."""
    return column.cast(pl.String).to_pandas().array


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

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.data.load_example_predictions("live").columns.tolist()
    ['prediction']
    """
    return _load_predictions(f"{split}_example_preds.parquet", source)


def load_benchmarks(split="validation", source=None):
    """Load the predictions of the fund's benchmark models, a column each.

    Parameters, result and errors are those of :func:`load_example_predictions`, and
    split may also be "train".

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.data.load_benchmarks().columns.tolist()
    ['world_lgbm_ada20', 'world_lgbm_ada60', 'world_lgbm_bruno20']
    """
    return _load_predictions(f"{split}_benchmark_models.parquet", source)


def load_metamodel(source=None):
    """Load the metamodel: the stake-weighted mean of what the users submitted.

    It exists only for eras that users have predicted while they were live.
    Parameters, result and errors are those of :func:`load_example_predictions`; the
    column is "numerai_meta_model".

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.data.load_metamodel().columns.tolist()
    ['numerai_meta_model']
    """
    return _load_predictions("meta_model.parquet", source)


def _load_predictions(name, source):
    path = sources.source_file(name, source)
    scan = _parquet.scan(path)
    names = [c for c in _parquet.column_types(scan, path) if c not in _KEYS]
    frame = _parquet.collect(scan.select(pl.exclude("data_type")), path)
    eras = frame.get_column("era", default=None)
    predictions = {name: as_shares(frame[name], eras) for name in names}
    return pd.DataFrame(predictions, index=_ids(frame, path))
