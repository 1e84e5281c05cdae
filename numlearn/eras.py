"""Rows grouped by era, and the ranks that every score begins with.

NaN policy: a NaN is a missing prediction. It keeps its place as NaN, it is not counted
in the ranks of the others, and it never touches another column.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri

from numlearn import _kernel
from numlearn.errors import NumlearnError

__all__ = [
    "average_rank",
    "centre",
    "gaussianize",
    "like",
    "model_columns",
    "numeric_column",
    "one_column",
    "pieces",
    "position_rank",
    "rows_by_era",
    "signed_power",
]


def average_rank(x):
    """Rank each column and scale it to (r - 0.5) / n; ties share their average rank.

    Parameters
    ----------
    x : Series, DataFrame or array, shape (rows,) or (rows, models)
        Predictions of one era.

    Returns
    -------
    same type and shape as x
        Numbers strictly between 0 and 1, with mean 0.5. NaN stays NaN, and n counts
        the rest.
    """
    return _by_column(x, lambda rows: _kernel.ranked(rows, np.positive))


def position_rank(x):
    """Rank each column and scale it to (r - 0.5) / n; ties are broken by position.

    The rank that Numerai used in 2021: of two equal predictions the one that stands
    first in the file ranks lower. Parameters and NaN as in `average_rank`.
    """
    return _by_column(x, lambda rows: _kernel.ranked(rows, None))


def gaussianize(x):
    """Give each column the shape of a normal distribution, keeping its order.

    Each value becomes the normal quantile of its `average_rank`. Parameters and NaN as
    in `average_rank`; a constant column becomes 0.
    """
    return _by_column(x, lambda rows: _kernel.ranked(rows, ndtri))


def centre(x):
    """Subtract the mean of what is known from a vector; NaN stays NaN."""
    x = x if isinstance(x, pd.Series) else np.asarray(x, dtype=np.float64)
    known = ~np.isnan(x)
    return x - (x[known].mean() if known.any() else np.nan)


def signed_power(x, power=1.5):
    """Raise the absolute value to a power and keep the sign.

    Parameters
    ----------
    x : Series, DataFrame or array
        Numbers around 0; NaN stays NaN.
    power : float, default=1.5
        Above 1 it stretches the tails, so that they weigh more in a correlation.
    """
    return np.sign(x) * np.abs(x) ** power


def pieces(panel, columns=None):
    """Yield a panel in DataFrames of whole eras, so that it need not fit in memory.

    Parameters
    ----------
    panel : DataFrame, path or iterable of DataFrames
        A DataFrame is one piece. A path leads to a parquet file or a folder of them,
        which is read era by era; the rows of an era stand together, also across files
        (in the order of their names). An iterable yields its own pieces.
    columns : iterable of str or of lists of str, optional
        What to read from parquet besides ``era``; all columns if not given.
    """
    if isinstance(panel, pd.DataFrame):
        yield panel
    elif isinstance(panel, str | Path):
        wanted = {"era"}
        for name in columns or ():
            wanted.update([name] if isinstance(name, str) else name)
        yield from _parquet_eras(Path(panel), sorted(wanted) if columns else None)
    else:
        yield from panel


def _parquet_eras(path, columns):
    """Read parquet in batches of rows and join what belongs to one era."""
    from pyarrow import parquet

    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files or not files[0].exists():
        raise NumlearnError(f"There is no parquet file at {path}: check the path.")
    held = []
    for file in files:
        with parquet.ParquetFile(file) as source:
            missing = set(columns or ()) - set(source.schema_arrow.names)
            if missing:
                raise NumlearnError(f"{file} has no column {sorted(missing)[0]!r}.")
            names = columns and columns + _index_of(source, columns)
            rows = max(1024, 2**23 // len(names or source.schema_arrow))
            for batch in source.iter_batches(rows, columns=names):
                frame = batch.to_pandas()
                cuts = np.flatnonzero(frame["era"].ne(frame["era"].shift()))
                for a, b in pairwise([*cuts, len(frame)]):
                    part = frame.iloc[a:b]
                    if held and held[0]["era"].iloc[0] != part["era"].iloc[0]:
                        yield pd.concat(held)
                        held = []
                    held.append(part)
    if held:
        yield pd.concat(held)


def _index_of(source, columns):
    """Name the columns of a parquet file that pandas makes an index of."""
    index = (source.schema_arrow.pandas_metadata or {}).get("index_columns", [])
    return [name for name in index if isinstance(name, str) and name not in columns]


def rows_by_era(panel):
    """List the eras of a panel with the rows that belong to each.

    Parameters
    ----------
    panel : DataFrame
        With a column ``era``; its rows may stand in any order.

    Returns
    -------
    list of (era, rows)
        Sorted by era. `rows` is a slice where an era's rows stand together in a panel
        sorted by era, else an array of positions.
    """
    if "era" not in panel:
        raise NumlearnError(
            "The panel has no column 'era': pass the DataFrame that "
            "numlearn.data.load returned, or add the era of each row."
        )
    era, n = panel["era"], len(panel)
    starts = np.flatnonzero(era.ne(era.shift()).to_numpy(bool, na_value=True))
    codes, eras = pd.factorize(era.iloc[starts], sort=True)
    if (codes < 0).any():
        raise NumlearnError(
            f"{era.isna().sum()} rows of the panel have no era: fill the column 'era' "
            "or drop those rows."
        )
    if (codes[1:] > codes[:-1]).all():
        rows = [slice(a, b) for a, b in pairwise([*starts, n])]
    else:
        codes = np.repeat(codes, np.diff(starts, append=n))
        order = np.argsort(codes, kind="stable")
        rows = np.split(order, np.bincount(codes).cumsum()[:-1])
    return list(zip(eras, rows))


def model_columns(panel, predictions):
    """Return the models' names and one array for each.

    Parameters
    ----------
    panel : DataFrame
        The rows to score.
    predictions : str, list of str, Series or DataFrame
        Names of the panel's columns, or predictions on exactly the panel's index.

    Returns
    -------
    names : list
        One name a model.
    columns : list of ndarray, shape (rows,)
        Views of the data where no conversion is needed.
    """
    if not isinstance(panel, pd.DataFrame):
        raise NumlearnError(
            f"A panel is a pandas DataFrame, not {type(panel).__name__}: pass what "
            "numlearn.data.load returned."
        )
    source = panel
    if isinstance(predictions, pd.Series):
        name = "prediction" if predictions.name is None else predictions.name
        predictions = predictions.to_frame(name)
    if isinstance(predictions, pd.DataFrame):
        source, predictions = predictions, list(predictions.columns)
        if not source.index.equals(panel.index):
            raise NumlearnError(
                f"The index of the predictions ({len(source)} rows) is not that of "
                f"the panel ({len(panel)} rows): use predictions.reindex(panel.index), "
                "which leaves NaN where a prediction is missing."
            )
    elif isinstance(predictions, str):
        predictions = [predictions]
    names = list(predictions)
    if not names:
        raise NumlearnError("There is no model to score: name at least one column.")
    return names, [numeric_column(source, name) for name in names]


def numeric_column(frame, name):
    """Return a column of numbers as an array, without a copy where that is possible."""
    column = one_column(frame, name)
    if not pd.api.types.is_numeric_dtype(column):
        raise NumlearnError(
            f"The column {name!r} holds {column.dtype}, not numbers: "
            "convert it with pandas.to_numeric."
        )
    if isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def one_column(frame, name):
    """Return a column as a Series, or say that it is missing or there twice."""
    if name not in frame:
        raise NumlearnError(
            f"There is no column {name!r}: the columns are "
            f"{', '.join(map(str, frame.columns[:6]))}, …; check the name."
        )
    column = frame[name]
    if isinstance(column, pd.DataFrame):
        raise NumlearnError(f"The column {name!r} is there twice: rename or drop one.")
    return column


def _by_column(x, function):
    """Apply a function of (models × rows) to columns of any shape, NaN left out."""
    matrix = np.asarray(x, dtype=np.float64)
    columns = matrix[:, None] if matrix.ndim == 1 else matrix
    rows = np.ascontiguousarray(columns.T)
    known = ~np.isnan(rows)
    whole = known.all(axis=1)
    if rows.size and whole.all():
        return like(x, function(rows).T.reshape(matrix.shape))
    result = np.full_like(rows, np.nan)
    if rows.size and whole.any():
        result[whole] = function(rows[whole])
    for i in np.flatnonzero(~whole & known.any(axis=1)):
        result[i, known[i]] = function(rows[i : i + 1, known[i]])[0]
    return like(x, result.T.reshape(matrix.shape))


def like(x, values):
    """Give values (an array) the type, index and names of x, which has their shape."""
    if isinstance(x, pd.DataFrame):
        return pd.DataFrame(values, index=x.index, columns=x.columns)
    if isinstance(x, pd.Series):
        return pd.Series(values, index=x.index, name=x.name)
    return values
