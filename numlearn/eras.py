"""What an era is and when, rows grouped by era, and the ranks of predictions.

An era is a week of the tournament. `order` reads every way in which people write eras,
sorts them by time and says how far apart they lie; nothing else in numlearn does.

NaN policy: a NaN is a missing prediction. It keeps its place as NaN, it is not counted
in the ranks of the others, and it never touches another column.
"""

import datetime
import os
import re
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from numlearn._files import lies_at, origin
from numlearn._kernel import (
    average_rank,
    center,
    finite,
    gaussianize,
    like,
    numbers,
    position_rank,
    signed_power,
)
from numlearn.errors import NumlearnError, instead_of

__all__ = [
    "Era",
    "Order",
    "aligned",
    "average_rank",
    "center",
    "choose",
    "column_names",
    "gaussianize",
    "is_file",
    "joined",
    "like",
    "model_columns",
    "numbers",
    "one_column",
    "one_vector",
    "order",
    "parquet_parts",
    "pieces",
    "position",
    "position_rank",
    "require_frame",
    "rows_by_era",
    "signed_power",
    "transform",
    "walk",
]


_FORMS = (
    "numbers (1, '0001', 'era1'), dates ('2024-01-05', 20240105, timestamps, periods), "
    "or 'X' for the live era"
)
_NUMBERED = re.compile(r"(?:era[ _-]?)?(\d+)(?:\.0*)?", re.IGNORECASE)
_DATED = re.compile(r"\d{4}([-/])\d{1,2}(\1\d{1,2}([ T].*)?)?")
_LIVE = re.compile(r"(?:era[ _-]?)?x", re.IGNORECASE)
_NAMES = "OUST"  # the kinds of an array of names
_MONDAY = pd.Timestamp("1969-12-29")  # weeks of dates are counted from here
_ERA_FOLDER = re.compile(r"/era=([^/]+)/")
_AT_ONCE = 2**18  # rows that are read, or looked up in another file, in one go


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
    known = isinstance(labels, pd.Series | pd.DataFrame)
    rows = labels if known else pd.Series(labels)
    if isinstance(rows, pd.DataFrame):
        raise NumlearnError(
            "The column 'era' is there twice: drop one, as in "
            "panel.loc[:, ~panel.columns.duplicated()]."
        )
    if rows.dtype == object or isinstance(rows.dtype, pd.CategoricalDtype):
        (codes, found), lengths = pd.factorize(rows), 1
    else:  # only where each run of one era begins
        starts = np.flatnonzero(rows.ne(rows.shift()).to_numpy(bool, na_value=True))
        codes, found = pd.factorize(rows.iloc[starts])
        lengths = np.diff(starts, append=len(rows))
    if codes.min(initial=0) < 0 or "" in set(found):
        raise NumlearnError(
            f"{rows.isna().sum() or 'Some'} of {len(rows)} rows have no era: fill the "
            "eras or drop those rows."
        )
    times, weeks, _ = _times(found)
    by_time = np.argsort(times, kind="stable")
    if (twice := np.flatnonzero(np.diff(times[by_time]) == 0)).size:
        one, other = found[by_time[twice[0] : twice[0] + 2]]
        raise NumlearnError(
            f"The eras {one!r} and {other!r} are the same: write each in one way."
        )
    codes = np.repeat(np.argsort(by_time)[codes], lengths)
    return Order(found[by_time], weeks[by_time], codes)


def position(labels):
    """Return where each row's era lies, in weeks: an array of int, as long as `labels`.

    The difference of two positions is how far apart the eras lie: era "0004" is 3 weeks
    after "0001", and a date a week after the date 7 days before. Parameters and errors
    as in `order`.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.eras.position(["0005", "0003", "0003"]).tolist()
    [5, 3, 3]
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

    Examples
    --------
    >>> import numlearn as nl
    >>> labels = ["0001", "0002", "0003", "0004"]
    >>> list(nl.eras.choose(labels, every=2))
    ['0001', '0003']
    """
    there = order(labels).labels
    if not len(there):
        raise NumlearnError("There are no eras to choose from: load some.")
    step = _whole(every)
    if step is None or step < 1:
        raise NumlearnError(f"every={every!r} keeps no era: give a number from 1 up.")
    if wanted is None:
        return there[::step]
    times, _, kind = _times(there)
    if isinstance(wanted, slice):
        ends = zip((wanted.start, wanted.stop), (-np.inf, np.inf))
        first, last = (
            end if era is None else _time_of(era, there, times, kind)
            for era, end in ends
        )
        return there[(times >= first) & (times <= last)][:: wanted.step][::step]
    if isinstance(wanted, str) or not isinstance(wanted, Iterable):
        wanted = [wanted]
    asked = {_time_of(era, there, times, kind): era for era in wanted}
    if not isinstance(wanted, range) and (gone := set(asked) - set(times.tolist())):
        raise NumlearnError(
            f"There is no era {asked[min(gone)]!r}, only {there[0]} to {there[-1]}: "
            "ask for eras within."
        )
    return there[np.isin(times, list(asked))][::step]


