"""LightGBM on a panel, without copies of what is int8 already."""

import os
import re
from contextlib import contextmanager, nullcontext
from importlib import metadata, util
from pathlib import Path

import numpy as np
import pandas as pd
from packaging.version import Version
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from numlearn import eras
from numlearn.errors import NumlearnError

_SAMPLE = 20_000  # rows that LightGBM looks at to find a feature's values
_HELD_OUT = 5  # one in so many eras, the last ones, tells when to stop
_GAP = 8  # weeks left out before those: a 20-day target runs into 4 of them
_FREE = Path("/proc/meminfo")


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
        before them (16 for 60-day targets would be safe). Needs eras.
    boost_steps : int, default=0
        Era boosting: the trees are grown in so many steps more, each on the half of the
        eras on which the trees so far have the lowest CORR. Needs eras.
    progress : True, callable or None
        A bar on stderr while trees grow, or what to call with the trees grown and all.

    Attributes
    ----------
    booster_ : lightgbm.Booster
    feature_names_in_ : list of str
    feature_importances_ : Series
        By feature: by how much all splits on it have lowered the squared error.
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
        early_stopping=None,
        boost_steps=0,
        progress=None,
    ):
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.max_depth = max_depth
        self.num_leaves = num_leaves
        self.colsample_bytree = colsample_bytree
        self.min_child_samples = min_child_samples
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.early_stopping = early_stopping
        self.boost_steps = boost_steps
        self.progress = progress

    def fit(self, X, y, sample_weight=None, era=None):
        """Grow the trees.

        Parameters
        ----------
        X : DataFrame or array
            Features; of a panel (with a column ``era``), its columns ``feature…``.
        y : Series or array
            Targets, without NaN.
        sample_weight : Series or array, optional
            How much each row counts, above 0 or 0.
        era : Series or array, optional
            The era of each row, for early stopping and era boosting; by default the
            column ``era`` of a panel.

        Raises
        ------
        NumlearnError
            If a target is missing, something is not of the rows of X, eras are needed
            and unknown, or memory would not suffice.
        """
        import lightgbm

        names, table = _table(X)
        y = _vector(y, X, "target", np.float32)
        weight = sample_weight
        if weight is not None:
            weight = _vector(weight, X, "weight", np.float64)
            if weight.min() < 0 or not weight.any():
                raise NumlearnError("Weights are 0 or above, and not all of them 0.")
        rows, features = table.shape
        refuse_too_large(
            _need(rows, features, self.num_leaves),
            f"Training on {rows:,} rows × {features:,} features",
        )
        self.feature_names_in_ = names
        data = _Rows(lightgbm, table, y, weight, self._parameters())
        steps = self._steps()
        with _growing(self.progress, self.n_estimators) as seen:
            if self.early_stopping is None and steps == [self.n_estimators]:
                self.booster_ = data.grow(self.n_estimators, callbacks=seen)
            else:
                self._grow_by_era(data, eras.order(_eras_of(X, era)), steps, seen)
        return self

    def predict(self, X):
        """Return a prediction for each row, an array."""
        check_is_fitted(self)
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
        return own | {
            "objective": "regression",
            "bin_construct_sample_cnt": _SAMPLE,
            "deterministic": True,
            "force_col_wise": True,
            "verbose": -1,
        }

    def _steps(self):
        """Return how many trees to grow in each step."""
        count = self.boost_steps + 1
        if not 1 <= count <= self.n_estimators:
            raise NumlearnError(
                f"boost_steps={self.boost_steps} cannot cut {self.n_estimators} trees: "
                "give a number from 0 up, below n_estimators."
            )
        return [
            len(part) for part in np.array_split(np.empty(self.n_estimators), count)
        ]

    def _grow_by_era(self, data, order, steps, seen):
        """Grow trees in steps, each on the eras that need it most."""
        labels, weeks, codes = order
        learned, watched = np.arange(len(labels)), None
        if self.early_stopping is not None:
            watched = learned[-max(len(labels) // _HELD_OUT, 1) :]
            learned = learned[weeks < weeks[watched[0]] - _GAP]
            if not len(learned):
                raise NumlearnError(
                    f"{len(labels)} eras are too few to hold some out and leave "
                    f"{_GAP} weeks between: load more, or leave early_stopping out."
                )
        chosen, booster = learned, None
        for trees in steps:
            booster = data.grow(
                trees,
                np.isin(codes, chosen),
                None if watched is None else np.isin(codes, watched),
                booster,
                seen,
                self.early_stopping,
            )
            if len(steps) > 1:
                chosen = _worst_half(data, booster, codes, learned)
        self.booster_ = booster


class _Rows:
    """What LightGBM is trained on, all of it or some rows."""

    def __init__(self, lightgbm, table, y, weight, parameters):
        self.lightgbm, self.parameters = lightgbm, parameters
        self.table, self.y, self.weight = table, y, weight

    def grow(
        self, trees, rows=None, watched=None, before=None, callbacks=(), patience=None
    ):
        """Grow trees on some rows, after those of a booster; watch others to stop."""
        callbacks, options = list(callbacks), {}
        if watched is not None:
            callbacks.append(self.lightgbm.early_stopping(patience, verbose=False))
            options["valid_sets"] = [self._dataset(watched)]
        return self.lightgbm.train(
            self.parameters,
            self._dataset(rows),
            trees,
            init_model=before,
            callbacks=callbacks or None,
            **options,
        )

    def _dataset(self, rows):
        table, y, weight = self.table, self.y, self.weight
        if rows is not None and not rows.all():
            table = (
                table[rows] if isinstance(table, pd.DataFrame) else table.filter(rows)
            )
            y, weight = y[rows], weight if weight is None else weight[rows]
        return self.lightgbm.Dataset(table, y, weight=weight, params=self.parameters)


def _worst_half(data, booster, codes, learned):
    """Return the half of the eras on which a booster's CORR is lowest."""
    from numlearn.scoring import era_corr

    predictions = booster.predict(data.table)
    score = [
        era_corr(predictions[codes == era], data.y[codes == era]) for era in learned
    ]
    return learned[np.argsort(score, kind="stable")[: -(-len(learned) // 2)]]


def _growing(progress, total):
    """Return a context that yields LightGBM's callbacks which tell of progress."""
    if not progress:
        return nullcontext(())
    grown = [0]

    def count(tell):
        def callback(state):
            grown[0] += 1
            tell(grown[0], total)

        return [callback]

    if progress is not True:
        return nullcontext(count(progress))

    @contextmanager
    def bar():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True)) as shown:
            task = shown.add_task("Growing trees", total=total)
            yield count(lambda done, total: shown.update(task, completed=done))

    return bar()


def _eras_of(X, era):
    """Return the era of each row of X."""
    if era is None and isinstance(X, pd.DataFrame) and "era" in X:
        era = eras.one_column(X, "era")
    if era is None:
        raise NumlearnError(
            "Early stopping and era boosting need the era of each row: fit a panel, or "
            "pass era=panel['era']."
        )
    if isinstance(era, pd.Series):
        _refuse_other_rows(era, X, "eras")
    if len(era) != len(X):
        raise NumlearnError(f"There are {len(X)} rows and {len(era)} eras.")
    return era


def _vector(values, X, what, kind):
    """Return a number for each row of X, or say what is wrong."""
    if isinstance(values, pd.DataFrame) and values.shape[1] == 1:
        values = values.iloc[:, 0]
    if isinstance(values, pd.Series):
        _refuse_other_rows(values, X, f"{what}s")
        values = eras.numeric_column(values.to_frame(what), what)
    try:
        vector = np.asarray(values, dtype=kind)
    except (ValueError, TypeError):
        raise NumlearnError(
            f"The {what}s are not numbers: convert them with pandas.to_numeric."
        ) from None
    if vector.shape != (len(X),):
        raise NumlearnError(
            f"There are {len(X)} rows and {what}s of shape {vector.shape}: give one "
            "for each row."
        )
    if missing := int(np.isnan(vector).sum()):
        raise NumlearnError(f"{missing} rows have no {what}: drop them before fitting.")
    if not np.isfinite(vector).all():
        raise NumlearnError(f"Some {what}s are infinite: drop or clip them.")
    return vector


def _refuse_other_rows(values, X, what):
    if isinstance(X, pd.DataFrame) and not values.index.equals(X.index):
        raise NumlearnError(
            f"The index of the {what} is not that of X: use .reindex(X.index), or "
            ".to_numpy() if they stand in the order of the rows."
        )


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
    if not names or X.empty:
        raise NumlearnError(
            f"There is nothing to learn from: {len(X):,} rows, {len(names)} features."
        )
    columns = [eras.numeric_column(X, name) for name in names]
    if not takes_arrow():
        return names, pd.DataFrame(dict(zip(names, columns)))
    arrays = [pyarrow.array(column) for column in columns]
    return names, pyarrow.table(arrays, list(map(str, names)))


def _need(rows, features, leaves):
    """Estimate the bytes of training: bins, the sample, histograms of five values."""
    return features * (rows + 10 * _SAMPLE + 5 * 16 * leaves)


def free_memory():
    """Return the bytes that can still be had, or None where nobody tells."""
    if _FREE.exists():
        found = re.search(r"MemAvailable:\s+(\d+) kB", _FREE.read_text())
        if found:
            return int(found[1]) * 1024
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def refuse_too_large(need, what):
    """Raise a sentence if more memory is needed than is free."""
    free = free_memory()
    if free is not None and need > free:
        raise NumlearnError(
            f"{what} needs about {need / 2**30:.1f} GiB and {free / 2**30:.1f} GiB are "
            "free: load fewer features (features='medium') or every fourth era "
            "(every=4), or close other notebooks."
        )
