"""From predictions to a submission that Numerai accepts: make, validate, upload.

>>> from numlearn.models import submission
>>> mine = submission.make(predictions)                             # doctest: +SKIP
>>> submission.validate(mine, live)                                 # doctest: +SKIP
{}
>>> submission.upload(mine, "my_model")                             # doctest: +SKIP
"""

import numpy as np
import pandas as pd

from numlearn.eras import average_rank
from numlearn.errors import NumlearnError
from numlearn.models._faults import validate
from numlearn.models._pickle import run_pickle, write_pickle
from numlearn.models._upload import credentials, read, upload

__all__ = [
    "credentials",
    "make",
    "read",
    "run_pickle",
    "upload",
    "validate",
    "write_pickle",
]


def make(predictions, era=None):
    """Make a submission: ids, and predictions ranked within each era.

    Parameters
    ----------
    predictions : Series
        Any numbers, indexed by id.
    era : Series or array, optional
        The era of each row; by default all rows are of one, as in live data.

    Returns
    -------
    DataFrame
        Columns id and prediction, the latter strictly between 0 and 1; ties share
        their rank. A NaN stays one, for :func:`validate` to find.

    Raises
    ------
    NumlearnError
        If the index does not hold ids.
    """
    if not isinstance(predictions, pd.Series) or isinstance(
        predictions.index, pd.RangeIndex
    ):
        raise NumlearnError(
            "Predictions come as a Series indexed by id: "
            "pd.Series(model.predict(live[features]), live.index)."
        )
    ranks = average_rank(predictions)
    if era is not None:
        ranks = predictions.groupby(np.asarray(era)).transform(average_rank)
    return pd.DataFrame({"id": predictions.index, "prediction": ranks.to_numpy()})
