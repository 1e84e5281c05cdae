"""The scores of March 2021, as the seed of this course knew them."""

from functools import partial
from zlib import crc32

import numpy as np
import pandas as pd

from numlearn import _kernel
from numlearn.eras import average_rank, gaussianize, position_rank
from numlearn.errors import NumlearnError
from numlearn.scoring._contribution import orthogonalize
from numlearn.scoring._corr import unit
from numlearn.scoring._driver import (
    map_panel,
    score_era,
    score_panel,
    scores_table,
    walk,
)
from numlearn.scoring._era import each_model, map_models, pearson
from numlearn.scoring._neutral import neutral_scorer, score_neutral
from numlearn.scoring._projection import one_blas_thread, refuse_nan

__all__ = [
    "corr_2021",
    "era_corr_2021",
    "era_fnc_2021",
    "era_mmc_2021",
    "era_neutralize_2021",
    "fnc_2021",
    "mmc_2021",
    "mmc_2021_resampled",
    "neutralize_2021",
]

_MMC_SCALE = 0.29**2  # the variance of a uniform variable, as Numerai rounded it


def corr_2021(panel, predictions, target="target", *, n_jobs=1):
    """Score each model in each era with the CORR of 2021.

    Parameters, result and NaN policy as in `corr`; `era_corr_2021` is the definition.
    """
    return score_panel(panel, predictions, _corr_scorer, [target], n_jobs=n_jobs)


def era_corr_2021(predictions, target):
    """Score one era with the CORR of 2021.

    Pearson's correlation of the raw target with the ranks of the predictions, where
    ties are broken by their order in the file. So constant predictions have a score
    (that of the file's order), and even a perfect model stays below 1.

    Parameters, result and NaN policy as in `era_corr`. Source: numerai/docs,
    tournament/learn.md of April 2021.
    """
    return each_model(lambda p, t: pearson(position_rank(p), t), predictions, target)


def mmc_2021(panel, predictions, metamodel, target="target", *, n_jobs=1):
    """Score what each model contributes to one blend, with the MMC of 2021.

    Parameters, result and NaN policy as in `mmc`; `era_mmc_2021` is the definition.
    `mmc_2021_resampled` draws the blends as the tournament did.
    """
    return score_panel(
        panel, predictions, _mmc_scorer, [target, metamodel], n_jobs=n_jobs
    )


def era_mmc_2021(predictions, metamodel, target):
    """Score what one era's predictions contribute to one blend, with the MMC of 2021.

    Predictions and blend are made uniform (ranks, ties by position); the blend and a
    constant are taken out of the predictions; MMC is the covariance of the rest with
    the target, divided by 0.29², the variance of a uniform variable.

    Parameters, result and NaN policy as in `era_mmc`. Source: numerai/example-scripts
    of April 2021.
    """

    def score(p, m, t):
        p, m = position_rank(p), position_rank(m)
        own = orthogonalize(p - p.mean(), m - m.mean())
        return float(own @ (t - t.mean()) / (len(t) - 1) / _MMC_SCALE)

    return each_model(score, predictions, metamodel, target)


@one_blas_thread
def mmc_2021_resampled(
    panel,
    predictions,
    stakes,
    target="target",
    *,
    repetitions=20,
    share=0.67,
    seed=0,
    n_jobs=1,
):
    """Score contribution as the tournament of 2021 did: against resampled blends.

    Each repetition draws 67 % of the stakers at random, with replacement, blends their
    predictions by stake, and scores every model against that blend as `mmc_2021` does;
    the score is the mean of the repetitions.

    Parameters
    ----------
    panel, predictions, target, n_jobs
        As in `corr`.
    stakes : dict or Series
        Stake by staker; each is a column of the panel. A missing prediction counts as
        that staker's mean of the era.
    repetitions : int, default=20
    share : float, default=0.67
        How many to draw, as a share of all stakers.
    seed : int, default=0
        An era's draw depends on the seed and on the era's name, not on other eras.

    Returns
    -------
    DataFrame
        Eras (sorted) × models.
    """
    stakes = pd.Series(stakes, dtype=np.float64)
    stakes = stakes[stakes > 0]
    if stakes.empty:
        raise NumlearnError("No staker has a stake above 0: there is no blend to draw.")

    def score(era):
        rng = np.random.default_rng([seed, crc32(str(era.label).encode())])
        size = (repetitions, round(share * len(stakes)))
        drawn = rng.integers(len(stakes), size=size)
        counts = np.array([np.bincount(row, minlength=len(stakes)) for row in drawn])
        return score_era(partial(_resampled_scorer, counts * stakes.to_numpy()), era)

    names = list(stakes.index)
    return scores_table(*walk(panel, predictions, score, [target], names, n_jobs))


