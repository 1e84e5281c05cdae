"""A scorer for scikit-learn that knows eras."""

from functools import partial

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError
from numlearn.scoring._corr import corr
from numlearn.scoring._summary import summary


def make_era_scorer(eras, score=corr, statistic="mean"):
    """Make a scorer for `cross_val_score`, `GridSearchCV` and their like.

    scikit-learn scores all rows of a fold at once; a model for Numerai is judged era by
    era.

    Parameters
    ----------
    eras : Series
        The era of each row, by id: ``panel["era"]``.
    score : callable, default=corr
        Takes a panel and a column of predictions; `corr` or `corr_2021`, say.
    statistic : str, default="mean"
        A column of `summary`: ``"mean"``, ``"sharpe"``, …

    Returns
    -------
    callable
        scorer(estimator, X, y) -> float. X is a DataFrame whose index names its rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> from sklearn.linear_model import LinearRegression
    >>> X = pd.DataFrame({"feature": [0, 1, 2, 3, 4] * 2})
    >>> y = pd.Series([0, 0.25, 0.5, 0.75, 1] * 2)
    >>> scorer = nl.scoring.make_era_scorer(pd.Series(["0001"] * 5 + ["0002"] * 5))
    >>> round(float(scorer(LinearRegression().fit(X, y), X, y)), 3)
    0.996
    """
    if not isinstance(eras, pd.Series) or eras.index.has_duplicates:
        raise NumlearnError(
            "make_era_scorer needs the era of each row by its id: pass panel['era'], "
            "with each id once."
        )
    return partial(_score, eras, score, statistic)  # goes to other processes too


def _score(eras, score, statistic, estimator, X, y):
    index = getattr(X, "index", None)
    rows = [-1] if index is None else eras.index.get_indexer(index)
    if np.min(rows, initial=0) < 0:
        raise NumlearnError(
            "The era of some rows is not known: pass X as a DataFrame whose index "
            "is that of the eras given to make_era_scorer."
        )
    panel = pd.DataFrame({"era": eras.iloc[rows], "target": np.asarray(y)})
    panel["prediction"] = np.asarray(estimator.predict(X))
    return float(summary(score(panel, "prediction")).at["prediction", statistic])
