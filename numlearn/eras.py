"""What an era is and when, rows grouped by era, and the ranks of predictions.

An era is a week of the tournament. `order` reads every way in which people write eras,
sorts them by time and says how far apart they lie; nothing else in numlearn does.

NaN policy: a NaN is a missing prediction. It keeps its place as NaN, it is not counted
in the ranks of the others, and it never touches another column.
"""

import datetime
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from numlearn import _kernel
from numlearn.errors import NumlearnError

__all__ = [
    "Order",
    "average_rank",
    "centre",
    "choose",
    "gaussianize",
    "like",
    "model_columns",
    "numeric_column",
    "one_column",
    "order",
    "pieces",
    "position",
    "position_rank",
    "rows_by_era",
    "signed_power",
]


_FORMS = (
    "numbers (1, '0001', 'era1'), dates ('2024-01-05', 20240105, timestamps, periods), "
    "or 'X' for the live era"
)
_NUMBERED = re.compile(r"(?:era[ _-]?)?(\d+)(?:\.0*)?", re.IGNORECASE)
_DATED = re.compile(r"\d{4}([-/])\d{1,2}(\1\d{1,2}([ T].*)?)?")
_LIVE = re.compile(r"(?:era[ _-]?)?x", re.IGNORECASE)
_MONDAY = pd.Timestamp("1969-12-29")  # weeks of dates are counted from here


class Order(NamedTuple):
    """The eras of some rows in the order of time.

    Attributes
    ----------
    labels : Index
        Each era once, as it is written, the earliest first.
    weeks : ndarray of int
        Where each era lies: its number, or for a date the week that it falls into. Only
        differences count.
    codes : ndarray of int
        The place of each row's era in `labels`.
    """

    labels: pd.Index
    weeks: np.ndarray
    codes: np.ndarray


def order(labels):
    """Put eras in the order of time.

    Parameters
    ----------
    labels : Series, Index, array or list
        The era of each row, or of each line of a table of scores, in any order: whole
        numbers (also as text, "0001" or "era1"), dates (also as text or as 20240105),
        timestamps, periods, or categories of these, whose own order does not count.
        "X", the live era, comes last, a week after the others.

    Returns
    -------
    Order
        ``labels`` (each once, sorted), ``weeks`` (where they lie) and ``codes``.

    Raises
    ------
    NumlearnError
        If an era is missing or has another form, if forms are mixed, or if one era is
        written in two ways.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.eras.order(["era10", "era2", "era10"]).labels.tolist()
    ['era2', 'era10']
    """
    if isinstance(labels, pd.DataFrame):
        raise NumlearnError(
            "The column 'era' is there twice: drop one, as in "
            "panel.loc[:, ~panel.columns.duplicated()]."
        )
    rows = labels if isinstance(labels, pd.Series) else pd.Series(labels)
    if rows.dtype == object or isinstance(rows.dtype, pd.CategoricalDtype):
        codes, found = pd.factorize(rows)
    else:  # an era's rows mostly stand together
        starts = np.flatnonzero(rows.ne(rows.shift()).to_numpy(bool, na_value=True))
        codes, found = pd.factorize(rows.iloc[starts])
        codes = np.repeat(codes, np.diff(starts, append=len(rows)))
    if (missing := np.count_nonzero(codes < 0)) or "" in set(found):
        raise NumlearnError(
            f"{missing or 'Some'} of {len(rows)} rows have no era: fill the eras or "
            "drop those rows."
        )
    times, weeks = _times(found)
    by_time = np.argsort(times, kind="stable")
    if (twice := np.flatnonzero(np.diff(times[by_time]) == 0)).size:
        one, other = found[by_time[twice[0] : twice[0] + 2]]
        raise NumlearnError(
            f"The eras {one!r} and {other!r} are the same: write each in one way."
        )
    place = np.empty_like(by_time)
    place[by_time] = np.arange(len(by_time))
    return Order(found[by_time], weeks[by_time], place[codes])


def position(labels):
    """Return where each row's era lies, in weeks: an array of int, as long as `labels`.

    The difference of two positions is how far apart the eras lie: era "0004" is 3 weeks
    after "0001", and a date a week after the date 7 days before. Parameters and errors
    as in `order`.
    """
    _, weeks, codes = order(labels)
    return weeks[codes]