@one_blas_thread
def fnc_2021(panel, predictions, features, target="target", *, n_jobs=1):
    """Score each model in each era with the FNC of 2021.

    Parameters, result and NaN policy as in `fnc`; `era_fnc_2021` is the definition.
    """
    return score_neutral(panel, predictions, _fnc_scorer, features, target, n_jobs)


def era_fnc_2021(predictions, features, target):
    """Score one era with the FNC of 2021.

    Predictions become uniform ranks (ties by position); what the features explain is
    taken out, without a constant, so the rest is not centred; it is scored with the
    CORR of 2021.

    Parameters, result and NaN policy as in `era_fnc`. Source: numerai/docs,
    tournament/feature-neutral-correlation.md of April 2021.
    """
    columns = np.asarray(features, dtype=np.float64)

    def rest(p):
        rows = ~np.isnan(p)
        rank, own = position_rank(p), columns[rows]
        rank[rows] -= own @ (np.linalg.pinv(own) @ rank[rows])
        return rank

    return era_corr_2021(map_models(rest, predictions), target)


@one_blas_thread
def neutralize_2021(panel, predictions, neutralizers, *, n_jobs=1):
    """Neutralise signals era by era as Signals did in 2021.

    Parameters
    ----------
    panel, predictions, n_jobs
        As in `corr`.
    neutralizers : list of str
        Columns without NaN.

    Returns
    -------
    DataFrame
        Like ``panel[predictions]``; `era_neutralize_2021` is the definition. Signals'
        score of 2021 is the `corr_2021` of it.
    """

    def neutral(era):
        return era_neutralize_2021(np.column_stack(era.models), era.columns.T).T

    columns = list(neutralizers)
    return map_panel(panel, predictions, neutral, (), columns, n_jobs)


def era_neutralize_2021(predictions, neutralizers):
    """Neutralise one era's signal as Signals did in 2021.

    The signal is ranked, a missing one takes the middle rank, all are ranked again and
    given a normal shape, and what the neutralizers explain is subtracted, without a
    constant.

    Parameters
    ----------
    predictions : array or Series, shape (rows,), or array or DataFrame (rows, models)
    neutralizers : array or DataFrame, shape (rows, columns)
        On the same rows, without NaN.

    Returns
    -------
    same type and shape as `predictions`
        NaN where a model has no prediction at all. Source: numerai/example-scripts,
        SignalsScoringExample of 2021.
    """
    columns = np.asarray(neutralizers, dtype=np.float64)
    refuse_nan(columns)
    inverse = np.linalg.pinv(columns)

    def rest(p):
        if np.isnan(p).all():
            return p
        x = gaussianize(np.nan_to_num(average_rank(p), nan=0.5))
        return x - columns @ (inverse @ x)

    return map_models(rest, predictions)


def _corr_scorer(target):
    weight = unit(target)
    return lambda x: next(_kernel.ranked_dots(x, (None, weight, True)))


def _mmc_weight(target, blend):
    """Return the vector whose product with uniform predictions is their MMC."""
    m = _kernel.ranked(blend[None], None)[0]
    own = orthogonalize(target - target.mean(), m - m.mean())
    return own / (len(target) - 1) / _MMC_SCALE


def _mmc_scorer(target, metamodel):
    weight = _mmc_weight(target, metamodel)
    return lambda x: next(_kernel.ranked_dots(x, (None, weight, False)))


def _resampled_scorer(weights, target, stakers):
    """Score against several blends at once: MMC is linear in the blend's weight."""
    known = ~np.isnan(stakers)
    mean = stakers.sum(axis=1, where=known) / np.maximum(known.sum(axis=1), 1)
    blends = (weights * known.any(axis=1)) @ np.where(known, stakers, mean[:, None])
    weight = np.mean([_mmc_weight(target, blend) for blend in blends], axis=0)
    return lambda x: next(_kernel.ranked_dots(x, (None, weight, False)))


def _fnc_scorer(target, columns):
    return neutral_scorer(None, _corr_scorer, False, target, columns)
