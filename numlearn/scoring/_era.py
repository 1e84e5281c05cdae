"""One era on plain arrays: what the definitions of the scores share."""

import numpy as np
import pandas as pd

from numlearn.eras import like
from numlearn.errors import NumlearnError
from numlearn.scoring._driver import COVERAGE


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
    values = np.asarray(predictions, dtype=np.float64)
    columns = values[:, None] if values.ndim == 1 else values
    result = np.column_stack([function(p) for p in columns.T])
    return like(predictions, result.reshape(values.shape))


def _match_ids(predictions, known):
    """Return arrays on common ids, and the number of rows of the longest input."""
    inputs = [predictions, *known]
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
        inputs = [x.loc[ids] for x in inputs]
    arrays = [np.asarray(x, dtype=np.float64) for x in inputs]
    if len({len(x) for x in arrays}) > 1:
        raise NumlearnError(
            f"The inputs have {', '.join(str(len(x)) for x in arrays)} rows: "
            "one era's predictions and targets have the same length."
        )
    return arrays[0], arrays[1:], n_rows
