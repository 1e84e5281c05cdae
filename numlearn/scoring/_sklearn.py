"""A scorer for scikit-learn that knows eras."""

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
    """
    if not isinstance(eras, pd.Series) or eras.index.has_duplicates:
        raise NumlearnError(
            "make_era_scorer needs the era of each row by its id: pass panel['era'], "
            "with each id once."
        )
    return _EraScorer(eras, score, statistic)


class _EraScorer:
    """A class, so that it can be sent to other processes."""

    def __init__(self, eras, score, statistic):
        self.eras, self.score, self.statistic = eras, score, statistic

    def __call__(self, estimator, X, y):
        index = getattr(X, "index", None)
        rows = [-1] if index is None else self.eras.index.get_indexer(index)
        if np.min(rows, initial=0) < 0:
            raise NumlearnError(
                "The era of some rows is not known: pass X as a DataFrame whose index "
                "is that of the eras given to make_era_scorer."
            )
        panel = pd.DataFrame({"era": self.eras.iloc[rows]})
        panel["target"] = pd.Series(y).to_numpy()
        panel["prediction"] = pd.Series(estimator.predict(X)).to_numpy()
        scores = self.score(panel, "prediction")
        return float(summary(scores).loc["prediction", self.statistic])
