"""One era at a time: how a definition reads its arrays and walks over a panel."""

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn._kernel import COVERAGE, finite
from numlearn.errors import NumlearnError


def by_era(panel, predictions, function, *others, n_jobs=1):
    """Apply a function of one era and one model to all eras and models of a panel.

    Parameters
    ----------
    panel : DataFrame, path of parquet files or iterable of DataFrames
        See `numlearn.eras.pieces`.
    predictions : str, list of str, Series, DataFrame, array or parquet file
        As in `corr`.
    function : callable
        Any of this module's ``era_…`` or one of your own. Takes a Series of one model's
        predictions of one era, NaN included, and after it what `others` name.
    *others : str, Series, array, parquet file or list of str
        What else the function takes, in its order: a column comes as a Series of the
        era's rows, a list of columns as a DataFrame.
    n_jobs : int, default=1
        Threads, each with eras of its own.

    Returns
    -------
    DataFrame
        Where the function returns a number: eras (sorted) × models. Where it returns a
        Series on the era's rows: like ``panel[predictions]``, in the order of time if
        the panel comes in pieces. Where it returns another vector: (era, item) ×
        models.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["era1"] * 3 + ["era2"] * 3})
    >>> panel["p"], panel["target"] = [1, 2, 3, 1, 2, 3], [0, 0.5, 1, 1, 0.5, 0]
    >>> spearman = lambda p, t: p.corr(t, method="spearman")
    >>> nl.scoring.by_era(panel, "p", spearman, "target")["p"].round(2).tolist()
    [1.0, -1.0]
    """
    known, columns, reads = [], [], []
    for one in others:
        if isinstance(one, str | pd.Series | np.ndarray) or eras.is_file(one):
            name = one if isinstance(one, str) else getattr(one, "name", None)
            reads.append((name, len(known)))
            known.append(one)
        else:
            table = eras.column_names(one)
            reads.append((table, len(columns)))
            columns.extend(table)

    def work(era):
        ids = era.ids[era.rows]
        given = [
            pd.DataFrame(dict(zip(name, era.parts[at:])), ids)
            if isinstance(name, list)
            else pd.Series(era.known[at], ids, name=name)
            for name, at in reads
        ]
        models = zip(era.names, era.models)
        return ids, [function(pd.Series(x, ids, name=n), *given) for n, x in models]

    labels, names, results = eras.walk(
        panel, predictions, work, known, columns or None, table=False, n_jobs=n_jobs
    )
    index, found = results[0]
    if np.ndim(found[0]) == 0:
        return pd.DataFrame([scores for _, scores in results], labels, names)
    frames = {
        label: pd.concat(map(pd.Series, found), axis=1, keys=names)
        for label, (_, found) in zip(labels, results)
    }
    if not (isinstance(found[0], pd.Series) and found[0].index.equals(index)):
        return pd.concat(frames, names=["era"])
    result = pd.concat(frames.values())
    if isinstance(panel, pd.DataFrame):
        rows = [np.arange(len(panel))[rows] for _, rows in eras.rows_by_era(panel)]
        result = result.iloc[np.argsort(np.concatenate(rows))]
    return result


def pearson(x, y):
    """Return Pearson's correlation of two vectors; NaN where one is constant."""
    if len(x) == 0 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    x, y = x - x.mean(), y - y.mean()
    return float(x @ y / np.sqrt((x @ x) * (y @ y)))


def each_model(score, predictions, *known):
    """Apply score(p, *known) to each model, on the rows where nothing is missing.

    `predictions` has shape (rows,) or (rows, models); what is `known` has shape (rows,)
    or, without NaN, (rows, columns). Where the inputs carry different
    pandas indexes they are matched by id. A model that covers less than 80 % of the
    rows scores NaN.
    """
    predictions, known, n_rows = _match_ids(predictions, known)
    base = np.full(len(predictions), True)
    for column in known:
        base &= ~np.isnan(column) if column.ndim == 1 else True

    def score_one(p):
        rows = base & ~np.isnan(p)
        if rows.sum() < COVERAGE * n_rows:
            return np.nan
        return score(p[rows], *(column[rows] for column in known))

    if predictions.ndim == 1:
        return score_one(predictions)
    return np.array([score_one(p) for p in predictions.T])


def map_models(function, predictions):
    """Replace each model's vector by function(vector); type and names stay."""
    values = finite(predictions)
    columns = values[:, None] if values.ndim == 1 else values
    result = np.column_stack([function(p) for p in columns.T])
    return eras.like(predictions, result.reshape(values.shape))


def _match_ids(predictions, known):
    """Return arrays on common ids, and the number of rows of the longest input."""
    inputs = [predictions, *known]
    if any(np.ndim(x) not in (1, 2) or not len(x) for x in inputs):
        raise NumlearnError("A score needs numbers by row: pass Series or arrays.")
    n_rows = max(len(x) for x in inputs)
    labelled = [x for x in inputs if isinstance(x, (pd.Series, pd.DataFrame))]
    if any(not x.index.equals(labelled[0].index) for x in labelled):
        if len(labelled) < len(inputs) or any(x.index.has_duplicates for x in labelled):
            raise NumlearnError(
                "The inputs cannot be matched row by row: pass arrays of one length, "
                "or pandas objects whose index has each id once."
            )
        ids = labelled[0].index
        for x in labelled[1:]:
            ids = ids.intersection(x.index)
        if ids.empty:
            raise NumlearnError(
                "The inputs have no id in common: pass Series on one index, or arrays "
                "that stand in the same order."
            )
        inputs = [x.loc[ids] for x in inputs]
    arrays = [finite(x) for x in inputs]
    if len({len(x) for x in arrays}) > 1:
        raise NumlearnError(
            f"The inputs have {', '.join(str(len(x)) for x in arrays)} rows: "
            "one era's predictions and targets have the same length."
        )
    return arrays[0], arrays[1:], n_rows
