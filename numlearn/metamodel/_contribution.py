"""What each model adds to the blend of the others."""

import math

import numpy as np

from numlearn import eras
from numlearn.metamodel._blend import BLOCK, cleaned, era_arrays, others_stake
from numlearn.metamodel._stakes import era_stakes
from numlearn.scoring._driver import scores_table, walk

__all__ = ["break_even_crowd", "contribution", "ensemble_corr", "era_contribution"]


def contribution(panel, predictions, stakes, target="target", *, rerank=True):
    """Score what each model contributes to the metamodel of all the others.

    `numlearn.scoring.mmc` with, in place of the one metamodel, each model's own: the
    blend without it. So no model is measured against a blend that holds a part of
    itself, and one with much stake can see what it adds.

    Parameters
    ----------
    panel, predictions, stakes
        As in `stake_weighted`. Models without a stake are scored as well.
    target : str or Series
        The column to score against, or a Series on the panel's index.
    rerank : bool, default=True
        Whether each blend is ranked anew, which is the score's definition and costs one
        more sort a model. False is an approximation from the ranks that made the
        metamodel: the blends enter as they are. In a crowd of 400 it is off by up to
        2e-4, where the scores themselves spread by 9e-3 (benchmarks/metamodel.py).

    Returns
    -------
    DataFrame
        Eras (sorted) × models. NaN where a model has no prediction in an era, and
        where no other model counts. A missing prediction is the neutral rank, as in
        the blend.
    """

    def score(era):
        staked = era_stakes(stakes, era.names, era.label)
        return _contribution(era.models, staked, era.known[0], rerank)

    labels, names, scores = walk(panel, predictions, score, [target])
    return scores_table(labels, names, scores)


def era_contribution(predictions, stakes, target, *, rerank=True):
    """Score what each model of one era contributes to the metamodel of all the others.

    Parameters
    ----------
    predictions, stakes
        As in `era_stake_weighted`.
    target : array or Series, shape (rows,)
        What really happened, in the order of the predictions.
    rerank : bool, default=True
        As in `contribution`.

    Returns
    -------
    ndarray, shape (models,)
    """
    columns, stakes = era_arrays(predictions, stakes)
    return _contribution(columns, stakes, np.asarray(target, dtype=float), rerank)


def ensemble_corr(corr, similarity, models):
    """Return the CORR that an equal-weighted crowd reaches, in closed form.

    Parameters
    ----------
    corr : float
        CORR of each model.
    similarity : float
        Correlation of any two models' predictions.
    models : int or array of int
        How many there are.

    Returns
    -------
    float or ndarray
        ``corr · sqrt(models / (1 + (models - 1) · similarity))``: it grows from corr
        towards corr / √similarity.

    Notes
    -----
    Exact for linear correlations of models that are all alike, whatever they are.
    Numerai's CORR bends the tails of predictions and target, so there it holds closely,
    not exactly.
    """
    models = np.asarray(models, dtype=float)
    return corr * np.sqrt(models / (1 + (models - 1) * similarity))


def break_even_crowd(corr, similarity, rival):
    """Return how many models it takes until their blend reaches a rival's CORR.

    Parameters
    ----------
    corr, similarity : float
        As in `ensemble_corr`.
    rival : float
        The CORR to be reached.

    Returns
    -------
    int or inf
        ``inf`` where no crowd of such models gets there: its limit is
        corr / √similarity, and a crowd without skill has none to add up.
    """
    if corr >= rival:
        return 1
    beyond_reach = rival**2 * similarity >= corr**2
    if corr <= 0 or beyond_reach:
        return math.inf
    models = rival**2 * (1 - similarity) / (corr**2 - rival**2 * similarity)
    return math.ceil(models - 1e-9)  # a whole number stays what it is


def _contribution(columns, stakes, target, rerank):
    x, submitted, total = cleaned(columns, stakes, np.float64 if rerank else np.float32)
    known = ~np.isnan(target)
    if not known.any():
        return np.full(len(x), np.nan)
    target, total = _bins(target[known]), total[known]
    products = _products_of_new_ranks if rerank else _products_of_kept_ranks
    scores = np.full(len(x), np.nan)
    for start in range(0, len(x), BLOCK):
        some = slice(start, start + BLOCK)
        own = x[some] if known.all() else np.compress(known, x[some], axis=1)
        own = own.astype(np.float64, copy=False)
        by_own, by_others, along, length = products(own, stakes[some], total, target)
        with np.errstate(divide="ignore", invalid="ignore"):
            scores[some] = (by_own - by_others * along / length) / len(target)
    alone = np.isnan(others_stake(stakes * submitted))
    return np.where(submitted & ~alone, scores, np.nan)


def _bins(target):
    """Centre a target; one within [0, 1] is stretched fourfold first, as in MMC."""
    if ((target >= 0) & (target <= 1)).all():
        target = target * 4
    return target - target.mean()


def _products_of_new_ranks(own, stakes, total, target):
    """Return own · target, others · target, own · others and others · others."""
    others = total - stakes[:, None] * own
    own, others = (eras.gaussianize(x.T).T for x in (own, others))
    by_target = (np.einsum("ij,j->i", x, target) for x in (own, others))
    return *by_target, *(np.einsum("ij,ij->i", others, x) for x in (own, others))


def _products_of_kept_ranks(own, stakes, total, target):
    """Return the same four, without building others = total - stake · own."""
    by_target, by_total = (np.einsum("ij,j->i", own, x) for x in (target, total))
    square = np.einsum("ij,ij->i", own, own)
    along = by_total - stakes * square
    length = total @ total - stakes * (by_total + along)
    return by_target, total @ target - stakes * by_target, along, length
