"""LightGBM on a panel, without copies of what is int8 already."""

import re
from dataclasses import dataclass
from importlib import metadata, util
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
from packaging.version import Version
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from numlearn import eras
from numlearn._progress import progress_shown
from numlearn.errors import NumlearnError
from numlearn.scoring import era_corr

_SAMPLE = 20_000  # rows that LightGBM looks at to find a feature's values
_HELD_OUT = 5  # one in so many eras, the last ones, tells when to stop
_GAP = 8  # weeks left out before those: a 20-day target runs into 4 of them
_FREE = Path("/proc/meminfo")


@dataclass(eq=False, repr=False)
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
    early_stopping : int, optional
        Stop when so many trees in a row have not lowered the squared error on the last
        fifth of the eras. These are not learned from, and neither are the 8 weeks
        before them (16 for 60-day targets would be safe). Needs a panel.
    boost_steps : int, default=0
        Era boosting: the trees are grown in so many steps more, each on the half of the
        eras on which the trees so far have the lowest CORR. Needs a panel, and goes not
        together with `early_stopping`.
    progress : True, callable or None
        A bar on stderr while trees grow, or what to call with the trees grown and all.

    Attributes
    ----------
    booster_ : lightgbm.Booster
    feature_names_in_ : list of str
    feature_importances_ : Series
        By feature: by how much all splits on it have lowered the squared error.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> X = pd.DataFrame({"feature": [0, 1, 2, 3, 4] * 20}, dtype="int8")
    >>> y = X["feature"] / 4
    >>> model = nl.models.LightGBM(10, learning_rate=0.5, colsample_bytree=1.0)
    >>> model = model.set_params(min_child_samples=5, n_jobs=1).fit(X, y)
    >>> bool((abs(model.predict(X) - y) < 0.1).all())
    True
    """

    n_estimators: int = 2000
    learning_rate: float = 0.01
    max_depth: int = 5
    num_leaves: int = 31
    colsample_bytree: float = 0.1
    min_child_samples: int = 20
    n_jobs: int = 2
    random_state: int = 0
    early_stopping: int | None = None
    boost_steps: int = 0
    progress: object = None

    def fit(self, X, y, sample_weight=None):
        """Grow the trees.

        Parameters
        ----------
        X : DataFrame or array
            Features; of a panel (with a column ``era``), its columns ``feature…``.
        y : Series, array or str
            Targets, without NaN, by the index of X or in its order; or the name of the
            panel's column.
        sample_weight : Series, array or str, optional
            How much each row counts, 0 or above.

        Raises
        ------
        NumlearnError
            If a target is missing, something is not of the rows of X, eras are needed
            and there are none, or memory would not suffice.
        """
        if not isinstance(X, pd.DataFrame):  # without an index, position counts
            X, y = _frame(X), np.asarray(y)
            sample_weight = None if sample_weight is None else np.asarray(sample_weight)
        names, table = _table(X)
        of_rows = {"label": _vector(X, y, "target").astype(np.float32, copy=False)}
        if sample_weight is not None:
            of_rows["weight"] = _vector(X, sample_weight, "weight")
            if of_rows["weight"].min() < 0 or not of_rows["weight"].any():
                raise NumlearnError("Weights are 0 or above, and not all of them 0.")
        _refuse_too_large(*table.shape, self.num_leaves)
        self.feature_names_in_ = names
        with progress_shown(self.progress, "trees") as tell:
            self.booster_ = self._grow(X, table, of_rows, tell)
        return self

    def predict(self, X):
        """Return a prediction for each row, an array."""
        check_is_fitted(self)
        X = X if isinstance(X, pd.DataFrame) else _frame(X)
        return self.booster_.predict(_table(X, self.feature_names_in_)[1])

    @property
    def feature_importances_(self):
        """By how much all splits on a feature have lowered the error, a Series."""
        check_is_fitted(self)
        gain = self.booster_.feature_importance("gain")
        return pd.Series(gain, self.feature_names_in_, name="gain")

    def _parameters(self):
        own = self.get_params()
        for ours in ("n_estimators", "progress", "early_stopping", "boost_steps"):
            del own[ours]
        own |= {"objective": "regression", "bin_construct_sample_cnt": _SAMPLE}
        return own | {"deterministic": True, "force_col_wise": True, "verbose": -1}

    def _grow(self, X, table, of_rows, tell):
        """Grow all trees, in steps where the eras count, and return the booster."""
        import lightgbm

        steps, patience = self.boost_steps, self.early_stopping
        if steps < 0 or (patience or 1) < 1 or (steps and patience):
            raise NumlearnError(
                "boost_steps is 0 or above, early_stopping 1 or above; use one of them."
            )
        plain, parameters = isinstance(table, pd.DataFrame), self._parameters()
        number = count(1)
        callbacks = [lambda state: tell(next(number), self.n_estimators)]
        weeks, codes = np.zeros(1), np.zeros(len(X))
        if patience or steps:
            _, weeks, codes = eras.order(eras.one_column(X, "era"))
        learned, options = np.arange(len(weeks)), {}

        def rows_of(some):
            kept = np.isin(codes, some)
            arrays = {name: values[kept] for name, values in of_rows.items()}
            pick = table.__getitem__ if plain else table.filter
            some = table if kept.all() else pick(kept)
            return lightgbm.Dataset(some, **arrays, params=parameters)

        if patience:
            watched = learned[-max(len(learned) // _HELD_OUT, 1) :]
            learned = learned[weeks < weeks[watched[0]] - _GAP]
            if not len(learned):
                raise NumlearnError(
                    f"{len(weeks)} eras are too few to hold some out and leave {_GAP} "
                    "weeks between: load more, or leave early_stopping out."
                )
            callbacks += [lightgbm.early_stopping(patience, verbose=False)]
            options["valid_sets"] = [rows_of(watched)]
        chosen, booster = learned, None
        for trees in np.array_split(range(self.n_estimators), steps + 1):
            options["init_model"] = booster
            booster = lightgbm.train(
                parameters, rows_of(chosen), len(trees), callbacks=callbacks, **options
            )
            if steps:
                chosen = _worst_half(booster.predict(table), of_rows, codes, learned)
        return booster


def _frame(X):
    """Return an array of features (rows × features) as a DataFrame."""
    X = pd.DataFrame(X) if np.ndim(X) == 2 else X
    eras.require_frame(X)
    return X


def _worst_half(predictions, of_rows, codes, learned):
    """Return the half of the eras on which predictions have the lowest CORR."""
    y = of_rows["label"]
    score = [era_corr(predictions[codes == era], y[codes == era]) for era in learned]
    return learned[np.argsort(score, kind="stable")[: -(-len(learned) // 2)]]


def _vector(X, values, what):
    """Return a known number for each row of X, or say what is wrong."""
    if not isinstance(values, pd.Series | pd.DataFrame | str):
        values = np.asarray(values)
    _, (vector, *more) = eras.model_columns(X, values)
    if more:
        raise NumlearnError(f"A {what} is one number a row: pass one column.")
    if missing := int(np.isnan(vector).sum()):
        raise NumlearnError(f"{missing} rows have no {what}: drop them before fitting.")
    if not np.isfinite(vector).all():
        raise NumlearnError(f"Some {what}s are infinite: drop or clip them.")
    return vector


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

    names = feature_names(X) if names is None else names
    if not names or X.empty:
        raise NumlearnError(
            f"There is nothing to learn from: {len(X):,} rows, {len(names)} features."
        )
    _, columns = eras.model_columns(X, list(names))
    columns = [x.astype("f4") if x.dtype == "f2" else x for x in columns]
    if not takes_arrow():
        return names, pd.DataFrame(dict(zip(names, columns)))
    arrays = [pyarrow.array(column) for column in columns]
    return names, pyarrow.table(arrays, list(map(str, names)))


def free_memory():
    """Return the bytes that can still be had, or None where nobody tells."""
    told = _FREE.read_text() if _FREE.exists() else ""
    found = re.search(r"MemAvailable:\s+(\d+) kB", told)
    return int(found[1]) * 1024 if found else None


def _refuse_too_large(rows, features, leaves):
    """Raise a sentence if training needs more memory than is free."""
    # Of each feature the bins, the sample, and histograms of five values.
    need = features * (rows + 10 * _SAMPLE + 5 * 16 * leaves)
    free = free_memory()
    if free is not None and need > free:
        raise NumlearnError(
            f"Training on {rows:,} rows × {features:,} features needs "
            f"{need / 2**30:.1f} GiB and {free / 2**30:.1f} GiB are free: load fewer "
            "features (features='medium') or every fourth era (every=4)."
        )
