"""Check a panel or a parquet file against Numerai's version 5, in sentences."""

import os
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa

from numlearn.data import _parquet
from numlearn.eras import column_names, order
from numlearn.errors import NumlearnError

DATA_TYPES = ("train", "validation", "test", "live")
_FIVE_BINS = (0.0, 0.25, 0.5, 0.75, 1.0)
_SEVEN_BINS = tuple(step / 6 for step in range(7))
_SMALLEST_GAP = 1e-6
_NAMED = 3


def faults(panel_or_file):
    """Return what is wrong with a panel or a file, a sentence each.

    Parameters
    ----------
    panel_or_file : pandas.DataFrame or path
        A panel as from :func:`numlearn.data.load`, or a train, validation or live
        parquet file of Numerai's version 5.

    Returns
    -------
    list of str
        Empty if nothing is wrong: the columns are there and of their types, eras
        are four digits and in order, ids are unique (a file beside a world.json
        need not store them), features are 0 to 4 and targets lie on their five or
        seven bins.

    Raises
    ------
    NumlearnError
        If the file does not exist or cannot be read.

    Examples
    --------
    >>> import numlearn as nl
    >>> panel = nl.data.load("validation", eras=["0110"])
    >>> nl.data.schema.faults(panel)
    []
    """
    scan, collect, keys = _open(panel_or_file)
    return list(_faults(scan, collect, keys))


def require(panel_or_file):
    """Raise all that :func:`faults` finds as one error, or return nothing."""
    if sentences := faults(panel_or_file):
        raise NumlearnError(" ".join(sentences))


def _open(panel_or_file):
    """Return a lazy frame, the function that reads from it, and its key columns."""
    if hasattr(panel_or_file, "columns"):
        panel = panel_or_file.copy(deep=False)
        column_names(panel.columns)
        if panel.index.name is not None:
            panel = panel.reset_index()
        era = panel.get("era", [])
        if pd.isna(era).any() or pd.api.types.infer_dtype(era) != "string":
            order(era)  # refuses gaps and mixtures
        try:
            return pl.from_pandas(panel).lazy(), pl.LazyFrame.collect, ("id", "era")
        except pa.ArrowInvalid as error:  # a column of text and numbers, say
            raise NumlearnError(f"A column mixes kinds of values: {error}") from None
    if not isinstance(panel_or_file, str | os.PathLike):
        raise NumlearnError(
            f"A panel is a DataFrame or a file's path, not {panel_or_file!r}."
        )
    path = Path(panel_or_file)
    scan = _parquet.stored(path)
    keys = ("era",) if path.with_name("world.json").exists() else ("id", "era")
    return scan, lambda frame: _parquet.collect(frame, path), keys


def _faults(scan, collect, keys):
    """Yield a sentence for each fault; `collect` reads what a lazy frame asks for."""
    columns = dict(scan.collect_schema())
    for name in keys:
        if name not in columns:
            yield f"Column {name} is missing."
        elif columns[name] != pl.String:
            yield f"Column {name} is {columns[name]}, not text."
    features = [name for name in columns if name.startswith("feature_")]
    if not features:
        yield "No column begins with feature_."
    if wrong := [name for name in features if columns[name] != pl.Int8]:
        kinds = ", ".join(sorted({str(columns[name]) for name in wrong}))
        yield f"Features should be int8, not {kinds}: {_some(wrong)}."
    if columns.get("era") == pl.String:
        yield from _era_faults(collect(scan.select("era"))["era"])
    if "id" in columns:
        ids = collect(scan.select("id"))["id"]
        twice = ids.filter(ids.is_duplicated()).unique(maintain_order=True)
        if len(twice):
            yield f"{len(twice):,} ids occur more than once: {_some(twice.to_list())}."
    if "data_type" in columns:
        kinds = collect(scan.select(pl.col("data_type").cast(pl.String).unique()))
        if odd := [kind for kind in kinds["data_type"] if kind not in DATA_TYPES]:
            yield f"data_type is one of {', '.join(DATA_TYPES)}, not {_some(odd)}."
    numbers = [name for name in features if columns[name].is_numeric()]
    far = ((pl.col(numbers) < 0) | (pl.col(numbers) > 4)).any()
    if numbers and (out := [x.name for x in collect(scan.select(far)) if x[0]]):
        yield f"Features have values outside 0 to 4: {_some(out)}."
    for name in columns:
        if name.startswith("target"):
            unique = collect(scan.select(pl.col(name).cast(pl.Float64).unique()))
            yield from _target_faults(unique[name])


def _era_faults(era):
    labels = era.unique(maintain_order=True)
    odd = labels.filter(~labels.str.contains(r"^(\d{4}|X)$"))
    if len(odd):
        yield (
            "Eras are labels of four digits such as 0001, so that they sort: "
            f"{_some(odd.to_list())}."
        )
    if not era.is_sorted():
        row = (era < era.shift(1)).arg_true()[0]
        yield f"Eras are not in order: {era[row]} follows {era[row - 1]} at row {row}."


def _target_faults(unique):
    values = unique.drop_nulls().drop_nans().to_list()
    off = [
        [v for v in values if min(abs(v - b) for b in bins) > _SMALLEST_GAP]
        for bins in (_FIVE_BINS, _SEVEN_BINS)
    ]
    if all(off):
        yield (
            f"{unique.name} has values off its bins (five from 0 to 1, or seven): "
            f"{_some(off[1])}."
        )


def _some(values):
    """Name the first few of many."""
    more = f" and {len(values) - _NAMED} more" if len(values) > _NAMED else ""
    return ", ".join(str(value) for value in values[:_NAMED]) + more
