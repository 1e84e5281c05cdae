"""From predictions to a submission that Numerai accepts: make, look for faults, upload.

>>> from numlearn.models import submission
>>> mine = submission.make(predictions)                             # doctest: +SKIP
>>> submission.faults(mine, live)                                   # doctest: +SKIP
[]
>>> submission.upload(mine, "my_model")                             # doctest: +SKIP
"""

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.errors import NumlearnError
from numlearn.models._faults import (
    Fault,
    as_table,
    faults,
    form_of,
    has_ids,
    require,
    validate,
)
from numlearn.models._pickle import run_pickle, upload_pickle, write_pickle
from numlearn.models._read import read
from numlearn.models._upload import credentials, upload, upload_all

__all__ = [
    "Fault",
    "credentials",
    "faults",
    "make",
    "read",
    "require",
    "run_pickle",
    "upload",
    "upload_all",
    "upload_pickle",
    "validate",
    "write_pickle",
]


def make(predictions, era=None, *, tournament="classic"):
    """Make a submission: ids, and predictions ranked within each era.

    Parameters
    ----------
    predictions : Series or DataFrame
        Any numbers, indexed by id; a DataFrame has one column of them, and may have its
        ids in another.
    era : Series or array, optional
        The era of each row, looked up by id where it has an index; by default all rows
        are of one, as in live data.
    tournament : {"classic", "signals", "crypto"}
        What the columns are called depends on it.

    Returns
    -------
    DataFrame
        Columns id and prediction, the latter strictly between 0 and 1; ties share
        their rank. A NaN stays one, for :func:`faults` to find.

    Raises
    ------
    NumlearnError
        If there are no ids or not one column of numbers, or the eras are of other rows.
    """
    form = form_of(tournament)
    values = _by_id(predictions, form)
    if era is None:
        ranks = eras.average_rank(values)
    else:
        codes = eras.order(_era_of(values, era)).codes
        ranks = values.groupby(codes).transform(eras.average_rank)
    name = values.index.name
    return pd.DataFrame(
        {
            name if name in form.ids else form.ids[0]: values.index,
            form.predictions[0]: ranks.to_numpy(),
        }
    )


def _by_id(predictions, form):
    """Return predictions as a Series of floats indexed by id."""
    if isinstance(predictions, pd.DataFrame):
        table = as_table(predictions, form)
        named = [name for name in form.ids if name in table]
        table = table.set_index(named[0]) if named else table
        if table.shape[1] != 1:
            raise NumlearnError(
                f"Which of the columns {', '.join(map(str, table.columns))} holds the "
                "predictions? Pass one of them."
            )
        predictions = table.iloc[:, 0]
    if not isinstance(predictions, pd.Series) or not has_ids(predictions.index, form):
        raise NumlearnError(
            "Predictions come as a Series indexed by id: "
            "pd.Series(model.predict(live[features]), live.index)."
        )
    if predictions.empty:
        raise NumlearnError("There are no predictions: predict the live rows.")
    name = "prediction" if predictions.name is None else predictions.name
    values = eras.numeric_column(predictions.to_frame(name), name)
    if np.isinf(values).any():
        raise NumlearnError(
            f"{np.isinf(values).sum()} predictions are infinite: find out why, or make "
            "them NaN."
        )
    return pd.Series(values, predictions.index, dtype=float)


def _era_of(values, era):
    """Return the era of each prediction, as an array."""
    if isinstance(era, pd.DataFrame):
        era = eras.one_column(era, "era")
    if isinstance(era, pd.Series) and not era.index.equals(values.index):
        if not (era.index.is_unique and values.index.isin(era.index).all()):
            raise NumlearnError(
                f"The eras ({len(era)} rows) are not those of the predictions "
                f"({len(values)} rows): give an era for each id, such as panel['era']."
            )
        era = era.reindex(values.index)
    era = np.asarray(era)
    if era.shape != values.shape or pd.isna(era).any():
        raise NumlearnError(
            f"There are {len(values)} predictions and {np.size(era)} eras, of which "
            f"{pd.isna(era).sum()} are empty: give an era for each row."
        )
    return era
