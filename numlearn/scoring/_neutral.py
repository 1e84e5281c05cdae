"""Neutralization: what is left of predictions without the features."""

from functools import partial

import numpy as np
from scipy.special import ndtri

from numlearn import _kernel, eras
from numlearn.eras import gaussianize
from numlearn.errors import NumlearnError
from numlearn.scoring._by_era import each_model, map_models, pearson
from numlearn.scoring._corr import era_corr, gauss_tails, tails
from numlearn.scoring._projection import Projection, one_blas_thread, refuse_nan

WIDE = 64  # models at a time where a matrix product costs more than the ranking
EACH_ROW = {"shape": None, "keep": True, "least": 0.0, "block": WIDE}


@one_blas_thread
def neutralize(panel, predictions, neutralizers, *, proportion=1.0, n_jobs=1):
    """Take out of predictions, era by era, what other columns explain.

    Parameters
    ----------
    panel, predictions, n_jobs
        As in `corr`.
    neutralizers : str or list of str
        Names of the panel's columns, such as features; they must be without NaN.
    proportion : float, default=1.0
        How much of it to take out, from 0 (nothing) to 1.

    Returns
    -------
    DataFrame
        Like ``panel[predictions]``. Full neutralization also centers each era. A NaN
        stays NaN and touches no other model; a constant model becomes NaN.

    Notes
    -----
    Equal to ``numerai_tools.scoring.neutralize`` (0.7.2) era by era; `era_neutralize`
    is the same, written to be read.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> panel["feature"] = [4, 0, 3, 1, 2] * 2
    >>> left = nl.scoring.neutralize(panel, "mine", "feature", proportion=0.5)
    >>> left["mine"].round(3).tolist()[:5]
    [0.01, 0.09, 0.08, 0.22, 0.35]
    """
    _refuse_proportion(proportion)

    def make(columns):
        return partial(_rest, Projection(columns), proportion)

    rest = partial(_kernel.score_era, make, **EACH_ROW)
    return eras.transform(panel, predictions, rest, (), neutralizers, n_jobs=n_jobs)


def era_neutralize(predictions, neutralizers, proportion=1.0):
    """Take out of one era's predictions what other columns explain.

    The columns and a constant are fitted to the predictions by least squares, and the
    fit is subtracted.

    Parameters
    ----------
    predictions : array or Series, shape (rows,), or array or DataFrame (rows, models)
        Predictions of one era; NaN stays NaN.
    neutralizers : array or DataFrame, shape (rows, columns)
        On the same rows, without NaN.
    proportion : float, default=1.0
        How much of the fit to subtract.

    Returns
    -------
    same type and shape as `predictions`
        NaN where the predictions are constant. Source:
        ``numerai_tools.scoring.neutralize``.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> feature = np.array([0, 1, 2, 3, 4])
    >>> left = nl.scoring.era_neutralize([0.1, 0.2, 0.4, 0.3, 0.5], feature)
    >>> np.isclose(np.corrcoef(left, feature)[0, 1], 0).item()
    True
    """
    _refuse_proportion(proportion)
    columns = refuse_nan(*eras.aligned(predictions, neutralizers))
    columns = np.column_stack([columns, np.ones(len(columns))])

    def rest(p):
        rows = ~np.isnan(p)
        if rows.sum() == 0 or (rows.sum() > 1 and np.ptp(p[rows]) == 0):
            return np.full(len(p), np.nan)
        slopes = np.linalg.lstsq(columns[rows], p[rows], rcond=1e-6)[0]
        return p - proportion * columns @ slopes

    return map_models(rest, predictions)


@one_blas_thread
def exposure(panel, predictions, features, *, n_jobs=1):
    """Correlate each model with each feature in each era.

    Parameters
    ----------
    panel, predictions, n_jobs
        As in `corr`.
    features : str or list of str
        Names of the panel's columns, without NaN.

    Returns
    -------
    DataFrame
        (era, feature) × models: Pearson's correlation of the predictions, as they are,
        with the feature. NaN where a model covers less than 80 % of an era's rows, and
        where either is constant. A model's largest one is its risk: `max_exposure`.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> panel["feature"] = [4, 0, 3, 1, 2] * 2
    >>> nl.scoring.exposure(panel, "mine", ["feature"]).round(3).to_numpy().tolist()
    [[-0.6], [0.9]]
    """
    columns = eras.column_names(features, "a feature")
    shape = (len(columns),)
    score = partial(_kernel.score_era, _exposure_scorer, shape=shape, block=WIDE)
    return eras.walk(panel, predictions, score, (), columns, n_jobs=n_jobs)


def max_exposure(panel, predictions, features, *, n_jobs=1):
    """Return the largest absolute `exposure` of each model in each era.

    Returns
    -------
    DataFrame
        Eras (sorted) × models.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> panel["feature"] = [4, 0, 3, 1, 2] * 2
    >>> nl.scoring.max_exposure(panel, "mine", ["feature"])["mine"].round(3).to_dict()
    {'0001': 0.6, '0002': 0.9}
    """
    table = exposure(panel, predictions, features, n_jobs=n_jobs)
    return table.abs().groupby(level="era", sort=False).max()


