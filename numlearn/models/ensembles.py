"""Train on several targets, predict what was not seen, blend."""

import pandas as pd
from sklearn.base import clone

from numlearn import eras, metamodel
from numlearn.errors import NumlearnError
from numlearn.models.splits import WalkForward

__all__ = ["blend", "fit_predict", "walk_forward"]


def fit_predict(estimator, train, test, targets="target"):
    """Train a fresh copy of a model on each target, and predict other rows.

    Parameters
    ----------
    estimator : scikit-learn estimator
        Takes panels, as those of `baseline` do. It is not changed.
    train, test : DataFrame
        Panels. Training rows without the target in question are left out.
    targets : str or list of str, default="target"
        Columns of `train`.

    Returns
    -------
    DataFrame
        The index of `test` × targets.

    Examples
    --------
    >>> import numlearn as nl
    >>> train = nl.data.load("validation", every=24).iloc[::10]
    >>> model = nl.models.baseline("example", n_estimators=5, n_jobs=1)
    >>> later = nl.models.fit_predict(model, train, nl.data.load("live"))
    >>> later.columns.tolist()
    ['target']
    """
    predictions = {}
    for panel in (train, test):
        eras.require_frame(panel)
        eras.column_names(panel.columns)
    if not len(test):
        raise NumlearnError("There is nothing to predict: the test panel has no rows.")
    for target in eras.column_names(targets, "a target"):
        known = eras.one_column(train, target).notna()
        eras.one_vector(train, target)  # says so where it holds inf
        if not known.any():
            raise NumlearnError(
                f"None of the {len(train):,} rows to learn from{_eras(train)} has the "
                f"target {target!r}: begin where it is known, or leave it out."
            )
        rows = train if known.all() else train[known]
        model = clone(estimator).fit(rows, rows[target])
        predictions[target] = model.predict(test)
    return pd.DataFrame(predictions, index=test.index)


def walk_forward(estimator, panel, targets="target", *, splits=None):
    """Predict each block of eras with models that knew only what came before.

    This is how Numerai makes the history of its benchmark models. What it predicts can
    be scored, blended and compared like submissions.

    Parameters
    ----------
    estimator, targets
        As in `fit_predict`.
    panel : DataFrame
        All eras.
    splits : splitter, optional
        `WalkForward` with its defaults if not given.

    Returns
    -------
    DataFrame
        The ids of all tested rows × targets.

    Examples
    --------
    >>> import numlearn as nl
    >>> panel = nl.data.load("validation", every=24).iloc[::10]
    >>> splits = nl.models.WalkForward(2, purge=0, embargo=0)
    >>> model = nl.models.baseline("example", n_estimators=5, n_jobs=1)
    >>> nl.models.walk_forward(model, panel, splits=splits).columns.tolist()
    ['target']
    """
    splits = WalkForward() if splits is None else splits
    return pd.concat(
        fit_predict(estimator, _rows(panel, train), _rows(panel, test), targets)
        for train, test in splits.split(panel)
    )


def blend(panel, predictions, *, weights=None):
    """Blend predictions of models or of targets into one that can be submitted.

    Era by era, each is ranked and given a normal shape; their weighted mean is ranked
    again.

    Parameters
    ----------
    panel : DataFrame
        With a column ``era``.
    predictions : list of str or DataFrame
        Names of the panel's columns, or predictions on the panel's index.
    weights : mapping or Series, optional
        The weight of each, 0 or above; equal weights if not given.

    Returns
    -------
    Series
        Between 0 and 1 on the panel's index. Missing predictions are treated as in
        `numlearn.metamodel.stake_weighted`. Source: docs.numer.ai, "Models".

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["one"] = [1, 2, 3, 4, 5] * 2
    >>> panel["two"] = [1, 3, 2, 5, 4] * 2
    >>> nl.models.blend(panel, ["one", "two"], weights=[3, 1]).round(3).tolist()[:5]
    [0.1, 0.3, 0.5, 0.7, 0.9]
    """
    era = eras.one_column(panel, "era")
    if weights is None:
        mean = metamodel.equal_weighted(panel, predictions)
    else:
        mean = metamodel.stake_weighted(panel, predictions, weights)
    return mean.groupby(era.to_numpy()).transform(eras.average_rank).rename("blend")


def _eras(panel):
    """Return a clause on which eras a panel has."""
    if "era" not in panel or panel.empty:
        return ""
    labels = eras.order(eras.one_column(panel, "era")).labels
    return f" (eras {labels[0]} to {labels[-1]})"


def _rows(panel, positions):
    """Return rows of a panel: a view where they stand together, else a copy."""
    first, last = positions[0], positions[-1]
    together = last - first + 1 == len(positions)
    return panel.iloc[slice(first, last + 1) if together else positions]
