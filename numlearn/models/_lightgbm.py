"""LightGBM on a panel, without copies of what is int8 already."""

from importlib import metadata, util

import numpy as np
import pandas as pd
from packaging.version import Version
from sklearn.base import BaseEstimator, RegressorMixin

from numlearn import eras
from numlearn.errors import NumlearnError
from numlearn.models._memory import refuse_too_large

_SAMPLE = 20_000  # rows that LightGBM looks at to find a feature's values


class LightGBM(RegressorMixin, BaseEstimator):
    """Gradient boosted trees for int8 features, in an eighth of the memory.

    The trees are those of ``lightgbm.LGBMRegressor`` with the same parameters where
    each of a feature's values is common (Numerai's five are). Features are handed over
    as Arrow columns, without a copy (before LightGBM 4.7 that needs cffi), and their
    values are found in 20,000 rows.

    Parameters
    ----------
    n_estimators, learning_rate, max_depth, num_leaves, colsample_bytree : number
        As in ``LGBMRegressor``; the defaults are those of Numerai's example model.
    min_child_samples : int, default=20
        Fewest rows of a leaf (``min_data_in_leaf``).
    n_jobs : int, default=2
        Threads. The trees do not depend on it.
    random_state : int, default=0
        Which features each tree may use.
    progress : bool, default=False
        Whether to show a bar while trees grow.

    Attributes
    ----------
    booster_ : lightgbm.Booster
    feature_names_in_ : list of str
    """

    def __init__(
        self,
        n_estimators=2000,
        learning_rate=0.01,
        max_depth=5,
        num_leaves=31,
        colsample_bytree=0.1,
        min_child_samples=20,
        n_jobs=2,
        random_state=0,
        progress=False,
    ):
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.max_depth = max_depth
        self.num_leaves = num_leaves
        self.colsample_bytree = colsample_bytree
        self.min_child_samples = min_child_samples
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.progress = progress

    def fit(self, X, y):
        """Grow the trees.

        Parameters
        ----------
        X : DataFrame or array
            Features; of a panel (with a column ``era``), its columns ``feature…``.
        y : Series or array
            Targets, without NaN.

        Raises
        ------
        NumlearnError
            If a target is missing, or memory would not suffice.
        """
        import lightgbm

        names, table = _table(X)
        y = np.asarray(y, dtype=np.float32)
        if np.isnan(y).any():
            raise NumlearnError(
                f"{np.isnan(y).sum()} rows have no target: drop them before fitting."
            )
        rows, features = table.shape
        refuse_too_large(
            _need(rows, features, self.num_leaves),
            f"Training on {rows:,} rows × {features:,} features",
        )
        self.feature_names_in_ = names
        parameters = self._parameters()
        data = lightgbm.Dataset(table, y, params=parameters)
        self.booster_ = self._grow(lightgbm.train, parameters, data)
        return self

    def predict(self, X):
        """Return a prediction for each row, an array."""
        return self.booster_.predict(_table(X, self.feature_names_in_)[1])

    def _parameters(self):
        own = self.get_params()
        del own["n_estimators"], own["progress"]
        return own | {
            "objective": "regression",
            "bin_construct_sample_cnt": _SAMPLE,
            "deterministic": True,
            "force_col_wise": True,
            "verbose": -1,
        }

    def _grow(self, train, parameters, data):
        if not self.progress:
            return train(parameters, data, self.n_estimators)
        from rich.progress import Progress

        with Progress() as bar:
            task = bar.add_task("Growing trees", total=self.n_estimators)
            shown = [lambda state: bar.advance(task)]
            return train(parameters, data, self.n_estimators, callbacks=shown)


def feature_names(X):
    """List the features of a panel, or all columns of what has no eras."""
    names = list(X.columns)
    if "era" in names:
        names = [name for name in names if str(name).startswith("feature")]
    return names


def takes_arrow():
    """Tell whether LightGBM can read Arrow: before 4.7 it needs cffi for that."""
    new = Version(metadata.version("lightgbm")) >= Version("4.7")
    return new or util.find_spec("cffi") is not None


def _table(X, names=None):
    """Return the features' names and an Arrow table of them, sharing their memory."""
    import pyarrow

    X = X if isinstance(X, pd.DataFrame) else pd.DataFrame(X)
    names = feature_names(X) if names is None else names
    columns = [eras.numeric_column(X, name) for name in names]
    if not takes_arrow():
        return names, pd.DataFrame(dict(zip(names, columns)))
    arrays = [pyarrow.array(column) for column in columns]
    return names, pyarrow.table(arrays, list(map(str, names)))


def _need(rows, features, leaves):
    """Estimate the bytes of training: bins, the sample, histograms of five values."""
    return features * (rows + 10 * _SAMPLE + 5 * 16 * leaves)