def choose(labels, wanted=None, every=1):
    """Choose among eras as one would in words.

    Parameters
    ----------
    labels : Series, Index, array or list
        The eras that are there, in any order and any of the forms of `order`.
    wanted : list, range, slice or one era, optional
        Eras in any writing (1 finds "0001"). A slice has both ends in; a range has its
        end out, and skips what is not there. A negative number counts from the end: -1
        is the last era, ``slice(-3, None)`` the last three. All eras if not given.
    every : int, default=1
        Keep every so many-th of these, the first one included.

    Returns
    -------
    Index
        Labels, in the order of time; empty where a slice or range holds none.

    Raises
    ------
    NumlearnError
        If an era of a list is not there, or cannot be understood.
    """
    there = order(labels).labels
    step = _whole(every)
    if step is None or step < 1:
        raise NumlearnError(f"every={every!r} keeps no era: give a number from 1 up.")
    if wanted is None:
        return there[::step]
    times = _times(there)[0]
    if isinstance(wanted, slice):
        first, last = (
            _time_of(end, there, times) for end in (wanted.start, wanted.stop)
        )
        kept = np.full(len(times), True)
        kept &= times >= first if first is not None else True
        kept &= times <= last if last is not None else True
        return there[kept][:: wanted.step][::step]
    if isinstance(wanted, str) or not isinstance(wanted, Iterable):
        wanted = [wanted]
    asked = {_time_of(era, there, times): era for era in wanted}
    if not isinstance(wanted, range) and (gone := set(asked) - set(times.tolist())):
        raise NumlearnError(
            f"There is no era {asked[min(gone)]!r}, only {there[0]} to {there[-1]}: "
            "ask for eras within."
        )
    return there[np.isin(times, list(asked))][::step]


def _time_of(era, there, times):
    """Return the time of an era in any writing; of a negative number, from the end."""
    number = _whole(era)
    if era is None:
        return None
    if number is not None and number < 0:
        return int(times[number]) if -number <= len(times) else int(times[0]) - 1
    kind, time, _ = _read(era)
    kinds = {_read(label)[0] for label in there} - {"live"}
    if kind == "live":
        return int(times[-1]) if _read(there[-1])[0] == kind else int(times[-1]) + 1
    if kinds and kind[:4] not in {other[:4] for other in kinds}:
        raise NumlearnError(
            f"The eras are written like {there[0]!r}, and {era!r} is {kind}: ask for "
            "eras in that way, or by numbers from the end such as -1."
        )
    return time


def _times(labels):
    """Return when each of some distinct eras is, as sortable numbers, and its week."""
    read = [_read(label) for label in labels]
    kinds = {kind: label for (kind, *_), label in zip(read, labels) if kind != "live"}
    if len(kinds) > 1:
        (one, first), (other, second) = list(kinds.items())[:2]
        raise NumlearnError(
            f"The eras are mixed: {first!r} is {one} and {second!r} is {other}. Write "
            "all in one way."
        )
    known = [(time, week) for kind, time, week in read if kind != "live"]
    live = tuple(max(x) + 1 for x in zip(*known)) or (0, 0)
    facts = [live if kind == "live" else (time, week) for kind, time, week in read]
    times, weeks = np.array(facts, dtype=np.int64).reshape(-1, 2).T
    return times, weeks


def _read(label):
    """Return what kind of label this is, its time as a number, and its week."""
    text = isinstance(label, str)
    number = _whole(label)
    if text and _LIVE.fullmatch(label.strip()):
        return "live", 0, 0
    if text and (found := _NUMBERED.fullmatch(label.strip())):
        number = int(found[1])
    if number is not None and 0 <= number < 10**7:
        return "a number" + " as text" * text, number, number
    try:
        if number is not None and len(str(number)) == 8:
            day = pd.Timestamp(str(number))
        elif text and _DATED.fullmatch(label.strip()):
            day = pd.Timestamp(label)
        elif isinstance(label, pd.Period):
            day = label.start_time
        elif isinstance(label, datetime.date | np.datetime64):
            day = pd.Timestamp(label)
        else:
            day = pd.NaT
    except ValueError:
        day = pd.NaT
    if day is pd.NaT:
        raise NumlearnError(
            f"{label!r} is no era that we can place in time: use {_FORMS}."
        )
    day = day.tz_localize(None).as_unit("us")
    return "a date" + " as text" * text, day.value, (day - _MONDAY).days // 7


def _whole(x):
    """Return a whole number as an int, None for anything else."""
    if isinstance(x, bool | np.bool_) or not isinstance(x, int | float | np.number):
        return None
    return int(x) if np.isfinite(x) and x == int(x) else None


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
        In the order of time. `rows` is a slice where an era's rows stand together in
        a panel sorted by era, else an array of positions.
    """
    if "era" not in panel:
        raise NumlearnError(
            "The panel has no column 'era': pass the DataFrame that "
            "numlearn.data.load returned, or add the era of each row."
        )
    labels, _, codes = order(panel["era"])
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    if len(starts) == len(labels) and (np.diff(codes[starts]) > 0).all():
        rows = [slice(a, b) for a, b in pairwise([*starts, len(codes)])]
    else:
        by_era = np.argsort(codes, kind="stable")
        rows = np.split(by_era, np.bincount(codes).cumsum()[:-1])
    return list(zip(labels, rows))


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
