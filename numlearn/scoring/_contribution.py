"""MMC and BMC: what predictions add to what the fund has already."""

import numpy as np
from scipy.special import ndtri

from numlearn import _kernel, eras
from numlearn.eras import center, gaussianize
from numlearn.scoring._by_era import each_model
from numlearn.scoring._corr import corr_scorer, gauss_tails, tails, unit


def mmc(panel, predictions, metamodel, target="target", *, n_jobs=1):
    """Score what each model contributes to the metamodel in each era (MMC).

    Parameters
    ----------
    panel, predictions, target, n_jobs
        As in `corr`.
    metamodel : str or Series
        The stake-weighted blend of all models: a column, or a Series on the panel's
        index.

    Returns
    -------
    DataFrame
        Eras (sorted) × models, around 0. A row counts where prediction, metamodel and
        target are known; NaN where these are less than 80 % of an era's rows, and where
        the metamodel is constant. Constant predictions contribute exactly 0.

    Notes
    -----
    Equal to ``numerai_tools.scoring.correlation_contribution`` (0.7.2) called model by
    model; `era_mmc` is the same score, written to be read.
    """

    def score(era):
        return _kernel.score_era(_mmc_scorer, era)

    known = [target, metamodel]
    return eras.scores_table(
        *eras.walk(panel, predictions, score, known, n_jobs=n_jobs)
    )


def bmc(panel, predictions, benchmark, target="target", *, n_jobs=1):
    """Score what each model contributes to a benchmark in each era (BMC).

    `mmc` with a benchmark model, or a blend of several, in the metamodel's place.
    """
    return mmc(panel, predictions, benchmark, target, n_jobs=n_jobs)


def corr_and_mmc(panel, predictions, metamodel, target="target", *, n_jobs=1):
    """Return `corr` and `mmc` for the price of one: each model is ranked once."""

    def both(era):
        target, metamodel = era.known
        if np.isnan(metamodel).any():  # then the two scores rest on different rows
            corr = _kernel.score_era(corr_scorer, era, [center(target)])
            return np.stack([corr, _kernel.score_era(_mmc_scorer, era)])
        shared = [center(target), metamodel, target]
        return _kernel.score_era(_corr_and_mmc_scorer, era, shared, shape=(2,))

    known = [target, metamodel]
    labels, names, scores = eras.walk(panel, predictions, both, known, n_jobs=n_jobs)
    return tuple(
        eras.scores_table(labels, names, [score[i] for score in scores]) for i in (0, 1)
    )


def era_mmc(predictions, metamodel, target):
    """Score what one era's predictions contribute to the metamodel (MMC).

    Predictions and metamodel are ranked and given a normal shape; what the metamodel
    explains is taken out of the predictions; MMC is the covariance of the rest with the
    target. A target within [0, 1] is stretched to [0, 4] first.

    Parameters
    ----------
    predictions : array or Series, shape (rows,), or array or DataFrame (rows, models)
        Predictions of one era, on any scale: only their order counts.
    metamodel, target : array or Series, shape (rows,)
        The blend of all models, and what really happened.

    Returns
    -------
    float, or ndarray of shape (models,)
        NaN where less than 80 % of the rows can be scored.

    Notes
    -----
    A covariance, not a correlation: a copy of the metamodel contributes 0, and the
    further from it a good model stands, the more it contributes. Source:
    ``numerai_tools.scoring.correlation_contribution``.
    """

    def score(p, m, t):
        own = orthogonalize(gaussianize(p), gaussianize(m))
        return float(centered_bins(t) @ own / len(t))

    return each_model(score, predictions, metamodel, target)


def orthogonalize(v, u):
    """Take out of v what points along u.

    Parameters
    ----------
    v, u : ndarray, shape (rows,)

    Returns
    -------
    ndarray, shape (rows,)
        v minus its projection on u, so that its product with u is 0; NaN where u is 0.
    """
    length = u @ u
    return v - u * (v @ u / length if length else np.nan)


def centered_bins(target):
    """Center a target; one within [0, 1] becomes Numerai's bins of -2 … 2."""
    if ((target >= 0) & (target <= 1)).all():
        target = target * 4
    return target - target.mean()


def mmc_weight(target, metamodel):
    """Return the vector whose product with gaussianized predictions is their MMC.

    To take the metamodel out of the target is the same as to take it out of every
    model, and it is done once.
    """
    m = _kernel.ranked(metamodel[None], ndtri)[0]
    return orthogonalize(centered_bins(target), m) / len(target)


def _mmc_scorer(target, metamodel):
    weight = mmc_weight(target, metamodel)
    return lambda x: next(_kernel.ranked_dots(x, (ndtri, weight, False)))


def _corr_and_mmc_scorer(centered, metamodel, target):
    corr = unit(tails(centered)), True
    mmc = mmc_weight(target, metamodel), False
    terms = (gauss_tails, *corr), (ndtri, *mmc)
    return lambda x: np.stack(list(_kernel.ranked_dots(x, *terms)))
