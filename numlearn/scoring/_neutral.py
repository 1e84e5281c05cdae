"""Neutralisation: what is left of predictions without the features."""

from functools import partial

import numpy as np
import pandas as pd
from scipy.special import ndtri

from numlearn import _kernel
from numlearn.eras import gaussianize
from numlearn.scoring._corr import corr_scorer, era_corr
from numlearn.scoring._driver import (
    blocks,
    map_era,
    map_panel,
    score_era,
    score_panel,
    walk,
)
from numlearn.scoring._era import each_model, map_models, pearson
from numlearn.scoring._projection import Projection, one_blas_thread, refuse_nan

__all__ = [
    "era_exposure",
    "era_fnc",
    "era_neutralize",
    "exposure",
    "fnc",
    "max_exposure",
    "neutralize",
]

WIDE = 64  # models at a time where a matrix product costs more than the ranking


@one_blas_thread
def neutralize(panel, predictions, neutralizers, proportion=1.0, *, n_jobs=1):
    """Take out of predictions, era by era, what other columns explain.

    Parameters
    ----------
    panel, predictions, n_jobs
        As in `corr`.
    neutralizers : list of str
        Names of the panel's columns, such as features; they must be without NaN.
    proportion : float, default=1.0
        How much of it to take out, from 0 (nothing) to 1.

    Returns
    -------
    DataFrame
        Like ``panel[predictions]``. Full neutralisation also centres each era. A NaN
        stays NaN and touches no other model; a constant model becomes NaN.

    Notes
    -----
    Equal to ``numerai_tools.scoring.neutralize`` (0.7.2) era by era; `era_neutralize`
    is the same, written to be read.
    """

    def rest(x, columns):
        rest = x - proportion * (x - Projection(columns).residual(x))
        rest[_constant(x)] = np.nan
        return rest

    function = partial(map_era, rest, block=WIDE)
    return map_panel(panel, predictions, function, (), list(neutralizers), n_jobs)


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
    """
    columns = np.asarray(neutralizers, dtype=np.float64)
    refuse_nan(columns)
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
    features : list of str
        Names of the panel's columns, without NaN.

    Returns
    -------
    DataFrame
        (era, feature) × models: Pearson's correlation of the predictions, as they are,
        with the feature. NaN where a model covers less than 80 % of an era's rows, and
        where either is constant. A model's largest one is its risk: `max_exposure`.
    """
    features = list(features)
    function = partial(score_era, _exposure_scorer, shape=(len(features),), block=WIDE)
    labels, names, parts = walk(panel, predictions, function, (), features, n_jobs)
    index = pd.MultiIndex.from_product([labels, features], names=["era", "feature"])
    values = np.reshape(parts, (len(index), len(names)))
    return pd.DataFrame(values, index=index, columns=names)


def max_exposure(panel, predictions, features, *, n_jobs=1):
    """Return the largest absolute `exposure` of each model in each era.

    Returns
    -------
    DataFrame
        Eras (sorted) × models.
    """
    table = exposure(panel, predictions, features, n_jobs=n_jobs)
    return table.abs().groupby(level="era").max()


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
    """
    columns = np.asarray(features, dtype=np.float64).T
    return np.array([each_model(pearson, predictions, column) for column in columns])


@one_blas_thread
def fnc(panel, predictions, features, target="target", *, n_jobs=1):
    """Score each model in each era by what the features do not explain (FNC).

    Parameters
    ----------
    panel, predictions, target, n_jobs
        As in `corr`.
    features : list of str
        Names of the panel's columns, without NaN. The factorisation of an era's
        features is shared by all models without a gap.

    Returns
    -------
    DataFrame
        Eras (sorted) × models, as in `corr`. A row without a target still takes part in
        the neutralisation.

    Notes
    -----
    Equal to ``numerai_tools.scoring.feature_neutral_corr`` (0.7.2); `era_fnc` is the
    same score, written to be read.
    """
    return score_neutral(
        panel, predictions, _fnc_scorer, features, target, n_jobs, centre=True
    )


def era_fnc(predictions, features, target):
    """Score one era by what the features do not explain (FNC).

    Predictions are ranked and given a normal shape, neutralised to the features, and
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
    """
    return era_corr(era_neutralize(gaussianize(predictions), features), target)


def score_neutral(panel, predictions, make, features, target, n_jobs, **options):
    """Score models on all rows that they cover, with the features as columns."""
    return score_panel(
        panel,
        predictions,
        make,
        [target],
        columns=list(features),
        keep=True,
        block=WIDE,
        n_jobs=n_jobs,
        **options,
    )


def neutral_scorer(transform, score, centre, target, columns):
    """Rank by `transform`, neutralise to the columns, and score what is left.

    Ranking is done for few models at a time, to fit the cache; products for many.
    The scorer overwrites what it scores.
    """
    projection = Projection(columns, centre)
    known = ~np.isnan(target)
    score = score(target[known])

    def scorer(x):
        cuts = blocks(len(x))
        for start, stop in cuts:
            _kernel.ranked(x[start:stop], transform, out=x[start:stop])
        rest = projection.residual(x, overwrite=True)
        if not known.all():
            rest = np.compress(known, rest, axis=1)
        return np.concatenate([score(rest[start:stop]) for start, stop in cuts])

    return scorer


def _fnc_scorer(target, columns):
    scorer = neutral_scorer(ndtri, corr_scorer, True, target, columns)

    def varying(x):
        constant = _constant(x)
        scores = scorer(x)
        scores[constant] = np.nan
        return scores

    return varying


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