def era_exposure(predictions, features):
    """Correlate one era's predictions with each feature.

    Parameters
    ----------
    predictions : array or Series, shape (rows,), or array or DataFrame (rows, models)
        As they are: a correlation does not mind their scale.
    features : array or DataFrame, shape (rows, features)
        On the same rows.

    Returns
    -------
    ndarray, shape (features,) or (features, models)
        NaN where either is constant.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> mine = np.array([0.1, 0.2, 0.4, 0.3])
    >>> features = np.array([[0, 3], [1, 2], [2, 1], [3, 0]])
    >>> nl.scoring.era_exposure(mine, features).round(2).tolist()
    [0.8, -0.8]
    """
    (columns,) = eras.aligned(predictions, features)
    refuse_nan(columns)
    values = _kernel.numbers(predictions)
    return np.array([each_model(pearson, values, column) for column in columns.T])


@one_blas_thread
def fnc(panel, predictions, features, target="target", *, n_jobs=1):
    """Score each model in each era by what the features do not explain (FNC).

    Parameters
    ----------
    panel, predictions, target, n_jobs
        As in `corr`.
    features : str or list of str
        Names of the panel's columns, without NaN. The factorization of an era's
        features is shared by all models without a gap.

    Returns
    -------
    DataFrame
        Eras (sorted) × models, as in `corr`. A row without a target still takes part in
        the neutralization.

    Notes
    -----
    Equal to ``numerai_tools.scoring.feature_neutral_corr`` (0.7.2); `era_fnc` is the
    same score, written to be read.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> panel["feature"] = [4, 0, 3, 1, 2] * 2
    >>> nl.scoring.fnc(panel, "mine", "feature")["mine"].round(3).to_dict()
    {'0001': 0.779, '0002': 0.379}
    """
    options = {"center": True, "keep": True, "block": WIDE}
    score = partial(_kernel.score_era, _fnc_scorer, **options)
    return eras.walk(panel, predictions, score, [target], features, n_jobs=n_jobs)


def era_fnc(predictions, features, target):
    """Score one era by what the features do not explain (FNC).

    Predictions are ranked and given a normal shape, neutralized to the features, and
    what is left is scored with CORR.

    Parameters
    ----------
    predictions : array or Series, shape (rows,), or array or DataFrame (rows, models)
        Predictions of one era.
    features : array or DataFrame, shape (rows, features)
        On the same rows, without NaN.
    target : array or Series, shape (rows,)
        What really happened.

    Returns
    -------
    float, or ndarray of shape (models,)
        As in `era_corr`. Source: ``numerai_tools.scoring.feature_neutral_corr``.

    Examples
    --------
    >>> import numlearn as nl
    >>> target, feature = [0, 0.25, 0.5, 0.75, 1], [0, 1, 2, 4, 3]
    >>> round(nl.scoring.era_corr(feature, target), 3)
    0.779
    >>> round(nl.scoring.era_fnc([0.1, 0.2, 0.4, 0.3, 0.5], feature, target), 3)
    0.414
    """
    _kernel.finite(predictions)  # says so where it is not
    return era_corr(era_neutralize(gaussianize(predictions), features), target)


def _fnc_scorer(target, columns):
    """Rank, neutralize to the columns, and score what is left, in place.

    Ranking is done for few models at a time, to fit the cache; products for many.
    """
    projection = Projection(columns)
    known = ~np.isnan(target)
    terms = [(gauss_tails, tails(target[known]), True)]

    def scorer(x):
        constant = _constant(x)
        count = max(1, round(len(x) / _kernel.BLOCK))
        for part in np.array_split(x, count):
            _kernel.ranked(part, ndtri, out=part)
        rest = projection.residual(x, overwrite=True)
        if not known.all():
            rest = np.compress(known, rest, axis=1)
        parts = np.array_split(rest, count)
        scores = np.concatenate([_kernel.ranked_dots(terms, part) for part in parts])
        scores[constant] = np.nan
        return scores

    return scorer


def _rest(projection, proportion, x):
    rest = x - proportion * (x - projection.residual(x))
    rest[_constant(x)] = np.nan
    return rest


def _refuse_proportion(proportion):
    if not 0 <= proportion <= 1:
        raise NumlearnError(
            f"A proportion of {proportion}: give a number from 0 (take out nothing) "
            "to 1 (all of it)."
        )


def _exposure_scorer(columns):
    refuse_nan(columns)

    def scorer(x):
        models = _kernel.units(x)
        parts = np.array_split(columns, len(columns) // 512 + 1)
        return np.concatenate(
            [_kernel.units(part.astype(np.float64)) @ models.T for part in parts]
        )

    return scorer


def _constant(x):
    """Tell which rows of x never vary; a single number is not said to be constant."""
    constant = (x[:, 0] == x[:, -1]) & (x.shape[1] > 1)
    constant[constant] = (x[constant] == x[constant, :1]).all(axis=1)
    return constant