def _time_of(era, there, times, kind):
    """Return the time of an era in any writing; of a negative number, from the end."""
    number = _whole(era)
    if number is not None and number < 0:
        return int(times[number]) if -number <= len(times) else int(times[0]) - 1
    (time,), _, own = _times([era])
    if own == "live":
        return int(times[-1]) + (_times(there[-1:])[2] != "live")
    if kind != "live" and kind[:4] != own[:4]:
        raise NumlearnError(
            f"The eras are written like {there[0]!r}, and {era!r} is {own}: ask for "
            "eras in that way, or by numbers from the end such as -1."
        )
    return int(time)


def _times(labels):
    """Return when distinct eras are, as sortable numbers, their weeks, their kind."""
    facts, kinds = [], {}
    for label in labels:
        text = isinstance(label, str)
        if text and _LIVE.fullmatch(label.strip()):
            facts.append(None)
            continue
        if not text:
            number = _whole(label)
        elif number := _NUMBERED.fullmatch(label.strip()):
            number = int(number[1])
        if number is not None and 0 <= number < 10**7:
            kind, fact = "a number", (number, number)
        else:
            day = _day(label, number)
            kind, fact = "a date", (day.value, (day - _MONDAY).days // 7)
        kinds.setdefault(kind + " as text" * text, label)
        facts.append(fact)
    if len(kinds) > 1:
        (one, first), (other, second) = list(kinds.items())[:2]
        raise NumlearnError(
            f"The eras are mixed: {first!r} is {one} and {second!r} is {other}. Write "
            "all in one way."
        )
    live = tuple(max(x) + 1 for x in zip(*filter(None, facts))) or (0, 0)
    table = np.array([fact or live for fact in facts], dtype=np.int64)
    return *table.reshape(-1, 2).T, next(iter(kinds), "live")


def _day(label, number):
    """Return the day of a label that is a date, as a Timestamp."""
    day = pd.NaT
    try:
        if number is not None and len(str(number)) == 8:
            day = pd.Timestamp(str(number))
        elif isinstance(label, pd.Period):
            day = label.start_time
        elif isinstance(label, datetime.date | np.datetime64) or (
            isinstance(label, str) and _DATED.fullmatch(label.strip())
        ):
            day = pd.Timestamp(label)
    except ValueError:
        pass
    if day is pd.NaT:
        raise NumlearnError(
            f"{label!r} is no era that we can place in time: use {_FORMS}."
        )
    return day.tz_localize(None).as_unit("us")


def _whole(x):
    """Return a whole number as an int, None for anything else."""
    if isinstance(x, bool | np.bool_) or not isinstance(x, int | float | np.number):
        return None
    return int(x) if np.isfinite(x) and x == int(x) else None


class Era(NamedTuple):
    """The rows of one era as arrays, NaN where something is missing.

    Attributes
    ----------
    label : object
        The era, as it is written.
    names : list
        Of the models.
    models : list of ndarray, shape (rows,)
        One vector a model.
    known : list of ndarray, shape (rows,)
        What predictions are compared with: targets, metamodel, weights; float64.
    parts : list of ndarray, shape (rows,)
        Features or neutralizers; ``columns`` is one array of them.
    ids : Index
        The index of the panel's piece.
    rows : slice or ndarray
        Which rows of the panel's piece these are.
    piece : int
        Which piece of the panel that is.
    """

    label: object
    names: list
    models: list
    known: list
    parts: list
    ids: pd.Index
    rows: object
    piece: int

    @property
    def columns(self):
        """Stack what is read of the columns: a new array (columns × rows), or None."""
        return np.stack(self.parts) if self.parts else None


def walk(panel, predictions, function, known=(), columns=None, *, table=True, n_jobs=1):
    """Apply a function of an `Era` to each era of a panel.

    Parameters
    ----------
    panel : DataFrame, path or iterable of DataFrames
        See `pieces`.
    predictions : str, list of str, Series, DataFrame, array or parquet file
        See `model_columns` and `joined`.
    function : callable
        Takes an `Era` and returns its scores: (models,), or (columns, models).
    known : list of (str, Series, array or parquet file)
        What a row has besides: the target, a metamodel.
    columns : str or list of str, optional
        Features or neutralizers.
    table : bool, default=True
        Whether what the function returns are scores, to stand in one table.
    n_jobs : int, default=1
        Threads, each with eras of its own.

    Returns
    -------
    DataFrame
        Eras (in the order of time) × models, or (era, feature) × models. Without a
        table: the labels of the eras, the names of the models and the list of results.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> def spread(era):
    ...     return [float(model.max() - model.min()) for model in era.models]
    >>> nl.eras.walk(panel, "mine", spread)["mine"].round(2).to_dict()
    {'0001': 0.4, '0002': 0.4}
    """
    if isinstance(predictions, Iterator):  # which yields only once
        predictions = list(predictions)
    if columns is not None:
        columns = column_names(columns, "a feature or neutralizer")
    cut = _eras(panel, predictions, known, columns or [])
    if n_jobs == 1:
        done = ((era, function(era)) for era in cut)
    else:
        from joblib import Parallel, delayed

        run = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")
        done = run(delayed(lambda era: (era, function(era)))(era) for era in cut)
    found, names = {}, []
    for era, result in done:
        names, found[era.label] = era.names, result
    if not found:
        raise NumlearnError("The panel has no rows: there is nothing to work on.")
    labels = list(found)
    if not isinstance(panel, pd.DataFrame):
        labels = [labels[i] for i in np.argsort(order(labels).codes)]
    results = [found[label] for label in labels]
    labels = pd.Index(labels, name="era")
    if not table:
        return labels, names, results
    if np.ndim(results[0]) == 2:
        labels = pd.MultiIndex.from_product([labels, columns], names=["era", "feature"])
    scores = np.reshape(results, (len(labels), len(names)))
    return pd.DataFrame(scores, index=labels, columns=names)


def _eras(panel, predictions, known, columns):
    """Yield the eras of a panel, piece by piece."""
    seen, given = set(), [predictions, *known]
    for number, (piece, *beside) in enumerate(joined(panel, given, columns)):
        names, models = model_columns(piece, beside[0])
        others = [one_vector(piece, one) for one in beside[1:]]
        matrix = model_columns(piece, columns)[1] if columns else []
        for label, rows in rows_by_era(piece):
            if label in seen:
                raise NumlearnError(
                    f"Era {label} comes in two pieces: give an era's rows in one "
                    "DataFrame."
                )
            seen.add(label)
            cut = [[x[rows] for x in arrays] for arrays in (models, others, matrix)]
            yield Era(label, names, *cut, piece.index, rows, number)


def transform(
    panel, predictions, function, known=(), columns=None, *, names=None, n_jobs=1
):
    """Replace predictions by what a function makes of each `Era`.

    Parameters
    ----------
    panel, predictions, known, columns, n_jobs
        As in `walk`.
    function : callable
        Takes an `Era` and returns an array (models × rows).
    names : list, optional
        Of the result's columns; the models' if not given.

    Returns
    -------
    DataFrame
        On the panel's index.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> def centered(era):
    ...     return [nl.eras.center(model) for model in era.models]
    >>> nl.eras.transform(panel, "mine", centered)["mine"].round(2).tolist()[:5]
    [-0.2, 0.0, -0.1, 0.1, 0.2]
    """
    made = {}

    def place(era):
        part = function(era)
        new = era.ids, np.empty((len(part), len(era.ids)))
        made.setdefault(era.piece, new)[1][:, era.rows] = part

    _, models, _ = walk(
        panel, predictions, place, known, columns, table=False, n_jobs=n_jobs
    )
    frames = [
        pd.DataFrame(values.T, index=ids, columns=names or models)
        for _, (ids, values) in sorted(made.items())
    ]
    return frames[0] if len(frames) == 1 else pd.concat(frames)


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

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 2 + ["0002"], "feature": [0, 1, 2]})
    >>> sum(len(piece) for piece in nl.eras.pieces(panel))
    3
    """
    if isinstance(panel, pd.DataFrame):
        yield panel
    elif isinstance(panel, str | os.PathLike):
        wanted = {"era"}
        for names in columns or ():
            if not isinstance(names, pd.Series | pd.DataFrame | np.ndarray):
                one = isinstance(names, str) or not isinstance(names, Iterable)
                wanted.update([names] if one else names)
            elif getattr(names, "dtype", np.dtype(float)).kind in _NAMES:
                wanted.update(names)
        yield from _parquet_eras(Path(panel), None if columns is None else wanted)
    elif isinstance(panel, pd.Series | np.ndarray) or not isinstance(panel, Iterable):
        raise NumlearnError(
            f"A panel is a DataFrame with a column 'era', not {type(panel).__name__}: "
            "for the arrays of one era use the function whose name begins with era_, "
            "such as numlearn.scoring.era_corr(predictions, target)."
        )
    else:
        yield from panel


def _parquet_eras(path, columns):
    """Read parquet in batches of rows and join what belongs to one era."""
    held = []
    for frame in _batches(path, columns):
        if "era" not in frame:
            raise NumlearnError(f"{path} has no column 'era': add the era of each row.")
        cuts = np.flatnonzero(frame["era"].ne(frame["era"].shift()))
        for a, b in pairwise([*cuts, len(frame)]):
            part = frame.iloc[a:b]
            if held and held[0]["era"].iloc[0] != part["era"].iloc[0]:
                yield pd.concat(held)
                held = []
            held.append(part)
    if held:
        yield pd.concat(held)


def _batches(path, columns=None):
    """Read parquet in batches of rows: ids in the index, and the era in a column."""
    from pyarrow import ArrowException, parquet

    for file, era in parquet_parts(path):
        failed = f"{file} cannot be read ({{error}}): download or write it again."
        with (
            instead_of((ArrowException, OSError), failed),
            parquet.ParquetFile(file, pre_buffer=False) as source,
        ):
            there = source.schema_arrow.names
            kept = (source.schema_arrow.pandas_metadata or {}).get("index_columns", [])
            index = [name for name in ["id", *kept] if name in there]
            wanted = set(there if columns is None else columns) - {era and "era"}
            if missing := wanted.difference(there):
                raise NumlearnError(f"{file} has no column {sorted(missing)[0]!r}.")
            names = sorted(wanted.union(index), key=there.index)
            rows = min(max(1024, 2**23 // max(1, len(names))), _AT_ONCE)
            for batch in source.iter_batches(rows, columns=names):
                frame = batch.to_pandas()
                if "id" in frame and isinstance(frame.index, pd.RangeIndex):
                    frame = frame.set_index("id")
                if "era" in frame.index.names:
                    frame = frame.reset_index("era")
                yield frame if era is None else frame.assign(era=era)


def parquet_parts(path):
    """List the files that are stored at a path, in the order of their names.

    In a folder partitioned by era (``era=0001/…``) they come in the order of time.

    Parameters
    ----------
    path : path
        Of a parquet file, or of a folder of them.

    Returns
    -------
    list of (path, era)
        The era is None where the folders do not say it.
    """
    if lies_at(path) == "folder":
        files = [file for file in sorted(path.rglob("*.parquet")) if file.is_file()]
    else:
        files = [origin(path, "parquet file")]
    if not files:
        raise NumlearnError(f"There is no parquet file in {path}: check the path.")
    found = [_ERA_FOLDER.search(file.as_posix()) for file in files]
    if not all(found):
        return [(file, None) for file in files]
    labels = [one[1] for one in found]
    by_time = np.argsort(order(labels).codes, kind="stable")
    return [(files[place], labels[place]) for place in by_time]


def is_file(given):
    """Tell whether a parquet file is given: a path, or text that ends on .parquet."""
    text = isinstance(given, str)
    return given.endswith(".parquet") if text else isinstance(given, os.PathLike)


def joined(panel, given, columns=()):
    """Yield the pieces of a panel, each with what stands beside its rows.

    Parameters
    ----------
    panel, columns
        As in `pieces`.
    given : list
        Of what `model_columns` takes, or parquet files, whose rows are found by id, in
        whichever order they stand: neither file need fit in memory.

    Yields
    ------
    piece : DataFrame
    *given : as above
        In place of a file its numbers for the piece's rows, NaN where it lacks an id.

    Raises
    ------
    NumlearnError
        If a file has an id twice, or none of the panel's.
    """
    named = [one for one in given if not is_file(one)]
    found = [_looked_up(panel, one) if is_file(one) else repeat(one) for one in given]
    whole = isinstance(panel, pd.DataFrame)
    rows = [panel] if whole else pieces(panel, [*named, columns])
    for *beside, piece in zip(*found, rows):
        yield piece, *beside


def _looked_up(panel, file):
    """Yield for each piece of a panel what a file has for the piece's ids."""
    known, group, met = isinstance(panel, pd.DataFrame), [], False
    if not (known or isinstance(panel, str | os.PathLike)):
        raise NumlearnError(
            f"{file} is joined by id to a panel that is a DataFrame or a file: give "
            "pieces the predictions as columns of their own."
        )
    for ids in chain((piece.index for piece in pieces(panel, [])), [None]):
        if ids is not None:
            if isinstance(ids, pd.RangeIndex) and not known:
                raise NumlearnError(f"{panel} has no ids to join {file} by.")
            group.append(ids)
        if group and (ids is None or sum(map(len, group)) >= _AT_ONCE):
            found, end = _rows_of(file, group[0].append(group[1:])), 0
            met = met or not found.empty
            for own in group:
                start, end = end, end + len(own)
                yield found.reindex(range(start, end)).set_axis(own)
            group = []
    if not met:
        raise NumlearnError(
            f"{file} has none of the panel's ids: look whether it belongs to this data."
        )


def _rows_of(file, wanted):
    """Return the rows of a file that have one of some ids, by the place of the id."""
    _refuse_twice(wanted, wanted.is_unique, "the panel", file)
    found = []
    for rows in _batches(Path(file)):
        if isinstance(rows.index, pd.RangeIndex):
            raise NumlearnError(f"{file} has no ids: write it with a column 'id'.")
        rows = rows.drop(columns=["era", "data_type"], errors="ignore")
        place = wanted.get_indexer(rows.index)
        found.append(rows.set_axis(place)[place >= 0])
    found = pd.concat(found)
    _refuse_twice(wanted.take(found.index), found.index.is_unique, file, file)
    return found


def _refuse_twice(ids, is_unique, whose, file):
    if not is_unique:
        raise NumlearnError(
            f"The id {ids[ids.duplicated()][0]!r} is twice in {whose}, and {file} is "
            "joined by id: keep one row of each."
        )


def rows_by_era(panel):
    """List the eras of a panel with the rows that belong to each.

    Parameters
    ----------
    panel : DataFrame
        With a column ``era``; its rows may stand in any order.

    Returns
    -------
    list of (era, rows)
        In the order of time. `rows` is a slice where each era's rows stand together,
        else an array of positions.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0002", "0001", "0002"]})
    >>> [(era, len(panel.iloc[rows])) for era, rows in nl.eras.rows_by_era(panel)]
    [('0001', 1), ('0002', 2)]
    """
    if not isinstance(panel, pd.DataFrame):
        require_frame(panel)
    if "era" not in panel:
        if "era" in panel.index.names:
            raise NumlearnError(
                "The eras are in the panel's index: use panel.reset_index('era')."
            )
        raise NumlearnError(
            "The panel has no column 'era': pass the DataFrame that "
            "numlearn.data.load returned, or add the era of each row."
        )
    labels, _, codes = order(panel["era"])
    starts = np.append(0, 1 + np.flatnonzero(codes[1:] != codes[:-1]))[: len(codes)]
    if len(starts) == len(labels):
        rows = [slice(a, b) for a, b in pairwise([*starts, len(panel)])]
        rows = [rows[i] for i in np.argsort(codes[starts])]
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
    predictions : str, list of str, Series, DataFrame or array
        Names of the panel's columns; or predictions by the panel's index, in any order;
        or a bare array (rows,) or (rows, models) in the order of the panel's rows.

    Returns
    -------
    names : list
        One name a model.
    columns : list of ndarray, shape (rows,)
        Views of the data where no conversion is needed.
    """
    if not isinstance(panel, pd.DataFrame):
        require_frame(panel)
    source, names = panel, predictions
    if isinstance(names, np.ndarray) and names.dtype.kind not in _NAMES:
        if names.ndim not in (1, 2) or len(names) != len(panel):
            raise NumlearnError(
                f"An array of shape {names.shape} for {len(panel)} rows of a panel: "
                "give a number for each row, or a Series or DataFrame by the panel's "
                "index."
            )
        names = (pd.Series if names.ndim == 1 else pd.DataFrame)(names, panel.index)
    if isinstance(names, pd.Series):
        names = names.to_frame("prediction" if names.name is None else names.name)
    if isinstance(names, pd.DataFrame):
        source = _by_index(names, panel.index)
        names = source.columns
    names, columns = column_names(names, "a model to score"), []
    for name in names:
        column = source.get(name)
        if not isinstance(column, pd.Series):
            column = one_column(source, name)  # which says why it is not one
        kind = column.dtype
        if isinstance(kind, pd.CategoricalDtype):
            column = column.astype(kind.categories.dtype)
        if not pd.api.types.is_numeric_dtype(column) or column.dtype.kind == "c":
            raise NumlearnError(
                f"The column {name!r} holds {kind}, not numbers: convert it with "
                "pandas.to_numeric."
            )
        plain = isinstance(column.dtype, np.dtype)
        columns.append(column.to_numpy() if plain else numbers(column))
    return names, columns


def one_vector(panel, given):
    """Return one number for each row of a panel, float64 and not infinite.

    Parameters
    ----------
    panel : DataFrame
    given : str, Series or array
        As in `model_columns`; NaN stays NaN.
    """
    (name, *more), (values, *_) = model_columns(panel, given)
    if more:
        raise NumlearnError(
            f"{name!r} and {len(more)} more stand where one column is needed: call "
            "once for each."
        )
    if values.dtype.kind == "f" and np.isinf(values).any():
        raise NumlearnError(
            f"{name!r} holds inf: make it NaN, which counts as missing."
        )
    return values.astype(np.float64, copy=False)


def require_frame(panel):
    """Raise a NumlearnError if a panel is no DataFrame."""
    if not isinstance(panel, pd.DataFrame):
        raise NumlearnError(
            f"A panel is a pandas DataFrame, not {type(panel).__name__}: pass what "
            "numlearn.data.load returned."
        )


def column_names(names, what="a column"):
    """Return a list of names: one name counts as such, none is refused, nor twice one.

    Parameters
    ----------
    names : str, hashable or iterable of these
        Names of columns.
    what : str
        What is named, for the sentence: "a feature".
    """
    if isinstance(names, str) or not isinstance(names, Iterable):
        names = [names]
    names = list(names)
    if not names or names == [None]:
        raise NumlearnError(f"There is not {what}: name at least one column.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise NumlearnError(f"The column {twice!r} is there twice: name or keep one.")
    return names


def _by_index(source, index, what="predictions"):
    """Return what carries an index in the order of another one, or refuse it."""
    if source.index.equals(index):
        return source
    if source.index.is_unique and index.is_unique and len(source) == len(index):
        place = source.index.get_indexer(index)
        if (place >= 0).all():
            return source.iloc[place]
    raise NumlearnError(
        f"The index of the {what} ({len(source)} rows) is not that of the panel "
        f"({len(index)} rows), or has an id twice: use {what}.reindex(panel.index), "
        "which leaves NaN where something is missing."
    )


def aligned(rows, *others):
    """Return arrays of numbers in the order of the rows of something else.

    Parameters
    ----------
    rows : Series, DataFrame or array
        Predictions of one era.
    *others : Series, DataFrame or array
        What belongs to the same rows. Where both carry an index, that says which row is
        which; else position does.

    Returns
    -------
    list of ndarray
        float64, one for each of `others`.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> rows = pd.Series([1.0, 2.0], index=["a", "b"])
    >>> other = pd.Series({"b": 20.0, "a": 10.0})
    >>> [found.tolist() for found in nl.eras.aligned(rows, other)]
    [[10.0, 20.0]]
    """
    arrays = []
    for other in others:
        if all(isinstance(x, pd.Series | pd.DataFrame) for x in (rows, other)):
            other = _by_index(other, rows.index, "columns")
        arrays.append(finite(other))
        if len(arrays[-1]) != len(numbers(rows)):
            raise NumlearnError(
                f"There are {len(rows)} rows of predictions and {len(arrays[-1])} of "
                "what belongs to them: give a number for each row."
            )
    return arrays


def one_column(frame, name):
    """Return a column as a Series, or say that it is missing or there twice."""
    require_frame(frame)
    if name not in frame:
        raise NumlearnError(
            f"There is no column {name!r}: the columns are "
            f"{', '.join(map(str, frame.columns[:6]))}, …; check the name."
        )
    column = frame[name]
    if isinstance(column, pd.DataFrame):
        raise NumlearnError(f"The column {name!r} is there twice: rename or drop one.")
    return column
